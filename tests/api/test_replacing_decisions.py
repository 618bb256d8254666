"""Superseding decisions and setting them aside, through HTTP."""

from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from portfolio.domain.assessment.assessor import AssessorNotAuthorised, AssessorNotStandardised
from portfolio.domain.assessment.checks import DecisionContextStale, FindingsIncomplete
from portfolio.domain.assessment.decisions import (
    DecisionAlreadySuperseded,
    DecisionUnknown,
    SupersessionNeedsReason,
    VoidNeedsReason,
)
from portfolio.domain.assessment.facts import ReasonCode
from portfolio.domain.assessment.findings import (
    FindingRepeated,
)
from portfolio.domain.assessment.own_decision import OwnDecision
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord, VoidNeedsAccount
from portfolio.domain.enrolment.refusals import AssessorConflicted, AssessorIsQualityAssurer
from portfolio.domain.kernel import NotPermitted, Rejected
from tests.api.conftest import Tell
from tests.api.test_assessments import DECISIONS, FINDINGS
from tests.api.world import (
    CODES,
    YESTERDAY,
    World,
    assign,
    criteria,
    decision,
    finding,
    refused,
    released_next_day,
)


def supersession(world: World, **fields: Any) -> dict[str, Any]:
    """Return a superseding decision by the second assessor, who is assigned by now."""
    shown = world.as_("second").sees("/assessments/{attempt}/context")["shown"]
    body = {
        "supersedes": world["decision"],
        "reason_code": "marking error",
        "authority_cited": "The lead asked for it.",
    }
    return {**decision(world), **body, "grade": "distinction", "context_hash": shown, "adopts": CODES["C1"], **fields}


def with_second_assessor(world: World) -> World:
    """Return the world with the second assessor assigned."""
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    return world


def voiding(world: World, **fields: Any) -> dict[str, Any]:
    body = {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "The log was copied."}
    account = {"found": "Two logs are the same.", "heard": "Mia and her coach."}
    return {**body, "account": account, **fields}


# --- superseding and voiding ------------------------------------------------------------------------------------------


SUPERSESSIONS = "/assessments/{attempt}/supersessions"


def test_a_decision_is_superseded_with_its_reason_and_stays_on_record(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    newer = finding(world, "S11", judgement="met", reason="Seen again, excellent.")
    body = supersession(world, findings=[newer], adopts=["S12"])
    receipt = world.as_("second").does(SUPERSESSIONS, body)
    answer = world.as_("mia").sees("/assessments/{attempt}")
    assert [(each["grade"], each["status"]) for each in answer["decisions"]] == [
        ("pass", "superseded"),
        ("distinction", "effective"),
    ]
    first = answer["decisions"][0]
    assert (first["superseded_by"], first["reason_code"]) == (receipt["decision_id"], "marking error")
    assert [(each["reason"], each["name"]) for each in answer["findings"]] == [
        ("Seen again, excellent.", "Second"),
        ("Seen.", "Assessor"),
    ]
    refused(world.as_("second").post(SUPERSESSIONS, body), DecisionAlreadySuperseded)


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [
        (SupersessionNeedsReason, {"authority_cited": " "}),
        (DecisionUnknown, {"supersedes": str(uuid4())}),
        (DecisionContextStale, {"context_hash": "0" * 64}),
        (FindingsIncomplete, {"adopts": ["S12"]}),
        (FindingRepeated, {"adopts": ["S11", "S12", "S12"]}),
        *((ReasonNotOnRecord, {"reason_code": code}) for code in get_args(ReasonCode) if code != "marking error"),
    ],
)
def test_a_supersession_that_cannot_be_is_refused(tell: Tell, refusal: type[Rejected], fields: dict[str, Any]) -> None:
    world = with_second_assessor(tell("decided"))
    refused(world.as_("second").post(SUPERSESSIONS, supersession(world, **fields)), refusal)


