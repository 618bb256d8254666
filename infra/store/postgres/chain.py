"""The chain over all facts in the database, written by a function of the server as facts are."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.store.postgres.server import Server
from infra.store.recorder import START, Head, Link, ReceiptRow

END = "SELECT position, value FROM record.chain ORDER BY position DESC LIMIT 1"
AT = "SELECT value FROM record.chain WHERE position = %b"
RECEIPTS = """
SELECT position, uuid_send(person), key, fingerprint, uuid_send(stream), version, extra FROM record.idempotency
WHERE position > %b AND position <= %b ORDER BY position, person, key
"""
EXTEND = "SELECT record.extend_chain(%b, %b::bytea[], %b::bytea[])::text"
CUT = "SELECT record.cut_chain()::text"


@dataclass(frozen=True)
class PostgresChain:
    """See ``infra.store.recorder.ChainTable``."""

    _server: Server

    def end(self) -> Head:
        """See ``ChainTable.end``."""
        rows = self._server.rows(END)
        return Head(*rows[0]) if rows else Head(0, START)

    def at(self, position: int) -> bytes | None:
        """See ``ChainTable.at``."""
        rows = self._server.rows(AT, (position,))
        return rows[0][0] if rows else None

    def receipts(self, after: int, until: int) -> Sequence[ReceiptRow]:
        """See ``ChainTable.receipts``."""
        return self._server.rows(RECEIPTS, (after, until))

    def extend(self, after: int, links: Sequence[Link]) -> None:
        """See ``ChainTable.extend``."""
        self._server.rows(EXTEND, (after, [value for value, _ in links], [receipt for _, receipt in links]))

    def cut(self) -> None:
        """See ``ChainTable.cut``."""
        self._server.rows(CUT)
