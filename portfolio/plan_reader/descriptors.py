"""Descriptors: the table of what performance is described for each category and level, word for word."""

import re
from dataclasses import dataclass

from portfolio.domain.plan import Descriptor
from portfolio.plan_reader.lines import Line, Source, Span, Styled, folded
from portfolio.plan_reader.outcomes import is_descriptor_header

_MOST_CATEGORIES = 100
_CONTINUED = re.compile(r"\s*\(\s*cont(?:inued|['’]?d)?\.?\s*\)", re.IGNORECASE)
_WITHOUT_ERROR = re.compile(r"\bwithout (?:any )?errors?\b|\berror[- ]free\b|\bno errors?\b", re.IGNORECASE)
_FAMILIAR = re.compile(r"\bfamiliar\b", re.IGNORECASE)
_UNFAMILIAR = re.compile(r"\bunfamiliar\b", re.IGNORECASE)


@dataclass
class _Row:
    """One category, its cells in parts, for a page break may tear them."""

    category: str
    line: Line
    cells: list[list[Span]]


def read_descriptors(source: Source) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Descriptor, ...]]:
    """Return categories, levels and descriptors in printed order; nothing is filled in where a cell is empty."""
    levels: tuple[str, ...] = ()
    rows: list[_Row] = []
    inside = False
    for line in source.lines:
        if line.row and is_descriptor_header(line):
            inside, levels = True, levels or tuple(text for text in line.texts[1:] if text)
        elif line.row and inside:
            _take(source, rows, line, len(levels))
        elif line.plain:
            inside = False
    if not levels:
        source.warn("no-descriptors", source.lines[-1].span, "The plan prints no performance descriptors.")
    found: list[Descriptor] = []
    for row in rows:
        cells = [source.styled(*cell) for cell in row.cells]
        for level, cell in zip(levels, cells, strict=True):
            if str(cell):
                found.append(Descriptor(category=row.category, level=level, text=str(cell)))
            else:
                source.warn("descriptor-missing", row.line.span, f"{row.category} has no description for {level}.")
        _note_wording(source, row.category, levels, cells)
    return tuple(dict.fromkeys(row.category for row in rows)), levels, tuple(found)


def _take(source: Source, rows: list[_Row], line: Line, width: int) -> None:
    """Add a row: a new category, or the rest of the one above if its first cell is empty or says the same again."""
    category = _CONTINUED.sub("", line.texts[0])
    cells = [[span] for span in line.spans[1 : width + 1]]
    cells += [[] for _ in range(width - len(cells))]
    for text, span in list(zip(line.texts, line.spans, strict=True))[width + 1 :]:
        if text:
            source.warn("extra-cell", span, "The row has a cell under no column; it is not read.")
    if category and not (rows and rows[-1].category == category):
        if any(row.category == category for row in rows):
            source.warn("category-repeated", line.span, f"{category} is printed twice.")
        if len(rows) >= _MOST_CATEGORIES:
            raise source.unreadable(line.start, f"there are more than {_MOST_CATEGORIES} performance categories.")
        rows.append(_Row(category, line, cells))
        return
    if not rows:
        raise source.unreadable(line.start, "this row of the performance descriptors has no category.")
    for cell, more in zip(rows[-1].cells, cells, strict=True):
        cell += [span for span in more if folded(source.raw(span))]
    source.warn("row-joined", line.span, f"The row of {rows[-1].category} is split; this part is joined to it.")


def _note_wording(source: Source, category: str, levels: tuple[str, ...], cells: list[Styled]) -> None:
    """Note what looks like a rule, or like the wrong level, in words that are shown and never scored from."""
    *lower, highest = cells
    for level, cell in zip(levels, lower, strict=False):
        found = _WITHOUT_ERROR.search(cell.text)
        if found and not _WITHOUT_ERROR.search(highest.text):
            message = (
                f"{category}: {level} asks for work {found[0].lower()} and {levels[-1]} does not; a hurdle, perhaps."
            )
            source.warn("possible-hurdle", cell.span(*found.span()), message)
    found = _FAMILIAR.search(highest.text)
    if lower and found and not _UNFAMILIAR.search(highest.text):
        message = f"{category}: {levels[-1]} still speaks of what is familiar; shown as printed."
        source.warn("familiar-at-highest-level", highest.span(*found.span()), message)
