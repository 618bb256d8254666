"""Grades of a plan: what it prints for each category and level, and the criteria that rest on each of these cells."""

from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from api.criteria import CriteriaListIn, criteria_page
from api.lists import every
from api.pages.common import fresh, pages, render
from api.pages.plans.parts import part_asked
from api.pages.plans.shown import ShownPlan, plan_of
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.plan import Descriptor

CELL, RESTING = 200, 180
"""About how many bytes of a page a cell takes beside its words, and each version that rests on it."""


class Resting(NamedTuple):
    """A version of criteria, and the keys of its lines that rest on a cell."""

    criteria_id: UUID
    title: str
    version: str
    approved: bool
    keys: list[str]


@pages.get("/plans/<uuid:plan_id>/grades")
def plan_grades(plan_id: UUID) -> str:
    """Show what a plan prints of performance, each cell with the criteria that rest on it."""
    fresh()
    shown = plan_of(plan_id)
    cells = [(cell, resting) for cell, resting in zip(shown.plan.descriptors, resting_on(shown), strict=True)]
    costs = [CELL + len(cell.text) + RESTING * len(resting) for cell, resting in cells]
    part = part_asked(costs)
    groups = [
        (category, list(together))
        for category, together in groupby(cells[part.start : part.stop], lambda each: each[0].category)
    ]
    return render("plans/grades.html", shown=shown, groups=groups, part=part)


def resting_on(shown: ShownPlan) -> list[list[Resting]]:
    """Return for each descriptor of a plan the versions of criteria that rest on it."""
    versions = [*every(criteria_page, CriteriaListIn, plan_id=str(shown.plan_id))]
    lines = {row["criteria_id"]: shown.sight.session.state(CRITERIA, row["criteria_id"]).criteria for row in versions}

    def of(cell: Descriptor, criteria_id: UUID) -> list[str]:
        return [line.key for line in lines[criteria_id] if (line.category, line.level) == (cell.category, cell.level)]

    return [
        [
            Resting(row["criteria_id"], row["title"], row["version"], row["approved"], keys)
            for row in versions
            if (keys := of(cell, row["criteria_id"]))
        ]
        for cell in shown.plan.descriptors
    ]
