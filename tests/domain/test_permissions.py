"""Who may do and see what: for each row of the table one person who is turned away (section 4)."""

from typing import get_args

import pytest

from portfolio.domain import (
    addresses,
    competences,
    criteria,
    deployment,
    form,
    identity,
    imports,
    interests,
    invitations,
    notices,
    person,
    plan,
    providers,
    standing,
    webhooks,
)
from portfolio.domain import corrections as people
from portfolio.domain.appeal import admitting, consequences, deciding, lodging, panel, withdrawing
from portfolio.domain.assessment import closing, confirming, decisions, findings, opening
from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.enrolment import (
    assignment_corrections,
    assignments,
    consent,
    corrections,
    ending,
    enrolling,
    papers,
    routes,
    scrutiny,
)
from portfolio.domain.enrolment import erasing as of_papers
from portfolio.domain.evidence import commands as evidence
from portfolio.domain.evidence import erasing
from portfolio.domain.kernel import Command, NotPermitted, NotVisible
from portfolio.domain.permissions import (
    MAY,
    OFFICER_DECLARES,
    OPEN_WHILE_SUSPENDED,
    READS,
    SEES,
    PartEnded,
    check,
    check_read,
    check_sees,
    may,
    must_declare,
)
from portfolio.domain.program import facts as program
from portfolio.domain.rows import AROUND_THE_APPRENTICE, Rule
from portfolio.domain.standing import AccessSuspended
from portfolio.domain.vocabulary import HAD_A_PART, REGISTERED_PERSON, SUSPENDED, THE_SYSTEM, Relation, Role
from tests.tools.examples import example_of

RULES = [*MAY.values(), *SEES.values(), *READS.values()]
EVERY_WORD: frozenset[str] = frozenset(get_args(Role) + get_args(Relation))

THE_APPRENTICE = frozenset({REGISTERED_PERSON, "apprentice", "the apprentice"})
THE_COACH = frozenset({REGISTERED_PERSON, "coach", "assigned coach"})
THE_EMPLOYER = frozenset({REGISTERED_PERSON, "employer", "assigned employer"})
THE_ASSESSOR = frozenset({REGISTERED_PERSON, "assessor", "assigned assessor"})
THE_QUALITY_ASSURER = frozenset({REGISTERED_PERSON, "internal quality assurer", "assigned internal quality assurer"})
ANOTHER_ASSESSOR = frozenset({REGISTERED_PERSON, "assessor"})
SECOND = frozenset({REGISTERED_PERSON, "assessor", "second person of a scrutiny route"})
ADMINISTRATOR = frozenset({REGISTERED_PERSON, "administrator"})
RESPONSIBLE = frozenset({REGISTERED_PERSON, "responsible officer"})
LEAD = frozenset({REGISTERED_PERSON, "lead assessor"})
RESULTS = frozenset({REGISTERED_PERSON, "results officer"})
APPEALS = frozenset({REGISTERED_PERSON, "appeals officer"})
PANEL = frozenset({REGISTERED_PERSON, "panel member", "member of the panel", "panel member of an appeal here"})
ANOTHER_PANEL = frozenset({REGISTERED_PERSON, "panel member"})
ANOTHER_APPRENTICE = frozenset({REGISTERED_PERSON, "apprentice"})
THE_OWNER = frozenset({REGISTERED_PERSON, "coach", "the owner"})
NOBODY_KNOWN: frozenset[str] = frozenset()

