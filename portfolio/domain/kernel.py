"""The words every aggregate is written in: value, fact, command, refusal, aggregate."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, reduce
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Protocol,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
    get_type_hints,
)
from uuid import UUID

import msgspec

from portfolio.domain.vocabulary import Relation
from portfolio.domain.words import DayFault, TextFault, composed_fields

T = TypeVar("T")

NOBODY = UUID(int=0)
"""No person and no record: nothing is stored under this id, and it holds no role and no relation."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment from which stored times are counted."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Declared(msgspec.StructMeta):
    """Make every class declared with it an immutable, keyword-only ``msgspec.Struct`` that refuses unknown fields."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> type:  # noqa: D102 - see the class
        if any(getattr(base, "stored", False) for base in bases) and "tag" not in config:
            raise TypeError(f"{name} is stored for ever: give it a tag")
        return super().__new__(
            mcls,
            name,
            bases or (msgspec.Struct,),
            namespace,
            frozen=True,
            kw_only=True,
            forbid_unknown_fields=True,
            gc=False,  # immutable and without cycles: millions of facts need no garbage collector
            **config,
        )


class Value(metaclass=Declared):
    """Part of a fact, a command or a state."""


class Fact(metaclass=Declared, tag_field="fact"):
    """Something that happened. Its tag is its stored name and never changes."""

    stored: ClassVar[bool] = True


class Command(metaclass=Declared):
    """A request to change one aggregate; what people are to read in it (``words.py``) is checked as it is built."""

    def __post_init__(self) -> None:
        """Put the words of the command into one form (NFC), or refuse those that nobody could read (WORDS-1, -5)."""
        try:
            fields = composed_fields(cast(msgspec.Struct, self))
        except TextFault as error:
            raise TextNotReadable(f"{error.path}: {error.fault}", texts=[error.path]) from error
        except DayFault as error:
            raise DayNotTaken(f"{error.path}: {error.fault}", days=[error.path]) from error
        for name, value in fields.items():
            msgspec.structs.force_setattr(cast(msgspec.Struct, self), name, value)


class State(metaclass=Declared):
    """What an aggregate's next decision depends on, and nothing else."""

    def subject(self) -> UUID | None:
        """Return the person whose data the record is, None for plans, forms and criteria."""
        return None

    def relations(self, person: UUID, today: date) -> set[Relation]:  # noqa: ARG002 - the empty answer of a record about nobody
        """Return what this person is to the record on this day, in the words of the permission table."""
        return set()


class Recorded(metaclass=Declared):
    """One fact as stored: in which stream, at which place of the log, by whom, when, caused by what, about whom.

    ``originator_id`` and ``originator_version`` are the stream and its version from 1, by the names the event store
    library gives them. ``position`` counts from 1 over the whole log and is 0 until the fact is stored. ``at`` is the
    server's clock, never earlier than the fact before. ``causation`` is the id of the command. ``subject`` is the
    person whose data it is, or None for plans, forms and criteria. ``program`` is the one that acted for the person
    ``by``, None if they did it themselves.
    """

    originator_id: UUID
    originator_version: int
    position: int = 0
    fact: Fact
    by: UUID
    at: datetime
    causation: UUID
    subject: UUID | None = None
    program: UUID | None = None

    @property
    def tag(self) -> str:
        """Return the fact's stored name."""
        return tag_of(self.fact)


class Entry(Protocol):
    """A recorded fact that may not be decoded yet, with what ``Recorded`` says of it."""

    @property
    def originator_id(self) -> UUID:
        """Return the stream."""

    @property
    def originator_version(self) -> int:
        """Return the stream's version, from 1."""

    @property
    def position(self) -> int:
        """Return the place in the log, from 1."""

    @property
    def tag(self) -> str:
        """Return the fact's stored name."""

    @property
    def fact(self) -> Fact:
        """Return the fact, decoded now if it was not before."""

    @property
    def by(self) -> UUID:
        """Return who recorded it."""

    @property
    def at(self) -> datetime:
        """Return when it was recorded."""


class Rejected(Exception):
    """A command was refused.

    The subclass name is its public code, its docstring its title, ``str(error)`` the particular sentence and
    ``members`` the named lists that say what is missing. ``rule`` names what stands behind it, empty for none: rules by
    their numbers ("APPEAL-8", or "FORM-3, CLAIM-1"), or a published standard ("RFC 9110").
    """

    code: ClassVar[str] = "rejected"
    rule: ClassVar[str] = ""

    def __init_subclass__(cls, rule: str = "") -> None:
        cls.rule = rule
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, detail: str = "", **members: Iterable[str]) -> None:
        super().__init__(detail or self.title())
        self.members: dict[str, list[str]] = {name: list(values) for name, values in members.items()}

    @classmethod
    def title(cls) -> str:
        """Return the sentence a person reads."""
        return " ".join((cls.__doc__ or "").split())


class RuleBroken(Rejected):
    """The assessment rules do not allow this now."""


class NotPermitted(Rejected):
    """You may not do this."""


class NotVisible(Rejected):
    """There is nothing here that you may see."""


class Unreadable(Rejected):
    """What was sent cannot be understood."""


class TextNotReadable(Unreadable, rule="WORDS-1"):
    """What people are to read must show something, be of a sensible length, and keep the order of its letters."""


class DayNotTaken(Unreadable, rule="WORDS-5"):
    """Nothing is recorded of a day before 1 January 2000."""


class StaleVersion(Rejected):
    """Someone else changed this first: read it again."""


class Known(Value):
    """What a rule rests on beside the record and the request: who asks, when, and other records as they are.

    ``at`` is the moment, ``today`` its day in London. A rule that needs more names it in a class of its own.
    """

    by: UUID
    at: datetime
    today: date


A_DAY_THAT_HAS_COME = "write a day that has come."
"""What is asked for where a day lies in the future; the name of the field goes before it."""


S = TypeVar("S", bound=State)

Judge = Callable[[S, Any, Any], list[Any]]
"""A rule: a function of the record's state, a command and what must be known; its annotations name the latter two."""


@dataclass(frozen=True, eq=False)
class Aggregate(Generic[S]):
    """One kind of record: its key in a command, its empty state, its rules and its fold."""

    key: str
    initial: S
    rules: tuple[Judge[S], ...]
    evolve: Callable[[S, Any], S]

    @cached_property
    def judges(self) -> dict[type[Command], Judge[S]]:
        """Return the rule of each command."""
        return {get_type_hints(rule)["command"]: rule for rule in self.rules}

    @cached_property
    def facts(self) -> tuple[type[Fact], ...]:
        """Return every fact of such a record."""
        fact = get_type_hints(self.evolve)["fact"]
        return get_args(fact) or (fact,)

    def fold(self, facts: Iterable[Fact], before: S | None = None) -> S:
        """Return the state after these facts, oldest first, and after what was ``before`` them."""
        return reduce(self.evolve, facts, self.initial if before is None else before)


if TYPE_CHECKING:

    def changed(value: T, /, **fields: Any) -> T:
        """Return a copy of a value or state with these fields replaced."""
else:
    changed = msgspec.structs.replace


def ids_in(text: str) -> list[UUID]:
    """Return the ids that stand in a text, in order."""
    return [UUID(found) for found in re.findall("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)]


def tag_of(fact: type[Fact] | Fact) -> str:
    """Return the stored name of a fact or of its class."""
    tag = fact.__struct_config__.tag  # type: ignore[union-attr]  # every Fact is a Struct by its metaclass
    return str(tag)
