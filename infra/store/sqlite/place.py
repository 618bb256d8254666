"""Where an open file lies: what is written into one that nobody can find again is lost with the process."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from time import monotonic

from infra.store.address import log_of


class Place:
    """Remembers which files lie at a path and beside it, now that they are open."""

    def __init__(self, path: Path) -> None:
        self._files = {str(file): identity_of(status_of(str(file))) for file in (path, log_of(path))}
        self._saved = False
        self.log_bytes = 0
        """What the log of writes had when it was looked at last."""
        self.looked_at = 0.0
        """When that was, by the monotonic clock, in seconds."""

    def fault(self) -> str | None:
        """Return which file is not where it was, None if all are."""
        for file, known in self._files.items():
            status = status_of(file)
            if known is not None and identity_of(status) != known:
                return (
                    f"{file} was moved away or replaced under the running service, which can go on no longer: "
                    "put back what was there, then start the service again."
                )
            self.log_bytes = status.st_size if status else 0  # the log comes last
        self.looked_at = monotonic()
        return None

    def save(self, connection: sqlite3.Connection) -> None:
        """Bring what only the log of writes holds into the file itself, once: the log may have no name any more."""
        if not self._saved:
            self._saved = True
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()


def status_of(file: str) -> os.stat_result | None:
    """Return what the system knows of a file, None if there is none."""
    try:
        return os.stat(file)  # noqa: PTH116 - asked for each commit
    except OSError:
        return None


def identity_of(status: os.stat_result | None) -> tuple[int, int] | None:
    """Return by what a file is known again whatever it is called, None if there is none."""
    return (status.st_dev, status.st_ino) if status else None
