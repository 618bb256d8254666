"""Shown: one edition of a plan as its pages show it: where it stands, and its oddities with every ruling on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from api.reads import Sight, see
from api.services import services
from api.trail import name_of
from portfolio.domain.kernel import Fact, Recorded, State
from portfolio.domain.plan import (
    CORE,
    PLAN,
    DefectRuled,
    Plan,
    PlanApproved,
    PlanEdition,
    PlanImported,
    PlanWarning,
    recorded_plan,
)

S = TypeVar("S", bound=State)


class Given(NamedTuple):
    """A ruling: how the oddity is read; why, by whom and when where the reader may know."""

    reading: str
    reason: str = ""
    name: str = ""
    at: datetime | None = None


class Oddity(NamedTuple):
    """The ``number``-th oddity of a plan from 1, with the rulings on it, the one in force last."""

    number: int
    warning: PlanWarning
    rulings: Sequence[Given]
    ruled: bool

    @property
    def ruling(self) -> Given | None:
        """Return the ruling in force."""
        return self.rulings[-1] if self.rulings else None


class Standing(NamedTuple):
    """Where something stands, since when, and the colour of its tag, empty where it is as it should be."""

    words: str
    since: datetime
    colour: str = ""


@dataclass(frozen=True)
class Shown(Generic[S]):
    """A plan, or what is written for one, as somebody sees it."""

    sight: Sight[S]
    plan: Plan

    @cached_property
    def history(self) -> Sequence[Recorded]:
        """Return what happened to it."""
        return self.sight.session.history(self.sight.stream)

    @property
    def signed(self) -> bool:
        """Return whether the reader is told who did what to it."""
        return self.sight.shows("rulings")

    def done(self, kind: type[Fact]) -> Recorded | None:
        """Return when this was done to it first, None if it was not."""
        return next((entry for entry in self.history if isinstance(entry.fact, kind)), None)

    def who(self, entry: Recorded | None) -> str:
        """Return who did something to it; empty where nobody did, or the reader is not told."""
        return name_of(self.sight.session, entry.by) if entry and self.signed else ""


class ShownPlan(Shown[PlanEdition]):
    """An edition as somebody sees it."""

    @property
    def plan_id(self) -> UUID:
        """Return its id."""
        return self.sight.stream

    @property
    def text(self) -> str:
        """Return its text as it came."""
        return next(entry.fact.text for entry in self.history if isinstance(entry.fact, PlanImported))

    @property
    def name(self) -> str:
        """Return what people call it: its version as printed."""
        return self.plan.version_label

    @cached_property
    def oddities(self) -> list[Oddity]:
        """Return what is odd about it, in the order of the text."""
        unruled = self.sight.state.unruled()
        return [
            Oddity(number + 1, warning, self._rulings(number), number not in unruled)
            for number, warning in enumerate(self.plan.warnings)
        ]

    def _rulings(self, number: int) -> list[Given]:
        if not self.signed:
            return [Given(ruling.reading) for ruling in self.sight.state.rulings if ruling.warning == number]
        return [
            Given(entry.fact.reading, entry.fact.reason, name_of(self.sight.session, entry.by), entry.at)
            for entry in self.history
            if isinstance(entry.fact, DefectRuled) and entry.fact.warning == number
        ]

    @property
    def waiting(self) -> list[int]:
        """Return the numbers, from 1, of the oddities that nobody has ruled on yet."""
        return [number + 1 for number in self.sight.state.unruled()]

    @property
    def standing(self) -> Standing:
        """Return where it stands on its way from a text to a plan that we use."""
        last = self.history[-1].at
        approved = next((entry.at for entry in self.history if isinstance(entry.fact, PlanApproved)), None)
        if approved:
            return Standing("Approved", approved)
        if waiting := len(self.waiting):
            rest = "has" if waiting == 1 else "have"
            return Standing(f"{waiting} of {len(self.plan.warnings)} oddities {rest} no ruling", last, "yellow")
        return Standing("Not approved yet", last, "blue")

    def route_named(self, key: str | None) -> str:
        """Return what people call a route, or the part of the plan that everybody takes."""
        return route_named(self.plan, key)


def route_named(plan: Plan, key: str | None) -> str:
    """Return what people call a route, or the part of the plan that everybody takes."""
    if key in (None, CORE):
        return "Everybody" if plan.options else "The whole plan"
    return next((f"{option.name} ({key})" for option in plan.options if option.key == key), str(key))


def plan_of(plan_id: UUID) -> ShownPlan:
    """Return an edition as the person at the page sees it; 404 where they may not, or there is none."""
    sight = see(PLAN, plan_id)
    return ShownPlan(sight, recorded_plan(sight.state))


def plan_named(plan_id: UUID) -> str:
    """Return what people call an edition."""
    plan = services().session().state(PLAN, plan_id).plan
    return plan.version_label if plan else ""
