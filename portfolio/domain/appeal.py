"""Appeal: a panel hears a challenge to what was decided. It changes no grade; a new decision is an assessor's."""

from collections.abc import Iterable
from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import (
    NOBODY,
    Aggregate,
    Command,
    Fact,
    Known,
    NotVisible,
    RuleBroken,
    State,
    Value,
    changed,
)
from portfolio.domain.person import Person
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


class LodgeAppeal(Command):
    """Challenge a decision."""

    appeal_id: UUID
    subject: Subject
    grounds: tuple[Ground, ...]
    consent: str = ""

    @property
    def attempt_id(self) -> UUID:
        """Return the attempt on which the challenged decision was made, ``NOBODY`` if the subject is another."""
        return self.subject.assessment_id if isinstance(self.subject, DecisionSubject) else NOBODY


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


class DecideAppeal(Command):
    """Give the panel's outcome with reasons and an answer to every ground."""

    appeal_id: UUID
    outcome: Outcome
    reasons: str
    answers: tuple[Answer, ...]


class WithdrawAppeal(Command):
    """Take the appeal back before its outcome."""

    appeal_id: UUID


class WithLineage(Known):
    """The enrolment and all attempts under it, which say who took part."""

    enrolment: Enrolment
    attempts: tuple[Assessment, ...]


class ForLodging(WithLineage):
    """And the attempt of the decision that is challenged."""

    attempt: Assessment


class ForPanel(WithLineage):
    """And the members of the panel, by id."""

    people: dict[UUID, Person]


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


class PanelConflicted(RuleBroken, rule="APPEAL-8, INTEREST-5"):
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


AppealFact = AppealLodged | AppealAdmitted | AppealNotAdmitted | PanelConvened | AppealDecided | AppealWithdrawn


def lodge_appeal(appeal: Appeal, command: LodgeAppeal, known: ForLodging) -> list[AppealFact]:
    """Challenge a decision that stands, on permitted grounds, with standing and consent (APPEAL-1, -3, -4)."""
    _check_waits(appeal, "none")
    subject, decided, enrolment = command.subject, known.attempt.effective(), known.enrolment
    if not isinstance(subject, DecisionSubject) or decided is None or decided.decision_id != subject.decision_id:
        raise AppealSubjectNotAllowed
    own = known.by == enrolment.apprentice
    if not own and not enrolment.coached_by(known.by, known.today):
        raise AppellantWithoutStanding
    if not own and not command.consent.strip():
        raise ConsentMissing
    _check_grounds(command.grounds, decided.context.items())
    lodged = AppealLodged(
        subject=subject,
        enrolment_id=known.attempt.enrolment_id,
        apprentice=enrolment.apprentice,
        appellant=known.by,
        grounds=command.grounds,
        consent=command.consent,
        took_part=lineage(enrolment, known.attempts),
    )
    return [lodged]


def admit_appeal(appeal: Appeal, command: AdmitAppeal, known: Known) -> list[AppealFact]:
    """Accept an appeal that was lodged (APPEAL-6)."""
    _check_lodged(appeal)
    _check_waits(appeal, "lodged")
    return [AppealAdmitted()]


def refuse_appeal(appeal: Appeal, command: RefuseAppeal, known: Known) -> list[AppealFact]:
    """Do not accept an appeal that was lodged, and say why (APPEAL-5, APPEAL-6)."""
    _check_lodged(appeal)
    _check_waits(appeal, "lodged")
    if not command.reason.strip():
        raise OutcomeIncomplete
    return [AppealNotAdmitted(reason=command.reason)]


def convene_panel(appeal: Appeal, command: ConvenePanel, known: ForPanel) -> list[AppealFact]:
    """Name a panel of people who are free of the matter and prepared, one of them independent (APPEAL-6 to -8, -10)."""
    _check_lodged(appeal)
    _check_waits(appeal, "admitted", "with panel")  # a member who falls out is replaced before the outcome
    _check_panel(appeal, command.members, known)
    return [PanelConvened(members=command.members, independent=_independent(command.members, known))]


