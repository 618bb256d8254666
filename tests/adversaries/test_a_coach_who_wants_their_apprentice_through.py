"""A coach wants Mia through, and does for her what an ordinary account can do."""

from tests.adversaries.scenes import answers
from tests.api.conftest import Tell
from tests.api.world import CODES, DECLARED, assign, finding, observation, offer, released_next_day
from tests.infra.vault import files


def test_the_coach_brings_claims_and_hands_in_nothing_in_her_name(tell: Tell) -> None:
    world = tell("sealed")
    coach = world.as_("coach")
    assert answers(coach.post("/evidence", offer(world, files.pdf((595, 842))))) == "not-permitted"
    assert answers(coach.post("/evidence/{evidence}/claims", {"version": 1, "codes": ["S11"]})) == "not-visible"
    handing_in = {"version": 1, "declaration": DECLARED}
    assert answers(coach.post("/evidence/{evidence}/submission", handing_in)) == "not-visible"
    assert answers(coach.post("/evidence/{evidence}/acceptance", {"version": 1})) == "not-visible"


def test_the_coach_does_not_become_her_assessor(tell: Tell) -> None:
    world = tell("submitted")
    admin = world.as_("admin")
    assert answers(world.as_("coach").post("/people/{coach}/roles", {"role": "assessor"})) == "not-permitted"
    admin.does("/people/{coach}/roles", {"role": "assessor"})
    named = assign(world, "coach", "assessor")
    assert answers(admin.post("/enrolments/{enrolment}/assignments", named)) == "assessor-conflicted"
    released_next_day(world, "coach", "coach")
    admin.post("/people/{coach}/roles/end", {"role": "coach"})
    assert answers(admin.post("/enrolments/{enrolment}/assignments", named)) == "assessor-conflicted"


def test_the_coach_neither_opens_nor_judges_nor_decides(tell: Tell) -> None:
    world = tell("found")
    coach = world.as_("coach")
    opening = {"enrolment_id": world["enrolment"], "component": "C2"}
    assert answers(coach.post("/assessments", opening)) == "not-permitted"
    findings = {"findings": [finding(world, code) for code in CODES["C1"]]}
    assert answers(coach.post("/assessments/{attempt}/findings", findings)) == "not-permitted"
    grade = {"grade": "pass", "reasons": "She is good.", "context_hash": "0" * 64}
    assert answers(coach.post("/assessments/{attempt}/decisions", grade)) == "not-permitted"


def test_no_consent_is_made_up_for_her(tell: Tell) -> None:
    world = tell("decided")
    ground = {"ground": "evidence", "statement": "It was left out.", "items": [world["evidence"]]}
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    lodging = {"subject": subject, "grounds": [ground], "consent": "She told me so."}
    assert answers(world.as_("coach").post("/appeals", lodging)) == "consent-missing"


def test_codes_that_nobody_judged_give_no_pass(tell: Tell) -> None:
    world = tell("submitted")
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    nothing = {"judgement": "not judged", "reason": "No time.", "cites": []}
    findings = [{"code": code, **nothing} for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    shown = assessor.sees("/assessments/{attempt}/context")["shown"]
    grade = {"grade": "pass", "reasons": "The coach vouches for her.", "context_hash": shown}
    assert answers(assessor.post("/assessments/{attempt}/decisions", grade)) == "findings-incomplete"


def test_a_record_of_another_attempt_completes_no_observation(tell: Tell) -> None:
    world = tell("found")
    readiness = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    assert any(gap.startswith("No observation") for gap in readiness["gaps"])
    assert not readiness["all_assessed"]


def test_the_coach_reads_no_draft_and_no_remark_for_assessors(tell: Tell) -> None:
    world = tell("sealed")
    coach = world.as_("coach")
    assert answers(coach.get("/evidence/{evidence}")) == "not-visible"
    assert answers(coach.get("/evidence/{evidence}/content")) == "not-visible"
    assert coach.sees("/enrolments/{enrolment}/evidence")["items"] == []
    assert "Risk assessment" not in coach.get("/enrolments/{enrolment}/readiness").text


def test_who_was_the_coach_of_another_apprentice_has_no_way_to_this_one(tell: Tell) -> None:
    world = tell("found")
    stranger = world.as_("stranger")
    for path in ("/enrolments/{enrolment}", "/evidence/{evidence}", "/assessments/{attempt}"):
        assert answers(stranger.get(path)) == "not-visible"
    assert answers(stranger.post("/evidence/records", observation(world))) == "not-visible"
    assert (
        answers(stranger.post("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]}))
        == "not-visible"
    )
