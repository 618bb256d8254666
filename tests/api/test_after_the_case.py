"""Members of a panel read what the case needs while it is open; afterwards the case and what its outcome cites."""

from typing import Any

from portfolio.domain.interests import InterestNotDeclared
from tests.api.conftest import Tell
from tests.api.story import decided, lodged
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.world import DECLARED, World, appeal, consent, decides, hand_in, offer, put, refused
from tests.infra.vault import files
from tests.pages.visitor import Visitor

CHRONOLOGY = "/appeals/{appeal}/chronology"


def said(world: World, person: str, query: str = "") -> str:
    return str(world.as_(person).sees(f"{CHRONOLOGY}{query}"))


def seen_afterwards(world: World) -> dict[str, Any]:
    first = world.as_("assessor").sees("/evidence/{evidence}")["versions"][0]
    named = {"version": 1, "sha256": first["sha256"], "selector": {"type": "whole item"}}
    return {**named, "kind": "formative", "audience": "apprentice and assessors", "text": "Seen afterwards."}


def test_after_the_case_its_members_read_nothing_that_came_later(tell: Tell) -> None:
    world = tell("convened")
    hand_in(world, "meanwhile", files.pdf((595, 842)), title="Meanwhile")
    decides(world, outcome="dismissed")
    assert "Meanwhile" in said(world, "chair")
    hand_in(world, "later", files.pdf((595, 842)), title="Private work")
    head = world.journal.head()
    assert "Private work" not in said(world, "chair")
    assert "Private work" not in said(world, "chair", f"?known_at={head}")
    assert "Meanwhile" in said(world, "chair", f"?known_at={head}")
    for person in ("mia", "officer", "responsible"):
        assert "Private work" in said(world, person)
    page = Visitor(world, "chair").ask("/appeals/{appeal}").text
    assert "Private work" not in page


def test_after_the_case_the_page_tells_its_members_nothing_of_what_became_of_the_decision(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    assert "The decision stands." in Visitor(world, "chair").ask("/appeals/{appeal}").text
    for person in ("mia", "officer"):
        page = Visitor(world, person).ask("/appeals/{appeal}").text
        assert "The decision was set aside on 2 November 2026." in page


def test_after_the_case_a_coach_who_appealed_reads_nothing_that_came_later(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/refusal", {"reason": "Too late.", "because": "out of time"})
    hand_in(world, "later", files.pdf((595, 842)), title="Private work")
    assert "Private work" not in said(world, "coach")
    assert "Private work" in said(world, "mia")


def test_the_page_tells_members_no_more_of_the_new_attempt_than_that_it_was_opened(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    world.reads.settle()
    assert "is not decided yet" in Visitor(world, "responsible").ask("/appeals/{appeal}").text
    page = Visitor(world, "chair").ask("/appeals/{appeal}").text
    assert "A new attempt was opened" in page
    assert "is not decided yet" not in page


def test_after_the_case_its_members_read_of_a_cited_item_only_what_the_decision_rested_on(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed", cites=[world["evidence"]])
    content = files.pdf((600, 842))
    announced = {
        key: told for key, told in offer(world, content, title="Private later").items() if key != "enrolment_id"
    }
    put(world, world.as_("mia").does("/evidence/{evidence}/versions", announced)["parts"][0]["url"], content)
    world.as_("mia").does("/evidence/{evidence}/upload", {"version": 2})
    world.as_("mia").does("/evidence/{evidence}/submission", {"version": 2, "declaration": DECLARED})
    world.as_("assessor").does("/evidence/{evidence}/annotations", seen_afterwards(world))
    assert [each["number"] for each in world.as_("officer").sees("/evidence/{evidence}")["versions"]] == [1, 2]
    shown = world.as_("chair").sees("/evidence/{evidence}")
    assert [each["number"] for each in shown["versions"]] == [1]
    assert "Seen afterwards." not in str(shown)
    assert "Seen afterwards." in str(world.as_("officer").sees("/evidence/{evidence}"))
    page = Visitor(world, "chair").ask("/evidence/{evidence}").text
    assert "Private later" not in page
    assert "Seen afterwards." not in page
    assert world.as_("chair").get("/evidence/{evidence}/content?version=2").status_code == 404
    assert world.as_("chair").get("/evidence/{evidence}/content").status_code == 200


def test_why_the_decider_was_suspended_or_lost_a_role_is_told_to_nobody_who_reads_the_case(tell: Tell) -> None:
    world = tell("found")
    office = world.as_("admin")
    office.does("/people/{assessor}/suspension", {"reason": "Accused of theft."})
    office.does("/people/{assessor}/reinstatement", {"reason": "It was not them."})
    office.does("/people/{assessor}/roles", {"role": "lead assessor", "reason": "For lack of others."})
    decided(world)
    lodged(world)
    for person in ("mia", "officer"):
        told = said(world, person)
        assert "the role lead assessor" in told
        for reason in ("Accused of theft.", "It was not them.", "For lack of others."):
            assert reason not in told


def test_a_member_who_never_declared_is_asked_first_also_after_the_case(tell: Tell) -> None:
    world = tell("admitted")
    world.as_("officer").does(
        "/appeals/{appeal}/panel", {"members": [world[each] for each in ("chair", "member", "third")]}
    )
    decides(world, outcome="dismissed", cites=[world["evidence"]])
    for path in ("/evidence/{evidence}", "/appeals/{appeal}"):
        refused(world.as_("third").get(path), InterestNotDeclared)
        answer = Visitor(world, "third").ask(path)
        assert answer.status_code == 409
        assert "Say first what you are to Mia" in answer.text
        assert "no more is shown to you yet" in answer.text
