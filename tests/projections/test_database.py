"""The database of views keeps typed rows and positions, together or not at all."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from infra.store.address import log_size
from infra.store.refusals import CannotOpen
from infra.store.sqlite.views import SqliteViews
from portfolio.application.ports import Busy
from portfolio.domain.kernel import Entry, Value
from projections.machinery.database import Batch, PositionConflict, Rows, View, ViewsDatabase
from tests.domain.world import an_id
from tests.projections.support import rows_of, scratch


class Held(Value):
    """Something with structure, in a column."""

    by: dict[UUID, str]


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    raise NotImplementedError


COLUMNS: dict[str, type] = {
    "number": int,
    "text": str,
    "flag": bool,
    "moment": datetime,
    "day": date,
    "raw": bytes,
    "held": Held,
}
THINGS = View("things", 1, {"id": UUID, "place": int}, COLUMNS, fold, (), indexes=(("text", "number"),))
LINES = View("lines", 1, {"id": UUID, "place": int}, {"text": str}, fold, (), only_added=True)
A, B = an_id("a"), an_id("b")
FULL = (2**62, "ü", True, datetime(2026, 12, 8, 9, 30, 0, 1, tzinfo=UTC), date(2026, 12, 8), b"\0", Held(by={A: "x"}))
EMPTY = (None,) * len(COLUMNS)


@pytest.fixture
def views() -> Iterator[ViewsDatabase]:
    """Give the table of things on each database in turn."""
    with scratch() as database:
        database.prepare([THINGS])
        yield database


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[SqliteViews]:
    database = SqliteViews(tmp_path / "views.db")
    database.prepare([THINGS])
    yield database
    database.close()


def test_a_long_row_that_grows_at_its_end_changes_only_the_pages_that_differ(
    tmp_path: Path, in_file: SqliteViews
) -> None:
    def put(entries: int) -> int:
        held = Held(by={UUID(int=number): "x" * 60 for number in range(entries)})
        before = log_size(tmp_path / "views.db")
        in_file.write([Batch(THINGS, [(A, 1, *FULL[:-1], held)], [])], {})
        assert in_file.row(THINGS, (A, 1)) == dict(zip(COLUMNS, (*FULL[:-1], held), strict=True))
        return log_size(tmp_path / "views.db") - before

    assert put(210) > 5 * 4_096
    assert put(211) < 3.5 * 4_096


def put(database: ViewsDatabase, key: tuple[Any, ...], row: tuple[Any, ...], before: int, after: int) -> None:
    database.write([Batch(THINGS, [(*key, *row)], [])], {THINGS.table: (before, after)})


def indexed(views: ViewsDatabase) -> bool:
    """Tell whether things are searched by their text through an index."""
    if isinstance(views, SqliteViews):
        plan = views.query("EXPLAIN QUERY PLAN SELECT id FROM things_v1 WHERE text = :text", text="ü")
        return "USING INDEX" in plan[0][-1]
    indexes = views.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'views' AND tablename = 'things_v1'")
    return any(definition.endswith("(text, number)") for (definition,) in indexes)


def test_every_type_comes_back_as_it_went_in(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    put(views, (A, 2), EMPTY, 1, 2)
    assert views.row(THINGS, (A, 1)) == dict(zip(COLUMNS, FULL, strict=True))
    assert views.row(THINGS, (A, 2)) == dict.fromkeys(COLUMNS)
    assert views.row(THINGS, (B, 1)) is None


def test_a_question_gets_python_values_and_a_structure_as_json(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    question = "SELECT id, number, text, flag, moment, day, raw, held FROM things_v1 WHERE id = :id AND flag = :flag"
    answer = views.query(question, id=A, flag=True)
    assert [tuple(row) for row in answer] == [(A, *FULL[:-1], b'{"by":{"%b":"x"}}' % str(A).encode())]


def test_times_and_days_can_be_compared(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    question = "SELECT place FROM things_v1 WHERE moment < :moment AND day <= :day"
    assert len(views.query(question, moment=datetime(2026, 12, 9, tzinfo=UTC), day=date(2026, 12, 8))) == 1
    assert len(views.query(question, moment=FULL[3], day=date(2026, 12, 8))) == 0
    assert len(views.query(question, moment=datetime(2026, 12, 9, tzinfo=UTC), day=date(2026, 12, 7))) == 0


def test_a_row_put_again_is_replaced_and_a_row_gone_is_gone(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    put(views, (A, 1), EMPTY, 1, 2)
    assert views.row(THINGS, (A, 1)) == dict.fromkeys(COLUMNS)
    views.write([Batch(THINGS, [], [(A, 1)])], {THINGS.table: (2, 3)})
    assert rows_of(views, THINGS) == {}


@pytest.mark.parametrize("many", [1, 1_000])
def test_rows_added_are_there_beside_those_that_were_put(views: ViewsDatabase, many: int) -> None:
    rows = [(A, place, *FULL) for place in range(many)]
    views.write([Batch(THINGS, [(B, 1, *EMPTY)], [], rows)], {THINGS.table: (0, many + 1)})
    assert sorted(views.rows(THINGS), key=lambda row: row[:2]) == sorted(
        [*rows, (B, 1, *EMPTY)], key=lambda row: row[:2]
    )
    assert views.row(THINGS, (A, 0)) == dict(zip(COLUMNS, FULL, strict=True))


def test_rows_come_in_the_order_of_their_keys(views: ViewsDatabase) -> None:
    for number, key in enumerate([(B, 1), (A, 10), (A, 2)]):
        put(views, key, EMPTY, number, number + 1)
    assert [row[:2] for row in views.rows(THINGS)] == sorted([(A, 2), (A, 10), (B, 1)])


def test_a_follower_moved_by_somebody_else_stops_the_whole_write(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 5)
    with pytest.raises(PositionConflict):
        put(views, (A, 1), EMPTY, 4, 6)
    assert views.row(THINGS, (A, 1)) == dict(zip(COLUMNS, FULL, strict=True))
    assert views.position(THINGS.table) == 5


def test_a_row_that_cannot_be_written_leaves_rows_and_position_as_they_were(views: ViewsDatabase) -> None:
    with pytest.raises(TypeError):
        views.write([Batch(THINGS, [(A, 1, *FULL), (A, 2, *FULL[:-1], object())], [])], {THINGS.table: (0, 2)})
    assert rows_of(views, THINGS) == {}
    assert views.position(THINGS.table) == 0


def test_the_position_of_an_unknown_follower_is_the_beginning(views: ViewsDatabase) -> None:
    assert views.position("nobody") == 0


def test_tables_of_no_view_are_dropped_and_the_others_kept(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    views.write([], {"a reaction": (0, 7)})
    newer = View("things", 2, THINGS.key, COLUMNS, fold, ())
    views.prepare([THINGS, newer])
    assert views.position(THINGS.table) == 1
    views.prepare([newer])
    assert views.position("a reaction") == 7
    with pytest.raises(Busy, match="start the service again, which then makes"):
        views.query("SELECT id FROM things_v1")


def test_a_table_beside_takes_the_place_with_position_and_indexes_time_after_time(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)
    for position in (2, 3):
        beside = THINGS.beside()
        views.reset([beside], indexed=False)
        views.write([Batch(beside, [(B, position, *EMPTY)], [])], {beside.table: (0, position)})
        views.index([beside])
        views.switch([THINGS])  # whether or not the tables that were replaced before are still there
        assert list(rows_of(views, THINGS)) == [(B, position)]
        assert (views.position(THINGS.table), views.position(beside.table)) == (position, 0)
        assert indexed(views)


def test_the_table_of_a_view_that_only_grows_has_its_key_but_for_a_rebuild_that_makes_it_last(
    views: ViewsDatabase,
) -> None:
    views.prepare([THINGS, LINES])
    line, beside = (A, 1, "a line"), LINES.beside()
    views.write([Batch(LINES, (), (), [line])], {LINES.table: (0, 1)})
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        views.write([Batch(LINES, (), (), [line])], {LINES.table: (1, 2)})
    views.reset([beside], indexed=False)
    views.write([Batch(beside, (), (), [line, line])], {beside.table: (0, 1)})
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        views.index([beside])


def test_a_table_that_is_emptied_for_good_has_its_key_and_indexes(views: ViewsDatabase) -> None:
    views.prepare([THINGS, LINES])
    views.reset([THINGS, LINES], indexed=True)
    assert indexed(views)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        views.write([Batch(LINES, (), (), [(A, 1, "a line")] * 2)], {LINES.table: (0, 1)})


def test_readers_see_the_rows_of_before_until_the_write_is_done(views: ViewsDatabase) -> None:
    put(views, (A, 1), FULL, 0, 1)

    def puts() -> Iterator[tuple[Any, ...]]:
        yield (A, 2, *FULL)
        assert len(views.query("SELECT id FROM things_v1")) == 1

    views.write([Batch(THINGS, puts(), [])], {THINGS.table: (1, 2)})  # type: ignore[arg-type]  # looks in the middle
    assert len(views.query("SELECT id FROM things_v1")) == 2


def test_another_program_may_read_and_not_write(in_file: SqliteViews, tmp_path: Path) -> None:
    put(in_file, (A, 1), FULL, 0, 1)
    beside = SqliteViews(tmp_path / "views.db", read_only=True)
    assert list(rows_of(beside, THINGS)) == [(A, 1)]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        put(beside, (A, 1), EMPTY, 1, 2)
    beside.close()


def test_a_copy_holds_the_same_rows_and_positions(in_file: SqliteViews, tmp_path: Path) -> None:
    put(in_file, (A, 1), FULL, 0, 1)
    in_file.copy(tmp_path / "copy.db")
    put(in_file, (A, 2), FULL, 1, 2)
    copy = SqliteViews(tmp_path / "copy.db", read_only=True)
    assert rows_of(copy, THINGS) == {(A, 1): dict(zip(COLUMNS, FULL, strict=True))}
    assert copy.position(THINGS.table) == 1
    copy.close()


def test_a_file_of_something_else_is_refused_in_one_sentence_and_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("These are not views, but a text of more than sixteen bytes.")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE precious (a)")
    connection.close()
    before = other.read_bytes()
    for path in (text, other):
        with pytest.raises(CannotOpen, match=r"(is made again|makes it again) from the facts"):
            SqliteViews(path)
    assert other.read_bytes() == before


def test_a_folder_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen):
        SqliteViews(tmp_path / "missing" / "views.db")
