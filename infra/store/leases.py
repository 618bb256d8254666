"""Leases on files that wait to be checked: they keep two workers apart, of one process or of several machines.

Nothing is lost with them: what waits is told by facts, and a worker that dies gives its file to another when its lease
has run out. A file that could not be checked rests, longer each time, and the reason is kept here.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

LEASE_SECONDS = 20
"""How long a worker may be silent."""
RENEWED_EVERY_SECONDS = 5

SHORTEST_REST_SECONDS, DOUBLED_AT_MOST = 5, 6
"""How long a file rests after the first failure, and how often that is doubled: up to some five minutes."""
KEPT_SECONDS = 24 * 3600
"""How long something is known of a file that nobody has worked at since: one that was discarded is never checked."""


class Lease(NamedTuple):
    """Whose a file is, whether it may be checked now, and what kept it from that last, empty if nothing did."""

    sender: UUID
    free: bool
    why: str


class Leases(Protocol):
    """The leases of one deployment, as one of its processes takes them."""

    def take(self, file: UUID, sender: UUID) -> bool:
        """Take the lease on a file, unless it rests or somebody has one on it or on another file of its sender."""

    def renew(self, files: Collection[UUID]) -> None:
        """Let the leases of this process on these files, at which it works, last as long again as a new one.

        No others: one that could not be given back runs out, and somebody works at that file again.
        """

    def free(self, file: UUID) -> None:
        """Give a lease of this process back: the file was checked."""

    def rest(self, file: UUID, why: str) -> None:
        """Give it back, and let the file rest: it could not be checked."""

    def standing(self) -> Mapping[UUID, Lease]:
        """Return what is known of files by id: those that anybody works at, or that could not be checked."""
