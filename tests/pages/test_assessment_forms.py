"""Assessment forms on their pages: begun, composed, what covers what as a matrix, and approved with its proof."""

from typing import Any

import pytest

from portfolio.domain.form import (
    ComponentIncomplete,
    ComponentRepeated,
    MandatoryCodeUncovered,
    VersionInUse,
)
from portfolio.domain.kernel import StaleVersion
from tests.api.conftest import Tell
from tests.api.world import BASE, CODES, World
from tests.pages.page import Page
from tests.pages.visitor import Visitor

EVERYTHING = {
    "component.marker": "assessment organisation",
    "component.scrutiny": "sampling",
    "component.maximum_attempts": "2",
    "component.evidence_kinds": ["observation record", "work product"],
}


@pytest.fixture
def base() -> str:
    """Return the base URL: that every address holds below a path is seen in ``test_every_page.py``."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("planned")


def component(world: World, key: str, **fields: Any) -> dict[str, Any]:
    return {
        "component.key": key,
        "component.name": "Observation" if key == "C1" else "Portfolio",
        "component.method": "observation" if key == "C1" else "Portfolio",
        "component.codes": list(CODES.get(key, ())),
        "component.criteria_id": str(world["criteria"]),
        **EVERYTHING,
        **fields,
    }


def begun(world: World) -> Page:
    """Let the administrator begin a form for LET, whose id is kept as ``new``."""
    admin = Visitor(world, "admin")
    page = admin.does(admin.reads("/plans/{plan}/forms"), "forms", title="LET-F2", routes="LET")
    world.ids["new"] = world.journal.at_positions([world.journal.head()])[0].originator_id
    return page


def adds(world: World, key: str, **fields: Any) -> Page:
    admin = Visitor(world, "admin")
    return admin.does(admin.reads("/forms/{new}/components"), "components", **component(world, key, **fields))


def test_from_nothing_to_approval(world: World) -> None:
    page = begun(world)
    assert page.top.one(role="alert").text == "Done You drafted the form LET-F2 for LET."
    assert "48 codes that must be assessed" in page.section("lacks").text
    assert "The plan asks for at least 1 observation." in page.section("lacks").text
    page = adds(world, "C1")
    assert "Codes (2) S11, S12" in page.section("c1").text
    assert "Criteria Criteria, version 1" in page.section("c1").text
    assert "Marking is checked by sampling" in page.section("c1").text
    lead = Visitor(world, "lead")
    refusal = lead.reads("/forms/{new}/approval")
    assert f"{MandatoryCodeUncovered.title()} Not covered: K1, K2," in refusal.text
    assert refusal.actions == []
    page = adds(world, "C2")
    assert not list(page.top.all("section", **{"aria-labelledby": "lacks"}))
    assert "Approve this form" not in page.text
    asked = lead.reads("/forms/{new}/approval")
    assert "Left out nothing" in asked.text
    proof = lead.does(asked, "approval")
    assert proof.top.one(role="alert").text == "Done You approved the form with its coverage proof."
    assert "The proof that was stored then is what the form and the plan give today." in proof.text
    assert (
        "Approved since 2 November 2026, by Lead. Begun on 2 November 2026 by Admin." in lead.reads("/forms/{new}").text
    )
    late = Visitor(world, "admin").ask("/forms/{new}/components")
    assert (late.status_code, VersionInUse.title() in late.text) == (409, True)


def test_whoever_approves_approves_what_they_were_shown(world: World) -> None:
    begun(world)
    adds(world, "C1")
    adds(world, "C2")
    lead = Visitor(world, "lead")
    asked = lead.reads("/forms/{new}/approval")
    adds(world, "C3", **{"component.codes": ["S11"], "component.method": "Portfolio"})
    again = lead.refused(asked, "approval", 412)
    assert StaleVersion.title() in again.refusal
    assert "1 code, by Portfolio" in again.text
    assert lead.send(again, "approval").status_code == 303


def test_the_matrix_shows_what_covers_each_code_and_what_is_left_out(world: World) -> None:
    begun(world)
    adds(world, "C1")
    adds(
        world,
        "C2",
        **{"component.codes": [code for code in CODES["C2"] if code not in ("K1", "S18", "S21", "K22", "K25")]},
    )
    page = Visitor(world, "stranger").reads("/forms/{new}/coverage")
    assert "Not covered and must be: K1, K22, K25, S18, S21" in page.text
    assert "Outcomes of which nothing is covered: LET AO8" in page.text
    table = page.section("r1").one("table")
    rows = {
        next(row.all("th")).text.partition(" ")[0]: [cell.text for cell in row.all("td")] for row in table.all("tr")
    }
    assert [head.text for head in next(table.all("tr")).all("th")] == ["Code", "Observation", "Portfolio"]
    assert rows["S11"] == ["✓ covered", "–"]
    assert rows["K4"] == ["–", "✓ covered"]
    assert rows["K1"] == ["–", "–"]
    assert "K1 left out" in table.text
    assert page.section("r1").one("h2").text == "Live event technician (LET)"


def test_a_component_says_at_once_what_is_wrong_and_what_was_typed_stays(world: World) -> None:
    begun(world)
    adds(world, "C1")
    admin = Visitor(world, "admin")
    page = admin.reads("/forms/{new}/components")
    again = admin.refused(page, "components", 409, **component(world, "C1"))
    assert ComponentRepeated.title() in again.refusal
    fields = again.form("components")[1]
    assert (fields["component.codes"], fields["component.method"]) == (["S11", "S12"], "observation")
    assert fields["component.evidence_kinds"] == ["work product", "observation record"]
    again = admin.refused(page, "components", 422, **{"component.key": "C3", "component.maximum_attempts": "two"})
    assert {link.attributes["href"] for link in again.top.one(role="alert").one("ul").all("a")} == {
        "#components-component-name",
        "#components-component-method",
        "#components-component-codes",
        "#components-component-maximum_attempts",
    }


def test_what_a_component_does_not_state_is_named_and_keeps_the_form_from_approval(world: World) -> None:
    begun(world)
    admin = Visitor(world, "admin")
    less = dict.fromkeys(("component.marker", "component.criteria_id", "component.maximum_attempts"), "")
    asked = admin.asked(admin.reads("/forms/{new}/components"), "components", **component(world, "C1", **less))
    assert "It does not state its criteria, who marks it, how often it may be tried." in asked.text
    path, fields = asked.form("components")
    fields.pop("sure")
    again = Page(admin.post(path, {**fields, "again": "yes"}).text)
    assert again.form("components")[1]["component.codes"] == ["S11", "S12"]
    admin.does(asked, "components")
    adds(world, "C2")
    lead = Visitor(world, "lead")
    stated = "Not stated yet: its criteria, who marks it, how often it may be tried."
    assert stated in lead.reads("/forms/{new}").section("c1").text
    assert ComponentIncomplete.title() in lead.reads("/forms/{new}/approval").text


def test_forms_are_begun_by_those_who_may_and_for_routes_of_the_plan(world: World) -> None:
    admin = Visitor(world, "admin")
    page = admin.reads("/plans/{plan}/forms")
    boxes = [box.attributes["value"] for box in page.top.all("input", name="routes")]
    assert boxes == ["LET", "CVT", "SLT"]
    refusal = admin.refused(page, "forms", 422).refusal
    assert "Title: fill this in. Which routes does it serve? Fill this in." in refusal
    for person in ("responsible", "assessor", "stranger"):
        visitor = Visitor(world, person)
        assert visitor.ask("/plans/{plan}/forms").status_code == 403
        assert "Begin a form" not in visitor.reads("/plans/{plan}").text
        assert "Add a component" not in visitor.reads("/forms/{form}").text
        assert "LET-F1" in visitor.reads("/forms").text
