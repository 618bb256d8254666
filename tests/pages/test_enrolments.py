"""The office looks after enrolments: finds them, sees what they are and were, and each act asks first."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.api.conftest import Tell
from tests.api.test_attempts import on_cvt
from tests.api.world import TODAY, TOMORROW, World, consent
from tests.pages.page import Page
from tests.pages.test_people import follows, links, rows
from tests.pages.visitor import Visitor

HERE = "/enrolments/{enrolment}/administration"


@pytest.fixture(scope="module")
def told(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give one world to the file; what a test changes, no other reads."""
    with closing(stages("submitted").copy(tmp_path_factory.mktemp("enrolments") / "world")) as world:
        yield world


@pytest.fixture
def admin(told: World) -> Visitor:
    return Visitor(told, "admin")


def was(page: Page) -> list[str]:
    return [row.text for row in page.section("was").one("tbody").all("tr")]


def test_enrolments_are_found_by_name_and_by_what_they_are(tell: Tell) -> None:
    admin = Visitor(tell("enrolled"), "admin")
    page = admin.reads("/enrolments")
    assert rows(page) == ["Mia ST1297, Live event technician (LET) Northern Stages 10000001 1 September 2026 Running"]
    assert page.top.one("caption").text == "1 enrolment, by the apprentice's name"
    for each in ("Running (1)", "Northern Stages (1)", "10000001 (1)", "Live event technician (LET) (1)"):
        assert each in page.text
    assert "No enrolment matches." in admin.reads("/enrolments?search=zzz").text
    narrowed = admin.reads("/enrolments?search=mi&employer=northern%20stages&state=running&plan=ST1297")
    assert len(rows(narrowed)) == 1
    assert "Remove this filter Employer: Northern Stages" in links(narrowed)
    assert admin.ask("/enrolments?state=gone").status_code == 422


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("mia", "/enrolments", 404),
        ("coach", "/enrolments", 404),
        ("lead", "/enrolments", 200),
        ("coach", HERE, 403),
        ("noah", HERE, 404),
        ("mia", HERE, 200),
        ("quality", HERE, 200),
        ("admin", "/enrolments/{plan}/administration", 404),
    ],
)
def test_who_looks_after_enrolments(told: World, who: str, path: str, status: int) -> None:
    assert Visitor(told, who).ask(path).status_code == status


WHY = "A reason."
CHANGES: dict[str, tuple[str, str, dict[str, str], str]] = {
    "paused": ("Pause", "pause", {"pauses_on": TODAY}, "State Running 2 November 2026 Admin A reason."),
    "resumed": (
        "Resume, or end the last break earlier",
        "resumption",
        {"resumes_on": TOMORROW},
        "State Paused from 2 November 2026 3 November 2026 Admin A reason.",
    ),
    "moved": (
        "Move to another employer",
        "move",
        {"employer": "Southern Stages", "effective_on": TODAY},
        "Employer Northern Stages 2 November 2026 Admin A reason.",
    ),
    "employer": (
        "Correct the employer Northern Stages",
        "employer-correction",
        {"employer": "Northern Stages Ltd"},
        "Employer from 1 September 2026 on Northern Stages 2 November 2026, 09:00 Admin A reason.",
    ),
    "centre": (
        "Correct the centre",
        "centre-correction",
        {"centre_ukprn": "10000002"},
        "Centre 10000001 2 November 2026, 09:00 Admin A reason.",
    ),
    "start": (
        "Correct the first day",
        "start-correction",
        {"starts_on": "2026-08-03"},
        "First day 1 September 2026 2 November 2026, 09:00 Admin A reason.",
    ),
}


def test_each_value_is_changed_after_asking_and_what_it_was_stays_to_be_read(admin: Visitor) -> None:
    for link, last, filled, told in CHANGES.values():
        ask = follows(admin, admin.reads(HERE), link)
        assert "Why: fill this in." in admin.refused(ask, last, 422, **filled).refusal
        page = admin.does(ask, last, **filled, reason=WHY)
        assert was(page)[0] == told


def test_an_enrolment_is_ended_and_the_end_taken_back(tell: Tell) -> None:
    admin = Visitor(tell("enrolled"), "admin")
    page = admin.reads(HERE)
    assert "Take the end back: No end of the enrolment is on record" in page.text
    page = admin.does(follows(admin, page, "End"), "end", how="withdrawn", ended_on=TODAY, reason=WHY)
    assert "Withdrawn from 2 November 2026" in page.text
    assert not {"Pause", "End"} & set(links(page))
    assert "has ended" in admin.reads(f"{HERE}/pause").text
    page = admin.does(follows(admin, page, "Take the end back"), "end-withdrawal", reason=WHY)
    assert was(page)[0] == "State Withdrawn from 2 November 2026 2 November 2026, 09:00 Admin A reason."


def test_a_learner_number_is_corrected_and_shown_to_who_may_read_it(told: World, admin: Visitor) -> None:
    ask = follows(admin, admin.reads(HERE), "Correct the learner number")
    assert "ten digits" in admin.refused(ask, "uln-correction", 409, uln="1000000028", reason=WHY).refusal
    answer = admin.send(ask, "uln-correction", uln="1000000027", reason=WHY)
    assert "1000000027" not in answer.location
    page = admin.reads(answer.location)
    assert "Unique learner number 1000000027" in page.text
    assert was(page)[0] == "Unique learner number 9276308686 2 November 2026, 09:00 Admin A reason."
    others = Visitor(told, "responsible").reads(HERE)
    assert was(others)[0] == "Unique learner number Not shown to you 2 November 2026, 09:00 Admin A reason."
    assert not {"1000000027", "9276308686"} & set(others.text.split())


