"""The state of an attempt: its current findings and its decisions, and how each fact changes them."""

from datetime import date
from typing import assert_never
from uuid import UUID

from msgspec import UNSET

from portfolio.domain.assessment.facts import (
    AssessmentFact,
    AttemptClosed,
    AttemptOpened,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.kernel import NOBODY, NotVisible, RuleBroken, State, changed
from portfolio.domain.vocabulary import ANSWERED_AS_SECOND, Relation


class AssessmentUnknown(NotVisible):
    """There is no such attempt: open it first."""


class AttemptAlreadyClosed(RuleBroken, rule="DECISION-11"):
    """The attempt is closed: nothing is found or decided in it any more, and it uses up none."""


class Assessment(State):
    """An attempt with its current findings, all who ever found, its decisions in order, and how it was closed.

    ``judged``: whether a code was ever found met or not met.
    """

    opened: AttemptOpened | None = None
    closed: AttemptClosed | None = None
    findings: tuple[StatementFound, ...] = ()
    assessors: frozenset[UUID] = frozenset()
    judged: bool = False
    decisions: tuple[GradeDecided, ...] = ()
    superseded: frozenset[UUID] = frozenset()
    voided: frozenset[UUID] = frozenset()
    bars: bool = False
    confirmed: frozenset[UUID] = frozenset()
    declined: frozenset[UUID] = frozenset()
    second_people: frozenset[UUID] = frozenset()

    @property
    def enrolment_id(self) -> UUID:
        """Return the enrolment the attempt belongs to."""
        return self.opened.enrolment_id if self.opened else NOBODY

    @property
    def form_id(self) -> UUID:
        """Return the form the attempt is taken on."""
        return self.opened.form_id if self.opened else NOBODY

    @property
    def criteria_id(self) -> UUID:
        """Return the criteria the attempt is decided against."""
        return self.opened.criteria_id if self.opened else NOBODY

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.opened.apprentice if self.opened else None

    def relations(self, person: UUID, today: date) -> set[Relation]:  # noqa: ARG002 - who answered once, did for ever
        """Return "second person who answered here"."""
        return {ANSWERED_AS_SECOND} if person in self.second_people else set()

    def opening(self) -> AttemptOpened:
        """Return what the attempt was opened with, or refuse one that is not open."""
        if self.opened is None:
            raise AssessmentUnknown
        return self.opened

    def check_open(self) -> None:
        """Refuse an attempt that was closed."""
        if self.closed is not None:
            raise AttemptAlreadyClosed

    def decision(self, decision_id: UUID) -> GradeDecided | None:
        """Return the decision of this id, whatever became of it."""
        return next((decision for decision in self.decisions if decision.decision_id == decision_id), None)

    def decider_of(self, decision_id: UUID) -> UUID:
        """Return who made the decision of this id, ``NOBODY`` if there is none."""
        decided = self.decision(decision_id)
        return decided.decider if decided else NOBODY

    def effective(self) -> GradeDecided | None:
        """Return the one decision that counts: not superseded, set aside or declined, and not waiting either."""
        return next((decision for decision in self._standing() if not self._waits(decision)), None)

    def waiting(self) -> GradeDecided | None:
        """Return the decision that waits for the second person of its scrutiny route; until then it counts nowhere."""
        return next((decision for decision in self._standing() if self._waits(decision)), None)

    def decided(self) -> bool:
        """Return whether a decision was made here that was not declined, whether it counts or waits or is gone."""
        return any(decision.decision_id not in self.declined for decision in self.decisions)

    def goes_on(self) -> bool:
        """Return whether it is not closed, and not decided but by what was declined or waits."""
        return self.closed is None and (not self.decided() or self.waiting() is not None)

    def how_decided(self) -> str:
        """Return how an attempt in which nothing is found or decided any more was decided, and which way is open."""
        if self.waiting() is not None:
            return (
                "Its decision waits for the second person of its scrutiny route, who confirms or declines it; "
                "a responsible officer can name another one, or set the decision aside."
            )
        if self.effective() is not None:
            return (
                "It is decided, and a decision is never changed: another assessor may supersede it, "
                "or a responsible officer set it aside, with a reason."
            )
        return "Its decision was set aside: what is to be judged is judged in another attempt."

    def declined_of(self, assessor: UUID) -> bool:
        """Return whether a decision of this person was declined here."""
        return any(
            decision.decider == assessor and decision.decision_id in self.declined for decision in self.decisions
        )

    def _standing(self) -> list[GradeDecided]:
        without_effect = self.superseded | self.voided | self.declined
        return [decision for decision in self.decisions if decision.decision_id not in without_effect]

    def _waits(self, decision: GradeDecided) -> bool:
        return decision.needs_confirmation() and decision.decision_id not in self.confirmed

    def judged_by(self, assessor: UUID) -> frozenset[str]:
        """Return the codes whose current finding is this person's judgement: "not judged" is none."""
        own = (each.finding for each in self.findings if each.assessor == assessor)
        return frozenset(finding.code for finding in own if finding.judgement != "not judged")

    def findings_in_force(self) -> tuple[StatementFound, ...]:
        """Return the current findings: none once the attempt is closed, or what was decided on them lost its effect.

        A decision that was declined decided nothing: after it alone the findings are still to be decided on.
        """
        if self.closed or (self.decided() and not self._standing()):
            return ()
        return self.findings

    def barred(self) -> frozenset[UUID]:
        """Return who never judges the component again for this apprentice, if a setting aside bars anybody."""
        return self.answerable() if self.bars else frozenset()

    def rested_on(self, only: frozenset[UUID] | None = None) -> frozenset[tuple[UUID, int]]:
        """Return every evidence version, by item and number, that was available when a decision was made here.

        ``only``: when these were made.
        """
        return frozenset(
            (version.evidence_id, version.version)
            for decision in self.decisions
            if only is None or decision.decision_id in only
            for version in decision.context.available
        )

    def took_part(self) -> frozenset[UUID]:
        """Return everybody who ever found, decided, confirmed or declined here."""
        return self.assessors | self.second_people | frozenset(decision.decider for decision in self.decisions)

    def answerable(self) -> frozenset[UUID]:
        """Return who took part, and who wrote the records of an attempt that a decision made here rests on."""
        return self.took_part().union(*map(_observers, self.decisions))


def _observers(decision: GradeDecided) -> frozenset[UUID]:
    """Return who wrote the records of an attempt that a decision rests on, as far as its context says it."""
    cited = {(cite.evidence_id, cite.version) for each in decision.context.findings for cite in each.finding.cites}
    return frozenset(
        version.written_by
        for version in decision.context.available
        if version.written_by is not UNSET and (version.evidence_id, version.version) in cited
    )


def evolve(attempt: Assessment, fact: AssessmentFact) -> Assessment:
    """Apply a fact."""
    match fact:
        case AttemptOpened():
            return Assessment(opened=fact)
        case AttemptClosed():
            return changed(attempt, closed=fact)
        case StatementFound(finding=finding):
            others = tuple(each for each in attempt.findings if each.finding.code != finding.code)
            judged = attempt.judged or finding.judgement != "not judged"
            assessors = attempt.assessors | {fact.assessor}
            return changed(attempt, findings=(*others, fact), assessors=assessors, judged=judged)
        case GradeDecided():
            return changed(attempt, decisions=(*attempt.decisions, fact))
        case GradeDecisionSuperseded(decision_id=decision_id):
            return changed(attempt, superseded=attempt.superseded | {decision_id})
        case DecisionConfirmed(decision_id=decision_id, second_person=second_person):
            second_people = attempt.second_people | {second_person}
            return changed(attempt, confirmed=attempt.confirmed | {decision_id}, second_people=second_people)
        case DecisionDeclined(decision_id=decision_id, second_person=second_person):
            second_people = attempt.second_people | {second_person}
            return changed(attempt, declined=attempt.declined | {decision_id}, second_people=second_people)
        case DecisionVoided(decision_id=decision_id):
            bars = attempt.bars or fact.bars is not False
            return changed(attempt, voided=attempt.voided | {decision_id}, bars=bars)
    assert_never(fact)
