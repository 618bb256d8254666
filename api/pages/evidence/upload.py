"""Uploading: a file through a form, kept whole or not at all, as a new item or as the next version of one."""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Any, cast
from uuid import UUID

import msgspec
from flask import Request, request, url_for
from werkzeug.datastructures import FileStorage

from api.errors import FieldsNotValid
from api.evidence import ClaimsIn, SubmissionIn, VersionIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import pages
from api.pages.forms import form, once, run
from api.rates import count
from api.services import caller, services, today
from portfolio.application.checking import Completed
from portfolio.application.ports import Receipt, StorageFull
from portfolio.application.uploads import Offered
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    ClaimStatements,
    CompleteUpload,
    DiscardDraft,
    OfferEvidence,
    OfferVersion,
    SubmitEvidence,
)
from portfolio.domain.evidence.media import LARGEST_FILE, TAKEN, size_taken, types_taken
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.kernel import NOBODY, Rejected

LONGEST_FORM = 300_000
"""Bytes of a form without a file: its fields take long to tell apart.

The longest remark with the longest quotes is shorter, unless nearly every letter of them all takes four bytes.
"""
ENVELOPE = 1_000_000
"""Bytes a form may take beside its file."""

IN_MEMORY = 500_000
"""Bytes of an uploaded file that are held in memory; a larger one is written to the disk as it arrives."""


class MeasuredFile(SpooledTemporaryFile[bytes]):
    """A file on its way in, measured and hashed (SHA-256) as it arrives, so that nobody need read it for that."""

    def __init__(self) -> None:
        super().__init__(max_size=IN_MEMORY)
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, chunk: Any) -> int:
        """Keep a chunk and count it; raise ``StorageFull`` rather than fill the disk of temporary files."""
        if self.size + len(chunk) > IN_MEMORY and free_of_temporary_files() - len(chunk) < services().reserve_bytes:
            self.close()
            raise StorageFull
        self.size += len(chunk)
        self.digest.update(chunk)
        return super().write(chunk)


def free_of_temporary_files() -> int:
    """Return how many bytes are free where files wait that are too large for memory."""
    return shutil.disk_usage(gettempdir()).free


class MeasuringRequest(Request):
    """A request whose uploaded files are measured as they arrive, and whose fields are not too many to tell apart."""

    def _load_form_data(self) -> None:
        if self.mimetype == "application/x-www-form-urlencoded":
            self.max_content_length = min(self.max_content_length or LONGEST_FORM, LONGEST_FORM)
        super()._load_form_data()

    def _get_file_stream(self, *_: Any, **__: Any) -> MeasuredFile:
        return MeasuredFile()


@pages.app_template_global()
def files_taken() -> str:
    """Return which files are taken, for the hint beside the choice of one."""
    return f"{types_taken()}; up to {size_taken()}"


@pages.app_template_global()
def sending() -> dict[str, str]:
    """Return what the script that sends files in parts is told by their form, as attributes."""
    by_ending = {ending: media_type for media_type, taken in reversed(TAKEN.items()) for ending in taken.endings}
    return {
        "data-api": url_for("evidence.offer_evidence"),
        "data-item": url_for("pages.item", evidence_id=NOBODY),
        "data-largest": str(LARGEST_FILE),
        "data-types": types_taken(),
        "data-taken": json.dumps(by_ending),
    }