def test_nobody_replaces_their_own_decision_and_the_refusal_names_who_is_free(tell: Tell) -> None:
    world = tell("decided")
    own = {**supersession_of_first(world), "context_hash": decision(world)["context_hash"]}
    problem = refused(world.as_("assessor").post(SUPERSESSIONS, own), OwnDecision)
    assert (problem["free"], "somebody from outside must be registered" in problem["detail"]) == ([], True)
    with_second_assessor(world)
    problem = refused(world.as_("assessor").post(SUPERSESSIONS, own), OwnDecision)
    assert (problem["free"], "Free to do it: Second." in problem["detail"]) == ([str(world["second"])], True)
    competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{lead}/competences", competence)
    problem = refused(world.as_("assessor").post(SUPERSESSIONS, own), OwnDecision)
    assert "Free to do it: Second, Lead." in problem["detail"]


def supersession_of_first(world: World) -> dict[str, Any]:
    body = {
        "supersedes": world["decision"],
        "reason_code": "marking error",
        "authority_cited": "The lead asked for it.",
    }
    return {"grade": "distinction", "reasons": "Better.", "adopts": CODES["C1"], **body}


def test_who_found_a_code_for_another_decision_does_not_replace_it_either(tell: Tell) -> None:
    world = with_second_assessor(tell("found"))
    world.as_("second").does(FINDINGS, {"findings": [finding(world, "S11")]})
    world.as_("assessor").does(FINDINGS, {"findings": [finding(world, "S11")]})
    world.ids["decision"] = UUID(world.as_("assessor").does(DECISIONS, decision(world))["decision_id"])
    refused(world.as_("second").post(SUPERSESSIONS, supersession(world)), OwnDecision)


def test_the_lead_assessor_settles_what_they_are_standardised_on_without_being_assigned(tell: Tell) -> None:
    world = tell("decided")
    lead = world.as_("lead")
    body = {**supersession_of_first(world), "context_hash": lead.sees("/assessments/{attempt}/context")["shown"]}
    refused(lead.post(SUPERSESSIONS, body), AssessorNotStandardised)
    competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{lead}/competences", competence)
    body["context_hash"] = lead.sees("/assessments/{attempt}/context")["shown"]
    lead.does(SUPERSESSIONS, body)
    made = world.as_("mia").sees("/assessments/{attempt}")["decisions"][-1]
    assert (made["name"], made["grade"], made["status"]) == ("Lead", "distinction", "effective")


