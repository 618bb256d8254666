"""Nobody gets past the door unnamed, and no other site borrows a visitor's session."""

import io
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from api.auth import OPEN
from portfolio.application.ports import Unauthenticated
from tests.api.shell import PERSON, Shell, shell


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(running: Shell) -> Shell:
    return running.anew()


def signed_in(service: Shell) -> FlaskClient:
    client = service.stranger
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    assert client.post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    return client


def test_without_a_token_every_route_but_the_open_ones_is_refused(service: Shell) -> None:
    for rule in service.app.url_map.iter_rules():
        path = re.sub("<uuid:[a-z_]+>", str(PERSON), rule.rule).replace("<path:filename>", "site.css")
        for method in rule.methods or ():
            address = re.sub("<int:[a-z_]+>", "1", path.replace("<code>", "busy"))
            address = re.sub(r"<any[(]'([a-z-]+)'[^>]*>", r"\1", address)
            status = service.stranger.open(address, method=method, buffered=True).status_code
            assert (status == 401) == (rule.endpoint not in OPEN), (method, path)


def test_every_open_route_exists_and_gives_its_reason(service: Shell) -> None:
    endpoints = {rule.endpoint for rule in service.app.url_map.iter_rules()}
    assert set(OPEN) <= endpoints
    assert all(OPEN.values())


def test_the_refusal_says_how_to_sign_in(service: Shell) -> None:
    answer = service.stranger.get("/v1/notes/")
    assert answer.get_json()["type"] == "/problems/unauthenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="portfolio"'
    answer = service.stranger.get("/v1/notes/", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="portfolio", error="invalid_token"'


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "Bearer a b", "Bearer é", "nonsense", ""])
def test_an_authorization_that_is_no_token_is_refused(service: Shell, header: str) -> None:
    client = signed_in(service)  # a bad token is never overlooked in favour of the cookie
    assert client.get("/v1/notes/", headers={"Authorization": header}).status_code == 401


def test_a_token_names_the_person_who_acts(service: Shell) -> None:
    service.client.post("/v1/notes/", json={"text": "hello"})
    assert [by for _, by, _, _ in service.handler.asked] == [PERSON]


def test_looking_at_a_link_does_not_use_it_up(service: Shell) -> None:
    link = service.sessions.issue_link(PERSON)
    assert link.startswith("http://localhost/sign-in#code=")
    for _ in range(2):
        answer = service.stranger.get(link)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert signed_in(service).get("/v1/notes/").status_code == 200


def test_the_code_of_a_link_goes_into_no_log_and_no_referer(service: Shell) -> None:
    """It stands behind the #, which browsers send to nobody: test_in_a_browser.py looks at what one sends."""
    parts = urlsplit(service.sessions.issue_link(PERSON))
    assert (parts.path, parts.query) == ("/sign-in", "")
    assert parts.fragment.startswith("code=")


def test_who_pastes_the_whole_link_is_signed_in(service: Shell) -> None:
    pasted = {"code": f" {service.sessions.issue_link(PERSON)}\n"}
    answer = service.stranger.post("/sign-in", data=pasted, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


def test_nobody_outside_moves_the_root_of_the_service(service: Shell) -> None:
    moved = service.stranger.get("/healthz", environ_overrides={"SCRIPT_NAME": "/elsewhere"})
    assert moved.status_code == 404


def test_a_link_works_once(service: Shell) -> None:
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    same_site = {"Sec-Fetch-Site": "same-origin"}
    assert service.stranger.post("/sign-in", data={"code": code}, headers=same_site).status_code == 303
    answer = service.stranger.post("/sign-in", data={"code": code}, headers=same_site)
    assert (answer.status_code, answer.get_json()["detail"]) == (
        401,
        "This sign-in link has been used or has run out: ask for a new one.",
    )


@pytest.mark.parametrize(("base_url", "cookie"), [("http://localhost", "portfolio="), ("https://a.example", "__Host-")])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(tmp_path: Path, base_url: str, cookie: str) -> None:
    service = shell(tmp_path, base_url=base_url)
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    answer = service.stranger.post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "none"})
    parts = answer.headers["Set-Cookie"].split("; ")
    assert parts[0].startswith(cookie)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert ("Secure" in parts) == base_url.startswith("https")
    assert ("Strict-Transport-Security" in answer.headers) == base_url.startswith("https")


@pytest.mark.parametrize(
    ("base_url", "prefix"), [("https://a.example", "__Host-"), ("https://a.example/p", "__Secure-")]
)
def test_every_cookie_is_bound_to_the_host_or_to_https(tmp_path: Path, base_url: str, prefix: str) -> None:
    service, path = shell(tmp_path, base_url=base_url), base_url.removeprefix("https://a.example")
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    browser = service.stranger
    cookies = [
        *browser.get("/queue", base_url=base_url, headers=PAGE).headers.getlist("Set-Cookie"),
        *browser.post("/sign-in", base_url=base_url, data={"code": code}, headers=PAGE).headers.getlist("Set-Cookie"),
    ]
    assert {each.partition("=")[0] for each in cookies} == {f"{prefix}portfolio", f"{prefix}wanted"}
    assert all({"Secure", "HttpOnly", "SameSite=Lax", f"Path={path or '/'}"} <= {*each.split("; ")} for each in cookies)


