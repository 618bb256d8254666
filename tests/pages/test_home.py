"""Home and the queues: what an apprentice has to do, and how everybody else reaches what they have a part in."""

from datetime import timedelta

import pytest

from tests.api.conftest import Tell
from tests.api.test_declare_first import silent
from tests.api.world import (
    CODES,
    DECLARED,
    ITEMS,
    PLAN_TEXT,
    SELECTOR,
    TODAY,
    World,
    component,
    criteria,
    decides,
    enrolment,
    hand_in,
    sha,
    upload,
)
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
    assert relation in page.section("apprentices").one("tbody").text
    assert visitor.reads(links(page)["Mia"]).top.one("h1").text == "Outcomes of Mia"


def test_a_panel_member_is_led_from_home_to_the_chronology(world: World) -> None:
    chair = Visitor(world, "chair")
    home = chair.reads("/")
    assert "about a decision on Mia. It is with its panel, which gives the outcome." in home.text
    board = chair.reads(links(home)["Mia"])
    name = "The appeal of 2 November 2026"
    against = "the decision on the Component C1, attempt 1, of 2 November 2026 by Assessor"
    assert f"{name} against {against}. It is with its panel, which gives the outcome." in board.text
    assert chair.reads(links(board)[name]).top.one("h1").text.startswith("Mia appeals against")


