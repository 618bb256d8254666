"""Bad input gets one clear sentence and loses nothing, on every route of the service."""

import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from api.errors import FieldsNotValid, NotWellFormed, TooLarge, WrongMediaType
from portfolio.application.ports import Busy, IdempotencyKeyReused, StorageFull, Unauthenticated
from tests.api.conftest import Tell
from tests.api.world import NOTES, PLAN_TEXT, document, offer, put, refused

NOBODYS = {"works_for": "centre", "name": "Zoe"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document().content["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post"):
                yield method, path, operation


def bodies() -> dict[str, dict[str, Any]]:
    """Return the shape of the body of each route that takes one."""
    return {
        path: document().content["components"]["schemas"][
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        ]
        for method, path, operation in operations()
        if "application/json" in operation.get("requestBody", {}).get("content", ())
    }


def somewhere(path: str) -> str:
    """Return the path with ids of nothing in it, below /v1."""
    return re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), path).removeprefix("/v1")


@pytest.mark.parametrize("path", bodies())
def test_a_field_no_route_knows_is_refused_by_name(tell: Tell, path: str) -> None:
    world = tell("begin")
    answer = world.as_("admin").post(somewhere(path), {"surprise": 1})
    assert refused(answer, FieldsNotValid)["fields"]["surprise"] == "Unknown field."
    assert world.journal.head() == 3


@pytest.mark.parametrize("path", bodies())
def test_a_value_of_the_wrong_type_is_refused_by_its_field(tell: Tell, path: str) -> None:
    world = tell("begin")
    for name, shape in bodies()[path]["properties"].items():
        wrong: list[Any] = ["text", {"a": 1}] if shape.get("type") == "array" else [[[]], {"b": {}}]
        for value in wrong:
            faulty = refused(world.as_("admin").post(somewhere(path), {name: value}), FieldsNotValid)["fields"]
            assert any(field.partition(".")[0] == name for field in faulty), faulty
    assert world.journal.head() == 3


@pytest.mark.usefixtures("collector_at_rest")
@pytest.mark.parametrize("path", bodies())
def test_a_body_that_is_no_json_is_refused(tell: Tell, path: str) -> None:
    world = tell("begin")
    admin = world.as_("admin")
    for body in (b"{", b"", b'{"a": "\xff"}', b"[" * 100_000):
        answer = admin.post(somewhere(path), data=body, content_type="application/json")
        refused(answer, NotWellFormed)
    refused(admin.post(somewhere(path), data="a=1", content_type="application/x-www-form-urlencoded"), WrongMediaType)
    big = b'{"text": "' + b"x" * 10_000_000 + b'"}'
    refused(admin.post(somewhere(path), data=big, content_type="application/json"), TooLarge)
    assert world.journal.head() == 3


def test_a_query_parameter_no_route_knows_is_refused_by_name(tell: Tell) -> None:
    admin = tell("begin").as_("admin")
    asked = [path for method, path, operation in operations() if method == "get" and "parameters" in operation]
    assert len(asked) > 8
    for path in asked:
        answer = admin.get(f"{somewhere(path)}?surprise=1")
        assert refused(answer, FieldsNotValid)["fields"]["surprise"] == "Unknown field."


def test_nobody_gets_in_without_saying_who_they_are(tell: Tell) -> None:
    world = tell("begin")
    for method, path, _ in operations():
        answer = world.app.test_client().open(f"/v1{somewhere(path)}", method=method.upper())
        refused(answer, Unauthenticated)


CURSORS = ["x", "W10", "Wy0xXQ", "WzFlMzBd", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "WyJhIiwgImIiXQ"]


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/people", "admin"),
        ("/plans", "admin"),
        ("/enrolments", "admin"),
        ("/enrolments/{enrolment}/audit-trail", "admin"),
        ("/enrolments/{enrolment}/evidence", "admin"),
        ("/queues/assessor", "assessor"),
        ("/queues/appeals", "officer"),
    ],
)
def test_a_cursor_of_another_list_or_of_nothing_is_refused(tell: Tell, path: str, who: str) -> None:
    world = tell("enrolled")
    for cursor in CURSORS:
        answer = world.as_(who).get(f"{path}?cursor={cursor}")
        assert list(refused(answer, FieldsNotValid)["fields"]) == ["cursor"], cursor


