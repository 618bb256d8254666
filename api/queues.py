"""Queues: what waits for the caller, oldest first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import fields

from api.appellants import with_appellants
from api.assessor_queue import AssessorQueueIn, AssessorQueueOut
from api.blueprint import Blueprint
from api.fields import PLACE, Cursor, Id
from api.in_order import Queue
from api.reads import declared_by_caller, may_ask, must_declare_to_see, page, wait_for
from api.schemas import PageIn, PageOut
from api.services import services
from api.shapes import extended, fields_of, word
from portfolio.domain.appeal.aggregate import APPEAL
from projections.appeals_queue import AppealStep, OpenAppeal, appeals_queue
from projections.consequences import OpenConsequence, open_consequences
from projections.people import names

queues = Blueprint("queues", "What waits for you, oldest first.")


class QueueIn(PageIn):
    """Query of a queue."""

    cursor = Cursor(PLACE, load_default=None)


class AppealsQueueOut(PageOut):
    """Open appeals with the step each waits for, or only whose they are where you must say first what you are to them.

    ``declared`` is whether you said it.
    """

    items = fields.List(
        fields.Nested(
            extended(
                OpenAppeal,
                name="OpenAppealOut",
                name_of_apprentice=fields.String(data_key="name", required=True),
                name_of_appellant=fields.String(data_key="appellant_name"),
                declared=fields.Boolean(required=True),
                appellant=Id(),
                decision_id=Id(allow_none=True),
                waits_for=word(AppealStep),
            )
        ),
        required=True,
    )


class ConsequencesQueueOut(PageOut):
    """What should have followed from upheld appeals and was refused by a rule."""

    items = fields.List(
        fields.Nested(
            extended(
                OpenConsequence,
                name="OpenConsequenceOut",
                name_of_apprentice=fields.String(data_key="name", required=True),
            )
        ),
        required=True,
    )


@queues.get("/assessor")
@queues.arguments(AssessorQueueIn, location="query")
@queues.response(200, AssessorQueueOut)
def get_assessor_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List the evidence to answer and attempts to decide where you assess, and decisions that you are to confirm."""
    may_ask("queue: assessor")
    wait_for(query["after"])
    return Queue(query).page_asked_for()


@queues.get("/appeals")
@queues.arguments(QueueIn, location="query")
@queues.response(200, AppealsQueueOut)
def get_appeals_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List the open appeals."""
    may_ask("queue: appeals")
    wait_for(query["after"])
    rows = with_appellants(appeals_queue(services().reads, after=last_position(query), limit=query["limit"] + 1))
    answer = page(rows, query["limit"], lambda row: (row.position,))
    names_by_id = names(
        services().reads, [person for row in answer["items"] for person in (row.apprentice, row.appellant)]
    )
    session = services().session()
    return {
        **answer,
        "items": [
            appeal_shown(row, names_by_id, declared=declared_by_caller(session, row.apprentice))
            for row in answer["items"]
        ],
    }


@queues.get("/consequences")
@queues.arguments(QueueIn, location="query")
@queues.response(200, ConsequencesQueueOut)
def get_consequences_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List what should have followed from upheld appeals and was refused: it is drawn later, or closed and why."""
    may_ask("queue: consequences")
    wait_for(query["after"])
    rows = open_consequences(services().reads, after=last_position(query), limit=query["limit"] + 1)
    answer = page(rows, query["limit"], lambda row: (row.position,))
    names_by_id = names(services().reads, [row.apprentice for row in answer["items"]])
    items = [{**fields_of(row), "name_of_apprentice": names_by_id.get(row.apprentice, "")} for row in answer["items"]]
    return {**answer, "items": items}


def appeal_shown(row: OpenAppeal, names_by_id: Mapping[UUID, str], *, declared: bool) -> dict[str, Any]:
    """Return a row in the shape ``OpenAppealOut``, whole also to who need not declare to see the appeal."""
    name = {"name_of_apprentice": names_by_id.get(row.apprentice, ""), "declared": declared}
    if not declared and must_declare_to_see(APPEAL, row.appeal_id):
        return {**outline_of(row), **name, "appeal_id": row.appeal_id}
    return {**fields_of(row), **name, "name_of_appellant": names_by_id.get(row.appellant, "")}


def outline_of(row: OpenAppeal) -> dict[str, Any]:
    """Return of a row what is shown before an interest is declared: whose it is, and its place in the queue."""
    return {
        "position": row.position,
        "since": row.since,
        "enrolment_id": row.enrolment_id,
        "apprentice": row.apprentice,
    }


def last_position(query: dict[str, Any]) -> int:
    """Return the position after which the page starts."""
    return query["cursor"][0] if query["cursor"] else 0
