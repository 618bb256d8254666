"""Plans: published assessment plans as data beside their text, with rulings on their oddities."""

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import fields

from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Id, Moment, Text, Whole
from api.lists import NAMES, RECORDED, cards_shown, list_in, listed, words_of
from api.reads import Sight, may_see, see, wait_for
from api.schemas import PageOut, ReceiptOut, Schema
from api.services import services
from api.shapes import Demo, extended, fields_of, shape
from api.trail import name_of
from api.writes import execute, show_version
from portfolio.application.indexes import EDITIONS_OF_PLAN
from portfolio.domain.plan import (
    PLAN,
    ApprovePlan,
    DefectRuled,
    Descriptor,
    ImportPlan,
    Plan,
    PlanEdition,
    PlanImported,
    PlanUnknown,
    PlanWarning,
    RequiredMethod,
    RuleOnDefect,
    plan_id_of,
)
from projections.plans import PLANS, PlanCard

LONGEST_TEXT = 1_000_000
"""Characters of a plan's text; published ones have some ten thousand."""

LARGEST_BODY = 3 * LONGEST_TEXT
"""Bytes of a request with such a text, escapes included."""

OPEN_GOVERNMENT_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ATTRIBUTION = (
    f"Contains public sector information licensed under the Open Government Licence v3.0: {OPEN_GOVERNMENT_LICENCE}"
)

plans = Blueprint("plans", "Published assessment plans as data beside their text, with rulings on their oddities.")


class PlanIn(Schema):
    """A published plan's text."""

    text = Text(LONGEST_TEXT, lines=True, required=True)


PlansIn = list_in(
    "PlansIn",
    (*NAMES, *RECORDED),
    search="the version's label and the title",
    reference=Text(50, load_default=None),
    approved=fields.Boolean(load_default=None, metadata={"description": "Whether we approved it."}),
)


class PlansOut(PageOut):
    """Editions in the order asked for: by name that is by reference and version, the newest of a version first.

    ``warnings`` and ``ruled`` are numbers: oddities found, and those with a ruling.
    """

    items = fields.List(
        fields.Nested(
            extended(
                PlanCard,
                name="Edition",
                plan_id=Id(required=True),
                ruled=fields.Function(lambda card: len(card["ruled"]), metadata={"type": "integer"}),
            )
        )
    )


class EditionIn(Schema):
    """Query of a plan."""

    edition = Text(64, load_default=None, metadata={"description": "The id or SHA-256 of an older edition."})


class OptionOut(Schema):
    """One of the plan's options."""

    key = fields.String(required=True)
    name = fields.String(required=True)


class CodeOut(Schema):
    """One code under an outcome."""

    code = fields.String(required=True)
    mandatory = fields.Boolean(required=True)
    english_maths = fields.Boolean(required=True)


class OutcomeOut(Schema):
    """An assessment outcome with its codes, as printed."""

    key = fields.String(required=True)
    option = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    codes = fields.List(fields.Nested(CodeOut), required=True)


class MethodsOut(Schema):
    """Methods that are required, and those that anything further is chosen from."""

    required = fields.List(fields.Nested(shape(RequiredMethod)), required=True)
    choose_from = fields.List(fields.String(), required=True)


class RulingOut(Schema):
    """How an oddity, by its place in ``warnings`` from 0, is to be read."""

    warning = fields.Integer(required=True)
    reading = fields.String(required=True)


class RulingsOut(Schema):
    """Every ruling ever given on an edition, oldest first: by whom, why, and whether it is the one in force."""

    items = fields.List(
        fields.Nested(
            extended(
                DefectRuled,
                name="RulingGivenOut",
                by=Id(required=True),
                name_of_author=fields.String(data_key="name", required=True),
                at=Moment(required=True),
                in_force=fields.Boolean(required=True),
            )
        ),
        required=True,
    )


class PlanOut(Schema):
    """One edition of a plan as data. What is printed and what we approved are two things."""

    plan_id = Id(required=True)
    sha256 = fields.String(required=True)
    printed_as_draft = fields.Boolean(required=True)
    approved = fields.Boolean(required=True)
    rulings = fields.List(fields.Nested(RulingOut), required=True)
    title = fields.String(required=True)
    licence = fields.String(required=True)
    attribution = fields.String(required=True)
    demo = Demo()
    reference = fields.String(required=True)
    version_label = fields.String(required=True)
    level = fields.Integer(required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionOut), required=True)
    outcomes = fields.List(fields.Nested(OutcomeOut), required=True)
    methods = fields.Nested(MethodsOut, required=True)
    categories = fields.List(fields.String(), required=True)
    levels = fields.List(fields.String(), required=True)
    descriptors = fields.List(fields.Nested(shape(Descriptor)), required=True)
    distinct_codes = fields.Integer(required=True)
    warnings = fields.List(fields.Nested(shape(PlanWarning)), required=True)


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as ``PlanOut`` shows it and ``portfolio plan check --json`` prints it; the keys are a promise."""
    return {
        "reference": plan.reference,
        "version_label": plan.version_label,
        "level": plan.level,
        "options": [{"key": option.key, "name": option.name} for option in plan.options],
        "outcomes": [
            {
                "key": outcome.key,
                "option": outcome.option,
                "title": outcome.title,
                "description": outcome.description,
                "codes": [
                    {"code": one.code, "mandatory": one.mandatory, "english_maths": one.english_maths}
                    for one in outcome.codes
                ],
            }
            for outcome in plan.outcomes
        ],
        "methods": {
            "required": [{"name": method.name, "minimum": method.minimum} for method in plan.methods.required],
            "choose_from": list(plan.methods.choose_from),
        },
        "categories": list(plan.categories),
        "levels": list(plan.levels),
        "descriptors": [{"category": one.category, "level": one.level, "text": one.text} for one in plan.descriptors],
        "distinct_codes": len(plan.distinct_codes()),
        "warnings": [
            {"code": one.code, "line": one.line, "raw": one.raw, "message": one.message} for one in plan.warnings
        ],
    }


class RulingIn(Schema):
    """The reading that is to apply to an oddity, by its place in ``warnings`` from 0, and why."""

    warning = Whole(0, 100_000, required=True)
    reading = Text(2000, lines=True, required=True)
    reason = Text(2000, lines=True, required=True)


@plans.before_request
def make_room() -> None:
    """Take longer requests here than elsewhere: a plan's text comes in one piece."""
    request.max_content_length = LARGEST_BODY


