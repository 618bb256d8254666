"""Plan: one edition of a published assessment plan, as data beside its raw text, with rulings on its oddities."""

import hashlib
from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Aggregate, Command, Fact, LookedUp, RuleBroken, Value, changed


class Option(Value):
    """One of the plan's options. ``key`` is its abbreviation; both printed ordinals are kept, neither is trusted."""

    key: str
    name: str
    list_ordinal: int | None = None
    table_ordinal: int | None = None
    table_name: str | None = None


class Mapping(Value):
    """One knowledge or skill code under one outcome, as printed on ``line`` as ``raw``."""

    code: str
    mandatory: bool
    english_maths: bool
    raw: str
    line: int


class Outcome(Value):
    """An assessment outcome: a printed heading that groups codes. ``option`` is None for a core outcome."""

    key: str
    option: str | None
    title: str
    description: str
    codes: tuple[Mapping, ...]
    line: int


class RequiredMethod(Value):
    """A method every assessment must include, singular and lower case, at least ``minimum`` times."""

    name: str
    minimum: int


class Methods(Value):
    """Methods that are required, and those that anything further is chosen from, in the plan's words."""

    required: tuple[RequiredMethod, ...]
    choose_from: tuple[str, ...]


class Descriptor(Value):
    """The performance description printed for one category and level: shown verbatim, never scored from."""

    category: str
    level: str
    text: str


class PlanWarning(Value):
    """An oddity of the printed plan that could change its meaning: where it stands and what it is."""

    code: str
    line: int
    raw: str
    message: str


class Plan(Value):
    """A published plan as data. ``version_label`` is as printed (``ST1297/V2``); ``level`` is None if not a number."""

    reference: str
    version_label: str
    title: str
    level: int | None
    integration: str
    draft: bool
    options: tuple[Option, ...]
    outcomes: tuple[Outcome, ...]
    methods: Methods
    categories: tuple[str, ...]
    levels: tuple[str, ...]
    descriptors: tuple[Descriptor, ...]
    licence: str
    warnings: tuple[PlanWarning, ...]

    def distinct_codes(self) -> frozenset[str]:
        """Return every code of the plan once."""
        return frozenset(mapping.code for outcome in self.outcomes for mapping in outcome.codes)

    def routes(self) -> tuple[str, ...]:
        """Return the option keys, or ``("core",)`` for a plan without options."""
        return tuple(option.key for option in self.options) or (CORE,)

    def outcomes_of(self, route: str) -> tuple[Outcome, ...]:
        """Return core outcomes and those of the route's option, in printed order."""
        return tuple(outcome for outcome in self.outcomes if outcome.option in (None, route))

    def codes_of(self, route: str) -> frozenset[str]:
        """Return every code of the route."""
        return frozenset(mapping.code for outcome in self.outcomes_of(route) for mapping in outcome.codes)


CORE = "core"
