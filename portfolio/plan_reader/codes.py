"""Codes: what the mapping column of an outcomes table says, code by code."""

import re
from collections.abc import Iterator

from portfolio.domain.kernel import changed
from portfolio.domain.plan import Mapping
from portfolio.plan_reader.lines import Source
from portfolio.plan_reader.markup import HARD, SOFT, Span, Styled, folded

MOST_IN_RANGE = 200
"""A range of more codes is of no plan."""

_STARS = r"\s{0,3}[*∗＊⁎]+"
_CODE = re.compile(
    r"(?<![A-Za-z])(?P<letter>[KSB])\s{0,2}(?P<number>[0-9]{1,3})(?![0-9])"
    rf"(?P<star>{_STARS})?"
    r"(?: {0,3}(?:[-‐‑‒–—−…]|\.{2,3}|\bto\b|\bthrough\b)\s{0,3}"
    rf"(?P<last_letter>[KSB])?\s{{0,2}}(?P<last_number>[0-9]{{1,3}})(?![0-9])(?P<last_star>{_STARS})?)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,;/.&+•·]+")
_HARMLESS = re.compile(r"(?:and|knowledge|skills?):?", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w/.])[0-9]{1,3}(?![\w/%])")
_SEPARATOR = re.compile(r"[,;]")


def only_codes(text: str) -> bool:
    """Return whether the text is a list of codes and nothing else."""
    return _CODE.search(text) is not None and not any(_leftover(_CODE.sub(" ", text)))


def has_codes(text: str) -> bool:
    """Return whether a code stands in the text."""
    return _CODE.search(text) is not None


def read_codes(source: Source, column: Styled, outcome: str) -> tuple[Mapping, ...]:
    """Return the codes of one outcome's mapping cell in printed order, each once, and note every oddity.

    A behaviour code is noted and left out. A range that runs backwards, or from one letter to another, is refused.
    """
    mappings: dict[str, Mapping] = {}
    before = end = 0
    for item in _CODE.finditer(column.text):
        _between(source, column, (before, end), item.span(), outcome)
        before, end = item.span()
        raw = column.span(*item.span())
        for code, mapping in _written_out(source, column, item, outcome):
            if code in mappings:
                source.warn("code-doubled", raw, f"{code} stands twice under {outcome}; it is counted once.")
                both = mappings[code]
                mapping = changed(
                    both,
                    mandatory=both.mandatory or mapping.mandatory,
                    english_maths=both.english_maths or mapping.english_maths,
                )
            mappings[code] = mapping
    if not mappings and (bare := _BARE.search(column.text)):
        raise source.unreadable(column.spans[bare.start()][0], f"the mapping of {outcome} has numbers without K or S.")
    _between(source, column, (before, end), (len(column.text), len(column.text)), outcome)
    return tuple(mappings.values())


def _written_out(source: Source, column: Styled, item: re.Match[str], outcome: str) -> Iterator[tuple[str, Mapping]]:
    """Yield each code of a single code or range."""
    raw = column.span(*item.span())
    shown = source.raw(raw)
    letter, first = item["letter"].casefold().upper(), int(item["number"])
    last = int(item["last_number"] or first)
    if last < first or (item["last_letter"] or letter).casefold().upper() != letter:
        raise source.unreadable(raw[0], f"{folded(item[0])!r} under {outcome} is no range of codes.")
    if last - first >= MOST_IN_RANGE:
        raise source.unreadable(
            raw[0], f"{folded(item[0])!r} under {outcome} is a range of more than {MOST_IN_RANGE} codes."
        )
    if letter == "B":
        source.warn("behaviour-code", raw, f"{shown} under {outcome} is a behaviour, which is not assessed; left out.")
        return
    if "0" in (item["number"][0], (item["last_number"] or "1")[0]):
        source.warn("leading-zero", raw, f"{shown} under {outcome} is written with a zero; it is read without.")
    starred = {number for name, number in (("star", first), ("last_star", last)) if item[name]}
    if len(starred) == 1 and first != last:
        source.warn("asterisk-on-range", raw, f"The asterisk of {shown} under {outcome} is read for one end only.")
    if len(starred) == 2:
        starred = set(range(first, last + 1))
    for name in ("star", "last_star"):
        if item[name] and len(item[name].strip()) > 1:
            source.warn("asterisk-unexplained", raw, f"{shown} under {outcome} carries more than one asterisk.")
    mandatory = _mandatory(source, column, item, outcome)
    for number in range(first, last + 1):
        yield (
            f"{letter}{number}",
            Mapping(
                code=f"{letter}{number}",
                mandatory=mandatory,
                english_maths=number in starred,
                raw=shown,
                line=source.line_at(raw[0]),
            ),
        )


def _mandatory(source: Source, column: Styled, item: re.Match[str], outcome: str) -> bool:
    """Return whether the code is bold; one that is bold in part counts, the stricter reading, and is noted."""
    names = [name for name in ("letter", "number", "last_letter", "last_number") if item[name]]
    bold = {column.bold[index] for name in names for index in range(*item.span(name))}
    if len(bold) > 1:
        raw = column.span(*item.span())
        source.warn("partly-bold", raw, f"{item[0]} under {outcome} is bold only in part; it is read as mandatory.")
    return True in bold


def _between(source: Source, column: Styled, before: Span, after: Span, outcome: str) -> None:
    """Note what is odd between two codes, or before the first or after the last."""
    gap = column.text[before[1] : after[0]]
    at_end = before[0] == before[1] or after[0] == after[1]
    leftover = list(_leftover(gap))
    if leftover:
        span = column.span(before[1] + leftover[0][0], before[1] + leftover[-1][1])
        source.warn("leftover-text", span, f"{source.raw(span)!r} in the mapping of {outcome} is no code.")
        return
    around = (before[0], max(after[1], before[1]))
    if len(_SEPARATOR.findall(gap)) > (0 if at_end else 1):
        source.warn("empty-item", column.span(*around), f"The mapping of {outcome} has an item with nothing in it.")
    elif not at_end and not gap.strip(" "):
        source.warn("missing-comma", column.span(*around), f"Two codes of {outcome} stand without a comma between.")


def _leftover(text: str) -> Iterator[Span]:
    """Yield where something stands that is neither a code nor what may separate codes, nor a dash before an item."""
    for word in _WORD.finditer(text):
        bullet = word[0] in ("-", "–", "—") and text[: word.start()].rstrip(" ")[-1:] in ("", SOFT, HARD)
        if not (bullet or _HARMLESS.fullmatch(word[0])):
            yield word.span()
