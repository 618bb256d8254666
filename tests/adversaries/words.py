"""Who may ask what, as the tables of the documents say it: the words that let somebody in, and those that forbid."""

from dataclasses import dataclass
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.log import remembered
from tests.adversaries.story import Story

A, RO, L, AO = "administrator", "responsible officer", "lead assessor", "appeals officer"
OFFICE = {A, RO, L, "results officer"}
AROUND = {"the apprentice", "coach here", "employer here", "assessor here", "internal quality assurer here"}
HEARS = {AO, "panel member here"}
EVERYBODY = {"registered"}

SEES: dict[str, set[str]] = {
    "plan": EVERYBODY,
    "criteria": EVERYBODY,
    "form": EVERYBODY,
    "questions": EVERYBODY,
    "nothing": set(),
    "person": {"the person", A, AO, RO},
    "program": {"the owner", A, RO},
    "identity": {A},
    "enrolment": OFFICE | AROUND | HEARS | {"second person"},
    "evidence": OFFICE | AROUND | HEARS | {"second person"},
    "assessment": OFFICE | AROUND | HEARS | {"second person", "answered as second"},
    "webhook": {A},
    "appeal": OFFICE | HEARS | {"the apprentice", "appellant", "coach here", "member of the panel"},
}
"""For whom a record is there at all."""


@dataclass(frozen=True)
class Row:
    """A row of the table: of which kind of record, who is let in, who never is."""

    record: str
    any_of: set[str]
    none_of: frozenset[str] = frozenset()


ASSESS = {"assessor", "centre assessor"}
JUDGE = ASSESS | {L}
"""Roles of which a second person, who judges what somebody decided, holds one."""
NOT_APPRENTICE = frozenset({"the apprentice"})
TOOK_PART = frozenset({"took part"})
KEPT_FROM = frozenset({"coach here", "employer here", "panel member here"})
"""From whom the original of a redacted version is kept, whatever else they are."""
CHECKS = {"assessor here", "coach here", "internal quality assurer here"}

