"""What is kept of signing in beside the record: links, sessions, addresses, what counts once. None of it is a fact."""

from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID


class Kept(NamedTuple):
    """A link or a session: whose it is, since and until when, when it was used last, and of which sign-out it knows.

    ``id``, the first half of the secret's SHA-256, tells it from others and opens nothing. ``origin`` is who vouched
    for the person, as words that are keyed hashes; empty for a link of ours. ``browser`` says what it was opened in,
    empty if nobody can tell.
    """

    id: UUID
    person: UUID
    opened: datetime
    expires: datetime
    seen: datetime
    after: int
    origin: str
    browser: str


class Secrets(Protocol):
    """The links and the sessions. A secret comes as its SHA-256, and what has run out is found no more."""

    def keep_link(self, secret: bytes, person: UUID, expires: datetime, after: int) -> None:
        """Keep a link, which opens one session."""

    def keep_session(
        self, secret: bytes, person: UUID, expires: datetime, after: int, *, origin: str, browser: str
    ) -> None:
        """Keep a session that no link opened."""

    def find_link(self, secret: bytes) -> Kept | None:
        """Return a link that was not used, None if there is none."""

    def find_session(self, secret: bytes) -> Kept | None:
        """Return a session, None if there is none."""

    def open(self, link: bytes, secret: bytes, expires: datetime, *, browser: str) -> Kept | None:
        """Make a link into the session that it opens, once; return None if there is no link any more."""

    def see(self, secret: bytes) -> None:
        """Note that a session is used now."""

    def lapse(self, secret: bytes) -> bool:
        """Note that a session has ended by itself; tell whether that was not noted before."""

    def run_out(self) -> list[Kept]:
        """Forget links and sessions that have run out; return those sessions whose end was not noted, each once."""

    def sessions_of(self, person: UUID) -> list[Kept]:
        """Return somebody's sessions, the one that was used last first."""

    def end(self, person: UUID, session: UUID) -> bool:
        """End a session of this person's by its id; tell whether there was one."""

    def end_from(self, origin: str) -> list[Kept]:
        """End the sessions that have this word in their origin, and return them."""

    def shown_before(self, secret: bytes, position: int) -> int | None:
        """Return how far the log had been shown to a session's person before it, on whatever machine; None for nothing.

        It is shown up to ``position`` now, which is what their next session is told.
        """


class Addresses(Protocol):
    """The mail addresses of people in clear, each found by its keyed hash too; the hash alone may stand in a fact."""

    def set_address(self, person: UUID, address: str, digest: str) -> None:
        """Keep somebody's address in the place of their earlier one; whoever had it before has it no longer."""

    def address_of(self, person: UUID) -> str | None:
        """Return somebody's address, None if none is kept."""

    def person_at(self, digest: str) -> UUID | None:
        """Return whose address has this keyed hash, None if nobody's has."""

    def forget_address(self, person: UUID) -> None:
        """Keep no address of this person; nothing happens if there is none."""


class Once(Protocol):
    """Knows what was there before."""

    def once(self, kind: str, value: str, expires: datetime) -> bool:
        """Tell whether this is the first time; it is known until it ``expires``, by all processes and after a crash."""


class SignInStore(Secrets, Addresses, Once, Protocol):
    """All of it, in one place that every machine of the deployment shares. It waits a moment and raises ``Busy``.

    Raises ``StorageFull`` and ``StorageBroken``; then nothing was kept.
    """
