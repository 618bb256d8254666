"""Says what a file really is: the part of the gate that touches hostile bytes.

``media.py`` has ``sandbox.py`` run this file in a child process that can do nothing else; it imports nothing of ours.
Its answer is the media type with its bounds, or a refusal with its sentence.
"""

import codecs
import re
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, BinaryIO

PIXELS = 50_000_000
PAGES = 2_000
ENTRIES = 10_000
RATIO = 100
UNPACKED_BYTES = 1 << 30
DIRECTORY_BYTES = 1 << 20
HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 20

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFFICE = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"presentationml.presentation.main+xml": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ),
}
ODT = "application/vnd.oasis.opendocument.text"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
MP4_BRANDS = {b"isom", b"avc1", b"mp41", b"mp42", b"mmp4", b"MSNV", b"dash", b"M4A ", b"M4B ", b"M4V ", b"f4v "}
MP4_BRAND_FAMILIES = (b"iso", b"3gp")  # iso2 … iso9, 3gp4 … 3gp9


class Refused(Exception):
    """The file is not taken; ``code`` says by which of the gate's refusals."""

    code = "unreadable"


class NotAllowed(Refused):
    """The file is of a type that is not taken, whatever it was declared as."""

    code = "not allowed"


def identify(file: BinaryIO, size: int) -> dict[str, Any]:
    """Return the media type and the bounds of a file of ``size`` bytes; raise ``Refused``."""
    head = file.read(HEAD_BYTES)
    if not head:
        raise Refused("The file is empty.")
    opener, kind = signature(head, size)
    file.seek(0)
    if not all(name in sys.modules for name in LIBRARIES.get(kind, ())):
        return {"media_type": kind}  # another type than declared, which is all that need be known
    if opener:
        return opener(file, size)
    if is_text(file):
        if re.match(rb"(\xef\xbb\xbf)?\s*(<[!?/a-z]|#!|\{\\rtf|%!)", head, re.IGNORECASE):
            raise NotAllowed("It is markup or a program, not plain text.")
        return {"media_type": "text/plain"}
    raise NotAllowed(f"It looks like: {kind}.")


def signature(head: bytes, size: int) -> tuple[Callable[[BinaryIO, int], dict[str, Any]] | None, str]:
    """Return what opens a file that begins like this, None if nothing does, and what it looks like."""
    import puremagic

    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        matches = []
    named = {match.mime_type for match in matches}
    for media_type, opener in OPENERS.items():
        if media_type in named:
            return opener, media_type
    # puremagic misses many brands of MP4, M4A and HEIC, and MP3 frames of most bit rates.
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip") and int.from_bytes(head[:4]) <= size:
        return iso_media, "video/mp4"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE6 == 0xE2:
        return mp3, "audio/mpeg"
    return None, next((match.name for match in matches if match.mime_type), "an unknown kind of file")


def is_text(file: BinaryIO) -> bool:
    """Tell whether the file is UTF-8 without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    control = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
    try:
        while chunk := file.read(CHUNK_BYTES):
            if control.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def pdf(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Measure each page as it is shown: crop box, rotation and user unit applied."""
    import pypdf

    reader = pypdf.PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("The PDF is protected by a password: save it without one.")
    count = len(reader.pages)
    if not 0 < count <= PAGES:
        raise Refused(f"The PDF has {count:,} pages; 1 to {PAGES:,} are taken.")
    pages = []
    for page in reader.pages:
        width, height = (
            round(abs(float(side)) * float(page.user_unit), 6) for side in (page.cropbox.width, page.cropbox.height)
        )
        if not (width and height):
            raise Refused("The PDF has a page without a size.")
        pages.append((height, width) if page.rotation % 180 else (width, height))
    return {"media_type": "application/pdf", "pages": pages}


