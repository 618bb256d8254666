"""The views in an SQLite file of their own, which may be deleted at any time: it is made again from the facts.

An id is stored as its 16 bytes, a time as microseconds since 1970 UTC, a day as its number from the year 1, a
``Value`` as JSON. Columns are declared with the names under which SQLite's Python module finds the way back.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

import msgspec

from infra.store.address import log_size, read_only_name
from infra.store.codec import known_uuid_of, microseconds
from infra.store.refusals import ViewsDamaged, ViewsUnreadable
from infra.store.sqlite.place import Place
from infra.store.sqlite.readers import Readers
from infra.store.sqlite.wal import WriteLog
from portfolio.application.ports import Busy
from portfolio.domain.kernel import EPOCH
from projections.machinery.database import UNFOLDED, Batch, Key, PositionConflict, Row, Standing, View

APPLICATION_ID = 0x50465657  # "PFVW"
LOCK_TIMEOUT = 2  # seconds to wait for a lock another process holds
JSON = msgspec.json.Encoder().encode
PAGE = 4_096
"""Bytes of a page of the file. A row in the place of one of the same size changes only the pages that differ."""

DECLARED: dict[type, str] = {
    UUID: "ID_BLOB",
    int: "INTEGER",
    str: "TEXT",
    bool: "FLAG_INT",
    datetime: "MOMENT_INT",
    date: "DAY_INT",
    bytes: "BLOB",
}
"""The declared type of a column by the Python type of its values; any other is a ``Value``."""
sqlite3.register_adapter(UUID, lambda value: value.int.to_bytes(16, "big"))
sqlite3.register_adapter(datetime, microseconds)
sqlite3.register_adapter(date, date.toordinal)
sqlite3.register_adapter(bool, int)
sqlite3.register_converter("ID_BLOB", known_uuid_of)
sqlite3.register_converter("FLAG_INT", lambda digit: digit == b"1")
sqlite3.register_converter("MOMENT_INT", lambda digits: EPOCH + timedelta(microseconds=int(digits)))
sqlite3.register_converter("DAY_INT", lambda digits: date.fromordinal(int(digits)))

POSITIONS = "CREATE TABLE IF NOT EXISTS positions (follower TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID"
MARKED = "ALTER TABLE positions ADD COLUMN mark TEXT"
"""What an older release did not keep."""
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
MOVE = """
INSERT INTO positions (follower, position, mark) VALUES (?, ?, ?)
ON CONFLICT (follower) DO UPDATE SET position = excluded.position, mark = excluded.mark
"""


class SqliteViews:
    """Keeps views in a file (``ViewsDatabase``): one writer at a time, any number of readers.

    Raises ``CannotOpen`` if the file cannot be used. ``read_only`` opens an existing file beside its owner.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._name = read_only_name(path) if read_only else f"{path.absolute().as_uri()}?mode=rwc"
        self._tables: dict[str, Table] = {}
        damaged = f"{path} is damaged: start the service again, which then makes the views again from the facts."
        self._readers = Readers(self._connect, damaged, Busy)
        self._writing = Lock()
        self._place: Place | None = None
        try:
            with ExitStack() as opened:
                self._writer = opened.enter_context(closing(self._connect()))
                self._claim(read_only=read_only)
                self._write_log = WriteLog(self._writer, path)
                self._place = Place(path)
                opened.pop_all()
        except sqlite3.DatabaseError as error:
            raise unreadable(path, error) from error

    def look_through(self) -> None:
        """Read the whole file; raise ``ViewsDamaged`` if it is, and close it."""
        try:
            ((problem,),) = self._writer.execute("PRAGMA quick_check(1)")
        except sqlite3.DatabaseError as error:
            problem = str(error)
        if problem != "ok":
            self.close()
            raise ViewsDamaged(self._path, problem)

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question, as ``Reads.query`` says."""
        return self._readers.rows(sql, parameters)

    def prepare(self, views: Iterable[View]) -> None:
        """Create the tables that are missing, empty and at position 0, and drop those of no view."""
        known = {view.table: view for view in (*UNFOLDED, *views)}
        with self._transaction() as execute:
            existing = {name for (name,) in execute(TABLES)}
            for name in existing - {"positions", *known}:
                _drop(execute, name)
            _create_missing(execute, known.values())

    def reset(self, views: Iterable[View], *, indexed: bool) -> None:
        """Make these views' tables empty, as ``ViewsDatabase.reset`` says."""
        with self._transaction() as execute:
            for view in views:
                _drop(execute, view.table)
                _create(execute, view)
                if indexed:
                    _index(execute, view)

    def index(self, views: Iterable[View]) -> None:
        """Create the indexes that these views name, and the keys that ``reset`` left out."""
        with self._transaction() as execute:
            for view in views:
                _index(execute, view)

    def switch(self, views: Iterable[View]) -> None:
        """Put the tables beside in the place of these views' own, positions too, all at once."""
        tables = [(view.table, view.beside().table, view.replaced) for view in views]
        with self._transaction() as execute:
            for table, beside, old in tables:
                _drop(execute, old)  # left by a rebuild that ended just then
                execute(f"ALTER TABLE {table} RENAME TO {old}")
                execute(f"ALTER TABLE {beside} RENAME TO {table}")
                execute("DELETE FROM positions WHERE follower = ?", (table,))
                execute("UPDATE positions SET follower = ? WHERE follower = ?", (table, beside))

    def rebuilding(self) -> AbstractContextManager[None]:
        """Hold nothing more than the file's one writer has."""
        return nullcontext()

    def drop_replaced(self, views: Iterable[View]) -> None:
        """Drop the tables that a switch has replaced."""
        with self._transaction() as execute:
            for view in views:
                _drop(execute, view.replaced)

    def row(self, view: View, key: Key) -> Row | None:
        """Return a row's columns as the last write left them."""
        table = self._table(view)
        with self._writing:
            values = self._writer.execute(table.select, key).fetchone()
        return None if values is None else table.row(values)

    def rows(self, view: View) -> Iterator[tuple[Any, ...]]:
        """Yield every row, key first, in the order of the keys."""
        table, size, plain = self._table(view), len(view.key), DECLARED.keys() >= {*view.columns.values()}
        with self._readers.snapshot() as connection:
            rows = connection.execute(table.select_all)
            yield from rows if plain else ((*row[:size], *table.row(row[size:]).values()) for row in rows)

    def copy(self, path: Path) -> None:
        """Write the views as they are at one moment to another file."""
        target = sqlite3.connect(path)
        with self._readers.snapshot() as connection:
            connection.backup(target)
        target.close()

    def position(self, follower: str) -> int:
        """Return how far a follower has come, 0 at the beginning."""
        return self.positions([follower])[0]

    def positions(self, followers: Sequence[str]) -> list[int]:
        """Return how far followers have come, 0 at the beginning."""
        with self._writing:
            known = _positions(self._writer.execute)
        return [known.get(follower, 0) for follower in followers]

    def standings(self) -> Mapping[str, Standing]:
        """Return where every follower stands that has ever moved."""
        known = {column[1] for column in self._readers.rows("PRAGMA table_info(positions)")}
        mark = "mark" if "mark" in known else "NULL"
        rows = self._readers.rows(f"SELECT follower, position, {mark} FROM positions")  # noqa: S608 - our own column
        return {follower: Standing.stored(position, mark) for follower, position, mark in rows}

    def forget(self, followers: Iterable[str]) -> None:
        """Let these followers begin again, as ``ViewsDatabase.forget`` says."""
        with self._transaction() as execute:
            for follower in followers:
                _drop(execute, follower)

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]], mark: str = "") -> None:
        """Change rows and move followers, as ``ViewsDatabase.write`` says."""
        with self._transaction() as execute:
            _move(execute, moves, mark)
            for view, put, deleted, added in batches:
                table = self._table(view)
                for statement, rows in ((table.delete, deleted), (table.upsert, put), (table.insert, added)):
                    if rows:
                        self._writer.executemany(statement, rows if rows is deleted else map(table.stored, rows))

    def close(self) -> None:
        """Close every connection."""
        self._readers.close()
        self._writer.close()

    def fault(self) -> str | None:
        """Return why what is shown is not what lies in the file, None if it is."""
        return (self._place.fault() if self._place else None) or self._readers.damage

    def _connect(self) -> sqlite3.Connection:
        if told := self.fault():  # another file may lie there now, or none, which would be made
            raise Busy(told)
        connection = sqlite3.connect(
            self._name,
            timeout=LOCK_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
            detect_types=sqlite3.PARSE_DECLTYPES,
        )
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _claim(self, *, read_only: bool) -> None:
        """Make an empty file ours and refuse another program's."""
        owner = self._writer.execute("PRAGMA application_id").fetchone()[0]
        empty = not self._writer.execute("SELECT 1 FROM sqlite_master").fetchone()
        if owner != APPLICATION_ID and not (empty and not read_only):
            raise ViewsUnreadable(self._path, "it is another program's database")
        if not read_only:
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._writer.execute(POSITIONS)
            if "mark" not in {column[1] for column in self._writer.execute("PRAGMA table_info(positions)")}:
                self._writer.execute(MARKED)
            _create_missing(self._writer.execute, UNFOLDED)

    @contextmanager
    def _transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer.execute
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
            self._write_log.bound(log_size(self._path))

    def _table(self, view: View) -> "Table":
        return self._tables.get(view.table) or self._tables.setdefault(view.table, Table(view))