def test_the_context_names_the_authority_that_the_decider_held_and_no_part_without_its_role(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    admin = world.as_("admin")
    admin.does("/people/{second}/roles", {"role": "lead assessor"})
    admin.does("/people/{second}/roles/end", {"role": "assessor", "reason": "Promoted."})
    receipt = world.as_("second").does(SUPERSESSIONS, supersession(world))
    world.ids["decision"] = UUID(receipt["decision_id"])
    decider = world.as_("mia").sees("/assessments/{attempt}/decisions/{decision}/context")["decider"]
    held = (decider["authority"], decider["relation"], decider["roles"])
    assert held == ("lead assessor", "none", ["lead assessor"])


def test_findings_of_somebody_who_has_a_tie_by_now_are_judged_anew_and_not_adopted(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    interest = {"apprentice": world["mia"], "interest": "personal"}
    world.as_("assessor").does("/people/{assessor}/interests", interest)
    answer = world.as_("second").post(SUPERSESSIONS, supersession(world))
    assert refused(answer, AssessorConflicted)["codes"] == list(CODES["C1"])
    newer = [finding(world, code) for code in CODES["C1"]]
    world.as_("second").does(SUPERSESSIONS, supersession(world, findings=newer, adopts=[]))


def test_a_lead_assessor_who_assures_the_quality_of_the_component_does_not_decide_it_again(tell: Tell) -> None:
    world = tell("decided")
    admin, quality = world.as_("admin"), world.as_("quality")
    admin.does("/people/{quality}/roles", {"role": "lead assessor"})
    competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    admin.does("/people/{quality}/competences", competence)
    body = {**supersession_of_first(world), "context_hash": quality.sees("/assessments/{attempt}/context")["shown"]}
    refused(quality.post(SUPERSESSIONS, body), AssessorIsQualityAssurer)


def test_a_change_of_criteria_supersedes_once_a_later_version_of_them_is_approved(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    second, body = world.as_("second"), supersession(world, reason_code="criteria change")
    refused(second.post(SUPERSESSIONS, body), ReasonNotOnRecord)
    later = criteria(world, version="2", follows=world["criteria"])
    world.as_("admin").does("/criteria", later, name="later")
    refused(second.post(SUPERSESSIONS, body), ReasonNotOnRecord)
    world.as_("lead").does("/criteria/{later}/approval")
    second.does(SUPERSESSIONS, body)


def test_a_decision_is_set_aside_with_its_reason(tell: Tell) -> None:
    world = tell("decided")
    responsible, path = world.as_("responsible"), "/assessments/{attempt}/voids"
    refused(world.as_("assessor").post(path, voiding(world)), NotPermitted)
    refused(responsible.post(path, voiding(world, reason_code="appeal")), VoidNeedsReason)
    refused(responsible.post(path, voiding(world, appeal_id=uuid4())), VoidNeedsReason)
    refused(responsible.post(path, voiding(world, decision_id=uuid4())), DecisionUnknown)
    for account in (None, {"found": "Two logs.", "heard": " "}):
        refused(responsible.post(path, voiding(world, account=account)), VoidNeedsAccount)
    for code in ("moderation", "second mark", "review", "criteria change"):
        refused(responsible.post(path, voiding(world, reason_code=code)), ReasonNotOnRecord)
    responsible.does(path, voiding(world))
    (made,) = world.as_("mia").sees("/assessments/{attempt}")["decisions"]
    assert (made["status"], made["reason_code"], made["reason"]) == ("void", "malpractice", "The log was copied.")
    assert made["account"] == voiding(world)["account"]
    assert world.as_("coach").sees("/assessments/{attempt}")["decisions"][0]["account"] is None
    trail = str(world.as_("mia").sees("/assessments/{attempt}/audit-trail"))
    assert "The log was copied; found: Two logs are the same; heard: Mia and her coach." in trail
    refused(responsible.post(path, voiding(world)), DecisionAlreadySuperseded)
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["codes_assessed"] == 0


def test_a_role_granted_later_makes_nobody_free_of_what_they_decided(tell: Tell) -> None:
    world = tell("decided")
    admin, assessor = world.as_("admin"), world.as_("assessor")
    released_next_day(world, "assessor")
    admin.does("/people/{assessor}/roles", {"role": "lead assessor"})
    own = {**supersession_of_first(world), "context_hash": "0" * 64}
    refused(assessor.post(SUPERSESSIONS, own), OwnDecision)


def test_a_responsible_officer_who_decided_sets_nothing_of_it_aside(tell: Tell) -> None:
    world = tell("decided")
    world.as_("admin").does("/people/{assessor}/roles", {"role": "responsible officer"})
    problem = refused(world.as_("assessor").post("/assessments/{attempt}/voids", voiding(world)), OwnDecision)
    assert (problem["rule"], problem["free"]) == ("INTEREST-4", [str(world["responsible"])])
    assert "Free to do it: Responsible." in problem["detail"]


@pytest.mark.parametrize("becomes", ["decided", "set aside", "closed"])
def test_a_released_assessor_is_told_nothing_of_what_became_of_the_attempt(tell: Tell, becomes: str) -> None:
    world = tell("found" if becomes == "closed" else "decided")
    if becomes == "set aside":
        world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world))
    if becomes == "closed":
        world.as_("responsible").does("/assessments/{attempt}/closing", {"reason": "The venue was evacuated."})
    released_next_day(world, "assessor")
    assessor, shown = world.as_("assessor"), {"context_hash": "0" * 64}
    grade = {"grade": "pass", "reasons": "Met.", **shown}
    again = {**grade, "supersedes": uuid4(), "reason_code": "marking error", "authority_cited": "Asked for."}
    if becomes != "closed":
        again["supersedes"] = world["decision"]
    answers = [
        assessor.post(FINDINGS, {"findings": [finding(world, "S11")]}),
        assessor.post(DECISIONS, grade),
        assessor.post(SUPERSESSIONS, again),
    ]
    for answer in answers:
        refused(answer, AssessorNotAuthorised)
