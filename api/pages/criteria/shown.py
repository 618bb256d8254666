"""Shown: one version of criteria as its pages show it: where it stands, its line, and what its lines rest on."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID

from api.pages.plans.shown import Shown, Standing
from api.reads import see
from portfolio.application.indexes import CRITERIA_THAT_FOLLOW
from portfolio.domain.criteria import CRITERIA, Criteria, CriteriaApproved, Criterion, later_than, line_of
from portfolio.domain.kernel import Recorded
from portfolio.domain.plan import PLAN, Descriptor, recorded_plan


class Cell(NamedTuple):
    """A descriptor of the plan, by its place from 0, and the lines of criteria that rest on it."""

    place: int
    descriptor: Descriptor
    lines: Sequence[Criterion]


class ShownCriteria(Shown[Criteria]):
    """A version of criteria as somebody sees it."""

    @property
    def criteria_id(self) -> UUID:
        """Return its id."""
        return self.sight.stream

    @property
    def plan_id(self) -> UUID:
        """Return the plan that it is for."""
        return self.sight.state.plan_id

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"{self.sight.state.title}, version {self.sight.state.version}"

    @cached_property
    def approval(self) -> Recorded | None:
        """Return its approval, if it was approved."""
        return self.done(CriteriaApproved)

    @property
    def standing(self) -> Standing:
        """Return where it stands."""
        if self.approval:
            return Standing("Approved", self.approval.at)
        says = self.sight.state.grade_rules
        words = "Not approved yet" if says else "Does not say yet what grades need"
        return Standing(words, self.history[-1].at, "blue" if says else "yellow")

    @cached_property
    def cells(self) -> list[Cell]:
        """Return each descriptor of the plan with the lines that rest on it."""
        lines = self.sight.state.criteria
        return [
            Cell(
                place,
                descriptor,
                [line for line in lines if (line.category, line.level) == (descriptor.category, descriptor.level)],
            )
            for place, descriptor in enumerate(self.plan.descriptors)
        ]

    @property
    def untraced(self) -> list[Criterion]:
        """Return the lines that rest on nothing that the plan prints."""
        traced = {line.key for cell in self.cells for line in cell.lines}
        return [line for line in self.sight.state.criteria if line.key not in traced]

    def needs(self, grade: str) -> str:
        """Return in words what a grade needs of the codes."""
        said = {rule.grade: rule.every_code_met for rule in self.sight.state.grade_rules}
        if grade not in said:
            return "not said yet"
        return "every code must be met" if said[grade] else "not every code must be met"

    @cached_property
    def line(self) -> list["ShownCriteria"]:
        """Return all versions of its line that there are, the first one first, then each with those that follow it."""
        state = partial(self.sight.session.state, CRITERIA)
        first = line_of(self.criteria_id, state)[-1]
        later = later_than(first, partial(self.sight.session.links, CRITERIA_THAT_FOLLOW))
        return [criteria_of(each) for each in (first, *later)]


def criteria_of(criteria_id: UUID) -> ShownCriteria:
    """Return a version of criteria as the person at the page sees it; 404 where there is none."""
    sight = see(CRITERIA, criteria_id)
    return ShownCriteria(sight, recorded_plan(sight.session.state(PLAN, sight.state.plan_id)))
