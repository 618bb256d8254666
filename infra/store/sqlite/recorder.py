"""The persistence module on SQLite: facts, index rows and idempotency rows in one file, written by group commit."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Condition
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import eventsourcing.sqlite as library  # its factory by name would count as a second one of this module
from eventsourcing.persistence import ApplicationRecorder, Notification, ProgrammingError, StoredEvent
from eventsourcing.utils import Environment, EnvType

from infra.store.codec import Row, at_of, known_uuid_of
from infra.store.filling import links_to_fill
from infra.store.group_commit import GroupCommit
from infra.store.recorder import SHORTER, Request
from infra.store.refusals import NotReachable
from infra.store.sqlite import questions, schema
from infra.store.sqlite.chain import Extension, SqliteChain
from infra.store.sqlite.disk import DAMAGED, NOT_CONFIRMED, NOT_FOUND, STOPPED, may_be_stored, refusal
from infra.store.sqlite.place import Place
from infra.store.sqlite.readers import Readers
from infra.store.sqlite.snapshot import SqliteSnapshot
from infra.store.sqlite.transaction import Transaction, key_of, receipt_of
from infra.store.sqlite.wal import WriteLog
from portfolio.application.ports import (
    AppendConditions,
    OutcomeUnknown,
    Receipt,
    StorageBroken,
)
from portfolio.domain.kernel import NOBODY

JUST_NOW = 0.001
"""Seconds for which files that were found in their place after a commit need not be looked for before the next one."""


class SqliteRecorder(library.SQLiteApplicationRecorder):
    """The library's recorder over our tables: dense positions, every append judged and written by group commit."""

    def __init__(self, datastore: library.SQLiteDatastore) -> None:
        super().__init__(datastore, events_table_name="facts")
        name = datastore.pool.db_name
        if datastore.pool.is_sqlite_memory_mode:
            raise NotReachable(Path(name), "facts are kept in a file, not in memory")
        self.path = Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)
        self._read_only = "?mode=ro" in name
        self._name, self._lock_timeout = name, datastore.pool.lock_timeout
        self._readers = Readers(self._connect, DAMAGED.format(self.path), StorageBroken)
        self._writer: sqlite3.Connection | None = None
        self._write_log: WriteLog | None = None
        self._group: GroupCommit[Request | Extension, Sequence[int]] = GroupCommit(self._commit)
        self.chain = SqliteChain(self._readers, self._group.submit)
        self._committed = Condition()
        self._head = 0
        self._stopped: str | None = None
        self._place: Place | None = None

    def create_table(self) -> None:
        """Create the tables in a new file; raise ``CannotOpen`` if the file is not ours or cannot be used."""
        connection = self._connect()
        try:
            schema.prepare(connection, self.path, read_only=self._read_only)
        except BaseException:
            connection.close()
            raise
        self._writer = connection
        if not self._read_only:
            self._write_log = WriteLog(connection, self.path)
            self._head = (connection.execute(questions.LAST).fetchone() or (0,))[0]
            self._place = Place(self.path)

    def _connect(self) -> sqlite3.Connection:
        if told := self.fault():  # another file may lie there now
            raise StorageBroken(told)
        return schema.connect(self._name, self.path, lock_timeout=self._lock_timeout)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, conditions: AppendConditions | None = None, **_: Any
    ) -> Sequence[int]:
        """Store the events and return their positions, as ``FactRecorder.insert_events`` says."""
        return self._group.submit((stored_events, conditions))

    def fill_links(self) -> None:
        """Write the links that an earlier release did not know; nothing is appended yet."""
        writer = self._writer
        if writer is None:
            raise ProgrammingError("create_table() comes before the links")
        writer.execute("BEGIN IMMEDIATE")
        try:
            stored = {name for (name,) in writer.execute("SELECT DISTINCT name FROM links")}
            links = links_to_fill(stored, lambda tags: writer.execute(_of_tags(tags), tags))
            writer.executemany(
                "INSERT INTO links (name, key, stream, position) VALUES (?, ?, ?, ?)",
                [(name, key, stream.bytes, position) for name, key, stream, position in links],
            )
            writer.execute("COMMIT")
        finally:
            if writer.in_transaction:
                writer.execute("ROLLBACK")

    def fault(self) -> str | None:
        """Return why this process records nothing any more, None if it does."""
        if self._stopped is None and self._place is not None:
            self._stopped = self._place.fault() or self._readers.damage
        return self._stopped

    @property
    def pending(self) -> int:
        """Return the number of appends that wait for the disk."""
        return self._group.pending

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return a stream's events, as the library's recorders do."""
        rows = self._readers.rows(
            f"{questions.ROWS} WHERE originator_id = ? AND originator_version > ? AND originator_version <= ? "
            f"ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?",
            (key_of(originator_id), -1 if gt is None else gt, schema.LARGEST if lte is None else lte, limit or -1),
        )
        return [StoredEvent(known_uuid_of(stream), version, topic, state) for _, stream, version, topic, state in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return part of the whole log, as the library's recorders do."""
        first = (start or 0) + (0 if inclusive_of_start else 1)
        among = f"AND topic IN ({', '.join('?' * len(topics))}) " if topics else ""
        rows = self._readers.rows(
            f"{questions.ROWS} WHERE position >= ? AND position <= ? {among} ORDER BY position LIMIT ?",
            (first, schema.LARGEST if stop is None else stop, *topics, limit),
        )
        return [
            Notification(known_uuid_of(stream), version, topic, state, id=position)
            for position, stream, version, topic, state in rows
        ]

    def max_notification_id(self) -> int | None:  # type: ignore[override]  # the library says int, its kit expects None
        """Return the last position, None for an empty log."""
        return self.head() or None

    def head(self) -> int:
        """Return the last position, 0 if there is none."""
        return int(self._readers.rows("SELECT coalesce(max(position), 0) FROM facts")[0][0])

    def rows_of(self, stream: UUID, until: int | None, after: int = 0) -> Sequence[Row]:
        """Return the rows of a stream by version, those after a version, of positions up to ``until``."""
        return self._readers.rows(
            f"{questions.ROWS} WHERE originator_id = ? AND originator_version > ? AND position <= ? "
            "ORDER BY originator_version",
            (stream.bytes, after, schema.LARGEST if until is None else until),
        )

    def rows_of_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Row]]:
        """Return the rows of each of these streams by version, those after a version of it."""
        return {stream: self.rows_of(stream, None, version) for stream, version in after.items()}

    def rows_since(self, position: int, limit: int) -> Sequence[Row]:
        """Return up to ``limit`` rows after a position."""
        return self._readers.rows(f"{questions.ROWS} WHERE position > ? ORDER BY position LIMIT ?", (position, limit))

    def rows_at(self, positions: Sequence[int]) -> Sequence[Row]:
        """Return the rows at these positions, in the order of the log."""
        among = ", ".join("?" * len(positions))
        return self._readers.rows(f"{questions.ROWS} WHERE position IN ({among}) ORDER BY position", tuple(positions))

    def at(self, position: int) -> int:
        """Return the microseconds since 1970 at which the fact at this position (or the last before) was recorded."""
        rows = self._readers.rows(f"{questions.TIMES} WHERE position <= ? ORDER BY position DESC LIMIT 1", (position,))
        return at_of(rows[0][1])

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, in the order of their listing."""
        return [self._named(stream) for (stream,) in self._readers.rows(questions.LINKED, (name, key))]

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys, as ``links`` does of one."""
        return {(name, key): self.links(name, key) for name in names for key in keys}

    def holder(self, name: str, key: str) -> UUID | None:
        """Return the stream that holds a unique key, which is hashed already."""
        rows = self._readers.rows(questions.HOLDER, (name, key))
        return self._named(rows[0][0]) if rows else None

    def _named(self, stream: bytes) -> UUID:
        if stream == NOBODY.bytes:
            raise StorageBroken(f"An index row in {self.path} names no record: `portfolio repair` mends it.")
        return known_uuid_of(stream)

    def answered(self, by: UUID, key: str) -> tuple[bytes, Receipt] | None:
        """Return the fingerprint of the request answered under this key, and its receipt."""
        rows = self._readers.rows(questions.ANSWERED, (by.bytes, key))
        return receipt_of(rows[0]) if rows else None

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after the position, waiting up to ``timeout`` seconds for one."""
        if self._head > position or self.head() > position:
            return True
        with self._committed:
            self._committed.wait_for(lambda: self._head > position, timeout)
        return self.head() > position

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """Give the store as it is at one moment."""
        with self._readers.snapshot() as connection:
            yield SqliteSnapshot(connection)

    def close(self) -> None:
        """Finish the appends that wait and close every connection."""
        self._group.close()
        self._readers.close()
        if self._writer is not None:
            self._writer.close()

    def _commit(self, requests: Sequence[Request | Extension]) -> Sequence[Sequence[int] | Exception]:
        """Return each caller's positions or refusal after one transaction for all of them."""
        looked_just_now = self._place is not None and monotonic() - self._place.looked_at < JUST_NOW
        if told := self._stopped if looked_just_now else self.fault():
            if self._place is not None and self._writer is not None and told not in (STOPPED, self._readers.damage):
                self._place.save(self._writer)
            return [StorageBroken(told) for _ in requests]
        try:
            return self._transact(requests)
        except sqlite3.OperationalError as error:
            return [refusal(error, self.path) for _ in requests]
        except Exception as error:  # noqa: BLE001 - what one caller sent must not fail the others
            if len(requests) == 1:
                return [self._readers.refused(error) if isinstance(error, sqlite3.DatabaseError) else error]
            return [self._commit([request])[0] for request in requests]

    def _transact(self, requests: Sequence[Request | Extension]) -> Sequence[Sequence[int] | Exception]:
        writer = self._writer
        if writer is None:
            raise ProgrammingError("create_table() comes before the first append")
        writer.execute("BEGIN IMMEDIATE")
        try:
            position, at = writer.execute(questions.LAST).fetchone() or (0, b"")
            if position < self._head:
                self._stopped = SHORTER.format(position, self._head)
                return [StorageBroken(self._stopped) for _ in requests]
            transaction = Transaction(writer.execute, position, at_of(at))
            answers = [
                request.write(writer.execute) if isinstance(request, Extension) else transaction.append(*request)
                for request in requests
            ]
            self._group.wake_answered()
            try:
                writer.execute("COMMIT")
            except sqlite3.OperationalError as error:
                if not may_be_stored(error):
                    raise
                # The log of writes may hold it or not, and whoever opens it next finds out: what this process wrote
                # now would lie in its place.
                self._stopped = STOPPED
                return unknown(answers, NOT_CONFIRMED)
        finally:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
        if self.fault():
            return unknown(answers, NOT_FOUND)
        with self._committed:
            self._head = transaction.head
            self._committed.notify_all()
        if self._write_log is not None and self._place is not None:
            self._write_log.bound(self._place.log_bytes)
        return answers


class SqliteFactory(library.SQLiteFactory):
    """The library's factory with our recorder, which it closes."""

    application_recorder_class: type[library.SQLiteApplicationRecorder] = SqliteRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self._opened: list[ApplicationRecorder] = []

    def application_recorder(self) -> ApplicationRecorder:
        """Return a recorder whose file is open and has its tables; raise ``CannotOpen``."""
        recorder = super().application_recorder()
        self._opened.append(recorder)
        return recorder

    def close(self) -> None:
        """Finish the appends that wait and close every connection."""
        for recorder in self._opened:
            if isinstance(recorder, SqliteRecorder):
                recorder.close()
        super().close()


def _of_tags(tags: Sequence[str]) -> str:
    return f"{questions.ROWS} WHERE topic IN ({', '.join('?' * len(tags))}) ORDER BY position"


def unknown(answers: Sequence[Sequence[int] | Exception], why: str) -> Sequence[Exception]:
    """Return these answers where nobody knows whether what was written can be found again."""
    return [answer if isinstance(answer, Exception) else OutcomeUnknown(why) for answer in answers]
