"""Appeals over HTTP: from lodging to a decision by somebody else, and the chronology a panel reads."""

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from portfolio.domain.appeal.lodging import (
    AppealAlreadyOpen,
    AppealSubjectNotAllowed,
    AppellantWithoutStanding,
    GroundNotInPolicy,
)
from portfolio.domain.appeal.outcome import GroundUnanswered, OutcomeIncomplete
from portfolio.domain.appeal.panel import (
    OfficerMayNotDecide,
    PanelConflicted,
    PanelMemberNotCompetent,
    PanelMemberNotInOffice,
    PanelNotIndependent,
    PanelTooSmall,
)
from portfolio.domain.appeal.state import AppealNotWaiting, AppealUnknown
from portfolio.domain.appeal.withdrawing import AppealAlreadyDecided, AppealNotYours
from portfolio.domain.assessment.assessor import RemarkerNotDifferent
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    YESTERDAY,
    World,
    appeal,
    assign,
    consent,
    decides,
    decision,
    of_the_work,
    outcome,
    refused,
)

PANEL, OUTCOME = "/appeals/{appeal}/panel", "/appeals/{appeal}/outcome"


def prepared(world: World, *names: str) -> None:
    for name in names:
        competence = {"kind": "appeals panel", "occurred_on": YESTERDAY}
        world.as_("admin").does(f"/people/{{{name}}}/competences", competence)


def test_an_appeal_is_listed_for_whoever_has_or_had_a_part_in_it_and_may_see_it(tell: Tell) -> None:
    def listed(world: World, name: str, path: str) -> list[str]:
        return [row["enrolment_id"] for row in world.as_(name).sees(path)["items"]]

    world = tell("convened")
    enrolment = [str(world["enrolment"])]
    assert listed(world, "chair", "/appeals") == listed(world, "chair", "/enrolments") == enrolment
    decides(world, outcome="dismissed")
    assert (listed(world, "chair", "/appeals"), listed(world, "chair", "/enrolments")) == (enrolment, [])
    for name, there in (("mia", enrolment), ("officer", enrolment), ("assessor", []), ("noah", []), ("employer", [])):
        assert listed(world, name, "/appeals") == there, name


def test_who_was_failed_on_nothing_at_all_may_appeal_with_a_ground_about_the_attempt(tell: Tell) -> None:
    world = tell("enrolled")
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    nothing = {"judgement": "not met", "cites": [], "nothing_shows_it": True}
    findings = [{"code": code, "reason": "Nothing came.", "criterion": "1.1", **nothing} for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    decided = assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail"))
    world.ids["decision"] = UUID(decided["decision_id"])
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    ground = {"ground": "procedure", "statement": "Nobody came to observe me."}
    refused(
        world.as_("mia").post("/appeals", {"subject": subject, "grounds": [{**ground, "items": []}]}), GroundNotInPolicy
    )
    world.as_("mia").does(
        "/appeals", {"subject": subject, "grounds": [{**ground, "items": [world["attempt"]]}]}, name="appeal"
    )
    officer, panel = world.as_("officer"), [world["chair"], world["member"]]
    officer.does("/appeals/{appeal}/admission")
    officer.does("/appeals/{appeal}/panel", {"members": panel})
    assert world.as_("chair").get("/assessments/{attempt}").status_code == 200
    decides(world, outcome="dismissed")
    refused(world.as_("chair").get("/assessments/{attempt}"), NotVisible)


# --- lodging ----------------------------------------------------------------------------------------------------------


def test_a_lodged_appeal_shows_what_it_is_about(tell: Tell) -> None:
    world = tell("lodged")
    answer = world.as_("mia").get("/appeals/{appeal}")
    body = answer.get_json()
    assert answer.headers["ETag"] == '"1"'
    assert (body["status"], body["name"], body["appellant_name"]) == ("lodged", "Mia", "Mia")
    assert body["subject"] == {
        "type": "decision",
        "assessment_id": str(world["attempt"]),
        "decision_id": str(world["decision"]),
    }
    assert body["grounds"][0]["items"] == [str(world["evidence"])]
    assert body["refusal"] is body["outcome"] is body["reasons"] is None
    assert (body["panel"], body["answers"], body["demo"]) == ([], [], True)


@pytest.mark.parametrize(
    "ground",
    [
        {"ground": "unfair", "statement": "It was unfair.", "items": ["evidence"]},
        {"ground": "evidence", "statement": "Left out.", "items": []},
        {"ground": "evidence", "statement": "Left out.", "items": ["form"]},
        None,
    ],
)
def test_an_appeal_rests_on_grounds_of_the_policy_linked_to_items(tell: Tell, ground: dict[str, Any] | None) -> None:
    world = tell("decided")
    grounds = [{**ground, "items": [world[item] for item in ground["items"]]}] if ground else []
    refused(world.as_("mia").post("/appeals", appeal(world, grounds=grounds)), GroundNotInPolicy)


def test_only_the_apprentice_or_their_coach_with_consent_appeals(tell: Tell) -> None:
    world = tell("decided")
    refused(world.as_("employer").post("/appeals", appeal(world)), AppellantWithoutStanding)
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)
    refused(world.as_("assessor").post("/appeals", appeal(world)), NotPermitted)
    refused(world.as_("noah").post("/appeals", appeal(world)), NotVisible)
    refused(world.as_("coach").post("/appeals", appeal(world, consent="Signed by Mia, 2 November.")), ConsentMissing)
    lodged_by_the_coach(world)
    refused(world.as_("coach").post("/appeals/{appeal}/withdrawal"), AppealNotYours)


