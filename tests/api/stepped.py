"""What goes on by itself in the service, and in a world of tests by hand: views, reactions and previews."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from infra.vault.folder import FolderVault
from infra.vault.previews.folder import FolderPreviews
from infra.vault.previews.maker import SandboxMaker
from portfolio.application.erasing import is_there
from portfolio.application.operations import Line, Part
from portfolio.application.originals import Originals
from portfolio.application.ports import Busy
from portfolio.application.previews import Previews
from portfolio.application.recipes import Making
from projections.machinery.runner import Projector, Reactor
from tests.patience import PATIENCE


def when_answered(ask: Callable[[], object]) -> None:
    """Ask a database for the first time: on a busy machine a connection takes longer than any request waits for one."""
    end = monotonic() + PATIENCE
    while True:
        try:
            ask()
        except Busy:
            if monotonic() > end:
                raise
        else:
            return


OPERATIONS = (
    Part(
        heading="Room",
        lines=(
            Line(what="Room left", says="20 GB on the disk of the folder."),
            Line(what="Backup", says="None by `portfolio backup` is known here.", standing="look"),
            Line(what="Set-up", says="Make room.", standing="do", at=datetime(2026, 11, 2, 8, 50, tzinfo=UTC)),
        ),
    ),
)
"""What is told of a deployment that is none."""


class SteppedReads:
    """The projected rows; whoever waits for a position makes the projector and the reactions step."""

    def __init__(self, projector: Projector, reactor: Reactor) -> None:
        self._projector = projector
        self._reactor = reactor

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        return self._projector.query(sql, **parameters)

    def wait_for(self, position: int, timeout: float, tables: Collection[str] = (), *, patient: bool = False) -> bool:
        self.settle()
        return self._projector.wait_for(position, 0, tables)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._projector, name)

    def settle(self) -> None:
        while self._projector.step() + self._reactor.step():
            pass


class SteppedPreviews(Previews):
    """Makes what was asked for when it is told to."""

    def __init__(self, folder: Path, vault: FolderVault) -> None:
        super().__init__(FolderPreviews(folder), SandboxMaker(), partial(Originals().read, vault))
        self.still_there = partial(is_there, vault)
        self.asked: list[Making] = []

    def start(self, making: Making) -> None:
        self.asked.append(making)

    def settle(self) -> None:
        while self.asked:
            self.run(self.asked.pop(0))
