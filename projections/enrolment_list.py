"""Enrolment list: every enrolment by the apprentice's name, found by what it is and by who has a part in it today.

A route, an employer or a part that begins or ends on a day is filed from that day or until it: no fact tells that a day
has come.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args
from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact
from portfolio.domain.appeal.fold import evolve as evolve_appeal
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.corrections import NameCorrected
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, EnrolmentFact
from portfolio.domain.enrolment.lasting import Lasting
from portfolio.domain.enrolment.state import Enrolment, evolve
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Entry, Value, changed
from portfolio.domain.person import PersonRegistered
from portfolio.domain.vocabulary import (
    ASSIGNED,
    ASSIGNED_ASSESSOR,
    PANEL_MEMBER_HERE,
    SECOND_PERSON,
    THE_APPRENTICE,
)
from projections.machinery.listing import Card, Filing, Listed, Listing, folded

DECLARED = "declared"
"""Under this and a person is filed what is about an apprentice to whom that person said what they are."""
WITH_APPEALS = "with appeals"
"""Under this are filed the enrolments about which there was ever an appeal."""


class EnrolmentCard(Value):
    """An enrolment with the ``name`` of its apprentice; ``position`` is where the log has its first fact.

    The card of a person, which is not listed, has their name and the enrolments that are about them. Both have who
    ``declared`` what they are to that apprentice.
    """

    name: str
    position: int = 0
    enrolment: Enrolment = Enrolment()
    appeals: dict[UUID, Appeal] = {}
    enrolments: tuple[UUID, ...] = ()
    declared: frozenset[UUID] = frozenset()


def changes(entry: Entry, owner: UUID | None, card: Card[EnrolmentCard]) -> Iterator[tuple[UUID, EnrolmentCard]]:
    """Yield the cards that a fact changes: those of an enrolment, or of a person and their enrolments."""
    fact, stream = entry.fact, entry.originator_id
    if isinstance(fact, PersonRegistered):
        yield stream, changed(card(stream) or EnrolmentCard(name=""), name=fact.name)
    elif isinstance(fact, NameCorrected) and (person := card(stream)):
        yield stream, changed(person, name=fact.name)
        for each in person.enrolments:
            if enrolled := card(each):
                yield each, changed(enrolled, name=fact.name)
    elif isinstance(fact, InterestDeclared):
        person = card(fact.apprentice) or EnrolmentCard(name="")
        for each in (fact.apprentice, *person.enrolments):
            known = card(each) or person
            yield each, changed(known, declared=known.declared | {stream})
    elif isinstance(fact, ApprenticeEnrolled):
        person = card(fact.apprentice) or EnrolmentCard(name="")
        yield fact.apprentice, changed(person, enrolments=(*person.enrolments, stream))
        yield (
            stream,
            EnrolmentCard(
                name=person.name,
                position=entry.position,
                enrolment=kept(evolve(Enrolment(), fact)),
                declared=person.declared,
            ),
        )
    elif owner is not None and (before := card(owner)):
        if isinstance(fact, AppealFact):
            appeal = evolve_appeal(before.appeals.get(stream, Appeal()), fact)
            yield owner, changed(before, appeals={**before.appeals, stream: appeal})
        elif isinstance(fact, EnrolmentFact):
            yield owner, changed(before, enrolment=kept(evolve(before.enrolment, fact)))


def kept(enrolment: Enrolment) -> Enrolment:
    """Return of an enrolment what the list rests on: no papers, and no learner number."""
    return changed(enrolment, papers=(), uln="")


def filed(relation: str, person: UUID) -> str:
    """Return the word under which is filed that to which a person is this, or ``DECLARED``."""
    return f"{relation}={person}"


def listed(enrolment_id: UUID, card: EnrolmentCard) -> Listed | None:  # noqa: ARG001 - the card says all
    """Return how an enrolment is listed, None for the card of a person."""
    enrolment = card.enrolment
    if not enrolment.exists():
        return None
    panel = {
        member for appeal in card.appeals.values() if appeal.is_open() for member in appeal.members - appeal.recused
    }
    return Listed(
        card.name,
        card.position,
        (
            Filing(f"plan_id={enrolment.plan_id}"),
            Filing(f"plan={enrolment.plan_reference}"),
            Filing(f"centre_ukprn={enrolment.centre_ukprn}"),
            *by_day((f"route={each.route}", max(each.since, enrolment.routes[0].since)) for each in enrolment.routes),
            *by_day((f"employer={folded(each.employer)}", each.since) for each in enrolment.held_by()),
            *by_day(states(enrolment.lasting)),
            Filing(filed(THE_APPRENTICE, enrolment.apprentice)),
            *(
                Filing(filed(ASSIGNED[part.assignment], part.person_id), part.starts_on, part.ends_on)
                for part in enrolment.assigned
            ),
            *(Filing(filed(SECOND_PERSON, route.second_person)) for route in enrolment.scrutiny_routes),
            *(Filing(filed(PANEL_MEMBER_HERE, member)) for member in sorted(panel)),
            *(Filing(filed(DECLARED, person)) for person in sorted(card.declared)),
            *([Filing(WITH_APPEALS)] if card.appeals else []),
        ),
        about=enrolment.apprentice,
    )


def by_day(held: Iterable[tuple[str, date]]) -> Iterator[Filing]:
    """Yield words of which each holds from its day on until the next one does; the first held before that, too."""
    words, days = zip(*held, strict=True)
    for word, since, until in zip(words, [None, *days[1:]], [*days[1:], None], strict=True):
        if since is None or until is None or since < until:
            yield Filing(word, since, until)


def states(lasting: Lasting) -> list[tuple[str, date]]:
    """Return what the enrolment is, with the day from which it is that, in the order of days."""
    days = {date.min, *(day for each in lasting.breaks for day in (each.since, each.until) if day)}
    if lasting.ended:
        days.add(lasting.ended.on)
    return [(f"state={lasting.state_on(day)}", day) for day in sorted(days)]


def assessors(enrolment: Enrolment, today: date) -> list[UUID]:
    """Return who is assigned as assessor today, in order."""
    return sorted(
        {
            part.person_id
            for part in enrolment.assigned
            if part.on(today) and ASSIGNED[part.assignment] == ASSIGNED_ASSESSOR
        }
    )


ENROLMENT_LIST = Listing(
    "enrolment_list",
    3,
    EnrolmentCard,
    (PersonRegistered, NameCorrected, InterestDeclared, *get_args(EnrolmentFact), *get_args(AppealFact)),
    changes,
    listed,
)
