"""Judging on pages: many findings at once, what each rests on, what is refused, and what nobody else may do."""

from typing import Any

import pytest

from portfolio.domain.kernel import StaleVersion
from tests.api.conftest import Tell
from tests.api.world import BASE, CODES, World, cite
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ATTEMPT = "/assessments/{attempt}"
ON_THE_WORK = {"code": "K1", "judgement": "met", "reason": "Seen."}


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    """Return a world in which an attempt at C2, the portfolio, is open, and nothing is found in it."""
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}, name="attempt")
    return world


@pytest.fixture
def assessor(world: World) -> Visitor:
    return Visitor(world, "assessor")


def found(world: World) -> dict[str, dict[str, Any]]:
    """Return the findings on record by their codes."""
    return {each["code"]: each for each in world.as_("assessor").sees(ATTEMPT)["findings"]}


def opens_the_evidence(assessor: Visitor) -> None:
    assessor.ask("/evidence/{evidence}/content?version=1").close()


def test_codes_stand_under_their_outcomes_with_the_evidence_claimed_for_each(assessor: Visitor) -> None:
    page = assessor.reads(ATTEMPT)
    assert page.top.one("h1").text == "Component C2, first attempt"
    assert f"0 of {len(CODES['C2'])} codes judged" in page.text
    row = page.top.one("tr", id="findings-K1")
    assert "Risk assessment" in row.text
    assert "not opened" in row.text
    assert "Nothing claimed." in page.top.one("tr", id="findings-K2").text
    assert sum(1 for _ in page.top.all("textarea")) == len(CODES["C2"])


def test_a_page_with_all_codes_is_light(assessor: Visitor) -> None:
    assert len(assessor.ask(ATTEMPT).data) <= 60_000


