"""Papers: what an apprentice who cannot sign in says on signed paper, kept with the enrolment and never evidence."""

from typing import Any, get_args
from uuid import UUID

from flask import Response, url_for
from marshmallow import fields

from api.blueprint import Blueprint
from api.content import content_of, send_file
from api.evidence import (
    PART_SIZE,
    STILL_CHECKED,
    CompletedOut,
    Completion,
    PartOut,
    PartsOut,
    completed,
    parts_of,
)
from api.fields import Digest, Id, Text, Whole
from api.ids import new_id
from api.rates import count
from api.reads import Sight, see
from api.schemas import ReceiptOut, Schema
from api.services import caller, services
from api.shapes import OneOf, extended, fields_of
from api.trail import name_of
from api.writes import execute
from portfolio.application.originals import StoredFile
from portfolio.application.parts import PART_BYTES
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasing import ApprovePaperErasure, ConfirmPaperErasure, DropPaperErasure
from portfolio.domain.enrolment.facts import Said
from portfolio.domain.enrolment.paper import Paper
from portfolio.domain.enrolment.papers import SCANS, AnnouncePaper, CompletePaper
from portfolio.domain.enrolment.refusals import PaperUnknown
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.erasure import check_not_erased

papers = Blueprint(
    "papers", "What an apprentice who cannot sign in says on signed paper; it is never evidence.", below="enrolments"
)


class PaperIn(Schema):
    """A scan to announce; its bytes are then put to the URLs of the answer. ``reason``: why they cannot sign in."""

    says = OneOf(get_args(Said), required=True)
    reason = Text(2000, lines=True, required=True)
    filename = Text(255, required=True)
    media_type = Text(100, least=0, required=True, metadata={"description": "Empty if you do not know it."})
    size = Whole(required=True, metadata={"description": "Bytes."})
    sha256 = Digest(required=True)


class PaperErasureIn(Schema):
    """Why the scan of a paper goes, or stays."""

    reason = Text(2000, lines=True, required=True)


class AnnouncedOut(ReceiptOut):
    """The receipt of an announced paper, its id and where to put its first parts."""

    paper_id = Id(attribute="object_id", required=True)
    part_size = PART_SIZE
    parts = fields.List(fields.Nested(PartOut), required=True)


class PapersOut(Schema):
    """Signed papers, oldest first; what one says holds once it is sealed.

    ``reason``, why the apprentice cannot say it themselves, is null to whom the paper merely names.
    """

    items = fields.List(
        fields.Nested(
            extended(
                Paper,
                name="PaperOut",
                but=("storage_version", "blocks"),
                name_of_officer=fields.String(required=True),
                sealed=fields.Boolean(required=True),
                reason=fields.String(required=True, allow_none=True),
            )
        ),
        required=True,
    )


@papers.post("/<uuid:enrolment_id>/papers")
@papers.arguments(PaperIn)
@papers.response(201, AnnouncedOut)
@papers.alt_response(429, "TOO_MANY_REQUESTS")
def announce_paper(body: dict[str, Any], enrolment_id: UUID) -> dict[str, Any]:
    """Announce the scan of a paper that an apprentice signed who cannot sign in; the answer says where its bytes go."""
    command = AnnouncePaper(enrolment_id=enrolment_id, paper_id=new_id(), **body)
    return {**execute(command, run=services().uploads.offer), "part_size": PART_BYTES}


@papers.get("/<uuid:enrolment_id>/papers/<uuid:paper_id>/upload")
@papers.response(200, PartsOut)
@papers.alt_response(507, "INSUFFICIENT_STORAGE")
@papers.alt_response(429, "TOO_MANY_REQUESTS")
def get_paper_upload(enrolment_id: UUID, paper_id: UUID) -> dict[str, Any]:
    """Say which parts have arrived of a paper of yours that waits for its bytes, and answer URLs for the next ones."""
    paper = see(ENROLMENT, enrolment_id).state.paper(paper_id)
    if paper is None or (paper.stage, paper.officer) != ("announced", caller()):
        raise PaperUnknown
    count("uploads")
    return parts_of(paper.paper_id, paper.size, paper.sha256)


@papers.post("/<uuid:enrolment_id>/papers/<uuid:paper_id>/upload")
@papers.response(201, CompletedOut)
@papers.alt_response(202, schema=CompletedOut, description=STILL_CHECKED)
@papers.alt_response(429, "TOO_MANY_REQUESTS")
def complete_paper(enrolment_id: UUID, paper_id: UUID) -> Completion:
    """Say that the bytes are all there: they are checked and kept, and what the paper says of a consent holds.

    What takes longer than a few seconds is answered 202: its stage is seen at the Location.
    """
    where = url_for(".list_papers", enrolment_id=enrolment_id)
    return completed(CompletePaper(enrolment_id=enrolment_id, paper_id=paper_id), where)


