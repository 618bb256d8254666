"""Appeal: a panel hears a challenge to what was decided. It changes no grade; a new decision is an assessor's."""

from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.enrolment import ConsentMissing
from portfolio.domain.kernel import (
    NOBODY,
    Command,
    Fact,
    LookedUp,
    NotVisible,
    RuleBroken,
    State,
    Undivided,
    Value,
    changed,
)
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, TOOK_PART, Relation

GROUNDS: dict[str, str] = {
    "procedure": "Procedures were not applied consistently, or were not followed properly and fairly.",
    "evidence": "Evidence that was available was not considered.",
    "conflict": "Somebody with a conflict of interest took part.",
    "adjustment": "An agreed adjustment was not given.",
}
"""The permitted grounds until a policy of the organisation's own is on record."""

SMALLEST_PANEL = 2
"""Members a panel needs until a policy of the organisation's own is on record."""

Outcome = Literal["dismissed", "upheld"]


class DecisionSubject(Value, tag="decision"):
    """A grade decision, where the policy allows an appeal before a result exists."""

    assessment_id: UUID
    decision_id: UUID


class ResultSubject(Value, tag="result"):
    """A result with the decisions under it."""

    result_id: UUID


class AdjustmentSubject(Value, tag="adjustment"):
    """A decision on a reasonable adjustment or a special consideration."""

    enrolment_id: UUID
    adjustment_id: UUID


class MalpracticeSubject(Value, tag="malpractice"):
    """Action taken after malpractice or maladministration."""

    case_id: UUID


Subject = DecisionSubject | ResultSubject | AdjustmentSubject | MalpracticeSubject


class Ground(Value):
    """One permitted reason, in the appellant's words, linked to items of the decision's context."""

    ground: str
    statement: str
    items: tuple[UUID, ...]


class Answer(Value):
    """The panel's answer to the ``ground``-th ground, from 0."""

    ground: int
    answer: str


class Member(Value):
    """What the record says of a panel member, looked up and fail-closed."""

    person_id: UUID
    competent: bool = False
    conflicted: bool = True
    independent: bool = False
    ever_officer: bool = True


class LodgeAppeal(Command):
    """Challenge a decision."""

    appeal_id: UUID
    subject: Subject
    grounds: tuple[Ground, ...]
    consent: str = ""
    by: LookedUp[UUID] = NOBODY
    relations: LookedUp[frozenset[str]] = frozenset()
    enrolment_id: LookedUp[UUID] = NOBODY
    apprentice: LookedUp[UUID] = NOBODY
    known: LookedUp[bool] = False
    items: LookedUp[frozenset[UUID]] = frozenset()
    took_part: LookedUp[frozenset[UUID]] = frozenset()


class AdmitAppeal(Command):
    """Accept the appeal as one that will be heard."""

    appeal_id: UUID


class RefuseAppeal(Command):
    """Do not accept the appeal, which is a reasoned outcome of its own."""

    appeal_id: UUID
    reason: str


class ConvenePanel(Command):
    """Name the people who will hear the appeal, or others in their place before the outcome."""

    appeal_id: UUID
    members: frozenset[UUID]
    checked: LookedUp[tuple[Member, ...]] = ()


class DecideAppeal(Command):
    """Give the panel's outcome with reasons and an answer to every ground."""

    appeal_id: UUID
    outcome: Outcome
    reasons: str
    answers: tuple[Answer, ...]
    by: LookedUp[UUID] = NOBODY
    checked: LookedUp[tuple[Member, ...]] = ()


class WithdrawAppeal(Command):
    """Take the appeal back before its outcome."""

    appeal_id: UUID
    by: LookedUp[UUID] = NOBODY


class AppealLodged(Fact, tag="appeal.lodged"):
    """A decision is challenged; ``took_part`` is everybody in its lineage at that moment."""

    subject: Subject
    enrolment_id: UUID
    apprentice: UUID
    appellant: UUID
    grounds: tuple[Ground, ...]
    consent: str
    took_part: frozenset[UUID]


class AppealAdmitted(Fact, tag="appeal.admitted"):
    """The appeal will be heard."""


class AppealNotAdmitted(Fact, tag="appeal.not-admitted"):
    """The appeal is not heard, for the reason given."""

    reason: str


class PanelConvened(Fact, tag="appeal.panel-convened"):
    """These people hear the appeal; ``independent`` are those with no tie to the organisation."""

    members: frozenset[UUID]
    independent: frozenset[UUID]


