"""While a decision is appealed, over HTTP: whoever could release, replace or delete what it rests on (RETENTION-2)."""

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.appeal.lodging import AppealAlreadyOpen, AppealSubjectNotAllowed
from portfolio.domain.evidence.refusals import EvidenceAlreadySubmitted
from tests.api.conftest import Tell
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, with_second_assessor
from tests.api.world import (
    DECLARED,
    NOTES,
    PEOPLE,
    YESTERDAY,
    World,
    appeal,
    consent,
    criteria,
    finding,
    offer,
    put,
    refused,
    sha,
)


def prepared(world: World) -> World:
    """Let everybody who could replace the decision, set it aside or appeal be able to, and keep its bytes' hash."""
    with_second_assessor(world)
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{lead}/competences", standardised)
    later = criteria(world, version="2", follows=world["criteria"])
    world.as_("admin").does("/criteria", later, name="later")
    world.as_("lead").does("/criteria/{later}/approval")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    return world


def instead(world: World, who: str, code: str) -> dict[str, Any]:
    """Return a decision in the place of the one that stands."""
    shown = world.as_(who).sees("/assessments/{attempt}/context")["shown"]
    return supersession(world, context_hash=shown, reason_code=code)


def set_aside_for(code: str) -> Callable[[World], dict[str, Any]]:
    account = {"found": "Two logs are the same.", "heard": "Mia."} if code == "malpractice" else None
    return lambda world: setting_aside(world, reason_code=code, account=account)


TRIES: dict[str, tuple[str, str, Callable[[World], dict[str, Any]]]] = {
    "an assigned assessor, for a marking error": (
        "second",
        SUPERSESSIONS,
        lambda world: instead(world, "second", "marking error"),
    ),
    "an assigned assessor, for other criteria": (
        "second",
        SUPERSESSIONS,
        lambda world: instead(world, "second", "criteria change"),
    ),
    "the lead assessor": ("lead", SUPERSESSIONS, lambda world: instead(world, "lead", "marking error")),
    "the officer, for a marking error": ("responsible", VOIDING, set_aside_for("marking error")),
    "the officer, for other criteria": ("responsible", VOIDING, set_aside_for("criteria change")),
    "the officer, for malpractice": ("responsible", VOIDING, set_aside_for("malpractice")),
}
"""Who can do what to the decision while nobody appeals."""


@pytest.mark.parametrize("who", TRIES)
def test_whoever_could_replace_or_set_aside_may_not_while_a_case_is_open(tell: Tell, who: str) -> None:
    world = prepared(tell("decided"))
    name, path, body = TRIES[who]
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    problem = refused(world.as_(name).post(path, body(world)), RecordOnHold)
    assert problem["appeals"] == [str(world["appeal"])]
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    world.as_(name).does(path, body(world))


@pytest.mark.parametrize("who", ["mia", "coach"])
def test_whoever_could_appeal_may_not_while_a_case_is_open(tell: Tell, who: str) -> None:
    world = prepared(tell("lodged"))
    refused(world.as_(who).post("/appeals", appeal(world)), AppealAlreadyOpen)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    world.as_(who).does("/appeals", appeal(world))


def test_nobody_at_all_releases_replaces_or_deletes_what_the_contested_decision_names(tell: Tell) -> None:
    world = prepared(tell("convened"))
    found = {"findings": [finding(world, "S11")]}
    decided = {"grade": "fail", "reasons": "Not met.", "context_hash": "0" * 64}
    every = [
        *((path, body(world)) for _, path, body in TRIES.values()),
        ("/appeals", appeal(world)),
        (VOIDING, setting_aside(world, reason_code="appeal", appeal_id=world["appeal"])),
        ("/evidence/{evidence}/discard", {"version": 1}),
        ("/evidence/{observation}/discard", {"version": 1}),
        ("/evidence/{observation}/withdrawal", {"version": 1, "reason": "Away with it."}),
        ("/evidence/{observation}/return", {"version": 1, "reason": "Away with it."}),
        ("/evidence/{observation}/versions", versions(world)),
        ("/evidence/{evidence}/upload", {"version": 1}),
        ("/assessments/{attempt}/closing", {"reason": "Away with it."}),
        ("/assessments/{attempt}/findings", found),
        ("/assessments/{attempt}/decisions", decided),
        ("/appeals/{appeal}/consequences/closed", {"consequence": "the decision is set aside", "reason": "No."}),
    ]
    head = world.journal.head()
    for name in ("admin", *PEOPLE):
        for path, body in every:
            answer = world.as_(name).post(path, body)
            assert answer.status_code in (403, 404, 409), (name, path, answer.text)
    assert world.journal.head() == head
    for item in ("evidence", "observation"):
        assert world.as_("chair").get(f"/evidence/{{{item}}}/content").status_code == 200
    refused(world.as_("mia").post("/evidence/{evidence}/discard", {"version": 1}), RecordOnHold)
    refused(world.as_("mia").post("/evidence/{observation}/discard", {"version": 1}), RecordOnHold)