def parts(page: Page) -> list[str]:
    return [row.text for row in page.section("parts").one("tbody").all("tr")]


def test_a_part_is_given_ended_ended_earlier_and_taken_back(told: World, admin: Visitor) -> None:
    choose = follows(admin, follows(admin, admin.reads(HERE), "Assign somebody"), "Assessor")
    assert "To be assigned" not in choose.text
    assert "Assessor Assessment organisation Not possible now:" in choose.text
    ask = follows(admin, choose, "Second")
    page = admin.does(ask, "assignment", starts_on=TODAY, components=["C1"])
    assert parts(page)[-1].startswith("Second Assessor 2 November 2026, by Admin Goes on Component C1")
    page = admin.does(
        follows(admin, page, "Correct Second, assessor"),
        "assignment-correction",
        starts_on=TODAY,
        components=["C1", "C2"],
        reason=WHY,
    )
    assert was(page)[0].startswith(
        "Second, assessor From 2 November 2026, for component C1 2 November 2026, 09:00 Admin"
    )
    page = admin.does(
        follows(admin, page, "Release Second, assessor"), "release", ends_on="2026-11-20", reason="She moves."
    )
    assert was(page)[0] == "Second, assessor Went on, without an end 20 November 2026 Admin She moves."
    page = admin.does(
        follows(admin, page, "End earlier Second, assessor"), "release-correction", ends_on="2026-11-10", reason=WHY
    )
    assert was(page)[0] == "Second, assessor Until 20 November 2026 2 November 2026, 09:00 Admin A reason."
    page = admin.does(follows(admin, page, "Take back Second, assessor"), "assignment-withdrawal", reason=WHY)
    assert not [each for each in parts(page) if each.startswith("Second")]


def test_a_tie_that_was_taken_back_is_confirmed_by_a_responsible_officer(told: World, admin: Visitor) -> None:
    page = admin.does(
        follows(admin, admin.reads(HERE), "Take back Employer, employer"), "assignment-withdrawal", reason=WHY
    )
    assert "Taken back, and ties them to the apprentice until that is confirmed" in page.text
    assert "Confirm Employer, employer" not in links(page)
    responsible = Visitor(told, "responsible")
    ask = follows(responsible, responsible.reads(HERE), "Confirm Employer, employer")
    page = responsible.does(ask, "assignment-confirmation", reason=WHY)
    assert not [each for each in parts(page) if each.startswith("Employer")]
    assert "waiting to be confirmed" in was(page)[0]


def test_an_apprentice_is_found_by_name_and_enrolled(told: World, admin: Visitor) -> None:
    page = follows(admin, follows(admin, admin.reads("/enrolments"), "Enrol an apprentice"), "Noah")
    assert "Not possible now" in admin.reads("/enrolments/new?apprentice={mia}").text
    ask = follows(admin, page, "Live event technician (LET)")
    filled = {"uln": "1000000019", "employer": "Southern Stages", "centre_ukprn": "10000001", "starts_on": TODAY}
    assert "Employer: fill this in." in admin.refused(ask, "enrolling", 422, **{**filled, "employer": ""}).refusal
    assert "ten digits" in admin.refused(ask, "enrolling", 409, **{**filled, "uln": "1000000028"}).refusal
    head, sure = told.journal.head(), admin.asked(ask, "enrolling", **filled)
    assert "Unique learner number: 1000000019 Employer: Southern Stages" in sure.text
    assert "1000000019" not in sure.form("enrolling")[0]
    page = admin.does(sure, "enrolling")
    admin.does(sure, "enrolling")
    assert told.journal.head() == head + 1
    assert page.top.one("h1").text == "Enrolment of Noah"
    assert "Southern Stages" in page.text
    assert "Nobody registered as an apprentice is called so." in admin.reads("/enrolments/new?search=zzz").text


def test_a_route_is_changed_with_the_apprentices_consent(told: World, admin: Visitor) -> None:
    on_cvt(told)
    assert "Change the route" not in links(admin.reads(HERE))
    assert "The apprentice must consent first" in admin.reads(f"{HERE}/route").text
    consent(told, "admin", type="route", route="LET")
    ask = follows(admin, admin.reads(HERE), "Change the route")
    page = admin.does(ask, "route", route="LET", form_id=str(told["form"]), effective_on=TOMORROW, reason=WHY)
    assert was(page)[0] == "Route Creative venue technician 3 November 2026 Admin A reason."


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("mia", f"{HERE}/pause", 403),
        ("responsible", f"{HERE}/pause", 403),
        ("responsible", f"{HERE}/assigning", 403),
        ("noah", f"{HERE}/pause", 404),
        ("admin", f"{HERE}/release?n=99", 404),
        ("admin", f"{HERE}/assigning?part=king", 404),
        ("admin", f"{HERE}/assignment?part=coach", 404),
        ("admin", f"{HERE}/crown", 404),
        ("responsible", "/enrolments/new", 403),
        ("admin", "/enrolments/enrolling", 404),
    ],
)
def test_only_who_may_is_asked(told: World, who: str, path: str, status: int) -> None:
    assert Visitor(told, who).ask(path).status_code == status
