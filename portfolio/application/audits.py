"""Audits: what was found when all stored files were read again and compared with their facts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from portfolio.domain.kernel import Value

FaultKind = Literal["missing", "changed", "unreadable", "left over", "orphaned"]
"""What a file is that is not as the facts say: gone, of other bytes, out of reach, discarded or named by none."""


class FaultyFile(Value):
    """A file that is not as the facts say; ``sentence`` says what to do about it, or what was done."""

    kind: FaultKind
    object_id: UUID
    sentence: str


class Audit(Value):
    """One audit of all stored files: how many were read, and what was found of them.

    ``position`` is that of the last fact whose file was read, ``ended_at`` None while some are left. ``counts`` has all
    faulty files by their kind, ``faulty`` so many of them that they can be read.
    """

    begun_at: datetime
    ended_at: datetime | None = None
    position: int = 0
    files: int = 0
    bytes: int = 0
    counts: dict[FaultKind, int] = {}
    faulty: tuple[FaultyFile, ...] = ()


class Audits(Value):
    """The last audit that came to its end, and one that has not yet."""

    last: Audit | None = None
    under_way: Audit | None = None
