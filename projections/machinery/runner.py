"""Runner: folds the log into views, gives facts to reactions, and goes on whatever fails."""

import gc
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Condition, Event, RLock
from typing import Any, Protocol

from portfolio.application.ports import NewerRelease
from portfolio.domain.kernel import Entry, tag_of
from projections.machinery.database import Fold, PositionConflict, Rows, Standing, View, ViewsDatabase
from projections.machinery.owner import OWNED, OWNER, owner_of

LOG = logging.getLogger("portfolio.projections")

BATCH_SIZE = 1_000
"""Facts folded in one transaction."""
REBUILD_BATCH_SIZE = 10_000
"""The same while a view is rebuilt and nobody waits for it."""
CACHED_ROWS = 4_000
"""Rows of a view that stay in memory between batches, at most."""
POLL_SECONDS = 0.02
"""After how many seconds an idle follower looks at the log without having been woken."""
OWNED_TAGS = frozenset(map(tag_of, OWNED))
"""The stored names of the facts of streams that belong to an enrolment."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
"""Seconds a follower rests after it failed; each failure in a row doubles it."""


class Log(Protocol):
    """What a follower needs of the journal."""

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        """Return up to ``limit`` facts after ``position``, in order."""

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after ``position``, waiting up to ``timeout`` seconds for one."""

    def mark(self, entry: Entry) -> str:
        """Return by what this fact of the log is known again: its position, a colon and a keyed digest of it."""


class FactGone(Exception):
    """The fact that somebody stands at is not in the log, or is not the one that they were shown."""

    def __init__(self, position: int) -> None:
        super().__init__(f"fact {position} is not where it was")
        self.position = position


def since(log: Log, standing: Standing, limit: int) -> Sequence[Entry]:
    """Return up to ``limit`` facts after the one that a follower stands at; raise ``FactGone`` if that is not there."""
    if not standing.position:
        return log.since(0, limit)
    entries = log.since(standing.position - 1, limit + 1)
    if not entries or entries[0].position != standing.position or standing.mark not in ("", log.mark(entries[0])):
        raise FactGone(standing.position)
    return entries[1:]


def check_standings(log: Log, database: ViewsDatabase) -> None:
    """Raise ``FactGone`` unless everybody who follows the log stands at a fact of it."""
    for standing in set(database.standings().values()):
        since(log, standing, 0)


class ViewUnknown(Exception):
    """There is no view of this name."""

    def __init__(self, name: str, views: Iterable[View]) -> None:
        super().__init__(f"There is no view {name!r}; there are: {', '.join(sorted(view.name for view in views))}.")


class ViewGroup:
    """Views that are folded together, the owners of streams first, with a cache of their rows."""

    def __init__(self, database: ViewsDatabase, owner: View, views: Sequence[View]) -> None:
        self.views = (owner, *views)
        self._database = database
        self._rows: list[Rows] = []
        self._expected: list[int] = []
        self._standing = Standing(0, "")
        self.drop_cache()

    def drop_cache(self) -> None:
        """Drop the cached rows: the database is right."""
        self._rows = [Rows(view, self._database) for view in self.views]
        self._expected = []

    def positions(self) -> list[int]:
        """Return how far each view has come."""
        return self._database.positions([view.table for view in self.views])

    def fold(self, log: Log, limit: int, until: int | None = None) -> int:
        """Fold the next batch, all or nothing, and return the position all views show now."""
        try:
            positions = self.positions()
            if positions != self._expected:  # somebody else has folded meanwhile
                self.drop_cache()
            start = min(positions)
            if start != self._standing.position:
                self._standing = self._kept(start)
            entries = since(log, self._standing, limit if until is None else min(limit, until - start))
            if not entries:
                self._expected = positions
                return start
            end, mark = entries[-1].position, log.mark(entries[-1])
            self._fold(entries, positions)
            reached = [max(position, end) for position in positions]
            moves = dict(zip((view.table for view in self.views), zip(positions, reached, strict=True), strict=True))
            self._database.write([rows.batch() for rows in self._rows], moves, mark)
        except BaseException:
            self.drop_cache()
            raise
        for rows in self._rows:
            rows.settle(CACHED_ROWS)
        self._expected, self._standing = reached, Standing(end, mark)
        return end

    def _kept(self, position: int) -> Standing:
        """Return the mark that one of the followers at this position has kept."""
        standings = self._database.standings().values()
        return max((each for each in standings if each.position == position), default=Standing(position, ""))

    def _fold(self, entries: Sequence[Entry], positions: Sequence[int]) -> None:
        owners, *others = self._rows
        owner_tags, owned_tags = owners.view.tags, OWNED_TAGS
        folds: dict[str, list[tuple[Fold, Rows, int]]] = {}
        for rows, position in zip(others, positions[1:], strict=True):
            for tag in rows.view.tags:
                folds.setdefault(tag, []).append((rows.view.fold, rows, position))
        for entry in entries:
            tag, at = entry.tag, entry.position
            if tag in owner_tags:
                owners.view.fold(owners, entry, None)
            owner = owner_of(owners, entry.originator_id) if tag in owned_tags else None
            for fold, rows, position in folds.get(tag, ()):
                if at > position:
                    fold(rows, entry, owner)


