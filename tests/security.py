"""A security log that tests look into."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Listed:
    """Keeps what is noted: the event, about whom, and its words."""

    lines: list[tuple[str, UUID | None, dict[str, str | UUID]]] = field(default_factory=list)

    def write(self, event: str, person: UUID | None = None, *, source: str | None = None, **words: str | UUID) -> None:
        """See ``SecurityLog.write``."""
        self.lines.append((event, person, words | ({"source": source} if source else {})))

    def events(self) -> list[str]:
        """Return what happened, in order."""
        return [event for event, _, _ in self.lines]
