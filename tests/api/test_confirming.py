"""Confirming over HTTP: not what somebody decided who is barred by now, or has another tie than having coached."""

from uuid import UUID

from portfolio.domain.assessment.assessor import RemarkerNotDifferent
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.interests import OfficerConflicted
from tests.api.conftest import Tell
from tests.api.scrutiny import (
    CONFIRMATIONS,
    DECISIONS,
    DECLINATIONS,
    ROUTES,
    at_the_centre,
    decision,
    judged,
    route,
    routed,
    waiting,
)
from tests.api.story import admitted, convened
from tests.api.world import YESTERDAY, World, assign, decides, finding, refused, upload
from tests.infra.vault import files


def declares(world: World, name: str, *interests: str) -> None:
    for interest in interests:
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": interest})


def registered(world: World, name: str, works_for: str, *roles: str) -> None:
    admin = world.as_("admin")
    admin.does("/people", {"name": name.capitalize(), "works_for": works_for}, name=name)
    for role in roles:
        admin.does(f"/people/{{{name}}}/roles", {"role": role})


def test_a_decision_whose_decider_declared_another_interest_meanwhile_is_not_confirmed(tell: Tell) -> None:
    world = waiting(tell("approved"))
    declares(world, "cora", "personal")
    answer = world.as_("second").post(CONFIRMATIONS, {"decision_id": world["decision"]})
    assert "decline it" in refused(answer, AssessorConflicted)["detail"]
    world.as_("second").does(DECLINATIONS, {"decision_id": world["decision"], "reason": "She has an interest."})


def test_a_decision_whose_decider_is_barred_meanwhile_is_not_confirmed(tell: Tell) -> None:
    world = routed(tell("approved"))
    registered(world, "bo", "assessment organisation", "assessor")
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{bo}/competences", standardised)
    declares(world, "bo", "none")
    failed = {"findings": [finding(world, "S11", judgement="not met")]}
    world.as_("cora").does("/assessments/{attempt}/findings", failed)
    first = world.as_("cora").does(DECISIONS, {**decision(world, "cora"), "grade": "fail"})
    world.as_("second").does(CONFIRMATIONS, first := {"decision_id": first["decision_id"]})
    failed_attempt = world.ids.pop("attempt")
    waits = judged(world, "cora").as_("cora").does(DECISIONS, decision(world, "cora"))["decision_id"]
    resit, world.ids["attempt"] = world["attempt"], failed_attempt
    upload(world, "evidence", files.pdf((595, 842)))
    ground = {"ground": "procedure", "statement": "Nobody watched me.", "items": [str(failed_attempt)]}
    subject = {"type": "decision", "assessment_id": str(failed_attempt), **first}
    world.as_("mia").does("/appeals", {"subject": subject, "grounds": [ground]}, name="appeal")
    for name in ("officer", "chair", "member"):
        declares(world, name, "none")
    admitted(world)
    convened(world)
    decides(world)
    world.reads.settle()
    world.ids["attempt"] = resit
    world.as_("responsible").does(ROUTES, route(world, second_person=world["bo"]))
    answer = world.as_("bo").post(CONFIRMATIONS, {"decision_id": waits})
    assert "decline it" in refused(answer, RemarkerNotDifferent)["detail"]
    world.as_("bo").does(DECLINATIONS, {"decision_id": waits, "reason": "Another assessor judges it."})
    assert UUID(waits) not in [
        each["decision_id"]
        for each in world.as_("mia").sees("/assessments/{attempt}")["decisions"]
        if each["status"] == "in effect"
    ]


def test_an_interest_that_was_taken_back_and_confirmed_closes_no_scrutiny_route(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    declares(world, "cora", "personal", "none")
    confirm = {"apprentice": world["mia"], "reason": "The wrong line was ticked."}
    world.as_("responsible").does("/people/{cora}/interests/confirmation", confirm)
    declares(world, "cora", "coached")
    world.as_("responsible").does(ROUTES, route(world))


def test_a_responsible_officer_who_coaches_the_apprentice_confirms_nobody_s_correction(tell: Tell) -> None:
    world = tell("enrolled")
    registered(world, "rory", "centre", "responsible officer", "coach")
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "rory", "coach"))
    declares(world, "rory", "none")
    declares(world, "assessor", "personal", "none")
    confirm = {"apprentice": world["mia"], "reason": "I know them both."}
    refused(world.as_("rory").post("/people/{assessor}/interests/confirmation", confirm), OfficerConflicted)
