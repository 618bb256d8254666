"""The worked story behind the reference: real calls of the service, each kept as it was sent and answered once.

Ids, times, keys and signatures come from a seed, so that the same code always tells the same story.
"""

import os
import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid5

from werkzeug.test import TestResponse

from portfolio.domain.identity import LinkIdentity
from portfolio.domain.kernel import NOBODY
from portfolio.domain.vocabulary import SYSTEM
from tests.api.story import STAGES
from tests.api.world import (
    DECLARED,
    NOTES,
    PEOPLE,
    SELECTOR,
    TODAY,
    Caller,
    World,
    decides,
    document,
    offer,
    plain,
    sha,
    upload,
)
from tests.infra.vault import files

SEED = 1297
COLLEGE = "https://login.college.example"
SHOWN_HEADERS = ("Location", "ETag")
LONGEST_LIST, LONGEST_TEXT, DEEPEST = 2, 160, 5
"""So much of a list and of a text an example shows, and so far inside: more is counted, not shown."""

HOLDS = {
    "person_id": "mia",
    "plan_id": "plan",
    "criteria_id": "criteria",
    "form_id": "form",
    "enrolment_id": "enrolment",
    "evidence_id": "evidence",
    "assessment_id": "attempt",
    "decision_id": "decision",
    "appeal_id": "appeal",
    "paper_id": "paper",
    "import_id": "import",
    "webhook_id": "webhook",
}
"""Which record of the story stands for a part of a path."""

OTHERS = ("mia", "assessor", "admin", "officer", "responsible", "chair")
"""Who tries a read that nobody has asked so far, in turn."""

SCAN = files.pdf((300, 200))
PEOPLE_FILE = b"name,works for,roles\nZara Ito,employer,apprentice\nBo Li,centre,coach\n"


class Told(World):
    """A world that keeps, of each call of the reference, the first one that it did as asked."""

    kept: dict[str, dict[str, Any]] = {}

    def as_(self, person: str) -> "Telling":
        return Telling(self, person)


class Telling(Caller):
    """Calls the service a minute later each time."""

    world: Told
    sent: dict[str, Any] = {}

    def get(self, path: str, **options: Any) -> TestResponse:
        self.sent = {}
        return super().get(path, **options)

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        self.sent = {} if body is None else {"body": shortened(plain(body))}
        if "data" in options:
            self.sent = {"file": {"type": options["content_type"], "text": options["data"].decode()}}
        return super().post(path, body, **options)

    def documented(self, answer: TestResponse) -> TestResponse:
        super().documented(answer)
        self.world.now += timedelta(minutes=1)
        asked = answer.request
        template = document().template(asked.method.lower(), asked.path)
        if template and 200 <= answer.status_code < 300:
            self.world.kept.setdefault(f"{asked.method} {template}", self.example(answer))
        return answer

    def example(self, answer: TestResponse) -> dict[str, Any]:
        """Return a call as it was sent and answered."""
        asked = answer.request
        query = asked.query_string.decode()
        shown = {name: answer.headers[name] for name in SHOWN_HEADERS if name in answer.headers}
        return {
            "by": role_of(self.person),
            "path": f"{asked.path}{'?' * bool(query)}{query}",
            **self.sent,
            "status": answer.status_code,
            "headers": {name: value.removeprefix("http://localhost") for name, value in shown.items()},
            **answered(answer),
        }


def answered(answer: TestResponse) -> dict[str, Any]:
    """Return what an answer holds: JSON, the beginning of a text, or of what kind its bytes are."""
    if answer.is_json:
        return {"answer": shortened(answer.get_json())}
    kind = answer.content_type
    if kind.startswith("text/"):
        return {"type": kind, "text": cut(answer.text)}
    return {"type": kind, "bytes": len(answer.data)}


def role_of(person: str) -> str:
    """Return what somebody of the story is."""
    return "administrator" if person == "admin" else PEOPLE[person][1][0]


def shortened(value: Any, depth: int = DEEPEST) -> Any:
    """Return a value of JSON with the ends of lists and texts, and what lies deep inside, told by their size."""
    match value:
        case str():
            return cut(value)
        case dict() if not depth and value:
            return "…"
        case dict():
            return {name: shortened(each, depth - 1) for name, each in value.items()}
        case list() if not depth and value:
            return "…"
        case list() if len(value) > LONGEST_LIST:
            more = len(value) - LONGEST_LIST
            return [*(shortened(each, depth - 1) for each in value[:LONGEST_LIST]), f"… and {more} more"]
        case list():
            return [shortened(each, depth - 1) for each in value]
    return value


