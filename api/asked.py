"""Asked: the projected rows as one request asks for them, which says what its answer lacks.

A question waits for the views it asks and for no others. A view that stands still, or is being made, still answers
what it shows; the answer then says how far that goes, and whoever asked for what came after is told to come again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from flask import Response, g, has_request_context
from msgspec import json

from portfolio.application.ports import Busy, FactUnreadable
from portfolio.domain.kernel import NOBODY
from projections.machinery.trouble import SetAside

LONGEST_WAIT = 2.0
"""Seconds a read waits for the views it asks to reach the position it was asked for."""


LACKS = "Only where something is missing: what cannot be read now, or is not shown yet, a sentence each."


class NotThereYet(Busy):
    """This page does not show that position yet: ask again in a moment."""


class ViewStandsStill(Busy):
    """What this page is made of stands still, so it cannot show that position now: tell the operator."""


class Views(Protocol):
    """The projected rows, and how it stands with them."""

    @property
    def aside(self) -> Collection[SetAside]:
        """Return the facts that the rows lack."""

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question."""

    def tables_in(self, sql: str) -> frozenset[str]:
        """Return the views that a question asks."""

    def standing(self, tables: Collection[str]) -> Mapping[str, int]:
        """Return which of these views stand still or are being made, by name, and how far they have come."""

    def wait_for(self, position: int, timeout: float, tables: Collection[str] = (), *, patient: bool = False) -> bool:
        """Wait up to ``timeout`` seconds for these views (all if none is named) to show ``position``; tell whether."""


class Asked:
    """The rows, as a request asks for them (``Reads``)."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question; raise ``NotThereYet`` or ``ViewStandsStill`` for a position asked for."""
        if has_request_context():
            tables = self._views.tables_in(sql)
            standing = self._views.standing(tables)
            after: int | None = g.get("after")
            if after is not None and not self._views.wait_for(after, 0 if standing else LONGEST_WAIT, tables):
                raise ViewStandsStill("; ".join(lacks(standing)) + ".") if standing else NotThereYet
            for sentence in lacks(standing):
                note(sentence)
            for fact in self._views.aside:
                if parameters.get("enrolment_id", fact.enrolment_id) in (fact.enrolment_id, fact.stream, NOBODY):
                    note(f"{fact.in_words()} cannot be read, and what it says may be missing here")
        return self._views.query(sql, **parameters)


def lacks(standing: Mapping[str, int]) -> Iterator[str]:
    """Yield what is said of views that stand still."""
    return (f"{name} shows nothing that was recorded after fact {position}" for name, position in standing.items())


def unread() -> dict[UUID, FactUnreadable]:
    """Return what this request could not read of the records it shows, by stream."""
    faults: dict[UUID, FactUnreadable] = g.setdefault("unread", {})
    return faults


def note(sentence: str) -> None:
    """Let the answer to this request say what it lacks."""
    g.setdefault("lacks", {})[sentence] = None


def lacking() -> list[str]:
    """Return what the answer to this request lacks, a sentence each."""
    of_records = [
        f"{fact.in_words()} cannot be read: this is shown without it"
        for fault in g.get("unread", {}).values()
        for fact in fault.unread
    ]
    return [f"{each[:1].upper()}{each[1:]}." for each in dict.fromkeys([*of_records, *g.get("lacks", ())])]


def say(answer: Response) -> Response:
    """Let a JSON object say in the member ``lacks`` what it lacks; pages do so above their content."""
    told = answer.status_code == 200 and answer.mimetype == "application/json" and not answer.is_streamed
    if told and (sentences := lacking()):
        body = json.decode(answer.get_data())
        if isinstance(body, dict):
            answer.set_data(json.encode({**body, "lacks": sentences}))
    return answer


def document(spec: Any) -> None:
    """Let the document say of every shape that is read from an address that it may say what it lacks."""
    described = {"type": "array", "items": {"type": "string"}, "description": LACKS}
    for operations in spec.to_dict()["paths"].values():
        for media, content in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).items():
            if media == "application/json" and "$ref" in content["schema"]:
                shape = spec.components.schemas[content["schema"]["$ref"].rpartition("/")[2]]
                shape.setdefault("properties", {})["lacks"] = described
