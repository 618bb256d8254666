"""Views: keyed rows folded from facts in plain Python, and the database that keeps them beside their positions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from portfolio.domain.kernel import Entry, Fact, tag_of

T = TypeVar("T")

Key = tuple[Any, ...]
Row = Mapping[str, Any]

REBUILT_SUFFIX = "_next"
"""What the table of a view that is being rebuilt is called after the view's own."""


class Reads(Protocol):
    """Answers questions from the projected rows."""

    def query(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """Return the rows of a question with ``:named`` parameters, as tuples of Python values.

        A column selected as it stands has the type its view gives it; a ``Value`` comes as the bytes of its JSON.
        """


@dataclass(frozen=True)
class View:
    """A keyed table and the fold that fills it.

    Columns are of type ``UUID``, ``int``, ``str``, ``bool``, ``datetime``, ``date``, ``bytes`` or a ``Value``; any but
    a key may be None. ``fold(rows, entry, owner)`` is called for each fact of the classes ``facts``, in the order of
    the log; ``owner`` is the enrolment the fact's stream belongs to, None for those of plans, forms, criteria and
    people. A changed fold or column is a new ``version``, which is a table of its own. ``indexes`` name the columns
    that questions search by. Rows of a view that is ``only_added`` to come by ``Rows.add`` alone: its table has no key
    until it has its indexes, so that a rebuild fills it without one.
    """

    name: str
    version: int
    key: Mapping[str, type]
    columns: Mapping[str, type]
    fold: "Fold"
    facts: tuple[type[Fact], ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    only_added: bool = False
    suffix: str = ""

    @property
    def table(self) -> str:
        """Return the table's name, by which the view also follows the log."""
        return f"{self.name}_v{self.version}{self.suffix}"

    @cached_property
    def tags(self) -> frozenset[str]:
        """Return the stored names of the facts it is folded from."""
        return frozenset(map(tag_of, self.facts))

    def beside(self) -> "View":
        """Return the same view in a table beside its own."""
        return replace(self, suffix=REBUILT_SUFFIX)

    @property
    def replaced(self) -> str:
        """Return what its table is called once a rebuilt one has taken its place."""
        return f"{self.table}_old"


def _fold_nothing(rows: "Rows", entry: Entry, owner: UUID | None) -> None:
    """Leave the rows to who writes them."""


FAILURES = View("failures", 1, {"follower": str}, {"position": int, "why": str}, _fold_nothing, ())
SET_ASIDE = View(
    "set_aside",
    1,
    {"follower": str, "position": int},
    {"stream": UUID, "version": int, "tag": str, "enrolment_id": UUID},
    _fold_nothing,
    (),
)
SENT = View(
    "sent",
    1,
    {"webhook_id": UUID},
    {"position": int, "mark": str, "last_at": datetime, "failed": str},
    _fold_nothing,
    (),
)
LETTERS = View(
    "letters",
    1,
    {"webhook_id": UUID, "position": int},
    {"event_id": UUID, "kind": str, "failures": int, "due": datetime, "dead": bool, "why": str},
    _fold_nothing,
    (),
)
UNFOLDED = (FAILURES, SET_ASIDE, SENT, LETTERS)
"""Tables that every database of views has, beside those that are folded: what is wrong with the views
(``projections.machinery.trouble``), how far each webhook has come, and what could not be sent yet."""


class Batch(NamedTuple):
    """What becomes of one view's rows: whole rows (key, then columns, in the view's order), and keys to delete.

    Rows ``added`` are new; rows ``put`` may stand in the place of others.
    """

    view: View
    put: Sequence[tuple[Any, ...]]
    deleted: Sequence[Key]
    added: Sequence[tuple[Any, ...]] = ()


class PositionConflict(Exception):
    """Another process has moved this follower: what was folded here is dropped and folded again from there."""


class Standing(NamedTuple):
    """How far a follower has come, and the mark of the fact it stands at: empty where it kept none."""

    position: int
    mark: str

    @classmethod
    def stored(cls, position: int, mark: str | None) -> "Standing":
        """Return it as it is stored; an older release moves on without a mark, and leaves one behind."""
        return cls(position, mark if mark and mark.startswith(f"{position}:") else "")


class ViewsDatabase(Reads, Protocol):
    """Keeps the rows of views and how far each follower of the log has come."""

    def prepare(self, views: Iterable[View]) -> None:
        """Create the tables that are missing, empty and at position 0, and drop those of no view."""

    def reset(self, views: Iterable[View], *, indexed: bool) -> None:
        """Make these views' tables empty, at position 0.

        Tables that are not ``indexed`` yet lack the indexes, and those of views ``only_added`` to the key as well.
        """

    def index(self, views: Iterable[View]) -> None:
        """Create the indexes that these views name, and the keys that ``reset`` left out."""

    def switch(self, views: Iterable[View]) -> None:
        """Put the tables beside (``View.beside``) in the place of these views' own, positions too, all at once.

        Raises ``PositionConflict`` if one of these views has come further than its table beside; then nothing changes.
        """

    def rebuilding(self) -> AbstractContextManager[None]:
        """Hold the right to rebuild, which one process has at a time, and none while another checks the views."""

    def drop_replaced(self, views: Iterable[View]) -> None:
        """Drop the tables that a switch has replaced: on SQLite it takes half a second a million rows."""

    def row(self, view: View, key: Key) -> Row | None:
        """Return a row's columns as the last write left them."""

    def rows(self, view: View) -> Iterator[tuple[Any, ...]]:
        """Yield every row, key first, in the order of the keys."""

    def position(self, follower: str) -> int:
        """Return how far a follower has come, as ``positions`` does."""

    def positions(self, followers: Sequence[str]) -> list[int]:
        """Return how far followers have come, 0 at the beginning.

        Raises ``PositionConflict``, once, when another process has switched a table since it was asked last.
        """

    def standings(self) -> Mapping[str, "Standing"]:
        """Return where every follower stands that has ever moved."""

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]], mark: str = "") -> None:
        """Change rows and move followers (from, to) in one transaction; ``PositionConflict`` if one has moved.

        ``mark`` is that of the fact at which those who move on come to stand.
        """

    def fault(self) -> str | None:
        """Return why what is shown may be gone with this process, None if it is kept."""

    def forget(self, followers: Iterable[str]) -> None:
        """Let these followers begin again: their tables are dropped, until they are prepared, and their positions."""


