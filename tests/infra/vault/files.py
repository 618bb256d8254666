"""Small files of every kind the vault meets, made on the spot."""

import io
import wave
import zipfile
from fractions import Fraction
from typing import Any

import av
import pillow_heif
import pypdf
from PIL import ExifTags, Image

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
TEXT = b"Rigged six lanterns, checked by Amina.\n"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)


def pdf(
    *sizes: tuple[float, float], rotated: int = 0, password: str = "", unit: float = 1, crop: tuple[float, ...] = ()
) -> bytes:
    writer = pypdf.PdfWriter()
    for width, height in sizes or ((595, 842),):
        page = writer.add_blank_page(width, height)
        page.rotate(rotated)
        if crop:
            page.cropbox = pypdf.generic.RectangleObject(crop)
        if unit != 1:
            page[pypdf.generic.NameObject("/UserUnit")] = pypdf.generic.FloatObject(unit)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (40, 30), orientation: int = 1, mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return saved(Image.new(mode, size), kind, exif=exif)


def resized_jpeg(width: int, height: int) -> bytes:
    """Return a small JPEG that says it is of this size."""
    made = picture("JPEG")
    place = made.index(b"\xff\xc0") + 5
    return made[:place] + height.to_bytes(2) + width.to_bytes(2) + made[place + 4 :]


def scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan is told again and again."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(out, "JPEG", progressive=True)
    made = out.getvalue()
    last, end = made.rindex(b"\xff\xda"), made.rindex(b"\xff\xd9")
    return made[:end] + made[last:end] * count + made[end:]


def wav(seconds: float = 1.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(8000 * seconds) * 2))
    return out.getvalue()


def sized(sound: bytes, size: int) -> bytes:
    """Return a WAV that says it has this many bytes: nobody knew how many, when it was begun."""
    place = sound.index(b"data") + 4
    said = size.to_bytes(4, "little")
    return sound[:4] + said + sound[8:place] + said + sound[place + 4 :]


def mp3(frames: int = 100, header: bytes = b"\xff\xfb\x90\x64") -> bytes:
    return (header + bytes(413)) * frames


def recording(
    kind: str,
    picture: str = "",
    sound: str = "",
    *,
    seconds: float = 2,
    size: tuple[int, int] = (64, 48),
    options: dict[str, str] | None = None,
) -> bytes:
    """Return a recording in FFmpeg's container of this name, with these codecs: a black picture and a soft noise."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind, options=options or {}) as made:
        film: Any = made.add_stream(picture, rate=10) if picture else None
        hum: Any = made.add_stream(sound, rate=8000 if "amr" in sound else 48000) if sound else None
        if film:
            film.width, film.height, film.pix_fmt = *size, "yuv420p"
        if hum:
            hum.layout = "mono"
        for number in range(int(seconds * 10)):
            if film:
                frame = av.VideoFrame(*size, "yuv420p")
                for plane in frame.planes:
                    plane.update(bytes([number % 200]) * plane.buffer_size)
                frame.pts, frame.time_base = number, Fraction(1, 10)
                made.mux(film.encode(frame))
            if hum:
                count = hum.rate // 10
                noise = av.AudioFrame("s16", "mono", count)
                noise.planes[0].update(bytes(sign * 37 * (number + 1) % 256 for sign in range(count * 2)))
                noise.rate, noise.pts, noise.time_base = hum.rate, number * count, Fraction(1, hum.rate)
                made.mux(hum.encode(noise))
        for stream in (film, hum):
            if stream:
                made.mux(stream.encode(None))
    return out.getvalue()


def undecodable() -> bytes:
    """Return a recording whose packets are all there, and of which none can be decoded."""
    made = recording("mp4", "mpeg4")
    start, end = made.index(b"mdat") + 4, made.rindex(b"moov") - 4
    return made[:start] + b"\xff" * (end - start) + made[end:]


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (len(inside) + 8).to_bytes(4) + kind + inside


def heic(size: tuple[int, int] = (40, 30), orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", size)).save(out, exif=exif.tobytes())
    return out.getvalue()


def branded(content: bytes, brand: bytes, *others: bytes) -> bytes:
    """Return an ISO file under other brands, as long as before: it says where in it its parts lie."""
    length = int.from_bytes(content[:4])
    brands = (brand + bytes(4) + b"".join(others) + 20 * b"miaf")[: length - 8]
    return box(b"ftyp", brands) + content[length:]


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


def odf(kind: str = ODT, more: dict[str, bytes] | None = None) -> bytes:
    return archive({"mimetype": kind.encode(), "content.xml": b"<x/>", **(more or {})})


def compound(stream: str) -> bytes:
    """Return the beginning of a compound file, as old Office writes them, with a stream of this name."""
    entry = (stream + "\0").encode("utf-16-le").ljust(64, b"\0") + bytes(64)
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + bytes(512) + entry
