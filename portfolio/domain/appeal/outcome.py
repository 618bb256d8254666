"""What an outcome must hold: its reasons and an answer to every ground."""

from portfolio.domain.appeal.facts import Answer, Ground
from portfolio.domain.kernel import RuleBroken


class GroundUnanswered(RuleBroken, rule="APPEAL-3"):
    """The panel answers every ground."""


class AnswerToNoGround(RuleBroken, rule="APPEAL-3"):
    """Each answer is to one ground of the appeal, which are counted from 0, and each ground has one answer."""


class OutcomeIncomplete(RuleBroken, rule="APPEAL-5, APPEAL-11"):
    """An outcome gives its reasons."""


def check_complete(grounds: tuple[Ground, ...], reasons: str, answers: tuple[Answer, ...]) -> None:
    """Refuse an outcome without reasons, or without one answer to each ground (APPEAL-3, APPEAL-11)."""
    if not reasons.strip():
        raise OutcomeIncomplete
    answered = {answer.ground for answer in answers if answer.answer.strip()}
    if missing := [ground.ground for number, ground in enumerate(grounds) if number not in answered]:
        raise GroundUnanswered(f"No answer to: {', '.join(missing)}.", grounds=missing)
    numbers = [answer.ground for answer in answers]
    if wrong := sorted({each for each in numbers if each not in range(len(grounds)) or numbers.count(each) > 1}):
        raise AnswerToNoGround(answers=map(str, wrong))
