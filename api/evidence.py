"""Evidence: items with their versions, claims and annotations, and the bytes behind them."""

from typing import Any, Literal, get_args
from uuid import UUID

from flask import Response, url_for
from marshmallow import fields, validate

from api.blueprint import Blueprint
from api.content import content_of
from api.evidence_shown import PLACES, EvidenceOut, item_shown, open_item, show_content, visible_version
from api.fields import Day, Digest, Id, Moment, Text, Whole
from api.ids import new_id
from api.rates import count
from api.reads import see
from api.schemas import ReceiptOut, Schema
from api.services import caller, services
from api.shapes import OneOf, Several, fields_of, shape, word
from api.writes import execute, show_version
from portfolio.application.parts import PART_BYTES
from portfolio.domain.enrolment.papers import CompletePaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    CompleteUpload,
    CorrectRecord,
    DropClaim,
    OfferEvidence,
    OfferVersion,
    ReturnEvidence,
    SubmitEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.facts import AnnotationKind, Audience
from portfolio.domain.evidence.media import TAKEN
from portfolio.domain.evidence.record import Record
from portfolio.domain.evidence.refusals import EvidenceVersionFixed

evidence = Blueprint(
    "evidence", "Evidence items with their versions, claims and annotations, and the bytes behind them."
)

MOST_VERSIONS = 10_000
STILL_CHECKED = "The file is all there and waits to be checked; the Location shows what comes of it."

Completion = tuple[dict[str, Any], int, dict[str, str]]
"""An answer with its status and headers."""

FILE = content_of(TAKEN)


class VersionIn(Schema):
    """A file to announce; its bytes are then put to the URLs of the answer, part by part.

    Give ``sha256`` if you have it, of the whole file: what is sealed is compared with it. ``last_modified`` is when the
    file was last changed by the clock of the device that has it: kept beside our own time, and nothing rests on it.
    """

    title = Text(required=True)
    filename = Text(255, required=True)
    media_type = Text(100, least=0, required=True, metadata={"description": "Empty if you do not know it."})
    size = Whole(required=True, metadata={"description": "Bytes."})
    sha256 = Digest(load_default="")
    produced_on = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Null if you do not know it yet: a draft is described before it is handed in."},
    )
    last_modified = Moment(load_default=None, allow_none=True)


class OfferIn(VersionIn):
    """A file to announce as a new item."""

    enrolment_id = Id(required=True)


