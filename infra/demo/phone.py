"""Files as phones, scanners and office programs make them: small, made on the spot, the same in every run."""

import io
import math
import time
import zipfile
from array import array
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape

from PIL import ExifTags, Image

from infra.demo.files import A4, INVENTED, photograph

FILM_SIZE, FILM_RATE, SOUND_RATE = (640, 360), 25, 48_000
PLACE = {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}
"""Where a phone says that it was."""

SCANNED = time.struct_time((2026, 9, 1, 12, 0, 0, 0, 0, 0))

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def phone_photograph(caption: str, lamps: int) -> bytes:
    """Return a photograph as a phone keeps it: HEIC, with the place in it, held upright."""
    from pillow_heif import from_pillow  # its library is large, and only the demo writes with it

    picture = Image.open(io.BytesIO(photograph(caption, "PNG", lamps)))
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Demo", "Phone"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(PLACE)
    out = io.BytesIO()
    from_pillow(picture).save(out, quality=60, exif=exif.tobytes())
    return out.getvalue()


def phone_film(caption: str, seconds: int) -> bytes:
    """Return film as a phone keeps it: HEVC and AAC in a MOV, of a truss whose lamps come on one after the other."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mov") as recording:
        options = {"preset": "ultrafast", "crf": "32", "x265-params": "log-level=none"}
        film: Any = recording.add_stream("libx265", FILM_RATE, options=options)
        film.width, film.height, film.pix_fmt = *FILM_SIZE, "yuv420p"
        film.codec_context.codec_tag = "hvc1"
        sound: Any = recording.add_stream("aac", SOUND_RATE, layout="mono")
        pictures = [
            Image.open(io.BytesIO(photograph(caption, "PNG", lamps + 1))).crop(
                (0, 20, *(FILM_SIZE[0], 20 + FILM_SIZE[1]))
            )
            for lamps in range(seconds)
        ]
        for number in range(seconds * FILM_RATE):
            drawn: Any = av.VideoFrame
            frame = drawn.from_image(pictures[number // FILM_RATE]).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FILM_RATE)
            recording.mux(film.encode(frame))
        recording.mux(film.encode(None))
        spoken(recording, sound, seconds)
    return out.getvalue()


def voice_note(seconds: int) -> bytes:
    """Return a voice note as a phone keeps it: AAC in an M4A, a tone that rises and falls in place of a voice."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as recording:
        spoken(recording, recording.add_stream("aac", SOUND_RATE, layout="mono"), seconds)
    return out.getvalue()


def spoken(recording: Any, sound: Any, seconds: int) -> None:
    """Write a tone to the sound of a recording, and a pause in every second."""
    import av

    sound.bit_rate = 48_000
    for number in range(seconds * SOUND_RATE // 1024):
        begin = number * 1024
        heard = [
            0.4 * math.sin(step * (0.03 + 0.01 * math.sin(step / 9000)))
            if step % SOUND_RATE < SOUND_RATE * 0.8
            else 0.0
            for step in range(begin, begin + 1024)
        ]
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(array("f", heard).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, begin, Fraction(1, SOUND_RATE)
        recording.mux(sound.encode(frame))
    recording.mux(sound.encode(None))


def scan(caption: str, lamps: int) -> bytes:
    """Return a PDF as a scanner makes it: a page that is one picture, a little askew."""
    page = Image.new("L", (A4[0] * 2, A4[1] * 2), 245)
    drawn = Image.open(io.BytesIO(photograph(caption, "PNG", lamps))).convert("L")
    page.paste(drawn.rotate(1.2, expand=True, fillcolor=245, resample=Image.Resampling.BICUBIC), (260, 420))
    out = io.BytesIO()
    page.save(out, "PDF", resolution=144, quality=50, creationDate=SCANNED, modDate=SCANNED)
    return out.getvalue()


def word_document(paragraphs: Sequence[str]) -> bytes:
    """Return a Word document of these paragraphs, with a note at the end."""
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in (*paragraphs, INVENTED))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATION}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{text}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()
