"""The shell of the web service around a small made-up resource, with real tokens and sessions."""
# mypy: no-disallow-untyped-decorators
# (the made-up routes below are decorated by flask-smorest, which has no types, like those of api/)

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask, url_for
from flask.testing import FlaskClient
from marshmallow import fields

from api.app import create_app
from api.blueprint import Blueprint
from api.brand import COLOUR
from api.fields import Cursor, Flag, Id, Moment, Number, Position, Text, Whole
from api.reads import page, position_of, wait_for
from api.schemas import PageIn, PageOut, PointIn, ReceiptOut, Schema
from api.services import Services, services
from api.writes import execute
from infra.identity.keys import KeyFolder
from infra.identity.sessions import Sessions
from infra.identity.tokens import LocalTokens, create_token_key
from infra.store.sqlite.sign_in import SqliteSignIn
from portfolio.application.ports import Idempotency, Receipt
from portfolio.domain.kernel import Command, Recorded, RuleBroken
from tests.security import Listed

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PERSON = UUID("6a3c0e50-93a5-4d55-8ad4-3a39a7f0a1b2")
STREAM = UUID("0b1f5c1e-0f5e-4b71-9a53-7b0e9dfc1d11")


class PinNote(Command):
    note_id: UUID
    text: str


class NoteTooLong(RuleBroken, rule="TEST-1"):
    """A note says one thing."""


class NoteIn(Schema):
    text = Text(20, required=True)
    story = Text(2000, lines=True)
    members = fields.List(Id())
    count = Whole(0, 10)
    width = Number(0, 100)
    final = Flag()
    at = Moment()


class NotesIn(PageIn):
    cursor = Cursor(int, str, load_default=None)


class NoteOut(Schema):
    number = fields.Integer()


class NotesOut(PageOut):
    items = fields.List(fields.Nested(NoteOut))


class SeenOut(Schema):
    at = Moment(allow_none=True)
    position = Position(allow_none=True)


def notes() -> Blueprint:
    """Return a resource with each kind of route."""
    blueprint = Blueprint("notes", "Made up for the tests.")

    @blueprint.post("/")
    @blueprint.arguments(NoteIn)
    @blueprint.response(201, ReceiptOut)
    def pin(body: dict[str, Any]) -> dict[str, Any]:
        """Pin a note."""
        return execute(PinNote(note_id=STREAM, text=body["text"]), location=lambda it: url_for(".broken", note_id=it))

    @blueprint.get("/")
    @blueprint.arguments(NotesIn, location="query")
    @blueprint.response(200, NotesOut)
    def all_notes(query: dict[str, Any]) -> dict[str, Any]:
        """List the notes."""
        wait_for(query["after"])
        services().reads.query("")
        first = query["cursor"][0] if query["cursor"] else 0
        rows = [{"number": n} for n in range(first, 5)][: query["limit"] + 1]
        return page(rows, query["limit"], lambda row: (row["number"] + 1, "note"))

    @blueprint.get("/seen")
    @blueprint.arguments(PointIn, location="query")
    @blueprint.response(200, SeenOut)
    def seen(query: dict[str, Any]) -> dict[str, Any]:
        """Show what a point of the record means."""
        return {"at": NOW, "position": position_of(query["known_at"])}

    @blueprint.get("/<uuid:note_id>")
    @blueprint.response(200)
    def broken(note_id: UUID) -> dict[str, Any]:
        """Fail in a way nobody foresaw."""
        raise ZeroDivisionError("Jane Doe divided by nought")

    return blueprint


@dataclass
class FakeHandler:
    """Answers every command, or refuses it; keeps what it was asked."""

    refusal: Exception | None = None
    asked: list[tuple[Command, UUID, Idempotency | None, frozenset[int] | None]] = field(default_factory=list)

    def execute(
        self,
        command: Command,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
    ) -> Receipt:
        self.asked.append((command, by, idempotency, if_match))
        if self.refusal:
            raise self.refusal
        return Receipt(stream=STREAM, version=3, position=2**60, extra=idempotency.extra if idempotency else b"")


class FakeReads:
    caught_up = True
    aside = ()

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        return []

    def wait_for(self, position: int, timeout: float, tables: Collection[str] = (), *, patient: bool = False) -> bool:
        return self.caught_up

    def tables_in(self, sql: str) -> frozenset[str]:
        return frozenset()

    def standing(self, tables: Collection[str]) -> dict[str, int]:
        return {}


class FakeMoves:
    def look(self) -> int:
        return 0

    def unmoved(self, stream: UUID, since: int) -> bool:
        return False

    def hold(self) -> None: ...

    look_again = let_go = hold


class FakeJournal:
    HEAD: ClassVar = 100
    moves = FakeMoves()

    def head(self) -> int:
        return self.HEAD

    def position_at(self, moment: datetime) -> int:
        return 42 if moment == NOW else 0

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> tuple[Recorded, ...]:
        return ()  # nothing is on record, a suspension neither


@dataclass
class Shell:
    """A web service under test; ``client`` calls it as ``PERSON``, ``stranger`` as nobody."""

    app: Flask
    services: Services
    handler: FakeHandler
    reads: FakeReads
    tokens: LocalTokens
    sessions: Sessions
    security: Listed

    def anew(self) -> "Shell":
        """Forget what was asked before."""
        self.handler.refusal, self.handler.asked, self.reads.caught_up = None, [], True
        return self

    @property
    def stranger(self) -> FlaskClient:
        return self.app.test_client()

    @property
    def client(self) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens.issue(PERSON, timedelta(hours=1))}"
        return client


def shell(
    folder: Path,
    *,
    base_url: str = "http://localhost",
    checks: dict[str, Callable[[], str | None]] | None = None,
    noted: dict[str, Callable[[], str | None]] | None = None,
    colour: str = COLOUR,
) -> Shell:
    """Return the service with its keys in this folder."""
    keys = KeyFolder(folder)
    create_token_key(keys)
    handler, reads = FakeHandler(), FakeReads()
    security = Listed()
    sign_in = SqliteSignIn(folder, lambda: NOW)
    tokens = LocalTokens(keys, lambda: NOW, security=security)
    sessions = Sessions(sign_in, base_url, lambda: NOW, security=security)
    services = Services(
        handler=handler,
        views=reads,
        journal=FakeJournal(),  # type: ignore[arg-type]  # the shell asks for no more than this
        vault=SimpleNamespace(origin=""),  # the shell asks it for no more than this
        checking=None,  # type: ignore[arg-type]  # the shell never asks it
        tokens=tokens,
        sign_in=sign_in,
        security=security,
        sessions=sessions,
        programs=None,  # type: ignore[arg-type]  # the same
        now=lambda: NOW,
        mode="demo",
        base_url=base_url,
        checks=checks or {},
        previews=None,  # type: ignore[arg-type]  # the same
        notes=noted or {},
        colour=colour,
    )
    app = create_app(services)
    app.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(notes())
    return Shell(app, services, handler, reads, tokens, sessions, security)
