"""Evidence items: what lies in an enrolment's portfolio, each item by its newest version."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from portfolio.domain.evidence.erasure import FileErased
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDescribed,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileReceived,
    FileRefused,
    FileSealed,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.item import KIND_OF, Stage
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import EvidenceKind
from projections.machinery.database import Reads, Rows, View, answers


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each version of each evidence item; of one that was discarded it says nothing but that."""
    item = entry.originator_id
    match entry.fact:
        case UploadOffered(version=version, title=title, media_type=media_type):
            _begin(rows, entry, owner, version, title, "work product", "offered", media_type)
        case EvidenceRecorded(version=version, title=title, record=record):
            _begin(rows, entry, owner, version, title, KIND_OF[type(record)], "accepted", "text/plain")
        case DraftDescribed(version=version, title=title):
            rows.change(item, version, title=title)
        case FileReceived(version=version):
            rows.change(item, version, stage="received")
        case FileRefused(version=version):
            rows.change(item, version, stage="refused", claims="")
        case FileSealed(version=version, bounds=bounds):
            rows.change(item, version, stage="sealed", media_type=bounds.media_type)
        case EvidenceSubmitted(version=version):
            rows.change(item, version, stage="submitted", submitted_at=entry.at, submitted=entry.position)
        case EvidenceReturned(version=version):
            rows.change(item, version, stage="returned")
        case EvidenceAccepted(version=version):
            rows.change(item, version, stage="accepted")
        case EvidenceReplaced(version=version):
            rows.change(item, version, stage="replaced")
        case EvidenceWithdrawn(version=version):
            rows.change(item, version, stage="withdrawn", claims="")
        case DraftDiscarded(version=version):
            rows.change(item, version, stage="discarded", title="", media_type="", claims="")
        case FileErased(version=version):
            rows.change(item, version, claims="")
        case StatementClaimed(version=version, code=code):
            _claim(rows, item, version, add={code})
        case ClaimDropped(version=version, code=code):
            _claim(rows, item, version, drop={code})


def _begin(
    rows: Rows,
    entry: Entry,
    owner: UUID | None,
    version: int,
    title: str,
    kind: EvidenceKind,
    stage: Stage,
    media_type: str,
) -> None:
    item = entry.originator_id
    first = rows.get(item, 1) if version > 1 else None
    rows.put(
        item,
        version,
        enrolment_id=owner,
        title=title,
        kind=kind,
        stage=stage,
        media_type=media_type,
        claims="",
        position=entry.position,
        began=first["position"] if first else entry.position,
        submitted_at=None,
        submitted=None,
    )


def _claim(rows: Rows, item: UUID, version: int, add: Set[str] = frozenset(), drop: Set[str] = frozenset()) -> None:
    if row := rows.get(item, version):
        claims = (set(row["claims"].split()) | add) - drop
        rows.change(item, version, claims=" ".join(sorted(claims, key=code_order)))


VERSIONS = View(
    "evidence_versions",
    4,
    {"evidence_id": UUID, "version": int},
    {
        "enrolment_id": UUID,
        "title": str,
        "kind": str,
        "stage": str,
        "media_type": str,
        "claims": str,
        "position": int,
        "began": int,
        "submitted_at": datetime,
        "submitted": int,
    },
    fold,
    (
        UploadOffered,
        DraftDescribed,
        EvidenceRecorded,
        FileReceived,
        FileRefused,
        FileSealed,
        EvidenceSubmitted,
        EvidenceReturned,
        EvidenceAccepted,
        EvidenceReplaced,
        EvidenceWithdrawn,
        DraftDiscarded,
        FileErased,
        StatementClaimed,
        ClaimDropped,
    ),
    indexes=(("enrolment_id", "stage"),),
)

ITEMS = """
SELECT v.evidence_id, v.version, v.title, v.kind, v.stage, v.media_type, v.claims, v.submitted_at, v.began
FROM evidence_versions_v4 AS v
WHERE v.enrolment_id = :enrolment_id AND v.version = (
    SELECT max(w.version) FROM evidence_versions_v4 AS w WHERE w.evidence_id = v.evidence_id
    AND (:drafts OR w.stage IN ('submitted', 'returned', 'accepted', 'replaced')) AND w.stage <> 'discarded'
)
ORDER BY v.began
"""


UNFINISHED = """
FROM evidence_versions_v4 AS v WHERE v.enrolment_id = :enrolment_id
AND v.stage IN ('offered', 'received', 'refused', 'sealed', 'returned') AND NOT EXISTS (
    SELECT 1 FROM evidence_versions_v4 AS w WHERE w.evidence_id = v.evidence_id AND w.version > v.version
    AND w.stage NOT IN ('withdrawn', 'discarded')
)
"""
"""The newest version of each item of which the apprentice has still to hand one in."""


class Item(Value):
    """An evidence item as its newest version shows it; ``claims`` are codes in order.

    ``position`` is where the log has the item's first fact, whatever versions came or were discarded since.
    """

    evidence_id: UUID
    version: int
    title: str
    kind: EvidenceKind
    stage: Stage
    media_type: str
    claims: tuple[str, ...]
    submitted_at: datetime | None
    position: int


def items(reads: Reads, enrolment_id: UUID, *, drafts: bool) -> list[Item]:
    """Return the evidence items of an enrolment by age, each by its newest version.

    ``drafts``: with versions not handed in or withdrawn, which only the apprentice may see; discarded ones are gone.
    """
    rows = reads.query(ITEMS, enrolment_id=enrolment_id, drafts=drafts)
    return answers(Item, rows, claims=lambda codes: tuple(codes.split()))


def unfinished(reads: Reads, enrolment_id: UUID) -> list[UUID]:
    """Return the items of which the apprentice has still to hand a version in, a draft or a returned one, by age."""
    rows = reads.query(f"SELECT v.evidence_id {UNFINISHED} ORDER BY v.began", enrolment_id=enrolment_id)
    return [evidence_id for (evidence_id,) in rows]


def how_many_unfinished(reads: Reads, enrolment_id: UUID) -> int:
    """Return how many those are."""
    return int(reads.query(f"SELECT count(*) {UNFINISHED}", enrolment_id=enrolment_id)[0][0])
