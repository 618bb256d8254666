"""The OpenAPI document as generators of clients read it: valid, its operations named, its refusals typed."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi import definitions

from api.document import specification
from api.errors import MEDIA_TYPE
from portfolio.domain.program.refusals import OutOfScope
from portfolio.domain.program.rows import GIVEN_TO_PROGRAMS
from tests.api.conftest import Tell
from tests.api.programs import registered, signed_in
from tests.api.test_bad_input import operations
from tests.api.world import document, routes
from tests.tools.reach import calls_of
from tests.tools.worked import HOLDS


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of the document refers to, or the part itself."""
    for name in part["$ref"].split("/")[1:] if "$ref" in part else ():
        part = part.get(name) or document().content[name]
    return part


def test_the_document_is_valid() -> None:
    definitions.OPENAPI_31_VALIDATOR.validate(document().content)


def test_each_operation_has_an_id_of_its_own_and_it_is_the_name_of_the_route() -> None:
    functions = calls_of(routes())
    ids = {f"{method.upper()} {path}": operation["operationId"] for method, path, operation in operations()}
    assert ids == {call: inspect.unwrap(functions[call]).__name__ for call in ids}
    assert len({*ids.values()}) == len(ids)
    assert [named for named in ids.values() if not re.fullmatch("[a-z]+(_[a-z]+)+", named)] == []


WORDS_OF_PEOPLE = {
    ("answer", "Answer"): "what a panel says",
    ("because", "NoticeOut"): "a sentence",
    ("outcome", "OutcomeReadiness"): "a key of the plan's",
    ("relation", "Testimony"): "a witness's own words",
    ("relation", "Decider"): "as it was stored",
    ("role", "Testimony"): "a witness's own words",
    ("roles", "Decider"): "as they were stored",
}
"""Members that are free text, although others of the same name are one of a few words, and why."""


def test_a_member_that_is_one_of_a_few_words_names_them_in_every_shape() -> None:
    closed, free = set[str](), set[tuple[str, str]]()
    for shape, schema in document().content["components"]["schemas"].items():
        for name, member in schema.get("properties", {}).items():
            inner = member.get("items", member)
            if "enum" in inner:
                closed.add(name)
            elif "string" in (inner.get("type") or ()) and not {"format", "pattern"} & {*inner}:
                free.add((name, shape))
    assert {(name, shape) for name, shape in free if name in closed} == {*WORDS_OF_PEOPLE}
    assert {"kind", "stage", "status", "rows", "types"} <= closed


def test_one_of_several_shapes_is_told_by_its_word() -> None:
    event = document().content["components"]["schemas"]["ChangesOut"]["properties"]["items"]["items"]
    told = event["discriminator"]
    assert told["propertyName"] == "type"
    assert [*told["mapping"].values()] == [each["$ref"] for each in event["oneOf"]]
    assert told["mapping"]["evidence.handed-in.v1"] == "#/components/schemas/EvidenceHandedInEvent"


def test_a_generator_that_takes_the_first_media_type_takes_bytes_for_files() -> None:
    files = [
        [*part["content"]]
        for _, _, operation in operations()
        for part in [operation.get("requestBody", {"content": {}}), *map(resolved, operation["responses"].values())]
        if any(each.get("schema", {}).get("format") == "binary" for each in part.get("content", {}).values())
    ]
    assert len(files) == 8
    assert {medias[0] for medias in files} == {"application/octet-stream"}
    assert all(len(medias) > 1 for medias in files)


def test_calls_that_ran_are_shown_and_are_what_the_document_says() -> None:
    shown = 0
    for _, path, operation in operations():
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in part.get("content", {}).values():
                if "example" in media:
                    schema = {**media["schema"], "components": document().content["components"]}
                    check = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                    assert [f"{path}: {fault}" for fault in check.iter_errors(media["example"])] == []
                    shown += 1
    assert shown > 120


def refusals() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _, _, operation in operations():
        for status, answer in operation["responses"].items():
            if status >= "400":
                yield operation["operationId"], status, answer


def test_a_refusal_is_a_problem_of_its_status() -> None:
    for operation, status, answer in refusals():
        (media,) = resolved(answer)["content"].items()
        assert media[0] == MEDIA_TYPE, operation
        shape = resolved(media[1]["schema"])
        assert shape["properties"]["status"]["enum"] == [int(status)], (operation, status)
        assert {"type", "title", "status", "detail"} <= {*shape["required"]}, (operation, status)


def test_a_call_names_what_it_alone_is_refused_as() -> None:
    operation = document().operation("post", "/v1/assessments/{assessment_id}/decisions")
    assert operation is not None
    assert "`grade-needs-every-code`" in operation["responses"]["409"]["description"]


@pytest.mark.parametrize(
    ("base_url", "cookie"),
    [
        ("", "portfolio"),
        ("http://localhost:8080", "portfolio"),
        ("https://college.example", "__Host-portfolio"),
        ("https://college.example/portfolio", "__Secure-portfolio"),
    ],
)
def test_it_says_where_the_service_is_and_how_to_sign_in(base_url: str, cookie: str) -> None:
    said = specification(base_url)
    schemes = said["components"]["securitySchemes"]
    assert said["servers"] == [{"url": base_url or "/"}]
    assert schemes["session"]["name"] == cookie
    flow = schemes["program"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{base_url}/oauth/token"
    assert {*flow["scopes"]} == GIVEN_TO_PROGRAMS


def test_it_says_of_every_read_whether_a_program_can_be_let_in(tell: Tell) -> None:
    world = tell("convened")
    registered(world, "admin", *(row for row in GIVEN_TO_PROGRAMS if not row.startswith("do:")), "do:serve-evidence")
    program = signed_in(world)
    ids = {part: world.ids[name] for part, name in HOLDS.items() if name in world.ids}
    known = {**ids, "reference": "ST1297", "version": "V2"}
    answered = 0
    for method, path, operation in operations():
        if method == "get" and {*re.findall(r"\{(\w+)\}", path)} <= {*known}:
            answer = program.get(path.removeprefix("/v1").format_map(known))
            let_in = f"/problems/{OutOfScope.code}" not in answer.get_data().decode(errors="replace")
            assert let_in is any("program" in each for each in operation["security"]), path
            answered += answer.status_code == 200
    assert answered > 20
