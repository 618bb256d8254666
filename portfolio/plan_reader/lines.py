"""Lines: a published plan's text as lines, table cells and characters that know where they stand in the file."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from portfolio.domain.kernel import Unreadable
from portfolio.domain.plan import PlanWarning

Span = tuple[int, int]
"""Where a piece of the text begins and ends, in characters of the whole file."""

FURNITURE = re.compile(
    r"(?:page\s*)?[0-9]{1,3}(?:\s*(?:of|/)\s*[0-9]{1,3})?|[A-Z]{2,3}[0-9]{4}/V[0-9.]{1,6}", re.IGNORECASE
)
"""A page number or running head, which may stand between the parts of anything."""

SOFT = "\u2028"
"""A line break inside a cell (``<br>``, or the seam of a cell that a page break split)."""

HARD = "\u2029"
"""The end of a paragraph inside a cell."""

_MOST_LINES = 20_000
_MOST_CELLS = 50
_LINE_END = re.compile(r"\r\n|\r|\n")
_PIPE = re.compile(r"(?<!\\)\|")
_BULLET = re.compile(r"(?:[-*+•·‣▪◦–]|\d{1,2}[.)]|[a-z][.)])[ \t\xa0]+(?=\S)")
_HEADING = re.compile(r"#{1,6}(?:\s+|(?=\*))")
_MARK = re.compile(
    r"(?P<tag></?[A-Za-z][^<>]*>|<!--[^<>]*-->)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<stars>\*+)"
)
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_RULE = frozenset("|-: \t")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


class PlanUnreadable(Unreadable):
    """This text cannot be read as an apprenticeship assessment plan."""


def folded(text: str) -> str:
    """Return the text with every run of white space as one space and none at its ends."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Styled:
    """Text without its markup: for each character whether it is printed bold, and its span in the file."""

    text: str
    bold: tuple[bool, ...]
    spans: tuple[Span, ...]

    def cut(self, start: int, end: int | None = None) -> "Styled":
        """Return the characters from ``start`` up to ``end``."""
        return Styled(self.text[start:end], self.bold[start:end], self.spans[start:end])

    def span(self, start: int, end: int) -> Span:
        """Return where the characters from ``start`` up to ``end`` (at least one) stand in the file."""
        return self.spans[start][0], self.spans[end - 1][1]

    def bold_at_start(self) -> bool:
        """Return whether the first word is bold."""
        return next((bold for char, bold in zip(self.text, self.bold, strict=True) if not char.isspace()), False)

    def bold_runs(self) -> Iterator[Span]:
        """Yield start and end of each bold run; white space never ends a run, nor begins one."""
        start, end = -1, -1
        for index, char in enumerate(self.text):
            if char.isspace():
                continue
            if self.bold[index]:
                start, end = (index if start < 0 else start), index + 1
            elif start >= 0:
                yield start, end
                start = -1
        if start >= 0:
            yield start, end

    def __str__(self) -> str:
        return folded(self.text)


@dataclass(frozen=True)
class Line:
    """One line: its number from 1, its text as given, and its cells (one, if it is no table row) as plain text."""

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


@dataclass
class _Writer:
    """Collects characters while markup goes by."""

    text: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opened: dict[str, list[bool]] = field(default_factory=dict)
    depth: int = 0
    starred: bool = False
    slanted: bool = False
    at_seam: bool = False

    def put(self, chars: str, span: Span) -> None:
        """Add what stands at ``span``."""
        for char in chars.translate(_INVISIBLE):
            if self.at_seam and char.isspace():
                continue
            self.at_seam = False
            self.text.append(" " if char.isspace() else char)
            self.bold.append(self.starred or self.depth > 0)
            self.spans.append(span)

    def stop(self, mark: str, at: int) -> None:
        """Add a break of our own."""
        if not self.at_seam:
            self.text.append(mark)
            self.bold.append(False)
            self.spans.append((at, at))

    def seam(self, mark: str, at: int) -> None:
        """Join the next piece: white space and breaks on both sides are the page's, not the author's."""
        while self.text and self.text[-1].isspace():
            self.text.pop()
            self.bold.pop()
            self.spans.pop()
        if self.text:
            self.stop(mark, at)
        self.at_seam = True

    def tag(self, tag: str, at: int) -> None:
        """Note what a tag does to boldness and paragraphs."""
        named = _TAG_NAME.match(tag)
        if named is None:
            return
        name = named[1].lower()
        if name == "br":
            self.stop(SOFT, at)
        elif name in _BLOCKS:
            self.stop(HARD, at)
        if tag.endswith("/>"):
            return
        stack = self.opened.setdefault(name, [])
        if tag.startswith("</"):
            self.depth -= int(stack.pop()) if stack else 0
        else:
            stack.append(name in ("b", "strong") or _BOLD_STYLE.search(tag) is not None)
            self.depth += int(stack[-1])

    def stars(self, length: int, at: int, after: str, closable: bool) -> None:
        """Tell asterisks that are printed from those that switch bold on and off, by their number and neighbours."""
        before = self.text[-1] if self.text else " "
        opens = closable and not after.isspace() and (after.isalnum() or after in "<(\\" or not before.isalnum())
        if length == 1 or not (self.starred or opens):
            self.put("*" * length, (at, at + length))
            return
        if length % 2 and not self.starred and not before.isalnum():
            self.slanted = True
        elif length % 2 and self.slanted:
            self.slanted = False
        elif length % 2:
            self.put("*", (at, at + 1))
        if length // 2 % 2:
            self.starred = not self.starred


