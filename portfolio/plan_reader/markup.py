"""Markup: the characters of a text without Markdown and HTML, each with its boldness and its place in the file."""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

Span = tuple[int, int]
"""Where a piece of the text begins and ends, in characters of the whole file."""

SOFT = "\u2028"
"""A line break inside a cell (``<br>``, or the seam of a cell that a page break split)."""

HARD = "\u2029"
"""The end of a paragraph inside a cell."""

_MARK = re.compile(
    r"(?P<tag></?[A-Za-z](?:[^<>\"']|\"[^\"\n]*\"|'[^'\n]*')*>|<!--[^<>]*-->)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<stars>\*{2,})"  # a single one is printed
    r"|(?P<bars>_+)"
)
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_DIRECTIONS = [*range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_INVISIBLE = dict.fromkeys([*map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"), *_DIRECTIONS])


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
    barred: bool = False
    underscored: bool = False
    at_seam: bool = False

    @property
    def now_bold(self) -> bool:
        """Whether the next character is bold."""
        return self.starred or self.barred or self.depth > 0

    @property
    def before(self) -> str:
        """The character written last."""
        return self.text[-1] if self.text else " "

    def put(self, chars: str, span: Span) -> None:
        """Add what stands at ``span``."""
        for char in chars.translate(_INVISIBLE):
            if self.at_seam and char.isspace():
                continue
            self.at_seam = False
            self.text.append(" " if char.isspace() else char)
            self.bold.append(self.now_bold)
            self.spans.append(span)

    def plain(self, text: str, start: int, end: int) -> None:
        """Add characters of the file that are no markup."""
        if start == end:
            return
        while start < end and self.at_seam:
            self.put(text[start], (start, start + 1))
            start += 1
        shown = [at for at in range(start, end) if ord(text[at]) not in _INVISIBLE]
        self.text += [" " if text[at].isspace() else text[at] for at in shown]
        self.bold += [self.now_bold] * len(shown)
        self.spans += [(at, at + 1) for at in shown]

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
        before = self.before
        opens = closable and not after.isspace() and (after.isalnum() or after in "<(\\" or not before.isalnum())
        if not (self.starred or opens):
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

    def bars(self, length: int, at: int, after: str, closable: bool) -> None:
        """Tell underscores that are printed from those that switch bold and italics; inside a word they are printed."""
        opens = closable and not self.before.isalnum() and not after.isspace()
        closes = not after.isalnum() and (self.barred if length > 1 else self.underscored)
        if not (opens or closes):
            self.put("_" * length, (at, at + length))
            return
        if length % 2:
            self.underscored = not self.underscored
        if length // 2 % 2:
            self.barred = not self.barred


def styled(text: str, spans: Sequence[Span], gaps: Sequence[Span], seam: str = " ") -> Styled:
    """Return these pieces without markup and without the ``gaps``, joined by ``seam``.

    Bold that is left open goes on in the next piece.
    """
    writer = _Writer()
    parts = [(first, start, end) for span in spans for first, start, end in _around(span, gaps)]
    marks = [list(_MARK.finditer(text, start, end)) for _, start, end in parts]
    left = {name: sum(len(mark[name] or "") > 1 for part in marks for mark in part) for name in ("stars", "bars")}
    single = sum(len(mark["bars"] or "") % 2 for part in marks for mark in part)
    for (first, start, end), part in zip(parts, marks, strict=True):
        if first:
            writer.seam(seam, start)
        at = start
        for mark in part:
            writer.plain(text, at, mark.start())
            at = mark.end()
            after = text[at] if at < end else " "
            if mark["tag"]:
                writer.tag(mark["tag"], mark.start())
            elif mark["entity"]:
                writer.put(html.unescape(mark["entity"]), mark.span())
            elif mark["escape"]:
                writer.put(mark["escape"][1], mark.span())
            elif mark["stars"]:
                left["stars"] -= len(mark["stars"]) > 1
                writer.stars(len(mark["stars"]), mark.start(), after, closable=left["stars"] > 0)
            else:
                length = len(mark["bars"])
                left["bars"] -= length > 1
                single -= length % 2
                writer.bars(length, mark.start(), after, closable=(left["bars"] if length > 1 else single) > 0)
        writer.plain(text, at, end)
    return Styled("".join(writer.text), tuple(writer.bold), tuple(writer.spans))


def _around(span: Span, gaps: Sequence[Span]) -> Iterator[tuple[bool, int, int]]:
    """Yield what the gaps leave of a span: whether it is the first part, its start and its end."""
    start, end = span
    first = True
    for index in range(bisect_left(gaps, start, key=itemgetter(1)), len(gaps)):
        gap_start, gap_end = gaps[index]
        if gap_start >= end:
            break
        if gap_end > start:
            yield first, start, max(gap_start, start)
            first, start = False, min(gap_end, end)
    yield first, start, end
