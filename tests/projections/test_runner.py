"""The runner folds every fact exactly once, rebuilds views beside the old ones, and goes on whatever fails."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest

from infra.fsck.views import row_differences
from infra.store.sqlite.views import SqliteViews
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry, changed
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from projections.machinery.database import Batch, PositionConflict, Rows, View, ViewsDatabase
from projections.machinery.owner import OWNER
from projections.machinery.runner import BATCH_SIZE, Projector, Reactor, ViewUnknown
from projections.views import VIEWS
from tests.domain.world import APPEAL_ID, ATTEMPT_ID, ENROLMENT_ID, EVIDENCE_ID, FORM_FACTS, FORM_ID, PLAN_ID, an_id
from tests.patience import PATIENCE
from tests.projections.support import STORY, ListLog, on, rows_after, rows_of, scratch

ADA = an_id("Ada")


def count(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    row = rows.get(entry.originator_id)
    rows.put(entry.originator_id, facts=row["facts"] + 1 if row else 1, owner=owner)


COUNTS = View("counts", 1, {"stream": UUID}, {"facts": int, "owner": UUID}, count, FACTS)
"""Folding a fact twice, or not at all, shows in it for ever."""


def chatter(facts: int) -> ListLog:
    """Return a log of this many facts about Ada."""
    log = ListLog()
    log.tell(on(ADA, PersonRegistered(name="Ada", works_for="centre")))
    entry = log.entries[0]
    log.entries = [entry] * facts
    renumber(log)
    return log


def renumber(log: ListLog) -> None:
    log.entries = [changed(entry, position=position) for position, entry in enumerate(log.entries, start=1)]


class Breaking(SqliteViews):
    """Fails at the steps named in ``fails``, each once, before or after doing them."""

    def __init__(self, path: Path, *fails: str) -> None:
        super().__init__(path)
        self.fails = list(fails)

    @contextmanager
    def broken(self, step: str) -> Iterator[None]:
        if f"before {step}" in self.fails:
            self.fails.remove(f"before {step}")
            raise OSError("the power went")
        yield
        if f"after {step}" in self.fails:
            self.fails.remove(f"after {step}")
            raise OSError("the power went")

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]]) -> None:
        with self.broken("write"):
            super().write(batches, moves)

    def index(self, views: Iterable[View]) -> None:
        with self.broken("index"):
            super().index(views)

    def switch(self, views: Iterable[View]) -> None:
        with self.broken("switch"):
            super().switch(views)

    def drop_replaced(self, views: Iterable[View]) -> None:
        with self.broken("drop"):
            super().drop_replaced(views)


class Raced(SqliteViews):
    """Another process has moved the views when the first batch is written."""

    raced = False

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]]) -> None:
        if not self.raced:
            self.raced = True
            raise PositionConflict(COUNTS.table)
        super().write(batches, moves)


def test_a_projector_that_was_overtaken_has_done_nothing_and_goes_on(tmp_path: Path) -> None:
    log = chatter(10)
    with closing(Raced(tmp_path / "views.db")) as database:
        projector = Projector(log, database, [COUNTS])
        assert [projector.step() for _ in range(3)] == [0, 10, 0]
        assert rows_of(database, COUNTS)[ADA]["facts"] == 10


def test_a_batch_is_a_thousand_facts_in_one_transaction() -> None:
    log = chatter(2 * BATCH_SIZE + 1)
    with scratch() as database:
        projector = Projector(log, database, [COUNTS])
        assert [projector.step() for _ in range(4)] == [BATCH_SIZE, BATCH_SIZE, 1, 0]
        assert rows_of(database, COUNTS)[ADA]["facts"] == log.head()
        assert {database.position(view.table) for view in (OWNER, COUNTS)} == {log.head()}


@pytest.mark.parametrize("moment", ["before write", "after write"])
def test_a_fact_counts_once_though_the_write_fails(tmp_path: Path, moment: str) -> None:
    log = chatter(2 * BATCH_SIZE)
    database = Breaking(tmp_path / "views.db")
    projector = Projector(log, database, [COUNTS])
    projector.step()
    database.fails = [moment]
    with pytest.raises(OSError, match="power"):
        projector.step()
    while projector.step():
        pass
    assert rows_of(database, COUNTS)[ADA]["facts"] == log.head()
    database.close()


def test_a_fact_counts_once_though_the_process_ended_in_between(tmp_path: Path) -> None:
    log = chatter(2 * BATCH_SIZE)
    for fails in (["before write"], ["after write"], []):
        database = Breaking(tmp_path / "views.db", *fails)
        projector = Projector(log, database, [COUNTS])
        if fails:
            with pytest.raises(OSError, match="power"):
                projector.step()
        else:
            while projector.step():
                pass
            assert rows_of(database, COUNTS)[ADA]["facts"] == log.head()
        database.close()


def test_each_fact_comes_with_the_enrolment_its_stream_belongs_to() -> None:
    rows = rows_after(COUNTS, on(FORM_ID, *FORM_FACTS), *STORY)
    assert {stream: row["owner"] for stream, row in rows.items()} == {
        FORM_ID: None,
        PLAN_ID: None,
        ENROLMENT_ID: ENROLMENT_ID,
        EVIDENCE_ID: ENROLMENT_ID,
        ATTEMPT_ID: ENROLMENT_ID,
        APPEAL_ID: ENROLMENT_ID,
    }


def test_the_owner_is_remembered_over_a_restart() -> None:
    log = ListLog()
    log.tell(*STORY[:3])
    with scratch() as database:
        Projector(log, database, [COUNTS]).step()
        log.tell(on(EVIDENCE_ID, STORY[2][1][-1]))
        Projector(log, database, [COUNTS]).step()
        assert rows_of(database, COUNTS)[EVIDENCE_ID] == {"facts": 5, "owner": ENROLMENT_ID}


def test_a_view_that_is_new_catches_up_and_the_others_count_nothing_twice() -> None:
    log = chatter(BATCH_SIZE + 10)
    newcomer = View("newcomer", 1, COUNTS.key, COUNTS.columns, count, FACTS)
    with scratch() as database:
        Projector(log, database, [COUNTS]).step()
        projector = Projector(log, database, [COUNTS, newcomer])
        assert projector.position == 0
        while projector.step():
            pass
        assert rows_of(database, COUNTS) == rows_of(database, newcomer) == {ADA: {"facts": log.head(), "owner": None}}


def test_deleted_views_are_made_again_from_the_log() -> None:
    log = ListLog()
    log.tell(*STORY)
    with scratch() as stored, scratch() as new:
        Projector(log, stored, VIEWS).step()
        Projector(log, new, VIEWS).step()
        assert all(rows_of(stored, view) == rows_of(new, view) for view in VIEWS)


def test_views_that_are_ahead_of_the_log_are_made_again() -> None:
    with scratch() as database:
        Projector(chatter(10), database, [COUNTS]).step()
        projector = Projector(chatter(3), database, [COUNTS])
        assert projector.position == 0
        projector.step()
        assert rows_of(database, COUNTS)[ADA]["facts"] == 3


def tables(database: SqliteViews) -> set[str]:
    return {name for (name,) in database.query("SELECT name FROM sqlite_master WHERE type = 'table'")}


def spoilt(log: ListLog, database: ViewsDatabase, views: Iterable[View]) -> Projector:
    """Return a projector whose counts have come to a wrong number."""
    projector = Projector(log, database, tuple(views))
    projector.step()
    position = database.position(COUNTS.table)
    database.write([Batch(COUNTS, [(ADA, -1, None)], [])], {COUNTS.table: (position, position)})
    return projector


def counted(database: ViewsDatabase) -> Any:
    return rows_of(database, COUNTS)[ADA]["facts"]


def grow(log: ListLog) -> None:
    log.entries = [*log.entries, log.entries[-1]]
    renumber(log)


def test_a_rebuilt_view_is_what_the_log_makes_it_and_goes_on_from_there() -> None:
    log = chatter(10)
    with scratch() as database:
        spoilt(log, database, [COUNTS])
        projector = Projector(log, database, [COUNTS])
        grow(log)
        projector.step()
        assert counted(database) == 0, "the wrong number is in the projector's memory now"
        projector.rebuild("counts")
        assert counted(database) == 11
        grow(log)
        assert projector.step() == 1
        assert counted(database) == 12


def test_every_view_rebuilt_is_the_same_as_the_view_that_followed() -> None:
    log = ListLog()
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        for facts in STORY:
            log.tell(facts)
            projector.step()
        followed = {view.name: rows_of(database, view) for view in (OWNER, *VIEWS)}
        projector.rebuild()
        assert {view.name: rows_of(database, view) for view in (OWNER, *VIEWS)} == followed


def test_rebuilding_one_view_leaves_the_others() -> None:
    other = View("other", 1, COUNTS.key, COUNTS.columns, count, FACTS)
    with scratch() as database:
        projector = spoilt(chatter(10), database, [COUNTS, other])
        projector.rebuild("other")
        assert counted(database) == -1


def test_an_unknown_view_is_refused_with_the_names_there_are() -> None:
    with scratch() as database, pytest.raises(ViewUnknown, match="'readines'; there are: counts"):
        Projector(ListLog(), database, [COUNTS]).rebuild("readines")


def test_readers_see_the_old_rows_until_the_rebuilt_view_is_switched_in_with_what_came_meanwhile() -> None:
    log = chatter(10_500)
    seen: list[tuple[int, int, Any]] = []
    with scratch() as database:
        projector = spoilt(log, database, [COUNTS])

        def progress(done: int, of: int) -> None:
            seen.append((done, of, counted(database)))
            if len(seen) == 1:
                log.entries = [*log.entries, *log.entries[:100]]
                renumber(log)

        projector.rebuild("counts", progress=progress)
        assert seen == [(10_000, 10_500, -1), (10_600, 10_600, 10_600)]
        while projector.step():
            pass
        assert counted(database) == 10_600


@pytest.mark.parametrize("moment", ["before write", "after write", "before index", "after index", "before switch"])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_rebuild_that_is_ended_leaves_the_old_rows_and_can_run_again(
    tmp_path: Path, moment: str, restarted: bool
) -> None:
    log = chatter(10)
    database = Breaking(tmp_path / "views.db")
    projector = spoilt(log, database, [COUNTS])
    database.fails = [moment]
    with pytest.raises(OSError, match="power"):
        projector.rebuild()
    assert counted(database) == -1
    if restarted:
        projector = Projector(log, database, [COUNTS])
    projector.rebuild()
    assert counted(database) == 10
    database.close()


def test_a_rebuild_leaves_nothing_behind_and_if_it_could_not_the_next_one_does(tmp_path: Path) -> None:
    log = chatter(10)
    database = Breaking(tmp_path / "views.db", "before drop")
    projector = spoilt(log, database, [COUNTS])
    with pytest.raises(OSError, match="power"):
        projector.rebuild()
    assert counted(database) == 10
    assert COUNTS.replaced in tables(database)
    projector.rebuild()
    assert tables(database) == {"positions", OWNER.table, COUNTS.table}
    database.close()


def test_a_reader_waits_for_a_position_until_the_views_show_it() -> None:
    log = chatter(10)
    with scratch() as database:
        projector = Projector(log, database, [COUNTS])
        assert not projector.wait_for(10, 0)
        step = Thread(target=projector.step)
        step.start()
        assert projector.wait_for(10, PATIENCE)
        step.join()
        assert projector.wait_for(10, 0)
        assert not projector.wait_for(11, 0)


@contextmanager
def running(*runs: Callable[[Event], None]) -> Iterator[None]:
    """Let followers run in threads of their own."""
    stop = Event()
    threads = [Thread(target=run, args=(stop,)) for run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def test_a_running_projector_shows_what_is_appended() -> None:
    log = ListLog()
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        with running(projector.run):
            for facts in STORY:
                assert projector.wait_for(log.tell(facts), PATIENCE)


def test_a_running_projector_goes_on_after_a_failure_and_tells_nothing_personal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = chatter(10)
    database = Breaking(tmp_path / "views.db", "before write", "after write")
    projector = Projector(log, database, [COUNTS])
    with caplog.at_level(logging.ERROR), running(projector.run):
        assert projector.wait_for(10, PATIENCE)
    assert counted(database) == 10
    assert len(caplog.records) == 2
    assert "after position 0 (OSError at " in caplog.messages[0]
    assert "power" not in caplog.text
    assert not any(record.exc_info for record in caplog.records)
    database.close()


def test_a_reaction_gets_every_fact_in_order_and_none_again_after_a_restart() -> None:
    log = chatter(BATCH_SIZE + 5)
    got: list[int] = []
    with scratch() as database:
        for _ in range(2):
            reactor = Reactor("reactions", log, database, lambda entry: got.append(entry.position))
            while reactor.step():
                pass
    assert got == list(range(1, BATCH_SIZE + 6))


def test_a_reaction_that_fails_gets_the_same_fact_again_and_not_those_before() -> None:
    got: list[int] = []

    def react(entry: Entry) -> None:
        got.append(entry.position)
        if got.count(3) == 1 and entry.position == 3:
            raise OSError("busy")

    log = chatter(4)
    with scratch() as database:
        with pytest.raises(OSError, match="busy"):
            Reactor("reactions", log, database, react).step()
        assert Reactor("reactions", log, database, react).step() == 2
    assert got == [1, 2, 3, 3, 4]


def test_a_reactor_that_is_ahead_of_the_log_begins_again() -> None:
    with scratch() as database:
        Reactor("reactions", chatter(10), database, lambda _: None).step()
        assert Reactor("reactions", chatter(3), database, lambda _: None).position == 0


def test_views_and_reactions_do_not_lose_each_others_place() -> None:
    log = chatter(10)
    with scratch() as database:
        Reactor("reactions", log, database, lambda _: None).step()
        projector = Projector(log, database, [COUNTS])
        projector.step()
        projector.rebuild()
        assert database.position("reactions") == 10


def test_the_views_go_on_while_a_reaction_hangs_and_it_is_tried_until_it_succeeds() -> None:
    log = chatter(10)
    hanging, release, done = Event(), Event(), Event()
    tries: list[int] = []

    def react(entry: Entry) -> None:
        tries.append(entry.position)
        hanging.set()
        assert release.wait(PATIENCE)
        if len(tries) < 3:
            raise OSError("not yet")
        if entry.position == 10:
            done.set()

    with scratch() as database:
        projector = Projector(log, database, [COUNTS])
        reactor = Reactor("reactions", log, database, react)
        with running(reactor.run, projector.run):
            assert hanging.wait(PATIENCE)
            assert projector.wait_for(10, PATIENCE)
            release.set()
            assert done.wait(PATIENCE)
    assert tries == [1, 1, *range(1, 11)]


def test_views_that_follow_from_the_facts_show_no_difference() -> None:
    log = ListLog()
    log.tell(*STORY)
    with scratch() as stored, scratch() as fresh:
        Projector(log, stored, VIEWS).step()
        log.tell(on(ADA, PersonRegistered(name="Ada", works_for="centre")))  # not folded yet, which is no difference
        assert list(row_differences(log, stored, fresh, VIEWS)) == []


def test_each_row_that_does_not_follow_from_the_facts_is_named() -> None:
    log = ListLog()
    people = [an_id(name) for name in ("one", "two", "three")]
    log.tell(*(on(person, RoleGranted(role="coach"), RoleEnded(role="coach")) for person in people))
    altered, missing, extra = people[0], people[1], an_id("four")
    with scratch() as stored, scratch() as fresh:
        Projector(log, stored, [COUNTS]).step()
        batch = Batch(COUNTS, [(altered, 7, None), (extra, 1, None)], [(missing,)])
        stored.write([batch], {COUNTS.table: (6, 6)})
        assert sorted(row_differences(log, stored, fresh, [COUNTS])) == sorted(
            [
                f"view counts: the row stream {altered} is not what the facts make it",
                f"view counts: the row stream {missing} is missing",
                f"view counts: the row stream {extra} does not follow from the facts",
            ]
        )