def picture(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Decode the whole picture and measure it in the orientation shown."""
    from PIL import ExifTags, Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(file, formats=["JPEG", "PNG"])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused(f"The picture has more than {PIXELS:,} pixels: save it smaller.") from error
    image.load()  # before the EXIF data, which a PNG may keep behind the picture
    width, height = image.size
    turned = image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return {
        "media_type": "image/png" if image.format == "PNG" else "image/jpeg",  # MPO, of many phones, is a JPEG
        "width": height if turned else width,
        "height": width if turned else height,
    }


def mp3(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Measure an MP3 recording."""
    return {"media_type": "audio/mpeg", "seconds": seconds(file, "recording.mp3")}


def wav(file: BinaryIO, size: int) -> dict[str, Any]:
    """Measure a WAV recording."""
    if int.from_bytes(file.read(8)[4:], "little") + 8 > size:
        raise Refused("The recording is cut short.")
    file.seek(0)
    return {"media_type": "audio/wav", "seconds": seconds(file, "recording.wav")}


def seconds(file: BinaryIO, name: str) -> float:
    """Return the length of a recording; the name's ending says which parser is meant."""
    import tinytag

    length = tinytag.TinyTag.get(name, file, tags=False).duration
    if not length or length < 0:
        raise Refused("The recording has no length.")
    return round(float(length), 3)


def iso_media(file: BinaryIO, size: int) -> dict[str, Any]:
    """Tell HEIC, MOV, MP4 and M4A apart by brand and tracks; a file that is cut short is refused."""
    top = list(boxes(file, 0, size))
    brand = brands = b""
    if top[0][0] == b"ftyp":
        file.seek(top[0][1])
        brands = file.read(min(top[0][2] - top[0][1], HEAD_BYTES))
        brand = brands[:4]
    if brand in HEIC_BRANDS and b"avif" not in brands:
        if b"meta" not in {kind for kind, _, _ in top}:
            raise Refused("The picture holds nothing.")
        return {"media_type": "image/heic"}  # no parser for it is installed, so it has no bounds
    if brand not in MP4_BRANDS | {b"", b"qt  "} and not brand.startswith(MP4_BRAND_FAMILIES):
        raise NotAllowed(f"It looks like: a file of brand {brand.decode('ascii', 'replace')!r}.")
    tracks = {
        handler(file, start)
        for start, end in inside(file, [(0, size)], b"moov", b"trak", b"mdia", b"hdlr")
        if end - start >= 12
    }
    if not tracks & {b"vide", b"soun"}:
        raise Refused("The recording has neither picture nor sound.")
    media_type = "video/mp4" if b"vide" in tracks else "audio/mp4"
    if brand in (b"", b"qt  "):
        media_type = "video/quicktime"
    streamed = inside(file, [(0, size)], b"moov", b"mvex")  # made while recording: its length stands nowhere
    file.seek(0)
    return {"media_type": media_type, "seconds": None if streamed else seconds(file, "recording.mp4")}


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each box's content (ISO 14496-12 §4.2); refuse one that does not fit."""
    while start < end:
        file.seek(start)
        header = file.read(min(16, end - start))
        if len(header) < 8:
            raise Refused("The recording is cut short.")
        length, kind, width = int.from_bytes(header[:4]), header[4:8], 8
        if length == 1:
            length, width = int.from_bytes(header[8:]), 16
        elif length == 0:
            length = end - start
        if not width <= length <= end - start:
            raise Refused("The recording is cut short.")
        yield kind, start + width, start + length
        start += length


def inside(file: BinaryIO, spans: list[tuple[int, int]], *path: bytes) -> list[tuple[int, int]]:
    """Return the contents of all boxes found by going down this path of kinds."""
    for wanted in path:
        spans = [(start, end) for span in spans for kind, start, end in boxes(file, *span) if kind == wanted]
    return spans


def handler(file: BinaryIO, start: int) -> bytes:
    """Return what kind of track a handler box describes."""
    file.seek(start + 8)
    return file.read(4)


def office(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Judge a document by its directory alone; nothing is unpacked but the two small parts that name the type."""
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ENTRIES or unpacked > UNPACKED_BYTES or unpacked > RATIO * max(packed, 1):
        raise Refused("The document unpacks to far more than a document holds.")
    names = {entry.filename.lower() for entry in entries}
    if any(re.search(r"^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)", name) for name in names):
        raise Refused("The document has parts that point outside it.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("The document is protected by a password: save it without one.")
    if any(re.search(r"vbaproject\.bin$|^basic/|^scripts/", name) for name in names):
        raise NotAllowed("The document contains macros: save it without them.")
    if part(archive, "mimetype") == ODT.encode():
        return {"media_type": ODT}
    types = part(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise NotAllowed("The document contains macros: save it without them.")
    media_types = [media_type for mark, media_type in OFFICE.items() if mark in types]
    if len(media_types) != 1:
        raise NotAllowed("It looks like: an archive.")
    return {"media_type": media_types[0]}


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a small part of a document, empty if there is none."""
    try:
        with archive.open(name) as stream:
            return stream.read(DIRECTORY_BYTES)
    except KeyError:
        return b""


OPENERS: dict[str, Callable[[BinaryIO, int], dict[str, Any]]] = {
    "application/pdf": pdf,
    "image/jpeg": picture,
    "image/png": picture,
    "audio/wave": wav,
    "audio/mpeg": mp3,
    DOCX: office,  # puremagic calls every zip a DOCX, among others; its other word for ODT fits plain text too
}


PICTURE_LIBRARIES = (
    *(f"PIL.{name}Plugin" for name in ("BmpImage", "GifImage", "JpegImage", "MpoImage", "PngImage", "PpmImage")),
    *(f"PIL.{name}" for name in ("ExifTags", "Image", "ImagePalette", "TiffImagePlugin")),
)
LIBRARIES = {
    "application/pdf": (
        "pypdf",
        "pypdf.filters",
        "pypdf.xmp",
        "pypdf._codecs._codecs",
        "pypdf._crypt_providers._fallback",
    ),
    "image/jpeg": PICTURE_LIBRARIES,
    "image/png": PICTURE_LIBRARIES,
}
"""By media type: what is needed to open such a file, also what is imported only on the way."""

ALWAYS = (
    "puremagic",
    "tinytag",
    *(f"encodings.{name}" for name in ("ascii", "charmap", "cp437", "latin_1", "utf_16", "utf_16_be", "utf_16_le")),
)


def load(declared: str) -> None:
    """Import what a file of this type needs: afterwards nothing more can be imported."""
    for name in (*ALWAYS, *LIBRARIES.get(declared, ())):
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
