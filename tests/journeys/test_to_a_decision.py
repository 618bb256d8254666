"""An apprentice's road from the first upload to a grade decision."""

from infra.demo.stage import Stage
from infra.demo.story import mia
from tests.journeys.service import readiness, refused, states, trail


def test_an_apprentice_reaches_a_decision(stage: Stage) -> None:
    assert set(states(readiness(stage, "mia")).values()) == {"no claim"}

    mia.hands_in(stage)
    claimed = readiness(stage, "mia", after=stage.answer("mia plan/claimed")["position"])
    assert states(claimed)["LET AO7"] == "claimed"
    assert (claimed["codes_assessed"], claimed["codes_needed"]) == (0, 48)

    stranger = f"/v1/evidence/{stage.id('mia log')}/acceptance"
    assert refused(stage, "david", stranger, {"version": 1}) == "not-visible"

    for chapter in (mia.is_looked_at, mia.is_vouched_for, mia.is_marked):
        chapter(stage)
    decided = stage.answer("mia C2/decision")
    marked = readiness(stage, "mia", after=decided["position"])
    counts = {line["outcome"]: (line["codes_assessed"], line["codes_needed"]) for line in marked["outcomes"]}
    assert (marked["codes_assessed"], marked["codes_needed"]) == (25, 48)
    assert (counts["AO1"], counts["LET AO7"]) == ((5, 7), (4, 10))
    assert (marked["outcomes_assessed"], marked["all_assessed"]) == (0, False)
    assert "No observation has been completed; the plan requires at least one." in marked["gaps"]

    mia.is_to_be_observed(stage)
    mia.is_observed(stage)
    observed = readiness(stage, "mia", after=stage.answer("mia C1/decision")["position"])
    assert (observed["codes_assessed"], observed["outcomes_assessed"]) == (48, 6)
    assert states(observed)["LET AO7"] == "assessed, not met"

    attempt = f"/v1/assessments/{stage.id('mia C2')}"
    late = {"findings": [{"code": "K1", "judgement": "not judged", "reason": "a second thought"}]}
    assert refused(stage, "joan", f"{attempt}/findings", late) == "finding-fixed-by-decision"
    (decision,) = stage.get("mia", attempt)["decisions"]
    assert (decision["grade"], decision["status"]) == ("pass", "effective")
    sentences = [line["sentence"] for line in trail(stage, "officer", attempt)]
    assert any("decided pass" in sentence for sentence in sentences)

    then = readiness(stage, "mia", known_at=decided["position"])
    assert [line["state"] for line in then["outcomes"]] == [line["state"] for line in marked["outcomes"]]
