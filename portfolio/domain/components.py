"""Components: which component of a form an attempt on another one was at, whatever its key there (FORM-8)."""

from typing import Protocol
from uuid import UUID

from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import Value


class Placed(Protocol):
    """What names a component by its key on a form."""

    @property
    def form_id(self) -> UUID:
        """Return the form."""

    @property
    def component(self) -> str:
        """Return the component's key on that form."""


class Place(Value):
    """A component by its key on a form."""

    form_id: UUID
    component: str


class Attempted(Placed, Protocol):
    """What says where an attempt was made: at which component, for these codes and this route."""

    @property
    def route(self) -> str:
        """Return the route it was opened for."""

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes it was opened with."""


class Components(Value):
    """Forms by id and, for each version of criteria that they name, the first version of its line.

    A component is its method and its line of criteria; its key is only its name on one form.
    """

    forms: dict[UUID, Form]
    lines: dict[UUID, UUID]

    def of(self, attempt: Placed) -> Component | None:
        """Return the component on the form that the attempt was opened on."""
        form = self.forms.get(attempt.form_id)
        return form.component(attempt.component) if form else None

    def counting_as(self, attempt: Placed, form: Form) -> Component | None:
        """Return the component of a form that the attempt counts for: where several are alike, the one of its key."""
        alike = self._alike(attempt, form)
        return alike[0] if len(alike) == 1 else next((each for each in alike if each.key == attempt.component), None)

    def may_be_at(self, attempt: Placed, component: Component, form: Form) -> bool:
        """Return whether the attempt was at this component of a form as far as its key can tell."""
        alike = self._alike(attempt, form)
        named = {each.key for each in alike}
        return component in alike and (attempt.component == component.key or attempt.component not in named)

    def same(self, one: Placed, other: Placed) -> bool:
        """Return whether one names the component that the other does, whatever its key on the other's form."""
        form = self.forms.get(other.form_id)
        counted = self.counting_as(one, form) if form else None
        return counted is not None and counted.key == other.component

    def may_be_same(self, one: Placed, other: Placed) -> bool:
        """Return whether the two may name the same component as far as their keys can tell."""
        return self._may_be(one, other) or self._may_be(other, one)

    def _may_be(self, one: Placed, other: Placed) -> bool:
        form, component = self.forms.get(other.form_id), self.of(other)
        return form is not None and component is not None and self.may_be_at(one, component, form)

    def _alike(self, attempt: Placed, form: Form) -> list[Component]:
        """Return the components of a form that have the method and the line of the one the attempt was at."""
        was = self.of(attempt)
        return [each for each in form.components if was is not None and self._kind(each) == self._kind(was)]

    def _kind(self, component: Component) -> tuple[str, UUID | None]:
        line = self.lines.get(component.criteria_id) if component.criteria_id else None
        return component.method.casefold(), line


def carries(attempt: Attempted, code: str, route: str, core: frozenset[str]) -> bool:
    """Return whether an attempt counts for a code on a route: for an option's code only on its own (ENROLMENT-4)."""
    return code in attempt.codes and (code in core or attempt.route == route)
