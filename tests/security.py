"""A security log that tests look into."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Listed:
    """Keeps what is noted: the event, about whom, and its words."""

    lines: list[tuple[str, UUID | None, dict[str, str | UUID]]] = field(default_factory=list)

    def write(self, event: str, person: UUID | None = None, *, source: str | None = None, **words: str | UUID) -> None:
        """See ``SecurityLog.write``."""
        assert all(isinstance(word, str | UUID) for word in words.values()), words
        self.lines.append((event, person, words | ({"source": source} if source else {})))

    def events(self) -> list[str]:
        """Return what happened, in order."""
        return [event for event, _, _ in self.lines]
