"""Values that no record takes, through HTTP: days, the number of a centre, and a scale that repeats itself."""

from typing import Any

import pytest

from portfolio.domain.criteria import GradeRepeated
from portfolio.domain.enrolment.near import DayTooFarAhead
from portfolio.domain.enrolment.refusals import UkprnInvalid
from portfolio.domain.kernel import DayNotTaken
from tests.api.conftest import Tell
from tests.api.test_enrolment_corrections import MOVE, START
from tests.api.world import NOTES, World, assign, criteria, enrolment, observation, offer, refused

HERE = "/enrolments/{enrolment}"
LAST, BEYOND = "2028-11-02", "2028-11-03"
EARLY = "1999-12-31"
WHY = {"reason": "It was a slip."}


def days(world: World, day: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return who writes a day where, by the path of its field, with a name for each."""
    work = {**offer(world, NOTES), "produced_on": day}
    released = {**assign(world, "coach", "coach"), "ends_on": day, **WHY}
    del released["starts_on"]
    route = {"route": "LET", "form_id": world["form"], "effective_on": day, **WHY}
    return {
        "starts_on of an enrolment": ("admin", "/enrolments", enrolment(world, starts_on=day)),
        "starts_on of a correction": ("admin", f"{HERE}/start-correction", {**START, "starts_on": day}),
        "starts_on of a part": (
            "admin",
            f"{HERE}/assignments",
            {**assign(world, "second", "assessor"), "starts_on": day},
        ),
        "ends_on of a part": ("admin", f"{HERE}/releases", released),
        "effective_on of a move": ("admin", f"{HERE}/employer", {**MOVE, "effective_on": day}),
        "effective_on of a route": ("admin", f"{HERE}/route", route),
        "pauses_on": ("admin", f"{HERE}/pause", {"pauses_on": day, **WHY}),
        "produced_on": ("mia", "/evidence", work),
        "record.occurred_on": ("assessor", "/evidence/records", observation(world, occurred_on=day)),
        "record.ends_on": ("assessor", "/evidence/records", observation(world, ends_on=day)),
        "occurred_on": ("admin", "/people/{coach}/competences", {"kind": "training", "occurred_on": day}),
    }


def test_no_day_before_2000_is_written_into_a_record(tell: Tell) -> None:
    world = tell("found")
    for name, (person, path, body) in days(world, EARLY).items():
        problem = refused(world.as_(person).post(path, body), DayNotTaken)
        assert problem["days"] == [name.partition(" ")[0]], name
        assert "from 1 January 2000 on" in problem["detail"]


NEAR = (
    "starts_on of an enrolment",
    "starts_on of a correction",
    "starts_on of a part",
    "ends_on of a part",
    "effective_on of a move",
    "effective_on of a route",
    "pauses_on",
)


def test_enrolments_and_parts_are_recorded_at_most_two_years_ahead(tell: Tell) -> None:
    world = tell("found")
    for name in NEAR:
        person, path, body = days(world, BEYOND)[name]
        problem = refused(world.as_(person).post(path, body), DayTooFarAhead)
        assert problem["days"] == [name.partition(" ")[0]], name
        assert "2 November 2028" in problem["detail"]
    for name in ("starts_on of a part", "effective_on of a move", "pauses_on"):
        person, path, body = days(world, LAST)[name]
        world.as_(person).does(path, body)
    resumed = {"resumes_on": BEYOND, **WHY}
    refused(world.as_("admin").post(f"{HERE}/resumption", resumed), DayTooFarAhead)


@pytest.mark.parametrize("number", ["1000000", "100000012", "20000001", "1000000a", "１0000001", " 10000001"])
def test_the_number_of_a_centre_is_a_ukprn(tell: Tell, number: str) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    refused(admin.post("/enrolments", enrolment(world, centre_ukprn=number)), UkprnInvalid)
    said = refused(admin.post(f"{HERE}/centre-correction", {"centre_ukprn": number, **WHY}), UkprnInvalid)["detail"]
    assert said.startswith("centre_ukprn: eight digits")


def test_a_scale_names_each_grade_once(tell: Tell) -> None:
    world = tell("enrolled")
    twice = criteria(world, version="2", scale=["fail", "pass", "Pass"], grade_rules=[])
    assert refused(world.as_("admin").post("/criteria", twice), GradeRepeated)["grades"] == ["Pass"]
