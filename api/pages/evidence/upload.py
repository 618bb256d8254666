"""Uploading: files through a form, each kept whole or not at all, as a new item or as the next version of one."""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from flask import Request, g, request, url_for
from werkzeug.datastructures import FileStorage

from api.errors import FieldsNotValid
from api.evidence import VersionIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import pages, recorded
from api.pages.forms import form, once
from api.rates import count
from api.services import caller, services
from portfolio.application.ports import Receipt, StorageFull, Unauthenticated
from portfolio.application.uploads import Offered
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    CompleteUpload,
    DiscardDraft,
    OfferEvidence,
    OfferVersion,
)
from portfolio.domain.evidence.media import LARGEST_FILE, TAKEN, Family, size_taken, types_taken
from portfolio.domain.evidence.not_taken import NOT_TAKEN
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.kernel import NOBODY, NotPermitted, NotVisible, Rejected

LONGEST_FORM = 300_000
"""Bytes of a form without a file: its fields take long to tell apart.

The longest remark with the longest quotes is shorter, unless nearly every letter of them all takes four bytes.
"""
ENVELOPE = 1_000_000
"""Bytes a form may take beside its file."""

IN_MEMORY = 500_000
"""Bytes of an uploaded file that are held in memory; a larger one is written to the disk as it arrives."""


MOST = 50
"""Files of one form."""

LONGEST_TITLE = 200

CALLED: dict[Family, str] = {
    "PDF": "PDF",
    "picture": "pictures",
    "recording": "video",
    "MP3": "sound",
    "WAV": "sound",
    "OGG": "sound",
    "FLAC": "sound",
    "Office": "Word, Excel, PowerPoint",
    "text": "text",
}
"""What people call files of each family."""


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
    kinds = ", ".join(dict.fromkeys(CALLED[taken.family] for taken in TAKEN.values()))
    return f"{kinds}; up to {size_taken()}"


@pages.app_template_global()
def sending() -> dict[str, str]:
    """Return what the script that sends files in parts is told by their form, as attributes."""
    by_ending = {ending: media_type for media_type, taken in reversed(TAKEN.items()) for ending in taken.endings}
    return {
        "data-api": url_for("evidence.offer_evidence"),
        "data-item": url_for("pages.item", evidence_id=NOBODY),
        "data-largest": str(LARGEST_FILE),
        "data-types": types_taken(),
        "data-refused": json.dumps([[each.endings, each.in_words()] for each in NOT_TAKEN.values()]),
        "data-taken": json.dumps(by_ending),
    }


class Refused(NamedTuple):
    """A file of a form that was not taken, and why."""

    filename: str
    why: Rejected


def take_in(
    announce: Callable[..., OfferEvidence | OfferVersion], most: int = MOST
) -> tuple[list[Receipt], list[Refused]]:
    """Keep the files of this request as drafts; return the receipt of each one taken, and which are not and why.

    ``announce`` makes the command from what is known of a file. Of a file that is not taken nothing stays.
    """
    refuse_too_large()
    refuse_unread(announce)
    taken: list[Receipt] = []
    refused: list[Refused] = []
    for place, file in enumerate(chosen_files(most)):
        try:
            taken.append(take(announce, file, place))
        except (NotPermitted, NotVisible, Unauthenticated):
            raise
        except Rejected as refusal:
            refused.append(Refused(file.filename or "", refusal))
    return taken, refused


def take(announce: Callable[..., OfferEvidence | OfferVersion], file: FileStorage, place: int) -> Receipt:
    """Keep one file of this request; raise why it is not taken."""
    count("uploads")
    received = cast(MeasuredFile, file.stream)
    named = {"filename": file.filename or "", "title": title_of(file.filename or "")}
    offer = announce(
        object_id=new_id(),
        **form(VersionIn, only=("filename", "title"), also=named),
        media_type=file.mimetype,
        size=received.size,
        sha256=received.digest.hexdigest(),
        produced_on=None,
    )
    evidence_id, offered, waits = announced(offer, f"{place} offer")
    try:
        if waits:
            services().vault.take(offered.object_id, file.stream, offer.size)
        complete = CompleteUpload(evidence_id=evidence_id, version=offered.version_number)
        step = once(f"{place} seal {offered.object_id}", offer.sha256)
        return recorded(services().uploads.complete(complete, caller(), idempotency=step))
    except Rejected:
        draft = DiscardDraft(evidence_id=evidence_id, version=offered.version_number)
        with suppress(Rejected):  # the first refusal is the one to tell
            services().uploads.discard(draft, caller())
        raise


def title_of(filename: str) -> str:
    """Return what a file is called before its apprentice calls it anything: its name without the ending."""
    return (Path(filename).stem.strip() or filename)[:LONGEST_TITLE]


def chosen_file() -> FileStorage:
    """Return the one file of this request, or say that none was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FieldsNotValid("File: choose a file.")
    return file


def chosen_files(most: int) -> list[FileStorage]:
    """Return the files of this request, or say that none was chosen."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not 0 < len(files) <= most:
        fault = "choose a file." if not files else f"choose at most {most} at once."
        g.posted, g.faults = request.form, {"files": fault}
        raise FieldsNotValid(f"Files: {fault}")
    return files


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
        produced_on=None,
    )
    refusal = refusal_of(least)
    if refusal is not None and not isinstance(refusal, EvidenceVersionFixed):
        raise refusal


def announced(offer: OfferEvidence | OfferVersion, first: str) -> tuple[UUID, Offered, bool]:
    """Announce a file once; return its item, what the offer was answered, and whether its bytes are waited for.

    One that was announced and then thrown away, by a refusal, is announced anew.
    """
    step = first
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
        step = f"{first} after {offered.object_id}"


def ai_use() -> dict[str, str]:
    """Return the use of AI that the form declares: some where it says how, else none."""
    return {"declaration.ai_use": "assisted" if request.form.get("declaration.ai_detail", "").strip() else "none"}