def cut(text: str) -> str:
    """Return the beginning of a text."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


# --- the story ---


def beside(world: Told) -> None:
    """What the story of the tests leaves out: at least one call of each resource."""
    admin, mia, assessor, responsible = (world.as_(who) for who in ("admin", "mia", "assessor", "responsible"))
    table = admin.post("/imports/dry-run", data=PEOPLE_FILE, content_type="text/csv")
    assert table.status_code == 200, table.text
    receipt = admin.post("/imports", data=PEOPLE_FILE, content_type="text/csv")
    assert receipt.status_code == 201, receipt.text
    world.ids["import"] = receipt.get_json()["import_id"]
    hook = {"title": "Learner system", "address": "https://receiver.example/in", "for_id": world["admin"]}
    admin.does("/webhooks", {**hook, "types": ["evidence.handed-in.v1"]}, name="webhook")
    admin.does("/webhooks/{webhook}/secret", {"reason": "A year is over."})
    account = LinkIdentity(identity_id=uuid5(NOBODY, "account"), issuer=COLLEGE, person_id=world["noah"])
    world.handler.execute(account, SYSTEM)
    admin.does(f"/identities/{account.identity_id}/removal", {"reason": "He has a new account."})
    admin.does("/people/{noah}/name", {"name": "Noah Field", "reason": "Only his first name was on record."})
    admin.does("/enrolments/{enrolment}/employer", move())
    admin.does("/enrolments/{enrolment}/pause", {"pauses_on": TODAY, "reason": "A broken wrist."})
    admin.does("/enrolments/{enrolment}/resumption", {"resumes_on": TODAY, "reason": "It was a sprain."})
    remark = {"version": 1, "sha256": sha(files.pdf((595, 842))), "selector": SELECTOR, "kind": "formative"}
    assessor.does(
        "/evidence/{evidence}/annotations",
        {**remark, "audience": "apprentice and assessors", "text": "Name the second hazard."},
    )
    upload(world, "draft", NOTES, "text/plain", title="Notes", filename="notes.txt")
    mia.does("/evidence/{draft}/description", {"version": 1, "title": "Notes on six lanterns", "produced_on": TODAY})
    mia.does("/evidence/{draft}/claims", {"version": 1, "codes": ["K1"]})
    mia.does("/evidence/{draft}/claims/dropped", {"version": 1, "code": "K1"})
    mia.does("/evidence/{draft}/submission", {"version": 1, "declaration": DECLARED})
    assessor.does("/evidence/{draft}/return", {"version": 1, "reason": "Say who checked the lanterns."})
    mia.does("/evidence/{draft}/versions", another(world))
    assessor.does("/evidence/{evidence}/acceptance", {"version": 1})
    face = {"type": "pdf rectangle", "page": 1, "x": 100, "y": 100, "width": 200, "height": 100}
    hides = {"version": 1, "places": [face], "reason": "A visitor is seen, who was not asked.", "follows": 0}
    responsible.does("/evidence/{evidence}/redactions", hides)
    asks = {"purpose": {"type": "route", "route": "LET"}, "reason": "Lighting is what Mia does now."}
    question = admin.does("/enrolments/{enrolment}/consent-questions", asks)["question_id"]
    mia.does(f"/enrolments/{{enrolment}}/consent-questions/{question}/refusal", {"reason": "Not this year."})
    consent = {"person_id": world["coach"], "purpose": {"type": "route", "route": "LET"}}
    given = mia.does("/enrolments/{enrolment}/consents", consent)["consent_id"]
    mia.does(f"/enrolments/{{enrolment}}/consents/{given}/withdrawal")
    says = {"type": "consent", "person_id": world["admin"], "purpose": {"type": "route", "route": "LET"}}
    letter = {"filename": "letter.pdf", "media_type": "application/pdf", "size": len(SCAN), "sha256": sha(SCAN)}
    paper = {"says": says, "reason": "Has no phone since the accident.", **letter}
    world.ids["paper"] = responsible.does("/enrolments/{enrolment}/papers", paper)["paper_id"]
    decides(world)
    hand_over = {"version": 1, "reason": "Page 1 shows somebody else's passport."}
    upload(world, "other", files.pdf((300, 400)), title="Passport", filename="scan.pdf")
    mia.does("/evidence/{other}/submission", {"version": 1, "declaration": DECLARED})
    responsible.does("/evidence/{other}/erasure", hand_over)
    admin.does("/evidence/{other}/erasure/confirmation", hand_over)


def move() -> dict[str, Any]:
    """Return a move to another employer."""
    return {"employer": "Southern Stages", "effective_on": TODAY, "reason": "Northern Stages closed."}


def another(world: World) -> dict[str, Any]:
    """Return the offer of a next version."""
    content = NOTES + b"Amina checked them.\n"
    fields = offer(world, content, "text/plain", title="Notes on six lanterns", filename="notes.txt")
    return {name: value for name, value in fields.items() if name != "enrolment_id"}


def looked_at(world: Told) -> None:
    """Whatever can be read and was not yet, by the first who may."""
    known = {part: str(world.ids[name]) for part, name in HOLDS.items() if name in world.ids}
    known |= {"reference": "ST1297", "version": "V2"}
    for path, operations in sorted(document().content["paths"].items()):
        if "get" not in operations or f"GET {path}" in world.kept:
            continue
        if not set(re.findall(r"\{(\w+)\}", path)) <= set(known):
            continue
        for person in OTHERS:
            world.reads.settle()
            if world.as_(person).get(path.removeprefix("/v1").format_map(known)).status_code == 200:
                break


@contextmanager
def seeded() -> Iterator[None]:
    """Let whatever is drawn at random be the same each time."""
    drawn = random.Random(SEED)  # noqa: S311 - of a story
    with mock.patch.object(os, "urandom", drawn.randbytes):
        yield


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return, by call, what was sent and answered when it was first done."""
    with seeded(), tempfile.TemporaryDirectory() as folder, closing(Told.new(Path(folder) / "world")) as world:
        assert isinstance(world, Told)
        world.kept = {}
        for step in (*STAGES, beside, looked_at):
            step(world)
            world.reads.settle()
        return dict(sorted(world.kept.items()))
