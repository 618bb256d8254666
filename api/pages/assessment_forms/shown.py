"""Shown: one assessment form as its pages show it: where it stands and what it lacks."""

from functools import cached_property
from uuid import UUID

from api.pages.plans.shown import Shown, Standing, route_named
from api.reads import see
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.form import FORM, Component, Form, FormApproved, code_order, coverage_gaps, missing_methods
from portfolio.domain.kernel import Recorded
from portfolio.domain.plan import PLAN, recorded_plan

UNSTATED = {
    "codes": "the codes it covers",
    "criteria_id": "its criteria",
    "marker": "who marks it",
    "scrutiny": "how its marking is checked",
    "maximum_attempts": "how often it may be tried",
    "evidence_kinds": "which kinds of evidence it takes",
}
"""What people call the parts of a component that may not be stated yet."""


class ShownForm(Shown[Form]):
    """A form as somebody sees it."""

    @property
    def form_id(self) -> UUID:
        """Return its id."""
        return self.sight.stream

    @property
    def plan_id(self) -> UUID:
        """Return the plan that it is for."""
        return self.sight.state.plan_id

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.sight.state.title

    @cached_property
    def approval(self) -> Recorded | None:
        """Return its approval, if it was approved."""
        return self.done(FormApproved)

    @property
    def standing(self) -> Standing:
        """Return where it stands."""
        if self.approval:
            return Standing("Approved", self.approval.at)
        return Standing("Not approved yet", self.history[-1].at, "blue")

    @property
    def routes(self) -> list[str]:
        """Return what people call the routes that it serves."""
        return [route_named(self.plan, key) for key in self.sight.state.routes]

    @cached_property
    def gaps(self) -> tuple[list[str], list[str]]:
        """Return the codes that must be assessed, and the outcomes, that no component covers."""
        return coverage_gaps(self.sight.state, self.plan)

    @property
    def lacking(self) -> list[str]:
        """Return the required methods that it has too few components of."""
        return missing_methods(self.sight.state, self.plan)

    def codes(self, component: Component) -> list[str]:
        """Return the codes of a component, K2 before K10."""
        return sorted(component.codes, key=code_order)

    def unstated(self, component: Component) -> list[str]:
        """Return in words what a component does not state yet."""
        return [UNSTATED[name] for name in component.unstated()]

    def criteria_named(self, component: Component) -> str:
        """Return what people call the criteria of a component, empty for none."""
        if component.criteria_id is None:
            return ""
        criteria = self.sight.session.state(CRITERIA, component.criteria_id)
        return f"{criteria.title}, version {criteria.version}" if criteria.written() else ""


def form_of(form_id: UUID) -> ShownForm:
    """Return a form as the person at the page sees it; 404 where there is none."""
    sight = see(FORM, form_id)
    return ShownForm(sight, recorded_plan(sight.session.state(PLAN, sight.state.plan_id)))
