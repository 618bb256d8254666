"""Search: apprentices by name, among the enrolments that the person at the page may see."""

from flask import request, url_for

from api.enrolment_list import EnrolmentsIn, enrolments_page
from api.fields import Cursor
from api.pages.common import fresh, pages, render
from api.pages.forms import query_of

ROWS = "25"
"""Apprentices on a page."""


@pages.get("/search")
def search() -> str:
    """Show the apprentices whose name begins with the words looked for, all of them if none are."""
    fresh()
    name = request.args.get("name", "").strip()
    asked = {"sort": "name", "limit": ROWS, "search": name, "cursor": request.args.get("place", "")}
    page = enrolments_page(query_of(EnrolmentsIn, asked))
    following = url_for(".search", name=name, place=Cursor().write(page["next"])) if page["next"] else ""
    return render("search.html", name=name, rows=page["items"], following=following)
