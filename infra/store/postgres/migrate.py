"""Makes the tables and functions of the record in a PostgreSQL database."""

from collections.abc import Iterator, Sequence
from importlib.resources import files

import psycopg
from psycopg.sql import SQL, Identifier

from infra.store.codec import Row
from infra.store.filling import links_to_fill
from infra.store.postgres.fitness import check_database
from infra.store.postgres.recorder import FORMAT
from infra.store.postgres.server import reach, shown
from infra.store.refusals import CannotOpen, NewerFormat

MIGRATION_LOCK = 7020101101
"""The advisory lock under which one migration runs at a time."""

LOG_LOCK = 7020101100
"""The advisory lock under which facts are appended."""

FACTS_OF = """
SELECT position, originator_id, originator_version, topic, state FROM record.facts
WHERE topic = ANY(%s) ORDER BY position
"""

GRANTS = (
    "GRANT USAGE ON SCHEMA record TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA record TO {role}",
    "GRANT EXECUTE ON FUNCTION record.append, record.append_one, record.extend_chain, record.cut_chain TO {role}",
    "GRANT INSERT, UPDATE, DELETE ON record.counts, record.leases, record.machines TO {role}",
    "GRANT USAGE ON SCHEMA sign_in TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sign_in TO {role}",
    "GRANT USAGE ON SCHEMA outbox TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA outbox TO {role}",
    "GRANT USAGE, CREATE ON SCHEMA views TO {role}",
)
"""What a role may do that runs the service, and nothing else."""

RUNNING = """
SELECT DISTINCT r.rolname FROM pg_proc AS f, aclexplode(f.proacl) AS held, pg_roles AS r
WHERE f.oid = 'record.append'::regproc AND r.oid = held.grantee AND held.grantee <> f.proowner
"""
"""The roles that run the service already: an earlier migration let them in."""

READING = """
SELECT DISTINCT r.rolname FROM pg_namespace AS n, aclexplode(n.nspacl) AS held, pg_roles AS r
WHERE n.nspname = 'record' AND r.oid = held.grantee AND held.grantee <> n.nspowner
"""
"""The roles that may look into the record, those above among them: they may go on connecting."""

CONNECT = "GRANT CONNECT ON DATABASE {database} TO {role}"
KEEP_OUT = "REVOKE CONNECT, TEMPORARY ON DATABASE {database} FROM PUBLIC"
"""Whoever is connected may hold the lock under which facts are appended, whatever else they may not."""

SHUT_OUT = """
SELECT 'public' WHERE has_database_privilege('public', current_database(), 'CONNECT, TEMPORARY')
UNION ALL
SELECT role FROM unnest(%s::name[]) AS role WHERE NOT has_database_privilege(role, current_database(), 'CONNECT')
"""
"""Whom the rights of the database do not fit, since who migrates does not own it."""


class NotAllowed(CannotOpen):
    """The role may not make tables here, or the running role does not exist."""

    def __init__(self, database: str, why: str) -> None:
        super().__init__(f"The database {database} was not prepared ({why}): nothing in it was changed.")


class BrokeOff(CannotOpen):
    """The server ended before it said what became of the transaction."""

    def __init__(self, database: str, why: str) -> None:
        super().__init__(
            f"The preparation of the database {database} broke off ({why}), and it is all done or not at all: "
            "run `portfolio migrate` again, which goes on from there."
        )


class OpenToEverybody(CannotOpen):
    """Every role of the server may connect, and who migrates cannot change that."""

    def __init__(self, database: str, name: str, role: str, readers: list[str]) -> None:
        let_in = f"GRANT CONNECT ON DATABASE {name} TO {', '.join(readers)}; " if readers else ""
        super().__init__(
            f"The database {database} was not prepared: every role of its server may connect to it, which {role} "
            f"cannot change. Its owner can: {let_in}REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC."
        )


def migrate(url: str, role: str | None = None) -> bool:
    """Prepare the database for this release, let ``role`` run the service, and tell whether tables were made.

    Any number may run at once. Raises ``CannotOpen``; then nothing was changed.
    """
    with reach(url) as connection:
        check_database(connection, shown(url))
        try:
            with connection.transaction():
                return _migrate(connection, url, role)
        except psycopg.Error as error:
            broke = connection.closed or error.diag.severity_nonlocalized in ("FATAL", "PANIC")
            why = str(error).splitlines()[0]
            raise (BrokeOff if broke else NotAllowed)(shown(url), why) from error


def _migrate(connection: psycopg.Connection, url: str, role: str | None) -> bool:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
    (there,) = connection.execute("SELECT to_regclass('record.store')").fetchone() or (None,)
    if there is None:
        _run(connection, "tables.sql")
    (stored_format,) = connection.execute("SELECT format FROM record.store").fetchone() or (0,)
    if stored_format > FORMAT:
        raise NewerFormat(shown(url), stored_format, FORMAT)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))  # nobody appends meanwhile
    _run(connection, "append.sql")
    _run(connection, "chain.sql")
    _run(connection, "counts.sql")
    _run(connection, "leases.sql")
    _run(connection, "machines.sql")
    _run(connection, "sign_in.sql")
    _run(connection, "outbox.sql")
    _fill_links(connection)
    connection.execute("CREATE SCHEMA IF NOT EXISTS views")  # a copy of the database may leave it out
    running = {name for (name,) in connection.execute(RUNNING)} | ({role} if role else set())
    for name in sorted(running):
        for grant in GRANTS:
            connection.execute(SQL(grant).format(role=Identifier(name)))
    _keep_others_out(connection, url)
    return there is None


def _keep_others_out(connection: psycopg.Connection, url: str) -> None:
    """Let those connect who look into the record, and nobody else but the database's owner."""
    readers = sorted(name for (name,) in connection.execute(READING))
    if connection.execute(SHUT_OUT, (readers,)).fetchone():
        database = Identifier(connection.info.dbname)
        for name in readers:
            connection.execute(SQL(CONNECT).format(database=database, role=Identifier(name)))
        connection.execute(SQL(KEEP_OUT).format(database=database))
    if connection.execute(SHUT_OUT, (readers,)).fetchone():
        raise OpenToEverybody(shown(url), connection.info.dbname, connection.info.user, readers)


def _fill_links(connection: psycopg.Connection) -> None:
    """Write the links that an earlier release did not know, while nobody appends."""
    stored = {name for (name,) in connection.execute("SELECT DISTINCT name FROM record.links")}
    links = links_to_fill(stored, lambda tags: _facts_of(connection, tags))
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO record.links (name, key, stream, position) VALUES (%s, %s, %s, %s)", links)


def _facts_of(connection: psycopg.Connection, tags: Sequence[str]) -> Iterator[Row]:
    with connection.cursor(name="facts_of") as cursor:  # read in parts: they may be many
        cursor.execute(FACTS_OF, (list(tags),))
        for position, stream, version, topic, state in cursor:
            yield position, stream.bytes, version, topic, bytes(state)


def _run(connection: psycopg.Connection, script: str) -> None:
    connection.execute(files("infra.store.postgres").joinpath(script).read_bytes())