def take_in(announce: Callable[..., OfferEvidence | OfferVersion]) -> Receipt:
    """Keep the file of this request with its claims, and hand it in if it is declared; return the last receipt.

    ``announce`` makes the command from what the form says of the file. If any step is refused, nothing of it stays.
    """
    count("uploads")
    refuse_too_large()
    refuse_unread(announce)
    posted, file = uploaded(), chosen_file()
    received = cast(MeasuredFile, file.stream)
    offer = announce(
        object_id=new_id(),
        title=posted["title"],
        filename=form(VersionIn, only=("filename",), also={"filename": file.filename or ""})["filename"],
        media_type=file.mimetype,
        size=received.size,
        sha256=received.digest.hexdigest(),
        produced_on=posted["produced_on"],
    )
    evidence_id, offered, waits = announced(offer)
    try:
        if waits:
            services().vault.take(offered.object_id, file.stream, offer.size)
        return keep(evidence_id, offered, offer.sha256, posted)
    except Rejected:
        draft = DiscardDraft(evidence_id=evidence_id, version=offered.version_number)
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


def chosen_file() -> FileStorage:
    """Return the file of this request, or say that none was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FieldsNotValid("File: choose a file.")
    return file


def refuse_too_large() -> None:
    """Refuse a request that can hold no file we take, before any of it is read."""
    request.max_content_length = LARGEST_FILE + ENVELOPE
    if (request.content_length or 0) > request.max_content_length:
        raise EvidenceLimitReached


def refuse_unread(announce: Callable[..., OfferEvidence | OfferVersion]) -> None:
    """Refuse a large file that would be refused whatever it holds, before any of it is read.

    What is in the way because the same form was sent before is told when it has been read: it may be answered again.
    """
    length = request.content_length
    if length is not None and length <= IN_MEMORY:
        return
    least = announce(
        object_id=NOBODY,
        title=TYPED,
        filename=TYPED,
        media_type="text/plain",
        size=max(1, (length or 0) - ENVELOPE),
        sha256="",
        produced_on=today(),
    )
    refusal = refusal_of(least)
    if refusal is not None and not isinstance(refusal, EvidenceVersionFixed):
        raise refusal


def announced(offer: OfferEvidence | OfferVersion) -> tuple[UUID, Offered, bool]:
    """Announce a file once; return its item, what the offer was answered, and whether its bytes are waited for.

    One that was announced and then thrown away, by a refusal, is announced anew.
    """
    step = "offer"
    while True:
        receipt = services().uploads.offer(offer, caller(), idempotency=once(step, offer.sha256))
        offered = msgspec.json.decode(receipt.extra, type=Offered)
        if offered.object_id == offer.object_id:
            return receipt.stream, offered, True
        item = services().session().state(EVIDENCE, receipt.stream)
        waits = bool(item.awaiting_bytes(offered.version_number))
        if waits:  # the place that an earlier try was given may have been swept
            services().vault.offer(offered.object_id, offer.size, offer.sha256, caller())
        version = item.version(offered.version_number)
        if version is not None and version.stage != "discarded":
            return receipt.stream, offered, waits
        step = f"offer after {offered.object_id}"


def keep(evidence_id: UUID, offered: Offered, sha256: str, posted: dict[str, Any]) -> Receipt:
    """Have the bytes that the vault has checked, claim, and hand in what is declared, once it is sealed.

    What is not checked in time is handed in by the apprentice on the item's own page, which says so.
    """
    number, object_id = offered.version_number, offered.object_id
    complete = CompleteUpload(evidence_id=evidence_id, version=number)
    receipt = services().uploads.complete(complete, caller(), idempotency=once(f"seal {object_id}", sha256))
    sealed = msgspec.json.decode(receipt.extra, type=Completed).stage == "sealed"
    if "codes" in posted:
        claim = ClaimStatements(evidence_id=evidence_id, version=number, codes=posted["codes"])
        receipt = run(claim, f"claim {object_id}", sha256)
    if "declaration" in posted and sealed:
        submit = SubmitEvidence(evidence_id=evidence_id, version=number, declaration=posted["declaration"])
        receipt = run(submit, f"submit {object_id}", sha256)
    return receipt


def ai_use() -> dict[str, str]:
    """Return the use of AI that the form declares: some where it says how, else none."""
    return {"declaration.ai_use": "assisted" if request.form.get("declaration.ai_detail", "").strip() else "none"}
