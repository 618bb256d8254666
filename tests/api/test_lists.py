"""Every list: each order with each filter shows every item once, whatever comes and goes between two pages."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from api.errors import FieldsNotValid
from tests.api.conftest import Tell
from tests.api.world import TODAY, Caller, World, hand_in, refused, upload

NAMED, DATED = ("name", "-name", "recorded", "-recorded"), ("recorded", "-recorded")
LISTS: dict[str, tuple[tuple[str, ...], dict[str, tuple[Any, ...]]]] = {
    "/people": (
        NAMED,
        {"role": ("coach", "panel member"), "state": ("active",), "works_for": ("centre",), "search": ("m",)},
    ),
    "/enrolments": (
        NAMED,
        {
            "search": ("no", "mia noah"),
            "plan": ("ST1297",),
            "route": ("LET", "CVT"),
            "employer": ("NORTHERN stages", "Southern Stages"),
            "centre_ukprn": ("10000001",),
            "assessor": ("{assessor}", "{second}"),
            "plan_id": ("{plan}", "{form}"),
            "declared": (True, False),
            "state": ("running", "paused"),
        },
    ),
    "/plans": (NAMED, {"reference": ("ST1297",), "approved": (True, False), "search": ("v2 creat",)}),
    "/forms": (NAMED, {"plan_id": ("{plan}",), "route": ("LET",), "approved": (True, False), "search": ("f2",)}),
    "/criteria": (NAMED, {"plan_id": ("{plan}",), "approved": (True, False), "search": ("crit",)}),
    "/appeals": (DATED, {"status": ("with panel", "decided"), "open": (True,), "enrolment_id": ("{enrolment}",)}),
    "/enrolments/{enrolment}/evidence": (
        NAMED,
        {
            "kind": ("work product", "observation record"),
            "stage": ("submitted",),
            "code": ("K1", "S1"),
            "search": ("risk",),
        },
    ),
    "/enrolments/{enrolment}/attempts": (DATED, {"component": ("C1", "C2"), "status": ("decided", "open")}),
    "/enrolments/{enrolment}/decisions": (
        DATED,
        {"component": ("C1",), "status": ("effective",), "decider": ("{assessor}",)},
    ),
    "/enrolments/{enrolment}/appeals": (DATED, {"status": ("with panel",)}),
}
"""Every list with its orders and some values of its filters."""


def filled(tell: Tell) -> World:
    """Return a world with more than one of everything."""
    return tell("crowded")


def walked(caller: Caller, path: str, limit: int = 2, **query: Any) -> Iterator[dict[str, Any]]:
    """Yield the items of a list, page by page."""
    cursor: dict[str, str] = {}
    for _ in range(60):
        page = caller.sees(f"{path}?{urlencode({**query, **cursor, 'limit': limit})}")
        assert len(page["items"]) == limit or page["next"] is None, "a page came short"
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = {"cursor": page["next"]}
    raise AssertionError("it has no end")


def key_of(item: dict[str, Any]) -> str:
    """Return an item's own id."""
    names = (
        "decision_id",
        "assessment_id",
        "evidence_id",
        "appeal_id",
        "form_id",
        "criteria_id",
        "plan_id",
        "person_id",
    )
    order = ("enrolment_id",) if "relations" in item else ()
    rows = {"grade": "decision_id", "after_appeal": "assessment_id"}
    own = next((rows[part] for part in ("after_appeal", "grade") if part in item), None)
    if "outcome" in item or "lodged_at" in item:
        own = "appeal_id"
    return str(item[own or next(name for name in (*order, *names) if name in item)])


