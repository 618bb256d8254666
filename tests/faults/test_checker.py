from collections.abc import Callable
from uuid import UUID

import pytest

from tests.faults.checker import Line, differences

A, B = UUID(int=1), UUID(int=2)
LOG = [Line(1, A, 1, ""), Line(2, A, 2, "a2"), Line(3, B, 1, "b1"), Line(4, A, 3, "a3"), Line(5, B, 2, "b2")]


class Case:
    """What a record, its writers and its reader would show if nothing were wrong."""

    def __init__(self) -> None:
        self.log = list(LOG)
        self.answered = [line for line in LOG if line.mark]
        self.read = list(LOG)

    def differences(self) -> list[str]:
        return list(differences(self.log, self.answered, self.read))


def loss_at_the_end(case: Case) -> None:
    del case.log[-1]
    del case.read[-1]


def loss_with_the_rest_moved_up(case: Case) -> None:
    case.log = [*LOG[:2], Line(3, A, 3, "a3"), Line(4, B, 1, "b2")]
    case.read = list(case.log)


def duplicate(case: Case) -> None:
    case.log.append(Line(6, B, 3, "b1"))
    case.read.append(case.log[-1])


def swap(case: Case) -> None:
    case.log[2:4] = [Line(3, A, 3, "a3"), Line(4, B, 1, "b1")]
    case.read = list(case.log)


def gap_in_positions(case: Case) -> None:
    case.log[4] = case.log[4]._replace(position=6)
    case.answered[-1] = case.read[4] = case.log[4]


def gap_in_versions(case: Case) -> None:
    case.log[4] = case.log[4]._replace(version=3)
    case.answered[-1] = case.read[4] = case.log[4]


def missed_by_the_reader(case: Case) -> None:
    del case.read[2]


def shown_twice_to_the_reader(case: Case) -> None:
    case.read.insert(2, case.read[2])


def seen_and_gone(case: Case) -> None:
    case.read.append(Line(6, B, 3, "b3"))


def answered_differently(case: Case) -> None:
    case.answered.append(case.answered[0]._replace(version=3))


def test_a_record_that_keeps_its_word_has_no_differences() -> None:
    case = Case()
    case.answered += case.answered  # each request was repeated
    assert case.differences() == []


@pytest.mark.parametrize(
    ("plant", "named"),
    [
        (loss_at_the_end, "b2 is not at position 5, as answered"),
        (loss_with_the_rest_moved_up, "b1 is not at position 3, as answered"),
        (duplicate, "b1 is there 2 times"),
        (swap, "a3 is not at position 4, as answered"),
        (gap_in_positions, "position 6 stands where 5 should"),
        (gap_in_versions, f"version 3 of {B} stands where 2 should"),
        (missed_by_the_reader, f"the reader saw {LOG[3]} in place 3, where {LOG[2]} stands"),
        (shown_twice_to_the_reader, f"the reader saw {LOG[2]} in place 4, where {LOG[3]} stands"),
        (seen_and_gone, f"the reader saw {Line(6, B, 3, 'b3')} in place 6, where None stands"),
        (answered_differently, "a2 was answered in 2 ways"),
    ],
)
def test_what_is_planted_is_named(plant: Callable[[Case], None], named: str) -> None:
    case = Case()
    plant(case)
    assert named in case.differences()
