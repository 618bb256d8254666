"""The runner folds every fact exactly once, rebuilds views beside the old ones, and goes on whatever fails."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.fsck.views import row_differences
from infra.store.sqlite.views import SqliteViews
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from projections.machinery.database import Batch, PositionConflict, Standing, View
from projections.machinery.following import BATCH_SIZE
from projections.machinery.log import FactGone
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector, Reactor
from projections.views import VIEWS
from tests.domain.world import APPEAL_ID, ATTEMPT_ID, ENROLMENT_ID, EVIDENCE_ID, FORM_FACTS, FORM_ID, PLAN_ID, an_id
from tests.patience import PATIENCE
from tests.projections.counting import ADA, COUNTS, Breaking, chatter, count, counted
from tests.projections.support import STORY, ListLog, on, rows_after, rows_of, scratch


class Raced(SqliteViews):
    """Another process has moved the views when the first batch is written."""

    raced = False

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]], mark: str = "") -> None:
        if not self.raced:
            self.raced = True
            raise PositionConflict(COUNTS.table)
        super().write(batches, moves, mark)


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
        assert projector.shown == 0
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


def other(facts: int) -> ListLog:
    """Return a log whose facts are others than those of ``chatter``."""
    log = ListLog()
    for _ in range(facts):
        log.tell(on(EVIDENCE_ID, STORY[2][1][-1]))
    return log


@pytest.mark.parametrize("log", [chatter(3), other(12)], ids=["a shorter log", "another log"])
def test_views_that_show_what_the_log_does_not_hold_are_never_made_again_in_silence(log: ListLog) -> None:
    with scratch() as database:
        Projector(chatter(10), database, [COUNTS]).step()
        with pytest.raises(FactGone) as gone:
            Projector(log, database, [COUNTS])
        assert gone.value.position == 10
        assert rows_of(database, COUNTS)[ADA]["facts"] == 10
        database.forget([COUNTS.table, OWNER.table])
        projector = Projector(log, database, [COUNTS])
        assert projector.shown == 0
        projector.step()
        assert sum(row["facts"] for row in rows_of(database, COUNTS).values()) == log.head()


def test_a_fact_that_goes_while_the_views_follow_the_log_is_noticed_at_the_next_step() -> None:
    log = chatter(10)
    with scratch() as database:
        projector = Projector(log, database, [COUNTS])
        reactor = Reactor("reactions", log, database, lambda _: None)
        for follower in (projector, reactor):
            follower.step()
            assert follower.step() == 0
        log.entries[9:] = other(12).entries[9:]
        for follower in (projector, reactor):
            with pytest.raises(FactGone):
                follower.step()
        assert rows_of(database, COUNTS)[ADA]["facts"] == 10


def test_a_mark_that_an_older_release_left_behind_speaks_against_nothing() -> None:
    with scratch() as database:
        Projector(chatter(10), database, [COUNTS]).step()
        assert all(standing.mark for standing in database.standings().values())
        database.write((), {COUNTS.table: (10, 12), OWNER.table: (10, 12)}, "10:of its last fact")
        assert set(database.standings().values()) == {Standing(12, "")}
        assert Projector(other(12), database, [COUNTS]).step() == 0


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


@pytest.mark.parametrize("log", [chatter(3), other(12)], ids=["a shorter log", "another log"])
def test_reactions_to_what_the_log_does_not_hold_never_begin_again_in_silence(log: ListLog) -> None:
    with scratch() as database:
        Reactor("reactions", chatter(10), database, lambda _: None).step()
        with pytest.raises(FactGone):
            Reactor("reactions", log, database, lambda _: None)
        database.forget(["reactions"])
        assert Reactor("reactions", log, database, lambda _: None).position == 0


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
                f"view counts: the row stream {altered} is not what the facts make it: run `portfolio rebuild counts`",
                f"view counts: the row stream {missing} is missing: run `portfolio rebuild counts`",
                f"view counts: the row stream {extra} does not follow from the facts: run `portfolio rebuild counts`",
            ]
        )
