"""Whatever somebody signed in with can be ended, at once and everywhere; they sign in again as ever."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portfolio.application.ports import Unauthenticated
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown
from tests.api.conftest import Tell
from tests.api.world import Caller, World, refused

OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


def link(world: World, person: str) -> str:
    address: str = world.services.sessions.issue_link(world[person])  # type: ignore[attr-defined]
    return address.partition("code=")[2]


def enters(world: World, code: str) -> tuple[FlaskClient, TestResponse]:
    client = world.app.test_client()
    return client, client.post("/sign-in", data={"code": code}, headers=OUR_PAGE | {"Accept": "application/json"})


def in_a_browser(world: World, person: str) -> FlaskClient:
    client, answer = enters(world, link(world, person))
    assert answer.status_code == 303
    return client


def status(client: FlaskClient) -> int:
    return client.get("/v1/me").status_code


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("people")


def test_who_signs_out_everywhere_is_signed_in_nowhere_any_more(world: World) -> None:
    program, one, other = world.as_("mia").client, in_a_browser(world, "mia"), in_a_browser(world, "mia")
    somebody_else, unused = in_a_browser(world, "noah"), link(world, "mia")
    question = one.post("/sign-out-everywhere", headers=OUR_PAGE)
    assert (question.status_code, status(one), status(other)) == (200, 200, 200), "it is asked first"
    assert "Sign out everywhere?" in question.text
    answer = one.post("/sign-out-everywhere", data={"sure": "yes"}, headers=OUR_PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    ended = "You were signed out everywhere: sign in again."
    assert refused(other.get("/v1/me"), Unauthenticated)["detail"] == ended
    assert refused(enters(world, unused)[1], Unauthenticated)["detail"] == ended
    told = "The token was ended when you were signed out everywhere: ask for a new one."
    assert refused(program.get("/v1/me"), Unauthenticated)["detail"] == told
    assert status(one) == 401
    assert status(somebody_else) == 200
    assert [status(in_a_browser(world, "mia")), status(world.as_("mia").client)] == [200, 200]


def test_who_signs_out_here_stays_signed_in_elsewhere(world: World) -> None:
    one, other = in_a_browser(world, "mia"), in_a_browser(world, "mia")
    cookie = one.get_cookie("portfolio")
    assert cookie is not None
    one.post("/sign-out", headers=OUR_PAGE)
    one.set_cookie("portfolio", cookie.value)  # as somebody who copied it
    assert [status(one), status(other)] == [401, 200]


@pytest.mark.parametrize("by", ["admin", "responsible", "mia"])
def test_an_administrator_or_responsible_officer_signs_others_out_and_everybody_themselves(
    world: World, by: str
) -> None:
    session, caller = in_a_browser(world, "mia"), world.as_(by)
    caller.does("/people/{mia}/sign-out")
    assert status(session) == 401
    caller.does("/people/{mia}/sign-out")  # once more is once more
    assert status(in_a_browser(world, "mia")) == 200


@pytest.mark.parametrize(("by", "refusal"), [("officer", NotPermitted), ("coach", NotVisible), ("noah", NotVisible)])
def test_nobody_else_signs_somebody_out(world: World, by: str, refusal: Any) -> None:
    session = in_a_browser(world, "mia")
    refused(world.as_(by).post("/people/{mia}/sign-out"), refusal)
    assert status(session) == 200


def test_nobody_who_is_not_registered_is_signed_out(world: World) -> None:
    refused(world.as_("admin").post(f"/people/{uuid4()}/sign-out"), PersonUnknown)


def test_the_only_administrator_signs_in_again_after_signing_out_everywhere(world: World) -> None:
    world.as_("admin").does("/people/{admin}/sign-out")
    world.now -= timedelta(minutes=5)  # whatever the clock says meanwhile
    assert status(world.as_("admin").client) == 200
    assert status(in_a_browser(world, "admin")) == 200


def test_a_session_that_nobody_uses_ends_and_one_that_is_used_goes_on(world: World) -> None:
    used, left = in_a_browser(world, "mia"), in_a_browser(world, "mia")
    for _ in range(5):
        world.now += timedelta(minutes=40)
        assert status(used) == 200
    problem = refused(left.get("/v1/me"), Unauthenticated)
    assert problem["detail"] == ("Nothing was asked for 120 minutes, so you were signed out: sign in again.")
    world.now += timedelta(minutes=119)
    assert status(used) == 200
    world.now += timedelta(minutes=120)
    assert status(used) == 401


def test_a_page_says_why_somebody_is_signed_out(world: World) -> None:
    session = in_a_browser(world, "mia")
    Caller(world, "admin").does("/people/{mia}/sign-out")
    answer = session.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "You were signed out everywhere: sign in again." in answer.text
