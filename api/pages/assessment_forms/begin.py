"""Begin a form: its title, and the routes of a plan that it serves."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.forms import FormIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.pages.plans.shown import ShownPlan, plan_of
from portfolio.domain.form import DraftForm
from portfolio.domain.kernel import NOBODY, Rejected


@pages.get("/plans/<uuid:plan_id>/forms")
def begin_form(plan_id: UUID) -> str:
    """Show the form that begins an assessment form for a plan."""
    fresh()
    shown = plan_of(plan_id)
    if refusal := may_begin(shown):
        raise refusal
    routes = shown.plan.routes()
    return render(
        "assessment_forms/begin.html",
        shown=shown,
        routes=[(key, shown.route_named(key)) for key in routes],
        chosen=routes if len(routes) == 1 else [],
        key=new_id(),
        schemas={"form": FormIn},
    )


@pages.post("/plans/<uuid:plan_id>/forms")
@shown_again(begin_form)
def draft_form(plan_id: UUID) -> Response:
    """Begin a form."""
    done = run(DraftForm(form_id=new_id(), **form(FormIn, also={"plan_id": str(plan_id)})))
    return back_to(".form", done.position, form_id=done.stream)


def may_begin(shown: ShownPlan) -> Rejected | None:
    """Return why the person at the page may not begin a form for a plan now, None if they may."""
    return refusal_of(DraftForm(form_id=NOBODY, plan_id=shown.plan_id, title=TYPED, routes=shown.plan.routes()))
