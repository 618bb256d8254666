"""Appeals: a panel hears a challenge to what was decided, and sees exactly what was known then."""

from typing import Any, cast, get_args
from uuid import UUID

from marshmallow import fields

from api.blueprint import Blueprint
from api.fields import Id, KnownAt, Moment, Position, Text
from api.ids import new_id
from api.reads import Sight, position_of, see
from api.schemas import AfterIn, ReceiptOut, Schema
from api.shapes import Demo, OneOf, Several, shape, word
from api.trail import EntryOut, context_for, entries, name_of
from api.writes import execute, show_version
from portfolio.application.replay import Chronology, chronology
from portfolio.domain.appeal.admitting import AdmitAppeal, RefuseAppeal
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import (
    Answer,
    AppealDecided,
    AppealNotAdmitted,
    Ground,
    Outcome,
    PanelConvened,
    Subject,
)
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.outcome import DecideAppeal
from portfolio.domain.appeal.panel import ConvenePanel
from portfolio.domain.appeal.state import Appeal, Status
from portfolio.domain.appeal.withdrawing import WithdrawAppeal
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import GradeDecided

appeals = Blueprint("appeals", "A panel hears a challenge to what was decided, and sees exactly what was known then.")


class AppealIn(Schema):
    """A challenge; ``consent`` is the apprentice's, where a coach acts for them."""

    subject = OneOf(get_args(Subject), required=True)
    grounds = Several(fields.Nested(shape(Ground)), most=20, required=True)
    consent = Text(2000, least=0, lines=True, load_default="")


class RefusalIn(Schema):
    """Why the appeal is not heard."""

    reason = Text(10_000, lines=True, required=True)


class PanelIn(Schema):
    """The people who will hear the appeal."""

    members = Several(Id(), frozenset, most=20, required=True)


class OutcomeIn(Schema):
    """The panel's outcome, its reasons and its answer to each ground, by the ground's place from 0."""

    outcome = word(Outcome, required=True)
    reasons = Text(10_000, lines=True, required=True)
    answers = Several(fields.Nested(shape(Answer)), most=100, required=True)


class MemberOut(Schema):
    """A member of the panel."""

    person_id = Id(required=True)
    name = fields.String(required=True)
    independent = fields.Boolean(required=True)


