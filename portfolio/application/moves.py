"""Moves: of which streams the last facts of the log are, which tells of what was folded before whether it holds."""

from typing import Protocol
from uuid import UUID


class Moves(Protocol):
    """What the journal knows of its last facts."""

    def look(self) -> int:
        """Return where the log ends, having looked of which streams the facts up to there are.

        In a thread that holds its look, return what it saw first.
        """

    def unmoved(self, stream: UUID, since: int) -> bool:
        """Tell whether no fact of a stream came after this position, up to the last look; false where nobody knows."""

    def hold(self) -> None:
        """Let the next look of this thread count for those after it, for as long as one request is being answered."""

    def look_again(self) -> None:
        """Look anew the next time: this thread has waited for something, or records it."""

    def let_go(self) -> None:
        """Look anew each time from now on."""
