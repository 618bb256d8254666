"""What readiness says about a code that was judged not met, step by step after a resit, over HTTP (READINESS-1, -2)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.test_attempts import CLOSING, REASON, failed, gaps, not_met
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_two_alike import two_observations
from tests.api.world import CODES, World, appeal, assign, decision, finding, observation, released_next_day

NOT_MET = "S11: judged on 2 November 2026, not met. Reason: Seen. "
OR_APPEAL = f"{NOT_MET}What you can do next: ask your coach about another attempt, or appeal."
DIFFER = "because findings differ"


def said(world: World) -> set[str]:
    """Return what is said about S11."""
    return {gap for gap in gaps(world) if gap.startswith("S11")}


def opened(world: World) -> None:
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    world.as_("assessor").does("/assessments", body, name="attempt")


def decided(world: World, grade: str, judgement: str, attempt: str = "attempt") -> None:
    """Observe Mia in an attempt that is open, judge both codes alike, and decide it."""
    world.ids["attempt"] = world[attempt]
    assessor = world.as_("assessor")
    assessor.does("/evidence/records", observation(world), name="observation")
    findings = [finding(world, code, judgement=judgement) for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    body: dict[str, Any] = decision(world, grade=grade)
    world.ids["decision"] = assessor.does("/assessments/{attempt}/decisions", body)["decision_id"]


def test_after_a_first_attempt_the_next_step_is_another_one_until_it_is_open_and_judged(tell: Tell) -> None:
    world = tell("enrolled")
    failed(world, "first")
    assert said(world) == {OR_APPEAL}
    opened(world)
    assert said(world) == {f"{NOT_MET}Another attempt is open: 0 of 2 codes judged."}
    world.as_("assessor").does("/evidence/records", observation(world), name="observation")
    findings = {"findings": [finding(world, "S12")]}
    world.as_("assessor").does("/assessments/{attempt}/findings", findings)
    assert said(world) == {f"{NOT_MET}Another attempt is open: 1 of 2 codes judged."}


def test_an_attempt_that_is_closed_is_none_that_is_open(tell: Tell) -> None:
    world = tell("enrolled")
    failed(world, "first")
    not_met(world, "last", "C1")
    world.as_("lead").does(CLOSING, REASON)
    assert said(world) == {OR_APPEAL}
    opened(world)  # as it says


def test_once_all_attempts_are_used_none_is_offered_and_an_appeal_only_while_none_is_open(tell: Tell) -> None:
    world = tell("submitted")
    failed(world, "first")
    opened(world)
    decided(world, "fail", "not met")
    assert said(world) == {f"{NOT_MET}What you can do next: no further attempt is left here, but you can appeal."}
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    under = "S11: the decision of 2 November 2026 on Component C1 is under appeal; it counts until it is replaced."
    assert said(world) == {f"{NOT_MET}What you can do next: no further attempt is left here.", under}
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert said(world) == {f"{NOT_MET}What you can do next: no further attempt is left here, but you can appeal."}


def test_while_the_first_decision_is_appealed_another_attempt_is_offered_and_no_second_appeal(tell: Tell) -> None:
    world = tell("found")
    decided(world, "fail", "not met")
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    assert f"{NOT_MET}What you can do next: ask your coach about another attempt." in said(world)
    opened(world)


def test_where_the_later_decision_is_set_aside_the_earlier_one_is_told_again_with_the_attempt_that_is_left(
    tell: Tell,
) -> None:
    world = tell("enrolled")
    failed(world, "first")
    opened(world)
    decided(world, "pass", "met")
    assert said(world) == set()
    world.as_("responsible").does(VOIDING, setting_aside(world))
    assert said(world) == {OR_APPEAL}
    opened(world)


def test_where_all_decisions_are_set_aside_the_last_reason_is_told_and_nothing_is_called_not_met(tell: Tell) -> None:
    world = tell("found")
    decided(world, "fail", "not met")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    aside = (
        "S11: the decision of 2 November 2026 was set aside because Miscounted; it must be assessed again and will be "
    )
    assert said(world) == {f"{aside}observed (Component C1)."}


def test_a_resit_by_a_scrutiny_route_says_for_whom_it_waits_until_it_is_confirmed_or_declined(tell: Tell) -> None:
    for answer in ("confirmed", "declined"):
        world = resit_waiting(tell)
        waits = "Another attempt was decided on 2 November 2026; the decision counts once Second, the second person"
        assert said(world) == {f"{NOT_MET}{waits} of the scrutiny route, confirms it."}
        if answer == "confirmed":
            world.as_("second").does(scrutiny.CONFIRMATIONS, {"decision_id": world["decision"]})
            assert said(world) == set()
        else:
            declined = {"decision_id": world["decision"], "reason": "S12 was not seen."}
            world.as_("second").does(scrutiny.DECLINATIONS, declined)
            assert said(world) == {f"{NOT_MET}Another attempt is open: 0 of 2 codes judged."}


def resit_waiting(tell: Tell) -> World:
    """Cora's first decision, not met, was confirmed; her second, a pass, waits."""
    world = scrutiny.routed(tell("approved"))
    cora = world.as_("cora")
    findings = [finding(world, code, judgement="not met") for code in CODES["C1"]]
    cora.does("/assessments/{attempt}/findings", {"findings": findings})
    first = {**scrutiny.decision(world, "cora"), "grade": "fail"}
    receipt = cora.does(scrutiny.DECISIONS, first)
    world.as_("second").does(scrutiny.CONFIRMATIONS, {"decision_id": receipt["decision_id"]})
    assert said(world) == {OR_APPEAL}
    del world.ids["attempt"]
    scrutiny.judged(world, "cora")
    receipt = cora.does(scrutiny.DECISIONS, scrutiny.decision(world, "cora"))
    world.ids["decision"] = receipt["decision_id"]
    return world