def lodged_by_the_coach(world: World) -> UUID:
    """Let Mia consent and her coach appeal; return the consent."""
    given = consent(
        world, "coach", type="appeal", assessment_id=str(world["attempt"]), decision_id=str(world["decision"])
    )
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    return given


def test_an_appeal_lodged_for_the_apprentice_is_withdrawn_only_by_the_apprentice(tell: Tell) -> None:
    world = tell("decided")
    lodged_by_the_coach(world)
    refused(world.as_("coach").post("/appeals/{appeal}/withdrawal"), AppealNotYours)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert world.as_("mia").sees("/appeals/{appeal}")["status"] == "withdrawn"
    refused(world.as_("coach").post("/appeals", appeal(world)), ConsentMissing)


def test_when_consent_is_taken_back_the_apprentice_is_the_appellant(tell: Tell) -> None:
    world = tell("decided")
    given = lodged_by_the_coach(world)
    assert world.as_("coach").sees("/appeals/{appeal}/chronology")
    shown = world.as_("mia").sees("/appeals/{appeal}")
    assert (shown["appellant"], shown["lodged_by"]) == (str(world["coach"]), str(world["coach"]))
    world.as_("mia").does(f"/enrolments/{{enrolment}}/consents/{given}/withdrawal")
    shown = world.as_("mia").sees("/appeals/{appeal}")
    assert (shown["appellant"], shown["lodged_by"]) == (str(world["mia"]), str(world["coach"]))
    assert (shown["status"], shown["appellant_name"]) == ("lodged", "Mia")
    refused(world.as_("coach").get("/appeals/{appeal}/chronology"), NotPermitted)
    assert world.as_("mia").sees("/appeals/{appeal}/chronology")
    (queued,) = world.as_("officer").sees("/queues/appeals")["items"]
    assert (queued["appellant"], queued["appellant_name"]) == (str(world["mia"]), "Mia")


def test_when_the_coach_leaves_the_apprentice_is_the_appellant(tell: Tell) -> None:
    world = tell("decided")
    lodged_by_the_coach(world)
    body = {"role": "coach", "reason": "She left the centre."}
    world.as_("responsible").does("/people/{coach}/roles/end", body)
    assert world.as_("mia").sees("/appeals/{appeal}")["appellant"] == str(world["mia"])
    refused(world.as_("coach").get("/appeals/{appeal}"), NotVisible)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")


