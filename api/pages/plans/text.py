"""Text: the published text of a plan, each oddity at its place, beside how it is read."""

from html import escape
from typing import NamedTuple
from uuid import UUID

from api.pages.common import fresh, pages, render
from api.pages.plans.parts import part_asked, part_of
from api.pages.plans.passages import TextLine, lines_of
from api.pages.plans.plan import may_rule
from api.pages.plans.shown import Oddity, ShownPlan, plan_of

LINE, ODDITY = 60, 700
"""About how many bytes of a page a line takes beside its words, and an oddity beside its."""

MOST_ON_A_LINE = 12
"""Oddities that are shown on one line; the others have pages of their own, as all have."""


MOST_LISTED = 60
"""Oddities that are led to from the top of the page."""


class ReadLine(NamedTuple):
    """A line of the text with the oddities on it; ``more``: how many others there are."""

    line: TextLine
    oddities: list[Oddity]
    more: int

    @property
    def cost(self) -> int:
        """Return about how many bytes of a page it takes."""
        told = sum(ODDITY + len(each.warning.message) + sum(map(len, words_of(each))) for each in self.oddities)
        return LINE + len(escape(self.line.words).encode()) + told


def words_of(oddity: Oddity) -> tuple[str, ...]:
    """Return what the page says of how an oddity is read."""
    return (oddity.ruling.reading, oddity.ruling.reason) if oddity.ruling else ()


def read_lines(shown: ShownPlan) -> list[ReadLine]:
    """Return the lines of a plan's text, each with what is odd about it; one of an empty line stands before it."""
    lines = lines_of(shown.text, shown.plan.warnings)
    by_line: dict[int, list[Oddity]] = {line.number: [] for line in lines}
    for oddity in shown.oddities:
        at = max((number for number in by_line if number <= oddity.warning.line), default=min(by_line))
        by_line[at].append(oddity)
    return [
        ReadLine(line, by_line[line.number][:MOST_ON_A_LINE], len(by_line[line.number][MOST_ON_A_LINE:]))
        for line in lines
    ]


@pages.get("/plans/<uuid:plan_id>/text")
def plan_text(plan_id: UUID) -> str:
    """Show the text of a plan in parts, with what is odd in it."""
    fresh()
    shown = plan_of(plan_id)
    lines = read_lines(shown)
    costs = [each.cost for each in lines]
    part = part_asked(costs)
    parts = {oddity.number: part_of(costs, index) for index, each in enumerate(lines) for oddity in each.oddities}
    return render(
        "plans/text.html",
        shown=shown,
        lines=lines[part.start : part.stop],
        part=part,
        parts=parts,
        listed=[each for each in shown.oddities if each.number in parts][:MOST_LISTED],
        rules=bool(shown.oddities) and may_rule(shown, 1) is None,
    )
