"""Every refusal has one shape, one clear sentence and no inside of ours."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from api.docs import problems_markdown
from api.errors import CrossSiteRequest, FieldsNotValid, RequestTooSlow, refusals, status_of
from api.reference import entry
from portfolio.application.ports import (
    Busy,
    IdempotencyKeyReused,
    OutcomeUnknown,
    StorageBroken,
    StorageFull,
    Unauthenticated,
)
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected, RuleBroken, StaleVersion, Unreadable
from tests.api.shell import STREAM, NoteTooLong, Shell, shell


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(running: Shell) -> Shell:
    return running.anew()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Unauthenticated, 401),
        (NotPermitted, 403),
        (CrossSiteRequest, 403),
        (NotVisible, 404),
        (RuleBroken, 409),
        (StaleVersion, 412),
        (Unreadable, 422),
        (IdempotencyKeyReused, 422),
        (Busy, 503),
        (OutcomeUnknown, 503),
        (StorageBroken, 503),
        (StorageFull, 507),
    ],
)
def test_a_refusal_answers_with_the_status_of_its_kind(service: Shell, refusal: type[Rejected], status: int) -> None:
    service.handler.refusal = refusal()
    answer = service.client.post("/v1/notes/", json={"text": "hello"})
    assert (answer.status_code, answer.get_json()["status"]) == (status, status)
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["type"] == f"/problems/{refusal.code}"
    assert answer.get_json()["title"] == answer.get_json()["detail"] == refusal.title()


def test_a_refusal_carries_its_particular_sentence_and_its_lists(service: Shell) -> None:
    service.handler.refusal = NoteTooLong("Two things are said.", said=["K1", "K2"])
    answer = service.client.post("/v1/notes/", json={"text": "hello"})
    assert answer.get_json() == {
        "type": "/problems/note-too-long",
        "title": "A note says one thing.",
        "rule": "TEST-1",
        "source": "TEST-1",
        "status": 409,
        "detail": "Two things are said.",
        "said": ["K1", "K2"],
    }


@pytest.mark.parametrize("refusal", [kind for kind in refusals().values() if kind.rule], ids=lambda kind: kind.code)
def test_every_refusal_with_a_rule_answers_the_rule_and_its_source_in_fields_of_their_own(
    service: Shell, refusal: type[Rejected]
) -> None:
    service.handler.refusal = refusal()
    problem = service.client.post("/v1/notes/", json={"text": "hello"}).get_json()
    page = service.stranger.get(f"/problems/{refusal.code}").text
    assert problem["rule"] == refusal.rule
    assert problem["source"]
    for field in ("rule", "source"):
        assert f"<dd>{escape(problem[field])}</dd>" in page


def test_every_refusal_of_the_product_has_a_status_and_a_sentence() -> None:
    for code, refusal in refusals().items():
        assert 400 <= status_of(refusal) < 600, code
        assert refusal.title().endswith("."), code


def test_busy_says_when_to_try_again(service: Shell) -> None:
    service.handler.refusal = Busy()
    assert service.client.post("/v1/notes/", json={"text": "hello"}).headers["Retry-After"] == "1"


BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "broken JSON": (b'{"text": ', 400, "The body is not JSON in UTF-8: Input data was truncated."),
    "nothing": (b"", 400, "The body is not JSON in UTF-8: Input data was truncated."),
    "invalid UTF-8": (b'{"text": "\xff"}', 400, "The body is not JSON in UTF-8"),
    "half a surrogate pair": (b'{"text": "\\ud800"}', 400, "The body is not JSON in UTF-8"),
    "deep nesting": (b"[" * 100_000, 400, "nested too deeply"),
    "10 MB": (b'{"text": "' + b"x" * 10_000_000 + b'"}', 413, "Send at most 1000000 bytes here."),
    "a list": (b"[]", 422, "body: Not an object: send its fields"),
    "null": (b"null", 422, "body: Not an object: send its fields"),
    "a number past all bounds": (b'{"text": "a", "count": ' + b"9" * 5000 + b"}", 400, "out of range"),
    "a large number": (b'{"text": "a", "count": 99999999999999999999999}', 422, "count: Must be greater"),
    "a missing field": (b"{}", 422, "text: Missing data for required field."),
    "an unknown field": (b'{"text": "a", "txet": "b"}', 422, "txet: Unknown field."),
    "a number as text": (b'{"text": 5}', 422, "text: Not a valid string."),
    "text as a number": (b'{"text": "a", "count": "5"}', 422, "count: Not a valid integer."),
    "true as a number": (b'{"text": "a", "count": true}', 422, "count: Not a valid integer."),
    "text as a width": (b'{"text": "a", "width": "5"}', 422, "width: Not a valid number."),
    "a width outside": (b'{"text": "a", "width": 100.5}', 422, "width: Must be greater"),
    "text as a flag": (b'{"text": "a", "final": "yes"}', 422, "final: Not a valid boolean."),
    "a NUL character": (b'{"text": "a\\u0000"}', 422, "text: Holds a control character"),
    "a line end in one line": (b'{"text": "a\\n"}', 422, "text: Holds a control character"),
    "an escape character": (b'{"text": "a", "story": "\\u001b"}', 422, "story: Holds a control character"),
    "an empty text": (b'{"text": ""}', 422, "text: Length must be between 1 and 20."),
    "a text too long": (b'{"text": "123456789012345678901"}', 422, "text: Length must be between 1 and 20."),
    "no UUID": (b'{"text": "a", "members": ["{0b1f5c1e0f5e4b719a537b0e9dfc1d11}"]}', 422, "members.0: Not a UUID"),
    "no time": (b'{"text": "a", "at": "2026-02-30T00:00:00Z"}', 422, "at: Not a time"),
    "a time without offset": (b'{"text": "a", "at": "2026-02-20T00:00:00"}', 422, "at: Not a time"),
    "a time before all time": (b'{"text": "a", "at": "0001-01-01T00:00:00+01:00"}', 422, "at: Not a time"),
}


@pytest.mark.usefixtures("collector_at_rest")
@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_gets_one_clear_sentence_and_runs_nothing(service: Shell, name: str) -> None:
    body, status, sentence = BAD_BODIES[name]
    answer = service.client.post("/v1/notes/", data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert sentence in answer.get_json()["detail"]
    assert service.handler.asked == []
    if status == 422:
        assert answer.get_json()["fields"]


class TooSlow(io.BytesIO):
    """A body that does not come at the pace that the server asks for."""

    def readinto(self, _: Any) -> int:
        raise RequestTooSlow


def test_a_body_that_comes_too_slowly_is_refused_and_nothing_recorded(service: Shell) -> None:
    answer = service.client.post("/v1/notes/", input_stream=TooSlow(b" " * 100), content_type="application/json")
    assert (answer.status_code, answer.get_json()["type"]) == (408, "/problems/request-too-slow")
    assert service.handler.asked == []


def test_good_values_of_every_shape_pass(service: Shell) -> None:
    body: dict[str, Any] = {
        "text": "hello – é",
        "story": "one\r\n\ttwo",
        "members": [str(STREAM), str(STREAM).upper()],
        "count": 10,
        "width": 1,
        "final": False,
        "at": "2026-03-01T10:30:00+01:00",
    }
    assert service.client.post("/v1/notes/", json=body).status_code == 201


def test_many_faults_are_counted_and_not_repeated_at_length(service: Shell) -> None:
    answer = service.client.post("/v1/notes/", json={"text": "a"} | {f"{'x' * 1000}{n}": 1 for n in range(100)})
    assert len(answer.get_json()["fields"]) <= 50
    assert len(answer.get_json()["detail"]) < 300
    assert "(and 99 more)" in answer.get_json()["detail"]


def test_a_body_of_another_type_is_refused(service: Shell) -> None:
    answer = service.client.post("/v1/notes/", data={"text": "hello"})
    assert (answer.status_code, answer.get_json()["type"]) == (415, "/problems/wrong-media-type")


def test_an_unknown_query_parameter_is_refused_by_name(service: Shell) -> None:
    answer = service.client.get("/v1/notes/?limti=3")
    assert (answer.status_code, answer.get_json()["fields"]) == (422, {"limti": "Unknown field."})


def test_an_unknown_address_and_a_wrong_method_are_problems(service: Shell) -> None:
    answer = service.client.get("/v1/nothing")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-visible")
    answer = service.client.delete("/v1/notes/")
    assert (answer.status_code, answer.get_json()["type"]) == (405, "/problems/wrong-method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_an_unforeseen_fault_shows_a_reference_and_nothing_else(
    service: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    answer = service.client.get(f"/v1/notes/{STREAM}")
    assert (answer.status_code, answer.get_json()["type"]) == (500, "/problems/unexpected-fault")
    assert "Jane" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    (record,) = [record for record in caplog.records if record.name == "portfolio.faults"]
    assert vars(record)["fields"] == {"reference": answer.get_json()["reference"]}
    assert answer.get_json()["reference"] in answer.get_json()["detail"]


def test_a_browser_gets_the_same_sentences_as_a_page(service: Shell) -> None:
    answer = service.stranger.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is nothing here that you may see." in answer.text


def test_what_a_refusal_quotes_is_text_and_not_markup(tmp_path: Path) -> None:
    service = shell(tmp_path)
    service.app.add_url_rule("/quoting", "docs.reference_", lambda: (_ for _ in ()).throw(NoteTooLong("<b>`x<i>`")))
    answer = service.client.get("/quoting", headers={"Accept": "text/html"})
    assert "&lt;b&gt;<code>x&lt;i&gt;</code>" in answer.text


def test_each_refusal_has_a_page_with_its_sentence_and_rule(service: Shell) -> None:
    answer = service.stranger.get("/problems/unauthenticated")
    assert "Send a bearer token, or sign in with your link." in answer.text
    assert "RFC 6750" in answer.text
    assert service.stranger.get("/problems/no-such-thing").status_code == 404


def test_the_list_of_refusals_names_each_with_status_sentence_and_rule() -> None:
    page = problems_markdown()
    for refusal in refusals().values():
        row = entry(refusal)
        assert f"| `{row['code']}` | {row['status']} | {row['sentence']} | {row['rule']} | {row['source']} |" in page
    assert FieldsNotValid.code in page
    assert NoteTooLong.code not in page  # made up by a test


def test_a_problem_is_valid_json_whatever_it_quotes(service: Shell) -> None:
    service.handler.refusal = NoteTooLong('"}\u2028\x00')
    answer = service.client.post("/v1/notes/", json={"text": "hello"})
    assert json.loads(answer.data)["detail"] == '"}\u2028\x00'
