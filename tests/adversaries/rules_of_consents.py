"""The naive rules of asking for a consent, and of answering."""

from collections.abc import Callable
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.story import Story


def ask(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    appeals = told.purpose[0] == "appeal"
    if not (story.assigned(told.enrolment, call.by, "coach") if appeals else "administrator" in story.roles(call.by)):
        broken.add("consent-not-yours-to-ask")
    asked = story.all("consent asked", enrolment=told.enrolment, by=call.by, purpose=told.purpose)
    if any(becomes(story, each) in {"waits", "no"} for each in asked):
        broken.add("consent-not-asked-again")
    if story.consent(told.enrolment, call.by, told.purpose):
        broken.add("consent-not-asked-again")
    return broken


def becomes(story: Story, asked: Any) -> str:
    """Return what became of a question: whatever came first after it, but that a yes may follow a no."""
    place = asked.place
    moved = story.last("route changed", enrolment=asked.enrolment)
    given = story.all("consent given", enrolment=asked.enrolment, person=asked.by, purpose=asked.purpose)
    if story.any("question withdrawn", question=asked.question):
        return "withdrawn"
    if asked.purpose[0] == "route" and moved is not None and moved.place > place:
        return "over"
    if any(each.place > place for each in given):
        return "yes"
    return "no" if story.any("consent declined", question=asked.question) else "waits"


def answer(story: Story, call: Call) -> set[str]:
    asked = story.one("consent asked", question=call.told.question)
    return set() if becomes(story, asked) == "waits" else {"question-unknown"}


def withdraw(story: Story, call: Call) -> set[str]:
    own = story.one("consent asked", question=call.told.question).by == call.by
    return answer(story, call) if own else {"question-unknown"}


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "AskConsent": ask,
    "DeclineConsent": answer,
    "WithdrawQuestion": withdraw,
}
