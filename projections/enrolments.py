"""Enrolments: those in which a person has a part today, and which."""

from datetime import date
from uuid import UUID

import msgspec

from portfolio.domain.appeal.facts import PanelConvened, PanelMemberAdded, PanelMemberReplaced
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned, PersonReleased, RouteChanged
from portfolio.domain.enrolment.state import RouteFrom, route_on, routes_after
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import ASSIGNED, MEMBER_OF_THE_PANEL, THE_APPRENTICE
from projections.machinery.database import Reads, Rows, View


class Routes(Value):
    """The routes of an enrolment in the order of their days."""

    chosen: tuple[RouteFrom, ...]


def fold_enrolments(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - the stream is the owner
    """Keep one row for each enrolment, with all its routes."""
    match entry.fact:
        case ApprenticeEnrolled(apprentice=apprentice, plan_id=plan_id, employer=employer) as fact:
            first = RouteFrom(since=fact.starts_on, route=fact.route, form_id=fact.form_id)
            rows.put(
                entry.originator_id,
                apprentice=apprentice,
                plan_id=plan_id,
                employer=employer,
                routes=Routes(chosen=(first,)),
                position=entry.position,
            )
        case RouteChanged() as moved:
            if row := rows.get(entry.originator_id):
                rows.change(entry.originator_id, routes=Routes(chosen=routes_after(row["routes"].chosen, moved)))


ENROLMENTS = View(
    "enrolments",
    2,
    {"enrolment_id": UUID},
    {"apprentice": UUID, "plan_id": UUID, "employer": str, "routes": Routes, "position": int},
    fold_enrolments,
    (ApprenticeEnrolled, RouteChanged),
)


def fold_parts(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep the rows of what each person is to an enrolment and from when to when; an assessor's, one per component.

    A part without components is for all of them; one without a first day holds for ever, as a panel member's does.
    """
    enrolment = entry.originator_id
    match entry.fact:
        case PanelConvened(members=members) if owner is not None:
            for person in members:
                rows.put(owner, person, MEMBER_OF_THE_PANEL, 1, component="", starts_on=None, ends_on=None)
        case PanelMemberAdded(member=member) if owner is not None:
            rows.put(owner, member, MEMBER_OF_THE_PANEL, 1, component="", starts_on=None, ends_on=None)
        case PanelMemberReplaced(member=member, replacement=replacement) if owner is not None:
            rows.delete(owner, member, MEMBER_OF_THE_PANEL, 1)
            rows.put(owner, replacement, MEMBER_OF_THE_PANEL, 1, component="", starts_on=None, ends_on=None)
        case ApprenticeEnrolled(apprentice=apprentice):
            rows.put(enrolment, apprentice, THE_APPRENTICE, 1, component="", starts_on=None, ends_on=None)
        case PersonAssigned(person_id=person, assignment=assignment, starts_on=starts_on, components=components):
            relation = ASSIGNED[assignment]
            first = _next(rows, enrolment, person, relation)
            for number, component in enumerate(sorted(components) or [""], start=first):
                rows.put(enrolment, person, relation, number, component=component, starts_on=starts_on, ends_on=None)
        case PersonReleased(person_id=person, assignment=assignment, ends_on=ends_on):
            relation = ASSIGNED[assignment]
            numbers = range(1, _next(rows, enrolment, person, relation))
            held = {number: row for number in numbers if (row := rows.get(enrolment, person, relation, number))}
            ended = [number for number, row in held.items() if row["ends_on"] is None] or [
                number for number, row in held.items() if row["ends_on"] > ends_on
            ]
            for number in ended:
                rows.change(enrolment, person, relation, number, ends_on=ends_on)


def _next(rows: Rows, enrolment: UUID, person: UUID, relation: str) -> int:
    number = 1
    while rows.get(enrolment, person, relation, number):
        number += 1
    return number


PARTS = View(
    "parts",
    3,
    {"enrolment_id": UUID, "person_id": UUID, "relation": str, "number": int},
    {"component": str, "starts_on": date, "ends_on": date},
    fold_parts,
    (PanelConvened, PanelMemberAdded, PanelMemberReplaced, ApprenticeEnrolled, PersonAssigned, PersonReleased),
    indexes=(("person_id", "relation"),),
)


SECOND_PERSON_OF = """
SELECT DISTINCT 'second person of a scrutiny route', e.enrolment_id, e.apprentice, e.plan_id, e.employer, e.routes,
e.position
FROM scrutiny_routes_v1 AS s JOIN enrolments_v2 AS e ON e.enrolment_id = s.enrolment_id
WHERE s.second_person = :person_id
"""

RELATIONS = """
SELECT DISTINCT p.relation, e.enrolment_id, e.apprentice, e.plan_id, e.employer, e.routes, e.position
FROM parts_v3 AS p JOIN enrolments_v2 AS e ON e.enrolment_id = p.enrolment_id
WHERE p.person_id = :person_id
AND (p.starts_on IS NULL OR p.starts_on <= :today) AND (p.ends_on IS NULL OR p.ends_on > :today)
"""


class EnrolmentOf(Value):
    """An enrolment and what the person is to it; ``position`` is where the log has its first fact.

    ``form_id`` and ``route`` are those that hold on the day asked for.
    """

    relation: str
    enrolment_id: UUID
    apprentice: UUID
    plan_id: UUID
    form_id: UUID
    route: str
    employer: str
    position: int


def enrolments_of(reads: Reads, person_id: UUID, today: date) -> list[EnrolmentOf]:
    """Return the enrolments in which the person is the apprentice or has a part today, oldest first, one row a part.

    The second person of a scrutiny route has one for good.
    """
    rows = [
        *reads.query(RELATIONS, person_id=person_id, today=today),
        *reads.query(SECOND_PERSON_OF, person_id=person_id),
    ]
    return sorted((_enrolment(today, *row) for row in rows), key=lambda each: (each.position, each.relation))


def _enrolment(
    today: date,
    relation: str,
    enrolment_id: UUID,
    apprentice: UUID,
    plan_id: UUID,
    employer: str,
    stored: bytes,
    position: int,
) -> EnrolmentOf:
    routes = msgspec.json.decode(stored, type=Routes).chosen
    current = route_on(routes, today) or routes[0]
    return EnrolmentOf(
        relation=relation,
        enrolment_id=enrolment_id,
        apprentice=apprentice,
        plan_id=plan_id,
        form_id=current.form_id,
        route=current.route,
        employer=employer,
        position=position,
    )
