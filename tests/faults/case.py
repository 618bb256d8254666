"""A case: something that is done while a sync fails, and what must be there when it said that it was done."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar, NamedTuple

from infra.deployment import create
from infra.main import open_record
from infra.settings import Settings
from portfolio.domain.person import PersonRegistered
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.faults.checker import Line
from tests.faults.writing import lines_of


class Done(NamedTuple):
    """How a command ended and what it said: its output, and beside it."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Return the last line beside the output, or of the output if there is none."""
        return ([*self.out.splitlines(), *self.err.splitlines()] or [""])[-1]


class Case:
    """A command over the deployment in ``data`` of a folder."""

    name: ClassVar[str]
    again: ClassVar[str] = ""
    """What it may say when it is repeated, once all of it is there."""
    undone = False
    """Whether that is so only once it said that it was done."""

    def __init__(self, command: Callable[..., Done]) -> None:
        self.command = command

    def prepare(self, folder: Path) -> None:
        """Make what it begins from."""
        settings = settings_of(folder)
        settings.folder.mkdir()
        create(settings, "demo", "Ann Lee")
        with open_record(settings) as record, settings.store.open_views() as views:
            Projector(record.journal, views, VIEWS).step()

    def act(self, folder: Path) -> Done:
        """Do it once."""
        raise NotImplementedError

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield what is not there although it was said to be."""
        raise NotImplementedError

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield what is there more often than it should be."""
        names = Counter(fact.name for fact in facts_of(folder) if isinstance(fact, PersonRegistered))
        yield from (f"{name} is there {number} times" for name, number in names.items() if number > 1)

    def differences(self, folder: Path) -> Iterator[str]:
        """Yield what does not agree in the end."""
        done = self.command("fsck", "--folder", str(folder / "data"))
        if done.status or not done.out.startswith("OK: "):
            yield f"{done.out}{done.err}"


def settings_of(folder: Path) -> Settings:
    """Return the settings of the deployment in a folder."""
    return Settings.read({"PORTFOLIO_FOLDER": str(folder / "data")})


def known_facts(folder: Path) -> list[Line]:
    """Return the log of a folder, empty if there is none."""
    settings = settings_of(folder)
    if not (settings.folder / "facts.db").exists() or not (settings.folder / "facts.db").stat().st_size:
        return []
    with closing(settings.store.open_journal(b"", read_only=True)) as journal:
        return list(lines_of(journal))


def facts_of(folder: Path) -> list[object]:
    """Return every fact."""
    with closing(settings_of(folder).store.open_journal(b"", read_only=True)) as journal:
        return [entry.fact for entry in journal.since(0)]
