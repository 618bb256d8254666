"""Everybody sees where they are signed in, and ends one of these or all; what they may no longer do ends by itself."""

from datetime import timedelta

import pytest

from tests.api.conftest import Tell
from tests.api.world import World
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile Safari/604.1"


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("people")


def on_the_phone(world: World, person: str) -> Visitor:
    """Return somebody who pressed a link in another browser."""
    visitor = Visitor(world, person)
    visitor.client = world.app.test_client()  # of which nobody is signed in yet
    link = world.services.sessions.issue_link(world[person])  # type: ignore[attr-defined]
    assert visitor.post("/sign-in", {"code": link}, **{"User-Agent": PHONE}).status_code == 303
    return visitor


def rows(page: Page) -> list[str]:
    return [" ".join(row.text.split()) for row in page.top.one("main").all("tr")][1:]


def test_somebody_ends_the_session_that_they_do_not_know_and_goes_on_in_theirs(world: World) -> None:
    phone = on_the_phone(world, "mia")
    *_, kept = world.services.sessions.open_of(world["mia"])
    world.now += timedelta(minutes=30)
    desk = Visitor(world, "mia")
    page = desk.reads("/account")
    here, there = rows(page)
    assert here.startswith("A browser that did not say what it is")
    assert "now" in here
    assert "You are here" in here
    assert there.startswith("Safari on an iPhone")
    assert "Sign out there" in there
    answer = desk.send(page, str(kept.id))
    assert "You are signed out there." in Page(answer.text).top.one("main").text
    assert len(rows(Page(answer.text))) == 1
    assert "If you do not know one of these" in page.top.one("main").text
    assert "If you do not know one of these" not in answer.text
    assert phone.ask("/account").status_code == 401
    again = desk.send(page, str(kept.id))
    assert "You were not signed in there any more" in again.text
    assert desk.ask("/account").status_code == 200


def test_nobody_ends_or_sees_the_session_of_another(world: World) -> None:
    phone, noah = on_the_phone(world, "mia"), Visitor(world, "noah")
    sessions = world.services.sessions
    (kept,) = sessions.open_of(world["mia"])
    assert len(rows(noah.reads("/account"))) == 1
    answer = noah.post(f"/account/sign-out/{kept.id}", {})
    assert "You were not signed in there any more" in answer.text
    assert phone.ask("/account").status_code == 200


def test_a_session_of_another_site_is_not_ended_for_it(world: World) -> None:
    phone = on_the_phone(world, "mia")
    (kept,) = world.services.sessions.open_of(world["mia"])
    answer = phone.post(f"/account/sign-out/{kept.id}", {}, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert phone.ask("/account").status_code == 200


def test_who_asks_with_a_token_is_told_that_they_are_signed_in_in_no_browser(world: World) -> None:
    answer = world.as_("mia").client.get("/account", headers={"Accept": "text/html"})
    assert "You are signed in in no browser" in answer.text


def test_a_role_that_is_ended_is_gone_from_every_session_at_the_next_request(world: World) -> None:
    desk = Visitor(world, "assessor")
    assert desk.ask("/queue").status_code == 200
    world.as_("admin").does("/people/{assessor}/roles/end", {"role": "assessor", "reason": "Moved on."})
    assert desk.ask("/queue").status_code == 403
    assert desk.ask("/account").status_code == 200, "they are who they were"