MAY: dict[str, Row] = {
    "RegisterPerson": Row("person", {A}),
    "CorrectName": Row("person", {A}),
    "CorrectEmployment": Row("person", {RO}),
    "GrantRole": Row("person", {A}),
    "EndRole": Row("person", {A, RO}),
    "SuspendPerson": Row("person", {A, RO}),
    "ReinstatePerson": Row("person", {A, RO}),
    "SignOut": Row("person", {"the person", A, RO}),
    "RegisterAddress": Row("person", {A}),
    "RemoveAddress": Row("person", {A}),
    "InvitePerson": Row("person", {A}),
    "DeclareInterest": Row("person", {"the person"}),
    "ChooseNotices": Row("person", {"the person"}),
    "ConfirmCorrection": Row("person", {RO}),
    "RecordCompetence": Row("criteria", {A, L}),
    "CorrectCompetence": Row("person", {A}),
    "TakeCompetenceBack": Row("person", {A}),
    "RegisterProgram": Row("program", {A}),
    "ScopeProgram": Row("program", {A}),
    "HandProgramOver": Row("program", {A}),
    "AddProgramKey": Row("program", {A, "the owner"}),
    "AddProgramSecret": Row("program", {A, "the owner"}),
    "RevokeCredential": Row("program", {A, RO, "the owner"}),
    "SuspendProgram": Row("program", {A, RO, "the owner"}),
    "ReinstateProgram": Row("program", {A, RO}),
    "EndProgram": Row("program", {A}),
    "UnlinkIdentity": Row("identity", {A}),
    "AcceptIdentity": Row("identity", {A}),
    "ImportPlan": Row("plan", {A}),
    "RegisterWebhook": Row("webhook", {A}),
    "EndWebhook": Row("webhook", {A}),
    "RotateWebhookSecret": Row("webhook", {A}),
    "SendAgain": Row("webhook", {A}),
    "RuleOnDefect": Row("plan", {RO, L}),
    "ApprovePlan": Row("plan", {RO, A}),
    "DraftCriteria": Row("criteria", {A, L}),
    "ApproveCriteria": Row("criteria", {RO, L}),
    "AddGradeRules": Row("criteria", {RO, A, L}),
    "RecordPredecessor": Row("criteria", {RO}),
    "DraftForm": Row("form", {A, L}),
    "AddComponent": Row("form", {A, L}),
    "ApproveForm": Row("form", {RO, L}),
    "EnrolApprentice": Row("enrolment", {A}),
    "PauseEnrolment": Row("enrolment", {A}, NOT_APPRENTICE),
    "ResumeEnrolment": Row("enrolment", {A}, NOT_APPRENTICE),
    "EndEnrolment": Row("enrolment", {A}, NOT_APPRENTICE),
    "TakeEndBack": Row("enrolment", {A}, NOT_APPRENTICE),
    "CorrectUln": Row("enrolment", {A}, NOT_APPRENTICE),
    "MoveToEmployer": Row("enrolment", {A}, NOT_APPRENTICE),
    "CorrectEmployer": Row("enrolment", {A}, NOT_APPRENTICE),
    "CorrectCentre": Row("enrolment", {A}, NOT_APPRENTICE),
    "CorrectStart": Row("enrolment", {A}, NOT_APPRENTICE),
    "ChangeRoute": Row("enrolment", {A}, NOT_APPRENTICE),
    "GiveConsent": Row("enrolment", {"the apprentice"}),
    "TakeConsentBack": Row("enrolment", {"the apprentice"}),
    "AskConsent": Row("enrolment", {A, "coach here"}, NOT_APPRENTICE),
    "DeclineConsent": Row("enrolment", {"the apprentice"}),
    "WithdrawQuestion": Row("enrolment", {A, "coach here"}, NOT_APPRENTICE),
    "AnnouncePaper": Row("enrolment", {RO}, NOT_APPRENTICE),
    "CompletePaper": Row("enrolment", {RO}, NOT_APPRENTICE),
    "WithdrawOnPaper": Row("appeal", {RO}, NOT_APPRENTICE),
    "AssignPerson": Row("enrolment", {A}, NOT_APPRENTICE),
    "ReleasePerson": Row("enrolment", {A, RO}, NOT_APPRENTICE),
    "BringEndForward": Row("enrolment", {A, RO}, NOT_APPRENTICE),
    "CorrectAssignment": Row("enrolment", {A}, NOT_APPRENTICE),
    "TakeAssignmentBack": Row("enrolment", {A, RO}, NOT_APPRENTICE),
    "ConfirmTakingBack": Row("enrolment", {RO}, NOT_APPRENTICE),
    "RecordScrutinyRoute": Row("enrolment", {RO}),
    "ConfirmDecision": Row("assessment", {"second person", "answered as second"}, NOT_APPRENTICE),
    "DeclineDecision": Row("assessment", {"second person", "answered as second"}, NOT_APPRENTICE),
    "OfferEvidence": Row("evidence", {"the apprentice"}),
    "OfferVersion": Row("evidence", {"the apprentice"}),
    "DescribeDraft": Row("evidence", {"the apprentice"}),
    "CompleteUpload": Row("evidence", {"the apprentice"}),
    "WriteRecord": Row("evidence", AROUND),
    "CorrectRecord": Row("evidence", AROUND),
    "SubmitEvidence": Row("evidence", {"the apprentice", "coach here"}),
    "ReturnEvidence": Row("evidence", CHECKS, NOT_APPRENTICE),
    "AcceptEvidence": Row("evidence", CHECKS - {"coach here"}, NOT_APPRENTICE),
    "ClaimStatements": Row("evidence", {"the apprentice", "coach here"}),
    "DropClaim": Row("evidence", {"the apprentice", "coach here"}),
    "AnnotateEvidence": Row("evidence", CHECKS, NOT_APPRENTICE),
    "RedactEvidence": Row("evidence", {RO}, NOT_APPRENTICE | KEPT_FROM),
    "OpenOriginal": Row("evidence", {RO}, NOT_APPRENTICE | KEPT_FROM),
    "WithdrawEvidence": Row("evidence", {"the apprentice"}),
    "DiscardDraft": Row("evidence", {"the apprentice"}),
    "ApproveErasure": Row("evidence", {RO}, NOT_APPRENTICE),
    "ApprovePaperErasure": Row("enrolment", {RO}, NOT_APPRENTICE),
    "ConfirmPaperErasure": Row("enrolment", {RO, A}, NOT_APPRENTICE),
    "DropPaperErasure": Row("enrolment", {RO, A}, NOT_APPRENTICE),
    "ConfirmErasure": Row("evidence", {RO, A}, NOT_APPRENTICE),
    "DropErasure": Row("evidence", {RO, A}, NOT_APPRENTICE),
    "OpenAttempt": Row("assessment", {A, "assessor here"}, NOT_APPRENTICE),
    "CloseAttempt": Row("assessment", {A, "assessor here", RO, L}, NOT_APPRENTICE),
    "RecordFindings": Row("assessment", ASSESS, NOT_APPRENTICE),
    "DecideGrade": Row("assessment", ASSESS, NOT_APPRENTICE),
    "SupersedeDecision": Row("assessment", ASSESS | {L}, NOT_APPRENTICE),
    "VoidDecision": Row("assessment", {RO}),
    "LodgeAppeal": Row("appeal", {"the apprentice", "coach here", "employer here"}),
    "AdmitAppeal": Row("appeal", {AO}),
    "RefuseAppeal": Row("appeal", {AO}),
    "AskSecondLook": Row("appeal", {"appellant"}),
    "AdmitOnSecondLook": Row("appeal", {AO, RO}),
    "RefuseOnSecondLook": Row("appeal", {AO, RO}),
    "ConvenePanel": Row("appeal", {AO}),
    "AddMember": Row("appeal", {AO}),
    "RecuseMember": Row("appeal", {"member of the panel"}),
    "ReplaceMember": Row("appeal", {AO}),
    "ProposeOutcome": Row("appeal", {AO, "member of the panel"}, TOOK_PART),
    "ConfirmOutcome": Row("appeal", {"member of the panel"}, TOOK_PART),
    "DissentFromOutcome": Row("appeal", {"member of the panel"}, TOOK_PART),
    "CloseConsequence": Row("appeal", {RO}),
    "WithdrawAppeal": Row("appeal", {"the apprentice", "coach here"}),
}

