"""Plans: every recorded edition of a published plan."""

from datetime import datetime
from uuid import UUID

from portfolio.domain.kernel import Entry, Value
from portfolio.domain.plan import DefectRuled, PlanApproved, PlanImported
from projections.machinery.database import Reads, Rows, View, answers


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - plans belong to no enrolment
    """Keep one row for each edition."""
    plan_id = entry.originator_id
    match entry.fact:
        case PlanImported(plan=plan, sha256=sha256, importer=importer):
            rows.put(
                plan_id,
                reference=plan.reference,
                version_label=plan.version_label,
                title=plan.title,
                draft=plan.draft,
                approved=False,
                warnings=len(plan.warnings),
                ruled="",
                sha256=sha256,
                importer=importer,
                imported_at=entry.at,
                position=entry.position,
            )
        case DefectRuled(warning=warning):
            if row := rows.get(plan_id):
                ruled = {*row["ruled"].split(), str(warning)}
                rows.change(plan_id, ruled=" ".join(sorted(ruled, key=int)))
        case PlanApproved():
            rows.change(plan_id, approved=True)


PLANS = View(
    "plans",
    1,
    {"plan_id": UUID},
    {
        "reference": str,
        "version_label": str,
        "title": str,
        "draft": bool,
        "approved": bool,
        "warnings": int,
        "ruled": str,
        "sha256": str,
        "importer": UUID,
        "imported_at": datetime,
        "position": int,
    },
    fold,
    (PlanImported, DefectRuled, PlanApproved),
)

EDITION = """
SELECT plan_id, reference, version_label, title, draft, approved, warnings, ruled,
sha256, importer, imported_at, position FROM plans_v1
"""
ALL = f"{EDITION} ORDER BY reference, version_label, position DESC"
OF_VERSION = f"{EDITION} WHERE version_label = :version_label ORDER BY position DESC"


class Edition(Value):
    """One recorded text of a plan.

    ``draft``: printed as a draft. ``approved``: by us. ``warnings``: oddities found; ``ruled``: those with a ruling.
    ``position``: of its import.
    """

    plan_id: UUID
    reference: str
    version_label: str
    title: str
    draft: bool
    approved: bool
    warnings: int
    ruled: int
    sha256: str
    importer: UUID
    imported_at: datetime
    position: int


def plans(reads: Reads) -> list[Edition]:
    """Return every edition, by reference and version, the newest of a version first."""
    return answers(Edition, reads.query(ALL), ruled=_count)


def editions(reads: Reads, reference: str, version: str) -> list[Edition]:
    """Return the editions of one version (such as ST1297, V2), newest first."""
    return answers(Edition, reads.query(OF_VERSION, version_label=f"{reference}/{version}"), ruled=_count)


def _count(words: str) -> int:
    return len(words.split())
