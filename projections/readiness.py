"""Readiness: one enrolment as the readiness policy sees it."""

from uuid import UUID

import msgspec

from portfolio.domain.enrolment.facts import ApprenticeEnrolled
from portfolio.domain.kernel import Entry, tag_of
from portfolio.domain.readiness.picture import PICTURE_FACTS, Picture, see
from projections.machinery.database import Reads, Rows, View

EMPTY = Picture()
BEGINNING = tag_of(ApprenticeEnrolled)


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one picture for each enrolment."""
    if owner is None:
        return
    row = None if entry.tag == BEGINNING else rows.get(owner)  # to look for what cannot be there yet takes long
    before = row["picture"] if row else EMPTY
    after = see(before, entry)
    if after is not before:
        rows.put(owner, picture=after)


READINESS = View("readiness", 7, {"enrolment_id": UUID}, {"picture": Picture}, fold, PICTURE_FACTS)

PICTURE = "SELECT picture FROM readiness_v7 WHERE enrolment_id = :enrolment_id"


def picture_of(reads: Reads, enrolment_id: UUID) -> Picture | None:
    """Return what readiness of an enrolment is computed from, as known now; None if there is no such enrolment."""
    rows = reads.query(PICTURE, enrolment_id=enrolment_id)
    return msgspec.json.decode(rows[0][0], type=Picture) if rows else None