MAY_NOT: dict[type[Command], tuple[frozenset[str], ...]] = {
    deployment.CreateDeployment: (ADMINISTRATOR, NOBODY_KNOWN),
    deployment.AcceptClock: (ADMINISTRATOR, RESPONSIBLE),
    deployment.AcceptLoss: (ADMINISTRATOR, RESPONSIBLE),
    deployment.RecordKeyChecks: (ADMINISTRATOR, RESPONSIBLE),
    deployment.RotateTokenKey: (ADMINISTRATOR, RESPONSIBLE),
    deployment.BeginCatalogue: (ADMINISTRATOR, RESPONSIBLE),
    webhooks.RegisterWebhook: (RESPONSIBLE, LEAD, THE_COACH),
    webhooks.EndWebhook: (RESPONSIBLE, LEAD, THE_COACH),
    webhooks.RotateWebhookSecret: (RESPONSIBLE, LEAD, THE_COACH),
    webhooks.SendAgain: (RESPONSIBLE, LEAD, THE_COACH),
    person.RegisterPerson: (RESPONSIBLE, THE_COACH),
    people.CorrectName: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE, APPEALS),
    people.CorrectEmployment: (ANOTHER_ASSESSOR | {"the person"}, ADMINISTRATOR, APPEALS),
    person.GrantRole: (RESPONSIBLE, ANOTHER_ASSESSOR | {"the person"}),
    person.EndRole: (LEAD, ANOTHER_ASSESSOR | {"the person"}),
    standing.SuspendPerson: (LEAD, ANOTHER_ASSESSOR, APPEALS),
    standing.ReinstatePerson: (LEAD, ANOTHER_ASSESSOR | {"the person"}),
    standing.SignOut: (LEAD, ANOTHER_ASSESSOR, APPEALS),
    addresses.RegisterAddress: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE, APPEALS),
    addresses.RemoveAddress: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE),
    invitations.InvitePerson: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE, LEAD),
    invitations.TakeInvitationUp: (ADMINISTRATOR, ANOTHER_ASSESSOR | {"the person"}),
    interests.DeclareInterest: (ADMINISTRATOR,),
    notices.ChooseNotices: (ADMINISTRATOR, RESPONSIBLE),
    interests.ConfirmCorrection: (ADMINISTRATOR, ANOTHER_ASSESSOR | {"the person"}),
    competences.CorrectCompetence: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE),
    competences.TakeCompetenceBack: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE),
    competences.RecordCompetence: (ANOTHER_ASSESSOR | {"the person"}, RESPONSIBLE),
    providers.FollowProvider: (ADMINISTRATOR, RESPONSIBLE, ANOTHER_ASSESSOR),
    identity.LinkIdentity: (ADMINISTRATOR, RESPONSIBLE),
    identity.UnlinkIdentity: (RESPONSIBLE, ANOTHER_ASSESSOR),
    identity.AcceptIdentity: (RESPONSIBLE, ANOTHER_ASSESSOR),
    plan.ImportPlan: (RESPONSIBLE, LEAD),
    plan.RuleOnDefect: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    plan.ApprovePlan: (LEAD, ANOTHER_ASSESSOR),
    criteria.DraftCriteria: (ANOTHER_ASSESSOR, THE_COACH),
    criteria.ApproveCriteria: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    criteria.AddGradeRules: (THE_ASSESSOR,),
    criteria.RecordPredecessor: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    form.DraftForm: (ANOTHER_ASSESSOR, THE_COACH),
    form.AddComponent: (ANOTHER_ASSESSOR, THE_COACH),
    form.ApproveForm: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    enrolling.EnrolApprentice: (THE_COACH, LEAD),
    ending.PauseEnrolment: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    ending.ResumeEnrolment: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    ending.EndEnrolment: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    ending.TakeEndBack: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    corrections.CorrectUln: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    corrections.MoveToEmployer: (THE_APPRENTICE, THE_EMPLOYER, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    corrections.CorrectEmployer: (THE_APPRENTICE, THE_EMPLOYER, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    corrections.CorrectCentre: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    corrections.CorrectStart: (THE_APPRENTICE, THE_COACH, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    routes.ChangeRoute: (THE_APPRENTICE, THE_COACH, ADMINISTRATOR | THE_APPRENTICE),
    consent.GiveConsent: (THE_COACH, ADMINISTRATOR, RESPONSIBLE, ANOTHER_APPRENTICE),
    consent.TakeConsentBack: (THE_COACH, ADMINISTRATOR, RESPONSIBLE, ANOTHER_APPRENTICE),
    consent.AskConsent: (THE_APPRENTICE, THE_ASSESSOR, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    consent.DeclineConsent: (THE_COACH, ADMINISTRATOR, RESPONSIBLE, ANOTHER_APPRENTICE),
    consent.WithdrawQuestion: (THE_APPRENTICE, THE_ASSESSOR, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    papers.AnnouncePaper: (THE_COACH, ADMINISTRATOR, LEAD, APPEALS, RESPONSIBLE | THE_APPRENTICE),
    papers.CompletePaper: (THE_COACH, ADMINISTRATOR, LEAD, APPEALS, RESPONSIBLE | THE_APPRENTICE),
    papers.SealPaper: (RESPONSIBLE, ADMINISTRATOR, THE_APPRENTICE),
    papers.RefusePaper: (RESPONSIBLE, ADMINISTRATOR, THE_APPRENTICE),
    of_papers.ApprovePaperErasure: (THE_APPRENTICE, THE_COACH, ADMINISTRATOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    of_papers.ConfirmPaperErasure: (THE_APPRENTICE, THE_COACH, LEAD, APPEALS, RESPONSIBLE | THE_APPRENTICE),
    of_papers.DropPaperErasure: (THE_APPRENTICE, THE_COACH, LEAD, APPEALS, RESPONSIBLE | THE_APPRENTICE),
    of_papers.NotePaperErased: (THE_APPRENTICE, RESPONSIBLE, ADMINISTRATOR),
    assignments.AssignPerson: (THE_ASSESSOR, LEAD, ADMINISTRATOR | THE_APPRENTICE),
    assignments.ReleasePerson: (THE_ASSESSOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    assignment_corrections.BringEndForward: (THE_ASSESSOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    assignment_corrections.CorrectAssignment: (THE_ASSESSOR, RESPONSIBLE, ADMINISTRATOR | THE_APPRENTICE),
    assignment_corrections.TakeAssignmentBack: (THE_COACH, LEAD, RESPONSIBLE | THE_APPRENTICE),
    assignment_corrections.ConfirmTakingBack: (ADMINISTRATOR, THE_COACH, LEAD, RESPONSIBLE | THE_APPRENTICE),
    scrutiny.RecordScrutinyRoute: (ADMINISTRATOR, LEAD),
    evidence.OfferEvidence: (THE_COACH, ADMINISTRATOR, ANOTHER_APPRENTICE),
    evidence.OfferVersion: (THE_COACH, ADMINISTRATOR, ANOTHER_APPRENTICE),
    evidence.CompleteUpload: (THE_COACH, ADMINISTRATOR, ANOTHER_APPRENTICE),
    evidence.SealFile: (THE_APPRENTICE, THE_ASSESSOR, ADMINISTRATOR),
    evidence.RefuseFile: (THE_APPRENTICE, THE_ASSESSOR, ADMINISTRATOR),
    evidence.WriteRecord: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    evidence.CorrectRecord: (ADMINISTRATOR, ANOTHER_ASSESSOR),
    evidence.SubmitEvidence: (THE_ASSESSOR, ANOTHER_APPRENTICE),
    evidence.ReturnEvidence: (THE_APPRENTICE, THE_COACH | THE_APPRENTICE, ANOTHER_ASSESSOR),
    evidence.AcceptEvidence: (THE_COACH, THE_ASSESSOR | THE_APPRENTICE, ANOTHER_ASSESSOR),
    evidence.ClaimStatements: (THE_ASSESSOR, ANOTHER_APPRENTICE),
    evidence.DropClaim: (THE_ASSESSOR, ANOTHER_APPRENTICE),
    evidence.AnnotateEvidence: (THE_APPRENTICE, THE_ASSESSOR | THE_APPRENTICE, ANOTHER_ASSESSOR),
    evidence.ServeEvidence: (ANOTHER_ASSESSOR, ANOTHER_APPRENTICE, ANOTHER_PANEL),
    evidence.RedactEvidence: (THE_APPRENTICE, THE_COACH, THE_ASSESSOR, ADMINISTRATOR, LEAD, RESPONSIBLE | THE_COACH),
    evidence.OpenOriginal: (THE_APPRENTICE, THE_COACH, THE_ASSESSOR, ADMINISTRATOR, APPEALS, PANEL | RESPONSIBLE),
    evidence.WithdrawEvidence: (THE_COACH, ADMINISTRATOR, RESPONSIBLE),
    evidence.DescribeDraft: (THE_COACH, ADMINISTRATOR, RESPONSIBLE),
    evidence.DiscardDraft: (THE_COACH, ADMINISTRATOR, RESPONSIBLE),
    erasing.ApproveErasure: (THE_APPRENTICE, THE_ASSESSOR, ADMINISTRATOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    erasing.ConfirmErasure: (THE_APPRENTICE, THE_ASSESSOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    erasing.DropErasure: (THE_APPRENTICE, THE_ASSESSOR, LEAD, RESPONSIBLE | THE_APPRENTICE),
    erasing.NoteErased: (THE_APPRENTICE, RESPONSIBLE, ADMINISTRATOR),
    opening.OpenAttempt: (THE_APPRENTICE, THE_COACH, ANOTHER_ASSESSOR, ADMINISTRATOR | THE_APPRENTICE),
    opening.OpenAttemptAfterAppeal: (ADMINISTRATOR, RESPONSIBLE, THE_ASSESSOR, APPEALS, PANEL),
    closing.CloseAttempt: (THE_COACH, ANOTHER_ASSESSOR, THE_ASSESSOR | THE_APPRENTICE),
    findings.RecordFindings: (THE_COACH, ADMINISTRATOR, LEAD, ANOTHER_ASSESSOR | THE_APPRENTICE),
    decisions.DecideGrade: (THE_COACH, ADMINISTRATOR, LEAD, PANEL, APPEALS, ANOTHER_ASSESSOR | THE_APPRENTICE),
    confirming.ConfirmDecision: (THE_ASSESSOR, LEAD, RESPONSIBLE, SECOND | THE_APPRENTICE),
    confirming.DeclineDecision: (THE_ASSESSOR, LEAD, RESPONSIBLE, SECOND | THE_APPRENTICE),
    decisions.SupersedeDecision: (ADMINISTRATOR, RESPONSIBLE, PANEL, APPEALS, LEAD | THE_APPRENTICE),
    decisions.VoidDecision: (THE_ASSESSOR, LEAD, ADMINISTRATOR, PANEL, APPEALS),
    lodging.LodgeAppeal: (THE_ASSESSOR, ADMINISTRATOR, ANOTHER_APPRENTICE),
    admitting.AdmitAppeal: (ADMINISTRATOR, RESPONSIBLE, PANEL),
    admitting.RefuseAppeal: (ADMINISTRATOR, RESPONSIBLE, PANEL),
    admitting.AskSecondLook: (APPEALS, ADMINISTRATOR, PANEL, THE_COACH, THE_ASSESSOR),
    admitting.AdmitOnSecondLook: (ADMINISTRATOR, LEAD, PANEL, THE_APPRENTICE),
    admitting.RefuseOnSecondLook: (ADMINISTRATOR, LEAD, PANEL, THE_APPRENTICE),
    panel.ConvenePanel: (ADMINISTRATOR, RESPONSIBLE, PANEL),
    panel.AddMember: (ADMINISTRATOR, RESPONSIBLE, PANEL),
    panel.RecuseMember: (APPEALS, ADMINISTRATOR, ANOTHER_PANEL),
    panel.ReplaceMember: (ADMINISTRATOR, RESPONSIBLE, PANEL),
    deciding.ProposeOutcome: (ADMINISTRATOR, RESPONSIBLE, ANOTHER_PANEL, PANEL | {"took part"}),
    deciding.ConfirmOutcome: (APPEALS, RESPONSIBLE, ANOTHER_PANEL, PANEL | {"took part"}),
    deciding.DissentFromOutcome: (APPEALS, RESPONSIBLE, ANOTHER_PANEL, PANEL | {"took part"}),
    consequences.NoteConsequence: (RESPONSIBLE, APPEALS, ADMINISTRATOR),
    consequences.NoteRefusedConsequence: (RESPONSIBLE, APPEALS, ADMINISTRATOR),
    consequences.CloseConsequence: (APPEALS, ADMINISTRATOR, PANEL, THE_ASSESSOR),
    withdrawing.WithdrawAppeal: (APPEALS, ADMINISTRATOR, PANEL),
    withdrawing.WithdrawOnPaper: (APPEALS, ADMINISTRATOR, PANEL, THE_COACH, RESPONSIBLE | THE_APPRENTICE),
    imports.BeginImport: (RESPONSIBLE, THE_COACH, LEAD),
    imports.NoteLines: (RESPONSIBLE, THE_COACH, LEAD),
    program.RegisterProgram: (RESPONSIBLE, THE_COACH, LEAD),
    program.ScopeProgram: (RESPONSIBLE, THE_COACH, THE_OWNER),
    program.HandProgramOver: (RESPONSIBLE, THE_COACH, THE_OWNER),
    program.AddProgramKey: (RESPONSIBLE, THE_COACH),
    program.AddProgramSecret: (RESPONSIBLE, THE_COACH),
    program.RevokeCredential: (LEAD, THE_COACH),
    program.SuspendProgram: (LEAD, THE_COACH),
    program.ReinstateProgram: (LEAD, THE_COACH, THE_OWNER),
    program.EndProgram: (LEAD, RESPONSIBLE, THE_OWNER),
}
"""For each command, people who are turned away: chosen by hand, so that a row that grows too wide is noticed."""

SEES_NOT: dict[str, tuple[frozenset[str], ...]] = {
    "deployment": (NOBODY_KNOWN,),
    "plan": (NOBODY_KNOWN,),
    "criteria": (NOBODY_KNOWN,),
    "form": (NOBODY_KNOWN,),
    "person": (ANOTHER_ASSESSOR, THE_COACH, ANOTHER_PANEL, LEAD),
    "enrolment": (ANOTHER_APPRENTICE, ANOTHER_ASSESSOR, ANOTHER_PANEL),
    "evidence": (ANOTHER_APPRENTICE, ANOTHER_ASSESSOR, ANOTHER_PANEL),
    "assessment": (ANOTHER_APPRENTICE, ANOTHER_ASSESSOR, ANOTHER_PANEL),
    "appeal": (ANOTHER_APPRENTICE, ANOTHER_ASSESSOR, ANOTHER_PANEL, THE_ASSESSOR, THE_EMPLOYER),
    "identity": (RESPONSIBLE, APPEALS, ANOTHER_ASSESSOR | {"the person"}),
    "import": (LEAD, APPEALS, THE_COACH),
    "program": (LEAD, APPEALS, THE_COACH),
    "webhook": (RESPONSIBLE, LEAD, THE_COACH),
}

ASKS_NOT: dict[str, tuple[frozenset[str], ...]] = {
    "me": (NOBODY_KNOWN,),
    "changes": (NOBODY_KNOWN,),
    "own enrolments": (NOBODY_KNOWN,),
    "own appeals": (NOBODY_KNOWN,),
    "people": (THE_COACH, THE_ASSESSOR, LEAD),
    "imports": (RESPONSIBLE, LEAD, THE_COACH),
    "identities": (LEAD, APPEALS, THE_COACH),
    "e-mail address": (RESPONSIBLE, LEAD, APPEALS, THE_COACH),
    "webhooks": (RESPONSIBLE, LEAD, THE_COACH),
    "audit trail": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ANOTHER_ASSESSOR),
    "audits": (LEAD, THE_COACH, THE_ASSESSOR),
    "operations": (RESPONSIBLE, LEAD, APPEALS, THE_COACH),
    "acts of a person": (LEAD, APPEALS, THE_ASSESSOR | {"the person"}),
    "readiness": (ANOTHER_APPRENTICE, ANOTHER_ASSESSOR, ANOTHER_PANEL),
    "learner number": (THE_COACH, THE_ASSESSOR, ANOTHER_APPRENTICE),
    "drafts": (THE_COACH, THE_ASSESSOR, ADMINISTRATOR, ANOTHER_APPRENTICE),
    "remarks for assessors": (THE_APPRENTICE, THE_ASSESSOR | THE_APPRENTICE, THE_COACH, THE_EMPLOYER, ADMINISTRATOR),
    "redacted originals": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, APPEALS, PANEL, RESPONSIBLE | PANEL),
    "redacted originals: assessors": (THE_COACH, THE_EMPLOYER, ADMINISTRATOR, PANEL, THE_ASSESSOR | THE_COACH),
    "redacted originals: quality assurers": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, PANEL),
    "redacted originals: panel": (THE_COACH, THE_EMPLOYER, APPEALS, ANOTHER_PANEL, PANEL | THE_COACH),
    "remarks to decide on": (THE_COACH, ANOTHER_ASSESSOR, THE_ASSESSOR | THE_APPRENTICE),
    "consents": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ANOTHER_APPRENTICE),
    "signed papers": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, APPEALS, PANEL),
    "signed papers on appeals": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, ANOTHER_PANEL),
    "signed papers of one's case": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, ANOTHER_PANEL),
    "decision context": (THE_APPRENTICE, THE_ASSESSOR | THE_APPRENTICE, THE_COACH, THE_EMPLOYER, ANOTHER_ASSESSOR),
    "stored context": (THE_COACH, THE_EMPLOYER, RESULTS),
    "stored contexts": (THE_COACH, THE_EMPLOYER, RESULTS, THE_COACH | {"acts for the apprentice in an appeal"}),
    "rulings": (frozenset({REGISTERED_PERSON}),),
    "appeals here": (THE_ASSESSOR, THE_EMPLOYER, ANOTHER_APPRENTICE),
    "holds": (THE_EMPLOYER, ANOTHER_APPRENTICE),
    "what decisions rested on": (THE_COACH, THE_EMPLOYER, THE_ASSESSOR, ADMINISTRATOR, ANOTHER_PANEL),
    "chronology": (THE_ASSESSOR, THE_EMPLOYER, ANOTHER_PANEL, ADMINISTRATOR),
    "queue: assessor": (THE_APPRENTICE, THE_COACH, ADMINISTRATOR),
    "queue: appeals": (THE_APPRENTICE, ADMINISTRATOR, ANOTHER_ASSESSOR, ANOTHER_PANEL),
    "queue: consequences": (THE_APPRENTICE, ADMINISTRATOR, APPEALS, ANOTHER_PANEL),
    "after the case": (PANEL, THE_COACH, ADMINISTRATOR, LEAD),
    "panel's deliberation": (THE_APPRENTICE, APPEALS, RESPONSIBLE, ANOTHER_PANEL),
    "oversight": (THE_APPRENTICE, APPEALS, ANOTHER_PANEL),
    "standardisation": (THE_APPRENTICE, APPEALS, ANOTHER_PANEL),
    "programs": (NOBODY_KNOWN,),
    "files brought over": (ANOTHER_APPRENTICE, THE_EMPLOYER, THE_ASSESSOR, RESPONSIBLE, LEAD),
}


def asked(kind: type[Command], held: frozenset[str]) -> None:
    check(example_of(kind), AGGREGATE_OF[kind], held)


@pytest.mark.parametrize("kind", MAY)
def test_for_every_command_there_is_somebody_who_may_not_give_it(kind: type[Command]) -> None:
    assert kind in MAY_NOT, "say in MAY_NOT who is turned away"
    for held in MAY_NOT[kind]:
        assert not may(MAY[kind], held)
        with pytest.raises((NotPermitted, NotVisible)):
            asked(kind, held)


@pytest.mark.parametrize("aggregate", SEES)
def test_for_every_record_there_is_somebody_for_whom_it_does_not_exist(aggregate: str) -> None:
    for held in SEES_NOT[aggregate]:
        with pytest.raises(NotVisible):
            check_sees(aggregate, held)


@pytest.mark.parametrize("read", READS)
def test_for_every_question_there_is_somebody_who_may_not_ask_it(read: str) -> None:
    for held in ASKS_NOT[read]:
        with pytest.raises(NotPermitted):
            check_read(read, held)


@pytest.mark.parametrize("rule", RULES)
def test_somebody_who_holds_every_word_but_the_needed_ones_is_turned_away(rule: Rule) -> None:
    assert not may(rule, EVERY_WORD - rule.any_of)
    assert not may(rule, frozenset())


@pytest.mark.parametrize("rule", RULES)
def test_each_needed_word_alone_is_enough(rule: Rule) -> None:
    assert rule.any_of
    for word in rule.any_of:
        assert may(rule, frozenset({word}))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.none_of])
