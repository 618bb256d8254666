"""E-mail addresses over HTTP: registered by administrators, shown to few, and gone when they are removed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from portfolio.application.imports.carrying_out import LinesFaulty
from portfolio.domain.addresses import AddressNotRegistered, AddressOfAnother, AddressUnreadable
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import World, refused

JO = {"address": " Jo.Smith@College.EXAMPLE"}
SHOWN = "Jo.Smith@college.example"


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("people")


def found(folder: Path, text: str) -> list[str]:
    """Return the names of files in which this text stands, in whatever case."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file.name for file in files if text.casefold().encode() in file.read_bytes().lower())


def test_an_address_is_shown_to_its_person_and_to_administrators_alone(world: World) -> None:
    admin = world.as_("admin")
    admin.does("/people/{coach}/address", JO)
    assert admin.sees("/people/{coach}")["address"] == SHOWN
    assert world.as_("coach").sees("/people/{coach}")["address"] == SHOWN
    assert world.as_("responsible").sees("/people/{coach}")["address"] is None
    assert world.services.addresses.person_of("jo.smith@COLLEGE.example ") == world.ids["coach"]


def test_an_address_stands_in_the_table_that_forgets_and_in_no_fact_view_or_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.as_("admin").does("/people/{coach}/address", JO, headers={"Idempotency-Key": "once"})
    world.reads.settle()
    assert {name.partition("-")[0] for name in found(world.folder, "smith@college")} == {"sessions.db"}
    assert "smith" not in caplog.text.casefold()
    world.as_("admin").does("/people/{coach}/address/removal")
    assert world.as_("admin").sees("/people/{coach}")["address"] is None
    with closing(sqlite3.connect(next(world.folder.rglob("sessions.db")))) as kept:
        assert kept.execute("SELECT count(*) FROM address").fetchone() == (0,)
    assert world.services.addresses.person_of(SHOWN) is None
    refused(world.as_("admin").post("/people/{coach}/address/removal"), AddressNotRegistered)


def test_one_address_is_one_persons_however_it_is_written_until_it_is_given_up(world: World) -> None:
    admin = world.as_("admin")
    admin.does("/people/{coach}/address", JO)
    refusal = admin.post("/people/{mia}/address", {"address": "JO.SMITH@college.example"})
    refused(refusal, AddressOfAnother)
    assert refusal.get_json()["people"] == [str(world["coach"])]
    admin.does("/people/{coach}/address", {"address": "other@college.example"})
    admin.does("/people/{mia}/address", JO)
    assert admin.sees("/people/{mia}")["address"] == SHOWN
    assert admin.sees("/people/{coach}")["address"] == "other@college.example"


def test_a_repeated_request_says_what_it_said_and_brings_nothing_back(world: World) -> None:
    admin, once = world.as_("admin"), {"Idempotency-Key": "once"}
    first = admin.does("/people/{coach}/address", JO, headers=once)
    admin.does("/people/{coach}/address/removal")
    assert admin.does("/people/{coach}/address", JO, headers=once)["position"] == first["position"]
    assert admin.sees("/people/{coach}")["address"] is None
    assert world.services.sign_in.address_of(world.ids["coach"]) is None


def test_what_was_left_behind_is_shown_to_nobody(world: World) -> None:
    world.as_("admin").does("/people/{coach}/address", JO)
    world.services.sign_in.set_address(world.ids["coach"], "old@college.example", "another hash")
    assert world.as_("admin").sees("/people/{coach}")["address"] is None
    world.as_("admin").does("/people/{coach}/address", JO)
    assert world.as_("admin").sees("/people/{coach}")["address"] == SHOWN


def test_nobody_else_registers_one_and_none_is_registered_of_nobody(world: World) -> None:
    for who in ("responsible", "coach"):
        refused(world.as_(who).post("/people/{coach}/address", JO), NotPermitted)
        refused(world.as_(who).post("/people/{coach}/address/removal"), NotPermitted)
    refused(world.as_("mia").post("/people/{coach}/address", JO), NotVisible)
    refused(world.as_("admin").post("/people/00000000-0000-4000-8000-000000000001/address", JO), NotVisible)
    for address in ("jo", "jo@cоllege.example", f"{'j' * 300}@college.example"):
        refused(world.as_("admin").post("/people/{coach}/address", {"address": address}), AddressUnreadable)


def test_a_file_of_people_brings_their_addresses(world: World) -> None:
    def send(file: str, path: str = "/imports") -> dict[str, object]:
        answer = world.as_("admin").post(path, data=file.encode(), content_type="text/csv")
        told: dict[str, object] = answer.get_json()
        return told

    header = "name,works for,roles,email\r\n"
    send(f"{header}Zoe Ito,employer,apprentice,Zoe@College.example\r\nBo Li,centre,coach,\r\n")
    (zoe,) = world.as_("admin").sees("/people?search=zoe")["items"]
    assert world.as_("admin").sees(f"/people/{zoe['person_id']}")["address"] == "Zoe@college.example"
    twice = send(f"{header}Cy,centre,coach,cy@college.example\r\nDi,centre,coach,CY@college.example\r\n")
    taken = send(f"{header}Cy,centre,coach,zoe@college.example\r\nDi,centre,coach,di at college\r\n")
    assert [told["type"] for told in (twice, taken)] == [f"/problems/{LinesFaulty.code}"] * 2
    assert "line 3, email: Somebody else has this e-mail address" in str(twice["lines"])
    assert "line 2, email: Somebody else has this e-mail address" in str(taken["lines"])
    assert "line 3, email: This is no e-mail address" in str(taken["lines"])
    assert world.services.addresses.person_of("cy@college.example") is None
