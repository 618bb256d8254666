"""Assessment: one apprentice's attempt at one component, from findings to a grade decision that is never changed."""

from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.context import DecisionContext
from portfolio.domain.criteria import CriteriaNotApproved
from portfolio.domain.enrolment import AssessorConflicted, EnrolmentUnknown
from portfolio.domain.evidence.aggregate import InterestNotDeclared
from portfolio.domain.finding import Finding, FindingNeedsEvidence, StatementFound, check_findings
from portfolio.domain.form import Component, CoverageProofMissing, OutcomeNotInRoute, code_order
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
from portfolio.domain.plan import PlanNotApproved
from portfolio.domain.vocabulary import EvidenceKind

ReasonCode = Literal["marking error", "moderation", "second mark", "review", "appeal", "malpractice", "criteria change"]


class Authority(Value):
    """What the record says of the person who acts as assessor of this attempt, looked up and fail-closed."""

    assigned: bool = False
    conflicted: bool = True
    interest_declared: bool = False
    standardised: bool = False


class OpenAttempt(Command):
    """Begin an attempt at a component of the form the apprentice takes."""

    assessment_id: UUID
    enrolment_id: UUID
    component: str
    after_appeal: LookedUp[UUID | None] = None
    apprentice: LookedUp[UUID] = NOBODY
    form_id: LookedUp[UUID] = NOBODY
    form_approved: LookedUp[bool] = False
    may_rest_on_plan: LookedUp[bool] = False
    stated: LookedUp[Component | None] = None
    criteria_approved: LookedUp[bool] = False
    route: LookedUp[str] = ""
    route_codes: LookedUp[frozenset[str]] = frozenset()
    earlier_open: LookedUp[bool] = True
    earlier_counted: LookedUp[int] = 1_000_000
    barred: LookedUp[frozenset[UUID]] = frozenset()


class RecordFindings(Command):
    """Judge codes, many in one call."""

    assessment_id: UUID
    findings: tuple[Finding, ...]
    by: LookedUp[UUID] = NOBODY
    authority: LookedUp[Authority] = Authority()
    route_codes: LookedUp[frozenset[str]] = frozenset()
    citable: LookedUp[dict[tuple[UUID, int], EvidenceKind]] = {}


class DecideGrade(Command):
    """Decide the attempt's grade on the context that was shown, named by its hash."""

    assessment_id: UUID
    decision_id: UUID
    grade: str
    reasons: str
    context_hash: str
    by: LookedUp[UUID] = NOBODY
    authority: LookedUp[Authority] = Authority()
    scale: LookedUp[tuple[str, ...]] = ()
    criteria_approved: LookedUp[bool] = False
    may_rest_on_plan: LookedUp[bool] = False
    context: LookedUp[DecisionContext | None] = None


class SupersedeDecision(Command):
    """Put a new decision in the place of one, saying why; the old one stays on record."""

    assessment_id: UUID
    supersedes: UUID
    decision_id: UUID
    grade: str
    reasons: str
    reason_code: ReasonCode
    authority_cited: str
    context_hash: str
    findings: tuple[Finding, ...] = ()
    by: LookedUp[UUID] = NOBODY
    authority: LookedUp[Authority] = Authority()
    scale: LookedUp[tuple[str, ...]] = ()
    criteria_approved: LookedUp[bool] = False
    may_rest_on_plan: LookedUp[bool] = False
    route_codes: LookedUp[frozenset[str]] = frozenset()
    citable: LookedUp[dict[tuple[UUID, int], EvidenceKind]] = {}
    context: LookedUp[DecisionContext | None] = None


class VoidDecision(Command):
    """Set a decision aside without putting another in its place."""

    assessment_id: UUID
    decision_id: UUID
    reason_code: ReasonCode
    reason: str
    appeal_id: UUID | None = None


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


class GradeDecided(Fact, tag="assessment.grade-decided"):
    """A grade is decided, with the context it was decided in."""

    decision_id: UUID
    grade: str
    reasons: str
    decider: UUID
    context: DecisionContext


class GradeDecisionSuperseded(Fact, tag="assessment.grade-decision-superseded"):
    """Another decision stands in the place of this one."""

    decision_id: UUID
    superseded_by: UUID
    reason_code: ReasonCode
    authority: str


class DecisionVoided(Fact, tag="assessment.decision-voided"):
    """The decision is set aside; its codes are no longer assessed by it."""

    decision_id: UUID
    reason_code: ReasonCode
    reason: str
    appeal_id: UUID | None


class AssessmentUnknown(NotVisible):
    """There is no such attempt: open it first."""


class AttemptExists(RuleBroken):
    """This attempt is open already."""


class ComponentUnknown(RuleBroken, rule="FORM-1"):
    """The form the apprentice takes has no such component."""


class AttemptNotAllowed(RuleBroken, rule="DECISION-9"):
    """The component's rules allow no further attempt now."""


class AssessorNotAuthorised(RuleBroken, rule="DECISION-1"):
    """Only an assessor assigned to this apprentice and component now may find and decide."""


