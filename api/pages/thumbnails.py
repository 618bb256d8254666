"""Thumbnails: a small picture of a version beside its title, for its apprentice alone; to others a drawing of its kind.

Who is sent a picture of a version was shown it, which is a fact about anybody but the apprentice: a list shows nobody
else any, so that "was shown" stays what was opened.
"""

from uuid import UUID

from flask import url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.evidence_shown import visible_version
from api.pages.common import asked, pages
from api.pages.evidence.look import wanted
from api.previews import show_preview
from api.reads import see
from api.services import caller
from api.static import FOLDER, MEDIA_TYPES
from portfolio.application.ports import Busy
from portfolio.application.recipes import Kind, Part, kind_of
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.item import Version
from portfolio.domain.kernel import NotPermitted
from projections.evidence_items import Item

SMALL: dict[Kind, Part] = {"picture": "thumbnail", "pages": "page-small", "document": "page-small"}
"""The part of a file that is small enough for a list, by how the file is shown."""

DRAWING: dict[Kind, str] = {
    "picture": "picture.svg",
    "pages": "pages.svg",
    "document": "pages.svg",
    "recording": "recording.svg",
}
KINDS: tuple[tuple[str, str], ...] = (
    ("image/", "Picture"),
    ("audio/", "Sound recording"),
    ("video/", "Film"),
    ("application/pdf", "PDF"),
    ("text/csv", "Table"),
    ("text/", "Text"),
    ("wordprocessing", "Word document"),
    ("spreadsheet", "Spreadsheet"),
    ("presentation", "Slides"),
    ("opendocument.text", "Text document"),
)
"""What people call files, by what their media types hold."""

STAGES = {
    "offered": "Draft – its file has not arrived",
    "received": "Draft – its file is being checked",
    "refused": "Draft – its file was not taken",
    "sealed": "Draft – not handed in",
    "submitted": "Handed in",
    "returned": "Returned",
    "accepted": "Accepted",
    "replaced": "Replaced",
    "withdrawn": "Taken back",
}


@pages.app_template_filter("file_kind")
def file_kind(item: Item | Version) -> str:
    """Return what people call what an item is."""
    if item.kind != "work product":
        return item.kind.capitalize()
    return next((name for part, name in KINDS if part in item.media_type), "File")


@pages.app_template_filter("stage_said")
def stage_said(stage: str) -> str:
    """Return what people call where a version stands."""
    return STAGES.get(stage, stage.capitalize())


@pages.app_template_global()
def pictured(item: Item, own: bool) -> str:
    """Return the address of what is shown of an item in a list: of their own to an apprentice a small picture."""
    if own and item.kind == "work product" and item.stage not in ("offered", "received", "refused", "withdrawn"):
        return url_for("pages.thumbnail", evidence_id=item.evidence_id, version=item.version)
    kind = kind_of(item.media_type) if item.kind == "work product" else "pages"
    return url_for("static", filename=DRAWING[kind])


@pages.get("/evidence/<uuid:evidence_id>/thumbnail")
def thumbnail(evidence_id: UUID) -> Response:
    """Send the apprentice a small picture of their version, begun to be made if it is not there; then a drawing."""
    sight = see(EVIDENCE, evidence_id)
    if sight.state.apprentice != caller():
        raise NotPermitted
    version = visible_version(sight, asked("version", fields.Integer(validate=validate.Range(1))))
    part = small_part(version)
    if part is not None and is_made(version, part):
        return show_preview(sight, version, part, 1)
    drawing = (FOLDER / DRAWING[kind_of(version.media_type)]).read_bytes()
    return Response(drawing, content_type=MEDIA_TYPES[".svg"], headers={"Cache-Control": "no-store"})


def small_part(version: Version) -> Part | None:
    """Return by which part a version is shown in a list, None if by none."""
    if version.object_id is None or version.bounds is None or version.erased():
        return None
    kind = kind_of(version.media_type)
    return SMALL.get(kind) or ("poster" if version.media_type.startswith("video/") else "waveform")


def is_made(version: Version, part: Part) -> bool:
    """Tell whether a part is there; it is begun if it is not, and what cannot be had now is not there."""
    try:
        return wanted(version, part, None).state == "made"
    except Busy:
        return False
