"""Of several processes one works at a time, and another takes over when it ends; shown by threads."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from threading import Event, Thread

import psycopg
import pytest

from infra.store.journal import EventJournal
from infra.store.postgres.standby import PROJECTOR_LOCK, Meanwhile, one_at_a_time, project
from infra.store.postgres.views import PostgresViews
from infra.store.refusals import ViewsOccupied
from portfolio.application.ports import Busy
from projections.machinery.database import Batch, PositionConflict, View
from projections.machinery.runner import Projector
from tests.infra.store.given import wait_until
from tests.patience import PATIENCE
from tests.projections.support import rows_of
from tests.projections.test_database import EMPTY, FULL, THINGS, A, B
from tests.soak import times

END_HOLDER = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database ON pg_database.oid = database
 WHERE datname = current_database() AND locktype = 'advisory' AND granted
"""


class Worker:
    """Works when it is its turn, and tells so."""

    def __init__(self, address: str, meanwhile: Meanwhile | None = None) -> None:
        self.works = False
        self.turns = 0
        self.stop = Event()
        self.thread = Thread(
            target=one_at_a_time, args=(address, PROJECTOR_LOCK, self.work, self.stop, meanwhile), daemon=True
        )
        self.thread.start()

    def work(self, stop: Event) -> None:
        self.turns += 1
        self.works = True
        stop.wait()
        self.works = False

    def end(self) -> None:
        self.stop.set()
        self.thread.join()


@pytest.fixture
def views(database: str) -> Iterator[PostgresViews]:
    """Give the empty table of things."""
    with closing(PostgresViews(database)) as views:
        views.prepare([THINGS])
        yield views


def test_when_the_one_that_works_ends_another_takes_over(database: str) -> None:
    first = Worker(database)
    wait_until(lambda: first.works)
    second = Worker(database)
    first.end()
    wait_until(lambda: second.works)
    second.end()
    assert (first.turns, second.turns) == (1, 1)


def test_one_whose_connection_breaks_stops_working_and_comes_back(database: str) -> None:
    worker = Worker(database)
    wait_until(lambda: worker.works)
    with psycopg.connect(database, autocommit=True) as hand:
        hand.execute(END_HOLDER)
    wait_until(lambda: worker.turns == 2)
    worker.end()


def test_one_that_stands_by_bears_that_the_server_cannot_be_asked(database: str) -> None:
    asked = Event()

    def fail(_: float) -> None:
        asked.set()
        raise Busy

    first = Worker(database)
    wait_until(lambda: first.works)
    second = Worker(database, fail)
    assert asked.wait(PATIENCE)
    first.end()
    wait_until(lambda: second.works)
    second.end()


def test_those_that_stand_by_hear_how_far_the_views_are(database: str, views: PostgresViews) -> None:
    shown: list[Mapping[str, int]] = []
    working, ended = Worker(database), Event()
    wait_until(lambda: working.works)
    standing_by = Thread(target=project, args=(database, [THINGS.table], Event.wait, shown.append, ended))
    standing_by.start()
    views.write([Batch(THINGS, [(A, 1, *FULL)], [])], {THINGS.table: (0, 5)})
    wait_until(lambda: {THINGS.table: 5} in shown)
    ended.set()
    standing_by.join()
    working.end()


def rebuilt(views: PostgresViews, view: View, position: int) -> None:
    """Make the table beside, with one row, as far as a position."""
    beside = view.beside()
    views.reset([beside], indexed=False)
    views.write([Batch(beside, [(B, 1, *EMPTY)], [])], {beside.table: (0, position)})
    views.index([beside])


@pytest.fixture
def other(database: str) -> Iterator[PostgresViews]:
    """Give the same as another process has it."""
    with closing(PostgresViews(database)) as views:
        yield views


def test_tables_that_another_process_has_switched_are_noticed_once(views: PostgresViews, other: PostgresViews) -> None:
    further = View("further", 1, THINGS.key, THINGS.columns, THINGS.fold, ())
    views.prepare([THINGS, further])
    views.write([Batch(THINGS, [(A, 1, *FULL)], [])], {THINGS.table: (0, 5), further.table: (0, 5)})
    for each in (views, other):
        assert (each.position(THINGS.table), each.position(further.table)) == (5, 5)
    for view in (THINGS, further):
        rebuilt(other, view, 5)
    other.switch([THINGS, further])
    assert other.position(THINGS.table) == 5
    with pytest.raises(PositionConflict):
        views.position(THINGS.table)
    assert (views.position(THINGS.table), views.position(further.table)) == (5, 5)
    assert list(rows_of(views, THINGS)) == [(B, 1)]


def test_a_table_beside_that_is_behind_is_not_switched(views: PostgresViews) -> None:
    rebuilt(views, THINGS, 4)
    views.write([Batch(THINGS, [(A, 1, *FULL)], [])], {THINGS.table: (0, 5)})
    with pytest.raises(PositionConflict):
        views.switch([THINGS])
    assert list(rows_of(views, THINGS)) == [(A, 1)]


def test_a_reader_that_takes_its_time_delays_a_switch_and_no_other_reader(database: str, views: PostgresViews) -> None:
    rebuilt(views, THINGS, 0)
    with psycopg.connect(database) as slow:
        slow.execute("SELECT * FROM views.things_v1")
        switching = Thread(target=views.switch, args=([THINGS],))
        switching.start()
        assert [list(views.query("SELECT id FROM things_v1")) for _ in range(2)] == [[]] * 2
    switching.join()
    assert list(rows_of(views, THINGS)) == [(B, 1)]


def test_views_are_not_rebuilt_twice_at_once_nor_while_they_are_checked(database: str, views: PostgresViews) -> None:
    with views.rebuilding():
        for another in (lambda: views.rebuilding().__enter__(), lambda: PostgresViews(database, snapshot=True)):
            with pytest.raises(ViewsOccupied, match="rebuilt or checked by another program: try again"):
                another()
    with (
        closing(PostgresViews(database, snapshot=True)),
        closing(PostgresViews(database, snapshot=True)),
        pytest.raises(ViewsOccupied),
        views.rebuilding(),
    ):
        pass
    with views.rebuilding():
        pass


def test_who_has_rebuilt_or_checked_views_lets_the_next_one_at_once(database: str) -> None:
    for _ in range(times(30)):
        with closing(PostgresViews(database, snapshot=True)):
            pass
        with closing(PostgresViews(database)) as views, views.rebuilding():
            pass


def test_views_as_they_are_now_stand_still(database: str, views: PostgresViews) -> None:
    with closing(PostgresViews(database, snapshot=True)) as snapshot:
        views.write([Batch(THINGS, [(A, 1, *FULL)], [])], {THINGS.table: (0, 5)})
        assert (snapshot.position(THINGS.table), list(snapshot.rows(THINGS))) == (0, [])
        assert list(snapshot.rows(View("others", 1, THINGS.key, THINGS.columns, THINGS.fold, ()))) == []


def test_views_that_nobody_has_made_yet_are_at_the_beginning(database: str) -> None:
    with closing(PostgresViews(database, snapshot=True)) as snapshot:
        assert (snapshot.position(THINGS.table), list(snapshot.rows(THINGS))) == (0, [])


def test_a_projector_shows_what_another_one_has_folded(in_database: EventJournal, views: PostgresViews) -> None:
    projector = Projector(in_database, views, [THINGS])
    assert not projector.wait_for(7, 0)
    projector.stand_by({"owner_v1": 7, THINGS.table: 7})
    assert projector.wait_for(7, 0)
