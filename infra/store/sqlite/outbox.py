"""The outbox in a small file of its own, in the deployment's folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.store.outbox import Outbox
from infra.store.sqlite.small_file import SmallFile

FILE = "outbox.db"

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS follower (
        one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
        failing_since INTEGER, why TEXT NOT NULL DEFAULT '', try_at INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS notice (
        person BLOB NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL,
        enrolment_id BLOB NOT NULL, record BLOB NOT NULL, happened INTEGER NOT NULL, due INTEGER NOT NULL,
        bundle TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0, ended INTEGER,
        how TEXT NOT NULL DEFAULT '', PRIMARY KEY (person, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS notices_due ON notice (due) WHERE ended IS NULL",
    "CREATE INDEX IF NOT EXISTS notices_ended ON notice (ended) WHERE ended IS NOT NULL",
)


class SqliteOutbox(Outbox):
    """The file in the deployment's folder, which is made if there is none."""

    def __init__(self, folder: Path) -> None:
        self._file = SmallFile(folder / FILE)
        for statement in TABLES:
            self._do(statement, {})

    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return self._file.do(statement, values)

    def close(self) -> None:
        """Do nothing: the file is open during a call only."""
