"""A program is told what happened to records that its owner sees and its rows show, and nothing once it stops."""

from collections.abc import Callable
from typing import Any

import pytest

from portfolio.domain.events import TYPES, record_of
from portfolio.domain.kernel import Rejected
from portfolio.domain.program.refusals import OutOfScope, ProgramStopped
from portfolio.domain.program.rows import BRINGS_FILES
from tests.api.conftest import Tell
from tests.api.programs import key, registered, signed_in
from tests.api.test_changes import READ_AT, told, walk
from tests.api.world import NOTES, World, hand_in, refused

WHY = {"reason": "The contract has ended."}
SEES = ("enrolment", "evidence", "person", "plan")
"""The records that are tried: something happened to one of each kind."""


def row_of(event: dict[str, Any]) -> str:
    return f"see:{record_of(TYPES[event['type']]).removesuffix('_id')}"


def scoped(world: World, *rows: str) -> None:
    world.as_("admin").does("/programs/{program}/scope", {"rows": rows, **WHY})


@pytest.mark.parametrize("owner", ["coach", "admin"])
def test_it_is_told_of_what_its_owner_is_told_as_far_as_its_rows_show_the_records(tell: Tell, owner: str) -> None:
    world = tell("submitted")
    registered(world, owner, "ask:changes")
    program, owners = signed_in(world), list(told(world.as_(owner)))
    assert list(told(program)) == []
    for record in SEES:
        scoped(world, "ask:changes", f"see:{record}")
        events = list(told(program))
        assert events == [event for event in owners if row_of(event) == f"see:{record}"] != []
        for event in events:
            key_of_record = next((key for key in READ_AT if key in event), None)
            if key_of_record:
                assert program.get(READ_AT[key_of_record].format(event[key_of_record])).status_code == 200
    scoped(world, "ask:changes", *(f"see:{record}" for record in SEES))
    assert list(told(program)) == [event for event in owners if row_of(event).removeprefix("see:") in SEES]


def test_it_asks_nothing_without_the_row_nor_where_it_brings_files_over(tell: Tell) -> None:
    world = tell("submitted")
    registered(world, "admin", "see:enrolment", "see:person")
    refused(signed_in(world).get("/changes"), OutOfScope)
    scoped(world, "ask:changes", *BRINGS_FILES)
    refused(signed_in(world, enrolment=world["enrolment"]).get("/changes"), OutOfScope)
    refused(signed_in(world, scope="see:evidence").get("/changes"), OutOfScope)


ENDS: dict[str, tuple[Callable[[World], object], type[Rejected]]] = {
    "suspended": (lambda world: world.as_("admin").does("/programs/{program}/suspension", WHY), ProgramStopped),
    "ended": (lambda world: world.as_("admin").does("/programs/{program}/end", WHY), ProgramStopped),
    "key revoked": (
        lambda world: world.as_("admin").does(
            "/programs/{program}/credentials/revocation", {"credential": key().thumbprint(), **WHY}
        ),
        ProgramStopped,
    ),
    "of another owner": (
        lambda world: world.as_("admin").does("/programs/{program}/owner", {"owner": world["admin"], **WHY}),
        ProgramStopped,
    ),
    "owner suspended": (lambda world: world.as_("responsible").does("/people/{coach}/suspension", WHY), ProgramStopped),
    "row taken": (lambda world: scoped(world, "see:evidence"), OutOfScope),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_wait_ends_untold_when_it_stops_meanwhile(tell: Tell, what: str) -> None:
    world = tell("submitted")
    registered(world, "coach", "ask:changes", "see:evidence")
    program = signed_in(world)
    place = walk(program)
    end, refusal = ENDS[what]

    def meanwhile(*_: object, **__: object) -> bool:
        end(world)
        hand_in(world, "late", NOTES, "text/plain")
        world.reads.settle()
        return True

    world.reads.wait_for = meanwhile  # type: ignore[method-assign]  # it happens while somebody waits
    refused(program.get(f"/changes?wait=25&after={place}"), refusal)


def test_a_record_that_its_rows_show_no_longer_is_told_no_more_while_it_waits(tell: Tell) -> None:
    world = tell("submitted")
    registered(world, "coach", "ask:changes", "see:evidence")
    program = signed_in(world)
    place = walk(program)

    def meanwhile(*_: object, **__: object) -> bool:
        if "late" in world.ids:
            world.services.waits.ended.set()
            return False
        scoped(world, "ask:changes", "see:enrolment")
        hand_in(world, "late", NOTES, "text/plain")
        world.reads.settle()
        return True

    world.reads.wait_for = meanwhile  # type: ignore[method-assign]  # it happens while somebody waits
    assert program.sees(f"/changes?wait=25&after={place}")["items"] == []
