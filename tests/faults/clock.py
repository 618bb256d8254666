"""The command line on a machine whose clock is wrong: ``python -m tests.faults.clock FILE serve``.

The file says by how many seconds, and may be written anew at any time.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import infra.main
from infra.cli import cli
from infra.cli.running import run


def set_clock(file: Path, seconds: float) -> None:
    """Let the clock be wrong by so many seconds."""
    written = file.with_suffix(".part")
    written.write_text(str(seconds))
    written.replace(file)


def run_by(file: Path, arguments: Sequence[str]) -> int:
    """Run a command by the clock of this file: everything takes its time from the composition root."""
    infra.main.now = lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text()))
    return run(cli, list(arguments))


if __name__ == "__main__":
    sys.exit(run_by(Path(sys.argv[1]), sys.argv[2:]))
