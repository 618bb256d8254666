"""What lies in an enrolment: evidence, attempts, decisions and appeals, in lists so short that they are read whole."""

from typing import Any, Literal, TypeVar
from uuid import UUID

from marshmallow import fields

from api.assessments import decisions_shown
from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Id, Moment, Position, Text
from api.lists import NAMES, RECORDED, list_in, read_whole
from api.reads import Sight, items_seen, see, wait_for
from api.schemas import PageOut, Schema
from api.services import caller, today
from api.shapes import fields_of, shape, word
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import Outcome
from portfolio.domain.appeal.state import Appeal, Status
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.item import Stage
from portfolio.domain.kernel import Aggregate, State
from portfolio.domain.vocabulary import EvidenceKind
from projections.evidence_items import Item

S = TypeVar("S", bound=State)

enrolment_records = Blueprint(
    "enrolment-records", "What lies in an enrolment: evidence, attempts, decisions, appeals.", below="enrolments"
)

AttemptStatus = Literal["open", "waiting", "decided", "closed"]
DecisionStatus = Literal["effective", "waiting", "declined", "superseded", "void"]

ItemsIn = list_in(
    "ItemsIn",
    (*RECORDED, *NAMES),
    search="the title",
    kind=word(EvidenceKind, load_default=None),
    stage=word(Stage, load_default=None),
    code=Text(50, load_default=None, metadata={"description": "Items that this code is claimed for."}),
)


class ItemsOut(PageOut):
    """Evidence items in the order asked for, each by its newest version."""

    items = fields.List(fields.Nested(shape(Item)), required=True)


AttemptsIn = list_in(
    "AttemptsIn",
    component=Text(50, load_default=None),
    status=word(AttemptStatus, load_default=None),
)


class AttemptRowOut(Schema):
    """An attempt of a list; ``decision_id`` and ``grade`` are of the decision that counts, null if none does."""

    assessment_id = Id(required=True)
    component = fields.String(required=True)
    number = fields.Integer(required=True)
    route = fields.String(required=True)
    form_id = Id(required=True)
    criteria_id = Id(required=True)
    after_appeal = Id(required=True, allow_none=True)
    opened_at = Moment(required=True)
    position = Position(required=True)
    status = word(AttemptStatus, required=True)
    decision_id = Id(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)


class AttemptsOut(PageOut):
    """Attempts in the order in which they were opened, or the other way."""

    items = fields.List(fields.Nested(AttemptRowOut), required=True)


DecisionsIn = list_in(
    "DecisionsIn",
    component=Text(50, load_default=None),
    status=word(DecisionStatus, load_default=None),
    decider=Id(load_default=None),
)


class DecisionRowOut(Schema):
    """A decision of a list and what became of it."""

    decision_id = Id(required=True)
    assessment_id = Id(required=True)
    component = fields.String(required=True)
    number = fields.Integer(required=True)
    position = Position(required=True)
    at = Moment(required=True)
    decider = Id(required=True)
    name = fields.String(required=True)
    grade = fields.String(required=True)
    status = word(DecisionStatus, required=True)
    superseded_by = Id(required=True, allow_none=True)


class DecisionsOut(PageOut):
    """Decisions in the order in which they were made, or the other way."""

    items = fields.List(fields.Nested(DecisionRowOut), required=True)


AppealsHereIn = list_in("AppealsHereIn", status=word(Status, load_default=None))


class AppealHereOut(Schema):
    """An appeal about the enrolment; ``outcome`` is null until the panel decided."""

    appeal_id = Id(required=True)
    status = word(Status, required=True)
    open = fields.Boolean(required=True)
    lodged_at = Moment(required=True)
    position = Position(required=True)
    assessment_id = Id(required=True)
    decision_id = Id(required=True)
    outcome = word(Outcome, required=True, allow_none=True)


class AppealsHereOut(PageOut):
    """Appeals in the order in which they were lodged, or the other way."""

    items = fields.List(fields.Nested(AppealHereOut), required=True)


