"""The persistence module on PostgreSQL: every append is judged and written by the function ``record.append``."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import eventsourcing.postgres as library  # its factory by name would count as a second one of this module
import psycopg
from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent
from eventsourcing.utils import Environment, EnvType

from infra.store.codec import AT, BY, Row, at_of, known_uuid_of
from infra.store.group_commit import GroupCommit
from infra.store.postgres.chain import PostgresChain
from infra.store.postgres.listener import Listener
from infra.store.postgres.server import (
    OF_THE_RECORD,
    UNAVAILABLE_ERRORS,
    Connection,
    Server,
    prepared_for,
    reach,
    refusal,
    shown,
)
from infra.store.postgres.snapshot import PostgresSnapshot, snapshot
from infra.store.postgres.writer import Broken, Refused, Replaced, Writer
from infra.store.recorder import OTHER, SHORTER, Request
from infra.store.refusals import NewerFormat, NotMigrated
from portfolio.application.ports import (
    AppendConditions,
    Busy,
    IdempotencyKeyReused,
    KeyTaken,
    OutcomeUnknown,
    Receipt,
    StorageBroken,
)
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Rejected, StaleVersion

FORMAT = 1
BROKEN = "The connection to the record broke: send the same request again with the same key; it is done only once."
AHEAD = (
    "Nothing is recorded at the moment. This machine's clock is more than ten minutes ahead of the database server's: "
    "set right the one that is wrong."
)
LARGEST = 2**63 - 1
SAME = """
SELECT coalesce(max(position), 0), coalesce(bool_or(
    position = %s AND originator_id = %s AND originator_version = %s AND substr(state, 10) = %s
), false) FROM record.facts WHERE position IN (%s, (SELECT max(position) FROM record.facts))
"""
"""Asks for the end of the log, and whether this very fact is there: what follows the time in it."""

ROWS = "SELECT position, uuid_send(originator_id), originator_version, topic, state FROM record.facts"
STREAM = f"{ROWS} WHERE originator_id = %b AND originator_version > %b ORDER BY originator_version"
"""Asks nothing about positions: while the server knows little of the table, it would go through all of them."""
OF_EACH = "SELECT of_one.* FROM unnest(%b::uuid[], %b::bigint[]) AS asked(stream, after) CROSS JOIN LATERAL"
ONE = f"{ROWS} WHERE originator_id = asked.stream AND originator_version > asked.after ORDER BY originator_version"
STREAMS = f"{OF_EACH} ({ONE}) AS of_one"
"""The order keeps each stream a question of its own, which goes by its index, as ``STREAM`` does."""
LISTED = "SELECT stream FROM record.links WHERE name = %b AND key = %b ORDER BY position"
LISTED_OF_EACH = (
    "SELECT names.name, keys.key, listed.stream FROM unnest(%b::text[]) AS names(name) "
    "CROSS JOIN unnest(%b::text[]) AS keys(key) CROSS JOIN LATERAL "
    "(SELECT stream FROM record.links WHERE name = names.name AND key = keys.key ORDER BY position) AS listed"
)
HOLDER = "SELECT uuid_send(stream) FROM record.unique_keys WHERE name = %b AND key = %b"
ANSWERED = (
    "SELECT fingerprint, uuid_send(stream), version, position, extra FROM record.idempotency "
    "WHERE person = %b AND key = %b"
)


PREPARED = "SELECT format FROM record.store WHERE to_regproc('record.append_one') IS NOT NULL"
"""Asks for the format of the tables, where the youngest function that appends is there."""


def format_of(url: str) -> int | None:
    """Return the format of the tables in a database, None or 0 if it was not prepared for this release.

    Raises ``CannotOpen`` if it is not reached.
    """
    try:
        with reach(url) as connection, prepared_for(url):
            connection.execute("SELECT FROM record.chain LIMIT 0")
            return int((connection.execute(PREPARED).fetchone() or (0,))[0])
    except NotMigrated:
        return None


class PostgresRecorder(library.PostgresApplicationRecorder):
    """The library's recorder over our tables: dense positions, every append judged by the server, in groups."""

    def __init__(self, datastore: Server, *, events_table_name: str = "facts") -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.server = datastore
        self.chain = PostgresChain(datastore)
        self._group: GroupCommit[Request, Sequence[int]] = GroupCommit(self._commit)
        self._writer = Writer(datastore.url, self._require_same_log, self._group.wake_answered)
        self._listener = Listener(datastore.url, "facts")
        self._head = 0  # of what this process has recorded
        self._last: StoredEvent | None = None  # the fact there
        self._stopped: str | None = None

    def create_table(self) -> None:
        """Check that ``portfolio migrate`` has made the tables; raise ``CannotOpen`` if not."""
        stored_format, where = format_of(self.server.url), shown(self.server.url)
        if stored_format is None or stored_format < FORMAT:
            raise NotMigrated(where)
        if stored_format > FORMAT:
            raise NewerFormat(where, stored_format, FORMAT)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, conditions: AppendConditions | None = None, **_: Any
    ) -> Sequence[int]:
        """Store the events and return their positions, as ``FactRecorder.insert_events`` says."""
        return self._group.submit((stored_events, conditions))

    def fault(self) -> str | None:
        """Return why this process records nothing any more, None if it does; the server looks after its disk."""
        return self._stopped

    @property
    def pending(self) -> int:
        """Return the number of appends that wait for the server."""
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
        rows = self.server.rows(
            f"{ROWS} WHERE originator_id = %b AND originator_version > %b AND originator_version <= %b "
            f"ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT %b",
            (originator_id, -1 if gt is None else gt, LARGEST if lte is None else lte, limit),
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
        rows = self.server.rows(
            f"{ROWS} WHERE position >= %b AND position <= %b AND (%b OR topic = ANY(%b)) ORDER BY position LIMIT %b",
            (first, LARGEST if stop is None else stop, not topics, list(topics), limit),
        )
        return [
            Notification(known_uuid_of(stream), version, topic, state, id=position)
            for position, stream, version, topic, state in rows
        ]

    def max_notification_id(self) -> int | None:
        """Return the last position, None for an empty log."""
        return self.head() or None

    def head(self) -> int:
        """Return the last position, 0 if there is none."""
        return int(self.server.rows("SELECT coalesce(max(position), 0) FROM record.facts")[0][0])

    def rows_of(self, stream: UUID, until: int | None, after: int = 0) -> Sequence[Row]:
        """Return the rows of a stream by version, those after a version, of positions up to ``until``."""
        rows = self.server.rows(STREAM, (stream, after))
        return rows if until is None else [row for row in rows if row[0] <= until]

    def rows_of_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Row]]:
        """Return the rows of each of these streams by version, those after a version of it."""
        found: dict[UUID, list[Row]] = {stream: [] for stream in after}
        for row in self.server.rows(STREAMS, (list(after), list(after.values()))):
            found[known_uuid_of(row[1])].append(row)
        return found

    def rows_since(self, position: int, limit: int) -> Sequence[Row]:
        """Return up to ``limit`` rows after a position."""
        return self.server.rows(f"{ROWS} WHERE position > %b ORDER BY position LIMIT %b", (position, limit))

    def rows_at(self, positions: Sequence[int]) -> Sequence[Row]:
        """Return the rows at these positions, in the order of the log."""
        return self.server.rows(f"{ROWS} WHERE position = ANY(%b) ORDER BY position", (list(positions),))

    def at(self, position: int) -> int:
        """Return the microseconds since 1970 at which the fact at this position (or the last before) was recorded."""
        rows = self.server.rows(
            "SELECT substr(state, 2, 8) FROM record.facts WHERE position <= %b ORDER BY position DESC LIMIT 1",
            (position,),
        )
        return at_of(rows[0][0])

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, in the order of their listing."""
        return [stream for (stream,) in self.server.rows(LISTED, (name, key))]

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys, as ``links`` does of one."""
        listed: dict[tuple[str, str], list[UUID]] = {(name, key): [] for name in names for key in keys}
        for name, key, stream in self.server.rows(LISTED_OF_EACH, (list(names), list(keys))):
            listed[name, key].append(stream)
        return listed

    def holder(self, name: str, key: str) -> UUID | None:
        """Return the stream that holds a unique key, which is hashed already."""
        rows = self.server.rows(HOLDER, (name, key))
        return known_uuid_of(rows[0][0]) if rows else None

    def answered(self, by: UUID, key: str) -> tuple[bytes, Receipt] | None:
        """Return the fingerprint of the request answered under this key, and its receipt."""
        rows = self.server.rows(ANSWERED, (by, key))
        if not rows:
            return None
        fingerprint, stream, version, position, extra = rows[0]
        return fingerprint, Receipt(stream=known_uuid_of(stream), version=version, position=position, extra=extra)

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after the position, waiting up to ``timeout`` seconds for one."""
        return self._listener.wait(lambda: self.head() > position, timeout)

    def snapshot(self) -> AbstractContextManager[PostgresSnapshot]:
        """Give the store as it is at one moment; raise ``CannotOpen`` if it is not reached."""
        return snapshot(self.server.url)

    def close(self) -> None:
        """Finish the appends that wait and close every connection."""
        self._group.close()
        self._listener.close()
        self._writer.close()
        self.server.close()

    def _commit(self, requests: Sequence[Request]) -> Sequence[Sequence[int] | Exception]:
        """Return each caller's positions or refusal after one transaction for all of them."""
        if self._stopped:
            return [StorageBroken(self._stopped) for _ in requests]
        try:
            try:
                (position, refused), retried = self._writer.append(requests), False
            except Broken:
                # Asked again, the server looks first whether the idempotency key was answered; facts are stored once
                # in any case, because of their versions.
                (position, refused), retried = self._append_again(requests), True
        except Broken:
            return [OutcomeUnknown(self._stopped or BROKEN) for _ in requests]
        except Replaced:
            return [StorageBroken(self._stopped or "") for _ in requests]
        except UNAVAILABLE_ERRORS as error:
            return [refusal(error) for _ in requests]
        except Exception as error:  # noqa: BLE001 - what one caller sent must not fail the others
            if len(requests) > 1:
                return [self._commit([request])[0] for request in requests]
            return [IntegrityError(str(error)) if isinstance(error, psycopg.IntegrityError) else error]
        self._listener.wake()
        sizes = [0 if number in refused else len(events) for number, (events, _) in enumerate(requests, start=1)]
        position -= sum(sizes)
        if sum(sizes):
            if position < self._head:
                self._stopped = SHORTER.format(position, self._head)
                return [OutcomeUnknown(self._stopped) for _ in requests]
            self._head = position + sum(sizes)
            self._last = [request for request, size in zip(requests, sizes, strict=True) if size][-1][0][-1]
        answers: list[Sequence[int] | Exception] = []
        for number, size in enumerate(sizes, start=1):
            if number in refused:
                answers.append(self._refusal(*requests[number - 1], *refused[number], retried=retried))
            else:
                answers.append(list(range(position + 1, position + size + 1)))
                position += size
        return answers

    def _append_again(self, requests: Sequence[Request]) -> tuple[int, Refused]:
        """Do as the writer does; raise ``Broken`` also if the server refuses: what became of the first time is open."""
        try:
            return self._writer.append(requests)
        except (*UNAVAILABLE_ERRORS, Replaced) as error:
            raise Broken from error

    def _require_same_log(self, connection: Connection) -> None:
        """Raise ``Replaced``, and record nothing more, if the log that a connection reaches is not the one we wrote."""
        if self._last is None:
            return
        stream, version, state = self._last.originator_id, self._last.originator_version, self._last.state[AT.stop :]
        end, there = connection.execute(SAME, (self._head, stream, version, state, self._head)).fetchone() or (0, False)
        if not there:
            self._stopped = SHORTER.format(end, self._head) if end < self._head else OTHER.format(self._head)
            connection.close()
            raise Replaced

    def _refusal(
        self,
        events: Sequence[StoredEvent],
        conditions: AppendConditions | None,
        why: str,
        name: str | None,
        *,
        retried: bool,
    ) -> Sequence[int] | Exception:
        try:
            match why:
                case "stale":
                    if retried and (first := self._stored(events)):
                        return list(range(first, first + len(events)))
                    return (
                        StaleVersion() if conditions else IntegrityError("a fact of this stream and version is stored")
                    )
                case "ahead":
                    return Busy(AHEAD)
                case "taken":
                    return KeyTaken(name or "")
                case "answered" if conditions and conditions.idempotency:
                    answered = self.answered(known_uuid_of(events[0].state[BY]), conditions.idempotency.key)
                    return AlreadyAnswered(answered[1]) if answered else Busy()
                case _:
                    return IdempotencyKeyReused()
        except Rejected as busy:
            return busy

    def _stored(self, events: Sequence[StoredEvent]) -> int:
        """Return the position of these very events if they are stored, 0 if not."""
        for event in events[:1]:
            stream, version = event.originator_id, event.originator_version
            question = f"{ROWS} WHERE originator_id = %b AND originator_version = %b"
            for position, _, _, topic, state in self.server.rows(question, (stream, version)):
                if (topic, state[AT.stop :]) == (event.topic, event.state[AT.stop :]):  # with its id of the command
                    return int(position)
        return 0


class PostgresFactory(library.PostgresFactory):
    """The library's factory with our recorder, at the address in ``POSTGRES_URL``."""

    application_recorder_class: type[library.PostgresApplicationRecorder] = PostgresRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        persistence.InfrastructureFactory.__init__(self, env)
        self.datastore = Server(self.env.get("POSTGRES_URL") or "", OF_THE_RECORD)
        self._opened: list[ApplicationRecorder] = []

    def application_recorder(self) -> ApplicationRecorder:
        """Return a recorder whose database is reached and has its tables; raise ``CannotOpen``."""
        recorder = super().application_recorder()
        self._opened.append(recorder)
        return recorder

    def close(self) -> None:
        """Finish the appends that wait and close every connection."""
        for recorder in self._opened:
            if isinstance(recorder, PostgresRecorder):
                recorder.close()
        super().close()