def test_a_finding_rests_on_what_was_claimed_and_opened(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    page = assessor.reads(ATTEMPT)
    assert "not opened" not in page.top.one("tr", id="findings-K1").text
    fields = {"j-K1": "met", "r-K1": "Shown on page 1.", "j-K2": "not met", "r-K2": "Nothing.", "act": "keep"}
    after = assessor.does(page, "findings", **fields)
    assert f"2 of {len(CODES['C2'])} codes judged" in after.text
    on_record = found(world)
    assert [(each["judgement"], len(each["cites"])) for each in on_record.values()] == [("met", 1), ("not met", 0)]
    assert on_record["K2"]["nothing_shows_it"] is True


def test_nothing_rests_on_what_was_not_opened(world: World, assessor: Visitor) -> None:
    page = assessor.reads(ATTEMPT)
    again = assessor.refused(page, "findings", 409, **{"j-K1": "met", "r-K1": "Shown.", "act": "keep"})
    assert "K1: cite evidence that is handed in" in again.refusal
    assert again.form("findings")[1]["r-K1"] == "Shown."
    assert found(world) == {}


def test_all_faulty_rows_are_named_at_once_and_none_is_recorded(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    page = assessor.reads(ATTEMPT)
    rows = {"j-K1": "met", "r-K1": "Shown.", "j-K2": "met", "r-K2": "Shown.", "j-K3": "not met", "act": "keep"}
    again = assessor.refused(page, "findings", 409, **rows)
    links = {link.attributes["href"] for link in again.top.one(role="alert").all("a")}
    assert {"#findings-K2", "#findings-K3"} <= links
    assert "#findings-K1" not in links
    assert found(world) == {}


def test_a_reason_without_a_judgement_is_not_lost(assessor: Visitor) -> None:
    again = assessor.refused(assessor.reads(ATTEMPT), "findings", 422, **{"r-K1": "Perhaps.", "act": "keep"})
    assert "K1: Choose met, not met or not judged" in again.refusal
    assert again.form("findings")[1]["r-K1"] == "Perhaps."


def test_a_form_that_says_nothing_new_records_nothing(world: World, assessor: Visitor) -> None:
    before = world.journal.head()
    assessor.refused(assessor.reads(ATTEMPT), "findings", 422, act="keep")
    assert world.journal.head() == before


def test_chosen_rows_are_set_and_not_kept_yet(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    path, fields = assessor.reads(ATTEMPT).form("findings")
    sent = {**fields, "row": ["K1", "K2"], "bulk": "Shown in the risk assessment.", "act": "met"}
    answer = assessor.post(path, sent)
    assert answer.status_code == 200
    page = Page(answer.text)
    filled = page.form("findings")[1]
    assert (filled["j-K1"], filled["r-K1"]) == ("met", "Shown in the risk assessment.")
    assert ("j-K2" in filled, filled["r-K2"]) == (False, "")
    assert "1 not kept yet" in page.text
    assert page.refusal.startswith("Not set: K2: ")
    assert found(world) == {}


def test_only_what_is_new_is_recorded(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    assessor.does(assessor.reads(ATTEMPT), "findings", **{"j-K1": "met", "r-K1": "Shown.", "act": "keep"})
    before = world.journal.head()
    page = assessor.reads(ATTEMPT)
    assessor.does(page, "findings", **{"j-K2": "not met", "r-K2": "Nothing.", "act": "keep"})
    assert world.journal.head() == before + 1


def test_what_somebody_recorded_meanwhile_is_not_overwritten(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    page = assessor.reads(ATTEMPT)
    world.as_("assessor").does(
        "/assessments/{attempt}/findings", {"findings": [ON_THE_WORK | {"cites": [cite(world, "evidence")]}]}
    )
    again = assessor.refused(page, "findings", 412, **{"j-K1": "not met", "r-K1": "No.", "act": "keep"})
    assert StaleVersion.title() in again.refusal
    assert again.form("findings")[1]["r-K1"] == "No."
    assert found(world)["K1"]["judgement"] == "met"
    assessor.does(again, "findings", act="keep")
    assert found(world)["K1"]["judgement"] == "not met"


def test_what_others_did_since_the_page_was_opened_is_told(world: World, assessor: Visitor) -> None:
    page = assessor.reads(ATTEMPT)
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]})
    again = assessor.refused(page, "findings", 409, **{"j-K1": "met", "r-K1": "Shown.", "act": "keep"})
    assert "Since you opened this page:" in again.text
    assert "Mia claimed K2" in again.text


def test_a_code_that_was_claimed_after_the_page_was_opened_is_not_cited_unseen(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    page = assessor.reads(ATTEMPT)
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K2"]})
    again = assessor.refused(page, "findings", 409, **{"j-K2": "met", "r-K2": "Shown.", "act": "keep"})
    assert "K2: cite evidence" in again.refusal


@pytest.mark.parametrize("person", ["mia", "coach", "employer", "quality", "lead", "admin", "chair"])
def test_nobody_else_is_given_a_form(world: World, person: str) -> None:
    answer = Visitor(world, person).ask(ATTEMPT)
    if answer.status_code == 200:
        assert 'name="act"' not in answer.text
    else:
        assert answer.status_code in (403, 404, 409)


def test_one_code_is_found_on_chosen_evidence_with_what_is_wrong_with_it(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    page = assessor.reads(f"{ATTEMPT}/codes/K2")
    key = next(box.attributes["value"] for box in page.top.all("input", name="cites"))
    wrong = {"cites": key, f"valid-{key}": "on", "reason": "It shows another code.", "judgement": "not met"}
    assert "has none" in assessor.refused(page, "K2", 409, **wrong).refusal
    assessor.does(page, "K2", **wrong, **{f"why-{key}": "It is about rigging."})
    (rests_on,) = found(world)["K2"]["cites"]
    assert (rests_on["valid"], rests_on["reason"]) == (False, "It is about rigging.")


def test_a_code_that_the_component_does_not_cover_has_no_page(assessor: Visitor) -> None:
    assert assessor.ask(f"{ATTEMPT}/codes/S11").status_code == 404


def test_the_matrix_says_what_covers_what(world: World, assessor: Visitor) -> None:
    opens_the_evidence(assessor)
    assessor.does(assessor.reads(ATTEMPT), "findings", **{"j-K1": "met", "r-K1": "Shown.", "act": "keep"})
    page = assessor.reads(f"{ATTEMPT}/coverage")
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in page.top.one("tbody").all("tr")}
    assert rows["K1"] == ["cited", "Met"]
    assert rows["K2"] == ["–", "Open"]
    assert "Nothing stands beside K2" in page.text


def test_the_plans_descriptors_stand_on_a_page_of_their_own(assessor: Visitor) -> None:
    assert "They are no mark scheme" in assessor.reads(f"{ATTEMPT}/descriptors").text


def test_an_attempt_is_opened_from_the_list_and_closed_after_being_asked(world: World, assessor: Visitor) -> None:
    listed = assessor.reads("/enrolments/{enrolment}/attempts")
    opened = assessor.does(listed, "attempts")
    assert opened.top.one("h1").text == "Component C1, first attempt"
    closing = assessor.reads(
        next(a.attributes["href"] for a in opened.top.all("a") if "closing" in a.attributes["href"])
    )
    asked = assessor.send(closing, "closing", reason="Opened for the wrong day.")
    assert asked.status_code == 200
    closed = assessor.does(Page(asked.text), "closings")
    assert "This attempt was closed undecided." in closed.text
