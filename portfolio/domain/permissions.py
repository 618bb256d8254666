"""Who may do and see what: one table, deny by default.

The words are the roles a person holds now, plus what they are to the record ("the apprentice", "assigned assessor",
"member of the panel" …), all from recorded facts. Every command and read has a row; no other file asks who one is.
"""

from portfolio.domain import competences, criteria, form, imports, interests, plan
from portfolio.domain.appeal import admitting, consequences, deciding, lodging, withdrawing
from portfolio.domain.appeal.lodging import AppellantWithoutStanding
from portfolio.domain.appeal.panel import OfficerMayNotDecide
from portfolio.domain.appeal.withdrawing import AppealNotYours
from portfolio.domain.assessment import closing, confirming, decisions, findings, opening
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
from portfolio.domain.evidence.claims import ClaimNeedsApprentice
from portfolio.domain.evidence.declaration import DeclarationNotOwn
from portfolio.domain.evidence.written import RecordOfAnother, WitnessIsApprentice
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Rejected, RuleBroken
from portfolio.domain.permissions_of_appeals import OF_APPEALS
from portfolio.domain.permissions_of_deployment import OF_DEPLOYMENT, OF_WEBHOOKS
from portfolio.domain.permissions_of_evidence import OF_EVIDENCE, ORIGINALS
from portfolio.domain.permissions_of_identity import OF_IDENTITY
from portfolio.domain.permissions_of_people import OF_PEOPLE
from portfolio.domain.permissions_of_programs import OF_PROGRAMS
from portfolio.domain.program.facts import AddProgramKey, AddProgramSecret
from portfolio.domain.program.refusals import CredentialsAreTheOwners, OutOfScope
from portfolio.domain.rows import AROUND_THE_APPRENTICE, HEARS_AN_APPEAL, OFFICE, WITHIN_ROWS, Rule, name_rows
from portfolio.domain.rows import any_of as _any
from portfolio.domain.standing import AccessSuspended
from portfolio.domain.vocabulary import (
    ACTS_FOR_THE_APPRENTICE,
    ADMINISTRATOR,
    ANSWERED_AS_SECOND,
    APPEALS_OFFICER,
    APPELLANT,
    APPRENTICE,
    ASSESSOR,
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    ASSIGNED_QUALITY_ASSURER,
    CENTRE_ASSESSOR,
    COACH,
    EXTERNAL_QUALITY_ASSURER,
    HAD_A_PART,
    INTERNAL_QUALITY_ASSURER,
    LEAD_ASSESSOR,
    MEMBER_OF_THE_PANEL,
    PANEL_MEMBER,
    PANEL_MEMBER_HERE,
    PERHAPS_ASSIGNED,
    REGISTERED_PERSON,
    RESPONSIBLE_OFFICER,
    SECOND_PERSON,
    SUSPENDED,
    THE_APPRENTICE,
    THE_OWNER,
    THE_PERSON,
    THE_SYSTEM,
    Word,
)

READ_STORED_CONTEXTS: tuple[Word, ...] = (
    THE_APPRENTICE,
    ASSIGNED_ASSESSOR,
    SECOND_PERSON,
    ANSWERED_AS_SECOND,
    ASSIGNED_QUALITY_ASSURER,
    LEAD_ASSESSOR,
    RESPONSIBLE_OFFICER,
    *HEARS_AN_APPEAL,
)

