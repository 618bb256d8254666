"""Descriptors: the table of what performance is described for each category and level, word for word."""

import re
from dataclasses import dataclass

from portfolio.domain.plan import Descriptor
from portfolio.plan_reader.headers import is_descriptor_header, is_grade
from portfolio.plan_reader.lines import Line, Source
from portfolio.plan_reader.markup import Span, Styled, folded

_MOST_CATEGORIES = 100
_CONTINUED = re.compile(r"\s*\(\s*cont(?:inued|['’]?d)?\.?\s*\)", re.IGNORECASE)
_TORN = re.compile(r"(?:\b(?:and|or|of|the|to|in|for|with)|[,&-])\Z", re.IGNORECASE)
_WITHOUT_ERROR = re.compile(r"\bwithout (?:any )?errors?\b|\berror[- ]free\b|\bno errors?\b", re.IGNORECASE)
_FAMILIAR = re.compile(r"\bfamiliar\b", re.IGNORECASE)
_UNFAMILIAR = re.compile(r"\bunfamiliar\b", re.IGNORECASE)


@dataclass
class _Row:
    """One category, its cells in parts by level, for a page break may tear them."""

    category: str
    line: Line
    cells: list[list[Span]]


def read_descriptors(source: Source) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Descriptor, ...]]:
    """Return categories, levels and descriptors in printed order; nothing is filled in where a cell is empty."""
    columns: dict[int, str] = {}
    rows: list[_Row] = []
    inside, between = False, 0
    for line in source.lines:
        if not line.plain or source.is_furniture(line):
            continue
        if line.row and is_descriptor_header(line):
            inside, between = True, 0
            columns = _levels(source, line, columns)
        elif line.row and inside and not (between and _begins_another_table(source, line, rows, columns)):
            if between:
                source.warn("table-broken", line.span, "Text stands above this row of the performance descriptors.")
            between = 0
            _take(source, rows, line, tuple(columns))
        elif line.row or line.heading or between:
            inside = False
        else:
            between += 1
    levels = tuple(columns.values())
    if not levels:
        source.warn("no-descriptors", source.lines[-1].span, "The plan prints no performance descriptors.")
    descriptors: list[Descriptor] = []
    for row in rows:
        if _TORN.search(row.category):
            source.warn("row-torn", row.line.span, f"The category {row.category!r} breaks off.")
        cells = [source.styled(*cell) for cell in row.cells]
        for level, cell in zip(levels, cells, strict=True):
            if _TORN.search(str(cell)):
                source.warn("row-torn", row.line.span, f"{row.category}, {level}: the text breaks off.")
            if str(cell):
                descriptors.append(Descriptor(category=row.category, level=level, text=str(cell)))
            else:
                source.warn("descriptor-missing", row.line.span, f"{row.category} has no description for {level}.")
        _note_wording(source, row.category, levels, cells)
    return tuple(dict.fromkeys(row.category for row in rows)), levels, tuple(descriptors)


def _levels(source: Source, line: Line, above: dict[int, str]) -> dict[int, str]:
    """Return the level of each column; a header that is printed again must say the same again."""
    columns = {index: text for index, text in enumerate(line.texts) if index and text}
    if above and above != columns:
        raise source.unreadable(line.start, "the levels of this table are not those of the one above.")
    source.take(line)
    for index, text in columns.items():
        if not above and not is_grade(text):
            message = f"{text!r} is not one of the usual grades; it is taken as printed."
            source.warn("grade-unusual", line.spans[index], message)
    return columns


def _begins_another_table(source: Source, line: Line, rows: list[_Row], columns: dict[int, str]) -> bool:
    """Return whether a row after a line of text looks otherwise than those before it."""
    bold = [source.styled(span).bold_at_start() for span in (line.spans[0], *(row.line.spans[0] for row in rows[:1]))]
    return len(line.texts) != max(columns) + 1 or not all(line.texts) or len(set(bold)) > 1 or not bold[0]


def _take(source: Source, rows: list[_Row], line: Line, columns: tuple[int, ...]) -> None:
    """Add a row: a new category, or the rest of the one above if its first cell is empty or says the same again."""
    category = _CONTINUED.sub("", line.texts[0])
    source.take(line)
    if is_grade(category):
        raise source.unreadable(line.start, "the levels stand in rows here; only levels in columns can be read.")
    cells = [[line.spans[index]] if index < len(line.spans) else [] for index in columns]
    for index, (text, span) in enumerate(zip(line.texts, line.spans, strict=True)):
        if index and text and index not in columns:
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
        hurdle = _WITHOUT_ERROR.search(cell.text)
        if hurdle and not _WITHOUT_ERROR.search(highest.text):
            message = (
                f"{category}: {level} asks for work {hurdle[0].lower()} and {levels[-1]} does not; a hurdle, perhaps."
            )
            source.warn("possible-hurdle", cell.span(*hurdle.span()), message)
    familiar = _FAMILIAR.search(highest.text)
    if lower and familiar and not _UNFAMILIAR.search(highest.text):
        message = f"{category}: {levels[-1]} still speaks of what is familiar; shown as printed."
        source.warn("familiar-at-highest-level", highest.span(*familiar.span()), message)
