"""What only a free assessor of the component does beside judging: opening, observing, answering (INTEREST-3)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.assessor import AssessorNotAuthorised, RemarkerNotDifferent
from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.findings import FindingFixedByDecision
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.evidence.written import RecordNeedsAssessor
from tests.api.conftest import Tell
from tests.api.world import World, assign, decides, decision, hand_in, observation, refused, released_next_day, sha
from tests.infra.vault import files

PDF = files.pdf((595, 842))


def interested(world: World, name: str) -> None:
    """This person says that they know Mia personally."""
    interest = {"apprentice": world["mia"], "interest": "personal"}
    world.as_(name).does(f"/people/{{{name}}}/interests", interest)


def remark(kind: str) -> dict[str, Any]:
    about = {"version": 1, "sha256": sha(PDF), "selector": {"type": "whole item"}}
    return {**about, "kind": kind, "audience": "assessors", "text": "Well rigged."}


def test_an_assessor_with_an_interest_opens_observes_and_answers_nothing(tell: Tell) -> None:
    world = tell("enrolled")
    hand_in(world, "evidence", PDF)
    interested(world, "assessor")
    assessor, body = world.as_("assessor"), {"enrolment_id": world["enrolment"], "component": "C1"}
    refused(assessor.post("/assessments", body), AssessorConflicted)
    world.as_("admin").does("/assessments", body, name="attempt")
    refused(assessor.post("/evidence/records", observation(world)), AssessorConflicted)
    refused(assessor.post("/evidence/{evidence}/acceptance", {"version": 1}), AssessorConflicted)
    refused(assessor.post("/evidence/{evidence}/return", {"version": 1, "reason": "Blurred."}), AssessorConflicted)
    refused(assessor.post("/evidence/{evidence}/annotations", remark("basis of finding")), AssessorConflicted)
    world.as_("coach").does("/evidence/{evidence}/return", {"version": 1, "reason": "Blurred."})


def test_who_is_barred_writes_no_observation_of_the_new_attempt(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    case = world.as_("mia").sees("/appeals/{appeal}")
    (new,) = [each for each in case["consequences"] if each["consequence"] == "a new attempt is opened"]
    world.ids["attempt"] = UUID(new["assessment_id"])
    refused(world.as_("assessor").post("/evidence/records", observation(world)), RemarkerNotDifferent)


@pytest.mark.parametrize("name", ["coach", "employer", "quality"])
def test_who_is_around_the_apprentice_writes_a_testimony_and_no_observation(tell: Tell, name: str) -> None:
    world = tell("found")
    refused(world.as_(name).post("/evidence/records", observation(world)), RecordNeedsAssessor)


def test_an_assessor_of_one_component_opens_and_observes_no_attempt_at_another(tell: Tell) -> None:
    world = tell("found")
    admin = world.as_("admin")
    released_next_day(world, "assessor")
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor", components=["C2"]))
    second, body = world.as_("second"), {"enrolment_id": world["enrolment"]}
    refused(second.post("/evidence/records", observation(world)), RecordNeedsAssessor)
    second.does("/assessments", {**body, "component": "C2"})
    world.as_("responsible").does("/assessments/{attempt}/closing", {"reason": "The venue was evacuated."})
    refused(second.post("/assessments", {**body, "component": "C1"}), AssessorNotAuthorised)
    admin.does("/assessments", {**body, "component": "C1"})


@pytest.mark.parametrize("stage", ["decided", "closed"])
def test_no_observation_is_recorded_of_an_attempt_that_has_ended(tell: Tell, stage: str) -> None:
    world = tell("found")
    written = observation(world)
    if stage == "decided":
        world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))
    else:
        world.as_("responsible").does("/assessments/{attempt}/closing", {"reason": "The venue was evacuated."})
    ended = FindingFixedByDecision if stage == "decided" else AttemptAlreadyClosed
    refused(world.as_("assessor").post("/evidence/records", written), ended)


def test_an_assessor_with_an_interest_answers_no_evidence_because_they_assure_another_component(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    admin.does("/people/{second}/roles", {"role": "internal quality assurer"})
    for part, component in {"assessor": "C1", "internal quality assurer": "C2"}.items():
        admin.does("/enrolments/{enrolment}/assignments", assign(world, "second", part, components=[component]))
    hand_in(world, "evidence", PDF)
    interested(world, "second")
    refused(world.as_("second").post("/evidence/{evidence}/acceptance", {"version": 1}), AssessorConflicted)
