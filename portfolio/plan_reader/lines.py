"""Lines: a published plan's text as lines and table rows that know where they stand in the file."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from portfolio.domain.kernel import Unreadable
from portfolio.domain.plan import PlanWarning
from portfolio.plan_reader.html_tables import MOST_CELLS, TABLE, TableFaulty, cells, read_table
from portfolio.plan_reader.marks import left_out
from portfolio.plan_reader.markup import Span, Styled, styled

FURNITURE = re.compile(
    r"(?:page\s*)?[0-9]{1,3}(?:\s*(?:of|/)\s*[0-9]{1,3})?|[A-Z]{2,3}[0-9]{4}/V[0-9.]{1,6}", re.IGNORECASE
)
"""A page number or label, which may stand between the parts of anything."""

_HEAD = re.compile(
    r"(?P<strong>\bpage\s+[0-9]{1,3}(?:\s*(?:of|/)\s*[0-9]{1,3})?|\b[A-Z]{2,3}\s?[0-9]{4}\b(?:\s?/\s?V\s?[0-9.]{1,6})?"
    r"|\bdraft\b)|\b(?:preview|version|apprenticeship|assessment|plan|for|the|level|of|page)\b|\bv?[0-9][0-9.]*\b|[\W_]+",
    re.IGNORECASE,
)
_RULED = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|(?:=\s*){3,})")
_MOST_LINES = 20_000
_LONGEST_LINE = 10_000
_MOST_SIGNS = 100_000
_SIGNS = "*_<&[~^\\"
_MOST_WARNINGS = 2_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_PIPE = re.compile(r"(?<!\\)\|")
_QUOTED = re.compile(r" {0,3}(?:> ?)+")
_BREAK_BEHIND = re.compile(r"(?<!\\)\\\Z")
_SPACE = r"[ \t\xa0]"
_SIGN = r"[•‣▪▫◦●○■□◆◇➢➤►✓✔❖→»§⁃·\uf0a0-\uf0ff]|&(?:bull|middot|\#8226|\#xb7);"
_NUMBER = r"(?:\d{1,2}|[a-z]|[ivx]{1,4})"
_BULLET = re.compile(
    rf"(?:(?:{_SIGN}|\({_NUMBER}\)){_SPACE}*|(?:\\?[-*+]|[–—‐‑]|(?-i:o)|{_NUMBER}[.)]){_SPACE}+)"
    rf"(?:\[[ xX]?\]{_SPACE}+)?(?=\S)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}(?:\s+|(?=\*))")
_HEADING_NAME = re.compile(r"\{#[\w:.-]+\}\Z")
_RULE = frozenset("|-: \t")


class PlanUnreadable(Unreadable):
    """This text cannot be read as an apprenticeship assessment plan."""


@dataclass(frozen=True)
class Line:
    """One line, or row of an HTML table: its number from 1, its text as given, and its cells as plain text.

    There is one cell if it is no table row.
    """

    number: int
    start: int
    raw: str
    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    bullet: bool
    heading: bool

    @property
    def span(self) -> Span:
        """Where the line stands in the file."""
        return self.start, self.start + len(self.raw)

    @property
    def row(self) -> bool:
        """Whether it is a row of a table."""
        return len(self.spans) > 1

    @property
    def plain(self) -> str:
        """Its words, without markup."""
        return " ".join(filter(None, self.texts))

    @property
    def indent(self) -> int:
        """How far it is moved in."""
        return len(self.raw) - len(self.raw.lstrip())


class Source:
    """A plan's text, its lines, and the warnings that reading it leaves."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.title = ""
        self.warnings: list[PlanWarning] = []
        self.rows_read: set[int] = set()
        ends = [end.span() for end in _LINE_END.finditer(text)]
        if len(ends) > _MOST_LINES:
            raise PlanUnreadable(f"The text has more than {_MOST_LINES} lines, which no plan has.")
        self._starts = [0, *(end for _, end in ends)]
        self._stops = [*(start for start, _ in ends), len(text)]
        for number, (start, stop) in enumerate(zip(self._starts, self._stops, strict=True), 1):
            _check_length(number, start, stop)
        if sum(map(text.count, _SIGNS)) > _MOST_SIGNS:
            raise PlanUnreadable(f"The text has more than {_MOST_SIGNS:,} signs of markup, which no plan has.")
        marks = list(left_out(text))
        self._gaps = tuple(gap for mark in marks for gap in mark.gaps)
        self._barred = self._rows_without_outer_bars()
        self.lines = tuple(self._read_lines())
        rows = {line.number for line in self.lines if line.row}
        for mark in marks:
            if mark.code and (mark.code != "picture" or self.line_at(mark.span[0]) in rows):
                self.warn(mark.code, mark.span, mark.message)

    def line_at(self, offset: int) -> int:
        """Return the number from 1 of the line that has the character at ``offset``."""
        return bisect_right(self._starts, offset)

    def raw(self, span: Span) -> str:
        """Return what the file has there."""
        return self.text[span[0] : span[1]]

    def warn(self, code: str, span: Span, message: str) -> None:
        """Note an oddity at ``span``."""
        self.note(code, self.line_at(span[0]), self.raw(span), message)

    def note(self, code: str, line: int, raw: str, message: str) -> None:
        """Note an oddity on a line."""
        if len(self.warnings) == _MOST_WARNINGS:
            raise PlanUnreadable(
                f"Line {line}: the text has more than {_MOST_WARNINGS:,} oddities that a person would have to rule on."
            )
        self.warnings.append(PlanWarning(code=code, line=line, raw=raw.strip(), message=message))

    def take(self, row: Line) -> None:
        """Note that a row is read, and its table known."""
        self.rows_read.add(row.start)

    def unreadable(self, offset: int, reason: str) -> PlanUnreadable:
        """Return the refusal that names the line of ``offset``."""
        return PlanUnreadable(f"Line {self.line_at(offset)}: {reason}")

    def styled(self, *spans: Span, seam: str = " ") -> Styled:
        """Return these pieces without markup, joined by ``seam``; bold that is left open goes on in the next piece."""
        return styled(self.text, spans, self._gaps, seam)

    def is_furniture(self, line: Line) -> bool:
        """Return whether a line is the page's and not the author's: a page number, a rule, a running head or foot."""
        if line.bullet or not line.plain:
            return False
        if all(FURNITURE.fullmatch(text) for text in line.texts if text) or _RULED.fullmatch(line.raw):
            return True
        words = line.plain
        if self.title:
            words = re.sub(re.escape(self.title), "", words, flags=re.IGNORECASE)
        strong = words != line.plain or any(part["strong"] for part in _HEAD.finditer(words))
        return strong and not _HEAD.sub("", words)

    # --- lines and rows ---

    def _read_lines(self) -> Iterator[Line]:
        at = 0
        while opening := TABLE.search(self.text, at):
            yield from self._text_lines(at, opening.start())
            try:
                rows, at = read_table(self.text, opening)
            except TableFaulty as fault:
                raise self.unreadable(fault.offset, fault.reason) from fault
            for row, spans in zip(rows, cells(self.text, rows), strict=True):
                number = self.line_at(row[0])
                texts = self._texts(number, spans)
                yield Line(number, row[0], self.raw(row), spans, texts, bullet=False, heading=False)
        yield from self._text_lines(at, len(self.text))

    def _text_lines(self, start: int, stop: int) -> Iterator[Line]:
        for number in range(self.line_at(start), self.line_at(stop) + 1):
            begin, end = max(self._starts[number - 1], start), min(self._stops[number - 1], stop)
            whole = begin == self._starts[number - 1] and end == self._stops[number - 1]
            if whole or self.text[begin:end].strip():
                yield self._line(number, begin, end)

    def _line(self, number: int, start: int, stop: int) -> Line:
        raw = self.text[start:stop]
        bare = raw.strip()
        if not bare.strip("> "):
            return Line(number, start, raw, (), (), bullet=False, heading=False)
        quoted = _QUOTED.match(raw)
        begin = start + (quoted.end() if quoted else len(raw) - len(raw.lstrip()))
        stop -= _BREAK_BEHIND.search(raw) is not None
        heading = _HEADING.match(self.text, begin, stop)
        bullet = None if _RULED.fullmatch(raw) else _BULLET.match(self.text, begin, stop)
        listed = bullet and "\t" in bullet[0] and "\t" not in self.text[bullet.end() : stop].rstrip()
        if self.text.startswith("|", begin) or number in self._barred:
            spans = () if set(bare) <= _RULE else _pipe_cells(self.text[begin:stop], begin)
        elif "\t" in raw and not listed:
            spans = _tab_cells(self.text[begin if quoted else start : stop], begin if quoted else start)
        else:
            spans = ((begin, stop),)
        if len(spans) == 1 and not bare.startswith("|"):
            mark = heading or bullet
            spans = ((mark.end() if mark else begin, stop),)
        else:
            heading = bullet = None
        texts = self._texts(number, spans)
        if heading:
            texts = (_without_end_of_heading(texts[0]),)
        return Line(number, start, raw, spans, texts, bullet is not None, heading is not None)

    def _texts(self, number: int, spans: tuple[Span, ...]) -> tuple[str, ...]:
        if len(spans) > MOST_CELLS:
            raise PlanUnreadable(f"Line {number}: a row of a table has more than {MOST_CELLS} cells.")
        for start, stop in spans:
            _check_length(number, start, stop)
        return tuple(str(self.styled(span)) for span in spans)

    def _rows_without_outer_bars(self) -> frozenset[int]:
        """Return the numbers of lines that are rows because a rule of dashes and bars stands under the first."""
        rows: set[int] = set()
        end = 0
        texts = [self.text[start:stop] for start, stop in zip(self._starts, self._stops, strict=True)]
        for number, (above, rule) in enumerate(pairwise(texts), 1):
            if number >= end and "-" in rule and "|" in rule and "|" in above and set(rule.strip()) <= _RULE:
                below = takewhile(lambda text: "|" in text or not text.strip(), texts[number:])
                end = number + 1 + len(list(below))
                rows.update(range(number, end))
        return frozenset(rows)


def _check_length(number: int, start: int, stop: int) -> None:
    if stop - start > _LONGEST_LINE:
        raise PlanUnreadable(
            f"Line {number}: a line or cell has more than {_LONGEST_LINE:,} characters, which none of a plan has: "
            "break the text into lines."
        )


def _without_end_of_heading(text: str) -> str:
    bare = text.rstrip("# ")
    name = _HEADING_NAME.search(bare, max(bare.rfind("{#"), 0))
    return bare[: name.start()].rstrip() if name else bare


def _tab_cells(raw: str, start: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for cell in raw.split("\t"):
        spans.append((start, start + len(cell)))
        start += len(cell) + 1
    filled = raw.rstrip().count("\t") + 1
    del spans[max(filled, 2) :]
    return tuple(spans)


def _pipe_cells(raw: str, start: int) -> tuple[Span, ...]:
    bars = [bar.start() for bar in _PIPE.finditer(raw)]
    if not raw.startswith("|"):
        bars.insert(0, -1)
    if raw[bars[-1] + 1 :].strip():
        bars.append(len(raw))
    return tuple((start + left + 1, start + right) for left, right in pairwise(bars))
