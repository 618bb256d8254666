"""Leases that any number of machines take from one table, by the server's clock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation

from infra.store.leases import DOUBLED_AT_MOST, KEPT_SECONDS, LEASE_SECONDS, SHORTEST_REST_SECONDS, Lease
from infra.store.postgres.server import Server

END = "UPDATE record.leases SET holder = NULL WHERE holder IS NOT NULL AND ends <= now() RETURNING true"
FORGET = """
DELETE FROM record.leases WHERE holder IS NULL AND ends <= now() - %(kept)s * interval '1 second' RETURNING true
"""
TAKE = """
INSERT INTO record.leases AS l (file, sender, holder, ends)
VALUES (%(file)s, %(sender)s, %(holder)s, now() + %(seconds)s * interval '1 second')
ON CONFLICT (file) DO UPDATE SET holder = excluded.holder, ends = excluded.ends
WHERE l.holder IS NULL AND l.ends <= now()
RETURNING true
"""
RENEW = """
UPDATE record.leases SET ends = now() + %(seconds)s * interval '1 second'
WHERE holder = %(holder)s AND file = ANY(%(files)s) RETURNING true
"""
FREE = "DELETE FROM record.leases WHERE file = %(file)s AND holder = %(holder)s RETURNING true"
REST = """
UPDATE record.leases SET holder = NULL, why = %(why)s, failures = failures + 1,
    ends = now() + (%(rest)s << least(failures, %(doubled)s)) * interval '1 second'
WHERE file = %(file)s AND holder = %(holder)s RETURNING true
"""
STANDING = "SELECT file, sender, ends <= now(), why FROM record.leases"


class SharedLeases:
    """Leases in a table (``Leases``), taken in the name of this process."""

    def __init__(self, url: str, seconds: float = LEASE_SECONDS) -> None:
        self._server = Server(url, ("SET synchronous_commit = off",))
        self._holder = uuid4()
        self._seconds = seconds

    def take(self, file: UUID, sender: UUID) -> bool:
        """See ``Leases.take``."""
        self._do(END)
        self._do(FORGET, kept=KEPT_SECONDS)
        try:
            return bool(self._do(TAKE, file=file, sender=sender, seconds=self._seconds))
        except UniqueViolation:  # another file of theirs is being checked
            return False

    def renew(self, files: Collection[UUID]) -> None:
        """See ``Leases.renew``."""
        if files:
            self._do(RENEW, files=list(files), seconds=self._seconds)

    def free(self, file: UUID) -> None:
        """See ``Leases.free``."""
        self._do(FREE, file=file)

    def rest(self, file: UUID, why: str) -> None:
        """See ``Leases.rest``."""
        self._do(REST, file=file, why=why, rest=SHORTEST_REST_SECONDS, doubled=DOUBLED_AT_MOST)

    def standing(self) -> Mapping[UUID, Lease]:
        """See ``Leases.standing``."""
        return {file: Lease(sender, bool(free), why) for file, sender, free, why in self._do(STANDING)}

    def _do(self, statement: str, **values: Any) -> Sequence[Any]:
        return self._server.rows(statement, {"holder": self._holder, **values})

    def close(self) -> None:
        """Close the connections."""
        self._server.close()
