"""Who is asking, and what waits for them."""

from typing import Any

from tests.api.conftest import Tell
from tests.api.world import Caller, assign


def waits(caller: Caller) -> dict[str, int]:
    """Return how many of what wait for the caller, each listed where it is said to be."""
    body = caller.sees("/me")
    for each in body["waits"]:
        listed: list[Any] = caller.sees(each["href"].removeprefix("/v1"))["items"]
        assert (len(listed), each["more"]) == (each["count"], False), each
    return {each["waits"]: each["count"] for each in body["waits"]}


def test_everybody_is_told_who_they_are(tell: Tell) -> None:
    world = tell("enrolled")
    body = world.as_("assessor").sees("/me")
    assert body == {
        "person_id": str(world["assessor"]),
        "name": "Assessor",
        "works_for": "assessment organisation",
        "roles": ["assessor"],
        "suspended": False,
        "mails": "daily",
        "waits": [],
    }


def test_work_that_waits_is_counted_where_it_is_listed(tell: Tell) -> None:
    world = tell("submitted")
    assert waits(world.as_("assessor")) == {"work": 1}
    assert waits(world.as_("mia")) == waits(world.as_("coach")) == waits(world.as_("admin")) == {}


def test_an_assessor_is_told_to_declare_first(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/people", {"name": "Newcomer", "works_for": "centre"}, name="newcomer")
    world.as_("admin").does("/people/{newcomer}/roles", {"role": "assessor"})
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "newcomer", "assessor"))
    assert waits(world.as_("newcomer")) == {"declarations": 1}
    world.as_("newcomer").does("/people/{newcomer}/interests", {"apprentice": world["mia"], "interest": "none"})
    assert waits(world.as_("newcomer")) == {}


def test_an_appeal_waits_for_its_officer_and_then_for_its_panel(tell: Tell) -> None:
    world = tell("lodged")
    assert waits(world.as_("officer")) == {"appeals": 1}
    assert waits(world.as_("chair")) == {}
    world = tell("convened")
    assert waits(world.as_("chair")) == {"panels": 1}


def test_a_member_of_a_panel_is_counted_no_appeal_before_they_declare(tell: Tell) -> None:
    world = tell("admitted")
    admin = world.as_("admin")
    admin.does("/people", {"name": "Silent", "works_for": "none of these"}, name="silent")
    admin.does("/people/{silent}/roles", {"role": "panel member"})
    admin.does("/people/{silent}/competences", {"kind": "appeals panel", "occurred_on": "2026-10-01"})
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["silent"], world["member"]]})
    assert waits(world.as_("silent")) == {"declarations": 1}
