"""An outcome answers every ground, each once, and no other (APPEAL-3)."""

import pytest

from portfolio.domain.appeal.facts import Answer, Ground
from portfolio.domain.appeal.outcome import AnswerToNoGround, check_complete
from tests.domain.world import ATTEMPT_ID

GROUNDS = tuple(Ground(ground=each, statement="So it was.", items=(ATTEMPT_ID,)) for each in ("procedure", "conflict"))


def answers(*grounds: int) -> tuple[Answer, ...]:
    return tuple(Answer(ground=ground, answer="It was not.") for ground in grounds)


def test_an_outcome_that_answers_each_ground_once_is_complete() -> None:
    check_complete(GROUNDS, "As it was.", answers(1, 0))


@pytest.mark.parametrize("numbers", [(0, 1, 2), (0, 1, -1), (0, 1, 1)])
def test_an_answer_to_no_ground_or_a_second_one_is_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(AnswerToNoGround):
        check_complete(GROUNDS, "As it was.", answers(*numbers))
