"""Pages of a PDF, each as an image in two sizes and as its words with where they stand."""

import ctypes
import io
import json
import resource
from typing import Any, BinaryIO

from infra.vault.previews import hiding

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
FINE_COLOURS, AS_EVER = 0, -1
"""Whether each pixel has a colour of its own in a JPEG, so that black is not tinged by what is beside it."""
SIGNS = 60_000
"""Signs of a page that are read: more is no page that a person reads."""
NO_SIGNS = "\0\ufffe\uffff"
"""What stands in a text for what is none, such as a hyphen that the end of a line made."""
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

AROUND = 1
"""Pixels around a box that are black as well: a scan is drawn of pixels that lie on both sides of its edge."""

wanted: list[int] = []
hidden: list[dict[int, hiding.Area]] = []


def load(argument: str) -> None:
    """Import what opens pages and writes images, and use it once.

    The argument names the pages, counted from 1, and then what is hidden of them.
    """
    from PIL import JpegImagePlugin  # noqa: F401 - it writes them

    wanted[:] = [1]
    for _ in parts(io.BytesIO(EXAMPLE)):
        pass
    pages, areas = hiding.areas_of(argument)
    wanted[:] = map(int, pages.split())
    hidden[:] = [] if areas is None else [areas]


def make(file: BinaryIO, out: Any) -> None:
    """Give back the parts of each page that there is, in the order in which they are asked for."""
    for part, content in parts(file):
        out.keep(part, content)
    out.progress(1)


def parts(file: BinaryIO) -> Any:
    """Yield the name and the bytes of each part of the pages wanted: ``pages`` first, which says how many there are.

    Where something is hidden, of any page, none is given with its words, nor one that nothing was recorded of.
    """
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
        if not hidden:
            read = words(page, number)
            yield f"words.{number}", json.dumps(read, ensure_ascii=False).encode()
            yield f"text.{number}", read["text"].encode()
        yield from images(page, number, [areas[number] for areas in hidden])
        page.close()


def images(page: Any, number: int, areas: list[hiding.Area]) -> Any:
    """Yield a page in both sizes, as JPEG, without what is hidden of it."""
    from PIL import Image

    width, height = page.get_size()
    scale = min(SIDES["page"] / max(width, height), LARGEST_SCALE)
    image = page.render(scale=scale).to_pil()
    image = image if image.mode == "RGB" else image.convert("RGB")
    for area in areas:
        hiding.require_shape(area, width, height)
        hiding.blacken(image, area, AROUND)
    for part, side in SIDES.items():
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        for area in areas:  # again, so that it is all black
            hiding.blacken(image, area)
        written = io.BytesIO()
        image.save(written, "JPEG", quality=QUALITY, subsampling=FINE_COLOURS if areas else AS_EVER)
        yield f"{part}.{number}", written.getvalue()


def words(page: Any, number: int) -> dict[str, Any]:
    """Return a page's size in points, its text, and its words with their boxes, in parts of its width and height."""
    from pypdfium2 import raw

    textpage = page.get_textpage()
    width, height = page.get_size()
    count = min(textpage.count_chars(), SIGNS)
    signs = [chr(raw.FPDFText_GetUnicode(textpage, place)) for place in range(count)]
    found, begin = list[dict[str, Any]](), 0
    for place, sign in enumerate([*signs, " "]):
        if not (sign.isspace() or sign in NO_SIGNS):
            continue
        if place > begin and (box := box_of(page, textpage, begin, place - begin)):
            left, top, right, bottom = box
            sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            found.append(
                {"text": "".join(signs[begin:place]), **{name: round(each, 5) for name, each in sides.items()}}
            )
        begin = place + 1
    textpage.close()
    whole = "".join(signs).replace("\r\n", "\n").replace("\r", "\n")
    whole = "".join(sign for sign in whole if sign == "\n" or (sign.isprintable() and not 0xD800 <= ord(sign) < 0xE000))
    return {"page": number, "width": round(width, 3), "height": round(height, 3), "text": whole, "words": found}


def box_of(page: Any, textpage: Any, begin: int, count: int) -> tuple[float, float, float, float] | None:
    """Return left, top, right and bottom of some signs on the page as it is shown, in parts of its width and height."""
    from pypdfium2 import raw

    x, y = ctypes.c_int(), ctypes.c_int()
    across, down = list[float](), list[float]()
    for number in range(textpage.count_rects(begin, count)):
        left, bottom, right, top = textpage.get_rect(number)
        for corner in ((left, top), (right, bottom)):
            raw.FPDF_PageToDevice(page, 0, 0, FINE, FINE, 0, *corner, x, y)
            across.append(min(max(x.value / FINE, 0.0), 1.0))
            down.append(min(max(y.value / FINE, 0.0), 1.0))
    return (min(across), min(down), max(across), max(down)) if across else None
