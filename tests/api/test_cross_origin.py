"""Pages of other sites: those that the operator lists ask the API with a token of their own, and no other anything."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from api.errors import CrossSiteRequest
from infra.origins import faults_of_origins, origins_of
from tests.api.conftest import Tell
from tests.api.programs import BY_KEY, assertion, registered
from tests.api.world import World, refused
from tests.pages.visitor import Visitor

LEARNING = "https://learning.example"
LISTED = frozenset({LEARNING, "https://staff.example:8443", "http://localhost:5173"})
NOT_LISTED = (
    "null",
    "https://learning.example.evil.example",
    "https://evil-learning.example",
    "https://evil.example/https://learning.example",
    "https://LEARNING.example",
    "https://learning.example/",
    "https://learning.example:443",
    "https://learning.example:8443",
    "https://staff.example",
    "http://learning.example",
    "https://learning.example https://staff.example:8443",
    "https://learning.example,https://evil.example",
    "https://sub.learning.example",
    "https://learning.example.",
    "https://learning.exampl\u0435",
    "*",
    "",
)


def allowing(world: World) -> World:
    world.services = replace(world.services, origins=LISTED)
    return world


@pytest.fixture
def world(tell: Tell) -> World:
    return allowing(tell("enrolled"))


def cors(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers if name.startswith("Access-Control-")}


def preflight(world: World, path: str, origin: str, method: str = "GET") -> TestResponse:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return world.app.test_client().options(path, headers=asks)


def test_without_the_setting_no_page_of_another_site_is_answered(tell: Tell) -> None:
    world = tell("enrolled")
    for origin in (LEARNING, "http://localhost", "null"):
        answers = (world.as_("mia").get("/me", headers={"Origin": origin}), preflight(world, "/v1/me", origin))
        for answer in answers:
            assert cors(answer) == {}
            assert "Origin" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("origin", sorted(LISTED))
def test_a_page_of_a_listed_site_asks_with_a_token_of_its_own(world: World, origin: str) -> None:
    allowed = preflight(world, "/v1/evidence", origin, "POST")
    assert (allowed.status_code, allowed.data) == (204, b"")
    assert cors(allowed) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-Range, Range",
        "Access-Control-Expose-Headers": allowed.headers["Access-Control-Expose-Headers"],
        "Access-Control-Max-Age": "600",
    }
    assert {"Origin", "Access-Control-Request-Method"} <= {each.strip() for each in allowed.headers["Vary"].split(",")}
    answer = world.as_("mia").get("/me", headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for path in ("/v1/me", "/v1/nowhere", "/v1/enrolments/x"):
        refusal = world.app.test_client().get(path, headers={"Origin": origin})
        assert refusal.status_code in (401, 404)
        assert refusal.headers["Access-Control-Allow-Origin"] == origin, "a page is to read why"


@pytest.mark.parametrize("origin", NOT_LISTED)
def test_no_other_origin_is_taken_for_a_listed_one(world: World, origin: str) -> None:
    headers = {"Origin": origin.encode().decode("latin-1")}
    answer = world.as_("mia").get("/me", headers=headers)
    assert cors(answer) == cors(preflight(world, "/v1/me", headers["Origin"])) == {}
    assert "Origin" in answer.headers["Vary"], "no cache gives it to a page that may read it, or the other way round"


def test_who_names_no_origin_is_answered_as_ever_and_kept_apart_by_caches(world: World) -> None:
    answer = world.as_("mia").get("/me")
    assert (answer.status_code, cors(answer)) == (200, {})
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/.well-known/jwks.json", "/v1", "/v1x/me", "/static/x"])
def test_nothing_but_the_api_and_where_programs_sign_in_is_for_other_sites(world: World, path: str) -> None:
    headers = {"Origin": LEARNING}
    for answer in (world.app.test_client().get(path, headers=headers), preflight(world, path, LEARNING)):
        assert cors(answer) == {}
        assert answer.status_code != 204


def test_a_program_signs_in_from_a_page_of_a_listed_site(world: World) -> None:
    registered(world, "coach", "see:enrolment")
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": BY_KEY,
        "client_assertion": assertion(world, world["program"]),
    }
    answer = world.app.test_client().post("/oauth/token", data=form, headers={"Origin": LEARNING})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == LEARNING
    assert preflight(world, "/oauth/token", LEARNING, "POST").status_code == 204


@pytest.mark.parametrize("origin", [LEARNING, "https://evil.example", "null"])
def test_no_page_of_another_site_uses_somebodys_session(world: World, origin: str) -> None:
    visitor = Visitor(world, "mia")
    assert visitor.client.get("/v1/me").status_code == 200
    assert visitor.client.get("/v1/me", headers={"Origin": "http://localhost"}).status_code == 200
    answer = visitor.client.get("/v1/me", headers={"Origin": origin, "Sec-Fetch-Site": "same-site"})
    refused(answer, CrossSiteRequest)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    body = {"mails": "none"}
    site = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    refused(visitor.client.post(f"/v1/people/{world['mia']}/notices", json=body, headers=site), CrossSiteRequest)


def test_an_options_request_that_is_no_preflight_says_who_asks_as_any_other(world: World) -> None:
    assert world.app.test_client().options("/v1/me", headers={"Origin": LEARNING}).status_code == 401
    assert world.app.test_client().options("/v1/me").status_code == 401


@pytest.mark.parametrize("origin", sorted(LISTED | {"https://a.b-c.example", "http://[::1]:3000", "http://127.0.0.1"}))
def test_origins_are_listed_as_browsers_send_them(origin: str) -> None:
    assert faults_of_origins(origin) == []
    assert origins_of(f" {origin}  {LEARNING}") == {origin, LEARNING}


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "*",
            "null",
            "https://*.learning.example",
            "learning.example",
            "https://learning.example/",
            "ftp://a.example",
        ),
        *("https://LEARNING.example", "https://learning.example:443", "http://localhost:80", "http://learning.example"),
        *("https://a.example:65536", "https://a.example:0", "https://me@a.example", "https://a.example/path"),
        *("https://a.example?x", "https://a.example#x", "https://-a.example", "https://a..example", "https://"),
        *("https://a.example,https://b.example", "http://localhost.evil.example", "https://learning.exampl\u0435"),
    ],
)
def test_what_no_browser_sends_is_no_origin(origin: str) -> None:
    assert len(faults_of_origins(origin)) == 1