class Rows:
    """One view's rows as a fold sees them: read when first asked for, kept in memory, written back in bulk."""

    def __init__(self, view: View, database: ViewsDatabase) -> None:
        self.view = view
        self._database = database
        self._rows: dict[Key, Row | None] = {}
        self._touched: dict[Key, None] = {}  # a set would lose the order, in which rows are cheapest to write
        self._added: list[tuple[Any, ...]] = []

    def get(self, *key: Any) -> Row | None:
        """Return a row's columns, None if there is no such row; the row is not to be changed in place."""
        try:
            return self._rows[key]
        except KeyError:
            row = self._rows[key] = self._database.row(self.view, key)
            return row

    def add(self, *row: Any) -> None:
        """Add a row, key first, under a key that was never used and that this fold never asks for."""
        self._added.append(row)

    def put(self, *key: Any, **columns: Any) -> None:
        """Let the row have these columns; all of them are named."""
        self._rows[key] = columns
        self._touched[key] = None

    def change(self, *key: Any, **columns: Any) -> None:
        """Give some columns of a row new values; nothing happens if there is no such row."""
        if row := self.get(*key):
            self.put(*key, **{**row, **columns})

    def delete(self, *key: Any) -> None:
        """Take a row away."""
        self._rows[key] = None
        self._touched[key] = None

    def batch(self) -> Batch:
        """Return what changed since the last ``settle``."""
        columns, put, deleted = tuple(self.view.columns), [], []
        for key in self._touched:
            row = self._rows[key]
            if row is None:
                deleted.append(key)
            else:
                put.append((*key, *map(row.__getitem__, columns)))
        return Batch(self.view, put, deleted, self._added)

    def settle(self, max_rows: int) -> None:
        """Take what changed for written, and drop all cached rows if there are more than ``max_rows``."""
        self._touched.clear()
        self._added = []
        if len(self._rows) > max_rows:
            self._rows.clear()


Fold = Callable[[Rows, Entry, UUID | None], None]


def answers(kind: type[T], rows: Iterable[Sequence[Any]], **converters: Callable[[Any], Any]) -> list[T]:
    """Return each row as a value whose fields stand in the order of the columns; some of them turned by a function."""
    fields: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]  # a Value is a Struct by its metaclass
    by_field = (dict(zip(fields, row, strict=True)) for row in rows)
    return [kind(**row | {name: convert(row[name]) for name, convert in converters.items()}) for row in by_field]
