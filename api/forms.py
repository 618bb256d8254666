"""Forms: the components that together assess a plan, and the proof that nothing is left out."""

from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import fields

from api.blueprint import Blueprint
from api.exports import exports
from api.fields import Id, Text
from api.ids import new_id
from api.lists import NAMES, RECORDED, cards_shown, list_in, listed, words_of
from api.reads import Sight, may_see, see, wait_for
from api.schemas import PageOut, ReceiptOut, Schema
from api.shapes import Several, extended, fields_of, shape
from api.writes import execute, show_version
from portfolio.domain.form import (
    FORM,
    AddComponent,
    ApproveForm,
    Component,
    CoverageProof,
    DraftForm,
    Form,
    coverage_gaps,
    coverage_proof,
    missing_methods,
)
from portfolio.domain.plan import PLAN, Plan, PlanUnknown
from projections.forms import FORMS, FormCard

forms = Blueprint("forms", "The components that together assess a plan, with the proof that nothing is left out.")


class FormIn(Schema):
    """A form to begin, for these routes of a plan."""

    plan_id = Id(required=True)
    title = Text(required=True)
    routes = Several(Text(50), least=1, most=50, required=True)


class ComponentIn(Schema):
    """One component more."""

    component = fields.Nested(shape(Component), required=True)


class FormOut(Schema):
    """A form; ``proof`` is null until it is approved."""

    form_id = Id(required=True)
    plan_id = Id(required=True)
    title = fields.String(required=True)
    routes = fields.List(fields.String(), required=True)
    components = fields.List(fields.Nested(shape(Component)), required=True)
    proof = fields.Nested(shape(CoverageProof), required=True, allow_none=True)


class CodeCoverageOut(Schema):
    """The components that cover a code."""

    code = fields.String(required=True)
    components = fields.List(fields.String(), required=True)


class RouteCoverageOut(Schema):
    """The coverage of one route."""

    route = fields.String(required=True)
    codes = fields.List(fields.Nested(CodeCoverageOut), required=True)


class CoverageOut(Schema):
    """What the form covers, and what it leaves out.

    ``proof_holds``: the form is approved, and its stored proof is what the form and the plan give today.
    """

    routes = fields.List(fields.Nested(RouteCoverageOut), required=True)
    uncovered_codes = fields.List(fields.String(), required=True)
    uncovered_outcomes = fields.List(fields.String(), required=True)
    missing_methods = fields.List(fields.String(), required=True)
    proof_holds = fields.Boolean(required=True)


FormsIn = list_in(
    "FormsIn",
    (*NAMES, *RECORDED),
    search="the title",
    plan_id=Id(load_default=None),
    route=Text(50, load_default=None, metadata={"description": "Forms that serve this route."}),
    approved=fields.Boolean(load_default=None),
)


class FormsOut(PageOut):
    """Forms in the order asked for; ``components`` is how many there are."""

    items = fields.List(fields.Nested(extended(FormCard, name="FormRowOut", form_id=Id(required=True))), required=True)


@forms.post("")
@forms.arguments(FormIn)
@forms.response(201, ReceiptOut)
def draft_form(body: dict[str, Any]) -> dict[str, Any]:
    """Begin a form."""
    return execute(DraftForm(form_id=new_id(), **body), location=lambda it: url_for(".get_form", form_id=it))


@forms.get("")
@forms.arguments(FormsIn, location="query")
@exports(forms, FormsOut)
def list_forms(query: dict[str, Any]) -> dict[str, Any]:
    """List the forms."""
    return forms_page(query)


def forms_page(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the forms."""
    may_see("form")
    wait_for(query["after"])
    return listed(query, FORMS, cards_shown("form_id"), also=words_of(query, "plan_id", "route", "approved"))


@forms.get("/<uuid:form_id>")
@forms.response(200, FormOut)
def get_form(form_id: UUID) -> dict[str, Any]:
    """Show a form."""
    sight = see(FORM, form_id)
    show_version(sight.version)
    return {"form_id": form_id, **fields_of(sight.state)}


@forms.post("/<uuid:form_id>/components")
@forms.arguments(ComponentIn)
@forms.response(201, ReceiptOut)
def add_component(body: dict[str, Any], form_id: UUID) -> dict[str, Any]:
    """Add a component to a form that is not approved."""
    return execute(AddComponent(form_id=form_id, **body))


@forms.get("/<uuid:form_id>/coverage")
@forms.response(200, CoverageOut)
def get_form_coverage(form_id: UUID) -> dict[str, Any]:
    """Show which components cover each code of each route, and what is left out."""
    sight = see(FORM, form_id)
    plan, sha256 = plan_of(sight)
    proof = coverage_proof(sight.state, plan, sha256)
    codes, outcomes = coverage_gaps(sight.state, plan)
    return {
        "routes": [
            {"route": each.route, "codes": [{"code": code, "components": by} for code, by in each.codes]}
            for each in proof.routes
        ],
        "uncovered_codes": codes,
        "uncovered_outcomes": outcomes,
        "missing_methods": missing_methods(sight.state, plan),
        "proof_holds": proof == sight.state.proof,
    }


def plan_of(sight: Sight[Form]) -> tuple[Plan, str]:
    """Return the plan a form is for, with its SHA-256 (hex)."""
    edition = sight.session.state(PLAN, sight.state.plan_id)
    if edition.plan is None:
        raise PlanUnknown
    return edition.plan, edition.sha256


@forms.post("/<uuid:form_id>/approval")
@forms.response(201, ReceiptOut)
def approve_form(form_id: UUID) -> dict[str, Any]:
    """Approve the form; its coverage proof is stored with the approval."""
    return execute(ApproveForm(form_id=form_id))
