"""A plan on its pages: brought in, each oddity at its place in the text and ruled on there, approved by another."""

import itertools
from pathlib import Path

import pytest

from api.pages.plans.parts import divided
from api.pages.plans.passages import lines_of
from portfolio.domain.kernel import StaleVersion
from portfolio.domain.plan import ApproverIsImporter, PlanAlreadyImported, PlanDefectUnruled, PlanVersionFixed
from portfolio.plan_reader.text import read_plan
from tests.api.conftest import Tell
from tests.api.world import BASE, PLAN_TEXT, World
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ODD = sorted((Path(__file__).parents[1] / "plan_reader" / "plans").glob("*.md"))
END_POINT = next(path for path in ODD if path.stem == "end-point")
RULED = {"reading": "As printed.", "reason": "It changes nothing."}


def a_plan(text: str = PLAN_TEXT) -> dict[str, object]:
    return {"text": (text.encode(), "plan.md", "text/markdown")}


@pytest.fixture
def base() -> str:
    """Return the base URL: that every address holds below a path is seen in ``test_every_page.py``."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("people")


def brought_in(world: World, text: str = PLAN_TEXT) -> Page:
    """Let the administrator bring a plan in, and return its page; its id is kept as ``plan``."""
    admin = Visitor(world, "admin")
    answer = admin.send(admin.reads("/plans/new"), "new", **a_plan(text))
    assert answer.status_code == 303, answer.text
    world.ids["plan"] = world.journal.at_positions([world.journal.head()])[0].originator_id
    return admin.reads(answer.location)


def test_from_text_to_approval(world: World) -> None:
    page = brought_in(world)
    assert (
        page.top.one(role="alert").text
        == "Done You brought in the plan ST1297/V2, Creative industries production technician."
    )
    assert "16 of 16 oddities have no ruling" in page.text
    lead, officer = Visitor(world, "lead"), Visitor(world, "responsible")
    page = lead.reads("/plans/{plan}")
    (to,) = [link.attributes["href"] for link in page.top.all("a") if link.text == "Rule on what is odd: 16 to go"]
    page = lead.reads(to)
    for number in range(1, 17):
        assert f"oddity {number} of 16" in page.text
        page = lead.does(page, "ruling", **RULED)
    assert page.top.one("h1").text == "Creative industries production technician"
    assert "Not approved yet. It has stood so since" in page.text
    refusal = Visitor(world, "admin").reads("/plans/{plan}/approval")
    assert ApproverIsImporter.title() in refusal.text
    assert refusal.actions == []
    asked = officer.reads("/plans/{plan}/approval")
    assert "of which 0 have no ruling" in asked.text
    page = officer.does(asked, "approval")
    assert page.top.one(role="alert").text == "Done You approved the plan for use."
    assert "Approved since 2 November 2026, by Responsible. Brought in on 2 November 2026 by Admin." in page.text
    ruled = lead.reads("/plans/{plan}/oddities/3")
    assert PlanVersionFixed.title() in ruled.text
    assert ruled.actions == []
    assert PlanVersionFixed.title() in officer.reads("/plans/{plan}/approval").text
    again = officer.refused(asked, "approval", 412, key="another")
    assert StaleVersion.title() in again.refusal
    assert again.actions == []


def test_a_plan_with_oddities_without_a_ruling_is_not_approved_and_the_rule_says_so(world: World) -> None:
    brought_in(world)
    officer = Visitor(world, "responsible")
    page = officer.reads("/plans/{plan}/approval")
    assert f"{PlanDefectUnruled.title()} 16 of 16 have none." in page.text
    assert page.actions == []
    assert "Approve this plan" not in officer.reads("/plans/{plan}").text


def test_an_oddity_stands_at_its_place_with_every_ruling_on_it(world: World) -> None:
    brought_in(world)
    lead = Visitor(world, "lead")
    for reading in ("As printed.", "As in the table."):
        lead.does(lead.reads("/plans/{plan}/oddities/6"), "ruling", reading=reading, reason="Seen by eye.")
    shown = lead.reads("/plans/{plan}/text").top.one(id="oddity-6")
    assert "Two codes of LET AO7 stand without a comma between. As in the table. Seen by eye. Lead" in shown.text
    line = next(each for each in lead.reads("/plans/{plan}/text").top.all("li", value="49"))
    assert [mark.text for mark in line.all("mark")] == ["S22 S29"]
    page = lead.reads("/plans/{plan}/oddities/6")
    assert page.top.one("details").text.startswith("Earlier rulings As printed.")
    stranger = Visitor(world, "stranger").reads("/plans/{plan}/oddities/6")
    assert "As in the table." in stranger.text
    assert "Seen by eye." not in stranger.text
    assert stranger.actions == []
    unruled = Visitor(world, "stranger").reads("/plans/{plan}/oddities/7")
    assert "Who rules on it: lead assessor, responsible officer." in unruled.text
    assert Visitor(world, "lead").ask("/plans/{plan}/oddities/17").status_code == 404


def test_what_is_no_plan_or_there_already_is_refused_beside_the_form(world: World) -> None:
    brought_in(world)
    admin = Visitor(world, "admin")
    page = admin.reads("/plans/new")
    assert PlanAlreadyImported.title() in admin.refused(page, "new", 409, **a_plan()).refusal
    assert "end-point assessment plan" in admin.refused(page, "new", 422, **a_plan(END_POINT.read_text())).refusal
    assert "Text of the plan: fill this in." in admin.refused(page, "new", 422).refusal
    assert "no UTF-8 text" in admin.refused(page, "new", 422, text=(b"\xff\xfe", "p.md", "text/plain")).refusal
    for person in ("lead", "stranger"):
        assert Visitor(world, person).ask("/plans/new").status_code == 403
        assert "Bring in a plan" not in Visitor(world, person).reads("/plans").text


@pytest.mark.parametrize("path", [path for path in ODD if path != END_POINT], ids=lambda path: path.stem)
def test_an_odd_plan_has_each_oddity_marked_where_it_stands(path: Path) -> None:
    text = path.read_text()
    for warning in read_plan(text).warnings:
        marked = [line for line in lines_of(text, [warning]) if any(piece.marked for piece in line.pieces)]
        assert [line.number for line in marked] == [warning.line], warning


def test_every_oddity_of_the_published_plan_is_marked_on_its_line() -> None:
    for warning in read_plan(PLAN_TEXT).warnings:
        marked = [line for line in lines_of(PLAN_TEXT, [warning]) if any(piece.marked for piece in line.pieces)]
        assert [line.number for line in marked] == [warning.line], warning


def test_what_is_long_stands_in_parts_and_nothing_is_left_out(world: World) -> None:
    assert divided([1, 1, 1], 2) == [0, 2]
    assert divided([9, 1, 9], 2) == [0, 1, 2]
    assert divided([], 2) == [0]
    more = "\n".join(f"Line {number} of a long appendix, which says nothing of any code." for number in range(2_000))
    brought_in(world, f"{PLAN_TEXT}\n{more}\n")
    lead = Visitor(world, "lead")
    seen: list[str] = []
    for part in itertools.count(1):
        answer = lead.ask(f"/plans/{{plan}}/text?part={part}")
        if answer.status_code != 200:
            break
        assert len(answer.data) <= 60_000
        seen += [
            line.attributes["value"] for line in Page(answer.text).top.one("ol", **{"class": "app-text"}).all("li")
        ]
    assert len(seen) == len(set(seen)) == len(lines_of(f"{PLAN_TEXT}\n{more}\n", []))


def test_two_texts_of_a_plan_are_compared_in_the_order_in_which_they_came(world: World) -> None:
    brought_in(world)
    world.ids["older"] = world["plan"]
    later = PLAN_TEXT.replace("AO3: Production Planning and Logistics", "AO3: Planning").replace(
        "K2, K3, K19*", "K2, K19*"
    )
    page = brought_in(world, later)
    assert "ST1297/V2, brought in on 2 November 2026, 16 of 16 oddities have no ruling." in page.section("others").text
    for path in ("/plans/{plan}/comparison/{older}", "/plans/{older}/comparison/{plan}"):
        page = Visitor(world, "stranger").reads(path)
        rows = [[cell.text for cell in row.all("th", "td")] for row in page.top.all("tr")]
        planning = "Understands production planning processes and logistics requirements"
        (titles,) = (row for row in rows if row[0] == "AO3")
        assert titles[1].startswith(f"Production Planning and Logistics. {planning}")
        assert titles[2].startswith(f"Planning. {planning}")
        assert ["K3", "under AO4", "not there"] in rows
        assert "2 differences" in page.text
    brought_in(world, (ODD[0]).read_text())
    assert Visitor(world, "admin").ask("/plans/{plan}/comparison/{older}").status_code == 404


def test_the_lists_of_criteria_and_forms_are_narrowed_to_a_plan(tell: Tell) -> None:
    world = tell("planned")
    brought_in(world, ODD[0].read_text())
    admin = Visitor(world, "admin")
    for path, what in (("/criteria", "Criteria, version 1"), ("/forms", "LET-F1")):
        older = next(row for row in admin.reads("/plans").top.all("a") if row.text == "ST1297/V2")
        plan_id = older.attributes["href"].rpartition("/")[2]
        assert what in admin.reads(f"{path}?plan={plan_id}").text
        assert what not in admin.reads(f"{path}?plan={{plan}}").text
    assert admin.ask("/forms?plan=x").status_code == 422
