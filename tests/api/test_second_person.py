"""The second person of a scrutiny route over HTTP: what they find, read and answer, and who is one (INTEREST-2)."""

from typing import Any
from uuid import UUID

from portfolio.domain.assessment.confirming import DecisionDoesNotWait, NotTheSecondPerson
from portfolio.domain.assessment.decisions import DecisionUnknown, DecisionWaits
from portfolio.domain.enrolment.refusals import (
    AssessorConflicted,
    AssessorIsQualityAssurer,
    SecondPersonNotFree,
)
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import NotPermitted, NotVisible
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
    NOTES,
    TODAY,
    YESTERDAY,
    World,
    assign,
    hand_in,
    refused,
)


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
    names = route(world, second_person=world["ada"])
    refused(world.as_("responsible").post(ROUTES, names), SecondPersonNotFree)
    world.as_("cora").does(DECISIONS, decision(world, "cora"))
    refused(world.as_("responsible").post(ROUTES, names), SecondPersonNotFree)


def test_who_judged_codes_of_the_attempt_after_the_route_named_them_confirms_nothing(tell: Tell) -> None:
    world = at_the_centre(tell("approved"))
    world.as_("responsible").does(ROUTES, route(world, second_person=world["ada"]))
    for name in ("ada", "cora"):
        world.as_("admin").does(ASSIGNMENTS, assign(world, name, "assessor", components=["C1"]))
        judged(world, name)
    receipt = world.as_("cora").does(DECISIONS, decision(world, "cora"))
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
