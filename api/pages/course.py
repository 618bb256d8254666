"""Course: how much was assessed from which day on, as a drawing of lines and as the rows of its table."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from portfolio.domain.calendar import day_in_words
from portfolio.domain.readiness.outcomes import Step

LEFT, RIGHT, TOP, FLOOR = 40, 630, 20, 130
NEAR = 70
"""Two days that stand closer than this are not both written below the line."""

LINE = 22
"""Two heights that stand closer than this are not both written beside the line."""


class Label(NamedTuple):
    """A text and where it stands."""

    x: int
    y: int
    text: str


class Course(NamedTuple):
    """The line through the steps, what is written beside and below it, and what it says in a sentence."""

    steps: tuple[Step, ...]
    path: str
    heights: tuple[Label, ...]
    days: tuple[Label, ...]
    said: str


def drawn(steps: Sequence[Step], until: date) -> Course | None:
    """Return how it went up to a day, None before anything did."""
    if not steps:
        return None
    first, most = steps[0].day, max(step.codes_needed for step in steps) or 1
    length = max((until - first).days, 1)

    def x(day: date) -> int:
        return LEFT + round((RIGHT - LEFT) * (day - first).days / length)

    def y(codes: int) -> int:
        return FLOOR - round((FLOOR - TOP) * codes / most)

    turns = "".join(f"H{x(step.day)}V{y(step.codes_assessed)}" for step in steps[1:])
    days: list[Label] = []
    for step in steps:
        if not days or x(step.day) - days[-1].x >= NEAR:
            days.append(Label(min(x(step.day), RIGHT - 50), 156, f"{step.day.day} {step.day:%b}"))
    heights: list[Label] = []
    for codes in (0, most, *sorted({step.codes_assessed for step in steps})):
        if all(abs(y(codes) + 5 - other.y) >= LINE for other in heights):
            heights.append(Label(8, y(codes) + 5, str(codes)))
    told = "; ".join(f"{step.codes_assessed} of {step.codes_needed} from {day_in_words(step.day)}" for step in steps)
    return Course(
        steps=tuple(steps),
        path=f"M{LEFT} {y(steps[0].codes_assessed)}{turns}H{RIGHT}",
        heights=tuple(heights),
        days=tuple(days),
        said=f"Codes assessed: {told}",
    )
