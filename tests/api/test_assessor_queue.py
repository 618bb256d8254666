"""The assessor's queue is counted, narrowed and put in order, and tells nothing of whom one has not declared."""

from datetime import timedelta
from typing import Any

import pytest

from api.errors import FieldsNotValid
from tests.api.conftest import Tell
from tests.api.test_declare_first import declare, silent
from tests.api.world import DECLARED, World, assign, enrolment, hand_in, offer, put, refused
from tests.infra.vault import files

QUEUE = "/queues/assessor"


@pytest.fixture
def world(tell: Tell) -> World:
    """Mia has handed in a PDF that shows K1 and S11, and a picture; Noah, whom the assessor does not know, a note.

    The assessor has an attempt of Mia's to decide.
    """
    world = tell("submitted")
    assessor, admin, noah = world.as_("assessor"), world.as_("admin"), world.as_("noah")
    hand_in(world, "picture", files.picture("PNG"), "image/png", filename="rig.png", title="Rig")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    body = enrolment(world, apprentice=world["noah"], uln="1000000027")
    admin.does("/enrolments", body, name="noah's")
    admin.does("/enrolments/{noah's}/assignments", assign(world, "assessor", "assessor"))
    note = b"We hung the truss."
    offered = offer(world, note, "text/plain", filename="note.txt", title="Note", enrolment_id=world["noah's"])
    receipt = noah.does("/evidence", offered, name="note")
    assert put(world, receipt["parts"][0]["url"], note).status_code == 204
    noah.does("/evidence/{note}/upload", {"version": 1})
    noah.does("/evidence/{note}/claims", {"version": 1, "codes": ["K1"]})
    noah.does("/evidence/{note}/submission", {"version": 1, "declaration": DECLARED})
    return world


def told(answer: dict[str, Any]) -> list[str]:
    return [row.get("title") or row.get("component") or row["name"] for row in answer["items"]]


def counts(answer: dict[str, Any], name: str) -> dict[str, int]:
    return {row["name"]: row["count"] for row in answer["counts"] if row["filter"] == name}


def test_what_waits_is_counted_by_each_filter_and_of_the_undeclared_only_whose_it_is(world: World) -> None:
    answer = world.as_("assessor").sees(QUEUE)
    assert (told(answer), answer["total"]) == (["Risk assessment", "Rig", "C1", "Noah"], 4)
    assert counts(answer, "apprentice") == {"Mia": 3, "Noah": 1}
    assert counts(answer, "kind") == {"PDF": 1, "picture": 1, "attempt to decide": 1}
    assert counts(answer, "component") == {"Component C1": 2, "Component C2": 1}
    assert set(counts(answer, "outcome").values()) <= {1, 2}
    assert counts(answer, "age") == {"1 week or more": 0, "2 weeks or more": 0, "4 weeks or more": 0}
    declare(world, "assessor", "noah")
    after = world.as_("assessor").sees(QUEUE)
    assert counts(after, "kind") == {"PDF": 1, "picture": 1, "text": 1, "attempt to decide": 1}
    assert counts(after, "component") == {"Component C1": 2, "Component C2": 2}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=PDF", ["Risk assessment"]),
        ("kind=text", []),
        ("kind=attempt", ["C1"]),
        ("component=C1", ["Risk assessment", "C1"]),
        ("component=C2", ["Risk assessment"]),
        ("component=C2&kind=picture", []),
        ("apprentice={noah}", ["Noah"]),
        ("apprentice={noah}&kind=text", []),
        ("apprentice={mia}&sort=-recorded", ["C1", "Rig", "Risk assessment"]),
        ("sort=name", ["Risk assessment", "Rig", "C1", "Noah"]),
        ("sort=-name", ["Noah", "C1", "Rig", "Risk assessment"]),
        ("age=7", []),
        ("outcome=none", []),
    ],
)
def test_filters_that_are_given_all_hold(world: World, asked: str, found: list[str]) -> None:
    answer = world.as_("assessor").sees(f"{QUEUE}?{asked}")
    assert (told(answer), answer["total"], answer["next"]) == (found, len(found), None)


def test_an_outcome_finds_what_is_claimed_for_its_codes(world: World) -> None:
    assessor = world.as_("assessor")
    values = {row["value"]: row["count"] for row in assessor.sees(QUEUE)["counts"] if row["filter"] == "outcome"}
    for value, number in values.items():
        answer = assessor.sees(f"{QUEUE}?outcome={value}")
        assert (len(answer["items"]), answer["total"]) == (number, number)
        assert set(told(answer)) <= {"Risk assessment", "C1"}


@pytest.mark.parametrize("sort", ["recorded", "-recorded", "name", "-name"])
def test_pages_go_on_where_the_last_ended_in_every_order(world: World, sort: str) -> None:
    assessor = world.as_("assessor")
    whole, cursor, rows = told(assessor.sees(f"{QUEUE}?sort={sort}")), "", list[str]()
    for _ in whole:
        answer = assessor.sees(f"{QUEUE}?sort={sort}&limit=1{cursor}")
        rows += told(answer)
        cursor = f"&cursor={answer['next']}"
    assert (rows, answer["next"], sorted(whole)) == (whole, None, ["C1", "Noah", "Rig", "Risk assessment"])
    other = assessor.sees(f"{QUEUE}?sort=name&limit=1")["next"]
    refused(assessor.get(f"{QUEUE}?sort=recorded&cursor={other}"), FieldsNotValid)


def test_what_has_waited_is_counted_by_weeks(world: World) -> None:
    world.now += timedelta(days=15)
    answer = world.as_("assessor").sees(QUEUE)
    assert counts(answer, "age") == {"1 week or more": 4, "2 weeks or more": 4, "4 weeks or more": 0}
    assert world.as_("assessor").sees(f"{QUEUE}?age=14&kind=PDF")["total"] == 1


@pytest.mark.parametrize("asked", ["kind=film", "age=3", "sort=title", "apprentice=x", "state=open"])
def test_what_cannot_be_asked_is_refused(world: World, asked: str) -> None:
    refused(world.as_("assessor").get(f"{QUEUE}?{asked}"), FieldsNotValid)


def test_work_that_is_answered_waits_no_more_and_the_number_that_waits_says_so(world: World) -> None:
    assessor = world.as_("assessor")

    def number() -> Any:
        world.reads.settle()
        return next(each["count"] for each in assessor.sees("/me")["waits"] if each["waits"] == "work")

    assert number() == 4
    assessor.does("/evidence/{picture}/acceptance", {"version": 1})
    assert number() == 3
    assert told(assessor.sees(QUEUE)) == ["Risk assessment", "C1", "Noah"]
    assessor.does("/evidence/{picture}/return", {"version": 1, "reason": "It is blurred."})
    assert number() == 3


def test_nobody_is_told_of_work_that_is_not_theirs_to_judge(tell: Tell) -> None:
    world = tell("submitted")
    person = silent(world, "assessor")
    world.as_("admin").does(
        "/enrolments/{enrolment}/assignments", {**assign(world, "silent", "assessor"), "components": ["C2"]}
    )
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    declare(world, person)
    answer = world.as_(person).sees(QUEUE)
    assert (told(answer), answer["total"]) == (["Risk assessment"], 1)
    assert world.as_("second").sees(QUEUE)["total"] == 0
