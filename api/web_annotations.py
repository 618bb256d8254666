"""The remarks on an item as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), in JSON-LD.

They are those that the caller is shown with the item, each at its place. An author is named by the address of their
record alone: who may read that reads the name there, and a file that goes on to others holds none.
"""

from collections.abc import Iterator
from typing import Any, Literal, assert_never
from uuid import UUID

import msgspec
from flask import Response, url_for
from marshmallow import fields

from api.blueprint import Blueprint
from api.evidence_shown import annotations_shown, history_shown, visible_versions
from api.fields import Moment
from api.reads import Sight, see
from api.schemas import Schema
from api.shapes import word
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import AnnotationKind
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.selector import ImageRegion, PdfRectangle, Selector, TextQuote, TimeRange, WholeItem
from portfolio.domain.evidence.selector import fragment as fragment_of

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
JSON_LD = "application/ld+json"
MEDIA_TYPE = f'{JSON_LD}; profile="{CONTEXT}"'
PDF_FRAGMENTS, MEDIA_FRAGMENTS = "http://tools.ietf.org/rfc/rfc3778", "http://www.w3.org/TR/media-frags/"
MOTIVATIONS: dict[AnnotationKind, str] = {
    "formative": "commenting",
    "pointer": "highlighting",
    "basis of finding": "assessing",
}
"""What each kind of remark is called among the motivations of the vocabulary."""


web_annotations = Blueprint(
    "web-annotations",
    "The remarks on an item as Web Annotations in JSON-LD, for systems that know those.",
    below="evidence",
)


def always(value: str | int, **options: Any) -> fields.Constant[str | int]:
    """Return a field that holds one value."""
    kind = "integer" if isinstance(value, int) else "string"
    return fields.Constant(value, metadata={"type": kind, "enum": [value]}, **options)


def iri(what: str = "", **options: Any) -> fields.String:
    """Return a field that holds an address, or another name that is one of its kind."""
    return fields.String(metadata={"format": "uri", **({"description": what} if what else {})}, **options)


class AnnotationAgentOut(Schema):
    """Who made a remark."""

    id = iri(required=True)
    type = always("Person", required=True)


class AnnotationAudienceOut(Schema):
    """Whom a remark is for."""

    type = always("schema:Audience", required=True)
    audience_type = fields.String(data_key="schema:audienceType", required=True)


class AnnotationBodyOut(Schema):
    """What a remark says."""

    type = always("TextualBody", required=True)
    value = fields.String(required=True)
    format = fields.Constant("text/plain", required=True, metadata={"type": "string"})


class AnnotationSourceOut(Schema):
    """The version that a remark is about, by the address of its bytes and their SHA-256."""

    id = iri(required=True)
    format = fields.String(required=True)
    sha256 = fields.String(data_key="schema:sha256", required=True)


class AnnotationSelectorOut(Schema):
    """A place: a fragment of a page, a picture or a recording, or words as they stand in the text."""

    type = word(Literal["FragmentSelector", "TextQuoteSelector"], required=True)
    conforms_to = iri(data_key="conformsTo")
    value = fields.String()
    exact = fields.String()
    prefix = fields.String()
    suffix = fields.String()


class AnnotationTargetOut(Schema):
    """What a remark is about: a version, and without a ``selector`` all of it."""

    type = always("SpecificResource", required=True)
    source = fields.Nested(AnnotationSourceOut, required=True)
    selector = fields.Nested(AnnotationSelectorOut)


class WebAnnotationOut(Schema):
    """A remark."""

    id = iri(required=True)
    type = always("Annotation", required=True)
    canonical = iri("The same wherever the service is reached.", required=True)
    motivation = word(Literal["commenting", "highlighting", "assessing"], required=True)
    created = Moment(required=True)
    creator = fields.Nested(AnnotationAgentOut, required=True)
    audience = fields.Nested(AnnotationAudienceOut, required=True)
    body = fields.Nested(AnnotationBodyOut, required=True)
    target = fields.Nested(AnnotationTargetOut, required=True)
    replaces = iri("The remark that it revises.", data_key="dcterms:replaces")


class AnnotationPageOut(Schema):
    """All remarks of a collection."""

    id = iri(required=True)
    type = always("AnnotationPage", required=True)
    start_index = always(0, data_key="startIndex", required=True)
    items = fields.List(fields.Nested(WebAnnotationOut), required=True)


class AnnotationCollectionOut(Schema):
    """The remarks on an item that are for the caller, oldest version first."""

    context = always(CONTEXT, data_key="@context", required=True)
    id = iri(required=True)
    type = always("AnnotationCollection", required=True)
    total = fields.Integer(required=True)
    first = fields.Nested(AnnotationPageOut, required=True)


@web_annotations.get("/<uuid:evidence_id>/annotations")
@web_annotations.response(200, AnnotationCollectionOut, content_type=JSON_LD)
def list_annotations(evidence_id: UUID) -> Response:
    """Show the remarks on an item, on all versions that you may see, as W3C Web Annotations in JSON-LD."""
    here = url_for(".list_annotations", evidence_id=evidence_id, _external=True)
    items = list(annotations(see(EVIDENCE, evidence_id), here))
    collection = {"id": here, "total": len(items), "first": {"id": f"{here}#all", "items": items}}
    content = AnnotationCollectionOut().dump(collection)
    return Response(msgspec.json.encode(content), content_type=MEDIA_TYPE)


def annotations(sight: Sight[Evidence], here: str) -> Iterator[dict[str, Any]]:
    """Yield the remarks on an item that are for the caller; ``here`` is the address of them all."""
    history = history_shown(sight)
    for version in visible_versions(sight):
        for remark in annotations_shown(sight, version, history):
            yield {
                "id": f"{here}#{remark['annotation_id']}",
                "canonical": remark["annotation_id"].urn,
                "motivation": MOTIVATIONS[remark["kind"]],
                "created": remark["at"],
                "creator": {"id": url_for("people.get_person", person_id=remark["by"], _external=True)},
                "audience": {"audience_type": remark["audience"]},
                "body": {"value": remark["text"]},
                "target": target(sight.stream, version, remark),
                **({"replaces": f"{here}#{remark['revises']}"} if remark["revises"] else {}),
            }


def target(evidence_id: UUID, version: Version, remark: dict[str, Any]) -> dict[str, Any]:
    """Return what a remark is about."""
    address = url_for("evidence.get_evidence_content", evidence_id=evidence_id, version=version.number, _external=True)
    source = {"id": address, "format": version.media_type, "sha256": remark["sha256"]}
    place = selector(remark["selector"])
    return {"source": source, **({"selector": place} if place else {})}


def selector(place: Selector) -> dict[str, str]:
    """Return a place as a selector of the model, nothing for the whole item."""
    match place:
        case WholeItem():
            return {}
        case PdfRectangle():
            return {"type": "FragmentSelector", "conforms_to": PDF_FRAGMENTS, "value": fragment_of(place)}
        case ImageRegion() | TimeRange():
            return {"type": "FragmentSelector", "conforms_to": MEDIA_FRAGMENTS, "value": fragment_of(place)}
        case TextQuote(exact=exact, prefix=prefix, suffix=suffix):
            around = {"prefix": prefix, "suffix": suffix}
            words = {name: text for name, text in around.items() if text}
            return {"type": "TextQuoteSelector", "exact": exact, **words}
    assert_never(place)
