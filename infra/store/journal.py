"""The journal: the ``eventsourcing`` application that records facts and reads them back."""

import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import ClassVar, cast
from uuid import UUID

from eventsourcing.application import Application

from infra.store.address import read_only_name
from infra.store.clock import ClockGuard
from infra.store.codec import FactMapper, Row, StoredFact, Tampered, microseconds, number_begun
from infra.store.moves import LogMoves
from infra.store.recorder import FactRecorder
from infra.store.refusals import StrayVariables, WrongParts
from portfolio.application.ports import (
    AppendConditions,
    FactUnreadable,
    IdempotencyKeyReused,
    IndexRow,
    NewerRelease,
    Receipt,
    Unread,
)
from portfolio.domain.deployment import DEPLOYMENT_ID, CatalogueBegun
from portfolio.domain.kernel import Entry, Recorded, Rejected, changed, tag_of

LIBRARY_VARIABLES = {
    "PERSISTENCE_MODULE",
    "INFRASTRUCTURE_FACTORY",
    "FACTORY_TOPIC",
    "TRANSCODER_TOPIC",
    "MAPPER_TOPIC",
    "APPLICATION_RECORDER_TOPIC",
    "TRACKING_RECORDER_TOPIC",
    "PROCESS_RECORDER_TOPIC",
    "IS_SNAPSHOTTING_ENABLED",
    "CREATE_TABLE",
    "SINGLE_ROW_TRACKING",
    "ORIGINATOR_ID_TYPE",
    "DEEPCOPY_FROM_AGGREGATE_CACHE",
}
LIBRARY_PREFIXES = ("AGGREGATE_CACHE_", "CIPHER_", "COMPRESSOR_", "POSTGRES_", "SQLITE_")


def stray_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that would reconfigure the event store: the library's own, plain or for our journal."""
    own = f"{EventJournal.name.upper()}_"
    return sorted(
        name
        for name in environ
        if (plain := name.removeprefix(own)) in LIBRARY_VARIABLES or plain.startswith(LIBRARY_PREFIXES)
    )


