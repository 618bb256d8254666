"""The naive rules of how long an enrolment lasts, and of putting right what is recorded of it."""

from collections.abc import Callable
from datetime import timedelta

from tests.adversaries.calls import Call
from tests.adversaries.story import Story

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
    if not breaks or breaks[-1][1] is not None:
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
}
