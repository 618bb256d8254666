"""The chronology: a lay panel reads first what was decided and what followed, then what was known then."""

from uuid import UUID

import pytest

from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.story import admitted, convened, decided, lodged
from tests.api.world import CODES, World, assign, cite, decides, finding, observation, outcome
from tests.pages.page import Element, Page
from tests.pages.visitor import Visitor

APPEAL = "/appeals/{appeal}"
DECIDED = "Assessor decided pass for attempt 1 at component C1 on 2 November 2026."


def lead(world: World) -> str:
    return Visitor(world, "officer").reads(APPEAL).top.one("p", **{"class": "lead"}).text


def rows(page: Page, section: str) -> list[Element]:
    return [child for child in page.section(section).one("ol").inside if isinstance(child, Element)]


def test_the_verdict_says_what_an_appeal_waits_for(tell: Tell) -> None:
    world = tell("lodged")
    page = Visitor(world, "officer").reads(APPEAL)
    assert f"{DECIDED} The appeal waits to be admitted. The decision stands." in page.text
    world.as_("officer").does("/appeals/{appeal}/admission")
    assert "The appeal was admitted and waits for its panel." in Visitor(world, "officer").reads(APPEAL).text
    assert lead(tell("convened")) == f"{DECIDED} The panel has not given its outcome yet. The decision stands."


def test_a_case_opens_for_each_who_may_read_it_while_its_panel_deliberates(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome(reasons="Between ourselves."))
    for name in ("mia", "officer", "responsible", "chair"):
        assert ("Between ourselves." in Visitor(world, name).reads(APPEAL).text) is (name == "chair"), name


