"""Given these facts, when this command is given, then it records or is refused."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from portfolio.domain.kernel import Aggregate, Command, Fact, Rejected, State

S = TypeVar("S", bound=State)


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

    def when(self, command: Command) -> Then:
        """Decide the command on this history."""
        assert type(command) in self.aggregate.commands
        try:
            return Then(facts=self.aggregate.decide(self.state, command))
        except Rejected as refusal:
            return Then(refusal=refusal)


def given(aggregate: Aggregate[S], *history: Fact) -> Given[S]:
    """Return a record of this kind on which these facts lie, oldest first."""
    return Given(aggregate, history)
