"""Scrutiny routes over HTTP: a centre's assessor who coached decides, a second, free person confirms (INTEREST-2)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.lodging import AppealSubjectNotAllowed
from portfolio.domain.assessment.assessor import AssessorDeclined
from portfolio.domain.assessment.confirming import DecisionDoesNotWait, NotTheSecondPerson
from portfolio.domain.assessment.decisions import DecisionFixed, DecisionUnknown, DecisionWaits
from portfolio.domain.assessment.findings import FindingFixedByDecision
from portfolio.domain.assessment.limits import AttemptNotAllowed
from portfolio.domain.enrolment.refusals import (
    AssessorConflicted,
    AssessorIsQualityAssurer,
    FormNotForRoute,
    ScrutinyRouteNotAllowed,
    ScrutinyRouteNotOwn,
    SecondPersonNotFree,
)
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from portfolio.domain.person import PersonUnknown
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    NOTES,
    TODAY,
    YESTERDAY,
    World,
    appeal,
    assign,
    component,
    enrolment,
    finding,
    hand_in,
    observation,
    refused,
    upload,
)

ROUTES = "/enrolments/{enrolment}/scrutiny-routes"
ASSIGNMENTS = "/enrolments/{enrolment}/assignments"
DECISIONS = "/assessments/{attempt}/decisions"
CONFIRMATIONS = "/assessments/{attempt}/confirmations"
DECLINATIONS = "/assessments/{attempt}/declinations"


def at_the_centre(world: World) -> World:
    """Mia's form has C1 marked by the centre, where Cora coaches her and is an assessor too; Ada is one of its others.

    ``second`` is an assessor of the organisation, free and standardised.
    """
    admin = world.as_("admin")
    for name, roles in {"cora": ("coach", "centre assessor"), "ada": ("centre assessor",)}.items():
        admin.does("/people", {"name": name.capitalize(), "works_for": "centre"}, name=name)
        for role in roles:
            admin.does(f"/people/{{{name}}}/roles", {"role": role})
        standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
        admin.does(f"/people/{{{name}}}/competences", standardised)
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="form")
    for key, marker in {"C1": "centre", "C2": "assessment organisation"}.items():
        admin.does("/forms/{form}/components", {"component": component(world, key, marker=marker)})
    world.as_("lead").does("/forms/{form}/approval")
    admin.does("/enrolments", enrolment(world), name="enrolment")
    admin.does(ASSIGNMENTS, assign(world, "cora", "coach"))
    for name, interest in {
        "cora": "coached",
        "ada": "none",
        "second": "none",
        "lead": "none",
        "responsible": "none",
    }.items():
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": interest})
    return world


def route(world: World, **fields: Any) -> dict[str, Any]:
    people = {"assessor": world["cora"], "second_person": world["second"]}
    why = "Nobody else at the centre knows the desk."
    return {**people, "form_id": world["form"], "component": "C1", "reason": why, **fields}


def routed(world: World) -> World:
    """The responsible officer recorded the route, and Cora was assigned as assessor of C1 and judged it."""
    at_the_centre(world)
    world.as_("responsible").does(ROUTES, route(world))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    return judged(world, "cora")


def judged(world: World, name: str) -> World:
    """An assessor found both codes of C1 met, in the attempt that is open."""
    assessor = world.as_(name)
    if "attempt" not in world.ids:
        opened = {"enrolment_id": world["enrolment"], "component": "C1"}
        assessor.does("/assessments", opened, name="attempt")
        assessor.does("/evidence/records", observation(world), name="observation")
    findings = [finding(world, code) for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    return world


def decision(world: World, name: str) -> dict[str, Any]:
    shown = world.as_(name).sees("/assessments/{attempt}/context")["shown"]
    return {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}


def waiting(world: World) -> World:
    """And Cora decided: the decision waits for the second assessor."""
    receipt = routed(world).as_("cora").does(DECISIONS, decision(world, "cora"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    return world


def last_decision(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = world.as_("mia").sees("/assessments/{attempt}")["decisions"][-1]
    return shown


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
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    judged(world, "ada").as_("ada").does(DECISIONS, decision(world, "ada"))
    assert last_decision(world)["status"] == "effective"
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["codes_assessed"] == len(CODES["C1"])


def queued(world: World, name: str) -> list[dict[str, Any]]:
    return [each for each in world.as_(name).sees("/queues/assessor")["items"] if each["waits"] != "evidence"]


def test_the_second_person_finds_the_enrolment_and_the_decision_that_waits_for_them(tell: Tell) -> None:
    world = routed(tell("approved"))
    second = world.as_("second")
    (found,) = second.sees("/enrolments")["items"]
    assert (found["enrolment_id"], found["relation"]) == (
        str(world["enrolment"]),
        "second person of a scrutiny route",
    )
    assert queued(world, "second") == []
    receipt = world.as_("cora").does(DECISIONS, decision(world, "cora"))
    (waits,) = queued(world, "second")
    assert (waits["waits"], waits["decision_id"]) == ("confirmation", receipt["decision_id"])
    assert (waits["assessment_id"], waits["why_not"], waits["name"]) == (str(world["attempt"]), "", "Mia")
    world.as_("responsible").does(ROUTES, route(world, second_person=world["ada"]))
    assert queued(world, "second") == []
    assert second.sees("/enrolments")["items"] == []
    (waits,) = queued(world, "ada")
    assert waits["decision_id"] == receipt["decision_id"]
    world.as_("ada").does(CONFIRMATIONS, {"decision_id": receipt["decision_id"]})
    assert queued(world, "ada") == []


def test_a_lead_assessor_who_is_the_second_person_finds_the_decision_in_their_queue(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{lead}/competences", standardised)
    world.as_("responsible").does(ROUTES, route(world, second_person=world["lead"]))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    judged(world, "cora").as_("cora").does(DECISIONS, decision(world, "cora"))
    assert [each["waits"] for each in queued(world, "lead")] == ["confirmation"]


def test_a_second_person_who_is_not_free_any_more_is_told_so_in_their_queue(tell: Tell) -> None:
    world = waiting(tell("approved"))
    interest = {"apprentice": world["mia"], "interest": "personal"}
    world.as_("second").does("/people/{second}/interests", interest)
    (waits,) = queued(world, "second")
    assert "interest in the apprentice" in waits["why_not"]


def test_the_assessor_who_was_declined_is_told_so_in_their_queue(tell: Tell) -> None:
    world = waiting(tell("approved"))
    world.as_("second").does(DECLINATIONS, {"decision_id": world["decision"], "reason": "S12 was not seen."})
    (waits,) = queued(world, "cora")
    assert "declined by the second person" in waits["why_not"]
    assert queued(world, "second") == []


def test_an_attempt_is_in_the_queue_while_it_is_open_and_not_while_its_decision_waits(tell: Tell) -> None:
    world = routed(tell("approved"))

    def queued() -> list[str]:
        items = world.as_("cora").sees("/queues/assessor")["items"]
        return [each["assessment_id"] for each in items if each["waits"] == "attempt"]

    assert queued() == [str(world["attempt"])]
    receipt = world.as_("cora").does(DECISIONS, decision(world, "cora"))
    assert queued() == []
    declined = {"decision_id": receipt["decision_id"], "reason": "S12 was not seen."}
    world.as_("second").does(DECLINATIONS, declined)
    assert queued() == [str(world["attempt"])]
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    judged(world, "ada").as_("ada").does(DECISIONS, decision(world, "ada"))
    assert queued() == []


def test_nobody_but_the_second_person_confirms_or_declines(tell: Tell) -> None:
    world = waiting(tell("approved"))
    confirm = {"decision_id": world["decision"]}
    decline = {**confirm, "reason": "I would rather not."}
    for name in ("cora", "mia", "responsible", "lead", "admin"):
        refused(world.as_(name).post(CONFIRMATIONS, confirm), NotPermitted)
        refused(world.as_(name).post(DECLINATIONS, decline), NotPermitted)
    refused(world.as_("stranger").post(CONFIRMATIONS, confirm), NotVisible)
    refused(world.as_("second").post(CONFIRMATIONS, {"decision_id": world["plan"]}), DecisionUnknown)


def test_the_responsible_officer_may_name_another_second_person_with_a_reason(tell: Tell) -> None:
    world = waiting(tell("approved"))
    another = route(world, second_person=world["ada"], reason="Second is on leave.")
    world.as_("responsible").does(ROUTES, another)
    assert last_decision(world)["name_of_second_person"] == "Ada"
    refused(world.as_("second").post(CONFIRMATIONS, {"decision_id": world["decision"]}), NotVisible)
    world.as_("ada").does(CONFIRMATIONS, {"decision_id": world["decision"]})


def test_a_second_person_of_another_route_neither_confirms_nor_declines(tell: Tell) -> None:
    world = waiting(tell("approved"))
    admin = world.as_("admin")
    admin.does("/people", {"name": "Dora", "works_for": "centre"}, name="dora")
    for role in ("coach", "centre assessor"):
        admin.does("/people/{dora}/roles", {"role": role})
    admin.does(ASSIGNMENTS, assign(world, "dora", "coach"))
    other = route(world, assessor=world["dora"], second_person=world["ada"])
    world.as_("responsible").does(ROUTES, other)
    confirm = {"decision_id": world["decision"]}
    refused(world.as_("ada").post(CONFIRMATIONS, confirm), NotVisible)
    world.as_("second").does(DECLINATIONS, {**confirm, "reason": "S12 was not seen."})
    admin.does(ASSIGNMENTS, assign(world, "dora", "assessor", components=["C1"]))
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    admin.does("/people/{dora}/competences", standardised)
    world.as_("dora").does("/people/{dora}/interests", {"apprentice": world["mia"], "interest": "coached"})
    receipt = judged(world, "dora").as_("dora").does(DECISIONS, decision(world, "dora"))
    confirm = {"decision_id": receipt["decision_id"]}
    refused(world.as_("second").post(CONFIRMATIONS, confirm), NotTheSecondPerson)
    world.as_("ada").does(CONFIRMATIONS, confirm)


def test_a_second_person_is_free_and_has_declared_it_when_answering(tell: Tell) -> None:
    world = waiting(tell("approved"))
    confirm, decline = {"decision_id": world["decision"]}, {"decision_id": world["decision"], "reason": "No."}
    admin = world.as_("admin")
    admin.does("/people", {"name": "Eve", "works_for": "assessment organisation"}, name="eve")
    admin.does("/people/{eve}/roles", {"role": "assessor"})
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    admin.does("/people/{eve}/competences", standardised)
    world.as_("responsible").does(ROUTES, route(world, second_person=world["eve"]))
    for path, body in ((CONFIRMATIONS, confirm), (DECLINATIONS, decline)):
        refused(world.as_("eve").post(path, body), InterestNotDeclared)
    world.as_("eve").does("/people/{eve}/interests", {"apprentice": world["mia"], "interest": "personal"})
    for path, body in ((CONFIRMATIONS, confirm), (DECLINATIONS, decline)):
        refused(world.as_("eve").post(path, body), SecondPersonNotFree)


def test_who_judged_codes_of_the_attempt_is_no_second_person(tell: Tell) -> None:
    world = routed(tell("approved"))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "ada", "assessor", components=["C1"]))
    judged(world, "ada")
    judged(world, "cora")
    receipt = world.as_("cora").does(DECISIONS, decision(world, "cora"))
    world.as_("responsible").does(ROUTES, route(world, second_person=world["ada"]))
    refused(world.as_("ada").post(CONFIRMATIONS, {"decision_id": receipt["decision_id"]}), SecondPersonNotFree)


def test_a_decision_that_waits_is_not_closed_and_another_confirms_it_once_both_have_left(tell: Tell) -> None:
    world = waiting(tell("approved"))
    admin = world.as_("admin")
    refused(world.as_("lead").post("/assessments/{attempt}/closing", {"reason": "They left."}), DecisionWaits)
    for name, role in (("cora", "centre assessor"), ("second", "assessor")):
        admin.does(f"/people/{{{name}}}/roles/end", {"role": role, "reason": "Moved on."})
    refused(world.as_("second").post(CONFIRMATIONS, {"decision_id": world["decision"]}), NotVisible)
    world.as_("responsible").does(ROUTES, route(world, second_person=world["ada"]))
    world.as_("ada").does(CONFIRMATIONS, {"decision_id": world["decision"]})
    assert last_decision(world)["status"] == "effective"


def test_an_assessor_on_a_scrutiny_route_supersedes_nothing(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    world.as_("responsible").does(ROUTES, route(world))
    for name in ("ada", "cora"):
        world.as_("admin").does(ASSIGNMENTS, assign(world, name, "assessor", components=["C1"]))
    receipt = judged(world, "ada").as_("ada").does(DECISIONS, decision(world, "ada"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    body = decision(world, "cora")
    again = {**body, "supersedes": world["decision"], "reason_code": "marking error", "authority_cited": "The lead."}
    refused(world.as_("cora").post("/assessments/{attempt}/supersessions", again), AssessorConflicted)


def test_the_enrolment_and_its_trail_name_the_scrutiny_route(tell: Tell) -> None:
    world = waiting(tell("approved"))
    world.as_("second").does(CONFIRMATIONS, {"decision_id": world["decision"]})
    (shown,) = world.as_("mia").sees("/enrolments/{enrolment}")["scrutiny_routes"]
    assert (shown["name_of_assessor"], shown["name_of_second_person"]) == ("Cora", "Second")
    sentences = [each["sentence"] for each in world.as_("mia").sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert any("Cora, who coached, may decide and Second confirms" in sentence for sentence in sentences)
    assert any(
        "counts once Second, the second person of the scrutiny route, confirms it" in sentence for sentence in sentences
    )
    assert any("it counts now" in sentence for sentence in sentences)


def test_the_second_person_does_not_assure_the_quality_of_that_component(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    admin, responsible = world.as_("admin"), world.as_("responsible")
    admin.does("/people/{second}/roles", {"role": "internal quality assurer"})
    assure = assign(world, "second", "internal quality assurer", components=["C1"])
    admin.does(ASSIGNMENTS, assure)
    refused(responsible.post(ROUTES, route(world)), SecondPersonNotFree)
    admin.does("/enrolments/{enrolment}/releases", {**without_components(assure), "ends_on": TODAY, "reason": "No."})
    responsible.does(ROUTES, route(world))
    refused(admin.post(ASSIGNMENTS, assure), AssessorIsQualityAssurer)
    admin.does(ASSIGNMENTS, {**assure, "components": ["C2"]})


def without_components(part: dict[str, Any]) -> dict[str, Any]:
    return {name: part[name] for name in ("person_id", "assignment")}


def test_after_their_answer_the_second_person_reads_the_attempt_and_nothing_else(tell: Tell) -> None:
    world = routed(tell("approved"))
    second = world.as_("second")
    assert second.get("/enrolments/{enrolment}").status_code == 200
    receipt = world.as_("cora").does(DECISIONS, decision(world, "cora"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    assert second.get("/evidence/{observation}").status_code == 200
    second.does(CONFIRMATIONS, {"decision_id": world["decision"]})
    hand_in(world, "later", NOTES, "text/plain")
    for path in ("/enrolments/{enrolment}", "/evidence/{later}", "/evidence/{observation}"):
        refused(second.get(path), NotVisible)
    assert second.sees("/enrolments")["items"] == []
    refused(second.get("/assessments/{attempt}/context"), NotPermitted)
    assert second.get("/assessments/{attempt}").status_code == 200
    assert second.get("/assessments/{attempt}/decisions/{decision}/context").status_code == 200
    refused(second.post(CONFIRMATIONS, {"decision_id": world["decision"]}), DecisionDoesNotWait)


def test_a_second_person_reads_nothing_before_there_is_something_to_answer(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    world.as_("responsible").does(ROUTES, route(world))
    refused(world.as_("second").get("/enrolments/{enrolment}"), NotVisible)
