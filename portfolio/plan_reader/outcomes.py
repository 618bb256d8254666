"""Outcomes: what the tables that map assessment outcomes to codes say, with the options they belong to."""

import re

from portfolio.domain.plan import Option, Outcome
from portfolio.plan_reader.codes import read_codes
from portfolio.plan_reader.headers import first_table
from portfolio.plan_reader.lines import Source
from portfolio.plan_reader.markup import SOFT
from portfolio.plan_reader.options import DraftOutcome, read_list, settle
from portfolio.plan_reader.tables import OutcomeTables
from portfolio.plan_reader.titles import title_and_description

_FOLLOWING_OPTIONS = re.compile(r"\bfollowing options\b", re.IGNORECASE)
_ODD_TITLE = re.compile(r"\A(?![\w\"'“‘(])|\A\([^)\s]{1,12}\)\s?[:–—-]|\A\(\w{1,2}\)|[*#^½]\Z|\(\w\)\Z")


def read_outcomes(source: Source) -> tuple[tuple[Option, ...], tuple[Outcome, ...]]:
    """Return options and outcomes; no outcomes at all if the text has no table that maps them."""
    first = first_table(source.lines)
    listed = read_list(source, source.lines[:first])
    tables = OutcomeTables(source, listed)
    for line in source.lines[first:]:
        tables.read(line)
    sections = [section for section in tables.sections.all if section.table or section.outcomes]
    options = settle(source, listed, sections)
    rows = [row for section in sections for row in section.outcomes]
    outcomes = tuple(_outcome(source, row) for row in rows)
    _note_repeated(source, rows, outcomes)
    announced = [line for line in source.lines[:first] if _FOLLOWING_OPTIONS.search(line.plain)]
    if announced and not options:
        source.warn("options-missing", announced[0].span, "Options are announced, and neither list nor table has one.")
    return options, outcomes


def _outcome(source: Source, row: DraftOutcome) -> Outcome:
    key = row.key
    title, description = title_and_description(source, row)
    if not title:
        source.warn("outcome-without-title", row.line.span, f"{key} has no title.")
    elif _ODD_TITLE.search(title):
        source.warn("leftover-text", row.line.span, f"The title of {key} begins or ends with something odd: {title!r}.")
    codes = read_codes(source, source.styled(*row.mapping, seam=SOFT), key)
    if not codes:
        source.warn("outcome-without-codes", row.line.span, f"{key} maps to no code.")
    return Outcome(
        key=key,
        option=row.slot.key if row.slot else None,
        title=title,
        description=description,
        codes=codes,
        line=row.line.number,
    )


def _note_repeated(source: Source, rows: list[DraftOutcome], outcomes: tuple[Outcome, ...]) -> None:
    """Note each outcome whose key was printed before; both stay."""
    lines: dict[str, int] = {}
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.key in lines:
            message = f"{outcome.key} is printed on line {lines[outcome.key]} and here; both outcomes are kept."
            source.warn("outcome-key-repeated", row.line.span, message)
        lines.setdefault(outcome.key, outcome.line)
