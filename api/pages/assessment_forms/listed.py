"""Forms listed: every assessment form that was begun, for which plan and routes, where it stands and since when."""

from api.fields import Id
from api.forms import FormsIn, forms_page
from api.pages.assessment_forms.shown import form_of
from api.pages.common import asked, fresh, pages, render
from api.pages.plans.listed import rows_asked
from api.pages.plans.shown import plan_named


@pages.get("/forms")
def forms_list() -> str:
    """Show the forms by title, those for one plan if the address names one."""
    fresh()
    plan_id = asked("plan", Id())
    found, following = rows_asked(FormsIn, forms_page, ".forms_list", plan_id=str(plan_id or ""))
    return render(
        "assessment_forms/listed.html",
        rows=[form_of(row["form_id"]) for row in found],
        following=following,
        plan=plan_named(plan_id) if plan_id else "",
    )
