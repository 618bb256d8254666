"""Assessments over HTTP: findings, decisions with their context, and what becomes of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portfolio.domain.assessment.assessor import AssessorNotAuthorised, AssessorNotStandardised
from portfolio.domain.assessment.attempt import AssessmentUnknown
from portfolio.domain.assessment.checks import DecisionContextStale, FindingsIncomplete, GradeNotOnScale, ReasonsMissing
from portfolio.domain.assessment.decisions import DecisionFixed
from portfolio.domain.assessment.findings import (
    CodeNotInComponent,
    EvidenceKindNotAllowed,
    EvidenceNotSufficient,
    FindingFixedByDecision,
    FindingNeedsEvidence,
    FindingRepeated,
    JudgementNeedsReason,
)
from portfolio.domain.assessment.limits import AttemptNotAllowed
from portfolio.domain.enrolment.refusals import AssessorConflicted, EnrolmentUnknown
from portfolio.domain.form import ComponentUnknown, OutcomeNotInRoute
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected, StaleVersion
from tests.api.conftest import Tell
from tests.api.world import CODES, TODAY, YESTERDAY, World, assign, cite, decision, finding, refused, released_next_day

FINDINGS = "/assessments/{attempt}/findings"
DECISIONS = "/assessments/{attempt}/decisions"


def with_fresh_assessor(world: World, *, declares: bool = True) -> None:
    """Register an assessor who is assigned but not standardised."""
    admin = world.as_("admin")
    admin.does("/people", {"name": "Fresh", "works_for": "assessment organisation"}, name="fresh")
    admin.does("/people/{fresh}/roles", {"role": "assessor"})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "fresh", "assessor"))
    if declares:
        world.as_("fresh").does("/people/{fresh}/interests", {"apprentice": world["mia"], "interest": "none"})


# --- attempts and findings --------------------------------------------------------------------------------------------


def test_an_attempt_shows_its_findings_by_code(tell: Tell) -> None:
    world = tell("found")
    answer = world.as_("mia").get("/assessments/{attempt}")
    body = answer.get_json()
    assert answer.headers["ETag"] == '"3"'
    assert (body["component"], body["number"], body["route"], body["codes"]) == ("C1", 1, "LET", ["S11", "S12"])
    assert [(each["code"], each["judgement"], each["name"]) for each in body["findings"]] == [
        ("S11", "met", "Assessor"),
        ("S12", "met", "Assessor"),
    ]
    assert (body["decisions"], body["demo"]) == ([], True)


def test_one_attempt_is_open_at_a_time(tell: Tell) -> None:
    world = tell("found")
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    refused(world.as_("assessor").post("/assessments", body), AttemptNotAllowed)


def test_an_attempt_is_at_a_component_of_the_form(tell: Tell) -> None:
    world = tell("enrolled")
    body = {"enrolment_id": world["enrolment"], "component": "C9"}
    refused(world.as_("assessor").post("/assessments", body), ComponentUnknown)
    refused(world.as_("admin").post("/assessments", {**body, "enrolment_id": uuid4()}), EnrolmentUnknown)
    refused(world.as_("admin").post("/assessments", {**body, "enrolment_id": world["admin"]}), EnrolmentUnknown)
    refused(world.as_("second").post("/assessments", body), NotVisible)
    refused(world.as_("mia").post("/assessments", body), NotPermitted)


BAD_FINDINGS: list[tuple[type[Rejected], str, dict[str, Any]]] = [
    (OutcomeNotInRoute, "K26", {}),
    (CodeNotInComponent, "K1", {}),
    (JudgementNeedsReason, "S11", {"reason": " "}),
    (JudgementNeedsReason, "S11", {"cites": [{"authentic": False}, {}]}),
    (FindingNeedsEvidence, "S11", {"cites": []}),
    (FindingNeedsEvidence, "S11", {"cites": [{"version": 2}]}),
    (FindingNeedsEvidence, "S11", {"cites": [{"evidence_id": str(uuid4())}]}),
    (EvidenceKindNotAllowed, "S11", {"cites": [{"evidence_id": "testimony"}]}),
    (EvidenceNotSufficient, "S11", {"sufficient": False}),
    (EvidenceNotSufficient, "S11", {"cites": [{"current": False, "reason": "Two years old."}]}),
]


@pytest.mark.parametrize(("refusal", "code", "fields"), BAD_FINDINGS)
def test_a_finding_that_is_not_borne_out_is_refused(
    tell: Tell, refusal: type[Rejected], code: str, fields: dict[str, Any]
) -> None:
    world = tell("found")
    world.as_("coach").does("/evidence/records", witness_record(world), name="testimony")
    cites = [
        {**cite(world), **{name: world.ids.get(str(value), value) for name, value in each.items()}}
        for each in fields.get("cites", [{}])
    ]
    body = {"findings": [finding(world, code, **{**fields, "cites": cites})]}
    refused(world.as_("assessor").post(FINDINGS, body), refusal)


def witness_record(world: World) -> dict[str, Any]:
    record = {
        "kind": "witness testimony",
        "witness": "Amina",
        "role": "Crew chief",
        "competence": "Ten years of rigging",
        "relation": "Supervisor",
        "first_hand": True,
        "statement": "Mia rigged six lanterns.",
        "occurred_on": TODAY,
    }
    return {"enrolment_id": world["enrolment"], "title": "Testimony", "record": record}


def test_a_code_is_judged_once_a_call(tell: Tell) -> None:
    world = tell("found")
    body = {"findings": [finding(world, "S11"), finding(world, "S11", judgement="not met")]}
    assert refused(world.as_("assessor").post(FINDINGS, body), FindingRepeated)["codes"] == ["S11"]


def test_who_is_not_assigned_or_released_finds_nothing(tell: Tell) -> None:
    world = tell("found")
    body = {"findings": [finding(world, "S11")]}
    refused(world.as_("second").post(FINDINGS, body), NotVisible)
    released_next_day(world, "assessor")
    refused(world.as_("assessor").post(FINDINGS, body), AssessorNotAuthorised)
    refused(world.as_("assessor").post(DECISIONS, {**STALE, "grade": "pass"}), AssessorNotAuthorised)
    refused(world.as_("coach").post(FINDINGS, body), NotPermitted)


STALE = {"grade": "pass", "reasons": "Met.", "context_hash": "0" * 64}


def test_who_declared_an_interest_neither_finds_nor_decides(tell: Tell) -> None:
    world = tell("found")
    assessor, body = world.as_("assessor"), decision(world)
    assessor.does("/people/{assessor}/interests", {"apprentice": world["mia"], "interest": "personal"})
    refused(assessor.post(FINDINGS, {"findings": [finding(world, "S11")]}), AssessorConflicted)
    refused(assessor.post(DECISIONS, body), AssessorConflicted)


def test_an_attempt_that_is_not_there_is_not_found(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    refused(assessor.post(f"/assessments/{uuid4()}/findings", {"findings": [finding(world, "S11")]}), NotVisible)
    refused(assessor.post("/assessments/{evidence}/decisions", STALE), NotVisible)
    void = {"decision_id": uuid4(), "reason_code": "malpractice", "reason": "Copied."}
    refused(world.as_("responsible").post(f"/assessments/{uuid4()}/voids", void), AssessmentUnknown)
    for part in ("", "/context", "/audit-trail"):
        refused(assessor.get(f"/assessments/{uuid4()}{part}"), NotVisible)
        refused(world.as_("noah").get(f"/assessments/{{attempt}}{part}"), NotVisible)


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_grade_is_decided_on_the_context_that_was_shown(tell: Tell) -> None:
    world = tell("found")
    context = world.as_("assessor").sees("/assessments/{attempt}/context")
    assert context["demo"] is True
    assert context["plan"]["printed_as_draft"] is True
    assert (context["decider"]["authority"], context["decider"]["standardised"]) == ("assigned assessor of C1", True)
    assert [each["kind"] for each in context["available"]] == ["work product", "observation record"]
    ref = {"evidence_id": str(world["observation"]), "version": 1}
    assert context["cited"] == [["S11", [ref]], ["S12", [ref]]]
    assert (context["moderation"], context["criteria"]["grading_scheme"]) == ("none", "none approved")
    receipt = world.as_("assessor").does(DECISIONS, {**STALE, "context_hash": context["shown"]})
    (made,) = world.as_("mia").sees("/assessments/{attempt}")["decisions"]
    assert made["decision_id"] == receipt["decision_id"]
    assert (made["grade"], made["reasons"], made["status"], made["name"]) == ("pass", "Met.", "effective", "Assessor")
    assert made["superseded_by"] is made["reason_code"] is made["appeal_id"] is None


def test_the_context_is_for_those_who_may_ask(tell: Tell) -> None:
    world = tell("found")
    for person in ("mia", "coach", "employer"):
        refused(world.as_(person).get("/assessments/{attempt}/context"), NotPermitted)
    assert world.as_("quality").get("/assessments/{attempt}/context").status_code == 200


def test_a_decision_sent_twice_is_made_once(tell: Tell) -> None:
    world = tell("found")
    body, once = decision(world), {"Idempotency-Key": "decide-1"}
    first = world.as_("assessor").does(DECISIONS, body, headers=once)
    assert world.as_("assessor").does(DECISIONS, body, headers=once) == first
    assert len(world.as_("mia").sees("/assessments/{attempt}")["decisions"]) == 1


def test_a_decision_on_another_context_than_now_is_stale(tell: Tell) -> None:
    world = tell("found")
    body = decision(world)
    world.as_("assessor").does("/evidence/{evidence}/acceptance", {"version": 1})
    refused(world.as_("assessor").post(DECISIONS, body), DecisionContextStale)
    world.as_("assessor").does(DECISIONS, decision(world))


def test_a_stale_etag_is_refused_and_the_fresh_one_is_taken(tell: Tell) -> None:
    world = tell("found")
    assessor, body = world.as_("assessor"), {"findings": [finding(world, "S11")]}
    refused(assessor.post(FINDINGS, body, headers={"If-Match": '"2"'}), StaleVersion)
    assessor.does(FINDINGS, body, headers={"If-Match": '"3"'})


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [(GradeNotOnScale, {"grade": "merit"}), (ReasonsMissing, {"reasons": " "})],
)
def test_a_decision_that_cannot_be_is_refused(tell: Tell, refusal: type[Rejected], fields: dict[str, Any]) -> None:
    world = tell("found")
    refused(world.as_("assessor").post(DECISIONS, decision(world, **fields)), refusal)


def test_a_decision_needs_a_finding_on_every_code_by_the_one_who_decides(tell: Tell) -> None:
    world = tell("found")
    with_fresh_assessor(world)
    competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    refused(world.as_("fresh").post(DECISIONS, STALE), AssessorNotStandardised)
    world.as_("admin").does("/people/{fresh}/competences", competence)
    world.as_("fresh").does(FINDINGS, {"findings": [finding(world, "S12")]})
    assert refused(world.as_("fresh").post(DECISIONS, STALE), FindingsIncomplete)["codes"] == ["S11"]


def test_a_decided_attempt_does_not_change(tell: Tell) -> None:
    world = tell("decided")
    assessor = world.as_("assessor")
    refused(assessor.post(FINDINGS, {"findings": [finding(world, "S11")]}), FindingFixedByDecision)
    refused(assessor.post(DECISIONS, decision(world)), DecisionFixed)


def test_the_audit_trail_of_a_decision_tells_its_attempt(tell: Tell) -> None:
    world = tell("decided")
    body = world.as_("mia").sees("/assessments/{attempt}/audit-trail")
    assert [item["kind"] for item in body["items"]] == [
        "assessment.attempt-opened",
        "assessment.statement-found",
        "assessment.statement-found",
        "assessment.grade-decided",
    ]
    refused(world.as_("coach").get("/assessments/{attempt}/audit-trail"), NotPermitted)


# --- queues -----------------------------------------------------------------------------------------------------------


def test_the_assessor_sees_what_waits_for_them_oldest_first(tell: Tell) -> None:
    world = tell("submitted")
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    first = assessor.sees("/queues/assessor?limit=1")
    (waiting,) = first["items"]
    assert (waiting["waits"], waiting["name"], waiting["title"]) == ("evidence", "Mia", "Risk assessment")
    assert (waiting["claims"], waiting["evidence_id"]) == (["K1", "S11"], str(world["evidence"]))
    second = assessor.sees(f"/queues/assessor?limit=1&cursor={first['next']}")
    (waiting,) = second["items"]
    assert (waiting["waits"], waiting["component"], waiting["missing"]) == ("attempt", "C1", list(CODES["C1"]))
    assert second["next"] is None
    assert world.as_("second").sees("/queues/assessor")["items"] == []
    refused(world.as_("mia").get("/queues/assessor"), NotPermitted)
    refused(assessor.get("/queues/nothing"), NotVisible)


def test_time_is_the_servers(tell: Tell) -> None:
    world = tell("found")
    world.now += timedelta(days=1, hours=2)
    world.as_("assessor").does(DECISIONS, decision(world))
    (made,) = world.as_("mia").sees("/assessments/{attempt}")["decisions"]
    assert made["at"] == "2026-11-03T11:00:00Z"
    assert UUID(made["decision_id"])
