"""Scrutiny routes on their page: recorded with a second person whom the rule lets confirm, and why others may not."""

from tests.api.conftest import Tell
from tests.api.scrutiny import at_the_centre
from tests.api.world import World
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PAGE = "/enrolments/{enrolment}/scrutiny-routes"


def asks_who(world: World, person: str = "responsible") -> Page:
    return Visitor(world, person).reads(f"{PAGE}?component={world['form']}.C1&decider={world['cora']}")


def test_a_route_is_recorded_with_somebody_who_may_confirm(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    officer = Visitor(world, "responsible")
    page = asks_who(world)
    names = [label.text for label in page.top.one("form", id="form-second-person").all("label")]
    assert "Second" in names
    assert "Cora" not in names
    told = page.top.one("dl").text
    assert "Assessor is not standardised" not in told
    page = officer.does(
        page, "second-person", second_person=str(world["second"]), reason="Nobody else at the centre knows the desk."
    )
    assert "Cora decides, Second confirms" in page.text
    assert "Nobody else at the centre knows the desk." in page.text
    assert page.top.one("div", **{"class": "govuk-notification-banner__content"})


def test_why_somebody_may_not_confirm_is_what_the_rule_says(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    admin = world.as_("admin")
    admin.does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    admin.does("/people/{newcomer}/roles", {"role": "assessor"})
    assert "Newcomer is not standardised on the criteria" in asks_who(world).text
    page = asks_who(world)
    refused = Visitor(world, "responsible").refused(
        page, "second-person", 409, second_person=str(world["newcomer"]), reason="Nobody else is there."
    )
    assert "Newcomer is not standardised on the criteria" in refused.refusal


def test_it_is_for_a_responsible_officer(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    for person in ("admin", "lead", "cora"):
        assert Visitor(world, person).ask(PAGE).status_code == 403
    assert Visitor(world, "stranger").ask(PAGE).status_code == 404
    assert Visitor(world, "responsible").ask(f"{PAGE}?decider=x").status_code == 422


def test_where_the_centre_marks_nothing_it_says_so(tell: Tell) -> None:
    page = Visitor(tell("enrolled"), "responsible").reads(PAGE)
    assert "The centre marks no component of a form that Mia took" in page.text
    assert page.actions == []
