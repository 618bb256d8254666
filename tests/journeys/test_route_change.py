"""An apprentice takes another option: what was found stays found."""

from infra.demo.stage import ADMINISTRATOR, Stage
from infra.demo.story import callum
from tests.journeys.service import readiness, refused, states, trail


def test_a_route_change_keeps_old_findings(stage: Stage) -> None:
    for chapter in (
        callum.hands_in,
        callum.is_looked_at,
        callum.is_marked,
        callum.is_to_be_observed,
        callum.is_observed,
    ):
        chapter(stage)
    enrolment = f"/v1/enrolments/{stage.id('callum enrolment')}"
    before = readiness(stage, "callum", after=stage.answer("callum C1/decision")["position"])
    assert (before["route"], before["all_assessed"], before["codes_needed"]) == ("CVT", True, 46)
    old = stage.get("callum", f"/v1/assessments/{stage.id('callum C1')}")

    change = {
        "route": "LET",
        "form_id": stage.id("form LET"),
        "effective_on": stage.day(0),
        "reason": "The theatre closes for a year.",
        "consent": True,
    }
    assert refused(stage, ADMINISTRATOR, f"{enrolment}/route", change) == "consent-missing"
    consent = {"person_id": stage.id(ADMINISTRATOR), "purpose": {"type": "route", "route": "LET"}}
    stage.post("callum", "callum consents", f"{enrolment}/consents", consent)
    moved = stage.post(ADMINISTRATOR, "callum moves", f"{enrolment}/route", change)

    after = readiness(stage, "callum", after=moved["position"])
    assert (after["route"], after["codes_needed"], after["all_assessed"]) == ("LET", 48, False)
    assert (after["codes_assessed"], states(after)["AO2"]) == (34, "assessed, met")  # the core, as the form has it too
    assert states(after)["LET AO7"] == "no claim"  # S29 was found for CVT: it carries over by ruling only
    assert stage.get("callum", f"/v1/assessments/{stage.id('callum C1')}") == old
    then = readiness(stage, "callum", known_at=str(int(moved["position"]) - 1))
    assert states(then) == states(before)
    kinds = [line["kind"] for line in trail(stage, "officer", enrolment)]
    assert kinds.count("enrolment.route-changed") == 1
    assert kinds.count("assessment.statement-found") == 46
