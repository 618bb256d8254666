"""Refusals say whom they are about and which way is open, and nothing that is untrue where they are raised."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.lodging import AppealSubjectNotAllowed
from portfolio.domain.appeal.panel import PanelMemberAble, PanelMemberAlready, PanelNotIndependent
from portfolio.domain.appeal.state import AppealNotWaiting
from portfolio.domain.appeal.withdrawing import AppealAlreadyDecided
from portfolio.domain.assessment.assessor import (
    AssessorNotAuthorised,
    AssessorNotStandardised,
    RemarkerNotDifferent,
)
from portfolio.domain.assessment.decisions import DecisionAlreadySuperseded, DecisionFixed
from portfolio.domain.assessment.findings import FindingFixedByDecision
from portfolio.domain.enrolment.refusals import AssessorConflicted, ScrutinyRouteNotAllowed, SecondPersonNotFree
from portfolio.domain.evidence.refusals import EvidenceAlreadySubmitted, EvidenceNotSubmitted
from portfolio.domain.kernel import Rejected
from tests.api.conftest import Tell
from tests.api.scrutiny import ASSIGNMENTS, ROUTES, at_the_centre, route, waiting
from tests.api.test_barring import ACCOUNT, failed_and_opened_again, set_aside
from tests.api.test_holds import REFUSAL, VOIDING, setting_aside
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, with_second_assessor
from tests.api.world import (
    DECLARED,
    TODAY,
    TOMORROW,
    World,
    appeal,
    assign,
    decides,
    decision,
    finding,
    refused,
)

ATTEMPTS = "/assessments"


def detail(answer: TestResponse, refusal: type[Rejected]) -> str:
    return str(refused(answer, refusal)["detail"])


def opening(world: World) -> dict[str, Any]:
    return {"enrolment_id": world["enrolment"], "component": "C1"}


def interested(world: World, name: str) -> None:
    world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": "personal"})


# --- a conflict ---


def test_a_centres_own_assessor_who_coached_is_told_that_a_scrutiny_route_is_open(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    said = detail(world.as_("admin").post(ASSIGNMENTS, assign(world, "cora", "assessor")), AssessorConflicted)
    assert said.startswith("Cora coached this apprentice: assign another; or, for components that the centre marks,")
    world.as_("responsible").does(ROUTES, route(world))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    world.as_("admin").does("/people/{cora}/roles", {"role": "assessor"})
    said = detail(world.as_("cora").post(ATTEMPTS, opening(world)), AssessorConflicted)
    assert "scrutiny route" not in said  # who is the organisation's too may go by none


def test_who_coaches_after_they_were_assigned_is_told_that_a_scrutiny_route_is_open(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    world.as_("admin").does("/people/{ada}/roles", {"role": "coach"})
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "coach"))
    said = detail(world.as_("ada").post(ATTEMPTS, opening(world)), AssessorConflicted)
    assert said.startswith("You have an interest in this apprentice, or ever taught, coached or employed them: another")
    assert "or you, where the centre marks, once a responsible officer has recorded a scrutiny route" in said
    world.as_("responsible").does(ROUTES, route(world, assessor=world["ada"]))
    world.as_("ada").does(ATTEMPTS, opening(world))


def test_an_assessor_of_the_organisation_is_told_that_another_one_is_to_be_assigned(tell: Tell) -> None:
    world = tell("found")
    interested(world, "assessor")
    findings = {"findings": [finding(world, "S11")]}
    for path, body in (
        ("/assessments/{attempt}/findings", findings),
        ("/evidence/{evidence}/acceptance", {"version": 1}),
        ("/evidence/{evidence}/return", {"version": 1, "reason": "Too dark."}),
    ):
        said = detail(world.as_("assessor").post(path, body), AssessorConflicted)
        assert said.endswith("another assessor does it, whom an administrator assigns."), path


def test_who_is_to_be_assigned_is_named(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/people/{employer}/roles", {"role": "assessor"})
    said = detail(world.as_("admin").post(ASSIGNMENTS, assign(world, "employer", "assessor")), AssessorConflicted)
    assert said.startswith("Employer has an interest in this apprentice, or ever taught, coached or employed them: ")


def test_a_lead_with_an_interest_who_would_close_is_told_who_closes(tell: Tell) -> None:
    world = tell("found")
    interested(world, "lead")
    said = detail(world.as_("lead").post("/assessments/{attempt}/closing", {"reason": "No."}), AssessorConflicted)
    assert said.endswith("another responsible officer or lead assessor closes the attempt.")


def test_why_no_scrutiny_route_is_open_names_the_assessor(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    responsible = world.as_("responsible")
    said = detail(responsible.post(ROUTES, route(world, assessor=world["ada"])), ScrutinyRouteNotAllowed)
    assert said == "Ada is free of the apprentice and needs none."
    said = detail(responsible.post(ROUTES, route(world, component="C2")), ScrutinyRouteNotAllowed)
    assert said.startswith("The centre does not mark this component: ")
    interested(world, "ada")
    said = detail(responsible.post(ROUTES, route(world, assessor=world["ada"])), ScrutinyRouteNotAllowed)
    assert said.startswith("Ada is not the centre's own assessor whose one tie is having coached: ")


def test_a_second_person_who_is_not_free_is_named_with_who_names_another(tell: Tell) -> None:
    world = waiting(tell("approved"))
    interested(world, "second")
    body = {"decision_id": world["decision"]}
    for answer in (
        world.as_("second").post("/assessments/{attempt}/confirmations", body),
        world.as_("responsible").post(ROUTES, route(world)),
    ):
        said = detail(answer, SecondPersonNotFree)
        assert said.startswith("Second has an interest in the apprentice, ")
        assert said.endswith(": a responsible officer names another second person.")


# --- who assesses ---


def release(world: World, name: str) -> None:
    world.now += timedelta(days=1)
    leaves = {"person_id": world[name], "assignment": "assessor", "ends_on": TOMORROW, "reason": "On leave."}
    world.as_("admin").does("/enrolments/{enrolment}/releases", leaves)


def test_who_is_not_assigned_any_more_is_told_so_and_who_does_it(tell: Tell) -> None:
    world = tell("found")
    release(world, "assessor")
    findings = {"findings": [finding(world, "S11")]}
    said = detail(world.as_("assessor").post("/assessments/{attempt}/findings", findings), AssessorNotAuthorised)
    assert said.startswith("You are not assigned to this component of this apprentice now: another assessor does it")


def test_who_may_not_decide_again_is_told_who_does(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    body = supersession(world)
    release(world, "second")
    said = detail(world.as_("second").post(SUPERSESSIONS, body), AssessorNotAuthorised)
    assert said.startswith("You are neither assigned to this component now, in the role that marks it, nor a lead")
    assert said.endswith("the lead assessor, who is free and standardised decides again.")
    said = detail(world.as_("lead").post(SUPERSESSIONS, body), AssessorNotStandardised)
    assert said.startswith("You are not standardised on the criteria of this attempt: an administrator or a lead")
    interested(world, "second")
    world.as_("admin").does("/people/{second}/roles", {"role": "lead assessor"})
    said = detail(world.as_("second").post(SUPERSESSIONS, body), AssessorConflicted)
    assert said.endswith("the lead assessor, who is free and standardised decides again.")


def test_who_is_assigned_without_the_role_that_marks_is_not_told_that_they_are_not_assigned(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "second", "assessor"))
    said = detail(world.as_("second").post(ATTEMPTS, opening(world)), AssessorNotAuthorised)
    assert said.startswith("You do not hold the role centre assessor now, which marks this component: ")


def test_who_is_barred_is_told_that_another_assessor_judges(tell: Tell) -> None:
    world = failed_and_opened_again(tell("found"))
    world.as_("responsible").does(VOIDING, set_aside(world, account=ACCOUNT))
    findings = {"findings": [finding(world, "S11")]}
    said = detail(world.as_("assessor").post("/assessments/{again}/findings", findings), RemarkerNotDifferent)
    assert said == (
        "You took part in a decision on this component that was set aside: another assessor does it, whom an "
        "administrator assigns."
    )


# --- what became of a decision ---


def test_what_is_decided_says_what_became_of_the_decision_and_what_is_open(tell: Tell) -> None:
    def said(world: World) -> set[str]:
        assessor, findings = world.as_("assessor"), {"findings": [finding(world, "S11")]}
        return {
            detail(assessor.post("/assessments/{attempt}/decisions", decision(world)), DecisionFixed),
            detail(assessor.post("/assessments/{attempt}/findings", findings), FindingFixedByDecision),
            detail(world.as_("lead").post("/assessments/{attempt}/closing", {"reason": "No."}), DecisionFixed),
        }

    world = tell("decided")
    assert said(world) == {
        "It is decided, and a decision is never changed: another assessor may supersede it, or a responsible officer "
        "set it aside, with a reason."
    }
    world.as_("responsible").does(VOIDING, setting_aside(world))
    assert said(world) == {"Its decision was set aside: what is to be judged is judged in another attempt."}
    again = world.as_("responsible").post(VOIDING, setting_aside(world))
    assert detail(again, DecisionAlreadySuperseded).startswith("It was set aside: what is to be judged")


def test_a_decision_that_another_took_the_place_of_says_so(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    world.as_("second").does(SUPERSESSIONS, supersession(world))
    again = world.as_("responsible").post(VOIDING, setting_aside(world))
    assert detail(again, DecisionAlreadySuperseded) == "Another decision stands in its place: name that one."
    late = world.as_("mia").post("/appeals", appeal(world))
    assert detail(late, AppealSubjectNotAllowed) == "Another decision stands in its place: appeal against that one."


def test_a_decision_that_waits_says_for_whom_and_what_is_open(tell: Tell) -> None:
    world = waiting(tell("approved"))
    ground = {"ground": "procedure", "statement": "Nobody came.", "items": [world["attempt"]]}
    early = world.as_("mia").post("/appeals", {**appeal_against(world), "grounds": [ground]})
    assert detail(early, AppealSubjectNotAllowed).startswith("It does not count yet: it can be appealed once")
    findings = {"findings": [finding(world, "S11")]}
    said = detail(world.as_("cora").post("/assessments/{attempt}/findings", findings), FindingFixedByDecision)
    assert said.startswith(
        "Its decision waits for the second person of its scrutiny route, who confirms or declines it"
    )
    declining = {"decision_id": world["decision"], "reason": "I saw it otherwise."}
    world.as_("second").does("/assessments/{attempt}/declinations", declining)
    late = world.as_("mia").post("/appeals", {**appeal_against(world), "grounds": [ground]})
    assert detail(late, AppealSubjectNotAllowed).startswith("It never counted, as its second person declined it: ")
    voided = world.as_("responsible").post(VOIDING, setting_aside(world))
    assert detail(voided, DecisionAlreadySuperseded).startswith("Its second person declined it: another assessor")


def appeal_against(world: World) -> dict[str, Any]:
    subject = {"type": "decision", "assessment_id": world["attempt"], "decision_id": world["decision"]}
    return {"subject": subject}


def test_a_decision_that_an_appeal_set_aside_says_so_to_who_appeals_again(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    world.reads.settle()
    said = detail(world.as_("mia").post("/appeals", appeal(world)), AppealSubjectNotAllowed)
    assert said.startswith("An appeal was upheld against it and it was set aside: what is to be judged is judged in a")


# --- an appeal ---


STEPS = {
    "lodged": "It waits for an appeals officer, who admits it or says why not.",
    "admitted": "It was admitted and waits for an appeals officer, who convenes its panel.",
    "convened": "It is with its panel, which gives the outcome.",
}


@pytest.mark.parametrize("stage", STEPS)
def test_an_appeal_that_does_not_wait_for_a_step_says_what_it_waits_for(tell: Tell, stage: str) -> None:
    world = tell(stage)
    asked = world.as_("mia").post("/appeals/{appeal}/second-look", {"statement": "Now."})
    assert detail(asked, AppealNotWaiting) == STEPS[stage]


def test_an_appeal_that_is_over_says_how(tell: Tell) -> None:
    world = tell("lodged")
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert detail(world.as_("mia").post("/appeals/{appeal}/withdrawal"), AppealAlreadyDecided) == "It was withdrawn."
    world = tell("lodged")
    world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    said = detail(world.as_("mia").post("/appeals/{appeal}/withdrawal"), AppealAlreadyDecided)
    assert said == "It was not admitted; the appellant can ask once for a second look."
    world.as_("mia").does("/appeals/{appeal}/second-look", {"statement": "It was posted in time."})
    world.as_("responsible").does("/appeals/{appeal}/second-look/refusal", REFUSAL)
    said = detail(world.as_("mia").post("/appeals/{appeal}/withdrawal"), AppealAlreadyDecided)
    assert said == "It was not admitted, at a second look either."


def test_an_officer_who_is_not_free_is_told_who_does_it_where_there_is_no_other(tell: Tell) -> None:
    world = tell("lodged")
    interested(world, "officer")
    said = detail(world.as_("officer").post("/appeals/{appeal}/admission"), OfficerNotFree)
    assert said.startswith("You took part in the matter or had a part in the enrolment, or have an interest in the ")
    assert said.endswith("Where none is free, an administrator grants somebody else that role.")


def test_members_of_a_panel_are_named(tell: Tell) -> None:
    world = tell("convened")
    officer, replaced = world.as_("officer"), "/appeals/{appeal}/panel/replacements"
    able = {"member": world["chair"], "replacement": world["third"], "reason": "He asks too much."}
    assert detail(officer.post(replaced, able), PanelMemberAble).startswith("Chair is able to hear the appeal")
    nobody = {**able, "member": world["third"]}
    assert detail(officer.post(replaced, nobody), PanelMemberAble).startswith("Nobody is replaced who is not on the")
    world.as_("chair").does("/appeals/{appeal}/panel/recusals", {"reason": "I know her."})
    already = {**able, "replacement": world["member"]}
    assert detail(officer.post(replaced, already), PanelMemberAlready).startswith("Member is on the panel already: ")


def test_a_panel_without_an_independent_member_says_who_may_be_one(tell: Tell) -> None:
    world = tell("admitted")
    admin = world.as_("admin")
    admin.does("/people", {"name": "Ines", "works_for": "employer"}, name="ines")
    admin.does("/people/{ines}/roles", {"role": "panel member"})
    admin.does("/people/{ines}/competences", {"kind": "appeals panel", "occurred_on": TODAY})
    panel = {"members": [world["ines"], world["member"]]}
    said = detail(world.as_("officer").post("/appeals/{appeal}/panel", panel), PanelNotIndependent)
    assert "Ines" in said
    assert "Member" in said
    assert said.endswith("and never held another role than panel member.")


# --- evidence ---


def test_a_version_says_where_it_stands_to_who_hands_it_in_again_or_answers_again(tell: Tell) -> None:
    world = tell("sealed")
    mia, submission = world.as_("mia"), {"version": 1, "declaration": DECLARED}
    mia.does("/evidence/{evidence}/discard", {"version": 1})
    said = detail(mia.post("/evidence/{evidence}/submission", submission), EvidenceAlreadySubmitted)
    assert said == "It was discarded as a draft: hand in a new version."
    world = tell("submitted")
    mia, assessor = world.as_("mia"), world.as_("assessor")
    said = detail(mia.post("/evidence/{evidence}/submission", submission), EvidenceAlreadySubmitted)
    assert said == "It is handed in and waits for an answer."
    assessor.does("/evidence/{evidence}/acceptance", {"version": 1})
    said = detail(assessor.post("/evidence/{evidence}/acceptance", {"version": 1}), EvidenceNotSubmitted)
    assert said == "Only a version that waits is accepted. It was handed in and accepted."
