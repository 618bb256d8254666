"""Enrolments: an apprentice on a plan, a form and a route, with the people assigned to them."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

from flask import url_for
from marshmallow import fields

from api import enrolment_list
from api.blueprint import Blueprint
from api.enrolment_list import EnrolmentsIn, EnrolmentsOut
from api.exports import exports
from api.fields import Day, Flag, Id, Position, Text
from api.ids import new_id
from api.reads import Sight, declared_by_caller, position_of, see, wait_for
from api.schemas import PointIn, ReceiptOut, Schema
from api.services import caller, services, today
from api.shapes import Demo, OneOf, Several, extended, fields_of, shape, word
from api.trail import EnrolmentTrailIn, TrailOut, name_of, trail
from api.writes import execute, show_version
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.application.replay import readiness_of, replayed_readiness
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import AssignPerson, ReleasePerson
from portfolio.domain.enrolment.consent import GiveConsent, TakeConsentBack
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.facts import Purpose, ScrutinyRouteRecorded
from portfolio.domain.enrolment.lasting import Break, EmployerFrom, EnrolmentState
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.questions import Question
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.enrolment.scrutiny import RecordScrutinyRoute
from portfolio.domain.enrolment.state import Consent, Enrolment, RouteFrom
from portfolio.domain.kernel import NotVisible
from portfolio.domain.readiness.outcomes import Readiness, said_on
from portfolio.domain.vocabulary import Assignment
from projections.evidence_items import items
from projections.readiness import picture_of

enrolments = Blueprint("enrolments", "An apprentice on a plan, a form and a route, with the people assigned to them.")


class EnrolmentIn(Schema):
    """An apprentice to enrol; the route is an option's key, or "core" for a plan without options."""

    apprentice = Id(required=True)
    uln = Text(20, required=True)
    plan_id = Id(required=True)
    form_id = Id(required=True)
    route = Text(50, required=True)
    centre_ukprn = Text(50, required=True)
    employer = Text(required=True)
    starts_on = Day(required=True)


class RouteIn(Schema):
    """Another route, with the form that serves it.

    ``consent`` gives no consent: the apprentice consents by a command of their own (``/consents``). It is still taken,
    and nobody looks at it.
    ``cancels`` names the days of changes agreed before that this one takes the place of.
    """

    route = Text(50, required=True)
    form_id = Id(required=True)
    effective_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)
    consent = Flag(load_default=False)
    cancels = Several(Day(), most=100, load_default=())


class ConsentIn(Schema):
    """Whom the apprentice lets do what for them, once: appeal against a decision, or move them to a route."""

    person_id = Id(required=True)
    purpose = OneOf(get_args(Purpose), required=True)


class ConsentedOut(ReceiptOut):
    """The receipt of a consent, with its id."""

    consent_id = Id(required=True)


class AssignmentIn(Schema):
    """A part in the enrolment; no components means all."""

    person_id = Id(required=True)
    assignment = word(Assignment, required=True)
    starts_on = Day(required=True)
    components = Several(Text(50), frozenset, most=100, load_default=frozenset())


class ReleaseIn(Schema):
    """The end of a part; the day it ends no longer counts."""

    person_id = Id(required=True)
    assignment = word(Assignment, required=True)
    ends_on = Day(required=True)
    reason = Text(2000, lines=True, required=True)


class ScrutinyRouteIn(Schema):
    """A component of a form that a centre assessor who coached may decide, and the second person who confirms."""

    assessor = Id(required=True)
    second_person = Id(required=True)
    form_id = Id(required=True)
    component = Text(50, required=True)
    reason = Text(2000, lines=True, required=True)


class OutlineOut(Schema):
    """What of an enrolment is shown before an interest is declared; ``route`` is today's, the others are counts.

    ``appeals`` is null to who may not know of appeals.
    """

    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    route = fields.String(required=True)
    evidence = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    appeals = fields.Integer(required=True, allow_none=True)
    declared = fields.Boolean(required=True, metadata={"description": "Whether you said what you are to them."})


