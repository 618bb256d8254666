"""What is mended in the files: index rows in ``facts.db``, and ``views.db`` made anew beside."""

import errno
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from infra.store.address import log_size
from infra.store.recorder import IndexGroup
from infra.store.refusals import ViewsDamaged
from infra.store.sqlite import schema, types
from infra.store.sqlite.copies import keep
from infra.store.sqlite.views import SqliteViews

LOG = logging.getLogger("portfolio.views")

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('links', 'unique_keys')"
INSERTS = {
    "links": "INSERT INTO links (name, key, stream, position) VALUES (?, ?, ?, ?)",
    "unique_keys": "INSERT INTO unique_keys (name, key, stream) VALUES (?, ?, ?)",
}


def mend_index(facts: Path, head: int, groups: Sequence[IndexGroup]) -> bool:
    """Write groups of index rows again unless the log has moved past ``head``, and tell whether that was done.

    The triggers that keep index rows from change are away meanwhile, in the same transaction.
    """
    with closing(schema.connect(str(facts), facts, lock_timeout=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT coalesce(max(position), 0) FROM facts").fetchone() != (head,):
            return False
        triggers = connection.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.create_function("is_text", 1, is_text)
        for table in {group.table for group in groups}:
            readable = f"is_text(CAST(name AS BLOB)) AND is_text(CAST(key AS BLOB)) AND {types.right(table)}"
            connection.execute(f"DELETE FROM {table} WHERE NOT ({readable})")  # noqa: S608 - our own tables
        for table, name, key, _ in groups:
            connection.execute(f"DELETE FROM {table} WHERE name = ? AND key = ?", (name, key))  # noqa: S608 - our own tables
        for table, name, key, rows in groups:
            connection.executemany(INSERTS[table], [(name, key, *row) for row in rows])
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("COMMIT")
    return True


def is_text(stored: bytes) -> bool:
    """Tell whether these bytes are text."""
    try:
        return bool(stored.decode()) or not stored
    except UnicodeDecodeError:
        return False


def opened_views(file: Path) -> SqliteViews:
    """Open the views; a damaged file is set aside and an empty one taken, which is filled again from the facts.

    The whole file is looked through only if whoever wrote last did not end as it should.
    """
    ended_so = not log_size(file)
    try:
        views = SqliteViews(file)
        if not ended_so:
            views.look_through()
    except ViewsDamaged as damage:
        aside = file.with_name(f"{file.name}.damaged")
        file.replace(aside)
        take_away_log(file)
        LOG.warning("%s The damaged file is %s now.", damage, aside)
        return SqliteViews(file)
    return views


def renew_views(file: Path, fill: Callable[[SqliteViews], None]) -> None:
    """Make the views anew in a file beside, which then takes the name."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    take_away_log(new)
    with closing(SqliteViews(new)) as views:
        fill(views)
    if log_size(new):  # closing brings it into the file, and says nothing where the disk fails
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(new))
    take_away_log(file)  # or it would be taken for that of the new file
    keep(new, file)


def take_away_log(file: Path) -> None:
    """Remove the log of writes beside a file, and what readers share."""
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
