"""The naive rules of appeals."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.story import ENDED, Story

OUTSIDE = "none of these"
WORKING_DAYS = 10
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}


def lodge(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    own = call.by == story.apprentice(told.enrolment)
    if not own and not story.assigned(told.enrolment, call.by, "coach"):
        broken.add("appellant-without-standing")
    if not own and not told.consent:
        broken.add("consent-missing")
    if not _is_a_subject(story, told.attempt, told.decision):
        broken.add("appeal-subject-not-allowed")
    if story.open_case(told.attempt):
        broken.add("appeal-already-open")
    if told.item is None:
        broken.add("ground-not-in-policy")
    if any(
        each.item == told.item
        and story.status(each.appeal) == "not admitted"
        and story.any("second look asked", appeal=each.appeal)
        for each in story.all("appeal lodged", decision=told.decision, by=call.by)
    ):
        broken.add("appeal-answered-twice")
    return broken


def _is_a_subject(story: Story, attempt: str, decision: str) -> bool:
    """Tell whether the decision stands, or was set aside otherwise than by a case."""
    waits = story.waiting(attempt)
    if waits is not None and waits.decision == decision:
        return False
    gone = story.any("superseded", "decision declined", decision=decision)
    return not gone and not _taken_by_a_case(story, decision)


def _taken_by_a_case(story: Story, decision: str) -> bool:
    """Tell whether a decision was set aside and an appeal against it was upheld."""
    upheld = any(
        story.any("appeal decided", appeal=each.appeal, outcome="upheld")
        for each in story.all("appeal lodged", decision=decision)
    )
    return upheld and story.any("set aside", decision=decision)


def _waits(story: Story, call: Call, status: str) -> set[str]:
    return set() if story.status(call.told.appeal) == status else {"appeal-not-waiting"}


def officer(story: Story, call: Call) -> set[str]:
    """An officer in the matter, or with an interest, leaves it to another; having handled a case is no part in it."""
    return set() if free(story, call, call.by) else {"officer-not-free"}


def free(story: Story, call: Call, person: str) -> bool:
    lodged = story.one("appeal lodged", appeal=call.told.appeal)
    return person not in story.in_the_matter(lodged) and not story.conflicted(
        person, story.apprentice(lodged.enrolment)
    )


def admit(story: Story, call: Call) -> set[str]:
    return _waits(story, call, "lodged") | officer(story, call)


def ask_again(story: Story, call: Call) -> set[str]:
    lodged, broken = story.one("appeal lodged", appeal=call.told.appeal), _waits(story, call, "not admitted")
    if story.any("second look asked", appeal=call.told.appeal):
        broken.add("second-look-used")
    if story.open_case(lodged.attempt):
        broken.add("appeal-already-open")
    if not _is_a_subject(story, lodged.attempt, lodged.decision):
        broken.add("appeal-subject-not-allowed")
    return broken


def look_again(story: Story, call: Call) -> set[str]:
    broken = _waits(story, call, "waits for a second look") | officer(story, call)
    first = story.one("appeal not admitted", appeal=call.told.appeal)
    return broken | {"second-look-not-different"} if first and first.by == call.by else broken


def convene(story: Story, call: Call) -> set[str]:
    return _waits(story, call, "admitted") | officer(story, call) | wrong_panel(story, call, call.told.members)


def wrong_panel(story: Story, call: Call, members: Any) -> set[str]:
    """Members are enough, in office, free of the matter, prepared, and one of them is from outside."""
    broken = wrong_members(story, call, members) | dependent(story, members)
    return broken | {"panel-too-small"} if len(set(members)) < 2 else broken


def dependent(story: Story, members: Iterable[str]) -> set[str]:
    return set() if any(outside(story, member) for member in members) else {"panel-not-independent"}


def wrong_members(story: Story, call: Call, members: Any) -> set[str]:
    broken = set()
    for member in members:
        if member in story.recused(call.told.appeal):
            broken.add("panel-member-is-recused")
        if not free(story, call, member):
            broken.add("panel-conflicted")
        if "appeals officer" in story.ever_held(member) or member in story.officers(call.told.appeal):
            broken.add("officer-may-not-decide")
        if "panel member" not in story.roles(member):
            broken.add("panel-member-not-in-office")
        if not story.competent(member, "appeals panel"):
            broken.add("panel-member-not-competent")
    return broken


def outside(story: Story, person: str) -> bool:
    return story.works_for(person) == OUTSIDE and story.ever_held(person) <= {"panel member"}


def add(story: Story, call: Call) -> set[str]:
    (member,) = call.told.members
    broken = _waits(story, call, "with panel") | officer(story, call) | wrong_members(story, call, [member])
    if not story.any("panel divided", appeal=call.told.appeal) or _came_after_the_division(story, call.told.appeal):
        broken.add("panel-not-divided")
    if member in story.members(call.told.appeal):
        broken.add("panel-member-already")
    return broken


def _came_after_the_division(story: Story, appeal: str) -> bool:
    last = story.last("panel divided", "member added", "member replaced", "outcome proposed", appeal=appeal)
    return last is not None and last.what != "panel divided"


def recuse(story: Story, call: Call) -> set[str]:
    return _waits(story, call, "with panel")


def replace(story: Story, call: Call) -> set[str]:
    told = call.told
    (new,) = told.members
    members = story.members(told.appeal)
    broken = _waits(story, call, "with panel") | officer(story, call) | wrong_members(story, call, [new])
    if told.instead_of not in members or not unable(story, call, told.instead_of):
        broken.add("panel-member-able")
    if new in members:
        broken.add("panel-member-already")
    return broken | dependent(story, (members - {told.instead_of}) | {new})


def unable(story: Story, call: Call, member: str) -> bool:
    """Ended, suspended, conflicted, recused, no longer from outside, or silent for ten working days once asked."""
    first = next(iter(proposals(story, call.told.appeal)), None)
    brought = ("panel convened", "member added", "member replaced")
    joined = [each for each in story.all(*brought, appeal=call.told.appeal) if member in each.members]
    before = {each.role for each in story.all("role granted", person=member) if each.place < joined[-1].place}
    from_outside = story.works_for(member) == OUTSIDE and before <= {"panel member"}
    answers = answered(story, call.told.appeal)
    silent = first is not None and member not in answers and _long_ago(story, max(first.day, joined[-1].day))
    return bool(wrong_members(story, call, [member])) or silent or (from_outside and not outside(story, member))


def _long_ago(story: Story, day: Any) -> bool:
    days = [day + timedelta(days=number) for number in range(1, (story.today - day).days)]
    return len([each for each in days if each.weekday() < 5 and each not in HOLIDAYS]) >= WORKING_DAYS


def answered(story: Story, appeal: str) -> dict[str, int]:
    """Return behind which proposal each member stands now, 0 for none; what was said before a replacement lapsed."""
    replaced = story.last("member replaced", appeal=appeal)
    answers: dict[str, int] = {}
    for each in story.all("outcome proposed", "outcome confirmed", "dissent", appeal=appeal):
        if replaced is None or each.place > replaced.place:
            answers[each.by] = each.proposal
    return answers


def _answer(story: Story, call: Call) -> set[str]:
    members = story.members(call.told.appeal)
    broken = _waits(story, call, "with panel")
    if not broken:
        broken = wrong_panel(story, call, members)
    if call.by not in members:
        broken.add("officer-may-not-decide")
    return broken


def propose(story: Story, call: Call) -> set[str]:
    return _answer(story, call) | (set() if call.told.answered else {"ground-unanswered"})


def proposals(story: Story, appeal: str) -> list[Any]:
    replaced = story.last("member replaced", appeal=appeal)
    every = story.all("outcome proposed", appeal=appeal)
    return [each for each in every if replaced is None or each.place > replaced.place]


def confirm(story: Story, call: Call) -> set[str]:
    there = any(each.proposal == call.told.proposal for each in proposals(story, call.told.appeal))
    return _answer(story, call) | (set() if there else {"not-visible"})


def dissent(story: Story, call: Call) -> set[str]:
    return _answer(story, call) | (set() if proposals(story, call.told.appeal) else {"not-visible"})


def close(story: Story, call: Call) -> set[str]:
    waits = story.last("consequence waits", "consequence settled", appeal=call.told.appeal)
    open_task = waits is not None and waits.what == "consequence waits"
    return officer(story, call) | (set() if open_task else {"not-visible"})


def withdraw(story: Story, call: Call) -> set[str]:
    broken = set()
    if story.status(call.told.appeal) in ENDED:
        broken.add("appeal-already-decided")
    if call.by != story.apprentice(call.told.enrolment):
        broken.add("appeal-not-yours")
    return broken


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "LodgeAppeal": lodge,
    "AdmitAppeal": admit,
    "RefuseAppeal": admit,
    "AskSecondLook": ask_again,
    "AdmitOnSecondLook": look_again,
    "RefuseOnSecondLook": look_again,
    "ConvenePanel": convene,
    "AddMember": add,
    "RecuseMember": recuse,
    "ReplaceMember": replace,
    "ProposeOutcome": propose,
    "ConfirmOutcome": confirm,
    "DissentFromOutcome": dissent,
    "CloseConsequence": close,
    "WithdrawAppeal": withdraw,
}
