"""Checks: what a decision must be in grade, reasons, findings and context, one by one, so that all faults are told."""

from typing import Protocol
from uuid import UUID

from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.findings import FindingNeedsEvidence, check_of_this_attempt, codes_shown
from portfolio.domain.assessment.in_force import ForDecision
from portfolio.domain.criteria import Criteria, CriteriaNotApproved, GradeRulesMissing
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.form import code_order
from portfolio.domain.kernel import RuleBroken
from portfolio.domain.plan import PlanNotApproved, may_rest_on_plan


class Grading(Protocol):
    """What every decision says: the grade, its reasons, and the hash of the context that was shown."""

    @property
    def grade(self) -> str:
        """Return the grade."""

    @property
    def reasons(self) -> str:
        """Return why, in words for the apprentice."""

    @property
    def context_hash(self) -> str:
        """Return the ``shown`` of the context that was shown."""


class FindingsIncomplete(RuleBroken, rule="DECISION-2"):
    """Every code of the component needs a judgement, met or not met, of the person who decides."""


class GradeNotOnScale(RuleBroken, rule="DECISION-3"):
    """The grade is not on the scale of these criteria."""


class GradeNeedsEveryCode(RuleBroken, rule="DECISION-3"):
    """The criteria give this grade only where every code of the component is met."""


class ReasonsMissing(RuleBroken, rule="DECISION-3"):
    """A decision gives its reasons in plain words for the apprentice."""


class DecisionContextIncomplete(RuleBroken, rule="DECISION-4"):
    """A decision is recorded with its complete context or not at all."""


class DecisionContextStale(RuleBroken, rule="DECISION-5"):
    """Something changed since you were shown the context of this decision: read it again."""


class Faults:
    """Lets the first refusal of the checks inside through, or ``gathers`` all of them in ``found``."""

    def __init__(self, *, gathers: bool = False) -> None:
        self.gathers = gathers
        self.found: list[RuleBroken] = []

    def __enter__(self) -> None:
        """Begin one check."""

    def __exit__(self, kind: type[BaseException] | None, refusal: BaseException | None, _: object) -> bool:
        """Return whether the next check is asked although this one refused."""
        if not self.gathers or not isinstance(refusal, RuleBroken):
            return False
        self.found.append(refusal)
        return True


def check_grading(grading: Grading, known: ForDecision, faults: Faults) -> None:
    """Refuse a decision by the criteria and the plan that it rests on, its grade or its reasons."""
    with faults:
        check_may_rest(known)
    with faults:
        check_on_scale(grading.grade, known.criteria)
    with faults:
        check_reasons(grading.reasons)


def check_may_rest(known: ForDecision) -> None:
    """Refuse a decision on criteria or a plan that are not approved, or that do not say what grades need."""
    if not known.criteria.approved:
        raise CriteriaNotApproved
    if not may_rest_on_plan(known.edition, known.deployment):
        raise PlanNotApproved
    if not known.criteria.grade_rules and known.deployment.mode != "demo":
        raise GradeRulesMissing


def check_on_scale(grade: str, criteria: Criteria) -> None:
    """Refuse a grade that is not on the scale (DECISION-3)."""
    if grade not in criteria.scale:
        raise GradeNotOnScale(f"{grade!r} is none of: {', '.join(criteria.scale)}.", grades=criteria.scale)


def check_reasons(reasons: str) -> None:
    """Refuse a decision without reasons (DECISION-3)."""
    if not reasons.strip():
        raise ReasonsMissing


def check_context(
    opened: AttemptOpened,
    grading: Grading,
    context: DecisionContext,
    judged_codes: frozenset[str],
    known: ForDecision,
    faults: Faults,
) -> None:
    """Refuse a decision whose context or findings are incomplete, rest on what is gone, or differ from those shown.

    And one whose grade needs every code met where one is not.
    """
    with faults:
        check_whole(context)
    with faults:
        check_every_code_judged(opened, judged_codes)
    with faults:
        check_cited_is_there(context)
    with faults:
        check_of_this_attempt((each.finding for each in context.findings), known.evidence, context.assessment_id)
    with faults:
        check_still_shown_by_nothing(opened, context, known.evidence)
    with faults:
        check_as_shown(grading, context)
    with faults:
        check_grade_rule(grading, context, known)


def check_whole(context: DecisionContext) -> None:
    """Refuse a context that leaves something out (DECISION-4)."""
    if missing := context.missing():
        raise DecisionContextIncomplete(missing=missing)


def check_every_code_judged(opened: AttemptOpened, judged_codes: frozenset[str]) -> None:
    """Refuse where a code of the component is not judged (DECISION-2)."""
    if unjudged := sorted(opened.codes - judged_codes, key=code_order):
        raise FindingsIncomplete(f"Not judged yet: {', '.join(unjudged)}.", codes=unjudged)


def check_cited_is_there(context: DecisionContext) -> None:
    """Refuse findings that rest on what was withdrawn or returned since (FINDING-1)."""
    if lost := context.cited_but_gone():
        raise FindingNeedsEvidence(
            f"Evidence that findings rest on was withdrawn or returned: judge {', '.join(lost)} anew without it.",
            codes=lost,
        )


def check_still_shown_by_nothing(
    opened: AttemptOpened, context: DecisionContext, evidence: dict[UUID, Evidence]
) -> None:
    """Refuse a code found not met as nothing showed it, where something that was handed in since does (FINDING-1)."""
    shown = codes_shown(evidence, opened.evidence_kinds, context.assessment_id)
    by_nothing = {each.finding.code for each in context.findings if each.finding.nothing_shows_it is True}
    if untrue := sorted(by_nothing & shown, key=code_order):
        raise FindingNeedsEvidence(
            f"Handed in since, for codes found not met as nothing showed them: judge {', '.join(untrue)} anew.",
            codes=untrue,
        )


def check_as_shown(grading: Grading, context: DecisionContext) -> None:
    """Refuse a decision whose context is not the one that was shown (DECISION-5)."""
    if grading.context_hash != context.shown:
        raise DecisionContextStale


def check_grade_rule(grading: Grading, context: DecisionContext, known: ForDecision) -> None:
    """Refuse a grade for which the criteria want every code met, where one is not (DECISION-3)."""
    unmet = [each.finding.code for each in context.findings if each.finding.judgement != "met"]
    if unmet and known.criteria.needs_every_code(grading.grade):
        raise GradeNeedsEveryCode(f"Not met for {grading.grade!r}: {', '.join(unmet)}.", codes=unmet)
