"""What a refusal means to whoever met it: what happened, why, what to do, and which calls may answer it.

The rules' sentences and what is said by hand come from ``docs``, by ``make docs``, and lie in ``explained.json``.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from api.errors import refusals, status_of
from portfolio.domain.kernel import Rejected

OTHERS = "OTHERS"
"""The family of refusals behind which no rule of the book stands."""


class Rule(msgspec.Struct, frozen=True):
    """A rule of the book: what must hold, where it comes from, and what of it is not built yet."""

    sentence: str
    source: str
    missing: str = ""


class Told(msgspec.Struct, frozen=True):
    """What is said by hand of a refusal, beside its sentence and its rules."""

    do: str = ""
    why: str = ""


class Book(msgspec.Struct, frozen=True):
    """What ``make docs`` writes: titles of the families of rules, the rules, and what is told of refusals by code."""

    families: dict[str, str] = {}
    rules: dict[str, Rule] = {}
    refusals: dict[str, Told] = {}


BOOK = msgspec.json.decode(Path(__file__).with_name("explained.json").read_bytes(), type=Book)


@dataclass(frozen=True)
class Explained:
    """A refusal, explained."""

    kind: type[Rejected]

    @property
    def code(self) -> str:
        """Return its name."""
        return self.kind.code

    @property
    def status(self) -> int:
        """Return the HTTP status it answers with."""
        return status_of(self.kind)

    @property
    def sentence(self) -> str:
        """Return its sentence."""
        return self.kind.title()

    @property
    def _told(self) -> Told:
        return BOOK.refusals.get(self.code, Told())

    @property
    def happened(self) -> str:
        """Return what happened: its sentence, without the way out that stands after a colon."""
        before, colon, _ = self.sentence.partition(": ")
        return f"{before}." if colon and not self._told.do else self.sentence

    @property
    def way_out(self) -> str:
        """Return what to do: what is said by hand, or what its sentence says after a colon."""
        after = self.sentence.partition(": ")[2]
        return self._told.do or after[:1].upper() + after[1:]

    @property
    def why(self) -> str:
        """Return why, where that is said by hand; else the rules say it."""
        return self._told.why

    @property
    def rules(self) -> dict[str, Rule]:
        """Return the rules of the book behind it, by number."""
        return {number: BOOK.rules[number] for number in self.kind.rule.split(", ") if number in BOOK.rules}

    @property
    def family(self) -> str:
        """Return the family of its first rule."""
        return next((number.rpartition("-")[0] for number in self.rules), OTHERS)


def every_one() -> list[Explained]:
    """Return every refusal, by code."""
    return [Explained(kind) for kind in refusals().values()]


def families() -> dict[str, list[Explained]]:
    """Return the refusals by the family of their rules, in the order of the book, the others last."""
    found: dict[str, list[Explained]] = {name: [] for name in (*BOOK.families, OTHERS)}
    for each in every_one():
        found[each.family].append(each)
    return {name: refused for name, refused in found.items() if refused}


def title_of(family: str) -> str:
    """Return what a family is called."""
    return BOOK.families.get(family, "Requests, storage and what is not there")


def search(text: str) -> list[Explained]:
    """Return the refusals in whose code, sentence or way out all words of a text stand."""
    words = text.casefold().split()
    texts = ((each, f"{each.code} {each.sentence} {each.way_out}".casefold()) for each in every_one())
    return [each for each, there in texts if all(word in there for word in words)]