class AppealOut(Schema):
    """An appeal and where it stands; what has not happened yet is null or empty."""

    demo = Demo()
    appeal_id = Id(required=True)
    status = word(Status, required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    appellant = Id(required=True)
    appellant_name = fields.String(required=True)
    subject = OneOf(get_args(Subject), required=True)
    grounds = fields.List(fields.Nested(shape(Ground)), required=True)
    lodged_at = Moment(required=True)
    refusal = fields.String(required=True, allow_none=True)
    panel = fields.List(fields.Nested(MemberOut), required=True)
    outcome = word(Outcome, required=True, allow_none=True)
    reasons = fields.String(required=True, allow_none=True)
    answers = fields.List(fields.Nested(shape(Answer)), required=True)


class ChronologyIn(AfterIn):
    """Query of a chronology."""

    known_at = KnownAt(
        load_default=None,
        metadata={"description": "Cut at this time or position instead of at the decision."},
    )


class ChronologyOut(Schema):
    """The replay of a decision: what could be seen ``before`` it, what of it was ``served``, and what came ``later``.

    ``context`` is what was stored with the decision.
    """

    demo = Demo()
    appeal_id = Id(required=True)
    enrolment_id = Id(required=True)
    assessment_id = Id(required=True)
    known_at = Position(required=True)
    decision = fields.Nested(EntryOut, required=True)
    before = fields.List(fields.Nested(EntryOut), required=True)
    served = fields.List(fields.Nested(EntryOut), required=True)
    later = fields.List(fields.Nested(EntryOut), required=True)
    context = fields.Nested(shape(DecisionContext), required=True)


@appeals.post("")
@appeals.arguments(AppealIn)
@appeals.response(201, ReceiptOut)
def lodge_appeal(body: dict[str, Any]) -> dict[str, Any]:
    """Challenge a decision."""
    return execute(LodgeAppeal(appeal_id=new_id(), **body), location="/v1/appeals/{id}")


@appeals.get("/<uuid:appeal_id>")
@appeals.response(200, AppealOut)
def get_appeal(appeal_id: UUID) -> dict[str, Any]:
    """Show an appeal."""
    sight = see(APPEAL, appeal_id)
    show_version(sight.version)
    return appeal_shown(sight)


def appeal_shown(sight: Sight[Appeal]) -> dict[str, Any]:
    """Return an appeal in the shape ``AppealOut``."""
    appeal, history = sight.state, sight.session.history(sight.stream)
    refusal = next((e.fact.reason for e in history if isinstance(e.fact, AppealNotAdmitted)), None)
    decided = next((e.fact for e in history if isinstance(e.fact, AppealDecided)), None)
    independent = next((e.fact.independent for e in history if isinstance(e.fact, PanelConvened)), frozenset())
    return {
        "appeal_id": sight.stream,
        "status": appeal.status,
        "enrolment_id": appeal.enrolment_id,
        "apprentice": appeal.apprentice,
        "name": name_of(sight.session, appeal.apprentice),
        "appellant": appeal.appellant,
        "appellant_name": name_of(sight.session, appeal.appellant),
        "subject": appeal.subject_of_appeal,
        "grounds": appeal.grounds,
        "lodged_at": history[0].at,
        "refusal": refusal,
        "panel": [
            {"person_id": member, "name": name_of(sight.session, member), "independent": member in independent}
            for member in sorted(appeal.members)
        ],
        "outcome": decided and decided.outcome,
        "reasons": decided and decided.reasons,
        "answers": decided.answers if decided else (),
    }


@appeals.post("/<uuid:appeal_id>/admission")
@appeals.response(201, ReceiptOut)
def admit_appeal(appeal_id: UUID) -> dict[str, Any]:
    """Accept the appeal as one that will be heard."""
    return execute(AdmitAppeal(appeal_id=appeal_id))


@appeals.post("/<uuid:appeal_id>/refusal")
@appeals.arguments(RefusalIn)
@appeals.response(201, ReceiptOut)
def refuse_appeal(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Do not accept the appeal, which is a reasoned outcome of its own."""
    return execute(RefuseAppeal(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/panel")
@appeals.arguments(PanelIn)
@appeals.response(201, ReceiptOut)
def convene_panel(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Convene the panel that will hear this appeal."""
    return execute(ConvenePanel(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/outcome")
@appeals.arguments(OutcomeIn)
@appeals.response(201, ReceiptOut)
def decide_appeal(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Give the panel's outcome with reasons and an answer to every ground."""
    return execute(DecideAppeal(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/withdrawal")
@appeals.response(201, ReceiptOut)
def withdraw_appeal(appeal_id: UUID) -> dict[str, Any]:
    """Take the appeal back before its outcome."""
    return execute(WithdrawAppeal(appeal_id=appeal_id))


@appeals.get("/<uuid:appeal_id>/chronology")
@appeals.arguments(ChronologyIn, location="query")
@appeals.response(200, ChronologyOut)
def get_chronology(query: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Replay the decision: what the decider could see, what they were served, and what came later."""
    sight = see(APPEAL, appeal_id, ask="chronology")
    return chronology_shown(sight, chronology(sight.session, appeal_id, position_of(query["known_at"])))


def chronology_shown(sight: Sight[Appeal], replay: Chronology) -> dict[str, Any]:
    """Return a replay in the shape ``ChronologyOut``, as the caller may read it."""
    (decision,) = entries(sight, [replay.decision])
    return {
        "appeal_id": replay.appeal_id,
        "enrolment_id": replay.enrolment_id,
        "assessment_id": replay.assessment_id,
        "known_at": replay.known_at,
        "decision": decision,
        "before": entries(sight, replay.before),
        "served": entries(sight, replay.served),
        "later": entries(sight, replay.later),
        "context": context_for(sight, cast(GradeDecided, replay.decision.fact).context),
    }
