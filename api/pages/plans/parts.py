"""Parts: what is too long for one page stands in parts, each with an address of its own (``?part=``)."""

from collections.abc import Sequence
from typing import NamedTuple

from api.errors import FieldsNotValid
from api.fields import Text
from api.pages.common import asked

MOST = 36_000
"""Bytes of HTML of what is divided; the frame and the head of a page come on top."""


class Part(NamedTuple):
    """The ``number``-th part from 1 of so many, from the item ``start`` up to ``stop``."""

    number: int
    of: int
    start: int
    stop: int


def part_asked(costs: Sequence[int], most: int = MOST) -> Part:
    """Return the part that the address asks for, the first if it asks for none; ``costs`` are bytes of each item.

    Raises ``FieldsNotValid`` where there is no such part.
    """
    starts = divided(costs, most)
    text = asked("part", Text(6)) or "1"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= len(starts)):
        raise FieldsNotValid(f"part: there are {len(starts)}; give a number from 1 to {len(starts)}.")
    number = int(text)
    return Part(number, len(starts), starts[number - 1], [*starts, len(costs)][number])


def part_of(costs: Sequence[int], index: int, most: int = MOST) -> int:
    """Return the number of the part that holds an item."""
    return sum(start <= index for start in divided(costs, most))


def divided(costs: Sequence[int], most: int) -> list[int]:
    """Return at which item each part begins; an item that costs more than a part may has one of its own."""
    starts, full = [0], 0
    for index, cost in enumerate(costs):
        if full and full + cost > most:
            starts.append(index)
            full = 0
        full += cost
    return starts
