"""Uploading: a file through a form, kept whole or not at all, as a new item or as the next version of one."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, cast
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from api.content import SUFFIXES
from api.errors import FieldsNotValid
from api.evidence import ClaimsIn, SubmissionIn, VersionIn
from api.ids import new_id
from api.pages.forms import form, once, run
from api.services import caller, services
from portfolio.application.ports import Receipt
from portfolio.application.read_session import ReadSession
from portfolio.domain.evidence.aggregate import EVIDENCE, LARGEST_FILE, EvidenceLimitReached
from portfolio.domain.evidence.commands import (
    ClaimStatements,
    DiscardDraft,
    OfferEvidence,
    OfferVersion,
    SealFile,
    SubmitEvidence,
)
from portfolio.domain.evidence.facts import UploadOffered
from portfolio.domain.kernel import Rejected

ENVELOPE = 1_000_000
"""Bytes a form may take beside its file."""

DRAINED_AT_MOST, CHUNK_BYTES = 10 * LARGEST_FILE, 1 << 20
"""So many bytes of a file that is too large are still read: a browser shows no answer before it has sent it all."""


def take_in(announce: Callable[..., OfferEvidence | OfferVersion]) -> Receipt:
    """Keep the file of this request with its claims, and hand it in if it is declared; return the last receipt.

    ``announce`` makes the command from what the form says of the file. If any step is refused, nothing of it stays.
    """
    refuse_too_large()
    posted, file = uploaded(), request.files.get("file")
    if file is None or not file.filename:
        raise FieldsNotValid("File: choose a file.")
    size, sha256 = measured(file.stream)
    offer = announce(
        object_id=new_id(),
        title=posted["title"],
        filename=file.filename,
        media_type=declared_type(file),
        size=size,
        sha256=sha256,
        produced_on=posted["produced_on"],
    )
    evidence_id, version = announced(offer, sha256)
    try:
        return keep(evidence_id, version, posted, file.stream)
    except Rejected:
        draft = DiscardDraft(evidence_id=evidence_id, version=version.version)
        with suppress(Rejected):  # the first refusal is the one to tell
            services().uploads.discard(draft, caller())
        raise


def uploaded() -> dict[str, Any]:
    """Return what the form says of the file, with its claims and its declaration where they are posted."""
    posted = form(VersionIn, only=("title", "produced_on"))
    if request.form.get("codes"):
        posted |= form(ClaimsIn, only=("codes",))
    if request.form.get("declaration.wording"):
        posted |= form(SubmissionIn, only=("declaration",), also=ai_use())
    return posted


def refuse_too_large() -> None:
    """Refuse a request that can hold no file we take, as soon as the browser is ready to hear it."""
    request.max_content_length = LARGEST_FILE + ENVELOPE
    unread = request.content_length or 0
    if unread <= request.max_content_length:
        return
    unread = min(unread, DRAINED_AT_MOST)
    while unread > 0 and (chunk := request.environ["wsgi.input"].read(min(CHUNK_BYTES, unread))):
        unread -= len(chunk)
    raise EvidenceLimitReached


def measured(stream: IO[bytes]) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 (hex) of what a stream holds, and rewind it."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return size, digest.hexdigest()


def declared_type(file: FileStorage) -> str:
    """Return the media type of a file by what the browser says, or by its name where the browser knows none."""
    if file.mimetype in SUFFIXES:
        return file.mimetype
    name = (file.filename or "").lower()
    return next((kind for kind, endings in SUFFIXES.items() if name.endswith(endings)), file.mimetype or "unknown")


def announced(offer: OfferEvidence | OfferVersion, sha256: str) -> tuple[UUID, UploadOffered]:
    """Announce a file once; one that was announced and then thrown away, by a refusal, is announced anew."""
    step = "offer"
    while True:
        receipt = run(offer, step, sha256)
        session = ReadSession(services().journal)
        fact = cast(UploadOffered, session.history(receipt.stream)[receipt.version - 1].fact)
        version = session.state(EVIDENCE, receipt.stream).version(fact.version)
        if version is not None and version.stage != "discarded":
            return receipt.stream, fact
        step = f"offer after {fact.object_id}"


def keep(evidence_id: UUID, offered: UploadOffered, posted: dict[str, Any], stream: IO[bytes]) -> Receipt:
    """Hand the bytes to the vault, as every upload goes, seal them, claim, and hand in what is declared."""
    number, object_id = offered.version, offered.object_id
    version = ReadSession(services().journal).state(EVIDENCE, evidence_id).version(number)
    if version is not None and version.stage == "offered":
        services().vault.offer(object_id, offered.size, offered.sha256)
        services().vault.take(object_id, stream, offered.size)
    seal, key = SealFile(evidence_id=evidence_id, version=number), once(f"seal {object_id}", offered.sha256)
    receipt = services().uploads.seal(seal, caller(), idempotency=key)
    if "codes" in posted:
        claim = ClaimStatements(evidence_id=evidence_id, version=number, codes=posted["codes"])
        receipt = run(claim, f"claim {object_id}", offered.sha256)
    if "declaration" in posted:
        submit = SubmitEvidence(evidence_id=evidence_id, version=number, declaration=posted["declaration"])
        receipt = run(submit, f"submit {object_id}", offered.sha256)
    return receipt


def ai_use() -> dict[str, str]:
    """Return the use of AI that the form declares: some where it says how, else none."""
    return {"declaration.ai_use": "assisted" if request.form.get("declaration.ai_detail", "").strip() else "none"}
