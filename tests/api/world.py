"""A whole service on real stores in a folder, and a story told to it through HTTP as far as a test needs it.

A stage is told once a session; each test gets a copy of its folder. The clock is a value, the projector steps by hand.
"""

import hashlib
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from api.brand import COLOUR
from api.errors import status_of
from api.services import Services
from infra.identity.ended import last_sign_out
from infra.identity.keys import KeyFolder
from infra.identity.programs import ProgramsSignIn
from infra.identity.sessions import Sessions
from infra.identity.tokens import LocalTokens, create_token_key
from infra.scanner.none import NoScanner
from infra.store.journal import EventJournal
from infra.store.postgres.views import PostgresViews
from infra.store.sqlite.sign_in import SqliteSignIn
from infra.store.sqlite.views import SqliteViews
from infra.vault.folder import FolderVault
from portfolio.application.addresses import AddressBook
from portfolio.application.checking import Checker
from portfolio.application.erasing import is_erased
from portfolio.application.handler import CommandHandler
from portfolio.application.mailed_links import MailedLinks
from portfolio.application.reactions import Reactions
from portfolio.domain.kernel import Rejected
from portfolio.domain.vocabulary import Mode
from projections.machinery.runner import Projector, Reactor
from projections.views import VIEWS
from tests.api.apart import ApartProviders, ApartVault
from tests.api.documented import Document
from tests.api.mails import Box
from tests.api.stepped import OPERATIONS, SteppedPreviews, SteppedReads, when_answered
from tests.checking import AtOnce
from tests.infra.vault import files

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY, TOMORROW, YESTERDAY = "2026-11-02", "2026-11-03", "2026-11-01"
PLAN_TEXT = (Path(__file__).parents[2] / "portfolio/plans/ST1297-V2.md").read_text()
BASE = "http://localhost"

CODES = {
    "C1": ("S11", "S12"),
    "C2": tuple(f"K{n}" for n in range(1, 26)) + tuple(f"S{n}" for n in (*range(1, 11), *range(13, 23), 29)),
}
"""The codes of the form's components: together all of the route LET."""

GRADE_RULES = [{"grade": grade, "every_code_met": grade != "fail"} for grade in ("fail", "pass", "distinction")]

PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "lead": ("assessment organisation", ("lead assessor",)),
    "responsible": ("assessment organisation", ("responsible officer",)),
    "mia": ("employer", ("apprentice",)),
    "noah": ("employer", ("apprentice",)),
    "coach": ("centre", ("coach",)),
    "employer": ("employer", ("employer",)),
    "assessor": ("assessment organisation", ("assessor",)),
    "second": ("assessment organisation", ("assessor",)),
    "quality": ("assessment organisation", ("internal quality assurer",)),
    "officer": ("assessment organisation", ("appeals officer",)),
    "chair": ("none of these", ("panel member",)),
    "member": ("assessment organisation", ("panel member",)),
    "third": ("none of these", ("panel member",)),
    "stranger": ("none of these", ()),
}

SELECTOR = {"type": "pdf rectangle", "page": 1, "x": 10, "y": 20, "width": 100, "height": 50}
DECLARED = {"wording": "authenticity/1", "ai_use": "none"}
ITEMS: dict[str, tuple[bytes, str]] = {
    "pdf": (files.pdf((595, 842)), "application/pdf"),
    "image": (files.picture("PNG", (40, 30)), "image/png"),
    "sound": (files.wav(1.5), "audio/wav"),
    "text": (b"Rigged six lanterns, checked by Amina.\n", "text/plain"),
}
"""Files and their types by the name of the item."""