@plans.post("")
@plans.arguments(PlanIn)
@plans.response(201, ReceiptOut)
def import_plan(body: dict[str, Any]) -> dict[str, Any]:
    """Record a published plan: its text and what is read from it."""
    return execute(ImportPlan(plan_id=plan_id_of(body["text"]), **body))


@plans.get("")
@plans.arguments(PlansIn, location="query")
@exports(plans, PlansOut)
def list_plans(query: dict[str, Any]) -> dict[str, Any]:
    """List the editions on record."""
    return plans_page(query)


def plans_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the editions on record."""
    may_see("plan")
    wait_for(query["after"])
    return listed(query, PLANS, cards_shown("plan_id"), also=words_of(query, "reference", "approved"))


@plans.get("/<reference>/<version>")
@plans.arguments(EditionIn, location="query")
@plans.response(200, PlanOut)
def get_plan(query: dict[str, Any], reference: str, version: str) -> dict[str, Any]:
    """Show a plan as data: the newest edition that is approved, where none is the newest, or the one asked for."""
    sight, plan = edition_of(reference, version, query["edition"])
    show_version(sight.version)
    return {
        **plan_json(plan),
        "plan_id": sight.stream,
        "sha256": sight.state.sha256,
        "printed_as_draft": plan.draft,
        "approved": sight.state.approved,
        "rulings": [{"warning": each.warning, "reading": each.reading} for each in sight.state.rulings],
        "title": plan.title,
        "licence": plan.licence,
        "attribution": ATTRIBUTION,
    }


@plans.get("/<reference>/<version>/text")
@plans.arguments(EditionIn, location="query")
@plans.response(200, {"type": "string"}, content_type="text/plain")
def get_plan_text(query: dict[str, Any], reference: str, version: str) -> Response:
    """Answer a plan's text as it was imported."""
    sight, _ = edition_of(reference, version, query["edition"])
    text = next(e.fact.text for e in sight.session.history(sight.stream) if isinstance(e.fact, PlanImported))
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Link": LICENCE})


LICENCE = f'<{OPEN_GOVERNMENT_LICENCE}>; rel="license"'


def edition_of(
    reference: str, version: str, edition: str | None, *, ask: str | None = None
) -> tuple[Sight[PlanEdition], Plan]:
    """Return the newest approved edition of a plan, where none is the newest, or the one of this id or SHA-256 (hex).

    Raises ``PlanUnknown`` if there is none.
    """
    ids = services().journal.links(EDITIONS_OF_PLAN, f"{reference}/{version}")
    seen = [see(PLAN, plan_id, ask=ask) for plan_id in reversed(ids)]
    asked = [sight for sight in seen if edition in (None, str(sight.stream), sight.state.sha256)]
    for sight in sorted(asked, key=lambda sight: not sight.state.approved):
        if sight.state.plan:
            return sight, sight.state.plan
    raise PlanUnknown


@plans.post("/<uuid:plan_id>/rulings")
@plans.arguments(RulingIn)
@plans.response(201, ReceiptOut)
@plans.alt_response(405, "METHOD_NOT_ALLOWED")  # an id that is none reads as /{reference}/{version}
def rule_on_defect(body: dict[str, Any], plan_id: UUID) -> dict[str, Any]:
    """Rule how an oddity of the plan is to be read."""
    return execute(RuleOnDefect(plan_id=plan_id, **body))


@plans.get("/<reference>/<version>/rulings")
@plans.arguments(EditionIn, location="query")
@plans.response(200, RulingsOut)
def list_rulings(query: dict[str, Any], reference: str, version: str) -> dict[str, Any]:
    """Show every ruling on an edition, with who gave it and why."""
    sight, _ = edition_of(reference, version, query["edition"], ask="rulings")
    show_version(sight.version)
    given = [entry for entry in sight.session.history(sight.stream) if isinstance(entry.fact, DefectRuled)]
    newest = {entry.fact.warning: entry.position for entry in given if isinstance(entry.fact, DefectRuled)}
    return {
        "items": [
            {
                **fields_of(entry.fact),
                "by": entry.by,
                "name_of_author": name_of(sight.session, entry.by),
                "at": entry.at,
                "in_force": entry.position in newest.values(),
            }
            for entry in given
        ]
    }


@plans.post("/<uuid:plan_id>/approval")
@plans.response(201, ReceiptOut)
@plans.alt_response(405, "METHOD_NOT_ALLOWED")  # an id that is none reads as /{reference}/{version}
def approve_plan(plan_id: UUID) -> dict[str, Any]:
    """Approve the edition for use; its importer may not."""
    return execute(ApprovePlan(plan_id=plan_id))
