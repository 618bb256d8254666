"""Changes: what happened to the records that the caller may see, in order, for systems that follow them."""

from functools import cached_property
from time import monotonic
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from api.asked import note
from api.auth import caller_of_request
from api.blueprint import Blueprint
from api.errors import CursorOutlived, FieldsNotValid
from api.fields import PLACE, Cursor, Position
from api.reads import may_ask
from api.schemas import LONGEST_PAGE, PageOut, Schema
from api.services import caller, services, today
from api.shapes import OneOf, extended, word_of
from portfolio.domain.events import KINDS
from projections.changes import FOLLOWED, Changes
from projections.changes import changes as changes_after

changes = Blueprint("changes", "What happened to the records that you may see, in order, for systems that follow them.")

LONGEST_WAIT = 25
"""Seconds that a request waits for something to happen."""
SLICE_SECONDS = 1.0
"""How often who waits looks whether the service ends."""
KNOWN_BY = 16
"""Characters of a fact's mark by which a cursor knows it again."""
TABLES = tuple(view.table for view in FOLLOWED)


class Since(Cursor):
    """Where to read on: the ``next`` of an answer, or a position."""

    fault = "Neither the `next` of an answer of this address nor a position such as 1042."

    def __init__(self, **options: Any) -> None:
        super().__init__(PLACE, str, **options)

    def read(self, text: str) -> tuple[int, str]:
        """Return the position, and by what its fact is known again, empty for a bare position."""
        if text.isdigit():
            return Position().deserialize(text), ""
        position, known_by = super().read(text)
        return position, known_by


class EventOf(OneOf):
    """One event, told apart by its ``type``."""

    @cached_property
    def _shapes(self) -> dict[str, type[Schema]]:
        return {
            word_of(kind): extended(kind, tag=self.tag, name=f"{kind.__name__}Event", position=Position(required=True))
            for kind in KINDS
        }

    def schemas(self) -> dict[str, type[Schema]]:
        """Return the shape of each type of event by its name."""
        return self._shapes


class ChangesIn(Schema):
    """Query of the changes; without ``after`` they are read from the beginning of the record."""

    after = Since(
        load_default=None,
        metadata={"description": "The `next` of the last answer, or a position: what came after it is answered."},
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, LONGEST_PAGE))
    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Seconds to wait for something to happen, if there is nothing yet."},
    )


class ChangesOut(PageOut):
    """Events, oldest first. Send ``next``, which there always is, as ``after``: nothing is left out between the two."""

    next = Since(required=True)
    items = fields.List(EventOf(KINDS), required=True)


@changes.get("")
@changes.arguments(ChangesIn, location="query")
@changes.response(200, ChangesOut)
@changes.alt_response(410, "GONE")
@changes.alt_response(422, "UNPROCESSABLE_ENTITY")
@changes.alt_response(429, "TOO_MANY_REQUESTS")
def list_changes(query: dict[str, Any]) -> dict[str, Any]:
    """List what happened after a place to what you may see, waiting up to 25 seconds if nothing has yet.

    Events are kept as long as the record itself. What you may see is asked at each request: what you lose the right to
    see is told you no more from the next one on, and what you gain, from where you are then.
    """
    may_ask("changes")
    position, known_by = query["after"] or (0, "")
    check_there(position, known_by)
    found = _find(caller(), position, query["limit"])
    if not found.events and query["wait"]:
        with services().waits.place(caller()):
            found = _wait(caller(), found, query["limit"], monotonic() + query["wait"])
    for fact in found.unread:
        note(f"{fact.in_words()} cannot be read: this is shown without it")
    return {"items": found.events, "next": (found.reached, known_as(found.reached))}


def check_there(position: int, known_by: str) -> None:
    """Refuse a position that the log does not have, and a cursor whose fact is not the one at its position."""
    if position > services().journal.head():
        raise (
            CursorOutlived
            if known_by
            else FieldsNotValid(
                "after: nothing is recorded there yet: send the `next` of your last answer, or leave it out."
            )
        )
    if known_by and known_as(position) != known_by:
        raise CursorOutlived


def known_as(position: int) -> str:
    """Return by what the fact at a position is known again, empty where there is none."""
    return next((mark.partition(":")[2][:KNOWN_BY] for mark in services().journal.marks([position])), "")


def _find(by: UUID, after: int, limit: int) -> Changes:
    session = services().session()
    session.check_not_shut_out(by)
    return changes_after(services().reads, services().journal, session, by, today(), after=after, limit=limit)


def _wait(by: UUID, found: Changes, limit: int, until: float) -> Changes:
    """Look again whenever the views go on, as who the caller is then, until something is found or time is up.

    What ended meanwhile, such as a session, a program's key or one of its rows, ends the wait with a refusal.
    """
    while not found.events and not services().waits.ended.is_set() and (left := until - monotonic()) > 0:
        if services().views.wait_for(found.reached + 1, min(left, SLICE_SECONDS), TABLES, patient=True):
            services().journal.moves.look_again()
            caller_of_request()
            may_ask("changes")
            found = _find(by, found.reached, limit)
    return found
