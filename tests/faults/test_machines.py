"""Two machines serve people and programs; one is killed under all of it: nothing is lost, doubled or goes astray."""

import json
import random
import secrets
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest
import requests

from infra.fsck.deployment import differences
from infra.main import open_record
from portfolio.domain.identity import IdentityLinked
from projections.changes import CHANGES
from tests.application.stage import COACH, MIA
from tests.faults.around import verified
from tests.faults.machines import (
    ADDRESSES,
    TOLD,
    AtProvider,
    ByMail,
    Follower,
    Machines,
    NotSignedIn,
    Upload,
    machines,
    who,
)
from tests.faults.postgres import wait_until
from tests.faults.sending import files_missing
from tests.faults.service import REST, Server, Unreachable
from tests.infra.vault.buckets import running
from tests.mails import text_of
from tests.patience import PATIENCE
from tests.soak import SOAK, times

T = TypeVar("T")
OF_A_DRAFT = "evidence.file-sealed.v1"

pytestmark = [pytest.mark.slow, pytest.mark.s3]


@pytest.fixture
def both(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """Give both at work, over a bucket of a real S3 server."""
    with running("radosgw", monkeypatch) as server:
        credentials = server.application._request_signer._credentials
        storage = {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": server.application.meta.endpoint_url,
        }
        for name, value in storage.items():
            monkeypatch.setenv(name, value)
        with machines(
            tmp_path, database, {**storage, "PORTFOLIO_VAULT": f"s3://{server.bucket}/{server.prefix}"}
        ) as both:
            yield both


def test_one_machine_dies_and_the_other_goes_on_with_all_that_was_under_way(both: Machines) -> None:
    follower = Follower(both)
    files = a_round(both, "first")
    after_the_kills(both)
    agrees(both, follower, files)


ROUNDS = 3
LATEST = 4.0
"""Seconds from a round's beginning to the kill."""


@pytest.mark.skipif(SOAK == 1, reason="a machine dies once a test: make soak has them die at random")
def test_whenever_machines_die_everything_comes_to_its_end_once(both: Machines) -> None:
    seed = secrets.randbelow(1 << 32)
    chance = random.Random(seed)  # noqa: S311 - no secret
    follower, files, figures = Follower(both), list[Upload](), Counter[str]()
    with ThreadPoolExecutor(5) as pool:
        for number in range(times(ROUNDS)):
            begun = Doings(both, chance, f"{seed}/{number}", figures)
            for gate in (both.receiver.gate, both.post.gate):
                if chance.random() < 0.5:
                    gate.shut()
            work = [pool.submit(each) for each in (begun.signs_in, begun.presses_a_link, begun.something_happens)]
            uploads = [pool.submit(begun.hands_in, each) for each in ("one", "two")]
            sleep(chance.uniform(0, LATEST))
            dead = chance.choice(both.both)
            dead.end(signal.SIGKILL)
            for gate in (both.receiver.gate, both.post.gate):
                gate.open.set()
            sleep(chance.uniform(0, 1))
            dead.start()
            for each in work:
                each.result()
            files += [each.result() for each in uploads]
            figures["rounds"] += 1
    agrees(both, follower, files)
    figures["deliveries"] = len(both.receiver.got)
    figures["of events"] = len({(got.path, got.headers["webhook-id"]) for got in both.receiver.got})
    figures["mails"] = len(both.post.notices)
    figures["of ids"] = len({mail["Message-ID"] for mail in both.post.notices})
    print(f"\nseed {seed}: {dict(figures)}")  # noqa: T201 - for whoever runs a soak


class Doings:
    """What people do meanwhile, each step at whichever machine, again where it breaks off."""

    def __init__(self, both: Machines, chance: random.Random, mark: str, figures: Counter[str]) -> None:
        self._both = both
        self._chance = chance
        self._mark = mark
        self._figures = figures

    def anywhere(self, step: Callable[[Server], T]) -> T:
        """Return what a step comes to at the first machine that carries it out."""
        until = monotonic() + 4 * PATIENCE
        while True:
            try:
                return step(self._chance.choice(self._both.both))
            except (Unreachable, requests.RequestException, NotSignedIn) as error:
                if monotonic() > until:
                    raise
                self._figures[f"cut off: {type(error).__name__}"] += 1
                sleep(REST)

    def signs_in(self) -> None:
        """Mia comes in by the provider, perhaps at another machine than where she began."""
        session = self.anywhere(lambda at: AtProvider(self._both, at).finish(self._chance.choice(self._both.both)))
        assert self.anywhere(lambda at: who(self._both, session, at)) == str(MIA)
        self._figures["signed in"] += 1

    def presses_a_link(self) -> None:
        """Her coach comes in by a link, which is asked for again where the machine died that was to send it."""
        status = 0
        while status != 303:
            asked = self.anywhere(lambda at: ByMail(self._both, at, patience=10))
            if asked.has_it:
                status = self.anywhere(asked.press)
            self._figures["links asked"] += 1
        assert self.anywhere(lambda at: who(self._both, asked.session, at)) == str(COACH)

    def something_happens(self) -> None:
        """A person is registered."""
        body, key = {"name": self._mark, "works_for": "centre"}, f"{self._mark}/event"
        self.anywhere(lambda at: at.caller.another().done("POST", "/v1/people", body, key))

    def hands_in(self, which: str) -> Upload:
        """Mia hands in a file."""
        file = self.anywhere(lambda at: Upload(self._both, at, f"{self._mark}/{which}"))
        self.anywhere(file.finish)
        self.anywhere(file.hand_in)
        assert self.anywhere(file.read) == file.content
        self._figures["handed in"] += 1
        return file


def a_round(both: Machines, mark: str) -> list[Upload]:
    """Begin things at each machine, kill the one that delivers, end them at the other, and kill the one that mails."""
    one, _ = both.both
    signing = {machine: AtProvider(both, machine) for machine in both.both}
    links = {machine: ByMail(both, machine) for machine in both.both}
    uploads = {machine: Upload(both, machine, f"{mark}/{number}") for number, machine in enumerate(both.both)}

    both.receiver.gate.shut()
    one.caller.done("POST", "/v1/people", {"name": f"{mark}/event", "works_for": "centre"}, f"{mark}/event")
    dead = both.held_at(both.receiver.gate)
    here = both.other(dead)
    dead.end(signal.SIGKILL)
    both.receiver.gate.open.set()

    sessions = [begun.finish(here) for begun in signing.values()]
    assert [who(both, session, here) for session in sessions] == [str(MIA)] * 2
    assert [link.press(here) for link in links.values()] == [303, 303]
    assert [who(both, link.session, here) for link in links.values()] == [str(COACH)] * 2
    dead.start()
    assert {who(both, session, dead) for session in sessions} == {str(MIA)}
    assert [link.press(dead) for link in links.values()] == [401, 401], "a link is good once, at whichever machine"

    assert [upload.lacks(here) for upload in uploads.values()] == [[2], [2]]
    uploads[dead].finish(here)
    uploads[here].finish(dead)
    both.post.gate.shut()
    for upload in uploads.values():
        upload.hand_in(here)
    mailing = both.held_at(both.post.gate)
    mailing.end(signal.SIGKILL)
    both.post.gate.open.set()
    left = both.other(mailing)
    wait_until(lambda: len({mail["To"] for mail in both.post.notices}) == 2, "a notice is not sent")
    mailing.start()
    for upload in uploads.values():
        assert [upload.read(machine) == upload.content for machine in (left, mailing)] == [True, True]
    return [*uploads.values()]


def after_the_kills(both: Machines) -> None:
    """Whatever ends somebody's session anywhere ends it at both machines with the next request."""
    one, two = both.both
    mine, elsewhere = (AtProvider(both, machine).finish(both.other(machine)) for machine in both.both)
    out = mine.post(both.at(two, f"{both.base}/sign-out"), allow_redirects=False)
    assert out.status_code == 200, "it leads on to the provider"
    assert [who(both, mine, machine) for machine in both.both] == ["401"] * 2
    assert [who(both, elsewhere, machine) for machine in both.both] == [str(MIA)] * 2

    coach = ByMail(both, one)
    assert coach.press(two) == 303
    why = {"reason": "It is being looked into."}
    one.caller.done("POST", f"/v1/people/{COACH}/suspension", why)
    assert [who(both, coach.session, machine) for machine in both.both] == ["403"] * 2
    two.caller.done("POST", f"/v1/people/{COACH}/reinstatement", why)
    assert [who(both, coach.session, machine) for machine in both.both] == [str(COACH)] * 2

    program, token = both.a_program(one)
    asked = [machine.caller_with(token).ask("GET", "/v1/me") for machine in both.both]
    assert [answer.status for answer in asked] == [200] * 2
    two.caller.done("POST", f"/v1/programs/{program}/suspension", why)
    asked = [machine.caller_with(token).ask("GET", "/v1/me") for machine in both.both]
    assert [answer.status for answer in asked] == [403] * 2

    again = AtProvider(both, one)
    session = again.finish(two)
    again.browser.signs_out(f"{both.issuer}/session/end")
    assert [who(both, session, machine) for machine in both.both] == ["401"] * 2


def agrees(both: Machines, follower: Follower, files: list[Upload]) -> None:
    """Compare what everybody was told and sent with what is recorded."""
    both.settle()
    follower.end()
    assert follower.wrong == []
    whole = [*both.all_told(both.both[1])]
    in_order(follower.told, whole)
    sent_right(both, whole)
    try:
        wait_until(lambda: all(ids for ids in ids_of_mails(both, files)), "a notice is not sent", 2 * PATIENCE)
    except AssertionError as late:
        raise AssertionError(f"{late}: {in_the_outbox(both)}") from late
    for machine in both.both:
        assert list(machine.faults()) == []
        machine.end(signal.SIGTERM)
    with open_record(both.both[0].settings, read_only=True) as record:
        log = record.journal.since(0, limit=1_000_000)
        assert list(files_missing(record, [file.kept() for file in files])) == []
        assert list(differences(record)) == []
    assert [entry.position for entry in log if entry.tag in CHANGES.tags] == [int(each["position"]) for each in whole]
    assert len([entry for entry in log if isinstance(entry.fact, IdentityLinked)]) == 1
    mailed_right(both, files)


def in_order(told: list[dict[str, Any]], whole: list[dict[str, Any]]) -> None:
    """Each was told once and in its place; what happens to a draft is told only to who asks when it was handed in."""
    positions = [int(each["position"]) for each in told]
    assert positions == sorted(set(positions))
    assert [each for each in told if each["type"] != OF_A_DRAFT] == [
        each for each in whole if each["type"] != OF_A_DRAFT
    ]
    assert [each for each in told if each not in whole] == []


def sent_right(both: Machines, told: list[dict[str, Any]]) -> None:
    """Each event came to the webhook of whoever may be told of it, signed for it, and to no other."""
    events = {each["id"]: each for each in told if int(each["position"]) > int(both.since)}
    always = {name for name, each in events.items() if each["type"] != OF_A_DRAFT}
    came: dict[str, set[str]] = {path: set() for path in both.secrets}
    for got in both.receiver.got:
        assert [verified(secret, got) for secret in both.secrets.values()] == [
            path == got.path for path in both.secrets
        ]
        assert json.loads(got.body) == events[got.headers["webhook-id"]]
        came[got.path].add(got.headers["webhook-id"])
    assert always <= came["/all"]
    of_coach = {each["id"] for each in both.all_told(both.both[0], COACH)}
    assert came["/coach"] <= of_coach


def ids_of_mails(both: Machines, files: list[Upload]) -> list[set[str]]:
    """Return under which ids each who is to be told was mailed that each file was handed in."""
    return [
        {mail["Message-ID"] for mail in both.post.notices if told(mail, person, file)}
        for person in TOLD
        for file in files
    ]


def in_the_outbox(both: Machines) -> list[tuple[Any, ...]]:
    """Return what the outbox has but did not hand over: position, kind, seconds until due, failures, how it ended."""
    with psycopg.connect(both.both[0].settings.environment()["PORTFOLIO_DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT position, kind, due - extract(epoch FROM now()), failures, how FROM outbox.notice "
            "WHERE how <> 'sent' ORDER BY position"
        )
        return [*connection.execute("SELECT * FROM outbox.follower"), *rows]


def told(mail: EmailMessage, person: UUID, file: Upload) -> bool:
    return mail["To"] == ADDRESSES[person] and f"/evidence/{file.id}\n" in f"{text_of(mail)}\n"


def mailed_right(both: Machines, files: list[Upload]) -> None:
    """Who is to be told that something was handed in is told once, perhaps in the same mail twice, and nobody else."""
    as_they_are: dict[str, set[tuple[str, str]]] = {}
    for mail in both.post.notices:
        as_they_are.setdefault(mail["Message-ID"], set()).add((mail["To"], text_of(mail)))
    assert {len(mails) for mails in as_they_are.values()} == {1}, "what goes again goes as it was"
    assert {mail["To"] for mail in both.post.notices} == {ADDRESSES[person] for person in TOLD}
    assert {len(ids) for ids in ids_of_mails(both, files)} == {1}
