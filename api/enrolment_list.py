"""The list of enrolments: all to an office, to others those in which they have a part today."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from marshmallow import fields

from api.fields import Day, Id, Position, Text
from api.lists import NAMES, RECORDED, RELATIONS, every, list_in, listed, seen_by, words_of
from api.reads import lacking_enrolments, named_if_unread, wait_for
from api.schemas import PageOut, Schema
from api.services import caller, services, today, within_rows
from api.shapes import word
from portfolio.application.words import words_for
from portfolio.domain import permissions
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.lasting import EnrolmentState
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.person import PERSON, Person
from portfolio.domain.vocabulary import ASSIGNED, ASSIGNED_ASSESSOR, SECOND_PERSON, THE_APPRENTICE, Relation, Word
from projections.enrolment_list import DECLARED, ENROLMENT_LIST, EnrolmentCard, assessors, filed
from projections.machinery.listing import Found, folded, sorted_as

HIDDEN: dict[str, fields.Field[Any]] = {
    "employer": Text(load_default=None, metadata={"description": "The whole name, whatever its accents and case."}),
    "centre_ukprn": Text(50, load_default=None),
    "state": word(EnrolmentState, load_default=None, metadata={"description": "What the enrolment is today."}),
    "assessor": Id(load_default=None, metadata={"description": "Who is assigned as assessor today."}),
}
"""Filters by what is not shown before an interest is declared."""

EnrolmentsIn = list_in(
    "EnrolmentsIn",
    (*RECORDED, *NAMES),
    search="the apprentice's name",
    relation=word(Relation, load_default=None, metadata={"description": "Only those to which you are this today."}),
    declared=fields.Boolean(
        load_default=None, metadata={"description": "False: those to whom you still have to say what you are."}
    ),
    plan_id=Id(load_default=None),
    plan=Text(50, load_default=None, metadata={"description": "A plan's reference, of whatever edition."}),
    route=Text(50, load_default=None, metadata={"description": "The route that holds today."}),
    **HIDDEN,
)

MOST_OWN = 50
"""Of so many enrolments of an apprentice the newest is looked for."""


class EnrolmentRowOut(Schema):
    """An enrolment of a list. ``relations`` are what you are to it today, ``relation`` the first of them.

    ``route`` and ``form_id`` hold today. What is left out is not shown until you say what you are to the apprentice.
    """

    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    relation = word(Relation, required=True, allow_none=True)
    relations = fields.List(word(Relation), required=True)
    declared = fields.Boolean(required=True, metadata={"description": "Whether you said what you are to them."})
    plan_id = Id(required=True)
    plan_reference = fields.String(required=True)
    form_id = Id(required=True)
    route = fields.String(required=True)
    employer = fields.String(required=True)
    centre_ukprn = fields.String()
    starts_on = Day()
    state = word(EnrolmentState)
    assessors = fields.List(Id())
    position = Position(required=True)


class EnrolmentsOut(PageOut):
    """Enrolments in the order asked for."""

    items = fields.List(fields.Nested(EnrolmentRowOut), required=True)


def enrolments_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the enrolments that the caller may see."""
    session = services().session()
    person = session.state(PERSON, caller())
    everywhere = session.held(caller(), NOBODY, State(), NOBODY, today())
    permissions.check_read("own enrolments", everywhere)
    wait_for(query["after"])
    hides = any(query[name] is not None for name in HIDDEN)
    ways = seen_by(person, "enrolment", everywhere, hides=hides)
    also = words_of(query, "plan_id", "plan", "route", "centre_ukprn", "state")
    if query["relation"] is not None:
        also.append(filed(query["relation"], caller()))
        ways = ways if person.keeps({query["relation"]}) & permissions.SEES["enrolment"].any_of else []
    if query["employer"] is not None:
        also.append(f"employer={folded(query['employer'])}")
    if query["assessor"] is not None:
        also.append(filed(ASSIGNED_ASSESSOR, query["assessor"]))
    if query["declared"]:
        also.append(filed(DECLARED, caller()))
    return listed(
        query,
        ENROLMENT_LIST,
        partial(rows_seen, person, hides=hides),
        ways=ways,
        also=also,
        without=filed(DECLARED, caller()) if query["declared"] is False else "",
    )


def enrolments_counted(words: Sequence[str], also: Sequence[str], search: str) -> dict[str, int]:
    """Return how many enrolments the caller finds under each word, of those filed ``also`` under all of those.

    As in the list, nothing is counted by what is not shown before an interest is declared.
    """
    session = services().session()
    everywhere = session.held(caller(), NOBODY, State(), NOBODY, today())
    hides = any(word.partition("=")[0] in HIDDEN for word in (*words, *also))
    ways = seen_by(session.state(PERSON, caller()), "enrolment", everywhere, hides=hides)
    return ENROLMENT_LIST.counted(services().reads, today(), words, ways=ways, also=also, search=search)


