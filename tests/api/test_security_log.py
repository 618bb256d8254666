"""Who comes in, who is kept out and what ends is noted, and nothing that somebody typed."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.browsers import browser_in_words
from portfolio.domain.kernel import NotPermitted
from tests.api.shell import PERSON, Shell, shell

SAME = {"Sec-Fetch-Site": "same-origin"}
PAGE = {"Accept": "text/html"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(running: Shell) -> Shell:
    running.security.lines.clear()
    return running.anew()


def pressed(service: Shell, code: str) -> FlaskClient:
    client = service.stranger
    client.post("/sign-in", data={"code": code}, headers=SAME | {"User-Agent": FIREFOX})
    return client


def test_a_sign_in_and_its_end_are_noted_with_the_session_and_what_it_is_in(service: Shell) -> None:
    client = pressed(service, service.sessions.issue_link(PERSON))
    (kept, *_) = service.sessions.open_of(PERSON)
    assert kept.browser == "Firefox on Windows"
    client.post("/sign-out", headers=SAME)
    assert service.security.lines == [
        ("sign-in", PERSON, {"how": "link", "session": kept.id}),
        ("session-ended", PERSON, {"session": kept.id, "why": "signed out"}),
    ]


def test_a_link_that_is_no_good_is_noted_without_what_was_typed(service: Shell) -> None:
    pressed(service, "what somebody typed")
    assert service.security.lines == [
        ("sign-in-failed", None, {"how": "link"}),
    ]


def test_a_token_is_noted_once_with_its_key(service: Shell) -> None:
    client = service.client
    for _ in range(3):
        client.get("/v1/notes/")
    assert service.security.lines == [("key-used", PERSON, {"key": "token-key.pem"})]


def test_a_token_that_is_shown_from_another_address_is_noted_again(service: Shell) -> None:
    client = service.client
    for address in ("192.0.2.7", "192.0.2.8", "192.0.2.7"):
        client.get("/v1/notes/", environ_base={"REMOTE_ADDR": address})
    assert [words["source"] for _, _, words in service.security.lines] == ["192.0.2.7", "192.0.2.8"]


def test_who_is_refused_is_noted_with_the_route_and_the_refusal(service: Shell) -> None:
    client = pressed(service, service.sessions.issue_link(PERSON))
    service.security.lines.clear()
    service.handler.refusal = NotPermitted("You may not.")
    client.post("/v1/notes/", json={"text": "hello"}, headers=SAME)
    client.post("/v1/notes/", json={"text": "hello"}, headers={"Sec-Fetch-Site": "cross-site"})
    service.stranger.get("/v1/notes/", headers={"Authorization": "Bearer nonsense"})
    other = service.stranger
    other.set_cookie("portfolio", "nonsense")
    other.get("/", headers=PAGE)
    refused = [(person, words["route"], words["status"], words["why"]) for _, person, words in service.security.lines]
    assert service.security.events() == ["refused"] * 4
    assert refused == [
        (PERSON, "notes.pin", "403", "not-permitted"),
        (None, "notes.pin", "403", "cross-site-request"),
        (None, "notes.all_notes", "401", "unauthenticated"),
        (None, "pages.home", "401", "unauthenticated"),
    ]


def test_who_only_comes_by_and_what_is_not_there_are_not_noted(service: Shell) -> None:
    for path in ("/", "/v1/notes/", "/sign-in", "/nothing"):
        service.stranger.get(path, headers=PAGE)
    service.client.get("/v1/people/nobody")
    assert "refused" not in service.security.events()


def test_the_address_is_the_one_that_the_proxies_say(tmp_path: Path) -> None:
    service = shell(tmp_path)
    client = service.stranger
    client.post("/sign-in", data={"code": "x"}, headers=SAME, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert [words["source"] for _, _, words in service.security.lines] == ["192.0.2.7"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
            "Safari on a Mac",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 CriOS/131.0 Mobile Safari/604.1",
            "Chrome on an iPhone",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>Firefox/1", "Firefox"),
        ("Something (Windows NT 10.0)", "A browser on Windows"),
    ],
)
def test_a_browser_is_said_so_that_people_know_it_again(header: str, said: str) -> None:
    assert browser_in_words(header) == said
