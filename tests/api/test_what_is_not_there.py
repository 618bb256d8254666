"""A command on a record that one may not see is 404 before any rule speaks (EVIDENCE-6)."""

from typing import Any

import pytest

from portfolio.domain.evidence.refusals import EvidenceUnknown, EvidenceWithdrawnAlready
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import DECLARED, ITEMS, SELECTOR, hand_in, offer, refused, sha

CONTENT = ITEMS["pdf"][0]
EVERYBODY = ("coach", "employer", "assessor", "quality", "lead", "responsible", "officer", "admin", "stranger")
REASON = {"version": 1, "reason": "I want it back."}
REMARK = {
    "version": 1,
    "sha256": sha(CONTENT),
    "selector": SELECTOR,
    "kind": "pointer",
    "audience": "assessors",
    "text": "Whose lamp?",
}
COMMANDS: dict[str, dict[str, Any]] = {
    "acceptance": {"version": 1},
    "return": REASON,
    "annotations": REMARK,
    "claims": {"version": 1, "codes": ["S12"]},
    "claims/dropped": {"version": 1, "code": "S11"},
    "submission": {"version": 1, "declaration": DECLARED},
    "withdrawal": REASON,
    "discard": {"version": 1},
    "upload": {"version": 1},
}


@pytest.mark.parametrize("command", [*COMMANDS, "versions"])
def test_an_item_that_was_withdrawn_is_there_for_nobody_elses_command(tell: Tell, command: str) -> None:
    world = tell("submitted")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", REASON)
    body = COMMANDS.get(command) or {
        key: value for key, value in offer(world, CONTENT).items() if key != "enrolment_id"
    }
    for person in EVERYBODY:
        refused(world.as_(person).post(f"/evidence/{{evidence}}/{command}", body), NotVisible)
        for part in ("", "/content", "/upload", "/audit-trail"):
            assert world.as_(person).get(f"/evidence/{{evidence}}{part}").status_code == 404


@pytest.mark.parametrize("command", COMMANDS)
def test_a_version_that_one_may_not_see_is_not_there_for_a_command(tell: Tell, command: str) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    next_version = {key: value for key, value in offer(world, CONTENT).items() if key != "enrolment_id"}
    mia.does("/evidence/{evidence}/versions", next_version)
    for person in EVERYBODY[:-1]:
        answers = [
            world.as_(person).post(f"/evidence/{{evidence}}/{command}", COMMANDS[command] | {"version": number})
            for number in (2, 3)
        ]
        refused(answers[0], NotPermitted if answers[0].status_code == 403 else EvidenceUnknown)
        assert answers[0].get_json() == answers[1].get_json()
    assert {each["number"] for each in world.as_("assessor").sees("/evidence/{evidence}")["versions"]} == {1}


def test_what_was_withdrawn_is_there_for_a_command_of_whoever_may_still_read_it(tell: Tell) -> None:
    world = tell("submitted")
    hand_in(world, "lamp", CONTENT)
    world.as_("mia").does("/evidence/{lamp}/withdrawal", REASON)
    refused(world.as_("mia").post("/evidence/{lamp}/withdrawal", REASON), EvidenceWithdrawnAlready)


def test_what_lay_before_a_decision_and_was_withdrawn_is_refused_as_it_reads(tell: Tell) -> None:
    world = tell("decided")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", REASON)
    for person in ("responsible", "officer"):
        assert world.as_(person).get("/evidence/{evidence}").status_code == 200
        refused(world.as_(person).post("/evidence/{evidence}/acceptance", {"version": 1}), NotPermitted)
    for person in ("assessor", "quality", "coach"):
        assert world.as_(person).get("/evidence/{evidence}").status_code == 404
        refused(world.as_(person).post("/evidence/{evidence}/acceptance", {"version": 1}), NotVisible)
