"""Scrutiny routes over HTTP: a centre's assessor who coached decides, a second, free person confirms (INTEREST-2)."""

import pytest

from portfolio.domain.appeal.lodging import AppealSubjectNotAllowed
from portfolio.domain.assessment.assessor import AssessorDeclined
from portfolio.domain.assessment.confirming import DecisionDoesNotWait
from portfolio.domain.assessment.decisions import DecisionFixed, DecisionWaits
from portfolio.domain.assessment.findings import FindingFixedByDecision
from portfolio.domain.assessment.limits import AttemptNotAllowed
from portfolio.domain.enrolment.refusals import (
    AssessorConflicted,
    FormNotForRoute,
    ScrutinyRouteNotAllowed,
    ScrutinyRouteNotOwn,
    SecondPersonNotFree,
)
from portfolio.domain.kernel import NotPermitted, Rejected
from portfolio.domain.person import PersonUnknown
from tests.api.conftest import Tell
from tests.api.scrutiny import (
    ASSIGNMENTS,
    CONFIRMATIONS,
    DECISIONS,
    DECLINATIONS,
    ROUTES,
    at_the_centre,
    decision,
    judged,
    last_decision,
    route,
    routed,
    waiting,
)
from tests.api.world import (
    CODES,
    appeal,
    assign,
    finding,
    observation,
    refused,
    upload,
)


