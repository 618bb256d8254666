"""A corpus of hostile files: ``python -m tests.infra.vault.hostile [FOLDER]`` judges each, and writes them there.

Bombs, polyglots, what is cut or has flipped bits, path tricks, macros, programs, places in pictures, EICAR: each is
built here from small honest files. The name says what was done to what.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import ExifTags, Image

from portfolio.domain.kernel import RuleBroken
from tests.infra.vault import files
from tests.infra.vault.test_media import ENCRYPTED, gray_png, judged, many_pages, packed_zeros, pdf_with_a_bomb

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


Expected = Literal["taken", "refused", "either"]


class Hostile(NamedTuple):
    """A file that means harm, what it is declared as, and whether the gate takes it: "either" where both are right."""

    content: Callable[[], bytes]
    declared: str
    expected: Expected


HONEST: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pdf": ("application/pdf", partial(files.pdf, (595, 842), (300, 200))),
    "jpg": ("image/jpeg", partial(files.picture, "JPEG", (200, 150))),
    "png": ("image/png", partial(files.picture, "PNG", (200, 150))),
    "gif": ("image/gif", partial(files.picture, "GIF", (200, 150))),
    "webp": ("image/webp", partial(files.picture, "WEBP", (200, 150))),
    "heic": ("image/heic", partial(files.heic, (200, 150))),
    "mp4": ("video/mp4", partial(files.recording, "mp4", "mpeg4", "aac")),
    "mov": ("video/quicktime", partial(files.recording, "mov", "mpeg4", "pcm_s16le")),
    "3gp": ("video/3gpp", partial(files.recording, "3gp", "h263", "libopencore_amrnb", size=(176, 144))),
    "webm": ("video/webm", partial(files.recording, "webm", "libvpx", "libopus")),
    "m4a": ("audio/mp4", partial(files.recording, "ipod", "", "aac")),
    "aac": ("audio/aac", partial(files.recording, "adts", "", "aac")),
    "mp3": ("audio/mpeg", files.mp3),
    "wav": ("audio/wav", files.wav),
    "ogg": ("audio/ogg", partial(files.recording, "ogg", "", "libopus")),
    "flac": ("audio/flac", partial(files.recording, "flac", "", "flac")),
    "docx": (files.DOCX, files.docx),
    "xlsx": (files.XLSX, partial(files.office, "openxmlformats-officedocument.spreadsheetml.sheet")),
    "odt": (files.ODT, files.odf),
    "txt": ("text/plain", lambda: files.TEXT * 20),
}
"""Small files by their ending, with their types."""

BEFORE = {
    "a program": files.EXECUTABLE,
    "a web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "an archive": b"PK\x05\x06" + bytes(18),
    "a script": b"#!/bin/sh\nrm -rf ~\n",
}

PATHS = (
    *(
        "../../etc/passwd",
        "..\\..\\windows\\evil.dll",
        "/etc/passwd",
        "\\\\server\\share\\x",
        "C:\\evil",
        "word/../../x",
    ),
    *("c:evil", "a/b/..", ".."),
)
MACROS = {
    "a VBA project": partial(files.docx, {"word/vbaProject.bin": b"x"}),
    "a VBA project elsewhere": partial(files.docx, {"custom/VBAPROJECT.BIN": b"x"}),
    "macros by the type": partial(files.office, "ms-word.document.macroEnabled"),
    "Excel 4 macros": partial(files.docx, {"xl/macrosheets/sheet1.xml": b"x"}),
    "Basic": partial(files.odf, more={"Basic/Standard/Module1.xml": b"x"}),
    "a Python script": partial(files.odf, more={"Scripts/python/evil.py": b"x"}),
}
BEGINNINGS = {
    "a Windows program": files.EXECUTABLE,
    "a Linux program": b"\x7fELF\x02\x01\x01" + bytes(500),
    "a Mac program": b"\xcf\xfa\xed\xfe" + bytes(500),
    "a Java class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(500),
    "WebAssembly": b"\0asm\x01\0\0\0" + bytes(100),
    "a shortcut": b"L\0\0\0\x01\x14\x02\0" + bytes(200),
    "Flash": b"CWS\x0a" + bytes(200),
    "a shell script": b"#!/bin/sh\nrm -rf ~\n",
    "SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "XML with entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><l>&a;</l>',
    "a web page in UTF-16": "<html><script>alert(1)</script>".encode("utf-16"),
    "a mail": b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n<script>",
    "RTF with an object": b"{\\rtf1{\\object\\objupdate}}",
    "PostScript": b"%!PS\n(/etc/passwd) (r) file",
    "a playlist": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    "a list of films": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "escapes of a terminal": b"\x1b]0;evil\x07\x1b[2J",
    "a tar": b"evil".ljust(257, b"\0") + b"ustar\0" + bytes(300),
    "a rar": b"Rar!\x1a\x07\x01\0" + bytes(200),
    "a gzip": b"\x1f\x8b\x08" + bytes(200),
}


HARMLESS = {"an MP4 of 2,000,000,000 samples"}
"""What is only a film that says too much."""
TEXTS: dict[str, Expected] = {"a playlist": "taken", "a list of films": "taken"}
"""Texts that only a player of films would take for more."""


@cache
def honest(ending: str) -> bytes:
    """Return the small honest file of this ending."""
    return HONEST[ending][1]()


def cut(ending: str, tenths: int) -> bytes:
    """Return so much of a file."""
    return honest(ending)[: len(honest(ending)) * tenths // 10]


def flipped(ending: str, seed: int) -> bytes:
    """Return a file in which one bit in two hundred bytes is another."""
    content, dice = bytearray(honest(ending)), random.Random(f"{ending}{seed}")  # noqa: S311 - the same every time
    for _ in range(1 + len(content) // 200):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(content)


def patched(content: bytes, place: int, other: bytes) -> bytes:
    """Return a file with other bytes at a place."""
    return content[:place] + other + content[place + len(other) :]


def with_position(kind: str) -> bytes:
    """Return a picture that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return files.saved(Image.new("RGB", (40, 30)), kind, exif=exif)


