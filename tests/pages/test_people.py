"""The office looks after people: finds them, registers them, gives and ends roles, and each act asks first."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from api.errors import status_of
from portfolio.application.notices import MailStanding, MailState
from portfolio.domain.addresses import AddressOfAnother
from tests.api.conftest import Tell
from tests.api.world import TODAY, World
from tests.pages.page import Page
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def world(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give one world to the file: each test looks after somebody of its own."""
    with closing(stages("submitted").copy(tmp_path_factory.mktemp("people") / "world")) as world:
        yield world


@pytest.fixture
def admin(world: World) -> Visitor:
    return Visitor(world, "admin")


def links(page: Page) -> dict[str, str]:
    return {link.text: link.attributes["href"] for link in page.top.one("main").all("a")}


def rows(page: Page) -> list[str]:
    return [row.text for table in page.top.all("tbody") for row in table.all("tr")]


def follows(visitor: Visitor, page: Page, link: str) -> Page:
    return visitor.reads(links(page)[link])


def registered(admin: Visitor, name: str, *roles: str, works_for: str = "centre") -> Page:
    page = admin.reads("/people/new")
    return admin.does(page, "new", name=name, works_for=works_for, roles=list(roles))


def test_people_are_found_by_name_and_by_what_they_are(admin: Visitor) -> None:
    everybody = admin.reads("/people")
    assert "Assessor (2)" in everybody.text
    assert "People" in everybody.top.one("nav", **{"aria-label": "Main"}).text
    page = admin.reads("/people?role=assessor&search=sec&works_for=")
    assert rows(page) == ["Second Assessor Assessment organisation Active"]
    assert page.top.one("caption").text == "1 person, by name"
    assert "Assessor (1)" in page.text
    assert len(rows(admin.reads(links(page)["Remove this filter Name: sec"]))) == 2
    assert len(rows(admin.reads(links(page)["Clear all filters"]))) > 10
    assert "Nobody matches." in admin.reads("/people?search=zzz").text
    assert admin.ask("/people?role=king").status_code == 422


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("mia", "/people", 403),
        ("mia", "/people/{coach}", 404),
        ("officer", "/people/{coach}", 200),
        ("officer", "/people/new", 403),
        ("officer", "/people/{coach}/suspension", 403),
        ("mia", "/people/{coach}/suspension", 404),
        ("admin", "/people/{coach}/competence-correction?n=9", 404),
        ("admin", "/people/{coach}/interest-confirmation", 404),
        ("admin", "/people/{coach}/crown", 404),
        ("admin", "/people/{plan}", 404),
    ],
)
def test_the_office_alone_looks_after_people(world: World, who: str, path: str, status: int) -> None:
    assert Visitor(world, who).ask(path).status_code == status


def test_whoever_reads_a_person_is_offered_what_the_rules_let_them_do(world: World, admin: Visitor) -> None:
    page = admin.reads("/people/{coach}")
    assert {"Suspend", "Give a role", "End a role", "Correct the name", "Sign out everywhere"} <= set(links(page))
    assert not {"Reinstate", "Correct whom they work for"} & set(links(page))
    assert {"Correct whom they work for", "Suspend"} <= set(
        links(Visitor(world, "responsible").reads("/people/{coach}"))
    )
    own = admin.reads("/people/{admin}")
    assert "Suspend" not in links(own)
    assert "Not suspended by you now: Nobody grants themselves a role" in own.text
    assert "Nobody grants themselves a role" in admin.reads("/people/{admin}/suspension").text
    assert not {"Suspend", "Give a role"} & set(links(Visitor(world, "officer").reads("/people/{coach}")))
    assert links(Visitor(world, "mia").reads("/people/{mia}"))["Sign out everywhere"]


