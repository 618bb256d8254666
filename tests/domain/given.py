"""Given these facts, when this command is given, then it records or is refused."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from portfolio.domain.kernel import Aggregate, Command, Fact, Known, Rejected, State
from tests.domain.world import NOW, OFFICER, TODAY

S = TypeVar("S", bound=State)

THE_OFFICER_NOW = Known(by=OFFICER, at=NOW, today=TODAY)
"""What a rule knows that asks for nothing but who and when."""


@dataclass(frozen=True)
class Then:
    """What came of a command: the facts it records, or the refusal."""

    facts: list[Fact] = field(default_factory=list)
    refusal: Rejected | None = None

    def records(self, *facts: Fact) -> None:
        """Demand exactly these facts."""
        if self.refusal is not None:
            raise AssertionError(f"refused as {type(self.refusal).__name__}: {self.refusal}") from self.refusal
        assert self.facts == list(facts)

    def records_nothing(self) -> None:
        """Demand that the command is granted and changes nothing."""
        self.records()

    def rejected(self, kind: type[Rejected], *named: str) -> Rejected:
        """Demand this very refusal, its sentence naming each of ``named``; return it."""
        assert self.refusal is not None, f"recorded {self.facts}, not refused as {kind.__name__}"
        assert type(self.refusal) is kind, f"refused as {type(self.refusal).__name__}: {self.refusal}"
        for text in named:
            assert text in str(self.refusal)
        return self.refusal


@dataclass(frozen=True)
class Given(Generic[S]):
    """A record with a history."""

    aggregate: Aggregate[S]
    history: tuple[Fact, ...]

    @property
    def state(self) -> S:
        """Return the history folded."""
        return self.aggregate.fold(self.history)

    def when(self, command: Command, known: Known = THE_OFFICER_NOW) -> Then:
        """Let the command's rule judge it on this history and what is known beside it."""
        try:
            return Then(facts=self.aggregate.judges[type(command)](self.state, command, known))
        except Rejected as refusal:
            return Then(refusal=refusal)


def given(aggregate: Aggregate[S], *history: Fact) -> Given[S]:
    """Return a record of this kind on which these facts lie, oldest first."""
    return Given(aggregate, history)
