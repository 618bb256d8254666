"""The command line as a test calls it."""

from pathlib import Path
from uuid import UUID

import pytest

from infra.cli import cli
from infra.cli.running import run

SOMEBODY = UUID(int=5)
PLAN = Path(__file__).parents[2] / "portfolio" / "plans" / "ST1297-V2.md"
DEMO = "Demo deployment: nothing in it is a real assessment."


class Terminal:
    """Runs commands in a folder of its own and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def __call__(self, *arguments: str) -> int:
        status = run(cli, list(arguments))
        self.out, self.err = self._capsys.readouterr()
        return status

    def fails(self, *arguments: str) -> str:
        """Run a command that fails with one sentence, and return the sentence."""
        assert self(*arguments) == 1
        lines = self.err.splitlines()
        assert self.out == ""
        assert [line for line in lines if line != DEMO] == lines[-1:]
        return lines[-1]