def test_a_person_is_registered_with_roles_and_nothing_is_half_done(world: World, admin: Visitor) -> None:
    page = registered(admin, "Ada Blake", "coach", "employer")
    assert page.top.one("h1").text == "Ada Blake"
    assert rows(page)[:2] == [
        "Coach 2 November 2026, given by Admin Holds now",
        "Employer 2 November 2026, given by Admin Holds now",
    ]
    head = world.journal.head()
    refused = admin.refused(admin.reads("/people/new"), "new", 422, name="Bo Crow", works_for="centre", roles=["king"])
    assert refused.form("new")[1]["name"] == "Bo Crow"
    assert "Name: fill this in." in admin.refused(admin.reads("/people/new"), "new", 422, works_for="centre").refusal
    assert world.journal.head() == head


def test_a_role_is_given_and_ended_and_both_stay_to_be_read(admin: Visitor) -> None:
    page = registered(admin, "Cy Dell", "coach")
    give = follows(admin, page, "Give a role")
    assert "coach" not in [each.attributes["value"] for each in give.top.all("input", name="role")]
    page = admin.does(give, "role", role="assessor", reason="She has passed the course.")
    page = admin.does(follows(admin, page, "End a role"), "role-end", role="coach")
    assert rows(page)[:2] == [
        "Assessor 2 November 2026, given by Admin: She has passed the course. Holds now",
        "Coach 2 November 2026, given by Admin 2 November 2026, ended by Admin",
    ]


def test_suspending_asks_for_a_reason_and_is_undone(admin: Visitor) -> None:
    ask = follows(admin, registered(admin, "Di Eyre", "coach"), "Suspend")
    assert "They can do nothing until they are reinstated" in ask.text
    assert "Why: fill this in." in admin.refused(ask, "suspension", 422).refusal
    page = admin.does(ask, "suspension", reason="Under enquiry.")
    assert "Suspended since 2 November 2026" in page.text
    assert "by Admin: Under enquiry." in page.text
    assert admin.send(ask, "suspension", reason="Twice.").status_code == 412
    assert "Suspended (1)" in admin.reads("/people").text
    page = admin.does(follows(admin, page, "Reinstate"), "reinstatement", reason="Nothing was found.")
    assert [row.partition(" 2 ")[0] for row in rows(page)][-2:] == ["State Suspended", "State Active"]


def test_a_name_and_an_employment_are_put_right_and_what_was_stays(world: World, admin: Visitor) -> None:
    page = registered(admin, "Ed Frye")
    ask = follows(admin, page, "Correct the name")
    assert ask.form("name")[1]["name"] == "Ed Frye"
    page = admin.does(ask, "name", name="Edward Frye", reason="As in the passport.")
    responsible, path = Visitor(world, "responsible"), links(page)["Correct the name"].removesuffix("/name")
    ask = follows(responsible, responsible.reads(path), "Correct whom they work for")
    page = responsible.does(ask, "employment", works_for="employer", reason="He moved.")
    assert rows(page)[-2:] == [
        "Works for Centre 2 November 2026, 09:00 Responsible He moved.",
        "Name Ed Frye 2 November 2026, 09:00 Admin As in the passport.",
    ]


def test_a_competence_is_recorded_corrected_and_taken_back(world: World, admin: Visitor) -> None:
    page = registered(admin, "Flo Gray", "assessor")
    ask = follows(admin, page, "Record a competence")
    refused = admin.refused(ask, "competence", 409, kind="standardised", occurred_on=TODAY)
    assert "Standardisation is always on one criteria version" in refused.refusal
    page = admin.does(refused, "competence", kind="standardised", occurred_on=TODAY, criteria_id=str(world["criteria"]))
    assert "Standardised on criteria: Criteria, version 1 2 November 2026" in page.text
    fix = follows(admin, page, "Correct Standardised on criteria of 2 November 2026")
    page = admin.does(fix, "competence-correction", right_day="2026-10-30", reason="The Friday before.")
    assert "30 October 2026" in page.text
    back = follows(admin, page, "take back Standardised on criteria of 30 October 2026")
    page = admin.does(back, "competence-withdrawal", reason="It was another Flo.")
    assert "None on record." in page.section("competences").text