def test_the_verdict_of_an_upheld_appeal_says_what_followed(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    upheld = f"{DECIDED} The panel upheld the appeal on 2 November 2026. The decision was set aside on 2 November 2026."
    assert lead(world) == f"{upheld} A new attempt was opened, attempt 2 at component C1, and is not decided yet."
    decide_again(world)
    anew = "A new attempt was opened, attempt 2 at component C1, and Second decided distinction in it"
    assert lead(world) == f"{upheld} {anew} on 2 November 2026."


def new_attempt(world: World) -> None:
    """Have the appeal upheld; the attempt it opened is the one at hand."""
    decides(world)
    follows = {each["consequence"]: each for each in world.as_("mia").sees("/appeals/{appeal}")["consequences"]}
    world.ids["attempt"] = UUID(follows["a new attempt is opened"]["assessment_id"])


def test_the_verdict_says_that_the_new_attempt_was_closed_and_why(tell: Tell) -> None:
    world = tell("convened")
    new_attempt(world)
    judge_again(world)
    world.as_("responsible").does("/assessments/{attempt}/closing", {"reason": "Opened in error."})
    assert lead(world).endswith("attempt 2 at component C1, and was closed undecided: Opened in error.")


def test_the_verdict_says_that_what_was_decided_in_the_new_attempt_was_set_aside(tell: Tell) -> None:
    world = tell("convened")
    new_attempt(world)
    decide_again(world)
    decided_anew = world.as_("second").sees("/assessments/{attempt}")["decisions"][0]["decision_id"]
    body = {"decision_id": decided_anew, "reason_code": "marking error", "reason": "Miscounted.", "bars": False}
    body |= {"bars_because": "A slip."}
    world.as_("responsible").does("/assessments/{attempt}/voids", body)
    assert lead(world).endswith("and what was decided in it was set aside on 2 November 2026.")


def test_the_verdict_says_for_whom_a_decision_in_the_new_attempt_waits(tell: Tell) -> None:
    world = scrutiny.at_the_centre(tell("approved"))
    world.as_("admin").does(scrutiny.ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    for each in ("officer", "chair", "member", "responsible"):
        declared = {"apprentice": world["mia"], "interest": "none"}
        world.as_(each).does(f"/people/{{{each}}}/interests", declared)
    scrutiny.judged(world, "ada")
    world.ids["evidence"] = world["observation"]
    receipt = world.as_("ada").does(scrutiny.DECISIONS, scrutiny.decision(world, "ada"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    for step in (lodged, admitted, convened):
        step(world)
    new_attempt(world)
    world.as_("responsible").does(scrutiny.ROUTES, scrutiny.route(world))
    world.as_("admin").does(scrutiny.ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    cora = world.as_("cora")
    cora.does("/evidence/records", observation(world), name="observation")
    judged = [finding(world, code) for code in CODES["C1"]]
    cora.does("/assessments/{attempt}/findings", {"findings": judged})
    cora.does(scrutiny.DECISIONS, scrutiny.decision(world, "cora"))
    assert lead(world).endswith(
        "and Cora decided pass in it on 2 November 2026; it does not count until Second confirms it."
    )
    world.as_("second").does(scrutiny.DECLINATIONS, {"decision_id": last(world), "reason": "Not shown."})
    assert lead(world).endswith(
        "and what was decided in it was declined on 2 November 2026, so that another assessor judges it."
    )


def last(world: World) -> str:
    """Return the id of the attempt's last decision."""
    decision_id: str = world.as_("mia").sees("/assessments/{attempt}")["decisions"][-1]["decision_id"]
    return decision_id


def judge_again(world: World) -> str:
    """Have another assessor judge the new attempt, and return its id."""
    second = world.as_("second")
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    (waiting,) = [each for each in second.sees("/queues/assessor")["items"] if each["waits"] == "attempt"]
    attempt: str = waiting["assessment_id"]
    second.does("/evidence/records", observation(world, assessment_id=attempt), name="observed again")
    cites = [{"evidence_id": world["observed again"], "version": 1}]
    judged = {"judgement": "met", "reason": "Seen.", "criterion": "1.1", "cites": cites}
    second.does(f"/assessments/{attempt}/findings", {"findings": [{"code": code, **judged} for code in CODES["C1"]]})
    return attempt


def decide_again(world: World) -> None:
    second, attempt = world.as_("second"), judge_again(world)
    shown = second.sees(f"/assessments/{attempt}/context")["shown"]
    second.does(
        f"/assessments/{attempt}/decisions",
        {"grade": "distinction", "reasons": "Both met, with ease.", "context_hash": shown},
    )


def test_the_verdict_of_other_ends_says_that_the_decision_stands(tell: Tell) -> None:
    dismissed = tell("convened")
    decides(dismissed, outcome="dismissed")
    assert lead(dismissed).endswith("The panel dismissed the appeal on 2 November 2026. The decision stands.")
    unheard = "The appeal was not admitted on 2 November 2026 (no permitted ground): See the letter."
    letter = tell("lodged")
    body = {"because": "no permitted ground", "reason": "See the letter."}
    letter.as_("officer").does("/appeals/{appeal}/refusal", body)
    assert unheard in Visitor(letter, "officer").reads(APPEAL).text
    withdrawn = tell("convened")
    withdrawn.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert lead(withdrawn).endswith("The appeal was withdrawn on 2 November 2026. The decision stands.")
    refused = tell("lodged")
    refused.as_("officer").does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "It came too late."})
    text = Visitor(refused, "officer").reads(APPEAL).text
    assert "not admitted on 2 November 2026 (out of time): It came too late. The decision stands." in text


def test_what_the_decider_never_opened_is_read_in_the_context(tell: Tell) -> None:
    text = Visitor(tell("convened"), "member").reads(APPEAL).text
    assert "Evidence versions the decider never opened 1" in text
    world = tell("found")
    rest = {"cites": [cite(world, "evidence")]}
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S12", **rest)]})
    for step in (decided, lodged, admitted, convened):
        step(world)
    text = Visitor(world, "member").reads(APPEAL).text
    assert "Evidence versions the decider never opened 1; findings on S12 rest on them" in text


def test_the_context_says_what_the_criteria_asked_of_each_grade(tell: Tell) -> None:
    text = Visitor(tell("convened"), "member").reads(APPEAL).section("context").text
    assert "Codes that must be met, by grade" in text
    assert "Scrutiny route" not in text


def test_the_context_names_who_decided_and_confirmed_by_a_scrutiny_route(tell: Tell) -> None:
    world = scrutiny.waiting(tell("approved"))
    for each in ("officer", "chair", "member"):
        declared = {"apprentice": world["mia"], "interest": "none"}
        world.as_(each).does(f"/people/{{{each}}}/interests", declared)
    world.as_("second").does(scrutiny.CONFIRMATIONS, {"decision_id": world["decision"]})
    world.ids["evidence"] = world["observation"]
    for step in (lodged, admitted, convened):
        step(world)
    text = Visitor(world, "member").reads(APPEAL).section("context").text
    assert "recorded by Responsible: Cora, who coached the apprentice, decides and Second confirms" in text


def test_each_ground_stands_beside_the_answer_of_the_panel(tell: Tell) -> None:
    world = tell("convened")
    ground = "Ground: evidence My risk assessment was left out."
    assert ground in Visitor(world, "mia").reads(APPEAL).text
    decides(world)
    answer = "The panel’s answer: It was available and was not considered."
    assert f"{ground} {answer}" in Visitor(world, "mia").reads(APPEAL).text


def test_findings_in_a_row_are_one_entry_that_opens(tell: Tell) -> None:
    page = Visitor(tell("convened"), "member").reads(APPEAL)
    (row,) = (row for row in rows(page, "before") if "findings:" in row.text and row.attributes["id"])
    assert "Assessor recorded 2 findings: 2 met." in row.text
    inside = [each.text for each in row.one("details").all("li")]
    assert [text.partition("judged ")[2].partition(" fact")[0] for text in inside] == [
        f"{code} met on 1 evidence version: Seen." for code in CODES["C1"]
    ]
    first, last = (text.rpartition(" ")[2] for text in (inside[0], inside[-1]))
    assert f"facts {first} to {last}" in row.text
    assert row.attributes["id"] == f"p{first}"


def test_claims_in_a_row_are_one_entry_and_facts_of_evidence_name_it(tell: Tell) -> None:
    sentences = [row.text for row in rows(Visitor(tell("convened"), "member").reads(APPEAL), "before")]
    assert any("Mia claimed 2 codes: K1, S11. (“Risk assessment”)" in text for text in sentences)
    assert any(
        "handed in version 1, declared as own work" in text and "(“Risk assessment”)" in text for text in sentences
    )


def test_every_fact_is_told_once_in_order_with_its_number_and_time(tell: Tell) -> None:
    world = tell("convened")
    page, replay = Visitor(world, "member").reads(APPEAL), world.as_("member").sees("/appeals/{appeal}/chronology")
    for section in ("before", "later"):
        numbers = [
            int(each.text.removeprefix("fact "))
            for each in page.section(section).all("span", **{"class": "position"})
            if each.text.startswith("fact ")
        ]
        assert numbers == [int(each["position"]) for each in replay[section]]
        times = [each.attributes["datetime"] for each in page.section(section).all("time")]
        assert len(times) >= len(numbers)
        assert set(times) == {"2026-11-02T09:00:00Z"}
    assert page.section("served").text == "What of it they were served Nothing."


def test_another_point_of_the_record_is_shown_under_its_own_heading(tell: Tell) -> None:
    member = Visitor(tell("convened"), "member")
    plain = member.reads(APPEAL)
    shown = member.reads(f"{APPEAL}?known_at=40")
    assert "On record by fact 40" in shown.text
    assert "On record by" not in plain.text
    assert [row.attributes["id"] for row in rows(shown, "on-record")][-1] == "r40"
    assert rows(shown, "before")[-1].text == rows(plain, "before")[-1].text
    assert shown.section("later").text == plain.section("later").text


@pytest.mark.parametrize("asked", ["yesterday", "2026-11-02", "-1", "99999999999999999999", "3 or so"])
def test_a_point_that_cannot_be_read_is_answered_in_a_sentence_with_a_way_back(tell: Tell, asked: str) -> None:
    world = tell("convened")
    page = Visitor(world, "member").reads(f"{APPEAL}?known_at={asked}", 422)
    assert page.top.one("h1").text == (
        "Known at: Neither a time such as 2026-03-01T09:30:00Z nor a position such as 1042."
    )
    assert f"{world.root}/appeals/{world['appeal']}" in [link.attributes["href"] for link in page.top.all("a")]


def test_who_may_not_read_it_is_refused_and_who_may_not_see_it_finds_nothing(tell: Tell) -> None:
    world = tell("convened")
    assert Visitor(world, "lead").ask(APPEAL).status_code == 403
    for person in ("assessor", "stranger"):
        assert Visitor(world, person).ask(APPEAL).status_code == 404
