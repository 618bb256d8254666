"""Review: the forms with which an assessor, a coach or a quality assurer answers an item."""

from typing import Any, get_args
from uuid import UUID

from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid
from api.fields import Text
from api.ids import new_id
from api.pages.common import back_to, label, pages
from api.pages.evidence.own_work import ReasonForm, VersionForm
from api.pages.evidence.page import item
from api.pages.forms import form, run, shown_again
from api.reads import see
from api.services import caller
from portfolio.domain.evidence import EVIDENCE
from portfolio.domain.evidence_commands import AcceptEvidence, AnnotateEvidence, ReturnEvidence
from portfolio.domain.evidence_facts import AnnotationKind, Audience
from portfolio.domain.person import DeclareInterest, Interest
from portfolio.domain.selector import (
    ImageRegion,
    PdfRectangle,
    Selector,
    TextQuote,
    TimeRange,
    WholeItem,
)

PLACES = ("whole item", "pdf rectangle", "image region", "time range", "text quote")


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
    words = Text(2000, load_default=None)
    kind = fields.String(required=True, validate=validate.OneOf(get_args(AnnotationKind)))
    audience = fields.String(required=True, validate=validate.OneOf(get_args(Audience)))
    remark = Text(4000, lines=True, required=True)


class InterestForm(VersionForm):
    """The form with which staff say what they are to the apprentice."""

    interest = fields.String(required=True, validate=validate.OneOf(get_args(Interest)))
    detail = Text(1000, lines=True, load_default="")


@pages.post("/evidence/<uuid:evidence_id>/interest")
@shown_again(item)
def declare_interest(evidence_id: UUID) -> Response:
    """Keep what the person at the page says to be to the apprentice."""
    said = form(InterestForm)
    apprentice = see(EVIDENCE, evidence_id).state.apprentice
    done = run(
        DeclareInterest(person_id=caller(), apprentice=apprentice, interest=said["interest"], detail=said["detail"])
    )
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/acceptance")
@shown_again(item)
def accept(evidence_id: UUID) -> Response:
    """Take a version into assessment."""
    done = run(AcceptEvidence(evidence_id=evidence_id, **form(VersionForm)))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/return")
@shown_again(item)
def give_back(evidence_id: UUID) -> Response:
    """Give a version back to the apprentice."""
    done = run(ReturnEvidence(evidence_id=evidence_id, **form(ReasonForm)))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/annotations")
@shown_again(item)
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
        text=said["remark"],
    )
    return back_to(f"/evidence/{evidence_id}", run(command).position)


def selector(said: dict[str, Any]) -> Selector:
    """Return the place a remark form names; raise ``FieldsNotValid`` for a part of it that is left out."""

    def part(name: str) -> Any:
        if said[name] is None:
            raise FieldsNotValid(f"{label(name)}: fill this in for this kind of place.")
        return said[name]

    match said["place"]:
        case "pdf rectangle":
            x, y, width, height = (part(name) for name in ("x", "y", "width", "height"))
            return PdfRectangle(page=part("page"), x=x, y=y, width=width, height=height)
        case "image region":
            left, top, across, down = (round(part(name)) for name in ("x", "y", "width", "height"))
            return ImageRegion(x=left, y=top, width=across, height=down)
        case "time range":
            return TimeRange(start=part("start"), end=part("end"))
        case "text quote":
            return TextQuote(exact=part("words"))
        case _:
            return WholeItem()
