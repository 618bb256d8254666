"""Held while it is appealed, a second look at admission, and consequences that a rule refuses, over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from portfolio.domain.appeal.admitting import SecondLookNotDifferent, SecondLookUsed
from portfolio.domain.appeal.consequences import ConsequenceNotOpen
from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.lodging import AppealAlreadyOpen, AppealAnsweredTwice, AppealSubjectNotAllowed
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import AppealNotWaiting
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord
from portfolio.domain.evidence.refusals import EvidenceAlreadySubmitted
from portfolio.domain.kernel import NotPermitted
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    TODAY,
    TOMORROW,
    World,
    appeal,
    component,
    consent,
    criteria,
    decides,
    decision,
    hand_in,
    refused,
)
from tests.infra.vault import files
from tests.pages.visitor import Visitor

REFUSAL = {"because": "out of time", "reason": "It came too late."}
VOIDING = "/assessments/{attempt}/voids"
ANEW = "a new attempt is opened"


def setting_aside(world: World, **fields: Any) -> dict[str, Any]:
    barring = {"bars": False, "bars_because": "A slip of addition."}
    return {
        "decision_id": world["decision"],
        "reason_code": "marking error",
        "reason": "Miscounted.",
        **barring,
        **fields,
    }


# --- held ---


def test_from_lodging_to_the_end_no_decision_of_the_attempt_is_set_aside_or_superseded(tell: Tell) -> None:
    for stage in ("lodged", "admitted", "convened"):
        world = tell(stage)
        problem = refused(world.as_("responsible").post(VOIDING, setting_aside(world)), RecordOnHold)
        assert problem["appeals"] == [str(world["appeal"])]
        by_case = setting_aside(world, reason_code="appeal", appeal_id=world["appeal"])
        refused(world.as_("responsible").post(VOIDING, by_case), RecordOnHold)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    world.as_("responsible").does(VOIDING, setting_aside(world))


def test_nothing_is_set_aside_for_an_appeal_that_did_not_order_it(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed")
    by_case = setting_aside(world, reason_code="appeal", appeal_id=world["appeal"])
    refused(world.as_("responsible").post(VOIDING, by_case), ReasonNotOnRecord)
    refused(world.as_("responsible").post(VOIDING, {**by_case, "appeal_id": world["mia"]}), ReasonNotOnRecord)


def test_no_second_case_is_opened_while_one_on_the_attempt_is_open(tell: Tell) -> None:
    world = tell("convened")
    refused(world.as_("mia").post("/appeals", appeal(world)), AppealAlreadyOpen)
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    refused(world.as_("coach").post("/appeals", appeal(world)), AppealAlreadyOpen)


def test_bytes_that_the_contested_decision_names_are_not_discarded(tell: Tell) -> None:
    world = tell("lodged")
    withdrawal = {"version": 1, "reason": "Not mine to show."}
    world.as_("mia").does("/evidence/{evidence}/withdrawal", withdrawal)  # no finding cites it
    refused(world.as_("mia").post("/evidence/{evidence}/discard", {"version": 1}), RecordOnHold)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    refused(world.as_("mia").post("/evidence/{evidence}/discard", {"version": 1}), EvidenceAlreadySubmitted)


def test_the_context_names_the_hold(tell: Tell) -> None:
    world = tell("lodged")
    mia = world.as_("mia")
    assert mia.sees("/appeals/{appeal}")["open"] is True
    world.as_("admin").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}, name="other")
    context = world.as_("assessor").sees("/assessments/{other}/context")
    assert context["holds"] == "an appeal against the decision on attempt 1 at component C1"
    mia.does("/appeals/{appeal}/withdrawal")
    assert world.as_("assessor").sees("/assessments/{other}/context")["holds"] == "none"


def test_that_a_decision_was_set_aside_otherwise_than_by_a_case_may_be_contested(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    assert world.as_("mia").sees("/appeals/{appeal}")["set_aside"] is True
    world.as_("officer").does("/appeals/{appeal}/admission")
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})
    decides(world)
    answer = world.as_("mia").sees("/appeals/{appeal}")
    (drawn,) = answer["consequences"]
    new = str(uuid5(world["appeal"], "attempt"))
    assert (drawn["consequence"], drawn["became"], drawn["assessment_id"]) == (ANEW, "drawn", new)
    assert answer["open"] is False


# --- a second look ---


def test_a_refusal_names_its_reason_and_the_appellant_asks_once_for_a_second_look(tell: Tell) -> None:
    world = tell("lodged")
    mia, officer, responsible = world.as_("mia"), world.as_("officer"), world.as_("responsible")
    assert officer.post("/appeals/{appeal}/refusal", {"reason": "Late."}).status_code == 422
    assert officer.post("/appeals/{appeal}/refusal", {**REFUSAL, "because": "a nuisance"}).status_code == 422
    refused(mia.post("/appeals/{appeal}/second-look", {"statement": "Now."}), AppealNotWaiting)
    officer.does("/appeals/{appeal}/refusal", REFUSAL)
    refused(world.as_("coach").post("/appeals/{appeal}/second-look", {"statement": "Look."}), NotPermitted)
    mia.does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    assert mia.sees("/appeals/{appeal}")["status"] == "waits for a second look"
    assert responsible.sees("/queues/appeals")["items"][0]["waits_for"] == "second look"
    refused(officer.post("/appeals/{appeal}/second-look/admission"), SecondLookNotDifferent)
    again = {"because": "no permitted ground", "reason": "It says nothing new."}
    responsible.does("/appeals/{appeal}/second-look/refusal", again)
    answer = mia.sees("/appeals/{appeal}")
    assert [(each["because"], each["name"]) for each in answer["admissions"]] == [
        ("out of time", "Officer"),
        ("no permitted ground", "Responsible"),
    ]
    assert (answer["status"], answer["open"]) == ("not admitted", False)
    refused(mia.post("/appeals/{appeal}/second-look", {"statement": "Once more."}), SecondLookUsed)


def test_what_was_refused_twice_is_not_lodged_again_but_on_another_ground_or_with_other_items(tell: Tell) -> None:
    world = tell("lodged")
    mia, same = world.as_("mia"), appeal(world)
    world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    mia.does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    again = {"because": "no permitted ground", "reason": "It says nothing new."}
    world.as_("responsible").does("/appeals/{appeal}/second-look/refusal", again)
    reworded = {**same, "grounds": [{**same["grounds"][0], "statement": "The same in other words."}]}
    for body in (same, reworded):
        assert refused(mia.post("/appeals", body), AppealAnsweredTwice)["appeals"] == [str(world["appeal"])]
    other_items = {**same, "grounds": [{**same["grounds"][0], "items": [world["attempt"]]}]}
    mia.does("/appeals", other_items, name="appeal")
    mia.does("/appeals/{appeal}/withdrawal")
    mia.does("/appeals", {**same, "grounds": [{**same["grounds"][0], "ground": "conflict"}]})


def test_at_the_second_look_the_appeal_may_be_admitted_and_is_held_again(tell: Tell) -> None:
    world = tell("lodged")
    world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    blank = world.as_("mia").post("/appeals/{appeal}/second-look", {"statement": "\u2800"})
    assert blank.get_json()["type"] in (f"/problems/{OutcomeIncomplete.code}", "/problems/fields-not-valid")
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    refused(world.as_("responsible").post(VOIDING, setting_aside(world)), RecordOnHold)
    world.as_("responsible").does("/appeals/{appeal}/second-look/admission")
    members = {"members": [world["chair"], world["member"]]}
    world.as_("officer").does("/appeals/{appeal}/panel", members)


def test_no_second_look_at_a_decision_in_whose_place_another_stands(tell: Tell) -> None:
    world = tell("lodged")
    world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": TODAY}
    world.as_("admin").does("/people/{lead}/competences", standardised)
    settled = {"supersedes": world["decision"], "reason_code": "marking error", "authority_cited": "Asked for."}
    shown = world.as_("lead").sees("/assessments/{attempt}/context")["shown"]
    again = {**decision(world), **settled, "context_hash": shown, "adopts": CODES["C1"]}
    world.as_("lead").does("/assessments/{attempt}/supersessions", again)
    answer = world.as_("mia").post("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    assert "appeal against that one" in refused(answer, AppealSubjectNotAllowed)["detail"]


def test_a_responsible_officer_who_set_aside_in_the_matter_takes_no_second_look(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    for path, body in (("admission", None), ("refusal", REFUSAL)):
        refused(world.as_("responsible").post(f"/appeals/{{appeal}}/second-look/{path}", body), OfficerNotFree)


# --- consequences ---


def elsewhere(world: World) -> None:
    """Move Mia to a form of her route without a component like the one that was appealed in."""
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/criteria", criteria(world, version="other"), name="criteria2")
    lead.does("/criteria/{criteria2}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="form2")
    whole = component(world, "D1", criteria_id=world["criteria2"], method="observation")
    codes = [code for key in ("C1", "C2") for code in component(world, key)["codes"]]
    admin.does("/forms/{form2}/components", {"component": {**whole, "codes": codes}})
    lead.does("/forms/{form2}/approval")
    move(world, "form2")


def move(world: World, form: str, **fields: Any) -> None:
    consent(world, "admin", type="route", route="LET")
    today = world.now.date().isoformat()
    change = {"route": "LET", "form_id": world[form], "effective_on": today, "reason": "Another form.", **fields}
    routes = world.as_("admin").sees("/enrolments/{enrolment}")["routes"]
    change["cancels"] = [each["since"] for each in routes[1:] if each["since"] >= change["effective_on"]]
    world.as_("admin").does("/enrolments/{enrolment}/route", change)


def refused_consequence(tell: Tell) -> World:
    """Return a world in which an appeal was upheld and no new attempt can be opened."""
    world = tell("convened")
    elsewhere(world)
    decides(world)
    world.reads.settle()
    return world


def test_a_consequence_that_a_rule_refuses_is_the_responsible_officers_task_and_shows_on_the_case(tell: Tell) -> None:
    world = refused_consequence(tell)
    (task,) = world.as_("responsible").sees("/queues/consequences")["items"]
    assert (task["appeal_id"], task["consequence"], task["name"]) == (str(world["appeal"]), ANEW, "Mia")
    assert task["why"]
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert [(each["consequence"], each["became"]) for each in answer["consequences"]] == [
        ("the decision is set aside", "drawn"),
        (ANEW, "refused"),
    ]
    assert answer["open"] is True
    for person in ("officer", "mia", "admin"):
        refused(world.as_(person).get("/queues/consequences"), NotPermitted)


def test_it_is_tried_again_when_what_it_rests_on_moves(tell: Tell) -> None:
    world = refused_consequence(tell)
    hand_in(world, "unrelated", files.pdf((595, 842)), "application/pdf")
    assert world.as_("responsible").sees("/queues/consequences")["items"] != []
    move(world, "form")
    assert world.as_("responsible").sees("/queues/consequences")["items"] == []
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert [each["became"] for each in answer["consequences"]] == ["drawn", "drawn"]
    assert answer["open"] is False


def test_a_decision_set_aside_before_the_second_look_leaves_no_task_behind(tell: Tell) -> None:
    world = tell("lodged")
    admin = world.as_("admin")
    world.as_("officer").does("/appeals/{appeal}/refusal", {"because": "no permitted ground", "reason": "None is."})
    world.as_("responsible").does("/assessments/{attempt}/voids", setting_aside(world))
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "Look again."})
    admin.does("/people", {"name": "Ola", "works_for": "assessment organisation"}, name="ola")
    admin.does("/people/{ola}/roles", {"role": "appeals officer"})
    world.as_("ola").does("/people/{ola}/interests", {"apprentice": world["mia"], "interest": "none"})
    world.as_("ola").does("/appeals/{appeal}/second-look/admission")
    world.as_("ola").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})
    decides(world)
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert [each["became"] for each in answer["consequences"]] == ["drawn", "drawn"]
    assert answer["open"] is False


def test_it_is_tried_again_when_a_day_comes_from_which_it_can_be_drawn(tell: Tell) -> None:
    world = refused_consequence(tell)
    move(world, "form", effective_on=TOMORROW)
    assert world.as_("responsible").sees("/queues/consequences")["items"] != []
    world.now += timedelta(hours=14)  # 23:00 in London: still the same day
    assert world.as_("responsible").sees("/queues/consequences")["items"] != []
    head = world.journal.head()
    world.now += timedelta(hours=2)
    assert world.as_("responsible").sees("/queues/consequences")["items"] == []
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert [each["became"] for each in answer["consequences"]] == ["drawn", "drawn"]
    assert answer["open"] is False
    drawn = world.journal.head()
    assert drawn > head
    world.now += timedelta(days=1)
    world.reads.settle()
    assert world.journal.head() == drawn


def test_a_new_day_records_no_second_time_what_is_refused_for_the_same_reason(tell: Tell) -> None:
    world = refused_consequence(tell)
    head = world.journal.head()
    world.now += timedelta(days=3)
    world.reads.settle()
    assert world.journal.head() == head


def test_it_is_closed_with_a_reason_and_the_case_ends(tell: Tell) -> None:
    world = refused_consequence(tell)
    path, closing = "/appeals/{appeal}/consequences/closed", {"consequence": ANEW, "reason": "Mia left."}
    refused(world.as_("officer").post(path, closing), NotPermitted)
    drawn = {**closing, "consequence": "the decision is set aside"}
    refused(world.as_("responsible").post(path, drawn), ConsequenceNotOpen)
    world.as_("responsible").does(path, closing)
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert (answer["consequences"][-1]["became"], answer["consequences"][-1]["reason"]) == ("closed", "Mia left.")
    page = Visitor(world, "mia").reads("/appeals/{appeal}").text
    assert f"Responsible gave up on 2 November 2026 that {ANEW}: Mia left." in page
    assert answer["open"] is False
    move(world, "form")
    world.reads.settle()
    assert len(world.as_("mia").sees("/appeals/{appeal}")["consequences"]) == 2
