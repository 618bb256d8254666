"""The list of appeals: all to an office, to others those about them, lodged by them or heard by them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import fields

from api.fields import Id, Moment, Position
from api.lists import RECORDED, list_in, listed, seen_by, words_of
from api.reads import lacking_streams, named_if_unread, wait_for
from api.schemas import PageOut, Schema
from api.services import caller, services, today, within_rows
from api.shapes import word
from portfolio.application.words import words_for
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import Outcome
from portfolio.domain.appeal.state import Appeal, Status
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.person import PERSON, Person
from portfolio.domain.vocabulary import MEMBER_OF_THE_PANEL, Word
from projections.appeal_list import APPEAL_LIST, AppealCard
from projections.enrolment_list import ENROLMENT_LIST, WITH_APPEALS, EnrolmentCard, filed
from projections.machinery.listing import Found, Way

MOST_ENROLMENTS = 1_000
"""Enrolments with appeals in which one person has a part, at most, whose appeals they are shown by it."""

AppealsIn = list_in(
    "AppealsIn",
    RECORDED,
    enrolment_id=Id(load_default=None),
    status=word(Status, load_default=None),
    open=fields.Boolean(load_default=None, metadata={"description": "Whether the case goes on."}),
)


class AppealRowOut(Schema):
    """An appeal of a list; before you say what you are to the apprentice, only whose it is and where it is shown."""

    appeal_id = Id(required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    declared = fields.Boolean(required=True, metadata={"description": "Whether you said what you are to them."})
    position = Position(required=True)
    status = word(Status)
    open = fields.Boolean()
    lodged_at = Moment()
    assessment_id = Id()
    decision_id = Id()
    outcome = word(Outcome, allow_none=True)


class AppealsOut(PageOut):
    """Appeals in the order in which they were lodged, or the other way."""

    items = fields.List(fields.Nested(AppealRowOut), required=True)


def appeals_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the appeals that the caller may see."""
    session = services().session()
    person = session.state(PERSON, caller())
    everywhere = session.held(caller(), NOBODY, State(), NOBODY, today())
    permissions.check_read("own appeals", everywhere)
    wait_for(query["after"])
    hides = query["status"] is not None or query["open"] is not None
    ways = seen_by(person, "appeal", everywhere, hides=hides)
    if not permissions.may(permissions.SEES["appeal"], everywhere):
        ways += in_own_enrolments(person)
    return listed(
        query,
        APPEAL_LIST,
        partial(rows_seen, person, hides=hides),
        ways=ways,
        also=words_of(query, "enrolment_id", "status", "open"),
    )


def to_hear(most: int) -> int:
    """Return how many appeals, up to so many, wait for the panel of which the caller is a member."""
    person = services().session().state(PERSON, caller())
    found = APPEAL_LIST.find(
        services().reads,
        today(),
        ways=[(filed(MEMBER_OF_THE_PANEL, caller()),)] if person.keeps({MEMBER_OF_THE_PANEL}) else [],
        also=["status=with panel"],
        order="recorded",
        limit=most,
    )
    return len([*rows_seen(person, found, hides=True)])


def in_own_enrolments(person: Person) -> list[Way]:
    """Return the ways by which the caller finds the appeals about enrolments to which they are what shows them."""
    relations = sorted(person.keeps(permissions.SEES["appeal"].any_of & permissions.SEES["enrolment"].any_of))
    enrolments = ENROLMENT_LIST.find(
        services().reads,
        today(),
        ways=[(filed(relation, caller()),) for relation in relations],
        also=[WITH_APPEALS],
        limit=MOST_ENROLMENTS,
    )
    return [(f"enrolment_id={each.item}",) for each in enrolments]


def rows_seen(
    person: Person, found: Sequence[Found[AppealCard]], *, hides: bool
) -> Iterator[tuple[Found[AppealCard], dict[str, Any]]]:
    """Yield of these appeals those that the caller may see, as they see them."""
    about = ENROLMENT_LIST.cards(services().reads, sorted({each.card.appeal.enrolment_id for each in found}))
    said = {each.apprentice for each in person.interests}
    for each in found:
        appeal, of = each.card.appeal, about[each.card.appeal.enrolment_id]
        held = held_towards(person, each.item, appeal, of)
        declared = appeal.apprentice in said
        silent = permissions.must_declare("appeal", held) and not declared
        if permissions.may(permissions.SEES["appeal"], held) and not (silent and hides):
            whose = {
                "appeal_id": each.item,
                "enrolment_id": appeal.enrolment_id,
                "apprentice": appeal.apprentice,
                "name": of.name,
                "declared": declared,
                "position": each.card.position,
            }
            yield each, whose if silent else {**whose, **standing(each.card)}


def held_towards(person: Person, appeal_id: UUID, appeal: Appeal, of: EnrolmentCard) -> frozenset[Word]:
    """Return what the caller is to an appeal, as the cards say, or the records where a card lacks a fact."""
    if not lacking_streams(appeal.enrolment_id):
        cases = tuple(of.appeals.values())
        return within_rows(words_for(caller(), person, appeal_id, appeal, of.enrolment, cases, today()))
    session = services().session()
    with named_if_unread():
        return session.held(caller(), appeal_id, session.state(APPEAL, appeal_id), appeal.enrolment_id, today())
    return frozenset()


def standing(card: AppealCard) -> dict[str, Any]:
    """Return of an appeal what is shown once an interest is declared."""
    return {
        "status": card.appeal.status,
        "open": card.appeal.is_open(),
        "lodged_at": card.lodged_at,
        "assessment_id": card.appeal.attempt_id,
        "decision_id": card.appeal.decision_id,
        "outcome": card.appeal.outcome,
    }