def versions(world: World) -> dict[str, Any]:
    """Return what is said of a new version of an item."""
    described = offer(world, NOTES, "text/plain")
    return {name: value for name, value in described.items() if name != "enrolment_id"}


@pytest.mark.parametrize(
    ("who", "act", "stage"),
    [("assessor", "return", "returned"), ("coach", "return", "returned"), ("mia", "withdrawal", "withdrawn")],
)
def test_an_uncited_item_is_returned_or_withdrawn_and_the_case_goes_on_reading_it_marked_so(
    tell: Tell, who: str, act: str, stage: str
) -> None:
    world = tell("convened")
    before = world.as_("chair").get("/evidence/{evidence}/content").data
    world.as_(who).does(f"/evidence/{{evidence}}/{act}", {"version": 1, "reason": "Page 2 is missing."})
    for reader in ("chair", "member", "officer", "responsible", "mia"):
        (version,) = world.as_(reader).sees("/evidence/{evidence}")["versions"]
        assert (version["stage"], version["sha256"]) == (stage, sha(before))
        assert world.as_(reader).get("/evidence/{evidence}/content").data == before
    (lay_there,) = [
        each
        for each in world.as_("chair").sees("/assessments/{attempt}/decisions/{decision}/context")["available"]
        if each["evidence_id"] == str(world["evidence"])
    ]
    assert lay_there["sha256"] == sha(before)
    told = world.as_("chair").sees("/appeals/{appeal}/chronology")
    assert any(stage in each["sentence"] or "withdrew" in each["sentence"] for each in told["later"])


def test_a_new_version_in_the_place_of_an_uncited_item_takes_nothing_from_the_case(tell: Tell) -> None:
    world = tell("convened")
    before = world.as_("chair").get("/evidence/{evidence}/content").data
    mia = world.as_("mia")
    (part,) = mia.does("/evidence/{evidence}/versions", versions(world))["parts"]
    assert put(world, part["url"], NOTES).status_code == 204
    mia.does("/evidence/{evidence}/upload", {"version": 2})
    mia.does("/evidence/{evidence}/submission", {"version": 2, "declaration": DECLARED})
    shown = world.as_("chair").sees("/evidence/{evidence}")["versions"]
    assert [(each["number"], each["stage"]) for each in shown] == [(1, "replaced"), (2, "submitted")]
    for version, content in ((1, before), (2, NOTES)):
        assert world.as_("chair").get(f"/evidence/{{evidence}}/content?version={version}").data == content
    refused(mia.post("/evidence/{evidence}/discard", {"version": 1}), RecordOnHold)
    refused(mia.post("/evidence/{evidence}/discard", {"version": 2}), EvidenceAlreadySubmitted)


def test_a_case_on_one_decision_of_an_attempt_holds_every_one_of_them(tell: Tell) -> None:
    world = prepared(tell("decided"))
    first = world["decision"]
    receipt = world.as_("second").does(SUPERSESSIONS, instead(world, "second", "marking error"))
    world.ids["decision"] = receipt["decision_id"]
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    refused(world.as_("mia").post("/appeals", appeal(world)), AppealAlreadyOpen)
    earlier = {"type": "decision", "assessment_id": world["attempt"], "decision_id": first}
    refused(world.as_("mia").post("/appeals", appeal(world, subject=earlier)), AppealSubjectNotAllowed)
    refused(world.as_("lead").post(SUPERSESSIONS, instead(world, "lead", "marking error")), RecordOnHold)
    refused(world.as_("responsible").post(VOIDING, setting_aside(world)), RecordOnHold)
