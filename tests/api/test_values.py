"""Values that no record takes, through HTTP: days, the number of a centre, and a scale that repeats itself."""

from inspect import isclass
from typing import Any, get_args, get_type_hints

import pytest

from portfolio.domain.calendar import Day
from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.competences import CompetenceAhead
from portfolio.domain.criteria import GradeRepeated
from portfolio.domain.enrolment.near import DayTooFarAhead
from portfolio.domain.enrolment.refusals import DaysNotInOrder, EndNotBroughtForward, UkprnInvalid, UlnInvalid
from portfolio.domain.evidence.record import ObservationTimeInvalid
from portfolio.domain.evidence.refusals import ProductionDateInvalid
from portfolio.domain.kernel import DayNotTaken, Rejected, Value
from tests.api.conftest import Tell
from tests.api.test_enrolment_corrections import MOVE, START
from tests.api.world import (
    NOTES,
    TODAY,
    TOMORROW,
    YESTERDAY,
    World,
    assign,
    criteria,
    enrolment,
    observation,
    offer,
    refused,
)

HERE = "/enrolments/{enrolment}"
LAST, BEYOND = "2028-11-02", "2028-11-03"
EARLY = "1999-12-31"
ASSURER = "internal quality assurer"
WHY = {"reason": "It was a slip."}


TESTIMONY = {
    "kind": "witness testimony",
    "witness": "Amina",
    "role": "crew chief",
    "competence": "ten years of it",
    "relation": "supervisor",
    "first_hand": True,
    "statement": "She rigged it.",
}
Written = tuple[str, str, str, dict[str, Any]]
"""Who writes it, where, the path of its field, and what else is written."""


def days(world: World, day: str) -> dict[str, Written]:
    """Return how each day is written that a command holds, by command and field."""
    work = {**offer(world, NOTES), "produced_on": day}
    version = {name: value for name, value in work.items() if name != "enrolment_id"}
    part = {"person_id": world["coach"], "assignment": "coach", **WHY}
    route = {"route": "LET", "form_id": world["form"], "effective_on": day, **WHY}
    trained = {"kind": "training", "occurred_on": day}
    right = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY, **WHY}
    right |= {"right_criteria_id": world["criteria"], "right_day": day}
    talk = {"kind": "professional discussion record", "assessment_id": world["attempt"], "minutes": 20}
    talk |= {"topics": [{"code": "S11", "what": "The rig."}], "occurred_on": day}
    said = {"enrolment_id": world["enrolment"], "title": "Said"}
    anew = {"title": "Observation", **WHY}
    observed, ends = observation(world, occurred_on=day), observation(world, ends_on=day)
    records, correction = "/evidence/records", "/evidence/{observation}/correction"
    begins = {**enrolment(world, uln="1000000027"), "apprentice": world["noah"], "starts_on": day}
    return {
        "EnrolApprentice.starts_on": ("admin", "/enrolments", "starts_on", begins),
        "CorrectStart.starts_on": ("admin", f"{HERE}/start-correction", "starts_on", {**START, "starts_on": day}),
        "MoveToEmployer.effective_on": ("admin", f"{HERE}/employer", "effective_on", {**MOVE, "effective_on": day}),
        "ChangeRoute.effective_on": ("admin", f"{HERE}/route", "effective_on", route),
        "PauseEnrolment.pauses_on": ("admin", f"{HERE}/pause", "pauses_on", {"pauses_on": day, **WHY}),
        "ResumeEnrolment.resumes_on": ("admin", f"{HERE}/resumption", "resumes_on", {"resumes_on": day, **WHY}),
        "EndEnrolment.ended_on": ("admin", f"{HERE}/end", "ended_on", {"how": "completed", "ended_on": day, **WHY}),
        "AssignPerson.starts_on": (
            "admin",
            f"{HERE}/assignments",
            "starts_on",
            {**assign(world, "second", "assessor"), "starts_on": day},
        ),
        "ReleasePerson.ends_on": ("admin", f"{HERE}/releases", "ends_on", {**part, "ends_on": day}),
        "BringEndForward.ends_on": (
            "admin",
            f"{HERE}/releases/correction",
            "ends_on",
            {**part, "was": LAST, "ends_on": day},
        ),
        "CorrectAssignment.starts_on": (
            "admin",
            f"{HERE}/assignments/correction",
            "starts_on",
            {**part, "person_id": world["quality"], "assignment": ASSURER, "began_on": TODAY, "starts_on": day},
        ),
        "RecordCompetence.occurred_on": ("admin", "/people/{coach}/competences", "occurred_on", trained),
        "CorrectCompetence.right_day": ("admin", "/people/{assessor}/competences/correction", "right_day", right),
        "OfferEvidence.produced_on": ("mia", "/evidence", "produced_on", work),
        "OfferVersion.produced_on": ("mia", "/evidence/{evidence}/versions", "produced_on", version),
        "DescribeDraft.produced_on": (
            "mia",
            "/evidence/{draft}/description",
            "produced_on",
            {"version": 1, "title": "Draft", "produced_on": day},
        ),
        "WriteRecord.Observation.occurred_on": ("assessor", records, "record.occurred_on", observed),
        "WriteRecord.Observation.ends_on": ("assessor", records, "record.ends_on", ends),
        "WriteRecord.Testimony.occurred_on": (
            "coach",
            records,
            "record.occurred_on",
            {**said, "record": {**TESTIMONY, "occurred_on": day}},
        ),
        "WriteRecord.Discussion.occurred_on": ("assessor", records, "record.occurred_on", {**said, "record": talk}),
        "CorrectRecord.Observation.occurred_on": (
            "assessor",
            correction,
            "record.occurred_on",
            {**anew, "record": observed["record"]},
        ),
        "CorrectRecord.Observation.ends_on": (
            "assessor",
            correction,
            "record.ends_on",
            {**anew, "record": ends["record"]},
        ),
        "CorrectRecord.Testimony.occurred_on": (
            "coach",
            "/evidence/{said}/correction",
            "record.occurred_on",
            {**anew, "record": {**TESTIMONY, "occurred_on": day}},
        ),
        "CorrectRecord.Discussion.occurred_on": (
            "assessor",
            "/evidence/{talk}/correction",
            "record.occurred_on",
            {**anew, "record": talk},
        ),
    }