def test_a_centre_assessor_who_coached_is_assigned_only_by_a_scrutiny_route_and_for_its_component(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    admin, of_c1 = world.as_("admin"), assign(world, "cora", "assessor", components=["C1"])
    refused(admin.post(ASSIGNMENTS, of_c1), AssessorConflicted)
    world.as_("responsible").does(ROUTES, route(world))
    refused(admin.post(ASSIGNMENTS, assign(world, "cora", "assessor")), AssessorConflicted)
    refused(admin.post(ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1", "C2"])), AssessorConflicted)
    admin.does(ASSIGNMENTS, of_c1)


def test_only_a_responsible_officer_who_is_neither_of_the_two_records_a_scrutiny_route(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    for name in ("admin", "lead", "cora", "mia"):
        refused(world.as_(name).post(ROUTES, route(world)), NotPermitted)
    world.as_("admin").does("/people/{second}/roles", {"role": "responsible officer"})
    refused(world.as_("second").post(ROUTES, route(world)), ScrutinyRouteNotOwn)


WRONG_ROUTES: list[tuple[type[Rejected], dict[str, str]]] = [
    (ScrutinyRouteNotAllowed, {"component": "C2"}),
    (ScrutinyRouteNotAllowed, {"component": "C9"}),
    (ScrutinyRouteNotAllowed, {"assessor": "ada"}),
    (ScrutinyRouteNotAllowed, {"assessor": "coach"}),
    (SecondPersonNotFree, {"second_person": "cora"}),
    (SecondPersonNotFree, {"second_person": "employer"}),
    (SecondPersonNotFree, {"second_person": "lead"}),
    (SecondPersonNotFree, {"second_person": "chair"}),
    (PersonUnknown, {"second_person": "plan"}),
    (PersonUnknown, {"assessor": "plan"}),
    (FormNotForRoute, {"form_id": "criteria"}),
]


@pytest.mark.parametrize(("refusal", "fields"), WRONG_ROUTES)
def test_a_scrutiny_route_is_for_who_coached_at_the_centre_with_a_free_and_standardised_second_person(
    tell: Tell, refusal: type[Rejected], fields: dict[str, str]
) -> None:
    world = at_the_centre(tell("approved"))
    wrong = {name: world.ids.get(value, value) for name, value in fields.items()}
    refused(world.as_("responsible").post(ROUTES, route(world, **wrong)), refusal)


def test_an_assessor_of_the_organisation_who_coached_gets_no_scrutiny_route(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    for role in ("coach", "centre assessor"):
        world.as_("admin").does("/people/{assessor}/roles", {"role": role})
    world.as_("admin").does(ASSIGNMENTS, assign(world, "assessor", "coach"))
    refused(world.as_("responsible").post(ROUTES, route(world, assessor=world["assessor"])), ScrutinyRouteNotAllowed)
    world.as_("admin").does("/people/{cora}/roles", {"role": "assessor"})
    refused(world.as_("responsible").post(ROUTES, route(world)), ScrutinyRouteNotAllowed)


def test_a_personal_interest_closes_the_scrutiny_route(tell: Tell) -> None:
    world = routed(tell("approved"))
    body = decision(world, "cora")
    world.as_("cora").does("/people/{cora}/interests", {"apprentice": world["mia"], "interest": "personal"})
    refused(world.as_("cora").post(DECISIONS, body), AssessorConflicted)
    refused(world.as_("responsible").post(ROUTES, route(world)), ScrutinyRouteNotAllowed)


def test_the_context_of_a_decision_by_a_scrutiny_route_names_both_people(tell: Tell) -> None:
    world = waiting(tell("approved"))
    named = world.as_("cora").sees("/assessments/{attempt}/context")["decider"]["scrutiny_route"]
    assert str(world["cora"]) in named
    assert str(world["second"]) in named
    assert str(world["responsible"]) in named
    assert "Nobody else at the centre knows the desk." in named


def test_a_decision_that_waits_counts_nowhere_and_says_for_whom_it_waits(tell: Tell) -> None:
    world = waiting(tell("approved"))
    shown = last_decision(world)
    assert (shown["status"], shown["waits_for"]) == ("waiting", str(world["second"]))
    assert shown["name_of_second_person"] == "Second"
    readiness = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    assert readiness["codes_assessed"] == 0
    gaps = [gap for each in readiness["outcomes"] for gap in each["gaps"] if gap.startswith("S11")]
    assert "counts once Second, the second person of the scrutiny route, confirms it" in gaps[0]
    upload(world, "evidence", b"Rigged six lanterns.\n", "text/plain")
    refused(world.as_("mia").post("/appeals", appeal(world)), AppealSubjectNotAllowed)


def test_nothing_else_happens_to_a_decision_that_waits(tell: Tell) -> None:
    world = waiting(tell("approved"))
    admin = world.as_("admin")
    admin.does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    ada = world.as_("ada")
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    detail = refused(ada.post("/assessments", body), AttemptNotAllowed)["detail"]
    assert detail == "One waits for its second person, who confirms or declines its decision first."
    refused(ada.post("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]}), FindingFixedByDecision)
    body = decision(world, "ada")
    refused(ada.post(DECISIONS, body), DecisionFixed)
    again = {**body, "supersedes": world["decision"], "reason_code": "marking error", "authority_cited": "The lead."}
    refused(ada.post("/assessments/{attempt}/supersessions", again), DecisionWaits)


def test_a_decision_takes_effect_when_the_second_person_confirms_it(tell: Tell) -> None:
    world = waiting(tell("approved"))
    world.as_("second").does(CONFIRMATIONS, {"decision_id": world["decision"]})
    shown = last_decision(world)
    assert (shown["status"], shown["waits_for"]) == ("effective", None)
    readiness = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    assert readiness["codes_assessed"] == len(CODES["C1"])
    refused(world.as_("second").post(CONFIRMATIONS, {"decision_id": world["decision"]}), DecisionDoesNotWait)


def test_a_decision_that_is_declined_leaves_the_attempt_open_for_another_assessor(tell: Tell) -> None:
    world = waiting(tell("approved"))
    declined = {"decision_id": world["decision"], "reason": "S12 was not seen."}
    world.as_("second").does(DECLINATIONS, declined)
    shown = last_decision(world)
    assert (shown["status"], shown["reason"]) == ("declined", "S12 was not seen.")
    readiness = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    gaps = [gap for each in readiness["outcomes"] for gap in each["gaps"] if gap.startswith("S11")]
    assert "another assessor will judge it" in gaps[0]
    cora, findings = world.as_("cora"), {"findings": [finding(world, "S11")]}
    refused(cora.post("/assessments/{attempt}/findings", findings), AssessorDeclined)
    refused(cora.post(DECISIONS, decision(world, "cora")), AssessorDeclined)
    refused(cora.post("/evidence/records", observation(world)), AssessorDeclined)
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    judged(world, "ada").as_("ada").does(DECISIONS, decision(world, "ada"))
    assert last_decision(world)["status"] == "effective"
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["codes_assessed"] == len(CODES["C1"])