def test_a_correction_of_an_interest_is_confirmed(world: World) -> None:
    for said in ("personal", "none"):
        world.as_("stranger").does("/people/{stranger}/interests", {"apprentice": world["mia"], "interest": said})
    assert "Confirm it for Mia" not in links(Visitor(world, "admin").reads("/people/{stranger}"))
    responsible = Visitor(world, "responsible")
    world.as_("responsible").does("/people/{responsible}/interests", {"apprentice": world["mia"], "interest": "none"})
    ask = follows(responsible, responsible.reads("/people/{stranger}"), "Confirm it for Mia")
    assert "Is Stranger free of a conflict with Mia?" in ask.text
    page = responsible.does(ask, "interest-confirmation", reason="They are not related.")
    assert "holds until that is confirmed" not in page.text


def test_a_person_is_signed_out_everywhere(world: World, admin: Visitor) -> None:
    noah = Visitor(world, "noah")
    noah.reads("/")
    page = admin.does(admin.reads("/people/{noah}/sign-out"), "sign-out")
    assert "Signed out everywhere last on 2 November 2026" in page.text
    assert noah.ask("/").status_code == 401


def test_somebody_is_invited_by_mail_and_their_page_says_what_became_of_it(
    world: World, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = registered(admin, "Ira Guest")
    assert "Invite by mail" not in person.text
    page = admin.does(follows(admin, person, "Register an e-mail address"), "address", address="guest@college.example")
    assert "Not invited to this address" in page.text
    page = admin.does(follows(admin, page, "Invite by mail"), "invitation")
    assert "You invited Ira Guest by mail to sign in." in page.text
    assert "Invited on 2 November 2026, 09:00, by Admin; not signed in since" in page.text
    assert "Not invited by you now: This person was invited within the last day" in page.text
    assert "Invited on 2 November 2026, not signed in since" in admin.reads("/people?state=invited").text
    told: dict[MailState, str] = {
        "waits": "waits to be sent",
        "sent": "was handed to",
        "refused": "No mail server takes",
    }
    for state, says in told.items():
        standing = MailStanding(state, world.now)
        monkeypatch.setattr(world, "services", replace(world.services, mail_stands=lambda *_, told=standing: told))
        assert world.app  # which has the services of the world from here on
        assert says in admin.reads(links(page)["Change"].removesuffix("/address")).text


def test_where_no_mail_is_sent_no_invitation_is_offered(
    world: World, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = admin.does(
        follows(admin, registered(admin, "Ivo Guest"), "Register an e-mail address"), "address", address="ivo@c.example"
    )
    assert "Invite by mail" in page.text
    monkeypatch.setattr(world, "services", replace(world.services, handler=replace(world.handler, mails=False)))
    assert world.app  # which has the services of the world from here on
    page = admin.reads(links(page)["Change"].removesuffix("/address"))
    assert "Invite by mail" not in page.text
    assert "No mail can be sent from here" in page.text


def test_an_address_is_registered_changed_and_removed_and_nothing_is_done_unasked(world: World, admin: Visitor) -> None:
    person = registered(admin, "Ira Post")
    assert "E-mail address None registered" in person.text
    page = admin.does(follows(admin, person, "Register an e-mail address"), "address", address="Ira@college.example")
    assert "You registered the e-mail address of Ira Post." in page.text
    assert "Ira@college.example" in page.text
    other = follows(admin, registered(admin, "Ivo Post"), "Register an e-mail address")
    refused = admin.refused(other, "address", status_of(AddressOfAnother), address="ira@College.example")
    assert "Somebody else has this e-mail address" in refused.text
    page = admin.does(follows(admin, page, "Remove"), "address-removal")
    assert "You removed the e-mail address of Ira Post." in page.text
    assert "E-mail address None registered" in page.text
