"""Assigning: the office chooses a part, then somebody for it by name; who is not eligible is shown with why not."""

from collections.abc import Iterable
from typing import get_args
from uuid import UUID

from flask import request, url_for

from api.fields import Id
from api.judging import refusal_of
from api.lists import Search
from api.pages.asking import Act
from api.pages.common import asked, pages, render
from api.pages.enrolments.changing import apprentice_of
from api.pages.enrolments.enrolled import in_office
from api.pages.enrolments.of_parts import assigning
from api.pages.narrowing import begun
from api.reads import Sight, see
from api.services import services, today
from portfolio.domain import permissions
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import ASSIGNED, NEEDS_ROLE, Assignment
from projections.machinery.listing import Found
from projections.people import PEOPLE, PersonCard

MOST_PEOPLE = 20
"""People of whom a page lets one be chosen; more are found by more of the name."""


@pages.get("/enrolments/<uuid:enrolment_id>/administration/assigning")
def choose_whom_to_assign(enrolment_id: UUID) -> str:
    """Ask which part is to be given, then to whom."""
    sight = see(ENROLMENT, enrolment_id)
    if not permissions.may(permissions.MAY[AssignPerson], sight.held):
        raise NotPermitted
    here, name = url_for(".choose_whom_to_assign", enrolment_id=enrolment_id), apprentice_of(sight)
    part = part_asked() if request.args.get("part") else None
    found = people_with(NEEDS_ROLE[ASSIGNED[part]]) if part else []
    deciding = services().deciding()
    return render(
        "enrolments/choose.html",
        trail=[
            ("Enrolments", url_for(".enrolments")) if in_office() else ("Home", url_for(".home")),
            (f"Enrolment of {name}", url_for(".administration", enrolment_id=enrolment_id)),
        ],
        heading=f"Whom do you assign as {part}?" if part else "Which part do you assign somebody to?",
        caption=f"Enrolment of {name}",
        here=here,
        also={"part": part} if part else {},
        searches=bool(part),
        search=request.args.get("search", ""),
        more=len(found) > MOST_PEOPLE,
        choices=[
            (
                each.card.name,
                begun(each.card.works_for),
                url_for(
                    ".act_on_enrolment", enrolment_id=enrolment_id, act="assignment", part=part, person=str(each.item)
                ),
                refusal_of(assigned(sight, part, each.item), deciding),
            )
            for each in found[:MOST_PEOPLE]
        ]
        if part
        else [(begun(each), "", f"{here}?part={each.replace(' ', '+')}", None) for each in get_args(Assignment)],
        nobody="Nobody who holds the role for it has a name that begins so.",
    )


def people_with(roles: Iterable[str]) -> list[Found[PersonCard]]:
    """Return who holds one of these roles and is found by the name asked for, by name, one more than a page shows."""
    return PEOPLE.find(
        services().reads,
        today(),
        ways=[(f"role={role}",) for role in sorted(roles)],
        search=asked("search", Search()) or "",
        limit=MOST_PEOPLE + 1,
    )


def part_asked() -> Assignment:
    """Return the part that the address asks for."""
    part = request.args.get("part", "")
    known: dict[str, Assignment] = {each: each for each in get_args(Assignment)}
    if part not in known:
        raise NotVisible
    return known[part]


def assigned(sight: Sight[Enrolment], part: Assignment, person_id: UUID) -> AssignPerson:
    """Return the command by which somebody has a part from today on."""
    return AssignPerson(enrolment_id=sight.stream, person_id=person_id, assignment=part, starts_on=today())


def assignment(sight: Sight[Enrolment]) -> Act:
    """Return what assigns the person whom the address asks for."""
    person_id: UUID | None = asked("person", Id())
    if person_id is None:
        raise NotVisible
    part = part_asked()
    person = see(PERSON, person_id).state
    return assigning(sight, assigned(sight, part, person_id), person)
