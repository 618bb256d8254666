"""Readiness: what of the plan is assessed, per outcome, and what is still open, in plain sentences.

Claims and uploads never count as assessed, and assessed never means passed.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.form import Component, Form, code_order
from portfolio.domain.kernel import Value
from portfolio.domain.plan import Outcome, Plan
from portfolio.domain.readiness.picture import AttemptNote, ClaimNote, DecisionNote, FoundNote, Picture

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


class Ruling(Value):
    """One decision's finding on a code, with its attempt."""

    attempt: AttemptNote
    decision: DecisionNote
    note: FoundNote


class CodeStanding(Value):
    """Where one code stands: rulings that count, rulings that were set aside, open attempts and claims."""

    code: str
    effective: tuple[Ruling, ...]
    void: tuple[Ruling, ...]
    open_attempt: bool
    claims: tuple[ClaimNote, ...]
    in_form: bool

    def met(self) -> bool:
        """Return whether every decision that counts found it met."""
        return all(ruling.note.judgement == "met" for ruling in self.effective)


def readiness(picture: Picture, plan: Plan, form: Form, day: date) -> Readiness:
    """Return what is assessed on this day, by the plan's outcomes of the apprentice's route and the form taken."""
    route = picture.route_on(day)
    key = route.route if route else ""
    outcomes = plan.outcomes_of(key)
    core = frozenset(mapping.code for outcome in outcomes if outcome.option is None for mapping in outcome.codes)
    every = {mapping.code for outcome in outcomes for mapping in outcome.codes}
    standings = {code: _standing(picture, form, key, code, core) for code in every}
    by_outcome = tuple(_outcome(picture, outcome, standings, form.covers()) for outcome in outcomes)
    needed = {code for outcome in outcomes for code in _need(outcome, form.covers())}
    methods = _missing_methods(picture, plan, form)
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
        gaps=(*methods, *_overall(all_assessed, len(by_outcome))),
    )


def _counts(attempt: AttemptNote, form: Form, route: str, code: str, core: frozenset[str]) -> bool:
    """Return whether an attempt counts for a code; an option's code only if it was on this very route (ENROLMENT-4)."""
    component = form.component(attempt.component)
    return component is not None and code in component.codes and (code in core or attempt.route == route)


def _standing(picture: Picture, form: Form, route: str, code: str, core: frozenset[str]) -> CodeStanding:
    attempts = [attempt for attempt in picture.attempts if _counts(attempt, form, route, code, core)]
    rulings = [
        Ruling(attempt=attempt, decision=decision, note=note)
        for attempt in attempts
        for decision in attempt.decisions
        for note in decision.found
        if note.code == code and note.judgement != "not judged"
    ]
    return CodeStanding(
        code=code,
        effective=tuple(ruling for ruling in rulings if ruling.decision.status == "effective"),
        void=tuple(ruling for ruling in rulings if ruling.decision.status == "void"),
        open_attempt=any(code in attempt.codes and not attempt.decisions for attempt in attempts),
        claims=tuple(claim for claim in picture.claims if claim.code == code),
        in_form=code in form.covers(),
    )


def _need(outcome: Outcome, covered: frozenset[str]) -> list[str]:
    codes = {mapping.code for mapping in outcome.codes if mapping.mandatory or mapping.code in covered}
    return sorted(codes, key=code_order)


def _outcome(
    picture: Picture, outcome: Outcome, standings: dict[str, CodeStanding], covered: frozenset[str]
) -> OutcomeReadiness:
    need = [standings[code] for code in _need(outcome, covered)]
    done = [standing for standing in need if standing.effective]
    assessed = bool(need) and len(done) == len(need)
    return OutcomeReadiness(
        outcome=outcome.key,
        title=outcome.title,
        state=_state(picture, need, done, assessed),
        assessed=assessed,
        codes_assessed=len(done),
        codes_needed=len(need),
        gaps=tuple(_gaps(picture, outcome.key, need, done)),
    )