def test_findings_differ_is_said_of_two_components_and_never_of_two_attempts_at_one(tell: Tell) -> None:
    world = tell("enrolled")
    two_observations(world, "C1", "C3")
    failed(world, "first", "C1")
    opened(world)
    decided(world, "pass", "met")
    assert said(world) == set()
    failed(world, "other", "C3")
    (differs,) = said(world)
    assert differs.startswith(
        "S11: judged met in Component C1 and not met in Component C3; a lead assessor will settle"
    )
    assert DIFFER in differs
    body = {"enrolment_id": world["enrolment"], "component": "C3"}
    world.as_("assessor").does("/assessments", body, name="resit")
    decided(world, "pass", "met", "resit")
    assert said(world) == set()


AT_WORK = "S11: an assessor is at work on it: 2 of 2 codes judged."
NO_LONGER = "S11: the assessor who was at work on it no longer is; it will be observed (Component C1)."


def goes(world: World, how: str) -> None:
    """Let the assessor go who judged both codes."""
    if how == "is released":
        return released_next_day(world, "assessor")
    world.now += timedelta(days=1)
    if how == "declares an interest":
        about = {"apprentice": world["mia"], "interest": "personal"}
        world.as_("assessor").does("/people/{assessor}/interests", about)
    else:
        path = {"loses the role": "/people/{assessor}/roles/end", "is suspended": "/people/{assessor}/suspension"}[how]
        role = {"role": "assessor"} if how == "loses the role" else {}
        world.as_("responsible").does(path, {**role, "reason": "Left."})
    return None


@pytest.mark.parametrize("how", ["is released", "loses the role", "is suspended", "declares an interest"])
def test_nobody_is_said_to_be_at_work_who_is_not_any_more_and_no_judgement_of_theirs_is_counted(
    tell: Tell, how: str
) -> None:
    world = tell("found")
    before = world.now.date().isoformat()
    assert said(world) == {AT_WORK}
    goes(world, how)
    assert said(world) == {NO_LONGER}
    then = world.as_("mia").sees(f"/enrolments/{{enrolment}}/readiness?as_of={before}")
    assert AT_WORK in [gap for outcome in then["outcomes"] for gap in outcome["gaps"]]
    today = world.as_("mia").sees(f"/enrolments/{{enrolment}}/readiness?as_of={world.now.date()}")
    assert NO_LONGER in [gap for outcome in today["outcomes"] for gap in outcome["gaps"]]
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    assert said(world) == {NO_LONGER}
    world.as_("second").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    assert said(world) == {AT_WORK.replace("2 of 2", "1 of 2")}


def test_what_was_judged_and_declined_is_never_said_to_be_unjudged(tell: Tell) -> None:
    world = scrutiny.routed(tell("approved"))
    scrutiny.judged(world, "cora")
    receipt = world.as_("cora").does(scrutiny.DECISIONS, scrutiny.decision(world, "cora"))
    declined = {"decision_id": receipt["decision_id"], "reason": "S12 was not seen."}
    world.as_("second").does(scrutiny.DECLINATIONS, declined)
    world.as_("lead").does(CLOSING, REASON)
    assert any("it was judged in an attempt that does not count" in gap for gap in said(world))