def test_each_forbidding_word_outweighs_all_others(rule: Rule) -> None:
    for word in rule.none_of:
        assert may(rule, EVERY_WORD - rule.none_of)
        assert not may(rule, EVERY_WORD - rule.none_of | {word})


def test_a_command_without_a_row_is_given_by_nobody() -> None:
    class Unheard(Command):
        pass

    with pytest.raises(NotPermitted):
        check(Unheard(), "plan", EVERY_WORD)


@pytest.mark.parametrize("kind", [decisions.DecideGrade, evidence.OfferEvidence, admitting.AdmitAppeal])
def test_to_a_stranger_a_record_is_not_there_and_to_who_sees_it_the_act_is_forbidden(kind: type[Command]) -> None:
    with pytest.raises(NotVisible):
        asked(kind, ANOTHER_APPRENTICE)
    with pytest.raises(NotPermitted):
        asked(kind, RESULTS)


def test_who_is_suspended_gives_no_command_but_an_apprentice_reads_and_appeals() -> None:
    suspended = THE_APPRENTICE | {"suspended", "appellant"}
    for kind in MAY:
        if kind in OPEN_WHILE_SUSPENDED:
            asked(kind, suspended)
        else:
            with pytest.raises((AccessSuspended, NotVisible)):
                asked(kind, suspended)
    with pytest.raises(AccessSuspended):
        asked(evidence.OfferEvidence, suspended)


