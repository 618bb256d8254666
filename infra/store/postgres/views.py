"""The views in the schema ``views`` of a PostgreSQL database, where they may be made again from the facts at any time.

Every column has the server's own type for its values; text sorts by its bytes, as in SQLite, and a ``Value`` is kept as
the bytes of its JSON. What is written here is not waited for to reach the disk: after a crash it is folded again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.errors import LockNotAvailable, UndefinedTable

from infra.store.postgres.server import Connection, Server, connect, prepared_for, reach, shown
from infra.store.postgres.views_place import MADE_FIRST, looking_at_views, require_service
from infra.store.refusals import CannotOpen, ViewsOccupied
from portfolio.application.ports import Busy
from projections.machinery.database import UNFOLDED, Batch, Key, PositionConflict, Row, Standing, View

SESSION = ("SET search_path = views", "SET timezone = 'UTC'")
WRITING = ("SET synchronous_commit = off", "SET lock_timeout = '2s'")
TABLES_LOCK = 7020101102
"""The advisory lock under which tables are made and dropped."""
REBUILD_LOCK = 7020101108
"""The lock of who rebuilds views; who checks them shares it: tables that are switched would be empty to them."""
FETCH_SIZE = 2_000
"""Rows fetched in one go."""
GONE = "A table of the views is gone: start the service again, which then makes it again from the facts."
SWITCH_ATTEMPTS = 100
"""How often a switch asks for its tables; in between, readers that wait behind it go first."""

JSON = msgspec.json.Encoder().encode

TYPES: dict[type, str] = {
    UUID: "uuid",
    int: "int8",
    str: "text",
    bool: "bool",
    datetime: "timestamptz",
    date: "date",
    bytes: "bytea",
}

STANDINGS = "SELECT follower, position, to_jsonb(p) ->> 'mark' FROM views.positions AS p"
"""Can be asked of a table that has no marks yet."""
BEGIN = "INSERT INTO positions (follower, position) SELECT unnest(%s::text[]), 0 ON CONFLICT DO NOTHING"
MOVE = (
    "UPDATE positions AS p SET position = m.after, mark = CASE WHEN m.after = m.before THEN p.mark ELSE %s END "
    "FROM unnest(%s::text[], %s::int8[], %s::int8[]) AS m (follower, before, after) "
    "WHERE p.follower = m.follower AND p.position = m.before RETURNING p.follower"
)
FOLLOWER_POSITIONS = (
    "SELECT follower, position, to_regclass(quote_ident(follower))::oid FROM positions WHERE follower = ANY(%s)"
)
FOLLOWER_POSITIONS_FOR_UPDATE = (
    "SELECT follower, position FROM positions WHERE follower = ANY(%s) ORDER BY follower FOR UPDATE"
)
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'views'::regnamespace AND relkind = 'r'"
PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)|%")


class PostgresViews:
    """Keeps views in a database (``ViewsDatabase``): any number of readers and processes.

    Raises ``CannotOpen``. A ``snapshot`` shows them, to be read only, as they are now, whatever is written meanwhile.
    """

    def __init__(self, url: str, *, snapshot: bool = False) -> None:
        self._url = url
        self._server = Server(url, SESSION)
        self._tables: dict[str, Table] = {}
        self._oids: dict[str, int | None] = {}
        self._writing = Lock()
        self._snapshot = snapshot
        self._writer = reach(url)
        if snapshot and self._writer.execute("SELECT pg_try_advisory_lock_shared(%s)", (REBUILD_LOCK,)).fetchone() != (
            True,
        ):
            self.close()
            raise ViewsOccupied
        self._begin()
        self._begun = True
        try:
            if snapshot:  # the first question decides which moment is shown
                self._begun = self._writer.execute("SELECT to_regclass('positions')").fetchone() != (None,)
                with looking_at_views(url):
                    self.standings()
                return
            require_service(self._writer, shown(url))
            with prepared_for(url), self._transaction() as execute:
                execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
                for statement in MADE_FIRST:
                    execute(statement)
                _create_missing(execute, UNFOLDED)
        except CannotOpen:
            self.close()
            raise

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question, as ``Reads.query`` says; raise ``Busy`` if the server does not answer."""
        absent = frozenset(name for name, value in parameters.items() if value is None)
        try:
            return self._server.rows(rewritten(sql, absent), parameters)
        except UndefinedTable as error:
            raise Busy(GONE) from error

    def prepare(self, views: Iterable[View]) -> None:
        """Create the tables that are missing, empty and at position 0, and drop those of no view."""
        if self._snapshot:
            return
        known = {view.table: view for view in (*UNFOLDED, *views)}
        spared = {"positions", *known, *(view.beside().table for view in known.values())}
        with self._transaction() as execute:
            execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
            existing = {name for (name,) in execute(TABLES).fetchall()}
            for name in existing - spared:
                _drop(execute, name)
            _create_missing(execute, known.values())

    def reset(self, views: Iterable[View], *, indexed: bool) -> None:
        """Make these views' tables empty, as ``ViewsDatabase.reset`` says."""
        with self._transaction() as execute:
            execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
            for view in views:
                _create(execute, view)
                if indexed:
                    _index(execute, view)
                self._oids.pop(view.table, None)

    def index(self, views: Iterable[View]) -> None:
        """Create the indexes that these views name, and the keys that ``reset`` left out."""
        with self._transaction() as execute:
            for view in views:
                _index(execute, view)
                execute(f"ANALYZE {view.table}")

    def switch(self, views: Iterable[View]) -> None:
        """Put the tables beside in the place of these views' own, positions too, all at once."""
        tables = [(view.table, view.beside().table, view.replaced) for view in views]
        for attempts_left in reversed(range(SWITCH_ATTEMPTS)):
            try:
                self._rename(tables)
            except LockNotAvailable:  # a reader takes its time; those that queue up after us must not
                if not attempts_left:
                    raise
            else:
                break
        self._oids.clear()

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Hold the right to rebuild; raise ``ViewsOccupied``."""
        with connect(self._url) as connection:
            if connection.execute("SELECT pg_try_advisory_lock(%s)", (REBUILD_LOCK,)).fetchone() != (True,):
                raise ViewsOccupied
            try:
                yield
            finally:
                _unlock(connection)

    def drop_replaced(self, views: Iterable[View]) -> None:
        """Drop the tables that a switch has replaced."""
        with self._transaction() as execute:
            for view in views:
                _drop(execute, view.replaced)

    def _rename(self, tables: Sequence[tuple[str, str, str]]) -> None:
        with self._transaction() as execute:
            execute("SET LOCAL lock_timeout = '50ms'")
            followers = [name for names in tables for name in names[:2]]
            positions = dict(
                execute(FOLLOWER_POSITIONS_FOR_UPDATE, (followers,)).fetchall()
            )  # nobody moves these until we have done
            for table, beside, _ in tables:
                if positions.get(table, 0) > positions[beside]:
                    raise PositionConflict(table)
            for table, beside, old in tables:
                _drop(execute, old)  # left by a rebuild that ended just then
                execute(f"ALTER TABLE {table} RENAME TO {old}")
                execute(f"ALTER TABLE {beside} RENAME TO {table}")
                execute("DELETE FROM positions WHERE follower = %s", (table,))
                execute("UPDATE positions SET follower = %s WHERE follower = %s", (table, beside))

    def row(self, view: View, key: Key) -> Row | None:
        """Return a row's columns as the last write left them."""
        table = self._table(view)
        with self._writing:
            values = self._connected().execute(table.select, key, prepare=True, binary=True).fetchone()
        return None if values is None else table.row(values)

    def rows(self, view: View) -> Iterator[tuple[Any, ...]]:
        """Yield every row, key first, in the order of the keys."""
        table, size, plain = self._table(view), len(view.key), TYPES.keys() >= {*view.columns.values()}
        with self._reading() as connection, connection.cursor(name="rows") as cursor:
            if connection.execute("SELECT to_regclass(%s)", (view.table,)).fetchone() == (None,):
                return
            cursor.itersize = FETCH_SIZE
            rows = cursor.execute(table.select_all, binary=True)
            yield from rows if plain else ((*row[:size], *table.row(row[size:]).values()) for row in rows)

    def position(self, follower: str) -> int:
        """Return how far a follower has come, 0 at the beginning, as ``ViewsDatabase.positions`` says."""
        return self.positions([follower])[0]

    def positions(self, followers: Sequence[str]) -> list[int]:
        """Return how far followers have come, 0 at the beginning, as ``ViewsDatabase.positions`` says."""
        if not self._begun:
            return [0] * len(followers)
        with self._writing:
            rows = self._connected().execute(FOLLOWER_POSITIONS, (list(followers),), prepare=True).fetchall()
            stored = {follower: (position, oid) for follower, position, oid in rows}
            before = {follower: self._oids.get(follower) for follower in followers}
            self._oids |= {follower: stored.get(follower, (0, None))[1] for follower in followers}
            if switched := [name for name, oid in before.items() if oid not in (None, self._oids[name])]:
                self._oids.clear()  # other views' tables were switched with this one
                raise PositionConflict(switched[0])
        return [int(stored.get(follower, (0, None))[0]) for follower in followers]

    def standings(self) -> Mapping[str, Standing]:
        """Return where every follower stands that has ever moved."""
        if not self._begun:
            return {}
        with self._writing:
            rows = self._connected().execute(STANDINGS, prepare=True).fetchall()
        return {follower: Standing.stored(position, mark) for follower, position, mark in rows}

    def forget(self, followers: Iterable[str]) -> None:
        """Let these followers begin again, as ``ViewsDatabase.forget`` says."""
        with self._transaction() as execute:
            execute("SELECT pg_advisory_xact_lock(%s)", (TABLES_LOCK,))
            for follower in followers:
                _drop(execute, follower)
                self._oids.pop(follower, None)

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]], mark: str = "") -> None:
        """Change rows and move followers, as ``ViewsDatabase.write`` says."""
        with self._transaction() as execute:
            if starting := [follower for follower, (before, _) in moves.items() if before == 0]:
                execute(BEGIN, (starting,))
            before, after = [move[0] for move in moves.values()], [move[1] for move in moves.values()]
            moved = {follower for (follower,) in execute(MOVE, (mark, list(moves), before, after)).fetchall()}
            for follower in moves:
                if follower not in moved:
                    raise PositionConflict(follower)
            for batch in batches:
                self._table(batch.view).write(self._writer, batch)
            execute("NOTIFY views")

    def fault(self) -> None:
        """Return nothing: what is shown is what the server has."""

    def close(self) -> None:
        """Close every connection."""
        self._server.close()
        if self._snapshot:
            _unlock(self._writer)
        self._writer.close()

    def _begin(self) -> None:
        for setting in SESSION if self._snapshot else (*SESSION, *WRITING):
            self._writer.execute(setting)
        if self._snapshot:
            self._writer.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def _connected(self) -> Connection:
        if self._writer.closed:
            self._writer = connect(self._url)
            self._begin()
        return self._writer

    @contextmanager
    def _transaction(self) -> Iterator[Callable[..., psycopg.Cursor[Any]]]:
        with self._writing:
            connection = self._connected()
            with connection.transaction():
                yield connection.execute

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._snapshot:
            yield self._writer
            return
        with connect(self._url) as connection, connection.transaction():
            for setting in SESSION:
                connection.execute(setting)
            yield connection

    def _table(self, view: View) -> "Table":
        return self._tables.get(view.table) or self._tables.setdefault(view.table, Table(view))


