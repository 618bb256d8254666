"""Small files of every kind the vault meets, made on the spot."""

import io
import wave
import zipfile
from typing import Any

import pypdf
from PIL import ExifTags, Image

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
TEXT = b"Rigged six lanterns, checked by Amina.\n"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)


def pdf(*sizes: tuple[float, float], rotated: int = 0, password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for width, height in sizes or ((595, 842),):
        writer.add_blank_page(width, height).rotate(rotated)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (40, 30), orientation: int = 1, mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, exif=exif)
    return out.getvalue()


def wav(seconds: float = 1.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(8000 * seconds) * 2))
    return out.getvalue()


def mp3(frames: int = 100, header: bytes = b"\xff\xfb\x90\x64") -> bytes:
    return (header + bytes(413)) * frames


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (len(inside) + 8).to_bytes(4) + kind + inside


def movie(brand: bytes, *tracks: bytes, seconds: int = 12, streamed: bool = False) -> bytes:
    head = bytes(12) + (1000).to_bytes(4) + (seconds * 1000).to_bytes(4) + bytes(80)
    track_boxes = [box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(13)))) for kind in tracks]
    fragments = [box(b"mvex")] if streamed else []
    start = box(b"ftyp", brand, bytes(4), brand) if brand else b""
    return start + box(b"moov", box(b"mvhd", head), *track_boxes, *fragments) + box(b"mdat", bytes(64))


def heic(brand: bytes = b"heic", *others: bytes) -> bytes:
    return box(b"ftyp", brand, bytes(4), *others) + box(b"meta", bytes(4)) + box(b"mdat", bytes(64))


def archive(parts: dict[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def office(main: str, *, more: dict[str, bytes] | None = None, **options: Any) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="application/vnd.{main}.main+xml"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "main.xml": b"<x/>", **(more or {})}, **options)


def docx(more: dict[str, bytes] | None = None, **options: Any) -> bytes:
    return office("openxmlformats-officedocument.wordprocessingml.document", more=more, **options)


def odt(more: dict[str, bytes] | None = None) -> bytes:
    return archive({"mimetype": ODT.encode(), "content.xml": b"<x/>", **(more or {})})
