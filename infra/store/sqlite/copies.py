"""Copies of the facts file: taken beside whoever writes, opened, and put back where there is none."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from infra.store.address import read_only_name
from infra.store.contents import Contents, contents_of
from infra.store.refusals import CopyDamaged, NotAStore
from infra.store.sqlite import schema
from infra.store.sqlite.snapshot import SqliteSnapshot
from infra.synced import sync

UNFINISHED = ".part"
"""What stands behind the name of a file that is not whole yet."""


def copy(facts: Path, to: Path) -> Contents:
    """Write the facts as they are at one moment to a new file and return what there were; raise ``CannotOpen``.

    It reads in one transaction, which no append waits for and which waits for none.
    """
    part = to.with_name(to.name + UNFINISHED)
    part.unlink(missing_ok=True)
    with (
        closing(schema.connect(read_only_name(facts), facts, lock_timeout=None)) as connection,
        closing(sqlite3.connect(part)) as copied,
    ):
        try:
            connection.execute("BEGIN")
            held = contents_of(SqliteSnapshot(connection))
            connection.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # a copy has no log beside it
        except sqlite3.DatabaseError as error:
            raise schema.unopened(error, facts) from error
    keep(part, to)
    return held


def contents(file: Path) -> Contents:
    """Return what a copy holds, which is looked through from end to end; raise ``CopyDamaged``."""
    name = f"{file.absolute().as_uri()}?mode=ro&immutable=1"  # a copy lies still, perhaps where nobody may write
    try:
        with closing(schema.connect(name, file, lock_timeout=None)) as connection:
            schema.prepare(connection, file, read_only=True)
            snapshot = SqliteSnapshot(connection)
            for damage in snapshot.damage():
                raise CopyDamaged(file, damage)
            return contents_of(snapshot)
    except (sqlite3.DatabaseError, NotAStore) as error:
        raise CopyDamaged(file, str(error).rstrip(".")) from error


def put_back(file: Path, facts: Path) -> None:
    """Make a copy the facts file, where there is none; whole or not at all, whenever it is interrupted."""
    part = facts.with_name(facts.name + UNFINISHED)
    part.unlink(missing_ok=True)
    shutil.copyfile(file, part)
    part.chmod(0o600)
    keep(part, facts)


def keep(part: Path, name: Path) -> None:
    """Sync a finished file and give it its name."""
    sync(part)
    part.replace(name)
    sync(name.parent)
