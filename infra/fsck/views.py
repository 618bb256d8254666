"""Views: each row that is not what the facts make it is one sentence."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from infra.store.journal import EventJournal
from infra.store.refusals import CannotOpen
from infra.store.sqlite.views import SqliteViews
from infra.store.store import Store
from projections.machinery.database import FAILURES, SET_ASIDE, View, ViewsDatabase
from projections.machinery.group import KNOWN_TAGS, ViewGroup
from projections.machinery.log import FactGone, Log, check_standings
from projections.machinery.owner import OWNER
from projections.machinery.runner import REBUILD_BATCH_SIZE, collector_paused
from projections.machinery.trouble import OF_A_VIEW, VIEWS_NAME, Failure, SetAside, Trouble
from projections.views import VIEWS


def differences(store: Store, journal: EventJournal, as_recorded: int = 0) -> Iterator[str]:
    """Yield the rows of views that are not what the facts make them, and views that cannot be compared.

    Facts up to ``as_recorded`` are known to be what was recorded. Views that are some facts short are right as far as
    they go; those that are not there are made by the next server.
    """
    try:
        with tempfile.TemporaryDirectory() as folder, store.views_snapshot() as stored:
            if stored is not None:
                with closing(SqliteViews(Path(folder) / "fresh.db")) as fresh:
                    yield from compared(journal, stored, fresh, as_recorded)
    except CannotOpen as error:
        yield str(error)


def none_there(store: Store) -> bool:
    """Tell whether no view has been shown any fact yet, as far as that can be asked: there is nothing to compare."""
    try:
        return not any(standing.position for standing in store.standings().values())
    except CannotOpen:
        return False


def compared(journal: EventJournal, stored: ViewsDatabase, fresh: ViewsDatabase, as_recorded: int = 0) -> Iterator[str]:
    """Yield the differences between stored views and the same views made freshly from the facts."""
    head = journal.head()
    views = (OWNER, *VIEWS)
    stored.prepare(views)
    if ahead := [view.name for view in views if stored.position(view.table) > head]:
        yield f"the views {', '.join(ahead)} show more than the {head} facts there are"
        return
    try:
        check_standings(journal, stored)
    except FactGone as gone:
        yield (
            f"the views were shown another fact {gone.position} than the log has, which is what was recorded: they are "
            "another record's; take them away (the file views.db, or the tables of the schema views), and "
            "`portfolio serve` makes them again"
            if gone.position <= as_recorded
            else f"fact {gone.position} of the log is not the one that the views were shown: it was altered or replaced"
        )
        return
    yield from left_behind(stored, views)
    try:
        yield from row_differences(journal, stored, fresh, VIEWS)
    except sqlite3.DatabaseError as error:
        yield f"the views cannot be read ({error}): run `portfolio rebuild`"


def left_behind(stored: ViewsDatabase, views: Sequence[View]) -> Iterator[str]:
    """Yield who cannot go on along the log, and which views are behind the others; what no server has begun is not."""
    failures = [Failure(*row) for row in stored.rows(FAILURES)]
    yield from (failure.in_words() for failure in failures)
    positions = {f"{OF_A_VIEW}{view.name}": stored.position(view.table) for view in views}
    front = max(positions.values())
    for name, position in positions.items():
        if 0 < position < front and name not in {failure.follower for failure in failures}:
            yield f"{name} has come to fact {position}, others to fact {front}: it catches up while a server runs"


def row_differences(log: Log, stored: ViewsDatabase, fresh: ViewsDatabase, views: Sequence[View]) -> Iterator[str]:
    """Yield one sentence for each row that is not what the log makes it; nobody writes to ``stored`` meanwhile.

    ``fresh`` is an empty database, into which the views are folded again as far as those in ``stored`` go.
    """
    fresh.prepare((OWNER, *views))
    fresh.reset((OWNER, *views), indexed=False)  # nobody searches in them
    group = ViewGroup(fresh, OWNER, views, Trouble(fresh))
    positions = {view.table: stored.position(view.table) for view in group.views}
    passed_over = {
        each.position: each for row in stored.rows(SET_ASIDE) if (each := SetAside(*row)).follower == VIEWS_NAME
    }
    for position in sorted(set(positions.values())):
        further = [table for table, reached in positions.items() if reached >= position]
        with collector_paused():
            while group.fold(log, REBUILD_BATCH_SIZE, until=position, only=further) < position:
                pass
        before = {at: each for at, each in passed_over.items() if at <= position}
        other = [each for at, each in {**before, **group.aside}.items() if (at in before) != (at in group.aside)]
        for view in group.views:
            if positions[view.table] != position:
                continue
            if reason := next((each for each in other if _concerns(each, view)), None):
                now = "cannot be read any more" if reason.position in group.aside else "can be read again"
                yield f"the view {view.name} is not compared: {reason.in_words()} {now}"
            else:
                yield from _in_one_view(view, stored.rows(view), fresh.rows(view))


def _concerns(fact: SetAside, view: View) -> bool:
    """Tell whether a view may be another one without this fact."""
    return fact.tag in view.tags or fact.tag not in KNOWN_TAGS or fact.tag in OWNER.tags


def _in_one_view(
    view: View, stored_rows: Iterator[tuple[Any, ...]], right_rows: Iterator[tuple[Any, ...]]
) -> Iterator[str]:
    size = len(view.key)
    stored, right = next(stored_rows, None), next(right_rows, None)
    while stored or right:
        if stored == right:
            stored, right = next(stored_rows, None), next(right_rows, None)
        elif right is None or (stored and stored[:size] < right[:size]):
            yield f"view {view.name}: the row {_named(view, stored)} does not follow from the facts: {mend(view)}"
            stored = next(stored_rows, None)
        elif stored is None or right[:size] < stored[:size]:
            yield f"view {view.name}: the row {_named(view, right)} is missing: {mend(view)}"
            right = next(right_rows, None)
        else:
            yield f"view {view.name}: the row {_named(view, stored)} is not what the facts make it: {mend(view)}"
            stored, right = next(stored_rows, None), next(right_rows, None)


def mend(view: View) -> str:
    """Return what an operator does about a wrong row."""
    return f"run `portfolio rebuild {view.name}`"


def _named(view: View, row: Sequence[Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(view.key, row or (), strict=False))
