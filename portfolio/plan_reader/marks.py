"""Marks: what stands in a text and is not read as its words, such as note marks, struck text, links and pictures."""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from portfolio.plan_reader.markup import Span

_RAISED = "¹²³⁰⁴⁵⁶⁷⁸⁹ⁱ"
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"
_ENTITIES = r"&(?:sup[123]|#(?:185|178|179)|#[xX](?:[bB]9|[bB]2|[bB]3));"
_NOTE_OR_STRUCK = re.compile(
    r"<(?P<raised>sup|sub|ref)\b[^<>\n]*>(?P<inner>[^\n]{0,200}?)</(?P=raised)\s*>"
    r"|<(?P<struck>del|s|strike)\b[^<>\n]*+>"
    r"|<(?P<hidden>[a-z]{1,10})\b(?=[^<>\n]*(?:line-through|display\s*:\s*none|visibility\s*:\s*hidden))[^<>\n]*+>"
    r"|(?P<crossed>~~(?=\S)[^~\n]+~~)"
    r"|(?:(?<=[^\s>])|(?<=</b>)|(?<=</strong>))<(?P<small>span|small|font|a)\b(?P<how>[^<>\n]*)>\s*[\[(]?[0-9]{1,3}[\])]?\s*</(?P=small)\s*>"
    r"|!\[(?P<alt>[^\[\]\n]*)\]\([^()\n]*\)"
    r"|(?P<footnote>\[\^[^\]\s]{1,40}\])"
    r"|(?<=[^\s(\[!])\\?\[(?:[0-9]{1,3}|<sup>[^<>\n]*</sup>)\\?\](?P<numbered>(?:\([^()\s]*\))?)"
    r"|(?<!\\)\[(?P<linked>(?:[^\[\]\\\n]|\\.)+)\](?P<to>\((?:[^()\s]*)(?:\s+\"[^\"\n]*\")?\))"
    rf"|(?P<character>[{_RAISED}]+|{_ENTITIES}|[{_LOWERED}]+|[†‡]+|&[dD]agger;)"
    r"|(?P<caret>\$?\^(?:\{[^{}\s]{1,6}\}|[0-9a-z]{1,2}\^|[0-9]{1,2})\$?)",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</(?P<name>[a-z]{1,10})\s*>|\n", re.IGNORECASE)
_SIGN = re.compile(r"(?:[0-9]{1,3}|[a-z]|[ivx]{1,4}|[†‡§¶#]{1,3})(?:,[0-9]{1,3}|,[a-z])*", re.IGNORECASE)
_AROUND_SIGN = re.compile(r"<[^<>]*>|[\s\[\]()\\]")
_UNIT = re.compile(r"(?<![A-Za-z])[cmk]?m\Z")
_CODE_OR_KEY = re.compile(r"(?<![A-Za-z])(?:[KSB]|AO)\s?[0-9]{1,3}\*?(?:</?\w+>)*\Z")
_FORMULA = re.compile(r"(?<![A-Za-z])(?:[A-Z][a-z]?){1,4}\Z")
_SHOWN = 30


@dataclass(frozen=True)
class LeftOut:
    """What is not read as words: where, the parts of it that are left out, and the warning it deserves, if any."""

    span: Span
    gaps: tuple[Span, ...]
    code: str = ""
    message: str = ""


class _Closings:
    """Where tags are closed: each is looked up, so that an open one costs no search of the rest of its line."""

    def __init__(self, text: str) -> None:
        self._ends: dict[str, list[int]] = {}
        self._places: dict[str, list[int]] = {}
        for closing in _CLOSING.finditer(text):
            name = (closing["name"] or "\n").lower()
            self._places.setdefault(name, []).append(closing.start())
            self._ends.setdefault(name, []).append(closing.end())

    def after(self, at: int, name: str) -> int | None:
        """Return where the next closing tag of this name ends, None if there is none on this line."""
        place, ends = self._next(name.lower(), at), self._ends.get(name.lower(), ())
        line_end = self._next("\n", at)
        if place is None or (line_end is not None and self._places["\n"][line_end] < self._places[name.lower()][place]):
            return None
        return ends[place]

    def _next(self, name: str, at: int) -> int | None:
        places = self._places.get(name, [])
        index = bisect_left(places, at)
        return index if index < len(places) else None


def left_out(text: str) -> Iterator[LeftOut]:
    """Yield note marks, struck text, pictures and the markup of links, in order of place."""
    closings = _Closings(text)
    at = 0
    while mark := _NOTE_OR_STRUCK.search(text, at):
        at = mark.end()
        if name := mark["struck"] or mark["hidden"]:
            closing = closings.after(at, name)
            if closing is None:
                at = mark.start() + 1
                continue
            at = closing
            span = (mark.start(), closing)
            message = f"{text[slice(*span)]!r} is struck out or hidden; it is not read."
            yield LeftOut(span, (span,), "struck-text", message)
            continue
        before = text[max(0, mark.start() - _SHOWN) : mark.start()]
        if mark["alt"] is not None:
            yield LeftOut(mark.span(), (mark.span(),), "picture", "A picture stands here; what it shows is not read.")
        elif mark["linked"]:
            inner = mark.span("linked")
            yield LeftOut(mark.span(), ((mark.start(), inner[0]), (inner[1], mark.end())))
        elif mark["crossed"]:
            message = f"{mark[0]!r} is struck out or hidden; it is not read."
            yield LeftOut(mark.span(), (mark.span(),), "struck-text", message)
        elif _is_note_mark(mark, before):
            yield LeftOut(mark.span(), (mark.span(),), "note-mark", _note_message(mark, before))


def _note_message(mark: re.Match[str], before: str) -> str:
    words = before.split("\n")[-1].split(">")[-1].split()
    return f"{mark[0]!r}{f' after {words[-1]!r}' if words else ''} is read as a note mark; the note is not read."


def _is_note_mark(mark: re.Match[str], before: str) -> bool:
    """Return whether it calls a note: not the power of a unit, an index in a formula or the number of a note itself."""
    if mark["raised"]:
        sign = _AROUND_SIGN.sub("", html.unescape(mark["inner"]))
        lowered = mark["raised"].lower() == "sub"
        if not _SIGN.fullmatch(sign) or (sign in ("2", "3") and _UNIT.search(before)):
            return False
        return not lowered or not _in_formula(before)
    if mark["small"]:
        return mark["small"].lower() == "small" or re.search(r"super|note|href=.?#", mark["how"]) is not None
    if mark["footnote"]:
        return bool(before.split("\n")[-1].strip())
    if mark["character"]:
        if mark["character"][0] in _LOWERED:
            return not _in_formula(before)
        return not (html.unescape(mark["character"]) in ("²", "³") and _UNIT.search(before))
    return True


def _in_formula(before: str) -> bool:
    return _FORMULA.search(before) is not None and _CODE_OR_KEY.search(before) is None
