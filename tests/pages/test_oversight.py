"""Oversight and standardisation: what a lead assessor and a responsible officer look after."""

import pytest

from tests.api.conftest import Tell
from tests.api.scrutiny import DECLINATIONS, waiting
from tests.api.test_replacing_decisions import voiding
from tests.api.world import TODAY, TOMORROW, YESTERDAY
from tests.pages.page import Page
from tests.pages.visitor import Visitor


def told(page: Page) -> list[tuple[str, str]]:
    """Return what is told of matters: what each is, and what happened."""
    rows = page.section("matters").all("tr", role="row")
    return [(kind.text, said.text) for _, kind, said, _ in ([*row.all("th", "td")] for row in [*rows][1:])]


def test_what_was_declined_or_let_by_a_route_is_found_the_newest_first_and_by_kind(tell: Tell) -> None:
    world = waiting(tell("approved"))
    reason = {"decision_id": world["decision"], "reason": "The log lacks the second night."}
    world.as_("second").does(DECLINATIONS, reason)
    lead = Visitor(world, "lead")
    (declined, _), (route, _) = told(lead.reads("/oversight"))
    assert (declined, route) == ("Declined by the second person", "Scrutiny route")
    ((only, said),) = told(lead.reads("/oversight?kind=enrolment.scrutiny-route-recorded"))
    assert only == "Scrutiny route"
    assert "Cora" in said
    assert lead.ask("/oversight?kind=evidence.served").status_code == 422


def test_a_decision_that_was_set_aside_is_told_to_the_officer(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world))
    ((kind, said),) = told(Visitor(world, "responsible").reads("/oversight"))
    assert kind == "Set aside"
    assert "context" not in said


def test_an_attempt_that_nobody_assigned_may_judge_is_shown_with_why(tell: Tell) -> None:
    world = waiting(tell("approved"))
    page = Visitor(world, "lead").reads("/oversight")
    assert "every one can be judged by somebody who is assigned" in page.section("stuck").text
    world.as_("second").does(DECLINATIONS, {"decision_id": world["decision"], "reason": "Not seen."})
    stuck = Visitor(world, "lead").reads("/oversight").section("stuck")
    assert stuck.one("h3").text.startswith("Mia: ")
    assert "Cora: “Your decision of this attempt was declined by the second person" in stuck.text


def test_nothing_is_told_of_whom_one_has_said_nothing(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world))
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "lead assessor"})
    page = Visitor(world, "newcomer").reads("/oversight")
    assert "about one apprentice is not shown until you say what you are to them" in page.text
    assert "Mia" not in page.text


@pytest.mark.parametrize("path", ["/oversight", "/standardisation", "/holds"])
def test_it_is_for_those_who_oversee(tell: Tell, path: str) -> None:
    world = tell("decided")
    for person in ("assessor", "coach", "mia", "quality", "officer"):
        assert Visitor(world, person).ask(path).status_code == 403


def test_it_is_told_who_is_standardised_on_which_criteria_since_when(tell: Tell) -> None:
    world = tell("approved")
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "centre assessor"})
    page = Visitor(world, "lead").reads("/standardisation")
    rows = {row.one("th").text: row.text for row in page.section("c1").one("tbody").all("tr")}
    assert rows["Newcomer"] == "Newcomer Centre assessor Not standardised"
    assert rows["Second"].endswith("Since 1 November 2026")
    admin.does("/people", {"name": "Another", "works_for": "centre"}, name="another")
    admin.does("/people/{another}/roles", {"role": "assessor"})
    lead = Visitor(world, "lead")
    people = [str(world["newcomer"]), str(world["another"])]
    page = lead.reads("/standardisation")
    assert "fill this in" in lead.refused(page, "standardisation", 422).refusal
    late = lead.refused(page, "standardisation", 409, people=people, occurred_on=TOMORROW)
    assert "once its day has come" in late.refusal
    asked = lead.asked(page, "standardisation", people=people, occurred_on=YESTERDAY)
    assert asked.top.one("h1").text == "Record that 2 people were standardised?"
    assert "Another, Newcomer. On 1 November 2026" in asked.text
    path, fields = asked.form("standardisation")
    back = Page(lead.post(path, {**fields, "again": "yes"}).text)
    boxes = back.section("record").all("input", type="checkbox")
    assert {box.attributes["value"] for box in boxes if "checked" in box.attributes} == {*people}
    before = world.journal.head()
    after = lead.does(asked, "standardisation", sure="yes")
    assert world.journal.head() == before + 2
    rows = {row.one("th").text: row.text for row in after.section("c1").one("tbody").all("tr")}
    assert rows["Newcomer"].endswith("Since 1 November 2026")
    assert rows["Another"].endswith("Since 1 November 2026")
    admin.does("/people/{newcomer}/suspension", {"reason": "Left the centre."})
    assert "Newcomer" not in Visitor(world, "lead").reads("/standardisation").text


def held(page: Page, section: str) -> list[list[str]]:
    """Return what a section of the holds says: of whom, why, since when, and how it ends."""
    return [
        [cell.text for cell in row.all("th", "td")] for row in page.section(section).one("tbody").all("tr", role="row")
    ]


def test_what_is_held_is_shown_with_why_since_when_and_how_it_ends(tell: Tell) -> None:
    world = tell("convened")
    pause = {"pauses_on": TODAY, "reason": "A broken wrist."}
    world.as_("admin").does("/enrolments/{enrolment}/pause", pause)
    officer = Visitor(world, "responsible")
    (link,) = [each for each in officer.reads("/oversight").top.all("a") if each.text.startswith("What is held")]
    page = officer.reads(link.attributes["href"])
    ((name, why, since, ends),) = held(page, "appeals")
    assert (name, since) == ("Mia", "2 November 2026")
    assert why.startswith(
        "An appeal against the decision on the Component C1, attempt 1, of 2 November 2026 by Assessor"
    )
    assert ends.startswith("Its panel. The panel reads what was on record")
    assert held(page, "paused") == [["Mia", "A broken wrist.", "2 November 2026", "An administrator resumes it."]]
    lead = Visitor(world, "lead").reads("/holds").text
    assert "A broken wrist." in lead
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/resumption", {"resumes_on": TODAY, "reason": "Healed."})
    assert "None." in officer.reads("/holds").section("paused").text


def test_an_appeal_that_came_to_its_end_holds_nothing(tell: Tell) -> None:
    world = tell("convened")
    officer = Visitor(world, "responsible")
    assert len(held(officer.reads("/holds"), "appeals")) == 1
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert "None." in officer.reads("/holds").section("appeals").text