def test_an_appeal_is_against_a_decision_that_stands(tell: Tell) -> None:
    world = tell("decided")
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": uuid4()}
    refused(world.as_("mia").post("/appeals", appeal(world, subject=subject)), AppealSubjectNotAllowed)
    subject = {"type": "result", "result_id": uuid4()}
    refused(world.as_("mia").post("/appeals", appeal(world, subject=subject)), NotVisible)


def test_one_appeal_against_a_decision_is_open_at_a_time(tell: Tell) -> None:
    world = tell("lodged")
    mia = world.as_("mia")
    refused(mia.post("/appeals", appeal(world)), AppealAlreadyOpen)
    mia.does("/appeals/{appeal}/withdrawal")
    mia.does("/appeals", appeal(world), name="again")
    assert mia.sees("/appeals/{appeal}")["status"] == "withdrawn"


def test_an_appeal_is_refused_with_its_reason(tell: Tell) -> None:
    world = tell("lodged")
    officer = world.as_("officer")
    refused(officer.post("/appeals/{appeal}/refusal", {"because": "out of time", "reason": " "}), OutcomeIncomplete)
    officer.does("/appeals/{appeal}/refusal", {"because": "out of time", "reason": "It came too late."})
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert (answer["status"], answer["refusal"]) == ("not admitted", "It came too late.")
    refused(world.as_("mia").post("/appeals/{appeal}/withdrawal"), AppealAlreadyDecided)
    refused(officer.post("/appeals/{appeal}/admission"), AppealNotWaiting)


def test_an_appeal_that_is_not_there_is_not_found(tell: Tell) -> None:
    world = tell("lodged")
    officer = world.as_("officer")
    refused(officer.post(f"/appeals/{uuid4()}/admission"), AppealUnknown)
    refused(officer.post("/appeals/{attempt}/admission"), AppealUnknown)
    refused(officer.get("/appeals/{attempt}"), NotVisible)
    refused(officer.get("/appeals/{attempt}/chronology"), NotVisible)
    refused(world.as_("noah").get("/appeals/{appeal}"), NotVisible)
    refused(world.as_("mia").post("/appeals/{appeal}/admission"), NotPermitted)


# --- the panel --------------------------------------------------------------------------------------------------------

PANELS: list[tuple[type[Rejected], tuple[str, ...], list[str]]] = [
    (PanelTooSmall, ("chair",), []),
    (PanelTooSmall, (), []),
    (PanelConflicted, ("chair", "assessor"), ["assessor"]),
    (PanelConflicted, ("chair", "coach", "mia"), ["coach", "mia"]),
    (PanelMemberNotInOffice, ("chair", "lead"), ["lead"]),
    (PanelMemberNotCompetent, ("chair", "fresh"), ["fresh"]),
    (OfficerMayNotDecide, ("chair", "officer"), ["officer"]),
    (PanelNotIndependent, ("member", "insider"), []),
]


@pytest.mark.parametrize(("refusal", "members", "named"), PANELS)
def test_a_panel_that_may_not_hear_the_appeal_is_refused(
    tell: Tell, refusal: type[Rejected], members: tuple[str, ...], named: list[str]
) -> None:
    world = tell("admitted")
    for name in ("fresh", "insider"):
        registered = {"name": name.capitalize(), "works_for": "assessment organisation"}
        world.as_("admin").does("/people", registered, name=name)
        world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": "panel member"})
    prepared(world, "insider", "coach", "officer", "assessor")
    problem = refused(world.as_("officer").post(PANEL, {"members": [world[name] for name in members]}), refusal)
    assert sorted(problem.get("members", [])) == sorted(str(world[name]) for name in named)


def test_a_member_who_was_never_registered_hears_nothing(tell: Tell) -> None:
    world = tell("admitted")
    body = {"members": [world["chair"], uuid4()]}
    refused(world.as_("officer").post(PANEL, body), PanelMemberNotInOffice)


