"""Write criteria: the first version of a line, or one that follows another, each line beside what it rests on."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from flask import g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api.criteria import CriteriaIn
from api.ids import new_id
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.criteria.criteria import may_write
from api.pages.criteria.shown import criteria_of
from api.pages.forms import form, numbers_below, run, shown_again
from api.pages.plans.shown import plan_of
from portfolio.application.ports import Receipt
from portfolio.domain.criteria import Criteria, Criterion, DraftCriteria
from portfolio.domain.plan import Descriptor, Plan

ROWS = "criteria"
"""The field of the schema whose rows the form holds."""

MORE = "more"
"""The button that asks for another empty row in each cell."""


TURN = "turn"
"""The buttons that ask for another part of the rows, by its number from 1."""

IN_A_PART = 24
"""Rows that stand on one page of the form; what is written in the others goes along."""


class Row(NamedTuple):
    """A row of the form by its number: a line, or an empty place for one."""

    number: int
    line: Criterion


class CellRows(NamedTuple):
    """The rows that rest on a descriptor; one that there is not in the plan has ``place`` -1."""

    place: int
    descriptor: Descriptor | None
    rows: Sequence[Row]


@pages.get("/plans/<uuid:plan_id>/criteria")
def write_criteria(plan_id: UUID) -> str:
    """Show the empty form of criteria for a plan."""
    fresh()
    if refusal := may_write(plan_id):
        raise refusal
    return form_of(plan_of(plan_id).plan, plan_id, Criteria(plan_id=plan_id))


@pages.post("/plans/<uuid:plan_id>/criteria")
@shown_again(write_criteria)
def draft_criteria(plan_id: UUID) -> Response:
    """Write the first version of a line of criteria."""
    shown = plan_of(plan_id)
    if MORE in request.form or TURN in request.form:
        return more_rows(lambda: write_criteria(plan_id), shown.plan)
    done = written(shown.plan, plan_id, None)
    return back_to(".criteria", done.position, criteria_id=done.stream)


@pages.get("/criteria/<uuid:criteria_id>/next")
def write_next(criteria_id: UUID) -> str:
    """Show the form of a version that follows another, filled in with what that one says."""
    fresh()
    shown = criteria_of(criteria_id)
    if refusal := may_write(shown.plan_id, criteria_id):
        raise refusal
    return form_of(shown.plan, shown.plan_id, shown.sight.state, follows=shown.name)


@pages.post("/criteria/<uuid:criteria_id>/next")
@shown_again(write_next)
def draft_next(criteria_id: UUID) -> Response:
    """Write a version that follows another."""
    shown = criteria_of(criteria_id)
    if MORE in request.form or TURN in request.form:
        return more_rows(lambda: write_next(criteria_id), shown.plan)
    done = written(shown.plan, shown.plan_id, criteria_id)
    return back_to(".criteria", done.position, criteria_id=done.stream)


def written(plan: Plan, plan_id: UUID, follows: UUID | None) -> Receipt:
    """Write what the form posted."""
    also = {"plan_id": str(plan_id), **({"follows": str(follows)} if follows else {})}
    return run(DraftCriteria(criteria_id=new_id(), **form(CriteriaIn, also=also, sent=filled(plan))))


def more_rows(page: Callable[[], str], plan: Plan) -> Response:
    """Answer with the same form, as filled in so far, with more empty rows in it or another part of them."""
    g.posted = filled(plan)
    return Response(page(), content_type="text/html; charset=utf-8")


def filled(plan: Plan) -> MultiDict[str, str]:
    """Return what the form posted, its rows numbered anew without those left empty, each with the cell it rests on."""
    sent = MultiDict([(name, text) for name, text in request.form.items(multi=True) if not name.startswith(f"{ROWS}.")])
    number = 0
    for row in numbers_below(ROWS, request.form):
        key, text = (request.form.get(f"{ROWS}.{row}.{name}", "") for name in ("key", "text"))
        place = request.form.get(f"{ROWS}.{row}.cell", "")
        if not (key.strip() or text.strip()):
            continue
        known = place.isascii() and place.isdigit() and int(place) < len(plan.descriptors)
        cell = plan.descriptors[int(place)] if known else None
        category, level = (cell.category, cell.level) if cell else ("", "")
        for name, value in (("key", key), ("text", text), ("category", category), ("level", level)):
            sent.add(f"{ROWS}.{number}.{name}", value)
        number += 1
    return sent


def form_of(plan: Plan, plan_id: UUID, before: Criteria, follows: str = "") -> str:
    """Return the form, with what was posted in it, else with what the version before says."""
    lines = posted_lines() if posted() else before.criteria
    cells = cells_of(plan, lines, empty=1 + (MORE in request.form))
    rows = [row for cell in cells for row in cell.rows]
    parts = -(-len(rows) // IN_A_PART)
    part = min(part_asked(rows), parts)
    here = rows[(part - 1) * IN_A_PART : part * IN_A_PART]
    shown = [CellRows(cell.place, cell.descriptor, [row for row in cell.rows if row in here]) for cell in cells]
    return render(
        "criteria/write.html",
        plan=plan,
        plan_id=plan_id,
        before=before,
        follows=follows,
        cells=[cell for cell in shown if cell.rows],
        elsewhere=[
            (cell.place, row)
            for cell in cells
            for row in cell.rows
            if row not in here and (row.line.key.strip() or row.line.text.strip())
        ],
        part=part,
        parts=parts,
        key=new_id(),
        schemas={"criteria": CriteriaIn},
    )


def part_asked(rows: Sequence[Row]) -> int:
    """Return which part of the rows is shown: of the first fault in one, else the one asked for, else the last one."""
    for place, row in enumerate(rows):
        if any(name.startswith(f"{ROWS}.{row.number}.") for name in g.get("faults", ())):
            return place // IN_A_PART + 1
    asked = request.form.get(TURN) or request.form.get("part", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def posted_lines() -> list[Criterion]:
    """Return the lines that were posted, as typed."""
    return [
        Criterion(**{name: posted().get(f"{ROWS}.{row}.{name}", "") for name in ("key", "text", "category", "level")})
        for row in numbers_below(ROWS, posted())
    ]


def cells_of(plan: Plan, lines: Sequence[Criterion], empty: int) -> list[CellRows]:
    """Return the rows of the form by the descriptor they rest on, with so many empty ones for each."""
    rows = [Row(number, line) for number, line in enumerate(lines)]
    cells, number = [], len(rows)
    for place, cell in enumerate(plan.descriptors):
        here = [row for row in rows if (row.line.category, row.line.level) == (cell.category, cell.level)]
        free = [
            Row(number + each, Criterion(key="", text="", category=cell.category, level=cell.level))
            for each in range(empty)
        ]
        number += empty
        cells.append(CellRows(place, cell, [*here, *free]))
    traced = {row.number for cell in cells for row in cell.rows}
    loose = [row for row in rows if row.number not in traced]
    return [*cells, CellRows(-1, None, loose)] if loose else cells
