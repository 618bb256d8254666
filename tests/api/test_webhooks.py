"""What happens is sent to the addresses that administrators name, at least once, in order, and to nobody's harm."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from standardwebhooks import Webhook as Receiver

from infra.feed import delivering
from infra.feed.delivering import Deliverer
from infra.feed.sending import NotSent, Sender
from infra.store.leases import DOUBLED_AT_MOST, SHORTEST_REST_SECONDS
from infra.store.sqlite.leases import SqliteLeases
from portfolio.application.webhooks import RETRIES, WebhookAddressNotAllowed
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.webhooks import (
    NOTICE,
    EventTypeUnknown,
    NobodyToSendFor,
    NoticesGoAlone,
    SecretJustRotated,
    WebhookAddressUnfit,
    WebhookIsOver,
    WebhookUnknown,
)
from tests.api.conftest import Tell
from tests.api.test_changes import told
from tests.api.world import NOTES, World, hand_in, refused

ADDRESS = "https://receiver.example/in"
LONGEST_REST = timedelta(seconds=SHORTEST_REST_SECONDS << DOUBLED_AT_MOST)


class Inline(Executor):
    """Does what it is given at once."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        work(*given, **named)
        return Future()


class Post(Sender):
    """Receives in memory. ``broken``: what is not taken, by address; ``meanwhile`` happens while it is on its way."""

    def __init__(self) -> None:
        super().__init__(resolve=lambda *_: ["93.184.215.14"])
        self.got: list[tuple[str, Mapping[str, str], bytes]] = []
        self.broken: dict[str, str] = {}
        self.meanwhile: Callable[[], object] = lambda: None

    def send(self, address: str, headers: Mapping[str, str], content: bytes) -> None:
        self.got.append((address, headers, content))
        self.meanwhile()
        if why := self.broken.get(address):
            raise NotSent(why)

    def positions(self, address: str = ADDRESS) -> list[int]:
        return [int(msgspec.json.decode(content)["position"]) for to, _, content in self.got if to == address]


class Office:
    """A world with one that sends what happens in it, whose leases go by the world's clock."""

    def __init__(self, world: World, leases: SqliteLeases) -> None:
        self.world, self.post, self.leases = world, Post(), leases
        self.deliverer = self.another()
        world.services = replace(world.services, sending=self.deliverer)

    def another(self) -> Deliverer:
        """Return another one that sends, as a process does that begins, or one on another machine."""
        world: Any = self.world
        return Deliverer(world.journal, world.reads, world.views, self.leases, self.post, lambda: world.now)

    def registers(self, name: str = "hook", address: str = ADDRESS, by: str = "admin", **fields: Any) -> dict[str, Any]:
        body = {"title": "Learner system", "address": address, "for_id": self.world[by], **fields}
        return self.world.as_("admin").does("/webhooks", body, name=name)

    def runs(self, after: timedelta = timedelta(0), by: Deliverer | None = None) -> None:
        """Let some time pass, and send what is to be sent then."""
        self.world.now += after
        self.world.reads.settle()
        (by or self.deliverer).step(Inline())

    def stands(self) -> dict[str, Any]:
        return self.world.as_("admin").sees("/webhooks/{hook}")


@pytest.fixture
def office(tell: Tell) -> Iterator[Office]:
    world = tell("enrolled")
    with closing(SqliteLeases(lambda: world.now.timestamp())) as leases:
        yield Office(world, leases)


def happens(world: World, name: str = "notes") -> None:
    hand_in(world, name, NOTES, "text/plain")


def told_since(world: World, person: str, position: str) -> list[int]:
    return [int(event["position"]) for event in told(world.as_(person), after=position)]


def test_what_happens_is_sent_once_in_order_and_signed_and_what_was_before_is_not(office: Office) -> None:
    receipt = office.registers()
    office.runs()
    assert office.post.got == []
    happens(office.world)
    office.runs()
    office.runs()
    assert office.post.positions() == told_since(office.world, "admin", receipt["position"]) != []
    (*_, (address, headers, content)) = office.post.got
    assert address == ADDRESS
    events = {event["id"]: event for event in told(office.world.as_("admin"))}
    assert msgspec.json.decode(content) == events[headers["webhook-id"]]
    assert all(verified(receipt["secret"], sent) for sent in office.post.got)
    assert office.stands()["last_at"] is not None


