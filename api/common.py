"""What every route uses: the services, who is calling, schemas, writes, reads and their documentation."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, Protocol, TypeVar, cast
from uuid import UUID

import flask_smorest
import marshmallow
import msgspec
from flask import Request, Response, after_this_request, current_app, g, request
from marshmallow import fields, validate
from webargs.flaskparser import FlaskParser

from api.errors import FieldsNotValid, NotWellFormed, WrongMediaType
from api.fields import PLACE, Cursor, Day, Id, KnownAt, Position
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Clock, Idempotency, Journal, Receipt, Vault
from portfolio.application.read_session import ReadSession
from portfolio.application.uploads import Uploads
from portfolio.domain import permissions
from portfolio.domain.calendar import london_day
from portfolio.domain.kernel import NOBODY, Aggregate, Command, NotVisible, State

S = TypeVar("S", bound=State)

PATIENCE = 2.0
"""Seconds a read waits for the projector to reach the position it was asked for."""


class Handler(Protocol):
    """Runs commands."""

    def execute(
        self, command: Command, by: UUID, *, idempotency: Idempotency | None = None, if_match: int | None = None
    ) -> Receipt:
        """Record what the command asks for, or raise ``Rejected`` and record nothing."""


class Reads(Protocol):
    """Answers questions from the projected rows."""

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question."""

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the rows to show ``position``; tell whether they do."""


class Tokens(Protocol):
    """Knows the bearer tokens of programs."""

    def person_of(self, token: str) -> UUID:
        """Return the person a token names; raise ``Unauthenticated`` if it is not to be trusted."""


class Sessions(Protocol):
    """Knows the sign-in links and the sessions of browsers."""

    def open(self, code: str) -> str:
        """Use up a link's code and return the secret of a new session; raise ``Unauthenticated`` if it is no good."""

    def person_of(self, secret: str) -> UUID:
        """Return the person of an open session; raise ``Unauthenticated`` if there is none."""

    def close(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""


@dataclass(frozen=True)
class Services:
    """What the composition root gives the web service.

    ``checks``: what ``/readyz`` asks, by name; each answers None when fine, else a sentence that says what is wrong.
    ``metrics``: what ``/metrics`` answers, in Prometheus's text format; nothing is measured without it.
    """

    handler: Handler
    reads: Reads
    journal: Journal
    vault: Vault
    lookups: Any
    tokens: Tokens
    sessions: Sessions
    now: Clock
    mode: Literal["live", "demo"]
    base_url: str
    checks: Mapping[str, Callable[[], str | None]]
    metrics: Callable[[], bytes] = bytes

    @property
    def uploads(self) -> Uploads:
        """Return what brings bytes and facts together."""
        return Uploads(cast(CommandHandler, self.handler), self.vault)


def services() -> Services:
    """Return what the composition root gave this application."""
    return cast(Services, current_app.extensions["portfolio"])


def caller() -> UUID:
    """Return the person this request is from."""
    return cast(UUID, g.person)


# --- shapes -----------------------------------------------------------------------------------------------------------


class Schema(marshmallow.Schema):
    """A shape of a request or an answer; what it does not name is refused."""


class ReceiptOut(Schema):
    """What a write answers; ask a read for ``after=<position>`` to see the effect, send ``version`` as If-Match."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    position = Position(required=True)


class AfterIn(Schema):
    """Query of a read that may wait for a write."""

    after = Position(load_default=None, metadata={"description": "Wait until this position shows."})


class PointIn(AfterIn):
    """Query of a read that may look back."""

    as_of = Day(load_default=None, metadata={"description": "As things stood at the end of this day (Europe/London)."})
    known_at = KnownAt(load_default=None, metadata={"description": "As known at this time or position."})


class PageIn(AfterIn):
    """Query of a list; a list gives its own ``cursor = Cursor(<kinds>, load_default=None)``."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = Cursor(load_default=None, metadata={"description": "The `next` of the page before."})


class ListIn(PageIn):
    """Query of a list short enough to be read whole."""

    cursor = Cursor(PLACE, load_default=None)


class PageOut(Schema):
    """One page of a list; a list adds its ``items``. ``next`` is null on the last page."""

    next = Cursor(required=True, allow_none=True)


# --- writes -----------------------------------------------------------------------------------------------------------


class Run(Protocol):
    """Carries out a command that is more than facts."""

    def __call__(
        self, command: Any, by: UUID, *, idempotency: Idempotency | None = None, if_match: int | None = None
    ) -> Receipt:
        """Do as ``Handler.execute`` does."""


def execute(
    command: Command, *, location: str | None = None, extra: Mapping[str, Any] | None = None, run: Run | None = None
) -> dict[str, Any]:
    """Run a command for the caller and return its receipt, with the ETag and, for a new record, its Location.

    ``location`` is the address of the record, with ``{id}`` in it. ``extra`` is answered beside the receipt, JSON
    values only; a repeated request answers the extra of the first. ``run`` is the handler's ``execute`` if not given.
    """
    key = idempotency_key()
    own = msgspec.json.encode(extra or {})
    receipt = (run or services().handler.execute)(
        command,
        caller(),
        idempotency=None if key is None else Idempotency(key=key, fingerprint=fingerprint(), extra=own),
        if_match=if_match(),
    )
    show_version(receipt.version)
    if location is not None:
        address = location.format(id=receipt.stream)
        after_this_request(lambda answer: with_header(answer, "Location", address))
    beside: dict[str, Any] = msgspec.json.decode(own if key is None else receipt.extra or b"{}")
    return {**beside, "id": receipt.stream, "version": receipt.version, "position": receipt.position}


def answered() -> bool:
    """Tell whether this very request was carried out before; raise ``IdempotencyKeyReused`` if another one was."""
    key = idempotency_key()
    return key is not None and services().journal.answered(caller(), key, fingerprint()) is not None


def idempotency_key() -> str | None:
    """Return the client's key for this request, if it gave one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch("[!-~]{1,200}", key):
        raise FieldsNotValid("Idempotency-Key: give 1 to 200 visible ASCII characters, no spaces.")
    return key


def fingerprint() -> bytes:
    """Return what tells this request from another one under the same key: SHA-256 of method, path and body."""
    return hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), request.get_data()])).digest()


def if_match() -> int | None:
    """Return the version the client says it has seen, if it says so."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    version = re.fullmatch('"([0-9]{1,18})"', given)
    if version is None:
        raise NotWellFormed('If-Match: give the one ETag of the record as you read it, such as "3" with its quotes.')
    return int(version[1])


def show_version(version: int) -> None:
    """Give the answer of this request the ETag of a record's version."""
    after_this_request(lambda answer: with_header(answer, "ETag", f'"{version}"'))


def with_header(answer: Response, name: str, value: str) -> Response:
    """Return the answer with this header, if it is a success."""
    if answer.status_code < 400:
        answer.headers[name] = value
    return answer


# --- reads ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sight(Generic[S]):
    """A record as the caller sees it: its state and version, what the caller is to it, and the session that read it."""

    stream: UUID
    state: S
    version: int
    held: frozenset[str]
    session: ReadSession


def see(aggregate: Aggregate[S], stream: UUID, *, ask: str | None = None) -> Sight[S]:
    """Return a record: 404 if the caller may not see it or there is none, 403 if they may not ``ask`` this of it."""
    session = ReadSession(services().journal)
    state = session.state(aggregate, stream)
    name = aggregate.key.removesuffix("_id")
    enrolment_id = stream if name == "enrolment" else getattr(state, "enrolment_id", NOBODY)
    held = session.held(caller(), stream, state, enrolment_id, today())
    permissions.check_sees(name, held)
    if state == aggregate.initial:
        raise NotVisible
    if ask is not None:
        permissions.check_read(ask, held)
    return Sight(stream=stream, state=state, version=len(session.history(stream)), held=held, session=session)


def may_ask(question: str) -> None:
    """Refuse with 403 unless the caller's roles allow this question."""
    held = ReadSession(services().journal).held(caller(), NOBODY, State(), NOBODY, today())
    permissions.check_read(question, held)


def today() -> date:
    """Return the day it is in London."""
    return london_day(services().now())


class NotThereYet(Busy):
    """This page does not show that position yet: ask again in a moment."""


def wait_for(position: int | None) -> None:
    """Wait a moment until reads show this position, if one was asked for."""
    if position is None:
        return
    if position > services().journal.head():
        raise FieldsNotValid("after: there is no such position yet.")
    if not services().reads.wait_for(position, PATIENCE):
        raise NotThereYet


def position_of(known_at: datetime | int | None) -> int | None:
    """Return the last position known at a time, a position as it is, None for now."""
    return services().journal.position_at(known_at) if isinstance(known_at, datetime) else known_at


def page(rows: Sequence[Any], limit: int, place: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    """Return a page of ``limit`` rows, of which the question was asked for one more to see whether there is a next.

    ``place`` gives a row's place in the order, which the next page's cursor says.
    """
    shown = rows[:limit]
    return {"items": shown, "next": place(shown[-1]) if len(rows) > limit else None}


def page_of(rows: Sequence[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that a ``ListIn`` asks for of a list that was read whole."""
    first = query["cursor"][0] if query["cursor"] else 0
    last = first + query["limit"]
    return {"items": rows[first:last], "next": (last,) if len(rows) > last else None}


# --- routes -----------------------------------------------------------------------------------------------------------


class Parser(FlaskParser):
    """Reads requests into shapes: strict JSON, and no query parameter that the shape does not name."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json:
            raise WrongMediaType("Send JSON, with Content-Type: application/json.")
        body = req.get_data()
        if req.content_length is None:
            req.stream.read(1)  # the library cuts a chunked body at the limit; reading on it refuses
        try:
            return msgspec.json.decode(body)
        except ValueError as error:  # msgspec.DecodeError, or UnicodeDecodeError in the middle of a text
            raise NotWellFormed(f"The body is not JSON in UTF-8: {error}.") from error
        except RecursionError as error:
            raise NotWellFormed("The body is not JSON this service reads: it is nested too deeply.") from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """One resource's routes, each documented with the refusals that every such route can answer."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=f"/v1/{name}", description=description)
        self._prepare_doc_cbks.append(self._prepare_refusals_doc)

    def _prepare_refusals_doc(
        self, doc: dict[str, Any], _: dict[str, Any], *, method: str, **__: Any
    ) -> dict[str, Any]:
        refused = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 503: "SERVICE_UNAVAILABLE"}
        if method != "get":
            refused |= {409: "CONFLICT", 412: "PRECONDITION_FAILED", 507: "INSUFFICIENT_STORAGE"}
            refused |= {400: "BAD_REQUEST", 422: "UNPROCESSABLE_ENTITY"}
            doc.setdefault("parameters", []).extend(["Idempotency-Key", "If-Match"])
        if "requestBody" in doc:
            refused |= {413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}
        responses = doc.setdefault("responses", {})
        for status, name in refused.items():
            responses.setdefault(status, name)
        return doc
