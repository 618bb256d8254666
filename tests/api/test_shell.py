"""Receipts, preconditions, keys, paging, waiting, headers, health and the reference."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.shell import NOW, PERSON, STREAM, FakeJournal, PinNote, Shell, shell


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(running: Shell) -> Shell:
    return running.anew()


def test_a_write_answers_its_receipt_etag_and_address(service: Shell) -> None:
    answer = service.client.post("/v1/notes/", json={"text": "hello"})
    assert answer.status_code == 201
    assert answer.get_json() == {"id": str(STREAM), "version": 3, "position": str(2**60)}
    assert answer.headers["ETag"] == '"3"'
    assert answer.headers["Location"] == f"/v1/notes/{STREAM}"
    assert service.handler.asked == [(PinNote(note_id=STREAM, text="hello"), PERSON, None, None)]


def test_an_idempotency_key_travels_with_the_fingerprint_of_the_request(service: Shell) -> None:
    service.client.post(
        "/v1/notes/", data=b'{"text":"a"}', headers={"Idempotency-Key": "k-1"}, content_type="application/json"
    )
    ((_, _, idempotency, _),) = service.handler.asked
    assert idempotency is not None
    assert idempotency.key == "k-1"
    assert idempotency.fingerprint == hashlib.sha256(b'POST\n/v1/notes/\n{"text":"a"}').digest()


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 201, "é", "a\tb"])
def test_a_key_of_another_form_is_refused_by_name(service: Shell, key: str) -> None:
    answer = service.client.post("/v1/notes/", json={"text": "a"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.get_json()["detail"].startswith("Idempotency-Key:")
    assert service.handler.asked == []


@pytest.mark.parametrize(
    ("tag", "versions"),
    [('"3"', {3}), ('W/"3"', {3}), ('"3", "4"', {3, 4}), ('"x",W/"3" ,', {3}), ("*", None), (" * ", None)],
)
def test_if_match_names_the_versions_that_the_record_may_be_at(
    service: Shell, tag: str, versions: set[int] | None
) -> None:
    service.client.post("/v1/notes/", json={"text": "a"}, headers={"If-Match": tag})
    assert [asked for _, _, _, asked in service.handler.asked] == [versions]


@pytest.mark.parametrize("tag", ["3", "W/3", '"3" "4', '*, "3"', '"x"', '"-1"', '"' + "9" * 30 + '"', ""])
def test_an_if_match_of_another_form_is_refused_by_name(service: Shell, tag: str) -> None:
    answer = service.client.post("/v1/notes/", json={"text": "a"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.get_json()["detail"][:9]) == (400, "If-Match:")
    assert service.handler.asked == []


def test_a_list_is_read_page_by_page(service: Shell) -> None:
    numbers, query = [], "limit=2"
    while query:
        answer = service.client.get(f"/v1/notes/?{query}").get_json()
        numbers += [item["number"] for item in answer["items"]]
        query = answer["next"] and f"limit=2&cursor={answer['next']}"
    assert numbers == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=", "cursor=WzFd", "cursor=%00"]
)
def test_a_page_that_cannot_be_is_refused(service: Shell, query: str) -> None:
    answer = service.client.get(f"/v1/notes/?{query}")
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [query.partition("=")[0]])


def test_a_read_waits_for_a_position_and_says_so_if_it_is_not_there_yet(service: Shell) -> None:
    assert service.client.get("/v1/notes/?after=100").status_code == 200
    service.reads.caught_up = False
    answer = service.client.get("/v1/notes/?after=100")
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/not-there-yet")
    assert answer.headers["Retry-After"] == "1"
    assert service.client.get("/v1/notes/").status_code == 200


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (str(FakeJournal.HEAD + 1), "Nothing is recorded yet under the number that the address names as “after”"),
        *((text, "after:") for text in ("-1", "1.5", "9" * 19, "9" * 30, "", "\N{SUPERSCRIPT TWO}")),
    ],
)
def test_a_position_that_does_not_exist_is_refused_at_once(service: Shell, after: str, said: str) -> None:
    service.reads.caught_up = False
    answer = service.client.get("/v1/notes/", query_string={"after": after})
    assert (answer.status_code, answer.get_json()["detail"].startswith(said)) == (422, True)


@pytest.mark.parametrize(
    ("known_at", "position"),
    [("2026-03-01T09:30:00Z", "42"), ("2026-03-01T10:30:00+01:00", "42"), ("7", "7"), (None, None)],
)
def test_known_at_is_a_time_or_a_position(service: Shell, known_at: str | None, position: str | None) -> None:
    answer = service.client.get("/v1/notes/seen", query_string={"known_at": known_at} if known_at else {})
    assert answer.get_json() == {"at": NOW.isoformat().replace("+00:00", "Z"), "position": position}


@pytest.mark.parametrize(
    "query",
    ["known_at=yesterday", "known_at=9999999999999999999", "as_of=2026-02-30", "as_of=20260201", "as_of=2026-W01-1"],
)
def test_a_point_that_cannot_be_is_refused(service: Shell, query: str) -> None:
    answer = service.client.get(f"/v1/notes/seen?{query}")
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [query.partition("=")[0]])


def test_every_answer_keeps_browsers_careful(service: Shell) -> None:
    for path in ("/v1/notes/", "/v1/docs", "/healthz", "/nothing"):
        headers = service.client.get(path).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cache-Control"] == "no-store"


def test_the_service_is_up_and_ready_when_every_check_is_fine(tmp_path: Path) -> None:
    service = shell(tmp_path, checks={"store": lambda: None})
    assert service.stranger.get("/healthz").get_json() == {"status": "up"}
    assert (service.stranger.get("/readyz").status_code, service.stranger.get("/readyz").get_json()["wrong"]) == (
        200,
        {},
    )


def test_what_is_worth_knowing_keeps_a_service_ready(tmp_path: Path) -> None:
    service = shell(
        tmp_path, checks={"store": lambda: None}, noted={"clock": lambda: "It is early.", "disk": lambda: None}
    )
    answer = service.stranger.get("/readyz")
    assert (answer.status_code, answer.get_json()["noted"]) == (200, {"clock": "It is early."})


def test_a_service_that_is_not_ready_says_what_is_wrong(tmp_path: Path) -> None:
    service = shell(tmp_path, checks={"store": lambda: None, "projector": lambda: "It is 500 positions behind."})
    answer = service.stranger.get("/readyz")
    assert (answer.status_code, answer.get_json()["wrong"]) == (503, {"projector": "It is 500 positions behind."})


def test_the_openapi_document_is_made_when_it_is_first_asked_for_and_once_for_all_who_ask_then(tmp_path: Path) -> None:
    service = shell(tmp_path)
    made = service.app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
    assert not made.to_dict()["paths"]
    with ThreadPoolExecutor(4) as threads:
        (content,) = set(threads.map(lambda _: service.app.test_client().get("/v1/openapi.json").data, range(4)))
    assert b'"/v1/notes/"' in content


def test_the_openapi_document_says_exactly_what_a_route_answers(service: Shell) -> None:
    document = service.stranger.get("/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    pin = document["paths"]["/v1/notes/"]["post"]
    assert set(pin["responses"]) == {
        *("201", "400", "401", "403", "404", "408", "409", "412", "413", "415", "422", "503", "507"),
    }
    assert set(document["paths"]["/v1/notes/seen"]["get"]["responses"]) == {
        *("200", "401", "403", "404", "409", "422", "503"),
    }
    problem = document["components"]["responses"]["CONFLICT"]["content"]["application/problem+json"]["schema"]
    assert problem == {"$ref": "#/components/schemas/ConflictProblem"}
    assert "fields" in document["components"]["schemas"]["UnprocessableEntityProblem"]["properties"]
    named = {p["name"] for p in document["components"]["parameters"].values()}
    assert named == {"Idempotency-Key", "If-Match", "Range", "If-None-Match"}
    assert document["components"]["schemas"]["ReceiptOut"]["properties"]["position"]["type"] == "string"


def test_the_reference_shows_every_route_shape_and_refusal_without_anything_from_elsewhere(service: Shell) -> None:
    for path, texts in {
        "": ("notes", "Made up for the tests.", "stale-version"),
        "/notes": ("POST /v1/notes/", "GET /v1/notes/seen", "Pin a note."),
        "/notes/pin": ("Idempotency-Key", "/v1/docs/shapes/ReceiptOut", "story"),
        "/shapes/ReceiptOut": ("position", "POST /v1/notes/"),
    }.items():
        page = service.stranger.get(f"/v1/docs{path}").text
        assert [text for text in texts if text not in page] == []
        assert "http://" not in page
        assert "https://" not in page
        assert set(re.findall("<script[^>]* src=.*?/([a-z]+[.]js)", page)) <= {"frame.js", "kept.js", "copy.js"}
        assert "style=" not in page
