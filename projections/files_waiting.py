"""Files waiting: what was received and is neither sealed nor refused yet, oldest first."""

from datetime import datetime
from uuid import UUID

from portfolio.application.checking import Waiting, outcome_of, received_file
from portfolio.domain.enrolment.facts import PaperReceived, PaperRefused, PaperSealed
from portfolio.domain.evidence.facts import DraftDiscarded, FileReceived, FileRefused, FileSealed
from portfolio.domain.kernel import Entry
from projections.machinery.database import Reads, Rows, View


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - whichever enrolment it belongs to
    """Keep one row for each file that waits to be checked."""
    if file := received_file(entry):
        rows.put(
            file.object_id,
            stream=file.stream,
            number=file.number,
            sender=file.sender,
            received_at=entry.at,
            position=entry.position,
        )
    elif judged := outcome_of(entry.fact):
        rows.delete(judged)


FILES_WAITING = View(
    "files_waiting",
    1,
    {"object_id": UUID},
    {"stream": UUID, "number": int, "sender": UUID, "received_at": datetime, "position": int},
    fold,
    (FileReceived, FileSealed, FileRefused, DraftDiscarded, PaperReceived, PaperSealed, PaperRefused),
    indexes=(("position",),),
)

WAITING = "SELECT object_id, stream, number, sender FROM files_waiting_v1 ORDER BY position LIMIT :limit"
COUNT = "SELECT count(*) FROM files_waiting_v1"
FIRST = "SELECT received_at FROM files_waiting_v1 ORDER BY position LIMIT 1"


def files_waiting(reads: Reads, limit: int = 1_000) -> list[Waiting]:
    """Return up to ``limit`` files that wait to be checked, those that came first."""
    rows = reads.query(WAITING, limit=limit)
    return [Waiting(object_id=file, stream=stream, number=number, sender=by) for file, stream, number, by in rows]


def how_many_wait(reads: Reads) -> int:
    """Return how many files wait to be checked."""
    return int(reads.query(COUNT)[0][0])


def waiting_since(reads: Reads) -> datetime | None:
    """Return since when the first of them has waited, None if none does."""
    rows = reads.query(FIRST)
    return rows[0][0] if rows else None
