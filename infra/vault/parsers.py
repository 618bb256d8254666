"""Says what a file really is: the part of the gate that touches hostile bytes.

``media.py`` has ``sandbox.py`` run this file in a child process that can do nothing else; with what it imports from
``parsing``, it imports nothing else of ours. Its answer is the media type with its bounds, or a refusal.
"""

import re
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from infra.vault.parsing.documents import OPEN_XML, compound, office, pdf
from infra.vault.parsing.pictures import heif, picture
from infra.vault.parsing.recordings import recording
from infra.vault.parsing.refused import NotAllowed, Refused
from infra.vault.parsing.text import encoding_of, refuse_other_kinds

LIMITS = {resource.RLIMIT_AS: 1152 << 20}
"""A WEBP of 64 megapixels takes 1,036 MB, a progressive JPEG of 120 takes 752, everything else less than 450."""

HEAD_BYTES = 4096
PDF_WITHIN = 1024
"""Bytes within which a PDF has to begin: readers leave alone what stands before it."""

Opener = Callable[[BinaryIO, int], dict[str, Any]]

UNTAKEN = {
    "program": (
        rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\0asm|dex\n|[CFZ]WS[\0-\x40]|"
        rb"L\0\0\0\x01\x14\x02\0"
    ),
    "archive": (
        rb"PK\x05\x06|PK\x07\x08|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|\x28\xb5\x2f\xfd|MSCF\0|"
        rb".{257}ustar"
    ),
    "picture": rb"BM.{4}\0\0\0\0|II\*\0|MM\0\*|8BPS|\xff\x0a|\0\0\0\x0c(?:JXL|jP) ",
    "film": rb"RIFF.{4}AVI |FLV\x01|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\0\0\x01[\xba\xb3]|\x47.{187}\x47.{187}\x47",
    "sound": rb"#!AMR|FORM.{4}AIF[FC]|MThd|\.snd|caff",
}
"""How files begin that are not taken, by the word of the table of those."""

