"""Codes: where each code of an outcome stands with each component that judges it, and where the components stand."""

from datetime import date
from typing import Literal

from portfolio.domain.form import Component
from portfolio.domain.kernel import Value
from portfolio.domain.readiness.picture import AttemptNote
from portfolio.domain.readiness.standing import Basis, CodeStanding, Ruling

CodeState = Literal[
    "not met",
    "under review",
    "met",
    "waits for a second person",
    "being assessed",
    "set aside",
    "claimed",
    "nothing claimed",
]
"""In the order in which people want to know it."""

ComponentState = Literal["not begun", "in assessment", "waits for a second person", "decided", "set aside"]


class CodeReadiness(Value):
    """One code with one component that covers it; ``component`` is empty where none does."""

    code: str
    component: str
    state: CodeState


class ComponentReadiness(Value):
    """One component of the form taken: where its newest attempt stands, and the day of the decision that counts.

    ``attempts_left``: so many more may be decided.
    """

    component: str
    name: str
    method: str
    state: ComponentState
    decided_on: date | None
    attempts_left: int


def code_states(basis: Basis, standing: CodeStanding) -> list[CodeReadiness]:
    """Return where a code stands with each component that covers it."""
    return [
        CodeReadiness(code=standing.code, component=key, state=_state(basis, standing, key))
        for key in [component.key for component in standing.covered_by] or [""]
    ]


def _state(basis: Basis, standing: CodeStanding, key: str) -> CodeState:
    if not (standing.effective or standing.void or standing.waiting or standing.going_on):  # so it is with most
        return "claimed" if standing.claimed else "nothing claimed"
    effective, void = _of(standing.effective, key), _of(standing.void, key)
    if any(ruling.decision.decision_id in basis.appealed for ruling in (*effective, *void)):
        return "under review"
    if effective:
        return "met" if all(ruling.note.judgement == "met" for ruling in effective) else "not met"
    if _of(standing.waiting, key):
        return "waits for a second person"
    at_work = (each for each in standing.going_on if each.judgements)
    if any(_counts_for(basis, each, key) for each in at_work):
        return "being assessed"
    if void:
        return "set aside"
    return "claimed" if standing.claimed else "nothing claimed"


def _of(rulings: tuple[Ruling, ...], key: str) -> list[Ruling]:
    return [ruling for ruling in rulings if ruling.component.key == key]


def _counts_for(basis: Basis, attempt: AttemptNote, key: str) -> bool:
    return any(each is attempt and component.key == key for component, each in basis.counted)


def component_states(basis: Basis) -> tuple[ComponentReadiness, ...]:
    """Return where each component of the form taken stands."""
    return tuple(_component(basis, component) for component in basis.form.components)


def _component(basis: Basis, component: Component) -> ComponentReadiness:
    attempts = [each for each in basis.picture.attempts if _counts_for(basis, each, component.key)]
    counting = [decision for each in attempts if (decision := each.effective()) is not None]
    state: ComponentState = "decided" if counting else "not begun"
    if any(each.goes_on() and each.route == basis.route for each in attempts):
        state = "in assessment"
    elif any(decision.status == "waiting" for each in attempts for decision in each.decisions):
        state = "waits for a second person"
    elif not counting and any(decision.status == "void" for each in attempts for decision in each.decisions):
        state = "set aside"
    return ComponentReadiness(
        component=component.key,
        name=component.name,
        method=component.method,
        state=state,
        decided_on=counting[-1].decided_on if counting else None,
        attempts_left=attempts_left(basis, component),
    )


def attempts_left(basis: Basis, component: Component) -> int:
    """Return how many more attempts at a component of the form taken may be decided."""
    decided = [attempt for attempt in basis.picture.attempts if attempt.effective() is not None]
    used = sum(basis.components.may_be_at(attempt, component, basis.form) for attempt in decided)
    return max(0, (component.maximum_attempts or 0) - used)
