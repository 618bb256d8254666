"""Standing of one code: the rulings that count on the form taken, those set aside, and what goes on or waits for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from portfolio.domain.components import Components, carries
from portfolio.domain.form import Component, Form
from portfolio.domain.kernel import Value
from portfolio.domain.plan import Plan
from portfolio.domain.readiness.picture import AttemptNote, ClaimNote, DecisionNote, FoundNote, Picture


class Basis(Value):
    """What readiness rests on: the picture with the findings that count, the plan, and the form and route now taken.

    ``components`` knows that form and those of the attempts. ``judged``: the codes that somebody judged, whether it
    counts or not. ``names`` are those of second people.
    """

    picture: Picture
    plan: Plan
    form: Form
    components: Components
    route: str
    judged: frozenset[str]
    names: Mapping[UUID, str]


class Ruling(Value):
    """One decision's finding on a code, with its attempt and the component of the form taken that it counts for."""

    component: Component
    attempt: AttemptNote
    decision: DecisionNote
    note: FoundNote


class CodeStanding(Value):
    """Where one code stands.

    ``effective``: of each component the latest attempt's ruling. ``void``: rulings that were set aside.
    ``waiting``: rulings that count once the second person of a scrutiny route confirms them.
    ``going_on``: attempts that cover it and can be decided. ``judged_before``: some attempt judged it, whether it
    counts or not.
    ``covered_by``: the components of the form taken that cover it.
    """

    code: str
    effective: tuple[Ruling, ...]
    void: tuple[Ruling, ...]
    waiting: tuple[Ruling, ...]
    going_on: tuple[AttemptNote, ...]
    judged_before: bool
    claims: tuple[ClaimNote, ...]
    covered_by: tuple[Component, ...]

    def met(self) -> bool:
        """Return whether every component's decision that counts found it met."""
        return all(ruling.note.judgement == "met" for ruling in self.effective)


def attempts_counted(basis: Basis) -> list[tuple[Component, AttemptNote]]:
    """Return the attempts that count on the form taken, each with the component that it counts for."""
    counted = ((basis.components.counting_as(attempt, basis.form), attempt) for attempt in basis.picture.attempts)
    return [(component, attempt) for component, attempt in counted if component is not None]


def standing(
    basis: Basis, code: str, core: frozenset[str], counted: Sequence[tuple[Component, AttemptNote]]
) -> CodeStanding:
    """Return where a code stands on the form and route taken; ``core`` has the codes that carry between routes.

    ``counted`` are the attempts that count there, which are the same for every code.
    """
    attempts = [
        (component, attempt)
        for component, attempt in counted
        if code in component.codes and carries(attempt, code, basis.route, core)
    ]
    latest = {component.key: attempt for component, attempt in attempts if attempt.effective() is not None}
    return CodeStanding(
        code=code,
        effective=tuple(
            ruling
            for component, attempt in attempts
            if latest.get(component.key) is attempt
            for ruling in _rulings(component, attempt, code, "effective")
        ),
        void=tuple(ruling for component, attempt in attempts for ruling in _rulings(component, attempt, code, "void")),
        waiting=tuple(
            ruling for component, attempt in attempts for ruling in _rulings(component, attempt, code, "waiting")
        ),
        going_on=tuple(attempt for _, attempt in attempts if attempt.goes_on() and attempt.route == basis.route),
        judged_before=code in basis.judged,
        claims=tuple(claim for claim in basis.picture.claims if claim.code == code),
        covered_by=tuple(component for component in basis.form.components if code in component.codes),
    )


def _rulings(component: Component, attempt: AttemptNote, code: str, status: str) -> list[Ruling]:
    return [
        Ruling(component=component, attempt=attempt, decision=decision, note=note)
        for decision in attempt.decisions
        if decision.status == status
        for note in decision.found
        if note.code == code and note.judgement != "not judged"
    ]