TOLD_WHY: dict[str, dict[str, str]] = {
    "WriteRecord": {"the apprentice": "witness-is-apprentice"},
    "CorrectRecord": {"the apprentice": "record-of-another"},
    "SubmitEvidence": {"coach here": "declaration-not-own"},
    "ClaimStatements": {"coach here": "claim-needs-apprentice"},
    "DropClaim": {"coach here": "claim-needs-apprentice"},
    "LodgeAppeal": {"employer here": "appellant-without-standing"},
    "ProposeOutcome": {AO: "officer-may-not-decide"},
    "WithdrawAppeal": {"coach here": "appeal-not-yours"},
    "AddProgramKey": {A: "credentials-are-the-owners"},
    "AddProgramSecret": {A: "credentials-are-the-owners"},
}
"""Who is let in with this word alone only to be told by which rule it is not theirs."""

HAVE_TO_DO_WITH_PLANS = {
    "apprentice",
    "coach",
    "internal quality assurer",
    "external quality assurer",
    AO,
    "panel member",
} | ASSESS

READS: dict[str, Row] = {
    "read people": Row("questions", {A, AO, RO}),
    "read a person": Row("person", EVERYBODY),
    "read the accounts of a person": Row("person", {"the person", A, RO}),
    "read a plan": Row("plan", EVERYBODY),
    "read criteria": Row("criteria", EVERYBODY),
    "read a form": Row("form", EVERYBODY),
    "read the coverage of a form": Row("form", EVERYBODY),
    "read programs": Row("questions", EVERYBODY),
    "read the rows for programs": Row("questions", EVERYBODY),
    "read a program": Row("program", EVERYBODY),
    "read me": Row("questions", EVERYBODY),
    "import a file": Row("questions", {A}),
    "check a file": Row("questions", {A}),
    "read a sample of a file": Row("questions", {A}),
    "read an import of nobody": Row("nothing", EVERYBODY),
    "read the webhooks": Row("questions", {A}),
    "read no webhook": Row("nothing", EVERYBODY),
    "read the letters of no webhook": Row("nothing", EVERYBODY),
    "read the changes": Row("questions", EVERYBODY),
    "read the notices": Row("questions", EVERYBODY),
    "read own enrolments": Row("questions", EVERYBODY),
    "read the forms": Row("questions", EVERYBODY),
    "read the list of criteria": Row("questions", EVERYBODY),
    "read own appeals": Row("questions", EVERYBODY),
    "read an enrolment": Row("enrolment", EVERYBODY),
    "read the outline": Row("enrolment", EVERYBODY),
    "read readiness": Row("enrolment", EVERYBODY),
    "read the audit trail": Row("enrolment", OFFICE | HEARS | {"the apprentice", "internal quality assurer here"}),
    "read the evidence": Row("enrolment", EVERYBODY),
    "read the attempts": Row("enrolment", EVERYBODY),
    "read the decisions": Row("enrolment", EVERYBODY),
    "read the appeals": Row("enrolment", EVERYBODY),
    "read the papers": Row("enrolment", EVERYBODY),
    "read a paper": Row("enrolment", EVERYBODY),
    "read where to upload a paper": Row("enrolment", EVERYBODY),
    "read an item": Row("evidence", EVERYBODY),
    "read the remarks": Row("evidence", EVERYBODY),
    "read the bytes": Row("evidence", EVERYBODY),
    "read where to upload": Row("evidence", EVERYBODY),
    "read what can be looked at": Row("evidence", EVERYBODY),
    "read a preview": Row("evidence", EVERYBODY),
    "read an attempt": Row("assessment", EVERYBODY),
    "read the context": Row(
        "assessment",
        OFFICE | HEARS | {"second person", "assessor here", "internal quality assurer here"},
        NOT_APPRENTICE,
    ),
    "read a stored context": Row(
        "assessment",
        {"the apprentice", "acts against it", "assessor here", "second person", "answered as second", L, RO}
        | {"internal quality assurer here"}
        | HEARS,
    ),
    "read an attempt's audit trail": Row(
        "assessment", OFFICE | HEARS | {"the apprentice", "internal quality assurer here"}
    ),
    "read the acts of a person": Row("person", {A, RO}),
    "read the trail of a decision": Row(
        "assessment", OFFICE | HEARS | {"the apprentice", "internal quality assurer here"}
    ),
    "read an appeal": Row("appeal", EVERYBODY),
    "read the chronology": Row("appeal", {"the apprentice", "appellant", "member of the panel", AO, RO}),
    "read plans": Row("questions", EVERYBODY),
    "read a plan as a package": Row("plan", EVERYBODY),
    "read the text of a plan": Row("plan", EVERYBODY),
    "read the rulings on a plan": Row("plan", OFFICE | HAVE_TO_DO_WITH_PLANS | {"the apprentice"}),
    "read the queue of consequences": Row("questions", {RO}),
    "read the assessor's queue": Row("questions", ASSESS | {"lead assessor"}),
    "read the audits": Row("questions", {A, RO}),
    "read the appeals queue": Row("questions", {AO, RO}),
}

