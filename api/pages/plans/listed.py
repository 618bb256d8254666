"""Plans listed: every text of a published plan there is, where it stands and since when."""

from typing import Any

from flask import request, url_for

from api.fields import Cursor
from api.judging import refusal_of
from api.pages.common import fresh, pages, render
from api.pages.forms import query_of
from api.pages.plans.shown import plan_of
from api.plans import PlansIn, plans_page
from api.schemas import Schema
from portfolio.domain.kernel import NOBODY
from portfolio.domain.plan import ImportPlan
from portfolio.plan_reader.text import PlanUnreadable

ROWS = "25"
"""Rows on a page of a list."""


@pages.get("/plans")
def plans() -> str:
    """Show the list of plans, by reference and version, the newest text of a version first."""
    fresh()
    found, following = rows_asked(PlansIn, plans_page, ".plans")
    return render(
        "plans/listed.html",
        rows=[plan_of(row["plan_id"]) for row in found],
        following=following,
        brings=may_bring_in(),
    )


def rows_asked(schema: type[Schema], page: Any, endpoint: str, **asked: str) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of the page of a list that the address asks for, and the address of the next, empty if none."""
    query = {"limit": ROWS, "cursor": request.args.get("place", ""), **asked}
    found = page(query_of(schema, query))
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in ("place", "after")}
    return found["items"], url_for(endpoint, **kept, place=Cursor().write(found["next"])) if found["next"] else ""


def may_bring_in() -> bool:
    """Tell whether the person at the page may bring in a plan: nothing is in the way but that there is no text yet."""
    return isinstance(refusal_of(ImportPlan(plan_id=NOBODY, text="")), PlanUnreadable)
