"""Views: each row that is not what the facts make it is one sentence."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from infra.store.refusals import ViewsUnreadable
from infra.store.sqlite.views import SqliteViews
from infra.store.store import Store
from projections.machinery.database import View, ViewsDatabase
from projections.machinery.owner import OWNER
from projections.machinery.runner import REBUILD_BATCH_SIZE, FactGone, Log, ViewGroup, check_standings
from projections.views import VIEWS


def differences(store: Store, journal: EventJournal) -> Iterator[str]:
    """Yield the rows of views that are not what the facts make them, and views that cannot be compared.

    Views that are some facts short are right as far as they go; those that are not there are made by the next server.
    """
    try:
        with tempfile.TemporaryDirectory() as folder, store.views_snapshot() as stored:
            if stored is not None:
                with closing(SqliteViews(Path(folder) / "fresh.db")) as fresh:
                    yield from compared(journal, stored, fresh)
    except ViewsUnreadable as error:
        yield str(error)


def compared(journal: EventJournal, stored: ViewsDatabase, fresh: ViewsDatabase) -> Iterator[str]:
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
        yield f"fact {gone.position} of the log is not the one that the views were shown: it was altered, or replaced"
        return
    try:
        yield from row_differences(journal, stored, fresh, VIEWS)
    except Tampered:
        yield "the views are not compared, because a fact that makes them cannot be read"
    except sqlite3.DatabaseError as error:
        yield f"the views cannot be read ({error}): run `portfolio rebuild`"


def row_differences(log: Log, stored: ViewsDatabase, fresh: ViewsDatabase, views: Sequence[View]) -> Iterator[str]:
    """Yield one sentence for each row that is not what the log makes it; nobody writes to ``stored`` meanwhile.

    ``fresh`` is an empty database, into which the views are folded again as far as those in ``stored`` go.
    """
    fresh.prepare((OWNER, *views))
    group = ViewGroup(fresh, OWNER, views)
    positions = {view.table: stored.position(view.table) for view in group.views}
    for position in sorted(set(positions.values())):
        while group.fold(log, REBUILD_BATCH_SIZE, until=position) < position:
            pass
        for view in group.views:
            if positions[view.table] == position:
                yield from _in_one_view(view, stored.rows(view), fresh.rows(view))


def _in_one_view(
    view: View, stored_rows: Iterator[tuple[Any, ...]], right_rows: Iterator[tuple[Any, ...]]
) -> Iterator[str]:
    size = len(view.key)
    stored, right = next(stored_rows, None), next(right_rows, None)
    while stored or right:
        if right is None or (stored and stored[:size] < right[:size]):
            yield f"view {view.name}: the row {_named(view, stored)} does not follow from the facts"
            stored = next(stored_rows, None)
        elif stored is None or right[:size] < stored[:size]:
            yield f"view {view.name}: the row {_named(view, right)} is missing"
            right = next(right_rows, None)
        else:
            if stored != right:
                yield f"view {view.name}: the row {_named(view, stored)} is not what the facts make it"
            stored, right = next(stored_rows, None), next(right_rows, None)


def _named(view: View, row: Sequence[Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(view.key, row or (), strict=False))