class Table:
    """The statements on one view's table, and the way of its rows in and out."""

    def __init__(self, view: View) -> None:
        key, columns = list(view.key), list(view.columns)
        kinds = [*view.key.values(), *view.columns.values()]
        key_matches = " AND ".join(f"{name} = %s" for name in key)
        names = ", ".join(key + columns)
        assignments = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._types = [TYPES.get(kind, "bytea") for kind in kinds]
        arrays = ", ".join(f"%b::{kind}[]" for kind in self._types)
        self.select = f"SELECT {', '.join(columns)} FROM {view.table} WHERE {key_matches}"  # noqa: S608 - names from the view
        self.select_all = f"SELECT {names} FROM {view.table} ORDER BY {', '.join(key)}"  # noqa: S608 - names from the view
        self._delete = f"DELETE FROM {view.table} WHERE {key_matches}"  # noqa: S608 - names from the view
        self._copy = f"COPY {view.table} ({names}) FROM STDIN (FORMAT binary)"
        self._upsert = (
            f"INSERT INTO {view.table} ({names}) SELECT * FROM unnest({arrays}) "  # noqa: S608 - names from the view
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {assignments}"
        )
        self._encoders = [None if kind in TYPES else JSON for kind in kinds]
        self._decoders: list[Callable[[bytes], Any] | None] = [
            None if kind in TYPES else msgspec.json.Decoder(kind).decode for kind in view.columns.values()
        ]
        self._columns = columns

    def write(self, connection: Connection, batch: Batch) -> None:
        """Add, put and delete rows in the transaction that is open."""
        with connection.cursor() as cursor:
            if batch.deleted:
                cursor.executemany(self._delete, batch.deleted)
            if columns := self._stored(batch.put):
                cursor.execute(self._upsert, columns, prepare=True)
            if batch.added:
                with cursor.copy(self._copy) as copy:
                    copy.set_types(self._types)
                    for row in zip(*self._stored(batch.added), strict=True):
                        copy.write_row(row)

    def _stored(self, rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
        """Return the columns of rows (key, then columns) as the server stores them, none of no rows."""
        return [
            [None if value is None else encode(value) for value in column] if encode else list(column)
            for encode, column in zip(self._encoders, zip(*rows, strict=True), strict=False)
        ]

    def row(self, values: tuple[Any, ...]) -> Row:
        """Return the columns that the connection has read."""
        return {
            name: value if decode is None or value is None else decode(value)
            for name, decode, value in zip(self._columns, self._decoders, values, strict=True)
        }


@lru_cache(maxsize=1_000)
def rewritten(sql: str, absent: frozenset[str]) -> str:
    """Return a question with the driver's typed parameters for our ``:named`` ones, and NULL for those absent."""

    def turned(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%%"
        return "NULL" if name in absent else f"%({name})b"

    return PARAMETER.sub(turned, sql)


def _unlock(connection: Connection) -> None:
    """Give advisory locks back now: a server that is busy notices only later that a connection was closed."""
    with suppress(psycopg.OperationalError):  # a connection that broke holds none
        connection.rollback()
        connection.execute("SELECT pg_advisory_unlock_all()")


def _drop(execute: Callable[..., Any], table: str) -> None:
    execute(f"DROP TABLE IF EXISTS {table}")
    execute("DELETE FROM positions WHERE follower = %s", (table,))


def _create_missing(execute: Callable[..., Any], views: Iterable[View]) -> None:
    existing = {name for (name,) in execute(TABLES).fetchall()}
    for view in views:
        if view.table not in existing:
            _create(execute, view)
            _index(execute, view)


def _create(execute: Callable[..., Any], view: View) -> None:
    _drop(execute, view.table)  # its position stays where somebody dropped the table alone
    columns = {name: TYPES.get(kind, "bytea") for name, kind in {**view.key, **view.columns}.items()}
    columns |= {name: 'text COLLATE "C"' for name, kind in columns.items() if kind == "text"}
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    key = "" if view.only_added else f", PRIMARY KEY ({', '.join(view.key)})"
    execute(f"CREATE TABLE {view.table} ({declared}{key})")
    if view not in UNFOLDED:  # which follow nothing
        execute("INSERT INTO positions (follower, position) VALUES (%s, 0)", (view.table,))


def _index(execute: Callable[..., Any], view: View) -> None:
    """Create a view's indexes; the server gives them names of their own, which they keep when a table is renamed."""
    if view.only_added:
        execute(f"CREATE UNIQUE INDEX ON {view.table} ({', '.join(view.key)})")
    for columns in view.indexes:
        execute(f"CREATE INDEX ON {view.table} ({', '.join(columns)})")
