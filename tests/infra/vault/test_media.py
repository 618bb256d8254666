"""The gate: what a file is, whatever it is called, and what is refused."""

import io
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from infra.vault import media as gate
from infra.vault.media import inspect
from portfolio.application.ports import Busy, ContentTypeMismatch, ContentUnreadable
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.evidence.selector import Bounds, Encoding
from tests.infra.vault import files

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
MOOV_FIRST = {"moov_size": "20000"}
ENCRYPTED = b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'


def made(*arguments: Any, cut: int = 0, then: bytes = b"", **options: Any) -> Callable[[], bytes]:
    """Return how to make a recording, without its last bytes, or with others behind it."""
    return lambda: files.recording(*arguments, **options)[: -cut or None] + then


def judged(content: bytes | Callable[[], bytes], declared: str, folder: Path) -> Bounds:
    path = folder / "file"
    path.write_bytes(content() if callable(content) else content)
    with path.open("rb") as file:
        return inspect(file, declared)


CSV = Bounds(media_type="text/csv", encoding="utf-8")


def text(encoding: Encoding = "utf-8") -> Bounds:
    return Bounds(media_type="text/plain", encoding=encoding)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (files.pdf((595, 842), (300.5, 200)), Bounds(media_type="application/pdf", pages=((595, 842), (300.5, 200)))),
        (files.pdf((595, 842), rotated=90), Bounds(media_type="application/pdf", pages=((842, 595),))),
        (files.pdf((200, 300), unit=2.5), Bounds(media_type="application/pdf", pages=((500, 750),))),
        (files.pdf((200, 300), crop=(50, 50, 150, 400)), Bounds(media_type="application/pdf", pages=((100, 250),))),
        (files.pdf((200, 300), crop=(500, 500, 600, 600)), Bounds(media_type="application/pdf", pages=((200, 300),))),
        (b"\xef\xbb\xbf" + files.pdf((200, 300)), Bounds(media_type="application/pdf", pages=((200, 300),))),
        (b"x" * 900 + b"\n" + files.pdf((200, 300)), Bounds(media_type="application/pdf", pages=((200, 300),))),
        (files.picture("PNG"), Bounds(media_type="image/png", width=40, height=30)),
        (files.picture("JPEG"), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.picture("JPEG", orientation=6), Bounds(media_type="image/jpeg", width=30, height=40)),
        (files.picture("JPEG", orientation=3), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.picture("PNG", orientation=8), Bounds(media_type="image/png", width=30, height=40)),
        (files.picture("WEBP", orientation=6), Bounds(media_type="image/webp", width=30, height=40)),
        (files.picture("GIF"), Bounds(media_type="image/gif", width=40, height=30)),
        (files.picture("MPO"), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.heic((40, 30)), Bounds(media_type="image/heic", width=40, height=30)),
        (files.heic((40, 30), orientation=6), Bounds(media_type="image/heic", width=30, height=40)),
        (files.branded(files.heic((64, 48)), b"mif1", b"heic"), Bounds(media_type="image/heic", width=64, height=48)),
        (files.branded(files.heic((64, 48)), b"MiHE", b"mif1"), Bounds(media_type="image/heic", width=64, height=48)),
        (files.wav(1.5), Bounds(media_type="audio/wav", seconds=1.5)),
        (files.sized(files.wav(1.5), 0), Bounds(media_type="audio/wav", seconds=1.5)),
        (files.sized(files.wav(1.5), 0x7FFFFFFF), Bounds(media_type="audio/wav", seconds=1.5)),
        (files.sized(files.wav(1.5), 0xFFFFFFFF), Bounds(media_type="audio/wav", seconds=1.5)),
        (made("wav", "", "adpcm_ima_wav"), Bounds(media_type="audio/wav", seconds=2.041)),
        (files.mp3(), Bounds(media_type="audio/mpeg", seconds=2.612245)),
        (files.mp3(header=b"\xff\xfa\x90\x64"), Bounds(media_type="audio/mpeg", seconds=2.612245)),
        (b"ID3\x04" + bytes(6) + files.mp3(), Bounds(media_type="audio/mpeg", seconds=2.612245)),
        (b"ID3\x04\0\0\0\x02\0\0" + bytes(1 << 15) + files.mp3(), Bounds(media_type="audio/mpeg", seconds=2.612245)),
        (files.mp3(50) + files.mp3(50), Bounds(media_type="audio/mpeg", seconds=2.612245)),
        (made("ogg", "", "libopus"), Bounds(media_type="audio/ogg", seconds=2)),
        (made("flac", "", "flac"), Bounds(media_type="audio/flac", seconds=2)),
        (made("adts", "", "aac"), Bounds(media_type="audio/aac", seconds=2.026667)),
        (made("mp4", "mpeg4", "aac"), Bounds(media_type="video/mp4", seconds=2)),
        (made("mp4", "mpeg4", "aac", options=FRAGMENTS), Bounds(media_type="video/mp4", seconds=2.021387)),
        (made("mp4", "mpeg4", "aac", then=b"\n"), Bounds(media_type="video/mp4", seconds=2)),
        (made("mov", "mpeg4", "pcm_s16le"), Bounds(media_type="video/quicktime", seconds=2)),
        (
            made("3gp", "h263", "libopencore_amrnb", size=(176, 144)),
            Bounds(media_type="video/3gpp", seconds=2),
        ),
        (made("3gp", "", "libopencore_amrnb"), Bounds(media_type="audio/3gpp", seconds=2)),
        (made("3gp", "", "aac"), Bounds(media_type="audio/mp4", seconds=2)),
        (made("ipod", "", "aac"), Bounds(media_type="audio/mp4", seconds=2)),
        (made("mp4", "", "aac"), Bounds(media_type="audio/mp4", seconds=2)),
        (made("webm", "libvpx", "libopus"), Bounds(media_type="video/webm", seconds=2.001)),
        (made("webm", "", "libopus"), Bounds(media_type="audio/webm", seconds=2.001)),
        (files.docx(), Bounds(media_type=files.DOCX)),
        (files.office("openxmlformats-officedocument.spreadsheetml.sheet"), Bounds(media_type=files.XLSX)),
        (files.office("openxmlformats-officedocument.presentationml.presentation"), Bounds(media_type=files.PPTX)),
        (files.odf(), Bounds(media_type=files.ODT)),
        (files.odf(files.ODS), Bounds(media_type=files.ODS)),
        (files.odf(files.ODP, {"Basic/Standard/script-lb.xml": b"<x/>"}), Bounds(media_type=files.ODP)),
        (files.TEXT, text()),
        (b"day,hours\n1,7\n", CSV),
        ("\ufeffSchön – geprüft\r\n\tja".encode(), text()),
        ("Schön – geprüft".encode("utf-16"), text("utf-16")),
        (b"\xfe\xff" + "Schön – geprüft".encode("utf-16-be"), text("utf-16")),
        ("Schön – geprüft".encode("cp1252"), text("windows-1252")),
        (b"BMW van hired. The free text; MZ; PK.", text()),
        (b"MZ and PK and GIF89a and ID3 begin files", text()),
        (b"The free and wide text" + b"." * 51 + b"text", text()),
        (b"a < b and <i>so on</i>", text()),
        (b"<mia> ready?\n<b> yes\n", text()),
        (b"A file begins with %PDF-1.7, he said.", text()),
        (b"Subject: lamps\nTo: Joe\n\nbring three", text()),
        (b"#! bring three lamps", text()),
    ],
    ids=lambda value: "-".join(value.media_type.split("/")) if isinstance(value, Bounds) else "",
)
def test_a_file_on_the_list_is_known_and_measured(
    content: bytes | Callable[[], bytes], media: Bounds, tmp_path: Path
) -> None:
    assert judged(content, media.media_type, tmp_path) == media


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (files.picture("PNG"), "image/jpeg", "image/png"),
        (files.heic(), "image/jpeg", "image/heic"),
        (files.picture("JPEG"), "image/pjpeg", "image/jpeg"),
        (files.picture("JPEG"), "image/x-citrix-jpeg", "image/jpeg"),
        (files.docx(), files.XLSX, files.DOCX),
        (files.odf(files.ODS), files.XLSX, files.ODS),
        (files.docx(), "application/zip", files.DOCX),
        (files.docx(), "application/msword", files.DOCX),
        (made("mp4", "mpeg4", "aac"), "audio/mp4", "video/mp4"),
        (made("mp4", "mpeg4", "aac"), "video/webm;codecs=vp8", "video/mp4"),
        (made("adts", "", "aac"), "audio/x-m4a", "audio/aac"),
        (made("ipod", "", "aac"), "audio/vnd.of.nobody", "audio/mp4"),
        (files.wav(), "audio/x-pn-wav", "audio/wav"),
        (made("ogg", "", "libopus"), "video/ogg", "audio/ogg"),
        (b"day,hours\n1,7\n", "application/vnd.ms-excel", "text/csv"),
        (b"day,hours\n1,7\n", "text/markdown", "text/plain"),
        *(
            (content, "application/octet-stream", media_type)
            for content, media_type in [
                (files.pdf(), "application/pdf"),
                (files.picture("WEBP"), "image/webp"),
                (files.wav(), "audio/wav"),
                (files.docx(), files.DOCX),
                (files.TEXT, "text/plain"),
            ]
        ),
    ],
)
def test_what_is_declared_is_advice_within_a_family_and_what_it_is_is_recorded(
    content: bytes | Callable[[], bytes], declared: str, media_type: str, tmp_path: Path
) -> None:
    assert judged(content, declared, tmp_path).media_type == media_type


