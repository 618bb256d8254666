"""Hidden places: what a redacted preview leaves out of a file, and how a recipe is told of it."""

import hashlib

import msgspec

from portfolio.domain.evidence.redacting import hideable_in
from portfolio.domain.evidence.selector import Bounds, ImageRegion, PdfRectangle, Selector, TimeRange
from portfolio.domain.kernel import Value

Box = tuple[float, float, float, float]
Places = tuple[Selector, ...]

NOT_IN_PLACES = "Of a file of this kind such places cannot be hidden."


class Area(Value):
    """A page or a picture of this ``size`` with the boxes hidden of it: left, top, width, height, in the same units."""

    size: tuple[float, float]
    boxes: tuple[Box, ...]


def digest_of(hidden: Places) -> str:
    """Return what tells these places from all others, in whatever order they stand."""
    return hashlib.sha256(b"\n".join(sorted({msgspec.json.encode(place) for place in hidden}))).hexdigest()


def can_be_hidden(media_type: str, hidden: Places) -> bool:
    """Tell whether places of these kinds can be left out of what is made of a file of this type."""
    kind = hideable_in(media_type)
    return kind is not None and all(isinstance(place, kind) for place in hidden)


def told(hidden: Places, bounds: Bounds | None, pages: tuple[int, ...]) -> str:
    """Return what a recipe is told of places, as JSON: times, or by page what is hidden of it, of a picture as page 1.

    A page has its size within ``bounds``: in points, while a PDF, and so a recipe, may have a unit of its own.
    """
    if times := [(place.start, place.end) for place in hidden if isinstance(place, TimeRange)]:
        return msgspec.json.encode(times).decode()
    sizes = dict(enumerate(bounds.pages, start=1)) if bounds else {}
    if bounds and bounds.width and bounds.height:
        sizes = {1: (bounds.width, bounds.height)}
    wanted = [page for page in pages or (1,) if page in sizes]
    areas = {page: Area(size=sizes[page], boxes=boxes_on(page, hidden)) for page in wanted}
    return msgspec.json.encode(areas).decode()


def boxes_on(page: int, hidden: Places) -> tuple[Box, ...]:
    """Return the boxes on a page; a picture is the first one."""
    return tuple(
        (place.x, place.y, place.width, place.height)
        for place in hidden
        if isinstance(place, ImageRegion) or (isinstance(place, PdfRectangle) and place.page == page)
    )