class PartOut(Schema):
    """Where to PUT one part of the file, the plain bytes, with these headers, until the URL expires."""

    number = fields.Integer(required=True)
    url = fields.String(required=True)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class HeldPartOut(Schema):
    """A part that has arrived, with its bytes and, where the storage tells it, its SHA-256 (else empty)."""

    number = fields.Integer(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


PART_SIZE = fields.Integer(
    required=True, metadata={"description": "Bytes of every part but the last, which has what is left."}
)


class PartsOut(Schema):
    """What has arrived of a version, and where to put the next parts that have not; none if all have."""

    part_size = PART_SIZE
    held = fields.List(fields.Nested(HeldPartOut), required=True)
    parts = fields.List(fields.Nested(PartOut), required=True)


class OfferOut(ReceiptOut):
    """The receipt of an offer, the number of the version and where to put its first parts, in any order."""

    version_number = fields.Integer(required=True)
    part_size = PART_SIZE
    parts = fields.List(fields.Nested(PartOut), required=True)


class CompletedOut(ReceiptOut):
    """The receipt of a file that is all there: it is sealed, or was received and waits to be checked.

    ``why`` says what keeps it waiting, if that is known.
    """

    stage = word(Literal["received", "sealed"], required=True)
    why = fields.String(required=True)


class NumberIn(Schema):
    """A version of the item."""

    version = Whole(1, MOST_VERSIONS, required=True)


class CompletionIn(NumberIn):
    """A version of which all parts have arrived; ``digests``: the SHA-256 of each part in order, or of none."""

    digests = Several(Digest(), load_default=())


class ContentIn(Schema):
    """Query of the bytes."""

    version = fields.Integer(
        load_default=None,
        validate=validate.Range(1, MOST_VERSIONS),
        metadata={"description": "The newest you may see if not given."},
    )


class SubmissionIn(NumberIn):
    """A version to hand in, declared as one's own."""

    declaration = fields.Nested(shape(AuthenticityDeclaration), required=True)


class ReasonIn(NumberIn):
    """A version and a reason."""

    reason = Text(2000, lines=True, required=True)


class ClaimsIn(NumberIn):
    """Codes that a version shows, perhaps at one place in it."""

    codes = Several(Text(10), frozenset, least=1, most=200, required=True)
    place = OneOf(PLACES, load_default=None, allow_none=True)


class DropIn(NumberIn):
    """A claim to take back."""

    code = Text(10, required=True)


class AnnotationIn(NumberIn):
    """A remark pinned to a place in a version; ``sha256`` is of the bytes it was made on.

    ``redaction`` is the number of the redaction without whose places they were shown, 0 if whole.
    """

    sha256 = Digest(required=True)
    selector = OneOf(PLACES, required=True)
    kind = word(AnnotationKind, required=True)
    audience = word(Audience, required=True)
    text = Text(5000, lines=True, required=True)
    revises = Id(load_default=None, allow_none=True)
    redaction = Whole(0, load_default=0)


class AnnotatedOut(ReceiptOut):
    """The receipt of a remark and its id."""

    annotation_id = Id(required=True)


class RecordIn(Schema):
    """An observation, a testimony or a discussion."""

    enrolment_id = Id(required=True)
    title = Text(required=True)
    record = OneOf(get_args(Record), tag="kind", required=True)


class RecordCorrectionIn(Schema):
    """A whole record, as it is right, and why."""

    title = Text(required=True)
    record = OneOf(get_args(Record), tag="kind", required=True)
    reason = Text(2000, lines=True, required=True)


@evidence.post("")
@evidence.arguments(OfferIn)
@evidence.response(201, OfferOut)
@evidence.alt_response(429, "TOO_MANY_REQUESTS")
def offer_evidence(body: dict[str, Any]) -> dict[str, Any]:
    """Announce a file as a new item; the answer says where to put its bytes."""
    command = OfferEvidence(evidence_id=new_id(), object_id=new_id(), **body)
    offered = execute(
        command, location=lambda it: url_for(".get_evidence", evidence_id=it), run=services().uploads.offer
    )
    return {**offered, "part_size": PART_BYTES}


@evidence.post("/<uuid:evidence_id>/versions")
@evidence.arguments(VersionIn)
@evidence.response(201, OfferOut)
@evidence.alt_response(429, "TOO_MANY_REQUESTS")
def offer_version(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Announce a file as the next version; the old version stays."""
    command = OfferVersion(evidence_id=evidence_id, object_id=new_id(), **body)
    return {**execute(command, run=services().uploads.offer), "part_size": PART_BYTES}


def parts_of(object_id: UUID, size: int, sha256: str) -> dict[str, Any]:
    """Return what has arrived of an object, and where to put the next parts, fresh each time."""
    vault = services().vault
    parts = vault.offer(object_id, size, sha256, caller())
    return {
        "part_size": PART_BYTES,
        "held": [fields_of(part) for part in vault.held(object_id)],
        "parts": [fields_of(part) for part in parts],
    }


@evidence.get("/<uuid:evidence_id>/upload")
@evidence.arguments(ContentIn, location="query")
@evidence.response(200, PartsOut)
@evidence.alt_response(507, "INSUFFICIENT_STORAGE")
@evidence.alt_response(429, "TOO_MANY_REQUESTS")
def get_evidence_upload(query: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Say which parts have arrived of a version that waits for its bytes, and answer fresh URLs for the next ones."""
    version = visible_version(see(EVIDENCE, evidence_id), query["version"])
    if version.stage != "offered" or version.object_id is None:
        raise EvidenceVersionFixed
    count("uploads")
    return parts_of(version.object_id, version.size, version.sha256)


@evidence.post("/<uuid:evidence_id>/upload")
@evidence.arguments(CompletionIn)
@evidence.response(201, CompletedOut)
@evidence.alt_response(202, schema=CompletedOut, description=STILL_CHECKED)
@evidence.alt_response(429, "TOO_MANY_REQUESTS")
def complete_upload(body: dict[str, Any], evidence_id: UUID) -> Completion:
    """Say that the parts are all there: they are checked and kept or refused, or those that lack are named.

    What takes longer than a few seconds is answered 202: its stage is seen at the Location.
    """
    where = url_for(".get_evidence", evidence_id=evidence_id)
    return completed(CompleteUpload(evidence_id=evidence_id, **body), where)


def completed(command: CompleteUpload | CompletePaper, where: str) -> Completion:
    """Carry out what is said of a file that is all there; what is not checked in time is seen ``where``."""
    answer = execute(command, run=services().uploads.complete)
    return (answer, 202, {"Location": where}) if answer["stage"] == "received" else (answer, 201, {})


@evidence.post("/records")
@evidence.arguments(RecordIn)
@evidence.response(201, ReceiptOut)
def write_record(body: dict[str, Any]) -> dict[str, Any]:
    """Write an observation, a testimony or a discussion as evidence of an apprentice."""
    return execute(
        WriteRecord(evidence_id=new_id(), **body), location=lambda it: url_for(".get_evidence", evidence_id=it)
    )


@evidence.post("/<uuid:evidence_id>/correction")
@evidence.arguments(RecordCorrectionIn)
@evidence.response(201, ReceiptOut)
def correct_record(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Put a record of one's own right by a new version; once a decision cites it, it is labelled a correction."""
    return execute(CorrectRecord(evidence_id=evidence_id, **body))


@evidence.get("/<uuid:evidence_id>")
@evidence.response(200, EvidenceOut)
def get_evidence(evidence_id: UUID) -> dict[str, Any]:
    """Show an item: its versions with claims and remarks; a first view of a record's text is recorded."""
    sight = open_item(evidence_id)
    show_version(sight.version)
    return item_shown(sight)


@evidence.get("/<uuid:evidence_id>/content", parameters=["Range", "If-None-Match"])
@evidence.arguments(ContentIn, location="query")
@evidence.doc(
    responses={
        200: {"description": "The bytes of the file", "content": FILE},
        206: {"description": "The part of them that was asked for", "content": FILE},
        304: {"description": "The bytes are those you have"},
    }
)
@evidence.alt_response(412, "PRECONDITION_FAILED")
@evidence.alt_response(416, "REQUESTED_RANGE_NOT_SATISFIABLE")
@evidence.alt_response(500, "INTERNAL_SERVER_ERROR")
@evidence.alt_response(507, "INSUFFICIENT_STORAGE")
@evidence.alt_response(410, "GONE")
def get_evidence_content(query: dict[str, Any], evidence_id: UUID) -> Response:
    """Answer the bytes of a version; the first view by anybody but the apprentice is recorded."""
    version = visible_version(see(EVIDENCE, evidence_id), query["version"])
    return show_content(evidence_id, version)


@evidence.post("/<uuid:evidence_id>/submission")
@evidence.arguments(SubmissionIn)
@evidence.response(201, ReceiptOut)
def submit_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Hand a version in with the authenticity declaration."""
    return execute(SubmitEvidence(evidence_id=evidence_id, **body))


@evidence.post("/<uuid:evidence_id>/return")
@evidence.arguments(ReasonIn)
@evidence.response(201, ReceiptOut)
def return_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Give a version back that waits, or was accepted and no finding rests on it; a new version can follow."""
    return execute(ReturnEvidence(evidence_id=evidence_id, **body))


@evidence.post("/<uuid:evidence_id>/acceptance")
@evidence.arguments(NumberIn)
@evidence.response(201, ReceiptOut)
@evidence.alt_response(410, "GONE")
def accept_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Take a version into assessment."""
    return execute(AcceptEvidence(evidence_id=evidence_id, **body))


@evidence.post("/<uuid:evidence_id>/claims")
@evidence.arguments(ClaimsIn)
@evidence.response(201, ReceiptOut)
@evidence.alt_response(500, "INTERNAL_SERVER_ERROR")
@evidence.alt_response(410, "GONE")
def claim_statements(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Claim that a version shows these codes."""
    return execute(ClaimStatements(evidence_id=evidence_id, **body))


@evidence.post("/<uuid:evidence_id>/claims/dropped")
@evidence.arguments(DropIn)
@evidence.response(201, ReceiptOut)
def drop_claim(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Take a claim back that no assessor has answered."""
    return execute(DropClaim(evidence_id=evidence_id, **body))


@evidence.post("/<uuid:evidence_id>/annotations")
@evidence.arguments(AnnotationIn)
@evidence.response(201, AnnotatedOut)
@evidence.alt_response(500, "INTERNAL_SERVER_ERROR")
@evidence.alt_response(410, "GONE")
def annotate_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Pin a remark to a place in a version, or revise one by a new one."""
    command = AnnotateEvidence(evidence_id=evidence_id, annotation_id=new_id(), **body)
    return execute(command, extra={"annotation_id": command.annotation_id})


@evidence.post("/<uuid:evidence_id>/withdrawal")
@evidence.arguments(ReasonIn)
@evidence.response(201, ReceiptOut)
def withdraw_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Take a version back that no decision cites."""
    return execute(WithdrawEvidence(evidence_id=evidence_id, **body))
