"""State cache: folded states by stream, trusted until the append's version check says otherwise."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from portfolio.domain.kernel import State

Name = tuple[str, UUID]
"""The aggregate's key and the stream."""


class Cached(NamedTuple):
    """A stream's version and state; ``at``: a position of the log by which both were so, 0 where none is known."""

    version: int
    state: State
    at: int


class StateCache:
    """States that commands have folded, of at most ``max_facts`` facts together; the least lately used goes first.

    The more facts a state is made of, the more memory it takes: a grade's with its contexts some 2 kB for each.

    States are immutable, so many threads may share one. Another process may have moved a stream since: whoever uses a
    state names its version to the append, and takes it away if the append says that it has moved.
    """

    def __init__(self, max_facts: int = 20_000) -> None:
        self._max_facts = max_facts
        self._facts = 0
        self._states: OrderedDict[Name, Cached] = OrderedDict()
        self._lock = Lock()

    def get(self, name: Name) -> Cached | None:
        """Return a stream's version and state, None if they are not cached."""
        with self._lock:
            cached = self._states.get(name)
            if cached:
                self._states.move_to_end(name)
            return cached

    def put(self, name: Name, version: int, state: State, at: int = 0) -> None:
        """Cache a state, unless a newer one is cached already; ``at`` as in ``Cached``."""
        with self._lock:
            known = self._states.get(name)
            if known and (version, at) < (known.version, known.at):
                return
            self._take_away(name)
            self._states[name] = Cached(version, state, at)
            self._facts += weight(version)
            while self._facts > self._max_facts:
                self._take_away(next(iter(self._states)))

    def forget(self, stream: UUID) -> None:
        """Drop every state of a stream."""
        with self._lock:
            names = [name for name in self._states if name[1] == stream]
        self.evict(names)

    def evict(self, names: Iterable[Name]) -> None:
        """Drop these states."""
        with self._lock:
            for name in names:
                self._take_away(name)

    def _take_away(self, name: Name) -> None:
        if name in self._states:
            self._facts -= weight(self._states.pop(name).version)


def weight(version: int) -> int:
    """Return for how many facts a state counts: that of a record without any takes memory, too."""
    return max(version, 1)
