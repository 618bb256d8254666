"""The naive rules of how long an enrolment lasts, and of putting right what is recorded of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_people import party_to_a_case
from tests.adversaries.rules_of_records import may_end, may_not_be_given
from tests.adversaries.story import TIES, Story

BAD_NUMBER = "9276308687"


def pause(story: Story, call: Call) -> set[str]:
    broken = over(story, call)
    breaks = story.breaks(call.told.enrolment)
    if breaks and breaks[-1][1] is None:
        broken.add("enrolment-is-paused")
    if call.told.since < _last_day(story, call.told.enrolment):
        broken.add("days-not-in-order")
    return broken


def _last_day(story: Story, enrolment: str) -> object:
    days = [until or since for since, until in story.breaks(enrolment)]
    return max(days) if days else story.first_day(enrolment)


def resume(story: Story, call: Call) -> set[str]:
    broken = over(story, call)
    breaks = story.breaks(call.told.enrolment)
    if not breaks or (breaks[-1][1] is not None and call.told.until >= breaks[-1][1]):
        return broken | {"enrolment-not-paused"}
    return broken | ({"days-not-in-order"} if call.told.until < breaks[-1][0] else set())


def end(story: Story, call: Call) -> set[str]:
    told, broken = call.told, over(story, call)
    if told.since > story.today or told.since < _last_day(story, told.enrolment):
        broken.add("days-not-in-order")
    if any(day > told.since for day in story.opened_days(told.enrolment)):
        broken.add("attempt-outside")
    return broken


def take_back(story: Story, call: Call) -> set[str]:
    told = call.told
    if not story.ended(told.enrolment):
        return {"enrolment-not-ended"}
    broken = set()
    plan = story.plan(told.enrolment)
    if story.on_the_standard(story.apprentice(told.enrolment), plan):
        broken.add("standard-already-taken")
    if story.number_taken(story.uln(told.enrolment), plan, told.enrolment):
        broken.add("uln-already-enrolled")
    return broken


def over(story: Story, call: Call) -> set[str]:
    return {"enrolment-has-ended"} if story.ended(call.told.enrolment) else set()


def correct_uln(story: Story, call: Call) -> set[str]:
    told = call.told
    if told.uln == BAD_NUMBER:
        return {"uln-invalid"}
    taken = story.number_taken(told.uln, story.plan(told.enrolment), told.enrolment) and not story.ended(told.enrolment)
    return {"uln-already-enrolled"} if taken else set()


def move(story: Story, call: Call) -> set[str]:
    told, ended = call.told, story.ended(call.told.enrolment)
    late = ended and told.since >= ended.since
    taken = told.since in story.moves(told.enrolment)
    return {"days-not-in-order"} if late or taken or told.since <= story.first_day(told.enrolment) else set()


def correct_employer(story: Story, call: Call) -> set[str]:
    known = {story.first_day(call.told.enrolment), *story.moves(call.told.enrolment)}
    return set() if call.told.since in known else {"employer-unknown"}


def correct_start(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    if told.since == story.first_day(told.enrolment):
        return set()
    ended = story.ended(told.enrolment)
    last = [since for since, _ in story.breaks(told.enrolment)]
    last += [day - timedelta(days=1) for day in story.moves(told.enrolment)]
    if any(told.since > day for day in [*last, *([ended.since] if ended else [])]):
        broken.add("days-not-in-order")
    if any(day < told.since for day in story.opened_days(told.enrolment)):
        broken.add("attempt-outside")
    return broken


DID = (
    *("found", "decided", "record written", "annotated", "accepted", "returned", "attempt opened", "attempt closed"),
    *("decision confirmed", "decision declined", "set aside", "appeal lodged"),
)


def used(story: Story, told: Any, part: Any) -> set[str]:
    """Return that somebody did something since they were given a part, or may have been shown something."""
    did = [each for each in story.all(*DID, enrolment=told.enrolment, by=told.person) if each.place > part.place]
    return {"part-was-used"} if did else {"part-was-used", "allowed"}


def _named(story: Story, told: Any, ends_on: Any = None) -> list[Any]:
    """Return the parts that a correction is about: those that end on this day, or go on."""
    return [
        part
        for part, ends in story.parts(told.enrolment)
        if (part.person, part.part, ends) == (told.person, told.part, ends_on) and not hasattr(part, "waits")
    ]


def bring_forward(story: Story, call: Call) -> set[str]:
    told, broken = call.told, party_to_a_case(story, call)
    if not _named(story, told, told.was):
        return broken | {"not-assigned"}
    if told.ends >= told.was:
        broken.add("end-not-brought-forward")
    if any(told.ends < may_end(story, told, part, told.was) for part in _named(story, told, told.was)):
        broken.add("release-too-early")
    return broken


def correct_part(story: Story, call: Call) -> set[str]:
    told = call.told
    (part,) = _named(story, told)
    broken = used(story, told, part)
    if told.part in TIES and part.since <= story.today < told.since:
        return broken - {"allowed"} | {"tie-taken-back-instead"}
    if (told.since, set(told.components)) == (part.since, set(part.components)):
        return broken
    others = [(each, ends) for each, ends in story.parts(told.enrolment) if each is not part]
    forbidden = may_not_be_given(story, told, others)
    return broken - {"allowed"} | forbidden if forbidden else broken


def take_part_back(story: Story, call: Call) -> set[str]:
    (part,) = _named(story, call.told)
    case = party_to_a_case(story, call)
    return used(story, call.told, part) - ({"allowed"} if case else set()) | case


def confirm_taking_back(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    if call.by == told.person:
        broken.add("correction-by-another")
    if story.conflicted(call.by, story.apprentice(told.enrolment)):
        broken.add("officer-conflicted")
    waits = [each for each, _ in story.parts(told.enrolment) if hasattr(each, "waits")]
    if (told.person, told.part, told.began) not in [(each.person, each.part, each.since) for each in waits]:
        broken.add("nothing-taken-back")
    named = {"enrolment": told.enrolment, "person": told.person, "part": told.part, "began": told.began}
    if story.any("part taken back", **named, by=call.by):
        broken.add("correction-by-another")
    return broken


def nothing(story: Story, call: Call) -> set[str]:
    return set()


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "PauseEnrolment": pause,
    "ResumeEnrolment": resume,
    "EndEnrolment": end,
    "TakeEndBack": take_back,
    "CorrectUln": correct_uln,
    "MoveToEmployer": move,
    "CorrectEmployer": correct_employer,
    "CorrectCentre": nothing,
    "CorrectStart": correct_start,
    "CorrectName": nothing,
    "BringEndForward": bring_forward,
    "CorrectAssignment": correct_part,
    "TakeAssignmentBack": take_part_back,
    "ConfirmTakingBack": confirm_taking_back,
}
