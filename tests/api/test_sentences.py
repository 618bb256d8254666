"""What people read of facts names people, attempts and decisions by what they are called, never by an id."""

import re

from tests.api.conftest import Tell
from tests.api.world import World, consent, decides

TRAIL = "/enrolments/{enrolment}/audit-trail?limit=100"
DECISION = "the decision on attempt 1 at component C1 of 2 November 2026 by Assessor"


def sentences(world: World, person: str = "officer") -> list[str]:
    return [each["sentence"] for each in world.as_(person).sees(TRAIL)["items"]]


def test_a_decision_is_named_by_its_attempt_its_day_and_who_decided(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    told = sentences(world)
    assert any(each.startswith("decided pass for attempt 1 at component C1, as ") for each in told)
    assert any(each.startswith(f"appealed against {DECISION} (") for each in told)
    assert any(each.startswith(f"set aside {DECISION} (appeal): ") for each in told)


def test_an_attempt_is_named_by_its_number_among_all_of_the_component(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    told = sentences(world)
    assert "opened attempt 1 at component C1 of Mia." in told
    assert "opened attempt 2 at component C1 of Mia." in told
    closed = tell("submitted")
    opening = {"enrolment_id": closed["enrolment"], "component": "C1"}
    closed.as_("assessor").does("/assessments", opening, name="attempt")
    closed.as_("assessor").does("/assessments/{attempt}/closing", {"reason": "Opened in error."})
    assert "closed attempt 1 at component C1 undecided: Opened in error." in sentences(closed, "mia")


def test_what_a_consent_is_for_names_the_decision(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    assert f"agreed that Coach may appeal against {DECISION}, once." in sentences(world, "mia")


def test_no_sentence_names_anything_by_an_id(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    for told in sentences(world):
        assert not re.search(r"\b[0-9a-f]{8}(-|\b)", told), told


def test_facts_of_evidence_say_beside_the_sentence_which_item_they_are_about(tell: Tell) -> None:
    items = tell("submitted").as_("mia").sees(TRAIL)["items"]
    about = {each["kind"]: each["about"] for each in items}
    assert about["evidence.submitted"] == "Risk assessment"
    assert about["evidence.upload-offered"] == ""  # the sentence says it


def test_the_title_of_a_draft_stands_beside_no_sentence_of_others(tell: Tell) -> None:
    world = tell("sealed")
    of = {person: {each["about"] for each in world.as_(person).sees(TRAIL)["items"]} for person in ("mia", "admin")}
    assert of == {"mia": {"", "Risk assessment"}, "admin": {""}}
