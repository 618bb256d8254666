"""Reason codes: what each needs is looked up on record, not said by whoever names it (DECISION-7)."""

from portfolio.domain.assessment.facts import ReasonCode
from portfolio.domain.criteria import Criteria
from portfolio.domain.kernel import RuleBroken

SUPERSEDES_NOTHING: dict[ReasonCode, str] = {
    "appeal": "an upheld appeal sets the decision aside, and another assessor decides a new attempt.",
    "malpractice": "the responsible officer sets the decision aside, with an account of what was found.",
    "moderation": "a moderation that orders it cannot be recorded yet.",
    "second mark": "a second mark that orders it cannot be recorded yet.",
    "review": "a review that orders it cannot be recorded yet.",
}
"""Why nothing is superseded for these reasons, and what is open instead."""

ORDERED_BY_A_RECORD: frozenset[ReasonCode] = frozenset({"moderation", "second mark", "review"})
"""Reasons whose own record orders what is done: nobody can give them until there is such a record."""


class ReasonNotOnRecord(RuleBroken, rule="DECISION-7"):
    """What this reason rests on is not on record, so nothing is superseded or set aside for it."""


def check_may_supersede_for(code: ReasonCode, later_criteria: tuple[Criteria, ...]) -> None:
    """Refuse a reason that supersedes nothing, or whose record is not there."""
    if why := SUPERSEDES_NOTHING.get(code):
        raise ReasonNotOnRecord(f"For {code}: {why}")
    check_criteria_change(code, later_criteria)


def check_criteria_change(code: ReasonCode, later_criteria: tuple[Criteria, ...]) -> None:
    """Refuse a change of criteria where no later version of them is approved."""
    if code == "criteria change" and not any(criteria.approved for criteria in later_criteria):
        raise ReasonNotOnRecord("For criteria change: no later version of these criteria is approved.")
