"""Media: the types of file taken as evidence and the largest one; every layer asks this table and keeps no other.

What is not taken but often sent stands in ``not_taken.py``, with the way out, so that it is refused before it is sent.
"""

import re
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from portfolio.domain.evidence.not_taken import LOOSE_WORDS, NOT_TAKEN, OPEN_DOCUMENT, OPEN_XML
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import RuleBroken, Value

Family = Literal["PDF", "picture", "recording", "MP3", "WAV", "OGG", "FLAC", "Office", "text"]
"""Types that people and programs take for one another: within a family what a file really is counts and is recorded."""


FileKind = Literal["PDF", "picture", "recording", "document", "spreadsheet", "slides", "text"]
"""What people call a file of a type."""


class MediaType(Value):
    """A type of file that is taken: the name people know it by, its family, and how its files end.

    The first of ``endings`` is given to a file name that ends otherwise. ``aliases``: other words that browsers use.
    """

    name: str
    family: Family
    endings: tuple[str, ...]
    aliases: tuple[str, ...] = ()


TAKEN: dict[str, MediaType] = {
    "application/pdf": MediaType(
        name="PDF",
        family="PDF",
        endings=(".pdf",),
        aliases=("application/x-pdf", "application/acrobat", "application/vnd.pdf", "text/pdf", "text/x-pdf"),
    ),
    "image/jpeg": MediaType(
        name="JPEG",
        family="picture",
        endings=(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
        aliases=("image/jpg", "image/pjpeg", "image/jfif", "image/mpo"),
    ),
    "image/png": MediaType(
        name="PNG", family="picture", endings=(".png", ".apng"), aliases=("image/x-png", "image/apng")
    ),
    "image/heic": MediaType(
        name="HEIC",
        family="picture",
        endings=(".heic", ".heif", ".hif"),
        aliases=("image/heif", "image/heic-sequence", "image/heif-sequence"),
    ),
    "image/webp": MediaType(name="WEBP", family="picture", endings=(".webp",)),
    "image/gif": MediaType(name="GIF", family="picture", endings=(".gif",)),
    "video/mp4": MediaType(
        name="MP4", family="recording", endings=(".mp4", ".m4v"), aliases=("video/x-m4v", "application/mp4")
    ),
    "video/quicktime": MediaType(name="MOV", family="recording", endings=(".mov", ".qt")),
    "video/3gpp": MediaType(
        name="3GP",
        family="recording",
        endings=(".3gp", ".3gpp", ".3g2", ".mp4"),
        aliases=("video/3gp", "video/3gpp2"),
    ),
    "video/webm": MediaType(
        name="WEBM", family="recording", endings=(".webm", ".mkv"), aliases=("video/x-matroska", "video/matroska")
    ),
    "audio/mp4": MediaType(
        name="M4A",
        family="recording",
        endings=(".m4a", ".mp4", ".m4b"),
        aliases=("audio/m4a", "audio/x-m4a", "audio/mp4a-latm", "audio/x-mp4", "audio/x-m4b"),
    ),
    "audio/3gpp": MediaType(
        name="3GP", family="recording", endings=(".3gp", ".3gpp", ".3g2"), aliases=("audio/3gp", "audio/3gpp2")
    ),
    "audio/webm": MediaType(
        name="WEBM", family="recording", endings=(".webm", ".weba"), aliases=("audio/x-matroska", "audio/matroska")
    ),
    "audio/aac": MediaType(
        name="AAC", family="recording", endings=(".aac",), aliases=("audio/x-aac", "audio/aacp", "audio/x-hx-aac-adts")
    ),
    "audio/mpeg": MediaType(
        name="MP3",
        family="MP3",
        endings=(".mp3",),
        aliases=("audio/mp3", "audio/x-mp3", "audio/mpg", "audio/x-mpeg", "audio/mpeg3"),
    ),
    "audio/wav": MediaType(
        name="WAV",
        family="WAV",
        endings=(".wav",),
        aliases=("audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"),
    ),
    "audio/ogg": MediaType(
        name="OGG",
        family="OGG",
        endings=(".ogg", ".oga", ".opus"),
        aliases=("audio/opus", "audio/x-opus+ogg", "audio/vorbis", "audio/x-ogg", "application/ogg", "video/ogg"),
    ),
    "audio/flac": MediaType(name="FLAC", family="FLAC", endings=(".flac",), aliases=("audio/x-flac",)),
    f"{OPEN_XML}.wordprocessingml.document": MediaType(name="DOCX", family="Office", endings=(".docx",)),
    f"{OPEN_XML}.spreadsheetml.sheet": MediaType(name="XLSX", family="Office", endings=(".xlsx",)),
    f"{OPEN_XML}.presentationml.presentation": MediaType(name="PPTX", family="Office", endings=(".pptx",)),
    f"{OPEN_DOCUMENT}.text": MediaType(name="ODT", family="Office", endings=(".odt",)),
    f"{OPEN_DOCUMENT}.spreadsheet": MediaType(name="ODS", family="Office", endings=(".ods",)),
    f"{OPEN_DOCUMENT}.presentation": MediaType(name="ODP", family="Office", endings=(".odp",)),
    "text/plain": MediaType(name="TXT", family="text", endings=(".txt", ".text", ".log", ".md")),
    "text/csv": MediaType(
        name="CSV",
        family="text",
        endings=(".csv",),
        aliases=("text/x-csv", "text/comma-separated-values", "application/csv", "application/x-csv"),
    ),
}
"""The types taken, by the media type that is recorded."""

FILE_KINDS: dict[FileKind, frozenset[str]] = {
    "PDF": frozenset({"PDF"}),
    "picture": frozenset({"JPEG", "PNG", "HEIC", "WEBP", "GIF"}),
    "recording": frozenset({"MP4", "MOV", "3GP", "WEBM", "M4A", "AAC", "MP3", "WAV", "OGG", "FLAC"}),
    "document": frozenset({"DOCX", "ODT"}),
    "spreadsheet": frozenset({"XLSX", "ODS", "CSV"}),
    "slides": frozenset({"PPTX", "ODP"}),
    "text": frozenset({"TXT"}),
}
"""The names of the types that people call by one word."""

KIND_OF_FILE: dict[str, FileKind] = {
    media_type: kind for media_type, taken in TAKEN.items() for kind, names in FILE_KINDS.items() if taken.name in names
}

OTHER_WORDS = {alias: media_type for media_type, taken in TAKEN.items() for alias in taken.aliases}

ANY = "application/octet-stream"
"""The word for a file of which nobody says what it is: its content does."""
SAY_NOTHING = {
    "",
    ANY,
    "binary/octet-stream",
    "application/binary",
    "application/unknown",
    "application/download",
    "application/x-download",
    "application/force-download",
}
OPEN_WORD = re.compile(r"(image|audio|video|text)/[a-z0-9][a-z0-9.+_-]*")
"""A word of whose like browsers make up more than anybody lists: the content says what such a file is."""

LARGEST_FILE = 2 * 10**9
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
    return ", ".join(dict.fromkeys(taken.name for taken in TAKEN.values()))


def size_taken() -> str:
    """Return how large a file may be, for people."""
    return f"{LARGEST_FILE // 10**9} GB"


def size_in_words(size: int) -> str:
    """Return a number of bytes as people say it: 35 kB, 3.5 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB" if size < 10_000_000 else f"{size / 1_000_000:.0f} MB"


def check_type(declared: str, filename: str) -> None:
    """Refuse a file of which its name or its declared type already say that it is not taken."""
    word, name = word_of(declared), filename.strip().rstrip(".").lower()
    for kind in NOT_TAKEN.values():
        if ending := next((ending for ending in kind.endings if name.endswith(ending)), None):
            raise ContentTypeNotAllowed(f"A file that ends in {ending} is {kind.in_words()}. We take {types_taken()}.")
    if word in LOOSE_WORDS and not name.endswith(tuple(ending for each in TAKEN.values() for ending in each.endings)):
        raise ContentTypeNotAllowed(_said(declared, word))
    taken_type(declared)


def taken_type(declared: str) -> str:
    """Return the recorded word for a declared media type, ``ANY`` for one that does not tell.

    Raises ``ContentTypeNotAllowed`` for one that is not taken.
    """
    word = word_of(declared)
    word = OTHER_WORDS.get(word, word)
    if word in TAKEN:
        return word
    if word in SAY_NOTHING | LOOSE_WORDS:
        return ANY
    if any(word in kind.words for kind in NOT_TAKEN.values()) or not OPEN_WORD.fullmatch(word):
        raise ContentTypeNotAllowed(_said(declared, word))
    return ANY


def announced_type(declared: str, filename: str) -> str:
    """Return the word that is kept of an announced file: of a sheet of which nobody says what it is, the name does."""
    if word_of(declared) not in SAY_NOTHING:
        return declared
    return type_named(filename, ("text/csv",)) or (declared if word_of(declared) else ANY)


def type_named(filename: str, among: Iterable[str]) -> str:
    """Return which of these types a file's name ends like, empty if like none."""
    name = filename.strip().rstrip(".").lower()
    return next((media_type for media_type in among if name.endswith(TAKEN[media_type].endings)), "")


def word_of(declared: str) -> str:
    """Return a media type without its parameters, in small letters."""
    return declared.partition(";")[0].strip().lower()


def found_type(declared: str, found: str) -> str:
    """Return what a file is recorded as: a sheet of text is known from other text only by what it was declared as."""
    is_sheet = taken_type(declared) == "text/csv" or word_of(declared) in NOT_TAKEN["old Excel"].words
    return "text/csv" if found == "text/plain" and is_sheet else found


def _said(declared: str, word: str) -> str:
    kind = next((kind for kind in NOT_TAKEN.values() if word in kind.words), None)
    way_out = f", {kind.in_words()}" if kind else ""
    return f"The file was declared as {declared}{way_out}. We take {types_taken()}."
