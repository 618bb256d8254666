"""News at home: what others did since somebody was there last, and nothing that is not for them."""

from tests.api.conftest import Tell
from tests.api.world import (
    ITEMS,
    SELECTOR,
    World,
    assign,
    decision,
    outcome,
    sha,
)
from tests.pages.visitor import Visitor


def test_news_are_what_others_did_since_the_last_sign_in_on_whatever_machine_and_no_grade_is_among_them(
    tell: Tell,
) -> None:
    world = tell("submitted")
    assert "New since you were last here" not in Visitor(world, "mia").reads("/").text
    phone = Visitor(world, "mia")
    assert "Nobody else has done anything that concerns you." in phone.reads("/").section("new").text
    world.as_("assessor").does("/evidence/{evidence}/acceptance", {"version": 1})
    for _ in range(2):
        assert "Risk assessment: Assessor accepted version 1." in phone.reads("/").section("new").text
    assert "accepted" not in Visitor(world, "mia").reads("/").section("new").text


def test_a_decision_is_news_without_its_grade(tell: Tell) -> None:
    world = tell("found")
    Visitor(world, "mia").reads("/")
    from_now = Visitor(world, "mia")
    decide(world)
    page = from_now.reads("/")
    assert "There is a decision on your Component C1. Look at it" in page.section("new").text
    assert "pass" not in page.section("new").text
    assert "found" not in page.section("new").text


def test_a_coach_and_a_quality_assurer_read_what_is_new_of_their_apprentices_without_a_grade(tell: Tell) -> None:
    world = tell("found")
    for person in ("coach", "employer", "quality"):
        assert "New since you were last here" not in Visitor(world, person).reads("/").text
    later = {person: Visitor(world, person) for person in ("coach", "employer", "quality", "assessor")}
    assert "Nobody else has handed in" in later["coach"].reads("/").section("new").text
    decided = world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))
    purpose = {"type": "appeal", "assessment_id": world["attempt"], "decision_id": decided["decision_id"]}
    given = {"person_id": world["coach"], "purpose": purpose}
    world.as_("mia").does("/enrolments/{enrolment}/consents", given)
    for person in ("coach", "employer", "quality"):
        new = later[person].reads("/").section("new")
        assert "Mia: The Component C1 was decided by Assessor. Look at it" in new.text
        assert "pass" not in new.text
        assert ("Mia agreed that Coach may appeal against" in new.text) == (person == "coach")
    assert "New since you were last here" not in later["assessor"].reads("/").text


def test_who_has_not_said_what_they_are_to_an_apprentice_is_told_nothing_new_of_them(tell: Tell) -> None:
    world = tell("enrolled")
    admin, part = world.as_("admin"), "internal quality assurer"
    admin.does("/people", {"name": "Quinn", "works_for": "centre"}, name="quinn")
    admin.does("/people/{quinn}/roles", {"role": part})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "quinn", part))
    for _ in range(2):
        assert "New since you were last here" not in Visitor(world, "quinn").reads("/").text
    for _ in range(2):
        coach = Visitor(world, "coach").reads("/")
    assert "Nobody else has handed in" in coach.section("new").text


def decide(world: World) -> None:
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))


def test_a_remark_for_assessors_and_a_panels_talk_are_no_news(tell: Tell) -> None:
    world = tell("convened")
    Visitor(world, "mia").reads("/")
    phone = Visitor(world, "mia")
    remark = {"version": 1, "sha256": sha(ITEMS["pdf"][0]), "selector": SELECTOR, "kind": "formative"}
    world.as_("assessor").does("/evidence/{evidence}/annotations", {**remark, "audience": "assessors", "text": "Hm."})
    world.as_("chair").does("/appeals/{appeal}/outcome", outcome())
    assert "Nobody else has done anything that concerns you." in phone.reads("/").section("new").text
    confirmation = {"proposal": 1, "account": "I read the risk assessment, and so it is."}
    world.as_("member").does("/appeals/{appeal}/outcome/confirmations", confirmation)
    assert "There is something new in an appeal." in phone.reads("/").section("new").text
