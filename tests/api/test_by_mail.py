"""Signing in by mail, attacked through HTTP: who is known cannot be told, and a link opens one session in one place."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infra.rate_limits import RateLimits
from infra.rates import rates_of
from portfolio.application.mailed_links import GIVEN_UP, MOST_WAITING, Links, MailedLinks
from tests.api.conftest import Tell
from tests.api.mails import Box
from tests.api.world import BASE, World

COACH = "Coach@College.example"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Place:
    """The service with its mails, and how a browser uses it."""

    world: World
    box: Box
    mailed: MailedLinks

    def browser(self) -> FlaskClient:
        return self.world.app.test_client()

    def asks(self, browser: FlaskClient, address: str = COACH, **headers: str) -> TestResponse:
        return browser.post("/sign-in/by-mail", data={"address": address}, headers={**SAME_SITE, **headers})

    def sent(self) -> list[tuple[str, str]]:
        while self.mailed.send_next():
            pass
        return self.box.mails

    def presses(self, browser: FlaskClient, code: str | None = None) -> TestResponse:
        code = code or parse_qs(urlsplit(self.box.link()).query)["code"][0]
        return browser.post("/sign-in/by-mail/link", data={"code": code}, headers=SAME_SITE)


@pytest.fixture(scope="module")
def shared(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with closing(stages("people").copy(tmp_path_factory.mktemp("by-mail") / "world")) as world:
        world.as_("admin").does("/people/{coach}/address", {"address": COACH})
        yield world


@pytest.fixture
def place(shared: World) -> Place:
    box, page = Box(), f"{BASE}/sign-in/by-mail/link"
    services = shared.services
    mailed = MailedLinks(
        services.addresses, cast(Links, services.sessions), box, lambda: shared.now, name="North College", page=page
    )
    shared.services = replace(services, mailed=mailed, rates=RateLimits(rates_of("")))
    return Place(shared, box, mailed)


def signed_in(browser: FlaskClient) -> bool:
    return browser.get("/v1/me").status_code == 200


def test_a_link_signs_in_whoever_asked_for_it_once_and_only_by_the_button(place: Place) -> None:
    browser = place.browser()
    assert place.asks(browser).headers["Location"] == "/sign-in/by-mail"
    assert "Look at your mail" in browser.get("/sign-in/by-mail").text
    ((to, text),) = place.sent()
    assert to == "Coach@college.example"
    assert "North College" in text
    assert "Coach" not in text
    for _ in range(2):  # whoever looks after mails opens links
        assert 'name="code"' in browser.get(place.box.link()).text
    assert not signed_in(browser)
    assert place.presses(browser).status_code == 303
    assert signed_in(browser)
    again = place.presses(browser)
    assert again.status_code == 401
    assert "you may be signed in already" in again.text.replace("\n", " ") or "good in the browser" in again.text
    assert signed_in(browser)


def test_two_presses_at_once_open_one_session(place: Place) -> None:
    browser = place.browser()
    place.asks(browser)
    place.sent()
    half = browser.get_cookie("portfolio-asked")
    assert half is not None
    twin = place.browser()
    twin.set_cookie("portfolio-asked", half.value)
    assert [place.presses(browser).status_code, place.presses(twin).status_code] == [303, 401]
    assert "you may be signed in already" in place.presses(twin).text


def test_whether_an_address_is_known_cannot_be_told_from_an_answer_nor_from_what_is_done_before_it(
    place: Place,
) -> None:
    answers = []
    for address in (COACH, "nobody@college.example", f"{'x' * 64}@{'y' * 60}.example"):
        browser = place.browser()
        answer = place.asks(browser, address)
        page = browser.get("/sign-in/by-mail")
        cookie = re.sub(r"asked=[\w-]{43};", "asked=…;", answer.headers["Set-Cookie"])
        kept = {name: value for name, value in answer.headers if name not in ("Set-Cookie", "Date")}
        kept.pop("X-Request-Id", None)
        answers.append((answer.status_code, answer.text, cookie, kept, page.status_code, page.text))
    assert answers[0] == answers[1] == answers[2]
    assert place.box.mails == []  # nothing is looked up or sent before everybody is answered
    assert len(place.sent()) == 1
    assert place.box.checked == 3  # nor does the mail server's standing tell who was known


def test_a_mail_alone_opens_nothing_and_says_where_it_does(place: Place) -> None:
    asked, other = place.browser(), place.browser()
    place.asks(asked)
    place.sent()
    assert "opens nothing here" in other.get(place.box.link()).text
    assert place.presses(other).status_code == 401
    place.asks(other, "nobody@college.example")  # it has a half of its own now
    assert "opens nothing here" in other.get(place.box.link()).text
    assert place.presses(other).status_code == 401
    code = parse_qs(urlsplit(place.box.link()).query)["code"][0]
    assert other.post("/sign-in", data={"code": code}, headers=SAME_SITE).status_code == 401
    assert not signed_in(other)
    assert place.presses(asked).status_code == 303  # nobody else used it up


def test_whoever_asks_for_somebody_else_is_not_let_in_by_their_press(place: Place) -> None:
    attacker, victim = place.browser(), place.browser()
    place.asks(attacker)
    place.sent()
    assert "opens nothing here" in victim.get(place.box.link()).text
    assert place.presses(victim).status_code == 401
    assert not signed_in(attacker)


def test_a_link_made_on_the_server_is_not_pressed_here(place: Place) -> None:
    links = cast(Links, place.world.services.sessions)
    code = links.issue_link(place.world["coach"], timedelta(minutes=15)).rpartition("code=")[2]
    assert place.presses(place.browser(), code).status_code == 401
    assert place.browser().post("/sign-in", data={"code": code}, headers=SAME_SITE).status_code == 303


def test_a_link_runs_out_and_whoever_is_suspended_or_signed_out_is_not_let_in(place: Place) -> None:
    browser, world, then = place.browser(), place.world, place.world.now
    place.asks(browser)
    place.sent()
    world.now = then + timedelta(minutes=16)
    assert place.presses(browser).status_code == 401
    place.asks(browser)
    place.sent()
    world.as_("admin").does("/people/{coach}/sign-out")
    assert place.presses(browser).status_code == 401
    world.as_("admin").does("/people/{coach}/suspension", {"reason": "An inquiry."})
    place.asks(browser)
    assert len(place.sent()) == 2
    world.as_("admin").does("/people/{coach}/reinstatement", {"reason": "It is over."})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "coach",
        "coach@cоllege.example",  # a Cyrillic о
        "coach@college.example\r\nBcc: all@college.example",
        "coach@college.example, all@college.example",
        "ＣＯＡＣＨ@college.example",
        f"{'x' * 9000}@college.example",
    ],
)
def test_what_is_no_address_is_said_to_be_none_and_nobody_is_looked_for(place: Place, address: str) -> None:
    answer = place.asks(place.browser(), address)
    assert answer.status_code == 422
    assert "This is no e-mail address" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert place.sent() == []
    assert place.box.checked == 0


def test_a_form_that_is_too_long_or_of_another_site_is_not_read(place: Place) -> None:
    assert place.asks(place.browser(), "x" * 20_000).status_code == 413
    assert place.asks(place.browser(), **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert place.sent() == []


def test_an_address_is_written_to_a_few_times_an_hour_whether_it_is_known_or_not(place: Place) -> None:
    for address in (COACH, "nobody@college.example"):
        answers = [place.asks(place.browser(), address.swapcase()) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [303] * 5 + [429]
        assert answers[-1].headers["Retry-After"]
    assert len(place.sent()) == 5


def test_a_flood_of_strangers_keeps_nobody_out_of_a_browser_that_they_signed_in_with_before(place: Place) -> None:
    mine, flood = place.browser(), place.browser()
    place.asks(mine)
    place.sent()
    place.presses(mine)
    known = mine.get_cookie("portfolio-known")
    assert known is not None
    assert known.http_only
    while place.asks(flood).status_code == 303:
        pass
    assert place.asks(place.browser()).status_code == 429
    waiting = place.browser()
    waiting.set_cookie("portfolio-known", known.value)
    assert [place.asks(waiting).status_code for _ in range(6)] == [303] * 5 + [429]  # and has a bound of its own
    place.sent()
    assert place.presses(waiting).status_code == 303


@pytest.mark.parametrize("mark", ["", ".", "x.y", "é.é", "{known}x", "x{known}", "{number}.{number}"])
def test_nobody_makes_a_browser_known_nor_uses_it_for_another_address(place: Place, mark: str) -> None:
    mine, other = place.browser(), place.browser()
    place.asks(mine)
    place.sent()
    place.presses(mine)
    known = mine.get_cookie("portfolio-known")
    assert known is not None
    for _ in range(6):
        place.asks(other)
        place.asks(other, "nobody@college.example")
    value = mark.format(known=known.value, number=known.value.partition(".")[0])
    assert place.asks(place.browser(), Cookie=f"portfolio-known={value}").status_code == 429
    mine.set_cookie("portfolio-known", known.value)
    assert place.asks(mine, "nobody@college.example").status_code == 429


def test_while_the_mail_server_is_down_everybody_is_told_so_and_links_come_later_or_not_at_all(place: Place) -> None:
    world, then = place.world, place.world.now
    place.box.down = "The mail server does not answer in time."
    for address in (COACH, "nobody@college.example"):
        browser = place.browser()
        assert place.asks(browser, address).status_code == 303
        assert place.sent() == []
        assert "cannot be sent at the moment" in browser.get("/sign-in/by-mail").text
    assert place.mailed.fault() == place.box.down
    place.box.down = None
    world.now = then + timedelta(seconds=30)
    assert len(place.sent()) == 1
    assert "on its way" in place.browser().get("/sign-in/by-mail").text
    place.box.down = "It is down again."
    place.asks(place.browser())
    place.sent()
    world.now += GIVEN_UP
    place.sent()
    place.box.down = None
    world.now += timedelta(minutes=1)
    assert len(place.sent()) == 1


def test_an_address_that_a_mail_server_refuses_changes_nothing_for_anybody(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.box.refuses = True
    browser = place.browser()
    place.asks(browser)
    assert place.sent() == []
    assert "on its way" in browser.get("/sign-in/by-mail").text
    assert "college.example" not in caplog.text.casefold()


def test_more_than_can_wait_is_left_out_and_answered_alike(place: Place) -> None:
    for number in range(MOST_WAITING + 5):
        place.mailed.ask(f"{number}@college.example", "half")
    assert place.asks(place.browser()).status_code == 303
    assert place.sent() == []


def test_without_a_mail_server_no_link_is_offered(place: Place) -> None:
    place.world.services = replace(place.world.services, mailed=None)
    browser = place.browser()
    assert "/sign-in/by-mail" not in browser.get("/sign-in").text
    assert place.asks(browser).status_code == 404
    assert browser.get("/sign-in/by-mail").status_code == 404
    assert browser.get("/sign-in/by-mail/link").status_code == 404
