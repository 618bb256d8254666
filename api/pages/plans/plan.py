"""Plan: one edition: where it stands, what is open, its outcomes with their codes, its routes, grades and methods."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from api.criteria import CriteriaListIn, criteria_page
from api.forms import FormsIn, forms_page
from api.judging import TYPED, refusal_of
from api.lists import every
from api.pages.assessment_forms.begin import may_begin
from api.pages.common import fresh, pages, render
from api.pages.criteria.criteria import may_write
from api.pages.plans.parts import part_asked
from api.pages.plans.shown import ShownPlan, plan_of
from api.plans import ATTRIBUTION, PlansIn, plans_page
from portfolio.domain.form import FORM, Form, code_order
from portfolio.domain.kernel import Rejected
from portfolio.domain.plan import ApprovePlan, Outcome, PlanApproved, PlanImported, RuleOnDefect

OUTCOME, CODE = 700, 90
"""About how many bytes of a page an outcome takes, and each of its codes."""


MOST_LISTED = 20
"""Criteria and forms that are led to from the page of their plan; the others from their list."""


class Covering(NamedTuple):
    """The codes of an outcome that a component of some forms covers; ``forms`` are their titles."""

    component: str
    codes: list[str]
    forms: list[str]


@pages.get("/plans/<uuid:plan_id>")
def plan(plan_id: UUID) -> str:
    """Show one edition of a plan."""
    fresh()
    shown = plan_of(plan_id)
    outcomes = shown.plan.outcomes
    forms = forms_of(shown)
    part = part_asked([OUTCOME + len(each.description) + CODE * len(each.codes) for each in outcomes])
    groups = [
        (option, [(outcome, list(covering(outcome, forms))) for outcome in together])
        for option, together in groupby(outcomes[part.start : part.stop], lambda outcome: outcome.option)
    ]
    return render(
        "plans/plan.html",
        shown=shown,
        groups=groups,
        part=part,
        forms=forms,
        criteria=[*every(criteria_page, CriteriaListIn, plan_id=str(plan_id))],
        others=others(shown),
        most=MOST_LISTED,
        came=shown.history[0].at,
        brought=shown.who(shown.done(PlanImported)),
        approved_by=shown.who(shown.done(PlanApproved)),
        attribution=ATTRIBUTION,
        **offered(shown),
    )


def offered(shown: ShownPlan) -> dict[str, object]:
    """Return which acts the rules would let the person at the page do to an edition, and why they may not approve."""
    return {
        "rules": bool(shown.waiting) and may_rule(shown, shown.waiting[0]) is None,
        "writes": may_write(shown.plan_id) is None,
        "begins": may_begin(shown) is None,
        "why_not": refusal_of(ApprovePlan(plan_id=shown.plan_id)),
    }


def may_rule(shown: ShownPlan, number: int) -> Rejected | None:
    """Return why the person at the page may not rule on an oddity now, None if they may."""
    return refusal_of(RuleOnDefect(plan_id=shown.plan_id, warning=number - 1, reading=TYPED, reason=TYPED))


def forms_of(shown: ShownPlan) -> dict[UUID, Form]:
    """Return the forms that were begun for an edition."""
    found = every(forms_page, FormsIn, plan_id=str(shown.plan_id))
    return {row["form_id"]: shown.sight.session.state(FORM, row["form_id"]) for row in found}


def covering(outcome: Outcome, forms: dict[UUID, Form]) -> Iterator[Covering]:
    """Yield which components of approved forms cover which codes of an outcome, once where several do alike."""
    printed = {mapping.code for mapping in outcome.codes}
    titles: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for form in forms.values():
        serves = form.proof and outcome.option in (None, *form.routes)
        for component in form.components if serves else ():
            if codes := sorted(printed & component.codes, key=code_order):
                titles[component.name, tuple(codes)].append(form.title)
    for (name, codes_covered), forms_with_it in titles.items():
        yield Covering(name, list(codes_covered), forms_with_it)


def others(shown: ShownPlan) -> list[ShownPlan]:
    """Return the other texts of the same plan, whatever their version."""
    found = every(plans_page, PlansIn, reference=shown.plan.reference)
    return [plan_of(row["plan_id"]) for row in found if row["plan_id"] != shown.plan_id]