NOTES = ITEMS["text"][0]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class World:
    """The service under test. ``ids`` names what the story made so far; ``now`` is what the clock says."""

    folder: Path
    mode: Mode = "demo"
    now: datetime = START
    ids: dict[str, UUID] = field(default_factory=dict)
    database: str = ""  # the address of the one that holds facts and views; they lie in the folder if it is empty
    base_url: str = BASE
    journals: ClassVar[type[EventJournal]] = EventJournal
    vaults: ClassVar[type[FolderVault]] = ApartVault

    @classmethod
    def new(cls, folder: Path, mode: Mode = "demo") -> "World":
        """Return an empty world, open."""
        folder.mkdir()
        return cls(folder, mode).open()

    def open(self) -> "World":
        """Open the stores in the folder, made if they are not there yet."""
        keys = KeyFolder(self.folder / "keys")
        if not (self.folder / "keys").exists():
            create_token_key(keys)
        self.views: PostgresViews | SqliteViews
        if self.database:
            self.journal = self.journals.in_database(self.database, secret=b"index")
            self.views = PostgresViews(self.database)
            for ask in (self.journal.head, self.views.standings):
                when_answered(ask)
        else:
            self.journal = self.journals.in_file(self.folder / "facts.db", secret=b"index")
            self.views = SqliteViews(self.folder / "views.db")
        vault = self.vaults(self.folder / "vault", b"upload", self.base_url, lambda: self.now)
        self.previews = SteppedPreviews(self.folder / "previews", vault)
        sign_in = SqliteSignIn(keys.path, lambda: self.now)
        book = AddressBook(self.journal, sign_in)
        handler = self.handler = CommandHandler(
            self.journal, vault, lambda: self.now, uuid4, follow=book.follow, mails=True
        )
        projector = Projector(self.journal, self.views, VIEWS)
        reactions = Reactions(handler, self.journal, self.previews.forget)
        reactor = Reactor("reactions", self.journal, self.views, reactions.react, reactions.now_and_then)
        self.reads = SteppedReads(projector, reactor)
        signed_out = last_sign_out(self.journal)
        self.tokens = LocalTokens(keys, lambda: self.now, signed_out)
        sessions = Sessions(sign_in, self.base_url, lambda: self.now, signed_out)
        page = f"{self.base_url}/sign-in/by-mail/link"
        self.services = Services(
            handler=handler,
            views=self.reads,
            journal=self.journal,
            vault=vault,
            checking=AtOnce(Checker(handler, vault, NoScanner())),
            tokens=self.tokens,
            sign_in=sign_in,
            providers=ApartProviders(),
            sessions=sessions,
            mailed=MailedLinks(book, sessions, Box(), lambda: self.now, name="North College", page=page),
            programs=ProgramsSignIn(self.journal, self.tokens, self.base_url, lambda: self.now, sign_in.once),
            now=lambda: self.now,
            mode=self.mode,
            base_url=self.base_url,
            checks={},
            operations=lambda: OPERATIONS,
            previews=self.previews,
        )
        for originals in (handler.originals, self.services.originals):
            originals.erased = partial(is_erased, self.journal)
        return self

    @property
    def root(self) -> str:
        """Return the path of the base URL, below which everything lies."""
        return urlsplit(self.base_url).path

    @property
    def app(self) -> Flask:
        """Return the service over this world's stores; its routes are made once, they are the same for every world."""
        app = routes(self.base_url)
        app.extensions["portfolio"] = self.services
        return app

    def copy(self, folder: Path, database: str = "", base_url: str = BASE) -> "World":
        """Return this closed world again, open in a folder of its own, and in the database that has its facts."""
        shutil.copytree(self.folder, folder)
        return type(self)(folder, self.mode, self.now, dict(self.ids), database, base_url).open()

    def close(self) -> None:
        self.views.close()
        self.journal.close()

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]

    def as_(self, person: str) -> "Caller":
        """Return a caller with this person's token."""
        return Caller(self, person)


@cache
def routes(base_url: str = BASE) -> Flask:
    return create_app(cast(Services, SimpleNamespace(base_url=base_url, colour=COLOUR)))


@cache
def document() -> Document:
    return Document(routes())


@dataclass
class Caller:
    """Calls the service as one person. Paths and bodies may hold ids of the world by ``{name}`` and by UUID."""

    world: World
    person: str

    @property
    def client(self) -> FlaskClient:
        client = self.world.app.test_client()
        token = self.world.tokens.issue(self.world[self.person], timedelta(hours=1))
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def path(self, path: str) -> str:
        return f"/v1{path.format_map(self.world.ids)}"

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.documented(self.client.get(self.path(path), **options))

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        given = {} if body is None else {"json": plain(body)}
        return self.documented(self.client.post(self.path(path), **given, **options))

    def documented(self, answer: TestResponse) -> TestResponse:
        """Insist that an answer is one that the OpenAPI document says."""
        document().check(answer)
        return answer

    def does(self, path: str, body: dict[str, Any] | None = None, *, name: str = "", **options: Any) -> dict[str, Any]:
        """Post, insist on success, and keep the new record's id under ``name``."""
        answer = self.post(path, body, **options)
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.get_json()
        if name:
            self.world.ids[name] = UUID(receipt["id"])
        return receipt

    def sees(self, path: str, **options: Any) -> dict[str, Any]:
        """Get, insist on success, with everything so far shown."""
        self.world.reads.settle()
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body


