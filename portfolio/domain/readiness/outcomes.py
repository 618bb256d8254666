"""Readiness: what of the plan is assessed, per outcome, and what is still open, in plain sentences.

Claims and uploads never count as assessed, and assessed never means passed.
"""

from collections.abc import Container, Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.calendar import day_in_words
from portfolio.domain.components import Components
from portfolio.domain.form import Form, code_order
from portfolio.domain.kernel import Value, changed
from portfolio.domain.plan import Outcome, Plan
from portfolio.domain.readiness.codes import CodeReadiness, ComponentReadiness, code_states, component_states
from portfolio.domain.readiness.gaps import gaps_of_code, missing_methods, of_its_state, overall
from portfolio.domain.readiness.picture import Picture
from portfolio.domain.readiness.standing import Basis, CodeStanding, standings

OutcomeState = Literal[
    "under review",
    "void",
    "assessed, met",
    "assessed, not met",
    "partly assessed",
    "in assessment",
    "claimed",
    "no claim",
]


class OutcomeReadiness(Value):
    """One outcome: its state, its codes assessed of those needed, where each stands, and a sentence for each gap."""

    outcome: str
    title: str
    state: OutcomeState
    assessed: bool
    codes_assessed: int
    codes_needed: int
    codes: tuple[CodeReadiness, ...]
    gaps: tuple[str, ...]


class Step(Value):
    """How much was assessed from a day on."""

    day: date
    codes_assessed: int
    codes_needed: int
    outcomes_assessed: int
    outcomes_needed: int


class Readiness(Value):
    """The whole route: counts with their denominators, never one percentage, and a sentence for each gap.

    ``components`` are those of the form taken.
    """

    enrolment_id: UUID
    route: str
    as_of: date
    all_assessed: bool
    codes_assessed: int
    codes_needed: int
    outcomes_assessed: int
    outcomes_needed: int
    outcomes: tuple[OutcomeReadiness, ...]
    components: tuple[ComponentReadiness, ...]
    gaps: tuple[str, ...]


def readiness(
    picture: Picture,
    plan: Plan,
    form: Form,
    components: Components,
    day: date,
    names: Mapping[UUID, str],
    out: Mapping[UUID, Container[UUID]],
) -> Readiness:
    """Return what is assessed on this day, by the plan's outcomes of the apprentice's route and the form taken.

    ``components`` knows that form and those of the attempts, ``names`` the second people of scrutiny routes, and
    ``out``, by attempt, who found something there and may not judge it now: that does not count.
    """
    basis = _basis(picture, plan, form, components, day, names=names, out=out)
    stands, needs = standings(basis), _needs(basis)
    by_outcome = tuple(
        _outcome(basis, outcome, [stands[code] for code in needs[outcome.key]])
        for outcome in plan.outcomes_of(basis.route)
    )
    counted = _counted(needs, stands, day)
    methods = missing_methods(basis)
    all_assessed = all(each.assessed for each in by_outcome) and not methods and form.proof is not None
    return Readiness(
        enrolment_id=picture.enrolment_id,
        route=basis.route,
        as_of=day,
        all_assessed=all_assessed,
        codes_assessed=counted.codes_assessed,
        codes_needed=counted.codes_needed,
        outcomes_assessed=counted.outcomes_assessed,
        outcomes_needed=counted.outcomes_needed,
        outcomes=by_outcome,
        components=component_states(basis),
        gaps=(*of_its_state(picture, day), *methods, *overall(all_assessed, len(by_outcome))),
    )


def step_on(picture: Picture, plan: Plan, form: Form, components: Components, day: date) -> Step:
    """Return how much is assessed on this day, the figures of ``readiness`` alone."""
    basis = _basis(picture, plan, form, components, day)
    return _counted(_needs(basis), standings(basis), day)