@pytest.mark.parametrize("declared", ["image/svg+xml", "text/html", "pdf", "image/*"])
def test_a_type_off_the_list_is_refused_whatever_the_file_is(declared: str, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="We take PDF, JPEG, PNG"):
        judged(files.picture("PNG"), declared, tmp_path)


@pytest.mark.parametrize(
    ("content", "declared", "actual"),
    [
        (files.picture("PNG"), "video/mp4", "PNG"),
        (files.picture("PNG"), "application/pdf", "PNG"),
        (files.heic, "application/pdf", "HEIC"),
        (files.wav(), "application/pdf", "WAV"),
        (files.wav(), files.DOCX, "WAV"),
        (files.pdf(), "text/plain", "PDF"),
        (files.pdf(), "image/jpeg", "PDF"),
        (files.TEXT, "application/pdf", "TXT"),
        (files.docx(), "application/pdf", "DOCX"),
        (made("mp4", "mpeg4", "aac"), "image/heic", "MP4"),
        (files.wav(), "audio/mpeg", "WAV"),
        (files.picture("JPEG") + files.docx(), files.DOCX, "JPEG"),
        (files.pdf() + files.docx(), files.DOCX, "PDF"),
    ],
)
def test_another_family_than_declared_is_refused_and_both_are_named(
    content: bytes | Callable[[], bytes], declared: str, actual: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentTypeMismatch, match=f"declared as {declared} but is {actual}"):
        judged(content, declared, tmp_path)


