"""Runner: folds the log into views, gives facts to reactions, and goes on whatever fails.

A view whose fold fails stands still alone and is tried again with pauses. A fact that cannot be read is set aside: the
views go on without it, and once it can be read those that it concerns are made again.
"""

import gc
import logging
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from threading import Event, RLock
from typing import Any, NamedTuple

from portfolio.application.ports import FactUnreadable
from portfolio.domain.kernel import Entry, Rejected
from projections.machinery.database import PositionConflict, Standing, View, ViewsDatabase
from projections.machinery.following import BATCH_SIZE, FIRST_PAUSE, GATHER_SECONDS, LONGEST_PAUSE, follow
from projections.machinery.group import KNOWN_TAGS, ViewGroup
from projections.machinery.log import Log, check_standings, mark_at, since
from projections.machinery.owner import OWNED_TAGS, OWNER
from projections.machinery.shown import Shown
from projections.machinery.trouble import (
    LOOK_AGAIN_SECONDS,
    OF_A_VIEW,
    VIEWS_NAME,
    Failure,
    SetAside,
    Trouble,
    can_be_read,
    where,
)

LOG = logging.getLogger("portfolio.projections")

REBUILD_BATCH_SIZE = 10_000
"""Facts folded in one transaction while a view is rebuilt and nobody waits for it."""

TABLE = re.compile(r"\b[a-z_]+_v\d+\b")
"""What the table of a view is called."""


@lru_cache(1_000)
def named_in(sql: str) -> frozenset[str]:
    """Return everything in a question that looks like the table of a view."""
    return frozenset(TABLE.findall(sql))


class ViewUnknown(Exception):
    """There is no view of this name."""

    def __init__(self, name: str, views: Iterable[View]) -> None:
        super().__init__(f"There is no view {name!r}; there are: {', '.join(sorted(view.name for view in views))}.")


class Rest(NamedTuple):
    """Until when a view rests that failed, by the clock, and for how long."""

    until: float
    pause: float


