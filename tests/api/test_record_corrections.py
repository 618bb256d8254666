"""Records put right by their authors, through HTTP: what every reader then sees, and what decisions go on saying."""

from typing import Any

import pytest

from portfolio.domain.assessment.checks import DecisionContextStale
from portfolio.domain.assessment.findings import CodeNotInComponent, RecordOfAnotherAttempt
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.evidence.record import ObservationTimeInvalid
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.evidence.written import RecordMadeAnother, RecordNeedsAssessor, RecordOfAnother
from portfolio.domain.kernel import NotVisible, Rejected
from tests.api.conftest import Tell
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_who_took_part import NOT_OURS, next_attempt
from tests.api.world import (
    TODAY,
    TOMORROW,
    YESTERDAY,
    World,
    cite,
    decision,
    finding,
    observation,
    refused,
    released_next_day,
)

CORRECTION = "/evidence/{observation}/correction"
TESTIMONY = {
    "kind": "witness testimony",
    "witness": "Wim",
    "role": "rigger",
    "competence": "twenty years of it",
    "relation": "a colleague",
    "first_hand": True,
    "statement": "I saw the rig go up.",
    "occurred_on": TODAY,
}


def right(world: World, **fields: Any) -> dict[str, Any]:
    """Return the observation as it was: in the studio."""
    record = observation(world, place="Studio", **fields)["record"]
    return {"title": "Observation", "record": record, "reason": "It was in the studio."}


def versions(world: World, name: str, item: str = "observation") -> list[tuple[str, int | None, int | None]]:
    """Return the stage of each version that a person sees, with what it corrects and what corrects it."""
    shown = world.as_(name).sees(f"/evidence/{{{item}}}")["versions"]
    return [(each["stage"], each["corrects"], each["corrected_by"]) for each in shown]


def test_a_record_is_put_right_by_a_new_version_until_a_decision_cites_it(tell: Tell) -> None:
    world = tell("found")
    before = decision(world)
    world.as_("assessor").does(CORRECTION, right(world))
    assert versions(world, "mia") == [("replaced", None, None), ("accepted", None, None)]
    first, second = world.as_("mia").sees("/evidence/{observation}")["versions"]
    assert ("Place: Main stage" in first["bounds"]["text"], "Place: Studio" in second["bounds"]["text"]) == (True, True)
    assert (second["reason"], second["name"]) == ("It was in the studio.", "Assessor")
    refused(world.as_("assessor").post("/assessments/{attempt}/decisions", before), DecisionContextStale)
    shown = world.as_("assessor").sees("/assessments/{attempt}/context")
    there = [each for each in shown["available"] if each["evidence_id"] == str(world["observation"])]
    assert [(each["version"], each["stage"], each.get("reason")) for each in there] == [
        (1, "replaced", None),
        (2, "accepted", "It was in the studio."),
    ]
    assert {each["written_by"] for each in there} == {str(world["assessor"])}
    findings = [finding(world, code, cites=[cite(world, version=2)]) for code in ("S11", "S12")]
    world.as_("assessor").does("/assessments/{attempt}/findings", {"findings": findings})
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))


def test_a_record_that_a_decision_cites_is_corrected_by_a_labelled_version_beside_it(tell: Tell) -> None:
    world = tell("convened")
    point = world.services.journal.head()
    replay = "/appeals/{appeal}/chronology?known_at="
    earlier = world.as_("chair").sees(f"{replay}{point}")
    stored = "/assessments/{attempt}/decisions/{decision}/context"
    context = world.as_("chair").sees(stored)
    world.as_("assessor").does(CORRECTION, right(world))
    for person in ("mia", "assessor", "quality", "chair", "officer", "coach"):
        assert versions(world, person) == [("replaced", None, 2), ("accepted", 1, None)]
    assert world.as_("chair").sees(stored) == context
    correction = "corrected a record that a decision cites, by version 2, “Observation”: It was in the studio."
    for at, then in ((str(point), False), (str(world.services.journal.head()), True)):
        told = [entry["sentence"] for entry in world.as_("chair").sees(replay + at)["on_record"]]
        assert (correction in told) is then
    assert world.as_("chair").sees(f"{replay}{point}")["on_record"] == earlier["on_record"]


def test_a_correction_is_corrected_in_the_same_way(tell: Tell) -> None:
    world = tell("decided")
    world.as_("assessor").does(CORRECTION, right(world))
    world.as_("assessor").does(CORRECTION, right(world, to_time="11:00"))
    assert versions(world, "mia") == [("replaced", None, 2), ("replaced", 1, 3), ("accepted", 2, None)]