class Table:
    """The statements on one view's table, and the way of its rows in and out."""

    def __init__(self, view: View) -> None:
        key, columns = list(view.key), list(view.columns)
        key_matches = " AND ".join(f"{name} = ?" for name in key)
        assignments = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self.select = f"SELECT {', '.join(columns)} FROM {view.table} WHERE {key_matches}"  # noqa: S608 - names from the view
        self.select_all = f"SELECT {', '.join(key + columns)} FROM {view.table} ORDER BY {', '.join(key)}"  # noqa: S608 - names from the view
        self.delete = f"DELETE FROM {view.table} WHERE {key_matches}"  # noqa: S608 - names from the view
        places = ", ".join("?" * len(key + columns))
        self.insert = f"INSERT INTO {view.table} ({', '.join(key + columns)}) VALUES ({places})"  # noqa: S608 - names from the view
        self.upsert = f"{self.insert} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {assignments}"
        kinds = [*view.key.values(), *view.columns.values()]
        self._values = [place for place, kind in enumerate(kinds) if kind not in DECLARED]
        self._decoders: list[Callable[[bytes], Any] | None] = [
            None if kind in DECLARED else msgspec.json.Decoder(kind).decode for kind in view.columns.values()
        ]
        self._columns = columns

    def stored(self, row: tuple[Any, ...]) -> Sequence[Any]:
        """Return a row (key, then columns) as the connection takes it."""
        if not self._values:
            return row
        values = list(row)
        for place in self._values:
            if (value := values[place]) is not None:
                json = JSON(value)
                size = len(json)
                values[place] = json if size < PAGE else json.ljust(size + -size % PAGE)  # room for it to grow
        return values

    def row(self, values: tuple[Any, ...]) -> Row:
        """Return the columns that the connection has read."""
        return {
            name: value if decode is None or value is None else decode(value)
            for name, decode, value in zip(self._columns, self._decoders, values, strict=True)
        }


