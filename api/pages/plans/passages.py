"""Passages: the lines of a plan's text, with what is odd marked where it stands."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from portfolio.domain.plan import PlanWarning

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line, as whoever read the plan counted them."""


class Piece(NamedTuple):
    """Some words of a line; ``marked`` if they are what is odd."""

    words: str
    marked: bool


class TextLine(NamedTuple):
    """A line of the text by its number from 1, in pieces."""

    number: int
    pieces: Sequence[Piece]

    @property
    def words(self) -> str:
        """Return the whole line."""
        return "".join(piece.words for piece in self.pieces)


def lines_of(text: str, warnings: Iterable[PlanWarning]) -> list[TextLine]:
    """Return the lines of a text that hold something, marked where these oddities stand.

    Of an oddity are kept its line and its words: where a line has them twice, both are marked.
    """
    ends = [found.span() for found in LINE_END.finditer(text)]
    starts, stops = [0, *(stop for _, stop in ends)], [*(start for start, _ in ends), len(text)]
    marks = sorted({span for warning in warnings for span in places(text, warning, starts, stops)})
    lines = []
    for number, (start, stop) in enumerate(zip(starts, stops, strict=True), 1):
        if text[start:stop].strip():
            lines.append(TextLine(number, pieces(text, start, stop, marks)))
    return lines


def places(text: str, warning: PlanWarning, starts: Sequence[int], stops: Sequence[int]) -> list[tuple[int, int]]:
    """Return where the words of an oddity stand that begin on its line; nothing where they cannot be found."""
    if not warning.raw or not 1 <= warning.line <= len(starts):
        return []
    start, stop, size = starts[warning.line - 1], stops[warning.line - 1], len(warning.raw)
    whole = rf"(?<![^\W_]){re.escape(warning.raw)}(?![^\W_])"
    found = [each.span() for each in re.compile(whole).finditer(text, start, max(stop, start + size))]
    return found or [(at, at + size) for at in [text.find(warning.raw, start)] if 0 <= at < stop]


def pieces(text: str, start: int, stop: int, marks: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return a line in pieces, each marked or not."""
    here = [(max(begin, start), min(end, stop)) for begin, end in marks if begin < stop and end > start]
    cuts = sorted({start, stop, *(edge for mark in here for edge in mark)})
    found: list[Piece] = []
    for left, right in pairwise(cuts):
        marked = any(begin <= left and right <= end for begin, end in here)
        if found and found[-1].marked == marked:
            found[-1] = Piece(found[-1].words + text[left:right], marked)
        else:
            found.append(Piece(text[left:right], marked))
    return found


def around(lines: Sequence[TextLine], number: int, beside: int = 1) -> Sequence[TextLine]:
    """Return the line of this number with those before and after it."""
    at = bisect_right([line.number for line in lines], number) - 1
    return lines[max(at - beside, 0) : at + beside + 1]