def verified(secret: str, sent: tuple[str, Mapping[str, str], bytes]) -> bool:
    """Tell whether a receiver takes it for signed with this secret, whatever time it is here."""
    _, headers, content = sent
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return Receiver(secret).sign(headers["webhook-id"], at, content.decode()) in headers["webhook-signature"].split()


def test_a_rotated_secret_signs_beside_the_one_before_for_a_day_or_alone_at_once(office: Office) -> None:
    admin, first = office.world.as_("admin"), office.registers()["secret"]
    second = admin.does("/webhooks/{hook}/secret", {"reason": "A year is over."})["secret"]
    happens(office.world)
    office.runs()
    assert all(verified(first, sent) and verified(second, sent) for sent in office.post.got)
    refused(admin.post("/webhooks/{hook}/secret", {"reason": "Again."}), SecretJustRotated)
    third = admin.does("/webhooks/{hook}/secret", {"at_once": True, "reason": "It leaked."})["secret"]
    office.post.got.clear()
    happens(office.world, "more")
    office.runs()
    assert office.post.got
    for sent in office.post.got:
        assert [verified(each, sent) for each in (first, second, third)] == [False, False, True]


def test_only_what_the_person_may_see_is_sent_and_of_the_types_that_were_named(office: Office) -> None:
    office.registers("coach's", "https://coach.example/", "coach")
    office.registers("noah's", "https://noah.example/", "noah")
    office.registers("some", "https://some.example/", types=["evidence.handed-in.v1"])
    happens(office.world)
    office.runs()
    handed_in = [msgspec.json.decode(content) for to, _, content in office.post.got if to == "https://some.example/"]
    assert [event["type"] for event in handed_in] == ["evidence.handed-in.v1"]
    assert int(handed_in[0]["position"]) in office.post.positions("https://coach.example/")
    assert office.post.positions("https://noah.example/") == []
    office.world.as_("responsible").does("/people/{coach}/suspension", {"reason": "An inquiry."})
    office.post.got.clear()
    happens(office.world, "more")
    office.runs()
    assert office.post.positions("https://coach.example/") == []


def test_what_fails_is_tried_again_ever_later_then_given_up_and_sent_again_when_asked(
    office: Office,
) -> None:
    world, admin, post = office.world, office.world.as_("admin"), office.post
    office.registers()
    post.broken[ADDRESS] = "It answered 500."
    world.as_("admin").does("/people", {"name": "Somebody", "works_for": "centre"})
    office.runs()
    assert len(post.got) == 1
    office.runs()
    assert len(post.got) == 1, "it rests"
    for tries, wait in enumerate(RETRIES, start=2):
        office.runs(wait - timedelta(seconds=1))
        assert len(post.got) == tries - 1, "not before its time"
        office.runs(LONGEST_REST)
        assert len(post.got) == tries
    assert len({headers["webhook-id"] for _, headers, _ in post.got}) == 1
    assert len(post.got) == len(RETRIES) + 1
    stands = office.stands()
    assert (stands["waits"], stands["dead"], stands["why"]) == (0, 1, "It answered 500.")
    (letter,) = admin.sees("/webhooks/{hook}/letters")["items"]
    assert (letter["failures"], letter["kind"], letter["why"]) == (
        len(RETRIES) + 1,
        "person.registered.v1",
        "It answered 500.",
    )
    office.runs(timedelta(days=30))
    assert len(post.got) == len(RETRIES) + 1, "it was given up"
    post.broken.clear()
    admin.does("/webhooks/{hook}/letters/again", {"events": [letter["event_id"]]})
    office.runs()
    assert post.got[-1][1]["webhook-id"] == letter["event_id"]
    stands = office.stands()
    assert (stands["waits"], stands["dead"], stands["why"]) == (0, 0, "")


def test_what_came_after_a_letter_goes_on_and_the_letter_comes_when_it_is_due(office: Office) -> None:
    office.registers()
    happens(office.world)
    office.post.broken[ADDRESS] = "It could not be reached."
    office.runs()
    (failed,) = office.post.positions()
    office.post.broken.clear()
    office.runs(timedelta(seconds=10))
    sent = office.post.positions()[1:]
    assert sent[0] == failed
    assert sorted(sent) == sent
    assert office.stands()["waits"] == 0


