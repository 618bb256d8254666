"""Appeals: a panel hears a challenge to what was decided, and sees exactly what was known then."""

from typing import Any, cast, get_args
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api import appeal_list
from api.appeal_list import AppealsIn, AppealsOut
from api.appeal_shown import AppealOut, appeal_shown
from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Id, KnownAt, Position, Text
from api.ids import new_id
from api.reads import Sight, position_of, see, see_each
from api.schemas import AfterIn, ReceiptOut, Schema
from api.services import caller, services
from api.shapes import Demo, OneOf, Several, shape, word
from api.trail import EntryOut, context_for, entries, names_in
from api.writes import execute, show_version
from portfolio.application.indexes import CASES_OF_PERSON
from portfolio.application.replay import Chronology, chronology
from portfolio.domain.appeal.admitting import (
    AdmitAppeal,
    AdmitOnSecondLook,
    AskSecondLook,
    RefuseAppeal,
    RefuseOnSecondLook,
)
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.consequences import CloseConsequence
from portfolio.domain.appeal.deciding import ConfirmOutcome, DissentFromOutcome, ProposeOutcome
from portfolio.domain.appeal.facts import (
    Answer,
    Consequence,
    Ground,
    NotHeardFor,
    Outcome,
    Subject,
)
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.panel import AddMember, ConvenePanel, RecuseMember, ReplaceMember
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.appeal.withdrawing import WithdrawAppeal, WithdrawOnPaper
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import GradeDecided

appeals = Blueprint("appeals", "A panel hears a challenge to what was decided, and sees exactly what was known then.")


class AppealIn(Schema):
    """A challenge. ``consent`` is what a coach writes of it; the apprentice consents by a command of their own."""

    subject = OneOf(get_args(Subject), required=True)
    grounds = Several(fields.Nested(shape(Ground)), most=20, required=True)
    consent = Text(2000, least=0, lines=True, load_default="")


class RefusalIn(Schema):
    """Why the appeal is not heard: which of the permitted reasons, and what it is in this case."""

    because = word(NotHeardFor, required=True)
    reason = Text(10_000, lines=True, required=True)


class PanelIn(Schema):
    """The people who will hear the appeal."""

    members = Several(Id(), frozenset, most=20, required=True)


class SecondLookIn(Schema):
    """Why somebody else should look again at whether the appeal is heard."""

    statement = Text(10_000, lines=True, required=True)


class FurtherMemberIn(Schema):
    """One further person who will hear the appeal."""

    member = Id(required=True)


class RecusalIn(Schema):
    """Why a member cannot hear the appeal."""

    reason = Text(2000, lines=True, required=True)


class ReplacementIn(Schema):
    """Who cannot hear the appeal any more, who does instead, and why."""

    member = Id(required=True)
    replacement = Id(required=True)
    reason = Text(2000, lines=True, required=True)


class StandingBehindIn(Schema):
    """The proposal that a member stands behind, with an account of their own."""

    proposal = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1_000_000))
    account = Text(10_000, lines=True, required=True)


class DissentIn(Schema):
    """Why a member stands behind no proposal."""

    account = Text(10_000, lines=True, required=True)


class GivingUpIn(Schema):
    """Which consequence is given up, and why."""

    consequence = word(Consequence, required=True)
    reason = Text(2000, lines=True, required=True)


class OutcomeIn(Schema):
    """A proposal for the panel's outcome, its reasons and its answer to each ground, by the ground's place from 0.

    ``cites``: items of the decision that it rests on.
    """

    outcome = word(Outcome, required=True)
    reasons = Text(10_000, lines=True, required=True)
    answers = Several(fields.Nested(shape(Answer)), most=100, required=True)
    cites = Several(Id(), most=100, load_default=())


class PaperNamedIn(Schema):
    """The sealed paper on which the apprentice takes the appeal back."""

    paper_id = Id(required=True)


class ChronologyIn(AfterIn):
    """Query of a chronology."""

    known_at = KnownAt(
        load_default=None,
        metadata={"description": "Show beside the replay what was on record by this time or position."},
    )