class EventJournal(Application[UUID]):
    """The log of facts (``portfolio.application.ports.Journal``) in the store that ``env`` names.

    ``secret`` keys the hashes under which unique keys are stored, and by which an import knows its file. Raises
    ``CannotOpen``: a stray variable, a file that is not ours, parts other than configured. Close it when done.
    """

    name = "journal"
    env: ClassVar[dict[str, str]] = {
        "MAPPER_TOPIC": "infra.store.codec:FactMapper",
        "PERSISTENCE_MODULE": "infra.store.sqlite.recorder",
    }
    mapper: FactMapper
    clock: ClockGuard | None = None
    """Refuses what a wrong clock would record; set by whoever opens the record to write."""
    first: Callable[[], object] | None = None
    """What has to be recorded before anything else; set by whoever opens the record."""

    def __init__(self, env: Mapping[str, str], *, secret: bytes) -> None:
        if names := stray_variables(os.environ):
            raise StrayVariables(names)
        super().__init__(dict(env))
        self._secret = secret
        self._beginning = Lock()
        self.store = cast("FactRecorder", self.recorder)
        self.moves = LogMoves(self.store, self.require_not_outgrown)
        module = env.get("PERSISTENCE_MODULE", type(self).env["PERSISTENCE_MODULE"])
        for part, expected, actual in (
            ("mapper", FactMapper, type(self.mapper)),
            ("factory", module, type(self.factory).__module__),
            ("recorder", module, type(self.recorder).__module__),
        ):
            if actual != expected:
                self.close()
                raise WrongParts(part, str(expected), str(actual))
        self.mapper.codec.begun = self._catalogue_begun

    @classmethod
    def in_file(cls, path: Path, *, secret: bytes, read_only: bool = False) -> "EventJournal":
        """Open the journal in an SQLite file, which is created if there is none and ``read_only`` is not asked."""
        name = read_only_name(path) if read_only else str(path)
        return cls({"SQLITE_DBNAME": name}, secret=secret)

    @classmethod
    def in_database(cls, url: str, *, secret: bytes) -> "EventJournal":
        """Open the journal in a PostgreSQL database that ``portfolio migrate`` has prepared."""
        return cls({"PERSISTENCE_MODULE": "infra.store.postgres.recorder", "POSTGRES_URL": url}, secret=secret)

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        """Return a stream's facts, oldest first, those after a version, of positions up to ``until``.

        Raises ``NewerRelease`` from when the first fact of a newer release was met, so that everything stops there.
        """
        self.require_not_outgrown()
        return self._decoded(self.store.rows_of(stream, until, after))

    def read_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Recorded]]:
        """Return each of these streams' facts after a version of it; nothing of one that cannot be read whole."""
        self.require_not_outgrown()
        found = dict[UUID, Sequence[Recorded]]()
        for stream, rows in self.store.rows_of_each(after).items():
            with suppress(FactUnreadable):
                found[stream] = self._decoded(rows)
        return found

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        """Return up to ``limit`` facts after ``position``, in order; raise ``NewerRelease`` where it wrote one."""
        codec = self.mapper.codec
        rows = self.store.rows_since(position, limit)
        for row in rows:
            codec.require_of_this_release(row)
        return [StoredFact(row, codec) for row in rows]

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        """Return the facts at these positions, in the order of the log."""
        return self._decoded(self.store.rows_at(positions))

    def _decoded(self, rows: Sequence[Row]) -> list[Recorded]:
        """Return what these rows hold; raise ``FactUnreadable``."""
        decode, unread, readable = self.mapper.codec.decode, list[Unread](), list[Recorded]()
        try:
            return list(map(decode, rows))
        except Tampered:
            for row in rows:
                try:
                    readable.append(decode(row))
                except Tampered as fault:
                    unread.append(Unread(position=row[0], stream=fault.stream, version=fault.version))
            raise FactUnreadable(unread, readable) from None

    def mark(self, entry: Entry) -> str:
        """Return by what a fact of the log is known again, also where another one has come to stand in its place."""
        return f"{entry.position}:{self.keyed('mark', cast('StoredFact', entry).stored)}"

    def marks(self, positions: Sequence[int]) -> frozenset[str]:
        """Return by what the facts at these positions are known again, of those that there are."""
        codec = self.mapper.codec
        return frozenset(self.mark(StoredFact(row, codec)) for row in self.store.rows_at(sorted(set(positions))))

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""
        return self.store.head()

    def position_at(self, moment: datetime) -> int:
        """Return the position of the last fact recorded at or before ``moment``, 0 if none."""
        at = microseconds(moment)
        below, above = 0, self.store.head() + 1
        while above - below > 1:
            middle = (below + above) // 2
            if self.store.at(middle) <= at:
                below = middle
            else:
                above = middle
        return below

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, in the order of their listing."""
        return self.store.links(name, key)

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys, as ``links`` does of one."""
        return self.store.links_of_each(names, keys)

    def holder(self, row: IndexRow) -> UUID | None:
        """Return the stream that holds a unique key, None if none does."""
        return self.store.holder(row.name, self.hashed(row).key)

    def answered(self, by: UUID, key: str, fingerprint: bytes) -> Receipt | None:
        """Return the receipt already given for this key; raise ``IdempotencyKeyReused`` if it was another request."""
        answered = self.store.answered(by, key)
        if answered is None:
            return None
        if answered[0] != fingerprint:
            raise IdempotencyKeyReused
        return answered[1]

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        """Record the next facts of one stream, as ``Journal.append`` says; ``Busy`` by a clock that cannot be right."""
        self.require_not_outgrown()
        if self.first is not None and not isinstance(entries[0].fact, CatalogueBegun):
            self.begin()
        if self.clock is not None:
            self.clock.check(entries)
        stored = list(map(self.mapper.to_stored_event, entries))
        if conditions.index:
            conditions = changed(conditions, index=tuple(map(self.hashed, conditions.index)))
        self.moves.look_again()
        positions = self.store.insert_events(stored, conditions=conditions)
        return Receipt(
            stream=entries[-1].originator_id,
            version=entries[-1].originator_version,
            position=positions[-1],
            extra=conditions.idempotency.extra if conditions.idempotency else b"",
        )

    def require_not_outgrown(self) -> None:
        """Raise ``NewerRelease`` if a fact of a newer release was read before."""
        if self.mapper.codec.outgrown:
            raise NewerRelease

    def begin(self) -> None:
        """Record what comes first, while other appends wait; what cannot be recorded now is tried at the next one."""
        with self._beginning, suppress(Rejected):
            if self.first is not None:
                self.first()
                self.first = None

    def _catalogue_begun(self) -> int:
        """Return the highest number of the catalogue that a release began, whatever else its fact says."""
        return max(
            (number_begun(row) for row in self.store.rows_of(DEPLOYMENT_ID, None) if row[3] == tag_of(CatalogueBegun)),
            default=0,
        )

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after ``position``, waiting up to ``timeout`` seconds for one.

        Appends of this process wake it; those of another are seen at the call and at its end.
        """
        self.moves.look_again()
        return self.store.wait_past(position, timeout)

    def hashed(self, row: IndexRow) -> IndexRow:
        """Return the row as it is stored: a unique key as its keyed hash."""
        if not row.unique or not row.key:
            return row
        return changed(row, key=self.keyed(row.name, row.key.encode()))

    def keyed(self, name: str, content: bytes) -> str:
        """Return a hash under the secret, hexadecimal."""
        return hmac.digest(self._secret, f"{name}\0".encode() + content, "sha256").hex()
