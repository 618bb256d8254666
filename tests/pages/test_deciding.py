"""Deciding on pages: what will be recorded, asked before it is, replaced by a second person, set aside, answered."""

import pytest

from tests.api.conftest import Tell
from tests.api.world import BASE, World, assign
from tests.pages.page import Page
from tests.pages.visitor import Visitor

DECISION = "/assessments/{attempt}/decision"


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("found")


@pytest.fixture
def assessor(world: World) -> Visitor:
    return Visitor(world, "assessor")


def asked(visitor: Visitor, page: Page, last: str, **filled: str) -> Page:
    """Send a form of a page and return the page that asks before anything is recorded."""
    answer = visitor.send(page, last, **filled)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def decides(assessor: Visitor, grade: str = "pass") -> Page:
    question = asked(assessor, assessor.reads(DECISION), "decision", grade=grade, reasons="Both codes are met.")
    return assessor.does(question, "decisions")


def test_what_will_be_recorded_is_shown_before_a_grade_is_chosen(assessor: Visitor) -> None:
    page = assessor.reads(DECISION)
    assert "Never opened: Risk assessment" in page.text
    assert "Plan ST1297" in page.text
    assert "Findings: 2 met, 0 not met, 0 not judged." in page.text
    assert "Before a grade can be recorded" not in page.text


def test_a_decision_is_asked_for_before_it_is_recorded(world: World, assessor: Visitor) -> None:
    before = world.journal.head()
    question = asked(assessor, assessor.reads(DECISION), "decision", grade="pass", reasons="Both codes are met.")
    assert question.top.one("h1").text == "Record this decision?"
    assert "It cannot be changed afterwards; only a later decision can take its place." in question.text
    assert "Record: Component C1, pass" in [button.text for button in question.top.one("main").all("button")]
    assert world.journal.head() == before
    page = assessor.does(question, "decisions")
    assert page.top.one("h1").text == "Component C1, first attempt: decision"
    assert "Grade Pass" in page.text
    assert "Never opened: Risk assessment" in page.text
    (decision,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    assert (decision["grade"], decision["reasons"]) == ("pass", "Both codes are met.")


def test_nothing_typed_is_lost_by_going_back_or_by_a_refusal_at_the_last_step(world: World, assessor: Visitor) -> None:
    question = asked(assessor, assessor.reads(DECISION), "decision", grade="pass", reasons="Both codes are met.")
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]})
    back = asked(assessor, question, "decision")
    late = assessor.refused(question, "decisions", 409)
    assert "Something changed since" in late.refusal
    for page in (back, late):
        sent = page.form("decision")[1]
        assert (sent["grade"], sent["reasons"]) == ("pass", "Both codes are met.")


def test_a_decision_that_is_sent_twice_is_one(world: World, assessor: Visitor) -> None:
    question = asked(assessor, assessor.reads(DECISION), "decision", grade="pass", reasons="Both codes are met.")
    first, second = (assessor.send(question, "decisions").location for _ in range(2))
    assert first == second
    assert len(world.as_("assessor").sees("/assessments/{attempt}")["decisions"]) == 1


def test_everything_that_is_missing_is_named_at_once(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    assessor = Visitor(world, "assessor")
    page = assessor.reads(DECISION)
    assert "2 codes are not judged by you: S11, S12." in page.text
    links = [link.attributes["href"] for link in page.section("keeps").all("a")]
    assert links == [f"/assessments/{world['attempt']}#findings-{code}" for code in ("S11", "S12")]
    again = assessor.refused(page, "decision", 422)
    assert "Grade for the Component C1: fill this in." in again.refusal
    assert "Reasons, in words Mia will read: fill this in." in again.refusal
    assessor.refused(page, "decision", 409, grade="pass", reasons="Good.")


def test_a_grade_that_needs_every_code_says_which_is_not_met(world: World, assessor: Visitor) -> None:
    opened = assessor.reads("/assessments/{attempt}")
    assessor.does(opened, "findings", **{"j-S12": "not met", "r-S12": "It was not done.", "act": "keep"})
    page = assessor.reads(DECISION)
    assert page.text.count("Not met for 'pass': S12.") == 1
    again = assessor.refused(page, "decision", 409, grade="pass", reasons="Good.")
    assert "Not met for 'pass': S12." in again.refusal
    assert asked(assessor, page, "decision", grade="fail", reasons="S12 is not met.")


def test_what_changed_since_the_page_was_opened_is_told_and_what_was_typed_stays(
    world: World, assessor: Visitor
) -> None:
    page = assessor.reads(DECISION)
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]})
    again = assessor.refused(page, "decision", 409, grade="pass", reasons="Both codes are met.")
    assert "Something changed since you were shown the context of this decision" in again.refusal
    assert "Mia claimed K2" in again.text
    assert again.form("decision")[1]["reasons"] == "Both codes are met."
    assert asked(assessor, again, "decision")


@pytest.mark.parametrize(("person", "status"), [("coach", 403), ("employer", 403), ("mia", 403), ("quality", 200)])
def test_who_may_not_decide_is_given_no_form(world: World, person: str, status: int) -> None:
    page = Visitor(world, person).reads(DECISION, status)
    assert not list(page.top.all("form", id="form-decision"))


