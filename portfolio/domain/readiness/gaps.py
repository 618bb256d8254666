"""Gaps: a plain sentence for whatever is still open, true on the day it is read."""

from collections.abc import Iterable
from datetime import date

from portfolio.domain.calendar import day_in_words
from portfolio.domain.form import Component
from portfolio.domain.readiness.codes import attempts_left
from portfolio.domain.readiness.picture import AttemptNote, Picture
from portfolio.domain.readiness.standing import Basis, CodeStanding, Ruling

OBSERVATION = "observation"
"""What plans call a method of which a record must say what was seen."""


def gaps_of_code(basis: Basis, outcome: str, standing: CodeStanding) -> list[str]:
    """Return what is open about one code under an outcome, and that a setting aside is under appeal."""
    return _gaps(basis, outcome, standing) + [
        f"{standing.code}: the setting aside of the decision of {day_in_words(ruling.decision.decided_on)} on "
        f"{ruling.component.name} is under appeal; meanwhile the decision does not count."
        for ruling in standing.void
        if ruling.decision.decision_id in basis.appealed
    ]


def _gaps(basis: Basis, outcome: str, standing: CodeStanding) -> list[str]:
    if standing.effective:
        return _gaps_of_judged(basis, standing)
    picture, code = basis.picture, standing.code
    at_work = [attempt for attempt in standing.going_on if attempt.judgements]
    if not standing.covered_by:
        return [
            f"{code}: no part of your assessment form covers it. "
            "This is for the assessment organisation to put right, not for you."
        ]
    if standing.waiting:
        return [f"{code}: {_waits(basis, standing.waiting[-1])}."]
    if at_work:
        aside = f" {_set_aside(standing)};" if standing.void else ""
        return [f"{code}:{aside} an assessor is at work on it: {_progress(at_work[-1])}."]
    if declined := [attempt.decisions[-1] for attempt in standing.going_on if attempt.decisions]:
        return [
            f"{code}: the second person declined the decision of {day_in_words(declined[-1].decided_on)}; "
            "another assessor will judge it."
        ]
    if standing.void:
        return [f"{code}: {_set_aside(standing)}; it must be assessed again and {_will(standing)}."]
    if any(attempt.finders for attempt in standing.going_on):
        return [f"{code}: the assessor who was at work on it no longer is; it {_will(standing)}."]
    if standing.claims:
        newest = reversed(standing.claims)
        claim = next((each for each in newest if picture.stage_of(each) is None), standing.claims[-1])
        return [
            f"{code}: claimed on {day_in_words(claim.claimed_on)} with {picture.title_of(claim)}, "
            f"version {claim.version}{_BUT[picture.stage_of(claim)]}; {_judged_so_far(standing)}; it {_will(standing)}."
        ]
    before = f"{_judged_so_far(standing)}; " if standing.judged_before else ""
    return [f"{code} under {outcome}: nothing claimed yet; {before}it {_will(standing)}."]


_BUT: dict[str | None, str] = {
    None: "",
    "draft": ", a draft that has to be handed in first",
    "returned": ", which was returned: it has to be put right in a new version that claims it",
}
"""What must happen first to a version that was claimed with, by its stage."""


def _waits(basis: Basis, last: Ruling) -> str:
    """Return for whom a decision waits."""
    second_person = basis.names.get(basis.picture.second_person(last.attempt, last.decision), "")
    who = f"{second_person}, the second person of the scrutiny route," if second_person else "a second person"
    return f"decided on {day_in_words(last.decision.decided_on)}; the decision counts once {who} confirms it"


def _set_aside(standing: CodeStanding) -> str:
    last = standing.void[-1].decision
    because = f" because {_clause(last.why_void)}" if last.why_void else ""
    return f"the decision of {day_in_words(last.decided_on)} was set aside{because}"


def _judged_so_far(standing: CodeStanding) -> str:
    if standing.judged_before:
        return "it was judged in an attempt that does not count"
    return "no assessor has judged it yet"


def _will(standing: CodeStanding) -> str:
    return f"will be {' and '.join(_how(component) for component in standing.covered_by)}"


def _how(component: Component) -> str:
    method = component.method.casefold()
    how = "observed" if "observation" in method else f"assessed by your {method}"
    return f"{how} ({component.name})"


def _progress(attempt: AttemptNote) -> str:
    return f"{len(attempt.judged)} of {len(attempt.codes)} codes judged"


