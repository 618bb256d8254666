"""Tables: each outcome's cells gathered row by row, section by section, over page breaks and odd headings."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from portfolio.plan_reader.codes import has_codes, only_codes
from portfolio.plan_reader.headers import (
    is_contents_row,
    is_descriptor_header,
    is_outcomes_header,
    is_second_header,
    key_at_start,
    mapped_columns,
    names_outcomes,
    unusual_columns,
)
from portfolio.plan_reader.lines import Line, Source
from portfolio.plan_reader.markup import Span
from portfolio.plan_reader.options import MOST_PARTS, DraftOutcome, Named, Section, option_in, split_abbreviation
from portfolio.plan_reader.titles import title_and_description

CONTINUED = re.compile(r"\(\s*cont(?:inued|inuation|['’]?d)?\.?\s*\)", re.IGNORECASE)
_MAPPING_BEHIND = re.compile(r"\s*\bMapping\Z", re.IGNORECASE)
_CORE = re.compile(r"\bcore\b", re.IGNORECASE)
_KEY_LATER = re.compile(r"\bAO\s?[0-9]", re.IGNORECASE)
_WORDS = re.compile(r"[\w&/+-]+")
_MOST_OUTCOMES = 200
_MOST_PIECES = 50
_NO_KEY = "this row of the outcomes table begins with no outcome key such as AO1."


class Place(Enum):
    """Where among the tables a line stands."""

    OUTSIDE = auto()
    IN_OUTCOMES = auto()
    BETWEEN_ROWS = auto()
    IN_OTHER_TABLE = auto()
    IN_DESCRIPTORS = auto()


@dataclass
class Columns:
    """What stands in which column of the present table."""

    source: Source
    mapped: set[int] = field(default_factory=lambda: {1})
    heads: tuple[str, ...] = ()
    width: int = 2

    def head(self, line: Line, mapped: set[int]) -> None:
        """Take over what a header says; note a column that may hold neither an outcome's words nor its codes."""
        self.mapped, self.heads = mapped, tuple(text.casefold() for text in line.texts[1:])
        self.width = len(line.texts)
        for index in sorted(unusual_columns(line.texts) - mapped):
            message = f"What stands under {line.texts[index]!r} is read as part of each outcome's description."
            self.source.warn("column-unusual", line.spans[index], message)

    def mapping(self, line: Line) -> list[Span]:
        """Return the cells that hold codes; those beyond the table's columns too, with a note."""
        beyond = [index for index in range(self.width, len(line.spans)) if only_codes(line.texts[index])]
        for index in beyond:
            self.source.warn("extra-cell", line.spans[index], "Codes stand in a cell under no column; they are read.")
        return [span for index, span in enumerate(line.spans) if index in self.mapped or index in beyond]

    def mapped_text(self, line: Line) -> str:
        """Return the words of the cells that hold codes."""
        return " ".join(text for index, text in enumerate(line.texts) if index in self.mapped)

    def further(self, line: Line) -> list[Span]:
        """Return the cells that go on with an outcome's words; note those beyond the table's columns."""
        others = [(index, span) for index, span in enumerate(line.spans) if index and index not in self.mapped]
        for index, span in others:
            if index >= self.width and line.texts[index] and not only_codes(line.texts[index]):
                self.source.warn("extra-cell", span, "The row has a cell under no column; it is not read.")
        return [span for index, span in others if index < self.width]


