"""Appeals queue: which appeals are open, oldest first, and which step each waits for."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberReplaced,
    SecondLookAsked,
)
from portfolio.domain.kernel import Entry, Value
from projections.machinery.database import Reads, Rows, View, answers

AppealStep = Literal["admission", "panel", "outcome", "second look", "further member"]


NOTHING = "nothing"
"""What an appeal waits for that is not heard, until its appellant asks for a second look."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each open appeal, with the step it waits for."""
    appeal = entry.originator_id
    match entry.fact:
        case AppealLodged(subject=subject, appellant=appellant, apprentice=apprentice):
            rows.put(
                appeal,
                enrolment_id=owner,
                apprentice=apprentice,
                appellant=appellant,
                decision_id=subject.decision_id if isinstance(subject, DecisionSubject) else None,
                waits_for="admission",
                lodged_at=entry.at,
                position=entry.position,
            )
        case AppealAdmitted():
            rows.change(appeal, waits_for="panel")
        case PanelConvened() | PanelMemberAdded() | PanelMemberReplaced():
            rows.change(appeal, waits_for="outcome")
        case PanelDivided():
            rows.change(appeal, waits_for="further member")
        case AppealNotAdmitted():
            rows.change(appeal, waits_for=NOTHING)  # the row stays: the appellant may ask for a second look
        case SecondLookAsked():
            rows.change(appeal, waits_for="second look")
        case AppealDecided() | AppealWithdrawn():
            rows.delete(appeal)


APPEALS = View(
    "open_appeals",
    2,
    {"appeal_id": UUID},
    {
        "enrolment_id": UUID,
        "apprentice": UUID,
        "appellant": UUID,
        "decision_id": UUID,
        "waits_for": str,
        "lodged_at": datetime,
        "position": int,
    },
    fold,
    (
        AppealLodged,
        AppealAdmitted,
        AppealNotAdmitted,
        SecondLookAsked,
        PanelConvened,
        PanelDivided,
        PanelMemberAdded,
        PanelMemberReplaced,
        AppealDecided,
        AppealWithdrawn,
    ),
    indexes=(("position",),),
)

LODGED = """
SELECT position, lodged_at, appeal_id, enrolment_id, apprentice, appellant, decision_id, waits_for
FROM open_appeals_v2 WHERE position > :after AND waits_for <> :nothing ORDER BY position LIMIT :limit
"""

COUNT = "SELECT count(*) FROM open_appeals_v2 WHERE waits_for <> :nothing"


class OpenAppeal(Value):
    """An appeal that waits for a step: of its officer, of a responsible officer, or of its panel."""

    position: int
    since: datetime
    appeal_id: UUID
    enrolment_id: UUID
    apprentice: UUID
    appellant: UUID
    decision_id: UUID | None
    waits_for: AppealStep


def appeals_queue(reads: Reads, *, after: int = 0, limit: int = 50) -> list[OpenAppeal]:
    """Return up to ``limit`` open appeals lodged after a position, oldest first, with the step each waits for."""
    return answers(OpenAppeal, reads.query(LODGED, after=after, limit=limit, nothing=NOTHING))


def how_many(reads: Reads) -> int:
    """Return how many appeals wait for a step."""
    return int(reads.query(COUNT, nothing=NOTHING)[0][0])
