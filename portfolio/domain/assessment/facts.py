"""What can happen to an attempt."""

from typing import Literal
from uuid import UUID

from portfolio.domain.assessment.context import NONE, DecisionContext
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.kernel import Fact, Value
from portfolio.domain.vocabulary import EvidenceKind
from portfolio.domain.words import OptionalStatement

ReasonCode = Literal["marking error", "moderation", "second mark", "review", "appeal", "malpractice", "criteria change"]


class AttemptOpened(Fact, tag="assessment.attempt-opened"):
    """An attempt is open; ``barred`` may not decide it because they took part in a decision that was set aside."""

    enrolment_id: UUID
    apprentice: UUID
    form_id: UUID
    component: str
    criteria_id: UUID
    evidence_kinds: frozenset[EvidenceKind]
    codes: frozenset[str]
    route: str
    number: int
    barred: frozenset[UUID]
    after_appeal: UUID | None

    def in_words(self) -> str:
        """Return what people call the attempt, by its number among all of the component."""
        return f"attempt {self.number} at component {self.component}"


class AttemptClosed(Fact, tag="assessment.attempt-closed"):
    """The attempt ended undecided and uses up none; what was found in it stays on record."""

    reason: str


class GradeDecided(Fact, tag="assessment.grade-decided"):
    """A grade is decided, with the context it was decided in."""

    decision_id: UUID
    grade: str
    reasons: str
    decider: UUID
    context: DecisionContext

    def needs_confirmation(self) -> bool:
        """Return whether it was decided by a scrutiny route, so that it counts once the second person confirms it."""
        return self.context.decider.scrutiny_route != NONE


class DecisionConfirmed(Fact, tag="assessment.decision-confirmed"):
    """The second person of a scrutiny route confirmed the decision: it counts from here on."""

    decision_id: UUID
    second_person: UUID


class DecisionDeclined(Fact, tag="assessment.decision-declined"):
    """The second person of a scrutiny route declined the decision: the attempt is open for another assessor."""

    decision_id: UUID
    second_person: UUID
    reason: str


class GradeDecisionSuperseded(Fact, tag="assessment.grade-decision-superseded"):
    """Another decision stands in the place of this one."""

    decision_id: UUID
    superseded_by: UUID
    reason_code: ReasonCode
    authority: str


class Account(Value):
    """What the responsible officer writes of malpractice: what was found, and who was heard."""

    found: OptionalStatement
    heard: OptionalStatement


class DecisionVoided(Fact, tag="assessment.decision-voided", omit_defaults=True):
    """The decision is set aside; its codes are no longer assessed by it. For malpractice it rests on an account.

    ``bars`` says whether who took part never judges the component again for this apprentice; not said, they never do.
    """

    decision_id: UUID
    reason_code: ReasonCode
    reason: str
    appeal_id: UUID | None
    account: Account | None = None
    bars: bool | None = None
    bars_because: str = ""


AssessmentFact = (
    AttemptOpened
    | AttemptClosed
    | StatementFound
    | GradeDecided
    | DecisionConfirmed
    | DecisionDeclined
    | GradeDecisionSuperseded
    | DecisionVoided
)
