"""Notices: what the caller is told of what concerns them, with why they are told; the same is sent to them by mail."""

from typing import Any, NamedTuple, get_args
from uuid import UUID

from marshmallow import fields

from api.blueprint import Blueprint
from api.fields import PLACE, Cursor, Id, Moment, Position
from api.reads import may_ask, named_if_unread, wait_for
from api.schemas import PageIn, PageOut, Schema
from api.services import caller, services, today
from api.shapes import word
from portfolio.application.notices import Notice, NoticeKind, told_as
from portfolio.domain.kernel import NOBODY, State, changed
from portfolio.domain.vocabulary import Role
from projections.notices import notices

MOST_LOOKED_AT = 500
"""So many are looked at for one page: of what somebody may not be told any more, there can be many."""

of_the_caller = Blueprint("notices", "What you are told of what concerns you, on your page and by mail.")


class NoticesIn(PageIn):
    """Query of what you are told."""

    cursor = Cursor(PLACE, load_default=None)


class NoticeOut(Schema):
    """One thing that you are told of: ``page`` is the path of the page that it leads to, below the service's root."""

    position = Position(required=True)
    at = Moment(required=True)
    kind = word(NoticeKind, required=True)
    says = fields.String(required=True)
    because = fields.String(required=True)
    enrolment_id = Id(required=True)
    record = Id(required=True)
    page = fields.String(required=True)


class NoticesOut(PageOut):
    """What you are told, the newest first; a page may be short of ``limit`` although there is a next one."""

    items = fields.List(fields.Nested(NoticeOut), required=True)


class ToldOf(NamedTuple):
    """Notices that may be told, the newest first, and before which position the next page goes on, None on the last."""

    notices: list[Notice]
    before: int | None


@of_the_caller.get("")
@of_the_caller.arguments(NoticesIn, location="query")
@of_the_caller.response(200, NoticesOut)
def list_notices(query: dict[str, Any]) -> dict[str, Any]:
    """List what you are told, the newest first: what concerned you when it happened, and that you may see now."""
    wait_for(query["after"])
    found = told_of(query["cursor"][0] if query["cursor"] else None, query["limit"])
    return {
        "items": [shown(notice) for notice in found.notices],
        "next": None if found.before is None else (found.before,),
    }


def shown(notice: Notice) -> dict[str, Any]:
    """Return a notice as it is answered."""
    return {
        "position": notice.position,
        "at": notice.at,
        "kind": notice.kind,
        "says": notice.says(),
        "because": notice.because(),
        "enrolment_id": notice.enrolment_id,
        "record": notice.record,
        "page": notice.page(),
    }


def told_of(before: int | None, limit: int) -> ToldOf:
    """Return up to ``limit`` notices that the caller may be told of, before a position; 403 if nothing is told to them.

    That something waits for a declaration is told once for each apprenticeship.
    """
    may_ask("me")
    session = services().session()
    roles = sorted(session.held(caller(), NOBODY, State(), NOBODY, today()) & frozenset(get_args(Role)))
    told, waiting, looked_at = list[Notice](), set[UUID](), 0
    while looked_at < MOST_LOOKED_AT:
        found = notices(services().reads, caller(), roles, today(), before=before, limit=limit + 1)
        if not found:
            return ToldOf(told, None)
        for notice in found:
            if len(told) == limit:
                return ToldOf(told, before)
            before, looked_at = notice.position, looked_at + 1
            with named_if_unread():
                kind = told_as(session, caller(), notice, today())
                if kind is not None and (kind != "interest" or notice.enrolment_id not in waiting):
                    told.append(changed(notice, kind=kind))
                    waiting |= {notice.enrolment_id} if kind == "interest" else set()
    return ToldOf(told, before)
