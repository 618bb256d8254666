"""A responsible officer takes a signed paper in on a page, and sees how it stands."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.errors import TooManyRequests
from tests.api.conftest import Tell
from tests.api.world import World
from tests.checking import Never
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.visitor import Visitor, a_file
from tests.security import Listed

PAPERS = "/enrolments/{enrolment}/papers"


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("enrolled")


@pytest.fixture
def officer(world: World) -> Visitor:
    return Visitor(world, "responsible")


def choice(page: Page, words: str) -> str:
    """Return the value of what a paper can say in these words."""
    (value,) = (
        each.attributes["value"] for each in page.top.one("select", name="paper").all("option") if words in each.text
    )
    return value


def sent(world: World, page: Page, content: bytes = files.pdf(), name: str = "letter.pdf") -> dict[str, object]:
    return {
        "paper": choice(page, "may move them to the route LET"),
        "says.person_id": str(world["coach"]),
        "reason": "Has no phone since the accident.",
        "file": a_file(content, name, ""),
    }


def test_a_paper_is_taken_in_sealed_and_read_again(world: World, officer: Visitor) -> None:
    (link,) = (each for each in officer.reads("/enrolments/{enrolment}").top.all("a") if each.text == "Signed papers")
    page = officer.reads(link.attributes["href"])
    assert "There are no papers" in page.text
    after = officer.does(page, "papers", **sent(world, page)).section("papers")
    assert "may move them to the route LET" in after.one("h3").text
    assert "Sealed: what it says holds." in after.text
    assert "Has no phone since the accident." in after.text
    answer = officer.ask(after.one("a").attributes["href"])
    assert (answer.status_code, answer.data) == (200, files.pdf())
    assert "may no longer move them" in officer.reads(PAPERS).top.one("select", name="paper").text


def test_whoever_has_no_part_is_found_by_name_and_chosen(world: World, officer: Visitor) -> None:
    def people(page: Page) -> list[str]:
        return [each.text for each in page.top.one("select", name="says.person_id").all("option")]

    page = officer.reads(PAPERS)
    assert people(page)[0] == "Nobody: it takes something back"
    assert "Coach, coach" in people(page)
    assert str(world["admin"]) not in page.top.text
    assert not any(each.startswith("Admin") for each in people(page))
    assert "Nobody who is registered is called so." in officer.reads(f"{PAPERS}?person=zz").text
    found = officer.reads(f"{PAPERS}?person=adm")
    assert people(found)[1] == "Admin, of the assessment organisation"
    chosen = {**sent(world, found), "says.person_id": str(world["admin"])}
    again = officer.refused(found, "papers", 422, **{**chosen, "reason": ""})
    (still,) = (each for each in again.top.one("select", name="says.person_id").all("option", selected=""))
    assert still.text == "Admin, of the assessment organisation"
    assert "Admin may move them to the route LET" in officer.does(found, "papers", **chosen).section("papers").text


def test_a_paper_that_waits_or_is_refused_says_so_and_what_to_do(world: World, officer: Visitor) -> None:
    in_time, world.services = world.services, replace(world.services, checking=Never("The disk failed."))
    page = officer.reads(PAPERS)
    waits = officer.does(page, "papers", **sent(world, page)).section("papers")
    assert "waits to be checked" in waits.text
    assert "The disk failed." in waits.text
    world.services = in_time
    officer = Visitor(world, "responsible")
    page = officer.reads(PAPERS)
    told = officer.refused(page, "papers", 409, **sent(world, page, b"no scan at all"))
    assert "declared as application/pdf but is TXT" in told.refusal
    assert told.top.one("textarea", name="reason").text == "Has no phone since the accident."
    assert "send another one" in told.section("papers").text
    told = officer.refused(page, "papers", 422, **{**sent(world, page), "says.person_id": ""})
    assert "Person named, if it lets somebody do something: fill this in." in told.refusal


def test_a_paper_whose_scan_was_erased_says_when_and_why(world: World, officer: Visitor) -> None:
    page = officer.reads(PAPERS)
    paper = (
        officer.does(page, "papers", **sent(world, page)).section("papers").one("a").attributes["href"].split("/")[-2]
    )
    path, why = f"{PAPERS}/{paper}/erasure", {"reason": "It shows somebody else."}
    world.as_("responsible").does(path, why)
    assert "One person approved that the file is erased" in officer.reads(PAPERS).section("papers").text
    assert list(officer.reads(PAPERS).section("papers").all("a"))
    world.as_("admin").does(f"{path}/confirmation", why)
    world.reads.settle()
    after = Visitor(world, "mia").reads(PAPERS).section("papers")
    assert "The file was erased on 2 November 2026, as two people approved: It shows somebody else." in after.text
    assert "what it says holds" in after.text
    assert list(after.all("a")) == []


def test_who_takes_no_papers_in_has_no_form_and_reads_only_their_own(world: World, officer: Visitor) -> None:
    page = officer.reads(PAPERS)
    officer.does(page, "papers", **sent(world, page))
    path, fields = page.form("papers")
    for person in ("mia", "assessor"):
        visitor = Visitor(world, person)
        shown = visitor.reads(PAPERS)
        assert shown.actions == []
        assert ("may move them" in shown.text) == (person == "mia")
        assert visitor.post(path, {**fields, **sent(world, page)}).status_code == 403
    assert Visitor(world, "stranger").ask(PAPERS).status_code == 404


def test_who_sends_too_many_is_asked_to_wait_and_that_is_noted(world: World, officer: Visitor) -> None:
    log = Listed()
    page = officer.reads(PAPERS)
    world.services = replace(world.services, security=log, rates=cast(Any, SimpleNamespace(wait=lambda *_, **__: 7)))
    answer = Visitor(world, "responsible").send(page, "papers", **sent(world, page))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert [(event, words["why"]) for event, _, words in log.lines] == [("refused", TooManyRequests.code)]