TAKEN: dict[str, tuple[bytes, Opener]] = {
    "image/jpeg": (rb"\xff\xd8\xff", picture),
    "image/png": (rb"\x89PNG\r\n\x1a\n", picture),
    "image/gif": (rb"GIF8[79]a", picture),
    "image/webp": (rb"RIFF.{4}WEBP", picture),
    f"{OPEN_XML}.wordprocessingml.document": (rb"PK\x03\x04", office),
    "compound file": (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", compound),
    "video/mp4": (rb".{4}(?:ftyp|moov|mdat|wide|free|skip|pnot|moof|styp)", recording),
    "video/webm": (rb"\x1a\x45\xdf\xa3", recording),
    "audio/ogg": (rb"OggS", recording),
    "audio/flac": (rb"fLaC", recording),
    "audio/wav": (rb"(?:RIFF|RF64|BW64).{4}WAVE", recording),
    "audio/aac": (rb"\xff[\xf0\xf1\xf8\xf9]", recording),
    "audio/mpeg": (rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", recording),
}
"""How files begin that are opened, by what they look like; what they are, the opener says."""

HEIF_BRANDS = {*(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}
FILM_BRANDS = {b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  "}

RECORDING_LIBRARIES = (
    *("av", "av.logging", "logging"),
    *(f"av.{kind}.{part}" for kind in ("audio", "video", "subtitles") for part in ("stream", "codeccontext")),
)
LIBRARIES: dict[str, tuple[str, ...]] = {
    "PDF": (
        *("pypdfium2", "pypdf", "pypdf.filters", "pypdf.xmp"),
        *("pypdf._codecs._codecs", "pypdf._crypt_providers._fallback"),
    ),
    "picture": (
        *(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")),
        *("PIL.ExifTags", "PIL.Image", "PIL.ImagePalette", "pillow_heif"),
    ),
    **dict.fromkeys(("recording", "MP3", "WAV", "OGG", "FLAC"), RECORDING_LIBRARIES),
}
"""By family: what is needed to open such a file, also what is imported only on the way."""

NEEDED = {pdf: "pypdfium2", picture: "PIL.WebPImagePlugin", heif: "pillow_heif", recording: "av"}
"""What an opener cannot do without, and nothing else loads: pypdf loads a part of Pillow."""

ALWAYS = tuple(
    f"encodings.{name}" for name in ("ascii", "charmap", "cp437", "latin_1", "utf_16", "utf_16_be", "utf_16_le")
)


def identify(file: BinaryIO, size: int) -> dict[str, Any]:
    """Return the media type and the bounds of a file of ``size`` bytes; raise ``Refused``.

    What looks like a file whose libraries are not loaded is of another family than was declared: that is all of it.
    """
    head = file.read(HEAD_BYTES)
    if not head:
        raise Refused("The file is empty.")
    start = head.find(b"%PDF-", 0, PDF_WITHIN)
    encoding = encoding_of(file, head) if start < 0 else None
    if encoding and not (encoding == "windows-1252" and begins_as_no_text(head)):
        return text(head, encoding)
    media_type, opener = opened_by(head)
    if opener is None and start >= 0:
        return pdf_or_text(file, size, head, start)
    if opener is None:
        refuse_other_kinds(head)
        return unknown(file, size)
    return opener(file, size) if ready(opener) else {"media_type": media_type}


def text(head: bytes, encoding: str) -> dict[str, Any]:
    """Return that a file is plain text, or refuse one that is written as text and is something else."""
    refuse_other_kinds(head)
    return {"media_type": "text/plain", "encoding": encoding}


def begins_as_no_text(head: bytes) -> bool:
    """Tell whether a file begins as others do, with bytes that are hardly the beginning of a text."""
    return head[0] > ord("~") and opened_by(head)[1] is not None


def opened_by(head: bytes) -> tuple[str, Opener | None]:
    """Return what a file that begins like this looks like and what opens it; refuse what is not taken."""
    for kind, beginning in UNTAKEN.items():
        if re.match(beginning, head, re.DOTALL):
            raise NotAllowed(kind)
    if head[4:8] == b"ftyp" and is_still(head):
        return "image/heic", heif
    return next(
        ((name, opener) for name, (beginning, opener) in TAKEN.items() if re.match(beginning, head, re.DOTALL)),
        ("", None),
    )


def is_still(head: bytes) -> bool:
    """Tell by the brands of an ISO file whether it is a picture of HEVC; refuse one of another codec."""
    listed = head[8 : min(int.from_bytes(head[:4]), len(head))]
    brands = {listed[place : place + 4] for place in range(0, len(listed), 4)}
    if brands & AVIF_BRANDS:
        raise NotAllowed("picture")
    return listed[:4] in HEIF_BRANDS or bool(brands & HEIF_BRANDS and not brands & FILM_BRANDS)


def pdf_or_text(file: BinaryIO, size: int, head: bytes, start: int) -> dict[str, Any]:
    """Open a PDF that begins at ``start``; where it is none, it may be text that speaks of one."""
    if start:
        refuse_other_kinds(head[:start])
    if ready(pdf):
        try:
            return pdf(file, size)
        except Refused:
            raise
        except Exception:
            if not start:
                raise
    encoding = encoding_of(file, head) if start else None
    return text(head, encoding) if encoding else {"media_type": "application/pdf"}


def unknown(file: BinaryIO, size: int) -> dict[str, Any]:
    """Open a file that begins like no other: sound that has something else before it."""
    try:
        if ready(recording):
            return recording(file, size)
    except Refused:
        raise
    except Exception as error:
        raise NotAllowed("unknown") from error
    raise NotAllowed("unknown")


def ready(opener: Opener) -> bool:
    """Tell whether what this opener needs is loaded."""
    return opener not in NEEDED or NEEDED[opener] in sys.modules


def load(family: str) -> None:
    """Import what files of this family need, of any where it is none: afterwards nothing more can be imported."""
    wanted = (
        LIBRARIES.get(family, ()) if family else dict.fromkeys(name for each in LIBRARIES.values() for name in each)
    )
    for name in (*ALWAYS, *wanted):
        import_module(name)


def answer(file: BinaryIO) -> dict[str, Any]:
    """Return what the file is, or why it is refused."""
    size = file.seek(0, 2)
    file.seek(0)
    try:
        return {"media": identify(file, size)}
    except Refused as refused:
        return {"refused": refused.code, "detail": str(refused)}
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a parser raise, it is refused in one sentence
        return {
            "refused": "unreadable",
            "detail": "The file cannot be opened: it is damaged, unfinished or too complicated.",
        }