@pytest.mark.parametrize("path", LISTS)
def test_every_order_with_every_filter_shows_each_item_once(tell: Tell, path: str) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    sorts, filters = LISTS[path]
    whole = [key_of(item) for item in walked(admin, path, 200)]
    assert len(whole) == len(set(whole)) > 0
    asked: list[dict[str, Any]] = [{}] + [{name: value} for name, values in filters.items() for value in values]
    pairs = [{**one, **other} for one, other in pairwise(asked)]
    for query in [*asked, *pairs]:
        query = {
            name: value.format_map(world.ids) if isinstance(value, str) else value for name, value in query.items()
        }
        orders = {sort: [key_of(item) for item in walked(admin, path, sort=sort, **query)] for sort in sorts}
        first = orders[sorts[0]]
        assert len(first) == len(set(first))
        assert set(first) <= set(whole)
        for sort, order in orders.items():
            assert sorted(order) == sorted(first)
            assert order == [*reversed(orders[sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"])]


def test_filters_find_what_they_say(tell: Tell) -> None:
    world = filled(tell)
    admin = world.as_("admin")

    def found(path: str, what: str, **query: Any) -> list[Any]:
        return [item[what] for item in walked(admin, path, **query)]

    assert found("/people", "name", search="NÓAH") == ["Noah"]
    assert found("/people", "name", role="panel member", works_for="none of these") == ["Chair", "Third"]
    assert found("/people", "name", state="suspended") == []
    assert found("/enrolments", "name", employer="southern STAGES") == ["Noah"]
    assert found("/enrolments", "name", assessor=world["assessor"]) == ["Mia"]
    assert found("/enrolments", "name", sort="-name") == ["Noah", "Mia"]
    assert found("/enrolments", "name", route="CVT") == []
    assert found("/criteria", "version", approved=False) == ["3"]
    assert found("/forms", "title", approved=True) == ["LET-F1"]
    here = "/enrolments/{enrolment}"
    assert found(f"{here}/evidence", "title", code="K1") == ["Risk assessment"]
    assert found(f"{here}/evidence", "title", search="ein") == ["Ein Plan"]
    assert found(f"{here}/attempts", "component", status="open") == ["C2"]
    assert found(f"{here}/decisions", "grade", status="effective") == ["pass"]
    assert found(f"{here}/appeals", "open", status="with panel") == [True]
    assert found("/appeals", "status") == ["with panel"]


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("Łukasz Øyvind", ("lukasz", "oyvind", "ŁUKASZ", "øyv")),
        ("İpek Işık", ("isik", "ISIK", "IŞIK", "ipek", "ış")),
        ("Đorđe Strauß", ("dorde", "strauss", "STRAUẞ")),
        ("Þóra Æsa", ("thora", "aesa", "ÞÓRA")),
        ("Ὀδυσσεύς", ("οδυσσευσ", "ΟΔΥΣΣΕΎΣ")),
        ("王小明", ("王", "王小")),
        ("O'Neil d%_\"x", ("oneil", "o'n", "O\u2019Neil", 'd"x')),
    ],
)
def test_a_name_is_found_however_its_letters_are_typed(tell: Tell, name: str, searches: tuple[str, ...]) -> None:
    world = tell("begin")
    world.as_("admin").does("/people", {"name": name, "works_for": "centre"})
    for search in searches:
        found = [row["name"] for row in walked(world.as_("admin"), "/people", search=search)]
        assert found == [unicodedata.normalize("NFC", name)], search


@pytest.mark.parametrize("query", ["limit=1&limit=2", "role=coach&role=coach", "search=a&search=b", "sort=name&sort=x"])
def test_what_is_asked_twice_is_refused_by_its_name(tell: Tell, query: str) -> None:
    problem = refused(tell("people").as_("admin").get(f"/people?{query}"), FieldsNotValid)
    assert problem["fields"][query.partition("=")[0]] == "Give this once."


def test_a_row_of_enrolments_says_what_it_is_and_what_you_are_to_it(tell: Tell) -> None:
    world = filled(tell)
    (row,) = world.as_("assessor").sees("/enrolments")["items"]
    assert row == {
        "enrolment_id": str(world["enrolment"]),
        "apprentice": str(world["mia"]),
        "name": "Mia",
        "relation": "assigned assessor",
        "relations": ["assigned assessor"],
        "declared": True,
        "plan_id": str(world["plan"]),
        "plan_reference": "ST1297",
        "form_id": str(world["form"]),
        "route": "LET",
        "employer": "Northern Stages",
        "centre_ukprn": "10000001",
        "starts_on": "2026-09-01",
        "state": "running",
        "assessors": [str(world["assessor"])],
        "position": row["position"],
    }


# --- cursors are places -----------------------------------------------------------------------------------------------


def test_an_item_is_seen_although_one_before_it_was_discarded_between_two_pages(tell: Tell) -> None:
    world = tell("enrolled")
    mia = world.as_("mia")
    for name in ("one", "two", "three"):
        upload(world, name, b"Notes.\n", "text/plain", title=name)
    path = "/enrolments/{enrolment}/evidence"
    page = mia.sees(f"{path}?limit=1")
    mia.does("/evidence/{one}/discard", {"version": 1})
    left = [item["title"] for item in mia.sees(f"{path}?cursor={page['next']}")["items"]]
    assert [page["items"][0]["title"], *left] == ["one", "two", "three"]


def test_an_item_keeps_its_place_when_a_newer_version_comes_or_goes_between_two_pages(tell: Tell) -> None:
    world = tell("enrolled")
    mia = world.as_("mia")
    for name in ("one", "two"):
        hand_in(world, name, f"{name}.\n".encode(), "text/plain", title=name)
    path = "/enrolments/{enrolment}/evidence"
    page = mia.sees(f"{path}?limit=1")
    offered = {"title": "one again", "filename": "n.txt", "media_type": "text/plain", "size": 3, "sha256": "ab" * 32}
    mia.does("/evidence/{one}/versions", {**offered, "produced_on": TODAY})
    assert [item["title"] for item in mia.sees(f"{path}?cursor={page['next']}")["items"]] == ["two"]
    assert [item["title"] for item in mia.sees(path)["items"]] == ["one again", "two"]
    mia.does("/evidence/{one}/discard", {"version": 2})
    assert [item["title"] for item in mia.sees(path)["items"]] == ["one", "two"]


def test_an_edition_is_shown_once_although_a_newer_one_was_imported_between_two_pages(tell: Tell) -> None:
    world = tell("planned")
    admin = world.as_("admin")
    text = admin.get("/plans/ST1297/V2/text").get_data(as_text=True)
    admin.does("/plans", {"text": text.replace("#### Introduction", "#### Purpose")}, name="second")
    page = admin.sees("/plans?limit=1")
    admin.does("/plans", {"text": text.replace("#### Introduction", "#### Aim")}, name="third")
    rest = admin.sees(f"/plans?cursor={page['next']}")["items"]
    assert [row["plan_id"] for row in (*page["items"], *rest)] == [str(world["second"]), str(world["plan"])]


def test_a_cursor_belongs_to_its_order(tell: Tell) -> None:
    world = filled(tell)
    admin = world.as_("admin")
    page = admin.sees("/people?limit=1")
    for sort in ("-name", "recorded", "-recorded"):
        problem = refused(admin.get(f"/people?sort={sort}&cursor={page['next']}"), FieldsNotValid)
        assert list(problem["fields"]) == ["cursor"]
    for path in (
        "/plans?sort=size",
        "/people?search=%25",
        "/enrolments?assessor=x",
        "/appeals?sort=name",
        "/me?limit=1",
    ):
        answer = admin.get(path)
        assert answer.status_code in (200, 422), path
        assert path.startswith("/me") or answer.status_code == 422


@pytest.mark.parametrize("name", ["ﷺ" * 60, "\U0001d4d0" * 200, "Ω" * 200, "a b " * 50])
def test_a_person_with_the_longest_name_is_passed_by_a_cursor(tell: Tell, name: str) -> None:
    world = tell("begin")
    admin = world.as_("admin")
    for each in (name, name):
        admin.does("/people", {"name": each, "works_for": "centre"})
    for sort in NAMED:
        assert len(list(walked(admin, "/people", 1, sort=sort))) == 3
