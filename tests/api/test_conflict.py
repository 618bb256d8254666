"""Conflict is about two people: a tie recorded on one enrolment bars on every other of the same apprentice."""

from portfolio.domain.appeal.panel import PanelConflicted
from portfolio.domain.enrolment.refusals import AssessorConflicted
from tests.api.conftest import Tell
from tests.api.world import PLAN_TEXT, TODAY, World, assign, component, criteria, decision, enrolment, finding, refused

ASSIGNMENTS = "/enrolments/{enrolment}/assignments"


def enrolled_on_another_standard(world: World) -> None:
    """Mia is enrolled on another standard as well, ``elsewhere``, with a form and criteria of its own."""
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/plans", {"text": PLAN_TEXT.replace("ST1297", "ST1298")}, name="other plan")
    admin.does("/criteria", criteria(world, plan_id=world["other plan"]), name="other criteria")
    lead.does("/criteria/{other criteria}/approval")
    body = {"plan_id": world["other plan"], "title": "LET-F2", "routes": ["LET"]}
    admin.does("/forms", body, name="other form")
    for key in ("C1", "C2"):
        part = component(world, key, criteria_id=world["other criteria"])
        admin.does("/forms/{other form}/components", {"component": part})
    lead.does("/forms/{other form}/approval")
    body = enrolment(world, plan_id=world["other plan"], form_id=world["other form"], starts_on=TODAY)
    admin.does("/enrolments", body, name="elsewhere")


def coaches_elsewhere(world: World, name: str) -> None:
    """A person is Mia's coach on her other enrolment."""
    if name != "coach":
        world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": "coach"})
    world.as_("admin").does("/enrolments/{elsewhere}/assignments", assign(world, name, "coach"))


def test_who_coached_the_apprentice_on_another_enrolment_is_not_assigned_as_assessor(tell: Tell) -> None:
    world = tell("enrolled")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "second")
    refused(world.as_("admin").post(ASSIGNMENTS, assign(world, "second", "assessor")), AssessorConflicted)


def test_a_tie_that_ended_on_another_enrolment_bars_as_well(tell: Tell) -> None:
    world = tell("enrolled")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "second")
    release = {"person_id": world["second"], "assignment": "coach", "ends_on": TODAY, "reason": "Moved on."}
    world.as_("admin").does("/enrolments/{elsewhere}/releases", release)
    refused(world.as_("admin").post(ASSIGNMENTS, assign(world, "second", "assessor")), AssessorConflicted)


def test_an_assessor_who_became_the_coach_on_another_enrolment_neither_finds_nor_decides(tell: Tell) -> None:
    world = tell("found")
    enrolled_on_another_standard(world)
    body = decision(world)
    coaches_elsewhere(world, "assessor")
    assessor, findings = world.as_("assessor"), {"findings": [finding(world, "S11")]}
    refused(assessor.post("/assessments/{attempt}/findings", findings), AssessorConflicted)
    refused(assessor.post("/assessments/{attempt}/decisions", body), AssessorConflicted)


def test_who_coached_the_apprentice_on_another_enrolment_hears_no_appeal(tell: Tell) -> None:
    world = tell("admitted")
    enrolled_on_another_standard(world)
    coaches_elsewhere(world, "member")
    panel = {"members": [world["chair"], world["member"]]}
    problem = refused(world.as_("officer").post("/appeals/{appeal}/panel", panel), PanelConflicted)
    assert problem["members"] == [str(world["member"])]
