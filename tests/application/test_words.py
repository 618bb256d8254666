"""What one look at the records finds out of a state holds for that very state, and is found out once."""

from uuid import UUID

from portfolio.application.words import Found
from portfolio.domain.person import Person

MIA = UUID(int=1)


def test_what_was_found_out_of_a_state_is_found_out_once() -> None:
    found, mia, answers = Found(), Person(name="Mia"), iter(range(9))
    assert [found.once((MIA,), mia, lambda: next(answers)) for _ in range(3)] == [0, 0, 0]
    assert found.once((MIA, "more"), mia, lambda: next(answers)) == 1


def test_another_state_is_looked_into_anew_although_it_says_the_same() -> None:
    found, answers = Found(), iter(range(9))
    assert [found.once((MIA,), Person(name="Mia"), lambda: next(answers)) for _ in range(2)] == [0, 1]