def plain(value: Any) -> Any:
    """Return a body with ids as text."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple | set) else value


def refused(answer: TestResponse, refusal: type[Rejected]) -> dict[str, Any]:
    """Insist on this refusal, under its name and status, and return the problem."""
    assert answer.content_type == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.get_json()
    assert (answer.status_code, problem["type"]) == (status_of(refusal), f"/problems/{refusal.code}"), answer.text
    return problem


# --- bodies -----------------------------------------------------------------------------------------------------------


def criteria(world: World, **fields: Any) -> dict[str, Any]:
    line = {"key": "1.1", "text": "Knows.", "category": "Applied Knowledge", "level": "Pass"}
    body = {"plan_id": world["plan"], "title": "Criteria", "version": "1", "scale": ["fail", "pass", "distinction"]}
    return {**body, "criteria": [line], "grade_rules": GRADE_RULES, **fields}


def component(world: World, key: str, **fields: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": f"Component {key}",
        "method": "observation" if key == "C1" else "portfolio",
        "codes": list(CODES.get(key, ())),
        "criteria_id": world["criteria"],
        "marker": "assessment organisation",
        "scrutiny": "none",
        "maximum_attempts": 2,
        "evidence_kinds": ["work product", "observation record"],
        **fields,
    }


def enrolment(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "apprentice": world["mia"],
        "uln": "9276308686",
        "plan_id": world["plan"],
        "form_id": world["form"],
        "route": "LET",
        "centre_ukprn": "10000001",
        "employer": "Northern Stages",
        "starts_on": "2026-09-01",
        **fields,
    }


def assign(world: World, name: str, assignment: str, **fields: Any) -> dict[str, Any]:
    return {"person_id": world[name], "assignment": assignment, "starts_on": TODAY, **fields}


def offer(world: World, content: bytes, media_type: str = "application/pdf", **fields: Any) -> dict[str, Any]:
    return {
        "enrolment_id": world["enrolment"],
        "title": "Risk assessment",
        "filename": "risk.pdf",
        "media_type": media_type,
        "size": len(content),
        "sha256": sha(content),
        "produced_on": TODAY,
        **fields,
    }


def put(world: World, url: str, content: bytes, **options: Any) -> TestResponse:
    """Put bytes to an upload URL, as a program without a token does."""
    return world.app.test_client().put(url, base_url=BASE, data=content, **options)


def upload(world: World, name: str, content: bytes, media_type: str = "application/pdf", **fields: Any) -> None:
    """Offer, upload and seal a file as Mia."""
    mia = world.as_("mia")
    receipt = mia.does("/evidence", offer(world, content, media_type, **fields), name=name)
    (part,) = receipt["parts"]
    assert put(world, part["url"], content).status_code == 204
    mia.does(f"/evidence/{{{name}}}/upload", {"version": 1})


def hand_in(world: World, name: str, content: bytes, media_type: str = "application/pdf", **fields: Any) -> None:
    """Offer, upload, seal and submit a file as Mia."""
    upload(world, name, content, media_type, **fields)
    world.as_("mia").does(f"/evidence/{{{name}}}/submission", {"version": 1, "declaration": DECLARED})


def observation(world: World, **fields: Any) -> dict[str, Any]:
    record = {
        "kind": "observation record",
        "assessment_id": world["attempt"],
        "place": "Main stage",
        "occurred_on": TODAY,
        "from_time": "09:00",
        "to_time": "10:30",
        "seen": [{"code": code, "what": "Worked safely."} for code in CODES["C1"]],
        **fields,
    }
    return {"enrolment_id": world["enrolment"], "title": "Observation", "record": record}


def cite(world: World, name: str = "observation", **fields: Any) -> dict[str, Any]:
    return {"evidence_id": world[name], "version": 1, **fields}


def finding(world: World, code: str, **fields: Any) -> dict[str, Any]:
    judged = {"code": code, "judgement": "met", "reason": "Seen.", "criterion": "1.1"}
    return {**judged, "cites": [cite(world)], **fields}


def of_the_work(world: World, code: str) -> dict[str, Any]:
    """Return a finding that rests on Mia's work, which is of no attempt and may be cited in any."""
    return finding(world, code, cites=[cite(world, "evidence")])


def decision(world: World, **fields: Any) -> dict[str, Any]:
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    return {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown, **fields}


def appeal(world: World, **fields: Any) -> dict[str, Any]:
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    ground = {"ground": "evidence", "statement": "My risk assessment was left out.", "items": [world["evidence"]]}
    return {"subject": subject, "grounds": [ground], **fields}


def consent(world: World, to: str, **purpose: Any) -> UUID:
    """Let Mia consent that somebody does one thing for her; return the consent's id."""
    body = {"person_id": world[to], "purpose": purpose}
    return UUID(world.as_("mia").does("/enrolments/{enrolment}/consents", body)["consent_id"])


def outcome(**fields: Any) -> dict[str, Any]:
    answers = [{"ground": 0, "answer": "It was available and was not considered."}]
    return {"outcome": "upheld", "reasons": "Available evidence was left out.", "answers": answers, **fields}


def released_next_day(world: World, name: str, assignment: str = "assessor") -> None:
    """The next day somebody's part ends: it ran, and what they did in it was before."""
    world.now += timedelta(days=1)
    ends_on = world.now.date().isoformat()
    release = {"person_id": world[name], "assignment": assignment, "ends_on": ends_on, "reason": "Moved on."}
    world.as_("admin").does("/enrolments/{enrolment}/releases", release)


def decides(world: World, **fields: Any) -> None:
    """Let the chair propose an outcome and the member stand behind it, with which it takes effect."""
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome(**fields))
    confirmation = {"proposal": 1, "account": "I read the risk assessment, and so it is."}
    world.as_("member").does("/appeals/{appeal}/outcome/confirmations", confirmation)
