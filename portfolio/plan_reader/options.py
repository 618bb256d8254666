"""Options: the list of options, and which table and which outcomes belong to each."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from portfolio.domain.plan import Option
from portfolio.plan_reader.lines import Line, Source
from portfolio.plan_reader.markup import Span, folded

MOST_PARTS = 60
"""More options, or headed tables of outcomes, than this are no plan."""

_ALIKE = 0.9
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_OPTION = re.compile(
    rf"Option\s+(?P<label>[0-9]{{1,2}}|[A-Z]|{'|'.join(_NUMBER_WORDS)})\b\s*(?P<tail>.*)", re.IGNORECASE | re.DOTALL
)
_SEPARATOR = re.compile(r"[\s:.–—-]+")
_ABBREVIATION = re.compile(r"[^\s()]{1,12}")
_INTRODUCTION = re.compile(r"\boptions\b|\bfollowing option\b", re.IGNORECASE)
_LISTED_INLINE = re.compile(r"([^,;:()]{2,80})\(([A-Z][A-Z0-9&/+-]{1,11})\)")
_JOINED = re.compile(r"(?:and|or)\s+", re.IGNORECASE)
_NOT_IN_WORDS = re.compile(r"[\W_]+")


@dataclass
class Named:
    """An option as one place of the plan prints it: in the list, or above its table."""

    span: Span
    label: str | None
    name: str
    abbreviation: str | None

    def same_as(self, other: "Named") -> bool:
        """Return whether the other place prints the very same option."""
        return (self.label, self.name, self.abbreviation) == (other.label, other.name, other.abbreviation)

    @property
    def ordinal(self) -> int | None:
        """The printed number, if it is one."""
        return int(self.label) if self.label and self.label.isdigit() else None


@dataclass(eq=False)
class DraftOutcome:
    """One row of an outcomes table before it is read: the parts of its cells, also from over a page break."""

    line: Line
    prefix: str | None
    number: str
    first: list[Span]
    mapping: list[Span]
    further: list[Span]
    slot: "Slot | None" = None

    @property
    def key(self) -> str:
        """The outcome's key as printed, with its prefix; a space inside ``AO 3`` is dropped."""
        return f"{self.prefix} AO{self.number}" if self.prefix else f"AO{self.number}"


@dataclass(eq=False)
class Section:
    """A part of the outcomes tables: under the heading of an option, of the core, or of neither."""

    heading: Named | None = None
    core: bool = False
    table: bool = False
    outcomes: list[DraftOutcome] = field(default_factory=list)

    @property
    def prefix(self) -> str | None:
        """The prefix that all of its rows share."""
        prefixes = {_key(row.prefix) for row in self.outcomes}
        return self.outcomes[0].prefix if len(prefixes) == 1 else None


@dataclass(eq=False)
class Slot:
    """An option while it is put together."""

    listed: Named | None = None
    sections: list[Section] = field(default_factory=list)
    prefix: str | None = None
    position: int = 0

    @property
    def printed(self) -> Named | None:
        """The option as printed above its first table."""
        return self.sections[0].heading if self.sections else None

    @property
    def abbreviation(self) -> str | None:
        """Its abbreviation in the list, else the one on its outcomes; for an option not listed, above its table."""
        if self.listed:
            return self.listed.abbreviation or self.prefix
        return self.prefix or (self.printed.abbreviation if self.printed else None)

    @property
    def key(self) -> str:
        """Its abbreviation, else ``Option n``."""
        named = self.listed or self.printed
        return self.abbreviation or f"Option {(named and named.label) or self.position}"

    @property
    def name(self) -> str:
        """Its name in the list, else above its table."""
        return (self.listed and self.listed.name) or (self.printed and self.printed.name) or self.key

    @property
    def labels(self) -> set[str]:
        """All by which the table of the same option can be recognised with certainty."""
        named = [self.listed, *(section.heading for section in self.sections)]
        words = {_key(one.abbreviation) for one in named if one} | {_words(one.name) for one in named if one}
        return (words | {_key(self.abbreviation)}) - {""}


def _key(text: str | None) -> str:
    return (text or "").casefold()


