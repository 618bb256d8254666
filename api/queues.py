"""Queues: what waits for the caller, oldest first."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from marshmallow import fields

from api.appellants import with_appellants
from api.blueprint import Blueprint
from api.fields import PLACE, Cursor, Id, Moment, Position
from api.reads import declared_by_caller, lacking_streams, may_ask, must_declare_to_see, page, wait_for
from api.schemas import PageIn, PageOut, Schema
from api.services import caller, services, today
from api.shapes import extended, fields_of, word
from portfolio.application.loaders.assessment import for_assessor
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.work import Work, work_of
from projections.appeals_queue import AppealStep, OpenAppeal, appeals_queue
from projections.assessor_queue import OpenAttempt, WaitingEvidence, assessor_queue
from projections.consequences import OpenConsequence, open_consequences
from projections.people import names

Waits = Literal["evidence", "attempt", "confirmation"]

queues = Blueprint("queues", "What waits for you, oldest first.")


class QueueIn(PageIn):
    """Query of a queue."""

    cursor = Cursor(PLACE, load_default=None)


class WaitingOut(Schema):
    """Evidence that was handed in and not answered yet, an attempt to decide, or a decision that you are to confirm.

    Of an apprentice to whom you have not said what you are there is no more than the name (``declared`` is false).
    """

    waits = word(Waits, required=True)
    position = Position(required=True)
    since = Moment(required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    declared = fields.Boolean(required=True)
    evidence_id = Id()
    version = fields.Integer()
    title = fields.String()
    claims = fields.List(fields.String())
    assessment_id = Id()
    component = fields.String()
    number = fields.Integer()
    codes = fields.List(fields.String())
    missing = fields.List(fields.String(), metadata={"description": "Codes that need a finding of yours."})
    barred = fields.Boolean(metadata={"description": "You took part in a decision that was set aside."})
    why_not = fields.String(
        metadata={"description": "What keeps you from deciding or confirming it, empty if nothing."}
    )
    decision_id = Id(metadata={"description": "The decision that counts once you confirm it."})


class AssessorQueueOut(PageOut):
    """What waits for an assessor."""

    items = fields.List(fields.Nested(WaitingOut), required=True)


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
@queues.arguments(QueueIn, location="query")
@queues.response(200, AssessorQueueOut)
def get_assessor_queue(query: dict[str, Any]) -> dict[str, Any]:
    """List the evidence to answer and attempts to decide where you assess, and decisions that you are to confirm."""
    may_ask("queue: assessor")
    wait_for(query["after"])
    rows = what_waits(query["limit"] + 1, last_position(query))
    answer = page(rows, query["limit"], lambda row: (row.position,))
    names_by_id = names(services().reads, [row.apprentice for row in answer["items"]])
    session = services().session()
    return {
        **answer,
        "items": [
            waiting_shown(row, names_by_id.get(row.apprentice, ""), declared_by_caller(session, row.apprentice))
            for row in answer["items"]
        ],
    }


class WaitingAttempt(OpenAttempt):
    """An open attempt with what it asks of the caller; ``since`` is when a decision to confirm was made."""

    work: Work


def what_waits(limit: int, after: int = 0) -> list[WaitingEvidence | WaitingAttempt]:
    """Return up to ``limit`` pieces of work that wait for the caller after a position, oldest first."""
    session, found = services().session(), list[WaitingEvidence | WaitingAttempt]()
    while len(found) < limit:
        rows = assessor_queue(services().reads, caller(), today(), after=after, limit=limit)
        found += [work for row in rows if (work := work_in(row, session)) is not None]
        if len(rows) < limit:
            break
        after = rows[-1].position
    return found[:limit]


def work_in(row: WaitingEvidence | OpenAttempt, session: ReadSession) -> WaitingEvidence | WaitingAttempt | None:
    """Return a row with what an attempt asks of the caller, None if it asks nothing of them.

    Nor is anything asked where the enrolment or the work lacks a fact, which may have ended the part or taken it back.
    """
    lacking = lacking_streams(row.enrolment_id)
    if isinstance(row, WaitingEvidence):
        return None if lacking & {row.enrolment_id, row.evidence_id} else row
    if lacking & {row.enrolment_id, row.assessment_id}:
        return None
    known = for_assessor(session, row.assessment_id, caller(), services().now())
    work = work_of(session.state(ASSESSMENT, row.assessment_id), known)
    if work is None:
        return None
    since = work.confirms.context.at if work.confirms else row.since
    return WaitingAttempt(**{**fields_of(row), "since": since}, work=work)


def what_of(row: WaitingEvidence | WaitingAttempt) -> Waits:
    """Return what it is that waits."""
    if isinstance(row, WaitingEvidence):
        return "evidence"
    return "confirmation" if row.work.confirms else "attempt"


def waiting_shown(row: WaitingEvidence | WaitingAttempt, name: str, declared: bool) -> dict[str, Any]:
    """Return a row in the shape ``WaitingOut``."""
    about = {"waits": what_of(row), "name": name, "declared": declared}
    if not declared:
        return {**outline_of(row), **about}
    if isinstance(row, WaitingEvidence):
        return {**fields_of(row), **about}
    decision = {"decision_id": row.work.confirms.decision_id} if row.work.confirms else {}
    return {**fields_of(row), **fields_of(row.work), **decision, **about}


def outline_of(row: WaitingEvidence | OpenAttempt | OpenAppeal) -> dict[str, Any]:
    """Return of a row what is shown before an interest is declared: whose it is, and its place in the queue."""
    return {
        "position": row.position,
        "since": row.since,
        "enrolment_id": row.enrolment_id,
        "apprentice": row.apprentice,
    }


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


def last_position(query: dict[str, Any]) -> int:
    """Return the position after which the page starts."""
    return query["cursor"][0] if query["cursor"] else 0