def to_declare(most: int) -> list[dict[str, Any]]:
    """Return up to so many enrolments that the caller sees more of once they say what they are to the apprentice."""
    person = services().session().state(PERSON, caller())
    relations = sorted(person.keeps(permissions.DECLARE_FIRST & permissions.SEES["enrolment"].any_of & RELATIONS))
    found = ENROLMENT_LIST.find(
        services().reads,
        today(),
        ways=[(filed(relation, caller()),) for relation in relations],
        without=filed(DECLARED, caller()),
        order="recorded",
        limit=most,
    )
    return [row for _, row in rows_seen(person, found, hides=False)]


def rows_seen(
    person: Person, found: Iterable[Found[EnrolmentCard]], *, hides: bool
) -> Iterator[tuple[Found[EnrolmentCard], dict[str, Any]]]:
    """Yield of these enrolments those that the caller may see, as they see them."""
    said, by, day, lacking = {each.apprentice for each in person.interests}, caller(), today(), lacking_enrolments()
    for each in found:
        enrolment, cases = each.card.enrolment, tuple(each.card.appeals.values())
        held = within_rows(words_for(by, person, each.item, enrolment, enrolment, cases, day))
        if SECOND_PERSON in held or each.item in lacking:
            held = held_towards(each.item)
        declared = each.card.enrolment.apprentice in said
        silent = permissions.must_declare("enrolment", held) and not declared
        if permissions.may(permissions.SEES["enrolment"], held) and not (silent and hides):
            yield each, row_shown(each, held, day, declared=declared, silent=silent)


def held_towards(enrolment_id: UUID) -> frozenset[Word]:
    """Return what the caller is to an enrolment, as its records say.

    Of a second person its attempts have more to say than its card, and of a card that lacks a fact they all have.
    """
    session = services().session()
    with named_if_unread():
        return session.held(caller(), enrolment_id, session.state(ENROLMENT, enrolment_id), enrolment_id, today())
    return frozenset()


def row_shown(
    found: Found[EnrolmentCard], held: frozenset[Word], day: date, *, declared: bool, silent: bool
) -> dict[str, Any]:
    """Return an enrolment on a day in the shape ``EnrolmentRowOut``."""
    card = found.card
    relations = sorted(held & permissions.SEES["enrolment"].any_of & RELATIONS)
    holds = card.enrolment.route_on(day)
    shown = {
        "enrolment_id": found.item,
        "apprentice": card.enrolment.apprentice,
        "name": card.name,
        "relation": relations[0] if relations else None,
        "relations": relations,
        "declared": declared,
        "plan_id": card.enrolment.plan_id,
        "plan_reference": card.enrolment.plan_reference,
        "form_id": holds and holds.form_id,
        "route": holds and holds.route,
        "employer": "",
        "position": card.position,
    }
    if silent:
        return shown
    return {
        **shown,
        "employer": card.enrolment.employer_on(day),
        "centre_ukprn": card.enrolment.centre_ukprn,
        "starts_on": card.enrolment.lasting.starts_on,
        "state": card.enrolment.lasting.state_on(day),
        "assessors": assessors(card.enrolment, day),
    }


def some_enrolments(most: int) -> list[dict[str, Any]]:
    """Return up to so many enrolments in which the caller has a part and a role for it today, by name."""
    everybody_s = permissions.SEES["enrolment"].any_of & RELATIONS
    some = {
        row["enrolment_id"]: row
        for relation in sorted(everybody_s)
        for row in enrolments_page(
            EnrolmentsIn().load({"relation": cast(str, relation), "sort": "name", "limit": str(most)})
        )["items"]
    }
    return sorted(some.values(), key=lambda row: (sorted_as(row["name"]), row["position"]))[:most]


def parts_of(person_id: UUID, most: int) -> list[dict[str, Any]]:
    """Return up to so many enrolments in which a person has a part today, by name, as far as the caller sees them.

    ``parts`` are what they are to each; nothing is told of one whose apprentice the caller has to declare to first.
    """
    asking, rows = services().session().state(PERSON, caller()), dict[UUID, dict[str, Any]]()
    for part in (THE_APPRENTICE, *ASSIGNED.values()):
        found = ENROLMENT_LIST.find(services().reads, today(), ways=[(filed(part, person_id),)], limit=most)
        for each, row in rows_seen(asking, found, hides=True):
            rows.setdefault(each.item, {**row, "parts": []})["parts"].append(part.removeprefix("assigned "))
    return sorted(rows.values(), key=lambda row: (sorted_as(row["name"]), row["position"]))[:most]


def own_enrolments() -> list[dict[str, Any]]:
    """Return the enrolments in which the caller is the apprentice, or has a part and a role for it today, by age."""
    everybody_s = permissions.SEES["enrolment"].any_of & RELATIONS
    own = {
        row["enrolment_id"]: row
        for relation in sorted(everybody_s)
        for row in every(enrolments_page, EnrolmentsIn, relation=cast(str, relation))
    }
    return sorted(own.values(), key=lambda row: row["position"])


def own_enrolment() -> UUID | None:
    """Return the newest enrolment in which the person at the page is the apprentice."""
    found = ENROLMENT_LIST.find(
        services().reads, today(), ways=[(filed(THE_APPRENTICE, caller()),)], order="recorded", limit=MOST_OWN
    )
    return found[-1].item if found else None