@pytest.mark.parametrize("declared", ["image/jpeg", "application/pdf", "text/plain", files.DOCX])
def test_a_renamed_executable_is_refused_under_any_name(declared: str, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="The file is a program: upload a picture"):
        judged(files.EXECUTABLE, declared, tmp_path)


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        (files.EXECUTABLE + files.pdf(), "a program: upload a picture"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "a program"),
        (b"#!/bin/sh\nrm -rf ~\n", "a program"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG drawing: save it as PNG"),
        (b'<?xml version="1.0"?>\n<!-- x --><svg:svg xmlns:svg="x"/>', "SVG drawing"),
        (b"<!DOCTYPE html><title>x</title>", "web page or XML: print it to PDF"),
        (b"\xef\xbb\xbf\n <HTML>", "web page"),
        ("<html>".encode("utf-16"), "web page"),
        (b'<?xml version="1.0"?><x/>', "web page"),
        (b"<!---->" * 500 + b"<script>alert(1)</script>", "web page"),
        (b"<html>" + files.pdf(), "web page"),
        (b"{\\rtf1 hello}", "save it as PDF or DOCX"),
        (b"From: a@b.example\r\nMIME-Version: 1.0\r\n\r\nx", "a mail: print it to PDF"),
        (b"BM" + bytes(60), "save it as JPEG, PNG or PDF"),
        (b"II*\0" + bytes(60), "save it as JPEG, PNG or PDF"),
        (files.branded(files.heic(), b"avif"), "save it as JPEG, PNG or PDF"),
        (files.branded(files.heic(), b"mif1", b"avif"), "save it as JPEG, PNG or PDF"),
        (made("avi", "mpeg4", "libmp3lame"), "save it as MP4"),
        (made("amr", "", "libopencore_amrnb"), "save it as M4A or MP3"),
        (files.archive({"run.exe": files.EXECUTABLE}), "an archive: take the files out of it"),
        (b"Rar!\x1a\x07\x01\0" + bytes(60), "an archive"),
        (files.compound("WordDocument"), "an old Word document: save it as DOCX or PDF"),
        (files.compound("Workbook"), "an old Excel workbook: save it as XLSX or PDF"),
        (files.compound("PowerPoint Document"), "an old PowerPoint presentation: save it as PPTX or PDF"),
        (files.compound("__properties_version1.0"), "a mail: print it to PDF"),
        (files.office("openxmlformats-officedocument.wordprocessingml.template"), "a template: save what you made"),
        (files.odf(f"{files.ODS}-template"), "a template"),
        (files.office("openxmlformats-officedocument.presentationml.slideshow"), "a slide show: save it as PPTX"),
        (files.docx({"word/vbaProject.bin": b"x"}), "a document with macros: save it without them"),
        (files.docx({"xl/macrosheets/sheet1.xml": b"x"}), "a document with macros"),
        (files.office("ms-word.document.macroEnabled"), "a document with macros"),
        (files.odf(more={"Basic/Standard/Module1.xml": b"x"}), "a document with macros"),
        (files.odf(more={"Scripts/python/run.py": b"x"}), "a document with macros"),
        (b"text with\x00NUL", "of no kind that we know"),
        (b"text with \x1b[31mescapes", "of no kind that we know"),
        (b"\xff\xfe\xff\xfe\0\xd8", "of no kind that we know"),
        ("Schön".encode("utf-32"), "of no kind that we know"),
        (random.Random(7).randbytes(50_000), "of no kind that we know"),  # noqa: S311 - any bytes
    ],
)
@pytest.mark.parametrize("declared", ["application/octet-stream", "application/pdf"])
def test_what_is_off_the_list_is_refused_with_the_way_out_whatever_it_was_declared_as(
    content: bytes | Callable[[], bytes], declared: str, way_out: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentTypeNotAllowed, match=f"{way_out}.*We take PDF, JPEG, PNG"):
        judged(content, declared, tmp_path)


