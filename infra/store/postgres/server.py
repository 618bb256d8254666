"""Connections to the PostgreSQL server: short time-outs, a bounded pool, one more try for a read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import eventsourcing.postgres as library
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import (
    DataCorrupted,
    IndexCorrupted,
    InsufficientPrivilege,
    InvalidSchemaName,
    ReadOnlySqlTransaction,
    UndefinedTable,
)
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from infra.store.refusals import AddressFaulty, NoAnswer, NotLetIn, NotMigrated
from portfolio.application.ports import Busy, StorageBroken, StorageFull

CONNECT_TIMEOUT = 2
"""Seconds to wait for a connection."""
LOCK_TIMEOUT = 1
"""Seconds to wait for a lock that somebody else holds: whoever had to wait for a connection before waits longer."""
POOL_SIZE = 8
"""Connections of one pool."""
KEPT_ROWS = 100
"""Rows of an answer that a connection may go on holding while it rests."""

ANY_OF_SEVERAL: dict[str, str | int] = {"target_session_attrs": "read-write"}
"""Of several servers that the address names, the one that takes writes."""

CONNECTION_DEFAULTS: dict[str, str | int] = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
    "application_name": "portfolio",
}
"""How a connection is made unless the address says otherwise: one whose other end is gone is noticed in seconds."""

OF_THE_RECORD = (
    "SET enable_seqscan = off",  # a plan made while the tables are empty must not read full ones whole
    "SET plan_cache_mode = force_generic_plan",  # lists of ids would be planned anew each time
)
"""How a session goes through the tables of the record: by their indexes, by one plan for each statement."""

UNAVAILABLE_ERRORS = (psycopg.OperationalError, ReadOnlySqlTransaction, DataCorrupted, IndexCorrupted)
"""What is raised when the server cannot do now what it is asked."""

Connection = psycopg.Connection[Any]
Values = Sequence[Any] | dict[str, Any]


def names_database(url: str) -> bool:
    """Tell whether the driver finds in an address a database, or a service of its own file, that is to be used."""
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    ports = str(parameters.get("port") or "").split(",")
    return bool(parameters.get("dbname") or parameters.get("service")) and all(
        not port or (port.isascii() and port.isdigit()) for port in ports
    )


def address(url: str) -> str:
    """Return the connection string, with our time-outs where it names none; raise ``CannotOpen`` if it is faulty."""
    try:
        parameters = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        raise AddressFaulty from error
    several = ANY_OF_SEVERAL if "," in str(parameters.get("host") or parameters.get("hostaddr")) else {}
    return make_conninfo("", **{**CONNECTION_DEFAULTS, **several, **parameters, "client_encoding": "UTF8"})


def connect(url: str) -> Connection:
    """Open a connection whose statements commit at once; raise ``psycopg.OperationalError``."""
    return psycopg.connect(address(url), autocommit=True, row_factory=tuple_row)


def reach(url: str) -> Connection:
    """Do the same; raise ``CannotOpen`` with a sentence for the operator."""
    try:
        return connect(url)
    except psycopg.Error as error:
        if "CONNECT" in str(error):  # the name of the right that is missing, in every language
            raise NotLetIn(shown(url)) from error
        raise NoAnswer(shown(url), " ".join(str(error).split())) from error


@contextmanager
def prepared_for(url: str) -> Iterator[None]:
    """Raise ``CannotOpen`` with the next step where ``portfolio migrate`` has not made what is used, or allowed it."""
    try:
        yield
    except (UndefinedTable, InvalidSchemaName) as error:
        raise NotMigrated(shown(url)) from error
    except InsufficientPrivilege as error:
        raise NotLetIn(shown(url)) from error


def shown(url: str) -> str:
    """Return which database this is, without a password."""
    parameters = conninfo_to_dict(url)
    if service := parameters.get("service"):
        return f"of the service {service}"
    host = parameters.get("host") or parameters.get("hostaddr")
    return f"{parameters.get('dbname') or 'postgres'} at {host or 'this machine'}"


class Pooled(psycopg.Connection[Any]):
    """A connection of a pool, with the cursor that asks: to make one takes as long as a short answer."""

    def rows(self, question: str, values: Values = ()) -> list[Any]:
        """Return all rows of the answer."""
        rows = self._cursor.execute(question, values, prepare=True).fetchall()
        if len(rows) > KEPT_ROWS:  # the cursor would hold them until it asks again
            del self._cursor
        return rows

    @cached_property
    def _cursor(self) -> psycopg.Cursor[Any]:
        return self.cursor(binary=True, row_factory=tuple_row)


class Server(library.PostgresDatastore):
    """The library's datastore at an address (URL or connection string), with a pool that gives up soon.

    The pool is opened on first use: connections do not survive a fork.
    """

    def __init__(self, url: str, session: Sequence[str] = ()) -> None:
        super().__init__(dbname="", host="", port="", user="", password="", schema="record")
        self.url = url

        def configure(connection: Connection) -> None:
            for setting in (*session, f"SET lock_timeout = '{LOCK_TIMEOUT}s'"):
                connection.execute(setting)

        self.pool: ConnectionPool[Any] = ConnectionPool(  # type: ignore[assignment]  # the library's asks for passwords
            address(url),
            connection_class=Pooled,
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=CONNECT_TIMEOUT,
            reconnect_timeout=CONNECT_TIMEOUT,
            num_workers=1,
            configure=configure,
            open=False,
        )

    def register_type_adapters(self) -> None:
        """Do nothing: our statements use no type of the library's."""

    def rows(self, question: str, values: Values = ()) -> list[Any]:
        """Return all rows of the answer, asked once more if the connection broke; raise ``Busy`` if none is had."""
        try:
            try:
                return self._rows(question, values)
            except psycopg.OperationalError as error:
                if not lost(error):
                    raise
                self.pool.check()
                return self._rows(question, values)
        except UNAVAILABLE_ERRORS as error:
            raise refusal(error) from error

    def _rows(self, question: str, values: Values) -> list[Any]:
        self.pool.open()
        connection = self.pool.getconn()
        try:
            rows: list[Any] = connection.rows(question, values)
            return rows
        finally:
            self.pool.putconn(connection)


def lost(error: psycopg.Error) -> bool:
    """Tell whether the connection broke."""
    state = error.sqlstate
    return not isinstance(error, PoolTimeout) and (not state or state.startswith(("08", "57P")))


def refusal(error: psycopg.Error) -> Exception:
    """Return the refusal for what the server could not do."""
    state = error.sqlstate or ""
    if state == "53100":  # disk full
        return StorageFull()
    if state in ("58030", "58P01", "XX001", "XX002"):  # input or output failed, a file is gone, a page is not right
        return StorageBroken()
    if not state or state.startswith(("08", "25006", "53", "55P03", "57")):
        return Busy()
    return error
