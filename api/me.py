"""Me: who is asking, the roles that count today, and what waits for them, as counts and where each is listed."""

from collections.abc import Callable
from typing import Any, Literal, get_args

from flask import url_for
from marshmallow import fields

from api.appeal_list import to_hear
from api.blueprint import Blueprint
from api.enrolment_list import to_declare
from api.fields import Id
from api.reads import may_ask
from api.schemas import Schema
from api.services import caller, services, today
from api.shapes import word
from api.waiting import number_waiting
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.notices import Mails
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Role, WorksFor
from projections import appeals_queue, consequences

me = Blueprint("me", "Who is asking, and what waits for them.")

MOST = 200
"""So many are counted of each."""

Waits = Literal["declarations", "work", "panels", "appeals", "consequences"]


class WaitsOut(Schema):
    """What waits for you: how many, ``more`` if only so many were counted, and where they are listed."""

    waits = word(Waits, required=True)
    count = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    href = fields.String(required=True)


class MeOut(Schema):
    """You: ``roles`` are those that count today. Of what waits only what there is is named.

    ``mails``: how often you are told by mail of what concerns you.
    """

    person_id = Id(required=True)
    name = fields.String(required=True)
    works_for = word(WorksFor, required=True)
    roles = fields.List(word(Role), required=True)
    suspended = fields.Boolean(required=True)
    mails = word(Mails, required=True)
    waits = fields.List(fields.Nested(WaitsOut), required=True)


@me.get("")
@me.response(200, MeOut)
def get_me() -> dict[str, Any]:
    """Show who you are, the roles you hold, and what waits for you."""
    may_ask("me")
    session = services().session()
    person = session.state(PERSON, caller())
    held = session.held(caller(), NOBODY, State(), NOBODY, today())
    listed: dict[Waits, str] = {
        "declarations": url_for("enrolments.list_enrolments", declared="false"),
        "work": url_for("queues.get_assessor_queue"),
        "panels": url_for("appeals.list_appeals", status="with panel"),
        "appeals": url_for("queues.get_appeals_queue"),
        "consequences": url_for("queues.get_consequences_queue"),
    }
    return {
        "person_id": caller(),
        "name": person.name,
        "works_for": person.works_for,
        "roles": sorted(held & set(get_args(Role))),
        "suspended": person.suspended,
        "mails": person.mails,
        "waits": [
            {"waits": name, "count": min(number, MOST), "more": number > MOST, "href": listed[name]}
            for name, number in numbers_waiting(held).items()
        ],
    }


COUNTED: dict[Waits, tuple[str, Callable[[], int]]] = {
    "declarations": ("me", lambda: len(to_declare(MOST + 1))),
    "work": ("queue: assessor", number_waiting),
    "panels": ("me", lambda: to_hear(MOST + 1)),
    "appeals": ("queue: appeals", lambda: appeals_queue.how_many(services().reads)),
    "consequences": ("queue: consequences", lambda: consequences.how_many(services().reads)),
}
"""By which question somebody has each of what waits, and how it is counted; no list further than ``MOST`` and one."""


def numbers_waiting(held: frozenset[Any]) -> dict[Waits, int]:
    """Return how much of what waits for the caller."""
    return {name: number for name in COUNTED if (number := number_of(name, held))}


def number_of(name: Waits, held: frozenset[Any]) -> int:
    """Return how much waits of one of them, 0 for whoever does not have it."""
    question, count = COUNTED[name]
    return count() if permissions.may(permissions.READS[question], held) else 0
