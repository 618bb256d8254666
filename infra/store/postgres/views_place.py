"""Where the views lie and whose they are: the service's role keeps them, the owner of the record's tables may look."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import InsufficientPrivilege

from infra.store.postgres.server import Connection, reach, shown
from infra.store.refusals import CannotOpen, NotLetIn, ViewsOfTheService

SERVICE = """
SELECT coalesce(bool_or(pg_has_role(held.grantee, 'USAGE')), true), string_agg(held.grantee::regrole::text, ' or ')
FROM pg_proc AS f, aclexplode(f.proacl) AS held
WHERE f.oid = to_regproc('record.append') AND held.grantee NOT IN (0, f.proowner)
"""
"""Whether who asks may keep the views, and the roles that were let in to do it; without any, everybody may who can."""

LET_OWNER_LOOK = """
DO $$
DECLARE
    owner regrole := (SELECT nspowner FROM pg_namespace WHERE nspname = 'views');
    of_views regclass;
BEGIN
    IF NOT has_table_privilege(owner, 'views.positions', 'SELECT') THEN
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA views GRANT SELECT ON TABLES TO %s', owner);
        FOR of_views IN SELECT oid FROM pg_class WHERE relnamespace = 'views'::regnamespace AND relkind = 'r'
            AND relowner = current_user::regrole
        LOOP
            EXECUTE format('GRANT SELECT ON %s TO %s', of_views, owner);
        END LOOP;
    END IF;
END $$
"""
"""Lets whoever owns the record's tables compare the views by ``fsck`` and ``repair``."""

POSITIONS = "CREATE TABLE IF NOT EXISTS positions (follower text PRIMARY KEY, position bigint NOT NULL)"
MARKED = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'positions'::regclass AND attname = 'mark') THEN
        ALTER TABLE positions ADD COLUMN mark text;
    END IF;
END $$
"""
"""Adds what an older release did not keep."""

MADE_FIRST = (POSITIONS, LET_OWNER_LOOK, MARKED)
"""What is made before any view."""


def require_service(connection: Connection, database: str) -> None:
    """Raise ``ViewsOfTheService`` unless tables that are made through this connection are the service's own."""
    may_write, service = connection.execute(SERVICE).fetchone() or (True, "")
    if not may_write:
        raise ViewsOfTheService(database, service)


@contextmanager
def looking_at_views(url: str) -> Iterator[None]:
    """Raise ``CannotOpen``, with a sentence for the role that is named, where it may not look at the views."""
    try:
        yield
    except InsufficientPrivilege as error:
        with reach(url) as connection:
            require_service(connection, shown(url))
        raise NotLetIn(shown(url)) from error


def views_fault(url: str) -> CannotOpen | None:
    """Return why the views in a database cannot be used by this role, None if they can, or there are none."""
    try:
        with reach(url) as connection, looking_at_views(url):
            require_service(connection, shown(url))
            if connection.execute("SELECT to_regclass('views.positions')").fetchone() != (None,):
                connection.execute("SELECT FROM views.positions LIMIT 0")
    except CannotOpen as fault:
        return fault
    return None