@papers.get("/<uuid:enrolment_id>/papers")
@papers.response(200, PapersOut)
def list_papers(enrolment_id: UUID) -> dict[str, Any]:
    """List the signed papers of an enrolment that you may read."""
    return {"items": papers_shown(see(ENROLMENT, enrolment_id))}


def papers_shown(sight: Sight[Enrolment]) -> list[dict[str, Any]]:
    """Return the papers for the caller, each in the shape ``PaperOut``."""
    return [
        {
            **fields_of(paper),
            "sealed": paper.sealed,
            "why": paper.why or (services().checking.trouble(paper.paper_id) if paper.stage == "received" else ""),
            "name_of_officer": name_of(sight.session, paper.officer),
            "reason": paper.reason if shows_paper(sight, paper) else None,
        }
        for paper in readable_papers(sight)
    ]


@papers.get("/<uuid:enrolment_id>/papers/<uuid:paper_id>/content", parameters=["Range", "If-None-Match"])
@papers.doc(
    responses={
        200: {"description": "The bytes of the paper", "content": content_of(SCANS)},
        206: {"description": "The part of them that was asked for", "content": content_of(SCANS)},
        304: {"description": "The bytes are those you have"},
    }
)
@papers.alt_response(412, "PRECONDITION_FAILED")
@papers.alt_response(416, "REQUESTED_RANGE_NOT_SATISFIABLE")
@papers.alt_response(500, "INTERNAL_SERVER_ERROR")
@papers.alt_response(410, "GONE")
def get_paper(enrolment_id: UUID, paper_id: UUID) -> Response:
    """Answer the bytes of a signed paper."""
    readable = readable_papers(see(ENROLMENT, enrolment_id))
    paper = next((each for each in readable if each.paper_id == paper_id and each.sealed), None)
    if paper is None:
        raise PaperUnknown
    check_not_erased(paper.erasure)
    file = StoredFile(
        object_id=paper.paper_id,
        sha256=paper.sha256,
        size=paper.size,
        storage_version=paper.storage_version,
        blocks=paper.blocks,
    )
    return send_file(
        services().original(file),
        str(paper.paper_id),
        size=paper.size,
        media_type=paper.media_type,
        filename=paper.filename,
    )


@papers.post("/<uuid:enrolment_id>/papers/<uuid:paper_id>/erasure")
@papers.arguments(PaperErasureIn)
@papers.response(201, ReceiptOut)
@papers.alt_response(410, "GONE")
def approve_paper_erasure(body: dict[str, Any], enrolment_id: UUID, paper_id: UUID) -> dict[str, Any]:
    """Approve that the scan of a paper is erased; whoever reads the paper or the trail reads why.

    Nothing is erased before a second person confirms it.
    """
    return execute(ApprovePaperErasure(enrolment_id=enrolment_id, paper_id=paper_id, **body))


@papers.post("/<uuid:enrolment_id>/papers/<uuid:paper_id>/erasure/confirmation")
@papers.arguments(PaperErasureIn)
@papers.response(201, ReceiptOut)
@papers.alt_response(410, "GONE")
def confirm_paper_erasure(body: dict[str, Any], enrolment_id: UUID, paper_id: UUID) -> dict[str, Any]:
    """Confirm what another person approved: the scan is erased in a moment; what the paper said stays in force."""
    return execute(ConfirmPaperErasure(enrolment_id=enrolment_id, paper_id=paper_id, **body))


@papers.post("/<uuid:enrolment_id>/papers/<uuid:paper_id>/erasure/dropped")
@papers.arguments(PaperErasureIn)
@papers.response(201, ReceiptOut)
@papers.alt_response(410, "GONE")
def drop_paper_erasure(body: dict[str, Any], enrolment_id: UUID, paper_id: UUID) -> dict[str, Any]:
    """Drop what another person approved and nobody has confirmed: the scan stays."""
    return execute(DropPaperErasure(enrolment_id=enrolment_id, paper_id=paper_id, **body))


def readable_papers(sight: Sight[Enrolment]) -> list[Paper]:
    """Return the papers for the caller: sealed ones that name them, and all to the apprentice and their officers."""
    return [
        paper
        for paper in sight.state.papers
        if shows_paper(sight, paper) or (paper.sealed and sight.state.named_on(paper.says) == caller())
    ]


def shows_paper(sight: Sight[Enrolment], paper: Paper) -> bool:
    """Return whether the caller reads all of a paper: a member of a panel what is about their own case."""
    if sight.shows("signed papers on appeals" if sight.state.about_an_appeal(paper.says) else "signed papers"):
        return True
    heard = sight.session.heard(caller(), sight.stream) if sight.shows("signed papers of one's case") else {}
    return any(sight.state.about_case(paper.says, each, appeal.decision_id) for each, appeal in heard.items())
