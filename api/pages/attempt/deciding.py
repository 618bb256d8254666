"""Deciding: what will be recorded with a decision, as a person reads it, and what keeps each grade from being given."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from msgspec import UNSET

from api.ids import new_id
from api.judging import TYPED, faults_of
from api.pages.attempt.shown import Attempt
from api.services import caller, services
from api.trail import context_for
from portfolio.application.loaders.assessment import in_force
from portfolio.domain.assessment.context import Available, DecisionContext
from portfolio.domain.assessment.decisions import DecideGrade
from portfolio.domain.assessment.in_force import decision_context
from portfolio.domain.kernel import Rejected


@dataclass(frozen=True)
class Recorded:
    """A context as a person reads it, with the titles of the evidence as the pages of the attempt show it."""

    context: DecisionContext
    titles: dict[tuple[UUID, int], str]

    @property
    def opened(self) -> list[Available]:
        """Return the versions that the decider opened, or wrote."""
        never = {(each.evidence_id, each.version) for each in self.context.never_opened or ()}
        return [each for each in self.context.available if (each.evidence_id, each.version) not in never]

    @property
    def unopened(self) -> list[tuple[UUID, int, str, tuple[str, ...]]]:
        """Return the versions never opened, with their titles and the codes whose findings rest on each."""
        return [
            (each.evidence_id, each.version, self.title(each.evidence_id, each.version), each.cited_for)
            for each in (() if self.context.never_opened is UNSET else self.context.never_opened)
        ]

    def title(self, evidence_id: UUID, version: int) -> str:
        """Return the title of a version."""
        return self.titles.get((evidence_id, version), "An item that you may not see")

    @property
    def counts(self) -> dict[str, int]:
        """Return how many codes were found met, not met and not judged."""
        judged = [each.finding.judgement for each in self.context.findings]
        return {word: judged.count(word) for word in ("met", "not met", "not judged")}


def titles_of(shown: Attempt) -> dict[tuple[UUID, int], str]:
    """Return the title of each version of the enrolment that the reader may see, and its number from the second on."""
    return {
        (evidence_id, version.number): titled(version.title, version.number)
        for evidence_id, item in shown.evidence.items()
        for version in shown.seen(evidence_id, item)
    }


def titled(title: str, number: int) -> str:
    """Return what people call a version: its title, and its number from the second on."""
    return title if number == 1 else f"{title}, version {number}"


def now(shown: Attempt) -> Recorded:
    """Return what would be recorded with a decision by the caller now."""
    sight = shown.sight
    known = in_force(sight.session, sight.stream, caller(), services().now())
    return Recorded(context_for(sight, decision_context(sight.state, sight.stream, known)), titles_of(shown))


@dataclass(frozen=True)
class Grades:
    """What keeps each grade of the scale from being decided now, by the grade."""

    faults: dict[str, Sequence[Rejected]]

    @cached_property
    def common(self) -> list[Rejected]:
        """Return what keeps every grade from it."""
        each = [*self.faults.values()]
        return [fault for fault in each[0] if all(said(fault, others) for others in each)] if each else []

    def of(self, grade: str) -> list[Rejected]:
        """Return what keeps only this grade from it, and perhaps others, but not all."""
        return [fault for fault in self.faults[grade] if not said(fault, self.common)]


def said(fault: Rejected, others: Sequence[Rejected]) -> bool:
    """Tell whether one of these says the same."""
    return any(str(fault) == str(other) for other in others)


def grades_now(shown: Attempt, context_hash: str) -> Grades:
    """Ask the rules of each grade what keeps it from being decided by the caller now, whatever the reasons."""
    session = services().deciding()

    def deciding(grade: str) -> DecideGrade:
        return DecideGrade(
            assessment_id=shown.sight.stream,
            decision_id=new_id(),
            grade=grade,
            reasons=TYPED,
            context_hash=context_hash,
        )

    return Grades({grade: faults_of(deciding(grade), session) for grade in shown.criteria.scale})