def test_whoever_had_a_part_once_is_told_the_rule_and_a_stranger_finds_no_record() -> None:
    for kind in (findings.RecordFindings, decisions.DecideGrade, decisions.SupersedeDecision):
        asked(kind, ANOTHER_ASSESSOR | {"had a part here"})
        with pytest.raises(NotVisible):
            asked(kind, ANOTHER_ASSESSOR)
    with pytest.raises(PartEnded):
        asked(evidence.AcceptEvidence, ANOTHER_ASSESSOR | {"had a part here"})
    with pytest.raises(NotVisible):
        asked(admitting.AdmitAppeal, ANOTHER_ASSESSOR | {"had a part here"})


@pytest.mark.parametrize("aggregate", ["enrolment", "evidence", "assessment", "appeal"])
def test_whoever_assesses_checks_leads_or_hears_declares_first(aggregate: str) -> None:
    for held in (THE_ASSESSOR, THE_QUALITY_ASSURER, LEAD, APPEALS, PANEL, THE_COACH | LEAD):
        assert must_declare(aggregate, held)
    for held in (THE_APPRENTICE, THE_COACH, THE_EMPLOYER, ADMINISTRATOR, RESPONSIBLE, THE_APPRENTICE | LEAD):
        assert not must_declare(aggregate, held)
    for act in OFFICER_DECLARES:
        assert must_declare(aggregate, RESPONSIBLE, act)
    assert not must_declare(aggregate, RESPONSIBLE, opening.OpenAttempt)
    assert not must_declare(aggregate, ADMINISTRATOR, decisions.VoidDecision)


