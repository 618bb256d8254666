"""What an outcome must hold: its reasons and an answer to every ground."""

from portfolio.domain.appeal.facts import Answer, Ground
from portfolio.domain.kernel import RuleBroken


class GroundUnanswered(RuleBroken, rule="APPEAL-3"):
    """The panel answers every ground."""


class OutcomeIncomplete(RuleBroken, rule="APPEAL-5, APPEAL-11"):
    """An outcome gives its reasons."""


def check_complete(grounds: tuple[Ground, ...], reasons: str, answers: tuple[Answer, ...]) -> None:
    """Refuse an outcome without reasons, or that leaves a ground without an answer (APPEAL-3, APPEAL-11)."""
    if not reasons.strip():
        raise OutcomeIncomplete
    answered = {answer.ground for answer in answers if answer.answer.strip()}
    if missing := [ground.ground for number, ground in enumerate(grounds) if number not in answered]:
        raise GroundUnanswered(f"No answer to: {', '.join(missing)}.", grounds=missing)
