"""The naive rules of attempts: who opens, closes and may judge them, and the second person of a scrutiny route."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.story import Story
from tests.adversaries.words import JUDGE


def component(story: Story, form: str, key: str) -> Any:
    return story.one("component added", form=form, key=key)


def line_of(story: Story, attempt: Any) -> str:
    """Return what an attempt is at: the method and criteria of its component, whatever its key on that form."""
    return str(component(story, attempt.form, attempt.key).method)


def same_line(story: Story, enrolment: str, method: str) -> list[Any]:
    return [each for each in story.attempts(enrolment) if line_of(story, each) == method]


def all_met(story: Story, attempt: Any) -> bool:
    standing = story.standing(attempt.attempt)
    return standing is not None and all(standing.found.get(code) == "met" for code in attempt.codes)


def open_attempt(story: Story, call: Call) -> set[str]:
    told = call.told
    route = story.route(told.enrolment)
    at = component(story, route.form, told.key)
    if at is None:
        return {"component-unknown"}
    earlier = same_line(story, told.enrolment, at.method)
    goes_on = [
        each
        for each in earlier
        if story.waiting(each.attempt) or (undecided(story, each) and each.route == route.route)
    ]
    decided = [each for each in earlier if story.standing(each.attempt)]
    broken = set()
    if goes_on or len(decided) >= at.maximum or (decided and all_met(story, decided[-1])):
        broken.add("attempt-not-allowed")
    if story.ended(told.enrolment):
        broken.add("enrolment-has-ended")
    if story.paused(told.enrolment):
        broken.add("enrolment-is-paused")
    if "administrator" not in story.roles(call.by):
        opened = SimpleNamespace(enrolment=told.enrolment, form=route.form, key=told.key, method=at.method)
        broken |= assessor_may_not(story, call, opened)
    return broken


def undecided(story: Story, attempt: Any) -> bool:
    return not story.decided(attempt.attempt) and not story.any("attempt closed", attempt=attempt.attempt)


def close(story: Story, call: Call) -> set[str]:
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    found = story.all("found", attempt=attempt.attempt)
    broken, judged = set(), {each.by for each in found if each.judgement != "not judged"}
    if story.any("attempt closed", attempt=attempt.attempt):
        broken.add("attempt-already-closed")
    if story.decided(attempt.attempt):
        broken.add("decision-waits" if story.waiting(attempt.attempt) else "decision-fixed")
    roles = story.roles(call.by)
    if judged or attempt.by == "the system":
        apart = judged | barred(story, attempt) | story.took_part(attempt.attempt)
        if call.by in apart or not roles & {"responsible officer", "lead assessor"}:
            broken.add("closing-not-yours")
        if story.conflicted(call.by, story.apprentice(attempt.enrolment)):
            broken.add("assessor-conflicted")
    elif "administrator" not in roles:
        bars = assessor_may_not(story, call, attempt)
        broken |= (bars - {"assessor-not-authorised"}) | (
            {"closing-not-yours"} if "assessor-not-authorised" in bars else set()
        )
    return broken


def barred(story: Story, attempt: Any) -> set[str]:
    """Everybody who never judges this line again: who took part in what was set aside, unless it was said otherwise.

    Or wrote what was observed or discussed for it. Once an appeal is upheld the new attempt is another assessor's,
    whatever was said.
    """

    def upheld(aside: Any) -> bool:
        cases = story.all("appeal lodged", decision=aside.decision)
        return any(story.any("appeal decided", appeal=each.appeal, outcome="upheld") for each in cases)

    return {
        person
        for each in same_line(story, attempt.enrolment, line_of(story, attempt))
        if any(upheld(aside) or aside.bars is not False for aside in story.all("set aside", attempt=each.attempt))
        for person in story.took_part(each.attempt) | observers(story, each.attempt)
    }


def observers(story: Story, attempt: str) -> set[str]:
    """Return who wrote the observations and discussions that a decision of this attempt rests on."""
    cited = {item for decided in story.all("decided", attempt=attempt) for item, _ in decided.cited}
    return {each.by for each in story.all("record written") if each.item in cited and each.attempt is not None}


def assessor_may_not(story: Story, call: Call, attempt: Any) -> set[str]:
    """Return what bars a person from assessing an attempt, whatever they say in it."""
    at = component(story, attempt.form, attempt.key)
    role = "centre assessor" if at.marker == "centre" else "assessor"
    apprentice = story.apprentice(attempt.enrolment)
    broken = set()
    if not story.assigned(attempt.enrolment, call.by, "assessor", at.method) or role not in story.roles(call.by):
        broken.add("assessor-not-authorised")
    if story.conflicted(call.by, apprentice) and not by_route(story, call.by, attempt):
        broken.add("assessor-conflicted")
    if call.by in barred(story, attempt):
        broken.add("remarker-not-different")
    return broken


def by_route(story: Story, person: str, attempt: Any) -> bool:
    """Tell whether somebody who coached assesses by a scrutiny route, which needs a centre that marks."""
    at = component(story, attempt.form, attempt.key)
    coached = story.coached_at_the_centre(person, story.apprentice(attempt.enrolment))
    route = story.scrutiny_route(attempt.enrolment, person, attempt.form, attempt.key)
    return at.marker == "centre" and coached and route is not None


def declined(story: Story, call: Call) -> set[str]:
    """Who decided here by a scrutiny route and was declined leaves the attempt to another assessor."""
    own = story.all("decided", attempt=call.told.attempt, by=call.by)
    return (
        {"assessor-declined"} if any(story.any("decision declined", decision=each.decision) for each in own) else set()
    )


def record_route(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    apprentice = story.apprentice(told.enrolment)
    if call.by in (told.assessor, told.second):
        broken.add("scrutiny-route-not-own")
    if story.conflicted(call.by, apprentice):
        broken.add("officer-conflicted")
    if not any(each.form == told.form for each in story.all("enrolled", "route changed", enrolment=told.enrolment)):
        broken.add("form-not-for-route")
    at = component(story, told.form, told.key)
    on_record = story.scrutiny_route(told.enrolment, told.assessor, told.form, told.key)
    has_left = on_record is not None and not story.roles(told.assessor) & JUDGE
    if (
        at is None
        or at.marker != "centre"
        or not story.conflicted(told.assessor, apprentice)
        or not (has_left or story.coached_at_the_centre(told.assessor, apprentice))
    ):
        broken.add("scrutiny-route-not-allowed")
    assures = at is not None and story.assures(told.enrolment, told.second, at.method)
    free = at is None or (not assures and second_person_is_free(story, told.second, apprentice, at))
    if told.second == told.assessor or not free or judged_here(story, told):
        broken.add("second-person-not-free")
    return broken


def judged_here(story: Story, told: Any) -> bool:
    """Tell whether the second person judged codes of an attempt at the component that goes on."""
    return any(
        story.any("found", attempt=each.attempt, by=told.second)
        and not story.any("attempt closed", attempt=each.attempt)
        and (not story.decided(each.attempt) or story.waiting(each.attempt) is not None)
        for each in story.all("attempt opened", enrolment=told.enrolment, form=told.form, key=told.key)
    )


def second_person_is_free(story: Story, person: str, apprentice: str, at: Any) -> bool:
    assesses = bool(story.roles(person) & JUDGE)
    standardised = story.competent(person, "standardised", at.criteria)
    return assesses and standardised and not story.conflicted(person, apprentice)


def second_person(story: Story, call: Call) -> set[str]:
    """The second person of the route that is on record now answers a decision that waits, while they are free."""
    attempt, broken = story.one("attempt opened", attempt=call.told.attempt), set()
    waiting = story.waiting(attempt.attempt)
    if waiting is None or waiting.decision != call.told.decision:
        return {"decision-does-not-wait"}
    if story.scrutiny_route(attempt.enrolment, waiting.by, attempt.form, attempt.key).second != call.by:
        broken.add("not-the-second-person")
    judged = story.any("found", attempt=attempt.attempt, by=call.by)
    at = component(story, attempt.form, attempt.key)
    judged |= story.assures(attempt.enrolment, call.by, at.method)
    if judged or not second_person_is_free(story, call.by, story.apprentice(attempt.enrolment), at):
        broken.add("second-person-not-free")
    return broken


def confirm(story: Story, call: Call) -> set[str]:
    """Nor is it confirmed if whoever decided came to be barred since, or to have another tie than having coached."""
    broken, attempt = second_person(story, call), story.one("attempt opened", attempt=call.told.attempt)
    waiting = story.waiting(attempt.attempt)
    if waiting is None or waiting.decision != call.told.decision:
        return broken
    if waiting.by in barred(story, attempt):
        broken.add("remarker-not-different")
    if not story.only_coached(waiting.by, story.apprentice(attempt.enrolment)):
        broken.add("assessor-conflicted")
    return broken


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "RecordScrutinyRoute": record_route,
    "ConfirmDecision": confirm,
    "DeclineDecision": second_person,
    "OpenAttempt": open_attempt,
    "CloseAttempt": close,
}
