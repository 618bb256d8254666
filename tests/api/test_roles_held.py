"""What somebody is to a record counts while they hold a role for it, over HTTP (PERSON-1)."""

from datetime import timedelta

import pytest

from portfolio.domain.kernel import NotVisible
from portfolio.domain.permissions import PartEnded
from tests.api.conftest import Tell
from tests.api.world import CODES, SELECTOR, TOMORROW, World, decision, finding, observation, refused


def ended(world: World, name: str, role: str) -> None:
    world.as_("responsible").does(f"/people/{{{name}}}/roles/end", {"role": role, "reason": "The contract ended."})


def test_an_assessor_whose_role_ended_has_no_part_in_the_enrolment_any_more(tell: Tell) -> None:
    world = tell("found")
    assessor, written, decided = world.as_("assessor"), observation(world), decision(world)
    remark = {
        "version": 1,
        "sha256": "0" * 64,
        "selector": SELECTOR,
        "kind": "pointer",
        "audience": "assessors",
        "text": "x",
    }
    ended(world, "assessor", "assessor")
    for path in (
        "/enrolments/{enrolment}",
        "/evidence/{evidence}",
        "/assessments/{attempt}",
        "/assessments/{attempt}/context",
    ):
        refused(assessor.get(path), NotVisible)
    for path, body in (
        ("/evidence/{evidence}/annotations", remark),
        ("/evidence/{evidence}/acceptance", {"version": 1}),
        ("/evidence/{evidence}/return", {"version": 1, "reason": "Again."}),
        ("/evidence/records", written),
        ("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}),
        ("/assessments/{attempt}/findings", {"findings": [finding(world, CODES["C1"][0])]}),
        ("/assessments/{attempt}/decisions", decided),
    ):
        refused(assessor.post(path, body), PartEnded)
    assert assessor.sees("/enrolments")["items"] == []


@pytest.mark.parametrize(
    ("name", "role"), [("coach", "coach"), ("employer", "employer"), ("quality", "internal quality assurer")]
)
def test_nobody_with_an_ended_role_reads_on(tell: Tell, name: str, role: str) -> None:
    world = tell("submitted")
    assert world.as_(name).sees("/evidence/{evidence}")
    assert len(world.as_(name).sees("/enrolments")["items"]) == 1
    ended(world, name, role)
    refused(world.as_(name).get("/enrolments/{enrolment}"), NotVisible)
    refused(world.as_(name).get("/evidence/{evidence}"), NotVisible)
    assert world.as_(name).sees("/enrolments")["items"] == []
    world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": role})
    assert world.as_(name).sees("/evidence/{evidence}")


def test_another_role_does_not_hold_an_assignment_up(tell: Tell) -> None:
    world = tell("submitted")
    world.as_("admin").does("/people/{coach}/roles", {"role": "employer"})
    ended(world, "coach", "coach")
    refused(world.as_("coach").get("/enrolments/{enrolment}"), NotVisible)


def test_a_member_of_the_panel_whose_role_ended_hears_nothing_any_more(tell: Tell) -> None:
    world = tell("convened")
    assert world.as_("chair").sees("/appeals/{appeal}/chronology")
    ended(world, "chair", "panel member")
    refused(world.as_("chair").get("/appeals/{appeal}"), NotVisible)
    refused(world.as_("chair").get("/evidence/{evidence}"), NotVisible)


def test_an_apprentice_is_one_by_the_enrolment_whatever_roles_end(tell: Tell) -> None:
    world = tell("decided")
    ended(world, "mia", "apprentice")
    assert world.as_("mia").sees("/enrolments/{enrolment}")
    assert len(world.as_("mia").sees("/enrolments")["items"]) == 1


def test_who_was_released_is_told_that_the_part_has_ended_and_nothing_of_what_became_of_the_work(tell: Tell) -> None:
    world = tell("decided")
    admin, assessor = world.as_("admin"), world.as_("assessor")
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": TOMORROW, "reason": "Moved on."}
    admin.does("/enrolments/{enrolment}/releases", release)
    world.now += timedelta(days=1)
    for path, body in (
        ("/evidence/{evidence}/acceptance", {"version": 1}),
        ("/evidence/{evidence}/return", {"version": 1, "reason": "Again."}),
        ("/assessments/{attempt}/closing", {"reason": "Broken off."}),
        ("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}),
    ):
        refused(assessor.post(path, body), PartEnded)
        refused(world.as_("second").post(path, body), NotVisible)
