"""Makes the tables and functions of the record in a PostgreSQL database."""

from collections.abc import Iterator, Sequence
from importlib.resources import files

import psycopg
from psycopg.sql import SQL, Identifier

from infra.store.codec import Row
from infra.store.filling import links_to_fill
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
    "GRANT EXECUTE ON FUNCTION record.append, record.extend_chain, record.cut_chain TO {role}",
    "GRANT USAGE, CREATE ON SCHEMA views TO {role}",
)
"""What a role may do that runs the service, and nothing else."""

LET_IN = """
SELECT DISTINCT pg_get_userbyid(grantee) FROM pg_proc, aclexplode(proacl)
WHERE pronamespace = 'record'::regnamespace AND proname = 'append' AND grantee NOT IN (0, proowner)
"""
"""The roles that run the service already: what this release has more they may use too."""


class NotAllowed(CannotOpen):
    """The role may not make tables here, or the running role does not exist."""

    def __init__(self, database: str, why: str) -> None:
        super().__init__(f"The database {database} was not prepared ({why}): nothing in it was changed.")


def migrate(url: str, role: str | None = None) -> bool:
    """Prepare the database for this release, let ``role`` run the service, and tell whether tables were made.

    Any number may run at once. Raises ``CannotOpen``; then nothing was changed.
    """
    with reach(url) as connection:
        try:
            with connection.transaction():
                return _migrate(connection, url, role)
        except psycopg.Error as error:
            raise NotAllowed(shown(url), str(error).splitlines()[0]) from error


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
    _fill_links(connection)
    connection.execute("CREATE SCHEMA IF NOT EXISTS views")  # a copy of the database may leave it out
    let_in = {name for (name,) in connection.execute(LET_IN)}
    for name in sorted(let_in | ({role} if role is not None else set())):
        for grant in GRANTS:
            connection.execute(SQL(grant).format(role=Identifier(name)))
    return there is None


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
