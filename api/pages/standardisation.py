"""Standardisation: which assessors are standardised on which criteria, and that several of them were, in one act."""

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.fields import Id, Text
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import as_day, asked, back_to, fresh, named, pages, render
from api.pages.forms import asks_first, form, run, shown_again
from api.people import MOST_TOGETHER, CompetenceIn, TogetherIn
from api.reads import may_ask
from api.services import services, today
from portfolio.domain.competences import RecordCompetence
from portfolio.domain.criteria import CriteriaUnknown
from portfolio.domain.person import PERSON, Person
from portfolio.domain.vocabulary import ASSESSING
from projections.criteria import CRITERIA_LIST, CriteriaCard
from projections.machinery.listing import Found
from projections.people import PEOPLE

MOST_PEOPLE = MOST_TOGETHER
"""People on the page, by name: others are looked for."""
MOST_CRITERIA = 20
"""The newest of the approved criteria."""


class Assessing(NamedTuple):
    """Somebody who assesses, the day since which they are standardised, and whether that may be recorded now."""

    person_id: UUID
    name: str
    roles: tuple[str, ...]
    since: date | None
    may_be: bool


@pages.get("/standardisation")
def standardisation() -> str:
    """Show who holds a role of an assessor and is standardised on some approved criteria, and who is not."""
    fresh()
    may_ask("standardisation")
    found = approved()
    wanted, search = asked("criteria", Id()), asked("search", Text(200)) or ""
    chosen = next((each for each in found if wanted in (None, each.item)), None)
    if wanted and not chosen:
        raise CriteriaUnknown
    people = [*islice(assessing(chosen.item, search), MOST_PEOPLE + 1)] if chosen else []
    return render(
        "standardisation.html",
        criteria=[(each.item, called(each)) for each in found],
        chosen=chosen.item if chosen else None,
        called=called(chosen) if chosen else "",
        people=people[:MOST_PEOPLE],
        more=len(people) > MOST_PEOPLE,
        search=search,
        key=new_id(),
        schema=CompetenceIn,
        today=today(),
    )


def approved() -> Sequence[Found[CriteriaCard]]:
    """Return the newest of the approved criteria."""
    return CRITERIA_LIST.find(
        services().reads, today(), also=("approved=True",), order="recorded", backwards=True, limit=MOST_CRITERIA
    )


def called(criteria: Found[CriteriaCard]) -> str:
    """Return what people call criteria."""
    return f"{criteria.card.title}, version {criteria.card.version}"


def assessing(criteria_id: UUID, search: str) -> list[Assessing]:
    """Return those who hold a role of an assessor now, by name."""
    ways = [(f"role={role}",) for role in sorted(ASSESSING)]
    session, deciding = services().session(), services().deciding()
    found = PEOPLE.find(
        services().reads, today(), ways=ways, also=("state=active",), search=search, limit=MOST_PEOPLE + 1
    )
    session.read_ahead(PERSON, [each.item for each in found])
    people = [(each, session.state(PERSON, each.item)) for each in found]
    return [
        Assessing(
            person_id=each.item,
            name=each.card.name,
            roles=tuple(sorted(person.roles & ASSESSING)),
            since=(since := standardised_since(person, criteria_id)),
            may_be=since is None and refusal_of(recording(each.item, criteria_id, today()), deciding) is None,
        )
        for each, person in people
    ]


def standardised_since(person: Person, criteria_id: UUID) -> date | None:
    """Return since when somebody is standardised on criteria, None if they are not."""
    days = {held.occurred_on for held in person.competences if held.occurred_on <= today()}
    return min((day for day in days if person.standardised_on(criteria_id, day)), default=None)


def recording(person_id: UUID, criteria_id: UUID, day: date, detail: str = "") -> RecordCompetence:
    """Return the command that records that somebody was standardised."""
    return RecordCompetence(
        person_id=person_id, kind="standardised", criteria_id=criteria_id, occurred_on=day, detail=detail
    )


@pages.post("/standardisation")
@shown_again(standardisation)
def standardise() -> Response:
    """Record that several people were standardised together, once that is confirmed; refuse all if one is refused."""
    body = {**form(CompetenceIn, also={"kind": "standardised"}), **form(TogetherIn)}
    of = next((each for each in approved() if each.item == body["criteria_id"]), None)
    if of is None:
        raise CriteriaUnknown
    chosen = sorted({*body["people"]})
    commands = [recording(each, of.item, body["occurred_on"], body["detail"]) for each in chosen]
    deciding = services().deciding()
    if refusal := next((why for each in commands if (why := refusal_of(each, deciding))), None):
        raise refusal
    names = named(chosen)
    here = url_for(".standardisation", criteria=of.item)
    who = ", ".join(sorted(names.get(each, "") for each in chosen))
    says = f"{who}. On {as_day(body['occurred_on'])}, on {called(of)}. It counts from that day on."
    number = f"{len(chosen)} people were" if len(chosen) > 1 else f"{who} was"
    if question := asks_first(f"Record that {number} standardised?", says, "Record it", here, keeps=True):
        return question
    done = [run(each, step=str(each.person_id)) for each in commands]
    return back_to(".standardisation", done[-1].position, criteria=request.form["criteria_id"])
