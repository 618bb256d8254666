"""What an operator looks into after an attack: who came in and who was kept out, how and when. Not a fact among it."""

from typing import Protocol
from uuid import UUID


class SecurityLog(Protocol):
    """Takes a line for each of these events. Writing never fails for whoever asked for something else."""

    def write(self, event: str, person: UUID | None = None, *, source: str | None = None, **words: str | UUID) -> None:
        """Note an event, about whom and from which address (``source``), if that is known.

        The person, the source and every id among the ``words`` are written as keyed hashes. Texts are written as they
        are: give names of ours, such as of a key, a route or a refusal, and nothing that somebody typed.
        """


class NoSecurityLog:
    """Keeps nothing: for commands and services that let nobody in."""

    def write(self, event: str, person: UUID | None = None, *, source: str | None = None, **words: str | UUID) -> None:
        """See ``SecurityLog.write``."""