class Projector:
    """Keeps the views of a database up to the log, and answers questions from them.

    Rows and positions are written together, so a fact is folded exactly once whatever breaks in between. Views that
    are behind catch up beside the others; ``clock`` counts seconds.
    """

    def __init__(
        self,
        log: Log,
        database: ViewsDatabase,
        views: Sequence[View],
        trouble: Trouble | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._database = database
        self._views = views
        self._clock = clock
        self._folding = RLock()
        database.prepare((OWNER, *views))
        self.trouble = trouble or Trouble(database, clock)
        self._group = ViewGroup(database, OWNER, views, self.trouble)
        self._names = {view.table: f"{OF_A_VIEW}{view.name}" for view in self._group.views}
        check_standings(log, database)
        self._shown = Shown(dict(zip(self._names, self._group.positions(), strict=True)))
        self.failing: dict[str, Failure] = {}
        """Which views cannot go on, by table."""
        self._resting: dict[str, Rest] = {}
        self._doubted: Collection[str] = ()
        self._look_at = clock()
        self._forget_views_that_are_gone()

    @property
    def position(self) -> int:
        """Return how far the views have come that are neither resting nor catching up."""
        return max(self._shown.positions.values())

    @property
    def shown(self) -> int:
        """Return the position that every view shows."""
        return min(self._shown.positions.values())

    def shows(self, tables: Iterable[str]) -> int:
        """Return the position that each of these views shows."""
        return min(self._shown.positions[table] for table in tables)

    def behind(self) -> dict[str, int]:
        """Return how far those views have come, by name, that others have left behind."""
        positions, front = self._shown.positions, self.position
        return {self._names[table]: position for table, position in positions.items() if position < front}

    def tables_in(self, sql: str) -> frozenset[str]:
        """Return the views that a question asks, all if it names none."""
        return named_in(sql) & self._shown.positions.keys() or frozenset(self._shown.positions)

    def standing(self, tables: Iterable[str]) -> dict[str, int]:
        """Return which of these views stand still or are being made, by name, and how far they have come."""
        positions, front = self._shown.positions, self.position
        return {
            self._names[table]: positions[table]
            for table in tables
            if table in self.failing or positions[table] < front - BATCH_SIZE
        }

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question, as ``Reads.query`` says."""
        return self._database.query(sql, **parameters)

    def wait_for(self, position: int, timeout: float, tables: Collection[str] = (), *, patient: bool = False) -> bool:
        """Wait up to ``timeout`` seconds for these views (all if none is named) to show ``position``; tell whether.

        Who is ``patient`` lets facts gather, which is cheaper; others are shown what they ask for at once.
        """
        return self._shown.wait_for(position, timeout, tables, patient=patient)

    def _forget_views_that_are_gone(self) -> None:
        self.trouble.look()
        for failure in self.trouble.failures():
            if failure.follower.startswith(OF_A_VIEW) and failure.follower not in self._names.values():
                self.trouble.went_on(failure.follower)

    def step(self) -> int:
        """Fold the next batch, in one transaction if all is well, and return how many facts somebody has taken.

        That is 0 where another process has folded or rebuilt them meanwhile: the next step goes on from there.
        """
        with self._folding, suppress(PositionConflict):
            return self._step()
        return 0

    def _step(self) -> int:
        if self._look():
            self._make_again()
        stored = self._group.positions()
        positions = dict(zip(self._names, stored, strict=True))
        going = [table for table in positions if table not in self._resting]
        front = max(positions[table] for table in going)
        behind = sorted({positions[table] for table in going} - {front})
        taken = 0
        if positions[OWNER.table] == front:
            taken = self._together([table for table in going if positions[table] == front], front, stored=stored)
        if behind:  # the owners of streams first, where they are new
            start, until = behind[0], [*behind, front][1]
            taken += self._together([table for table in going if positions[table] == start], start, until)
        for table in [table for table, rest in self._resting.items() if self._clock() >= rest.until]:
            taken += self._alone(table, positions[table])
        return taken

    def _together(
        self, tables: Collection[str], start: int, until: int | None = None, stored: list[int] | None = None
    ) -> int:
        """Fold the next batch into views that stand at one position, and return how many facts that were.

        What fails once is tried once more, and then with each view alone, so that only those rest that fail.
        """
        try:
            end = self._group.fold(self._log, BATCH_SIZE, until, tables, stored)
        except (PositionConflict, Rejected):
            raise
        except Exception as error:
            if self._doubted != tables:
                self._doubted = tables
                raise
            LOG.error(  # noqa: TRY400 - an exception's message may hold personal data
                "views failed after position %d (%s), each is tried alone", start, where(error)
            )
            return self._each_alone(tables, start, until)
        self._doubted = ()
        self._went_on(tables, end)
        return end - start

    def _each_alone(self, tables: Collection[str], start: int, until: int | None) -> int:
        self._doubted = ()
        if OWNER.table in tables:  # no view goes on without the owners of streams
            until = self._group.fold(self._log, BATCH_SIZE, until, [OWNER.table])
            self._went_on([OWNER.table], until)
        return max(self._alone(table, start, until) for table in tables if table != OWNER.table)

    def _alone(self, table: str, start: int, until: int | None = None) -> int:
        """Fold the next batch into one view and return how many facts that were; if it fails, let the view rest."""
        try:
            end = self._group.fold(self._log, BATCH_SIZE, until, [table])
        except (PositionConflict, Rejected):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other views must not stand still for it
            before = self._resting.get(table)
            pause = min(2 * before.pause, LONGEST_PAUSE) if before else FIRST_PAUSE
            self._resting[table] = Rest(self._clock() + pause, pause)
            failure = self.failing[table] = Failure(self._names[table], start, where(error))
            LOG.error(  # noqa: TRY400 - an exception's message may hold personal data
                "%s failed after position %d (%s), next try in %.2f s", *failure, pause
            )
            self.trouble.failed(*failure)
            return 0
        self._resting.pop(table, None)
        self.failing.pop(table, None)
        self._went_on([table], end)
        return end - start

    def _went_on(self, tables: Iterable[str], position: int) -> None:
        for table in tables:
            self.trouble.went_on(self._names[table])
        self.show(dict.fromkeys(tables, position))

    def _look(self) -> bool:
        """Look now and then at what is set aside and who cannot go on, and tell whether that was done."""
        if self._clock() < self._look_at:
            return False
        self._look_at = self._clock() + LOOK_AGAIN_SECONDS
        self._group.aside = {fact.position: fact for fact in self.trouble.aside(VIEWS_NAME)}
        failures = {failure.follower: failure for failure in self.trouble.failures()}
        self.failing = {table: failures[name] for table, name in self._names.items() if name in failures}
        return True

    @property
    def aside(self) -> Collection[SetAside]:
        """Return the facts that views lack."""
        return self._group.aside.values()

    def _make_again(self) -> None:
        """Make those views again, from the first fact, that facts concern which were set aside and can be read now."""
        found = [self._log.since(position - 1, 1)[0] for position in self._group.aside]
        readable = [entry for entry in found if entry.tag in KNOWN_TAGS and can_be_read(entry)]
        tags = {entry.tag for entry in readable}
        if begun := tags & OWNER.tags:
            tags |= OWNED_TAGS
        if concerned := [view for view in self._group.views if view.tags & tags and (begun or view is not OWNER)]:
            self._database.reset(concerned, indexed=True)
            self.show({view.table: 0 for view in concerned})
        if readable:
            self.trouble.taken_back([self._group.aside.pop(entry.position) for entry in readable])
            self._group.drop_cache()

    def show(self, positions: Mapping[str, int]) -> None:
        """Take it that views show these positions, to which another process may have brought them."""
        self._shown.move(positions)

    def stand_by(self, positions: Mapping[str, int]) -> None:
        """Show what the process that folds meanwhile has brought the views to, and what it has noted of them.

        Raises ``NewerRelease`` if it is one.
        """
        self._log.since(max(positions.values()) - 1, 1)
        self.show(positions)
        self._look()

    def run(self, stop: Event) -> None:
        """Follow the log until ``stop`` is set."""
        follow("the projector", self._log, self, stop, self.trouble, self._shown.gather)
        self.trouble.left(self._names.values())

    def rebuild(self, *names: str, progress: Callable[[int, int], None] = lambda _done, _of: None) -> None:
        """Make these views (all if none is named) again from the first fact and put them in the old ones' place.

        Reads see the old rows until then. Ended at any moment it leaves the old rows, and can be run again.
        ``progress`` is told the position reached and the log's last one. Raises ``ViewUnknown``, or what the database's
        ``rebuilding`` raises.
        """
        by_name = {view.name: view for view in self._views}
        for name in names:
            if name not in by_name:
                raise ViewUnknown(name, self._views)
        views = [OWNER, *(by_name[name] for name in names or by_name)]
        with self._database.rebuilding(), collector_paused():
            self._rebuild(views, progress)

    def _rebuild(self, views: Sequence[View], progress: Callable[[int, int], None]) -> None:
        beside = ViewGroup(self._database, OWNER.beside(), [view.beside() for view in views[1:]], self.trouble)
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
def collector_paused() -> Iterator[None]:
    """Let the garbage collector rest while facts are folded: that makes no cycles, and it takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Reactor:
    """Gives every fact, in order, to ``react``, and keeps by ``name`` how far it has come.

    A fact whose reaction fails comes again, and so may some before it after a crash: ``react`` must bear that. One on
    which nothing can follow, because it or another cannot be read, is set aside and comes again now and then.
    ``first`` is called before each batch, be it an empty one, for what follows from a day and not from a fact.
    """

    def __init__(
        self,
        name: str,
        log: Log,
        database: ViewsDatabase,
        react: Callable[[Entry], None],
        first: Callable[[], None] = lambda: None,
        trouble: Trouble | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._trouble = trouble or Trouble(database, clock)
        self._clock = clock
        self._look_at = clock()
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
        if self._clock() >= self._look_at:
            self._look_at = self._clock() + LOOK_AGAIN_SECONDS
            self._look_again()
        position = self._database.position(self._name)
        if position != self.position or not self._mark:  # another process may have gone on from where we were
            self.position, self._mark = self._database.standings().get(self._name, Standing(0, ""))
        entries = since(self._log, Standing(self.position, self._mark), BATCH_SIZE)
        last: Entry | None = None
        try:
            for entry in entries:
                if not self._reacted(entry):
                    self._trouble.set_aside([SetAside.of(self._name, entry)])
                last = entry
        finally:
            if last is not None:
                mark = mark_at(self._log, last)
                self._database.write((), {self._name: (self.position, last.position)}, mark)
                self.position, self._mark = last.position, mark
        return len(entries)

    def _reacted(self, entry: Entry) -> bool:
        """Let what follows from a fact follow, and tell whether it did: not if a fact cannot be read."""
        try:
            self._react(entry)
        except FactUnreadable:
            return False
        except Exception:
            if can_be_read(entry):
                raise
            return False
        return True

    def _look_again(self) -> None:
        for fact in self._trouble.aside(self._name):
            if self._reacted(self._log.since(fact.position - 1, 1)[0]):
                self._trouble.taken_back([fact])

    def run(self, stop: Event) -> None:
        """Follow the log until ``stop`` is set."""
        follow(self._name, self._log, self, stop, self._trouble, partial(stop.wait, GATHER_SECONDS))
