"""Text: read a published assessment plan of the form with outcomes, mappings and performance descriptors."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from portfolio.domain.plan import Plan
from portfolio.plan_reader.checks import check, note_unread_tables
from portfolio.plan_reader.codes import has_codes
from portfolio.plan_reader.descriptors import read_descriptors
from portfolio.plan_reader.draft import read_draft
from portfolio.plan_reader.headers import first_table, key_at_start
from portfolio.plan_reader.lines import Line, PlanUnreadable, Source
from portfolio.plan_reader.markup import Span, folded
from portfolio.plan_reader.methods import read_methods
from portfolio.plan_reader.outcomes import read_outcomes

__all__ = ["LARGEST", "PlanUnreadable", "decode_plan", "read_plan"]

LARGEST = 1_000_000
"""A text of more bytes or characters is no plan: published ones have some ten thousand."""

_BYTE_ORDER_MARK = "\ufeff"
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a]")
_LABEL = re.compile(
    r"(?<![A-Za-z0-9])(?P<reference>[A-Z]{2,3}\s?[0-9]{4}[A-Z]?)\s?/\s?V\s?[0-9]{1,3}(?:\.[0-9]{1,3})?", re.IGNORECASE
)
_END_POINT = re.compile(r"\bend[- ]point assessment\b|\bEPAO?\b", re.IGNORECASE)
_TITLE = re.compile(
    r"\bassessment plan(?: for (?:the )?|\s?[:–—-] )(?P<title>.{1,200}?)(?: apprenticeship)?\Z", re.IGNORECASE
)
_TITLE_IN_PROSE = re.compile(
    r"\bassessment of the (?:level [0-9] )?(?P<title>.{3,100}?) apprenticeship\b", re.IGNORECASE
)
_LEADS_ON = re.compile(r"\bassessment plan for(?: the)?\Z", re.IGNORECASE)
_LICENCE = re.compile(r"\bopen government licence\b|\bcrown copyright\b", re.IGNORECASE)
_LEVEL = re.compile(r"\b[0-9]{1,2}\b")
_FIELDS = {name: re.compile(rf"\b{name}\b", re.IGNORECASE) for name in ("reference", "level", "integration")}
_FIELD_WORDS = 6


def decode_plan(raw: bytes) -> str:
    """Return the text of a plan file, without a byte order mark; refuse a file that is no UTF-8 text or too long."""
    if len(raw) > LARGEST:
        raise PlanUnreadable(f"The file has {len(raw)} bytes, and a plan at most {LARGEST}.")
    try:
        return raw.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
        raise PlanUnreadable(f"Line {line}: the file is no UTF-8 text from byte {error.start} on.") from error


def read_plan(text: str) -> Plan:
    """Return the plan that the text prints, with a warning for every oddity that could change its meaning.

    Refused, with the line where there is one: what cannot be understood, and a text that is no plan of this form.
    """
    if len(text) > LARGEST:
        raise PlanUnreadable(f"The text has {len(text)} characters, and a plan at most {LARGEST}.")
    if not text.strip(_BYTE_ORDER_MARK + " \t\r\n"):
        raise PlanUnreadable("The text is empty.")
    source = Source(text.lstrip(_BYTE_ORDER_MARK))
    if binary := _BINARY.search(source.text):
        raise source.unreadable(binary.start(), "the file is no plain text.")
    source.title = _title(source, source.lines[: first_table(source.lines)])
    options, outcomes = read_outcomes(source)
    if not any(outcome.codes for outcome in outcomes):
        _refuse_without_outcomes(source)
    front = [line for line in source.lines if line.plain and line.number < outcomes[0].line]
    reference, label = _identity(source, front)
    fields = _fields(front)
    above = front[-1].span if front else source.lines[0].span
    if _compact(fields.get("reference", reference).partition("/")[0]) != _compact(reference):
        source.warn("reference-differs", above, f"The table says {fields['reference']} and the label {label}.")
    level = _level(source, fields.get("level", ""), above)
    if not source.title:
        source.warn("title-missing", above, "The plan does not say which occupation it is for.")
    methods = read_methods(source)
    categories, levels, descriptors = read_descriptors(source)
    check(source, outcomes)
    note_unread_tables(source, source.lines[: first_table(source.lines)])
    return Plan(
        reference=reference,
        version_label=label,
        title=source.title,
        level=level,
        integration=fields.get("integration", ""),
        draft=read_draft(source),
        options=options,
        outcomes=outcomes,
        methods=methods,
        categories=categories,
        levels=levels,
        descriptors=descriptors,
        licence=_licence(source),
        warnings=tuple(sorted(source.warnings, key=lambda warning: warning.line)),
    )


def _refuse_without_outcomes(source: Source) -> NoReturn:
    """Refuse a text with no outcome that has codes, and say why there is none."""
    for line in source.lines if _LABEL.search(source.text) else ():
        if not line.row and key_at_start(line.plain) and has_codes(line.plain):
            reason = "an outcome and codes stand here, in no table whose columns are set apart by tabs, bars or HTML."
            raise source.unreadable(line.start, reason)
    if _END_POINT.search(source.text):
        raise PlanUnreadable(
            "This is an end-point assessment plan of the older kind: no table maps assessment outcomes to codes."
        )
    raise PlanUnreadable(
        "This is no apprenticeship assessment plan: no table maps assessment outcomes to knowledge and skills."
    )


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def _identity(source: Source, front: list[Line]) -> tuple[str, str]:
    """Return the reference and the label that carries the version; the label on a line of its own goes first."""
    lines = [line for line in front if not line.row] or front
    whole = [printed for line in lines if (printed := _LABEL.fullmatch(line.plain))]
    part = [printed for line in source.lines if (printed := _LABEL.search(line.plain))]
    if not (whole or part):
        raise PlanUnreadable("The text has no reference with a version, such as ST0000/V1, so it is no published plan.")
    first = (whole or part)[0]
    label = _compact(first[0])
    for line in source.lines:
        other = None if line.row else _LABEL.fullmatch(line.plain)
        if other and _compact(other[0]) != label:
            source.warn("label-differs", line.span, f"The plan is called {label}, and {_compact(other[0])} here.")
    return _compact(first["reference"]), label


def _fields(front: list[Line]) -> dict[str, str]:
    """Return reference, level and integration from the small table at the top, whichever way it lies."""
    rows = [line.texts for line in front if line.row]
    fields: dict[str, str] = {}
    for texts, below in pairwise([*rows, ()]):
        names = {
            index: name
            for index, text in enumerate(texts)
            for name, pattern in _FIELDS.items()
            if len(text.split()) <= _FIELD_WORDS and pattern.search(text)
        }
        for index, name in names.items():
            beside = texts[1:] if len(names) == 1 and index == 0 else below[index:]
            if beside:
                fields.setdefault(name, beside[0])
    return fields


def _level(source: Source, printed: str, above: Span) -> int | None:
    """Return the level of the apprenticeship; note where the plan says none, more than one, or another one."""
    numbers = _LEVEL.findall(printed)
    if not numbers:
        source.warn("level-missing", above, "The plan does not say the level of the apprenticeship in figures.")
        return None
    named = re.compile(rf"\blevel\s+([0-9]{{1,2}})\s+{re.escape(source.title)}", re.IGNORECASE)
    for line in source.lines if source.title else ():
        if not line.row and any(number not in numbers for number in named.findall(line.plain)):
            source.warn("level-differs", line.span, f"The level here is not that of the table, {printed}.")
    if len(numbers) > 1:
        source.warn("level-differs", above, f"The level is printed as {printed!r}; it is read as {numbers[0]}.")
    return int(numbers[0])


def _licence(source: Source) -> str:
    """Return the lines that say under which terms the plan may be used, as printed; note if there are none."""
    lines = [folded(source.raw(line.spans[0])) for line in source.lines if not line.row and _LICENCE.search(line.plain)]
    if not lines:
        source.warn("licence-missing", source.lines[-1].span, "The text names no licence; its end may be missing.")
    return " ".join(lines)


def _title(source: Source, front: Sequence[Line]) -> str:
    """Return the occupation; printed in capitals only, it takes the spelling that the text has elsewhere."""
    printed = [line.plain for line in front if line.plain]
    for index, text in enumerate(printed[:-1]):
        if _LEADS_ON.search(text):
            printed[index] = f"{text} {printed[index + 1]}"
    phrase = next((phrase for text in printed if (phrase := _TITLE.search(text))), None)
    phrase = phrase or next((phrase for line in front if (phrase := _TITLE_IN_PROSE.search(line.plain))), None)
    title = folded(phrase["title"]) if phrase else ""
    if title.isupper():
        for line in source.lines:
            at = line.plain.casefold().find(title.casefold())
            shown = line.plain[at : at + len(title)]
            if at >= 0 and not shown.isupper():
                return shown[:1].upper() + shown[1:]
    return title
