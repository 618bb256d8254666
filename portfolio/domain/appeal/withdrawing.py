"""Withdrawing: the apprentice takes the appeal back before its outcome."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealWithdrawn
from portfolio.domain.appeal.state import Appeal, check_lodged
from portfolio.domain.kernel import Command, Known, RuleBroken


class WithdrawAppeal(Command):
    """Take the appeal back before its outcome."""

    appeal_id: UUID


class AppealAlreadyDecided(RuleBroken, rule="APPEAL-14"):
    """The appeal has its outcome and cannot be withdrawn."""


class AppealNotYours(RuleBroken, rule="APPEAL-14, CONSENT-2"):
    """Only the apprentice withdraws an appeal, also one that somebody lodged for them."""


def withdraw_appeal(appeal: Appeal, command: WithdrawAppeal, known: Known) -> list[AppealFact]:
    """Take one's own appeal back before its outcome (APPEAL-14)."""
    check_lodged(appeal)
    if appeal.status in ("decided", "not admitted", "withdrawn"):
        raise AppealAlreadyDecided
    if known.by != appeal.apprentice:
        raise AppealNotYours
    return [AppealWithdrawn()]