def unreadable(path: Path, error: sqlite3.DatabaseError) -> ViewsUnreadable:
    """Return the sentence for what SQLite found in the file."""
    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return (ViewsDamaged if damaged else ViewsUnreadable)(path, str(error))


def _positions(execute: Callable[..., sqlite3.Cursor]) -> dict[str, int]:
    return {follower: int(position) for follower, position in execute("SELECT follower, position FROM positions")}


def _move(execute: Callable[..., sqlite3.Cursor], moves: Mapping[str, tuple[int, int]], mark: str) -> None:
    """Move followers, those that stand at one position in one statement; ``PositionConflict`` if one has moved."""
    together: dict[tuple[int, int], list[str]] = {}
    for follower, move in moves.items():
        together.setdefault(move, []).append(follower)
    for (before, after), followers in together.items():
        places = ", ".join("?" * len(followers))
        if before == 0:  # one that has never moved may have no row
            begun = ", ".join(["(?, 0)"] * len(followers))
            execute(f"INSERT OR IGNORE INTO positions (follower, position) VALUES {begun}", followers)  # noqa: S608 - marks only
        there = f"WHERE follower IN ({places}) AND position = ?"
        if after == before:
            (found,) = execute(f"SELECT count(*) FROM positions {there}", (*followers, before)).fetchone()  # noqa: S608 - marks only
        else:
            moving = f"UPDATE positions SET position = ?, mark = ? {there}"  # noqa: S608 - marks only
            found = execute(moving, (after, mark, *followers, before)).rowcount
        if found != len(followers):
            raise PositionConflict(followers[0])


def _drop(execute: Callable[..., sqlite3.Cursor], table: str) -> None:
    execute(f"DROP TABLE IF EXISTS {table}")
    execute("DELETE FROM positions WHERE follower = ?", (table,))


def _create_missing(execute: Callable[..., sqlite3.Cursor], views: Iterable[View]) -> None:
    existing = {name for (name,) in execute(TABLES)}
    for view in views:
        if view.table not in existing:
            _create(execute, view)
            _index(execute, view)


def _create(execute: Callable[..., sqlite3.Cursor], view: View) -> None:
    columns = {**view.key, **view.columns}
    declared = ", ".join(f"{name} {DECLARED.get(kind, 'BLOB')}" for name, kind in columns.items())
    key = "" if view.only_added else f", PRIMARY KEY ({', '.join(view.key)})"
    execute(f"CREATE TABLE {view.table} ({declared}{key})")
    if view not in UNFOLDED:  # which follow nothing
        execute(MOVE, (view.table, 0, ""))


def _index(execute: Callable[..., sqlite3.Cursor], view: View) -> None:
    """Create a view's indexes under names never used before: an index keeps its name when its table is renamed."""
    key = [("UNIQUE INDEX", tuple(view.key))] if view.only_added else []
    for kind, columns in (*key, *(("INDEX", columns) for columns in view.indexes)):
        number = execute("PRAGMA schema_version").fetchone()[0]  # grows with every index
        name = f"{view.table}_{number}"
        execute(f"CREATE {kind} {name} ON {view.table} ({', '.join(columns)})")
