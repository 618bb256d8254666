"""The gate: decides in a bounded child process what a file is and whether that is what was declared."""

import subprocess
import sys
from threading import BoundedSemaphore
from typing import BinaryIO

import msgspec

from infra.vault import parsers
from portfolio.application.ports import ContentTypeMismatch, ContentTypeNotAllowed, ContentUnreadable, Media

ALLOWED = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "audio/mp4": "M4A",
    "audio/mpeg": "MP3",
    "audio/wav": "WAV",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "text/plain": "TXT",
}
"""The media types taken as evidence, with the names people know them by."""

ALIASES = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "video/x-m4v": "video/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}
"""Other words that browsers use for them."""

TIMEOUT_SECONDS = 60
CHILDREN = BoundedSemaphore(4)  # each child may take half a gigabyte


class Verdict(msgspec.Struct, forbid_unknown_fields=True):
    """The child's answer: what the file is, or why it is not taken."""

    media: Media | None = None
    refused: str = ""
    detail: str = ""


def canonical(declared: str) -> str:
    """Return the allow-list's word for a declared media type; raise ``ContentTypeNotAllowed`` if it has none."""
    media_type = declared.partition(";")[0].strip().lower()
    media_type = ALIASES.get(media_type, media_type)
    if media_type not in ALLOWED:
        raise ContentTypeNotAllowed(f"The file was declared as {declared}. {_taken()}")
    return media_type


def inspect(file: BinaryIO, declared: str) -> Media:
    """Return what the file is, with the bounds of annotations on it.

    Raises ``ContentTypeNotAllowed`` if it is not on the allow-list, ``ContentTypeMismatch`` if it is something else
    than declared, ``ContentUnreadable`` if it is damaged or cannot be judged within the limits of the child process.
    """
    expected = canonical(declared)
    file.seek(0)
    try:
        with CHILDREN:
            child = subprocess.run(  # noqa: S603 - a fixed command; the file comes in by its handle, without a name
                [sys.executable, "-I", parsers.__file__],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=TIMEOUT_SECONDS,
                check=True,
            )
        verdict = msgspec.json.decode(child.stdout, type=Verdict)
    except (subprocess.SubprocessError, msgspec.MsgspecError) as error:
        raise ContentUnreadable(
            "The file is too complicated to be opened safely: save it in a simpler form."
        ) from error
    if verdict.refused == parsers.NotAllowed.code:
        raise ContentTypeNotAllowed(f"{verdict.detail} {_taken()}")
    if verdict.media is None:
        raise ContentUnreadable(verdict.detail)
    if verdict.media.media_type != expected:
        raise ContentTypeMismatch(f"The file was declared as {declared} but is {ALLOWED[verdict.media.media_type]}.")
    return verdict.media


def _taken() -> str:
    return f"We take {', '.join(ALLOWED.values())}."
