"""An administrator brings in a file: it is checked line by line, the good lines go, the bad ones are mended."""

from dataclasses import replace
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from api.pages.people import importing
from portfolio.application.imports.carrying_out import Imports, stream_of
from portfolio.application.imports.running import OUR_FAULT, Importing
from portfolio.application.ports import Busy
from tests.api.conftest import Tell
from tests.pages.page import Page
from tests.pages.visitor import Visitor

PEOPLE = "name,works for,roles\nAda Blake,employer,apprentice\nBo Crow,nobody,apprentice\n,centre,coach\n"


@pytest.fixture
def admin(tell: Tell) -> Visitor:
    return Visitor(tell("submitted"), "admin")


def sent(text: str, name: str = "january.csv") -> tuple[bytes, str, str]:
    return text.encode(), name, "text/csv"


def checked(admin: Visitor, text: str) -> Page:
    return admin.asked(admin.reads("/people/import"), "import", file=sent(text))


def action(page: Page) -> str:
    """Return the last part of the address that brings the file in."""
    return page.top.one("form", id="form-bring-in").attributes["action"].rpartition("/")[2]


def brought(admin: Visitor, page: Page, **filled: object) -> Page:
    return admin.does(page, action(page), **filled)


def rows(page: Page) -> list[str]:
    return [row.text for table in page.top.all("tbody") for row in table.all("tr")]


def test_a_bad_line_is_shown_with_its_cell_and_the_way_out_and_the_others_are_brought_in(admin: Visitor) -> None:
    page = checked(admin, PEOPLE)
    assert page.top.one("h1").text == "Nothing has been brought in yet"
    assert (
        "january.csv, read on 2 November 2026, 09:00. Of 3 lines, 1 is ready and 2 have to be put right." in page.text
    )
    assert rows(page) == [
        "Line 3 Bo Crow Works for: nobody None of: assessment organisation, centre, employer, none of these."
        " Put it right in the file, or leave the line out.",
        "Line 4 (empty) Name: (empty) This cell is empty. Put it right in the file, or leave the line out.",
    ]
    done = brought(admin, page)
    assert done.top.one("h1").text == "Brought in"
    assert "but 2 lines left over" in done.text
    assert [row.partition(" A ")[0] for row in rows(done)] == ["Line 3 Works for", "Line 4 Name"]
    assert "Ada Blake" in admin.reads("/people?role=apprentice").text


ADDRESSED = "name,works for,email\nAda Blake,employer,ada@c.example\nBo Crow,centre,bo@c.example\nCy Dell,centre,\n"


def test_those_who_came_with_an_address_can_be_invited_once_the_import_is_done(admin: Visitor) -> None:
    page = checked(admin, ADDRESSED)
    assert "Nobody is written to by it" in page.text
    done = brought(admin, page)
    assert "2 of the people in it have an e-mail address here and are not invited." in done.text
    after = admin.does(done, "invitations")
    assert "2 of the people in it are invited, and have not signed in since." in after.text
    assert "and are not invited" not in after.text
    invited = [each.by for each in admin.world.journal.since(0, 10_000) if each.tag == "person.invited"]
    assert invited == [admin.world["admin"]] * 2


def test_whom_the_rules_refuse_keeps_no_other_from_being_invited_and_changes_nothing_of_the_import(
    admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = brought(admin, checked(admin, ADDRESSED))
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    after = admin.does(done, "invitations")
    assert "1 of the people in it is invited" in after.text
    assert "1 of the people in it has an e-mail address here and is not invited" in after.text
    admin.world.services = replace(admin.world.services, handler=replace(admin.world.handler, mails=False))
    assert admin.world.app  # which has the services of the world from here on
    again = admin.does(after, "invitations")
    assert "1 of the people in it is invited" in again.text
    assert "Every line up to line 4 is brought in." in again.text


def test_only_those_who_bring_files_in_invite_by_them(admin: Visitor) -> None:
    done = brought(admin, checked(admin, ADDRESSED))
    path = done.top.one("form", id="form-invitations").attributes["action"]
    for person in ("mia", "lead", "responsible"):
        assert Visitor(admin.world, person).post(path, {"key": "k"}).status_code in (403, 404)


def test_what_is_left_over_is_a_file_that_is_mended_and_brought_in(admin: Visitor) -> None:
    page = checked(admin, PEOPLE)
    left = admin.send(page, "left-over")
    assert left.headers["Content-Disposition"] == "attachment; filename=left-over-january.csv"
    assert text_of(left) == "name,works_for,roles\r\nBo Crow,nobody,apprentice\r\n,centre,coach\r\n"
    done = brought(admin, page)
    assert text_of(admin.send(done, "left-over", file=sent(PEOPLE))) == text_of(left)
    mended = text_of(left).replace("nobody", "centre").replace("\n,centre", "\nCy Dell,centre")
    again = checked(admin, mended)
    assert "Of 2 lines, 2 are ready." in again.text
    assert "Every line up to line 3 is brought in." in brought(admin, again).text


def text_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.data, "utf-8-sig")