def _state(picture: Picture, need: list[CodeStanding], done: list[CodeStanding], assessed: bool) -> OutcomeState:
    appealed = {note.decision_id for note in picture.appeals}
    if any(ruling.decision.decision_id in appealed for standing in done for ruling in standing.effective):
        return "under review"
    in_assessment = any(standing.open_attempt for standing in need)
    if not done and not in_assessment and any(standing.void for standing in need):
        return "void"
    if assessed:
        return "assessed, met" if all(standing.met() for standing in need) else "assessed, not met"
    if done:
        return "partly assessed"
    if in_assessment:
        return "in assessment"
    return "claimed" if any(standing.claims for standing in need) else "no claim"


def _gaps(picture: Picture, outcome: str, need: list[CodeStanding], done: list[CodeStanding]) -> list[str]:
    sentences = [sentence for standing in need for sentence in _gaps_of_code(picture, outcome, standing)]
    still_open = [standing.code for standing in need if not standing.effective]
    if done and still_open:
        sentences.append(f"{outcome}: {len(done)} of {len(need)} codes assessed. Still open: {', '.join(still_open)}.")
    return sentences


def _gaps_of_code(picture: Picture, outcome: str, standing: CodeStanding) -> list[str]:
    code = standing.code
    if standing.effective:
        return _gaps_of_judged(picture, standing)
    if not standing.in_form:
        return [
            f"{code}: no part of your assessment form covers it. "
            "This is for the assessment organisation to put right, not for you."
        ]
    if standing.void:
        last = standing.void[-1].decision
        return [
            f"{code}: the decision of {_day(last.decided_on)} was set aside because {_clause(last.why_void)}; "
            "it must be assessed again."
        ]
    if standing.claims:
        claim = standing.claims[-1]
        title = picture.titles.get(claim.evidence_id, "your evidence")
        return [
            f"{code}: claimed on {_day(claim.claimed_on)} with {title}, version {claim.version}; "
            "no assessor has judged it yet."
        ]
    return [f"{code} under {outcome}: nothing claimed yet."]


def _gaps_of_judged(picture: Picture, standing: CodeStanding) -> list[str]:
    code, last = standing.code, standing.effective[-1]
    sentences = []
    judgements = {ruling.note.judgement for ruling in standing.effective}
    if len(judgements) > 1:
        sentences.append(
            f"{code}: judged met by one assessor and not met by another; a lead assessor will settle it. "
            "Until then it counts as not met, because findings differ."
        )
    elif "not met" in judgements:
        sentences.append(
            f"{code}: judged on {_day(last.decision.decided_on)}, not met. Reason: {_clause(last.note.reason)}. "
            "What you can do next: ask your coach about another attempt, or appeal."
        )
    for note in picture.appeals:
        if note.decision_id in {ruling.decision.decision_id for ruling in standing.effective}:
            sentences.append(
                f"{code}: the decision is under appeal {str(note.appeal_id)[:8]}; it counts until it is replaced."
            )
    return sentences


def _missing_methods(picture: Picture, plan: Plan, form: Form) -> list[str]:
    """Return a sentence for each required method that no effective decision has completed."""
    decided = [
        component
        for attempt in picture.attempts
        if (component := form.component(attempt.component)) is not None
        and any(decision.status == "effective" for decision in attempt.decisions)
    ]
    return [
        f"No {method.name} has been completed; the plan requires at least {_count(method.minimum)}."
        if not _with_method(decided, method.name)
        else f"{_with_method(decided, method.name)} of {method.minimum} {method.name}s completed."
        for method in plan.methods.required
        if _with_method(decided, method.name) < method.minimum
    ]


def _with_method(components: list[Component], name: str) -> int:
    return len({component.key for component in components if component.method.casefold() == name.casefold()})


def _overall(all_assessed: bool, outcomes: int) -> list[str]:
    if not all_assessed:
        return []
    return [
        f"All {outcomes} outcomes are assessed. That does not mean a pass: "
        "the result still needs an approved grading scheme and a results officer."
    ]


def _count(number: int) -> str:
    return "one" if number == 1 else str(number)


def _clause(text: str) -> str:
    return text.strip().rstrip(".")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