class AssessorNotStandardised(RuleBroken, rule="DECISION-1"):
    """The assessor must be standardised on this criteria version first."""


class RemarkerNotDifferent(RuleBroken, rule="APPEAL-10"):
    """Who took part in a decision that was set aside does not assess the new attempt."""


class FindingFixedByDecision(RuleBroken, rule="FINDING-3"):
    """The attempt is decided: its findings change only by a superseding decision."""


class FindingsIncomplete(RuleBroken, rule="DECISION-2"):
    """Every code of the component needs a finding by the person who decides."""


class GradeNotOnScale(RuleBroken, rule="DECISION-3"):
    """The grade is not on the scale of these criteria."""


class ReasonsMissing(RuleBroken, rule="DECISION-3"):
    """A decision gives its reasons in plain words for the apprentice."""


class DecisionContextIncomplete(RuleBroken, rule="DECISION-4"):
    """A decision is recorded with its complete context or not at all."""


class DecisionContextStale(RuleBroken, rule="DECISION-5"):
    """Something changed since you were shown the context of this decision: read it again."""


class DecisionFixed(RuleBroken, rule="DECISION-6"):
    """A decision is never changed: supersede it or have it set aside, with a reason."""


class DecisionUnknown(NotVisible):
    """There is no such decision on this attempt."""


class DecisionAlreadySuperseded(RuleBroken, rule="DECISION-8"):
    """Another decision stands in the place of this one already, or it was set aside."""


class SupersessionNeedsReason(RuleBroken, rule="DECISION-7"):
    """Superseding a decision names its authority and reason."""


class VoidNeedsReason(RuleBroken, rule="DECISION-7"):
    """Setting a decision aside names its reason, and an appeal where it follows from one."""


class Assessment(State):
    """An attempt with its current findings, all who ever found, and its decisions in order."""

    opened: AttemptOpened | None = None
    findings: tuple[StatementFound, ...] = ()
    assessors: frozenset[UUID] = frozenset()
    decisions: tuple[GradeDecided, ...] = ()
    superseded: frozenset[UUID] = frozenset()
    voided: frozenset[UUID] = frozenset()

    @property
    def enrolment_id(self) -> UUID:
        """Return the enrolment the attempt belongs to."""
        return self.opened.enrolment_id if self.opened else NOBODY

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.opened.apprentice if self.opened else None

    def decision(self, decision_id: UUID) -> GradeDecided | None:
        """Return the decision of this id, whatever became of it."""
        return next((decision for decision in self.decisions if decision.decision_id == decision_id), None)

    def effective(self) -> GradeDecided | None:
        """Return the one decision that is neither superseded nor void."""
        gone = self.superseded | self.voided
        return next((decision for decision in self.decisions if decision.decision_id not in gone), None)

    def took_part(self) -> frozenset[UUID]:
        """Return everybody who ever found or decided here."""
        return self.assessors | frozenset(decision.decider for decision in self.decisions)


AssessmentCommand = OpenAttempt | RecordFindings | DecideGrade | SupersedeDecision | VoidDecision
AssessmentFact = AttemptOpened | StatementFound | GradeDecided | GradeDecisionSuperseded | DecisionVoided


def decide(attempt: Assessment, command: AssessmentCommand) -> list[AssessmentFact]:
    """Turn a request into facts, or refuse it."""
    if isinstance(command, OpenAttempt):
        return _opened(attempt, command)
    opened = attempt.opened
    if opened is None:
        raise AssessmentUnknown
    match command:
        case RecordFindings():
            return _found(attempt, opened, command)
        case DecideGrade():
            if attempt.decisions:
                raise DecisionFixed
            return [_decided(attempt, opened, command)]
        case SupersedeDecision():
            return _superseded(attempt, opened, command)
        case VoidDecision():
            return _voided(attempt, command)
    assert_never(command)


def _opened(attempt: Assessment, command: OpenAttempt) -> list[AssessmentFact]:
    if attempt.opened is not None:
        raise AttemptExists
    if command.apprentice == NOBODY:
        raise EnrolmentUnknown
    if not command.form_approved:
        raise CoverageProofMissing
    if not command.may_rest_on_plan:
        raise PlanNotApproved
    stated = command.stated
    if stated is None or stated.criteria_id is None:
        raise ComponentUnknown
    if not command.criteria_approved:
        raise CriteriaNotApproved
    if command.earlier_open or command.earlier_counted >= (stated.maximum_attempts or 0):
        raise AttemptNotAllowed
    if not stated.codes & command.route_codes:
        raise OutcomeNotInRoute("The component covers no code of the apprentice's route.")
    opened = AttemptOpened(
        enrolment_id=command.enrolment_id,
        apprentice=command.apprentice,
        form_id=command.form_id,
        component=command.component,
        criteria_id=stated.criteria_id,
        evidence_kinds=stated.evidence_kinds,
        codes=stated.codes & command.route_codes,
        route=command.route,
        number=command.earlier_counted + 1,
        barred=command.barred,
        after_appeal=command.after_appeal,
    )
    return [opened]


