"""Members of a panel read what the case needs while it is open; afterwards the case and what its outcome cites."""

from tests.api.conftest import Tell
from tests.api.world import World, appeal, consent, decides, hand_in
from tests.infra.vault import files
from tests.pages.visitor import Visitor

CHRONOLOGY = "/appeals/{appeal}/chronology"


def said(world: World, person: str, query: str = "") -> str:
    return str(world.as_(person).sees(f"{CHRONOLOGY}{query}"))


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
