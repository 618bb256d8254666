"""Reason codes: what each needs is looked up on record, not said by whoever names it (DECISION-7)."""

from portfolio.domain.assessment.facts import Account, ReasonCode
from portfolio.domain.criteria import Criteria
from portfolio.domain.kernel import RuleBroken

SETS_NOTHING_ASIDE: dict[ReasonCode, str] = {
    code: f"a {code} that orders it cannot be recorded yet." for code in ("moderation", "second mark", "review")
}
"""Why nothing is set aside for these reasons: their own record orders it, and there is none yet."""

SUPERSEDES_NOTHING: dict[ReasonCode, str] = {
    "appeal": "an upheld appeal sets the decision aside, and another assessor decides a new attempt.",
    "malpractice": "the responsible officer sets the decision aside, with an account of what was found.",
    **SETS_NOTHING_ASIDE,
}
"""Why nothing is superseded for these reasons, and what is open instead."""


class ReasonNotOnRecord(RuleBroken, rule="DECISION-7"):
    """What this reason rests on is not on record, so nothing is superseded or set aside for it."""


class VoidNeedsAccount(RuleBroken, rule="DECISION-7"):
    """Setting a decision aside for malpractice rests on a written account: what was found, and who was heard."""


def check_may_supersede_for(code: ReasonCode, later_criteria: tuple[Criteria, ...]) -> None:
    """Refuse a reason that supersedes nothing, or whose record is not there."""
    if why := SUPERSEDES_NOTHING.get(code):
        raise ReasonNotOnRecord(f"For {code}: {why}")
    check_criteria_change(code, later_criteria)


def check_may_set_aside_for(code: ReasonCode, account: Account | None, later_criteria: tuple[Criteria, ...]) -> None:
    """Refuse a reason whose record is not there, or malpractice without an account."""
    if why := SETS_NOTHING_ASIDE.get(code):
        raise ReasonNotOnRecord(f"For {code}: {why}")
    check_criteria_change(code, later_criteria)
    if code == "malpractice" and not (account and account.found.strip() and account.heard.strip()):
        raise VoidNeedsAccount


def check_criteria_change(code: ReasonCode, later_criteria: tuple[Criteria, ...]) -> None:
    """Refuse a change of criteria where no later version of them is approved."""
    if code == "criteria change" and not any(criteria.approved for criteria in later_criteria):
        raise ReasonNotOnRecord("For criteria change: no later version of these criteria is approved.")
