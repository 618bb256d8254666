"""A rebuild makes a view anew beside the old rows, which readers see until it is switched in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from infra.store.sqlite.views import SqliteViews
from portfolio.domain.catalogue import FACTS
from projections.machinery.database import UNFOLDED, Batch, View, ViewsDatabase
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector, ViewUnknown
from projections.views import VIEWS
from tests.projections.counting import ADA, COUNTS, Breaking, chatter, count, counted, renumber
from tests.projections.support import STORY, ListLog, rows_of, scratch


def tables(database: SqliteViews) -> set[str]:
    return {name for (name,) in database.query("SELECT name FROM sqlite_master WHERE type = 'table'")}


def spoilt(log: ListLog, database: ViewsDatabase, views: Iterable[View]) -> Projector:
    """Return a projector whose counts have come to a wrong number."""
    projector = Projector(log, database, tuple(views))
    projector.step()
    position = database.position(COUNTS.table)
    database.write([Batch(COUNTS, [(ADA, -1, None)], [])], {COUNTS.table: (position, position)})
    return projector


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
    assert tables(database) == {"positions", OWNER.table, COUNTS.table, *(each.table for each in UNFOLDED)}
    database.close()