def _words(text: str) -> str:
    return _NOT_IN_WORDS.sub(" ", text.casefold()).strip()


def option_in(text: str, span: Span, *, loose: bool = False) -> Named | None:
    """Return the option that the text names as ``Option n: name (ABBREVIATION)``; ``loose`` does without the colon."""
    option = _OPTION.match(text)
    if option is None:
        return None
    label = option["label"].casefold()
    label = str(_NUMBER_WORDS.index(label) + 1) if label in _NUMBER_WORDS else label.upper()
    tail, abbreviation = option["tail"], None
    if tail.startswith("("):
        abbreviation, _, tail = tail[1:].partition(")")
    separator = _SEPARATOR.match(tail)
    if tail and not (loose or separator or abbreviation):
        return None
    name, trailing = split_abbreviation(tail[separator.end() :] if separator else tail)
    return Named(span, label.removeprefix("0"), name, abbreviation or trailing)


def split_abbreviation(text: str) -> tuple[str, str | None]:
    """Return a name, and the single word in brackets after it."""
    text = without_list_ending(folded(text))
    if text.endswith(")"):
        name, bracket, inner = text[:-1].rpartition("(")
        if bracket and name.strip() and _ABBREVIATION.fullmatch(inner):
            return name.strip(), inner
    return text, None


def without_list_ending(text: str) -> str:
    """Return a list item without the punctuation, and the "and" or "or", that leads on to the next."""
    text = text.rstrip(" ,;.")
    for word in (" and", " or", ",and", ",or", ";and", ";or"):
        if text.casefold().endswith(word):
            return text[: -len(word)].rstrip(" ,;.")
    return text


def read_list(source: Source, lines: tuple[Line, ...]) -> list[Named]:
    """Return the options in the order in which the text before the outcomes tables lists them."""
    options: list[Named] = []
    introduced = False
    for line in lines:
        if line.row or not line.plain:
            continue
        named = option_in(line.plain, line.span, loose=line.bullet)
        if named is None and line.bullet and introduced:
            named = Named(line.span, None, *split_abbreviation(line.plain))
        if named:
            options += [] if any(one.same_as(named) for one in options) else [named]
        elif not line.bullet:
            introduced = _INTRODUCTION.search(line.plain) is not None
            options += _inline(line) if introduced else []
        if len(options) > MOST_PARTS:
            raise source.unreadable(line.start, f"more than {MOST_PARTS} options are listed.")
    return options


def _inline(line: Line) -> list[Named]:
    """Return options listed in one sentence, each with its abbreviation in brackets."""
    items = _LISTED_INLINE.findall(line.plain.partition(":")[2])
    return [Named(line.span, None, _JOINED.sub("", folded(name), count=1), short) for name, short in items]


def settle(source: Source, listed: list[Named], sections: list[Section]) -> tuple[Option, ...]:
    """Return the options in the list's order and give every outcome its slot; note where list and tables differ.

    A table is recognised by abbreviation or name, then by the prefix of its rows, and by its number only when nothing
    else tells: the list and the tables of one plan are known to number the same options differently. Two options
    under one key are refused.
    """
    rows = [row for section in sections for row in section.outcomes]
    prefixes = {_key(row.prefix) for row in rows}
    headed = [section for section in sections if section.heading]
    for named in (*listed, *(section.heading for section in headed if section.heading)):
        _keep_abbreviation(named, prefixes)
    slots = [Slot(named) for named in listed]
    owner = _claim(slots, headed)
    for slot in slots:
        shared = {_key(section.prefix): section.prefix for section in slot.sections if section.outcomes}
        slot.prefix = next(iter(shared.values())) if len(shared) == 1 else None
    for section in sections:
        for row in section.outcomes:
            row.slot = _slot_of(source, row, section, owner.get(id(section)), slots)
            if row.slot is None and row.prefix and not section.core and len(prefixes) > 1:
                if len(slots) > MOST_PARTS:
                    raise source.unreadable(row.line.start, f"the outcomes have more than {MOST_PARTS} prefixes.")
                slots.append(Slot(prefix=row.prefix))
                row.slot = slots[-1]
    for position, slot in enumerate(slots, 1):
        slot.position = position
    options = tuple(_option(source, slot, [row for row in rows if row.slot is slot]) for slot in slots)
    for position, option in enumerate(options):
        if any(_key(option.key) == _key(other.key) for other in options[:position]):
            at = slots[position].listed or slots[position].printed
            raise source.unreadable(at.span[0] if at else 0, f"two options are called {option.key}.")
    return options


