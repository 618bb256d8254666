"""Counts of requests that all processes share, for ``limits``: one small table that nothing is lost with."""

from collections.abc import Sequence
from time import time
from typing import Any

import psycopg
from limits.storage import Storage

from infra.store.postgres.server import Server
from portfolio.application.ports import Busy, StorageFull

HIT = """
INSERT INTO record.counts AS c (key, amount, ends)
VALUES (%(key)s, %(amount)s, now() + %(seconds)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
    amount = CASE WHEN c.ends <= now() THEN 0 ELSE c.amount END + excluded.amount,
    ends = CASE WHEN c.ends <= now() THEN excluded.ends ELSE c.ends END
RETURNING amount::int8
"""
FORGET = """
DELETE FROM record.counts WHERE key IN (
    SELECT key FROM record.counts WHERE ends <= now() LIMIT 100 FOR UPDATE SKIP LOCKED
) RETURNING true
"""
LOOK = "SELECT amount, extract(epoch FROM ends - now())::float8 FROM record.counts WHERE key = %(key)s AND ends > now()"


class SharedCounts(Storage):
    """Windows that begin with the first request in them and end by the server's clock."""

    STORAGE_SCHEME = None

    def __init__(self, url: str) -> None:
        super().__init__(wrap_exceptions=True)
        self._server = Server(url, ("SET synchronous_commit = off",))

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Return what is raised while the server cannot be asked, or has not been prepared for this release."""
        return (psycopg.Error, Busy, StorageFull)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count and return how many there are in the window, which begins now if there is none."""
        ((counted,),) = self._rows(HIT, key=key, amount=amount, seconds=expiry)
        if counted == amount:
            self._rows(FORGET)
        return int(counted)

    def get(self, key: str) -> int:
        """Return how many there are in the window."""
        return next((int(amount) for amount, _ in self._rows(LOOK, key=key)), 0)

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970 by our own clock."""
        return time() + next((float(left) for _, left in self._rows(LOOK, key=key)), 0)

    def check(self) -> bool:
        """Tell whether the server answers."""
        self._rows("SELECT 1")
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return len(self._rows("DELETE FROM record.counts RETURNING true"))

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._rows("DELETE FROM record.counts WHERE key = %(key)s RETURNING true", key=key)

    def _rows(self, statement: str, **values: Any) -> Sequence[Any]:
        return self._server.rows(statement, values)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()
