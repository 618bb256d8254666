"""Headers: which rows head a table, of outcomes, of performance descriptors or of something else."""

import re

from portfolio.plan_reader.codes import has_codes
from portfolio.plan_reader.lines import Line
from portfolio.plan_reader.options import option_in

_PREFIX = r"Option\s+\w{1,3}|[A-Z][A-Z0-9&/+'.]{0,11}(?:\s{1,2}[A-Z0-9&/+'.]{1,12}){0,2}"
_KEY = re.compile(
    rf"\s{{0,3}}(?:\(?(?P<prefix>{_PREFIX})\)?\s{{0,2}}[\s:–—-]\s{{0,2}})?"
    r"AO\s{0,2}(?P<number>[0-9]{1,3}(?:\.[0-9]{1,2})?[A-Z]?)\b\s{0,3}(?P<end>[):.–—-]{0,2})",
    re.IGNORECASE,
)
_MAPPED = re.compile(
    r"\b(?:mapping|mapped|knowledge|skills?|ksbs?|codes?|statements?)\b|\A(?:[KS]s?|K ?(?:&|and|/) ?S)\Z", re.IGNORECASE
)
_MAPPING = re.compile(r"\bmapp(?:ing|ed)\b", re.IGNORECASE)
_DESCRIBED = re.compile(r"\b(?:titles?|descriptions?|details?|outcomes?|summary|statements?|what|how)\b", re.IGNORECASE)
_OUTCOMES = re.compile(r"\boutcomes?\b", re.IGNORECASE)
_GRADE = re.compile(r"fail|pass|credit|merit|distinction", re.IGNORECASE)
_CATEGORY = re.compile(r"\bcategor(?:y|ies)\b|\bperformance (?:descriptors?|areas?|criteria)\b", re.IGNORECASE)
_PAGE = re.compile(r"(?:page\s*|p\.\s*)?(?:[0-9]{1,3}|[ivx]{1,5})", re.IGNORECASE)
_WORDS = 8


def is_short(text: str, pattern: re.Pattern[str]) -> bool:
    """Return whether the text is no longer than a heading and has what the pattern looks for."""
    return len(text.split()) <= _WORDS and pattern.search(text) is not None


def names_outcomes(text: str) -> bool:
    """Return whether it could head outcomes."""
    return is_short(text, _OUTCOMES)


def key_at_start(text: str) -> re.Match[str] | None:
    """Return the outcome key, with its prefix, with which a text begins."""
    return _KEY.match(text)


def is_contents_row(line: Line) -> bool:
    """Return whether a row of a list of contents stands there: words, then the number of a page and nothing more."""
    filled = [text for text in line.texts if text]
    return len(filled) > 1 and _PAGE.fullmatch(filled[-1]) is not None and not _PAGE.fullmatch(filled[-2])


def is_grade(text: str) -> bool:
    """Return whether the text is the name of a grade."""
    return _GRADE.fullmatch(text) is not None


def is_descriptor_header(line: Line) -> bool:
    """Return whether the row heads the table of performance descriptors."""
    first, others = line.texts[0], line.texts[1:]
    if is_contents_row(line):
        return False
    named = is_short(first, _CATEGORY) and any(others) and not any(has_codes(text) for text in others)
    return named or (len(first.split()) <= _WORDS and any(_GRADE.fullmatch(text) for text in others))


def is_outcomes_header(line: Line) -> bool:
    """Return whether the row heads a table of outcomes, or one that looks like it."""
    first, others = line.texts[0], line.texts[1:]
    if _KEY.match(first) or any(has_codes(text) for text in others):
        return False
    if any(is_short(text, _MAPPING) for text in others) or names_outcomes(first):
        return True
    named = option_in(first, line.span, loose=True) is not None and len(first.split()) <= 2 * _WORDS
    return named and (not any(others) or all(is_short(text, _MAPPED) for text in others if text))


def is_second_header(line: Line) -> bool:
    """Return whether the row says under a header that spans them which columns hold knowledge and which skills."""
    return not line.texts[0] and any(line.texts) and all(is_short(text, _MAPPED) for text in line.texts if text)


def mapped_columns(texts: tuple[str, ...]) -> set[int]:
    """Return the places, from 0 for the first cell, of the columns whose heads say that codes stand there."""
    return {index for index, text in enumerate(texts) if index and _MAPPED.search(text)}


def unusual_columns(texts: tuple[str, ...]) -> set[int]:
    """Return the places of the columns whose heads do not say that an outcome's words or codes stand there."""
    return {
        index
        for index, text in enumerate(texts)
        if index and text and not (_MAPPED.search(text) or is_short(text, _DESCRIBED))
    }


def first_table(lines: tuple[Line, ...]) -> int:
    """Return the index at which the outcomes tables begin, an option's heading above the first table included."""
    first = next((index for index, line in enumerate(lines) if line.row and _begins_outcomes(line)), None)
    if first is None:
        return len(lines)
    if first and lines[first - 1].row and is_outcomes_header(lines[first - 1]):
        first -= 1
    above = next((index for index in range(first - 1, -1, -1) if lines[index].plain), first)
    heading = option_in(lines[above].plain, lines[above].span)
    if heading is None or lines[above].bullet or lines[above].row:
        return first
    earlier = [option_in(line.plain, line.span, loose=line.bullet) for line in lines[:above] if not line.row]
    labels = {named.label for named in earlier if named}
    return above if lines[above].heading or not labels or heading.label in labels else first


def _begins_outcomes(line: Line) -> bool:
    if is_contents_row(line):
        return False
    others = [text for text in line.texts[1:] if text]
    if is_outcomes_header(line):
        return not others or bool(mapped_columns(line.texts))
    return key_at_start(line.texts[0]) is not None and (not others or any(has_codes(text) for text in others))
