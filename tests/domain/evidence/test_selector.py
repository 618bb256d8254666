"""Places in evidence: of the kind the media has, and inside it (ANNOTATION-2)."""

import math

import pytest

from portfolio.domain.evidence.selector import (
    Bounds,
    ImageRegion,
    PdfRectangle,
    QuoteNotFound,
    Selector,
    SelectorNotForMedia,
    SelectorOutOfBounds,
    TextQuote,
    TimeRange,
    WholeItem,
    check_selector,
    fragment,
    place_in_words,
)

PDF = Bounds(media_type="application/pdf", pages=((595, 842), (200, 100)))
PAGES = Bounds(media_type="application/pdf", pages=((595.276, 841.89), (1190.551, 1683.779)))
IMAGE = Bounds(media_type="image/jpeg", width=640, height=480)
AUDIO = Bounds(media_type="audio/wav", seconds=30.5)
TEXT = Bounds(media_type="text/plain", text="I checked the rig, then the rig again.")


def rectangle(page: int = 1, x: float = 0, y: float = 0, width: float = 10, height: float = 10) -> PdfRectangle:
    return PdfRectangle(page=page, x=x, y=y, width=width, height=height)


def region(x: int = 0, y: int = 0, width: int = 10, height: int = 10) -> ImageRegion:
    return ImageRegion(x=x, y=y, width=width, height=height)


@pytest.mark.parametrize(
    ("selector", "bounds"),
    [
        (WholeItem(), PDF),
        (WholeItem(), Bounds(media_type="application/zip")),
        (rectangle(width=595, height=842), PDF),
        (rectangle(page=2, x=190, y=90), PDF),
        (region(width=640, height=480), IMAGE),
        (region(x=630, y=470), IMAGE),
        (TimeRange(start=0, end=30.5), AUDIO),
        (TextQuote(exact="rig"), TEXT),
        (TextQuote(prefix="then the ", exact="rig", suffix=" again"), TEXT),
    ],
)
def test_a_place_that_is_there_is_taken(selector: Selector, bounds: Bounds) -> None:
    check_selector(selector, bounds)


@pytest.mark.parametrize(
    ("selector", "bounds"),
    [
        (rectangle(x=0.1, y=0.1, width=595.176, height=841.79), PAGES),  # 0.1 + 595.176 is 595.2760000000001
        (rectangle(page=2, width=1190.5512, height=1683.7795), PAGES),  # as the file says; earlier bounds are rounded
        (TimeRange(start=11, end=12.042449), Bounds(media_type="audio/mpeg", seconds=12.042)),
    ],
)
def test_a_place_that_ends_at_the_edge_is_inside(selector: Selector, bounds: Bounds) -> None:
    check_selector(selector, bounds)


@pytest.mark.parametrize(
    ("selector", "bounds"),
    [
        (rectangle(), IMAGE),
        (region(), PDF),
        (region(), Bounds(media_type="image/jpeg", width=640)),
        (region(), Bounds(media_type="image/jpeg", height=480)),
        (TimeRange(start=0, end=1), IMAGE),
        (TextQuote(exact="rig"), AUDIO),
    ],
)
def test_a_place_of_another_media_is_refused(selector: Selector, bounds: Bounds) -> None:
    with pytest.raises(SelectorNotForMedia, match=bounds.media_type):
        check_selector(selector, bounds)


@pytest.mark.parametrize(
    ("selector", "bounds"),
    [
        (rectangle(page=0), PDF),
        (rectangle(page=-1), PDF),
        (rectangle(page=3), PDF),
        (rectangle(x=-0.1), PDF),
        (rectangle(y=-0.1), PDF),
        (rectangle(width=0), PDF),
        (rectangle(height=0), PDF),
        (rectangle(x=586), PDF),
        (rectangle(x=585.01), PDF),
        (rectangle(y=832.01), PDF),
        (rectangle(page=2, y=91), PDF),
        (rectangle(x=math.nan), PDF),
        (rectangle(width=math.inf), PDF),
        (region(x=631), IMAGE),
        (region(y=471), IMAGE),
        (region(width=0), IMAGE),
        (TimeRange(start=-1, end=1), AUDIO),
        (TimeRange(start=2, end=2), AUDIO),
        (TimeRange(start=2, end=1), AUDIO),
        (TimeRange(start=0, end=30.51), AUDIO),
        (TimeRange(start=math.nan, end=1), AUDIO),
    ],
)
def test_a_place_outside_is_refused(selector: Selector, bounds: Bounds) -> None:
    with pytest.raises(SelectorOutOfBounds):
        check_selector(selector, bounds)


def test_words_are_the_same_whatever_their_line_ends_and_the_form_of_their_letters() -> None:
    text = Bounds(media_type="text/plain", text="Café\r\nrigged\rby six.\n")
    check_selector(TextQuote(exact="Cafe\u0301\nrigged\nby six."), text)
    with pytest.raises(QuoteNotFound):
        check_selector(TextQuote(exact="Cafe\nrigged"), text)


@pytest.mark.parametrize(
    "quote",
    [
        TextQuote(exact="truss"),
        TextQuote(prefix="before ", exact="rig"),
        TextQuote(exact="rig", suffix=" before"),
        TextQuote(exact=""),
    ],
)
def test_words_that_do_not_stand_there_are_refused(quote: TextQuote) -> None:
    with pytest.raises(QuoteNotFound):
        check_selector(quote, TEXT)


@pytest.mark.parametrize(
    ("selector", "written"),
    [
        (rectangle(page=3, x=72, y=140.5, width=200, height=36), "page=3&viewrect=72,140.5,200,36"),
        (region(x=120, y=80, width=300, height=200), "xywh=pixel:120,80,300,200"),
        (TimeRange(start=12.5, end=47), "t=12.5,47"),
        (WholeItem(), ""),
        (TextQuote(exact="rig"), ""),
    ],
)
def test_a_place_is_written_as_a_web_fragment(selector: Selector, written: str) -> None:
    assert fragment(selector) == written


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (WholeItem(), ""),
        (PdfRectangle(page=3, x=1, y=2, width=3, height=4), "page 3, the marked area"),
        (ImageRegion(x=1, y=2, width=3, height=4), "the marked area of the picture"),
        (TimeRange(start=5, end=72.5), "0:05 to 1:12.5"),
        (TextQuote(exact="two\n lamps"), "the words “two lamps”"),
    ],
)
def test_a_place_is_read_in_words(selector: Selector, words: str) -> None:
    assert place_in_words(selector) == words
