"""Component: one more is added to a form: its method, its codes, its criteria, who marks it and how that is checked."""

from typing import get_args
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from api.criteria import CriteriaListIn, criteria_page
from api.forms import ComponentIn
from api.ids import new_id
from api.judging import refusal_of
from api.lists import every
from api.pages.assessment_forms.form import may_add, methods_of
from api.pages.assessment_forms.shown import ShownForm, form_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from portfolio.domain.form import AddComponent
from portfolio.domain.plan import Outcome
from portfolio.domain.vocabulary import EvidenceKind, MarkerKind, Scrutiny


@pages.get("/forms/<uuid:form_id>/components")
def add_component(form_id: UUID) -> str:
    """Show the form that adds a component."""
    fresh()
    shown = form_of(form_id)
    if refusal := may_add(shown):
        raise refusal
    return render(
        "assessment_forms/component.html",
        shown=shown,
        outcomes=outcomes_of(shown),
        covered=shown.sight.state.covers(),
        methods=[(method, method[:1].upper() + method[1:]) for method in methods_of(shown)],
        criteria=criteria_for(shown),
        markers=begun(get_args(MarkerKind)),
        scrutinies=begun(get_args(Scrutiny)),
        kinds=begun(get_args(EvidenceKind)),
        key=new_id(),
        schemas={"component": ComponentIn},
    )


@pages.post("/forms/<uuid:form_id>/components")
@shown_again(add_component)
def keep_component(form_id: UUID) -> Response:
    """Add a component; one that does not state everything, which could not be put right, only once that is said."""
    command = AddComponent(form_id=form_id, **form(ComponentIn))
    if command.component.unstated() and "sure" not in request.form:
        return asked_before(command)
    return back_to(".form", run(command).position, form_id=form_id)


def asked_before(command: AddComponent) -> Response:
    """Return the page that says what a component does not state, or refuse with what keeps it from being added."""
    if refusal := refusal_of(command):
        raise refusal
    shown = form_of(command.form_id)
    page = render(
        "assessment_forms/unstated.html",
        shown=shown,
        component=command.component,
        again=[(name, value) for name, value in request.form.items(multi=True) if name != "key"],
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


def outcomes_of(shown: ShownForm) -> list[Outcome]:
    """Return the outcomes of the routes that a form serves, each once."""
    served = {id(each): each for route in shown.sight.state.routes for each in shown.plan.outcomes_of(route)}
    return list(served.values())


def criteria_for(shown: ShownForm) -> list[tuple[str, str]]:
    """Return the criteria for the plan of a form, each by its id and what people call it, approved ones first."""
    found = every(criteria_page, CriteriaListIn, plan_id=str(shown.plan_id))
    return [
        (str(row["criteria_id"]), f"{row['title']}, version {row['version']}{waits(row['approved'])}")
        for row in sorted(found, key=lambda row: not row["approved"])
    ]


def waits(approved: object) -> str:
    """Return what stands behind the name of criteria that are not approved."""
    return "" if approved else " (not approved)"


def begun(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return words to choose from, each with how it stands in a list."""
    return [(word, word[:1].upper() + word[1:]) for word in words]
