"""Oddity: one thing that is odd in a plan, the passage marked, how it is read, and the form that rules on it."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.ids import new_id
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.pages.plans.passages import around, lines_of
from api.pages.plans.plan import may_rule
from api.pages.plans.shown import plan_of
from api.plans import RulingIn
from portfolio.domain import permissions
from portfolio.domain.kernel import NotVisible
from portfolio.domain.plan import RuleOnDefect


@pages.get("/plans/<uuid:plan_id>/oddities/<int:number>")
def oddity(plan_id: UUID, number: int) -> str:
    """Show an oddity of a plan by its number from 1, and the form to those who rule on it."""
    fresh()
    shown = plan_of(plan_id)
    if not 1 <= number <= len(shown.oddities):
        raise NotVisible
    this = shown.oddities[number - 1]
    lines = around(lines_of(shown.text, [this.warning]), this.warning.line)
    return render(
        "plans/oddity.html",
        shown=shown,
        this=this,
        lines=lines,
        twice=sum(piece.marked for line in lines for piece in line.pieces if line.number == this.warning.line) > 1,
        why_not=may_rule(shown, number),
        rulers=sorted(permissions.MAY[RuleOnDefect].any_of),
        key=new_id(),
        schemas={"ruling": RulingIn},
    )


@pages.post("/plans/<uuid:plan_id>/oddities/<int:number>/ruling")
@shown_again(oddity)
def rule_on_oddity(plan_id: UUID, number: int) -> Response:
    """Rule on an oddity, and go on to the next one without a ruling, or to the plan when there is none."""
    done = run(RuleOnDefect(plan_id=plan_id, **form(RulingIn, also={"warning": str(number - 1)})))
    waiting = plan_of(plan_id).waiting
    following = next((each for each in waiting if each > number), waiting[0] if waiting else 0)
    if following:
        return back_to(".oddity", done.position, plan_id=plan_id, number=following)
    return back_to(".plan", done.position, plan_id=plan_id)
