"""The people of the office: everybody who is registered, by name, searched and filtered."""

from collections.abc import Sequence
from typing import get_args

from flask import url_for

from api.judging import TYPED
from api.lists import cards_shown, listed
from api.pages.asking import allowed
from api.pages.common import fresh, pages, render
from api.pages.narrowing import Filter, Narrowed
from api.people import PeopleIn, PersonState
from api.reads import may_ask
from api.services import caller, services, today
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import Role, WorksFor
from projections.machinery.listing import EVERYTHING
from projections.people import PEOPLE

FILTERS = (
    Filter("role", "Part", get_args(Role)),
    Filter("state", "State", get_args(PersonState), {"invited": "Invited, not signed in since"}),
    Filter("works_for", "Works for", get_args(WorksFor)),
)


@pages.get("/people")
def people() -> str:
    """Show who is registered, by name, as the address narrows it."""
    fresh()
    may_ask("people")
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    narrowed = Narrowed(PeopleIn, FILTERS)

    def counted(words: Sequence[str], also: Sequence[str]) -> dict[str, int]:
        return PEOPLE.counted(services().reads, today(), words, also=also, search=narrowed.query["search"] or "")

    page = listed(narrowed.query, PEOPLE, cards_shown("person_id"), also=narrowed.also())
    return render(
        "people/people.html",
        rows=page["items"],
        total=counted([EVERYTHING], narrowed.also()).get(EVERYTHING, 0),
        filters=narrowed.options(counted),
        chosen=narrowed.chosen(),
        asked=narrowed.asked,
        registers=allowed(RegisterPerson(person_id=NOBODY, name=TYPED, works_for="centre")),
        imports=permissions.may(permissions.READS["imports"], held),
        action=url_for(".people"),
        **narrowed.pages(page),
    )
