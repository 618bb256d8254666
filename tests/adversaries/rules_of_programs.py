"""The naive rules of programs."""

from collections.abc import Callable

from tests.adversaries.calls import Call
from tests.adversaries.story import Story

GIVEN = {"see:enrolment", "ask:readiness"}
"""Of the rows that are tried, those that a program can be given."""
MOST = 4


def over(story: Story, call: Call) -> set[str]:
    return {"program-has-ended"} if story.any("program ended", program=call.told.program) else set()


def owned(story: Story, call: Call) -> set[str]:
    return {"owner-suspended"} if story.suspended(call.told.owner) else set()


def given(story: Story, call: Call) -> set[str]:
    return set() if GIVEN.issuperset(call.told.rows) else {"row-not-for-programs"}


def register(story: Story, call: Call) -> set[str]:
    return owned(story, call) | given(story, call)


def scope(story: Story, call: Call) -> set[str]:
    return over(story, call) | given(story, call)


def hand_over(story: Story, call: Call) -> set[str]:
    return over(story, call) | owned(story, call)


def add(story: Story, call: Call) -> set[str]:
    broken = over(story, call)
    if len(story.credentials(call.told.program)) >= MOST:
        broken |= {"too-many-credentials"}
    if story.owner(call.told.program) != call.by:
        broken |= {"credentials-are-the-owners"}
    return broken


def add_key(story: Story, call: Call) -> set[str]:
    known = story.any("program key added", program=call.told.program, x=call.told.x)
    return add(story, call) | ({"credential-known"} if known else set())


def revoke(story: Story, call: Call) -> set[str]:
    return set() if call.told.credential in story.credentials(call.told.program) else {"credential-unknown"}


def suspend(story: Story, call: Call) -> set[str]:
    away = story.program_suspended(call.told.program)
    return over(story, call) | ({"program-already-suspended"} if away else set())


def reinstate(story: Story, call: Call) -> set[str]:
    away = story.program_suspended(call.told.program)
    return over(story, call) | (set() if away else {"program-not-suspended"})


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "RegisterProgram": register,
    "ScopeProgram": scope,
    "HandProgramOver": hand_over,
    "AddProgramKey": add_key,
    "AddProgramSecret": add,
    "RevokeCredential": revoke,
    "SuspendProgram": suspend,
    "ReinstateProgram": reinstate,
    "EndProgram": over,
}
