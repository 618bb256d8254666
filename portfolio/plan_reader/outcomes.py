"""Outcomes: the tables that map assessment outcomes to codes, row by row, over page breaks and odd headings."""

import re

from portfolio.domain.plan import Option, Outcome
from portfolio.plan_reader.codes import has_codes, only_codes, read_codes
from portfolio.plan_reader.lines import FURNITURE, HARD, SOFT, Line, Source, Span, Styled, folded
from portfolio.plan_reader.options import (
    MOST_PARTS,
    DraftOutcome,
    Named,
    Section,
    option_in,
    read_list,
    settle,
    split_abbreviation,
)

_PREFIX = r"Option\s+\w{1,3}|[A-Z][A-Z0-9&/+'.]{0,11}(?:\s{1,2}[A-Z0-9&/+'.]{1,12}){0,2}"
_KEY = re.compile(
    rf"\s{{0,3}}(?:\(?(?P<prefix>{_PREFIX})\)?\s{{0,2}}[\s:–—-]\s{{0,2}})?"
    r"AO\s{0,2}(?P<number>[0-9]{1,3}(?:\.[0-9]{1,2})?[A-Z]?)\b\s{0,3}(?P<end>[):.–—-]{0,2})",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\(\s*cont(?:inued|inuation|['’]?d)?\.?\s*\)", re.IGNORECASE)
_MAPPED = re.compile(r"\b(?:mapping|mapped|knowledge|skills?|ksbs?|codes?|statements?)\b", re.IGNORECASE)
_MAPPING = re.compile(r"\bmapp(?:ing|ed)\b", re.IGNORECASE)
_MAPPING_BEHIND = re.compile(r"\s*\bMapping\Z", re.IGNORECASE)
_OUTCOMES = re.compile(r"\boutcomes?\b", re.IGNORECASE)
_FOLLOWING_OPTIONS = re.compile(r"\bfollowing options\b", re.IGNORECASE)
_CORE = re.compile(r"\bcore\b", re.IGNORECASE)
_GRADE = re.compile(r"fail|pass|credit|merit|distinction", re.IGNORECASE)
_CATEGORY = re.compile(r"\bcategor(?:y|ies)\b|\bperformance (?:descriptors?|areas?|criteria)\b", re.IGNORECASE)
_WORDS = re.compile(r"[\w&/+-]+")
_HEADING_WORDS = 8
_MOST_OUTCOMES = 200
_MOST_PIECES = 50
_NO_KEY = "this row of the outcomes table begins with no outcome key such as AO1."

CLOSED, OPEN, PAUSED, FOREIGN, DESCRIPTORS = "closed", "open", "paused", "foreign", "descriptors"


def is_descriptor_header(line: Line) -> bool:
    """Return whether the row heads the table of performance descriptors."""
    first, others = line.texts[0], line.texts[1:]
    named = _short(first, _CATEGORY) and any(others) and not any(has_codes(text) for text in others)
    return named or (len(first.split()) <= _HEADING_WORDS and any(_GRADE.fullmatch(text) for text in others))


def read_outcomes(source: Source) -> tuple[tuple[Option, ...], tuple[Outcome, ...]]:
    """Return options and outcomes; no outcomes at all if the text has no table that maps them."""
    first = _first_table(source.lines)
    listed = read_list(source, source.lines[:first])
    tables = _Tables(source, listed)
    for line in source.lines[first:]:
        tables.read(line)
    sections = [section for section in tables.sections if section.table or section.outcomes]
    options = settle(source, listed, sections)
    rows = [row for section in sections for row in section.outcomes]
    outcomes = tuple(_outcome(source, row) for row in rows)
    _note_repeated(source, rows, outcomes)
    announced = [line for line in source.lines[:first] if _FOLLOWING_OPTIONS.search(line.plain)]
    if announced and not options:
        source.warn("options-missing", announced[0].span, "Options are announced, and neither list nor table has one.")
    return options, outcomes


def _first_table(lines: tuple[Line, ...]) -> int:
    """Return the index at which the outcomes tables begin, an option's heading above the first table included."""
    first = next((index for index, line in enumerate(lines) if line.row and (_is_header(line) or _key_in(line))), None)
    if first is None:
        return len(lines)
    above = next((index for index in range(first - 1, -1, -1) if lines[index].plain), first)
    heading = option_in(lines[above].plain, lines[above].span)
    if heading is None or lines[above].bullet or lines[above].row:
        return first
    earlier = [option_in(line.plain, line.span, loose=line.bullet) for line in lines[:above] if not line.row]
    labels = {named.label for named in earlier if named}
    return above if lines[above].heading or not labels or heading.label in labels else first


def _short(text: str, pattern: re.Pattern[str]) -> bool:
    return len(text.split()) <= _HEADING_WORDS and pattern.search(text) is not None


def _key_in(line: Line) -> re.Match[str] | None:
    return _KEY.match(line.texts[0])


def _is_header(line: Line) -> bool:
    """Return whether the row heads a table of outcomes, or one that looks like it."""
    first, others = line.texts[0], line.texts[1:]
    if _KEY.match(first) or any(has_codes(text) for text in others):
        return False
    if any(_short(text, _MAPPING) for text in others) or _short(first, _OUTCOMES):
        return True
    return (
        not any(others)
        and len(first.split()) <= 2 * _HEADING_WORDS
        and option_in(first, line.span, loose=True) is not None
    )


class _Tables:
    """Goes through the lines and gathers each outcome's cells, section by section."""

    def __init__(self, source: Source, listed: list[Named]) -> None:
        self.source = source
        self.listed = listed
        self.sections: list[Section] = []
        self.mode = CLOSED
        self.columns = {1}
        self.width = 2
        self.count = 0
        self.before: Line | None = None
        self.names = {named.name.casefold() for named in listed}

    @property
    def last(self) -> DraftOutcome | None:
        """The outcome read last in the present section."""
        return self.sections[-1].outcomes[-1] if self.sections and self.sections[-1].outcomes else None

    def read(self, line: Line) -> None:
        """Take one line in."""
        if line.row:
            self._row(line)
        elif line.plain:
            self._text(line)
        self.before = line

    def _row(self, line: Line) -> None:
        mapped = any(text.casefold() == "mapping" for text in line.texts[1:])
        if not mapped and (self.mode == DESCRIPTORS or is_descriptor_header(line)):
            self.mode = DESCRIPTORS
        elif _is_header(line):
            self._header(line)
        elif self.mode == FOREIGN:
            return
        elif found := _key_in(line):
            self._outcome(line, found)
        elif self.mode in (OPEN, PAUSED):
            self._continued(line)

    def _header(self, line: Line) -> None:
        first, *others = line.texts
        columns = {index for index, text in enumerate(others, 1) if _MAPPED.search(text)}
        if any(others) and not columns:
            self.mode = FOREIGN
            return
        self.columns, self.width, self.mode = columns or {1}, len(line.texts), OPEN
        text = _CONTINUED.sub("", first if any(others) else _MAPPING_BEHIND.sub("", first)).strip()
        heading = option_in(text, line.span, loose=True) or self._listed_in(text, line.span)
        if heading is None and text and not _CORE.search(text) and not _OUTCOMES.search(text):
            heading = Named(line.span, None, *split_abbreviation(text))
        if heading or _CORE.search(text):
            self._enter(line, heading, core=heading is None)
        elif not self.sections:
            self.sections.append(Section())
        self.sections[-1].table = True
        if not any(others):
            self.source.warn("heading-in-cell", line.span, "The heading fills one cell; what follows is read under it.")

    def _text(self, line: Line) -> None:
        if self.mode in (FOREIGN, DESCRIPTORS):
            self.mode = CLOSED
        text = _CONTINUED.sub("", _MAPPING_BEHIND.sub("", line.plain) if "<" in line.raw else line.plain).strip()
        named = None if line.bullet else option_in(text, line.span)
        if named is None and (line.heading or split_abbreviation(text)[0].casefold() in self.names):
            named = self._listed_in(text, line.span)
        if named:
            self._enter(line, named, core=False)
            self.mode = PAUSED if self.mode == CLOSED else self.mode
        elif line.heading and _short(line.plain, _OUTCOMES):
            if _CORE.search(line.plain):
                self._enter(line, None, core=True)
        elif line.heading:
            self.mode = CLOSED
        elif self.mode in (OPEN, PAUSED) and not line.bullet:
            self._loose(line)

    def _loose(self, line: Line) -> None:
        """Read a line among the tables that is no row: part of one that a page break tore, or something else."""
        found = _key_in(line)
        if found and (found["end"] or line.raw.lstrip().startswith("<p")):
            self._outcome(line, found)
        elif self.last and only_codes(line.plain):
            self._join(line, [], list(line.spans))
        elif self.last and not self.last.mapping and self.before is self.last.line:
            self._join(line, list(line.spans), [])
        else:
            self.mode = PAUSED

    def _outcome(self, line: Line, found: re.Match[str]) -> None:
        if self.mode == CLOSED and self.sections:
            raise self.source.unreadable(line.start, "an outcome stands outside any table that has a mapping.")
        self.mode = OPEN
        self.count += 1
        if self.count > _MOST_OUTCOMES:
            raise self.source.unreadable(line.start, f"there are more than {_MOST_OUTCOMES} outcomes.")
        if not self.sections:
            self.sections.append(Section())
        mapping = [span for index, span in enumerate(line.spans) if index in self.columns]
        last = self.last
        if (
            last
            and (last.prefix, last.number) == (found["prefix"], found["number"])
            and _CONTINUED.search(line.texts[0])
        ):
            self._join(line, [self._behind_continued(line)], mapping)
            return
        row = DraftOutcome(line, found["prefix"], found["number"], [line.spans[0]], mapping, self._further(line))
        self.sections[-1].outcomes.append(row)

    def _continued(self, line: Line) -> None:
        """Read a row without a key: the rest of the outcome above it, over a page break."""
        first, *others = line.texts
        if all(FURNITURE.fullmatch(text) for text in line.texts if text):
            return
        mapped = " ".join(text for index, text in enumerate(others, 1) if index in self.columns)
        if self.mode == PAUSED and first and not has_codes(mapped):
            return
        if self.last is None or (first and mapped and not only_codes(mapped)):
            raise self.source.unreadable(line.start, _NO_KEY)
        if first and has_codes(mapped) and self.source.styled(line.spans[0]).bold_at_start() and self._described():
            raise self.source.unreadable(line.start, _NO_KEY)
        mapping = [span for index, span in enumerate(line.spans) if index in self.columns]
        self.last.further += self._further(line)
        self._join(line, [line.spans[0]] if first else [], mapping)

    def _described(self) -> bool:
        """Return whether the last outcome has its description already, so that bold text begins something new."""
        return self.last is not None and bool(_title_and_description(self.source, self.last)[1])

    def _behind_continued(self, line: Line) -> Span:
        styled = self.source.styled(line.spans[0])
        found = _CONTINUED.search(styled.text)
        return (styled.spans[found.end() - 1][1] if found else line.spans[0][0]), line.spans[0][1]

    def _further(self, line: Line) -> list[Span]:
        """Return the cells that are neither the first nor mapped; note those beyond the table's columns."""
        spans = [(index, span) for index, span in enumerate(line.spans) if index and index not in self.columns]
        for index, span in spans:
            if index >= self.width and line.texts[index]:
                self.source.warn("extra-cell", span, "The row has a cell under no column; it is not read.")
        return [span for index, span in spans if index < self.width]

    def _join(self, line: Line, first: list[Span], mapping: list[Span]) -> None:
        """Add a piece to the outcome above."""
        if self.last:
            self.last.first += first
            self.last.mapping += mapping
            if len(self.last.first) + len(self.last.mapping) > _MOST_PIECES:
                raise self.source.unreadable(line.start, f"{self.last.key} is in more than {_MOST_PIECES} pieces.")
            self.source.warn(
                "row-joined", line.span, f"The row of {self.last.key} is split; this part is joined to it."
            )

    def _enter(self, line: Line, heading: Named | None, *, core: bool) -> None:
        """Begin the part that a heading names, unless it is the present one again."""
        present = self.sections[-1] if self.sections else None
        if present and (present.core, _printed(present.heading)) == (core, _printed(heading)):
            return
        if len(self.sections) > MOST_PARTS:
            raise self.source.unreadable(line.start, f"there are more than {MOST_PARTS} tables of outcomes.")
        self.sections.append(Section(heading, core))

    def _listed_in(self, text: str, span: Span) -> Named | None:
        """Return the option of the list that a heading without "Option n" names."""
        words = set(_WORDS.findall(text))
        for named in self.listed:
            at = text.casefold().find(named.name.casefold()) if named.name else -1
            if at >= 0 or named.abbreviation in words:
                shown = text[at : at + len(named.name)] if at >= 0 else ""
                return Named(span, None, shown, named.abbreviation)
        return None


def _printed(named: Named | None) -> tuple[str | None, str, str | None] | None:
    return (named.label, named.name.casefold(), named.abbreviation) if named else None


def _title_and_description(source: Source, row: DraftOutcome) -> tuple[str, str]:
    """Return what follows the key: the bold words or the first paragraph, and everything behind."""
    styled = source.styled(*row.first)
    found = _KEY.match(styled.text)
    styled = styled.cut(found.end() if found else 0)
    further = [str(source.styled(span)) for span in row.further]
    if not str(styled) and any(further):
        styled, further = source.styled(*row.further, seam=HARD), []
    start = next((index for index, char in enumerate(styled.text) if not char.isspace()), len(styled.text))
    stop = _title_end(styled, start)
    return folded(styled.text[start:stop]), folded(" ".join([styled.text[stop:].lstrip(" :–—-\u2028\u2029"), *further]))


def _title_end(styled: Styled, start: int) -> int:
    """Return where the title ends that begins at ``start``."""
    text = styled.text
    breaks = [index for index in range(start, len(text)) if text[index] in (SOFT, HARD)]
    end = breaks[0] if breaks else len(text)
    if start == len(text) or not styled.bold[start]:
        return end
    stop = next(
        (i for i in range(start, len(text)) if text[i] == HARD or not (styled.bold[i] or text[i].isspace())), len(text)
    )
    slips = stop < len(text) and (text[stop].islower() or text[stop] == ",") and SOFT not in text[start:stop]
    # Bold that stops in mid-sentence, with a paragraph still to come, was meant for the whole title.
    return end if slips and folded(text[end:]) else stop


def _outcome(source: Source, row: DraftOutcome) -> Outcome:
    key = row.key
    title, description = _title_and_description(source, row)
    if not title:
        source.warn("outcome-without-title", row.line.span, f"{key} has no title.")
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
    seen: dict[str, int] = {}
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.key in seen:
            message = f"{outcome.key} is printed on line {seen[outcome.key]} and here; both outcomes are kept."
            source.warn("outcome-key-repeated", row.line.span, message)
        seen.setdefault(outcome.key, outcome.line)