SAID_OF_ONE_RECORD = {"the person", "the owner", "second person", "appellant"}
SAID_OF_ONE_RECORD |= {"member of the panel", "panel member here"}


@remembered
def may_be_let_in(story: Story, person: str, name: str, enrolment: str) -> bool:
    """Tell, before it is known on which record, whether the row of a command could let somebody in."""
    wanted = MAY[name].any_of
    if wanted & (SAID_OF_ONE_RECORD | EVERYBODY | story.roles(person)):
        return True
    if person == story.apprentice(enrolment):
        return "the apprentice" in wanted
    parts = ("coach", "employer", "assessor", "internal quality assurer")
    return any(f"{part} here" in wanted and story.assigned(enrolment, person, part) for part in parts)


ABOUT_AN_ENROLMENT = {"enrolment", "evidence", "assessment", "appeal"}


def words(story: Story, call: Call) -> set[str]:
    """Return what the person who asks is to the record that is asked about."""
    person, told = call.by, call.told
    if not story.registered(person):
        return set()
    held = {"registered", *story.roles(person)}
    row = READS[call.name] if call.reads else MAY[call.name]
    if getattr(told, "person", None) == person:
        held.add("the person")
    if row.record == "program" and not story.suspended(person) and story.owner(told.program) == person:
        held.add("the owner")
    if row.record == "plan" and story.any("enrolled", person=person, plan="plan"):
        held.add("the apprentice")
    if row.record not in ABOUT_AN_ENROLMENT or call.name == "EnrolApprentice":
        return held
    if person == story.apprentice(told.enrolment):
        held.add("the apprentice")
    held |= {
        f"{part} here"
        for part in ("coach", "employer", "assessor", "internal quality assurer")
        if story.assigned(told.enrolment, person, part)
    }
    attempts = story.attempts(told.enrolment) if held & JUDGE else []
    if any(_asks_second(story, person, attempt) for attempt in attempts):
        held.add("second person")
    attempt = getattr(told, "attempt", None) if row.record == "assessment" else None
    answers = ("decision confirmed", "decision declined")
    if held & JUDGE and attempt and story.any(*answers, attempt=attempt, by=person):
        held.add("answered as second")
    asks_to_act = "acts against it" in row.any_of and "coach here" in held
    if asks_to_act and acts_against(story, person, told):
        held.add("acts against it")
    return held | _to_the_cases(story, call, row.record == "appeal")


