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
from portfolio.domain.readiness.gaps import gaps_of_code, missing_methods, of_its_state, overall
from portfolio.domain.readiness.picture import Picture
from portfolio.domain.readiness.standing import Basis, CodeStanding, standing

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
    """One outcome: its state, its codes assessed of those needed, and a sentence for each gap."""

    outcome: str
    title: str
    state: OutcomeState
    assessed: bool
    codes_assessed: int
    codes_needed: int
    gaps: tuple[str, ...]


class Readiness(Value):
    """The whole route: counts with their denominators, never one percentage, and a sentence for each gap."""

    enrolment_id: UUID
    route: str
    as_of: date
    all_assessed: bool
    codes_assessed: int
    codes_needed: int
    outcomes_assessed: int
    outcomes_needed: int
    outcomes: tuple[OutcomeReadiness, ...]
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
    route = picture.route_on(day)
    key = route.route if route else ""
    basis = Basis(
        picture=picture.without_findings_of(out),
        plan=plan,
        form=form,
        components=components,
        route=key,
        judged=picture.judged(),
        names=names,
    )
    outcomes = plan.outcomes_of(key)
    core = plan.core_codes()
    every = {mapping.code for outcome in outcomes for mapping in outcome.codes}
    standings = {code: standing(basis, code, core) for code in every}
    by_outcome = tuple(_outcome(basis, outcome, standings) for outcome in outcomes)
    needed = {code for outcome in outcomes for code in _need(outcome, form.covers())}
    methods = missing_methods(basis)
    all_assessed = all(each.assessed for each in by_outcome) and not methods and form.proof is not None
    return Readiness(
        enrolment_id=picture.enrolment_id,
        route=key,
        as_of=day,
        all_assessed=all_assessed,
        codes_assessed=sum(bool(standings[code].effective) for code in needed),
        codes_needed=len(needed),
        outcomes_assessed=sum(each.assessed for each in by_outcome),
        outcomes_needed=len(by_outcome),
        outcomes=by_outcome,
        gaps=(*of_its_state(picture, day), *methods, *overall(all_assessed, len(by_outcome))),
    )


def said_on(picture: Readiness, today: date) -> Readiness:
    """Return readiness as it is said today: of a day to come, with a first sentence that it is one."""
    if picture.as_of <= today:
        return picture
    to_come = f"{day_in_words(picture.as_of)} is still to come: this is what is known on {day_in_words(today)}."
    return changed(picture, gaps=(to_come, *picture.gaps))


def _need(outcome: Outcome, covered: frozenset[str]) -> list[str]:
    codes = {mapping.code for mapping in outcome.codes if mapping.mandatory or mapping.code in covered}
    return sorted(codes, key=code_order)


def _outcome(basis: Basis, outcome: Outcome, standings: dict[str, CodeStanding]) -> OutcomeReadiness:
    need = [standings[code] for code in _need(outcome, basis.form.covers())]
    done = [standing for standing in need if standing.effective]
    assessed = bool(need) and len(done) == len(need)
    gaps = [sentence for standing in need for sentence in gaps_of_code(basis, outcome.key, standing)]
    still_open = [standing.code for standing in need if not standing.effective]
    if done and still_open:
        gaps.append(f"{outcome.key}: {len(done)} of {len(need)} codes assessed. Still open: {', '.join(still_open)}.")
    return OutcomeReadiness(
        outcome=outcome.key,
        title=outcome.title,
        state=_state(basis.picture, need, done, assessed),
        assessed=assessed,
        codes_assessed=len(done),
        codes_needed=len(need),
        gaps=tuple(gaps),
    )


def _state(picture: Picture, need: list[CodeStanding], done: list[CodeStanding], assessed: bool) -> OutcomeState:
    appealed = {note.decision_id for note in picture.appeals}
    rulings = (ruling for standing in need for ruling in (*standing.effective, *standing.void))
    if any(ruling.decision.decision_id in appealed for ruling in rulings):
        return "under review"
    in_assessment = any(standing.going_on or standing.waiting for standing in need)
    if not done and not in_assessment and any(standing.void for standing in need):
        return "void"
    if assessed:
        return "assessed, met" if all(standing.met() for standing in need) else "assessed, not met"
    if done:
        return "partly assessed"
    if in_assessment:
        return "in assessment"
    claims = (claim for standing in need for claim in standing.claims)
    return "claimed" if any(picture.stage_of(claim) != "returned" for claim in claims) else "no claim"
