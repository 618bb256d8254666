"""The reference: a small page for each resource, call and shape, who may, how it is refused, and calls that ran."""

import json
import re
import shlex
from collections.abc import Iterator
from html import unescape

import pytest
from markupsafe import escape

from api.docs import MOST_FOUND, curl
from api.errors import refusals
from api.reference import REFERENCE, Call, Reference
from tests.api.shell import Shell, shell
from tests.pages.page import Page

LARGEST_PAGE = 60_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def reference(service: Shell) -> Reference:
    return Reference(service.app)


def calls(reference: Reference) -> Iterator[Call]:
    """Yield each call of the product."""
    yield from (call for call in reference.every_call() if call.resource != "notes")


def found(service: Shell, text: str) -> list[str]:
    """Return what a search leads to."""
    page = Page(service.stranger.get("/v1/docs", query_string={"search": text}).text)
    return [link.attributes["href"] for each in page.top.all("ul", **{"class": "app-found"}) for link in each.all("a")]


def test_every_page_of_the_reference_is_there_and_small(service: Shell, reference: Reference) -> None:
    paths = [
        *(f"/v1/docs/{name}" for name in reference.resources),
        *(f"/v1/docs/{call.resource}/{call.name}" for call in reference.every_call()),
        *(f"/v1/docs/shapes/{name}" for name in reference.shapes),
    ]
    answers = {path: service.stranger.get(path) for path in paths}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert [path for path, answer in answers.items() if len(answer.data) > LARGEST_PAGE] == []


@pytest.mark.parametrize("path", ["nothing", "people/nothing", "nothing/get-person", "shapes/Nothing"])
def test_what_is_not_there_is_not_found(service: Shell, path: str) -> None:
    assert service.stranger.get(f"/v1/docs/{path}").status_code == 404


def test_every_call_says_who_may_and_shows_a_call_that_ran_where_the_story_has_one(
    service: Shell, reference: Reference
) -> None:
    for call in calls(reference):
        page = service.stranger.get(f"/v1/docs/{call.resource}/{call.name}").text
        assert call.permissions, call.key
        assert all(word in page for row in call.permissions for word in row.words), call.key
        assert all(f"/problems/{code}" in page for code in call.reached.refusals), call.key
        assert ("A worked call" in page) == (call.example is not None), call.key


def test_every_resource_has_a_call_that_ran(service: Shell, reference: Reference) -> None:
    for name in {call.resource for call in calls(reference)}:
        page = service.stranger.get(f"/v1/docs/{name}").text
        assert "A worked call" in page, f"tell a call of {name} in tests/tools/worked.py"


def test_the_permissions_are_those_of_the_table_and_the_refusals_those_of_the_rules(reference: Reference) -> None:
    decides = reference.calls["assessments"]["decide-grade"]
    ((_, words, but),) = decides.permissions
    assert (words, but) == (["assessor", "centre assessor"], ["the apprentice"])
    assert {"decision-context-stale", "grade-needs-every-code"} <= set(decides.reached.refusals)
    assert set(REFERENCE.common).isdisjoint(decides.reached.refusals)


def test_an_example_can_be_copied_and_asks_what_ran(service: Shell, reference: Reference) -> None:
    call = reference.calls["criteria"]["draft-criteria"]
    assert call.example is not None
    with service.app.test_request_context():
        words = shlex.split(unescape(curl(call.example)).replace("\\\n", ""))
    assert words[:2] == ["curl", f"http://localhost{call.example.path}"]
    assert json.loads(words[words.index("-d") + 1]) == call.example.body


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("decisions post", "/v1/docs/assessments/decide-grade"),
        ("GRADE-NEEDS", "/problems/grade-needs-every-code"),
        ("context_hash", "/v1/docs/shapes/DecisionIn"),
        ("learner number", "/v1/docs/"),
        ("<b>", None),
    ],
)
def test_a_search_finds_calls_fields_and_refusals(service: Shell, text: str, first: str | None) -> None:
    hits = found(service, text)
    assert len(hits) <= MOST_FOUND
    assert hits[0].startswith(first) if first else not hits, hits[:3]
    assert str(escape(text)) in service.stranger.get("/v1/docs", query_string={"search": text}).text


def test_every_page_of_a_refusal_is_there_and_leads_to_the_calls_that_may_answer_it(service: Shell) -> None:
    for code in refusals():
        answer = service.stranger.get(f"/problems/{code}")
        assert answer.status_code == 200, code
        assert len(answer.data) <= LARGEST_PAGE
        titles = [heading.text for heading in Page(answer.text).top.all("h2")]
        assert titles == ["What to do", "Why", "Where it is answered"]
    page = service.stranger.get("/problems/grade-needs-every-code").text
    assert "/v1/docs/assessments/decide-grade" in page
    assert "give this grade only where every code" in page


def test_refusals_are_found_by_what_they_are_about_and_by_words(service: Shell) -> None:
    about = re.findall(r"/problems\?about=[A-Z]+", service.stranger.get("/problems").text)
    listed = {code for path in about for code in re.findall("/problems/([a-z-]+)", service.stranger.get(path).text)}
    assert listed == set(refusals())
    assert "/problems/too-many-drafts" in service.stranger.get("/problems?search=discard+DRAFTS").text
    assert service.stranger.get("/problems?about=NOTHING").status_code == 404


def test_a_search_that_is_too_long_is_refused(service: Shell) -> None:
    answer = service.stranger.get("/v1/docs", query_string={"search": "x" * 201})
    assert answer.get_json()["type"] == "/problems/fields-not-valid"