def packed_zeros(length: int) -> bytes:
    """Return a zlib stream that unpacks to so many zeros, made from one packed block that is repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(length % (1 << 20))) + packer.flush()
    checksum = (length % 65521 << 16) + 1  # what adler32 says of zeros
    return b"\x78\xda" + block * (length >> 20) + rest + checksum.to_bytes(4)


def gray_png(width: int, height: int) -> bytes:
    """Return a PNG of these measures that is nearly nothing on the disk."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    rows = packed_zeros(height * (width // 8 + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf_with_a_bomb() -> bytes:
    """Return a PDF whose cross-reference stream unpacks to 2 GB."""
    packed = packed_zeros(2 << 30)
    head = b"%PDF-1.5\n"
    stream = (
        b"1 0 obj\n<< /Type /XRef /Size 1 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%b\n"
        b"endstream\nendobj\n"
    ) % (len(packed), packed)
    return head + stream + b"startxref\n%d\n%%%%EOF\n" % len(head)


def many_pages() -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(2001):
        writer.add_blank_page(10, 10)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "declared", "sentence"),
    [
        (b"", "text/plain", "The file is empty"),
        (files.pdf()[:300], "application/pdf", "cannot be opened"),
        (files.pdf(password="secret"), "application/pdf", "protected by a password"),
        (b"%PDF-1.7\nnot really\n", "application/pdf", "cannot be opened"),
        (pdf_with_a_bomb, "application/pdf", "too complicated"),
        (many_pages, "application/pdf", "2,001 pages; 1 to 2,000"),
        (files.picture("PNG")[:60], "image/png", "cannot be opened"),
        (files.picture("JPEG", (400, 300))[:-300], "image/jpeg", "cannot be opened"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "image/jpeg", "cannot be opened"),
        (lambda: gray_png(10_000, 6_401), "image/png", "more than 64,000,000 pixels"),
        (lambda: gray_png(60_000, 60_000)[:5000], "image/png", "more than 64,000,000 pixels"),
        (lambda: files.resized_jpeg(12_001, 10_000), "image/jpeg", "more than 120,000,000 pixels"),
        (lambda: files.scans(101), "image/jpeg", "more than 100 scans"),
        (files.wav()[:200], "audio/wav", "cut short"),
        (files.wav(0), "audio/wav", "no length"),
        (b"ID3\x04" + bytes(2000), "audio/mpeg", "cannot be opened"),
        (made("mp4", "mpeg4", "aac", cut=300), "video/mp4", "cannot be opened"),
        (made("mp4", "mpeg4", "aac", options=MOOV_FIRST, cut=1), "video/mp4", "cut short"),
        (made("mp4", "mpeg4", "aac", options=MOOV_FIRST, cut=9000), "video/mp4", "cut short"),
        (made("flac", "", "flac", cut=90_000), "audio/flac", "cut short"),
        (files.box(b"ftyp", b"isom", bytes(4)), "video/mp4", "cannot be opened"),
        (files.box(b"ftyp", b"heic", bytes(4)), "image/heic", "There is no picture in it"),
        (files.heic((400, 300))[:-300], "image/heic", "There is no picture in it that can be opened"),
        (files.compound("EncryptedPackage"), files.DOCX, "protected by a password: save it without one"),
        (files.odf(more={"META-INF/manifest.xml": ENCRYPTED}), files.ODT, "protected by a password"),
        (files.docx()[:-30], files.DOCX, "cannot be opened"),
        (files.docx({"big": bytes(1 << 20)}, compression=8), files.DOCX, "far more than a document holds"),
        (lambda: files.docx({f"{n}": b"" for n in range(10_001)}), files.DOCX, "far more than a document holds"),
        (files.docx({"../../evil": b"x"}), files.DOCX, "point outside"),
        (files.docx({"a/..\\evil": b"x"}), files.DOCX, "point outside"),
        (files.docx({"/etc/evil": b"x"}), files.DOCX, "point outside"),
        (files.docx({"C:\\evil": b"x"}), files.DOCX, "point outside"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_in_one_sentence(
    content: bytes | Callable[[], bytes], declared: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentUnreadable, match=sentence):
        judged(content, declared, tmp_path)


def test_zeros_that_are_packed_by_repetition_unpack_to_as_many() -> None:
    assert zlib.decompress(packed_zeros((3 << 20) + 5)) == bytes((3 << 20) + 5)


def test_a_file_for_which_the_machine_has_no_time_is_not_refused_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "TIMEOUT_SECONDS", 0)
    with pytest.raises(Busy, match="could not be checked in time"):
        judged(files.TEXT, "text/plain", tmp_path)
