"""Which processes serve the deployment, and by what they go: one table, by the server's clock."""

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from infra.store.postgres.server import prepared_for, reach

FORGET = "DELETE FROM record.machines WHERE seen < now() - interval '1 minute'"
NOTE = """
INSERT INTO record.machines (id, name, goes_by, seen) VALUES (%s, %s, %s, now())
ON CONFLICT (id) DO UPDATE SET seen = excluded.seen
"""
AT_WORK = """
SELECT name, goes_by FROM record.machines
WHERE id IS DISTINCT FROM %s AND seen >= now() - interval '1 minute' ORDER BY name, seen
"""

ByMachine = Mapping[str, Mapping[str, str]]


def note(url: str, known_as: UUID, name: str, goes_by: Mapping[str, str]) -> ByMachine:
    """Note that a process is at work, and return by what the others go; raise ``CannotOpen``."""
    with reach(url) as connection, prepared_for(url):
        connection.execute(FORGET)
        connection.execute(NOTE, (known_as, name, Jsonb(dict(goes_by))))
        return dict(connection.execute(AT_WORK, (known_as,)).fetchall())


def at_work(url: str) -> ByMachine:
    """Return by what each machine goes whose processes were at work within a minute; raise ``CannotOpen``."""
    with reach(url) as connection, prepared_for(url):
        return dict(connection.execute(AT_WORK, (None,)).fetchall())
