"""Who asks too often is told when to come back; who may not ask at all is told that, and costs nothing."""

import io
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid5

import pytest

from api.errors import TooManyRequests
from infra.rate_limits import RateLimits
from infra.rates import rates_of
from portfolio.application.ports import Unauthenticated, UploadUrlInvalid
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, enrolment, offer, put, refused

PROXY, COLLEGE = "10.0.0.1", "192.0.2.1"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Counting:
    """Lets so many requests through, and notes who asked for what."""

    seconds: int = 7
    allowed: int = 0
    asked: list[tuple[str, UUID | None, str | None]] = field(default_factory=list)

    def wait(self, what: str, *, person: UUID | None, address: str | None) -> int:
        self.asked.append((what, person, address))
        return self.seconds if len(self.asked) > self.allowed else 0


def rated(world: World, rates: Any, *proxies: str) -> World:
    world.services = replace(world.services, rates=rates, proxies=tuple(map(ip_network, proxies)))
    return world


def sign_in(world: World, code: str, peer: str = COLLEGE, **headers: str) -> Any:
    return world.app.test_client().post(
        "/sign-in", data={"code": code}, headers=OUR_PAGE | headers, environ_overrides={"REMOTE_ADDR": peer}
    )


def link(world: World, person: str) -> str:
    return str(world.services.sessions.issue_link(world[person])).partition("code=")[2]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("what", "person", "path", "body"),
    [
        ("imports", "admin", "/imports", None),
        ("imports", "admin", "/imports/dry-run", None),
        ("uploads", "mia", "/evidence", "offer"),
        ("seals", "mia", "/evidence/{evidence}/upload", {"version": 1}),
    ],
)
def test_a_person_who_asks_too_often_is_told_when_to_come_back(
    tell: Tell, what: str, person: str, path: str, body: Any
) -> None:
    world = tell("sealed")
    rates = Counting()
    rated(world, rates)
    before = world.journal.head()
    answer = world.as_(person).post(path, offer(world, b"x") if body == "offer" else body)
    assert "7 s" in refused(answer, TooManyRequests)["detail"]
    assert answer.headers["Retry-After"] == "7"
    assert rates.asked == [(what, world[person], None)]
    assert world.journal.head() == before


def test_who_may_not_ask_is_told_that_and_is_not_counted(tell: Tell) -> None:
    world = tell("submitted")
    rates = Counting()
    rated(world, rates)
    refused(world.as_("mia").post("/imports"), NotPermitted)
    refused(world.as_("stranger").post("/evidence", offer(world, b"x")), NotVisible)
    refused(world.as_("stranger").post("/evidence/{evidence}/upload", {"version": 1}), NotVisible)
    refused(world.as_("assessor").post("/evidence/{evidence}/upload", {"version": 1}), NotPermitted)
    refused(put(world, f"/uploads/{world['evidence']}/1?expires=1&signature=x", b"x"), UploadUrlInvalid)
    assert rates.asked == []


def test_bytes_are_counted_before_any_is_read_for_their_part_alone(tell: Tell) -> None:
    world = tell("sealed")
    content = ITEMS["text"][0]
    (part,) = world.as_("mia").does("/evidence", offer(world, content, "text/plain"))["parts"]
    rates = Counting()
    rated(world, rates)
    refused(put(world, part["url"], content, environ_overrides={"REMOTE_ADDR": COLLEGE}), TooManyRequests)
    object_id = UUID(part["url"].split("/uploads/")[1].partition("/")[0])
    assert rates.asked == [("uploads", uuid5(object_id, "1"), None)]
    rates.allowed = 2
    assert put(world, part["url"], content).status_code == 204


def test_nobody_uses_up_the_uploads_of_others_behind_their_address(tell: Tell) -> None:
    world = rated(tell("sealed"), RateLimits(rates_of("uploads=2/minute")))
    college: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": COLLEGE}}
    content = ITEMS["text"][0]
    (part,) = world.as_("mia").does("/evidence", offer(world, content, "text/plain"), **college)["parts"]
    sent = [put(world, part["url"], b"x", **college).status_code for _ in range(40)]
    assert set(sent[2:]) == {429}
    world.as_("admin").does("/enrolments", enrolment(world, apprentice=world["noah"], uln="1000000027"), name="noah's")
    body = offer(world, content, "text/plain", enrolment_id=world["noah's"])
    (part,) = world.as_("noah").does("/evidence", body, **college)["parts"]
    assert put(world, part["url"], content, **college).status_code == 204


def test_a_page_says_it_too_and_when_to_come_back(tell: Tell) -> None:
    world = rated(tell("sealed"), Counting())
    client = world.app.test_client()
    client.post("/sign-in", data={"code": link(world, "mia")}, headers=OUR_PAGE)
    answer = client.post(
        f"/enrolments/{world['enrolment']}/hand-in/files",
        headers=OUR_PAGE | {"Accept": "text/html"},
        data={"key": "x", "files": (io.BytesIO(b"x"), "notes.txt", "text/plain")},
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert "asked for too often" in answer.text
    assert answer.content_type.startswith("text/html")


def test_a_classroom_of_thirty_behind_one_address_signs_in_whatever_one_of_them_tries(tell: Tell) -> None:
    world = rated(tell("begin"), RateLimits(rates_of("")))
    links = [link(world, "admin") for _ in range(30)]
    tries = [sign_in(world, "guess").status_code for _ in range(101)]
    assert (tries[:100], tries[100]) == ([401] * 100, 429)
    assert [sign_in(world, code).status_code for code in links] == [303] * 30  # no link waits for another's tries
    again = sign_in(world, links[0])  # pressed twice
    assert again.status_code == 429
    assert 0 < int(again.headers["Retry-After"]) <= 60
    assert sign_in(world, "guess", "192.0.2.2").status_code == 401


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        (COLLEGE, None, COLLEGE),
        (COLLEGE, "203.0.113.5", COLLEGE),  # anybody may send that header
        (PROXY, "203.0.113.5", "203.0.113.5"),
        (PROXY, "198.51.100.9, 203.0.113.5", "203.0.113.5"),  # what stood there before may be forged
        (PROXY, "203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (PROXY, "nonsense", PROXY),
        (PROXY, None, PROXY),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("127.0.0.1", "203.0.113.5", None),  # no proxy of the settings
        ("", None, None),
    ],
)
def test_only_the_proxies_of_the_settings_say_for_whom_they_ask(
    tell: Tell, peer: str, forwarded: str | None, counted: str | None
) -> None:
    world = tell("begin")
    rates = Counting()
    rated(world, rates, PROXY)
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    refused(sign_in(world, "guess", peer, Accept="application/json", **headers), TooManyRequests)
    assert rates.asked == [("sign-in", None, counted)]


def test_a_code_that_is_no_good_is_told_so_while_it_is_not_asked_too_often(tell: Tell) -> None:
    world = rated(tell("begin"), Counting(allowed=1))
    refused(sign_in(world, "guess", Accept="application/json"), Unauthenticated)
