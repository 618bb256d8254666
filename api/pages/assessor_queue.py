"""The assessor's queue: what waits for the person at the page, counted, narrowed, and one after the other."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request, url_for

from api.assessor_queue import AssessorQueueIn
from api.fields import Cursor
from api.in_order import Queue, Spot
from api.pages.common import fresh, pages, render
from api.pages.forms import query_of
from api.reads import may_ask
from api.services import caller, services, today
from api.waiting import NARROWED, Row
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, State
from projections.assessor_queue import WaitingEvidence, place_of

ROWS = 25
"""Rows of a page."""
SORTED = {
    "recorded": "Oldest first",
    "-recorded": "Newest first",
    "name": "By apprentice, A to Z",
    "-name": "By apprentice, Z to A",
}
FILTERS = {
    "apprentice": "Apprentice",
    "kind": "Kind",
    "outcome": "Outcome",
    "component": "Component",
    "age": "Waiting for",
}


class InQueue(NamedTuple):
    """Where a piece of work stands in a queue: ``number`` of ``total``, 0 if it waits no more.

    ``previous`` and ``following`` lead to the pieces beside it, empty where there is none; ``back`` to the queue, and
    ``query`` is what its address carries on.
    """

    number: int
    total: int
    previous: str
    following: str
    back: str
    query: str


@pages.get("/queue")
def queue() -> str:
    """Show a page of what waits for this person, as the filters in the address narrow it."""
    fresh()
    may_ask("queue: assessor")
    narrowed: dict[str, Any] = {name: value for name, value in request.args.items() if name not in ("after", "place")}
    asked = {**narrowed, **({"cursor": request.args["place"]} if request.args.get("place") else {})}
    waiting = Queue(loaded(asked))
    page = waiting.page_asked_for()
    return render(
        "assessor_queue.html",
        rows=[row_shown(waiting, row, urlencode(narrowed) or "sort=recorded") for row in page["items"]],
        total=page["total"],
        whole=sum(waiting.whole.values()) + len(waiting.open_ones),
        undeclared=waiting.undeclared,
        filters=[filter_shown(waiting, name) for name in NARROWED],
        kinds=[
            {
                "text": waiting.called("kind", kind),
                "number": number,
                "href": url_for(".queue", **{**narrowed, "kind": kind}),
            }
            for kind, number in waiting.choices["kind"]
        ],
        chosen=chosen(waiting, narrowed),
        sort=waiting.query["sort"],
        sorts=SORTED,
        first=url_for(".queue", **narrowed) if request.args.get("place") else "",
        following=url_for(".queue", **narrowed, place=Cursor().write(page["next"])) if page["next"] else "",
    )


def loaded(asked: dict[str, str]) -> dict[str, Any]:
    """Return a query of the queue as the API reads it."""
    return query_of(AssessorQueueIn, {**asked, "limit": str(ROWS)})


def filter_shown(waiting: Queue, name: str) -> dict[str, Any]:
    """Return a filter as the form shows it: its values with how much waits under each."""
    values = [(str(value), f"{waiting.called(name, value)} ({number})") for value, number in waiting.choices[name]]
    return {"name": name, "label": FILTERS[name], "values": values, "now": waiting.query[name]}


def chosen(waiting: Queue, narrowed: dict[str, Any]) -> list[dict[str, str]]:
    """Return the filters that are chosen, each with the address of the queue without it."""
    return [
        {
            "text": f"{FILTERS[name]}: {waiting.called(name, waiting.query[name])}",
            "href": url_for(".queue", **{other: value for other, value in narrowed.items() if other != name}),
        }
        for name in NARROWED
        if waiting.query[name] is not None
    ]


def row_shown(waiting: Queue, row: dict[str, Any], query: str) -> dict[str, Any]:
    """Return a row of the page (``WaitingOut``): where it leads, and what it says."""
    if not row["declared"]:
        return {**row, "href": url_for(".interests"), "what": "", "shows": []}
    if row["waits"] == "evidence":
        href = url_for(".item", evidence_id=row["evidence_id"], version=row["version"], queue=query)
        return {**row, "href": href, "what": row["kind"] or "file", "shows": row["claims"]}
    judged = len(row["codes"]) - len(row["missing"])
    answers = row["waits"] == "confirmation"
    asks = "your confirmation" if answers else f"{judged} of {len(row['codes'])} judged by you"
    decided = {"decision_id": row["decision_id"]} if answers else {}
    return {
        **row,
        "href": url_for(".second_answer" if answers else ".attempt", assessment_id=row["assessment_id"], **decided),
        "title": f"{waiting.called('component', row['component'])}, attempt {row['number']}",
        "what": {"attempt": "attempt to decide", "confirmation": "decision to confirm"}[row["waits"]],
        "asks": asks,
        "shows": [],
    }


def in_queue(evidence_id: UUID, version: int) -> InQueue | None:
    """Return where a version stands in the queue that the address or the form names (``queue``), None for no queue."""
    found = _asked(evidence_id, version)
    if found is None:
        return None
    waiting, spot, query = found
    holds, after = waiting.from_here(spot)
    previous, following = (address(waiting, row, query) if row else "" for row in (waiting.just_before(spot), after))
    number = waiting.before(spot) + 1 if holds else 0
    return InQueue(number, waiting.total, previous, following, back(query), query)


def next_in_queue(evidence_id: UUID, version: int) -> str:
    """Return the address of what comes after a version in the queue that the form names; of the queue after the last.

    Empty where the form names none.
    """
    found = _asked(evidence_id, version)
    if found is None:
        return ""
    waiting, spot, query = found
    _, row = waiting.from_here(spot)
    return address(waiting, row, query) if row else back(query)


def _asked(evidence_id: UUID, version: int) -> tuple[Queue, Spot, str] | None:
    """Return the queue that is named, and where the version stands or stood in it."""
    query = request.values.get("queue", "")
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    place = place_of(services().reads, evidence_id, version)
    if not (query and place and permissions.may(permissions.READS["queue: assessor"], held)):
        return None
    waiting = Queue(loaded(dict(parse_qsl(query))))
    position, enrolment_id = place
    if enrolment_id not in waiting.cards:
        return None
    return waiting, (waiting.spot_name(enrolment_id), position), query


def address(waiting: Queue, row: Row, query: str) -> str:
    """Return where a row of a queue is worked on: first of all one says what one is to its apprentice."""
    if waiting.cards[row.enrolment_id].enrolment.apprentice not in waiting.declared:
        return url_for(".interests")
    if isinstance(row, WaitingEvidence):
        return url_for(".item", evidence_id=row.evidence_id, version=row.version, queue=query)
    return url_for(".attempt", assessment_id=row.assessment_id)


def back(query: str) -> str:
    """Return the address of a queue."""
    asked: dict[str, Any] = dict(parse_qsl(query))
    return url_for(".queue", **asked)
