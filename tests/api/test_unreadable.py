"""A fact that cannot be read is set aside: its record says so and takes no commands, and nobody else stops."""

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from api.asked import ViewStandsStill
from portfolio.application.ports import FactUnreadable
from projections.people import PEOPLE
from tests.api.conftest import Tell
from tests.api.world import DECLARED, NOTES, World, enrolment, of_the_work, offer, refused


def spoil(world: World, stream: UUID, version: int, change: str = "state = substr(state, 1, 80)") -> int:
    """Damage a stored fact as a disk or a hand might, from the very beginning of this process; return its position."""
    world.close()
    with closing(sqlite3.connect(world.folder / "facts.db", isolation_level=None)) as hand:
        triggers = dict(hand.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        where = "WHERE originator_id = ? AND originator_version = ?"
        for name in triggers:
            hand.execute(f"DROP TRIGGER {name}")
        hand.execute(f"UPDATE facts SET {change} {where}", (stream.bytes, version))  # noqa: S608 - ours
        for made in triggers.values():
            hand.execute(made)
        ((position,),) = hand.execute(f"SELECT position FROM facts {where}", (stream.bytes, version))  # noqa: S608 - ours
    (world.folder / "views.db").unlink()
    world.open()
    world.reads.settle()
    return int(position)


CHANGES = ("state = substr(state, 1, 80)", "topic = 'nobody.knows'", "state = zeroblob(200)")


@pytest.fixture(params=CHANGES)
def spoilt(request: pytest.FixtureRequest, tell: Tell) -> World:
    """Return a world in which the second fact of an item of evidence cannot be read."""
    world = tell("found")
    world.ids["position"] = UUID(int=spoil(world, world["evidence"], 2, request.param))
    return world


def said(world: World) -> str:
    return f"Fact {world['position'].int} (number 2 of the record {world['evidence']}) cannot be read"


def test_the_record_says_that_it_is_shown_without_one_fact(spoilt: World) -> None:
    answer = spoilt.as_("mia").get("/evidence/{evidence}")
    assert answer.status_code == 200
    assert any(each.startswith(said(spoilt)) for each in answer.get_json()["lacks"])


def test_the_record_takes_no_commands_and_says_the_way_out(spoilt: World) -> None:
    body = {"version": 1, "declaration": DECLARED}
    problem = refused(spoilt.as_("mia").post("/evidence/{evidence}/submission", body), FactUnreadable)
    assert "`portfolio fsck`" in problem["detail"]
    assert str(spoilt["evidence"]) in problem["detail"]


def test_a_command_on_another_record_that_rests_on_it_is_refused_by_name(spoilt: World) -> None:
    body = {"findings": [of_the_work(spoilt, "S11")]}
    refused(spoilt.as_("assessor").post("/assessments/{attempt}/findings", body), FactUnreadable)


def test_other_records_go_on_as_ever(spoilt: World) -> None:
    body = enrolment(spoilt, apprentice=spoilt["noah"], uln="1000000027")
    spoilt.as_("admin").does("/enrolments", body, name="other")
    noahs = offer(spoilt, NOTES, "text/plain", enrolment_id=spoilt["other"])
    spoilt.as_("noah").does("/evidence", noahs, name="another")
    for path in ("/evidence/{another}", "/enrolments/{other}/readiness", "/enrolments/{other}/audit-trail"):
        assert "lacks" not in spoilt.as_("noah").sees(path)


def test_lists_and_trails_and_readiness_say_that_they_may_lack_it(spoilt: World) -> None:
    for path in ("evidence", "readiness", "audit-trail"):
        answer = spoilt.as_("mia").get(f"/enrolments/{{enrolment}}/{path}")
        assert answer.status_code == 200, path
        assert any(each.startswith(said(spoilt)) for each in answer.get_json()["lacks"]), path


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_says_on_its_last_line_that_it_may_lack_it(spoilt: World, form: str) -> None:
    answer = spoilt.as_("mia").get("/enrolments/{enrolment}/audit-trail", query_string={"format": form})
    assert answer.status_code == 200
    assert said(spoilt) in answer.text.splitlines()[-1]


def test_a_trail_goes_on_after_it(spoilt: World) -> None:
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 1}
    while True:
        answer = spoilt.as_("mia").get("/enrolments/{enrolment}/audit-trail", query_string=query).get_json()
        seen += [int(entry["position"]) for entry in answer["items"]]
        if answer["next"] is None:
            break
        query["cursor"] = answer["next"]
    assert spoilt["position"].int not in seen
    assert max(seen) > spoilt["position"].int


def test_a_page_says_it_above_its_content(spoilt: World) -> None:
    answer = spoilt.as_("mia").client.get(f"/evidence/{spoilt['evidence']}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.text.index(said(spoilt)) < answer.text.index("<h1")


def test_a_record_whose_beginning_cannot_be_read_is_not_shown(tell: Tell) -> None:
    world = tell("sealed")
    spoil(world, world["evidence"], 1)
    refused(world.as_("mia").get("/evidence/{evidence}"), FactUnreadable)


def test_nobody_knows_what_a_person_may_do_whose_record_cannot_be_read(tell: Tell) -> None:
    world = tell("sealed")
    token = world.tokens.issue(world["mia"], timedelta(hours=1))
    spoil(world, world["mia"], 2)
    path, headers = world.as_("mia").path("/enrolments/{enrolment}"), {"Authorization": f"Bearer {token}"}
    refused(world.app.test_client().get(path, headers=headers), FactUnreadable)
    assert world.as_("assessor").get("/enrolments/{enrolment}").status_code == 200


def test_what_a_view_that_stands_still_cannot_show_is_said_by_name(tell: Tell) -> None:
    world = tell("found")
    table = PEOPLE.view.table
    with closing(sqlite3.connect(world.folder / "views.db", isolation_level=None)) as hand:
        hand.execute(f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END")
    before = world.journal.head()
    receipt = world.as_("admin").does("/people", {"name": "Ben Lee", "works_for": "none of these"})
    for _ in range(3):
        with suppress(sqlite3.Error):
            world.reads.settle()
    after = {"after": receipt["position"]}
    problem = refused(world.as_("admin").get("/people", query_string=after), ViewStandsStill)
    assert problem["detail"] == f"the view people shows nothing that was recorded after fact {before}."
    listed = world.as_("admin").get("/people").get_json()
    assert listed["lacks"] == [f"The view people shows nothing that was recorded after fact {before}."]
    assert world.as_("admin").get("/enrolments/{enrolment}/evidence", query_string=after).status_code == 200