def test_whoever_reads_the_version_that_a_decision_cites_is_told_of_a_correction_of_a_later_one(tell: Tell) -> None:
    world = tell("found")
    world.as_("assessor").does(CORRECTION, right(world))
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))  # its findings cite version 1
    world.as_("assessor").does(CORRECTION, right(world, to_time="11:00"))
    assert versions(world, "mia") == [("replaced", None, 3), ("replaced", None, 3), ("accepted", 2, None)]


def test_an_observation_counts_for_its_attempt_whichever_version_the_decision_cites(tell: Tell) -> None:
    world = tell("decided")
    told = world.as_("mia").sees("/enrolments/{enrolment}/readiness")
    world.as_("assessor").does(CORRECTION, right(world))
    assert world.as_("mia").sees("/enrolments/{enrolment}/readiness")["outcomes"] == told["outcomes"]


def test_a_testimony_is_put_right_by_who_wrote_it_and_inherits_no_claims(tell: Tell) -> None:
    world = tell("found")
    employer = world.as_("employer")
    body = {"enrolment_id": world["enrolment"], "title": "Testimony", "record": TESTIMONY}
    employer.does("/evidence/records", body, name="testimony")
    world.as_("mia").does("/evidence/{testimony}/claims", {"version": 1, "codes": ["S11"]})
    path = "/evidence/{testimony}/correction"
    anew = {"title": "Testimony", "record": {**TESTIMONY, "role": "head rigger"}, "reason": "He has been promoted."}
    refused(world.as_("coach").post(path, anew), RecordOfAnother)
    refused(world.as_("second").post(path, anew), NotVisible)
    employer.does(path, anew)
    first, second = world.as_("mia").sees("/evidence/{testimony}")["versions"]
    assert ([each["code"] for each in first["claims"]], second["claims"]) == (["S11"], [])
    assert (first["attempt_id"], second["attempt_id"]) == (None, None)


def test_who_wrote_a_record_puts_it_right_also_once_their_part_has_ended_and_reads_nothing(tell: Tell) -> None:
    world = tell("decided")
    body = {"enrolment_id": world["enrolment"], "title": "Testimony", "record": TESTIMONY}
    world.as_("employer").does("/evidence/records", body, name="testimony")
    released_next_day(world, "employer", "employer")
    released_next_day(world, "assessor")
    anew = {"title": "Testimony", "record": {**TESTIMONY, "role": "head rigger"}, "reason": "I wrote the wrong role."}
    world.as_("employer").does("/evidence/{testimony}/correction", anew)
    refused(world.as_("employer").get("/evidence/{testimony}"), NotVisible)
    refused(world.as_("employer").post(CORRECTION, right(world)), RecordOfAnother)
    world.as_("assessor").does(CORRECTION, right(world))
    assert versions(world, "mia") == [("replaced", None, 2), ("accepted", 1, None)]
    assert versions(world, "mia", "testimony") == [("replaced", None, None), ("accepted", None, None)]


def test_an_assessor_whose_part_ended_writes_nothing_anew_that_is_still_to_be_decided_on(tell: Tell) -> None:
    world = tell("found")
    released_next_day(world, "assessor")
    refused(world.as_("assessor").post(CORRECTION, right(world)), RecordNeedsAssessor)


def test_a_corrected_record_stays_of_its_kind_and_attempt_and_of_whom_it_was(tell: Tell) -> None:
    world = tell("found")
    assessor = world.as_("assessor")
    refused(assessor.post(CORRECTION, {**right(world), "record": TESTIMONY}), RecordMadeAnother)
    refused(assessor.post(CORRECTION, right(world, assessment_id=world["form"])), RecordMadeAnother)
    refused(world.as_("mia").post(CORRECTION, right(world)), RecordOfAnother)
    refused(world.as_("mia").post("/evidence/{evidence}/correction", right(world)), EvidenceVersionFixed)


def test_an_author_with_a_tie_writes_nothing_anew_while_the_attempt_can_be_decided(tell: Tell) -> None:
    for stage in ("found", "decided"):
        world = tell(stage)
        interest = {"apprentice": world["mia"], "interest": "personal"}
        world.as_("assessor").does("/people/{assessor}/interests", interest)
        if stage == "found":
            refused(world.as_("assessor").post(CORRECTION, right(world)), AssessorConflicted)
        else:
            world.as_("assessor").does(CORRECTION, right(world))


