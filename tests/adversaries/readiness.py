"""A second naive model: what is assessed, from the list of what happened, held beside what the service says."""

from dataclasses import dataclass
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_attempts import line_of, undecided
from tests.adversaries.runner import Difference, Run, drawn_late
from tests.adversaries.story import ENDED, Story

JUDGED = ("met", "not met")
NOT_LIVE = ("replaced", "withdrawn", "discarded")


@dataclass
class Readiness:
    """The figures of an enrolment today, the state of each outcome, and whether the observation is done."""

    all_assessed: bool
    codes_assessed: int
    codes_needed: int
    outcomes_assessed: int
    observed: bool
    states: dict[str, str]


def expected(story: Story, enrolment: str) -> Readiness:
    """Work readiness out from the story."""
    route = story.route(enrolment)
    plan = story.one("route", route=route.route)
    states = {outcome: _state(story, enrolment, plan, codes) for outcome, codes in plan.outcomes.items()}
    done = {code for code in plan.codes if _rulings(story, enrolment, plan, code)}
    assessed = [outcome for outcome, codes in plan.outcomes.items() if set(codes) <= done]
    observed = any(_observed(story, each) for each in story.attempts(enrolment) if story.standing(each.attempt))
    return Readiness(
        all_assessed=len(assessed) == len(plan.outcomes) and observed,
        codes_assessed=len(done),
        codes_needed=len(plan.codes),
        outcomes_assessed=len(assessed),
        observed=observed,
        states=states,
    )


def counting(story: Story, enrolment: str) -> list[Any]:
    """Return the attempts that count on the form now taken: of each of its components the latest that is decided."""
    form = story.route(enrolment).form
    decided = [each for each in story.attempts(enrolment) if story.standing(each.attempt)]
    methods = {each.method for each in story.all("component added", form=form)}
    latest = {line_of(story, each): each for each in decided}
    return [each for line, each in latest.items() if line in methods]


def _observed(story: Story, attempt: Any) -> bool:
    """Tell whether a decision judged codes on an observation record of that very attempt."""
    if line_of(story, attempt) != "observation":
        return False
    cited = [cites for cites, code in story.standing(attempt.attempt).judged_on if code]
    return any(
        story.item(item).kind == "observation record" and story.item(item).attempt == attempt.attempt
        for item, _ in cited
    )


def _rulings(story: Story, enrolment: str, plan: Any, code: str) -> list[tuple[Any, str]]:
    """Return the decisions that count for a code, each with what it says; an option's code only on its own route."""
    return [
        (attempt, found)
        for attempt in counting(story, enrolment)
        if _may_count(story, enrolment, plan, attempt, code)
        and (found := story.standing(attempt.attempt).found.get(code)) in JUDGED
    ]


def _may_count(story: Story, enrolment: str, plan: Any, attempt: Any, code: str) -> bool:
    """Tell whether an attempt is at a component of the form now taken that covers the code, on its own route."""
    at = story.all("component added", form=story.route(enrolment).form, method=line_of(story, attempt))
    return (code in plan.core or attempt.route == plan.route) and any(code in each.codes for each in at)


def _state(story: Story, enrolment: str, plan: Any, codes: tuple[str, ...]) -> str:
    rulings = {code: _rulings(story, enrolment, plan, code) for code in codes}
    done = [code for code in codes if rulings[code]]
    if any(_under_appeal(story, attempt) for some in rulings.values() for attempt, _ in some):
        return "under review"
    if any(_setting_aside_under_appeal(story, enrolment, plan, code) for code in codes):
        return "under review"
    at_work = any(
        ((undecided(story, each) and each.route == plan.route) or story.waiting(each.attempt))
        and _may_count(story, enrolment, plan, each, code)
        for each in story.attempts(enrolment)
        for code in set(each.codes) & set(codes)
    )
    set_aside = any(
        decided.found.get(code) in JUDGED
        for decided in story.all("decided", enrolment=enrolment)
        if story.any("set aside", decision=decided.decision)
        for code in codes
    )
    if not done and not at_work and set_aside:
        return "void"
    if len(done) == len(codes):
        met = all(found == "met" for some in rulings.values() for _, found in some)
        return "assessed, met" if met else "assessed, not met"
    if done:
        return "partly assessed"
    if at_work:
        return "in assessment"
    return "claimed" if _claimed(story, enrolment) & set(codes) else "no claim"


def _under_appeal(story: Story, attempt: Any) -> bool:
    case = story.open_case(attempt.attempt)
    return case is not None and case.decision == story.standing(attempt.attempt).decision


def _setting_aside_under_appeal(story: Story, enrolment: str, plan: Any, code: str) -> bool:
    """Tell whether a panel still has to say whether a decision that judged the code was rightly set aside."""
    form = story.route(enrolment).form
    methods = {each.method for each in story.all("component added", form=form)}
    for attempt in story.attempts(enrolment):
        case = story.open_case(attempt.attempt)
        if case is None or story.status(case.appeal) in ENDED or line_of(story, attempt) not in methods:
            continue
        decided = story.one("decided", decision=case.decision)
        judged = decided.found.get(code) in JUDGED
        if judged and story.any("set aside", decision=case.decision):
            return _may_count(story, enrolment, plan, attempt, code)
    return False


def _claimed(story: Story, enrolment: str) -> set[str]:
    return {
        code
        for each in story.all("version offered", "record written", enrolment=enrolment)
        if story.stage(each.item, each.version) not in {*NOT_LIVE, "returned"}
        for code in story.claims(each.item, each.version)
    }


def ready(run: Run, enrolment: str) -> None:
    """Note it where the service says otherwise than the model of what is assessed now."""
    run.world.reads.settle()
    drawn_late(run)
    apprentice = run.story.apprentice(enrolment)
    call = Call("read readiness", apprentice, f"/enrolments/{run.world[enrolment]}/readiness", reads=True)
    answer = run.send(call)
    said = answer.get_json()
    told = Readiness(
        all_assessed=said["all_assessed"],
        codes_assessed=said["codes_assessed"],
        codes_needed=said["codes_needed"],
        outcomes_assessed=said["outcomes_assessed"],
        observed=not any(gap.startswith("No observation") for gap in said["gaps"]),
        states={each["outcome"]: each["state"] for each in said["outcomes"]},
    )
    if told != (wanted := expected(run.story, enrolment)):
        run.differences.append(Difference(call, {f"readiness {wanted}"}, f"readiness {told}", ""))