SEES: dict[str, Rule] = {
    "deployment": _any(THE_SYSTEM, REGISTERED_PERSON),
    "plan": _any(THE_SYSTEM, REGISTERED_PERSON),
    "criteria": _any(REGISTERED_PERSON),
    "form": _any(REGISTERED_PERSON),
    "person": _any(THE_SYSTEM, THE_PERSON, ADMINISTRATOR, APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "identity": _any(THE_SYSTEM, ADMINISTRATOR),
    "enrolment": _any(THE_SYSTEM, *OFFICE, *AROUND_THE_APPRENTICE, SECOND_PERSON, *HEARS_AN_APPEAL),
    "evidence": _any(THE_SYSTEM, *OFFICE, *AROUND_THE_APPRENTICE, SECOND_PERSON, *HEARS_AN_APPEAL),
    "assessment": _any(
        THE_SYSTEM, *OFFICE, *AROUND_THE_APPRENTICE, SECOND_PERSON, ANSWERED_AS_SECOND, *HEARS_AN_APPEAL
    ),
    "appeal": _any(
        THE_SYSTEM, *OFFICE, THE_APPRENTICE, APPELLANT, ASSIGNED_COACH, MEMBER_OF_THE_PANEL, *HEARS_AN_APPEAL
    ),
    "import": _any(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    "program": _any(ADMINISTRATOR, RESPONSIBLE_OFFICER, THE_OWNER),
    "webhook": _any(ADMINISTRATOR),
}
"""Who sees a record at all, by aggregate; to everybody else it is not there (404)."""

READS: dict[str, Rule] = {
    **ORIGINALS,
    "me": _any(REGISTERED_PERSON),
    "changes": _any(REGISTERED_PERSON),
    "own enrolments": _any(REGISTERED_PERSON),
    "own appeals": _any(REGISTERED_PERSON),
    "people": _any(ADMINISTRATOR, APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "imports": _any(ADMINISTRATOR),
    "identities": _any(THE_PERSON, ADMINISTRATOR, RESPONSIBLE_OFFICER),
    "e-mail address": _any(THE_PERSON, ADMINISTRATOR),
    "webhooks": _any(ADMINISTRATOR),
    "audit trail": _any(*OFFICE, THE_APPRENTICE, *HEARS_AN_APPEAL, ASSIGNED_QUALITY_ASSURER),
    "audits": _any(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    "operations": _any(ADMINISTRATOR),
    "acts of a person": _any(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    "readiness": _any(*OFFICE, *AROUND_THE_APPRENTICE, SECOND_PERSON, *HEARS_AN_APPEAL),
    "learner number": _any(THE_APPRENTICE, ADMINISTRATOR),
    "drafts": _any(THE_SYSTEM, THE_APPRENTICE),
    "remarks for assessors": _any(
        ASSIGNED_ASSESSOR,
        ASSIGNED_QUALITY_ASSURER,
        SECOND_PERSON,
        LEAD_ASSESSOR,
        RESPONSIBLE_OFFICER,
        MEMBER_OF_THE_PANEL,
        *HEARS_AN_APPEAL,
        none_of=(THE_APPRENTICE, ASSIGNED_COACH, ASSIGNED_EMPLOYER, PERHAPS_ASSIGNED),
    ),
    "remarks to decide on": _any(ASSIGNED_ASSESSOR, SECOND_PERSON, none_of=(THE_APPRENTICE,)),
    "consents": _any(THE_APPRENTICE, ADMINISTRATOR, RESPONSIBLE_OFFICER, MEMBER_OF_THE_PANEL, *HEARS_AN_APPEAL),
    "signed papers": _any(THE_APPRENTICE, RESPONSIBLE_OFFICER),
    "signed papers on appeals": _any(THE_APPRENTICE, RESPONSIBLE_OFFICER, APPEALS_OFFICER),
    "signed papers of one's case": _any(PANEL_MEMBER_HERE),
    "decision context": _any(
        ASSIGNED_ASSESSOR,
        SECOND_PERSON,
        *OFFICE,
        *HEARS_AN_APPEAL,
        ASSIGNED_QUALITY_ASSURER,
        none_of=(THE_APPRENTICE,),
    ),
    "stored context": _any(ACTS_FOR_THE_APPRENTICE, *READ_STORED_CONTEXTS),
    "stored contexts": _any(*READ_STORED_CONTEXTS),
    "rulings": _any(
        THE_APPRENTICE,
        APPRENTICE,
        COACH,
        ASSESSOR,
        CENTRE_ASSESSOR,
        INTERNAL_QUALITY_ASSURER,
        EXTERNAL_QUALITY_ASSURER,
        *OFFICE,
        APPEALS_OFFICER,
        PANEL_MEMBER,
    ),
    "appeals here": _any(*OFFICE, THE_APPRENTICE, ASSIGNED_COACH, APPELLANT, MEMBER_OF_THE_PANEL, *HEARS_AN_APPEAL),
    "holds": _any(
        *OFFICE,
        THE_APPRENTICE,
        ASSIGNED_COACH,
        ASSIGNED_ASSESSOR,
        ASSIGNED_QUALITY_ASSURER,
        SECOND_PERSON,
        APPELLANT,
        MEMBER_OF_THE_PANEL,
        *HEARS_AN_APPEAL,
    ),
    "what decisions rested on": _any(THE_APPRENTICE, PANEL_MEMBER_HERE, APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "chronology": _any(THE_APPRENTICE, APPELLANT, MEMBER_OF_THE_PANEL, APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "after the case": _any(THE_APPRENTICE, APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "queue: assessor": _any(ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR),
    "queue: appeals": _any(APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    "queue: consequences": _any(RESPONSIBLE_OFFICER),
    "oversight": _any(LEAD_ASSESSOR, RESPONSIBLE_OFFICER),
    "standardisation": _any(LEAD_ASSESSOR, RESPONSIBLE_OFFICER, ADMINISTRATOR),
    "panel's deliberation": _any(MEMBER_OF_THE_PANEL),
    "programs": _any(REGISTERED_PERSON),
    "files brought over": _any(THE_APPRENTICE, ADMINISTRATOR, ASSIGNED_COACH),
}
"""Who may ask a question that is more than seeing one record, or sees a part of one that others do not."""

MAY: dict[type[Command], Rule] = {
    **OF_DEPLOYMENT,
    **OF_IDENTITY,
    **OF_WEBHOOKS,
    **OF_PEOPLE,
    plan.ImportPlan: _any(ADMINISTRATOR, THE_SYSTEM),
    plan.RuleOnDefect: _any(RESPONSIBLE_OFFICER, LEAD_ASSESSOR),
    plan.ApprovePlan: _any(RESPONSIBLE_OFFICER, ADMINISTRATOR),
    criteria.DraftCriteria: _any(ADMINISTRATOR, LEAD_ASSESSOR),
    criteria.ApproveCriteria: _any(RESPONSIBLE_OFFICER, LEAD_ASSESSOR),
    criteria.AddGradeRules: _any(RESPONSIBLE_OFFICER, ADMINISTRATOR, LEAD_ASSESSOR),
    criteria.RecordPredecessor: _any(RESPONSIBLE_OFFICER),
    form.DraftForm: _any(ADMINISTRATOR, LEAD_ASSESSOR),
    form.AddComponent: _any(ADMINISTRATOR, LEAD_ASSESSOR),
    form.ApproveForm: _any(RESPONSIBLE_OFFICER, LEAD_ASSESSOR),
    enrolling.EnrolApprentice: _any(ADMINISTRATOR),
    ending.PauseEnrolment: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    ending.ResumeEnrolment: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    ending.EndEnrolment: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    ending.TakeEndBack: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    corrections.CorrectUln: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    corrections.MoveToEmployer: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    corrections.CorrectEmployer: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    corrections.CorrectCentre: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    corrections.CorrectStart: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    routes.ChangeRoute: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    consent.GiveConsent: _any(THE_APPRENTICE),
    consent.TakeConsentBack: _any(THE_APPRENTICE),
    consent.AskConsent: _any(ASSIGNED_COACH, ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    consent.DeclineConsent: _any(THE_APPRENTICE),
    consent.WithdrawQuestion: _any(ASSIGNED_COACH, ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    papers.AnnouncePaper: _any(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    papers.CompletePaper: _any(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    papers.SealPaper: _any(THE_SYSTEM),
    papers.RefusePaper: _any(THE_SYSTEM),
    of_papers.ApprovePaperErasure: _any(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    of_papers.ConfirmPaperErasure: _any(RESPONSIBLE_OFFICER, ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    of_papers.DropPaperErasure: _any(RESPONSIBLE_OFFICER, ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    of_papers.NotePaperErased: _any(THE_SYSTEM),
    assignments.AssignPerson: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    assignments.ReleasePerson: _any(ADMINISTRATOR, RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    assignment_corrections.BringEndForward: _any(ADMINISTRATOR, RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    assignment_corrections.CorrectAssignment: _any(ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    assignment_corrections.TakeAssignmentBack: _any(ADMINISTRATOR, RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    assignment_corrections.ConfirmTakingBack: _any(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    scrutiny.RecordScrutinyRoute: _any(RESPONSIBLE_OFFICER),
    **OF_EVIDENCE,
    opening.OpenAttempt: _any(ADMINISTRATOR, ASSIGNED_ASSESSOR, none_of=(THE_APPRENTICE,)),
    opening.OpenAttemptAfterAppeal: _any(THE_SYSTEM),
    closing.CloseAttempt: _any(
        ADMINISTRATOR, ASSIGNED_ASSESSOR, RESPONSIBLE_OFFICER, LEAD_ASSESSOR, none_of=(THE_APPRENTICE,)
    ),
    findings.RecordFindings: _any(ASSESSOR, CENTRE_ASSESSOR, none_of=(THE_APPRENTICE,)),
    decisions.DecideGrade: _any(ASSESSOR, CENTRE_ASSESSOR, none_of=(THE_APPRENTICE,)),
    confirming.ConfirmDecision: _any(SECOND_PERSON, ANSWERED_AS_SECOND, none_of=(THE_APPRENTICE,)),
    confirming.DeclineDecision: _any(SECOND_PERSON, ANSWERED_AS_SECOND, none_of=(THE_APPRENTICE,)),
    decisions.SupersedeDecision: _any(ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR, none_of=(THE_APPRENTICE,)),
    decisions.VoidDecision: _any(RESPONSIBLE_OFFICER, THE_SYSTEM),
    **OF_APPEALS,
    imports.BeginImport: _any(ADMINISTRATOR),
    imports.NoteLines: _any(ADMINISTRATOR),
    **OF_PROGRAMS,
}
"""Who may give a command."""

for _kind, _table in (("see", SEES), ("ask", READS), ("do", MAY)):
    name_rows(_kind, _table)

THEN_REFUSED: dict[type[Command], dict[Word, type[Rejected]]] = {
    evidence.WriteRecord: {THE_APPRENTICE: WitnessIsApprentice},
    evidence.CorrectRecord: {THE_APPRENTICE: RecordOfAnother},
    evidence.SubmitEvidence: {ASSIGNED_COACH: DeclarationNotOwn},
    evidence.ClaimStatements: {ASSIGNED_COACH: ClaimNeedsApprentice},
    evidence.DropClaim: {ASSIGNED_COACH: ClaimNeedsApprentice},
    lodging.LodgeAppeal: {ASSIGNED_EMPLOYER: AppellantWithoutStanding},
    deciding.ProposeOutcome: {APPEALS_OFFICER: OfficerMayNotDecide},
    withdrawing.WithdrawAppeal: {ASSIGNED_COACH: AppealNotYours},
    AddProgramKey: {ADMINISTRATOR: CredentialsAreTheOwners},
    AddProgramSecret: {ADMINISTRATOR: CredentialsAreTheOwners},
}
"""Whom a row lets in only to be told which rule forbids it: with this word and no other one is always refused."""

OPEN_WHILE_SUSPENDED: frozenset[type[Command]] = frozenset(
    {
        evidence.ServeEvidence,
        consent.GiveConsent,
        consent.TakeConsentBack,
        consent.DeclineConsent,
        lodging.LodgeAppeal,
        admitting.AskSecondLook,
        withdrawing.WithdrawAppeal,
    }
)
"""What an apprentice goes on doing whatever else of theirs was suspended: reading and appealing (PERSON-3)."""

DECLARE_FIRST: frozenset[Word] = frozenset(
    {
        ASSIGNED_ASSESSOR,
        ASSIGNED_QUALITY_ASSURER,
        SECOND_PERSON,
        ANSWERED_AS_SECOND,
        LEAD_ASSESSOR,
        APPEALS_OFFICER,
        MEMBER_OF_THE_PANEL,
        PANEL_MEMBER_HERE,
    }
)
"""With one of these words a person declares what they are to the apprentice before they see or do anything."""

OFFICER_DECLARES: frozenset[type[Command] | str] = frozenset(
    {
        decisions.VoidDecision,
        closing.CloseAttempt,
        admitting.AdmitOnSecondLook,
        admitting.RefuseOnSecondLook,
        papers.AnnouncePaper,
        papers.CompletePaper,
        withdrawing.WithdrawOnPaper,
        consequences.CloseConsequence,
        scrutiny.RecordScrutinyRoute,
        evidence.RedactEvidence,
        evidence.OpenOriginal,
        interests.ConfirmCorrection,
        assignment_corrections.ConfirmTakingBack,
        erasing.ApproveErasure,
        erasing.ConfirmErasure,
        of_papers.ApprovePaperErasure,
        of_papers.ConfirmPaperErasure,
        "decision context",
        "stored context",
        "chronology",
    }
)
"""What bears on a decision: a responsible officer, who may look at the rest without, does or asks it only after."""

ABOUT_AN_APPRENTICE = frozenset({"enrolment", "evidence", "assessment", "appeal"})
"""The records whose every door asks for the declaration: commands, and reads in whatever form."""

WHERE_PARTS_ARE = ABOUT_AN_APPRENTICE - {"appeal"}
"""The records of which whoever once had a part knows."""

SEEN_AS: dict[type[Command], str] = {lodging.LodgeAppeal: "assessment", competences.RecordCompetence: "criteria"}
"""The record that must be visible to whoever begins another one about it, or knows of the person by a list only."""


class PartEnded(RuleBroken, rule="PERSON-1"):
    """The part you had in this enrolment has ended, or your role for it: somebody who has one now does this."""


def may(rule: Rule, held: frozenset[str]) -> bool:
    """Return whether these words satisfy a row, and a program was given it (PROGRAM-1)."""
    if WITHIN_ROWS in held and rule.name not in held:
        return False
    return bool(rule.any_of & held) and not rule.none_of & held


def check_in_scope(rule: Rule, held: frozenset[str]) -> None:
    """Refuse a program that was not given a row, whatever the record it asks about (PROGRAM-1)."""
    if WITHIN_ROWS in held and rule.name not in held:
        raise OutOfScope(f"{OutOfScope.title()} It is {rule.name}.", rows=[rule.name])


def check(command: Command, aggregate: str, held: frozenset[str]) -> None:
    """Refuse with ``NotVisible`` somebody the record must not even exist for, then with ``NotPermitted``.

    Whoever once had a part in the record is let through where the row lets them in, to be told by the rule, and
    elsewhere told that the part has ended.
    """
    check_in_scope(MAY.get(type(command), Rule(any_of=frozenset())), held)
    check_not_suspended(command, aggregate, held)
    row = MAY.get(type(command))
    let_in = row is not None and may(row, held)
    record = SEEN_AS.get(type(command), aggregate)
    if not (let_in and HAD_A_PART in held):
        if HAD_A_PART in held and record in WHERE_PARTS_ARE and not may(SEES[record], held):
            raise PartEnded
        check_sees(record, held)
    if not let_in:
        raise NotPermitted


def check_not_suspended(command: Command, aggregate: str, held: frozenset[str]) -> None:
    """Refuse whoever is suspended; apprentices among them read their own work and appeal (PERSON-2, PERSON-3)."""
    if SUSPENDED in held and type(command) not in OPEN_WHILE_SUSPENDED:
        check_sees(SEEN_AS.get(type(command), aggregate), held)
        raise AccessSuspended


def check_sees(aggregate: str, held: frozenset[str]) -> None:
    """Refuse with ``NotVisible`` unless the record may be seen."""
    check_in_scope(SEES[aggregate], held)
    if not may(SEES[aggregate], held):
        raise NotVisible


def check_read(read: str, held: frozenset[str]) -> None:
    """Refuse with ``NotPermitted`` unless the question may be asked."""
    check_in_scope(READS[read], held)
    if not may(READS[read], held):
        raise NotPermitted


def must_declare(aggregate: str, held: frozenset[str], act: type[Command] | str | None = None) -> bool:
    """Return whether who holds these words declares an interest before they see such a record, or do or ask this.

    Everything asks here (INTEREST-1): the handler, and each read of the service.
    """
    if THE_APPRENTICE in held:
        return False
    if RESPONSIBLE_OFFICER in held and act in OFFICER_DECLARES:
        return True
    return aggregate in ABOUT_AN_APPRENTICE and bool(DECLARE_FIRST & held)