class AppealDecided(Fact, tag="appeal.decided"):
    """The panel gave its outcome. Upheld: the decision is set aside and a new attempt opens."""

    outcome: Outcome
    reasons: str
    answers: tuple[Answer, ...]


class AppealWithdrawn(Fact, tag="appeal.withdrawn"):
    """The appellant took the appeal back."""


class AppealUnknown(NotVisible):
    """There is no such appeal."""


class AppealSubjectNotAllowed(RuleBroken, rule="APPEAL-1"):
    """An appeal is against a decision that is on record and stands."""


class GroundNotInPolicy(RuleBroken, rule="APPEAL-3"):
    """An appeal rests on permitted grounds, each linked to items of the decision."""


class GroundUnanswered(RuleBroken, rule="APPEAL-3"):
    """The panel answers every ground."""


class AppellantWithoutStanding(RuleBroken, rule="APPEAL-4"):
    """Only the apprentice, or a coach acting for them with their consent, may appeal."""


class AppealAlreadyOpen(RuleBroken, rule="APPEAL-4"):
    """There is an open appeal against this decision already."""


class AppealNotWaiting(RuleBroken, rule="APPEAL-6"):
    """The appeal is not waiting for this step."""


class PanelNotIndependent(RuleBroken, rule="APPEAL-7"):
    """At least one member must be independent of the assessment organisation."""


class PanelMemberNotCompetent(RuleBroken, rule="APPEAL-8"):
    """Each member's competence for appeals panels must be on record."""


class PanelConflicted(RuleBroken, rule="APPEAL-8"):
    """Nobody who took part in the decision, or has an interest in the apprentice, may hear the appeal."""


class PanelTooSmall(RuleBroken, rule="APPEAL-8"):
    """The panel has fewer members than the policy asks for."""


class OfficerMayNotDecide(RuleBroken, rule="APPEAL-10"):
    """Only a member of the panel gives its outcome; the appeals officer never does."""


class OutcomeIncomplete(RuleBroken, rule="APPEAL-5, APPEAL-11"):
    """An outcome gives its reasons."""


class AppealAlreadyDecided(RuleBroken, rule="APPEAL-14"):
    """The appeal has its outcome and cannot be withdrawn."""


class AppealNotYours(RuleBroken, rule="APPEAL-14"):
    """Only the appellant may withdraw the appeal."""


Status = Literal["none", "lodged", "admitted", "with panel", "decided", "not admitted", "withdrawn"]


class Appeal(State):
    """An appeal and where it stands."""

    status: Status = "none"
    enrolment_id: UUID = NOBODY
    apprentice: UUID = NOBODY
    appellant: UUID = NOBODY
    subject_of_appeal: Subject | None = None
    grounds: tuple[Ground, ...] = ()
    took_part: frozenset[UUID] = frozenset()
    members: frozenset[UUID] = frozenset()

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def relations(self, person: UUID, today: object) -> set[Relation]:  # noqa: ARG002 - an appeal's relations have no days
        """Return "appellant", "member of the panel" and "took part"."""
        held: dict[Relation, bool] = {
            APPELLANT: person == self.appellant,
            MEMBER_OF_THE_PANEL: person in self.members,
            TOOK_PART: person in self.took_part,
        }
        return {relation for relation, holds in held.items() if holds}


AppealCommand = LodgeAppeal | AdmitAppeal | RefuseAppeal | ConvenePanel | DecideAppeal | WithdrawAppeal
AppealFact = AppealLodged | AppealAdmitted | AppealNotAdmitted | PanelConvened | AppealDecided | AppealWithdrawn


def decide(appeal: Appeal, command: AppealCommand) -> list[AppealFact]:
    """Turn a request into facts, or refuse it."""
    if appeal.status == "none" and not isinstance(command, LodgeAppeal):
        raise AppealUnknown
    match command:
        case LodgeAppeal():
            _check_waits(appeal, "none")
            return [_lodged(command)]
        case AdmitAppeal():
            _check_waits(appeal, "lodged")
            return [AppealAdmitted()]
        case RefuseAppeal(reason=reason):
            _check_waits(appeal, "lodged")
            if not reason.strip():
                raise OutcomeIncomplete
            return [AppealNotAdmitted(reason=reason)]
        case ConvenePanel(members=members, checked=checked):
            _check_waits(appeal, "admitted", "with panel")  # a member who falls out is replaced before the outcome
            check_panel(members, checked)
            independent = frozenset(member.person_id for member in checked if member.independent)
            return [PanelConvened(members=members, independent=independent)]
        case DecideAppeal():
            return [_decided(appeal, command)]
        case WithdrawAppeal(by=by):
            if appeal.status in ("decided", "not admitted", "withdrawn"):
                raise AppealAlreadyDecided
            _check_waits(appeal, "lodged", "admitted", "with panel")
            if by != appeal.appellant:
                raise AppealNotYours
            return [AppealWithdrawn()]
    assert_never(command)


