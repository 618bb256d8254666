"""Who finds what: everybody finds in lists what they may open, and nobody by what is not shown to them."""

from itertools import product
from urllib.parse import urlencode

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.standing import AccessSuspended
from portfolio.domain.uln import uln_is_valid
from tests.api.conftest import Tell
from tests.api.test_lists import NAMED, filled, walked
from tests.api.test_me import waits
from tests.api.world import PEOPLE, TODAY, TOMORROW, Caller, World, assign, enrolment, hand_in, refused, upload


def test_everybody_finds_the_enrolments_and_appeals_that_they_may_open_and_no_others(tell: Tell) -> None:
    world = filled(tell)
    for person in ("admin", *PEOPLE):
        caller = world.as_(person)
        for path, key, names in (
            ("/enrolments", "enrolment_id", ("enrolment", "noah's")),
            ("/appeals", "appeal_id", ("appeal",)),
        ):
            opened = {str(world[each]) for each in names if opens(caller, f"{path}/{{{each}}}")}
            assert {item[key] for item in walked(caller, path, 1)} == opened, (person, path)


def opens(caller: Caller, path: str) -> bool:
    """Return whether a record is there for the caller, if only to be told to declare an interest first."""
    return caller.get(path).status_code in (200, 409)


def test_a_part_that_ended_or_has_not_begun_shows_nothing(tell: Tell) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    admin.does("/enrolments/{noah's}/assignments", assign(world, "coach", "coach", starts_on=TOMORROW))
    released = {"person_id": world["second"], "assignment": "assessor", "ends_on": TODAY, "reason": "She moved."}
    admin.does("/enrolments/{noah's}/releases", released)
    assert world.as_("second").sees("/enrolments")["items"] == []
    assert [row["name"] for row in world.as_("coach").sees("/enrolments")["items"]] == ["Mia"]


ENDED = ("completed", "withdrawn", "broken off")


@pytest.mark.parametrize("state", ["paused", *ENDED])
def test_enrolments_are_found_by_their_state_by_whoever_may_open_them(tell: Tell, state: str) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    if state == "paused":
        admin.does("/enrolments/{noah's}/pause", {"pauses_on": TODAY, "reason": "He is ill."})
    else:
        admin.does("/enrolments/{noah's}/end", {"how": state, "ended_on": TODAY, "reason": "It is over."})
    finders = set()
    for person in ("admin", *PEOPLE):
        caller = world.as_(person)
        for each, enrolment_of in (("running", "enrolment"), (state, "noah's")):
            found = [row["apprentice"] for row in walked(caller, "/enrolments", 1, state=each)]
            opened = caller.get(f"/enrolments/{{{enrolment_of}}}")
            assert found == ([opened.get_json()["apprentice"]] if opened.status_code == 200 else []), (person, each)
            finders |= {person} if found and each == state else set()
        assert not [row for each in {*ENDED, "paused"} - {state} for row in walked(caller, "/enrolments", state=each)]
        waits(caller)  # what is counted is what is listed
    assert {"admin", "noah"} <= finders
    assert not {"mia", "coach", "assessor", "stranger"} & finders


def test_a_role_that_ended_shows_nothing_and_a_suspended_person_is_told_so(tell: Tell) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    admin.does("/people/{second}/roles/end", {"role": "assessor"})
    assert world.as_("second").sees("/enrolments")["items"] == []
    world.as_("responsible").does("/people/{coach}/suspension", {"reason": "An inquiry."})
    for path in ("/enrolments", "/appeals", "/me", "/forms"):
        refused(world.as_("coach").get(path), AccessSuspended)
    suspended = [row["name"] for row in walked(admin, "/people", state="suspended")]
    assert suspended == ["Coach"]


def test_somebody_without_a_part_is_shown_no_list_of_an_enrolment(tell: Tell) -> None:
    world = filled(tell)
    for kind in ("evidence", "attempts", "decisions", "appeals"):
        refused(world.as_("stranger").get(f"/enrolments/{{enrolment}}/{kind}"), NotVisible)
        refused(world.as_("noah").get(f"/enrolments/{{enrolment}}/{kind}"), NotVisible)
    refused(world.as_("stranger").get("/people"), NotPermitted)


def test_an_assessor_is_shown_no_appeal_among_those_of_the_enrolment(tell: Tell) -> None:
    world = filled(tell)
    assert world.as_("assessor").sees("/enrolments/{enrolment}/appeals") == {"items": [], "next": None}
    assert len(world.as_("coach").sees("/enrolments/{enrolment}/appeals")["items"]) == 1


