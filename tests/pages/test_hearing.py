"""An officer's pages of an appeal: the list, admission, the panel by the rule that judges it, and follow-ups."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Tell
from tests.api.test_after_an_upheld_appeal import failed_then_passed, heard
from tests.api.test_panels import AGAINST, DISSENT, OUTCOME, RECUSALS, divided
from tests.api.test_papers import announced, taken_back
from tests.api.world import BASE, YESTERDAY, World, decides, outcome
from tests.pages.page import Page
from tests.pages.test_appealing import PROGRESS, row
from tests.pages.visitor import Visitor

PANEL, FURTHER = "/appeals/{appeal}/panel", "/appeals/{appeal}/further-members"
REPLACEMENT, FOLLOW_UP = "/appeals/{appeal}/replacement", "/appeals/{appeal}/consequences"
OFFICER_PAGES = ("admission", "refusal", "panel", "further-members", "replacement", "consequences")


@pytest.fixture
def base() -> str:
    """Return the base URL; that these pages lie below a path as well is tried for all pages at once."""
    return BASE


def acts(page: Page) -> list[str]:
    return [each.text for each in page.top.one("main").all("a") if "govuk-button" in each.attributes.get("class", "")]


def able(page: Page, name: str = "members") -> dict[str, str]:
    """Return who can be chosen."""
    labels = page.top.one("main").all("label")
    return {label.text: each.attributes["value"] for label in labels for each in label.all("input", name=name)}


def test_the_officer_lists_what_waits_by_step_and_age_and_what_has_ended(tell: Tell) -> None:
    world = tell("lodged")
    officer = Visitor(world, "officer")
    world.now += timedelta(days=8)
    page = officer.reads("/appeals")
    assert page.top.one("tbody").text == "Mia To be admitted or not 2 November 2026 2 November 2026"
    assert "No appeal is of this kind." in officer.reads("/appeals?state=outcome&age=").text
    assert "Mia" in officer.reads("/appeals?state=admission&age=7").top.one("tbody").text
    assert "No appeal is of this kind." in officer.reads("/appeals?state=admission&age=14").text
    world.as_("officer").does("/appeals/{appeal}/admission")
    waits = officer.reads("/appeals").top.one("tbody").text
    assert waits == "Mia A panel to be convened 10 November 2026 2 November 2026"
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert "No appeal waits for anything." in officer.reads("/appeals").text
    assert "Mia Withdrawn 10 November 2026" in officer.reads("/appeals?state=withdrawn").top.one("tbody").text
    assert officer.ask("/appeals?state=lost").status_code == 422
    assert Visitor(world, "mia").ask("/appeals").status_code == 403


def test_of_an_appeal_the_officer_has_not_declared_for_only_whose_it_is_is_told(tell: Tell) -> None:
    world = tell("lodged")
    world.as_("admin").does("/people", {"name": "New", "works_for": "assessment organisation"}, name="new")
    world.as_("admin").does("/people/{new}/roles", {"role": "appeals officer"})
    new = Visitor(world, "new")
    page = new.reads("/appeals")
    assert page.top.one("tbody").text == "Mia What you are to them 2 November 2026"
    assert "To be admitted or not (0)" in page.top.one("form", method="get", **{"class": "app-filters"}).text
    assert "No appeal is of this kind." in new.reads("/appeals?state=admission").text
    assert "Declare" in new.reads(PROGRESS, 409).text


def test_an_officer_admits_and_convenes_who_may_hear_it_and_reads_why_others_may_not(tell: Tell) -> None:
    world = tell("lodged")
    admin = world.as_("admin")
    for name, role in (("assessor", "panel member"), ("stranger", "panel member"), ("officer", "panel member")):
        admin.does(f"/people/{{{name}}}/roles", {"role": role})
    admin.does("/people/{assessor}/competences", {"kind": "appeals panel", "occurred_on": YESTERDAY})
    officer = Visitor(world, "officer")
    assert acts(officer.reads(PROGRESS)) == ["Admit it", "Do not admit it, and say why"]
    assert officer.reads(PANEL).actions == []
    assert acts(officer.does(officer.reads("/appeals/{appeal}/admission"), "admission")) == ["Convene its panel"]
    page = officer.reads(PANEL)
    people = able(page)
    assert [each.partition(",")[0] for each in people] == ["Chair", "Member", "Third"]
    assert [each.endswith("Independent") for each in people] == [True, False, True]
    why = {each.text.partition(",")[0]: each.text for each in page.section("unable").all("li")}
    assert "Nobody who had a part in the enrolment or a decision" in why["Assessor"]
    assert "competence for appeals panels must be on record" in why["Stranger"]
    assert "nobody who ever was an appeals officer" in why["Officer"]
    one = officer.refused(page, "panel", 409, members=[str(world["member"])])
    assert "1 of at least 2 members" in one.refusal
    assert next(iter(able(one))).startswith("Member")
    found = Page(officer.send(one, "panel", members=[str(world["member"])], search="thi", act="search").text)
    assert [each.partition(",")[0] for each in able(found)] == ["Member", "Third"]
    none = Page(officer.send(one, "panel", members=[str(world["member"])] * 3, search="?!", act="search").text)
    assert [each.partition(",")[0] for each in able(none)] == ["Member", "Chair", "Third"]
    three = [str(world[each]) for each in ("chair", "member", "third")]
    check = officer.asked(page, "panel", members=three)
    assert "Chair, independent" in row(check, "Members")
    back = officer.asked(check, "panel")
    assert sorted(back.form("panel")[1]["members"]) == sorted(three)
    after = officer.does(check, "panels")
    assert row(after, "Who has it now") == "Its panel."
    assert "Third, independent of the assessment organisation" in row(after, "The panel")


@pytest.mark.parametrize("name", ["assessor", "coach", "officer", "noah"])
def test_whoever_took_part_or_may_not_is_convened_by_no_page(tell: Tell, name: str) -> None:
    world = tell("admitted")
    if name != "noah":
        world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": "panel member"})
        world.as_("admin").does(f"/people/{{{name}}}/competences", {"kind": "appeals panel", "occurred_on": YESTERDAY})
    officer = Visitor(world, "officer")
    page, chosen = officer.reads(PANEL), [str(world["chair"]), str(world[name])]
    assert name.capitalize() in officer.refused(page, "panel", 409, members=chosen).refusal
    path, fields = page.form("panel")
    before = world.journal.head()
    assert officer.post(f"{path}s", {**fields, "members": chosen}).status_code == 409
    for person in ("mia", "assessor", "chair"):
        assert Visitor(world, person).post(f"{path}s", {**fields, "members": chosen}).status_code in (403, 404)
    assert world.journal.head() == before


def test_an_officer_who_is_not_free_is_told_to_leave_it_to_another(tell: Tell) -> None:
    world = tell("lodged")
    world.as_("officer").does("/people/{officer}/interests", {"apprentice": world["mia"], "interest": "personal"})
    officer = Visitor(world, "officer")
    page = officer.reads(PROGRESS)
    assert acts(page) == []
    assert "another officer does it" in page.text
    assert "another officer does it" in officer.reads("/appeals/{appeal}/admission").text


def test_a_divided_panel_gets_a_further_member(tell: Tell) -> None:
    world = divided(tell("convened"))
    officer = Visitor(world, "officer")
    assert "names a further member" in row(officer.reads(PROGRESS), "Who has it now")
    page = officer.reads(FURTHER)
    assert [each.partition(",")[0] for each in able(page, "member")] == ["Third"]
    assert "on the panel already" in page.section("unable").text
    check = officer.asked(page, "further-members", member=str(world["third"]))
    assert "Third, independent" in row(officer.does(check, "members"), "The panel")
    assert officer.reads(FURTHER).actions == []


def test_a_member_who_recused_is_replaced_and_one_who_is_able_is_not(tell: Tell) -> None:
    world = tell("convened")
    officer = Visitor(world, "officer")
    assert "Every member can hear it." in officer.reads(REPLACEMENT).text
    world.as_("member").does(RECUSALS, {"reason": "I know the family."})
    assert acts(officer.reads(PROGRESS)) == ["Replace a member who cannot hear it"]
    page = officer.reads(REPLACEMENT)
    assert "Member, who said that they cannot hear it" in page.text
    assert "Chair is able to hear the appeal" in page.section("able").text
    filled = {"replacement": str(world["third"]), "reason": "She recused."}
    able_one = officer.refused(page, "replacement", 409, member=str(world["chair"]), **filled)
    assert "Chair is able to hear the appeal" in able_one.refusal
    check = officer.asked(page, "replacement", member=str(world["member"]), **filled)
    back = officer.asked(check, "replacement").form("replacement")[1]
    assert (back["replacement"], back["reason"]) == (filled["replacement"], "She recused.")
    world.as_("admin").does("/people/{third}/roles/end", {"role": "panel member"})
    late = officer.refused(check, "replacements", 409)
    assert "Third" in late.section("unable").text or "Meant: Third" in late.refusal
    assert late.form("replacement")[1]["reason"] == "She recused."
    world.as_("admin").does("/people/{third}/roles", {"role": "panel member"})
    after = officer.does(check, "replacements")
    assert "Third" in row(after, "The panel")
    assert "Member" not in row(after, "The panel")


def with_follow_up(tell: Tell) -> World:
    """Return a world in which a new attempt could not be opened, because all was met since."""
    world = failed_then_passed(tell("found"))
    heard(world)
    decides(world)
    world.reads.settle()
    return world


def test_the_responsible_officer_closes_what_could_not_follow(tell: Tell) -> None:
    world = with_follow_up(tell)
    world.now += timedelta(days=8)
    responsible = Visitor(world, "responsible")
    page = responsible.reads("/consequences?kind=a-new-attempt-is-opened&age=7")
    assert "Mia A new attempt is opened" in page.top.one("tbody").text
    assert "Follow-ups 1 waiting" in page.top.one("nav", **{"aria-label": "Main"}).text
    assert "8 days ago" in page.top.one("tbody").text
    assert "No follow-up is of this kind." in responsible.reads("/consequences?kind=the-decision-is-set-aside").text
    (link,) = page.top.one("tbody").all("a")
    form = responsible.reads(link.attributes["href"])
    assert "Every code of the component is met" in form.text
    check = responsible.asked(form, "consequences", reason="She has passed it since.")
    after = responsible.does(check, "closed")
    assert "She has passed it since" in after.section("happened").text
    assert row(after, "Who has it now").startswith("Nobody")
    assert "Nothing waits." in responsible.reads("/consequences").text
    assert "Nothing of this appeal waits" in responsible.reads(FOLLOW_UP).text


def test_nobody_else_closes_a_follow_up(tell: Tell) -> None:
    world = with_follow_up(tell)
    path, fields = Visitor(world, "responsible").reads(FOLLOW_UP).form("consequences")
    before = world.journal.head()
    for person, status in (("officer", 403), ("mia", 403), ("chair", 403), ("assessor", 404), ("stranger", 404)):
        sent = Visitor(world, person).post(f"{path}/closed", {**fields, "reason": "No."})
        assert sent.status_code in (status, 403), person
        assert Visitor(world, person).ask(FOLLOW_UP).status_code in (status, 403), person
    other = {**fields, "consequence": "the decision is set aside", "reason": "No."}
    assert Visitor(world, "responsible").post(f"{path}/closed", other).status_code == 404
    assert world.journal.head() == before


def test_an_appeal_is_withdrawn_by_a_signed_paper_that_says_so(tell: Tell) -> None:
    world = tell("lodged")
    responsible = Visitor(world, "responsible")
    without = responsible.reads("/appeals/{appeal}/withdrawal")
    assert without.actions == []
    assert "Signed papers of Mia" in without.text
    paper = announced(world, taken_back(world))
    world.as_("responsible").does(f"/enrolments/{{enrolment}}/papers/{paper}/upload")
    page = responsible.reads("/appeals/{appeal}/withdrawal")
    assert page.actions == ["withdrawal-on-paper"]
    after = responsible.does(page, "withdrawal-on-paper", paper_id=str(paper))
    assert "as Mia said on signed paper" in after.section("happened").text


@pytest.mark.parametrize("person", ["mia", "coach", "chair", "assessor", "noah"])
def test_whoever_holds_no_office_opens_no_page_of_it(tell: Tell, person: str) -> None:
    world = tell("convened")
    visitor = Visitor(world, person)
    for page in OFFICER_PAGES[:5]:
        assert visitor.ask(f"/appeals/{{appeal}}/{page}").status_code in (403, 404), page
    if person in ("mia", "chair"):
        assert acts(visitor.reads(PROGRESS)) == (["Withdraw it"] if person == "mia" else [])


def test_while_a_panel_deliberates_the_page_says_nothing_of_it(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does(OUTCOME, outcome(reasons="Between ourselves."))
    said: dict[str, Any] = {
        name: "Between ourselves." in Visitor(world, name).reads(PROGRESS).text for name in ("mia", "officer", "chair")
    }
    assert said == {"mia": False, "officer": False, "chair": True}
    world.as_("member").does(DISSENT, AGAINST)
