"""The outcome: the panel's, with reasons and an answer to every ground. A new decision is an assessor's."""

from uuid import UUID

from portfolio.domain.appeal.facts import Answer, AppealDecided, AppealFact, Outcome
from portfolio.domain.appeal.panel import ForPanel, OfficerMayNotDecide, check_panel
from portfolio.domain.appeal.state import Appeal, check_lodged, check_waits
from portfolio.domain.kernel import Command, RuleBroken
from portfolio.domain.words import OptionalStatement


class DecideAppeal(Command):
    """Give the panel's outcome with reasons and an answer to every ground."""

    appeal_id: UUID
    outcome: Outcome
    reasons: OptionalStatement
    answers: tuple[Answer, ...]


class GroundUnanswered(RuleBroken, rule="APPEAL-3"):
    """The panel answers every ground."""


class OutcomeIncomplete(RuleBroken, rule="APPEAL-5, APPEAL-11"):
    """An outcome gives its reasons."""


def decide_appeal(appeal: Appeal, command: DecideAppeal, known: ForPanel) -> list[AppealFact]:
    """Give the outcome as a member of a panel that may still hear the appeal (APPEAL-3, -5, -6 to -8, -10, -11)."""
    check_lodged(appeal)
    check_waits(appeal, "with panel")
    if known.by not in appeal.members:
        raise OfficerMayNotDecide
    check_panel(appeal, appeal.members, known)
    if not command.reasons.strip():
        raise OutcomeIncomplete
    answered = {answer.ground for answer in command.answers if answer.answer.strip()}
    if missing := [ground.ground for number, ground in enumerate(appeal.grounds) if number not in answered]:
        raise GroundUnanswered(f"No answer to: {', '.join(missing)}.", grounds=missing)
    return [AppealDecided(outcome=command.outcome, reasons=command.reasons, answers=command.answers)]
