"""Audit trail: which facts tell of one enrolment and its evidence, attempts and appeals; the log says what they are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from portfolio.application.ports import FactUnreadable
from portfolio.domain.kernel import Entry, Recorded
from projections.machinery.database import Reads, Rows, View
from projections.machinery.owner import OWNED


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each fact that belongs to an enrolment."""
    if owner is not None:
        rows.add(owner, entry.position, entry.originator_id, entry.by, entry.tag)


AUDIT_TRAIL = View(
    "audit_trail",
    4,
    {"enrolment_id": UUID, "position": int},
    {"stream": UUID, "actor": UUID, "kind": str},
    fold,
    OWNED,
    only_added=True,
)

TRAIL = """
SELECT position FROM audit_trail_v4
WHERE enrolment_id = :enrolment_id AND position > :after AND (:until IS NULL OR position <= :until)
AND (:stream IS NULL OR stream = :stream) AND (:actor IS NULL OR actor = :actor) AND (:kind IS NULL OR kind = :kind)
ORDER BY position LIMIT :limit
"""
LATEST = """
SELECT position FROM audit_trail_v4
WHERE enrolment_id = :enrolment_id AND position > :after AND (:until IS NULL OR position < :until)
AND (:but IS NULL OR actor <> :but)
AND (:stream IS NULL OR stream = :stream) AND (:actor IS NULL OR actor = :actor) AND (:kind IS NULL OR kind = :kind)
ORDER BY position DESC LIMIT :limit
"""
TOLD_OF = "SELECT DISTINCT actor, kind FROM audit_trail_v4 WHERE enrolment_id = :enrolment_id"
AMONG = """
SELECT enrolment_id, position FROM audit_trail_v4
WHERE enrolment_id IN ({of}) AND position > :after AND actor <> :but AND kind IN ({kinds})
ORDER BY position DESC LIMIT :limit
"""
NEWEST = "SELECT max(position) FROM audit_trail_v4 WHERE enrolment_id IN ({of})"
MICROSECOND = timedelta(microseconds=1)
BEGINNING = datetime.min.replace(tzinfo=UTC)


class Log(Protocol):
    """What the trail needs of the journal."""

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        """Return the facts at these positions, in the order of the log."""

    def position_at(self, moment: datetime) -> int:
        """Return the position of the last fact recorded at or before ``moment``, 0 if none."""


def before(moment: datetime) -> datetime:
    """Return the last moment before this one, the first there is if it is that."""
    return max(moment, BEGINNING + MICROSECOND) - MICROSECOND


def facts_at(log: Log, positions: Sequence[int]) -> Sequence[Any]:
    """Return the facts at these positions, in the order of the log, those that cannot be read as ``Unread``."""
    try:
        return log.at_positions(positions)
    except FactUnreadable as fault:
        return sorted([*fault.readable, *fault.unread], key=lambda entry: entry.position)


def audit_trail(
    reads: Reads,
    log: Log,
    *,
    enrolment_id: UUID,
    stream: UUID | None = None,
    actor: UUID | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Any]:
    """Return up to ``limit`` facts after a position, oldest first, that satisfy every filter given.

    ``stream`` is one record, such as an attempt; ``kind`` a fact's stored name; ``since`` counts, ``until`` does not.
    """
    rows = reads.query(
        TRAIL,
        enrolment_id=enrolment_id,
        stream=stream,
        actor=actor,
        kind=kind,
        after=max(after, log.position_at(before(since))) if since else after,
        until=log.position_at(before(until)) if until else None,
        limit=limit,
    )
    return facts_at(log, [position for (position,) in rows])


def latest(
    reads: Reads,
    log: Log,
    *,
    enrolment_id: UUID,
    after: int = 0,
    until: int | None = None,
    but: UUID | None = None,
    stream: UUID | None = None,
    actor: UUID | None = None,
    kind: str | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return up to ``limit`` facts, newest first, after one position and before another, but those of one person.

    ``stream``, ``actor`` and ``kind`` narrow them as in ``audit_trail``.
    """
    rows = reads.query(
        LATEST,
        enrolment_id=enrolment_id,
        after=after,
        until=until,
        but=but,
        stream=stream,
        actor=actor,
        kind=kind,
        limit=limit,
    )
    return facts_at(log, [position for (position,) in reversed(rows)])[::-1]


def told_of(reads: Reads, enrolment_id: UUID) -> tuple[frozenset[UUID], frozenset[str]]:
    """Return who recorded a fact of an enrolment, and the kinds of those facts."""
    rows = reads.query(TOLD_OF, enrolment_id=enrolment_id)
    return frozenset(UUID(str(actor)) for actor, _ in rows), frozenset(kind for _, kind in rows)


def latest_among(
    reads: Reads,
    log: Log,
    *,
    enrolments: Sequence[UUID],
    kinds: Sequence[str],
    after: int,
    but: UUID,
    limit: int,
) -> Sequence[tuple[UUID, Any]]:
    """Return up to ``limit`` facts of these kinds and enrolments, newest first, each with its enrolment."""
    among, of = _among(enrolments)
    named = {f"kind{number}": each for number, each in enumerate(kinds)}
    if not of:
        return []
    sql = AMONG.format(of=among, kinds=", ".join(f":{name}" for name in named))
    rows = reads.query(sql, **of, **named, after=after, but=but, limit=limit)
    owners = {position: enrolment_id for enrolment_id, position in rows}
    entries = facts_at(log, sorted(owners))
    return [(owners[entry.position], entry) for entry in reversed(entries)]


def last_position_among(reads: Reads, enrolments: Sequence[UUID]) -> int:
    """Return the position of the newest fact of these enrolments, 0 if none is shown."""
    among, of = _among(enrolments)
    return int(reads.query(NEWEST.format(of=among), **of)[0][0] or 0) if of else 0


def _among(enrolments: Sequence[UUID]) -> tuple[str, dict[str, UUID]]:
    of = {f"of{number}": each for number, each in enumerate(enrolments)}
    return ", ".join(f":{name}" for name in of), of


def last_position(reads: Reads, enrolment_id: UUID) -> int:
    """Return the position of the newest fact of an enrolment, 0 if none is shown."""
    rows = reads.query(
        LATEST, enrolment_id=enrolment_id, after=0, until=None, but=None, stream=None, actor=None, kind=None, limit=1
    )
    return int(rows[0][0]) if rows else 0
