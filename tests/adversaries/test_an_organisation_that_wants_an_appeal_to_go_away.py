"""Mia appealed, and the organisation does what its accounts can do so that the case goes away."""

from tests.adversaries.scenes import answers
from tests.api.conftest import Tell
from tests.api.world import TODAY, appeal, outcome


def test_nobody_but_the_appellant_withdraws_it(tell: Tell) -> None:
    world = tell("convened")
    for name in ("admin", "responsible", "officer", "lead", "chair", "member"):
        assert answers(world.as_(name).post("/appeals/{appeal}/withdrawal")) == "not-permitted", name
    assert answers(world.as_("coach").post("/appeals/{appeal}/withdrawal")) in ("appeal-not-yours", "not-permitted")


def test_the_decision_is_not_set_aside_under_it(tell: Tell) -> None:
    world = tell("lodged")
    void = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "The log was copied."}
    assert answers(world.as_("responsible").post("/assessments/{attempt}/voids", void)) == "record-on-hold"
    cited = {**void, "reason_code": "appeal", "appeal_id": world["appeal"]}
    assert answers(world.as_("responsible").post("/assessments/{attempt}/voids", cited)) != "allowed"


def test_the_officer_gives_no_outcome(tell: Tell) -> None:
    world = tell("convened")
    assert answers(world.as_("officer").post("/appeals/{appeal}/outcome", outcome())) == "officer-may-not-decide"


def test_the_panel_is_not_packed_with_the_organisations_own(tell: Tell) -> None:
    world = tell("admitted")
    admin = world.as_("admin")
    for name in ("lead", "responsible", "admin"):
        admin.post(f"/people/{{{name}}}/roles", {"role": "panel member"})
        admin.post(f"/people/{{{name}}}/competences", {"kind": "appeals panel", "occurred_on": TODAY})
    packed = {"members": [world["member"], world["lead"]]}
    assert answers(world.as_("officer").post("/appeals/{appeal}/panel", packed)) != "allowed"
    alone = {"members": [world["chair"]]}
    assert answers(world.as_("officer").post("/appeals/{appeal}/panel", alone)) == "panel-too-small"


def test_one_member_does_not_dismiss_it_alone(tell: Tell) -> None:
    world = tell("convened")
    world.as_("member").post("/appeals/{appeal}/outcome", outcome(outcome="dismissed"))
    assert world.as_("mia").sees("/appeals/{appeal}")["outcome"] is None


def test_a_member_whose_role_was_ended_decides_nothing(tell: Tell) -> None:
    world = tell("convened")
    ended = world.as_("admin").post("/people/{chair}/roles/end", {"role": "panel member"})
    if answers(ended) == "allowed":
        assert answers(world.as_("chair").post("/appeals/{appeal}/outcome", outcome())) != "allowed"


def test_her_role_is_not_needed_to_read_and_to_appeal(tell: Tell) -> None:
    world = tell("decided")
    world.as_("admin").post("/people/{mia}/roles/end", {"role": "apprentice"})
    mia = world.as_("mia")
    assert answers(mia.get("/enrolments/{enrolment}")) == "allowed"
    assert answers(mia.get("/assessments/{attempt}")) == "allowed"
    assert answers(mia.post("/appeals", appeal(world))) == "allowed"


def test_what_she_points_at_is_not_thrown_away(tell: Tell) -> None:
    world = tell("lodged")
    again = {"version": 1, "reason": "Not needed."}
    assert answers(world.as_("assessor").post("/evidence/{evidence}/return", again)) in ("record-on-hold", "allowed")
    assert answers(world.as_("mia").get("/evidence/{evidence}/content")) == "allowed"
    for name in ("admin", "responsible", "assessor"):
        assert answers(world.as_(name).post("/evidence/{evidence}/discard", {"version": 1})) == "not-permitted", name


def test_no_second_case_is_opened_on_the_same_decision(tell: Tell) -> None:
    world = tell("lodged")
    assert answers(world.as_("mia").post("/appeals", appeal(world))) == "appeal-already-open"