def states_on(
    picture: Picture,
    plan: Plan,
    form: Form,
    components: Components,
    day: date,
    out: Mapping[UUID, Container[UUID]],
) -> tuple[OutcomeState, ...]:
    """Return where each outcome stands on this day, the states of ``readiness`` alone."""
    basis = _basis(picture, plan, form, components, day, out=out)
    stands = standings(basis)
    return tuple(_state(basis, [stands[code] for code in need]) for need in _needs(basis).values())


def _basis(
    picture: Picture,
    plan: Plan,
    form: Form,
    components: Components,
    day: date,
    *,
    names: Mapping[UUID, str] = {},
    out: Mapping[UUID, Container[UUID]] = {},
) -> Basis:
    route = picture.route_on(day)
    shown = picture.without_findings_of(out)
    counted = ((components.counting_as(attempt, form), attempt) for attempt in shown.attempts)
    return Basis(
        picture=shown,
        plan=plan,
        form=form,
        components=components,
        route=route.route if route else "",
        judged=picture.judged(),
        names=names,
        core=plan.core_codes(),
        counted=tuple((component, attempt) for component, attempt in counted if component is not None),
        appealed=frozenset(note.decision_id for note in picture.appeals),
    )


def _counted(needs: Mapping[str, list[str]], stands: Mapping[str, CodeStanding], day: date) -> Step:
    needed = {code for need in needs.values() for code in need}
    return Step(
        day=day,
        codes_assessed=sum(bool(stands[code].effective) for code in needed),
        codes_needed=len(needed),
        outcomes_assessed=sum(bool(need) and all(stands[code].effective for code in need) for need in needs.values()),
        outcomes_needed=len(needs),
    )


def said_on(picture: Readiness, today: date) -> Readiness:
    """Return readiness as it is said today: of a day to come, with a first sentence that it is one."""
    if picture.as_of <= today:
        return picture
    to_come = f"{day_in_words(picture.as_of)} is still to come: this is what is known on {day_in_words(today)}."
    return changed(picture, gaps=(to_come, *picture.gaps))


def _needs(basis: Basis) -> dict[str, list[str]]:
    """Return the codes that each outcome of the route needs, in order: those it must have, and those of the form."""
    covered = basis.form.covers()
    return {
        outcome.key: sorted(
            {mapping.code for mapping in outcome.codes if mapping.mandatory or mapping.code in covered}, key=code_order
        )
        for outcome in basis.plan.outcomes_of(basis.route)
    }


def _outcome(basis: Basis, outcome: Outcome, need: list[CodeStanding]) -> OutcomeReadiness:
    done = [standing for standing in need if standing.effective]
    assessed = bool(need) and len(done) == len(need)
    gaps = [sentence for standing in need for sentence in gaps_of_code(basis, outcome.key, standing)]
    still_open = [standing.code for standing in need if not standing.effective]
    if done and still_open:
        gaps.append(f"{outcome.key}: {len(done)} of {len(need)} codes assessed. Still open: {', '.join(still_open)}.")
    return OutcomeReadiness(
        outcome=outcome.key,
        title=outcome.title,
        state=_state(basis, need),
        assessed=assessed,
        codes_assessed=len(done),
        codes_needed=len(need),
        codes=tuple(each for standing in need for each in code_states(basis, standing)),
        gaps=tuple(gaps),
    )


def _state(basis: Basis, need: list[CodeStanding]) -> OutcomeState:
    done = [standing for standing in need if standing.effective]
    rulings = (ruling for standing in need for ruling in (*standing.effective, *standing.void))
    if any(ruling.decision.decision_id in basis.appealed for ruling in rulings):
        return "under review"
    in_assessment = any(standing.going_on or standing.waiting for standing in need)
    if not done and not in_assessment and any(standing.void for standing in need):
        return "void"
    if need and len(done) == len(need):
        return "assessed, met" if all(standing.met() for standing in need) else "assessed, not met"
    if done:
        return "partly assessed"
    if in_assessment:
        return "in assessment"
    return "claimed" if any(standing.claimed for standing in need) else "no claim"
