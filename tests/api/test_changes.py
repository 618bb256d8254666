"""What happened is told in order, to whom the record is there, with nothing left out between two answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from api import waits
from api.errors import CursorOutlived, FieldsNotValid, TooManyRequests
from portfolio.application.changes import may_be_told
from portfolio.application.ports import Busy
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.events import TYPES
from portfolio.domain.standing import AccessSuspended
from projections.machinery.owner import OWNER
from tests.api.conftest import Tell
from tests.api.world import DECLARED, NOTES, PEOPLE, TOMORROW, Caller, World, assign, hand_in, refused, sha, upload

READ_AT = {
    "evidence_id": "/evidence/{}",
    "assessment_id": "/assessments/{}",
    "appeal_id": "/appeals/{}",
    "enrolment_id": "/enrolments/{}",
}
"""Where each record is read, the one that an event is about before the one in which that lies."""


def told(caller: Caller, limit: int = 200, after: str = "") -> Iterator[dict[str, Any]]:
    """Yield all that a caller is told after a place, answer by answer, until nothing comes any more."""
    while True:
        answer = caller.sees(f"/changes?limit={limit}" + (f"&after={after}" if after else ""))
        yield from answer["items"]
        if answer["next"] == after:
            return
        after = answer["next"]


def in_the_log(world: World, person: str) -> list[int]:
    """Return where the log has what somebody is told, looked through from end to end."""
    world.reads.settle()
    session = ReadSession(world.journal, catches_up=True)
    facts = world.journal.at_positions(range(1, world.journal.head() + 1))
    return [
        fact.position
        for fact in facts
        if may_be_told(session, world[person], london_day(world.now), fact, owner_of(world, fact.originator_id))
    ]


def owner_of(world: World, stream: UUID) -> UUID | None:
    row = world.views.row(OWNER, (stream,))
    return row["enrolment_id"] if row else None


def test_everybody_is_told_what_they_may_open_in_order_and_whole_on_each_store(convened: World) -> None:
    numbers = {}
    for person in ("admin", *PEOPLE):
        caller = convened.as_(person)
        events = list(told(caller))
        positions = [int(event["position"]) for event in events]
        assert positions == in_the_log(convened, person) == sorted(set(positions)), person
        assert len({event["id"] for event in events}) == len(events)
        for key, record in {
            next((key, each[key]) for key in READ_AT if key in each) for each in events if READ_AT.keys() & each.keys()
        }:
            assert caller.get(READ_AT[key].format(record)).status_code == 200, (person, key)
        numbers[person] = len(events)
    assert [int(event["position"]) for event in told(convened.as_("coach"), limit=3)] == in_the_log(convened, "coach")
    assert numbers["admin"] > numbers["mia"] >= numbers["coach"] > numbers["stranger"] > 0
    assert numbers["noah"] == numbers["stranger"] + 1, "his registration is his own"


def kinds(world: World, person: str, after: str = "") -> list[str]:
    return [event["type"] for event in told(world.as_(person), after=after)]


def walk(caller: Caller) -> str:
    """Return the place after all that has happened."""
    after = ""
    while (answer := caller.sees("/changes?limit=200" + (f"&after={after}" if after else "")))["next"] != after:
        after = answer["next"]
    return after


def test_a_draft_is_the_apprentices_alone_and_a_remark_for_assessors_theirs(tell: Tell) -> None:
    world = tell("submitted")
    places = {person: walk(world.as_(person)) for person in ("mia", "coach", "assessor", "admin")}
    upload(world, "notes", NOTES, "text/plain")
    remark = {"version": 1, "selector": {"type": "whole item"}, "kind": "formative", "text": "Look again."}
    remark["sha256"] = sha(NOTES)
    coach, assessor = world.as_("coach"), world.as_("assessor")
    assert kinds(world, "mia", places["mia"]) == ["evidence.file-sealed.v1"]
    for person in ("coach", "assessor", "admin"):
        assert kinds(world, person, places[person]) == []
    world.as_("mia").does("/evidence/{notes}/submission", {"version": 1, "declaration": DECLARED})
    coach.does("/evidence/{notes}/annotations", {**remark, "audience": "apprentice and assessors"})
    assessor.does("/evidence/{notes}/annotations", {**remark, "audience": "assessors"})
    handed_in = ["evidence.file-sealed.v1", "evidence.handed-in.v1"]
    assert kinds(world, "assessor", places["assessor"]) == [*handed_in, *2 * ["evidence.remarked.v1"]]
    for person in ("mia", "coach", "admin"):
        assert kinds(world, person, places[person]) == [*handed_in, "evidence.remarked.v1"], person
    world.as_("mia").does("/evidence/{notes}/withdrawal", {"version": 1, "reason": "The wrong file."})
    assert kinds(world, "coach", places["coach"]) == ["evidence.withdrawn.v1"], "the rest is there no more"
    assert "evidence.handed-in.v1" in kinds(world, "mia", places["mia"])


def test_whoever_loses_a_right_is_told_no_more_from_the_next_request_on(tell: Tell) -> None:
    world = tell("submitted")
    coach = world.as_("coach")
    place = walk(coach)
    hand_in(world, "first", NOTES, "text/plain")
    assert "evidence.handed-in.v1" in kinds(world, "coach", place)
    world.now += timedelta(days=2)
    released = {"person_id": world["coach"], "assignment": "coach", "ends_on": TOMORROW, "reason": "She moved."}
    world.as_("admin").does("/enrolments/{enrolment}/releases", released)
    assert kinds(world, "coach", place) == []
    world.as_("responsible").does("/people/{coach}/suspension", {"reason": "An inquiry."})
    refused(coach.get("/changes"), AccessSuspended)


def test_nothing_is_told_of_an_apprentice_before_it_is_said_what_one_is_to_them(tell: Tell) -> None:
    world = tell("submitted")
    admin = world.as_("admin")
    admin.does("/people/{stranger}/roles", {"role": "assessor"})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "stranger", "assessor"))
    about = {"enrolment.begun.v1", "evidence.handed-in.v1"}
    assert not about & set(kinds(world, "stranger"))
    world.as_("stranger").does("/people/{stranger}/interests", {"apprentice": world["mia"], "interest": "none"})
    assert about <= set(kinds(world, "stranger"))


def test_who_waits_is_told_when_it_happens_and_after_the_time_that_nothing_did(tell: Tell) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    place = walk(mia)
    world.services.waits.ended.set()
    assert mia.sees(f"/changes?wait=25&after={place}") == {"items": [], "next": place}, "the service ends"
    world.services.waits.ended.clear()

    def hand_in_meanwhile(*_: object, **__: object) -> bool:
        hand_in(world, "late", NOTES, "text/plain")
        world.reads.settle()
        return True

    world.reads.wait_for = hand_in_meanwhile  # type: ignore[method-assign]  # it happens while somebody waits
    answer = mia.get(f"/changes?wait=25&after={place}").get_json()
    assert {event["type"] for event in answer["items"]} == {"evidence.file-sealed.v1", "evidence.handed-in.v1"}


def test_few_wait_at_once_and_nobody_takes_all_the_places(tell: Tell) -> None:
    world = tell("submitted")
    mia = world.as_("mia")
    place, places = walk(mia), world.services.waits
    held = [places.place(world["mia"]) for _ in range(waits.MOST_OF_ONE)]
    for each in held:
        each.__enter__()
    problem = mia.get(f"/changes?wait=1&after={place}")
    refused(problem, TooManyRequests)
    assert problem.headers["Retry-After"] == "1"
    assert mia.get("/changes?wait=1").status_code == 200, "who is told something at once waits for nothing"
    others = [places.place(UUID(int=number)) for number in range(waits.MOST - waits.MOST_OF_ONE)]
    for each in others:
        each.__enter__()
    busy = world.as_("coach").get(f"/changes?wait=1&after={walk(world.as_('coach'))}")
    refused(busy, Busy)
    assert busy.headers["Retry-After"] == "1"
    for each in (*held, *others):
        each.__exit__(None, None, None)
    places.ended.set()
    assert mia.get(f"/changes?wait=1&after={place}").status_code == 200


def test_a_place_is_a_position_or_a_cursor_of_this_very_record(tell: Tell) -> None:
    world = tell("submitted")
    admin = world.as_("admin")
    events = list(told(admin))
    assert list(told(admin, after=events[4]["position"])) == events[5:]
    for unknown in ("999999", "x", "W10", "%5B%5D"):
        refused(admin.get(f"/changes?after={unknown}"), FieldsNotValid)
    place = walk(admin)
    other = tell("sealed")
    refused(other.as_("admin").get(f"/changes?after={place}"), CursorOutlived)
    short = walk(other.as_("admin"))
    world.journal._secret = b"of another record"
    refused(admin.get(f"/changes?after={short}"), CursorOutlived)


def test_every_type_says_in_the_document_what_it_holds(tell: Tell) -> None:
    world = tell("planned")
    shapes = world.app.test_client().get("/v1/openapi.json").get_json()["components"]["schemas"]
    listed = shapes["ChangesOut"]["properties"]["items"]["items"]["oneOf"]
    names = [each["$ref"].rpartition("/")[2] for each in listed]
    assert {shapes[name]["properties"]["type"]["enum"][0] for name in names} == set(TYPES)
    for name in names:
        assert (
            {"id", "type", "position", "timestamp"} <= set(shapes[name]["required"]) == set(shapes[name]["properties"])
        )
