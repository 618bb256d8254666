"""Assessments: attempts at a component, from findings to grade decisions that are never changed."""

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from flask import url_for
from marshmallow import fields

from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Digest, Flag, Id, Moment, Position, Text
from api.ids import new_id
from api.reads import Sight, see
from api.schemas import ReceiptOut, Schema
from api.services import caller, services, today
from api.shapes import Demo, Several, extended, fields_of, shape, word
from api.trail import TrailIn, TrailOut, context_for, name_of, names_in, trail
from api.writes import execute, show_version
from portfolio.application.loaders.assessment import in_force
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.confirming import ConfirmDecision, DeclineDecision, second_person_of
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.decisions import DecideGrade, DecisionUnknown, SupersedeDecision, VoidDecision
from portfolio.domain.assessment.facts import (
    Account,
    AttemptClosed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
    ReasonCode,
)
from portfolio.domain.assessment.finding import Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.assessment.in_force import decision_context
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.form import code_order
from portfolio.domain.kernel import NotVisible
from portfolio.domain.permissions import check_read

assessments = Blueprint("assessments", "Attempts at a component: findings, grade decisions and what became of them.")

MOST_FINDINGS = 500


class AttemptIn(Schema):
    """An attempt to open at a component of the form the apprentice takes."""

    enrolment_id = Id(required=True)
    component = Text(50, required=True)


class ClosingIn(Schema):
    """Why an attempt ends undecided."""

    reason = Text(2000, lines=True, required=True)


class FindingsIn(Schema):
    """Judgements on codes, many in one call."""

    findings = Several(fields.Nested(shape(Finding)), least=1, most=MOST_FINDINGS, required=True)


class DecisionIn(Schema):
    """A grade with its reasons; ``context_hash`` is the ``shown`` of the context you were shown."""

    grade = Text(50, required=True)
    reasons = Text(10_000, lines=True, required=True)
    context_hash = Digest(required=True)


class SupersessionIn(DecisionIn):
    """A decision to put in the place of another one: each code adopted by name, or judged anew in ``findings``."""

    supersedes = Id(required=True)
    reason_code = word(ReasonCode, required=True)
    authority_cited = Text(2000, lines=True, required=True)
    adopts = Several(Text(50), most=MOST_FINDINGS, load_default=())
    findings = Several(fields.Nested(shape(Finding)), most=MOST_FINDINGS, load_default=())


class SecondPersonIn(Schema):
    """A decision by a scrutiny route that its second person confirms."""

    decision_id = Id(required=True)


class DeclinationIn(Schema):
    """A decision by a scrutiny route that its second person declines, and why."""

    decision_id = Id(required=True)
    reason = Text(10_000, lines=True, required=True)


class VoidIn(Schema):
    """A decision to set aside, and why; ``bars`` says whether who took part never judges the component again."""

    decision_id = Id(required=True)
    reason_code = word(ReasonCode, required=True)
    reason = Text(10_000, lines=True, required=True)
    appeal_id = Id(load_default=None, allow_none=True)
    account = fields.Nested(shape(Account), load_default=None, allow_none=True)
    bars = Flag(load_default=None, allow_none=True)
    bars_because = Text(2000, lines=True, load_default="")


class DecidedOut(ReceiptOut):
    """The receipt of a decision and its id."""

    decision_id = Id(required=True)


ContextOut = extended(
    DecisionContext,
    name="ContextOut",
    demo=Demo(),
    names=fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "The people in it, by id; no part of what its hashes are of."},
    ),
)

FindingOut = extended(
    Finding, name="FindingOut", assessor=Id(required=True), name_of_assessor=fields.String(data_key="name")
)


class DecisionOut(Schema):
    """A grade decision and what became of it; ``reason`` is why it was superseded, set aside or declined.

    One that waits counts nowhere until the second person of its scrutiny route, ``waits_for``, confirms it.
    """

    decision_id = Id(required=True)
    position = Position(required=True)
    at = Moment(required=True)
    decider = Id(required=True)
    name = fields.String(required=True)
    grade = fields.String(required=True)
    reasons = fields.String(required=True)
    context_sha256 = fields.String(required=True)
    status = word(Literal["effective", "waiting", "declined", "superseded", "void"], required=True)
    waits_for = Id(required=True, allow_none=True)
    name_of_second_person = fields.String(required=True, allow_none=True)
    superseded_by = Id(required=True, allow_none=True)
    reason_code = word(ReasonCode, required=True, allow_none=True)
    reason = fields.String(required=True)
    appeal_id = Id(required=True, allow_none=True)
    account = fields.Nested(shape(Account), required=True, allow_none=True)


class ClosedOut(Schema):
    """When an attempt was closed undecided, by whom and why."""

    at = Moment(required=True)
    by = Id(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True)


