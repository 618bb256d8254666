"""Selectors: the place in one evidence version that an annotation or a claim points at, after the W3C selectors."""

import unicodedata
from collections.abc import Iterable
from typing import Literal, assert_never

from msgspec import UNSET, UnsetType

from portfolio.domain.kernel import RuleBroken, Value, changed

EDGE = 0.001
"""Points, pixels or seconds beyond an edge that are still at it: decimals are not added exactly, nor measured."""


Encoding = Literal["utf-8", "utf-16", "windows-1252"]
"""How the text of a file is written; UTF-16 has a mark at its beginning."""


class Bounds(Value):
    """How large an evidence version is, as far as its type tells.

    ``pages``: width and height of each PDF page in points. ``width``, ``height``: pixels, in the orientation shown.
    ``seconds``: length of a recording. ``text``: the text of a record or text file, None where none is known.
    ``encoding``: how the text of a text file is written, UTF-8 where none is named.
    """

    media_type: str
    pages: tuple[tuple[float, float], ...] = ()
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    text: str | None = None
    encoding: Encoding | UnsetType = UNSET


class WholeItem(Value, tag="whole item"):
    """The item as a whole."""


class PdfRectangle(Value, tag="pdf rectangle"):
    """A rectangle on a page counted from 1, in points from the page's top left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


class ImageRegion(Value, tag="image region"):
    """A rectangle of an image, in pixels from its top left corner in the orientation shown."""

    x: int
    y: int
    width: int
    height: int


class TimeRange(Value, tag="time range"):
    """A part of a recording, in seconds from its start."""

    start: float
    end: float


class TextQuote(Value, tag="text quote"):
    """Words as they stand in the text, with the words around them where the quote stands more than once."""

    exact: str
    prefix: str = ""
    suffix: str = ""


Hideable = PdfRectangle | ImageRegion | TimeRange
"""Places that can be hidden in a copy."""

Selector = WholeItem | Hideable | TextQuote


class SelectorNotForMedia(RuleBroken, rule="ANNOTATION-2"):
    """This kind of place does not exist in a file of this type."""


class SelectorOutOfBounds(RuleBroken, rule="ANNOTATION-2"):
    """The place lies outside the page, picture or recording."""


class QuoteNotFound(RuleBroken, rule="ANNOTATION-2"):
    """The quoted words do not stand in the text."""


def check_selector(selector: Selector, bounds: Bounds) -> None:
    """Refuse a place that the evidence version does not have."""
    match selector:
        case WholeItem():
            return
        case PdfRectangle(page=page):
            if bounds.media_type != "application/pdf":
                raise SelectorNotForMedia(f"A page rectangle needs a PDF, this is {bounds.media_type}.")
            if not 1 <= page <= len(bounds.pages):
                raise SelectorOutOfBounds(f"Page {page} of {len(bounds.pages)}.")
            _check_inside(selector, *bounds.pages[page - 1], unit="points")
        case ImageRegion():
            if bounds.width is None or bounds.height is None:
                raise SelectorNotForMedia(f"An image region needs an image, this is {bounds.media_type}.")
            _check_inside(selector, bounds.width, bounds.height, unit="pixels")
        case TimeRange(start=start, end=end):
            if bounds.seconds is None:
                raise SelectorNotForMedia(f"A time range needs a recording, this is {bounds.media_type}.")
            if not 0 <= start < end <= bounds.seconds + EDGE:
                raise SelectorOutOfBounds(f"{start} to {end} of {bounds.seconds} seconds.")
        case TextQuote(exact=exact, prefix=prefix, suffix=suffix):
            if bounds.text is None:
                raise SelectorNotForMedia(f"A text quote needs text, this is {bounds.media_type}.")
            if not exact or folded(prefix + exact + suffix) not in folded(bounds.text):
                raise QuoteNotFound
        case _:
            assert_never(selector)


def check_place(selector: Selector, bounds: Bounds, texts: Iterable[str]) -> None:
    """Refuse a place that a version does not have; ``texts`` is that of its file, if one was read, or none."""
    for text in texts:
        bounds = changed(bounds, text=text)
    check_selector(selector, bounds)


def folded(text: str) -> str:
    """Return a text as it is compared: one form of line ends, one (NFC) of letters with marks."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _check_inside(place: PdfRectangle | ImageRegion, width: float, height: float, unit: str) -> None:
    inside = (
        place.x >= 0
        and place.y >= 0
        and place.width > 0
        and place.height > 0
        and place.x + place.width <= width + EDGE
        and place.y + place.height <= height + EDGE
    )
    if not inside:
        raise SelectorOutOfBounds(
            f"{place.x}, {place.y} with {place.width} by {place.height} of {width} by {height} {unit}."
        )


def place_in_words(selector: Selector) -> str:
    """Return the place as people read it, such as "page 3, the marked area"; empty for a whole item."""
    match selector:
        case PdfRectangle(page=page):
            return f"page {page}, the marked area"
        case ImageRegion():
            return "the marked area of the picture"
        case TimeRange(start=start, end=end):
            return f"{clock(start)} to {clock(end)}"
        case TextQuote(exact=exact):
            return f"the words “{' '.join(exact.split())}”"
        case WholeItem():
            return ""
    assert_never(selector)


def clock(seconds: float) -> str:
    """Return a time of a recording as minutes and seconds, such as 1:05 or 1:05.5."""
    minutes, rest = divmod(int(seconds * 10), 600)
    tenths = f".{rest % 10}" if rest % 10 else ""
    return f"{minutes}:{rest // 10:02}{tenths}"


def fragment(selector: Selector) -> str:
    """Return the place as a W3C media or PDF fragment, empty for a whole item and for text."""
    match selector:
        case PdfRectangle(page=page, x=x, y=y, width=width, height=height):
            return f"page={page}&viewrect={x:g},{y:g},{width:g},{height:g}"
        case ImageRegion(x=x, y=y, width=width, height=height):
            return f"xywh=pixel:{x},{y},{width},{height}"
        case TimeRange(start=start, end=end):
            return f"t={start:g},{end:g}"
        case WholeItem() | TextQuote():
            return ""
    assert_never(selector)