@enrolment_records.get("/<uuid:enrolment_id>/evidence")
@enrolment_records.arguments(ItemsIn, location="query")
@exports(enrolment_records, ItemsOut)
def list_evidence(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """List the evidence of an enrolment; drafts only to the apprentice."""
    sight = see(ENROLMENT, enrolment_id)
    wait_for(query["after"])
    shown = [fields_of(item) for item in items_seen(sight) if query["code"] is None or query["code"] in item.claims]
    return read_whole(shown, query, "evidence_id", "kind", "stage", name="title")


@enrolment_records.get("/<uuid:enrolment_id>/attempts")
@enrolment_records.arguments(AttemptsIn, location="query")
@exports(enrolment_records, AttemptsOut)
def list_attempts(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """List the attempts of an enrolment."""
    attempts = see_those(ASSESSMENT, see(ENROLMENT, enrolment_id), ATTEMPTS_OF_ENROLMENT)
    wait_for(query["after"])
    return read_whole(map(attempt_shown, attempts), query, "assessment_id", "component", "status")


def attempt_shown(sight: Sight[Assessment]) -> dict[str, Any]:
    """Return an attempt in the shape ``AttemptRowOut``."""
    first = sight.session.history(sight.stream)[0]
    counts = sight.state.effective()
    return {
        **fields_of(sight.state.opening()),
        "assessment_id": sight.stream,
        "opened_at": first.at,
        "position": first.position,
        "status": status_of(sight.state),
        "decision_id": counts and counts.decision_id,
        "grade": counts and counts.grade,
    }


def status_of(attempt: Assessment) -> AttemptStatus:
    """Return where an attempt stands; one whose only decision was declined is open again."""
    if attempt.closed is not None:
        return "closed"
    if attempt.waiting() is not None:
        return "waiting"
    return "decided" if attempt.decided() else "open"


@enrolment_records.get("/<uuid:enrolment_id>/decisions")
@enrolment_records.arguments(DecisionsIn, location="query")
@exports(enrolment_records, DecisionsOut)
def list_decisions(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """List the grade decisions of an enrolment, with what became of each."""
    attempts = see_those(ASSESSMENT, see(ENROLMENT, enrolment_id), ATTEMPTS_OF_ENROLMENT)
    wait_for(query["after"])
    decisions = (
        {**fields_of(sight.state.opening()), "assessment_id": sight.stream, **decision}
        for sight in attempts
        for decision in decisions_shown(sight)
    )
    return read_whole(decisions, query, "decision_id", "component", "status", "decider")


@enrolment_records.get("/<uuid:enrolment_id>/appeals")
@enrolment_records.arguments(AppealsHereIn, location="query")
@exports(enrolment_records, AppealsHereOut)
def list_enrolment_appeals(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """List the appeals about an enrolment that you may see."""
    appeals = appeals_seen(see(ENROLMENT, enrolment_id))
    wait_for(query["after"])
    return read_whole(map(appeal_shown, appeals), query, "appeal_id", "status")


def appeals_seen(sight: Sight[Enrolment]) -> list[Sight[Appeal]]:
    """Return the appeals about an enrolment that the caller may see, oldest first."""
    return see_those(APPEAL, sight, APPEALS_OF_ENROLMENT)


def appeal_shown(sight: Sight[Appeal]) -> dict[str, Any]:
    """Return an appeal in the shape ``AppealHereOut``."""
    first = sight.session.history(sight.stream)[0]
    return {
        "appeal_id": sight.stream,
        "status": sight.state.status,
        "open": sight.state.is_open(),
        "lodged_at": first.at,
        "position": first.position,
        "assessment_id": sight.state.attempt_id,
        "decision_id": sight.state.decision_id,
        "outcome": sight.state.outcome,
    }


def see_those(aggregate: Aggregate[S], sight: Sight[Enrolment], link: str) -> list[Sight[S]]:
    """Return the records of an enrolment under a link that the caller may see."""
    session, kind = sight.session, aggregate.key.removesuffix("_id")
    seen = []
    for stream, state in session.each(aggregate, link, sight.stream):
        held = session.held(caller(), stream, state, sight.stream, today())
        if permissions.may(permissions.SEES[kind], held):
            version = session.version(stream)
            seen.append(Sight(stream=stream, state=state, version=version, held=held, session=session))
    return seen
