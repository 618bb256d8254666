"""Acts: which facts a person recorded, in whatever record; the log says what they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry
from projections.audit_trail import Log, before, facts_at
from projections.machinery.database import Reads, Rows, View


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - whoever it is about
    """Keep one row for each fact."""
    rows.add(entry.by, entry.position, entry.tag)


ACTS = View("acts", 1, {"actor": UUID, "position": int}, {"kind": str}, fold, FACTS, only_added=True)

OF_A_PERSON = """
SELECT position FROM acts_v1
WHERE actor = :actor AND position > :after AND (:until IS NULL OR position <= :until)
AND (:kind IS NULL OR kind = :kind) ORDER BY position LIMIT :limit
"""


def acts(
    reads: Reads,
    log: Log,
    *,
    actor: UUID,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Any]:
    """Return up to ``limit`` facts that a person recorded after a position, oldest first, as ``audit_trail`` does."""
    rows = reads.query(
        OF_A_PERSON,
        actor=actor,
        kind=kind,
        after=max(after, log.position_at(before(since))) if since else after,
        until=log.position_at(before(until)) if until else None,
        limit=limit,
    )
    return facts_at(log, [position for (position,) in rows])
