"""Criteria listed: every version that was written, for which plan, where it stands and since when."""

from api.criteria import CriteriaListIn, criteria_page
from api.fields import Id
from api.pages.common import asked, fresh, pages, render
from api.pages.criteria.shown import criteria_of
from api.pages.plans.listed import rows_asked
from api.pages.plans.shown import plan_named


@pages.get("/criteria")
def criteria_list() -> str:
    """Show the versions of criteria by title, those for one plan if the address names one."""
    fresh()
    plan_id = asked("plan", Id())
    found, following = rows_asked(CriteriaListIn, criteria_page, ".criteria_list", plan_id=str(plan_id or ""))
    return render(
        "criteria/listed.html",
        rows=[criteria_of(row["criteria_id"]) for row in found],
        following=following,
        plan=plan_named(plan_id) if plan_id else "",
    )
