"""Interests: the form with which people say what they are to apprentices, shown at every door that it opens."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response as Answer
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from api.enrolment_list import to_declare
from api.enrolments import outline
from api.errors import FieldsNotValid, problem, status_of, wants_page
from api.ids import new_id
from api.pages.common import fresh, here, pages, posted, render
from api.pages.forms import form, run, shown_again
from api.people import InterestIn
from api.reads import see_each
from api.services import caller, services
from api.trail import name_of
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.interests import DeclareInterest, InterestNotDeclared

ONE = {"evidence": "piece of evidence", "attempts": "attempt", "appeals": "appeal"}
MOST_SHOWN = 500
"""Apprentices whom one declaration may be about."""


@pages.get("/interests")
def interests() -> str:
    """Show the apprentices to whom the person at the page still has to say what they are."""
    fresh()
    return declaring([row["enrolment_id"] for row in to_declare(MOST_SHOWN)], url_for(".home"))


def declaring(enrolments: Sequence[UUID], back: str, apprentices: Sequence[UUID] = ()) -> str:
    """Return the page with the form, for the apprentices of these enrolments; it leads ``back`` to where one was.

    Of ``apprentices`` beside them, of whose enrolments nothing may be seen, no more than the name is shown.
    """
    rows: list[dict[str, Any]] = [outline(sight) for sight in see_each(ENROLMENT, enrolments)]
    session, outlined = services().session(), {row["apprentice"] for row in rows}
    rows += [{"apprentice": each, "name": name_of(session, each)} for each in apprentices if each not in outlined]
    return render("interests.html", rows=rows, back=posted().get("back", back), key=new_id(), schema=InterestIn)


@pages.app_template_global()
def outline_of(row: dict[str, Any]) -> str:
    """Return what is told of an apprentice before an interest is declared: their route, and how much there is."""
    counted = {"evidence": "pieces of evidence", "attempts": "attempts", "appeals": "appeals"}
    parts = [
        f"{row[name]} {many if row[name] != 1 else ONE[name]}"
        for name, many in counted.items()
        if row.get(name) is not None
    ]
    return (
        ", ".join([*([f"route {row['route']}"] if row.get("route") else []), *parts]) or "no more is shown to you yet"
    )


@pages.post("/interests")
@shown_again(interests)
def declare_interests() -> Response:
    """Keep what the person at the page says to be to each apprentice they chose."""
    declared = form(InterestIn, only=("also", "interest", "detail"))
    if not declared["also"]:
        raise FieldsNotValid("Apprentices: choose whom you declare it for.")
    done = run(DeclareInterest(person_id=caller(), apprentice=min(declared["also"]), **declared))
    return redirect(f"{own_page(request.form.get('back', ''))}?after={done.position}", 303)


def own_page(address: str) -> str:
    """Return the address if it is one of our pages, else the start page's."""
    home = url_for(".home")
    return address if re.fullmatch(rf"{re.escape(home)}([\w-]+(/[\w-]+)*)?", address, re.ASCII) else home


@pages.app_errorhandler(InterestNotDeclared)
def ask_first(refusal: InterestNotDeclared) -> Answer:
    """Answer a closed door with the form that opens it; a program gets the problem."""
    if not wants_page():
        return problem(refusal)
    back = here() if request.method == "GET" else url_for("pages.home")
    enrolments, apprentices = (list(map(UUID, refusal.members[each])) for each in ("enrolments", "apprentices"))
    page = declaring(enrolments, back, apprentices)
    return Answer(page, status_of(type(refusal)), content_type="text/html; charset=utf-8")
