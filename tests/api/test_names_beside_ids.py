"""What machines keep as ids people read as names: contexts, the trail of a scrutiny route, the queue of appeals."""

from typing import Any
from uuid import UUID

from tests.api.conftest import Tell
from tests.api.scrutiny import CONFIRMATIONS, DECLINATIONS, waiting
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_papers import announced, sealed, to_appeal
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, with_second_assessor
from tests.api.world import World, appeal, observation

STORED = "/assessments/{attempt}/decisions/{decision}/context"
SHOWN = "/assessments/{attempt}/context"
TRAIL = "/enrolments/{enrolment}/audit-trail?limit=200"


def told(world: World, kind: str) -> list[str]:
    """Return name and sentence of each fact of a kind."""
    items = world.as_("lead").sees(TRAIL)["items"]
    return [f"{each['name']} {each['sentence']}" for each in items if each["kind"] == f"assessment.{kind}"]


def test_the_trail_of_a_decision_by_a_scrutiny_route_names_for_whom_it_waits_and_who_confirmed(tell: Tell) -> None:
    world = waiting(tell("approved"))
    (decided,) = told(world, "grade-decided")
    assert decided.endswith("; it counts once Second, the second person of the scrutiny route, confirms it.")
    world.as_("second").does(CONFIRMATIONS, {"decision_id": world["decision"]})
    (confirmed,) = told(world, "decision-confirmed")
    assert confirmed.startswith("Second confirmed the decision on attempt 1 at component C1 of 2 November 2026 by Cora")


def test_the_trail_names_who_declined_and_why(tell: Tell) -> None:
    world = waiting(tell("approved"))
    world.as_("second").does(DECLINATIONS, {"decision_id": world["decision"], "reason": "The desk was not hers."})
    (declined,) = told(world, "decision-declined")
    assert declined.startswith("Second declined the decision on attempt 1 at component C1")
    assert declined.endswith(": The desk was not hers.")


def test_a_context_has_the_names_of_the_people_in_it_beside_their_ids(tell: Tell) -> None:
    world = waiting(tell("approved"))
    context = world.as_("mia").sees(STORED)
    named = {str(world[name]): name.capitalize() for name in ("mia", "cora", "second", "responsible")}
    assert context["names"] == named
    assert str(world["second"]) in context["decider"]["scrutiny_route"], "the stored words stay as they are"
    assert world.as_("second").sees("/assessments/{attempt}/context")["names"][str(world["second"])] == "Second"


def test_a_context_names_who_wrote_the_records_of_the_attempt(tell: Tell) -> None:
    world = with_second_assessor(tell("found"))
    world.as_("second").does("/evidence/records", observation(world), name="observation")
    wrote = {each["evidence_id"]: each.get("written_by") for each in world.as_("assessor").sees(SHOWN)["available"]}
    assert wrote[str(world["observation"])] == str(world["second"])
    assert set(wrote.values()) == {None, str(world["second"]), str(world["assessor"])}
    assert world.as_("assessor").sees(SHOWN)["names"][str(world["second"])] == "Second"


def test_the_names_in_a_replay_stand_beside_its_context(tell: Tell) -> None:
    names = tell("convened").as_("chair").sees("/appeals/{appeal}/chronology")["names"]
    assert set(names.values()) == {"Mia", "Assessor"}


def test_an_appeal_against_a_setting_aside_is_told_as_one(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    items = world.as_("mia").sees(TRAIL)["items"]
    (lodged,) = [each["sentence"] for each in items if each["kind"] == "appeal.lodged"]
    assert lodged.startswith("appealed against the setting aside of the decision on attempt 1 at component C1")


# --- the queue of appeals ---


def queue(world: World, name: str) -> dict[str, Any]:
    (row,) = world.as_(name).sees("/queues/appeals")["items"]
    return dict(row)


def test_who_need_not_declare_to_see_an_appeal_sees_its_row_whole(tell: Tell) -> None:
    world = tell("lodged")
    admin = world.as_("admin")
    for name, role in (("rita", "responsible officer"), ("olga", "appeals officer")):
        admin.does("/people", {"name": name.capitalize(), "works_for": "assessment organisation"}, name=name)
        admin.does(f"/people/{{{name}}}/roles", {"role": role})
    row = queue(world, "rita")
    assert (row["declared"], row["waits_for"], row["appellant_name"]) == (False, "admission", "Mia")
    assert world.as_("rita").get("/appeals/{appeal}").status_code == 200
    assert "waits_for" not in queue(world, "olga")
    assert world.as_("olga").get("/appeals/{appeal}").status_code == 409


# --- what was never opened ---


def test_who_supersedes_reads_before_and_after_what_they_never_opened(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    before = world.as_("second").sees("/assessments/{attempt}/context")["never_opened"]
    assert {each["evidence_id"]: each["cited_for"] for each in before} == {
        str(world["evidence"]): [],
        str(world["observation"]): ["S11", "S12"],
    }
    receipt = world.as_("second").does(SUPERSESSIONS, supersession(world))
    world.ids["decision"] = UUID(receipt["decision_id"])
    assert world.as_("second").sees(STORED)["never_opened"] == before


def test_the_second_person_reads_before_they_confirm_what_they_never_opened(tell: Tell) -> None:
    world = waiting(tell("approved"))
    never = world.as_("second").sees("/assessments/{attempt}/context")["never_opened"]
    assert [each["cited_for"] for each in never] == [["S11", "S12"]]
    world.as_("second").get("/evidence/{observation}/content?version=1")
    assert world.as_("second").sees("/assessments/{attempt}/context")["never_opened"] == []


# --- signed papers ---


def test_a_paper_says_to_whom_it_names_nothing_of_why_and_nothing_before_it_is_sealed(tell: Tell) -> None:
    world = tell("decided")
    announced(world, to_appeal(world))
    papers = "/enrolments/{enrolment}/papers"
    assert world.as_("coach").sees(papers)["items"] == []
    assert [each["sealed"] for each in world.as_("mia").sees(papers)["items"]] == [False]
    sealed(world, to_appeal(world))
    (shown,) = world.as_("coach").sees(papers)["items"]
    assert (shown["sealed"], shown["reason"]) == (True, None)
    assert world.as_("mia").sees(papers)["items"][-1]["reason"] == "Has no phone since the accident."


def test_what_the_decider_could_see_holds_no_signed_paper(tell: Tell) -> None:
    world = tell("found")
    says = {"type": "consent", "person_id": world["admin"], "purpose": {"type": "route", "route": "LET"}}
    sealed(world, says)
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Both are met.", "context_hash": shown}
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", body)
    world.ids["decision"] = UUID(receipt["decision_id"])
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    replay = world.as_("officer").sees("/appeals/{appeal}/chronology")
    assert not [each for each in replay["before"] if "paper" in each["kind"]]
