"""What can be appealed against, on which grounds, and what can happen to an appeal."""

from typing import Literal
from uuid import UUID

from portfolio.domain.kernel import Fact, Value
from portfolio.domain.words import OptionalStatement, Statement

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
    statement: Statement
    items: tuple[UUID, ...]


class Answer(Value):
    """The panel's answer to the ``ground``-th ground, from 0."""

    ground: int
    answer: OptionalStatement


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


AppealFact = AppealLodged | AppealAdmitted | AppealNotAdmitted | PanelConvened | AppealDecided | AppealWithdrawn