class Sections:
    """The parts of the outcomes tables, one after the other, and the outcomes in each."""

    def __init__(self, source: Source, listed: list[Named]) -> None:
        self.source = source
        self.listed = listed
        self.names = {named.name.casefold() for named in listed}
        self.all: list[Section] = []
        self.count = 0

    @property
    def last(self) -> DraftOutcome | None:
        """The outcome read last in the present section."""
        return self.all[-1].outcomes[-1] if self.all and self.all[-1].outcomes else None

    def enter(self, line: Line, heading: Named | None, *, core: bool) -> None:
        """Begin the part that a heading names, unless it is the present one again."""
        present = self.all[-1] if self.all else None
        if present and (present.core, _printed(present.heading)) == (core, _printed(heading)):
            return
        if len(self.all) > MOST_PARTS:
            raise self.source.unreadable(line.start, f"there are more than {MOST_PARTS} tables of outcomes.")
        self.all.append(Section(heading, core))

    def ensure(self) -> Section:
        """Return the present section; one without a heading if none was begun."""
        if not self.all:
            self.all.append(Section())
        return self.all[-1]

    def add(self, line: Line, key: re.Match[str], mapping: list[Span], further: list[Span]) -> None:
        """Begin an outcome, or go on with the last if it is the same again, continued."""
        self.count += 1
        if self.count > _MOST_OUTCOMES:
            raise self.source.unreadable(line.start, f"there are more than {_MOST_OUTCOMES} outcomes.")
        last = self.last
        repeated = last and (last.prefix, last.number) == (key["prefix"], key["number"])
        if repeated and CONTINUED.search(line.texts[0]):
            self.join(line, [self._after_continued(line)], mapping)
            return
        row = DraftOutcome(line, key["prefix"], key["number"], [line.spans[0]], mapping, further)
        self.ensure().outcomes.append(row)

    def join(self, line: Line, first: list[Span], mapping: list[Span]) -> None:
        """Add a piece to the outcome above."""
        if self.last:
            self.last.first += first
            self.last.mapping += mapping
            if len(self.last.first) + len(self.last.mapping) > _MOST_PIECES:
                raise self.source.unreadable(line.start, f"{self.last.key} is in more than {_MOST_PIECES} pieces.")
            self.source.warn(
                "row-joined", line.span, f"The row of {self.last.key} is split; this part is joined to it."
            )

    def named_in(self, text: str, span: Span) -> Named | None:
        """Return the option of the list that a heading without "Option n" names."""
        words = set(_WORDS.findall(text))
        for named in self.listed:
            at = text.casefold().find(named.name.casefold()) if named.name else -1
            if at >= 0 or named.abbreviation in words:
                shown = text[at : at + len(named.name)] if at >= 0 else ""
                return Named(span, None, shown, named.abbreviation)
        return None

    def _after_continued(self, line: Line) -> Span:
        styled = self.source.styled(line.spans[0])
        continued = CONTINUED.search(styled.text)
        return (styled.spans[continued.end() - 1][1] if continued else line.spans[0][0]), line.spans[0][1]


