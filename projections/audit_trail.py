"""Audit trail: what happened to one enrolment and its evidence, attempts and appeals, fact by fact in plain words."""

from datetime import datetime
from uuid import UUID

from portfolio.domain.kernel import Recorded, Value, tag_of
from portfolio.domain.sentences import sentence
from projections.database import Reads, Rows, View, answers


def fold(rows: Rows, entry: Recorded, owner: UUID | None) -> None:
    """Keep one row for each fact that belongs to an enrolment."""
    if owner is not None:
        rows.put(
            entry.position,
            enrolment_id=owner,
            stream=entry.originator_id,
            at=entry.at,
            actor=entry.by,
            kind=tag_of(entry.fact),
            sentence=sentence(entry.fact),
        )


AUDIT_TRAIL = View(
    "audit_trail",
    2,
    {"position": int},
    {"enrolment_id": UUID, "stream": UUID, "at": datetime, "actor": UUID, "kind": str, "sentence": str},
    fold,
    indexes=(("enrolment_id", "position"),),
)

TRAIL = """
SELECT position, stream, at, actor, kind, sentence FROM audit_trail_v2
WHERE enrolment_id = :enrolment_id AND position > :behind
AND (:stream IS NULL OR stream = :stream) AND (:actor IS NULL OR actor = :actor) AND (:kind IS NULL OR kind = :kind)
AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)
ORDER BY position LIMIT :limit
"""


class Entry(Value):
    """One fact: its place in the log, its stream, when, by whom, its stored name and what it says behind the name."""

    position: int
    stream: UUID
    at: datetime
    by: UUID
    kind: str
    sentence: str


def audit_trail(
    reads: Reads,
    *,
    enrolment_id: UUID,
    stream: UUID | None = None,
    actor: UUID | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    behind: int = 0,
    limit: int = 50,
) -> list[Entry]:
    """Return up to ``limit`` entries behind a position, oldest first, that satisfy every filter given.

    ``stream`` is one record, such as an attempt; ``kind`` a fact's stored name; ``since`` counts, ``until`` does not.
    """
    rows = reads.query(
        TRAIL,
        enrolment_id=enrolment_id,
        stream=stream,
        actor=actor,
        kind=kind,
        since=since,
        until=until,
        behind=behind,
        limit=limit,
    )
    return answers(Entry, rows)
