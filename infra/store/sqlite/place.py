"""Where an open file lies: what is written into one that nobody can find again is lost with the process."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from infra.store.address import log_of


class Place:
    """Remembers which files lie at a path and beside it, now that they are open."""

    def __init__(self, path: Path) -> None:
        self._files = {str(file): identity_of(str(file)) for file in (path, log_of(path))}
        self._saved = False

    def fault(self) -> str | None:
        """Return which file is not where it was, None if all are."""
        for file, known in self._files.items():
            if known is not None and identity_of(file) != known:
                return (
                    f"{file} was moved away or replaced under the running service, which can go on no longer: "
                    "put back what was there, then start the service again."
                )
        return None

    def save(self, connection: sqlite3.Connection) -> None:
        """Bring what only the log of writes holds into the file itself, once: the log may have no name any more."""
        if not self._saved:
            self._saved = True
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()


def identity_of(file: str) -> tuple[int, int] | None:
    """Return by what a file is known again whatever it is called, None if there is none."""
    try:
        found = os.stat(file)  # noqa: PTH116 - asked twice for each commit
    except OSError:
        return None
    return found.st_dev, found.st_ino
