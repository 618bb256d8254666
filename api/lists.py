"""Lists: what every list may be asked, and its pages; a page says where it ended, and the next one reads on from there.

A place is what the last item shown was sorted by, never a number of items: what comes or goes meanwhile moves nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args
from uuid import UUID

import msgspec
from marshmallow import ValidationError, fields, validate, validates_schema

from api.fields import PLACE, Cursor, Text
from api.schemas import LONGEST_PAGE, ExportIn
from api.services import caller, services, today
from api.shapes import fields_of
from portfolio.domain import permissions
from portfolio.domain.kernel import Value
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import THE_APPRENTICE, Relation, Word
from projections.enrolment_list import DECLARED, filed
from projections.machinery.listing import Found, Listing, Order, Place, Way, folded, sorted_as

V = TypeVar("V", bound=Value)
R = TypeVar("R")

NAMES: tuple[str, ...] = ("name", "-name")
RECORDED: tuple[str, ...] = ("recorded", "-recorded")
RELATIONS: frozenset[Word] = frozenset(get_args(Relation))
"""What somebody can be to a record, other than by a role."""
AS_SORTED: Any = Annotated[str, msgspec.Meta(pattern="^[^\\x00]*$")]


class Search(Text):
    """Words to look for; each begins a word of the name, whatever its accents and case."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if not folded(text):
            raise ValidationError("Holds no letter and no digit to look for.")
        return text


class ListIn(ExportIn):
    """Query of a list; ``list_in`` adds what it can be sorted and filtered by."""

    cursor = Cursor(Literal[*NAMES, *RECORDED], AS_SORTED | PLACE, UUID, load_default=None)  # type: ignore[arg-type]  # a type for msgspec

    @validates_schema
    def check_cursor(self, query: dict[str, Any], **_: Any) -> None:
        """Refuse the cursor of another order."""
        cursor = query.get("cursor")
        if cursor and (cursor[0] != query.get("sort") or isinstance(cursor[1], str) != (cursor[0] in NAMES)):
            raise ValidationError(Cursor.fault, "cursor")


def list_in(
    name: str, sorts: Sequence[str] = RECORDED, *, search: str = "", **filters: fields.Field[Any]
) -> type[ListIn]:
    """Return the query of a list: its sorts, the first by default, and its filters; ``search`` says in what."""
    asked: dict[str, Any] = {
        "sort": fields.String(
            load_default=sorts[0], validate=validate.OneOf(sorts), metadata={"description": '"-": the other way.'}
        ),
        **filters,
    }
    if search:
        asked["search"] = Search(load_default=None, metadata={"description": f"Beginnings of words of {search}."})
    return type(name, (ListIn,), {"__doc__": "Query of a list: filters that are given must all hold.", **asked})


def order_of(query: Mapping[str, Any]) -> Order:
    """Return what a list is sorted by."""
    return "name" if query["sort"] in NAMES else "recorded"


def words_of(query: Mapping[str, Any], *filters: str) -> list[str]:
    """Return the words under which is filed what these filters of a query ask for."""
    return [f"{name}={query[name]}" for name in filters if query[name] is not None]


def listed(
    query: Mapping[str, Any],
    listing: Listing[V],
    shown: Callable[[list[Found[V]]], Iterable[tuple[Found[V], R]]],
    **asked: Any,
) -> dict[str, Any]:
    """Return a page of a listing: rows ``shown`` of those found, which may leave some out; it never comes short for it.

    ``next`` is the place of the last row that is shown, and tells of no other.
    """
    rows, wanted = list[tuple[Place, R]](), query["limit"] + 1
    after: Place | None = query["cursor"][1:] if query["cursor"] else None
    while len(rows) < wanted:
        found = listing.find(
            services().reads,
            today(),
            search=query.get("search") or "",
            order=order_of(query),
            backwards=query["sort"].startswith("-"),
            after=after,
            limit=wanted,
            **asked,
        )
        rows += [(each.place, row) for each, row in shown(found)]
        if len(found) < wanted:
            break
        after = found[-1].place
    return page_from(rows, query)


def cards_shown(key: str) -> Callable[[list[Found[V]]], Iterable[tuple[Found[V], dict[str, Any]]]]:
    """Return what shows every item as its card says, with its id under ``key``."""
    return lambda found: ((each, {key: each.item, **fields_of(each.card)}) for each in found)


def read_whole(
    rows: Iterable[dict[str, Any]], query: Mapping[str, Any], key: str, *filters: str, name: str = ""
) -> dict[str, Any]:
    """Return a page of a list so short that it is read whole: of all its rows, each with its ``position``.

    ``key`` is the field of a row's id, ``name`` the one that it is sorted and searched by.
    """
    words = folded(query.get("search") or "").split()

    def matches(row: dict[str, Any]) -> bool:
        own = folded(row[name]).split() if words else []
        return all(query[each] in (None, row[each]) for each in filters) and all(
            any(each.startswith(word) for each in own) for word in words
        )

    def standing_at(row: dict[str, Any]) -> Place:
        return sorted_as(row[name]) if order_of(query) == "name" else row["position"], row[key]

    backwards = query["sort"].startswith("-")
    after = query["cursor"][1:] if query["cursor"] else None
    ordered = sorted(
        ((standing_at(row), row) for row in rows if matches(row)), key=lambda each: each[0], reverse=backwards
    )
    left = [each for each in ordered if after is None or (each[0] < after if backwards else each[0] > after)]
    return page_from(left, query)


def page_from(rows: Sequence[tuple[Place, Any]], query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that rows begin with, of which there is one more if there is a next."""
    limit = query["limit"]
    following = (query["sort"], *rows[limit - 1][0]) if len(rows) > limit else None
    return {"items": [row for _, row in rows[:limit]], "next": following}


def every(list_: Callable[[dict[str, Any]], dict[str, Any]], schema: type[ListIn], **asked: Any) -> Iterator[Any]:
    """Yield every item of a list, page by page."""
    query = schema().load(asked)
    while True:
        answer = list_({**query, "limit": LONGEST_PAGE})
        yield from answer["items"]
        if answer["next"] is None:
            return
        query["cursor"] = answer["next"]


def seen_by(person: Person, aggregate: str, held: frozenset[Word], *, hides: bool) -> list[Way]:
    """Return the ways by which the caller finds what they may see of these records: by a role, every one.

    ``held`` are the words that hold for the caller towards whatever record; of what they are to one, what they keep.
    ``hides``: more is asked than whose the record is. Nothing is found by what is not shown: whoever has not said yet
    what they are to an apprentice, where their part asks it, could tell from it.
    """
    row = permissions.SEES[aggregate]
    parts = person.keeps(row.any_of & RELATIONS)
    found: dict[str, Way] = (
        {"": ()} if permissions.may(row, held) else {part: (filed(part, caller()),) for part in sorted(parts)}
    )
    own, declared = filed(THE_APPRENTICE, caller()), filed(DECLARED, caller())
    ways = list[Way]()
    for part, way in found.items():
        asks = hides and permissions.DECLARE_FIRST & {part, *held}
        ways += [(*way, declared), (*way, own)] if asks else [way]
    return ways