def test_a_decided_attempt_is_read_only(world: World, assessor: Visitor) -> None:
    decides(assessor)
    page = assessor.reads("/assessments/{attempt}")
    assert not list(page.top.all("form", id="form-findings"))
    assert "Decided: pass, by Assessor" in page.text
    assert "You cannot judge here" not in page.text


def test_the_board_leads_to_each_decision_and_to_the_attempts(world: World, assessor: Visitor) -> None:
    decides(assessor)
    leads = {a.text: a.attributes["href"] for a in Visitor(world, "mia").reads("/enrolments/{enrolment}").top.all("a")}
    read = Visitor(world, "mia").reads(leads["Each finding of Component C1, attempt 1"])
    assert "S11 Met Assessor" in read.text
    attempts = Visitor(world, "mia").reads(leads["Attempts at each component"])
    assert "Component C1, first attempt: pass" in attempts.text
    assert "Open an attempt" not in attempts.text


def lead(world: World) -> Visitor:
    """Return another assessor who is assigned by now."""
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    return Visitor(world, "second")


def test_a_second_assessor_replaces_a_decision(world: World, assessor: Visitor) -> None:
    decided = decides(assessor)
    assert "Replace this decision" not in decided.text
    second = lead(world)
    world.reads.settle()
    (first,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    address = f"/assessments/{world['attempt']}/decisions/{first['decision_id']}"
    read = second.reads(address)
    assert "Replace this decision" in read.text
    second.ask("/evidence/{observation}").close()
    page = second.reads(f"{address}/supersession")
    filled = {
        "j-S12": "not met",
        "r-S12": "The second run was not safe.",
        "reason_code": "marking error",
        "authority_cited": "The lead assessor asked for it.",
        "grade": "fail",
        "reasons": "S12 is not met.",
    }
    question = asked(second, page, "supersession", **filled)
    assert "Taken over S11" in question.text
    assert "Judged anew S12 not met" in question.text
    replaced = second.does(question, "supersessions")
    assert "Grade Fail" in replaced.text
    assert "S11 Met Assessor, taken over" in replaced.text
    assert "Another decision stands in its place: marking error." in second.reads(address).text


def test_all_that_keeps_a_replacement_back_is_named_at_once(world: World, assessor: Visitor) -> None:
    decides(assessor)
    second = lead(world)
    (first,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    page = second.reads(f"/assessments/{world['attempt']}/decisions/{first['decision_id']}/supersession")
    why = {"reason_code": "marking error", "authority_cited": "The lead.", "grade": "pass", "reasons": "Wrong."}
    again = second.refused(page, "supersession", 409, **why, **{"j-S12": "not met", "r-S12": "No."})
    assert "Not met for 'pass': S12." in again.refusal
    assert "For S12: cite evidence" in again.refusal
    assert "appeal" not in [box.attributes["value"] for box in page.top.all("input", name="reason_code")]


def test_a_responsible_officer_sets_a_decision_aside(world: World, assessor: Visitor) -> None:
    decides(assessor)
    (first,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    address = f"/assessments/{world['attempt']}/decisions/{first['decision_id']}"
    officer = Visitor(world, "responsible")
    assert "Set this decision aside" in officer.reads(address).text
    page = officer.reads(f"{address}/setting-aside")
    assert [box.attributes["value"] for box in page.top.all("input", name="reason_code")] == [
        "marking error",
        "malpractice",
    ]
    filled = {"reason_code": "marking error", "reason": "The wrong apprentice was seen.", "bars": "no"}
    again = officer.refused(page, "setting-aside", 409, **filled)
    assert "barred" in again.refusal
    question = asked(officer, page, "setting-aside", **filled, bars_because="It was a mistake of the office.")
    assert "Barred from judging it again No: It was a mistake of the office." in question.text
    set_aside = officer.does(question, "voids")
    assert "Set aside" in set_aside.text
    assert "The wrong apprentice was seen." in set_aside.text


def test_malpractice_is_set_aside_with_its_account(world: World, assessor: Visitor) -> None:
    decides(assessor)
    (first,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    officer = Visitor(world, "responsible")
    page = officer.reads(f"/assessments/{world['attempt']}/decisions/{first['decision_id']}/setting-aside")
    filled = {"reason_code": "malpractice", "reason": "Two logs are the same."}
    assert "written account" in officer.refused(page, "setting-aside", 409, **filled).refusal
    account = {"account.found": "They are the same.", "account.heard": "Mia and her coach."}
    set_aside = officer.does(asked(officer, page, "setting-aside", **filled, **account), "voids")
    assert "They are the same." in set_aside.text


def test_who_may_not_replace_or_set_aside_is_told_why_and_given_no_form(world: World, assessor: Visitor) -> None:
    decides(assessor)
    (first,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    address = f"/assessments/{world['attempt']}/decisions/{first['decision_id']}"
    own = assessor.reads(f"{address}/supersession")
    assert "You cannot replace it: You took part in this attempt." in own.text
    assert not list(own.top.all("form", id="form-supersession"))
    assert not list(assessor.reads(f"{address}/setting-aside").top.all("form", id="form-setting-aside"))
