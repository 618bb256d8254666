"""An assessor passed Mia, Mia appealed, and the assessor does what an ordinary account can do so that it stands."""

from typing import Any

from tests.adversaries.scenes import answers, upheld
from tests.api.conftest import Tell
from tests.api.world import CODES, TODAY, TOMORROW, World, assign, decision, finding, observation, released_next_day


def superseding(world: World, **fields: Any) -> dict[str, Any]:
    told = {"supersedes": world["decision"], "reason_code": "marking error", "authority_cited": "Myself."}
    return {**decision(world), **told, **fields}


def test_the_assessor_does_not_put_another_decision_in_the_place_of_their_own(tell: Tell) -> None:
    world = tell("decided")
    assert answers(world.as_("assessor").post("/assessments/{attempt}/supersessions", superseding(world))) != "allowed"


def test_nobody_replaces_or_sets_aside_the_decision_while_it_is_appealed(tell: Tell) -> None:
    world = tell("lodged")
    for name in ("assessor", "second", "lead"):
        assert answers(world.as_(name).post("/assessments/{attempt}/supersessions", superseding(world))) != "allowed"
    void = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "The log was copied."}
    assert answers(world.as_("responsible").post("/assessments/{attempt}/voids", void)) == "record-on-hold"


def test_the_assessor_neither_hears_the_appeal_nor_answers_for_the_appellant(tell: Tell) -> None:
    world = tell("lodged")
    assessor = world.as_("assessor")
    assert answers(assessor.post("/appeals/{appeal}/admission")) == "not-visible"
    late = {"because": "out of time", "reason": "Late."}
    assert answers(assessor.post("/appeals/{appeal}/refusal", late)) == "not-visible"
    assert answers(assessor.post("/appeals/{appeal}/withdrawal")) == "not-visible"
    assert answers(assessor.post("/people/{assessor}/roles", {"role": "panel member"})) == "not-permitted"
    world.as_("admin").does("/people/{assessor}/roles", {"role": "panel member"})
    competence = {"kind": "appeals panel", "occurred_on": TODAY}
    world.as_("admin").does("/people/{assessor}/competences", competence)
    world.as_("officer").does("/appeals/{appeal}/admission")
    panel = {"members": [world["assessor"], world["chair"]]}
    assert answers(world.as_("officer").post("/appeals/{appeal}/panel", panel)) == "panel-conflicted"


def test_what_the_decision_rests_on_is_not_taken_away_before_the_panel_reads_it(tell: Tell) -> None:
    world = tell("lodged")
    again = {"version": 1, "reason": "Not needed any more."}
    assert answers(world.as_("assessor").post("/evidence/{observation}/return", again)) == "evidence-not-submitted"
    assert answers(world.as_("mia").post("/evidence/{observation}/withdrawal", again)) == "record-not-yours"
    findings = {"findings": [finding(world, code, judgement="not met") for code in CODES["C1"]]}
    answer = world.as_("assessor").post("/assessments/{attempt}/findings", findings)
    assert answers(answer) == "finding-fixed-by-decision"


def test_when_the_appeal_is_upheld_the_assessor_has_no_part_in_the_new_attempt(tell: Tell) -> None:
    world = tell("convened")
    upheld(world)
    assessor = world.as_("assessor")
    record = observation(world, assessment_id=world["new attempt"])
    assessor.post("/evidence/records", record)
    cites = [{"evidence_id": world["observation"], "version": 1}]
    findings = {"findings": [finding(world, code, cites=cites) for code in CODES["C1"]]}
    assert answers(assessor.post("/assessments/{new attempt}/findings", findings)) == "remarker-not-different"
    grade = {"grade": "pass", "reasons": "As before.", "context_hash": "0" * 64}
    assert answers(assessor.post("/assessments/{new attempt}/decisions", grade)) == "remarker-not-different"


def test_being_assigned_anew_frees_nobody_of_what_they_decided(tell: Tell) -> None:
    world = tell("convened")
    upheld(world)
    admin = world.as_("admin")
    released_next_day(world, "assessor")
    again = {**assign(world, "assessor", "assessor"), "starts_on": TOMORROW}
    admin.does("/enrolments/{enrolment}/assignments", again)
    findings = {"findings": [finding(world, code) for code in CODES["C1"]]}
    answer = world.as_("assessor").post("/assessments/{new attempt}/findings", findings)
    assert answers(answer) == "remarker-not-different"