def _check_waits(appeal: Appeal, *statuses: Status) -> None:
    if appeal.status not in statuses:
        raise AppealNotWaiting(f"It is {appeal.status}.")


def _lodged(command: LodgeAppeal) -> AppealLodged:
    if not isinstance(command.subject, DecisionSubject) or not command.known:
        raise AppealSubjectNotAllowed
    if not command.relations & {"the apprentice", "assigned coach"}:
        raise AppellantWithoutStanding
    if "the apprentice" not in command.relations and not command.consent.strip():
        raise ConsentMissing
    if not command.grounds:
        raise GroundNotInPolicy("No ground is given.")
    for ground in command.grounds:
        if ground.ground not in GROUNDS:
            raise GroundNotInPolicy(f"{ground.ground!r} is none of: {', '.join(GROUNDS)}.", grounds=GROUNDS)
        if not ground.items or not frozenset(ground.items) <= command.items:
            raise GroundNotInPolicy(f"Ground {ground.ground!r} points at no item of the decision's context.")
    return AppealLodged(
        subject=command.subject,
        enrolment_id=command.enrolment_id,
        apprentice=command.apprentice,
        appellant=command.by,
        grounds=command.grounds,
        consent=command.consent,
        took_part=command.took_part,
    )


def check_panel(members: frozenset[UUID], checked: tuple[Member, ...]) -> None:
    """Refuse a panel that is too small, conflicted, with an officer in it, not competent or not independent."""
    if len(members) < SMALLEST_PANEL:
        raise PanelTooSmall(f"{len(members)} of at least {SMALLEST_PANEL}.")
    known = {member.person_id: member for member in checked}
    said = [known.get(person, Member(person_id=person)) for person in sorted(members)]
    if conflicted := [str(member.person_id) for member in said if member.conflicted]:
        raise PanelConflicted(members=conflicted)
    if officers := [str(member.person_id) for member in said if member.ever_officer]:
        raise OfficerMayNotDecide(members=officers)
    if unprepared := [str(member.person_id) for member in said if not member.competent]:
        raise PanelMemberNotCompetent(members=unprepared)
    if not any(member.independent for member in said):
        raise PanelNotIndependent


def _decided(appeal: Appeal, command: DecideAppeal) -> AppealDecided:
    _check_waits(appeal, "with panel")
    if command.by not in appeal.members:
        raise OfficerMayNotDecide
    check_panel(appeal.members, command.checked)
    if not command.reasons.strip():
        raise OutcomeIncomplete
    answered = {answer.ground for answer in command.answers if answer.answer.strip()}
    if missing := [ground.ground for number, ground in enumerate(appeal.grounds) if number not in answered]:
        raise GroundUnanswered(f"No answer to: {', '.join(missing)}.", grounds=missing)
    return AppealDecided(outcome=command.outcome, reasons=command.reasons, answers=command.answers)


def evolve(appeal: Appeal, fact: AppealFact) -> Appeal:
    """Apply a fact. Never refuses: what happened stays true when the rules change."""
    match fact:
        case AppealLodged():
            return Appeal(
                status="lodged",
                enrolment_id=fact.enrolment_id,
                apprentice=fact.apprentice,
                appellant=fact.appellant,
                subject_of_appeal=fact.subject,
                grounds=fact.grounds,
                took_part=fact.took_part,
            )
        case AppealAdmitted():
            return changed(appeal, status="admitted")
        case AppealNotAdmitted():
            return changed(appeal, status="not admitted")
        case PanelConvened(members=members):
            return changed(appeal, status="with panel", members=members)
        case AppealDecided():
            return changed(appeal, status="decided")
        case AppealWithdrawn():
            return changed(appeal, status="withdrawn")
    assert_never(fact)


APPEAL = Undivided(
    "appeal_id",
    Appeal(),
    (),
    evolve,
    (LodgeAppeal, AdmitAppeal, RefuseAppeal, ConvenePanel, DecideAppeal, WithdrawAppeal),
    decide,
)
