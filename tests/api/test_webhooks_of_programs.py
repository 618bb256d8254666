"""Webhooks in a program's name, and those that send notices: what is sent is what may be told at that moment."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from infra.feed.telling import MOST_AT_ONE, Telling, ToSend
from infra.store.sqlite.leases import SqliteLeases
from portfolio.application.read_session import ReadSession
from portfolio.application.webhooks import WebhookAddressNotAllowed
from portfolio.domain.calendar import london_day
from portfolio.domain.webhooks import NOTICE, NobodyToSendFor, Webhook
from tests.api.conftest import Tell
from tests.api.programs import key, registered, signed_in
from tests.api.test_changes import told
from tests.api.test_webhooks import ADDRESS, LONGEST_REST, Office, happens, verified
from tests.api.world import World, assign, refused

WHY = {"reason": "The contract has ended."}


@pytest.fixture
def office(tell: Tell) -> Any:
    world = tell("enrolled")
    with closing(SqliteLeases(lambda: world.now.timestamp())) as leases:
        yield Office(world, leases)


def kinds(office: Office) -> list[str]:
    return [msgspec.json.decode(content)["type"] for _, _, content in office.post.got]


def scoped(world: World, *rows: str) -> None:
    world.as_("admin").does("/programs/{program}/scope", {"rows": rows, **WHY})


def test_in_a_programs_name_goes_what_that_program_is_told_when_it_asks(office: Office) -> None:
    world = office.world
    registered(world, "coach", "ask:changes", "see:evidence")
    receipt = office.registers(by="program")
    happens(world)
    office.runs()
    program = signed_in(world)
    assert office.post.positions() == [int(each["position"]) for each in told(program, after=receipt["position"])] != []
    assert set(kinds(office)) == {"evidence.file-sealed.v1", "evidence.handed-in.v1"}
    acts = world.as_("admin").sees("/people/{admin}/acts?kind=webhook.registered")["items"]
    assert "what the program Learner system may see" in acts[-1]["sentence"]


STOPS: dict[str, tuple[Callable[[World], object], Callable[[World], object] | None, str]] = {
    "suspended": (
        lambda world: world.as_("admin").does("/programs/{program}/suspension", WHY),
        lambda world: world.as_("admin").does("/programs/{program}/reinstatement", WHY),
        "its owner, is stopped",
    ),
    "owner suspended": (
        lambda world: world.as_("responsible").does("/people/{coach}/suspension", WHY),
        lambda world: world.as_("responsible").does("/people/{coach}/reinstatement", WHY),
        "its owner, is stopped",
    ),
    "row taken": (
        lambda world: scoped(world, "see:evidence"),
        lambda world: scoped(world, "ask:changes", "see:evidence"),
        "lacks the row ask:changes",
    ),
    "ended": (lambda world: world.as_("admin").does("/programs/{program}/end", WHY), None, "its owner, is stopped"),
}


@pytest.mark.parametrize("what", STOPS)
def test_nothing_goes_while_the_program_may_ask_for_nothing_and_all_of_it_afterwards(office: Office, what: str) -> None:
    world, (stop, go_on, why) = office.world, STOPS[what]
    registered(world, "coach", "ask:changes", "see:evidence")
    receipt = office.registers(by="program")
    office.post.broken[ADDRESS] = "It answered 500."
    happens(world)
    office.runs()
    office.post.broken.clear()
    office.post.got.clear()
    stop(world)
    office.runs(timedelta(seconds=10))
    assert office.post.got == [], "neither what is tried again nor what is new"
    assert why in office.stands()["why"]
    if go_on:
        go_on(world)
        office.runs(LONGEST_REST)
        office.runs(LONGEST_REST)
        expected = [int(each["position"]) for each in told(signed_in(world), after=receipt["position"])]
        assert office.post.positions() == expected != []
        assert office.stands()["why"] == ""


def test_records_that_its_rows_show_no_longer_are_not_told_of_though_they_waited(office: Office) -> None:
    world = office.world
    registered(world, "coach", "ask:changes", "see:evidence")
    office.registers(by="program")
    office.post.broken[ADDRESS] = "It answered 500."
    happens(world)
    office.runs()
    office.post.broken.clear()
    office.post.got.clear()
    scoped(world, "ask:changes", "see:plan")
    office.runs(timedelta(seconds=10))
    assert office.post.got == []
    assert office.stands()["waits"] == 0


def test_a_suspended_person_is_sent_nothing_that_waited(office: Office) -> None:
    office.registers(by="coach")
    office.post.broken[ADDRESS] = "It answered 500."
    happens(office.world)
    office.runs()
    office.post.broken.clear()
    office.post.got.clear()
    office.world.as_("responsible").does("/people/{coach}/suspension", WHY)
    office.runs(timedelta(seconds=10))
    assert office.post.got == []
    assert office.stands()["why"] == "Nothing is sent while the person for whom it is sent is suspended."


def test_for_a_program_that_may_not_ask_nothing_is_registered(office: Office) -> None:
    world = office.world
    registered(world, "coach", "see:evidence")
    body = {"title": "L", "address": ADDRESS, "for_id": world["program"]}
    refused(world.as_("admin").post("/webhooks", body), NobodyToSendFor)
    scoped(world, "ask:changes")
    refused(world.as_("admin").post("/webhooks", {**body, "types": [NOTICE]}), NobodyToSendFor)
    office.post._resolve = lambda *_: ["10.0.0.7"]
    refused(world.as_("admin").post("/webhooks", body), WebhookAddressNotAllowed)
    office.post._resolve = lambda *_: ["93.184.215.14"]
    world.as_("admin").does("/programs/{program}/suspension", WHY)
    refused(world.as_("admin").post("/webhooks", body), NobodyToSendFor)


def sent_notices(office: Office) -> list[dict[str, Any]]:
    return [msgspec.json.decode(content) for _, _, content in office.post.got]


def test_notices_are_sent_to_whom_they_are_as_they_stand_on_the_page(office: Office) -> None:
    world = office.world
    receipt = office.registers(by="coach", types=[NOTICE])
    happens(world)
    office.runs()
    office.runs()
    (notice,) = sent_notices(office)
    (shown,) = [each for each in world.as_("coach").sees("/notices")["items"] if each["kind"] == "handed in"]
    ours = {"type": NOTICE, "id": office.post.got[0][1]["webhook-id"], "timestamp": shown.pop("at")}
    assert notice == {**shown, **ours}
    assert verified(receipt["secret"], office.post.got[0])
    assert "Mia" not in office.post.got[0][2].decode()


def test_in_a_programs_name_go_notices_of_records_that_its_rows_show(office: Office) -> None:
    world = office.world
    registered(world, "coach", "ask:me")
    office.registers(by="program", types=[NOTICE])
    happens(world)
    office.runs()
    assert office.post.got == []
    scoped(world, "ask:me", "see:evidence")
    happens(world, "more")
    office.runs()
    assert [each["kind"] for each in sent_notices(office)] == ["handed in"]


def test_what_is_told_from_a_later_day_on_is_sent_on_that_day_and_not_if_it_holds_no_more(office: Office) -> None:
    world = office.world
    world.as_("admin").does("/people/{third}/roles", {"role": "assessor"})
    world.as_("third").does("/people/{third}/interests", {"apprentice": world["mia"], "interest": "none"})
    office.registers(by="third", types=[NOTICE])
    later = (world.now + timedelta(days=3)).date().isoformat()
    part = assign(world, "third", "assessor") | {"starts_on": later}
    world.as_("admin").does("/enrolments/{enrolment}/assignments", part)
    office.runs()
    assert office.post.got == []
    assert (office.stands()["waits"], office.stands()["last_at"], office.stands()["why"]) == (1, None, "")
    office.runs(timedelta(days=1))
    assert office.post.got == []
    office.runs(timedelta(days=2))
    assert [each["kind"] for each in sent_notices(office)] == ["part"]
    assert office.stands()["waits"] == 0


def test_who_is_told_by_two_roles_is_sent_it_once_and_nothing_is_left_out_between_pages(tell: Tell) -> None:
    world = tell("convened")
    world.reads.settle()
    session = ReadSession(world.journal, catches_up=True, unread={})
    telling = Telling(world.views, world.journal, session, world["mia"], london_day(world.now))
    webhook = Webhook(types=frozenset({NOTICE}))
    whole = telling.after(webhook, 0, 500)
    assert [each.kind for each in whole.to_send] == [NOTICE] * len(world.as_("mia").sees("/notices")["items"])
    assert whole.reached == world.journal.head()
    position, in_pages = 0, list[ToSend]()
    while (found := telling.after(webhook, position, 2)).reached > position:
        position, in_pages = found.reached, [*in_pages, *found.to_send]
    assert in_pages == list(whole.to_send)
    for each in whole.to_send:
        assert telling.at(webhook, each.position) == each
        assert telling.at(webhook, each.position + MOST_AT_ONE * 100) is None


def test_a_revoked_key_changes_nothing_of_what_is_sent_to_an_address(office: Office) -> None:
    world = office.world
    registered(world, "coach", "ask:changes", "see:evidence")
    office.registers(by="program")
    revoked = {"credential": key().thumbprint(), **WHY}
    world.as_("admin").does("/programs/{program}/credentials/revocation", revoked)
    happens(world)
    office.runs()
    assert len(office.post.got) == 2
