"""Acts: what one person did, in whatever record, for those who may ask; the oldest first, from a day on."""

from functools import cache
from typing import Any
from uuid import UUID

from flask import request, url_for

from api.fields import Cursor, Day, Moment
from api.pages.common import as_day, asked, fresh, pages, render
from api.pages.forms import query_of
from api.pages.plain import Plain
from api.pages.record import begins, by_day, kind_called
from api.reads import see
from api.services import services
from api.trail import ActsIn
from api.whole_trails import acts_page
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import tag_of
from portfolio.domain.person import PERSON

A_PAGE = 100


@pages.get("/people/<uuid:person_id>/acts")
def trail_of_person(person_id: UUID) -> str:
    """Show a page of what a person did, from a day on, of one kind if that is asked for."""
    fresh()
    sight = see(PERSON, person_id, ask="acts of a person")
    since, place = asked("since", Day()), request.args.get("place", "")
    begin = begins(since)
    narrowed = {
        **({"kind": kind} if (kind := request.args.get("kind")) else {}),
        **({"since": Moment().write(begin)} if begin else {}),
    }
    query = query_of(ActsIn, {**narrowed, **({"cursor": place} if place else {}), "limit": str(A_PAGE)})
    page = acts_page(query, person_id)
    address: dict[str, Any] = {"person_id": person_id, "kind": query["kind"], "since": since}

    session = services().session()

    @cache
    def plain_of(kind: str, stream: UUID) -> Plain:
        """Return how all is called in the enrolment that a record is about."""
        return Plain.about(session, kind, stream)

    def told_plainly(row: dict[str, Any]) -> dict[str, Any]:
        """Return what is told, in the words of its enrolment."""
        return {**row, "sentence": plain_of(row["kind"], row["stream"])(row["sentence"])}

    def told(text: str, name: str) -> dict[str, str]:
        """Return what is chosen, with the address of the page without it."""
        return {"text": text, "href": url_for(".trail_of_person", **{**address, name: None})}

    return render(
        "people/trail.html",
        person_id=person_id,
        name=sight.state.name,
        days=by_day([told_plainly(row) for row in page["items"]], Plain({}, {})),
        kinds=sorted(((tag_of(fact), kind_called(tag_of(fact))) for fact in FACTS), key=lambda each: each[1]),
        kind=query["kind"],
        since=since,
        chosen=[
            *([told(kind_called(query["kind"]), "kind")] if query["kind"] else []),
            *([told(f"from {as_day(since)}", "since")] if since else []),
        ],
        export={"person_id": person_id, **narrowed},
        first=url_for(".trail_of_person", **address) if place else "",
        following=url_for(".trail_of_person", **address, place=Cursor().write(page["next"])) if page["next"] else "",
    )
