"""Values of another type than their column's: SQLite keeps whatever is written past us, so each is read as its kind.

What is no id is read as that of nobody, text that is none with its bytes spelt out: it differs from what was recorded.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from infra.store.contents import TABLES

INDEX = ("links", "unique_keys")
RIGHT = {
    int: "typeof({0}) = 'integer'",
    str: "typeof({0}) = 'text'",
    bytes: "typeof({0}) = 'blob'",
    UUID: "typeof({0}) = 'blob' AND length({0}) = 16",
}
READ = {int: "CAST({0} AS INTEGER)", str: "CAST({0} AS TEXT)", bytes: "CAST({0} AS BLOB)"}
NAMES = {int: "a number", str: "text", bytes: "bytes", UUID: "an id"}


def text(stored: bytes) -> str:
    """Return stored text, whatever its bytes are."""
    return stored.decode("utf-8", "backslashreplace")


def right(table: str) -> str:
    """Return the condition under which a row has the types of its columns."""
    return " AND ".join(RIGHT[kind].format(name) for name, kind in TABLES[table].items())


def columns(table: str, *names: str) -> str:
    """Return columns of a table, or all, each read as its kind; an index row with anything wrong names nobody."""
    kinds = TABLES[table]
    return ", ".join(_read(table, name, kinds[name]) for name in names or kinds)


def _read(table: str, name: str, kind: type) -> str:
    if kind is not UUID:
        return READ[kind].format(name)
    condition = right(table) if table in INDEX else RIGHT[UUID].format(name)
    return f"CASE WHEN {condition} THEN {name} ELSE zeroblob(16) END"


Wrong = Mapping[str, Mapping[str, int]]
"""Of each table with values of another type, in how many rows its columns hold some."""


def wrong(execute: Callable[[str], Any], tables: set[str]) -> Wrong:
    """Return which columns hold values of another type, asked in one reading of each table."""
    found = dict[str, dict[str, int]]()
    for table in TABLES.keys() & tables:
        counted = (f"count(*) FILTER (WHERE NOT ({RIGHT[kind].format(name)}))" for name, kind in TABLES[table].items())
        (numbers,) = execute(f"SELECT {', '.join(counted)} FROM main.{table}")  # noqa: S608 - our own names
        if any(numbers):
            found[table] = {name: number for name, number in zip(TABLES[table], numbers, strict=True) if number}
    return found


def in_words(found: Wrong) -> Iterator[str]:
    """Yield a sentence for each column that holds values of another type."""
    for table, names in found.items():
        for name, number in names.items():
            rows = "1 row" if number == 1 else f"{number} rows"
            yield f"the column {name} of the table {table} is not {NAMES[TABLES[table][name]]} in {rows}"


def show(execute: Callable[[str], Any], found: Wrong) -> None:
    """Let questions on this connection see tables with wrong values as their kinds have them, until it rolls back.

    All other columns stand as they are: what is read as its kind is in no index, so that each look reads the table.
    """
    for table, names in found.items():
        named = ", ".join(TABLES[table])
        changed = {*names, *(name for name, kind in TABLES[table].items() if kind is UUID and table in INDEX)}
        read = ", ".join(columns(table, name) if name in changed else name for name in TABLES[table])
        execute(f"CREATE TEMP VIEW {table} ({named}) AS SELECT {read} FROM main.{table}")  # noqa: S608 - our own names