class Source:
    """A plan's text, its lines, and the notes that reading it leaves."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.warnings: list[PlanWarning] = []
        ends = [found.span() for found in _LINE_END.finditer(text)]
        if len(ends) > _MOST_LINES:
            raise PlanUnreadable(f"The text has more than {_MOST_LINES} lines, which no plan has.")
        self._starts = [0, *(end for _, end in ends)]
        stops = [*(start for start, _ in ends), len(text)]
        self.lines = tuple(
            self._line(number, start, stop)
            for number, (start, stop) in enumerate(zip(self._starts, stops, strict=True), 1)
        )

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
        self.warnings.append(PlanWarning(code=code, line=line, raw=raw.strip(), message=message))

    def unreadable(self, offset: int, reason: str) -> PlanUnreadable:
        """Return the refusal that names the line of ``offset``."""
        return PlanUnreadable(f"Line {self.line_at(offset)}: {reason}")

    def styled(self, *spans: Span, seam: str = " ") -> Styled:
        """Return these pieces without markup, joined by ``seam``; bold that is left open goes on in the next piece."""
        writer = _Writer()
        marks = [list(_MARK.finditer(self.text, *span)) for span in spans]
        switches = sum(len(mark["stars"] or "") > 1 for piece in marks for mark in piece)
        for (start, end), piece in zip(spans, marks, strict=True):
            writer.seam(seam, start)
            for mark in piece:
                self._plain(writer, start, mark.start())
                start = mark.end()
                if mark["tag"]:
                    writer.tag(mark["tag"], mark.start())
                elif mark["entity"]:
                    writer.put(html.unescape(mark["entity"]), mark.span())
                elif mark["escape"]:
                    writer.put(mark["escape"][1], mark.span())
                else:
                    switches -= len(mark["stars"]) > 1
                    after = self.text[mark.end()] if mark.end() < end else " "
                    writer.stars(len(mark["stars"]), mark.start(), after, closable=switches > 0)
            self._plain(writer, start, end)
        return Styled("".join(writer.text), tuple(writer.bold), tuple(writer.spans))

    def _plain(self, writer: _Writer, start: int, end: int) -> None:
        while start < end and writer.at_seam:
            writer.put(self.text[start], (start, start + 1))
            start += 1
        shown = [at for at in range(start, end) if ord(self.text[at]) not in _INVISIBLE]
        writer.text += [" " if self.text[at].isspace() else self.text[at] for at in shown]
        writer.bold += [writer.starred or writer.depth > 0] * len(shown)
        writer.spans += [(at, at + 1) for at in shown]

    def _line(self, number: int, start: int, stop: int) -> Line:
        raw = self.text[start:stop]
        bare = raw.strip()
        if not bare:
            return Line(number, start, raw, (), (), bullet=False, heading=False)
        if bare.startswith("|"):
            spans = () if set(bare) <= _RULE else _pipe_cells(raw, start)
        elif "\t" in raw:
            spans = _tab_cells(raw, start)
        else:
            spans = ((start, stop),)
        if len(spans) > _MOST_CELLS:
            raise PlanUnreadable(f"Line {number}: a row of a table has more than {_MOST_CELLS} cells.")
        heading = bullet = None
        if len(spans) == 1 and not bare.startswith("|"):
            begin = start + len(raw) - len(raw.lstrip())
            heading = _HEADING.match(self.text, begin, stop)
            bullet = _BULLET.match(self.text, begin, stop)
            found = heading or bullet
            spans = ((found.end() if found else begin, stop),)
        texts = tuple(str(self.styled(span)) for span in spans)
        if heading:
            texts = (texts[0].rstrip("# "),)
        return Line(number, start, raw, spans, texts, bullet is not None, heading is not None)


def _tab_cells(raw: str, start: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for cell in raw.split("\t"):
        spans.append((start, start + len(cell)))
        start += len(cell) + 1
    filled = raw.rstrip().count("\t") + 1
    del spans[max(filled, 2) :]
    return tuple(spans)


def _pipe_cells(raw: str, start: int) -> tuple[Span, ...]:
    bars = [found.start() for found in _PIPE.finditer(raw)]
    if raw[bars[-1] + 1 :].strip():
        bars.append(len(raw))
    return tuple((start + left + 1, start + right) for left, right in pairwise(bars))
