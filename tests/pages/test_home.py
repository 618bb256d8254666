"""Home and the queues: from here everybody reaches what they have a part in."""

import pytest

from tests.api.conftest import Tell
from tests.api.world import World, decides
from tests.pages.page import Page
from tests.pages.visitor import Visitor


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("convened")


def links(page: Page) -> dict[str, str]:
    return {link.text: link.attributes["href"] for link in page.top.one("main").all("a")}


@pytest.mark.parametrize(
    ("person", "relation"),
    [
        ("mia", "the apprentice"),
        ("coach", "assigned coach"),
        ("employer", "assigned employer"),
        ("assessor", "assigned assessor"),
        ("quality", "assigned internal quality assurer"),
        ("chair", "panel member of an appeal here"),
    ],
)
def test_everybody_with_a_part_is_led_to_the_board(world: World, person: str, relation: str) -> None:
    visitor = Visitor(world, person)
    page = visitor.reads("/")
    assert f"Mia, route LET – you are {relation}" in page.text
    assert visitor.reads(links(page)["Mia, route LET"]).top.one("h1").text == "Mia, route LET"


def test_a_panel_member_is_led_from_home_to_the_chronology(world: World) -> None:
    chair = Visitor(world, "chair")
    board = chair.reads(links(chair.reads("/"))["Mia, route LET"])
    name = "The appeal of 2 November 2026"
    against = "the decision on attempt 1 at component C1 of 2 November 2026 by Assessor"
    assert f"{name} against {against}: with panel" in board.text
    assert chair.reads(links(board)[name]).top.one("h1").text.startswith(name)


def test_who_heard_an_appeal_finds_it_afterwards_and_no_longer_the_enrolment(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed")
    chair = Visitor(world, "chair")
    home = chair.reads("/")
    assert "Apprenticeships you have a part in" not in home.text
    name = "The appeal of 2 November 2026"
    assert chair.reads(links(home)[name]).top.one("h1").text.startswith(name)
    assert name in Visitor(world, "mia").reads("/").text


def test_who_may_know_of_an_appeal_and_not_read_it_is_given_no_link_to_it(world: World) -> None:
    board = Visitor(world, "coach").reads("/enrolments/{enrolment}")
    assert "The appeal of 2 November 2026 against the decision on attempt 1" in board.text
    assert not [text for text in links(board) if text.startswith("The appeal")]
    assert "Appeals" not in Visitor(world, "assessor").reads("/enrolments/{enrolment}").text


def test_who_works_through_the_api_is_told_so(world: World) -> None:
    page = Visitor(world, "admin").reads("/")
    assert "Your role has no page of its own yet." in page.text
    assert links(page)["its reference"] == f"{world.root}/v1/docs"


def test_the_responsible_officer_finds_the_appeals_and_what_could_not_follow_from_them(world: World) -> None:
    responsible = Visitor(world, "responsible")
    found = links(responsible.reads("/"))
    assert "Mia" in responsible.reads(found["Appeals to arrange"]).text
    assert "Nothing waits." in responsible.reads(found["What could not follow from appeals"]).text
    assert Visitor(world, "officer").ask("/consequences").status_code == 403


@pytest.mark.parametrize("person", ["stranger", "noah"])
def test_who_has_no_part_is_told_who_gives_one(world: World, person: str) -> None:
    assert "You have no part in an apprenticeship today." in Visitor(world, person).reads("/").text


def test_the_assessor_finds_evidence_and_attempts_that_wait(tell: Tell) -> None:
    world = tell("found")
    assessor = Visitor(world, "assessor")
    page = assessor.reads(links(assessor.reads("/"))["Evidence, attempts and decisions that wait for you"])
    evidence, attempts = (section.one("tbody").text for section in page.top.all("section"))
    assert evidence == "Risk assessment Mia K1, S11 2 November 2026"
    assert attempts == "C1, attempt 1 Mia 2 of 2 judged by you 2 November 2026"
    assert assessor.reads(links(page)["Risk assessment"]).top.one("h1").text == "Risk assessment"
    assert Visitor(world, "mia").ask("/queue").status_code == 403


def test_a_lead_assessor_finds_the_decisions_that_wait_for_them(world: World) -> None:
    lead = Visitor(world, "lead")
    page = lead.reads(links(lead.reads("/"))["Evidence, attempts and decisions that wait for you"])
    assert "Nothing waits." in page.text


def test_the_officer_finds_open_appeals(world: World) -> None:
    officer = Visitor(world, "officer")
    page = officer.reads(links(officer.reads("/"))["Appeals to arrange"])
    assert page.top.one("tbody").text == f"{str(world['appeal'])[:8]} Mia outcome 2 November 2026"
    assert Visitor(world, "mia").ask("/appeals").status_code == 403
