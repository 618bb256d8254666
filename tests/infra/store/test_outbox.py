"""An outbox keeps what is to be sent until it was sent once, on whichever machine: one suite for both stores."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infra.outbox import lines, trouble
from infra.store.outbox import KEPT, REFUSED, SENT, Outbox
from infra.store.postgres.outbox import SharedOutbox
from infra.store.sqlite.outbox import SqliteOutbox
from tests.notices import MINUTE, NOW, notice
from tests.postgres import Databases


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[str]:
    with databases.borrow() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Outbox]:
    """Return what opens one outbox, as every machine does."""
    if request.param == "sqlite":
        return lambda: SqliteOutbox(tmp_path)
    address = request.getfixturevalue("shared")

    def opened() -> Outbox:
        made = SharedOutbox(address)
        request.addfinalizer(made.close)
        return made

    outbox = opened()
    outbox._do("DELETE FROM notice RETURNING 1", {})
    outbox._do("DELETE FROM follower RETURNING 1", {})
    return opened


def test_what_was_taken_out_once_is_sent_once_on_whichever_machine(again: Callable[[], Outbox]) -> None:
    here, there, mia, ann = again(), again(), uuid4(), uuid4()
    assert (here.begin(7), there.begin(9)) == (7, 7)
    for outbox in (here, there):
        outbox.take(mia, notice(8), NOW)
        outbox.take(ann, notice(8), NOW + MINUTE)
        outbox.taken(8)
    assert there.begin(0) == 8
    assert here.due(NOW, 9) == [mia]
    assert here.due(NOW + MINUTE, 9) == [mia, ann]
    bundle = here.bundle(mia, NOW, "first")
    assert bundle is not None
    assert (bundle.id, bundle.notices, bundle.failures) == ("first", (notice(8),), 0)
    here.take(mia, notice(9), NOW)
    assert there.bundle(mia, NOW, "second") == bundle, "what is in a mail stays in it until it is sent"
    there.end(mia, "first", SENT, NOW)
    here.take(mia, notice(8), NOW)  # by a machine that was asleep meanwhile
    rest = here.bundle(mia, NOW, "second")
    assert rest is not None
    assert rest.notices == (notice(9),)
    here.end(mia, "second", REFUSED, NOW)
    assert here.bundle(mia, NOW, "third") is None
    assert here.standing(NOW)[2:] == (0, 1, 1, NOW)
    here.forget(NOW + KEPT)
    assert here.standing(NOW)[2:] == (0, 1, 0, None)


def test_what_cannot_be_sent_rests_longer_each_time_and_keeps_no_other(again: Callable[[], Outbox]) -> None:
    outbox, mia = again(), uuid4()
    outbox.begin(0)
    outbox.take(mia, notice(1), NOW)
    moment, waited = NOW, list[timedelta]()
    for number in range(10):
        bundle = outbox.bundle(mia, moment, "first")
        assert bundle is not None
        assert (bundle.id, bundle.failures) == ("first", number)
        outbox.rest(mia, bundle, moment)
        before = moment
        while not outbox.due(moment, 1):
            moment += timedelta(seconds=5)
        waited.append(moment - before)
    assert waited == sorted(waited)
    assert (waited[0], waited[-1]) == (timedelta(seconds=5), timedelta(minutes=10))
    outbox.take(mia, notice(2), NOW)
    last = outbox.bundle(mia, moment, "second")
    assert last is not None
    outbox.rest(mia, last, moment)
    other = outbox.bundle(mia, moment, "second")
    assert other is not None
    assert [each.position for each in other.notices] == [2]


def test_that_nothing_can_be_sent_is_known_on_every_machine(again: Callable[[], Outbox]) -> None:
    here, there = again(), again()
    here.begin(0)
    assert (trouble(there.standing(NOW)), there.rests_until()) == (None, None)
    here.down("It does not answer.", NOW)
    here.down("It does not answer.", NOW + MINUTE)
    here.take(uuid4(), notice(1), NOW)
    said = "No mail of notices can be sent since 2026-11-02 10:00 UTC, and 1 notice waits: It does not answer."
    assert trouble(there.standing(NOW)) == said
    assert there.rests_until() == NOW + MINUTE + timedelta(seconds=10)
    assert [(line.says, line.standing) for line in lines(there.standing(NOW))] == [(said, "do")]
    there.up()
    assert (trouble(here.standing(NOW)), here.rests_until()) == (None, None)
