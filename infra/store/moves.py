"""Moves: of which streams the log's last facts are, so that one question tells of every state kept whether it holds.

It is asked of the store each time, so that what another process has recorded counts at once.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock, local
from time import monotonic
from uuid import UUID

from infra.store.codec import Row
from infra.store.recorder import FactRecorder

MOST = 10_000
"""Streams of which it is kept where their last fact is."""
AT_ONCE = 200
"""Facts since the last look that are gone through; after more, whatever is kept of a stream is asked for once more."""
HELD_SECONDS = 0.25
"""The longest that one look counts in a thread which holds it."""


class Held(local):
    """Whether a thread holds a look, what it saw, and until when that counts."""

    holds = False
    position: int | None = None
    until = 0.0


class LogMoves:
    """The last facts of a log (``portfolio.application.ports.Moves``), for all threads of a process.

    Before each look ``require`` raises if nothing may be read any more. ``clock`` gives seconds.
    """

    def __init__(
        self,
        store: FactRecorder,
        require: Callable[[], None],
        most: int = MOST,
        at_once: int = AT_ONCE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._require = require
        self._most = most
        self._at_once = at_once
        self._clock = clock
        self._lock = Lock()
        self._last: dict[bytes, int] = {}
        self._since = 1
        self._seen: Row | None = None
        self._held = Held()

    def hold(self) -> None:
        """See ``Moves.hold``."""
        self._held.holds, self._held.position = True, None

    def look_again(self) -> None:
        """See ``Moves.look_again``."""
        self._held.position = None

    def let_go(self) -> None:
        """See ``Moves.let_go``."""
        self._held.holds, self._held.position = False, None

    def look(self) -> int:
        """See ``Moves.look``."""
        self._require()
        held = self._held
        began = self._clock()
        if held.position is not None and began < held.until:
            return held.position
        position = self._looked()
        if held.holds:
            held.position, held.until = position, began + HELD_SECONDS
        return position

    def unmoved(self, stream: UUID, since: int) -> bool:
        """See ``Moves.unmoved``."""
        return self._last.get(stream.bytes, 0) <= since and since >= self._since  # in this order: see ``_forget``

    def _looked(self) -> int:
        seen = self._seen
        rows = self._store.rows_since(seen[0] - 1, self._at_once) if seen else ()
        if (
            not rows or rows[0] != seen or len(rows) == self._at_once
        ):  # the first look, another log in its place, or too much
            return self._begin()
        if len(rows) > 1:
            self._note(rows)
        return rows[-1][0]

    def _begin(self) -> int:
        """Know nothing of what was before the log's end."""
        rows = self._store.rows_since(self._store.head() - 1, 1)
        end = rows[0][0] if rows else 0
        with self._lock:
            beyond = self._seen[0] + 1 if self._seen else 1  # positions up to there may be those of other facts by now
            self._forget(max(end, beyond), len(self._last))
            self._seen = rows[0] if rows else None
        return end

    def _note(self, rows: Sequence[Row]) -> None:
        with self._lock:
            for position, stream, *_ in rows[1:]:
                if self._last.get(stream, 0) < position:
                    self._last.pop(stream, None)  # so that the order is that of positions
                    self._last[stream] = position
            self._forget(self._since, max(0, len(self._last) - self._most))
            if self._seen and self._seen[0] < rows[-1][0]:
                self._seen = rows[-1]

    def _forget(self, since: int, number: int) -> None:
        """Know nothing of what was before a position, and no longer of so many that moved longest ago.

        Whoever asks meanwhile looks for the stream first: not to find one that was just forgotten would tell too much.
        """
        gone = list(islice(self._last.items(), number))
        self._since = max(self._since, since, *(position for _, position in gone))
        for stream, _ in gone:
            del self._last[stream]
