"""The naive rules of attempts, findings and decisions."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_people import line
from tests.adversaries.story import NOTHING, Story

SCALE = ("fail", "pass", "distinction")
NEEDS_EVERY_CODE = ("pass", "distinction")
KINDS_TAKEN = ("work product", "observation record")
CITABLE = {"submitted", "accepted", "replaced"}


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
    has_left = on_record is not None and not story.roles(told.assessor) & {"assessor", "centre assessor"}
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
    assesses = bool(story.roles(person) & {"assessor", "centre assessor"})
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


def wrong_findings(story: Story, attempt: Any, findings: list[Any]) -> set[str]:
    broken = set()
    codes = [code for code, _, _ in findings]
    if len(set(codes)) < len(codes):
        broken.add("finding-repeated")
    route = story.route(attempt.enrolment).route
    if set(codes) - story.one("route", route=route).codes:
        broken.add("outcome-not-in-route")
    if set(codes) - set(attempt.codes):
        broken.add("code-not-in-component")
    for code, judgement, cites in findings:
        if judgement == "not judged":
            continue
        if cites == NOTHING:
            broken |= {"finding-needs-evidence"} if shown(story, attempt, code) else set()
            continue
        if cites is None or story.stage(*cites) not in CITABLE:
            broken.add("finding-needs-evidence")
        elif story.item(cites[0]).kind not in KINDS_TAKEN:
            broken.add("evidence-kind-not-allowed")
        if of_another(story, attempt, cites):
            broken.add("record-of-another-attempt")
    return broken


def of_another(story: Story, attempt: Any, cites: Any) -> bool:
    """Tell whether what is cited was seen or said in another attempt."""
    if cites in (None, NOTHING):
        return False
    return getattr(story.item(cites[0]), "attempt", None) not in (None, attempt.attempt)


def shown(story: Story, attempt: Any, code: str) -> bool:
    """Tell whether something handed in that could be cited claims a code or is a record that speaks of it."""
    return any(
        code in story.claims(each.item, each.version) or code in getattr(each, "seen", ())
        for each in story.all("version offered", "record written", enrolment=attempt.enrolment)
        if story.stage(each.item, each.version) in ("submitted", "accepted") and each.kind in KINDS_TAKEN
        if getattr(each, "attempt", None) in (None, attempt.attempt)
    )


def find(story: Story, call: Call) -> set[str]:
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    broken = assessor_may_not(story, call, attempt) | wrong_findings(story, attempt, call.told.findings)
    broken |= declined(story, call)
    if story.decided(attempt.attempt):
        broken.add("finding-fixed-by-decision")
    if story.any("attempt closed", attempt=attempt.attempt):
        broken.add("attempt-already-closed")
    return broken


def wrong_decision(story: Story, call: Call, attempt: Any) -> set[str]:
    broken = set()
    criteria = component(story, attempt.form, attempt.key).criteria
    if not story.competent(call.by, "standardised", criteria):
        broken.add("assessor-not-standardised")
    if call.told.grade not in SCALE:
        broken.add("grade-not-on-scale")
    if not call.told.fresh:
        broken.add("decision-context-stale")
    if call.told.grade in NEEDS_EVERY_CODE:
        found = story.findings(attempt.attempt)
        if any(code not in found or found[code].judgement != "met" for code in attempt.codes):
            broken.add("grade-needs-every-code")
    return broken


def decide(story: Story, call: Call) -> set[str]:
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    broken = wrong_decision(story, call, attempt) | assessor_may_not(story, call, attempt) | declined(story, call)
    if story.decided(attempt.attempt):
        broken.add("decision-fixed")
    if story.any("attempt closed", attempt=attempt.attempt):
        broken.add("attempt-already-closed")
    if story.route(attempt.enrolment).route != attempt.route:
        broken.add("route-left")
    at = component(story, attempt.form, attempt.key)
    decided = [each for each in same_line(story, attempt.enrolment, at.method) if story.standing(each.attempt)]
    if len(decided) >= at.maximum:
        broken.add("attempt-not-allowed")
    found = story.findings(attempt.attempt)
    own = {code for code, each in found.items() if each.by == call.by and each.judgement != "not judged"}
    if set(attempt.codes) - own:
        broken.add("findings-incomplete")
    return broken | rests_on_what_is_gone(story, attempt, found)


def rests_on_what_is_gone(story: Story, attempt: Any, found: dict[str, Any]) -> set[str]:
    """Return the rule that is broken where what was cited is gone, or where something now shows what nothing did."""
    gone = any(each.cites not in (None, NOTHING) and story.stage(*each.cites) not in CITABLE for each in found.values())
    late = any(each.cites == NOTHING and shown(story, attempt, code) for code, each in found.items())
    return {"finding-needs-evidence"} if gone or late else set()


def supersede(story: Story, call: Call) -> set[str]:
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    broken = wrong_decision(story, call, attempt) | stands_no_longer(story, call.told.supersedes)
    if story.waiting(attempt.attempt):
        broken.add("decision-waits")
    bars = assessor_may_not(story, call, attempt)
    if story.conflicted(call.by, story.apprentice(attempt.enrolment)):
        bars.add("assessor-conflicted")  # nobody supersedes by a scrutiny route
    if "lead assessor" in story.roles(call.by):
        bars.discard("assessor-not-authorised")
    if story.assures(attempt.enrolment, call.by, component(story, attempt.form, attempt.key).method):
        bars.add("assessor-is-quality-assurer")
    broken |= bars
    found = story.findings(attempt.attempt)
    if {found[code].by for code in call.told.adopts if code in found} & barred(story, attempt):
        broken.add("remarker-not-different")
    if any(_tied(story, attempt, found[code].by) for code in call.told.adopts if code in found):
        broken.add("assessor-conflicted")
    adopted = {code for code in call.told.adopts if code in found and found[code].judgement != "not judged"}
    if set(attempt.codes) - adopted:
        broken.add("findings-incomplete")
    if call.told.reason != "marking error" and not (call.told.reason == "criteria change" and later(story, attempt)):
        broken.add("reason-not-on-record")
    if call.by in story.took_part(attempt.attempt):
        broken.add("own-decision")
    if story.open_case(attempt.attempt):
        broken.add("record-on-hold")
    return broken


def _tied(story: Story, attempt: Any, finder: str) -> bool:
    """Tell whether who found has a tie by now that no scrutiny route is open to: their findings are not adopted."""
    apprentice = story.apprentice(attempt.enrolment)
    routed = story.scrutiny_route(attempt.enrolment, finder, attempt.form, attempt.key) is not None
    return story.conflicted(finder, apprentice) and not (routed and story.only_coached(finder, apprentice))


def stands_no_longer(story: Story, decision: str) -> set[str]:
    ended = story.any("superseded", "set aside", "decision declined", decision=decision)
    return {"decision-already-superseded"} if ended else set()


def later(story: Story, attempt: Any) -> bool:
    """Tell whether a later version of the criteria that an attempt is decided on was approved."""
    criteria = component(story, attempt.form, attempt.key).criteria
    approved = {each.criteria for each in story.all("criteria approved")} - {criteria}
    return any(criteria in line(story, each) for each in approved)


def _upheld(story: Story, told: Any) -> bool:
    """Tell whether the reason is an appeal that was upheld against this very decision."""
    lodged = story.one("appeal lodged", appeal=told.appeal, decision=told.decision)
    upheld = lodged is not None and story.any("appeal decided", appeal=told.appeal, outcome="upheld")
    return told.reason == "appeal" and upheld


def void(story: Story, call: Call) -> set[str]:
    told = call.told
    broken = stands_no_longer(story, told.decision)
    if call.by in story.took_part(told.attempt):
        broken.add("own-decision")
    if story.conflicted(call.by, story.apprentice(told.enrolment)):
        broken.add("officer-conflicted")
    attempt = story.one("attempt opened", attempt=told.attempt)
    changed = told.reason == "criteria change" and later(story, attempt)
    if told.reason not in ("marking error", "malpractice") and not changed and not _upheld(story, told):
        broken |= {"reason-not-on-record"} | (
            {"void-needs-reason"} if told.reason == "appeal" and not told.appeal else set()
        )
    if told.bars is None and told.reason in ("marking error", "criteria change", "moderation", "second mark"):
        broken.add("barring-not-said")
    if told.bars is False and told.reason in ("appeal", "review"):
        broken.add("barring-not-said")
    if told.reason == "malpractice" and not told.account:
        broken.add("void-needs-account")
    case = story.open_case(told.attempt)
    if case and not (case.appeal == told.appeal and story.any("appeal decided", appeal=case.appeal, outcome="upheld")):
        broken.add("record-on-hold")
    return broken


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "RecordScrutinyRoute": record_route,
    "ConfirmDecision": confirm,
    "DeclineDecision": second_person,
    "OpenAttempt": open_attempt,
    "CloseAttempt": close,
    "RecordFindings": find,
    "DecideGrade": decide,
    "SupersedeDecision": supersede,
    "VoidDecision": void,
}