def _check_assessor(opened: AttemptOpened, by: UUID, authority: Authority) -> None:
    if not authority.assigned:
        raise AssessorNotAuthorised
    if authority.conflicted:
        raise AssessorConflicted
    if not authority.interest_declared:
        raise InterestNotDeclared
    if by in opened.barred:
        raise RemarkerNotDifferent


def _found(attempt: Assessment, opened: AttemptOpened, command: RecordFindings) -> list[AssessmentFact]:
    _check_assessor(opened, command.by, command.authority)
    if attempt.decisions:
        raise FindingFixedByDecision
    check_findings(
        command.findings,
        codes=opened.codes,
        route_codes=command.route_codes,
        citable=command.citable,
        kinds=opened.evidence_kinds,
    )
    return [StatementFound(finding=finding, assessor=command.by) for finding in command.findings]


def _decided(attempt: Assessment, opened: AttemptOpened, command: DecideGrade | SupersedeDecision) -> GradeDecided:
    _check_assessor(opened, command.by, command.authority)
    if not command.authority.standardised:
        raise AssessorNotStandardised
    if not command.criteria_approved:
        raise CriteriaNotApproved
    if not command.may_rest_on_plan:
        raise PlanNotApproved
    if command.grade not in command.scale:
        raise GradeNotOnScale(f"{command.grade!r} is none of: {', '.join(command.scale)}.", grades=command.scale)
    if not command.reasons.strip():
        raise ReasonsMissing
    context = command.context
    if context is None or context.missing():
        raise DecisionContextIncomplete(missing=context.missing() if context else ["context"])
    found = {found.finding.code for found in attempt.findings if found.assessor == command.by}
    if isinstance(command, SupersedeDecision):
        found |= {finding.code for finding in command.findings}
        found |= {found.finding.code for found in attempt.findings}  # adopted by the decision it supersedes, by name
    if missing := sorted(opened.codes - found, key=code_order):
        raise FindingsIncomplete(f"No finding yet: {', '.join(missing)}.", codes=missing)
    if lost := context.cited_but_gone():
        raise FindingNeedsEvidence(f"Evidence was withdrawn that findings rest on: {', '.join(lost)}.", codes=lost)
    if command.context_hash != context.shown:
        raise DecisionContextStale
    return GradeDecided(
        decision_id=command.decision_id,
        grade=command.grade,
        reasons=command.reasons,
        decider=command.by,
        context=context,
    )


def _superseded(attempt: Assessment, opened: AttemptOpened, command: SupersedeDecision) -> list[AssessmentFact]:
    if attempt.decision(command.supersedes) is None:
        raise DecisionUnknown
    if command.supersedes in attempt.superseded | attempt.voided:
        raise DecisionAlreadySuperseded
    if not command.authority_cited.strip():
        raise SupersessionNeedsReason
    decided = _decided(attempt, opened, command)
    check_findings(
        command.findings,
        codes=opened.codes,
        route_codes=command.route_codes,
        citable=command.citable,
        kinds=opened.evidence_kinds,
    )
    found = [StatementFound(finding=finding, assessor=command.by) for finding in command.findings]
    superseded = GradeDecisionSuperseded(
        decision_id=command.supersedes,
        superseded_by=command.decision_id,
        reason_code=command.reason_code,
        authority=command.authority_cited,
    )
    return [*found, decided, superseded]


def _voided(attempt: Assessment, command: VoidDecision) -> list[AssessmentFact]:
    if attempt.decision(command.decision_id) is None:
        raise DecisionUnknown
    if command.decision_id in attempt.superseded | attempt.voided:
        raise DecisionAlreadySuperseded
    if not command.reason.strip() or (command.reason_code == "appeal" and command.appeal_id is None):
        raise VoidNeedsReason
    voided = DecisionVoided(
        decision_id=command.decision_id,
        reason_code=command.reason_code,
        reason=command.reason,
        appeal_id=command.appeal_id,
    )
    return [voided]


def evolve(attempt: Assessment, fact: AssessmentFact) -> Assessment:
    """Apply a fact."""
    match fact:
        case AttemptOpened():
            return Assessment(opened=fact)
        case StatementFound(finding=finding):
            kept = tuple(found for found in attempt.findings if found.finding.code != finding.code)
            return changed(attempt, findings=(*kept, fact), assessors=attempt.assessors | {fact.assessor})
        case GradeDecided():
            return changed(attempt, decisions=(*attempt.decisions, fact))
        case GradeDecisionSuperseded(decision_id=decision_id):
            return changed(attempt, superseded=attempt.superseded | {decision_id})
        case DecisionVoided(decision_id=decision_id):
            return changed(attempt, voided=attempt.voided | {decision_id})
    assert_never(fact)


ASSESSMENT = Undivided(
    "assessment_id",
    Assessment(),
    (),
    evolve,
    (OpenAttempt, RecordFindings, DecideGrade, SupersedeDecision, VoidDecision),
    decide,
)
