"""Own work: what an apprentice may do with an item of theirs, and what is said where that is not possible."""

import pytest

from tests.api.conftest import Tell
from tests.api.world import NOTES, TODAY, World
from tests.pages.test_evidence import ITEM, OBSERVATION, given_back
from tests.pages.visitor import DECLARED, Visitor, a_file, kept


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


@pytest.fixture
def mia(world: World) -> Visitor:
    return Visitor(world, "mia")


def test_the_page_offers_what_would_not_be_refused(tell: Tell) -> None:
    world = tell("found")
    mia, assessor = Visitor(world, "mia"), Visitor(world, "assessor")
    assert mia.reads(ITEM).actions == ["dropped", "claims", "withdrawal"]
    assert assessor.reads(ITEM).actions == ["acceptance", "return", "annotations"]
    assert mia.reads(OBSERVATION).actions == ["claims"]
    assert Visitor(world, "lead").reads(ITEM).actions == []
    assert Visitor(world, "coach").reads(ITEM).actions == ["return", "annotations"]


def test_a_claim_is_made_and_taken_back(mia: Visitor) -> None:
    page = mia.does(mia.reads(ITEM), "claims", codes=["K2", "K3"])
    assert "K2 the whole item Mia, 2 November 2026, 09:00" in page.section("claims").text
    asked = mia.asked(page, "dropped", code="K2")
    assert asked.top.one("h1").text == "Take back the claim of K2?"
    assert "K2" in mia.reads(ITEM).section("claims").text
    page = mia.does(asked, "dropped")
    codes = [row.one("th").text for row in page.section("claims").one("tbody").all("tr")]
    assert codes == ["K1", "K3", "S11"]
    assert "dropped the claim of K2 with version 1." in page.section("history").text


def test_no_code_chosen_is_answered_in_a_sentence(mia: Visitor) -> None:
    assert "Codes: fill this in." in mia.refused(mia.reads(ITEM), "claims", 422).refusal


def test_a_version_is_withdrawn_with_a_reason(mia: Visitor) -> None:
    page = mia.reads(ITEM)
    assert "Why you take it back: fill this in." in mia.refused(page, "withdrawal", 422).refusal
    for nobody_reads in ("\u3164", "see \u202egpj.exe", "\u2800"):
        assert "Why you take it back: " in mia.refused(page, "withdrawal", 422, reason=nobody_reads).refusal
    page = mia.does(page, "withdrawal", reason="The wrong file.")
    assert "withdrew version 1: The wrong file." in page.section("history").text
    assert page.actions == []
    assert "versions" in mia.reads(f"{ITEM}/again").actions


def test_what_is_not_to_be_withdrawn_is_not_offered_to_be_and_refused_in_a_sentence(tell: Tell) -> None:
    world = tell("decided")
    page = Visitor(world, "mia").reads(OBSERVATION)
    assert "withdrawal" not in page.actions
    answer = Visitor(world, "mia").post(
        f"/evidence/{world['observation']}/withdrawal", {"version": "1", "reason": "No."}
    )
    assert answer.status_code == 409
    assert "is not the apprentice&#39;s to take back." in answer.text


def test_a_returned_version_says_why_and_is_followed_by_a_new_one(world: World, mia: Visitor) -> None:
    given_back(world)
    page = mia.reads(ITEM)
    assert "Assessor returned version 1: Page 2 is missing." in page.section("history").text
    mia.does(mia.reads(f"{ITEM}/again"), "versions", files=a_file())
    described = {"version": 2, "title": "Risk assessment, whole", "produced_on": TODAY}
    world.as_("mia").does("/evidence/{evidence}/description", described)
    mia.does(mia.reads(ITEM), "claims", codes=["K1"])
    page = mia.does(mia.reads(ITEM), "submission", **DECLARED)
    assert page.top.one("h1").text == "Risk assessment, whole"
    assert [row.one("th").text for row in page.section("claims").one("tbody").all("tr")] == ["K1"]
    (older,) = (link for link in page.top.one("main").all("a") if link.text == "Version 1")
    assert mia.reads(older.attributes["href"]).top.one("h1").text == "Risk assessment"
    stages = [each["stage"] for each in world.as_("mia").sees("/evidence/{evidence}")["versions"]]
    assert stages == ["replaced", "submitted"]


def test_a_refusal_shows_its_sentence_and_under_details_its_rule_and_the_source(world: World, mia: Visitor) -> None:
    given_back(world)
    again = mia.refused(mia.reads(f"{ITEM}/again"), "versions", 409, files=a_file(NOTES))
    alert = again.top.one(role="alert")
    assert "EVIDENCE-1" not in alert.one("ul").text
    assert alert.one("details").text == "Details Rule EVIDENCE-1 Source our own policy What this means"


def test_a_refused_new_version_leaves_the_one_before_as_it_was(world: World, mia: Visitor) -> None:
    given_back(world)
    page, before = mia.reads(f"{ITEM}/again"), kept(world)
    for _ in range(2):
        again = mia.refused(page, "versions", 409, files=a_file(NOTES))
        assert "is TXT" in again.refusal
    assert again.top.one("h1").text == "Hand in Risk assessment again"
    assert [each["stage"] for each in world.as_("mia").sees("/evidence/{evidence}")["versions"]] == ["returned"]
    assert kept(world) == before
    mia.does(again, "versions", files=a_file())


def test_a_new_version_sent_twice_is_one(world: World, mia: Visitor) -> None:
    given_back(world)
    page = mia.reads(f"{ITEM}/again")
    for _ in range(2):
        mia.does(page, "versions", files=a_file())
    assert len(world.as_("mia").sees("/evidence/{evidence}")["versions"]) == 2


def test_a_draft_is_handed_in_or_discarded(tell: Tell) -> None:
    world = tell("sealed")
    mia = Visitor(world, "mia")
    page = mia.reads(ITEM)
    assert "Declaration: fill this in." in mia.refused(page, "submission", 422).refusal
    handed_in = mia.does(page, "submission", **DECLARED)
    assert "submission" not in handed_in.actions
    other = tell("sealed")
    mia = Visitor(other, "mia")
    assert "No files yet" in mia.does(mia.reads(ITEM), "discard").text
    assert mia.ask(ITEM).status_code == 404


def test_a_stale_form_is_refused_on_the_page_it_came_from(world: World, mia: Visitor) -> None:
    page = mia.reads(ITEM)
    mia.does(page, "withdrawal", reason="Wrong.")
    again = mia.refused(page, "withdrawal", 409, reason="Wrong again.")
    assert "withdrawn" in again.refusal
