"""Documents: PDF by PDFium, Office by the directory of its zip; nothing of a page is drawn, no part is unpacked."""

import re
import struct
import zipfile
from math import ceil
from typing import Any, BinaryIO

from infra.vault.parsing.refused import NotAllowed, Refused

PAGES = 2_000
ENTRIES = 10_000
RATIO = 100
UNPACKED_BYTES = 1 << 30
DIRECTORY_BYTES = 4 << 20
CHUNK_BYTES = 1 << 20

NO_PASSWORD, NO_SECURITY = 4, 5
"""What PDFium says of a file that it may not open without a password."""
EVERYWHERE = (-1e6, -1e6, 1e6, 1e6)

OPEN_XML = "application/vnd.openxmlformats-officedocument"
OFFICE = {
    b"wordprocessingml.document.main+xml": f"{OPEN_XML}.wordprocessingml.document",
    b"spreadsheetml.sheet.main+xml": f"{OPEN_XML}.spreadsheetml.sheet",
    b"presentationml.presentation.main+xml": f"{OPEN_XML}.presentationml.presentation",
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
ODF = {f"{OPEN_DOCUMENT}.text", f"{OPEN_DOCUMENT}.spreadsheet", f"{OPEN_DOCUMENT}.presentation"}
MACROS = re.compile(r"(^|/)vba(project|data)\b|/macrosheets/|^basic/.+/(?!script-l[bc]\.xml$)[^/]+$|^scripts/.*[^/]$")
OUTSIDE = re.compile(r"^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)")

STREAMS = {
    "EncryptedPackage": "",
    "WordDocument": "old Word",
    "Workbook": "old Excel",
    "Book": "old Excel",
    "PowerPoint Document": "old PowerPoint",
    "__properties_version1.0": "mail",
}
"""Names in the directory of a compound file, of which each says what it is; "" is protected by a password."""


def pdf(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Measure each page as it is shown: crop box within media box, rotation and user unit applied."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (NO_PASSWORD, NO_SECURITY):
            raise Refused("The PDF is protected by a password: save it without one.") from error
        raise
    count = len(document)
    if not 0 < count <= PAGES:
        raise Refused(f"The PDF has {count:,} pages; 1 to {PAGES:,} are taken.")
    units = user_units(file, count)
    pages = [tuple(written(side) * unit for side in page_size(document, number)) for number, unit in enumerate(units)]
    return {"media_type": "application/pdf", "pages": pages}


def page_size(document: Any, number: int) -> tuple[float, float]:
    """Return width and height of a page in its own units; of one that is cropped to nothing, those of all of it."""
    width, height = document.get_page_size(number)
    if not (width and height):
        document[number].set_cropbox(*EVERYWHERE)
        width, height = document.get_page_size(number)
    if not (width and height):
        raise Refused("The PDF has a page without a size.")
    return width, height


def written(number: float) -> float:
    """Return the shortest decimal of which PDFium may have made this number, which it holds in 32 bits.

    Of two, it is the larger one: nothing on the page lies outside it.
    """
    for digits in range(8):
        for short in (ceil(number * 10**digits) / 10**digits, round(number, digits)):
            if struct.pack("f", short) == struct.pack("f", number):
                return short
    return number


def user_units(file: BinaryIO, count: int) -> list[float]:
    """Return how many points a unit of each page has, which only pypdf tells; 1 where it cannot read the page.

    Nearly no file has any, so that one is looked for first: its name, or objects in which it may be packed.
    """
    if not holds(file, (b"/UserUnit", b"/ObjStm")):
        return [1] * count
    import pypdf

    try:
        file.seek(0)
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            reader.decrypt("")
        units = [float(page.user_unit) for page in reader.pages]
    except Exception:  # noqa: BLE001 - PDFium opened it, and it measures it
        return [1] * count
    return [unit if unit > 0 else 1 for unit in units] if len(units) == count else [1] * count


def holds(file: BinaryIO, words: tuple[bytes, ...]) -> bool:
    """Tell whether one of these words stands anywhere in the file."""
    file.seek(0)
    before = b""
    while chunk := file.read(CHUNK_BYTES):
        if any(word in before + chunk for word in words):
            return True
        before = chunk[-max(map(len, words)) :]
    return False


def office(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Judge a document by its directory alone; nothing is unpacked but the small parts that name the type."""
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ENTRIES or unpacked > UNPACKED_BYTES or unpacked > RATIO * max(packed, 1):
        raise Refused("The document unpacks to far more than a document holds.")
    names = {entry.filename.lower() for entry in entries}
    if any(OUTSIDE.search(name) for name in names):
        raise Refused("The document has parts that point outside it.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected("document")
    if any(MACROS.search(name) for name in names):
        raise NotAllowed("macros")
    types, manifest = part(archive, "[Content_Types].xml"), part(archive, "META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise protected("document")
    if b"macroEnabled" in types:
        raise NotAllowed("macros")
    if b"ml.template.main+xml" in types:
        raise NotAllowed("template")
    if b"presentationml.slideshow.main+xml" in types:
        raise NotAllowed("slide show")
    found = {media_type for mark, media_type in OFFICE.items() if mark in types}
    if not found and (named := open_document(part(archive, "mimetype"), manifest)):
        if named.endswith("-template"):
            raise NotAllowed("template")
        found = {named} & ODF
    if len(found) != 1:
        raise NotAllowed("archive")
    return {"media_type": found.pop()}


def open_document(mimetype: bytes, manifest: bytes) -> str:
    """Return what an OpenDocument file says that it is, empty if it says nothing."""
    said = re.search(rb'full-path="/"[^>]*?media-type="([^"]*)"|media-type="([^"]*)"[^>]*?full-path="/"', manifest)
    words = [mimetype, *(said.groups() if said else ())]
    return next((word.strip().decode("ascii", "replace") for word in words if word), "")


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a small part of a document, empty if there is none."""
    try:
        with archive.open(name) as stream:
            return stream.read(DIRECTORY_BYTES)
    except KeyError:
        return b""


def compound(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Refuse a file of old Office, a mail of Outlook and a document under a password: they are written alike."""
    for name, kind in STREAMS.items():
        if holds(file, ((name + "\0").encode("utf-16-le"),)):
            raise NotAllowed(kind) if kind else protected("document")
    raise NotAllowed("document")


def protected(what: str) -> Refused:
    """Return the refusal of a file under a password."""
    return Refused(f"The {what} is protected by a password: save it without one.")
