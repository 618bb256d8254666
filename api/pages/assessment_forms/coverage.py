"""Coverage: which components cover each code of each route, as a matrix, with what is left out."""

from itertools import groupby
from uuid import UUID

from api.pages.assessment_forms.shown import form_of
from api.pages.common import fresh, pages, render
from api.pages.plans.parts import part_asked
from api.pages.plans.shown import route_named
from portfolio.domain.form import coverage_proof
from portfolio.domain.plan import PLAN, Mapping, Outcome

ROW, TICK = 120, 40
"""About how many bytes of a page a row of the matrix takes, and each column of it."""


def outcome_of(row: tuple[str, Outcome, Mapping, tuple[str, ...]]) -> Outcome:
    """Return the outcome of a row of the matrix: its route, outcome and code, and by what it is covered."""
    return row[1]


@pages.get("/forms/<uuid:form_id>/coverage")
def form_coverage(form_id: UUID) -> str:
    """Show what covers what, by route and outcome; of an approved form, whether the stored proof says so too."""
    fresh()
    shown = form_of(form_id)
    state = shown.sight.state
    edition = shown.sight.session.state(PLAN, state.plan_id)
    proof = coverage_proof(state, shown.plan, edition.sha256)
    rows = [
        (route.route, outcome, mapping, dict(route.codes)[mapping.code])
        for route in proof.routes
        for outcome in shown.plan.outcomes_of(route.route)
        for mapping in outcome.codes
    ]
    part = part_asked([ROW + TICK * len(state.components) for _ in rows])
    groups = [
        (route_named(shown.plan, route), [(outcome, list(codes)) for outcome, codes in groupby(of_route, outcome_of)])
        for route, of_route in groupby(rows[part.start : part.stop], lambda row: row[0])
    ]
    return render(
        "assessment_forms/coverage.html",
        shown=shown,
        groups=groups,
        part=part,
        holds=proof == state.proof,
        codes=shown.gaps[0],
        outcomes=shown.gaps[1],
    )
