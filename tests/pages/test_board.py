"""The board: readiness, and a form that hands in a file whole or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.evidence.facts import EvidenceServed
from tests.api.conftest import Tell
from tests.api.scrutiny import waiting as decided_by_a_scrutiny_route
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, voiding, with_second_assessor
from tests.api.world import TODAY, TOMORROW, World, decision, finding
from tests.pages.page import Page
from tests.pages.visitor import Visitor

BOARD = "/enrolments/{enrolment}"


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("enrolled")


@pytest.fixture
def mia(world: World) -> Visitor:
    return Visitor(world, "mia")


def cards(page: Page) -> list[dict[str, str]]:
    """Return what the cards of the decisions say, by row."""
    return [
        {
            "title": card.one("h3").text,
            "tag": " ".join(tag.text for tag in card.all("strong") if "govuk-tag" in tag.attributes.get("class", "")),
            **{key.text: value.text for key, value in zip(card.all("dt"), card.all("dd"), strict=True)},
        }
        for card in page.section("decisions").all("article")
    ]


def test_the_board_says_what_is_open_and_that_claims_do_not_count(mia: Visitor) -> None:
    page = mia.reads(BOARD)
    assert "0 of 6 outcomes and 0 of 48 codes are assessed, as of 2 November 2026." in page.text
    assert "Handing in and claiming do not count as assessed, and assessed does not mean passed." in page.text
    assert len(list(page.section("outcomes").all("details"))) == 6
    assert (
        "K1 under AO1: nothing claimed yet; it will be assessed by your portfolio (Component C2)."
        in page.section("outcomes").text
    )


def test_who_is_not_the_apprentice_is_told_to_whom_the_sentences_speak(world: World, mia: Visitor) -> None:
    told = "What is said below is said to the apprentice."
    assert told in Visitor(world, "coach").reads(BOARD).text
    assert told not in mia.reads(BOARD).text


def test_the_board_shows_another_day(mia: Visitor) -> None:
    assert "as of 1 September 2026" in mia.reads(f"{BOARD}?as_of=2026-09-01").text
    assert "The apprentice was not enrolled yet." in mia.reads(f"{BOARD}?as_of=2026-08-31", 404).text


def test_a_board_of_another_day_says_which_parts_are_of_today(mia: Visitor) -> None:
    assert "as it is today" not in mia.reads(BOARD).text
    earlier, later = mia.reads(f"{BOARD}?as_of=2026-09-01"), mia.reads(f"{BOARD}?as_of={TOMORROW}")
    for page in (earlier, later):
        assert page.section("evidence").one("h2").text == "Evidence, as it is today, 2 November 2026"
    assert "by what is known today of 3 November 2026, which is still to come." in later.text


@pytest.mark.parametrize("asked", ["as_of=1.10.2026", "as_of=2026-13-01", "after=soon"])
def test_an_address_that_cannot_be_read_is_answered_in_a_sentence_with_a_way_back(mia: Visitor, asked: str) -> None:
    page = mia.reads(f"{BOARD}?{asked}", 422)
    (back,) = (link for link in page.top.all("a") if link.text == "Back to the page")
    assert page.top.one("h1").text.startswith(("As of: Not a day such as", "After: Not a position"))
    assert mia.reads(back.attributes["href"]).top.one("h1").text == "My outcomes"


def test_the_board_says_for_whom_a_decision_by_a_scrutiny_route_waits(tell: Tell) -> None:
    world = decided_by_a_scrutiny_route(tell("approved"))
    sentence = "It does not count yet: it waits for Second, the second person of its scrutiny route."
    assert sentence in Visitor(world, "mia").reads(BOARD).text
    world.as_("second").does("/assessments/{attempt}/confirmations", {"decision_id": world["decision"]})
    assert sentence not in Visitor(world, "mia").reads(BOARD).text


def test_a_decision_is_told_with_grade_reasons_decider_codes_and_what_can_be_done(tell: Tell) -> None:
    world = tell("decided")
    (card,) = cards(Visitor(world, "mia").reads(BOARD))
    assert card == {
        "title": "Component C1, attempt 1",
        "tag": "",
        "Grade": "Pass",
        "Reasons": "Both codes are met.",
        "Decided by": "Assessor, assessor, on Monday 2 November 2026 at 09:00",
        "Codes": "2 of 2 met.",
        "What you can do next": "You can appeal, if something was not done as it should have been: you yourself, or "
        "your coach for you if you let them.",
    }
    (of_coach,) = cards(Visitor(world, "coach").reads(BOARD))
    assert of_coach["What comes next"] == "The apprentice can appeal, or you for them with their consent."
    (of_assessor,) = cards(Visitor(world, "assessor").reads(BOARD))
    assert of_assessor["What comes next"] == "An appeal is the apprentice’s, or their coach’s with consent."


def not_met(world: World) -> dict[str, Any]:
    codes = [finding(world, "S11"), finding(world, "S12", judgement="not met", reason="The run was stopped.")]
    return {"findings": codes}


def test_a_code_that_is_not_met_stands_in_the_card_with_its_reason_and_the_way_on(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", not_met(world))
    assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail", reasons="S12 was not shown."))
    page = Visitor(world, "mia").reads(BOARD)
    (card,) = cards(page)
    assert card["Codes"] == "1 of 2 met. Not met: S12 – “The run was stopped.”"
    assert (
        "Ask your coach about another attempt: one more can be decided. Coach coaches you."
        in card["What you can do next"]
    )
    assert "Component C1, decided 2 November 2026 Not met: S12 Met: S11" in page.section("outcomes").text


def test_codes_stand_under_the_component_that_judges_them_by_the_word_for_where_they_stand(tell: Tell) -> None:
    world = tell("submitted")
    shown = Visitor(world, "mia").reads(BOARD).section("outcomes").text
    assert "Component C1, nothing judged yet Claimed: S11 Nothing claimed: S12" in shown
    assert "Component C2, nothing judged yet Claimed: K1 Nothing claimed: K4" in shown
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    assert (
        "Component C1, an attempt is open Claimed: S11" in Visitor(world, "mia").reads(BOARD).section("outcomes").text
    )


def test_a_decision_that_was_replaced_stays_below_the_one_in_its_place(tell: Tell) -> None:
    world = tell("decided")
    world.now += timedelta(days=3)
    with_second_assessor(world)
    world.as_("second").does(SUPERSESSIONS, supersession(world))
    new, old = cards(Visitor(world, "mia").reads(BOARD))
    assert (new["tag"], old["tag"]) == ("", "Replaced")
    assert old["What became of it"] == "Second put another decision in its place on Thursday 5 November 2026 at 09:00."
    then = Visitor(world, "mia").reads(f"{BOARD}?as_of={TODAY}")
    (as_it_was,) = cards(then)
    assert (as_it_was["tag"], as_it_was["What you can do next"]) == ("", "It counted on that day.")
    assert "You see this page as it stood on 2 November 2026." in then.text


def test_a_decision_that_was_set_aside_says_by_whom_and_why(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world))
    (card,) = cards(Visitor(world, "mia").reads(BOARD))
    assert card["tag"] == "Set aside"
    assert card["What became of it"].startswith(
        "It was set aside by Responsible on Monday 2 November 2026 at 09:00 because: “The log was copied.” "
        "What it judged is assessed again."
    )


def test_a_decision_under_appeal_leads_to_the_case_and_offers_no_other_appeal(tell: Tell) -> None:
    page = Visitor(tell("lodged"), "mia").reads(BOARD)
    (card,) = cards(page)
    assert card["tag"] == "Under review"
    assert (
        card["What you can do next"] == "An appeal against it is open; it counts until it is replaced. See the appeals"
    )
    assert "The appeal of 2 November 2026" in page.section("appeals").text


def test_how_it_went_is_drawn_and_stands_in_a_table(tell: Tell) -> None:
    world = tell("decided")
    course = Visitor(world, "mia").reads(BOARD).section("course")
    said = "Codes assessed: 0 of 48 from 1 September 2026; 2 of 48 from 2 November 2026"
    assert course.one("svg").one("title").text == said
    assert [row.text for row in course.one("tbody").all("tr")] == [
        "1 September 2026 0 of 48 0 of 6",
        "2 November 2026 2 of 48 0 of 6",
    ]
    (first, _) = (link.attributes["href"] for link in course.one("table").all("a"))
    assert "as of 1 September 2026" in Visitor(world, "mia").reads(first).text
    assert [*Visitor(world, "mia").reads(first).section("course").one("tbody").all("tr")][1:] == []


def test_an_apprentice_sees_small_pictures_of_their_work_and_nobody_else_is_shown_any(tell: Tell) -> None:
    world = tell("submitted")
    mia = Visitor(world, "mia")
    (small,) = (image.attributes["src"] for image in mia.reads(BOARD).section("evidence").all("img"))
    assert mia.ask(small).content_type == "image/svg+xml"
    world.previews.settle()
    assert mia.ask(small).content_type == "image/jpeg"
    for person in ("assessor", "coach"):
        (drawn,) = (
            image.attributes["src"] for image in Visitor(world, person).reads(BOARD).section("evidence").all("img")
        )
        assert drawn.endswith("/pages.svg")
        assert Visitor(world, person).ask(drawn).status_code == 200
        assert Visitor(world, person).ask(small).status_code == 403
    assert not [entry for entry in world.journal.read(world["evidence"]) if isinstance(entry.fact, EvidenceServed)]


def test_evidence_is_called_what_people_call_it(tell: Tell) -> None:
    world = tell("collected")
    shown = Visitor(world, "mia").reads(BOARD).section("evidence")
    texts = " ".join(item.text for item in shown.all("li"))
    for kind in ("PDF", "Picture", "Sound recording", "Text"):
        assert f"{kind} Handed in" in texts
