"""Criteria on their pages: written beside what they rest on, saying what grades need, approved, and followed."""

from typing import Any

import pytest

from portfolio.domain.criteria import (
    ApproverIsDrafter,
    CriteriaNotApproved,
    GradeRulesMissing,
    GradeRulesSaid,
    PredecessorFixed,
)
from tests.api.conftest import Tell
from tests.api.world import BASE, World, criteria
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PASS_OF_KNOWLEDGE, DISTINCTION_OF_KNOWLEDGE = 0, 1
SAID = {f"grade_rules.{number}.every_code_met": word for number, word in enumerate(("no", "yes"))}


@pytest.fixture
def base() -> str:
    """Return the base URL: that every address holds below a path is seen in ``test_every_page.py``."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("planned")


def row(number: int, key: str, text: str) -> dict[str, str]:
    return {f"criteria.{number}.key": key, f"criteria.{number}.text": text}


def kept(world: World, name: str) -> None:
    """Keep the id of what was recorded last."""
    world.ids[name] = world.journal.at_positions([world.journal.head()])[0].originator_id


def written(world: World, page: Page, last: str = "criteria", **filled: Any) -> Page:
    """Let the administrator write a version whose id is kept as ``draft``."""
    shown = Visitor(world, "admin").does(page, last, **filled)
    kept(world, "draft")
    return shown


FIRST = {
    "title": "Talk criteria",
    "version": "1",
    "scale": "fail\n\n  pass ",
    **row(0, "P1", "Says what was done."),
    **row(3, "D1", "Says why."),
}
"""Rows 0 to 3 of the empty form rest on the first four cells."""


def test_from_nothing_to_approval(world: World) -> None:
    admin, lead = Visitor(world, "admin"), Visitor(world, "lead")
    page = written(world, admin.reads("/plans/{plan}/criteria"), **FIRST)
    assert page.top.one(role="alert").text == "Done You drafted the criteria Talk criteria, version 1."
    assert page.top.one("h1").text == "Talk criteria, version 1"
    assert "P1 Says what was done." in page.text
    assert GradeRulesMissing.title() in lead.reads("/criteria/{draft}/approval").text
    refusal = admin.refused(admin.reads("/criteria/{draft}/grade-rules"), "grade-rules", 422)
    assert "For “fail”, must every code be met? Fill this in." in refusal.refusal
    page = admin.does(admin.reads("/criteria/{draft}/grade-rules"), "grade-rules", **SAID)
    assert "Pass every code must be met" in page.text
    assert "Fail not every code must be met" in page.text
    asked = lead.reads("/criteria/{draft}/approval")
    page = lead.does(asked, "approval")
    assert "Approved since 2 November 2026, by Lead. Written on 2 November 2026 by Admin." in page.text
    assert Visitor(world, "admin").ask("/criteria/{draft}/grade-rules").status_code == 409
    assert GradeRulesSaid.title() in Visitor(world, "admin").ask("/criteria/{draft}/grade-rules").text
    assert "Approved" in lead.reads("/criteria").text


def test_each_line_is_traced_to_what_the_plan_prints_both_ways(world: World) -> None:
    admin = Visitor(world, "admin")
    page = written(world, admin.reads("/plans/{plan}/criteria"), **FIRST)
    section = page.section("c2")
    assert section.one("h2").text == "Applied Skills"
    assert "Distinction Applies autonomous production technician skills" in section.text
    assert section.text.endswith("D1 Says why.")
    grades = Visitor(world, "stranger").reads("/plans/{plan}/grades")
    assert grades.section("c2").text.endswith("Talk criteria, version 1 (not approved): D1")
    assert "Criteria, version 1: 1.1; Talk criteria, version 1 (not approved): P1" in grades.section("c1").text


def test_faults_stand_at_their_rows_and_what_was_typed_stays(world: World) -> None:
    admin = Visitor(world, "admin")
    filled = {**FIRST, "title": "", **row(3, "", "Says why.")}
    again = admin.refused(admin.reads("/plans/{plan}/criteria"), "criteria", 422, **filled)
    ways = {link.text: link.attributes["href"] for link in again.top.one(role="alert").one("ul").all("a")}
    assert ways == {
        "Title: fill this in.": "#criteria-title",
        "Short name of line 2: fill this in.": "#criteria-criteria-1-key",
    }
    _, fields = again.form("criteria")
    assert [fields[f"criteria.{n}.{name}"] for n in (0, 1) for name in ("key", "text")] == [
        "P1",
        "Says what was done.",
        "",
        "Says why.",
    ]
    assert (fields["criteria.0.cell"], fields["criteria.1.cell"]) == ("0", "3")
    page = written(world, again, title="Talk criteria", **row(1, "D1", "Says why."))
    assert "D1 Says why." in page.section("c2").text


def test_rows_are_added_without_anything_being_written(world: World) -> None:
    admin = Visitor(world, "admin")
    page = admin.reads("/plans/{plan}/criteria")
    more = admin.asked(page, "criteria", more="yes", **FIRST)
    assert not list(more.top.all(role="alert"))
    _, fields = more.form("criteria")
    assert (fields["title"], fields["criteria.0.key"], fields["criteria.1.key"]) == ("Talk criteria", "P1", "D1")
    rows = [len(list(next(each.top.all("fieldset")).all("textarea"))) for each in (page, more)]
    assert rows == [1, 3]  # the one that is written, and two to write in


def test_many_lines_are_written_in_parts_and_those_of_the_others_go_along(world: World) -> None:
    admin = Visitor(world, "admin")
    page = admin.reads("/plans/{plan}/criteria")
    path, fields = page.form("criteria")
    lines: dict[str, str] = {}
    for number in range(100):
        lines |= row(number, f"P{number}", f"Says {'what was done ' * 10}{number}.")
        lines[f"criteria.{number}.cell"] = str(number % 3)
    turned = admin.post(path, {**fields, **FIRST, **lines, "turn": "3"})
    assert turned.status_code == 200
    assert len(turned.data) < 60_000
    page = Page(turned.text)
    assert "This is part 3" in page.text
    refused = admin.refused(page, "criteria", 422, title="", **row(0, "", "Says nothing."))
    assert "This is part 1" in refused.text
    assert "Short name of line 1: fill this in." in refused.top.one(role="alert").text
    shown = written(world, refused, title="Talk criteria", **row(0, "P0", "Says what was done."))
    assert all(f"P{number} Says" in shown.text for number in range(100))


def test_a_version_that_follows_is_filled_in_and_says_what_it_changed(world: World) -> None:
    admin, lead = Visitor(world, "admin"), Visitor(world, "lead")
    written(world, admin.reads("/plans/{plan}/criteria"), **FIRST)
    admin.does(admin.reads("/criteria/{draft}/grade-rules"), "grade-rules", **SAID)
    world.ids["first"] = world["draft"]
    page = admin.reads("/criteria/{first}/next")
    assert page.form("next")[1]["scale"] == "fail pass"
    changed = {"version": "2", "scale": "fail\npass", **row(0, "P1", "Says what was done and when."), **row(1, "", "")}
    written(world, page, "next", **changed, **row(2, "P2", "Is heard."))
    shown = lead.reads("/criteria/{draft}/versions")
    assert "Talk criteria, version 2 (this one)" in shown.text
    second = shown.section("v2").text
    assert "It follows Talk criteria, version 1." in second
    assert "New P2 Is heard." in second
    assert "Gone D1 Says why." in second
    assert "P1 Says what was done. Says what was done and when." in second
    chosen = admin.reads("/criteria/{draft}/grade-rules")
    assert chosen.form("grade-rules")[1]["grade_rules.1.every_code_met"] == "yes"


def test_the_responsible_officer_records_once_which_version_approved_criteria_follow(world: World) -> None:
    world.as_("admin").does("/criteria", criteria(world, version="2"), name="later")
    world.as_("lead").does("/criteria/{later}/approval")
    officer = Visitor(world, "responsible")
    assert "Record which version they follow" in officer.reads("/criteria/{later}").text
    assert "Record which version they follow" not in Visitor(world, "lead").reads("/criteria/{later}").text
    page = officer.reads("/criteria/{later}/predecessor")
    assert [option.text for option in page.top.one("select").all("option")] == ["Choose", "Criteria, version 1"]
    assert "They follow: fill this in." in officer.refused(page, "predecessor", 422, reason="By title.").refusal
    shown = officer.does(page, "predecessor", follows=str(world["criteria"]), reason="By title.")
    assert "It follows Criteria, version 1 and says the same." in shown.section("v2").text
    again = officer.ask("/criteria/{later}/predecessor")
    assert (again.status_code, PredecessorFixed.title() in again.text) == (409, True)


def test_what_is_not_traced_is_refused_approval_by_name_and_is_traced_in_the_next_version(world: World) -> None:
    line = {"key": "1.1", "text": "Knows.", "category": "Applied Magic", "level": "Pass"}
    world.as_("admin").does("/criteria", criteria(world, criteria=[line]), name="draft")
    lead, admin = Visitor(world, "lead"), Visitor(world, "admin")
    page = lead.reads("/criteria/{draft}/approval")
    assert f"{CriteriaNotApproved.title()} Not traced to a descriptor of the plan: 1.1." in page.text
    assert "1.1 Knows." in lead.reads("/criteria/{draft}").section("loose").text
    next_one = admin.reads("/criteria/{draft}/next")
    world.ids["before"] = world["draft"]
    shown = written(world, next_one, "next", version="2", scale="fail\npass", **{"criteria.0.cell": "1"})
    assert "1.1 Knows." in shown.section("c1").text
    assert (
        "Resting on something else 1.1 on Applied Knowledge, Distinction"
        in lead.reads("/criteria/{draft}/versions").text
    )


def test_nobody_is_offered_what_the_rules_would_refuse(world: World) -> None:
    world.as_("admin").does("/criteria", criteria(world, version="2"), name="draft")
    own = Visitor(world, "admin").reads("/criteria/{draft}")
    assert "Approve these criteria" not in own.text
    world.as_("lead").does("/criteria", criteria(world, version="3"), name="lead's")
    assert ApproverIsDrafter.title() in Visitor(world, "lead").reads("/criteria/{lead's}").text
    for path in ("/plans/{plan}/criteria", "/criteria/{draft}/next", "/criteria/{draft}/predecessor"):
        assert Visitor(world, "assessor").ask(path).status_code == 403
    assert Visitor(world, "assessor").reads("/criteria/{draft}").actions == []
    assert "Write the next version" not in Visitor(world, "assessor").reads("/criteria/{draft}").text
