"""What lay before a decision stays readable to its panel and to whoever may replay it, whatever became of it."""

from portfolio.domain.kernel import NotVisible
from tests.api.conftest import Tell
from tests.api.world import DECLARED, World, offer, put, refused, upload
from tests.infra.vault import files


def test_what_lay_before_a_decision_stays_readable_when_it_is_withdrawn_and_says_so(tell: Tell) -> None:
    world = tell("decided")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "I want it back."})
    for person in ("mia", "officer", "responsible"):
        (version,) = world.as_(person).sees("/evidence/{evidence}")["versions"]
        assert version["stage"] == "withdrawn"
        assert world.as_(person).get("/evidence/{evidence}/content").status_code == 200
    for person in ("coach", "employer", "admin"):
        refused(world.as_(person).get("/evidence/{evidence}"), NotVisible)
        refused(world.as_(person).get("/evidence/{evidence}/content"), NotVisible)


def test_a_panel_reads_what_lay_before_the_decision_while_its_case_is_open(tell: Tell) -> None:
    world = tell("convened")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "I want it back."})
    assert world.as_("chair").get("/evidence/{evidence}/content").status_code == 200
    assert world.as_("chair").get("/evidence/{observation}").status_code == 200
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert world.as_("chair").get("/appeals/{appeal}").status_code == 200
    refused(world.as_("chair").get("/evidence/{observation}"), NotVisible)
    refused(world.as_("chair").get("/enrolments/{enrolment}"), NotVisible)


def test_what_lay_before_a_decision_stays_readable_when_it_is_returned_or_replaced(tell: Tell) -> None:
    world = tell("convened")
    world.as_("coach").does("/evidence/{evidence}/return", {"version": 1, "reason": "Page two is missing."})
    readers = ("mia", "officer", "responsible", "chair")
    for person in readers:
        assert world.as_(person).sees("/evidence/{evidence}")["versions"][0]["stage"] == "returned"
        assert world.as_(person).get("/evidence/{evidence}/content?version=1").status_code == 200
    hand_in_anew(world)
    for person in readers:
        assert world.as_(person).sees("/evidence/{evidence}")["versions"][0]["stage"] == "replaced"
        assert world.as_(person).get("/evidence/{evidence}/content?version=1").status_code == 200


def hand_in_anew(world: World) -> None:
    content, mia = files.pdf((600, 842)), world.as_("mia")
    announced = {key: told for key, told in offer(world, content).items() if key != "enrolment_id"}
    put(world, mia.does("/evidence/{evidence}/versions", announced)["parts"][0]["url"], content)
    mia.does("/evidence/{evidence}/upload", {"version": 2})
    mia.does("/evidence/{evidence}/submission", {"version": 2, "declaration": DECLARED})


def test_a_draft_that_is_discarded_later_was_in_no_context(tell: Tell) -> None:
    world = tell("found")
    upload(world, "draft", files.pdf((601, 842)))
    context = world.as_("assessor").sees("/assessments/{attempt}/context")
    assert str(world["draft"]) not in {each["evidence_id"] for each in context["available"]}
    world.as_("mia").does("/evidence/{draft}/discard", {"version": 1})
    assert world.as_("assessor").sees("/assessments/{attempt}/context")["shown"] == context["shown"]


def test_at_any_point_before_at_and_after_the_decision_its_own_lists_are_the_same(tell: Tell) -> None:
    world = tell("convened")
    whole = world.as_("officer").sees("/appeals/{appeal}/chronology")
    decided, head = int(whole["decision"]["position"]), world.journal.head()
    lodged = next(int(each["position"]) for each in whole["later"] if each["kind"] == "appeal.lodged")
    for point in (1, decided - 1, decided, lodged, head):
        replay = world.as_("officer").sees(f"/appeals/{{appeal}}/chronology?known_at={point}")
        assert [replay[part] for part in ("before", "served", "later")] == [
            whole[part] for part in ("before", "served", "later")
        ]
        kinds = {each["kind"] for each in replay["on_record"]}
        assert ("assessment.grade-decided" in kinds) is (point >= decided)
        assert ("appeal.lodged" in kinds) is (point >= lodged)