class AssessmentOut(Schema):
    """An attempt with its findings and decisions, or how it was closed without one."""

    demo = Demo()
    assessment_id = Id(required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    component = fields.String(required=True)
    number = fields.Integer(required=True)
    route = fields.String(required=True)
    codes = fields.List(fields.String(), required=True)
    form_id = Id(required=True)
    criteria_id = Id(required=True)
    after_appeal = Id(required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)
    decisions = fields.List(fields.Nested(DecisionOut), required=True)
    closed = fields.Nested(ClosedOut, required=True, allow_none=True)


@assessments.post("")
@assessments.arguments(AttemptIn)
@assessments.response(201, ReceiptOut)
def open_attempt(body: dict[str, Any]) -> dict[str, Any]:
    """Open an attempt at a component."""
    return execute(
        OpenAttempt(assessment_id=new_id(), **body), location=lambda it: url_for(".get_assessment", assessment_id=it)
    )


@assessments.get("/<uuid:assessment_id>")
@assessments.response(200, AssessmentOut)
def get_assessment(assessment_id: UUID) -> dict[str, Any]:
    """Show an attempt with its findings and decisions."""
    sight = see(ASSESSMENT, assessment_id)
    show_version(sight.version)
    return attempt_shown(sight)


def attempt_shown(sight: Sight[Assessment]) -> dict[str, Any]:
    """Return an attempt in the shape ``AssessmentOut``."""
    opened = sight.state.opened
    if opened is None:
        raise NotVisible
    return {
        **fields_of(opened),
        "assessment_id": sight.stream,
        "name": name_of(sight.session, opened.apprentice),
        "codes": sorted(opened.codes, key=code_order),
        "after_appeal": opened.after_appeal if sight.shows("holds") else None,
        "findings": [
            {
                **fields_of(judged.finding),
                "assessor": judged.assessor,
                "name_of_assessor": name_of(sight.session, judged.assessor),
            }
            for judged in sorted(sight.state.findings, key=lambda judged: code_order(judged.finding.code))
        ],
        "decisions": [*decisions_shown(sight)],
        "closed": closed_shown(sight),
    }


def closed_shown(sight: Sight[Assessment]) -> dict[str, Any] | None:
    """Return how the attempt was closed, if it was."""
    for entry in sight.session.history(sight.stream):
        if isinstance(entry.fact, AttemptClosed):
            name = name_of(sight.session, entry.by)
            return {"at": entry.at, "by": entry.by, "name": name, "reason": entry.fact.reason}
    return None


def decisions_shown(sight: Sight[Assessment]) -> Iterator[dict[str, Any]]:
    """Yield each decision with what became of it, oldest first."""
    history = sight.session.history(sight.stream)
    ends = {
        entry.fact.decision_id: entry.fact
        for entry in history
        if isinstance(entry.fact, GradeDecisionSuperseded | DecisionVoided | DecisionDeclined)
    }
    waiting = sight.state.waiting()
    for entry in history:
        decided = entry.fact
        if isinstance(decided, GradeDecided):
            yield {
                **fields_of(decided),
                "position": entry.position,
                "at": entry.at,
                "name": name_of(sight.session, decided.decider),
                "context_sha256": decided.context.sha256,
                "account": account_of(ends.get(decided.decision_id), sight),
                **what_became(ends.get(decided.decision_id), appeals=sight.shows("holds")),
                **(
                    who_is_waited_for(sight)
                    if decided == waiting
                    else {"waits_for": None, "name_of_second_person": None}
                ),
            }


def account_of(end: Any, sight: Sight[Assessment]) -> Account | None:
    """Return the account that malpractice rests on, for those who may read the audit trail."""
    return end.account if isinstance(end, DecisionVoided) and sight.shows("audit trail") else None


def who_is_waited_for(sight: Sight[Assessment]) -> dict[str, Any]:
    """Return for whom a decision waits, in the fields of ``DecisionOut``."""
    second_person = second_person_of(sight.state, sight.session.state(ENROLMENT, sight.state.enrolment_id))
    name = name_of(sight.session, second_person)
    return {"status": "waiting", "waits_for": second_person, "name_of_second_person": name}


def what_became(
    end: GradeDecisionSuperseded | DecisionVoided | DecisionDeclined | None, *, appeals: bool
) -> dict[str, Any]:
    """Return what became of a decision, in the fields of ``DecisionOut``, for who may know of ``appeals`` or not."""
    stands = {"status": "effective", "superseded_by": None, "reason_code": None, "reason": "", "appeal_id": None}
    match end:
        case GradeDecisionSuperseded(superseded_by=by, reason_code=code, authority=authority):
            return {**stands, "status": "superseded", "superseded_by": by, "reason_code": code, "reason": authority}
        case DecisionVoided(reason_code="appeal") if not appeals:
            return {**stands, "status": "void"}
        case DecisionVoided(reason_code=code, reason=reason, appeal_id=appeal_id):
            return {**stands, "status": "void", "reason_code": code, "reason": reason, "appeal_id": appeal_id}
        case DecisionDeclined(reason=reason):
            return {**stands, "status": "declined", "reason": reason}
        case _:
            return stands


@assessments.post("/<uuid:assessment_id>/closing")
@assessments.arguments(ClosingIn)
@assessments.response(201, ReceiptOut)
def close_attempt(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Close an attempt undecided: it was opened in error or broken off, and uses up none."""
    return execute(CloseAttempt(assessment_id=assessment_id, **body))


@assessments.post("/<uuid:assessment_id>/findings")
@assessments.arguments(FindingsIn)
@assessments.response(201, ReceiptOut)
def record_findings(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Judge codes of the attempt on evidence."""
    return execute(RecordFindings(assessment_id=assessment_id, **body))


@assessments.get("/<uuid:assessment_id>/context")
@assessments.response(200, ContextOut)
def get_assessment_context(assessment_id: UUID) -> dict[str, Any]:
    """Show all that is in force for deciding this attempt now; a decision names its ``shown``."""
    sight = see(ASSESSMENT, assessment_id, ask="decision context")
    show_version(sight.version)
    return context_shown(sight)


def context_shown(sight: Sight[Assessment]) -> dict[str, Any]:
    """Return the context of a decision by the caller now."""
    known = in_force(sight.session, sight.stream, caller(), services().now())
    return context_out(sight, decision_context(sight.state, sight.stream, known))


def context_out(sight: Sight[Assessment], context: DecisionContext) -> dict[str, Any]:
    """Return a context in the shape ``ContextOut``, as the caller may read it."""
    return {**fields_of(context_for(sight, context)), "names": names_in(sight.session, context)}


@assessments.get("/<uuid:assessment_id>/decisions/<uuid:decision_id>/context")
@assessments.response(200, ContextOut)
def get_stored_context(assessment_id: UUID, decision_id: UUID) -> dict[str, Any]:
    """Show the context that was stored with a decision, as the caller may read it."""
    sight = see(ASSESSMENT, assessment_id, ask="stored context")
    decided = sight.state.decision(decision_id)
    if decided is None:
        raise DecisionUnknown
    if not is_contested(sight, decision_id):
        check_read("stored contexts", sight.held)
    return context_out(sight, decided.context)


def is_contested(sight: Sight[Assessment], decision_id: UUID) -> bool:
    """Return whether the caller appeals against a decision for somebody, and so reads its context, no other one's."""
    return decision_id in sight.session.contested(caller(), sight.state.enrolment_id, today())


@assessments.post("/<uuid:assessment_id>/decisions")
@assessments.arguments(DecisionIn)
@assessments.response(201, DecidedOut)
def decide_grade(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Decide the attempt's grade on the context that was shown."""
    command = DecideGrade(assessment_id=assessment_id, decision_id=new_id(), **body)
    return execute(command, extra={"decision_id": command.decision_id})


@assessments.post("/<uuid:assessment_id>/confirmations")
@assessments.arguments(SecondPersonIn)
@assessments.response(201, ReceiptOut)
def confirm_decision(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Let a decision by a scrutiny route count, as its second person."""
    return execute(ConfirmDecision(assessment_id=assessment_id, **body))


@assessments.post("/<uuid:assessment_id>/declinations")
@assessments.arguments(DeclinationIn)
@assessments.response(201, ReceiptOut)
def decline_decision(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Do not let a decision by a scrutiny route count; the attempt is open again for another assessor."""
    return execute(DeclineDecision(assessment_id=assessment_id, **body))


@assessments.post("/<uuid:assessment_id>/supersessions")
@assessments.arguments(SupersessionIn)
@assessments.response(201, DecidedOut)
def supersede_decision(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Put a new decision in the place of one; the old one stays on record."""
    command = SupersedeDecision(assessment_id=assessment_id, decision_id=new_id(), **body)
    return execute(command, extra={"decision_id": command.decision_id})


@assessments.post("/<uuid:assessment_id>/voids")
@assessments.arguments(VoidIn)
@assessments.response(201, ReceiptOut)
def void_decision(body: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Set a decision aside without putting another in its place."""
    return execute(VoidDecision(assessment_id=assessment_id, **body))


@assessments.get("/<uuid:assessment_id>/audit-trail")
@assessments.arguments(TrailIn, location="query")
@exports(assessments, TrailOut)
def get_assessment_trail(query: dict[str, Any], assessment_id: UUID) -> dict[str, Any]:
    """Show what happened to an attempt and its decisions, fact by fact."""
    sight = see(ASSESSMENT, assessment_id, ask="audit trail")
    return trail(sight, sight.state.enrolment_id, query, stream=assessment_id)
