"""The cohort: a map of outcomes by apprentice and how it became so, for whoever may see them."""

from datetime import timedelta

from tests.api.conftest import Tell
from tests.api.world import assign
from tests.pages.page import Page
from tests.pages.visitor import Visitor


def rows(page: Page, caption: str) -> list[list[str]]:
    """Return the rows of a table by its caption."""
    (table,) = [each for each in page.top.all("table") if each.one("caption").text == caption]
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def drawn(page: Page) -> list[str]:
    """Return the signs of the map, in order."""
    section = page.section("map1")
    return [text.text for text in section.one("svg").all("text", **{"class": "sign"})]


def test_a_map_shows_each_outcome_of_each_apprentice_by_a_sign_and_a_table_by_a_word(tell: Tell) -> None:
    page = Visitor(tell("decided"), "quality").reads("/cohort")
    (mia,) = rows(page, "Outcomes of ST1297")
    board = Visitor(tell("decided"), "quality").reads("/enrolments/{enrolment}")
    tags = [head.one("strong").text for head in board.top.all("div", **{"class": "app-outcome__head"})]
    assert mia[:2] == ["Mia", "Live event technician"]
    assert mia[2:] == tags
    signs = drawn(page)
    assert dict(zip(tags, signs, strict=True)) == {
        "Partly assessed": "½",
        "No claim": "–",
    }


def test_it_tells_where_the_outcomes_stood_on_earlier_days(tell: Tell) -> None:
    world = tell("decided")
    world.now += timedelta(days=10)
    page = Visitor(world, "quality").reads("/cohort")
    days = rows(page, "Outcomes at the end of each day")
    assert [day[0] for day in days][::5] == ["2 November 2026", "12 November 2026"]
    assert len(days) == 6
    assert len({day[-1] for day in days}) == 1


def test_it_is_narrowed_by_plan_route_centre_and_assessor(tell: Tell) -> None:
    world = tell("decided")
    quality = Visitor(world, "quality")
    for here in ("plan=ST1297", "route=LET", f"assessor={world['assessor']}"):
        assert len(rows(quality.reads(f"/cohort?{here}"), "Outcomes of ST1297")) == 1
    page = quality.reads("/cohort?route=SOUND")
    assert "Nobody whose outcomes you may see is of this kind." in page.text
    assert quality.ask("/cohort?assessor=x").status_code == 422


def test_nobody_is_on_it_whose_outcomes_one_may_not_see_or_to_whom_one_has_said_nothing(tell: Tell) -> None:
    world = tell("decided")
    assert "nobody yet whose outcomes" in Visitor(world, "stranger").reads("/cohort").text
    assert Visitor(world, "coach").reads("/cohort").section("map1")
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "assessor"})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "newcomer", "assessor"))
    page = Visitor(world, "newcomer").reads("/cohort")
    assert "1 apprentice is not shown until you say what you are to them." in page.text
    assert "Mia" not in page.text
