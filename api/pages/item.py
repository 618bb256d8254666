"""Item: one evidence version with its content and remarks, and what the person at the page may do with it."""

from typing import Any
from uuid import UUID

from flask import request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.common import Schema, Sight, caller, see, services, today
from api.content import send_object
from api.errors import FieldsNotValid
from api.fields import Text
from api.ids import new_id
from api.pages.board import declaration
from api.pages.common import back_to, fresh, named, pages, render
from api.pages.forms import form, once, run
from portfolio.application.lookups import route_codes
from portfolio.domain import permissions
from portfolio.domain.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY
from portfolio.domain.evidence import EVIDENCE, EvidenceNotSubmitted, EvidenceUnknown
from portfolio.domain.evidence_commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    DiscardDraft,
    ReturnEvidence,
    ServeEvidence,
    SubmitEvidence,
)
from portfolio.domain.evidence_facts import Evidence, EvidenceAnnotated, Version
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Command
from portfolio.domain.selector import (
    ImageRegion,
    PdfRectangle,
    Selector,
    TextQuote,
    TimeRange,
    WholeItem,
    fragment,
)

PLACES = ("whole item", "pdf rectangle", "image region", "time range", "text quote")


class VersionForm(Schema):
    """A form about one version."""

    version = fields.Integer(required=True)


class SubmissionForm(VersionForm):
    """The form that hands in a draft."""

    declared = fields.String(required=True)
    ai_detail = Text(2000, lines=True, load_default="")


class ReturnForm(VersionForm):
    """The form that gives a version back."""

    reason = Text(1000, required=True)


class ClaimForm(VersionForm):
    """The form that claims codes."""

    codes = fields.List(Text(10), required=True, validate=validate.Length(1, error="Choose at least one code."))


class RemarkForm(VersionForm):
    """The form that keeps a remark; which numbers it needs depends on the kind of place."""

    sha256 = Text(64, required=True)
    place = fields.String(required=True, validate=validate.OneOf(PLACES))
    page = fields.Integer(load_default=None)
    x = fields.Float(load_default=None)
    y = fields.Float(load_default=None)
    width = fields.Float(load_default=None)
    height = fields.Float(load_default=None)
    start = fields.Float(load_default=None)
    end = fields.Float(load_default=None)
    exact = Text(2000, load_default=None)
    kind = fields.String(required=True, validate=validate.OneOf(["formative", "pointer", "basis of finding"]))
    audience = fields.String(required=True, validate=validate.OneOf(["apprentice and assessors", "assessors"]))
    text = Text(4000, lines=True, required=True)


@pages.get("/evidence/<uuid:evidence_id>")
def item(evidence_id: UUID) -> str:
    """Show one version, the newest unless ``version`` names another."""
    fresh()
    sight = see(EVIDENCE, evidence_id)
    shown = chosen(sight)
    own = "the apprentice" in sight.held
    seen = [version for version in sight.state.versions if own or version.handed_in()]
    remarks = [remark for remark in remarks_of(sight, evidence_id, shown) if not (own and remark["hidden"])]
    people = [sight.state.apprentice, *(remark["by"] for remark in remarks)]
    return render(
        "item.html",
        evidence_id=evidence_id,
        item=sight.state,
        shown=shown,
        versions=seen,
        remarks=remarks,
        names=named(people),
        can=able(sight, shown),
        codes=sorted(route_codes(sight.reading, sight.state.enrolment_id, today()), key=code_order),
        wording=AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        key=new_id(),
    )


def chosen(sight: Sight[Evidence]) -> Version:
    """Return the version asked for; others than the apprentice see no drafts."""
    visible = [version for version in sight.state.versions if "the apprentice" in sight.held or version.handed_in()]
    if not visible:
        raise EvidenceNotSubmitted
    number = request.args.get("version", str(visible[-1].number))
    shown = next((version for version in visible if str(version.number) == number), None)
    if shown is None:
        raise EvidenceUnknown
    return shown


def remarks_of(sight: Sight[Evidence], evidence_id: UUID, shown: Version) -> list[dict[str, Any]]:
    """Return the remarks on a version, oldest first."""
    return [
        {
            "kind": entry.fact.kind,
            "fragment": fragment(entry.fact.selector),
            "quote": getattr(entry.fact.selector, "exact", ""),
            "text": entry.fact.text,
            "by": entry.by,
            "at": entry.at,
            "revises": entry.fact.revises,
            "hidden": entry.fact.audience == "assessors",
        }
        for entry in sight.reading.history(evidence_id)
        if isinstance(entry.fact, EvidenceAnnotated) and entry.fact.version == shown.number
    ]


