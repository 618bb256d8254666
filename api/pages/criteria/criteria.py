"""Criteria: one version: its grades and what they need, and each line beside the descriptor that it rests on."""

from itertools import groupby
from uuid import UUID

from api.judging import TYPED, refusal_of
from api.pages.common import fresh, pages, render
from api.pages.criteria.predecessor import may_follow
from api.pages.criteria.shown import Cell, ShownCriteria, criteria_of
from api.pages.plans.parts import part_asked
from portfolio.domain.criteria import AddGradeRules, ApproveCriteria, DraftCriteria, GradeRule
from portfolio.domain.kernel import NOBODY, Rejected

CELL, LINE = 250, 60
"""About how many bytes of a page a descriptor takes beside its words, and a line beside its."""


@pages.get("/criteria/<uuid:criteria_id>")
def criteria(criteria_id: UUID) -> str:
    """Show one version of criteria."""
    fresh()
    shown = criteria_of(criteria_id)
    part = part_asked([cost(cell) for cell in shown.cells])
    cells = shown.cells[part.start : part.stop]
    return render(
        "criteria/criteria.html",
        shown=shown,
        groups=[(category, list(together)) for category, together in groupby(cells, category_of)],
        part=part,
        written_by=shown.who(shown.history[0]),
        approved_by=shown.who(shown.approval),
        why_not=refusal_of(ApproveCriteria(criteria_id=criteria_id)),
        says=may_say_rules(shown) is None,
        writes=may_write(shown.plan_id, criteria_id) is None,
        tells=bool(may_follow(shown)),
    )


def category_of(cell: Cell) -> str:
    """Return the category of a cell."""
    return cell.descriptor.category


def cost(cell: Cell) -> int:
    """Return about how many bytes of a page a cell takes."""
    return CELL + len(cell.descriptor.text) + sum(LINE + len(line.text) for line in cell.lines)


def may_write(plan_id: UUID, follows: UUID | None = None) -> Rejected | None:
    """Return why the person at the page may not write such criteria now, None if they may."""
    return refusal_of(
        DraftCriteria(
            criteria_id=NOBODY, plan_id=plan_id, title=TYPED, version=TYPED, scale=(), criteria=(), follows=follows
        )
    )


def may_say_rules(shown: ShownCriteria) -> Rejected | None:
    """Return why the person at the page may not say now what its grades need, None if they may."""
    rules = tuple(GradeRule(grade=grade, every_code_met=True) for grade in shown.sight.state.scale)
    return refusal_of(AddGradeRules(criteria_id=shown.criteria_id, grade_rules=rules))