class EnrolmentOut(Schema):
    """An enrolment. ``route``, ``form_id``, ``route_since``, ``employer`` and ``state`` hold today or on a day asked.

    ``routes``, ``employers`` and ``breaks`` are all there were; ``ended_on`` is null where no end is on record.
    ``uln`` is null to all but the apprentice and administrators.
    """

    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    uln = fields.String(required=True, allow_none=True)
    plan_id = Id(required=True)
    plan_reference = fields.String(required=True)
    form_id = Id(required=True)
    route = fields.String(required=True)
    route_since = Day(required=True)
    routes = fields.List(fields.Nested(shape(RouteFrom)), required=True)
    centre_ukprn = fields.String(required=True)
    employer = fields.String(required=True)
    employers = fields.List(fields.Nested(shape(EmployerFrom)), required=True)
    starts_on = Day(required=True)
    state = word(EnrolmentState, required=True)
    breaks = fields.List(fields.Nested(shape(Break)), required=True)
    ended_on = Day(required=True, allow_none=True)
    assigned = fields.List(
        fields.Nested(extended(Assigned, name="AssignedOut", name_of_person=fields.String(data_key="name"))),
        required=True,
    )
    scrutiny_routes = fields.List(
        fields.Nested(
            extended(
                ScrutinyRouteRecorded,
                name="ScrutinyRouteOut",
                name_of_assessor=fields.String(required=True),
                name_of_second_person=fields.String(required=True),
            )
        ),
        required=True,
    )
    consents = fields.List(
        fields.Nested(shape(Consent)),
        required=True,
        metadata={"description": "The apprentice's; others see those given to them alone."},
    )
    questions = fields.List(
        fields.Nested(shape(Question)),
        required=True,
        metadata={"description": "For consents that the apprentice was asked; others see what they asked alone."},
    )


ReadinessOut = extended(Readiness, name="ReadinessOut", demo=Demo(), known_at=Position(required=True, allow_none=True))


@enrolments.post("")
@enrolments.arguments(EnrolmentIn)
@enrolments.response(201, ReceiptOut)
def enrol_apprentice(body: dict[str, Any]) -> dict[str, Any]:
    """Enrol an apprentice on one plan edition, one form and one route."""
    return execute(
        EnrolApprentice(enrolment_id=new_id(), **body), location=lambda it: url_for(".get_enrolment", enrolment_id=it)
    )


@enrolments.get("")
@enrolments.arguments(EnrolmentsIn, location="query")
@exports(enrolments, EnrolmentsOut)
def list_enrolments(query: dict[str, Any]) -> dict[str, Any]:
    """List enrolments: all to an office, to others those in which they are the apprentice or have a part today."""
    return enrolment_list.enrolments_page(query)