def test_a_receiver_that_fails_holds_up_no_other(office: Office) -> None:
    office.registers("slow", "https://slow.example/")
    office.registers()
    office.post.broken["https://slow.example/"] = "It did not answer in time."
    happens(office.world)
    office.runs()
    assert len(office.post.positions("https://slow.example/")) == 1
    assert len(office.post.positions()) == 2


WHY = {"reason": "An inquiry."}


def once(act: Callable[[], object]) -> Callable[[], None]:
    """Do this the first time only."""
    acts = [act]

    def meanwhile() -> None:
        while acts:
            acts.pop()()

    return meanwhile


@pytest.mark.parametrize(
    ("by", "path"), [("admin", "/webhooks/{hook}/end"), ("responsible", "/people/{coach}/suspension")]
)
def test_nothing_more_is_sent_from_the_next_event_on_however_much_waits(office: Office, by: str, path: str) -> None:
    office.registers(by="coach")
    happens(office.world)
    happens(office.world, "more")
    office.post.meanwhile = once(lambda: office.world.as_(by).does(path, WHY))
    office.runs()
    office.runs()
    assert len(office.post.got) == 1


def test_a_secret_that_ends_at_once_signs_nothing_more_of_what_waits(office: Office) -> None:
    first, made = office.registers()["secret"], list[str]()
    happens(office.world)
    body = {**WHY, "at_once": True}
    office.post.meanwhile = once(
        lambda: made.append(office.world.as_("admin").does("/webhooks/{hook}/secret", body)["secret"])
    )
    office.runs()
    before, *after = office.post.got
    assert verified(first, before)
    assert after
    assert [(verified(first, sent), verified(made[0], sent)) for sent in after] == [(False, True)] * len(after)


def test_what_could_not_be_sent_waits_while_whom_it_is_for_is_suspended(office: Office) -> None:
    office.registers(by="coach")
    happens(office.world)
    office.post.broken[ADDRESS] = "It answered 500."
    office.runs()
    (failed,) = office.post.positions()
    officer = office.world.as_("responsible")
    officer.does("/people/{coach}/suspension", WHY)
    office.post.broken.clear()
    office.runs(timedelta(minutes=1))
    assert (office.post.positions(), office.stands()["waits"]) == ([failed], 1)
    officer.does("/people/{coach}/reinstatement", WHY)
    office.runs(timedelta(minutes=1))
    assert office.post.positions()[:2] == [failed, failed]
    assert office.stands()["waits"] == 0


class Killed(BaseException):
    """The process ends here."""


def test_a_process_that_is_killed_while_it_sends_loses_nothing(office: Office) -> None:
    receipt = office.registers()
    happens(office.world)

    def kill() -> None:
        raise Killed

    office.post.meanwhile = kill
    with pytest.raises(Killed):
        office.runs()
    (once,) = office.post.positions()
    office.post.meanwhile = lambda: None
    begun = office.another()
    office.runs(by=begun)
    assert office.post.positions() == [once], "its lease holds until the one who had it has been silent for a while"
    office.runs(timedelta(minutes=2), by=begun)
    assert office.post.positions() == [once, *told_since(office.world, "admin", receipt["position"])]
    assert office.post.got[0][1]["webhook-id"] == office.post.got[1][1]["webhook-id"]


def test_of_several_machines_one_sends(office: Office) -> None:
    receipt, other = office.registers(), office.another()
    happens(office.world)
    office.post.meanwhile = lambda: other.step(Inline())
    office.runs()
    assert office.post.positions() == told_since(office.world, "admin", receipt["position"])
    office.post.meanwhile = lambda: None
    happens(office.world, "more")
    office.runs(by=other)
    office.runs()
    assert office.post.positions() == told_since(office.world, "admin", receipt["position"])


def test_what_may_be_told_no_more_is_not_sent_again(office: Office) -> None:
    office.registers("hook", by="coach")
    happens(office.world)
    office.post.broken[ADDRESS] = "It answered 500."
    office.runs()
    office.world.as_("mia").does("/evidence/{notes}/withdrawal", {"version": 1, "reason": "The wrong file."})
    office.post.broken.clear()
    office.post.got.clear()
    office.runs(timedelta(seconds=10))
    sent = [msgspec.json.decode(content)["type"] for _, _, content in office.post.got]
    assert sent == ["evidence.withdrawn.v1"]
    assert office.stands()["waits"] == 0


