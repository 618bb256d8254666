"""The chronology of a case, through HTTP: what the decider could see, and what came later."""

from datetime import timedelta
from uuid import UUID

from api.errors import FieldsNotValid
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    SELECTOR,
    TOMORROW,
    appeal,
    assign,
    consent,
    decision,
    finding,
    refused,
    sha,
)
from tests.infra.vault import files

# --- the chronology ---------------------------------------------------------------------------------------------------


def test_the_chronology_tells_what_could_be_seen_what_was_served_and_what_came_later(tell: Tell) -> None:
    world = tell("found")
    world.as_("assessor").get("/evidence/{evidence}/content")
    world.as_("coach").get("/evidence/{evidence}/content")
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Met.", "context_hash": shown}
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", body)
    world.ids["decision"] = UUID(receipt["decision_id"])
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    answer = world.as_("mia").sees("/appeals/{appeal}/chronology")
    assert answer["known_at"] == answer["decision"]["position"] == receipt["position"]
    assert answer["before"][-1] == answer["decision"]
    positions = [int(entry["position"]) for entry in answer["before"]]
    assert positions == sorted(positions)
    assert "announced “Risk assessment”, version 1." in [entry["sentence"] for entry in answer["before"]]
    assert [(entry["name"], entry["sentence"]) for entry in answer["served"]] == [("Assessor", "was shown version 1.")]
    assert [entry["kind"] for entry in answer["later"]] == ["appeal.lodged"]
    assert answer["context"]["shown"] == shown
    assert answer["demo"] is True


def test_what_the_decider_could_see_ends_at_the_decision_and_another_point_stands_apart(tell: Tell) -> None:
    world = tell("convened")
    whole = world.as_("chair").sees("/appeals/{appeal}/chronology")
    assert whole["on_record"] == []
    for known_at in ("40", str(world.journal.head()), "2026-11-02T09:00:00Z"):
        replay = world.as_("chair").sees(f"/appeals/{{appeal}}/chronology?known_at={known_at}")
        cut = int(replay["known_at"])
        assert cut == (40 if known_at == "40" else world.journal.head())
        assert (replay["before"], replay["later"]) == (whole["before"], whole["later"])
        assert all(int(entry["position"]) <= cut for entry in replay["on_record"])
        assert "appeal.lodged" not in [entry["kind"] for entry in replay["before"]]


def test_what_the_decider_could_see_holds_no_earlier_appeal_and_no_consent_and_all_of_their_own_act(tell: Tell) -> None:
    world = tell("found")
    consent(world, "coach", type="route", route="LET")
    hidden = ("appeal.lodged", "enrolment.consent-given")
    world.ids["decision"] = UUID(
        world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))["decision_id"]
    )
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/refusal", {"reason": "Too late.", "because": "out of time"})
    superseded = {
        "supersedes": world["decision"],
        "grade": "pass",
        "reasons": "Both are met.",
        "reason_code": "marking error",
        "authority_cited": "The lead asked for it.",
        "findings": [finding(world, code) for code in CODES["C1"]],
    }
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    second = world.as_("second")
    shown = second.sees("/assessments/{attempt}/context")["shown"]
    receipt = second.does("/assessments/{attempt}/supersessions", {**superseded, "context_hash": shown})
    world.ids["decision"] = UUID(receipt["decision_id"])
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    replay = world.as_("officer").sees("/appeals/{appeal}/chronology")
    before = [entry["kind"] for entry in replay["before"]]
    assert not {*hidden} & {*before}
    assert before[-1] == "assessment.grade-decision-superseded"
    assert "assessment.grade-decision-superseded" not in [entry["kind"] for entry in replay["later"]]


def test_a_position_after_the_last_fact_or_a_time_to_come_is_refused(tell: Tell) -> None:
    world = tell("convened")
    for known_at in (str(world.journal.head() + 1), "2026-11-02T09:00:01Z", "2099-01-01T00:00:00Z"):
        for path in ("/appeals/{appeal}/chronology", "/enrolments/{enrolment}/readiness"):
            refused(world.as_("mia").get(f"{path}?known_at={known_at}"), FieldsNotValid)


def test_the_chronology_is_for_those_who_hear_and_those_who_appealed(tell: Tell) -> None:
    world = tell("convened")
    for person in ("mia", "chair", "officer", "responsible"):
        assert world.as_(person).get("/appeals/{appeal}/chronology").status_code == 200
    refused(world.as_("lead").get("/appeals/{appeal}/chronology"), NotPermitted)
    refused(world.as_("assessor").get("/appeals/{appeal}/chronology"), NotVisible)


def test_the_apprentice_reads_no_remark_for_assessors_in_the_chronology(tell: Tell) -> None:
    world = tell("found")
    remark = {
        "version": 1,
        "sha256": sha(files.pdf((595, 842))),
        "selector": SELECTOR,
        "kind": "formative",
        "audience": "assessors",
        "text": "Copied from Noah?",
    }
    world.as_("assessor").does("/evidence/{evidence}/annotations", remark)
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Met.", "context_hash": shown}
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", body)
    world.ids["decision"] = UUID(receipt["decision_id"])
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    assert "Copied" not in str(world.as_("mia").sees("/appeals/{appeal}/chronology"))
    assert "Copied" in str(world.as_("officer").sees("/appeals/{appeal}/chronology"))


def test_a_released_coach_and_a_stranger_see_no_appeal(tell: Tell) -> None:
    world = tell("convened")
    release = {"person_id": world["coach"], "assignment": "coach", "ends_on": TOMORROW, "reason": "Left."}
    assert world.as_("coach").get("/appeals/{appeal}").status_code == 200
    world.as_("responsible").does("/enrolments/{enrolment}/releases", release)
    world.now += timedelta(days=1)
    refused(world.as_("coach").get("/appeals/{appeal}"), NotVisible)
    refused(world.as_("stranger").get("/appeals/{appeal}"), NotVisible)
