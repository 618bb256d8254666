"""Criteria: what an assessor decides against, by version."""

from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Id, Text
from api.ids import new_id
from api.lists import NAMES, RECORDED, cards_shown, list_in, listed, words_of
from api.reads import may_see, see, wait_for
from api.schemas import PageOut, ReceiptOut, Schema
from api.shapes import Several, extended, fields_of, shape
from api.writes import execute, show_version
from portfolio.domain.criteria import (
    CRITERIA,
    AddGradeRules,
    ApproveCriteria,
    Criterion,
    DraftCriteria,
    GradeRule,
    RecordPredecessor,
)
from projections.criteria import CRITERIA_LIST, CriteriaCard

criteria = Blueprint("criteria", "What an assessor decides against: versioned, approved, traced to the plan.")


class CriteriaIn(Schema):
    """One version of a component's criteria; ``scale`` lists its grades from the lowest."""

    plan_id = Id(required=True)
    title = Text(required=True)
    version = Text(50, required=True)
    scale = Several(Text(50), most=20, required=True)
    criteria = Several(fields.Nested(shape(Criterion)), most=500, required=True)
    grade_rules = Several(fields.Nested(shape(GradeRule)), most=20, load_default=())
    follows = Id(load_default=None, allow_none=True)


class GradeRulesIn(Schema):
    """For each grade of the scale, whether every code must be met for it."""

    grade_rules = Several(fields.Nested(shape(GradeRule)), least=1, most=20, required=True)


class PredecessorIn(Schema):
    """The version that approved criteria follow, and how that is known."""

    follows = Id(required=True)
    reason = Text(2000, lines=True, required=True)


class CriteriaOut(Schema):
    """One version of criteria; ``sha256`` is how it is cited, ``follows`` the version before it in its line.

    No ``grade_rules``: it does not say them yet, and ``every_code_met`` reads "not said" for each grade.
    """

    criteria_id = Id(required=True)
    plan_id = Id(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)
    scale = fields.List(fields.String(), required=True)
    criteria = fields.List(fields.Nested(shape(Criterion)), required=True)
    sha256 = fields.String(required=True)
    grade_rules = fields.List(fields.Nested(shape(GradeRule)), required=True)
    every_code_met = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(["yes", "no", "not said"])),
        required=True,
        metadata={"description": "By grade, whether every code must be met for it."},
    )
    approved = fields.Boolean(required=True)
    follows = Id(required=True, allow_none=True)


CriteriaListIn = list_in(
    "CriteriaListIn",
    (*NAMES, *RECORDED),
    search="the title and the version",
    plan_id=Id(load_default=None),
    approved=fields.Boolean(load_default=None),
)


class CriteriaListOut(PageOut):
    """Versions of criteria in the order asked for."""

    items = fields.List(
        fields.Nested(extended(CriteriaCard, name="CriteriaRowOut", criteria_id=Id(required=True))), required=True
    )


@criteria.post("")
@criteria.arguments(CriteriaIn)
@criteria.response(201, ReceiptOut)
def draft_criteria(body: dict[str, Any]) -> dict[str, Any]:
    """Write one version of criteria; a written version never changes."""
    return execute(
        DraftCriteria(criteria_id=new_id(), **body), location=lambda it: url_for(".get_criteria", criteria_id=it)
    )


@criteria.get("")
@criteria.arguments(CriteriaListIn, location="query")
@exports(criteria, CriteriaListOut)
def list_criteria(query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of criteria."""
    return criteria_page(query)


def criteria_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the versions of criteria."""
    may_see("criteria")
    wait_for(query["after"])
    return listed(query, CRITERIA_LIST, cards_shown("criteria_id"), also=words_of(query, "plan_id", "approved"))


@criteria.get("/<uuid:criteria_id>")
@criteria.response(200, CriteriaOut)
def get_criteria(criteria_id: UUID) -> dict[str, Any]:
    """Show one version of criteria."""
    sight = see(CRITERIA, criteria_id)
    show_version(sight.version)
    said = {rule.grade: "yes" if rule.every_code_met else "no" for rule in sight.state.grade_rules}
    by_grade = {grade: said.get(grade, "not said") for grade in sight.state.scale}
    return {"criteria_id": criteria_id, "every_code_met": by_grade, **fields_of(sight.state)}


@criteria.post("/<uuid:criteria_id>/approval")
@criteria.response(201, ReceiptOut)
def approve_criteria(criteria_id: UUID) -> dict[str, Any]:
    """Approve this version for use."""
    return execute(ApproveCriteria(criteria_id=criteria_id))


@criteria.post("/<uuid:criteria_id>/grade-rules")
@criteria.arguments(GradeRulesIn)
@criteria.response(201, ReceiptOut)
def add_grade_rules(body: dict[str, Any], criteria_id: UUID) -> dict[str, Any]:
    """Say, once, for which grades every code must be met, where these criteria do not say it."""
    return execute(AddGradeRules(criteria_id=criteria_id, **body))


@criteria.post("/<uuid:criteria_id>/predecessor")
@criteria.arguments(PredecessorIn)
@criteria.response(201, ReceiptOut)
def record_predecessor(body: dict[str, Any], criteria_id: UUID) -> dict[str, Any]:
    """Record once which version approved criteria follow, where their draft did not say it."""
    return execute(RecordPredecessor(criteria_id=criteria_id, **body))
