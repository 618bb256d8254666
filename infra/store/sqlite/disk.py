"""What SQLite could not do, and what that means: in use, full, broken, or nobody knows."""

import os
import sqlite3
import tempfile
from pathlib import Path

from eventsourcing.persistence import OperationalError

from infra.errors import FULL
from infra.store.address import log_size
from portfolio.application.ports import Busy, StorageBroken, StorageFull

PROBE = 1 << 16
"""Bytes written to find out whether there is room."""
STOPPED = (
    "The disk did not confirm a write, so this process records nothing any more: "
    "look after the disk, then start the service again."
)
DAMAGED = (
    "{} is damaged, so nothing is recorded any more: stop the service, keep that file, and put the newest copy in its "
    "place."
)
NOT_FOUND = "Its file was moved away. Once it is back and the service started again, send it with the same key."
NOT_CONFIRMED = "The disk failed before it confirmed. Once the service is started again, send it with the same key."


def may_be_stored(error: sqlite3.OperationalError) -> bool:
    """Tell whether a commit that failed may have been written all the same: only its sync failed, or nobody knows."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_IOERR and code != sqlite3.SQLITE_IOERR_WRITE


def no_room(path: Path) -> bool:
    """Tell whether no more can be written beside a file: SQLite says that a write failed, but hardly ever why."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            return os.pwrite(probe.fileno(), bytes(PROBE), log_size(path)) < PROBE
    except OSError as error:
        return error.errno in FULL


def refusal(error: sqlite3.OperationalError, path: Path) -> Exception:
    """Return the refusal for what SQLite could not do in the file; nothing was written then."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy()
        case sqlite3.SQLITE_FULL:
            return StorageFull()
        case sqlite3.SQLITE_IOERR:
            return StorageFull() if no_room(path) else StorageBroken()
        case _:
            return OperationalError(str(error))