class Projector:
    """Keeps the views of a database up to the log, and answers questions from them.

    Rows and positions are written together, so a fact is folded exactly once whatever breaks in between.
    """

    def __init__(self, log: Log, database: ViewsDatabase, views: Sequence[View]) -> None:
        self._log = log
        self._database = database
        self._views = views
        self._folding = RLock()
        self._shown = Condition()
        database.prepare((OWNER, *views))
        self._group = ViewGroup(database, OWNER, views)
        check_standings(log, database)
        self._position = min(self._group.positions())

    @property
    def position(self) -> int:
        """Return the position that every view shows."""
        return self._position

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question, as ``Reads.query`` says."""
        return self._database.query(sql, **parameters)

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the views to show ``position``; tell whether they do."""
        with self._shown:
            return self._shown.wait_for(lambda: self._position >= position, timeout)

    def step(self) -> int:
        """Fold the next batch into every view in one transaction and return how far the views have come on.

        That is 0 where another process has folded or rebuilt them meanwhile: the next step goes on from there.
        """
        with self._folding, suppress(PositionConflict):
            before, end = self._position, self._group.fold(self._log, BATCH_SIZE)
            self.show(end)
            return end - before
        return 0

    def follow_other(self, position: int) -> None:
        """Take it that another process has brought every view to this position; raise ``NewerRelease`` if it is one."""
        self._log.since(position - 1, 1)
        self.show(position)

    def show(self, position: int) -> None:
        """Take it that every view shows this position."""
        with self._shown:
            self._position = position
            self._shown.notify_all()

    def run(self, stop: Event) -> None:
        """Follow the log until ``stop`` is set."""
        follow("the projector", self._log, self, stop)

    def rebuild(self, *names: str, progress: Callable[[int, int], None] = lambda _done, _of: None) -> None:
        """Make these views (all if none is named) again from the first fact and put them in the old ones' place.

        Reads see the old rows until then. Ended at any moment it leaves the old rows, and can be run again.
        ``progress`` is told the position reached and the log's last one. Raises ``ViewUnknown``, or what the database's
        ``rebuilding`` raises. The garbage collector is paused: a fold makes no cycles, and it takes a sixth
        of the time.
        """
        by_name = {view.name: view for view in self._views}
        for name in names:
            if name not in by_name:
                raise ViewUnknown(name, self._views)
        views = [OWNER, *(by_name[name] for name in names or by_name)]
        with self._database.rebuilding(), _collector_paused():
            self._rebuild(views, progress)

    def _rebuild(self, views: Sequence[View], progress: Callable[[int, int], None]) -> None:
        beside = ViewGroup(self._database, OWNER.beside(), [view.beside() for view in views[1:]])
        self._database.reset(beside.views, indexed=False)
        while (end := self._fold_beside(beside)) < (head := self._log.head()):
            progress(end, head)
        self._database.index(beside.views)
        with self._folding:
            switched = False
            while not switched:
                while self._fold_beside(beside) < (head := self._log.head()):
                    pass
                with suppress(PositionConflict):  # another process has folded more into the old rows meanwhile
                    self._database.switch(views)
                    switched = True
            self._group.drop_cache()
        progress(head, head)
        self._database.drop_replaced(views)

    def _fold_beside(self, beside: ViewGroup) -> int:
        with self._folding:
            return beside.fold(self._log, REBUILD_BATCH_SIZE)


@contextmanager
def _collector_paused() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Reactor:
    """Gives every fact, in order, to ``react``, and keeps by ``name`` how far it has come.

    A fact whose reaction fails comes again, and so may some before it after a crash: ``react`` must bear that.
    ``first`` is called before each batch, be it an empty one, for what follows from a day and not from a fact.
    """

    def __init__(
        self,
        name: str,
        log: Log,
        database: ViewsDatabase,
        react: Callable[[Entry], None],
        first: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._log = log
        self._database = database
        self._react = react
        self._first = first
        check_standings(log, database)
        self.position = database.position(name)
        self._mark = ""

    def step(self) -> int:
        """Give the next batch and return how many facts it had; raise what the reaction to one raises."""
        self._first()
        position = self._database.position(self._name)
        if position != self.position or not self._mark:  # another process may have gone on from where we were
            self.position, self._mark = self._database.standings().get(self._name, Standing(0, ""))
        entries = since(self._log, Standing(self.position, self._mark), BATCH_SIZE)
        done, mark = self.position, self._mark
        try:
            for entry in entries:
                self._react(entry)
                done, mark = entry.position, self._log.mark(entry)
        finally:
            if done > self.position:
                self._database.write((), {self._name: (self.position, done)}, mark)
                self.position, self._mark = done, mark
        return len(entries)

    def run(self, stop: Event) -> None:
        """Follow the log until ``stop`` is set."""
        follow(self._name, self._log, self, stop)


class Follower(Protocol):
    """Something that goes along the log batch by batch."""

    @property
    def position(self) -> int:
        """Return how far it has come."""

    def step(self) -> int:
        """Take the next batch; return 0 when there is none."""


def follow(name: str, log: Log, follower: Follower, stop: Event) -> None:
    """Let a follower step whenever there is something, until ``stop`` is set; what fails is logged and tried again.

    A fact of a newer release ends it: the rest of the log is for that release's followers.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            if not follower.step():
                log.wait_past(follower.position, POLL_SECONDS)
            pause = FIRST_PAUSE
        except NewerRelease as refusal:
            LOG.error("%s ends after position %d: %s", name, follower.position, refusal)  # noqa: TRY400 - says it all
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the views must not stand still for good
            LOG.error(  # noqa: TRY400 - an exception's message may hold personal data
                "%s failed after position %d (%s), next try in %.2f s", name, follower.position, _where(error), pause
            )
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def _where(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {last.filename}:{last.lineno}"