@pytest.mark.parametrize("aggregate", ["plan", "criteria", "form", "person", "deployment"])
def test_what_is_about_no_apprentice_asks_for_no_declaration(aggregate: str) -> None:
    assert not must_declare(aggregate, LEAD | APPEALS)


def test_the_program_itself_acts_only_where_no_person_does() -> None:
    assert {kind for kind, rule in MAY.items() if THE_SYSTEM in rule.any_of} == {
        deployment.CreateDeployment,
        deployment.AcceptClock,
        deployment.AcceptLoss,
        deployment.RecordKeyChecks,
        deployment.RotateTokenKey,
        deployment.BeginCatalogue,
        person.RegisterPerson,
        person.GrantRole,
        evidence.SealFile,
        evidence.RefuseFile,
        erasing.NoteErased,
        papers.SealPaper,
        papers.RefusePaper,
        of_papers.NotePaperErased,
        standing.SignOut,
        identity.LinkIdentity,
        providers.FollowProvider,
        invitations.TakeInvitationUp,
        plan.ImportPlan,
        opening.OpenAttemptAfterAppeal,
        decisions.VoidDecision,
        consequences.NoteConsequence,
        consequences.NoteRefusedConsequence,
    }


def test_everybody_around_the_apprentice_sees_the_work_and_nobody_else_without_an_office() -> None:
    for around in (THE_APPRENTICE, THE_COACH, THE_EMPLOYER, THE_ASSESSOR, THE_QUALITY_ASSURER):
        check_sees("evidence", around)
        assert around & set(AROUND_THE_APPRENTICE)


def test_whoever_only_had_a_part_is_served_no_evidence_any_more() -> None:
    with pytest.raises(PartEnded):
        asked(evidence.ServeEvidence, frozenset({REGISTERED_PERSON, HAD_A_PART}))


def test_whoever_had_a_part_once_is_let_in_to_put_right_what_they_wrote_and_writes_nothing_else() -> None:
    asked(evidence.CorrectRecord, frozenset({REGISTERED_PERSON, HAD_A_PART}))
    with pytest.raises(PartEnded):
        asked(evidence.WriteRecord, frozenset({REGISTERED_PERSON, HAD_A_PART}))
    with pytest.raises(AccessSuspended):
        asked(evidence.CorrectRecord, THE_COACH | {SUSPENDED, HAD_A_PART})


def test_a_suspended_person_is_not_told_of_a_record_that_they_may_not_see() -> None:
    with pytest.raises(NotVisible):
        asked(evidence.AcceptEvidence, frozenset({REGISTERED_PERSON, SUSPENDED}))
