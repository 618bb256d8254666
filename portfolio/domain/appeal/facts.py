"""What can be appealed against, on which grounds, and what can happen to an appeal."""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Fact, Value
from portfolio.domain.words import OptionalStatement, Statement

Outcome = Literal["dismissed", "upheld"]

NotHeardFor = Literal["out of time", "no standing", "no permitted ground"]
"""Why an appeal is not heard."""

Consequence = Literal["the decision is set aside", "a new attempt is opened"]
"""What follows from an upheld appeal."""


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
    """One permitted reason, in the appellant's words, linked to items of the decision's context or to the attempt."""

    ground: str
    statement: Statement
    items: tuple[UUID, ...]


class Answer(Value):
    """The panel's answer to the ``ground``-th ground, from 0."""

    ground: int
    answer: OptionalStatement


class AppealLodged(Fact, tag="appeal.lodged", omit_defaults=True):
    """A decision is challenged; ``took_part`` is everybody in its lineage at that moment.

    ``set_aside``: the decision was set aside before, otherwise than by a case, and that is what is contested.
    ``consent_id`` is the apprentice's, where a coach lodged for them; ``consent`` is what the coach wrote of it.
    """

    subject: Subject
    enrolment_id: UUID
    apprentice: UUID
    appellant: UUID
    grounds: tuple[Ground, ...]
    consent: str
    took_part: frozenset[UUID]
    set_aside: bool = False
    consent_id: UUID = NOBODY


class AppealAdmitted(Fact, tag="appeal.admitted", omit_defaults=True):
    """The appeal will be heard."""

    officer: UUID = NOBODY


class AppealNotAdmitted(Fact, tag="appeal.not-admitted", omit_defaults=True):
    """The appeal is not heard, for the reason given."""

    reason: str
    because: NotHeardFor | None = None
    officer: UUID = NOBODY


class SecondLookAsked(Fact, tag="appeal.second-look-asked"):
    """The appellant asks that somebody else looks again at whether the appeal against this decision is heard."""

    decision_id: UUID
    statement: str


class PanelConvened(Fact, tag="appeal.panel-convened", omit_defaults=True):
    """These people hear the appeal; ``independent`` are those with no tie to the organisation."""

    members: frozenset[UUID]
    independent: frozenset[UUID]
    officer: UUID = NOBODY


class OutcomeProposed(Fact, tag="appeal.outcome-proposed"):
    """A member of the panel proposes its outcome, and stands behind that; ``cites`` are items it rests on."""

    proposal: int
    member: UUID
    proposed_on: date
    outcome: Outcome
    reasons: str
    answers: tuple[Answer, ...]
    cites: tuple[UUID, ...]


class OutcomeConfirmed(Fact, tag="appeal.outcome-confirmed"):
    """A member of the panel stands behind a proposal, with an account of their own."""

    proposal: int
    member: UUID
    account: str


class DissentRecorded(Fact, tag="appeal.dissent-recorded"):
    """A member of the panel stands behind no proposal, and says why."""

    member: UUID
    account: str


class PanelDivided(Fact, tag="appeal.panel-divided"):
    """All members have answered, and not enough of them stand behind one proposal."""


class PanelMemberAdded(Fact, tag="appeal.panel-member-added"):
    """One further person hears the appeal, because the panel is divided."""

    member: UUID
    independent: bool
    added_on: date
    officer: UUID


class PanelMemberRecused(Fact, tag="appeal.panel-member-recused"):
    """A member of the panel says that they cannot hear the appeal."""

    member: UUID
    reason: str


class PanelMemberReplaced(Fact, tag="appeal.panel-member-replaced"):
    """Somebody else hears the appeal in the place of a member who is unable to; open proposals lapse."""

    member: UUID
    replacement: UUID
    independent: bool
    reason: str
    officer: UUID


class AppealDecided(Fact, tag="appeal.decided", omit_defaults=True):
    """The panel gave its outcome. Upheld: the decision is set aside and a new attempt opens.

    ``proposal`` is the one that took effect and ``behind`` the members who stood behind it; an outcome of the time
    before proposals has neither.
    """

    outcome: Outcome
    reasons: str
    answers: tuple[Answer, ...]
    proposal: int = 0
    behind: frozenset[UUID] = frozenset()


class AppealWithdrawn(Fact, tag="appeal.withdrawn", omit_defaults=True):
    """The apprentice took the appeal back; ``paper_id`` where they said so on signed paper."""

    paper_id: UUID = NOBODY


class ConsequenceDrawn(Fact, tag="appeal.consequence-drawn"):
    """What follows from the upheld appeal is done; ``assessment_id`` is the attempt on which it is."""

    consequence: Consequence
    assessment_id: UUID


class ConsequenceRefused(Fact, tag="appeal.consequence-refused"):
    """What follows from the upheld appeal was refused by a rule: it is a task of the responsible officer."""

    consequence: Consequence
    refusal: str
    why: str


class ConsequenceClosed(Fact, tag="appeal.consequence-closed"):
    """What was refused is not drawn any more, for the reason given."""

    consequence: Consequence
    reason: str


AppealFact = (
    AppealLodged
    | AppealAdmitted
    | AppealNotAdmitted
    | SecondLookAsked
    | PanelConvened
    | OutcomeProposed
    | OutcomeConfirmed
    | DissentRecorded
    | PanelDivided
    | PanelMemberAdded
    | PanelMemberRecused
    | PanelMemberReplaced
    | AppealDecided
    | AppealWithdrawn
    | ConsequenceDrawn
    | ConsequenceRefused
    | ConsequenceClosed
)
