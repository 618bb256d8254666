"""Projection: catching up with a log against a loop written by hand, and rebuilding views from a long log."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import cast

from infra.bench.log import long_log
from infra.bench.measure import Row, ceiling_row, elapsed, ratio_row, rounds
from infra.bench.peers.script import Script
from infra.bench.stores import Bench, Store
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.database import View, ViewsDatabase
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector
from projections.readiness import READINESS
from projections.views import VIEWS

CATCH_UP = 20_000
"""Facts to catch up with."""
GOAL = 20.0
"""Seconds in which readiness and audit trail are made again from a million facts."""
MEASURED_VIEWS = (READINESS, AUDIT_TRAIL)


def emptied(store: Store) -> None:
    """Make the tables of the two views, and of the owners of streams, anew."""
    with closing(store.views()) as views:
        views.reset((OWNER, *MEASURED_VIEWS), indexed=True)


def project(bench: Bench) -> list[Row]:
    """Return the row of catching up on readiness and the audit trail."""
    with bench.scratch() as store, long_log(store, CATCH_UP) as journal:
        facts = journal.head()

        def by_hand() -> float:
            emptied(store)
            with closing(store.peers.loop()) as loop:
                return facts / elapsed(lambda: Script().run(loop))

        def ours() -> float:
            emptied(store)
            with closing(store.views()) as views:
                projector = Projector(journal, views, MEASURED_VIEWS)
                return facts / elapsed(lambda: caught_up(projector))

        rates = rounds({"portfolio": ours, "loop by hand": by_hand}, bench.rounds)
    return [ratio_row(f"{bench.kind}, projection catch-up, readiness and audit trail", rates, goal=0.75)]


def caught_up(projector: Projector) -> None:
    """Let it fold all there is."""
    while projector.step():
        pass


class Watched:
    """Views that keep how many milliseconds each switch to rebuilt tables took."""

    def __init__(self, views: ViewsDatabase) -> None:
        self._views = views
        self.switches: list[float] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._views, name)

    def switch(self, views: Sequence[View]) -> None:
        """Switch, and keep how long it took."""
        self.switches.append(elapsed(lambda: self._views.switch(views)) * 1000)


def rebuild(bench: Bench) -> list[Row]:
    """Return the rows of rebuilding readiness with the audit trail, and every other view."""
    with bench.scratch() as store, long_log(store, bench.facts) as journal, closing(store.views()) as views:
        watched = Watched(views)
        projector = Projector(journal, cast(ViewsDatabase, watched), VIEWS)
        per_million = 1_000_000 / (head := journal.head())

        def timed(*rebuilt: View) -> Callable[[], float]:
            return lambda: elapsed(lambda: projector.rebuild(*(view.name for view in rebuilt))) * per_million

        both = rounds({"both": timed(*MEASURED_VIEWS)}, bench.rounds)["both"]
        switch = max(watched.switches)
        others = rounds({view.name: timed(view) for view in VIEWS if view not in MEASURED_VIEWS}, 1)
    scale = f"in seconds for 1,000,000 facts, from {head:,}"
    name = f"{bench.kind}, rebuild of"
    return [
        ceiling_row(f"{name} readiness and audit trail {scale}", both, goal=GOAL),
        ceiling_row(f"{bench.kind}, longest switch to rebuilt tables in milliseconds", switch, goal=100.0),
        *(ceiling_row(f"{name} {view} {scale}", seconds, goal=None) for view, seconds in others.items()),
    ]