def test_drafts_are_listed_to_the_apprentice_only_and_leave_no_gap_in_pages(tell: Tell) -> None:
    world = filled(tell)
    for name in ("draft one", "draft two"):
        upload(world, name, b"Not yet.\n", "text/plain", title=name)
    hand_in(world, "last", b"Rigged again.\n", "text/plain", title="Last")
    path = "/enrolments/{enrolment}/evidence"
    own = [item["title"] for item in walked(world.as_("mia"), path, 1)]
    others = [item["title"] for item in walked(world.as_("assessor"), path, 1)]
    assert others == [title for title in own if not title.startswith("draft")]
    assert set(own) - set(others) == {"draft one", "draft two"}
    assert list(walked(world.as_("assessor"), path, search="draft")) == []


# --- before an interest is declared -----------------------------------------------------------------------------------


def undeclared(tell: Tell) -> World:
    """Return a world in which a second lead assessor and a second assessor have declared nothing."""
    world = filled(tell)
    admin = world.as_("admin")
    for name, role in (("new lead", "lead assessor"), ("new officer", "appeals officer"), ("newcomer", "assessor")):
        admin.does("/people", {"name": name, "works_for": "assessment organisation"}, name=name)
        admin.does(f"/people/{{{name}}}/roles", {"role": role})
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "newcomer", "assessor"))
    return world


@pytest.mark.parametrize("person", ["new lead", "new officer", "newcomer"])
def test_before_they_declare_nobody_learns_more_than_name_and_route_by_any_filter(tell: Tell, person: str) -> None:
    world = undeclared(tell)
    caller = world.as_(person)
    row = next(row for row in caller.sees("/enrolments")["items"] if row["name"] == "Mia")
    assert (row["declared"], row["employer"]) == (False, "")
    assert not {"centre_ukprn", "starts_on", "assessors"} & set(row)
    for query in (
        "employer=Northern+Stages",
        "centre_ukprn=10000001",
        "state=running",
        f"assessor={world['assessor']}",
    ):
        for sort in NAMED:
            assert caller.sees(f"/enrolments?{query}&sort={sort}&limit=1") == {"items": [], "next": None}, query
    assert [each["name"] for each in walked(caller, "/enrolments", 1, search="mi")] == ["Mia"]
    caller.does(f"/people/{{{person}}}/interests", {"apprentice": world["mia"], "interest": "none"})
    for query in (
        "employer=Northern+Stages",
        "centre_ukprn=10000001",
        "state=running",
        f"assessor={world['assessor']}",
    ):
        assert [each["name"] for each in caller.sees(f"/enrolments?{query}")["items"]] == ["Mia"]


def test_before_they_declare_an_officer_finds_an_appeal_by_nothing_that_is_hidden(tell: Tell) -> None:
    world = undeclared(tell)
    caller = world.as_("new officer")
    (row,) = caller.sees("/appeals")["items"]
    assert set(row) == {"appeal_id", "enrolment_id", "apprentice", "name", "declared", "position"}
    for query in ("status=with+panel", "open=true", "status=decided", "open=false"):
        assert caller.sees(f"/appeals?{query}") == {"items": [], "next": None}
    caller.does("/people/{new officer}/interests", {"apprentice": world["mia"], "interest": "none"})
    assert [each["status"] for each in caller.sees("/appeals?status=with+panel")["items"]] == ["with panel"]


def test_pages_are_full_although_some_items_are_left_out(tell: Tell) -> None:
    world = undeclared(tell)
    admin = world.as_("admin")
    for number in range(4):
        admin.does("/people", {"name": f"Apprentice {number}", "works_for": "employer"}, name=f"apprentice {number}")
        admin.does(f"/people/{{apprentice {number}}}/roles", {"role": "apprentice"})
        body = enrolment(world, apprentice=world[f"apprentice {number}"], uln=ULNS[number])
        admin.does("/enrolments", body, name=f"enrolment {number}")
        admin.does(f"/enrolments/{{enrolment {number}}}/assignments", assign(world, "newcomer", "assessor"))
    newcomer = world.as_("newcomer")
    for number in (1, 3):
        newcomer.does("/people/{newcomer}/interests", {"apprentice": world[f"apprentice {number}"], "interest": "none"})
    rows = [row["name"] for row in walked(newcomer, "/enrolments", 1, employer="Northern Stages")]
    assert rows == ["Apprentice 1", "Apprentice 3"]


ULNS = [uln for uln in map(str, range(3_000_000_000, 3_000_000_100)) if uln_is_valid(uln)]


def test_the_enrolments_that_are_yours_are_found_by_what_you_are_to_them(tell: Tell) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    assert len(admin.sees("/enrolments")["items"]) == 2
    for relation, person in product(("assigned assessor", "the apprentice"), ("admin", "assessor", "mia")):
        rows = world.as_(person).sees(f"/enrolments?{urlencode({'relation': relation})}")["items"]
        theirs = {("assigned assessor", "assessor"), ("the apprentice", "mia")}
        assert [row["name"] for row in rows] == (["Mia"] if (relation, person) in theirs else [])
