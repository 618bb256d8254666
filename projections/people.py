"""People: who is registered, by name, and with which roles."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Entry, Value
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSuspended
from projections.machinery.database import Reads, Rows, View, answers


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - people belong to no enrolment
    """Keep one row for each person."""
    person = entry.originator_id
    match entry.fact:
        case PersonRegistered(name=name, works_for=works_for):
            rows.put(person, name=name, works_for=works_for, roles="", suspended=False)
        case RoleGranted(role=role):
            rows.change(person, roles=", ".join(sorted({*_roles(rows, person), role})))
        case RoleEnded(role=role):
            rows.change(person, roles=", ".join(sorted({*_roles(rows, person)} - {role})))
        case PersonSuspended():
            rows.change(person, suspended=True)
        case PersonReinstated():
            rows.change(person, suspended=False)


def _roles(rows: Rows, person: UUID) -> tuple[str, ...]:
    row = rows.get(person)
    return roles_in(row["roles"]) if row else ()


def roles_in(text: str) -> tuple[str, ...]:
    """Return the roles of a row, in order."""
    return tuple(text.split(", ")) if text else ()


PEOPLE = View(
    "people",
    2,
    {"person_id": UUID},
    {"name": str, "works_for": str, "roles": str, "suspended": bool},
    fold,
    (PersonRegistered, RoleGranted, RoleEnded, PersonSuspended, PersonReinstated),
    indexes=(("name", "person_id"),),
)

ALL = """
SELECT person_id, name, works_for, roles, suspended FROM people_v2
WHERE (name, person_id) > (:name, :person_id) ORDER BY name, person_id LIMIT :limit
"""
BATCH_SIZE = 500
"""Names of one question."""


class PersonRow(Value):
    """A person as a list shows them; while they are ``suspended`` their roles count for nothing."""

    person_id: UUID
    name: str
    works_for: str
    roles: tuple[str, ...]
    suspended: bool


def people(reads: Reads, *, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[PersonRow]:
    """Return up to ``limit`` people by name, after the (name, person_id) of the last one seen."""
    name, person_id = after or ("", NOBODY)
    return answers(PersonRow, reads.query(ALL, name=name, person_id=person_id, limit=limit), roles=roles_in)


def names(reads: Reads, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those of these people who are registered."""
    people_ids = sorted(set(ids))
    names_by_id: dict[UUID, str] = {}
    for first in range(0, len(people_ids), BATCH_SIZE):
        parameters = {f"p{number}": person for number, person in enumerate(people_ids[first : first + BATCH_SIZE])}
        among = ", ".join(f":{parameter}" for parameter in parameters)
        question = f"SELECT person_id, name FROM people_v2 WHERE person_id IN ({among})"  # noqa: S608 - names of parameters only
        names_by_id |= dict(reads.query(question, **parameters))
    return names_by_id