def test_a_panel_is_convened_once_the_appeal_is_admitted(tell: Tell) -> None:
    world = tell("lodged")
    members = {"members": [world["chair"], world["member"]]}
    refused(world.as_("officer").post(PANEL, members), AppealNotWaiting)
    world.as_("officer").does("/appeals/{appeal}/admission")
    world.as_("officer").does(PANEL, members)
    answer = world.as_("chair").sees("/appeals/{appeal}")
    assert {(member["name"], member["independent"]) for member in answer["panel"]} == {
        ("Chair", True),
        ("Member", False),
    }


def test_a_member_who_became_conflicted_does_not_decide(tell: Tell) -> None:
    world = tell("convened")
    world.as_("chair").does("/people/{chair}/interests", {"apprentice": world["mia"], "interest": "personal"})
    problem = refused(world.as_("chair").post(OUTCOME, outcome()), PanelConflicted)
    assert problem["members"] == [str(world["chair"])]


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [(GroundUnanswered, {"answers": []}), (OutcomeIncomplete, {"reasons": " "})],
)
def test_an_outcome_that_leaves_something_out_is_refused(
    tell: Tell, refusal: type[Rejected], fields: dict[str, Any]
) -> None:
    refused(tell("convened").as_("chair").post(OUTCOME, outcome(**fields)), refusal)


def test_only_the_panel_gives_its_outcome(tell: Tell) -> None:
    world = tell("convened")
    refused(world.as_("officer").post(OUTCOME, outcome()), OfficerMayNotDecide)
    refused(world.as_("mia").post(OUTCOME, outcome()), NotPermitted)


def test_a_dismissed_appeal_changes_nothing(tell: Tell) -> None:
    world = tell("convened")
    decides(world, outcome="dismissed")
    answer = world.as_("mia").sees("/appeals/{appeal}")
    assert (answer["status"], answer["outcome"], answer["answers"][0]["ground"]) == ("decided", "dismissed", 0)
    assert world.as_("mia").sees("/assessments/{attempt}")["decisions"][0]["status"] == "effective"
    refused(world.as_("mia").post("/appeals/{appeal}/withdrawal"), AppealAlreadyDecided)


def test_an_upheld_appeal_sets_the_decision_aside_and_somebody_else_decides_again(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    world.ids["again"] = uuid5(world["appeal"], "attempt")
    (old,) = world.as_("mia").sees("/assessments/{attempt}")["decisions"]
    assert (old["status"], old["reason_code"], old["appeal_id"]) == ("void", "appeal", str(world["appeal"]))
    opened = world.as_("mia").sees("/assessments/{again}")
    assert (opened["number"], opened["after_appeal"]) == (2, str(world["appeal"]))
    states = [each["state"] for each in world.as_("mia").sees("/enrolments/{enrolment}/readiness")["outcomes"]]
    assert states[0] == "in assessment"

    findings = {"findings": [of_the_work(world, code) for code in CODES["C1"]]}
    refused(world.as_("assessor").post("/assessments/{again}/findings", findings), RemarkerNotDifferent)
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    second = world.as_("second")
    (waiting,) = [item for item in second.sees("/queues/assessor")["items"] if item["waits"] == "attempt"]
    assert (waiting["assessment_id"], waiting["barred"]) == (str(world["again"]), False)
    second.does("/assessments/{again}/findings", findings)
    shown = second.sees("/assessments/{again}/context")["shown"]
    body = {"grade": "distinction", "reasons": "With the risk assessment.", "context_hash": shown}
    second.does("/assessments/{again}/decisions", body)
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["codes_assessed"] == 2


def test_the_officer_sees_the_open_appeals_with_the_step_each_waits_for(tell: Tell) -> None:
    for stage, step in (("lodged", "admission"), ("admitted", "panel"), ("convened", "outcome")):
        world = tell(stage)
        (row,) = world.as_("officer").sees("/queues/appeals")["items"]
        assert (row["waits_for"], row["name"], row["appellant_name"]) == (step, "Mia", "Mia")
    refused(world.as_("mia").get("/queues/appeals"), NotPermitted)
