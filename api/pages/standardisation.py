"""Standardisation: which assessors are standardised on which criteria, and who is assigned without it."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from api.pages.common import fresh, pages, render
from api.reads import may_ask
from api.services import services, today
from portfolio.domain.person import PERSON, Person
from portfolio.domain.vocabulary import ASSESSING
from projections.criteria import CRITERIA_LIST
from projections.people import PEOPLE

MOST_PEOPLE = 200
MOST_CRITERIA = 20
"""The newest of the approved criteria."""


class Assessing(NamedTuple):
    """Somebody who assesses, with the day on which they were standardised on each of the criteria, None if never."""

    name: str
    roles: tuple[str, ...]
    days: tuple[date | None, ...]


@pages.get("/standardisation")
def standardisation() -> str:
    """Show everybody who holds a role of an assessor, and on which approved criteria they are standardised."""
    fresh()
    may_ask("standardisation")
    found = CRITERIA_LIST.find(
        services().reads, today(), also=("approved=True",), order="recorded", backwards=True, limit=MOST_CRITERIA
    )
    criteria = [(each.item, each.card) for each in found]
    people = [*islice(assessing(tuple(each for each, _ in criteria)), MOST_PEOPLE + 1)]
    return render(
        "standardisation.html",
        criteria=[card for _, card in criteria],
        people=people[:MOST_PEOPLE],
        more=len(people) > MOST_PEOPLE,
    )


def assessing(criteria: tuple[UUID, ...]) -> Iterator[Assessing]:
    """Yield those who hold a role of an assessor now, by name."""
    ways = [(f"role={role}",) for role in sorted(ASSESSING)]
    session = services().session()
    found = PEOPLE.find(services().reads, today(), ways=ways, also=("state=active",), limit=MOST_PEOPLE + 1)
    for each in found:
        person = session.state(PERSON, each.item)
        days = tuple(standardised_since(person, criteria_id) for criteria_id in criteria)
        yield Assessing(each.card.name, tuple(sorted(person.roles & ASSESSING)), days)


def standardised_since(person: Person, criteria_id: UUID) -> date | None:
    """Return since when somebody is standardised on criteria, None if they are not."""
    days = {held.occurred_on for held in person.competences if held.occurred_on <= today()}
    return min((day for day in days if person.standardised_on(criteria_id, day)), default=None)