def decide_appeal(appeal: Appeal, command: DecideAppeal, known: ForPanel) -> list[AppealFact]:
    """Give the outcome as a member of a panel that may still hear the appeal (APPEAL-3, -5, -6 to -8, -10, -11)."""
    _check_lodged(appeal)
    _check_waits(appeal, "with panel")
    if known.by not in appeal.members:
        raise OfficerMayNotDecide
    _check_panel(appeal, appeal.members, known)
    if not command.reasons.strip():
        raise OutcomeIncomplete
    answered = {answer.ground for answer in command.answers if answer.answer.strip()}
    if missing := [ground.ground for number, ground in enumerate(appeal.grounds) if number not in answered]:
        raise GroundUnanswered(f"No answer to: {', '.join(missing)}.", grounds=missing)
    return [AppealDecided(outcome=command.outcome, reasons=command.reasons, answers=command.answers)]


def withdraw_appeal(appeal: Appeal, command: WithdrawAppeal, known: Known) -> list[AppealFact]:
    """Take one's own appeal back before its outcome (APPEAL-14)."""
    _check_lodged(appeal)
    if appeal.status in ("decided", "not admitted", "withdrawn"):
        raise AppealAlreadyDecided
    if known.by != appeal.appellant:
        raise AppealNotYours
    return [AppealWithdrawn()]


def lineage(enrolment: Enrolment, attempts: Iterable[Assessment]) -> frozenset[UUID]:
    """Return everybody who found, decided, sampled, managed or coached here: nobody of them hears an appeal."""
    parts = frozenset(part.person_id for part in enrolment.assigned)
    return parts.union(*(attempt.took_part() for attempt in attempts), {enrolment.apprentice})


def _check_lodged(appeal: Appeal) -> None:
    if appeal.status == "none":
        raise AppealUnknown


def _check_waits(appeal: Appeal, *statuses: Status) -> None:
    if appeal.status not in statuses:
        raise AppealNotWaiting(f"It is {appeal.status}.")


def _check_grounds(grounds: tuple[Ground, ...], items: frozenset[UUID]) -> None:
    if not grounds:
        raise GroundNotInPolicy("No ground is given.")
    for ground in grounds:
        if ground.ground not in GROUNDS:
            raise GroundNotInPolicy(f"{ground.ground!r} is none of: {', '.join(GROUNDS)}.", grounds=GROUNDS)
        if not ground.items or not frozenset(ground.items) <= items:
            raise GroundNotInPolicy(f"Ground {ground.ground!r} points at no item of the decision's context.")


def _check_panel(appeal: Appeal, members: frozenset[UUID], known: ForPanel) -> None:
    if len(members) < SMALLEST_PANEL:
        raise PanelTooSmall(f"{len(members)} of at least {SMALLEST_PANEL}.")
    took_part = appeal.took_part | lineage(known.enrolment, known.attempts)
    panel = [(member, known.people[member]) for member in sorted(members)]
    if barred := [str(id_) for id_, person in panel if id_ in took_part or conflicted(known.enrolment, person, id_)]:
        raise PanelConflicted(members=barred)
    if officers := [str(id_) for id_, person in panel if person.ever_appeals_officer()]:
        raise OfficerMayNotDecide(members=officers)
    if unprepared := [str(id_) for id_, person in panel if not person.prepared_for_panels()]:
        raise PanelMemberNotCompetent(members=unprepared)
    if not _independent(members, known):
        raise PanelNotIndependent


def _independent(members: frozenset[UUID], known: ForPanel) -> frozenset[UUID]:
    return frozenset(member for member in members if known.people[member].outside_the_organisation())


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


APPEAL = Aggregate(
    "appeal_id",
    Appeal(),
    (lodge_appeal, admit_appeal, refuse_appeal, convene_panel, decide_appeal, withdraw_appeal),
    evolve,
)
