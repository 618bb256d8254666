"""An appeal sets a decision aside, and somebody else decides again."""

from infra.demo.stage import Stage
from infra.demo.story import mia
from tests.journeys.service import readiness, refused, states


def test_an_appeal_voids_a_decision_and_somebody_else_decides_again(stage: Stage) -> None:
    for chapter in (
        mia.hands_in,
        mia.is_looked_at,
        mia.is_vouched_for,
        mia.is_marked,
        mia.is_to_be_observed,
        mia.is_observed,
    ):
        chapter(stage)
    failed = f"/v1/assessments/{stage.id('mia C1')}"

    for chapter in (mia.appeals, mia.is_heard, mia.is_answered, mia.is_upheld):
        chapter(stage)
    appeal = f"/v1/appeals/{stage.id('appeal')}"
    assert stage.get("mia", appeal)["status"] == "decided"
    shown = {member["name"]: member["independent"] for member in stage.get("chair", appeal)["panel"]}
    assert shown == {"Elaine Moss": True, "Peter Quill": False, "Grace Tan": False}

    mia.gets_another_assessor(stage)
    mia.is_observed_again(stage)
    (first,) = stage.get("mia", failed)["decisions"]
    assert (first["grade"], first["status"], first["reason_code"]) == ("fail", "void", "appeal")
    assert first["appeal_id"] == stage.id("appeal")

    again = f"/v1/assessments/{stage.id('mia C1 again')}"
    attempt = stage.get("mia", again)
    assert (attempt["number"], attempt["after_appeal"]) == (2, stage.id("appeal"))
    (second,) = attempt["decisions"]
    assert (second["grade"], second["status"], second["name"]) == ("distinction", "effective", "David Kerr")
    late = {"findings": [{"code": "S22", "judgement": "not judged", "reason": "I was here before."}]}
    assert refused(stage, "amina", f"{again}/findings", late) == "remarker-not-different"

    now = readiness(stage, "mia", after=stage.answer("mia C1 again/decision")["position"])
    assert set(states(now).values()) == {"assessed, met"}
    then = readiness(stage, "mia", known_at=stage.answer("mia C1/decision")["position"])
    assert states(then)["LET AO7"] == "assessed, not met"

    replay = stage.get("chair", f"{appeal}/chronology")
    cut = int(replay["known_at"])
    assert cut == int(stage.answer("mia C1/decision")["position"])
    assert all(int(line["position"]) <= cut for line in replay["before"] + replay["served"])
    kinds = [line["kind"] for line in replay["later"]]
    assert all(int(line["position"]) > cut for line in replay["later"])
    assert kinds.count("assessment.decision-voided") == 1
    assert [line["kind"] for line in replay["served"]] == ["evidence.served"]