def talked(tell: Tell) -> World:
    """Return a world in which there is a part of each kind, a record of each kind, and a draft."""
    world = tell("found")
    for person, kind, name in (("coach", "Testimony", "said"), ("assessor", "Discussion", "talk")):
        body = days(world, TODAY)[f"WriteRecord.{kind}.occurred_on"][3]
        world.as_(person).does("/evidence/records", body, name=name)
    draft = offer(world, b"Lamps.", "text/plain", filename="lamps.txt", title="Draft")
    world.as_("mia").does("/evidence", draft, name="draft")
    return world


def days_of(kind: type[Any]) -> set[str]:
    """Return the fields of a command or of a record in it that hold a day which somebody writes."""
    hints = get_type_hints(kind, include_extras=True)
    own = {name for name, hint in hints.items() if {hint, *get_args(hint)} & {Day}}
    records = {each for hint in hints.values() for each in get_args(hint) if isclass(each) and issubclass(each, Value)}
    return own | {f"{each.__name__}.{name}" for each in records for name in days_of(each)}


def test_each_day_that_a_command_holds_is_tried_here(tell: Tell) -> None:
    held = {f"{command.__name__}.{name}" for command in AGGREGATE_OF for name in days_of(command)}
    assert held == set(days(tell("found"), TODAY))


def test_no_day_before_2000_is_written_into_a_record(tell: Tell) -> None:
    world = tell("found")
    world.ids |= dict.fromkeys(("said", "talk", "draft"), world["observation"])
    for name, (person, path, field, body) in days(world, EARLY).items():
        problem = refused(world.as_(person).post(path, body), DayNotTaken)
        assert problem["days"] == [field], name
        assert "from 1 January 2000 on" in problem["detail"]


