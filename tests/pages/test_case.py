"""The case: a lay panel reads first what was decided and what followed, then what was known then."""

import re
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest

from api.pages.case.page import escaped
from portfolio.domain.assessment.context import DecisionContext
from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.story import admitted, convened, lodged
from tests.api.world import BASE, CODES, SELECTOR, World, assign, decides, decision, finding, observation, outcome
from tests.pages.page import Element, Page
from tests.pages.visitor import Visitor

APPEAL = "/appeals/{appeal}"
DECIDED = "On 2 November 2026 Assessor decided pass for the first attempt at component C1."
NEW = "A new attempt was opened, the second attempt at component C1"


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture(scope="module")
def heard(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world in which a panel hears the appeal, for tests that only read."""
    with closing(stages("convened").copy(tmp_path_factory.mktemp("case") / "world")) as world:
        yield world


def since(world: World) -> str:
    """Return what the page says of what happened since the decision."""
    return row(Visitor(world, "officer").reads(APPEAL), "Since then")


def row(page: Page, key: str) -> str:
    """Return what stands beside a key of a summary list."""
    (found,) = [each for each in page.top.all("dt") if each.text == key]
    lists = [each.inside for each in page.top.all("dl", "div")]
    (beside,) = [
        [each for each in inside if isinstance(each, Element)]
        for inside in lists
        if any(each is found for each in inside)
    ]
    return beside[1].text


def lines(page: Page, section: str) -> list[Element]:
    """Return the lines of a part of the story."""
    return [each for each in page.section(section).all("li") if each.attributes.get("id", "").startswith("l")]


def test_the_verdict_says_what_an_appeal_waits_for(tell: Tell) -> None:
    world = tell("lodged")
    assert DECIDED in Visitor(world, "officer").reads(APPEAL).section("h1").text
    assert since(world) == "The appeal waits to be admitted. The decision stands."
    world.as_("officer").does("/appeals/{appeal}/admission")
    assert "The appeal was admitted and waits for its panel." in since(world)
    assert since(tell("convened")) == "The panel has not given its outcome yet. The decision stands."


def test_a_case_opens_for_each_who_may_read_it_while_its_panel_deliberates(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome(reasons="Between ourselves."))
    for name in ("mia", "officer", "responsible", "chair"):
        assert ("Between ourselves." in Visitor(world, name).reads(APPEAL).text) is (name == "chair"), name


def test_the_verdict_of_an_upheld_appeal_says_what_followed(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    upheld = "The panel upheld the appeal on 2 November 2026. The decision was set aside on 2 November 2026."
    assert since(world) == f"{upheld} {NEW}, and is not decided yet."
    decide_again(world)
    assert since(world) == f"{upheld} {NEW}, and Second decided distinction in it on 2 November 2026."


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
    assert since(world).endswith(f"{NEW}, and was closed undecided: Opened in error.")


def test_the_verdict_says_that_what_was_decided_in_the_new_attempt_was_set_aside(tell: Tell) -> None:
    world = tell("convened")
    new_attempt(world)
    decide_again(world)
    decided_anew = world.as_("second").sees("/assessments/{attempt}")["decisions"][0]["decision_id"]
    body = {"decision_id": decided_anew, "reason_code": "marking error", "reason": "Miscounted.", "bars": False}
    body |= {"bars_because": "A slip."}
    world.as_("responsible").does("/assessments/{attempt}/voids", body)
    assert since(world).endswith("and what was decided in it was set aside on 2 November 2026.")


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
    assert since(world).endswith(
        "and Cora decided pass in it on 2 November 2026; it does not count until Second confirms it."
    )
    world.as_("second").does(scrutiny.DECLINATIONS, {"decision_id": last(world), "reason": "Not shown."})
    assert since(world).endswith(
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
    assert since(dismissed).endswith("The panel dismissed the appeal on 2 November 2026. The decision stands.")
    unheard = "The appeal was not admitted on 2 November 2026 (no permitted ground): See the letter."
    letter = tell("lodged")
    body = {"because": "no permitted ground", "reason": "See the letter."}
    letter.as_("officer").does("/appeals/{appeal}/refusal", body)
    assert unheard in Visitor(letter, "officer").reads(APPEAL).text
    withdrawn = tell("convened")
    withdrawn.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert since(withdrawn).endswith("The appeal was withdrawn on 2 November 2026. The decision stands.")
    refused = tell("lodged")
    refused.as_("officer").does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "It came too late."})
    assert since(refused).endswith(
        "not admitted on 2 November 2026 (out of time): It came too late. The decision stands."
    )


def test_what_there_was_to_go_by_says_what_was_opened_and_what_the_decision_rests_on(heard: World) -> None:
    had = Visitor(heard, "member").reads(APPEAL).section("had")
    assert "2 items, each in the version of that moment. 1 of them had been opened or written under" in had.text
    said = {each.one("a").text: each.one("div").text for each in had.all("li")}
    assert said == {
        "Observation": "Observation record: the decision rests on it",
        "Risk assessment": "PDF: never opened by whoever decided",
    }


def test_the_rules_of_the_moment_say_what_the_criteria_asked_of_each_grade(heard: World) -> None:
    page = Visitor(heard, "member").reads(APPEAL)
    assert row(page, "Every code must be met for")
    assert row(page, "Policies and procedures") == "None on record then"
    assert row(page, "Training of Assessor") == "Standardised on 1 November 2026"
    assert row(page, "Connection with Mia") == "None, as declared before"
    assert "Scrutiny route" not in page.text


def test_the_context_names_who_decided_and_confirmed_by_a_scrutiny_route(tell: Tell) -> None:
    world = scrutiny.waiting(tell("approved"))
    for each in ("officer", "chair", "member"):
        declared = {"apprentice": world["mia"], "interest": "none"}
        world.as_(each).does(f"/people/{{{each}}}/interests", declared)
    world.as_("second").does(scrutiny.CONFIRMATIONS, {"decision_id": world["decision"]})
    world.ids["evidence"] = world["observation"]
    for step in (lodged, admitted, convened):
        step(world)
    text = Visitor(world, "member").reads(APPEAL).section("decision").text
    assert "recorded by Responsible: Cora, who coached the apprentice, decides and Second confirms" in text


def test_each_ground_stands_with_what_it_points_at_and_the_answer_of_the_panel(tell: Tell) -> None:
    world = tell("convened")
    mia = Visitor(world, "mia")
    grounds = mia.reads(APPEAL).section("grounds")
    assert (
        "Evidence that was available was not considered. “My risk assessment was left out.” Mia, 2 November 2026"
        in grounds.text
    )
    (item,) = [each for each in grounds.all("a") if each.text == "Risk assessment"]
    assert mia.reads(item.attributes["href"]).top.one("h1").text == "Risk assessment, as it was"
    assert "panel’s answer" not in grounds.text
    assert "The appeal was admitted, so that a panel hears it. Officer, 2 November 2026" in grounds.text
    decides(world)
    answered = "The panel’s answer “It was available and was not considered.”"
    assert answered in mia.reads(APPEAL).section("grounds").text


def test_what_is_done_at_once_is_one_line_without_numbers_and_keys(heard: World) -> None:
    page = Visitor(heard, "member").reads(APPEAL)
    story = [each.text for each in lines(page, "story")]
    assert any(
        "Mia handed in version 1, declared as own work" in text and "“Risk assessment”" in text for text in story
    )
    assert not any("sent the whole" in text or "sealed" in text for text in story)
    claimed = "Mia claimed 2 codes: K1, S11, with version 1, page 1, the marked area. “Risk assessment”"
    assert any(claimed in text for text in story)
    assert any("Assessor recorded 2 findings: 2 met." in text for text in story)
    assert "The decision under appeal. Assessor decided pass for the first attempt at component C1" in story[-1]
    lodged_line = next(each.text for each in lines(page, "later") if "Mia appealed against" in each.text)
    assert "(evidence)" in lodged_line
    assert "left out" not in lodged_line
    for proof in [each for each in page.top.all("details") if each.one("summary").text.startswith("Details")]:
        proof.inside.clear()
    assert not re.search("fact [0-9]|[0-9a-f]{12}|[A-Z]{4,}-[0-9]", page.text)


def test_background_is_told_in_a_sentence_and_stands_line_by_line_at_an_address_of_its_own(heard: World) -> None:
    member = Visitor(heard, "member")
    page = member.reads(APPEAL)
    assert "the organisation took in the national plan, " in page.section("story").text
    (leads,) = [each for each in page.section("story").all("a") if each.text.startswith("Background, ")]
    background = member.reads(leads.attributes["href"])
    assert f": {len(lines(background, 'lines'))} entries" in leads.text
    assert "approved the criteria" in background.text
    assert "Mia claimed" not in background.text


def test_every_line_opens_the_record_as_it_stood_then(heard: World) -> None:
    member = Visitor(heard, "member")
    claimed = next(each for each in lines(member.reads(APPEAL), "story") if "claimed 2 codes" in each.text)
    to = {each.text: each.attributes["href"] for each in claimed.all("a")}
    page = member.reads(to["As at this line"].partition("#")[0])
    assert "Not the moment of the decision" in page.top.one(id="moment").text
    assert claimed.text in [each.text for each in lines(page, "story")]
    assert page.section("decision").text == "3 The decision It was not made yet at the moment you chose."
    assert page.section("findings").text == "6 Findings beside the evidence No code had been judged by then."
    assert "1 item had been handed in by then" in page.text
    assert lines(page, "later") == []
    assert "Back to the decision" in page.text


def test_a_moment_is_a_day_and_perhaps_a_time(heard: World) -> None:
    member = Visitor(heard, "member")
    page = member.reads(APPEAL)
    form = page.top.one("form", **{"class": "app-moment app-no-print"})
    assert {each.attributes["name"]: each.attributes["value"] for each in form.all("input")} == {
        "day": "2026-11-02",
        "time": "09:00",
    }
    whole = member.reads(f"{APPEAL}?day=2026-11-02")
    assert "Monday 2 November 2026 at 09:00, after the grade was decided" in whole.top.one(id="moment").text
    assert [each.text for each in lines(whole, "later")] == [each.text for each in lines(page, "later")]
    early = member.reads(f"{APPEAL}?day=2026-11-01&time=08:00")
    assert "Sunday 1 November 2026 at 08:00, before the grade was decided" in early.top.one(id="moment").text
    assert "Nothing else was on record." in early.section("story").text
    assert "this moment has not come yet" in member.reads(f"{APPEAL}?day=2099-01-01", 422).text
    assert "Time: Not a valid time." in member.reads(f"{APPEAL}?day=2026-11-02&time=late", 422).text


def test_findings_stand_beside_what_they_rest_on_and_reading_that_is_recorded(tell: Tell) -> None:
    world = tell("found")
    judged = finding(world, "S12", judgement="not met", reason="Never shown.")
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": [judged]})
    body = decision(world, grade="fail")
    world.ids["decision"] = UUID(world.as_("assessor").does("/assessments/{attempt}/decisions", body)["decision_id"])
    for step in (lodged, admitted, convened):
        step(world)
    page = Visitor(world, "member").reads(APPEAL)
    beside = page.top.one("div", id="f-S12")
    assert "S12 Not met “Never shown.” Assessor, 2 November 2026, 09:00" in beside.text
    assert "Place: " in beside.one("blockquote").text
    assert "S12: " in beside.one("blockquote").text
    told = world.as_("responsible").sees("/enrolments/{enrolment}/audit-trail?actor={member}")["items"]
    assert [each["kind"] for each in told] == ["evidence.served"]
    found = page.section("findings").text
    assert "The 1 code that was met" in found
    assert "Under the outcome AO1: " in beside.text
    assert row(page, "Codes not met").startswith("S12, under the outcome AO1: ")


def test_an_item_as_it_was_has_the_marks_of_that_moment_and_no_others(tell: Tell) -> None:
    world = tell("convened")
    decided_at = world.as_("member").sees("/appeals/{appeal}/chronology")["decision"]["position"]
    at = f"{APPEAL}/as-it-was/{{evidence}}?version=1"
    member = Visitor(world, "member")
    sha = world.as_("assessor").sees("/evidence/{evidence}")["versions"][0]["sha256"]
    remark = {"version": 1, "sha256": sha, "selector": SELECTOR, "kind": "pointer", "text": "Seen too late."}
    remark |= {"audience": "apprentice and assessors"}
    world.as_("assessor").get("/evidence/{evidence}/content").close()
    world.as_("assessor").does("/evidence/{evidence}/annotations", remark)
    assert "Seen too late." in member.reads("/evidence/{evidence}").text
    page = member.reads(at)
    assert "when the grade was decided" in page.text
    assert "There were none." in page.section("remarks").text
    assert "K1, page 1, the marked area" in page.section("claims").text
    assert "Seen too late." in member.reads(f"{at}&known_at={world.journal.head()}").section("remarks").text
    assert member.ask(f"{at}&known_at=20").status_code == 404
    for person in ("stranger", "lead"):
        assert Visitor(world, person).ask(f"{at}&known_at={decided_at}").status_code in (403, 404)


def test_the_printed_case_has_everything_open_and_nothing_to_act_on(heard: World) -> None:
    member = Visitor(heard, "member")
    page = member.reads(f"{APPEAL}/print")
    title = "Appeal of Mia, Component C1, first attempt, as known on 2 November 2026 at 09:00"
    assert page.top.one("head").one("title").text.startswith(title)
    main = page.top.one("main")
    assert list(main.all("a")) == []
    assert list(main.all("form", "button")) == []
    assert all("open" in each.attributes for each in main.all("details"))
    assert "approved the criteria" in page.section("background").text
    (sheet,) = [each for each in page.top.all("link") if each.attributes.get("media") == "print"]
    answer = member.ask(sheet.attributes["href"])
    assert answer.content_type == "text/css; charset=utf-8"
    said = "Appeal of Mia, Component C1, first attempt. As known on 2 November 2026 at 09:00"
    assert f'@top-left {{ content: "{said}";' in answer.text
    assert Visitor(heard, "stranger").ask(sheet.attributes["href"]).status_code == 404


def test_what_a_panel_says_at_length_is_said_once_and_what_followed_is_one_line(tell: Tell) -> None:
    world = tell("convened")
    reasons = "What there was to go by was left out, though it lay there"
    decides(world, reasons=f"{reasons}.")
    page = Visitor(world, "responsible").reads(f"{APPEAL}/print")
    later = [each.text for each in lines(page, "later")]
    assert sum(reasons in text for text in later) == 1
    assert any("gave the panel's outcome, upheld: for the reasons that Chair gave" in text for text in later)
    (followed,) = [text for text in later if "The system" in text]
    assert "set aside the decision on" in followed
    assert "; opened the second attempt at component C1" in followed
    assert page.section("outcome").text.count(reasons) == 1


def test_a_name_ends_no_string_of_the_printed_sheet() -> None:
    assert (
        escaped('A "B"; } é\\ </style>')
        == "A \\000022B\\000022\\00003b \\00007d \\0000e9\\00005c \\00003c\\00002fstyle\\00003e"
    )


def test_the_panel_is_checked_by_the_rule_that_judges(tell: Tell) -> None:
    world = tell("convened")
    officer = Visitor(world, "officer")
    said = [each.text for each in officer.reads(APPEAL).section("panel").all("td")]
    free = "Yes. No part in the marking or in the enrolment, and no interest in Mia."
    assert said == [free, "Yes. Prepared for appeals panels."] * 2
    world.as_("member").does("/people/{member}/interests", {"apprentice": world["mia"], "interest": "personal"})
    conflicted = officer.reads(APPEAL).section("panel").text
    assert "Not any more. Nobody who had a part in the enrolment or a decision" in conflicted


def test_what_was_stored_is_compared_with_its_seal(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = tell("convened")
    assert row(Visitor(world, "mia").reads(APPEAL), "The record").startswith("Unchanged. ")
    monkeypatch.setattr(DecisionContext, "intact", lambda _: False)
    page = Visitor(world, "mia").reads(APPEAL)
    assert row(page, "The record").startswith("Changed. ")
    assert "does not match the seal" in page.section("proof").text


@pytest.mark.parametrize("asked", ["yesterday", "2026-11-02", "-1", "99999999999999999999", "3 or so"])
def test_a_point_that_cannot_be_read_is_answered_in_a_sentence_with_a_way_back(heard: World, asked: str) -> None:
    page = Visitor(heard, "member").reads(f"{APPEAL}?known_at={asked}", 422)
    assert page.top.one("h1").text == (
        "Known at: Neither a time such as 2026-03-01T09:30:00Z nor a position such as 1042."
    )
    assert f"{heard.root}/appeals/{heard['appeal']}" in [link.attributes["href"] for link in page.top.all("a")]


def test_who_may_not_read_it_is_refused_and_who_may_not_see_it_finds_nothing(heard: World) -> None:
    assert Visitor(heard, "lead").ask(APPEAL).status_code == 403
    for person in ("assessor", "stranger"):
        assert Visitor(heard, person).ask(APPEAL).status_code == 404