def test_who_heard_an_appeal_finds_it_afterwards_and_no_longer_the_enrolment(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed")
    chair = Visitor(world, "chair")
    home = chair.reads("/")
    assert "Apprentices you have a part with" not in home.text
    name = "The appeal of 2 November 2026"
    assert chair.reads(links(home)[name]).top.one("h1").text.startswith("Mia appeals against")
    outcome = f"{name}. The panel gave its outcome: dismissed."
    assert outcome in Visitor(world, "mia").reads("/").text
    assert outcome.replace(".", " – about a decision on Mia.", 1) in home.text


def test_who_may_know_of_an_appeal_and_not_read_it_is_given_no_link_to_it(world: World) -> None:
    board = Visitor(world, "coach").reads("/enrolments/{enrolment}")
    assert "The appeal of 2 November 2026 against the decision on the Component C1" in board.text
    assert not [text for text in links(board) if text.startswith("The appeal")]
    assert "Appeals" not in Visitor(world, "assessor").reads("/enrolments/{enrolment}").text


def test_who_works_through_the_api_is_told_so(world: World) -> None:
    page = Visitor(world, "admin").reads("/")
    assert "go through the HTTP API" in page.text
    assert links(page)["its reference"] == f"{world.root}/v1/docs"


def test_the_responsible_officer_finds_the_appeals_and_what_could_not_follow_from_them(world: World) -> None:
    responsible = Visitor(world, "responsible")
    found = links(responsible.reads("/"))
    assert "Mia" in responsible.reads(found["1 open appeal"]).text
    assert "Nothing waits." in responsible.reads("/consequences").text
    assert Visitor(world, "officer").ask("/consequences").status_code == 403


@pytest.mark.parametrize("person", ["stranger", "noah"])
def test_who_has_no_part_is_told_who_gives_one(world: World, person: str) -> None:
    assert "You have no part in an apprenticeship today." in Visitor(world, person).reads("/").text


def test_the_officer_finds_open_appeals(world: World) -> None:
    officer = Visitor(world, "officer")
    page = officer.reads(links(officer.reads("/"))["1 open appeal"])
    assert page.top.one("tbody").text == "Mia The panel’s outcome 2 November 2026 2 November 2026"
    assert Visitor(world, "mia").ask("/appeals").status_code == 403


def test_what_waits_is_told_in_numbers_that_lead_to_it(tell: Tell) -> None:
    world = tell("found")
    found = links(Visitor(world, "assessor").reads("/"))
    assert found["2 pieces of work in your queue"] == f"{world.root}/queue"
    person = Visitor(world, silent(world, "assessor", "assessor"))
    home = person.reads("/")
    assert links(home)["Say what you are to 1 apprentice"] == f"{world.root}/interests"
    assert "shown once you say what you are to them" in home.text
    assert "codes, " not in home.section("apprentices").text
    assert "Nothing waits for you." in Visitor(world, "lead").reads("/").text
    convened = tell("convened")
    for who, at_home, above in (
        ("chair", "1 appeal to hear", "Home 1 waiting"),
        ("officer", "1 open appeal", "Appeals 1 waiting"),
        ("responsible", "1 open appeal", "Appeals 1 waiting"),
    ):
        home = Visitor(convened, who).reads("/")
        assert at_home in links(home)
        assert above in [link.text for link in home.top.one("nav", **{"aria-label": "Main"}).all("a")]
    assert "Follow-ups" in [link.text for link in home.top.one("nav", **{"aria-label": "Main"}).all("a")]


def test_a_coach_sees_how_much_of_each_apprentice_is_assessed(world: World) -> None:
    (row,) = Visitor(world, "coach").reads("/").section("apprentices").one("tbody").all("tr")
    assert "assigned coach 2 of 48 codes, 0 of 6 outcomes" in row.text
    (asks,) = [each for each in row.all("a") if each.text.startswith("What they let you do")]
    assert "May you …" in Visitor(world, "coach").reads(asks.attributes["href"]).text


def test_who_looks_after_the_enrolment_is_led_to_it_from_its_outcomes(world: World) -> None:
    for who, led in (("admin", True), ("responsible", True), ("mia", False), ("coach", False), ("quality", False)):
        board = links(Visitor(world, who).reads("/enrolments/{enrolment}"))
        assert ("The enrolment: who has a part in it, and what can be changed" in board) is led, who


# --- who writes a testimony ---

TESTIMONY = {
    "title": "The load-in",
    "record.occurred_on": TODAY,
    "record.statement": "Mia hung the truss and checked it.",
    "record.role": "Head of lighting",
    "record.competence": "Twenty years of lighting.",
    "record.relation": "Mia's line manager.",
    "record.first_hand": "yes",
}


def test_an_employer_writes_a_testimony_from_home(tell: Tell) -> None:
    world = tell("submitted")
    employer = Visitor(world, "employer")
    page = employer.reads(links(employer.reads("/"))["Write a testimony about Mia"])
    assert page.top.one("h1").text == "Write a testimony about Mia"
    done = employer.does(page, "testimony", **TESTIMONY)
    assert "You" in done.top.one("div", role="alert").text
    world.reads.settle()
    written = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"][-1]
    assert (written["title"], written["kind"]) == ("The load-in", "witness testimony")
    said = world.as_("mia").get(f"/evidence/{written['evidence_id']}/content").text
    assert "Witness: Employer, Head of lighting" in said


def test_a_testimony_that_lacks_something_is_shown_again_with_what_was_typed(tell: Tell) -> None:
    employer = Visitor(tell("submitted"), "employer")
    page = employer.reads("/enrolments/{enrolment}/testimony")
    again = employer.refused(page, "testimony", 422, **{**TESTIMONY, "record.statement": "", "record.first_hand": ""})
    assert "What you saw or know: fill this in." in again.text
    assert "Head of lighting" in str(again.form("testimony")[1])
    day = employer.refused(page, "testimony", 409, **{**TESTIMONY, "record.occurred_on": "2030-01-01"})
    assert "The day it was: write a day that has come." in day.text


@pytest.mark.parametrize(("person", "status"), [("mia", 409), ("stranger", 404), ("admin", 403)])
def test_who_may_not_write_a_testimony_is_shown_no_form(tell: Tell, person: str, status: int) -> None:
    assert Visitor(tell("submitted"), person).ask("/enrolments/{enrolment}/testimony").status_code == status


# --- who looks for apprentices ---


def test_staff_find_apprentices_by_the_beginning_of_a_name_among_those_they_may_see(tell: Tell) -> None:
    world = tell("submitted")
    for person, found in (("admin", True), ("coach", True), ("second", False)):
        visitor = Visitor(world, person)
        (form,) = visitor.reads("/").top.all("form", role="search")
        assert form.attributes["action"] == f"{world.root}/search"
        shown = visitor.reads("/search?name=mi")
        assert ("Mia" in links(shown)) == found
        assert ("No apprentice whom you may see is called so." in shown.text) != found
    assert "Mia" in links(Visitor(world, "quality").reads("/search"))
    assert Visitor(world, "admin").ask("/search?name=%21").status_code == 422
    assert not list(Visitor(world, "mia").reads("/").top.all("form", role="search"))


# --- an apprentice's ---


def heading(page: Page) -> str:
    return page.top.one("h1").text


def waiting(page: Page) -> list[str]:
    return [item.text for item in page.top.one("ol", **{"class": "app-todo"}).all("li") if "id" in item.attributes]


def header(page: Page) -> str:
    return next(link.text for link in page.top.one("nav", **{"aria-label": "Main"}).all("a"))


def returned(world: World, reason: str = "Say which desk the times are from.") -> None:
    assessor = world.as_("assessor")
    for selector, text in ((SELECTOR, "Which desk?"), ({"type": "whole item"}, "Thank you.")):
        remark = {"version": 1, "sha256": sha(ITEMS["pdf"][0]), "selector": selector, "kind": "formative"}
        body = {**remark, "audience": "apprentice and assessors", "text": text}
        assessor.does("/evidence/{evidence}/annotations", body)
    assessor.does("/evidence/{evidence}/return", {"version": 1, "reason": reason})


def test_where_nothing_waits_home_says_so_and_how_things_stand(tell: Tell) -> None:
    page = Visitor(tell("submitted"), "mia").reads("/")
    assert heading(page) == "Nothing waits for you"
    assert "You can hand in evidence at any time." in page.text
    assert header(page) == "Home"
    assert "0 of 6 outcomes and 0 of 48 codes are assessed." in page.section("glance").text
    assert len([*page.section("glance").one("ul", **{"class": "govuk-task-list"}).all("li")]) == 6


def test_what_was_returned_is_told_with_its_reason_who_and_when_and_how_many_remarks(tell: Tell) -> None:
    world = tell("submitted")
    returned(world)
    world.now += timedelta(days=1)
    page = Visitor(world, "mia").reads("/")
    assert heading(page) == "One thing waits for you"
    assert header(page) == "Home 1 waiting"
    (said,) = waiting(page)
    assert said.startswith(
        "Returned to you Risk assessment Assessor, your assessor, returned it yesterday, Monday 2 November, at 09:00: "
        "Say which desk the times are from. 2 remarks are on it, 1 of them at its place."
    )
    mia = Visitor(world, "mia")
    assert "Say which desk the times are from." in mia.reads(links(page)["Fix it and hand in again"]).text
    (remarks,) = (link for link in page.top.all("a") if link.text.startswith("Read the remarks"))
    assert "Which desk?" in Visitor(world, "mia").reads(remarks.attributes["href"].partition("#")[0]).text


def test_a_new_version_that_was_begun_stands_beside_what_was_returned_and_counts_once(tell: Tell) -> None:
    world = tell("submitted")
    returned(world)
    world.as_("mia").does("/evidence/{evidence}/versions", {**offer_of(world), "title": "Risk assessment, again"})
    page = Visitor(world, "mia").reads("/")
    (said,) = waiting(page)
    assert said.startswith("Returned to you Risk assessment, again")
    assert "returned version 1 today, Monday 2 November, at 09:00" in said
    assert (
        "You have begun version 2 today, Monday 2 November, at 09:00; it is not handed in. Only you can see it." in said
    )
    assert "Its file has not arrived yet." in said
    assert header(page) == "Home 1 waiting"


def test_a_draft_without_its_day_says_so(tell: Tell) -> None:
    world = tell("enrolled")
    content, media_type = ITEMS["text"]
    upload(world, "notes", content, media_type, produced_on=None)
    (said,) = waiting(Visitor(world, "mia").reads("/"))
    assert "You have not said on which day the work was produced." in said


def offer_of(world: World) -> dict[str, object]:
    content, media_type = ITEMS["pdf"]
    size = {"size": len(content), "sha256": sha(content)}
    return {"filename": "risk.pdf", "media_type": media_type, "produced_on": TODAY, **size}


def test_a_draft_says_that_nobody_else_sees_it_and_what_it_lacks(tell: Tell) -> None:
    world = tell("sealed")
    (said,) = waiting(Visitor(world, "mia").reads("/"))
    assert said.startswith("Draft – not handed in Risk assessment You added it today, Monday 2 November, at 09:00.")
    assert "Only you can see it. You have not said which codes it shows. It still needs your declaration." in said
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K1"]})
    (said,) = waiting(Visitor(world, "mia").reads("/"))
    assert "which codes it shows" not in said
    way = links(Visitor(world, "mia").reads("/"))["Finish and hand in"]
    assert "Risk assessment" in Visitor(world, "mia").reads(way).text
    world.as_("mia").does("/evidence/{evidence}/submission", {"version": 1, "declaration": DECLARED})
    assert heading(Visitor(world, "mia").reads("/")) == "Nothing waits for you"


def test_what_came_back_stands_before_drafts_and_the_oldest_of_it_first(tell: Tell) -> None:
    world = tell("sealed")
    for name in ("first", "second one"):
        hand_in(world, name, *ITEMS["text"], title=name)
    for name in ("second one", "first"):
        world.now += timedelta(hours=1)
        world.as_("assessor").does(f"/evidence/{{{name}}}/return", {"version": 1, "reason": "Too dark."})
    titles = [
        item.one("h2").text
        for item in Visitor(world, "mia").reads("/").top.one("ol").all("li")
        if "id" in item.attributes
    ]
    assert titles == ["second one", "first", "Risk assessment"]


def test_what_waits_for_one_apprentice_is_no_number_of_anybody_elses(tell: Tell) -> None:
    world = tell("sealed")
    assert header(Visitor(world, "mia").reads("/")) == "Home 1 waiting"
    for person in ("noah", "assessor", "coach"):
        assert header(Visitor(world, person).reads("/")) == "Home"
    upload(world, "more", *ITEMS["text"])
    assert header(Visitor(world, "mia").reads("/enrolments/{enrolment}")) == "Home 2 waiting"


def on_another_plan(world: World) -> None:
    """Enrol Mia a second time, on another plan."""
    admin, lead, first = world.as_("admin"), world.as_("lead"), world["enrolment"]
    admin.does("/plans", {"text": PLAN_TEXT.replace("ST1297", "ST9297")}, name="plan")
    admin.does("/criteria", criteria(world), name="criteria")
    lead.does("/criteria/{criteria}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "Another form", "routes": ["LET"]}, name="form")
    for key in CODES:
        admin.does("/forms/{form}/components", {"component": component(world, key)})
    lead.does("/forms/{form}/approval")
    admin.does("/enrolments", enrolment(world), name="enrolment")
    assert world["enrolment"] != first


def test_what_waits_on_either_of_two_apprenticeships_is_counted_and_shown(tell: Tell) -> None:
    world = tell("sealed")
    on_another_plan(world)
    upload(world, "other", *ITEMS["text"], title="Of the other one")
    page = Visitor(world, "mia").reads("/")
    assert (heading(page), header(page)) == ("2 things wait for you", "Home 2 waiting")
    assert [item.one("h2").text for item in page.top.one("ol").all("li") if "id" in item.attributes] == [
        "Risk assessment",
        "Of the other one",
    ]
    assert "Mia, route LET – you are the apprentice" in page.section("others").text
