"""Criteria and forms over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from portfolio.domain.criteria import (
    ApproverIsDrafter,
    CriteriaNotApproved,
    CriteriaUnknown,
    GradeRulesIncomplete,
    GradeRulesMissing,
    GradeRulesNotYours,
    GradeRulesSaid,
    PredecessorFixed,
    PredecessorNotInPlan,
)
from portfolio.domain.form import (
    ComponentIncomplete,
    ComponentRepeated,
    FormUnknown,
    MandatoryCodeUncovered,
    MethodNotInPlan,
    ObservationMissing,
    OutcomeNotInRoute,
    OutcomeUncovered,
    RouteUnknown,
    VersionInUse,
)
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from portfolio.domain.plan import PlanNotApproved, PlanUnknown
from tests.api.conftest import Tell
from tests.api.world import CODES, GRADE_RULES, PLAN_TEXT, World, component, criteria, refused


def with_form(tell: Tell, text: str = PLAN_TEXT) -> World:
    """Return a world with a plan, approved criteria and a form without components."""
    world = tell("people")
    admin = world.as_("admin")
    admin.does("/plans", {"text": text}, name="plan")
    admin.does("/criteria", criteria(world), name="criteria")
    world.as_("lead").does("/criteria/{criteria}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F1", "routes": ["LET"]}, name="form")
    return world


def add(world: World, key: str, **fields: Any) -> None:
    world.as_("admin").does("/forms/{form}/components", {"component": component(world, key, **fields)})


def test_criteria_are_written_once_and_approved(tell: Tell) -> None:
    world = tell("planned")
    answer = world.as_("stranger").sees("/criteria/{criteria}")
    assert len(answer.pop("sha256")) == 64
    assert answer == {
        "criteria_id": str(world["criteria"]),
        "plan_id": str(world["plan"]),
        "title": "Criteria",
        "version": "1",
        "scale": ["fail", "pass", "distinction"],
        "criteria": [{"key": "1.1", "text": "Knows.", "category": "Applied Knowledge", "level": "Pass"}],
        "grade_rules": GRADE_RULES,
        "every_code_met": {"fail": "no", "pass": "yes", "distinction": "yes"},
        "approved": True,
        "follows": None,
    }


def test_who_drafted_criteria_says_before_their_approval_which_grades_need_every_code(tell: Tell) -> None:
    world = tell("planned")
    admin, responsible = world.as_("admin"), world.as_("responsible")
    admin.does("/criteria", criteria(world, grade_rules=[]), name="silent")
    refused(responsible.post("/criteria/{silent}/approval"), GradeRulesMissing)
    admin.does("/criteria/{silent}/grade-rules", {"grade_rules": GRADE_RULES})
    responsible.does("/criteria/{silent}/approval")


def test_the_responsible_officer_says_once_for_which_grades_every_code_must_be_met(tell: Tell) -> None:
    world = tell("planned")
    world.as_("admin").does("/criteria", criteria(world, grade_rules=[]), name="older")
    assert world.as_("stranger").sees("/criteria/{older}")["grade_rules"] == []
    rules, responsible = {"grade_rules": GRADE_RULES}, world.as_("responsible")
    refused(world.as_("lead").post("/criteria/{older}/grade-rules", rules), GradeRulesNotYours)
    refused(world.as_("assessor").post("/criteria/{older}/grade-rules", rules), NotPermitted)
    refused(world.as_("lead").post("/criteria/{older}/approval"), GradeRulesMissing)
    problem = refused(
        responsible.post("/criteria/{older}/grade-rules", {"grade_rules": GRADE_RULES[1:]}), GradeRulesIncomplete
    )
    assert problem["grades"] == ["fail", "pass", "distinction"]
    responsible.does("/criteria/{older}/grade-rules", rules)
    assert responsible.sees("/criteria/{older}")["grade_rules"] == GRADE_RULES
    refused(responsible.post("/criteria/{older}/grade-rules", rules), GradeRulesSaid)
    refused(responsible.post("/criteria/{older}/approval"), ApproverIsDrafter)
    world.as_("lead").does("/criteria/{older}/approval")
    refused(responsible.post("/criteria/{criteria}/grade-rules", rules), GradeRulesSaid)


def test_criteria_traced_to_no_descriptor_are_not_approved(tell: Tell) -> None:
    world = tell("planned")
    line = {"key": "9", "text": "Is nice.", "category": "Niceness", "level": "Pass"}
    world.as_("admin").does("/criteria", criteria(world, criteria=[line]), name="loose")
    problem = refused(world.as_("lead").post("/criteria/{loose}/approval"), CriteriaNotApproved)
    assert problem["untraced"] == ["9"]


def test_a_draft_names_the_version_it_follows(tell: Tell) -> None:
    world = with_form(tell)
    admin = world.as_("admin")
    admin.does("/criteria", criteria(world, version="2", follows=world["criteria"]), name="newer")
    assert world.as_("mia").sees("/criteria/{newer}")["follows"] == str(world["criteria"])
    for stray in (uuid4(), world["plan"]):
        refused(admin.post("/criteria", criteria(world, follows=stray)), PredecessorNotInPlan)


def test_nobody_approves_criteria_or_a_form_that_they_drafted(tell: Tell) -> None:
    world = tell("planned")
    lead, admin = world.as_("lead"), world.as_("admin")
    lead.does("/criteria", criteria(world, version="2"), name="own")
    problem = refused(lead.post("/criteria/{own}/approval"), ApproverIsDrafter)
    assert "another lead assessor or a responsible officer" in problem["title"]
    world.as_("responsible").does("/criteria/{own}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="second form")
    for who, key in ((admin, "C1"), (lead, "C2")):
        who.does("/forms/{second form}/components", {"component": component(world, key)})
    refused(lead.post("/forms/{second form}/approval"), ApproverIsDrafter)
    world.as_("responsible").does("/forms/{second form}/approval")


def test_the_responsible_officer_records_once_which_version_approved_criteria_follow(tell: Tell) -> None:
    world = with_form(tell)
    admin, responsible, path = world.as_("admin"), world.as_("responsible"), "/criteria/{newer}/predecessor"
    admin.does("/criteria", criteria(world, version="2"), name="newer")
    body = {"follows": world["criteria"], "reason": "It was written in its place."}
    refused(responsible.post(path, body), CriteriaNotApproved)
    world.as_("lead").does("/criteria/{newer}/approval")
    for other in ("admin", "lead", "assessor"):
        refused(world.as_(other).post(path, body), NotPermitted)
    refused(responsible.post(path, {**body, "follows": world["newer"]}), PredecessorNotInPlan)
    refused(responsible.post(path, {**body, "follows": uuid4()}), PredecessorNotInPlan)
    responsible.does(path, body)
    assert world.as_("mia").sees("/criteria/{newer}")["follows"] == str(world["criteria"])
    refused(responsible.post(path, body), PredecessorFixed)
    back = {"follows": world["newer"], "reason": "Round about."}
    refused(responsible.post("/criteria/{criteria}/predecessor", back), PredecessorNotInPlan)


def test_criteria_that_are_not_there_are_not_found(tell: Tell) -> None:
    world = tell("planned")
    refused(world.as_("lead").post("/criteria/{form}/approval"), CriteriaUnknown)
    refused(world.as_("lead").get("/criteria/{form}"), NotVisible)
    refused(world.as_("mia").post("/criteria", criteria(world)), NotPermitted)


def test_a_form_is_approved_with_the_proof_of_its_coverage(tell: Tell) -> None:
    world = tell("planned")
    lead = world.as_("lead")
    assert lead.sees("/forms/{form}")["proof"] is None
    before = lead.sees("/forms/{form}/coverage")
    assert (before["uncovered_codes"], before["uncovered_outcomes"], before["missing_methods"]) == ([], [], [])
    assert before["proof_holds"] is False
    lead.does("/forms/{form}/approval")
    answer, after = lead.sees("/forms/{form}"), lead.sees("/forms/{form}/coverage")
    (route,) = after["routes"]
    assert (route["route"], len(route["codes"])) == ("LET", 48)
    assert {"code": "S11", "components": ["C1"]} in route["codes"]
    assert after["proof_holds"] is True
    assert answer["proof"]["routes"][0]["codes"][0] == ["K1", ["C2"]]
    assert answer["components"][0]["codes"] == ["S11", "S12"]


def test_coverage_says_what_is_left_out(tell: Tell) -> None:
    world = with_form(tell)
    add(world, "C2", codes=["K1", "S11"])
    body = world.as_("lead").sees("/forms/{form}/coverage")
    assert len(body["uncovered_codes"]) == 46
    assert body["uncovered_outcomes"] == ["AO2", "AO3", "AO4", "LET AO7", "LET AO8"]
    assert body["missing_methods"] == ["1 observation"]


def test_an_approved_form_does_not_change(tell: Tell) -> None:
    world = tell("approved")
    refused(world.as_("lead").post("/forms/{form}/approval"), VersionInUse)
    refused(world.as_("admin").post("/forms/{form}/components", {"component": component(world, "C3")}), VersionInUse)


BAD_COMPONENTS: dict[type[Rejected], dict[str, Any]] = {
    ComponentRepeated: {"key": "C1"},
    MethodNotInPlan: {"method": "written exam"},
    OutcomeNotInRoute: {"codes": ["K26"]},
}


@pytest.mark.parametrize("refusal", BAD_COMPONENTS)
def test_a_component_the_plan_does_not_allow_is_refused(tell: Tell, refusal: type[Rejected]) -> None:
    world = tell("planned")
    body = {"component": {**component(world, "C3"), **BAD_COMPONENTS[refusal]}}
    refused(world.as_("admin").post("/forms/{form}/components", body), refusal)


def test_a_form_for_a_route_or_plan_that_is_not_there_is_refused(tell: Tell) -> None:
    world = with_form(tell)
    admin = world.as_("admin")
    body = {"plan_id": world["plan"], "title": "F", "routes": ["XYZ"]}
    assert refused(admin.post("/forms", body), RouteUnknown)["routes"] == ["XYZ"]
    refused(admin.post("/forms", {**body, "plan_id": uuid4()}), PlanUnknown)
    refused(admin.post("/forms", {**body, "plan_id": world["mia"]}), PlanUnknown)


def test_a_form_that_is_not_there_is_not_found(tell: Tell) -> None:
    world = with_form(tell)
    lead = world.as_("lead")
    refused(lead.get(f"/forms/{uuid4()}"), NotVisible)
    refused(lead.get("/forms/{plan}/coverage"), NotVisible)
    refused(lead.post(f"/forms/{uuid4()}/approval"), FormUnknown)
    refused(world.as_("admin").post("/forms/{plan}/components", {"component": component(world, "C1")}), FormUnknown)
    refused(world.as_("mia").post("/forms/{form}/approval"), NotPermitted)


def test_a_form_without_the_required_observation_is_not_approved(tell: Tell) -> None:
    world = with_form(tell)
    add(world, "C1", method="additional observations")
    add(world, "C2")
    problem = refused(world.as_("lead").post("/forms/{form}/approval"), ObservationMissing)
    assert problem["methods"] == ["1 observation"]


def test_a_form_whose_component_states_too_little_is_not_approved(tell: Tell) -> None:
    world = with_form(tell)
    add(world, "C1", marker=None, maximum_attempts=None)
    add(world, "C2")
    problem = refused(world.as_("lead").post("/forms/{form}/approval"), ComponentIncomplete)
    assert problem["missing"] == ["C1: marker", "C1: maximum_attempts"]


def test_a_form_on_criteria_that_are_not_approved_is_not_approved(tell: Tell) -> None:
    world = with_form(tell)
    world.as_("admin").does("/criteria", criteria(world, version="2"), name="criteria")
    add(world, "C1")
    add(world, "C2")
    assert refused(world.as_("lead").post("/forms/{form}/approval"), CriteriaNotApproved)["components"] == ["C1", "C2"]


def test_criteria_that_are_another_kind_of_record_are_no_criteria(tell: Tell) -> None:
    world = with_form(tell)
    add(world, "C1", criteria_id=world["lead"])
    add(world, "C2")
    assert refused(world.as_("lead").post("/forms/{form}/approval"), CriteriaNotApproved)["components"] == ["C1"]


def test_a_form_that_leaves_a_mandatory_code_out_is_not_approved(tell: Tell) -> None:
    world = with_form(tell)
    add(world, "C1", codes=["S11"])
    add(world, "C2", codes=CODES["C2"][1:])
    assert refused(world.as_("lead").post("/forms/{form}/approval"), MandatoryCodeUncovered)["codes"] == ["K1", "S12"]


def test_a_form_that_leaves_an_outcome_out_is_not_approved(tell: Tell) -> None:
    row = "<p><b>K22 , K25</b></p> <p><b>S18, S21</b></p>"
    assert row in PLAN_TEXT
    world = with_form(tell, PLAN_TEXT.replace(row, "<p>K22 , K25</p> <p>S18, S21</p>"))
    add(world, "C1")
    add(world, "C2", codes=[code for code in CODES["C2"] if code not in ("K22", "K25", "S18", "S21")])
    assert refused(world.as_("lead").post("/forms/{form}/approval"), OutcomeUncovered)["outcomes"] == ["LET AO8"]


def test_no_live_form_rests_on_the_draft_plan(live: World) -> None:
    answer = live.as_("lead").post("/forms/{form}/approval")
    refused(answer, PlanNotApproved)
    assert "X-Deployment" not in answer.headers
    assert live.as_("lead").sees("/plans/ST1297/V2")["demo"] is False


def test_criteria_that_do_not_say_for_which_grades_every_code_must_be_met_read_not_said(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/criteria", criteria(world, version="2", grade_rules=[]), name="silent")
    silent = world.as_("mia").sees("/criteria/{silent}")["every_code_met"]
    assert silent == {"fail": "not said", "pass": "not said", "distinction": "not said"}
    assert world.as_("mia").sees("/criteria/{criteria}")["every_code_met"]["fail"] == "no"
