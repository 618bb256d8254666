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
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Role, WorksFor
from projections.appeals_queue import appeals_queue
from projections.consequences import open_consequences

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
    """You: ``roles`` are those that count today. Of what waits only what there is is named."""

    person_id = Id(required=True)
    name = fields.String(required=True)
    works_for = word(WorksFor, required=True)
    roles = fields.List(word(Role), required=True)
    suspended = fields.Boolean(required=True)
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
        "waits": [
            {"waits": name, "count": min(number, MOST), "more": number > MOST, "href": listed[name]}
            for name, number in numbers_waiting(held).items()
        ],
    }


def numbers_waiting(held: frozenset[Any]) -> dict[Waits, int]:
    """Return how much of what waits for the caller, each counted up to one more than ``MOST``."""
    counted: dict[Waits, tuple[bool, Callable[[], int]]] = {
        "declarations": (True, lambda: len(to_declare(MOST + 1))),
        "work": (_may("queue: assessor", held), number_waiting),
        "panels": (True, lambda: to_hear(MOST + 1)),
        "appeals": (_may("queue: appeals", held), lambda: len(appeals_queue(services().reads, limit=MOST + 1))),
        "consequences": (
            _may("queue: consequences", held),
            lambda: len(open_consequences(services().reads, limit=MOST + 1)),
        ),
    }
    numbers = {name: count() for name, (may, count) in counted.items() if may}
    return {name: number for name, number in numbers.items() if number}


def _may(question: str, held: frozenset[Any]) -> bool:
    return permissions.may(permissions.READS[question], held)
