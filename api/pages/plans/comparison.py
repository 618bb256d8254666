"""Comparison: what differs between two texts of the same plan: outcomes, codes, routes, grades and methods."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from api.pages.common import fresh, pages, render
from api.pages.plans.parts import part_asked
from api.pages.plans.shown import ShownPlan, plan_of, route_named
from portfolio.domain.comparing import CodeMoved, PlanChanges, plan_changes
from portfolio.domain.kernel import NotVisible
from portfolio.domain.plan import Descriptor, Mapping, Methods, Outcome, Plan

ROW = 150
"""About how many bytes of a page a difference takes beside its words."""


class Difference(NamedTuple):
    """One difference: under which heading it stands, what it is about, and what was and is said, empty for nothing."""

    heading: str
    about: str
    before: str
    after: str


@pages.get("/plans/<uuid:plan_id>/comparison/<uuid:other_id>")
def plans_compared(plan_id: UUID, other_id: UUID) -> str:
    """Show what the later of two texts of a plan says otherwise than the earlier one, whichever is named first."""
    fresh()
    earlier, later = sorted((plan_of(plan_id), plan_of(other_id)), key=came)
    if earlier.plan.reference != later.plan.reference:
        raise NotVisible
    rows = list(differences(plan_changes(earlier.plan, later.plan), earlier.plan, later.plan))
    part = part_asked([ROW + len(row.about) + len(row.before) + len(row.after) for row in rows])
    return render(
        "plans/comparison.html",
        shown=plan_of(plan_id),
        earlier=earlier,
        later=later,
        groups=[(heading, [*each]) for heading, each in groupby(rows[part.start : part.stop], lambda row: row.heading)],
        whole=len(rows),
        part=part,
        place={"plan_id": plan_id, "other_id": other_id},
    )


def came(shown: ShownPlan) -> int:
    """Return at which position a text was brought in."""
    return shown.history[0].position


def differences(changes: PlanChanges, before: Plan, after: Plan) -> Iterator[Difference]:
    """Yield each difference in words."""
    for name, was, now in changes.words:
        yield Difference("The plan", name[:1].upper() + name[1:], was, now)
    yield from of_routes(changes)
    yield from of_outcomes(changes, before, after)
    for code in changes.codes:
        yield of_code(code)
    for old, new in changes.marks:
        yield Difference("Codes", new.code, printed(old), printed(new))
    cells = changes.descriptors
    yield from (Difference("Grades", cell_named(cell), "", cell.text) for cell in cells.added)
    yield from (Difference("Grades", cell_named(cell), cell.text, "") for cell in cells.removed)
    yield from (Difference("Grades", cell_named(new), old.text, new.text) for old, new in cells.changed)
    if changes.methods:
        yield Difference("Methods", "What may be used", *map(methods_in_words, changes.methods))


def of_routes(changes: PlanChanges) -> Iterator[Difference]:
    """Yield what differs about the routes."""
    yield from (Difference("Routes", name, "", "there") for name in changes.routes.added)
    yield from (Difference("Routes", name, "there", "") for name in changes.routes.removed)
    yield from (Difference("Routes", "Called otherwise", old, new) for old, new in changes.routes.changed)


def of_outcomes(changes: PlanChanges, before: Plan, after: Plan) -> Iterator[Difference]:
    """Yield what differs about the outcomes, but for where codes stand."""
    outcomes = changes.outcomes
    yield from (Difference("Outcomes", outcome_named(each, after), "", words_of(each)) for each in outcomes.added)
    yield from (Difference("Outcomes", outcome_named(each, before), words_of(each), "") for each in outcomes.removed)
    for old, new in outcomes.changed:
        yield Difference("Outcomes", outcome_named(new, after), words_of(old), words_of(new))


def of_code(moved: CodeMoved) -> Difference:
    """Return in words where a code stands that stood elsewhere."""
    return Difference(
        "Codes",
        moved.code,
        f"under {moved.before}" if moved.before else "",
        f"under {moved.after}" if moved.after else "",
    )


def outcome_named(outcome: Outcome, plan: Plan) -> str:
    """Return what people call an outcome: its key, and whose it is where the key does not say it."""
    key = outcome.key
    return key if outcome.option is None or outcome.option in key else f"{key} of {route_named(plan, outcome.option)}"


def words_of(outcome: Outcome) -> str:
    """Return what is printed of an outcome."""
    return f"{outcome.title}. {outcome.description}" if outcome.description else outcome.title


def cell_named(cell: Descriptor) -> str:
    """Return what people call a descriptor."""
    return f"{cell.category}, {cell.level}"


def printed(mapping: Mapping) -> str:
    """Return what bold and an asterisk say of a code."""
    must = "must be assessed" if mapping.mandatory else "need not be assessed"
    return f"{must}, a chance to show English and maths" if mapping.english_maths else must


def methods_in_words(methods: Methods) -> str:
    """Return which methods a plan requires and allows."""
    required: Sequence[str] = [f"at least {method.minimum} {method.name}" for method in methods.required]
    return "; ".join([*required, f"further from {', '.join(methods.choose_from)}"] if methods.choose_from else required)