class OutcomeTables:
    """Goes through the lines of a plan and says of each what it is to the tables of outcomes."""

    def __init__(self, source: Source, listed: list[Named]) -> None:
        self.source = source
        self.sections = Sections(source, listed)
        self.columns = Columns(source)
        self.place = Place.OUTSIDE
        self.unnamed: Line | None = None
        self.before: Line | None = None

    def read(self, line: Line) -> None:
        """Take one line in."""
        if line.plain and self.source.is_furniture(line):
            return
        if line.row:
            self._row(line)
        elif line.plain:
            self._text(line)
        self.before = line

    # --- rows ---

    def _row(self, line: Line) -> None:
        mapped = any(text.casefold() == "mapping" for text in line.texts[1:])
        if not mapped and (self.place == Place.IN_DESCRIPTORS or is_descriptor_header(line)):
            self.place = Place.IN_DESCRIPTORS
            self.source.take(line)
        elif self.place in (Place.OUTSIDE, Place.IN_OTHER_TABLE) and is_contents_row(line):
            self.place = Place.IN_OTHER_TABLE
        elif is_outcomes_header(line):
            self._header(line)
        elif self._is_header_again(line):
            self._begin_table(line, self.columns.mapped)
        elif self.place == Place.IN_OUTCOMES and is_second_header(line):
            self.columns.head(line, mapped_columns(line.texts))
            self.source.take(line)
        elif key := key_at_start(line.texts[0]):
            self._outcome(line, key)
        elif self.place in (Place.IN_OUTCOMES, Place.BETWEEN_ROWS):
            self._continued(line)

    def _is_header_again(self, line: Line) -> bool:
        """Return whether an option stands over the very columns of the table above it."""
        heads = tuple(text.casefold() for text in line.texts[1:])
        return (
            any(heads) and heads == self.columns.heads and option_in(line.texts[0], line.span, loose=True) is not None
        )

    def _header(self, line: Line) -> None:
        mapped = mapped_columns(line.texts)
        if any(line.texts[1:]) and not mapped:
            self.place, self.unnamed = Place.IN_OTHER_TABLE, line
        else:
            self._begin_table(line, mapped or {1})

    def _begin_table(self, line: Line, mapped: set[int]) -> None:
        first, *others = line.texts
        self.source.take(line)
        if any(others) or self.place != Place.IN_OUTCOMES:
            self.columns.head(line, mapped)
        self.place = Place.IN_OUTCOMES
        text = CONTINUED.sub("", first if any(others) else _MAPPING_BEHIND.sub("", first)).strip()
        heading = option_in(text, line.span, loose=True) or self.sections.named_in(text, line.span)
        if heading is None and text and not _CORE.search(text) and not names_outcomes(text):
            heading = Named(line.span, None, *split_abbreviation(text))
        if heading or _CORE.search(text):
            self.sections.enter(line, heading, core=heading is None)
        self.sections.ensure().table = True
        if not any(others):
            self.source.warn("heading-in-cell", line.span, "The heading fills one cell; what follows is read under it.")

    def _outcome(self, line: Line, key: re.Match[str]) -> None:
        if self.place == Place.IN_OTHER_TABLE and not self._codes_under_another_name(line):
            return
        if self.place == Place.OUTSIDE and self.sections.all:
            raise self.source.unreadable(line.start, "an outcome stands outside any table that has a mapping.")
        self.place = Place.IN_OUTCOMES
        self.source.take(line)
        self.sections.add(line, key, self.columns.mapping(line), self.columns.further(line))

    def _codes_under_another_name(self, line: Line) -> bool:
        """Open a table none of whose columns is named as the mapping, if this row shows which one holds codes."""
        header, holding = self.unnamed, {index for index, text in enumerate(line.texts) if index and only_codes(text)}
        if header is None or not holding:
            return False
        self.unnamed = None
        self._begin_table(header, holding)
        called = ", ".join(header.texts[index] for index in sorted(holding))
        message = f"No column is called a mapping; codes stand under {called!r} and are read from there."
        self.source.warn("mapping-unnamed", header.span, message)
        return True

    def _continued(self, line: Line) -> None:
        """Read a row without a key: the rest of the outcome above it, over a page break."""
        first, last = line.texts[0], self.sections.last
        if not any(line.texts):
            return
        mapped = self.columns.mapped_text(line)
        if self.place == Place.BETWEEN_ROWS and first and not has_codes(mapped):
            return
        if last is None or (first and mapped and (_KEY_LATER.search(first) or not only_codes(mapped))):
            raise self.source.unreadable(line.start, _NO_KEY)
        if first and has_codes(mapped) and self.source.styled(line.spans[0]).bold_at_start() and self._described(last):
            raise self.source.unreadable(line.start, _NO_KEY)
        self.source.take(line)
        last.further += self.columns.further(line)
        self.sections.join(line, [line.spans[0]] if first else [], self.columns.mapping(line))

    def _described(self, row: DraftOutcome) -> bool:
        """Return whether the outcome has its description already, so that bold text begins something new."""
        return bool(title_and_description(self.source, row)[1])

    # --- lines that are no rows ---

    def _text(self, line: Line) -> None:
        if self.place in (Place.IN_OTHER_TABLE, Place.IN_DESCRIPTORS):
            self.place = Place.OUTSIDE
        text = CONTINUED.sub("", _MAPPING_BEHIND.sub("", line.plain) if "<" in line.raw else line.plain).strip()
        named = None if line.bullet else option_in(text, line.span)
        if named is None and (line.heading or split_abbreviation(text)[0].casefold() in self.sections.names):
            named = self.sections.named_in(text, line.span)
        if named:
            self.sections.enter(line, named, core=False)
            self.place = Place.BETWEEN_ROWS if self.place == Place.OUTSIDE else self.place
        elif line.heading and names_outcomes(line.plain):
            if _CORE.search(line.plain):
                self.sections.enter(line, None, core=True)
        elif line.heading:
            self.place = Place.OUTSIDE
        elif self.place in (Place.IN_OUTCOMES, Place.BETWEEN_ROWS) and not line.bullet:
            self._loose(line)

    def _loose(self, line: Line) -> None:
        """Read a line among the tables that is no row: part of one that a page break tore, or something else."""
        key, last = key_at_start(line.texts[0]), self.sections.last
        if key and (key["end"] or line.raw.lstrip().startswith("<p")):
            self._outcome(line, key)
        elif last and only_codes(line.plain):
            self.sections.join(line, [], list(line.spans))
        elif last and not last.mapping and self.before is last.line:
            self.sections.join(line, list(line.spans), [])
        else:
            self.place = Place.BETWEEN_ROWS
            if line.raw.lstrip().startswith("<p"):
                self.source.warn("leftover-text", line.span, "This stands between the rows of a table; it is not read.")


def _printed(named: Named | None) -> tuple[str | None, str, str | None] | None:
    return (named.label, named.name.casefold(), named.abbreviation) if named else None