@enrolments.get("/<uuid:enrolment_id>")
@enrolments.arguments(PointIn, location="query")
@enrolments.response(200, EnrolmentOut)
def get_enrolment(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Show an enrolment, now, on a day, or as known at a moment."""
    sight = see(ENROLMENT, enrolment_id)
    wait_for(query["after"])
    show_version(sight.version)
    return enrolment_shown(known_at(sight, position_of(query["known_at"])), query["as_of"])


@enrolments.get("/<uuid:enrolment_id>/outline")
@enrolments.response(200, OutlineOut)
def get_outline(enrolment_id: UUID) -> dict[str, Any]:
    """Show name, route and counts of an enrolment, which is all there is until you say what you are to them."""
    return outline(see(ENROLMENT, enrolment_id, undeclared=True))


def outline(sight: Sight[Enrolment]) -> dict[str, Any]:
    """Return an enrolment in the shape ``OutlineOut``."""
    route = sight.state.route_on(today())
    return {
        "enrolment_id": sight.stream,
        "apprentice": sight.state.apprentice,
        "name": name_of(sight.session, sight.state.apprentice),
        "route": route.route if route else "",
        "evidence": len(items(services().reads, sight.stream, drafts=False)),
        "attempts": len(sight.session.links(ATTEMPTS_OF_ENROLMENT, sight.stream)),
        "appeals": len(sight.session.links(APPEALS_OF_ENROLMENT, sight.stream)) if sight.shows("holds") else None,
        "declared": declared_by_caller(sight.session, sight.state.apprentice),
    }


def known_at(sight: Sight[Enrolment], position: int | None) -> Sight[Enrolment]:
    """Return an enrolment as it was known at a position, to who may see it now."""
    if position is None:
        return sight
    session = services().session(position)
    return replace(sight, session=session, state=session.state(ENROLMENT, sight.stream))


def enrolment_shown(sight: Sight[Enrolment], as_of: date | None = None) -> dict[str, Any]:
    """Return an enrolment on a day, today if none is given, in the shape ``EnrolmentOut``."""
    day, lasting = as_of or today(), sight.state.lasting
    holds = sight.state.route_on(day)
    if holds is None:
        raise NotVisible
    return {
        **fields_of(sight.state),
        "enrolment_id": sight.stream,
        "route": holds.route,
        "form_id": holds.form_id,
        "route_since": holds.since,
        "name": name_of(sight.session, sight.state.apprentice),
        "uln": sight.state.uln if sight.shows("learner number") else None,
        "employer": sight.state.employer_on(day),
        "employers": sight.state.held_by(),
        "starts_on": lasting.starts_on,
        "state": lasting.state_on(day),
        "breaks": lasting.breaks,
        "ended_on": lasting.ended.on if lasting.ended else None,
        "assigned": [
            {**fields_of(part), "name_of_person": name_of(sight.session, part.person_id)}
            for part in sight.state.assigned
        ],
        "scrutiny_routes": [
            {
                **fields_of(route),
                "name_of_assessor": name_of(sight.session, route.assessor),
                "name_of_second_person": name_of(sight.session, route.second_person),
            }
            for route in sight.state.scrutiny_routes
        ],
        "questions": [each for each in sight.state.questions if sight.shows("consents") or each.person_id == caller()],
        "consents": [each for each in sight.state.consents if sight.shows("consents") or each.person_id == caller()],
    }


@enrolments.post("/<uuid:enrolment_id>/route")
@enrolments.arguments(RouteIn)
@enrolments.response(201, ReceiptOut)
def change_route(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Move the apprentice to another option; earlier findings stay on record."""
    return execute(
        ChangeRoute(
            enrolment_id=enrolment_id,
            route=body["route"],
            form_id=body["form_id"],
            effective_on=body["effective_on"],
            reason=body["reason"],
            cancels=body["cancels"],
        )
    )


@enrolments.post("/<uuid:enrolment_id>/consents")
@enrolments.arguments(ConsentIn)
@enrolments.response(201, ConsentedOut)
def give_consent(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Let a person do one thing for you, once: appeal against a decision, or move you to another route."""
    consent_id = new_id()
    command = GiveConsent(enrolment_id=enrolment_id, consent_id=consent_id, **body)
    return execute(command, extra={"consent_id": consent_id})


@enrolments.post("/<uuid:enrolment_id>/consents/<uuid:consent_id>/withdrawal")
@enrolments.response(201, ReceiptOut)
def take_consent_back(enrolment_id: UUID, consent_id: UUID) -> dict[str, Any]:
    """Take a consent back: an appeal that was lodged by it is then yours alone."""
    return execute(TakeConsentBack(enrolment_id=enrolment_id, consent_id=consent_id))


@enrolments.post("/<uuid:enrolment_id>/assignments")
@enrolments.arguments(AssignmentIn)
@enrolments.response(201, ReceiptOut)
def assign_person(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Give a person a part in the enrolment."""
    return execute(AssignPerson(enrolment_id=enrolment_id, **body))


@enrolments.post("/<uuid:enrolment_id>/releases")
@enrolments.arguments(ReleaseIn)
@enrolments.response(201, ReceiptOut)
def release_person(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """End a person's part in the enrolment."""
    return execute(ReleasePerson(enrolment_id=enrolment_id, **body))


@enrolments.post("/<uuid:enrolment_id>/scrutiny-routes")
@enrolments.arguments(ScrutinyRouteIn)
@enrolments.response(201, ReceiptOut)
def record_scrutiny_route(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Let a centre assessor who coached decide a component, or name another second person to confirm it."""
    return execute(RecordScrutinyRoute(enrolment_id=enrolment_id, **body))


@enrolments.get("/<uuid:enrolment_id>/readiness")
@enrolments.arguments(PointIn, location="query")
@enrolments.response(200, ReadinessOut)
def get_readiness(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Show what is assessed and what is still open, now, on a day, or as known at a moment."""
    sight = see(ENROLMENT, enrolment_id, ask="readiness")
    wait_for(query["after"])
    known_at = position_of(query["known_at"])
    return {**fields_of(readiness_at(sight, query["as_of"], known_at)), "known_at": known_at}


def readiness_at(sight: Sight[Enrolment], day: date | None = None, known_at: int | None = None) -> Readiness:
    """Return readiness now from the projected picture; on a day or as known at a position, replayed from the record."""
    drafts, appeals = sight.shows("drafts"), sight.shows("holds")
    picture = picture_of(services().reads, sight.stream) if day is None and known_at is None else None
    if picture is not None:
        return readiness_of(sight.session, picture, today(), drafts=drafts, appeals=appeals)
    session = services().session(known_at)
    replayed = replayed_readiness(session, sight.stream, day or today(), drafts=drafts, appeals=appeals)
    return said_on(replayed, today())


@enrolments.get("/<uuid:enrolment_id>/audit-trail")
@enrolments.arguments(EnrolmentTrailIn, location="query")
@exports(enrolments, TrailOut)
def get_enrolment_trail(query: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Show what happened to an enrolment and its evidence, attempts and appeals, fact by fact."""
    return trail(see(ENROLMENT, enrolment_id, ask="audit trail"), enrolment_id, query, query["record"])
