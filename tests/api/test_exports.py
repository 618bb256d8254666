"""Lists as files: the same rows to the same people, in CSV that no spreadsheet computes, and in JSON lines."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exports import FORMULA, cell
from portfolio.domain.kernel import NotPermitted
from tests.api.conftest import Tell
from tests.api.world import World, refused

LISTS = (
    ("people", "admin"),
    ("plans", "admin"),
    ("criteria", "lead"),
    ("forms", "lead"),
    ("enrolments", "admin"),
    ("enrolments", "coach"),
    ("enrolments", "mia"),
    ("appeals", "officer"),
    ("appeals", "mia"),
    ("enrolments/{enrolment}/evidence", "mia"),
    ("enrolments/{enrolment}/evidence", "assessor"),
    ("enrolments/{enrolment}/attempts", "assessor"),
    ("enrolments/{enrolment}/decisions", "assessor"),
    ("enrolments/{enrolment}/appeals", "mia"),
    ("enrolments/{enrolment}/audit-trail", "mia"),
    ("assessments/{attempt}/audit-trail", "responsible"),
)


def exported(world: World, path: str, person: str) -> list[dict[str, Any]]:
    """Return the rows of a list in JSON lines."""
    world.reads.settle()
    answer = world.as_(person).get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/jsonl"
    return [json.loads(line) for line in answer.text.splitlines()]


def table(world: World, path: str, person: str) -> list[dict[str, str]]:
    """Return the rows of a list in CSV."""
    world.reads.settle()
    answer = world.as_(person).get(path)
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return [*csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))]


def test_every_list_is_exported_as_it_is_shown(tell: Tell) -> None:
    world = tell("convened")
    for path, person in LISTS:
        items = world.as_(person).sees(f"/{path}?limit=200")["items"]
        assert items, path
        assert exported(world, f"/{path}?format=jsonl", person) == items
        rows = table(world, f"/{path}?format=csv", person)
        assert len(rows) == len(items)
        assert [row.get("position") for row in rows] == [item.get("position") for item in items]


def test_an_export_goes_on_where_a_page_ends_and_keeps_to_the_filters(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.exports.LONGEST_PAGE", 2)
    world = tell("people")
    path = "/people?sort=-name&works_for=assessment+organisation"
    whole = world.as_("admin").sees(f"{path}&limit=200")["items"]
    assert len(whole) > 4
    assert exported(world, f"{path}&format=jsonl", "admin") == whole
    cursor = world.as_("admin").sees(f"{path}&limit=3")["next"]
    assert exported(world, f"{path}&format=jsonl&cursor={cursor}", "admin") == whole[3:]


def test_what_one_may_not_list_is_not_exported(tell: Tell) -> None:
    world = tell("convened")
    for kind in ("csv", "jsonl"):
        refused(world.as_("assessor").get(f"/people?format={kind}"), NotPermitted)
        assert exported(world, "/enrolments?format=jsonl", "stranger") == []
    assert table(world, "/enrolments?format=csv", "stranger") == []


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_is_a_formula(tell: Tell, start: str) -> None:
    world = tell("begin")
    if start.isprintable():
        world.as_("admin").does("/people", {"name": f'{start}cmd|"/c calc"!A1, B', "works_for": "centre"})
        row = table(world, "/people?format=csv&works_for=centre", "admin")[0]
        assert row["name"] == f'\'{start}cmd|"/c calc"!A1, B'
    assert cell(f"{start}1+1") == f"'{start}1+1"
    assert cell([f"{start}1", "x"]) == f"'{start}1, x"


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(0), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
    )
)
def test_no_value_begins_a_cell_with_what_a_spreadsheet_computes(value: Any) -> None:
    assert not cell(value).startswith(FORMULA)
