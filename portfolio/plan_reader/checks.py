"""Checks: what is odd about the codes of a plan as a whole."""

import re
from collections.abc import Sequence
from itertools import pairwise

from portfolio.domain.plan import Mapping, Outcome
from portfolio.plan_reader.headers import is_contents_row
from portfolio.plan_reader.lines import Line, Source

_BOLD_RULE = re.compile(r"\bbold\b.{0,200}\bmandatory\b|\bmandatory\b.{0,200}\bbold\b", re.IGNORECASE)
_ASTERISK = re.compile(r"\basterisk|^\(?\s?\*", re.IGNORECASE)
_ENGLISH_MATHS = re.compile(r"\b(?:english|maths|mathematics)\b", re.IGNORECASE)
_FIELD = re.compile(r"\b(?:reference|level|integration)\b", re.IGNORECASE)
_SHOWN = 10


def check(source: Source, outcomes: tuple[Outcome, ...]) -> None:
    """Note gaps in the code runs, codes under two outcomes, and what boldness and asterisks leave in doubt."""
    printed = [(outcome, mapping) for outcome in outcomes for mapping in outcome.codes]
    for letter in "KS":
        _note_gaps(source, letter, [mapping for _, mapping in printed if mapping.code[0] == letter])
    _note_shared(source, printed)
    _note_boldness(source, [mapping for _, mapping in printed])
    _note_asterisks(source, [mapping for _, mapping in printed if mapping.english_maths])


def note_unread_tables(source: Source, front: Sequence[Line]) -> None:
    """Note each table of which nobody reads a row: neither the small one at the top nor a list of contents."""
    fields = pairwise([*(line for line in front if line.row), None])
    known = source.rows_read | {
        row.start for named, below in fields if named and _FIELD.search(named.plain) for row in (named, below) if row
    }
    table: list[Line] = []
    for line in (*source.lines, None):
        if line is not None and line.row:
            table.append(line)
            continue
        if line is not None and line.raw.strip() and not line.plain:
            continue
        if table and not any(row.start in known or is_contents_row(row) or not row.plain for row in table):
            source.warn("table-not-read", table[0].span, "A table of another kind begins here; it is not read.")
        table = []


def _note_gaps(source: Source, letter: str, mappings: list[Mapping]) -> None:
    first = {int(mapping.code[1:]): mapping for mapping in reversed(mappings)}
    previous = 0
    for number in sorted(first):
        missing = [f"{letter}{between}" for between in range(previous + 1, number)]
        if missing:
            shown = ", ".join(missing if len(missing) <= _SHOWN else [missing[0], "…", missing[-1]])
            follower = first[number]
            message = f"Before {follower.code} the run has a gap: {shown} under no outcome."
            source.note("code-gap", follower.line, follower.raw, message)
        previous = number


def _note_shared(source: Source, printed: list[tuple[Outcome, Mapping]]) -> None:
    """Note each code that stands under more than one outcome: worse if one apprentice meets both."""
    by_code: dict[str, dict[str | None, tuple[Outcome, Mapping]]] = {}
    for outcome, mapping in printed:
        earlier = by_code.setdefault(mapping.code, {})
        met = earlier.get(outcome.option) or earlier.get(None) or (next(iter(earlier.values()), None))
        if met:
            other, before = met
            shared = other.option == outcome.option or None in (other.option, outcome.option)
            code = "code-repeated-in-route" if shared else "code-under-two-outcomes"
            where = f"{mapping.code} stands under {other.key} and under {outcome.key}"
            source.note(
                code, mapping.line, mapping.raw, f"{where}, in {'one route' if shared else 'different routes'}."
            )
            if before.mandatory != mapping.mandatory:
                source.note("bold-differs", mapping.line, mapping.raw, f"{where}, and is bold under only one of them.")
        earlier.setdefault(outcome.option, (outcome, mapping))


def _note_boldness(source: Source, mappings: list[Mapping]) -> None:
    bold = sum(mapping.mandatory for mapping in mappings)
    rule = _prose(source, _BOLD_RULE)
    line, raw = (rule.number, rule.raw) if rule else (mappings[0].line, mappings[0].raw)
    if bold and rule is None:
        source.note("bold-unexplained", line, raw, "The text does not say that bold means mandatory; it is read so.")
    if bold == len(mappings):
        message = f"All {bold} mappings are bold, which may be the rule or mere formatting; all are read as mandatory."
        source.note("all-mandatory", line, raw, message)
    if not bold:
        source.note("none-mandatory", line, raw, "No mapping is bold; none is read as mandatory.")


def _note_asterisks(source: Source, starred: list[Mapping]) -> None:
    if not starred:
        return
    note = next(
        (
            line
            for line in source.lines
            if not line.row and _ASTERISK.search(line.plain) and _ENGLISH_MATHS.search(line.plain)
        ),
        None,
    )
    if note is None:
        message = "No note explains the asterisks; they are read as chances to develop English and maths."
        source.note("asterisk-unexplained", starred[0].line, starred[0].raw, message)
        return
    letters = {mapping.code[0] for mapping in starred}
    if len(letters) == 1 and "knowledge and skills" in note.plain.casefold():
        message = f"The note speaks of knowledge and skills, and only {letters.pop()} codes carry an asterisk."
        source.note("asterisk-on-one-kind", note.number, note.raw, message)


def _prose(source: Source, pattern: re.Pattern[str]) -> Line | None:
    return next((line for line in source.lines if not line.row and pattern.search(line.plain)), None)
