"""The one connection on which a process appends, and what is known when it breaks."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from infra.store.composites import Packer, Request
from infra.store.server import PATIENCE, Connection, connect

APPEND = b"SELECT verdict, name, position FROM record.append($1)"
OIDS = "SELECT typname, oid::int8 FROM pg_type WHERE typnamespace = 'record'::regnamespace"
SESSION = (
    f"SET lock_timeout = '{PATIENCE}s'",
    "SET enable_seqscan = off",  # a plan made while the tables are empty must not read full ones whole
    "SET plan_cache_mode = force_generic_plan",
)


class Verdict(NamedTuple):
    """What became of a request; ``name`` is that of a key which is taken."""

    verdict: bytes
    name: bytes
    position: int


class Broken(Exception):
    """The connection broke while the server had the requests: nobody knows what became of them."""


class Writer:
    """Appends on a connection of its own, made when it is needed. One thread at a time may use it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._packer = Packer({})

    def append(self, requests: Sequence[Request]) -> Sequence[Verdict]:
        """Return a verdict on each request; raise ``Broken``, or ``psycopg.Error`` when nothing was written."""
        connection = self._open()
        packed = self._packer.requests(requests)
        result = connection.pgconn.exec_prepared(b"append", [packed], [1], 1)  # waits for the server once
        if result.status != ExecStatus.TUPLES_OK:
            if connection.closed:
                raise Broken
            raise error_from_result(result)
        value = result.get_value
        return [
            Verdict(value(row, 0) or b"", value(row, 1) or b"", int.from_bytes(value(row, 2) or b"", "big"))
            for row in range(result.ntuples)
        ]

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = connect(self._url)
            for setting in SESSION:
                connection.execute(setting)
            self._packer = Packer(dict(connection.execute(OIDS).fetchall()))
            prepared = connection.pgconn.prepare(b"append", APPEND)
            if prepared.status != ExecStatus.COMMAND_OK:
                raise error_from_result(prepared)
            self._connection = connection
        return self._connection
