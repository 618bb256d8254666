"""Facts that cannot be read, and views that fail, for tests of what goes on all the same."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portfolio.domain.kernel import Entry, Fact, Recorded
from projections.machinery.database import Rows, View
from tests.projections.counting import COUNTS, count
from tests.projections.support import ListLog


@dataclass
class Poisoned:
    """A fact whose stored bytes were damaged: all but the bytes are as recorded."""

    recorded: Recorded
    healed: bool = False

    @property
    def stored(self) -> object:
        return self.recorded if self.healed else "garbled"

    @property
    def originator_id(self) -> UUID:
        return self.recorded.originator_id

    @property
    def originator_version(self) -> int:
        return self.recorded.originator_version

    @property
    def position(self) -> int:
        return self.recorded.position

    @property
    def tag(self) -> str:
        return self.recorded.tag

    @property
    def fact(self) -> Fact:
        if not self.healed:
            raise ValueError("JSON is malformed")
        return self.recorded.fact

    @property
    def by(self) -> UUID:
        return self.recorded.by

    @property
    def at(self) -> datetime:
        return self.recorded.at


@dataclass
class Renamed(Poisoned):
    """A fact that is stored under a name which no release knows."""

    @property
    def tag(self) -> str:
        return self.recorded.tag if self.healed else "nobody.knows"


def poison(log: ListLog, position: int, kind: type[Poisoned] = Poisoned) -> Poisoned:
    """Damage the fact at this position, and return it to be healed."""
    poisoned = log.entries[position - 1] = kind(log.entries[position - 1])  # type: ignore[call-overload]  # an Entry
    return poisoned


@dataclass
class Faulty:
    """A view that counts as ``COUNTS`` does and fails at the positions named."""

    fails: set[int] = field(default_factory=set)

    @property
    def view(self) -> View:
        return View("faulty", 1, COUNTS.key, COUNTS.columns, self.fold, COUNTS.facts)

    def fold(self, rows: Rows, entry: Entry, owner: UUID | None) -> None:
        if entry.position in self.fails:
            raise RuntimeError("a fault of the view's own about Ann Lee")
        count(rows, entry, owner)


@dataclass
class Hand:
    """A clock that is set by hand."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
