"""Form: its components with what each states, what it still lacks, and what may be done with it."""

from uuid import UUID

from api.judging import TYPED, refusal_of
from api.pages.assessment_forms.shown import ShownForm, form_of
from api.pages.common import fresh, pages, render
from api.pages.plans.parts import part_asked
from portfolio.domain.form import AddComponent, ApproveForm, Component
from portfolio.domain.kernel import Rejected

COMPONENT, CODE = 1_600, 6
"""About how many bytes of a page a component takes, and each of its codes."""


@pages.get("/forms/<uuid:form_id>")
def form(form_id: UUID) -> str:
    """Show one form."""
    fresh()
    shown = form_of(form_id)
    components = shown.sight.state.components
    part = part_asked([COMPONENT + CODE * len(each.codes) for each in components])
    return render(
        "assessment_forms/form.html",
        shown=shown,
        components=components[part.start : part.stop],
        part=part,
        begun_by=shown.who(shown.history[0]),
        approved_by=shown.who(shown.approval),
        why_not=refusal_of(ApproveForm(form_id=form_id)),
        adds=may_add(shown) is None,
    )


def may_add(shown: ShownForm) -> Rejected | None:
    """Return why the person at the page may not add a component now, None if they may add some."""
    method = methods_of(shown)[0] if methods_of(shown) else TYPED
    component = Component(key=TYPED, name=TYPED, method=method, codes=frozenset())
    return refusal_of(AddComponent(form_id=shown.form_id, component=component))


def methods_of(shown: ShownForm) -> list[str]:
    """Return the methods that the plan allows, as it prints them."""
    methods = shown.plan.methods
    return list(dict.fromkeys([*(method.name for method in methods.required), *methods.choose_from]))
