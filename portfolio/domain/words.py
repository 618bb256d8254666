"""Words: text that people are to read, as it may stand in a command: visible, in one form, of a sensible length."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from portfolio.domain.calendar import Days

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159")
"""Characters that show nothing though Unicode counts them as letters or signs."""

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Characters that turn the order of what is written after them, and of what stands on the page beyond the text."""

ISOLATES, END_OF_ISOLATE = frozenset("\u2066\u2067\u2068"), "\u2069"
PAIRED = ISOLATES | {END_OF_ISOLATE}
MOST_ON_ONE_LETTER = 30
"""Accents in a row, as Unicode bounds them (UAX #15, stream-safe text): putting more in order takes their square."""

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of surrogates: what Unicode has as Cc and Cs, for good."""
CONTROLS_BETWEEN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""The same without what stands between words and lines."""


@dataclass(frozen=True)
class Words:
    """How a text field of a command may be written: so long, on one line or on ``lines``, or left out (``optional``).

    An optional text that shows nothing counts as left out: the rule that needs it says so by its own name.
    """

    longest: int
    lines: bool = False
    optional: bool = False

    def fault(self, text: str) -> str:
        """Return what is wrong with a text in its composed form (NFC), empty if nothing."""
        if not self.optional and not visible(text):
            return "Write something that can be seen."
        if len(text) > self.longest:
            return f"Write at most {self.longest} characters; these are {len(text)}."
        if (CONTROLS_BETWEEN_LINES if self.lines else CONTROLS).search(text):
            return "Holds a control character, which is not allowed here."
        here = set(text)
        if not self.lines and not here.isdisjoint(LINE_ENDS):
            return "Write this on one line."
        if TURNING & here:
            return "Holds a character from U+202A to U+202E, which turns the order of letters: leave it out."
        if PAIRED & here and not all(_isolates_match(paragraph) for paragraph in re.split(f"[{LINE_ENDS}]", text)):
            return "Holds an isolate (U+2066 to U+2069) without its other half: give both or none."
        return ""


def visible(text: str) -> bool:
    """Return whether a text shows at least one letter, figure or sign: spaces, marks and joiners alone show nothing."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANK for c in text)


def _combines(sign: str) -> bool:
    return unicodedata.combining(sign) > 0


def accents_in_a_row(text: str) -> int:
    """Return how many combining characters stand in a row at most."""
    if text.isascii():
        return 0
    marks = (len([*run]) for combining, run in groupby(text, _combines) if combining)
    return max(marks, default=0)


def _isolates_match(paragraph: str) -> bool:
    depth = 0
    for c in paragraph:
        depth += (c in ISOLATES) - (c == END_OF_ISOLATE)
        if depth < 0:
            return False
    return depth == 0


def quoted(text: str, longest: int) -> str:
    """Return a text of the record as a command may repeat it: what older releases let in is left out or cut off."""
    kept = (c for c in text if c in "\t\n\r" or not (unicodedata.category(c) in ("Cc", "Cs") or c in TURNING | PAIRED))
    return unicodedata.normalize("NFC", "".join(kept))[:longest]


Key = Annotated[str, Words(50)]
"""What a plan, a form or a scale calls something: a code, a route, a component's key, a grade, a version."""

OptionalKey = Annotated[str, Words(50, optional=True)]
"""A key that may be left out, or that a rule of its own asks for."""

Name = Annotated[str, Words(200)]
"""The name or title of somebody or something."""

FileName = Annotated[str, Words(255)]
"""The name of a file."""

Reason = Annotated[str, Words(2_000, lines=True)]
"""Why something is done."""

Remark = Annotated[str, Words(5_000, lines=True)]
"""What somebody says of a piece of work."""

Statement = Annotated[str, Words(10_000, lines=True)]
"""A longer account: a ground of an appeal, a criterion."""

OptionalName = Annotated[str, Words(200, optional=True)]
"""A name that may be left out, or that a rule of its own asks for."""

OptionalReason = Annotated[str, Words(2_000, lines=True, optional=True)]
"""A reason that may be left out, or that a rule of its own asks for."""

OptionalStatement = Annotated[str, Words(10_000, lines=True, optional=True)]
"""An account that may be left out, or that a rule of its own asks for."""


@cache
def words_in(kind: type) -> dict[str, Words]:
    """Return how each field that holds words, or several, may be written, by its name."""
    return {name: held for name, held in held_in(kind).items() if isinstance(held, Words)}


@cache
def held_in(kind: type) -> dict[str, Words | Days]:
    """Return what each field of words or of a day is held to, by its name."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: held for name, hint in hints.items() if (held := _held(hint)) is not None}


def _held(hint: Any) -> Words | Days | None:
    if get_origin(hint) is Annotated:
        return next((each for each in get_args(hint)[1:] if isinstance(each, Words | Days)), None)
    return _held(get_args(hint)[0]) if get_origin(hint) in (tuple, frozenset, Union, UnionType) else None


class ValueFault(Exception):
    """A value that no command takes: the path of its field, such as ``findings.0.reason``, and what is wrong."""

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault


class TextFault(ValueFault):
    """A text that nobody could read."""


class DayFault(ValueFault):
    """A day before all that is recorded here."""


def composed(value: Any, held: Words | Days | None = None, path: str = "") -> Any:
    """Return the value with the words in it, at any depth, in composed form (NFC); raise ``ValueFault``."""
    match value:
        case str() if isinstance(held, Words):
            if accents_in_a_row(value) > MOST_ON_ONE_LETTER:
                raise TextFault(path, f"Holds more than {MOST_ON_ONE_LETTER} accents on one letter: write fewer.")
            text = unicodedata.normalize("NFC", value)
            if fault := held.fault(text):
                raise TextFault(path, fault)
            return text if visible(text) else ""
        case date() if isinstance(held, Days):
            if fault := held.fault(value):
                raise DayFault(path, fault)
            return value
        case tuple():
            return tuple(composed(each, held, f"{path}.{number}") for number, each in enumerate(value))
        case frozenset():
            return frozenset(composed(each, held, path) for each in value)
        case msgspec.Struct():
            return msgspec.structs.replace(value, **composed_fields(value, f"{path}."))
        case _:
            return value


def composed_fields(value: msgspec.Struct, path: str = "") -> dict[str, Any]:
    """Return the fields of a value, each with its words composed; raise ``ValueFault``."""
    held = held_in(type(value))
    return {name: composed(getattr(value, name), held.get(name), path + name) for name in value.__struct_fields__}
