"""Board: the apprentice's readiness with what is still open, their evidence, and a form that hands in a file."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import IO
from uuid import UUID

from flask import request
from marshmallow import fields
from werkzeug.wrappers import Response

from api.common import Schema, Sight, caller, see, services, today
from api.errors import FieldsNotValid
from api.fields import Day, Text
from api.ids import new_id
from api.pages.common import back_to, fresh, named, pages, render
from api.pages.forms import form, once, run
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.lookups import route_codes
from portfolio.application.ports import Receipt
from portfolio.application.reading import Reading
from portfolio.application.replay import readiness_of, replayed_readiness
from portfolio.domain import permissions
from portfolio.domain.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.enrolment import ENROLMENT, Enrolment
from portfolio.domain.evidence import EVIDENCE, LARGEST_FILE
from portfolio.domain.evidence_commands import ClaimStatements, OfferEvidence, SealFile, SubmitEvidence
from portfolio.domain.form import code_order
from projections.portfolios import items
from projections.readiness import picture_of

ENVELOPE = 1_000_000
"""Bytes a form may take beside its file."""


class UploadForm(Schema):
    """The form that hands in a file."""

    title = Text(required=True)
    produced_on = Day(required=True)
    codes = fields.List(Text(10), load_default=list)
    declared = fields.String(load_default="")
    ai_detail = Text(2000, lines=True, load_default="")


@pages.get("/enrolments/<uuid:enrolment_id>")
def board(enrolment_id: UUID) -> str:
    """Show readiness of one enrolment, today or as of a day, and its evidence."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="readiness")
    asked = request.args.get("as_of")
    day: date = Day().deserialize(asked) if asked else today()
    picture = picture_of(services().reads, enrolment_id)
    told = (
        readiness_of(sight.reading, picture, day)
        if picture is not None and day == today()
        else replayed_readiness(sight.reading, enrolment_id, day)
    )
    own = "the apprentice" in sight.held
    shown = items(services().reads, enrolment_id, drafts=own)
    return render(
        "board.html",
        told=told,
        apprentice=sight.state.apprentice,
        names=named([sight.state.apprentice]),
        items=shown,
        own=own,
        appeals=appeals_shown(sight, enrolment_id),
        codes=sorted(route_codes(sight.reading, enrolment_id, today()), key=code_order),
        wording=AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        today=today(),
        key=new_id(),
    )


def appeals_shown(sight: Sight[Enrolment], enrolment_id: UUID) -> Sequence[UUID]:
    """Return the appeals of the enrolment, for those who may know of them."""
    if not permissions.may(permissions.READS["appeals here"], sight.held):
        return ()
    return sight.reading.links(APPEALS_OF_ENROLMENT, enrolment_id)


@pages.post("/enrolments/<uuid:enrolment_id>/evidence")
def upload(enrolment_id: UUID) -> Response:
    """Take a file with its title, day, claims and declaration; without the declaration it stays a draft."""
    request.max_content_length = LARGEST_FILE + ENVELOPE
    said, file = form(UploadForm, "codes"), request.files.get("file")
    if file is None or not file.filename:
        raise FieldsNotValid("file: choose a file.")
    size, sha256 = measured(file.stream)
    offer = OfferEvidence(
        evidence_id=new_id(),
        object_id=new_id(),
        enrolment_id=enrolment_id,
        title=said["title"],
        filename=file.filename,
        media_type=file.mimetype,
        size=size,
        sha256=sha256,
        produced_on=said["produced_on"],
    )
    evidence_id = run(offer, "offer").stream
    receipt = keep(evidence_id, file.stream)
    if said["codes"]:
        receipt = run(ClaimStatements(evidence_id=evidence_id, version=1, codes=frozenset(said["codes"])), "claim")
    if said["declared"]:
        signed = declaration(said["ai_detail"])
        receipt = run(SubmitEvidence(evidence_id=evidence_id, version=1, declaration=signed), "submit")
    return back_to(f"/evidence/{evidence_id}", receipt.position)


def declaration(ai_detail: str) -> AuthenticityDeclaration:
    """Return the declaration in the wording that the page shows."""
    use = "assisted" if ai_detail else "none"
    return AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use=use, ai_detail=ai_detail)  # type: ignore[arg-type]  # both words are an AiUse


def measured(stream: IO[bytes]) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 (hex) of what a stream holds, and rewind it."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    stream.seek(0)
    return size, digest.hexdigest()


def keep(evidence_id: UUID, stream: IO[bytes]) -> Receipt:
    """Hand the bytes of a new item's first version to the vault, as every upload goes, and seal them."""
    version = Reading(services().journal).state(EVIDENCE, evidence_id).version(1)
    if version is None or version.object_id is None:
        raise FieldsNotValid("file: the upload was not announced.")
    if version.stage == "offered":
        services().vault.offer(version.object_id, version.size, version.sha256)
        services().vault.take(version.object_id, stream, version.size)
    return services().uploads.seal(SealFile(evidence_id=evidence_id, version=1), caller(), idempotency=once("seal"))
