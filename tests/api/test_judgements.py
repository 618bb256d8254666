"""What a grade needs: a judgement on every code, and what the criteria say of the grade (FINDING-1, DECISION-2, -3)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from portfolio.application.ports import AppendConditions
from portfolio.domain.assessment.checks import FindingsIncomplete, GradeNeedsEveryCode
from portfolio.domain.assessment.context import NeverOpened
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.findings import CriterionNotInCriteria, FindingNeedsEvidence
from portfolio.domain.criteria import CriteriaApproved, GradeRulesMissing
from portfolio.domain.evidence.handing_in import EvidenceCitedByFinding
from portfolio.domain.kernel import Recorded, Rejected
from tests.api.conftest import Tell
from tests.api.story import approved, begin, decided, enrolled, found, people, sealed, submitted
from tests.api.world import (
    CODES,
    DECLARED,
    GRADE_RULES,
    PLAN_TEXT,
    World,
    cite,
    component,
    criteria,
    decision,
    finding,
    observation,
    refused,
)

FINDINGS = "/assessments/{attempt}/findings"
DECISIONS = "/assessments/{attempt}/decisions"
FINAL_TEXT = PLAN_TEXT.replace("Draft Preview", "Preview").replace("# DRAFT APPRENTICESHIP", "# APPRENTICESHIP")


def find(world: World, *codes: str, **fields: Any) -> None:
    world.as_("assessor").does(FINDINGS, {"findings": [finding(world, code, **fields) for code in codes]})


def observed(world: World, *codes: str) -> World:
    """Let the assessor open an attempt at C1 and write what they saw for these codes."""
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    seen = [{"code": code, "what": "Worked safely."} for code in codes]
    assessor.does("/evidence/records", observation(world, seen=seen), name="observation")
    return world


def test_a_pass_needs_a_judgement_on_every_code_and_not_judged_is_none(tell: Tell) -> None:
    world = tell("found")
    find(world, *CODES["C1"], judgement="not judged", cites=[])
    problem = refused(world.as_("assessor").post(DECISIONS, decision(world)), FindingsIncomplete)
    assert (problem["codes"], problem["detail"]) == (["S11", "S12"], "Not judged yet: S11, S12.")
    find(world, "S12")
    refused(world.as_("assessor").post(DECISIONS, decision(world, grade="fail")), FindingsIncomplete)
    find(world, "S11")
    world.as_("assessor").does(DECISIONS, decision(world))


def test_a_grade_for_which_every_code_must_be_met_is_not_given_where_one_is_not(tell: Tell) -> None:
    world = tell("found")
    find(world, "S11", judgement="not met", reason="No harness.")
    for grade in ("pass", "distinction"):
        problem = refused(world.as_("assessor").post(DECISIONS, decision(world, grade=grade)), GradeNeedsEveryCode)
        assert problem["codes"] == ["S11"]
    world.as_("assessor").does(DECISIONS, decision(world, grade="fail"))


def approved_before_that_was_asked(world: World) -> None:
    """The criteria are approved as an earlier release did."""
    criteria_id = world["criteria"]
    approval = Recorded(
        originator_id=criteria_id,
        originator_version=2,
        fact=CriteriaApproved(sha256=world.as_("lead").sees("/criteria/{criteria}")["sha256"]),
        by=world["lead"],
        at=world.now,
        causation=uuid4(),
    )
    world.journal.append([approval], AppendConditions())


def final(world: World) -> None:
    """A plan that is final, ruled on and approved; criteria that do not say for which grades every code must be met."""
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/plans", {"text": FINAL_TEXT}, name="plan")
    plan = lead.sees("/plans/ST1297/V2", query_string={"edition": str(world["plan"])})
    for number, _ in enumerate(plan["warnings"]):
        lead.does("/plans/{plan}/rulings", {"warning": number, "reading": "As printed.", "reason": "It is clear."})
    world.as_("responsible").does("/plans/{plan}/approval")
    admin.does("/criteria", criteria(world, grade_rules=[]), name="criteria")
    approved_before_that_was_asked(world)
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F1", "routes": ["LET"]}, name="form")
    for key in CODES:
        admin.does("/forms/{form}/components", {"component": component(world, key)})


def test_no_live_decision_is_made_until_the_responsible_officer_says_which_grades_need_every_code(
    tmp_path: Path,
) -> None:
    world = World.new(tmp_path / "live", "live")
    steps: list[Callable[[World], None]] = [begin, people, final, approved, enrolled, sealed, submitted, found]
    for step in steps:
        step(world)
    refused(world.as_("assessor").post(DECISIONS, decision(world)), GradeRulesMissing)
    world.as_("responsible").does("/criteria/{criteria}/grade-rules", {"grade_rules": GRADE_RULES})
    world.as_("assessor").does(DECISIONS, decision(world))
    world.close()


def test_not_met_needs_no_evidence_where_nothing_handed_in_shows_the_code(tell: Tell) -> None:
    world = observed(tell("submitted"), "S11")
    find(world, "S11")
    nothing = {"judgement": "not met", "cites": [], "reason": "She was not seen working at height."}
    bare = {"findings": [finding(world, "S12", **nothing)]}
    refused(world.as_("assessor").post(FINDINGS, bare), FindingNeedsEvidence)
    find(world, "S12", **nothing, nothing_shows_it=True)
    context = world.as_("assessor").sees("/assessments/{attempt}/context")
    assert [
        (each["code"], each.get("nothing_shows_it")) for each in (made["finding"] for made in context["findings"])
    ] == [
        ("S11", None),
        ("S12", True),
    ]
    assert len(context["available"]) == 2
    world.as_("assessor").does(DECISIONS, decision(world, grade="fail"))
    trail = world.as_("mia").sees("/assessments/{attempt}/audit-trail")["items"]
    assert "judged S12 not met, as nothing handed in shows it: She was not seen working at height." in str(trail)


def test_what_is_written_of_a_code_shows_it_as_what_is_claimed_for_it_does(tell: Tell) -> None:
    world = tell("found")
    nothing = finding(world, "S12", judgement="not met", cites=[], nothing_shows_it=True)
    refused(world.as_("assessor").post(FINDINGS, {"findings": [nothing]}), FindingNeedsEvidence)
    find(world, "S12", judgement="not met", reason="The record says it was done unsafely.")


def test_no_decision_says_that_nothing_shows_a_code_where_something_was_handed_in_since(tell: Tell) -> None:
    world = observed(tell("enrolled"), "S11")
    find(world, "S11")
    find(world, "S12", judgement="not met", cites=[], nothing_shows_it=True)
    sealed(world)
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["S12"]})
    world.as_("mia").does("/evidence/{evidence}/submission", {"version": 1, "declaration": DECLARED})
    problem = refused(world.as_("assessor").post(DECISIONS, decision(world, grade="fail")), FindingNeedsEvidence)
    assert problem["codes"] == ["S12"]
    find(world, "S12", judgement="not met", cites=[cite(world, "evidence")])
    world.as_("assessor").does(DECISIONS, decision(world, grade="fail"))


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [
        (FindingNeedsEvidence, {"nothing_shows_it": True, "cites": []}),
        (FindingNeedsEvidence, {"nothing_shows_it": True, "judgement": "not met"}),
        (FindingNeedsEvidence, {"nothing_shows_it": True, "judgement": "not met", "cites": []}),
        (CriterionNotInCriteria, {"criterion": "9.9"}),
    ],
    ids=["met", "cites", "claimed", "criterion"],
)
def test_a_finding_that_says_what_is_not_so_is_refused(
    tell: Tell, refusal: type[Rejected], fields: dict[str, Any]
) -> None:
    world = tell("found")
    problem = refused(world.as_("assessor").post(FINDINGS, {"findings": [finding(world, "S11", **fields)]}), refusal)
    assert problem["codes"] == ["S11"]


def test_a_version_that_a_finding_cites_is_not_returned_until_the_code_is_judged_anew(tell: Tell) -> None:
    world = tell("found")
    back = {"version": 1, "reason": "Page two is missing."}
    find(world, "S11", cites=[cite(world, "evidence")])
    for person in ("assessor", "coach", "quality"):
        problem = refused(world.as_(person).post("/evidence/{evidence}/return", back), EvidenceCitedByFinding)
        assert problem["codes"] == ["S11"]
    find(world, "S11")
    world.as_("coach").does("/evidence/{evidence}/return", back)


def test_an_accepted_version_is_returned_until_a_finding_cites_it_and_then_not_cited(tell: Tell) -> None:
    world = tell("found")
    back, assessor = {"version": 1, "reason": "Page two is missing."}, world.as_("assessor")
    assessor.does("/evidence/{evidence}/acceptance", {"version": 1})
    find(world, "S11", cites=[cite(world, "evidence")])
    for person in ("assessor", "quality"):
        assert refused(world.as_(person).post("/evidence/{evidence}/return", back), EvidenceCitedByFinding)["codes"]
    find(world, "S11")
    assessor.does("/evidence/{evidence}/return", back)
    refused(
        assessor.post(FINDINGS, {"findings": [finding(world, "S11", cites=[cite(world, "evidence")])]}),
        FindingNeedsEvidence,
    )
    available = assessor.sees("/assessments/{attempt}/context")["available"]
    assert {each["evidence_id"]: each["stage"] for each in available}[str(world["evidence"])] == "returned"


def test_evidence_withdrawn_before_a_decision_cites_it_blocks_the_decision_until_the_code_is_judged_anew(
    tell: Tell,
) -> None:
    world = observed(tell("submitted"), "S12")
    find(world, "S12")
    find(world, "S11", cites=[cite(world, "evidence")])
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "It names a colleague."})
    problem = refused(world.as_("assessor").post(DECISIONS, decision(world)), FindingNeedsEvidence)
    assert problem["codes"] == ["S11"]
    gone = {"judgement": "not met", "cites": [], "reason": "What showed it was withdrawn.", "nothing_shows_it": True}
    find(world, "S11", **gone)
    world.as_("assessor").does(DECISIONS, decision(world, grade="fail"))


def test_deciding_on_evidence_one_never_opened_is_possible_and_said_before_and_after(tell: Tell) -> None:
    world = tell("found")
    find(world, "S11", cites=[cite(world, "evidence")])
    unopened = {"evidence_id": str(world["evidence"]), "version": 1, "cited_for": ["S11"]}
    assert world.as_("assessor").sees("/assessments/{attempt}/context")["never_opened"] == [unopened]
    world.as_("assessor").does(DECISIONS, decision(world))
    (made,) = (each.fact for each in world.journal.read(world["attempt"]) if isinstance(each.fact, GradeDecided))
    assert made.context.never_opened == (NeverOpened(evidence_id=world["evidence"], version=1, cited_for=("S11",)),)


def test_evidence_that_was_opened_is_not_said_to_be_unopened(tell: Tell) -> None:
    world = tell("found")
    world.as_("assessor").get("/evidence/{evidence}/content?version=1")
    assert world.as_("assessor").sees("/assessments/{attempt}/context")["never_opened"] == []


NO_OBSERVATION = "No observation has been completed; the plan requires at least one."


def test_an_observation_is_completed_only_by_codes_judged_on_an_observation_record_of_that_attempt(tell: Tell) -> None:
    world = tell("found")
    find(world, *CODES["C1"], cites=[cite(world, "evidence")])
    decided(world)
    assert NO_OBSERVATION in world.as_("mia").sees("/enrolments/{enrolment}/readiness")["gaps"]
    observed = tell("decided")
    assert NO_OBSERVATION not in observed.as_("mia").sees("/enrolments/{enrolment}/readiness")["gaps"]