def test_a_line_left_over_names_what_was_brought_in_by_its_id(admin: Visitor) -> None:
    world = admin.world
    lines = [
        "record,reference,name,works_for,roles,apprentice,uln,plan_id,form_id,route,centre_ukprn,employer,starts_on",
        "person,ada,Ada Blake,employer,apprentice,,,,,,,,",
        f"enrolment,,,,,ada,1000000427,{world['plan']},{world['form']},LET,10000001,Lantern,2026-09-01",
    ]
    page = checked(admin, "\n".join(lines))
    assert "Line 3 ada Uln: 1000000427" in page.text
    done = brought(admin, page)
    left = text_of(admin.send(done, "left-over", file=sent("\n".join(lines))))
    assert ",ada," not in left
    assert "1 are ready" not in done.text
    mended = checked(admin, left.replace("1000000427", "1000000426"))
    assert "1 is ready." in mended.text
    assert "is brought in." in brought(admin, mended).text


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "It is empty."), ("name\nAda", "Missing: works_for."), ("name,name\na,b", "Each column needs a name")],
)
def test_a_file_that_is_none_is_refused_whole(admin: Visitor, text: str, says: str) -> None:
    page = admin.refused(admin.reads("/people/import"), "import", 422, file=sent(text))
    assert says in page.refusal
    assert "File: choose a file." in admin.refused(admin.reads("/people/import"), "import", 422).refusal


def test_somebody_called_like_one_who_is_here_is_pointed_out(admin: Visitor) -> None:
    page = checked(admin, "name,works_for\nMIA,employer\nAda Blake,centre\n")
    assert "1 of those that are ready is called like somebody who is here already: MIA." in page.text


def test_what_has_become_bad_since_the_check_is_shown_and_nothing_is_brought_in(admin: Visitor) -> None:
    page = checked(admin, "name,works_for\nAda Blake,employer\n")
    path, fields = page.form(action(page))
    forged = {**fields, "packed": "eJw="}
    assert admin.post(path, forged).status_code == 422
    other = checked(admin, "name,works_for\nAda Blake,nowhere\nBo Crow,centre\n")
    fields["packed"] = other.form(action(other))[1]["packed"]
    head = admin.world.journal.head()
    answer = admin.post(path, fields)
    assert (answer.status_code, admin.world.journal.head()) == (200, head)
    assert "Nothing has been brought in yet" in answer.text


def test_a_file_too_long_to_travel_with_the_page_is_chosen_again(
    admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LONGEST_PACKED", 10)
    page = checked(admin, PEOPLE)
    assert "Choose the same file again" in page.text
    assert admin.send(page, action(page)).status_code == 422
    assert "but 2 lines left over" in brought(admin, page, file=sent(PEOPLE)).text


def test_an_import_that_stopped_goes_on_where_it_was(admin: Visitor) -> None:
    world, import_id = admin.world, UUID(int=7)
    file = b"name,works_for\nAda Blake,employer\nBo Crow,centre\n"
    imports = Imports(world.handler)
    imports.begin(file, import_id, world["admin"])
    page = admin.reads(f"/people/import/{import_id}")
    assert page.top.one("h1").text == "Not all of it is brought in yet"
    assert "It has come to line 0 of 3. If it comes no further when you look again, it has stopped." in page.text
    other = admin.refused(page, str(import_id), 409, file=sent("name,works_for\nX Y,centre\n"))
    assert "This import began with another file" in other.refusal
    done = admin.does(page, str(import_id), file=(file, "a.csv", "text/csv"))
    assert "Every line up to line 3 is brought in." in done.text
    assert admin.ask(f"/people/import/{UUID(int=8)}").status_code == 404
    assert world.journal.read(stream_of(import_id))


def test_only_who_brings_files_in_sees_the_pages(admin: Visitor) -> None:
    world = admin.world
    for path in ("/people/import", "/people/import/sample?kind=person"):
        assert Visitor(world, "officer").ask(path).status_code == 403
    assert "Amina Okafor" in text_of(admin.ask("/people/import/sample?kind=person"))
    assert "Bring in a file" not in Visitor(world, "responsible").reads("/people").text
    assert "Bring in a file" in admin.reads("/people").text


@pytest.mark.parametrize(("fault", "why"), [(Busy("So much."), "So much."), (KeyError("x"), OUR_FAULT)])
def test_why_an_import_stopped_is_known_until_it_goes_on(fault: Exception, why: str) -> None:
    importing, import_id = Importing(), UUID(int=1)

    def fails() -> None:
        raise fault

    importing.start(import_id, fails)
    importing.wait(import_id)
    assert (importing.goes_on(import_id), importing.why(import_id)) == (False, why)
    importing.start(import_id, list)
    importing.wait(import_id)
    assert importing.why(import_id) == ""
