"""Raw psycopg, a script over one connection, and the event library on PostgreSQL."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from psycopg.conninfo import conninfo_to_dict

from infra.bench.facts import TOPIC
from infra.bench.peers.library import make_tables
from infra.bench.peers.protocols import Folded, Logged
from infra.store.codec import uuid_of
from infra.store.postgres.server import Connection, connect
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.owner import OWNER
from projections.readiness import READINESS

TABLE = (
    "CREATE TABLE stored (position bigserial PRIMARY KEY, stream uuid NOT NULL, version bigint NOT NULL, "
    "topic text NOT NULL, state bytea NOT NULL, UNIQUE (stream, version))"
)
INSERT = "INSERT INTO stored (stream, version, topic, state) VALUES (%b, %b, %b, %b) RETURNING position"
READ = "SELECT version, state FROM stored WHERE stream = %b ORDER BY version"
LOG = (
    "SELECT position, uuid_send(originator_id), topic, state FROM record.facts WHERE position > %b "
    "ORDER BY position LIMIT %b"
)
PUT = "INSERT INTO {} SELECT * FROM unnest(%b::uuid[], %b::{}[]) ON CONFLICT ({}) DO UPDATE SET {} = excluded.{}"
OWNERS = PUT.format(OWNER.table, "uuid", "stream", "enrolment_id", "enrolment_id")
PICTURES = PUT.format(READINESS.table, "bytea", "enrolment_id", "picture", "picture")
TRAIL = f"COPY {AUDIT_TRAIL.table} FROM STDIN (FORMAT binary)"
MOVE = "UPDATE positions SET position = %b WHERE follower = ANY(%b)"


@dataclass(frozen=True)
class PostgresPeers:
    """The peers in a database (``infra.bench.peers.protocols.Peers``)."""

    url: str

    @property
    def address(self) -> str:
        """Return the address of the same database: its tables have names of their own."""
        return f"postgresql+psycopg://?{urlencode(conninfo_to_dict(self.url))}"

    def prepare(self) -> None:
        """Make the tables of the raw peer and of the event library."""
        with closing(connect(self.url)) as connection:
            connection.execute(TABLE)
        make_tables(self.library(1))

    def writer(self) -> "Writer":
        """Open a connection whose commits wait for the disk as ours do."""
        return Writer(connect(self.url))

    def loop(self) -> "Loop":
        """Open the database."""
        return Loop(connect(self.url))

    def library(self, connections: int) -> Mapping[str, str]:
        """Return the settings of the event library."""
        with closing(connect(self.url)) as connection:
            at = connection.info
            return {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": at.dbname,
                "POSTGRES_HOST": at.host,
                "POSTGRES_PORT": str(at.port),
                "POSTGRES_USER": at.user,
                "POSTGRES_PASSWORD": at.password,
                "POSTGRES_POOL_SIZE": str(connections),
                "POSTGRES_MAX_OVERFLOW": "0",
            }


class Writer:
    """Raw psycopg (``infra.bench.peers.protocols.Writer``)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self.close = connection.close

    def insert(self, stream: UUID, version: int, state: bytes) -> None:
        """Store one row in a transaction of its own."""
        self._cursor.execute(INSERT, (stream, version, TOPIC, state), prepare=True).fetchone()

    def fill(self, stream: UUID, states: Sequence[bytes]) -> None:
        """Store the first rows of a stream."""
        with self._connection.transaction():
            rows = [(stream, version, TOPIC, state) for version, state in enumerate(states, start=1)]
            self._cursor.executemany(INSERT, rows)

    def read(self, stream: UUID) -> Sequence[Any]:
        """Return versions and states of a stream."""
        return self._cursor.execute(READ, (stream,), prepare=True).fetchall()


class Loop:
    """A script over one connection (``infra.bench.peers.protocols.Loop``)."""

    def __init__(self, connection: Connection) -> None:
        connection.execute("SET search_path = views")
        connection.execute("SET synchronous_commit = off")
        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self.close = connection.close

    def read(self, after: int, limit: int) -> Sequence[Logged]:
        """Return facts after a position."""
        return self._cursor.execute(LOG, (after, limit), prepare=True).fetchall()

    def write(self, folded: Folded, position: int) -> None:
        """Put rows and positions."""
        with self._connection.transaction():
            for statement, pairs in ((OWNERS, folded.owners), (PICTURES, folded.pictures)):
                keys = [uuid_of(key) for key, _ in pairs]
                values = [value if statement == PICTURES else uuid_of(value) for _, value in pairs]
                self._cursor.execute(statement, (keys, values), prepare=True)
            with self._cursor.copy(TRAIL) as copy:
                copy.set_types(["uuid", "int8", "uuid", "uuid", "text"])
                for enrolment, place, stream, actor, kind in folded.trail:
                    copy.write_row((uuid_of(enrolment), place, uuid_of(stream), uuid_of(actor), kind))
            tables = [OWNER.table, READINESS.table, AUDIT_TRAIL.table]
            self._cursor.execute(MOVE, (position, tables), prepare=True)