def test_who_signs_in_anew_leaves_no_session_behind_in_that_browser(service: Shell) -> None:
    browser, secrets = service.stranger, []
    for _ in range(2):
        code = service.sessions.issue_link(PERSON).partition("code=")[2]
        answer = browser.post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "same-origin"})
        secrets.append(answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2])
    assert service.sessions.person_of(secrets[1]) == PERSON
    with pytest.raises(Unauthenticated):
        service.sessions.person_of(secrets[0])


@pytest.mark.parametrize(
    ("headers", "carried_out"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://localhost:80"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:8080"}, False),
        ({"Origin": "http://[localhost"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_session_writes_only_from_our_own_pages(service: Shell, headers: dict[str, str], carried_out: bool) -> None:
    client = signed_in(service)
    answer = client.post("/v1/notes/", json={"text": "hello"}, headers=headers)
    assert answer.status_code == (201 if carried_out else 403)
    assert len(service.handler.asked) == carried_out
    from_elsewhere = headers.get("Origin", "http://localhost") not in ("http://localhost", "http://localhost:80")
    assert client.get("/v1/notes/", headers=headers).status_code == (403 if from_elsewhere else 200)


@pytest.mark.parametrize(
    ("origin", "host", "status"), [("http://evil.example", "evil.example", 403), ("http://localhost", "10.0.0.7", 201)]
)
def test_which_pages_are_ours_the_base_url_says_and_not_the_host(
    service: Shell, origin: str, host: str, status: int
) -> None:
    secret = service.sessions.open(service.sessions.issue_link(PERSON).partition("code=")[2])
    client = service.stranger
    client.set_cookie("portfolio", secret, domain=host)
    told = client.post("/v1/notes/", json={"text": "hello"}, headers={"Origin": origin}, base_url=f"http://{host}")
    assert told.status_code == status


def test_no_other_site_signs_a_visitor_in(service: Shell) -> None:
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    answer = service.stranger.post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/cross-site-request")
    assert service.sessions.open(code)  # nor does it use the link up


def test_signing_out_ends_the_session_for_good(service: Shell) -> None:
    client = signed_in(service)
    cookie = client.get_cookie("portfolio")
    assert cookie is not None
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert client.get_cookie("portfolio") is None
    client.set_cookie("portfolio", cookie.value)
    assert client.get("/v1/notes/").status_code == 401


def test_a_token_is_no_session_and_a_session_is_no_token(service: Shell) -> None:
    client = service.stranger
    client.set_cookie("portfolio", service.tokens.issue(PERSON, timedelta(hours=1)))
    assert client.get("/v1/notes/").status_code == 401
    secret = service.sessions.open(service.sessions.issue_link(PERSON).partition("code=")[2])
    assert service.stranger.get("/v1/notes/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_of_a_form_that_holds_no_code_nothing_is_read(service: Shell) -> None:
    """Anybody may send it, and a million bytes of fields take a second to tell apart."""
    form = io.BytesIO(b"a=&" * 300_000)
    answer = service.stranger.post(
        "/sign-in",
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin"},
        environ_overrides={"wsgi.input": form, "CONTENT_LENGTH": "900000"},
    )
    assert (answer.status_code, answer.get_json()["type"]) == (413, "/problems/too-large")
    assert form.tell() == 0


ID = "11111111-1111-4111-8111-111111111111"
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("wanted", ["/queue", f"/enrolments/{ID}?as_of=2026-03-01", f"/evidence/{ID}?version=2&page=3"])
def test_who_asks_for_a_page_signs_in_on_a_page_and_is_led_back(service: Shell, wanted: str) -> None:
    browser = service.stranger
    answer = browser.get(wanted, headers=PAGE)
    assert (answer.status_code, "<h1>Sign in</h1>" in answer.text) == (401, True)
    assert "bearer" not in answer.text
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    assert browser.post("/sign-in", data={"code": code}, headers=PAGE).location == wanted
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    assert browser.post("/sign-in", data={"code": code}, headers=PAGE).location == "/"


def test_who_sends_a_form_and_is_signed_out_is_led_back_to_the_page_it_stood_on(service: Shell) -> None:
    browser = service.stranger
    answer = browser.post(
        f"/evidence/{ID}/return", headers={**PAGE, "Referer": f"http://localhost/evidence/{ID}?page=2"}
    )
    assert (answer.status_code, "What you sent was not done." in answer.text) == (401, True)
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    assert browser.post("/sign-in", data={"code": code}, headers=PAGE).location == f"/evidence/{ID}?page=2"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "/\\evil.example", "https://evil.example/", "/a\r\nSet-Cookie: x=y", "evil", ""],
)
def test_nobody_is_led_to_another_site(service: Shell, wanted: str) -> None:
    browser = service.stranger
    browser.set_cookie("wanted", wanted)
    code = service.sessions.issue_link(PERSON).partition("code=")[2]
    assert browser.post("/sign-in", data={"code": code}, headers=PAGE).location == "/"


def test_a_page_of_another_site_says_not_where_somebody_is_led(service: Shell) -> None:
    answer = service.stranger.post(f"/evidence/{ID}/return", headers={**PAGE, "Referer": "http://evil.example/queue"})
    assert "Set-Cookie" not in answer.headers


def test_a_faulty_code_is_told_beside_its_field(service: Shell) -> None:
    answer = service.stranger.post("/sign-in", data={"code": "x"}, headers=PAGE)
    assert answer.status_code == 401
    assert 'id="code-error"' in answer.text
    assert "ask for a new one" in answer.text