def _asks_second(story: Story, person: str, attempt: Any) -> bool:
    """Tell whether a decision waits for this second person, or an attempt goes on that a route of theirs is for."""
    enrolment, waiting = attempt.enrolment, story.waiting(attempt.attempt)
    if waiting is not None:
        return bool(story.scrutiny_route(enrolment, waiting.by, attempt.form, attempt.key).second == person)
    routes = story.all(
        "scrutiny route recorded", enrolment=enrolment, second=person, form=attempt.form, key=attempt.key
    )
    goes_on = not story.decided(attempt.attempt) and not story.any("attempt closed", attempt=attempt.attempt)
    return goes_on and any(
        each is story.scrutiny_route(enrolment, each.assessor, attempt.form, attempt.key) for each in routes
    )


def acts_against(story: Story, person: str, decided: Any) -> bool:
    """Return whether somebody appealed against this decision for the apprentice, or may."""
    enrolment, decision = decided.enrolment, decided.decision
    appealed = any(story.appellant(each) == person for each in story.appeals(enrolment) if each.decision == decision)
    return appealed or any(
        not story.any("consent taken back", consent=each.consent)
        for each in story.all("consent given", enrolment=enrolment, person=person, purpose=("appeal", decision))
    )


def _to_the_cases(story: Story, call: Call, of_a_case: bool) -> set[str]:
    """Return what somebody is to the open cases of the enrolment, and to the very case that is asked about."""
    person, in_office = call.by, "panel member" in story.roles(call.by)
    held = set()
    row = READS[call.name] if call.reads else MAY[call.name]
    about = call.told.item if row.record == "evidence" and hasattr(call.told, "item") else None
    if in_office and any(
        person in story.members(each.appeal) - story.recused(each.appeal)
        and (story.is_open(each.appeal) or each.item == about)
        for each in story.appeals(call.told.enrolment)
    ):
        held.add("panel member here")
    lodged = story.one("appeal lodged", appeal=getattr(call.told, "appeal", None)) if of_a_case else None
    if lodged is None:
        return held
    holds = {
        "appellant": person in (story.appellant(lodged), story.apprentice(lodged.enrolment)),
        "member of the panel": in_office and person in story.members(lodged.appeal) - story.recused(lodged.appeal),
        "took part": person in lodged.took_part,
    }
    return held | {word for word, so in holds.items() if so}


DECLARES = {
    "second person",
    "answered as second",
    "assessor here",
    "internal quality assurer here",
    L,
    "panel member here",
    "member of the panel",
    AO,
}
"""Who declares what they are to the apprentice before they see or do anything."""

OFFICER_DECLARES = {
    "AnnouncePaper",
    "CompletePaper",
    "WithdrawOnPaper",
    "VoidDecision",
    "CloseAttempt",
    "AdmitOnSecondLook",
    "RefuseOnSecondLook",
    "CloseConsequence",
    "RecordScrutinyRoute",
    "RedactEvidence",
    "OpenOriginal",
    "ConfirmCorrection",
    "ConfirmTakingBack",
    "ApproveErasure",
    "ConfirmErasure",
    "ApprovePaperErasure",
    "ConfirmPaperErasure",
    "read the context",
    "read a stored context",
    "read the chronology",
}
"""What a responsible officer, who may look without, does only after such a declaration."""


def undeclared(story: Story, call: Call, held: set[str]) -> bool:
    """Tell whether who asks must first say what they are to this apprentice, and has not."""
    row = READS[call.name] if call.reads else MAY[call.name]
    if call.name == "ConfirmCorrection":
        return RO in held and not story.declared(call.by, call.told.apprentice)
    if row.record not in ABOUT_AN_ENROLMENT or call.name in ("read the outline", "EnrolApprentice"):
        return False
    must = bool(DECLARES & held) or (RO in held and call.name in OFFICER_DECLARES)
    return must and "the apprentice" not in held and not story.declared(call.by, story.apprentice(call.told.enrolment))
