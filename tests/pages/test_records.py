"""Records on pages: what was seen or said, code by code; and the answer of a second person."""

from datetime import date, timedelta

import pytest

from tests.api.conftest import Tell
from tests.api.scrutiny import waiting
from tests.api.world import BASE, TODAY, World
from tests.pages.visitor import Visitor

RECORD = "/assessments/{attempt}/record"
WHEN = {"occurred_on": TODAY, "from_time": "08:00", "to_time": "08:45", "place": "Main stage"}


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    return world


@pytest.fixture
def assessor(world: World) -> Visitor:
    return Visitor(world, "assessor")


def items(world: World) -> list[str]:
    """Return the titles of the evidence that Mia's board shows."""
    return [each["title"] for each in world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]]


def test_an_observation_is_written_code_by_code_and_stands_beside_its_codes(world: World, assessor: Visitor) -> None:
    page = assessor.reads(RECORD)
    after = assessor.does(page, "record", **WHEN, **{"w-S11": "Checked the bonds first.\r\nThen the truss."})
    assert "Observation of Component C1" in after.top.one("tr", id="findings-S11").text
    assert "Observation of Component C1" not in after.top.one("tr", id="findings-S12").text
    assert "Observation of Component C1" in items(world)
    kept = assessor.does(after, "findings", **{"j-S11": "met", "r-S11": "Seen.", "act": "keep"})
    assert "1 of 2 codes judged" in kept.text


def test_a_day_to_come_is_named_as_the_page_names_it(assessor: Visitor) -> None:
    written = {**WHEN, "occurred_on": str(date.fromisoformat(TODAY) + timedelta(days=1)), "w-S11": "Seen."}
    again = assessor.refused(assessor.reads(RECORD), "record", 409, **written)
    assert "Day: write a day that has come." in again.refusal
    assert "record." not in again.refusal


def test_a_discussion_is_written_where_the_component_takes_one_or_not(world: World, assessor: Visitor) -> None:
    assert "can rest on it" not in assessor.reads(RECORD).text
    page = assessor.reads(f"{RECORD}?kind=discussion")
    assert "takes no discussion as evidence" in page.text
    assessor.does(page, "record", minutes="30", occurred_on=TODAY, title="After the show", **{"w-S11": "Why bonds."})
    assert "After the show" in items(world)


def test_all_that_is_missing_is_named_and_nothing_is_lost(world: World, assessor: Visitor) -> None:
    again = assessor.refused(assessor.reads(RECORD), "record", 422, **{"w-S11": "Seen.", "occurred_on": ""})
    assert "Day: fill this in." in again.refusal
    assert "From: fill this in." in again.refusal
    assert again.form("record")[1]["w-S11"] == "Seen."
    late = assessor.refused(assessor.reads(RECORD), "record", 409, **{**WHEN, "from_time": "23:50"}, **{"w-S11": "?"})
    assert "it has not begun yet" in late.refusal
    empty = assessor.refused(assessor.reads(RECORD), "record", 409, **WHEN)
    assert "Missing: seen" in empty.refusal


def test_a_record_that_is_sent_twice_is_one(world: World, assessor: Visitor) -> None:
    page = assessor.reads(RECORD)
    for _ in range(2):
        assert assessor.send(page, "record", **WHEN, **{"w-S11": "Seen."}).status_code == 303
    assert items(world).count("Observation of Component C1") == 1


@pytest.mark.parametrize("person", ["coach", "employer", "quality"])
def test_nobody_else_is_given_a_form(world: World, person: str) -> None:
    page = Visitor(world, person).reads(RECORD)
    assert "You cannot write one here" in page.text
    assert not list(page.top.all("form", id="form-record"))


def test_a_second_person_lets_a_decision_count_or_declines_it(tell: Tell) -> None:
    world = waiting(tell("approved"))
    second = Visitor(world, "second")
    (decision,) = world.as_("second").sees("/assessments/{attempt}")["decisions"]
    address = f"/assessments/{world['attempt']}/decisions/{decision['decision_id']}"
    read = second.reads(address)
    assert "Waits for Second" in read.text
    assert "Say whether it counts" in read.text
    page = second.reads(f"{address}/answer")
    assert "Your answer: choose one of them." in second.refused(page, "answers", 422).refusal
    assert "Why you decline it: fill this in." in second.refused(page, "answers", 422, counts="no").refusal
    confirmed = second.does(page, "answers", counts="yes")
    assert "Waits for" not in confirmed.text
    assert "Say whether it counts" not in confirmed.text


def test_nobody_but_the_second_person_answers(tell: Tell) -> None:
    world = waiting(tell("approved"))
    (decision,) = world.as_("second").sees("/assessments/{attempt}")["decisions"]
    page = Visitor(world, "cora").reads(f"/assessments/{world['attempt']}/decisions/{decision['decision_id']}/answer")
    assert "You cannot answer" in page.text
    assert not list(page.top.all("form", id="form-answers"))
