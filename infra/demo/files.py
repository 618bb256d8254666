"""The files the story's people upload, made on the spot: a desk log (PDF), pictures, a sound clip and a text."""

import io
import math
import wave
from collections.abc import Sequence

from PIL import Image, ImageDraw

A4 = (595, 842)
"""Points."""

LINE_POINTS = 20
MARGIN_POINTS = 72
INVENTED = "Demo: everything here is invented."

PDF_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # the second line tells programs that the file is not plain text
WAVE_RATE = 8000


def desk_log(pages: Sequence[Sequence[str]]) -> bytes:
    """Return a PDF with one page for each list of lines, the first line of each being its heading."""
    width, height = A4
    first = 4  # catalog, page tree and font come before the pages
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first + 2 * number + 1} 0 R >>"
        )
        drawn = content(lines)
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)]
    out = io.BytesIO()
    out.write(PDF_HEADER)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def content(lines: Sequence[str]) -> bytes:
    """Return the drawing instructions of a page: a heading, the lines below it, a note at the foot."""
    heading, *rest = lines
    top = A4[1] - MARGIN_POINTS
    instructions = [
        "BT",
        f"/F1 16 Tf {MARGIN_POINTS} {top} Td {LINE_POINTS} TL ({escaped(heading)}) Tj T*",
        "/F1 11 Tf",
        *(f"({escaped(line)}) Tj T*" for line in rest),
        "ET",
        f"BT /F1 9 Tf {MARGIN_POINTS} 40 Td ({escaped(INVENTED)}) Tj ET",
    ]
    return "\n".join(instructions).encode("cp1252")


def escaped(text: str) -> str:
    """Return the text as it stands inside a PDF string."""
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def place_of_line(line: int, lines: int = 1) -> dict[str, float]:
    """Return the rectangle around some lines of a page, the heading being line 0, in points from the top left."""
    return {
        "x": MARGIN_POINTS - 4,
        "y": MARGIN_POINTS + LINE_POINTS * (line - 1) + 4,
        "width": A4[0] - 2 * MARGIN_POINTS + 8,
        "height": LINE_POINTS * lines,
    }


def photograph(caption: str, kind: str, lamps: int) -> bytes:
    """Return a drawn picture of a truss with so many lamps, 640 by 400 pixels, as "JPEG" or "PNG"."""
    picture = Image.new("RGB", (640, 400), (24, 26, 34))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 60, 600, 84), outline=(150, 150, 160), width=3)
    for x in range(40, 600, 40):
        draw.line((x, 84, x + 20, 60, x + 40, 84), fill=(150, 150, 160), width=2)
    for number in range(lamps):
        x = 80 + number * (480 // max(1, lamps - 1))
        draw.rectangle((x - 16, 86, x + 16, 130), fill=(70, 72, 84))
        draw.polygon((x, 130, x - 60, 360, x + 60, 360), fill=(90 + 20 * (number % 5), 80, 40))
    draw.text((40, 20), caption, fill=(230, 230, 230))
    draw.text((40, 376), INVENTED, fill=(230, 230, 230))
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def radio_call(seconds: int) -> bytes:
    """Return a sound clip (WAV, one channel): a tone that rises and falls, in place of a spoken call."""
    steps = range(WAVE_RATE * seconds)
    tones = (math.sin(step * (0.2 + 0.1 * math.sin(step / 4000))) for step in steps)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(WAVE_RATE)
        sound.writeframes(b"".join(int(8000 * tone).to_bytes(2, "little", signed=True) for tone in tones))
    return out.getvalue()
