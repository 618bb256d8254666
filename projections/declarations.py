"""Declarations: to which apprentices a person has said what they are."""

from uuid import UUID

from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Entry
from projections.machinery.database import Rows, View


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - people belong to no enrolment
    """Keep one row for each person and apprentice, with the place of what they said last."""
    match entry.fact:
        case InterestDeclared(apprentice=apprentice):
            rows.put(entry.originator_id, apprentice, position=entry.position)


DECLARATIONS = View(
    "declarations", 1, {"person_id": UUID, "apprentice": UUID}, {"position": int}, fold, (InterestDeclared,)
)
