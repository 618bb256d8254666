"""The naive rules of findings and decisions."""

from collections.abc import Callable
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_attempts import assessor_may_not, barred, component, declined, same_line
from tests.adversaries.rules_of_people import line
from tests.adversaries.rules_of_redactions import saw
from tests.adversaries.story import NOTHING, Story

SCALE = ("fail", "pass", "distinction")
NEEDS_EVERY_CODE = ("pass", "distinction")
KINDS_TAKEN = ("work product", "observation record")
CITABLE = {"submitted", "accepted", "replaced"}


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
        if cites is None or story.stage(*cites) not in CITABLE or story.erased(*cites):
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
    cited = {cites for _, _, cites in call.told.findings if cites not in (None, NOTHING)}
    if not all(saw(story, call.by, *each) for each in cited):
        broken.add("copy-not-seen")
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
    cited = [each.cites for each in found.values() if each.cites not in (None, NOTHING)]
    gone = any(story.stage(*each) not in CITABLE or story.erased(*each) for each in cited)
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
    "RecordFindings": find,
    "DecideGrade": decide,
    "SupersedeDecision": supersede,
    "VoidDecision": void,
}