def test_the_same_key_with_another_body_is_refused(tell: Tell) -> None:
    world = tell("begin")
    admin, once = world.as_("admin"), {"Idempotency-Key": "one"}
    first = admin.does("/people", {"name": "Zoe", "works_for": "centre"}, headers=once)
    assert admin.does("/people", {"name": "Zoe", "works_for": "centre"}, headers=once) == first
    refused(admin.post("/people", {"name": "Zoé", "works_for": "centre"}, headers=once), IdempotencyKeyReused)
    refused(admin.post(f"/people/{first['id']}/roles", {"role": "coach"}, headers=once), IdempotencyKeyReused)
    assert world.journal.head() == 4


def test_a_plan_of_a_megabyte_is_read_and_a_longer_one_is_refused(tell: Tell) -> None:
    world = tell("begin")
    admin = world.as_("admin")
    longest = (PLAN_TEXT + ("\n" + "word " * 200) * 1000)[:1_000_000]
    assert len(longest) == 1_000_000
    admin.does("/plans", {"text": longest})
    answer = admin.post("/plans", {"text": longest + "."})
    assert list(refused(answer, FieldsNotValid)["fields"]) == ["text"]


@contextmanager
def no_room(left: int) -> Iterator[None]:
    """Let no file grow past so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_records_nothing_and_the_same_request_works_when_there_is_room(tell: Tell) -> None:
    world = tell("people")
    admin, once = world.as_("admin"), {"Idempotency-Key": "import-1"}
    head = world.journal.head()
    with no_room(4096):
        refused(admin.post("/plans", {"text": PLAN_TEXT}, headers=once), StorageFull)
    assert world.journal.head() == head
    assert admin.sees("/plans")["items"] == []
    admin.does("/plans", {"text": PLAN_TEXT}, headers=once)


def test_a_full_disk_loses_no_upload(tell: Tell) -> None:
    world = tell("enrolled")
    mia, content = world.as_("mia"), NOTES * 1000
    (part,) = mia.does("/evidence", offer(world, content, "text/plain"), name="draft")["parts"]
    with no_room(4096):
        refused(put(world, part["url"], content), StorageFull)
    assert put(world, part["url"], content).status_code == 204
    mia.does("/evidence/{draft}/upload", {"version": 1})


@pytest.mark.slow
def test_a_locked_database_is_busy_and_serves_again_when_it_is_free(tell: Tell) -> None:
    world = tell("begin")
    with closing(sqlite3.connect(world.folder / "facts.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = world.as_("admin").post("/people", NOBODYS)
        refused(answer, Busy)
        assert answer.headers["Retry-After"] == "1"
        other.execute("ROLLBACK")
    world.as_("admin").does("/people", NOBODYS)


@pytest.mark.slow
def test_an_id_of_any_other_record_is_a_refusal_and_never_a_fault(tell: Tell) -> None:
    world = tell("convened")
    for method, path, operation in operations():
        if "{" not in path or "{reference}" in path:
            continue
        for stranger in ("mia", "plan", "criteria", "form", "enrolment", "observation", "attempt", "appeal"):
            for caller in ("admin", "assessor", "mia", "officer"):
                address = re.sub(r"\{[^}]+\}", str(world[stranger]), path).removeprefix("/v1")
                given = {"json": sample(operation)} if "requestBody" in operation else {}
                client = world.as_(caller)
                answer = client.get(address) if method == "get" else client.post(address, **given)
                assert answer.status_code < 500, (path, stranger, answer.text)


def sample(operation: dict[str, Any]) -> dict[str, Any]:
    """Return a body of the right shape for a route."""
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    value: dict[str, Any] = example(document().content["components"]["schemas"][name])
    return value


def example(shape: dict[str, Any]) -> Any:
    """Return a simple value of a shape of the document."""
    if "$ref" in shape:
        return example(document().content["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    for union in ("oneOf", "anyOf", "allOf"):
        if union in shape:
            return example(shape[union][0])
    if "enum" in shape:
        return shape["enum"][0]
    kind = shape["type"][0] if isinstance(shape["type"], list) else shape["type"]
    match kind, shape.get("format"):
        case "object", _:
            return {name: example(shape["properties"][name]) for name in shape.get("required", ())}
        case "array", _:
            return [example(shape["items"])] * max(1, shape.get("minItems", 0))
        case "string", "uuid":
            return str(uuid4())
        case "string", "date":
            return "2026-11-01"
        case "string", _:
            return "0" * 64 if "64" in shape.get("pattern", "") else "x"
        case "boolean", _:
            return True
        case _:
            return shape.get("minimum", 1) if shape.get("minimum", 1) > 0 else 1
