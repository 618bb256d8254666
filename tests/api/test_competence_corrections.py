"""Competences are put right over HTTP, and decisions made under them stay as they were (PERSON-10)."""

from typing import Any
from uuid import uuid4

from portfolio.domain.assessment.assessor import AssessorNotStandardised
from portfolio.domain.competences import CompetenceAhead, CompetenceNeedsCriteria, CompetenceUnknown
from portfolio.domain.criteria import CriteriaUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown
from portfolio.domain.standing import OwnStanding
from tests.api.conftest import Tell
from tests.api.world import TODAY, TOMORROW, YESTERDAY, World, criteria, decision, refused

EARLIER = "2026-10-01"
CORRECTION, WITHDRAWAL = "/people/{assessor}/competences/correction", "/people/{assessor}/competences/withdrawal"


def body(world: World, **fields: Any) -> dict[str, Any]:
    named = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY, "reason": "A slip."}
    return {**named, **fields}


def right(world: World, **fields: Any) -> dict[str, Any]:
    return body(world, right_criteria_id=world["criteria"], right_day=TODAY, **fields)


def test_the_day_and_the_criteria_of_a_competence_are_corrected(tell: Tell) -> None:
    world = tell("found")
    admin, before = world.as_("admin"), world.journal.head()
    admin.does("/criteria", criteria(world), name="others")
    admin.does(CORRECTION, {**right(world), "right_day": EARLIER})
    refused(admin.post(CORRECTION, {**right(world), "occurred_on": EARLIER, "right_day": TOMORROW}), CompetenceAhead)
    (shown,) = admin.sees("/people/{assessor}")["competences"]
    assert shown["occurred_on"] == EARLIER
    (then,) = admin.sees(f"/people/{{assessor}}?known_at={before}")["competences"]
    assert then["occurred_on"] == YESTERDAY
    admin.does(CORRECTION, {**right(world), "occurred_on": EARLIER, "right_criteria_id": world["others"]})
    refused(world.as_("assessor").post("/assessments/{attempt}/decisions", decision(world)), AssessorNotStandardised)
    admin.does(CORRECTION, {**right(world), "criteria_id": world["others"], "occurred_on": TODAY})
    after = world.journal.head()
    admin.does(CORRECTION, {**right(world), "occurred_on": TODAY})
    assert world.journal.head() == after, "the same again is no change"
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))


def test_a_competence_that_never_was_is_taken_back(tell: Tell) -> None:
    world = tell("found")
    admin, before = world.as_("admin"), world.journal.head()
    admin.does(WITHDRAWAL, body(world))
    assert admin.sees("/people/{assessor}")["competences"] == []
    assert len(admin.sees(f"/people/{{assessor}}?known_at={before}")["competences"]) == 1
    refused(world.as_("assessor").post("/assessments/{attempt}/decisions", decision(world)), AssessorNotStandardised)
    refused(admin.post(WITHDRAWAL, body(world)), CompetenceUnknown)


def test_a_decision_goes_on_saying_on_what_its_decider_was_standardised_then(tell: Tell) -> None:
    world = tell("decided")
    lead, path = world.as_("lead"), "/assessments/{attempt}/decisions/{decision}/context"
    before = lead.sees(path)
    world.as_("admin").does(WITHDRAWAL, body(world))
    after = lead.sees(path)
    assert after == before
    assert (after["decider"]["standardised"], after["decider"]["training"]) == (
        True,
        ["standardised on 1 November 2026"],
    )
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["codes_assessed"] == 2


def test_only_another_administrator_puts_a_competence_right(tell: Tell) -> None:
    world = tell("approved")
    for path, sent in ((CORRECTION, right(world)), (WITHDRAWAL, body(world))):
        refused(world.as_("responsible").post(path, sent), NotPermitted)
        refused(world.as_("assessor").post(path, sent), NotPermitted)
        refused(world.as_("second").post(path, sent), NotVisible)
        refused(world.as_("admin").post(path.replace("{assessor}", str(uuid4())), sent), PersonUnknown)
    world.as_("admin").does("/people/{assessor}/roles", {"role": "administrator"})
    for path, sent in ((CORRECTION, right(world)), (WITHDRAWAL, body(world))):
        refused(world.as_("assessor").post(path, sent), OwnStanding)


def test_a_competence_is_corrected_as_it_may_be_recorded(tell: Tell) -> None:
    world = tell("approved")
    admin = world.as_("admin")
    refused(admin.post(CORRECTION, {**right(world), "right_criteria_id": None}), CompetenceNeedsCriteria)
    refused(admin.post(CORRECTION, {**right(world), "right_criteria_id": uuid4()}), CriteriaUnknown)
    for other in ({"occurred_on": TODAY}, {"criteria_id": None}, {"kind": "training"}):
        refused(admin.post(CORRECTION, {**right(world), **other}), CompetenceUnknown)
