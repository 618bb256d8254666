"""The command line over a disk that lies: ``python -m tests.faults.forgetful FILE serve``.

While the file is there commits are taken back that were said to be done, which the checker must find out.
"""

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.cli import cli
from infra.cli.running import run
from infra.store.sqlite import schema


class Forgetful:
    """A connection whose commits come to nothing while the file is there."""

    def __init__(self, connection: sqlite3.Connection, lying: Path) -> None:
        self._connection = connection
        self._lying = lying

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Do as a connection does, or say so."""
        lie = statement == "COMMIT" and self._lying.exists()
        return self._connection.execute("ROLLBACK" if lie else statement, *values)


def run_over(lying: Path, arguments: Sequence[str]) -> int:
    """Run a command whose facts lie on such a disk."""
    connect: Any = schema.connect
    schema.connect = lambda *asked, **options: Forgetful(connect(*asked, **options), lying)  # type: ignore[assignment]
    return run(cli, list(arguments))


if __name__ == "__main__":
    sys.exit(run_over(Path(sys.argv[1]), sys.argv[2:]))
