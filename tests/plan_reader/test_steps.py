"""The work of reading a plan grows with the text: twice as long, about twice the calls, whatever it is full of."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from portfolio.plan_reader.text import PlanUnreadable, read_plan

SHORT = 250
"""Lines of the shorter text."""
MOST = 2.3
"""Times the calls that a text of twice the length may take: 2 of a reader whose work grows with it, 4 by the square."""


def calls(text: str) -> int:
    """Return how many functions are called while a text is read, the library's own too."""
    count = 0

    def note(_frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        with suppress(PlanUnreadable):
            read_plan(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "line",
    [
        "plain words\n",
        "**bold** _slanted_ ~~struck~~\n",
        "**left open\n",
        "<b>left open\n",
        "[a link](https://example.org) [^1]\n",
        "| a | b |\n",
        "a\tb\tc\n",
        "<table><tr><td>x</td></tr></table>\n",
        "<table><tr><td>left open\n",
        "# Heading\n",
        "K1: knows something\n",
        "Assessment Outcome\tMapping\nAO1: Safe\tK1\n",
    ],
)
@pytest.mark.parametrize("begins", ["", "ST1297/V2\n\n"])
def test_a_text_of_twice_the_length_takes_about_twice_the_steps(line: str, begins: str) -> None:
    short, long = (calls(begins + line * number) for number in (SHORT, 2 * SHORT))
    assert long - calls(begins + line) < MOST * short
