"""The panel's answer: proposed with an answer to each ground, confirmed unchanged, or not agreed with, and why."""

from uuid import UUID

import pytest

from tests.api.conftest import Tell
from tests.api.world import BASE, World, outcome
from tests.pages.page import Page
from tests.pages.visitor import Visitor

APPEAL = "/appeals/{appeal}"
TYPED = {
    "answers.0.answer": "It lay there and was not looked at.",
    "outcome": "upheld",
    "reasons": "Available evidence was left out.",
}


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("convened")


def leads(page: Page, world: World) -> dict[str, str]:
    """Return where the links in the part about the outcome lead, by what they say."""
    links = page.section("outcome").all("a")
    return {each.text: each.attributes["href"].removeprefix(f"/appeals/{world['appeal']}/") for each in links}


def test_an_outcome_is_proposed_after_it_was_asked_once_more_and_decided_when_confirmed(world: World) -> None:
    chair, member = Visitor(world, "chair"), Visitor(world, "member")
    page = chair.reads(APPEAL)
    assert page.section("outcome").one("h2").text == "12 Your answer"
    assert leads(page, world) == {"Propose an outcome": "outcome", "I cannot hear this appeal": "recusal"}
    form = chair.reads(f"{APPEAL}/outcome")
    assert "My risk assessment was left out." in form.text
    check = chair.asked(form, "outcome", **TYPED, cites=[str(world["evidence"])])
    assert "Uphold the appeal. The decision is set aside" in check.text
    assert "Ground 1: evidence It lay there and was not looked at." in check.text
    assert "Rests on Risk assessment" in check.text
    again = Page(chair.send(check, "outcome", sure="", again="yes").text)
    assert again.top.one("textarea", name="reasons").text == TYPED["reasons"]
    proposed = chair.does(check, "outcome")
    assert "You proposed to the panel" in proposed.top.one(role="alert").text
    assert "Member Not yet answered; by Monday 16 November 2026" in proposed.section("outcome").text
    seen = member.reads(APPEAL)
    assert leads(seen, world) == {
        "Confirm this outcome": "confirmations/1",
        "I do not agree, and say why": "dissents",
        "Propose another outcome": "outcome",
        "I cannot hear this appeal": "recusal",
    }
    assert "“Available evidence was left out.”" in seen.section("outcome").text
    asks = member.reads(f"{APPEAL}/confirmations/1")
    assert "Uphold the appeal, proposed by Chair on 2 November 2026" in asks.text
    done = member.does(asks, "1", account="I read it, and so it is.")
    assert done.section("outcome").one("h2").text == "12 The outcome"
    assert "The panel upheld the appeal." in done.section("outcome").text
    assert leads(done, world) == {}
    assert world.as_("mia").sees(APPEAL)["outcome"] == "upheld"
    assert "It lay there and was not looked at." in Visitor(world, "mia").reads(APPEAL).section("grounds").text


def test_a_member_who_does_not_agree_says_why_and_the_proposal_stays(world: World) -> None:
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome())
    member = Visitor(world, "member")
    done = member.does(member.reads(f"{APPEAL}/dissents"), "dissents", account="It was looked at.")
    said = done.section("outcome").text
    assert "Member, you Does not agree: “It was looked at.”" in said
    assert "Proposed by Chair on 2 November 2026: uphold the appeal" in said
    for outside in ("mia", "officer"):
        assert "It was looked at." not in Visitor(world, outside).reads(APPEAL).text


def test_a_member_who_cannot_hear_it_says_why_and_may_not_open_it_any_more(world: World) -> None:
    member = Visitor(world, "member")
    asks = member.reads(f"{APPEAL}/recusal")
    assert "You take no part in this appeal any more" in asks.text
    member.refused(asks, "recusal", 422)
    home = member.does(asks, "recusal", reason="I know the family.")
    assert "You said" in home.top.one(role="alert").text or home.top.one("h1").text
    assert member.ask(APPEAL).status_code == 404
    panel = Visitor(world, "officer").reads(APPEAL).section("panel").text
    assert "No. Has said that they cannot hear it." in panel


def test_what_is_missing_is_named_at_its_field_and_what_was_typed_stays(world: World) -> None:
    chair = Visitor(world, "chair")
    form = chair.reads(f"{APPEAL}/outcome")
    page = chair.refused(form, "outcome", 422, reasons="Left out.", **{"answers.0.answer": "So it is."})
    fault, _ = page.top.one(role="alert").all("a")
    assert (fault.text, fault.attributes["href"]) == ("What should happen? Fill this in.", "#outcome-outcome")
    assert page.top.one("textarea", name="answers.0.answer").text == "So it is."
    silent = chair.refused(form, "outcome", 422, **{**TYPED, "answers.0.answer": ""})
    fault, _ = silent.top.one(role="alert").all("a")
    assert fault.attributes["href"] == "#outcome-answers-0-answer"
    assert silent.top.one("textarea", name="reasons").text == TYPED["reasons"]
    assert world.as_("chair").sees(APPEAL)["proposals"] == []


def test_nobody_but_a_member_is_offered_an_answer_or_gives_one(world: World) -> None:
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome())
    for person in ("mia", "officer", "responsible"):
        visitor = Visitor(world, person)
        page = visitor.reads(APPEAL)
        assert leads(page, world) == {}
        assert ("Withdraw it" in page.section("h1").text) is (person == "mia")
        for last in ("outcome", "confirmations/1", "dissents", "recusal"):
            assert visitor.ask(f"{APPEAL}/{last}").status_code in (403, 409), last
    member = Visitor(world, "member")
    assert member.ask(f"{APPEAL}/confirmations/2").status_code == 404
    shown = world.as_("member").sees(APPEAL)
    assert [UUID(each["member"]) for each in shown["panel_answers"]] == [world["chair"]]