def test_a_webhook_with_very_many_letters_given_up_stands_still_and_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_DEAD", 1)
    monkeypatch.setattr(delivering, "tried_again_at", lambda *_: None)
    receipt = office.registers()
    happens(office.world)
    office.post.broken[ADDRESS] = "It answered 404."
    office.runs()
    office.post.broken.clear()
    office.runs(timedelta(days=1))
    assert len(office.post.got) == 1
    office.world.as_("admin").does("/webhooks/{hook}/letters/again", {})
    office.runs(timedelta(seconds=1))
    assert (
        office.post.positions()[1:]
        == told_since(office.world, "admin", receipt["position"])[: len(office.post.got) - 1]
    )
    assert len(office.post.got) > 2


def test_what_could_not_be_sent_is_kept_and_sent_again_on_each_store(
    convened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SqliteLeases(lambda: convened.now.timestamp())) as leases:
        office = Office(convened, leases)
        receipt = office.registers()
        office.post.broken[ADDRESS] = "It answered 500."
        happens(convened)
        office.runs()
        assert (office.stands()["waits"], office.stands()["dead"]) == (1, 0)
        monkeypatch.setattr(delivering, "tried_again_at", lambda *_: None)
        office.runs(timedelta(seconds=10))
        (letter,) = convened.as_("admin").sees("/webhooks/{hook}/letters")["items"]
        assert (letter["failures"], letter["dead"]) == (2, True)
        assert office.deliverer.given_up() == (
            "1 event was given up sending to webhooks: an administrator can have them sent again."
        )
        office.post.broken.clear()
        office.post.got.clear()
        convened.as_("admin").does("/webhooks/{hook}/letters/again", {})
        office.runs(timedelta(minutes=1))
        assert office.post.positions() == told_since(convened, "admin", receipt["position"])
        assert office.deliverer.given_up() is None


def test_what_ended_is_sent_no_more(office: Office) -> None:
    office.registers()
    admin = office.world.as_("admin")
    admin.does("/webhooks/{hook}/end", {"reason": "It is not used any more."})
    happens(office.world)
    office.runs()
    assert office.post.got == []
    for path, body in (("end", {"reason": "x"}), ("secret", {"reason": "x"}), ("letters/again", {})):
        refused(admin.post(f"/webhooks/{{hook}}/{path}", body), WebhookIsOver)
    assert admin.sees("/webhooks")["items"][0]["ended"] is True


BAD: Sequence[tuple[dict[str, Any], type[Exception]]] = (
    ({"address": "https://me@receiver.example/"}, WebhookAddressUnfit),
    ({"address": "https://receiver.example:port/"}, WebhookAddressUnfit),
    ({"address": "https://[::1/"}, WebhookAddressUnfit),
    ({"types": ["evidence.handed.in"]}, EventTypeUnknown),
    ({"for_id": uuid4()}, NobodyToSendFor),
    ({"types": [NOTICE, "plan.approved.v1"]}, NoticesGoAlone),
)


@pytest.mark.parametrize(("fields", "refusal"), BAD)
def test_what_cannot_be_sent_to_is_not_registered(office: Office, fields: dict[str, Any], refusal: Any) -> None:
    body = {"title": "L", "address": ADDRESS, "for_id": office.world["admin"], **fields}
    refused(office.world.as_("admin").post("/webhooks", body), refusal)
    assert office.world.as_("admin").sees("/webhooks")["items"] == []


def test_an_administrator_alone_registers_and_sees_them_and_into_a_private_network_nobody_sends(office: Office) -> None:
    world = office.world
    body = {"title": "L", "address": ADDRESS, "for_id": world["admin"]}
    office.registers()
    for person in ("responsible", "lead", "coach", "mia", "stranger"):
        caller = world.as_(person)
        refused(caller.post("/webhooks", body), NotVisible)
        refused(caller.get("/webhooks"), NotPermitted)
        for path in ("/webhooks/{hook}", "/webhooks/{hook}/letters"):
            refused(caller.get(path), NotVisible)
    admin = world.as_("admin")
    office.post._resolve = lambda *_: ["10.0.0.7"]
    refused(admin.post("/webhooks", body), WebhookAddressNotAllowed)
    refused(admin.post("/webhooks", {**body, "address": "http://receiver.example/"}), WebhookAddressNotAllowed)
    world.ids["nothing"] = UUID(int=99)
    refused(admin.post("/webhooks/{nothing}/end", {"reason": "x"}), WebhookUnknown)
    refused(admin.get("/webhooks/{nothing}"), NotVisible)
