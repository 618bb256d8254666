"""Previews: what of a file can be looked at without its program, and how it stands with what is not made yet."""

from functools import partial
from typing import Any, get_args
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from api.blueprint import Blueprint
from api.content import content_of, require_asked, send_file
from api.evidence import ContentIn
from api.evidence_shown import hidden_from_caller, page_of, visible_version
from api.judging import refusal_of
from api.reads import Sight, see
from api.schemas import Schema
from api.services import caller, services
from api.shapes import word
from portfolio.application.originals import file_of
from portfolio.application.previews import NoPreview, Standing, State, no_page
from portfolio.application.recipes import PARTS_OF, Asked, Kind, Part, kind_of, type_of
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceRedacted
from portfolio.domain.evidence.item import Evidence, Version

previews = Blueprint(
    "previews", "What can be looked at in place of a file: made of its bytes when first asked for.", below="evidence"
)

MOST_PAGES = 2_000
WRITTEN = "This was written here: its text stands in the item itself."
FILE = content_of(
    sorted({type_of(part, family) for part in get_args(Part) for family in ("audio/", "video/")} - {"application/json"})
)


class PreviewIn(ContentIn):
    """Query of a preview."""

    part = word(Part, required=True)
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(1, MOST_PAGES),
        metadata={"description": "Of `page`, `page-small`, `words` and `text`: counted from 1."},
    )


class WordOut(Schema):
    """A word and where it stands, in parts of the page's width and height from its top left corner."""

    text = fields.String(required=True)
    x = fields.Float(required=True)
    y = fields.Float(required=True)
    width = fields.Float(required=True)
    height = fields.Float(required=True)


class WordsOut(Schema):
    """The words of a page (`part=words`), whose width and height are in points."""

    page = fields.Integer(required=True)
    width = fields.Float(required=True)
    height = fields.Float(required=True)
    text = fields.String(required=True)
    words = fields.List(fields.Nested(WordOut), required=True)


class PreviewPartOut(Schema):
    """One part: how it stands with it. `done` goes from 0 to 1; of pages the first one counts."""

    part = word(Part, required=True)
    recipe = fields.String(required=True, metadata={"description": "Its name and version, empty where there is none."})
    state = word(Standing, required=True)
    done = fields.Float(required=True, allow_none=True)
    sentence = fields.String(required=True, metadata={"description": "Why there will be none."})


class PreviewsOut(Schema):
    """How a version is shown, of which bytes its previews are (`sha256`), and how it stands with each part."""

    sha256 = fields.String(required=True)
    redaction = fields.Integer(
        required=True, metadata={"description": "The redaction without whose places they are made, 0 if whole."}
    )
    kind = word(Kind, required=True, allow_none=True)
    pages = fields.Integer(required=True, allow_none=True, metadata={"description": "None as long as nobody knows."})
    parts = fields.List(fields.Nested(PreviewPartOut), required=True)


@previews.get("/<uuid:evidence_id>/previews")
@previews.arguments(ContentIn, location="query")
@previews.response(200, PreviewsOut)
@previews.alt_response(410, "GONE")
def list_previews(query: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Say what can be looked at of a version and how it stands with it; nothing is begun by asking."""
    sight = see(EVIDENCE, evidence_id)
    version = visible_version(sight, query["version"])
    redaction = hidden_from_caller(sight, version)
    require_shown(evidence_id, version, redaction)
    kind = kind_of(version.media_type) if version.object_id else None
    return {
        "sha256": version.sha256,
        "redaction": redaction.redaction if redaction else 0,
        "kind": kind,
        "pages": pages_of(version),
        "parts": [state_of(version, part, redaction=redaction) for part in PARTS_OF[kind]] if kind else [],
    }


@previews.get("/<uuid:evidence_id>/preview", parameters=["Range", "If-None-Match"])
@previews.arguments(PreviewIn, location="query")
@previews.doc(
    responses={
        200: {
            "description": "The preview",
            "content": {**FILE, "application/json": {"schema": WordsOut}},
            "headers": {
                "Preview-Of": {"description": "SHA-256 of the original", "schema": {"type": "string"}},
                "Preview-Recipe": {"description": "By which recipe it was made", "schema": {"type": "string"}},
            },
        },
        206: {"description": "The part of it that was asked for", "content": FILE},
        304: {"description": "The bytes are those you have"},
    }
)
@previews.alt_response(412, "PRECONDITION_FAILED")
@previews.alt_response(416, "REQUESTED_RANGE_NOT_SATISFIABLE")
@previews.alt_response(507, "INSUFFICIENT_STORAGE")
@previews.alt_response(410, "GONE")
def get_preview(query: dict[str, Any], evidence_id: UUID) -> Response:
    """Answer a preview, 503 with Retry-After while it is being made; the first view of the version is recorded."""
    sight = see(EVIDENCE, evidence_id)
    return show_preview(sight, visible_version(sight, query["version"]), query["part"], query["page"])


def serving(evidence_id: UUID, version: Version, redaction: EvidenceRedacted | None) -> ServeEvidence:
    """Return the command that records who was shown a version, whole or without what a redaction hides."""
    number = redaction.redaction if redaction else 0
    return ServeEvidence(evidence_id=evidence_id, version=version.number, redaction=number)


def require_shown(evidence_id: UUID, version: Version, redaction: EvidenceRedacted | None) -> None:
    """Raise why the caller may not be shown a version, whole or without what a redaction hides."""
    if refusal := refusal_of(serving(evidence_id, version, redaction)):
        raise refusal


def show_preview(sight: Sight[Evidence], version: Version, part: Part, page: int) -> Response:
    """Answer a preview to this request; who is sent any was shown the version, which is recorded as for its bytes."""
    require_asked(page_of(sight.stream, version.number))
    redaction = hidden_from_caller(sight, version)
    require_shown(sight.stream, version, redaction)
    if version.object_id is None:
        raise NoPreview(WRITTEN)
    count = pages_of(version)
    if count is not None and page > count:
        raise NoPreview(no_page(page, count))
    made = services().previews
    preview = made.get(caller(), asked_of(version, part, page, redaction))
    answer = send_file(
        partial(made.read, preview),
        preview.mark,
        size=preview.size,
        media_type=preview.media_type,
        filename=version.filename,
        inline=True,
        sent=lambda: services().handler.execute(serving(sight.stream, version, redaction), caller()),
    )
    answer.headers["Preview-Of"] = preview.sha256
    answer.headers["Preview-Recipe"] = preview.recipe
    return answer


def pages_of(version: Version) -> int | None:
    """Return how many pages there are to look at, None if there are none or nobody knows yet."""
    if version.object_id is None:
        return None
    if version.bounds is not None and version.bounds.pages:
        return len(version.bounds.pages)
    return services().previews.page_count(file_of(version)) if kind_of(version.media_type) == "document" else None


def state_of(version: Version, part: Part, page: int = 1, *, redaction: EvidenceRedacted | None = None) -> State:
    """Return how it stands with a part of a version that has a file, made without what a redaction hides."""
    return services().previews.state(asked_of(version, part, page, redaction))


def asked_of(version: Version, part: Part, page: int, redaction: EvidenceRedacted | None) -> Asked:
    """Return a part of a version that has a file, to be made without what a redaction hides."""
    return Asked(
        file=file_of(version),
        media_type=version.media_type,
        part=part,
        page=page,
        hidden=redaction.places if redaction else (),
        bounds=version.bounds,
    )