def _keep_abbreviation(named: Named, prefixes: set[str]) -> None:
    """Take a word in brackets for an abbreviation only if it looks like one or stands on an outcome."""
    short = named.abbreviation
    if short and not (short.isupper() or _key(short) in prefixes):
        named.name, named.abbreviation = f"{named.name} ({short})".strip(), None


def _claim(slots: list[Slot], headed: list[Section]) -> dict[int, Slot]:
    """Give each table that an option heads to its slot, making slots for options that are not listed."""
    owner: dict[int, Slot] = {}
    for certainty in (3, 2, 1, 0):
        for section in headed:
            if id(section) in owner or section.heading is None:
                continue
            slot = next(
                (slot for slot in slots if _recognised(slot, section, section.heading) >= max(certainty, 1)), None
            )
            if slot is None and certainty == 0:
                slots.append(slot := Slot())
            if slot:
                slot.sections.append(section)
                owner[id(section)] = slot
    return owner


def _recognised(slot: Slot, section: Section, heading: Named) -> int:
    """Return how surely a table belongs to an option: 3 by name, 2 by its rows, 1 by number alone, 0 not at all."""
    if slot.labels & ({_key(heading.abbreviation), _words(heading.name)} - {""}):
        return 3
    alike = SequenceMatcher(None, _words(slot.name), _words(heading.name)).ratio() if not slot.sections else 0
    if _key(section.prefix) in slot.labels or alike > _ALIKE:
        return 2
    same = [part.heading for part in slot.sections if part.heading and part.heading.label == heading.label]
    free = not slot.sections and slot.listed is not None and slot.listed.label == heading.label
    return int(heading.label is not None and (free or any(_words(one.name) == _words(heading.name) for one in same)))


def _slot_of(source: Source, row: DraftOutcome, section: Section, owner: Slot | None, slots: list[Slot]) -> Slot | None:
    """Return the option of one row: its own prefix goes before the heading above it, with a note if they differ."""
    if row.prefix is None:
        return owner
    named = next((slot for slot in slots if _key(slot.abbreviation) == _key(row.prefix)), None)
    if (named is not owner and (owner or section.core)) or (named is None and section.core):
        where = owner.name if owner else "the core"
        source.warn("option-differs", row.line.span, f"{row.key} stands in the table of {where}.")
    if named and named.abbreviation:
        row.prefix = named.abbreviation
    return named or owner


def _option(source: Source, slot: Slot, rows: list[DraftOutcome]) -> Option:
    """Return the finished option and note what the list and its table say differently."""
    listed, printed = slot.listed, slot.printed
    if listed and not rows:
        source.warn("option-without-outcomes", listed.span, f"No outcome is printed for the option {slot.name}.")
    if not listed:
        span = printed.span if printed else rows[0].line.span
        source.warn("option-not-listed", span, f"The list of options does not have {slot.name}.")
        if not rows:
            source.warn("option-without-outcomes", span, f"No outcome is printed for the option {slot.name}.")
    if listed and printed and listed.label and printed.label and listed.label != printed.label:
        source.warn(
            "option-number-differs",
            printed.span,
            f"{slot.name} is option {listed.label} in the list and option {printed.label} above its table.",
        )
    if listed and printed and listed.name and printed.name and listed.name != printed.name:
        source.warn(
            "option-name-differs",
            printed.span,
            f"The list says {listed.name!r} and the table {printed.name!r}; the list's name is taken.",
        )
    return Option(
        key=slot.key,
        name=slot.name,
        list_ordinal=listed.ordinal if listed else None,
        table_ordinal=printed.ordinal if printed else None,
        table_name=(printed.name or None) if printed else None,
    )
