"""The one connection on which a process appends, and what is known when it breaks."""

from collections.abc import Callable, Sequence

import msgspec
from psycopg import OperationalError
from psycopg.errors import ReadOnlySqlTransaction, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from infra.store.postgres.composites import Packer
from infra.store.postgres.server import LOCK_TIMEOUT, OF_THE_RECORD, Connection, connect
from infra.store.recorder import Request

STATEMENTS = {
    b"append": b"SELECT position, refused FROM record.append($1, $2, $3, $4, $5, $6, $7)",
    b"append_one": b"SELECT record.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
}
decode = msgspec.json.Decoder(list[tuple[int, str, str | None]]).decode
OIDS = "SELECT typname, oid::int8 FROM pg_type WHERE typnamespace = 'record'::regnamespace"
SESSION = (f"SET lock_timeout = '{LOCK_TIMEOUT}s'", *OF_THE_RECORD)


Refused = dict[int, tuple[str, str | None]]
"""Why a request was refused, by its number from 1, and the name of the key that is taken."""


class Broken(Exception):
    """The connection broke while the server had the requests: nobody knows what became of them."""


class Replaced(Exception):
    """The database that was reached is not the one that was written to before; nothing was written."""


class Writer:
    """Appends on a connection of its own, made when it is needed. One thread at a time may use it.

    ``check`` looks at what a new connection reaches before anything is written there; it may raise ``Replaced``.
    ``waits`` is called before the server is waited for.
    """

    def __init__(self, url: str, check: Callable[[Connection], None], waits: Callable[[], None]) -> None:
        self._url = url
        self._check = check
        self._waits = waits
        self._connection: Connection | None = None
        self._pack: Packer | None = None

    def append(self, requests: Sequence[Request]) -> tuple[int, Refused]:
        """Return where the log ends then, and who was refused; raise ``Broken``, or ``psycopg.Error``: none wrote."""
        connection, pack = self._open()
        if len(requests) == 1 and (values := pack.one(*requests[0])):
            position = self._ask(connection, b"append_one", values).get_value(0, 0)
            if position is not None:
                return int.from_bytes(position, "big"), {}
        result = self._ask(connection, b"append", pack(requests))
        position, refused = result.get_value(0, 0), result.get_value(0, 1)
        refusals = {} if refused is None else {number: (why, name) for number, why, name in decode(refused)}
        return int.from_bytes(position or b"", "big"), refusals

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _ask(self, connection: Connection, statement: bytes, values: Sequence[bytes | None]) -> PGresult:
        """Wait for the server once and return its answer."""
        self._waits()
        result = connection.pgconn.exec_prepared(statement, values, [1] * len(values), 1)  # type: ignore[arg-type]  # None: NULL
        if result.status == ExecStatus.TUPLES_OK:
            return result
        if connection.closed:
            raise Broken
        error = error_from_result(result)
        if isinstance(error, ReadOnlySqlTransaction):  # the next append looks for a server that writes
            connection.close()
        raise error

    def _open(self) -> tuple[Connection, Packer]:
        if self._connection is None or self._pack is None or self._connection.closed:
            self._waits()
            connection = connect(self._url)
            for setting in SESSION:
                connection.execute(setting)
            self._pack = Packer(dict(connection.execute(OIDS).fetchall()))
            prepare(connection)
            self._check(connection)
            self._connection = connection
        return self._connection, self._pack


def prepare(connection: Connection) -> None:
    """Let the server know the statements that append; raise ``psycopg.Error``."""
    for name, statement in STATEMENTS.items():
        prepared = connection.pgconn.prepare(name, statement)
        if connection.closed:
            raise OperationalError("the connection broke before anything was asked")
        if prepared.status != ExecStatus.COMMAND_OK:
            raise error_from_result(prepared)
