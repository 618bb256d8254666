"""An appeal on pages: lodged from the decision, followed, withdrawn; whoever bends it is refused."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.lodging import GROUNDS
from tests.api.conftest import Tell
from tests.api.test_annotations import remark
from tests.api.world import BASE, ITEMS, appeal, consent, decision, hand_in
from tests.pages.page import Page
from tests.pages.visitor import Visitor

APPEAL = "/assessments/{attempt}/decisions/{decision}/appeal"
PROGRESS = "/appeals/{appeal}/progress"
BOARD = "/enrolments/{enrolment}"
FIRST = {"ground": "evidence", "statement": "My risk assessment was left out."}


@pytest.fixture
def base() -> str:
    """Return the base URL; that these pages lie below a path as well is tried for all pages at once."""
    return BASE


def row(page: Page, name: str) -> str:
    """Return what a page's list says under a name."""
    rows = page.top.one("main").all("div", **{"class": "govuk-summary-list__row"})
    return next(each.one("dd").text for each in rows if each.one("dt").text == name)


def boxes(page: Page) -> dict[str, str]:
    """Return what may be ticked, by what it is called."""
    labels = page.top.one("main").all("label")
    ticks = ((label.text, each) for label in labels for each in label.all("input", name="items"))
    return {text: each.attributes["value"] for text, each in ticks}


def checked(mia: Visitor, **more: Any) -> Page:
    """Write a ground about the risk assessment, and go on to the page that shows the appeal whole."""
    page = mia.reads(APPEAL)
    return mia.asked(page, "appeal", **FIRST, items=[str(mia.world["evidence"])], **more)


