"""Marks: where remarks and claims stand on what is shown of a version, drawn in its own points, pixels or seconds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.selector import ImageRegion, PdfRectangle, Selector, TextQuote, TimeRange

LENGTH = 1000
"""Units of the time bar from the beginning of a recording to its end."""
BAR = 120
"""Units from its top to its bottom."""
SHARE = 595
"""A page has so many widths of a figure's own unit: a picture's figures are as large as those of a page."""

HEAVY = 24_000
"""Signs that the remarks shown together take at most: a page with more of them shows them in parts."""
ENVELOPE = 900
"""Signs that a remark takes on the page beside its text, with its mark."""


class Sheet(NamedTuple):
    """What marks are drawn on: its size in its own units, and how large the figures are in them."""

    kind: str
    width: float
    height: float
    unit: float


class Mark(NamedTuple):
    """A place that is drawn: what stands on it, where it leads, what it says aloud, and its rectangle.

    ``number`` is that of a remark, 0 for claims; ``at`` the second of a recording at which it begins.
    """

    label: str
    anchor: str
    says: str
    x: float
    y: float
    width: float
    height: float
    number: int = 0
    at: float | None = None


class Part(NamedTuple):
    """The remarks shown together, which part of those of the page they are, and how many stand on other pages."""

    remarks: Sequence[dict[str, Any]]
    number: int
    of: int
    elsewhere: Sequence[tuple[int, int]]


def sheet_of(shown: Version, page: int) -> Sheet | None:
    """Return what the marks of a version are drawn on, None where nothing is known of its size."""
    bounds = shown.bounds
    if bounds is None:
        return None
    if bounds.pages:
        width, height = bounds.pages[min(page, len(bounds.pages)) - 1]
        return Sheet("pdf rectangle", width, height, width / SHARE)
    if bounds.seconds is not None:
        return Sheet("time range", LENGTH, BAR, LENGTH / SHARE) if bounds.seconds else None
    if bounds.width and bounds.height:
        return Sheet("image region", bounds.width, bounds.height, max(bounds.width, bounds.height) / SHARE)
    return None


def numbered(remarks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the remarks that somebody may read, each with its number and the page that its place is on, if any."""
    return [
        {**each, "number": number, "page": page_of_place(each["selector"])} for number, each in enumerate(remarks, 1)
    ]


def page_of_place(place: Selector | None) -> int | None:
    """Return the page that a place is on, None if it is on none."""
    return place.page if isinstance(place, PdfRectangle) else None


def part_of(remarks: Sequence[dict[str, Any]], page: int, part: int | None, heavy: int = HEAVY) -> Part:
    """Return the remarks of a page with those that stand on none, the newest part of them unless one is named.

    ``heavy`` is how many signs they take together at most.
    """
    here = [each for each in remarks if each["page"] in (None, page)]
    parts: list[list[dict[str, Any]]] = [[]]
    weight = 0
    for each in here:
        weight += ENVELOPE + len(each["text"]) + len(getattr(each["selector"], "exact", ""))
        if parts[-1] and weight > heavy:
            parts.append([])
            weight = ENVELOPE + len(each["text"])
        parts[-1].append(each)
    number = min(part or len(parts), len(parts))
    counts = Counter(each["page"] for each in remarks if each["page"] not in (None, page))
    return Part(parts[number - 1], number, len(parts), sorted(counts.items()))


def marks_on_pages(remarks: Iterable[Mapping[str, Any]]) -> Mapping[int, int]:
    """Return how many remarks stand on each page that has any."""
    return Counter(each["page"] for each in remarks if each["page"] is not None)


def drawn(
    shown: Version, page: int, remarks: Iterable[Mapping[str, Any]], claims: Iterable[Mapping[str, Any]]
) -> list[Mark]:
    """Return the marks of the page shown: of the claims, those at one place together, then of the remarks."""
    of_place: dict[Selector, list[str]] = {}
    for claim in claims:
        if claim["selector"] is not None:
            of_place.setdefault(claim["selector"], []).append(claim["code"])
    marks = [
        mark_of(shown, page, place, in_short(codes), f"claim-{codes[0]}", claims_aloud(codes))
        for place, codes in of_place.items()
    ]
    marks += [
        mark_of(shown, page, each["selector"], "", f"remark-{each['number']}", remark_aloud(each), each["number"])
        for each in remarks
    ]
    return [mark for mark in marks if mark is not None]


def remark_aloud(remark: Mapping[str, Any]) -> str:
    """Return what a mark says of its remark."""
    return f"Remark {remark['number']}, {remark['name']}: {remark['where']}"


def in_short(codes: Sequence[str]) -> str:
    """Return what stands on the mark of these codes, which all lie at one place."""
    return codes[0] if len(codes) == 1 else f"{codes[0]} +{len(codes) - 1}"


def claims_aloud(codes: Sequence[str]) -> str:
    """Return what a mark says of these codes."""
    return f"{in_short(codes)}, claimed here: {', '.join(codes)}"


def mark_of(
    shown: Version, page: int, place: Selector, label: str, anchor: str, says: str, number: int = 0
) -> Mark | None:
    """Return a place as it is drawn on this page, None if it is not."""
    label = label or str(number)
    match place:
        case PdfRectangle(x=x, y=y, width=width, height=height) if place.page == page:
            return Mark(label, anchor, says, x, y, width, height, number)
        case ImageRegion(x=x, y=y, width=width, height=height) if shown.bounds and shown.bounds.seconds is None:
            return Mark(label, anchor, says, x, y, width, height, number)
        case TimeRange(start=start, end=end) if shown.bounds and shown.bounds.seconds:
            scale = LENGTH / shown.bounds.seconds
            return Mark(
                label, anchor, says, round(start * scale, 2), 0, round((end - start) * scale, 2), BAR, number, start
            )
    return None


def text_with_marks(text: str, remarks: Iterable[Mapping[str, Any]]) -> list[tuple[str, int | None]]:
    """Return a text in pieces, each with the number of the remark that quotes it, None where none does.

    Of quotes that lie over one another the first is marked.
    """
    spans: list[tuple[int, int, int]] = []
    for remark in remarks:
        quote = remark["selector"]
        if not isinstance(quote, TextQuote):
            continue
        at = text.find(quote.prefix + quote.exact + quote.suffix)
        if at < 0:  # its line ends or letters are written in another way
            continue
        start = at + len(quote.prefix)
        end = start + len(quote.exact)
        if all(end <= other or start >= behind for other, behind, _ in spans):
            spans.append((start, end, remark["number"]))
    pieces: list[tuple[str, int | None]] = []
    last = 0
    for start, end, number in sorted(spans):
        pieces += [(text[last:start], None), (text[start:end], number)]
        last = end
    return [piece for piece in [*pieces, (text[last:], None)] if piece[0]]