NEAR = {
    "EnrolApprentice.starts_on",
    "CorrectStart.starts_on",
    "MoveToEmployer.effective_on",
    "ChangeRoute.effective_on",
    "PauseEnrolment.pauses_on",
    "ResumeEnrolment.resumes_on",
    "AssignPerson.starts_on",
    "ReleasePerson.ends_on",
    "CorrectAssignment.starts_on",
}
"""Days that may lie ahead, but at most two years."""
PAST: dict[str, type[Rejected]] = {
    "EndEnrolment.ended_on": DaysNotInOrder,
    "RecordCompetence.occurred_on": CompetenceAhead,
    "CorrectCompetence.right_day": CompetenceAhead,
    "OfferEvidence.produced_on": ProductionDateInvalid,
    "OfferVersion.produced_on": ProductionDateInvalid,
    "DescribeDraft.produced_on": ProductionDateInvalid,
    **{
        f"{command}.{kind}.occurred_on": ProductionDateInvalid
        for command in ("WriteRecord", "CorrectRecord")
        for kind in ("Observation", "Testimony", "Discussion")
    },
}
"""Days that must have come, and what is said if not."""
AFTER_ANOTHER = {
    "BringEndForward.ends_on": EndNotBroughtForward,
    "WriteRecord.Observation.ends_on": ObservationTimeInvalid,
    "CorrectRecord.Observation.ends_on": ObservationTimeInvalid,
}
"""Days that are held to another one of the record, which is held to these."""


def test_a_day_lies_at_most_two_years_ahead_or_must_have_come(tell: Tell) -> None:
    world = talked(tell)
    admin = world.as_("admin")
    assert {*NEAR, *PAST, *AFTER_ANOTHER} == set(days(world, TODAY))
    for name, refusal in PAST.items():
        person, path, field, body = days(world, TOMORROW)[name]
        problem = refused(world.as_(person).post(path, body), refusal)
        assert problem.get("days", [field]) == [field], name
    admin.does(*days(world, LAST)["PauseEnrolment.pauses_on"][1::2])
    for name in NEAR - {"PauseEnrolment.pauses_on"}:
        person, path, field, body = days(world, BEYOND)[name]
        problem = refused(world.as_(person).post(path, body), DayTooFarAhead)
        assert problem["days"] == [field], name
        assert "2 November 2028" in problem["detail"]
    for name in ("ResumeEnrolment.resumes_on", "PauseEnrolment.pauses_on"):
        person, path, field, body = days(world, LAST)[name]
        world.as_(person).does(path, body)
        if name.startswith("Resume"):
            refused(admin.post(*days(world, BEYOND)["PauseEnrolment.pauses_on"][1::2]), DayTooFarAhead)
    for name in ("AssignPerson.starts_on", "ReleasePerson.ends_on", "MoveToEmployer.effective_on"):
        person, path, field, body = days(world, LAST)[name]
        world.as_(person).does(path, body)
    for name, refusal in AFTER_ANOTHER.items():
        person, path, field, body = days(world, BEYOND)[name]
        refused(world.as_(person).post(path, body), refusal)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("starts on", "31/12/1999", DayNotTaken),
        ("starts on", "03/11/2028", DayTooFarAhead),
        ("centre ukprn", "20000001", UkprnInvalid),
        ("uln", "9276308687", UlnInvalid),
    ],
)
def test_a_line_of_a_file_is_held_to_the_same_and_its_column_is_named(
    tell: Tell, column: str, value: str, fault: type[Rejected]
) -> None:
    world = tell("enrolled")
    line = {"apprentice": world["noah"], "uln": "1000000027", "plan id": world["plan"], "form id": world["form"]}
    line |= {"route": "LET", "centre ukprn": "10000001", "employer": "Lantern", "starts on": TODAY, column: value}
    file = f"{';'.join(line)}\n{';'.join(map(str, line.values()))}\n"
    answer = world.as_("admin").post("/imports/dry-run", data=file.encode(), content_type="text/csv")
    (told,) = answer.get_json()["faulty"]
    assert (told["line"], told["column"], told["code"]) == (2, column.replace(" ", "_"), fault.code)


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