class ChronologyOut(Schema):
    """The replay of a decision: what could be seen ``before`` it, what of it was ``served``, and what came ``later``.

    ``on_record`` is what was on record by ``known_at`` where another point was asked for, else empty; ``context`` is
    what was stored with the decision.
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
    on_record = fields.List(fields.Nested(EntryOut), required=True)
    context = fields.Nested(shape(DecisionContext), required=True)
    names = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "The people in the context, by id."},
    )


@appeals.post("")
@appeals.arguments(AppealIn)
@appeals.response(201, ReceiptOut)
def lodge_appeal(body: dict[str, Any]) -> dict[str, Any]:
    """Challenge a decision."""
    return execute(LodgeAppeal(appeal_id=new_id(), **body), location=lambda it: url_for(".get_appeal", appeal_id=it))


@appeals.get("")
@appeals.arguments(AppealsIn, location="query")
@exports(appeals, AppealsOut)
def list_appeals(query: dict[str, Any]) -> dict[str, Any]:
    """List appeals: all to an office, to others those about them, lodged by them or heard by them."""
    return appeal_list.appeals_page(query)


def own_appeals() -> list[Sight[Appeal]]:
    """Return the appeals in which the caller has or had a part, and which they may see."""
    return list(see_each(APPEAL, services().journal.links(CASES_OF_PERSON, str(caller()))))


@appeals.get("/<uuid:appeal_id>")
@appeals.response(200, AppealOut)
def get_appeal(appeal_id: UUID) -> dict[str, Any]:
    """Show an appeal."""
    sight = see(APPEAL, appeal_id)
    show_version(sight.version)
    return appeal_shown(sight)


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


@appeals.post("/<uuid:appeal_id>/second-look")
@appeals.arguments(SecondLookIn)
@appeals.response(201, ReceiptOut)
def ask_second_look(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Ask, once, that somebody else looks again at whether the appeal is heard."""
    return execute(AskSecondLook(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/second-look/admission")
@appeals.response(201, ReceiptOut)
def admit_on_second_look(appeal_id: UUID) -> dict[str, Any]:
    """Accept the appeal at the second look."""
    return execute(AdmitOnSecondLook(appeal_id=appeal_id))


@appeals.post("/<uuid:appeal_id>/second-look/refusal")
@appeals.arguments(RefusalIn)
@appeals.response(201, ReceiptOut)
def refuse_on_second_look(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Do not accept the appeal at the second look either; both answers stay."""
    return execute(RefuseOnSecondLook(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/panel")
@appeals.arguments(PanelIn)
@appeals.response(201, ReceiptOut)
def convene_panel(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Convene the panel that will hear this appeal."""
    return execute(ConvenePanel(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/panel/further-members")
@appeals.arguments(FurtherMemberIn)
@appeals.response(201, ReceiptOut)
def add_member(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Name one further member of a panel that is divided."""
    return execute(AddMember(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/panel/recusals")
@appeals.arguments(RecusalIn)
@appeals.response(201, ReceiptOut)
def recuse_member(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Say that you cannot hear the appeal."""
    return execute(RecuseMember(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/panel/replacements")
@appeals.arguments(ReplacementIn)
@appeals.response(201, ReceiptOut)
def replace_member(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Put somebody else in the place of a member who is unable; what was proposed lapses."""
    return execute(ReplaceMember(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/outcome")
@appeals.arguments(OutcomeIn)
@appeals.response(201, ReceiptOut)
def propose_outcome(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Propose the panel's outcome, with reasons and an answer to every ground, and stand behind it.

    It takes effect when more than half of the members stand behind it and an independent member has answered.
    """
    return execute(ProposeOutcome(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/outcome/confirmations")
@appeals.arguments(StandingBehindIn)
@appeals.response(201, ReceiptOut)
def confirm_outcome(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Stand behind an outcome that another member proposed, and behind no other any more."""
    return execute(ConfirmOutcome(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/outcome/dissents")
@appeals.arguments(DissentIn)
@appeals.response(201, ReceiptOut)
def dissent_from_outcome(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Stand behind no outcome that was proposed, and say why."""
    return execute(DissentFromOutcome(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/consequences/closed")
@appeals.arguments(GivingUpIn)
@appeals.response(201, ReceiptOut)
def close_consequence(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Give up a consequence of the upheld appeal that a rule refused, with a reason."""
    return execute(CloseConsequence(appeal_id=appeal_id, **body))


@appeals.post("/<uuid:appeal_id>/withdrawal")
@appeals.response(201, ReceiptOut)
def withdraw_appeal(appeal_id: UUID) -> dict[str, Any]:
    """Take the appeal back before its outcome."""
    return execute(WithdrawAppeal(appeal_id=appeal_id))


@appeals.post("/<uuid:appeal_id>/withdrawal-on-paper")
@appeals.arguments(PaperNamedIn)
@appeals.response(201, ReceiptOut)
def withdraw_on_paper(body: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Take the appeal back for an apprentice who cannot sign in, as they said on a signed paper."""
    return execute(WithdrawOnPaper(appeal_id=appeal_id, **body))


@appeals.get("/<uuid:appeal_id>/chronology")
@appeals.arguments(ChronologyIn, location="query")
@appeals.response(200, ChronologyOut)
def get_chronology(query: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """Replay the decision: what the decider could see, what they were served, and what came later."""
    sight = see(APPEAL, appeal_id, ask="chronology")
    return chronology_shown(sight, replay_for(sight, position_of(query["known_at"])))


def replay_for(sight: Sight[Appeal], known_at: int | None) -> Chronology:
    """Return the replay as the caller may read it: to members and a coach who appealed it ends with the case."""
    return chronology(sight.session, sight.stream, known_at, with_the_case=not sight.shows("after the case"))


def chronology_shown(sight: Sight[Appeal], replay: Chronology) -> dict[str, Any]:
    """Return a replay in the shape ``ChronologyOut``, as the caller may read it."""
    (decision,) = entries(sight, [replay.decision])
    context = cast(GradeDecided, replay.decision.fact).context
    return {
        "appeal_id": replay.appeal_id,
        "enrolment_id": replay.enrolment_id,
        "assessment_id": replay.assessment_id,
        "known_at": replay.known_at,
        "decision": decision,
        "before": entries(sight, replay.before),
        "served": entries(sight, replay.served),
        "later": entries(sight, replay.later),
        "on_record": entries(sight, replay.on_record),
        "context": context_for(sight, context),
        "names": names_in(sight.session, context),
    }