def _gaps_of_judged(basis: Basis, standing: CodeStanding) -> list[str]:
    code, sentences = standing.code, []
    not_met = [ruling for ruling in standing.effective if ruling.note.judgement == "not met"]
    met = [ruling for ruling in standing.effective if ruling.note.judgement == "met"]
    if met and not_met:
        sentences.append(
            f"{code}: judged met in {_names(ruling.component for ruling in met)} and not met in "
            f"{_names(ruling.component for ruling in not_met)}; a lead assessor will settle it. "
            "Until then it counts as not met, because findings differ."
        )
    elif not_met:
        last = not_met[-1]
        sentences.append(
            f"{code}: judged on {day_in_words(last.decision.decided_on)}, not met. "
            f"Reason: {_clause(last.note.reason)}. "
            f"{_next(basis, standing, last)}"
        )
    sentences += [
        f"{code}: the decision of {day_in_words(ruling.decision.decided_on)} on {ruling.component.name} is under "
        "appeal; it counts until it is replaced."
        for ruling in standing.effective
        if ruling.decision.decision_id in basis.appealed
    ]
    return sentences


def _next(basis: Basis, standing: CodeStanding, last: Ruling) -> str:
    """Return what comes after "not met": an attempt that waits or is open, one that may be, or none that is left.

    That they can appeal is said to nobody while an appeal against that attempt is open, nor to who may not know of it.
    """
    if standing.waiting:
        return f"Another attempt was {_waits(basis, standing.waiting[-1])}."
    if standing.going_on:
        return f"Another attempt is open: {_progress(standing.going_on[-1])}."
    under_appeal = any(each.decision_id in basis.appealed for each in last.attempt.decisions)
    appeal = basis.picture.tells_appeals and not under_appeal
    if not attempts_left(basis, last.component):
        return f"What you can do next: no further attempt is left here{', but you can appeal' if appeal else ''}."
    return f"What you can do next: ask your coach about another attempt{', or appeal' if appeal else ''}."


def missing_methods(basis: Basis) -> list[str]:
    """Return a sentence for each required method that too few components have completed."""
    return [
        f"No {method.name} has been completed; the plan requires at least {_count(method.minimum)}."
        if not (done := _completed(basis, method.name))
        else f"{done} of {method.minimum} {method.name}s completed."
        for method in basis.plan.methods.required
        if _completed(basis, method.name) < method.minimum
    ]


def _completed(basis: Basis, method: str) -> int:
    """Return how many components of a method a decision in effect has completed.

    The method is that of the component on the form of the attempt, of which the form taken has one too.
    """
    form, components = basis.form, basis.components
    done: set[str] = set()
    for attempt in basis.picture.attempts:
        was = components.of(attempt)
        there = was is not None and any(components.may_be_at(attempt, each, form) for each in form.components)
        if was is not None and there and was.method.casefold() == method.casefold() and _is_completed(attempt, method):
            counted = components.counting_as(attempt, form)
            done.add(counted.key if counted else was.key)
    return len(done)


def _is_completed(attempt: AttemptNote, method: str) -> bool:
    """Return whether a decision in effect completes an attempt: an observation only on a record of that attempt."""
    decision = attempt.effective()
    return decision is not None and (decision.observed or OBSERVATION not in method.casefold())


def of_its_state(picture: Picture, day: date) -> list[str]:
    """Return what is to be said of an enrolment that is paused on a day, or has ended by then."""
    lasting = picture.lasting
    match lasting.state_on(day):
        case "running":
            return []
        case "paused":
            return ["The enrolment is paused: what is open goes on, and no other attempt begins before it is resumed."]
        case how:
            on = day_in_words(lasting.ended.on) if lasting.ended else ""
            return [
                f"The enrolment ended on {on} ({how}): what is still open below is assessed only in an attempt that "
                "is open, or that an appeal orders."
            ]


def overall(all_assessed: bool, outcomes: int) -> list[str]:
    """Return what is to be said when everything is assessed."""
    if not all_assessed:
        return []
    return [
        f"All {outcomes} outcomes are assessed. That does not mean a pass: "
        "the result still needs an approved grading scheme and a results officer."
    ]


def _names(components: Iterable[Component]) -> str:
    return " and ".join(component.name for component in components)


def _count(number: int) -> str:
    return "one" if number == 1 else str(number)


def _clause(text: str) -> str:
    return text.strip().rstrip(".")