def lying_archive() -> bytes:
    """Return a document whose directory says that its parts are small, and whose parts are not."""
    content = files.docx({"word/big.xml": bytes(1 << 24)}, compression=8)
    return content.replace((1 << 24).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def pdf_of_loops() -> bytes:
    """Return a PDF whose pages are their own children."""
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1500/Kids[2 0 R 2 0 R]"
        b"/Parent 2 0 R>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )


def bombs() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """Yield what would fill memory or time."""
    yield "a PDF whose table unpacks to 2 GB", pdf_with_a_bomb, "application/pdf"
    yield "a PDF of 2,001 pages", many_pages, "application/pdf"
    yield "a PDF whose pages are their own children", pdf_of_loops, "application/pdf"
    yield "a PDF within 100,000 lists", lambda: b"%PDF-1.4\n1 0 obj\n" + b"[" * 100_000, "application/pdf"
    yield "a PNG of 3,600 megapixels", lambda: gray_png(60_000, 60_000)[:5000], "image/png"
    yield "a PNG that unpacks to 450 MB", lambda: gray_png(60_000, 60_000), "image/png"
    yield "a JPEG of 4,294 megapixels", lambda: files.resized_jpeg(65_535, 65_535), "image/jpeg"
    yield "a JPEG of 5,000 scans", lambda: files.scans(5000), "image/jpeg"
    yield "a GIF of 4,294 megapixels", lambda: patched(honest("gif"), 6, b"\xff\xff\xff\xff"), "image/gif"
    yield "a WEBP of 268 megapixels", huge_webp, "image/webp"
    yield "a HEIC of 4,294 megapixels", huge_heic, "image/heic"
    yield "a document of a million zeros", lambda: files.docx({"x": bytes(1 << 20)}, compression=8), files.DOCX
    yield "a document of 10,001 parts", lambda: files.docx({f"{n}": b"" for n in range(10_001)}), files.DOCX
    yield "a sheet of zeros in LZMA", lambda: files.docx({"x": bytes(1 << 24)}, compression=14), files.XLSX
    yield "an MP4 of 2,000,000,000 samples", many_samples, "video/mp4"
    yield "an MP4 of boxes within boxes", deep_boxes, "video/mp4"
    yield "an MP4 of 4,000 tracks", many_tracks, "video/mp4"
    yield "an MP4 that ends in a thousand hours", long_film, "video/mp4"
    yield "zeros", lambda: bytes(1 << 24), "application/octet-stream"
    yield "packed zeros", lambda: packed_zeros(1 << 30), "application/octet-stream"


def huge_webp() -> bytes:
    """Return a WEBP that says it is as large as can be said."""
    inside = b"WEBPVP8X\x0a\0\0\0\x02\0\0\0" + b"\xff\x3f\0\xff\x3f\0" + honest("webp")[12:]
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def huge_heic() -> bytes:
    """Return a HEIC that says it is as large as can be said."""
    content = honest("heic")
    return patched(content, content.index(b"ispe") + 8, b"\0\0\xff\xff\0\0\xff\xff")


def many_samples() -> bytes:
    """Return an MP4 that says of its film that it is in two thousand million pieces."""
    content = honest("mp4")
    return patched(content, content.index(b"stsz") + 8, (1).to_bytes(4) + (2 * 10**9).to_bytes(4))


def deep_boxes() -> bytes:
    """Return an MP4 whose boxes lie in one another, ten thousand deep."""
    content = b""
    for _ in range(10_000):
        content = (len(content) + 8).to_bytes(4) + b"trak" + content
    return files.box(b"ftyp", b"isom", bytes(4)) + files.box(b"moov", content)


def many_tracks() -> bytes:
    """Return an MP4 with its film four thousand times."""
    content = honest("mp4")
    start = content.index(b"moov") - 4
    track = content.index(b"trak", start) - 4
    length = int.from_bytes(content[track : track + 4])
    inside = content[start + 8 : track + length] + content[track : track + length] * 4000
    return content[:start] + files.box(b"moov", inside)


def long_film() -> bytes:
    """Return an MP4 each of whose pictures is shown for days."""
    content = honest("mp4")
    return patched(content, content.index(b"stts") + 16, (0x0FFFFFFF).to_bytes(4))


def corpus() -> Iterator[tuple[str, Hostile]]:
    """Yield each file by its name."""
    for ending, (declared, _) in HONEST.items():
        for tenths in (2, 5, 9):
            yield f"{ending}, {tenths} tenths of it", Hostile(partial(cut, ending, tenths), declared, "either")
        for seed in range(3):
            yield f"{ending}, bits flipped {seed}", Hostile(partial(flipped, ending, seed), declared, "either")
        other = "image/png" if declared.startswith("application") else "application/pdf"
        yield f"{ending}, of another family", Hostile(partial(honest, ending), other, "refused")
        if ending != "txt":
            behind = partial(lambda ending: honest(ending) + files.archive({"x": EICAR}), ending)
            yield f"{ending}, an archive behind", Hostile(behind, declared, "either")
            start = partial(lambda ending: honest(ending)[:12], ending)
            yield f"{ending}, its first 12 bytes", Hostile(start, declared, "refused")
    for what, lead in BEFORE.items():
        for ending in ("pdf", "jpg", "mp4", "mp3", "docx"):
            before = partial(lambda lead, ending: lead + honest(ending), lead, ending)
            yield f"{ending} behind {what}", Hostile(before, HONEST[ending][0], "refused")
    for what, content, declared in bombs():
        yield f"bomb: {what}", Hostile(content, declared, "either" if what in HARMLESS else "refused")
    for name in PATHS:
        yield f"path: {name}", Hostile(partial(files.docx, {name: b"x"}), files.DOCX, "refused")
    for what, made in MACROS.items():
        yield f"macros: {what}", Hostile(made, files.DOCX, "refused")
    for what, beginning in BEGINNINGS.items():
        for declared in ("text/plain", "application/octet-stream"):
            yield (
                f"{what} as {declared}",
                Hostile(partial(bytes, beginning), declared, TEXTS.get(what, "refused")),
            )
    secret = partial(files.pdf, (9, 9), password="secret")
    yield "a PDF under a password", Hostile(secret, "application/pdf", "refused")
    yield "Office under a password", Hostile(partial(files.compound, "EncryptedPackage"), files.DOCX, "refused")
    locked = partial(files.odf, more={"META-INF/manifest.xml": ENCRYPTED})
    yield "OpenDocument under a password", Hostile(locked, files.ODT, "refused")
    for name in ("WordDocument", "Workbook", "PowerPoint Document", "__properties_version1.0"):
        yield f"old Office: {name}", Hostile(partial(files.compound, name), files.DOCX, "refused")
    for kind, declared in (("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")):
        yield f"{kind} that says where it was taken", Hostile(partial(with_position, kind), declared, "taken")
    yield "EICAR", Hostile(lambda: EICAR, "text/plain", "taken")  # a scanner's, not the gate's
    yield "EICAR in a document", Hostile(partial(files.docx, {"word/media/x.com": EICAR}), files.DOCX, "taken")
    yield "EICAR behind a PDF", Hostile(lambda: honest("pdf") + EICAR, "application/pdf", "taken")
    yield "EICAR in an archive", Hostile(partial(files.archive, {"x.com": EICAR}), files.DOCX, "refused")
    yield "nothing", Hostile(bytes, "application/octet-stream", "refused")
    yield "a lying directory", Hostile(lying_archive, files.DOCX, "either")


CORPUS = dict(corpus())


def main(folder: Path) -> None:
    """Write and judge each file; print what became of it."""
    folder.mkdir(exist_ok=True)
    outcomes = Counter[str]()
    for name, (content, declared, _) in CORPUS.items():
        made = content()
        path = folder / re.sub(r"[^\w.-]+", "_", name)
        path.mkdir(exist_ok=True)
        began = time.monotonic()
        try:
            told = f"taken as {judged(made, declared, path).media_type}"
        except RuleBroken as refusal:
            told = f"{type(refusal).__name__}: {refusal}"
        outcomes[told.partition(":")[0].partition(" as ")[0]] += 1
        sys.stdout.write(f"| {name} | {len(made)} | {time.monotonic() - began:.1f} s | {told} |\n")
    sys.stdout.write(f"{sum(outcomes.values())} files: {dict(outcomes)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