def test_a_finding_rests_on_no_observation_of_another_attempt(tell: Tell) -> None:
    world = tell("decided")
    world.as_("responsible").does(VOIDING, setting_aside(world, reason_code="marking error", **NOT_OURS))
    next_attempt(world)
    assessor, found = world.as_("assessor"), "/assessments/{again}/findings"
    problem = refused(assessor.post(found, {"findings": [finding(world, "S11")]}), RecordOfAnotherAttempt)
    assert problem["codes"] == ["S11"]
    nothing = finding(world, "S12", judgement="not met", cites=[], nothing_shows_it=True)
    assessor.does(found, {"findings": [nothing]})
    assessor.does("/evidence/records", observation(world, assessment_id=world["again"]), name="observed again")
    assessor.does(found, {"findings": [finding(world, "S11", cites=[cite(world, "observed again")])]})


@pytest.mark.parametrize(
    ("times", "refusal"),
    [
        ({"from_time": "9 o'clock"}, ObservationTimeInvalid),
        ({"from_time": "09:01"}, ObservationTimeInvalid),
        ({"to_time": "08:59"}, ObservationTimeInvalid),
        ({"occurred_on": YESTERDAY, "from_time": "22:00", "to_time": "01:00"}, ObservationTimeInvalid),
        ({"occurred_on": YESTERDAY, "ends_on": TOMORROW}, ObservationTimeInvalid),
        ({"seen": [{"code": "S13", "what": "Seen."}]}, CodeNotInComponent),
    ],
)
def test_an_observation_is_of_real_times_and_of_codes_of_its_component(
    tell: Tell, times: dict[str, Any], refusal: type[Rejected]
) -> None:
    world = tell("found")
    refused(world.as_("assessor").post("/evidence/records", observation(world, **times)), refusal)


def test_an_observation_may_end_on_the_next_day(tell: Tell) -> None:
    world = tell("found")
    night = {"occurred_on": YESTERDAY, "from_time": "22:00", "to_time": "01:00", "ends_on": TODAY}
    world.as_("assessor").does("/evidence/records", observation(world, **night), name="night")
    (version,) = world.as_("mia").sees("/evidence/{night}")["versions"]
    assert "Observer: Assessor\n" in version["bounds"]["text"]
    assert "Time: 2026-11-01, 22:00 to 2026-11-02, 01:00\n" in version["bounds"]["text"]


BACK, ONWARD = "2026-10-25", "2026-03-29"  # the nights of that year in which London's clocks went back and forward
TWICE = {"occurred_on": BACK, "from_time": "01:30", "to_time": "01:10"}


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (TWICE, "2026-10-25, 01:30 to 01:10"),
        ({**TWICE, "to_time": "00:31", "ends_on": "2026-10-26"}, "2026-10-25, 01:30 to 2026-10-26, 00:31"),
        ({"occurred_on": ONWARD, "from_time": "00:59", "to_time": "02:00"}, "2026-03-29, 00:59 to 02:00"),
    ],
)
def test_an_observation_is_of_what_clocks_showed_in_the_night_that_they_changed(
    tell: Tell, times: dict[str, Any], told: str
) -> None:
    world = tell("found")
    world.as_("assessor").does("/evidence/records", observation(world, **times), name="night")
    world.as_("assessor").does(CORRECTION, right(world, **times))
    for item in ("night", "observation"):
        text = world.as_("mia").sees(f"/evidence/{{{item}}}")["versions"][-1]["bounds"]["text"]
        assert f"Time: {told}\n" in text


ENDS = "to_time: it ends after it begins, and within 24 hours: say with ends_on if it ended on the next day."
SKIPPED = "on 29 March 2026 no clock in London showed 01:30, because clocks went forward."


@pytest.mark.parametrize(
    ("times", "name", "sentence"),
    [
        ({**TWICE, "to_time": "00:59"}, "to_time", ENDS),
        ({**TWICE, "occurred_on": "2026-10-24"}, "to_time", ENDS),
        ({**TWICE, "to_time": "01:31", "ends_on": "2026-10-26"}, "to_time", ENDS),
        ({"occurred_on": ONWARD, "from_time": "01:30", "to_time": "03:00"}, "from_time", f"from_time: {SKIPPED}"),
        ({"occurred_on": ONWARD, "from_time": "00:30", "to_time": "01:30"}, "to_time", f"to_time: {SKIPPED}"),
    ],
)
def test_an_observation_is_of_no_time_that_no_clock_showed_in_that_night(
    tell: Tell, times: dict[str, Any], name: str, sentence: str
) -> None:
    world = tell("found")
    for path, body in (("/evidence/records", observation(world, **times)), (CORRECTION, right(world, **times))):
        problem = refused(world.as_("assessor").post(path, body), ObservationTimeInvalid)
        assert (problem["times"], problem["detail"]) == ([name], sentence)