def able(sight: Sight[Evidence], shown: Version) -> dict[str, bool]:
    """Return which forms the page offers: those that the permission table and the stage allow."""

    def may(command: type[Command]) -> bool:
        return permissions.may(permissions.MAY[command], sight.held)

    draft, own = shown.stage in ("offered", "sealed"), "the apprentice" in sight.held
    return {
        "annotate": may(AnnotateEvidence) and shown.handed_in() and shown.bounds is not None,
        "answer": may(AcceptEvidence) and shown.stage == "submitted",
        "submit": own and shown.stage == "sealed",
        "discard": may(DiscardDraft) and draft,
        "claim": own and shown.stage not in ("replaced", "withdrawn", "discarded"),
    }


@pages.get("/evidence/<uuid:evidence_id>/content")
def content(evidence_id: UUID) -> Response:
    """Send the bytes of a version; that a member of staff was shown them is recorded."""
    sight = see(EVIDENCE, evidence_id)
    shown = chosen(sight)
    services().handler.execute(ServeEvidence(evidence_id=evidence_id, version=shown.number), caller())
    if shown.object_id is None or shown.bounds is None:
        raise EvidenceUnknown
    inline = shown.media_type.partition("/")[0] in ("image", "audio", "video")
    return send_object(
        services().vault,
        shown.object_id,
        sha256=shown.sha256,
        size=shown.size,
        media_type=shown.media_type,
        filename=shown.filename,
        inline=inline,
        storage_version=shown.storage_version,
    )


@pages.post("/evidence/<uuid:evidence_id>/submission")
def submit(evidence_id: UUID) -> Response:
    """Hand in a draft."""
    said = form(SubmissionForm)
    signed = declaration(said["ai_detail"])
    done = run(SubmitEvidence(evidence_id=evidence_id, version=said["version"], declaration=signed))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/claims")
def claim(evidence_id: UUID) -> Response:
    """Claim codes."""
    said = form(ClaimForm, "codes")
    codes = frozenset(said["codes"])
    done = run(ClaimStatements(evidence_id=evidence_id, version=said["version"], codes=codes))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/acceptance")
def accept(evidence_id: UUID) -> Response:
    """Take a version into assessment."""
    done = run(AcceptEvidence(evidence_id=evidence_id, version=form(VersionForm)["version"]))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/return")
def give_back(evidence_id: UUID) -> Response:
    """Give a version back to the apprentice."""
    said = form(ReturnForm)
    done = run(ReturnEvidence(evidence_id=evidence_id, version=said["version"], reason=said["reason"]))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/discard")
def discard(evidence_id: UUID) -> Response:
    """Throw a draft away and go back to the board."""
    enrolment_id = see(EVIDENCE, evidence_id).state.enrolment_id
    command = DiscardDraft(evidence_id=evidence_id, version=form(VersionForm)["version"])
    done = services().uploads.discard(command, caller(), idempotency=once("do"))
    return back_to(f"/enrolments/{enrolment_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/annotations")
def annotate(evidence_id: UUID) -> Response:
    """Keep a remark at a place of the version that was shown."""
    said = form(RemarkForm)
    command = AnnotateEvidence(
        evidence_id=evidence_id,
        annotation_id=new_id(),
        version=said["version"],
        sha256=said["sha256"],
        selector=selector(said),
        kind=said["kind"],
        audience=said["audience"],
        text=said["text"],
    )
    return back_to(f"/evidence/{evidence_id}", run(command).position)


def selector(said: dict[str, Any]) -> Selector:
    """Return the place a remark form names; raise ``FieldsNotValid`` for a number it leaves out."""

    def number(name: str) -> float:
        value: float | None = said[name]
        if value is None:
            raise FieldsNotValid(f"{name}: give a number for this kind of place.")
        return value

    match said["place"]:
        case "pdf rectangle":
            x, y, width, height = (number(name) for name in ("x", "y", "width", "height"))
            return PdfRectangle(page=int(number("page")), x=x, y=y, width=width, height=height)
        case "image region":
            left, top, across, down = (round(number(name)) for name in ("x", "y", "width", "height"))
            return ImageRegion(x=left, y=top, width=across, height=down)
        case "time range":
            return TimeRange(start=number("start"), end=number("end"))
        case "text quote":
            return TextQuote(exact=said["exact"] or "")
        case _:
            return WholeItem()
