"""The chain over all facts in the facts file, written in one transaction with the appends that wait at the time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.store.recorder import START, Head, Link, ReceiptRow
from infra.store.sqlite.readers import Readers
from infra.store.sqlite.types import columns

END = f"SELECT {columns('chain', 'position', 'value')} FROM chain ORDER BY position DESC LIMIT 1"  # noqa: S608 - our own names
AT = f"SELECT {columns('chain', 'value')} FROM chain WHERE position = ?"  # noqa: S608 - our own names
RECEIPT = "position", "person", "key", "fingerprint", "stream", "version", "extra"
RECEIPTS = f"""
SELECT {columns("idempotency", *RECEIPT)} FROM idempotency
WHERE position > ? AND position <= ? ORDER BY position, person, key
"""  # noqa: S608 - our own names
EXTEND = "INSERT INTO chain (position, value, receipt) VALUES (?, ?, ?)"
CUT = "DELETE FROM chain WHERE position > (SELECT coalesce(max(position), 0) FROM facts)"


@dataclass(frozen=True)
class Extension:
    """What follows a position of the chain; ``links`` is None for taking away what goes beyond the last fact."""

    after: int
    links: Sequence[Link] | None

    def write(self, execute: Callable[..., Any]) -> Sequence[int]:
        """Write it in the transaction that is open; do nothing if the chain ends elsewhere by now."""
        if self.links is None:
            execute(CUT)
        elif (execute(END).fetchone() or (0,))[0] == self.after:
            for position, link in enumerate(self.links, start=self.after + 1):
                execute(EXTEND, (position, *link))
        return ()


@dataclass(frozen=True)
class SqliteChain:
    """See ``infra.store.recorder.ChainTable``."""

    _readers: Readers
    _submit: Callable[[Extension], Any]

    def end(self) -> Head:
        """See ``ChainTable.end``."""
        rows = self._readers.rows(END)
        return Head(*rows[0]) if rows else Head(0, START)

    def at(self, position: int) -> bytes | None:
        """See ``ChainTable.at``."""
        rows = self._readers.rows(AT, (position,))
        return rows[0][0] if rows else None

    def receipts(self, after: int, until: int) -> Sequence[ReceiptRow]:
        """See ``ChainTable.receipts``."""
        return self._readers.rows(RECEIPTS, (after, until))

    def extend(self, after: int, links: Sequence[Link]) -> None:
        """See ``ChainTable.extend``."""
        self._submit(Extension(after, links))

    def cut(self) -> None:
        """See ``ChainTable.cut``."""
        self._submit(Extension(0, None))