def test_an_apprentice_lodges_an_appeal_from_the_decision_and_follows_it(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    board = mia.reads(BOARD)
    assert f"{world.root}{APPEAL.format_map(world.ids)}" in [each.attributes["href"] for each in board.top.all("a")]
    page = mia.reads(APPEAL)
    assert [*boxes(page)] == [
        "How it was carried out or decided If it is not about one piece of evidence or one remark.",
        "Risk assessment No finding rests on it",
        "Observation Findings that rest on it: S11, S12",
    ]
    check = checked(mia)
    assert GROUNDS["evidence"] in check.section("ground-1").text
    assert "About: Risk assessment" in check.section("ground-1").text
    after = mia.does(check, "appeals", act="lodge")
    assert after.top.one("h1").text.startswith("The appeal against the decision on the Component C1, attempt 1")
    assert row(after, "Where it stands").startswith("It waits for an appeals officer, who admits it or says why not.")
    assert row(after, "Who has it now") == "An appeals officer who had no part in the matter."
    assert "You appealed against" in after.text
    assert "Mia appealed against" in after.section("happened").text
    assert [each.text for each in after.top.all("a") if each.text == "Withdraw it"] == ["Withdraw it"]
    (lodged,) = world.as_("mia").sees("/appeals")["items"]
    shown = world.as_("mia").sees(f"/appeals/{lodged['appeal_id']}")
    assert shown["grounds"] == [{**FIRST, "items": [str(world["evidence"])]}]


def test_several_grounds_are_written_changed_and_left_out_before_anything_is_lodged(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    more = Page(mia.send(checked(mia), "appeals", act="another").text)
    assert "My risk assessment was left out." in more.section("so-far").text
    second = {"ground": "procedure", "statement": "The run was stopped.", "items": [str(world["attempt"])]}
    both = mia.asked(more, "appeal", **second)
    assert "The run was stopped." in both.section("ground-2").text
    change = Page(mia.send(both, "appeals", act="change 0").text)
    assert "data-keep" not in change.top.one("form", id="form-appeal").attributes  # what is kept is of another ground
    assert change.form("appeal")[1]["statement"] == FIRST["statement"]
    assert change.form("appeal")[1]["items"] == str(world["evidence"])
    changed = mia.asked(change, "appeal", statement="It was not opened.")
    assert "The run was stopped." in changed.section("ground-1").text
    left = Page(mia.send(changed, "appeals", act="drop 0").text)
    mia.does(left, "appeals", act="lodge")
    (lodged,) = world.as_("mia").sees("/appeals")["items"]
    grounds = world.as_("mia").sees(f"/appeals/{lodged['appeal_id']}")["grounds"]
    assert grounds == [{**FIRST, "statement": "It was not opened.", "items": [str(world["evidence"])]}]
    for act in ("change 7", "change ³", "change " + "9" * 5_000):
        assert mia.send(left, "appeals", act=act).status_code == 200
    nothing = Page(mia.send(left, "appeals", act="drop 0").text)
    assert "so-far" not in [each.attributes.get("id") for each in nothing.top.all("h2")]


def test_a_form_that_says_too_little_is_shown_again_with_each_fault(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    page = mia.reads(APPEAL)
    again = mia.refused(page, "appeal", 422, statement="It was unfair.")
    assert again.form("appeal")[1]["statement"] == "It was unfair."
    assert {"What was wrong? Fill this in.", "What is it about? Fill this in."} <= {
        each.text for each in again.top.one("div", role="alert").all("a")
    }


def test_an_appeal_sent_twice_is_lodged_once(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    check = checked(mia)
    assert mia.send(check, "appeals").location == mia.send(check, "appeals").location
    assert len(world.as_("mia").sees("/appeals")["items"]) == 1
    again = mia.refused(checked_page(mia), "appeals", 409, earlier=check.form("appeals")[1]["earlier"])
    assert "open appeal against a decision of this attempt" in again.refusal


def checked_page(mia: Visitor) -> Page:
    """Return a page that showed an appeal before another one was lodged."""
    path, fields = f"{mia.world.root}{APPEAL.format_map(mia.world.ids)}s", {"key": "another"}
    html = f'<main><form method="post" action="{path}"><input name="key" value="{fields["key"]}"></form></main>'
    return Page(html)


def test_a_coach_lodges_with_consent_and_is_told_what_is_missing_without(tell: Tell) -> None:
    world = tell("decided")
    coach = Visitor(world, "coach")
    assert "Ask Mia for their consent" in coach.reads(APPEAL).text
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    after = coach.does(checked(coach), "appeals", act="lodge", consent="She asked me to.")
    assert "Coach appealed for Mia" in after.section("happened").text
    (lodged,) = world.as_("mia").sees("/appeals")["items"]
    shown = world.as_("mia").sees(f"/appeals/{lodged['appeal_id']}")
    assert (shown["lodged_by"], shown["name"]) == (str(world["coach"]), "Mia")


@pytest.mark.parametrize(
    ("person", "status"), [("noah", 404), ("stranger", 404), ("assessor", 403), ("officer", 403), ("coach", 409)]
)
def test_nobody_appeals_for_another_apprentice(tell: Tell, person: str, status: int) -> None:
    world = tell("decided")
    path, fields = checked(Visitor(world, "mia")).form("appeals")
    before = world.journal.head()
    assert Visitor(world, person).post(path, fields).status_code == status
    assert Visitor(world, person).ask(APPEAL).status_code == (200 if person == "coach" else status)
    assert world.journal.head() == before


def test_nothing_but_the_items_of_the_decision_is_disputed(tell: Tell) -> None:
    world = tell("decided")
    hand_in(world, "later", b"After the decision.", "text/plain", filename="n.txt", title="Later")
    mia = Visitor(world, "mia")
    page = mia.reads(APPEAL)
    assert "Later" not in page.text
    for item in (world["later"], world["enrolment"], world["decision"]):
        again = mia.refused(page, "appeal", 409, **FIRST, items=[str(item)])
        assert "must point at evidence or remarks of the decision’s context" in again.refusal.replace("'", "’")
    for earlier in ("{", "[]", '{"ground": 1}'):
        garbled = mia.send(page, "appeal", **FIRST, items=[str(world["evidence"])], earlier=earlier)
        assert garbled.status_code == 422
        assert "write it again" in garbled.text
    elsewhere = mia.ask(APPEAL.replace("{decision}", "{plan}"))
    assert elsewhere.status_code == 404


def test_once_an_appeal_is_open_the_decision_offers_no_other(tell: Tell) -> None:
    world = tell("lodged")
    mia = Visitor(world, "mia")
    page = mia.reads(APPEAL)
    assert "You cannot appeal against it now." in page.text
    assert page.actions == []
    assert "Appeal this decision" not in mia.reads("/assessments/{attempt}/decisions/{decision}").text


def test_the_apprentice_withdraws_when_asked_and_nobody_else_does(tell: Tell) -> None:
    world = tell("lodged")
    mia = Visitor(world, "mia")
    page = mia.reads("/appeals/{appeal}/withdrawal")
    for person, status in (("noah", 404), ("officer", 403), ("coach", 403)):
        assert Visitor(world, person).post(*page.form("withdrawal")).status_code == status
        assert Visitor(world, person).ask("/appeals/{appeal}/withdrawal").status_code == status
    after = mia.does(page, "withdrawal")
    assert row(after, "Where it stands").startswith("It was withdrawn.")
    assert "cannot withdraw it now" in mia.reads("/appeals/{appeal}/withdrawal").text


def test_who_appealed_asks_once_that_somebody_else_looks_again(tell: Tell) -> None:
    world = tell("lodged")
    mia = Visitor(world, "mia")
    assert "cannot ask for it now" in mia.reads("/appeals/{appeal}/second-look").text
    officer = Visitor(world, "officer")
    refusal = officer.asked(
        officer.reads("/appeals/{appeal}/refusal"), "refusal", because="out of time", reason="It came too late."
    )
    officer.does(refusal, "refusals")
    told = mia.reads(PROGRESS)
    assert row(told, "Who has it now") == "Mia, who can ask once that somebody else looks again."
    assert "It came too late." in told.section("happened").text
    ask = mia.asked(mia.reads("/appeals/{appeal}/second-look"), "second-look", statement="The letter came late.")
    asked = mia.does(ask, "second-looks")
    assert "another" in row(asked, "Who has it now").lower()
    assert "did not refuse" not in asked.text
    own = officer.reads("/appeals/{appeal}/admission")
    assert own.actions == []
    admitted = Visitor(world, "responsible")
    page = admitted.reads("/appeals/{appeal}/admission")
    assert "waits for an appeals officer, who convenes its panel" in row(
        admitted.does(page, "admission"), "Where it stands"
    )


def test_an_appeal_against_what_was_decided_twice_is_said_so(tell: Tell) -> None:
    world = tell("decided")
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/refusal", {"because": "no standing", "reason": "No."})
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "Look again."})
    body = {"because": "no standing", "reason": "No."}
    world.as_("responsible").does("/appeals/{appeal}/second-look/refusal", body)
    mia = Visitor(world, "mia")
    same = mia.refused(mia.reads(APPEAL), "appeal", 409, **FIRST, items=[str(world["evidence"])])
    assert "refused twice" in same.refusal
    assert row(mia.reads(PROGRESS), "Who has it now").startswith("Nobody")


def test_four_hundred_items_are_shown_in_parts_and_what_was_ticked_and_typed_goes_along(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    sha256 = assessor.sees("/evidence/{evidence}")["versions"][0]["sha256"]
    for number in range(400):
        said = remark(world, ITEMS["pdf"][0], {"type": "whole item"}, text=f"Remark {number}: {'seen ' * 20}")
        assessor.does("/evidence/{evidence}/annotations", {**said, "sha256": sha256})
    receipt = assessor.does("/assessments/{attempt}/decisions", decision(world))
    world.ids["decision"] = UUID(receipt["decision_id"])
    mia = Visitor(world, "mia")
    page = mia.reads(APPEAL)
    assert "This is part 1." in page.text
    (path, fields), ticked = page.form("appeal"), [*boxes(page).values()][-1]
    turned = {**fields, **FIRST, "items": [ticked], "act": "turn 5"}
    last = mia.post(path, turned)
    assert last.status_code == 200
    assert len(last.data) < 60_000
    page = Page(last.text)
    assert "1 is ticked in other parts." in page.text
    assert FIRST["statement"] in page.text
    assert "Risk assessment, going on" in page.text
    path, fields = page.form("appeal")
    assert fields["items"] == ticked
    more = [*boxes(page).values()][-1]
    check = mia.post(path, {**fields, "items": [ticked, more]})
    assert check.text.count("The remark “Remark") == 2
