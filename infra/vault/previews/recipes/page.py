"""Pages of a PDF, each as an image in two sizes and as its words with where they stand."""

import ctypes
import io
import json
import resource
from typing import Any, BinaryIO

LIMITS = {
    resource.RLIMIT_AS: 1 << 30,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 128 << 20,
}
SIDES = {"page": 1600, "page-small": 240}
"""Pixels of the longer side."""
LARGEST_SCALE = 4.0
"""Pixels for a point of a page that is small itself."""
QUALITY = 84
SIGNS = 60_000
"""Signs of a page that are read: more is no page that a person reads."""
FINE = 100_000
"""In so many steps along each side is told where a word stands."""

EXAMPLE = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 90 60]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
4 0 obj <</Length 41>> stream
BT /F 12 Tf 5 30 Td (An example) Tj ET   \x20
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""

wanted: list[int] = []


def load(argument: str) -> None:
    """Import what opens pages and writes images, and use it once; the argument names the pages, counted from 1."""
    from PIL import JpegImagePlugin  # noqa: F401 - it writes them

    wanted[:] = [1]
    for _ in parts(io.BytesIO(EXAMPLE)):
        pass
    wanted[:] = map(int, argument.split())


def make(file: BinaryIO, out: Any) -> None:
    """Give back the parts of each page that there is, in the order in which they are asked for."""
    for part, content in parts(file):
        out.keep(part, content)
    out.progress(1)


def parts(file: BinaryIO) -> Any:
    """Yield the name and the bytes of each part of the pages wanted: ``pages`` first, which says how many there are."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(file)
    pdf.init_forms()
    yield "pages", str(len(pdf)).encode()
    for number in wanted:
        if number > len(pdf):
            continue
        page = pdf[number - 1]
        if not min(page.get_size()):  # the crop lies outside of what there is
            page.set_cropbox(*page.get_mediabox())
        read = words(page, number)
        yield f"words.{number}", json.dumps(read, ensure_ascii=False).encode()
        yield f"text.{number}", read["text"].encode()
        yield from images(page, number)
        page.close()


def images(page: Any, number: int) -> Any:
    """Yield a page in both sizes, as JPEG."""
    from PIL import Image

    width, height = page.get_size()
    scale = min(SIDES["page"] / max(width, height), LARGEST_SCALE)
    image = page.render(scale=scale).to_pil().convert("RGB")
    for part, side in SIDES.items():
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        image.save(written, "JPEG", quality=QUALITY)
        yield f"{part}.{number}", written.getvalue()


def words(page: Any, number: int) -> dict[str, Any]:
    """Return a page's size in points, its text, and its words with their boxes, in parts of its width and height."""
    from pypdfium2 import raw

    textpage = page.get_textpage()
    width, height = page.get_size()
    count = min(textpage.count_chars(), SIGNS)
    found: list[dict[str, Any]] = []
    word, box = "", (1.0, 1.0, 0.0, 0.0)
    text: list[str] = []
    for place in range(count + 1):
        sign = chr(raw.FPDFText_GetUnicode(textpage, place)) if place < count else " "
        text.append(sign)
        if sign.isspace() or sign in "\0\ufffe\uffff":
            if word and box[0] <= box[2]:
                x, y, right, bottom = (round(side, 5) for side in box)
                found.append(
                    {"text": word, "x": x, "y": y, "width": round(right - x, 5), "height": round(bottom - y, 5)}
                )
            word, box = "", (1.0, 1.0, 0.0, 0.0)
            continue
        word += sign
        box = around(box, place_of(page, textpage, place))
    textpage.close()
    whole = "".join(text[:-1]).replace("\r\n", "\n").replace("\r", "\n")
    whole = "".join(sign for sign in whole if sign == "\n" or (sign.isprintable() and not 0xD800 <= ord(sign) < 0xE000))
    return {"page": number, "width": round(width, 3), "height": round(height, 3), "text": whole, "words": found}


def place_of(page: Any, textpage: Any, place: int) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a sign on the page as it is shown, in parts of its width and height."""
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not raw.FPDFText_GetCharBox(textpage, place, left, right, bottom, top):
        return 1.0, 1.0, 0.0, 0.0
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((left.value, top.value), (right.value, bottom.value)):
        raw.FPDF_PageToDevice(page, 0, 0, FINE, FINE, 0, across, up, x, y)
        corners.append((min(max(x.value / FINE, 0.0), 1.0), min(max(y.value / FINE, 0.0), 1.0)))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def around(box: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Return the smallest box around two."""
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])
