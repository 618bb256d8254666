"""Index rows of the record, written again by the owner of its tables."""

from collections.abc import Sequence
from uuid import UUID

import psycopg

from infra.store.postgres.migrate import LOG_LOCK
from infra.store.postgres.server import reach, shown
from infra.store.recorder import IndexGroup
from infra.store.refusals import NotOwner

TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN ('record.links'::regclass, 'record.unique_keys'::regclass)
"""
OWNER = "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'record.links'::regclass"
ENABLED = {"O": "ENABLE TRIGGER", "A": "ENABLE ALWAYS TRIGGER", "R": "ENABLE REPLICA TRIGGER"}
INSERTS = {
    "links": "INSERT INTO record.links (name, key, stream, position) VALUES (%s, %s, %s, %s)",
    "unique_keys": "INSERT INTO record.unique_keys (name, key, stream) VALUES (%s, %s, %s)",
}
DELETES = {
    "links": "DELETE FROM record.links WHERE name = %s AND key = %s",
    "unique_keys": "DELETE FROM record.unique_keys WHERE name = %s AND key = %s",
}


def mend_index(url: str, head: int, groups: Sequence[IndexGroup]) -> bool:
    """Write groups of index rows again unless the log has moved past ``head``, and tell whether that was done.

    Nobody appends meanwhile, and the triggers that keep index rows from change are off, in the same transaction.
    Raises ``NotOwner``; then nothing was changed.
    """
    with reach(url) as connection:
        try:
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOG_LOCK,))
                if connection.execute("SELECT coalesce(max(position), 0) FROM record.facts").fetchone() != (head,):
                    return False
                _write(connection, groups)
        except psycopg.errors.InsufficientPrivilege as error:
            ((owner,),) = connection.execute(OWNER)
            raise NotOwner(shown(url), owner) from error
    return True


def _write(connection: psycopg.Connection, groups: Sequence[IndexGroup]) -> None:
    triggers = [
        (str(table), str(name), ENABLED[mode.decode() if isinstance(mode, bytes) else mode])
        for table, name, mode in connection.execute(TRIGGERS)
        if mode not in ("D", b"D")
    ]
    for table, name, _ in triggers:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
    for table, name, key, _ in groups:
        connection.execute(DELETES[table].encode(), (name, key))
    for table, name, key, rows in groups:
        for stream, *more in rows:
            connection.execute(INSERTS[table].encode(), (name, key, UUID(bytes=stream), *more))
    for table, name, enable in triggers:
        connection.execute(f"ALTER TABLE {table} {enable} {name}".encode())
