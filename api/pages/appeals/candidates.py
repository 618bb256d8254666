"""Candidates: who could hear an appeal, found by name, each judged by the very rule that will judge the panel."""

from collections.abc import Callable, Iterable
from typing import NamedTuple
from uuid import UUID

from api.lists import cards_shown, listed, words_of
from api.pages.appeals.case import Case
from api.pages.forms import query_of
from api.people import PeopleIn
from api.reads import may_ask
from api.services import caller, services
from portfolio.application.loaders import load
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.panel import ConvenePanel, check_members
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import PERSON
from portfolio.domain.sentences import FROM
from portfolio.domain.vocabulary import PANEL_MEMBER
from projections.machinery.listing import folded
from projections.people import PEOPLE

MOST = 25
"""Candidates on a page, beside those that are chosen already."""

Judged = Callable[[UUID], Rejected | None]
"""Says why a person cannot be chosen, None if they can."""


class Candidate(NamedTuple):
    """A person with the role, whom they work for, whether they count as independent, and why not if they cannot."""

    person_id: UUID
    name: str
    works_for: str
    independent: bool
    why_not: Rejected | None


class Candidates(NamedTuple):
    """The candidates whose names match ``search``, those chosen first; ``more`` if there are others."""

    search: str
    able: list[Candidate]
    unable: list[Candidate]
    more: bool


def candidates(search: str, chosen: Iterable[UUID], judged: Judged) -> Candidates:
    """Return who holds the role, by name, and those chosen already, each as the rule judges them."""
    may_ask("people")
    readable = search if folded(search) else ""
    query = query_of(PeopleIn, {"role": PANEL_MEMBER, "search": readable, "limit": str(MOST)})
    found = listed(query, PEOPLE, cards_shown("person_id"), also=words_of(query, "role"))
    cards = PEOPLE.cards(services().reads, sorted(chosen)[:MOST])
    ids = [*sorted(cards, key=lambda each: cards[each].name), *(row["person_id"] for row in found["items"])]
    session = services().session()
    session.read_ahead(PERSON, ids)
    shown = [candidate(each, judged, session) for each in dict.fromkeys(ids)]
    return Candidates(
        search=search,
        able=[each for each in shown if each.why_not is None],
        unable=[each for each in shown if each.why_not is not None],
        more=found["next"] is not None,
    )


def candidate(person_id: UUID, judged: Judged, session: ReadSession) -> Candidate:
    """Return one candidate as they stand on record."""
    person = session.state(PERSON, person_id)
    whom = FROM.get(person.works_for, "").removeprefix(", ")
    return Candidate(person_id, person.name, whom, person.outside_the_organisation(), judged(person_id))


def for_panel(case: Case) -> Judged:
    """Return what judges a candidate as the rule judges each member when a panel is convened."""
    session = services().deciding()

    def judged(person_id: UUID) -> Rejected | None:
        member = frozenset({person_id})
        command = ConvenePanel(appeal_id=case.appeal_id, members=member)
        try:
            check_members(case.appeal, member, load(session, command, caller(), services().now()))
        except Rejected as refusal:
            return refusal
        return None

    return judged
