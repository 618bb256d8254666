"""Pages of webhooks: one is registered and followed, its secret shown for a while, and what was given up sent again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from infra.store.sqlite.leases import SqliteLeases
from portfolio.application.webhooks import RETRIES
from portfolio.domain.webhooks import NOTICE
from tests.api.conftest import Tell
from tests.api.programs import registered
from tests.api.test_webhooks import ADDRESS, Office
from tests.pages.visitor import Visitor


@pytest.fixture
def office(tell: Tell) -> Iterator[Office]:
    world = tell("enrolled")
    with closing(SqliteLeases(lambda: world.now.timestamp())) as leases:
        yield Office(world, leases)


def test_an_administrator_registers_follows_mends_and_ends_a_webhook(office: Office) -> None:
    world = office.world

    def admin() -> Visitor:
        return Visitor(world, "admin")  # whose session would end in all the time that passes here

    assert "There is none." in admin().reads("/webhooks").top.one("main").text
    answer = admin().send(admin().reads("/webhooks/new"), "new", title="Learner system", address=ADDRESS)
    assert answer.status_code == 303, answer.text
    address = answer.location.partition("?")[0]
    page = admin().reads(answer.location)
    assert page.top.one("code").text.startswith("whsec_")
    world.now += timedelta(minutes=16)
    assert "whsec_" not in admin().reads(address).top.one("main").text
    page = admin().does(admin().reads(f"{address}/secret"), "secret", reason="A year is over.", at_once="no")
    second = page.top.one("code").text
    assert second.startswith("whsec_")

    office.post.broken[ADDRESS] = "It answered 500."
    world.as_("admin").does("/people", {"name": "Somebody", "works_for": "centre"})
    office.runs()
    said = admin().reads(address).top.one("main").text
    assert "Somebody is known here" in said
    assert "It answered 500." in said
    assert "Tried again" in admin().reads("/webhooks").top.one("main").text
    for wait in RETRIES:
        office.runs(wait + timedelta(minutes=10))
    assert "1 event was tried 10 times" in admin().reads(address).top.one("main").text
    assert "Look at this" in admin().reads("/webhooks").top.one("main").text
    office.post.broken.clear()
    admin().does(admin().reads(f"{address}/again"), "again")
    office.runs(timedelta(minutes=6))
    said = admin().reads(address).top.one("main").text
    assert "Given up" not in said
    assert "Nothing since something arrived" in said

    page = admin().does(admin().reads(f"{address}/end"), "end", reason="It is not used any more.")
    assert "This webhook has ended" in page.top.one("main").text
    assert "Change the secret" not in page.top.one("main").text


def test_an_address_that_is_none_is_said_so_beside_the_field_and_others_see_nothing(office: Office) -> None:
    admin = Visitor(office.world, "admin")
    page = admin.refused(admin.reads("/webhooks/new"), "new", 422, title="L", address="https://me@receiver.example/")
    assert "leave out user name" in page.top.one("main").text
    office.post._resolve = lambda *_: ["10.0.0.7"]
    page = admin.refused(admin.reads("/webhooks/new"), "new", 422, title="L", address=ADDRESS)
    assert "private network" in page.top.one("main").text
    for person in ("responsible", "mia"):
        visitor = Visitor(office.world, person)
        assert visitor.ask("/webhooks").status_code == 403
        assert visitor.ask("/webhooks/new").status_code == 404
        assert visitor.post("/webhooks/new", {"title": "L", "address": ADDRESS}).status_code in (403, 404)


def test_it_is_registered_in_the_name_of_a_program_that_may_be_sent_something(office: Office) -> None:
    world = office.world
    registered(world, "coach", "ask:me", "see:evidence")
    admin = Visitor(world, "admin")
    page = admin.reads("/webhooks/new")
    assert "The program Learner system, of Coach" in page.top.one("main").text
    answer = admin.send(page, "new", title="L", address=ADDRESS, for_id=str(world["program"]), types=NOTICE)
    assert answer.status_code == 303, answer.text
    said = admin.reads(answer.location).top.one("main").text
    assert "What the program Learner system is told" in said
    assert "Notices, as they stand on the page of notices" in said
    world.as_("admin").does("/programs/{program}/suspension", {"reason": "An inquiry."})
    said = admin.reads(answer.location.partition("?")[0]).top.one("main").text
    assert "or its owner, is stopped. It waits." in said
    assert "Learner system, of Coach" not in admin.reads("/webhooks/new").top.one("main").text
