"""Imports through HTTP: a file is checked whole, then carried out once, and nobody but administrators may."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import Client, TestResponse

from api.errors import FieldsNotValid, TooLarge, WrongMediaType
from infra.logs import AccessLog
from portfolio.application.imports.carrying_out import BATCH_SIZE, LinesFaulty, LineUnknown
from portfolio.application.imports.lines import CellUnreadable, ColumnsUnknown
from portfolio.application.imports.sheet import LARGEST, FileUnreadable, ImportTooLong
from portfolio.application.ports import Busy
from portfolio.domain.enrolment.refusals import UlnAlreadyEnrolled
from portfolio.domain.imports import ImportOfAnotherFile, ImportUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import RoleNotHeld
from tests.api.conftest import Tell
from tests.api.world import World, refused
from tests.application.imported import Breaking

ID = "5b0e8f3c-2f7d-4d0e-9d53-0c8d1f1a2b3c"
PEOPLE = "Name;Works for;Roles\r\nZoë Ito;employer;apprentice\r\nBo Li;centre;coach\r\n"
FAULTY = PEOPLE + "Cy;nowhere;coach\r\n;centre;coach\r\n"


def send(
    world: World, file: str | bytes, query: str = "", path: str = "/imports", person: str = "admin", **options: Any
) -> TestResponse:
    content = file if isinstance(file, bytes) else file.encode("cp1252")
    return world.as_(person).post(f"{path}{query}", data=content, content_type="text/csv", **options)


def checked(world: World, file: str | bytes, query: str = "", person: str = "admin") -> TestResponse:
    return send(world, file, query, "/imports/dry-run", person)


def imported(world: World, file: str | bytes, path: str = "", **options: Any) -> dict[str, Any]:
    answer = send(world, file, path, **options)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def names(world: World, search: str) -> list[str]:
    return [each["name"] for each in world.as_("admin").sees(f"/people?search={search}")["items"]]


def enrolled(world: World, uln: str, person: str = "zoe") -> str:
    return (
        "record;reference;name;works for;roles;apprentice;uln;plan id;form id;route;centre ukprn;employer;starts on\n"
        f"person;{person};Zoë Ito;employer;apprentice\n"
        f"enrolment;;;;;{person};{uln};{world['plan']};{world['form']};LET;10000001;Lantern;02/11/2026\n"
    )


def test_a_file_is_checked_and_nothing_is_recorded(tell: Tell) -> None:
    world = tell("begin")
    head = world.journal.head()
    answer = checked(world, FAULTY)
    assert answer.status_code == 200
    assert answer.get_json()["faulty"] == [
        {
            "line": 4,
            "column": "works_for",
            "code": CellUnreadable.code,
            "sentence": "None of: assessment organisation, centre, employer, none of these.",
        },
        {"line": 5, "column": "name", "code": "cell-unreadable", "sentence": "This cell is empty."},
    ]
    assert checked(world, FAULTY, "?leave_out=4,5").get_json() == {"faulty": []}
    assert world.journal.head() == head


def test_nothing_is_recorded_while_a_line_is_bad_and_each_is_named(tell: Tell) -> None:
    world = tell("begin")
    head = world.journal.head()
    problem = refused(send(world, FAULTY), LinesFaulty)
    assert problem["lines"] == [
        "line 4, works_for: None of: assessment organisation, centre, employer, none of these.",
        "line 5, name: This cell is empty.",
    ]
    assert problem["detail"].endswith("(and 1 more)")
    refused(send(world, FAULTY, "?leave_out=4"), LinesFaulty)
    refused(send(world, FAULTY, "?leave_out=6"), LineUnknown)
    assert world.journal.head() == head


@pytest.mark.parametrize("chosen", ["4,5", "faulty", "5, faulty"])
def test_what_is_left_out_is_listed_and_the_rest_recorded(tell: Tell, chosen: str) -> None:
    world = tell("begin")
    body = imported(world, FAULTY, f"?import_id={ID}&leave_out={chosen}")
    assert (body["import_id"], body["complete"], body["last_line"], body["refused"]) == (ID, True, 5, [])
    assert [each["line"] for each in body["left_out"]] == [4, 5]
    assert (names(world, "zoe"), names(world, "bo")) == (["Zoë Ito"], ["Bo Li"])
    assert world.as_("admin").sees(f"/imports/{ID}") == body


def test_a_second_press_changes_nothing_and_another_file_is_refused(tell: Tell) -> None:
    world = tell("begin")
    first = imported(world, PEOPLE, f"?import_id={ID}")
    head = world.journal.head()
    assert imported(world, PEOPLE, f"?import_id={ID}") == first
    assert world.journal.head() == head
    refused(send(world, FAULTY, f"?import_id={ID}"), ImportOfAnotherFile)
    once = {"Idempotency-Key": "one"}
    again = imported(world, PEOPLE, headers=once)
    assert imported(world, PEOPLE, headers=once) == again
    assert names(world, "zoe") == ["Zoë Ito", "Zoë Ito"]


def breaks_off(world: World, file: str, appends: int) -> None:
    """Send a file to a server whose journal takes so many appends and no more, and start that server anew."""
    whole = world.services
    handler = replace(world.handler, journal=Breaking(world.journal, appends, after=False))
    world.services = replace(whole, handler=handler)
    refused(send(world, file, f"?import_id={ID}"), Busy)
    world.services = whole


def test_an_import_that_broke_off_shows_how_far_it_came(tell: Tell) -> None:
    world = tell("begin")
    lines = [f"Person {number};centre;coach\r\n" for number in range(BATCH_SIZE + 10)]
    file = "Name;Works for;Roles\r\n" + "".join(lines)
    breaks_off(world, file, 1 + 2 * BATCH_SIZE + 1 + 5)  # it begins; a person and a role a line; the batch is noted
    shown = world.as_("admin").sees(f"/imports/{ID}")
    assert (shown["reached"], shown["last_line"], shown["complete"]) == (BATCH_SIZE + 1, BATCH_SIZE + 11, False)
    assert imported(world, file, f"?import_id={ID}")["complete"] is True
    shown = world.as_("admin").sees(f"/imports/{ID}")
    assert (shown["reached"], shown["complete"], shown["refused"]) == (BATCH_SIZE + 11, True, [])
    assert len(names(world, "person")) == len(set(names(world, "person"))) > 0


def test_a_line_that_became_impossible_meanwhile_is_listed_and_tried_again(tell: Tell) -> None:
    world = tell("enrolled")
    file = enrolled(world, "1000000051")
    breaks_off(world, file, 3)  # it begins; Zoë and her role
    admin = world.as_("admin")
    assert admin.sees(f"/imports/{ID}")["reached"] == 0
    (zoe,) = admin.sees("/people?search=zoe")["items"]
    admin.does(f"/people/{zoe['person_id']}/roles/end", {"role": "apprentice"})
    told = imported(world, file, f"?import_id={ID}")
    assert (told["complete"], told["reached"]) == (True, told["last_line"])
    listed = {"line": 3, "column": "apprentice", "code": RoleNotHeld.code, "sentence": RoleNotHeld.title()}
    assert told["refused"] == [listed]
    assert admin.sees(f"/imports/{ID}") == told
    admin.does(f"/people/{zoe['person_id']}/roles", {"role": "apprentice"})
    assert imported(world, file, f"?import_id={ID}")["refused"] == []
    assert [each["name"] for each in admin.sees("/enrolments?search=zoe")["items"]] == ["Zoë Ito"]


def test_people_are_enrolled_by_the_lines_below_theirs(tell: Tell) -> None:
    world = tell("enrolled")
    imported(world, enrolled(world, "1000000051"))
    rows = world.as_("admin").sees("/enrolments?search=zoe")["items"]
    assert [(each["name"], each["employer"]) for each in rows] == [("Zoë Ito", "Lantern")]
    problem = refused(send(world, enrolled(world, "1000000051")), LinesFaulty)
    assert problem["lines"] == [f"line 3, uln: {UlnAlreadyEnrolled.title()}"]


def test_only_administrators_import_and_responsible_officers_see_how_it_went(tell: Tell) -> None:
    world = tell("people")
    imported(world, PEOPLE, f"?import_id={ID}")
    for person in ("lead", "responsible", "mia", "assessor", "officer", "stranger"):
        refused(send(world, PEOPLE, person=person), NotPermitted)
        refused(checked(world, PEOPLE, person=person), NotPermitted)
        refused(world.as_(person).get("/imports/sample?kind=person"), NotPermitted)
        if person != "responsible":
            refused(world.as_(person).get(f"/imports/{ID}"), NotVisible)
    assert world.as_("responsible").sees(f"/imports/{ID}") == world.as_("admin").sees(f"/imports/{ID}")
    refused(world.as_("admin").get(f"/imports/{UUID(int=5)}"), NotVisible)
    assert ImportUnknown.code == "import-unknown"


@pytest.mark.parametrize("kind", ["person", "enrolment", "assignment"])
def test_a_sample_opens_in_a_spreadsheet_and_can_be_sent(tell: Tell, kind: str) -> None:
    world = tell("begin")
    answer = world.as_("admin").get(f"/imports/sample?kind={kind}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == ("text/csv", f"attachment; filename={kind}.csv")
    assert {each["code"] for each in checked(world, answer.data).get_json()["faulty"]} <= {
        "person-unknown",
        "not-visible",
        "enrolment-unknown",
    }


@pytest.mark.parametrize("path", ["/imports", "/imports/dry-run"])
def test_a_file_may_be_sent_as_bytes_too(tell: Tell, path: str) -> None:
    answer = (
        tell("begin").as_("admin").post(path, data=PEOPLE.encode("cp1252"), content_type="application/octet-stream")
    )
    assert answer.status_code == (201 if path == "/imports" else 200), answer.text
    assert {*map(len, (each for each in answer.get_json().values() if isinstance(each, list)))} == {0}


def test_a_file_that_cannot_be_read_is_refused_whole(tell: Tell) -> None:
    world = tell("begin")
    refused(send(world, b"\x00\x01"), FileUnreadable)
    unknown = refused(send(world, "name,works for,e-mail\nx,centre,y\n"), ColumnsUnknown)
    assert unknown["unknown"] == ["e_mail"]
    refused(checked(world, "name,works for\n" + "x,centre\n" * 20_001), ImportTooLong)
    refused(send(world, b"x" * (LARGEST + 1)), TooLarge)
    refused(world.as_("admin").post("/imports", {"name": "x"}), WrongMediaType)
    for chosen in ("x", "3;4", "-1", "", "9999999999"):
        refused(send(world, PEOPLE, f"?leave_out={chosen}"), FieldsNotValid)


def test_a_file_that_comes_in_chunks_is_taken_whole_or_not_at_all(tell: Tell) -> None:
    world = tell("begin")
    chunked = {"environ_overrides": {"wsgi.input_terminated": True}}
    for size, refusal in ((0, None), (LARGEST, TooLarge)):
        body = BytesIO(PEOPLE.encode() + b"\r\n" * (size // 2))
        answer = world.as_("admin").post("/imports", input_stream=body, content_type="text/csv", **chunked)
        assert answer.status_code == 201 if refusal is None else refused(answer, refusal)
    assert names(world, "bo") == ["Bo Li"]


def test_no_word_of_a_file_stands_in_the_log(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    world = tell("begin")
    token = world.as_("admin").client.environ_base["HTTP_AUTHORIZATION"]
    client = Client(AccessLog(world.app))
    with caplog.at_level("DEBUG", logger="portfolio.access"):
        for path in ("/v1/imports", "/v1/imports?leave_out=faulty", "/v1/imports/dry-run"):
            sent = {"data": FAULTY.encode(), "content_type": "text/csv", "headers": {"Authorization": token}}
            client.post(path, **sent).close()
    assert "/v1/imports" in str([record.__dict__ for record in caplog.records])
    assert "Zo" not in str([record.__dict__ for record in caplog.records])
