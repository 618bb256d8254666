"""Media: the types of file taken as evidence and the largest one; every layer asks this table and keeps no other."""

from uuid import UUID

from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import RuleBroken, Value


class MediaType(Value):
    """A type of file that is taken: the name people know it by, and how its files end.

    The first of ``endings`` is given to a file name that ends otherwise. ``aliases``: other words that browsers use.
    """

    name: str
    endings: tuple[str, ...]
    aliases: tuple[str, ...] = ()


TAKEN: dict[str, MediaType] = {
    "application/pdf": MediaType(name="PDF", endings=(".pdf",)),
    "image/jpeg": MediaType(name="JPEG", endings=(".jpg", ".jpeg"), aliases=("image/jpg",)),
    "image/png": MediaType(name="PNG", endings=(".png",)),
    "image/heic": MediaType(name="HEIC", endings=(".heic", ".heif"), aliases=("image/heif",)),
    "video/mp4": MediaType(name="MP4", endings=(".mp4", ".m4v"), aliases=("video/x-m4v",)),
    "video/quicktime": MediaType(name="MOV", endings=(".mov",)),
    "audio/mp4": MediaType(name="M4A", endings=(".m4a", ".mp4"), aliases=("audio/m4a", "audio/x-m4a")),
    "audio/mpeg": MediaType(name="MP3", endings=(".mp3",), aliases=("audio/mp3",)),
    "audio/wav": MediaType(name="WAV", endings=(".wav",), aliases=("audio/x-wav", "audio/wave", "audio/vnd.wave")),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": MediaType(
        name="DOCX", endings=(".docx",)
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": MediaType(name="XLSX", endings=(".xlsx",)),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": MediaType(
        name="PPTX", endings=(".pptx",)
    ),
    "application/vnd.oasis.opendocument.text": MediaType(name="ODT", endings=(".odt",)),
    "text/plain": MediaType(name="TXT", endings=(".txt",)),
}
"""The types taken, by the media type that is recorded."""

OTHER_WORDS = {alias: media_type for media_type, taken in TAKEN.items() for alias in taken.aliases}

LARGEST_FILE = 500 * 1000 * 1000
"""Bytes of the largest file that is taken."""


class ContentTypeNotAllowed(RuleBroken, rule="EVIDENCE-1"):
    """Files of this type are not taken as evidence."""


class Sealed(Value):
    """A file that lies in the vault: found by ``object_id``, its bytes fixed by ``sha256`` (hex) and ``size``.

    ``storage_version`` is the storage's own name for exactly these bytes, empty where it has none: read by it, and
    nothing that is later stored under the same id can stand in for them. ``blocks`` is the SHA-256 (hex) of the digests
    of its blocks, which the storage keeps beside it, empty where the file is of one block.
    """

    object_id: UUID
    sha256: str
    size: int
    bounds: Bounds
    storage_version: str = ""
    blocks: str = ""


def types_taken() -> str:
    """Return the names of all types taken, for people."""
    return ", ".join(taken.name for taken in TAKEN.values())


def taken_type(declared: str) -> str:
    """Return the recorded word for a declared media type; raise ``ContentTypeNotAllowed`` if it is not taken."""
    media_type = declared.partition(";")[0].strip().lower()
    media_type = OTHER_WORDS.get(media_type, media_type)
    if media_type not in TAKEN:
        raise ContentTypeNotAllowed(f"The file was declared as {declared}. We take {types_taken()}.")
    return media_type
