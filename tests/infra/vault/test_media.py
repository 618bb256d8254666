"""The gate: what a file is, whatever it is called, and what is refused."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from infra.vault import media as gate
from infra.vault.media import inspect
from portfolio.application.ports import Busy, ContentTypeMismatch, ContentUnreadable
from portfolio.domain.evidence.media import ContentTypeNotAllowed, taken_type
from portfolio.domain.evidence.selector import Bounds
from tests.infra.vault import files


def judged(content: bytes, declared: str, folder: Path) -> Bounds:
    path = folder / "file"
    path.write_bytes(content)
    with path.open("rb") as file:
        return inspect(file, declared)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (files.pdf((595, 842), (300.5, 200)), Bounds(media_type="application/pdf", pages=((595, 842), (300.5, 200)))),
        (files.pdf((595, 842), rotated=90), Bounds(media_type="application/pdf", pages=((842, 595),))),
        (files.picture("PNG"), Bounds(media_type="image/png", width=40, height=30)),
        (files.picture("JPEG"), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.picture("JPEG", orientation=6), Bounds(media_type="image/jpeg", width=30, height=40)),
        (files.picture("JPEG", orientation=3), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.picture("PNG", orientation=8), Bounds(media_type="image/png", width=30, height=40)),
        (files.picture("MPO"), Bounds(media_type="image/jpeg", width=40, height=30)),
        (files.heic(), Bounds(media_type="image/heic")),
        (files.heic(b"mif1", b"heic"), Bounds(media_type="image/heic")),
        (files.wav(1.5), Bounds(media_type="audio/wav", seconds=1.5)),
        (files.mp3(), Bounds(media_type="audio/mpeg", seconds=2.612)),
        (files.mp3(header=b"\xff\xfa\x90\x64"), Bounds(media_type="audio/mpeg", seconds=2.612)),
        (b"ID3\x04" + bytes(6) + files.mp3(), Bounds(media_type="audio/mpeg", seconds=2.612)),
        (files.movie(b"isom", b"soun", b"vide"), Bounds(media_type="video/mp4", seconds=12)),
        (files.movie(b"3gp5", b"vide"), Bounds(media_type="video/mp4", seconds=12)),
        (files.movie(b"iso5", b"vide", streamed=True), Bounds(media_type="video/mp4")),
        (files.movie(b"qt  ", b"vide"), Bounds(media_type="video/quicktime", seconds=12)),
        (files.movie(b"", b"vide"), Bounds(media_type="video/quicktime", seconds=12)),
        (files.movie(b"M4A ", b"soun"), Bounds(media_type="audio/mp4", seconds=12)),
        (files.movie(b"mp42", b"soun"), Bounds(media_type="audio/mp4", seconds=12)),
        (files.docx(), Bounds(media_type=files.DOCX)),
        (files.office("openxmlformats-officedocument.spreadsheetml.sheet"), Bounds(media_type=files.XLSX)),
        (files.office("openxmlformats-officedocument.presentationml.presentation"), Bounds(media_type=files.PPTX)),
        (files.odt(), Bounds(media_type=files.ODT)),
        (files.TEXT, Bounds(media_type="text/plain")),
        ("\ufeffSchön – geprüft\r\n\tja".encode(), Bounds(media_type="text/plain")),
        (b"BMW van hired. The free text; MZ; PK.", Bounds(media_type="text/plain")),
        (b"The free and wide text" + b"." * 51 + b"text", Bounds(media_type="text/plain")),
        (b"a < b and <i>so on</i>", Bounds(media_type="text/plain")),
    ],
    ids=lambda value: "-".join(value.media_type.split("/")) if isinstance(value, Bounds) else "",
)
def test_a_file_on_the_list_is_known_and_measured(content: bytes, media: Bounds, tmp_path: Path) -> None:
    assert judged(content, media.media_type, tmp_path) == media


@pytest.mark.parametrize(
    ("declared", "media_type"),
    [
        ("Text/Plain; charset=utf-8", "text/plain"),
        ("audio/x-m4a", "audio/mp4"),
        ("image/heif", "image/heic"),
        ("audio/x-wav", "audio/wav"),
    ],
)
def test_the_words_of_browsers_are_understood(declared: str, media_type: str) -> None:
    assert taken_type(declared) == media_type


@pytest.mark.parametrize(
    "declared", ["image/svg+xml", "text/html", "application/octet-stream", "application/zip", "", "pdf", "image/*"]
)
def test_a_type_off_the_list_is_refused_whatever_the_file_is(declared: str, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="We take PDF, JPEG, PNG"):
        judged(files.picture("PNG"), declared, tmp_path)


@pytest.mark.parametrize(
    ("content", "declared", "actual"),
    [
        (files.picture("PNG"), "image/jpeg", "PNG"),
        (files.pdf(), "image/jpeg", "PDF"),
        (files.TEXT, "application/pdf", "TXT"),
        (files.docx(), files.XLSX, "DOCX"),
        (files.movie(b"isom", b"vide"), "audio/mp4", "MP4"),
        (files.picture("JPEG") + files.docx(), files.DOCX, "JPEG"),
        (files.pdf() + files.docx(), files.DOCX, "PDF"),
    ],
)
def test_another_type_than_declared_is_refused_and_both_are_named(
    content: bytes, declared: str, actual: str, tmp_path: Path
) -> None:
    with pytest.raises(ContentTypeMismatch, match=f"declared as {declared} but is {actual}"):
        judged(content, declared, tmp_path)


@pytest.mark.parametrize("declared", ["image/jpeg", "application/pdf", "text/plain", files.DOCX])
def test_a_renamed_executable_is_refused_under_any_name(declared: str, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="It looks like: Windows Executable"):
        judged(files.EXECUTABLE, declared, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        files.EXECUTABLE + files.pdf(),
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"#!/bin/sh\nrm -rf ~\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!DOCTYPE html><title>x</title>",
        b"\xef\xbb\xbf\n <HTML>",
        b'<?xml version="1.0"?><x/>',
        b"<!-- --><script>alert(1)</script>",
        b"{\\rtf1 hello}",
        b"GIF89a" + bytes(40),
        b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(40),
        files.archive({"run.exe": files.EXECUTABLE}),
        files.heic(b"avif"),
        files.heic(b"mif1", b"avif"),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
        "Schön".encode("utf-16"),
        b"text with\x00NUL",
        b"text with \x1b[31mescapes",
        b"latin \xe9",
        b"cut in a letter \xc3",
    ],
)
def test_what_is_off_the_list_is_refused_though_declared_as_something_else(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="We take PDF, JPEG, PNG"):
        judged(content, "application/pdf", tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        files.docx({"word/vbaProject.bin": b"x"}),
        files.office("ms-word.document.macroEnabled"),
        files.odt({"Basic/Standard/Module1.xml": b"x"}),
    ],
)
def test_a_document_with_macros_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ContentTypeNotAllowed, match="contains macros"):
        judged(content, files.DOCX, tmp_path)


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
        (pdf_with_a_bomb, "application/pdf", "cannot be opened"),
        (many_pages, "application/pdf", "2,001 pages; 1 to 2,000"),
        (files.picture("PNG")[:60], "image/png", "cannot be opened"),
        (files.picture("JPEG", (400, 300))[:-300], "image/jpeg", "cannot be opened"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "image/jpeg", "cannot be opened"),
        (lambda: gray_png(10_000, 5_001), "image/png", "more than 50,000,000 pixels"),
        (lambda: gray_png(60_000, 60_000)[:5000], "image/png", "more than 50,000,000 pixels"),
        (files.wav()[:200], "audio/wav", "cut short"),
        (files.wav(0), "audio/wav", "no length"),
        (b"ID3\x04" + bytes(2000), "audio/mpeg", "no length"),
        (files.movie(b"isom", b"vide")[:-1], "video/mp4", "cut short"),
        (files.movie(b"isom", b"vide")[:-70], "video/mp4", "cut short"),
        (files.movie(b"isom"), "video/mp4", "neither picture nor sound"),
        (files.box(b"ftyp", b"isom", bytes(4)), "video/mp4", "neither picture nor sound"),
        (files.box(b"ftyp", b"heic", bytes(4)), "image/heic", "holds nothing"),
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
        judged(content() if callable(content) else content, declared, tmp_path)


def test_zeros_that_are_packed_by_repetition_unpack_to_as_many() -> None:
    assert zlib.decompress(packed_zeros((3 << 20) + 5)) == bytes((3 << 20) + 5)


def test_a_file_for_which_the_machine_has_no_time_is_not_refused_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "TIMEOUT_SECONDS", 0)
    with pytest.raises(Busy, match="could not be checked in time"):
        judged(files.TEXT, "text/plain", tmp_path)
