"""A sign that no text has (NUL), wherever a request may carry it, on each store: refused, and never a fault."""

import base64
import re
from typing import Any
from uuid import UUID

from tests.api.test_bad_input import bodies, operations
from tests.api.test_schemathesis import RECORDS
from tests.api.world import World

NUL = "a\0b"
NOBODY = str(UUID(int=1))


def path_in(world: World, path: str, text: str = "V2") -> str:
    """Return a path with the world's records in it, and ``text`` where a part is text."""

    def filled(part: re.Match[str]) -> str:
        name = part[0].strip("<{}>").rpartition(":")[2]
        if name in RECORDS:
            return str(world[RECORDS[name]])
        return NOBODY if name.endswith("_id") else "1" if "int:" in part[0] else text

    return re.sub(r"<[^>]+>|\{[^}]+\}", filled, path)


def with_nul(shape: dict[str, Any]) -> Any:
    """Return a value of this shape that holds a NUL as deep as may be."""
    if shape.get("type") == "array":
        return [with_nul(shape["items"])]
    if "$ref" in shape or shape.get("type") == "object":
        return {NUL: NUL}
    return NUL


def test_in_a_path_it_is_found_nowhere(convened: World) -> None:
    client = convened.as_("admin").client
    asked = [
        (method, path)
        for rule in convened.app.url_map.iter_rules()
        for method in rule.methods or ()
        for path in [path_in(convened, rule.rule, NUL)]
        if NUL in path
    ]
    assert {path.split("/")[1] for _, path in asked} >= {"v1", "static", "problems"}
    for method, path in [*asked, ("GET", "/\0"), ("GET", "/v1/people\0"), ("GET", "/evidence/\0")]:
        assert client.open(path, method=method).status_code == 404, (method, path)


def test_in_a_query_it_is_refused(convened: World) -> None:
    client = convened.as_("admin").client
    asked = 0
    for method, path, operation in operations():
        for parameter in operation.get("parameters", ()):
            if parameter.get("in") == "query":
                asked += 1
                answer = client.open(
                    path_in(convened, path), method=method, query_string={parameter["name"]: NUL}, json={}
                )
                assert answer.status_code in (404, 422), (path, parameter["name"], answer.text)
    assert asked > 50


def test_in_a_cursor_it_is_refused(convened: World) -> None:
    client = convened.as_("admin").client
    for written in (
        f'["name", "a\\u0000b", "{NOBODY}"]',
        f'["name", "\\ud800", "{NOBODY}"]',
        '["name", "", "\\u0000"]',
    ):
        cursor = base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")
        for path in ("people", "enrolments", "plans"):
            answer = client.get(f"/v1/{path}", query_string={"cursor": cursor, "sort": "name"})
            assert answer.status_code == 422, answer.text


def test_in_a_field_it_is_refused(convened: World) -> None:
    client = convened.as_("admin").client
    for path, body in bodies().items():
        for name, shape in body["properties"].items():
            answer = client.post(path_in(convened, path), json={name: with_nul(shape)})
            assert answer.status_code in (404, 422), (path, name, answer.text)


def test_in_a_field_of_a_page_it_is_refused(convened: World) -> None:
    names = {name for body in bodies().values() for name in body["properties"]}
    for who in ("admin", "mia", "assessor", "officer", "chair"):
        client = convened.as_(who).client
        for rule in convened.app.url_map.iter_rules():
            if "POST" in (rule.methods or ()) and not rule.rule.startswith(("/v1", "/uploads", "/sign-")):
                path = path_in(convened, rule.rule)
                for form in ({NUL: NUL}, dict.fromkeys(names, NUL)):
                    assert client.post(path, data=form).status_code < 500, (who, path)
    enter = convened.app.test_client().post("/sign-in", data={"code": NUL}, headers={"Sec-Fetch-Site": "same-origin"})
    assert enter.status_code == 401


def test_in_a_header_it_is_refused(convened: World) -> None:
    client = convened.as_("admin").client
    for name in ("Idempotency-Key", "If-Match"):
        answer = client.post(path_in(convened, "/v1/people/{person_id}/name"), json={}, headers={name: NUL})
        assert answer.status_code in (400, 412, 422), (name, answer.text)
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {NUL}"}).status_code == 401
    assert convened.app.test_client().get("/v1/me", headers={"Cookie": f"portfolio={NUL}"}).status_code == 401
