"""Lines: how a row of a file becomes the commands that a person would give one by one."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID, uuid5

from portfolio.application.imports.sheet import Sheet, trimmed
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.imports import LineFault
from portfolio.domain.kernel import Command, Rejected, Unreadable
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import Assignment, Role, WorksFor

RECORD, REFERENCE = "record", "reference"
"""Columns of every file: of which kind a line is, where lines of several kinds stand in it, and what others call it."""

MOST_SHOWN, LONGEST_SHOWN = 50, 50
"""So many unknown columns are named, by so many characters: more would repeat a file that is none."""

ID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ColumnsUnknown(Unreadable, rule="IMPORT-3"):
    """The header names columns that we do not know, or lacks some that are needed."""


class CellUnreadable(Unreadable, rule="IMPORT-3"):
    """A cell holds nothing that its column can be read from."""


class Found:
    """What earlier lines of the file are called, and under which id each is recorded."""

    def __init__(self, import_id: UUID) -> None:
        self._import_id = import_id
        self._ids: dict[str, UUID] = {}

    def id_of_line(self, line: int) -> UUID:
        """Return the id of the record that a line makes."""
        return uuid5(self._import_id, f"line {line}")

    def call(self, name: str, line: int) -> None:
        """Let later lines call the record of this one so."""
        if name in self._ids or ID.fullmatch(name):
            raise ValueError("Is called so already, or like an id: give it another name.")
        if name:
            self._ids[name] = self.id_of_line(line)

    def id_of(self, text: str) -> UUID:
        """Return the id that a cell gives, or that of the earlier line it names."""
        if ID.fullmatch(text):
            return UUID(text)
        if text not in self._ids:
            raise ValueError("Neither an id nor the reference of a line above.")
        return self._ids[text]


def text(cell: str, _: Found) -> str:
    """Return a text as it stands; the command says which are readable."""
    return cell


def day(cell: str, _: Found) -> date:
    """Return a day that is written 2026-09-01 or 01/09/2026 (day, month, year)."""
    if parts := re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", cell, re.ASCII):
        year, month, number = parts.groups()
    elif parts := re.fullmatch("([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", cell, re.ASCII):
        number, month, year = parts.groups()
    else:
        raise ValueError("Not a day such as 2026-09-01 or 01/09/2026 (day, month, year).")
    try:
        return date(int(year), int(month), int(number))
    except ValueError as error:
        raise ValueError("There is no such day: write 2026-09-01 or 01/09/2026 (day, month, year).") from error


def an_id(cell: str, _: Found) -> UUID:
    """Return an id."""
    if not ID.fullmatch(cell):
        raise ValueError("Not an id such as 3f2c1d9e-8a47-4b1e-9c55-0d6f2a7b8c91.")
    return UUID(cell)


def record(cell: str, found: Found) -> UUID:
    """Return the id of a record, or of an earlier line."""
    return found.id_of(cell)


def one_of(words: Any) -> Callable[[str, Found], str]:
    """Return what reads one of a ``Literal``'s words, whatever its case."""
    known: dict[str, str] = {word.casefold(): word for word in get_args(words)}

    def read(cell: str, _: Found) -> str:
        if cell.casefold() not in known:
            raise ValueError(f"None of: {', '.join(known.values())}.")
        return known[cell.casefold()]

    return read


def several(read: Callable[[str, Found], Any]) -> Callable[[str, Found], tuple[Any, ...]]:
    """Return what reads any number of things, each once, with commas, semicolons or upright strokes between them."""

    def read_each(cell: str, found: Found) -> tuple[Any, ...]:
        parts = (part.strip() for part in re.split("[,;|]", cell))
        return tuple(dict.fromkeys(read(part, found) for part in parts if part))

    return read_each


@dataclass(frozen=True)
class Column:
    """How the cells of a column are read, whether they may be empty, and what a sample says."""

    read: Callable[[str, Found], Any]
    sample: str
    needed: bool = True


@dataclass(frozen=True)
class Kind:
    """What lines of one kind hold, which commands they give, and by which column they are refused.

    A refusal whose code ``refused_by`` does not name is one of whom or what the line is ``about``.
    """

    about: str
    columns: Mapping[str, Column]
    commands: Callable[[UUID, Mapping[str, Any]], list[Command]]
    refused_by: Mapping[str, str]


def _person(record_id: UUID, cells: Mapping[str, Any]) -> list[Command]:
    registered = RegisterPerson(person_id=record_id, name=cells["name"], works_for=cells["works_for"])
    return [registered, *(GrantRole(person_id=record_id, role=role) for role in cells["roles"])]


def _enrolment(record_id: UUID, cells: Mapping[str, Any]) -> list[Command]:
    return [EnrolApprentice(enrolment_id=record_id, **cells)]


def _assignment(_: UUID, cells: Mapping[str, Any]) -> list[Command]:
    return [
        AssignPerson(
            enrolment_id=cells["enrolment"],
            person_id=cells["person"],
            assignment=cells["assignment"],
            starts_on=cells["starts_on"],
            components=frozenset(cells["components"]),
        )
    ]


KINDS: Mapping[str, Kind] = {
    "person": Kind(
        about="name",
        columns={
            "name": Column(text, sample="Amina Okafor"),
            "works_for": Column(one_of(WorksFor), sample="employer"),
            "roles": Column(several(one_of(Role)), sample="apprentice", needed=False),
        },
        commands=_person,
        refused_by={},
    ),
    "enrolment": Kind(
        about="apprentice",
        columns={
            "apprentice": Column(record, sample="3f2c1d9e-8a47-4b1e-9c55-0d6f2a7b8c91"),
            "uln": Column(text, sample="1000000426"),
            "plan_id": Column(an_id, sample="0b8f7a52-61c3-4a58-8f02-3f5c2f0d9e11"),
            "form_id": Column(an_id, sample="7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f"),
            "route": Column(text, sample="LET"),
            "centre_ukprn": Column(text, sample="10000001"),
            "employer": Column(text, sample="Lantern Theatre Ltd"),
            "starts_on": Column(day, sample="2026-09-01"),
        },
        commands=_enrolment,
        refused_by={
            "uln-invalid": "uln",
            "uln-already-enrolled": "uln",
            "plan-not-approved": "plan_id",
            "plan-unknown": "plan_id",
            "route-unknown": "route",
            "form-not-for-route": "form_id",
            "coverage-proof-missing": "form_id",
            "ukprn-invalid": "centre_ukprn",
            "day-too-far-ahead": "starts_on",
        },
    ),
    "assignment": Kind(
        about="person",
        columns={
            "enrolment": Column(record, sample="5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"),
            "person": Column(record, sample="9e8d7c6b-5a4f-4e3d-9c2b-1a0f9e8d7c6b"),
            "assignment": Column(one_of(Assignment), sample="assessor"),
            "starts_on": Column(day, sample="01/09/2026"),
            "components": Column(several(text), sample="", needed=False),
        },
        commands=_assignment,
        refused_by={
            "enrolment-unknown": "enrolment",
            "enrolment-has-ended": "enrolment",
            "component-unknown": "components",
            "parts-overlap": "starts_on",
            "day-too-far-ahead": "starts_on",
        },
    ),
}
"""The kinds of lines by the word for one of them."""


class Line:
    """One line: its number, and the commands that it gives, or why they cannot be read."""

    def __init__(self, number: int, kind: Kind | None, row: Mapping[str, str], found: Found, why: str) -> None:
        self.number = number
        self._kind = kind
        self._row = row
        self._found = found
        self._unreadable = (RECORD, why) if why else None
        try:
            found.call(row.get(REFERENCE, ""), number)
        except ValueError as error:
            self._unreadable = (REFERENCE, str(error))

    def commands(self) -> list[Command]:
        """Return the commands of the line; raise ``CellUnreadable``, or ``TextNotReadable``."""
        kind = self._kind
        if self._unreadable or kind is None:
            column, why = self._unreadable or (RECORD, f"None of: {', '.join(KINDS)}.")
            raise CellUnreadable(why, columns=[column])
        for name, cell in self._row.items():
            if cell and name not in (RECORD, REFERENCE, *kind.columns):
                raise CellUnreadable("Lines of this kind have nothing in this column.", columns=[name])
        cells = {name: self._cell(name, column) for name, column in kind.columns.items()}
        return kind.commands(self._found.id_of_line(self.number), cells)

    def fault(self, refusal: Rejected) -> LineFault:
        """Return which column of this line a refusal is about."""
        match refusal:
            case Unreadable(members=members):
                column = next(iter(members.values()))[0].partition(".")[0]
            case _:
                column = self._kind.refused_by.get(refusal.code, self._kind.about) if self._kind else RECORD
        return LineFault(line=self.number, column=column, code=refusal.code)

    def _cell(self, name: str, column: Column) -> Any:
        cell = self._row.get(name, "")
        if not cell and column.needed:
            raise CellUnreadable("This cell is empty.", columns=[name])
        try:
            return column.read(cell, self._found)
        except ValueError as error:
            raise CellUnreadable(str(error), columns=[name]) from error


def lines(sheet: Sheet, import_id: UUID) -> Iterator[Line]:
    """Yield the lines of a file in order; a line may name records that lines above it make."""
    found, only = Found(import_id), kind_of(sheet.columns)
    for number, cells in sheet.rows():
        row = dict(zip(sheet.columns, cells, strict=False))
        spills = len(trimmed(cells)) > len(sheet.columns)
        why = "The line has more cells than the header has columns." if spills else ""
        yield Line(number, KINDS.get(only or row.get(RECORD, "").casefold()), row, found, why)


def kind_of(columns: tuple[str, ...]) -> str:
    """Return of which kind all lines are by the header, empty if each says so; raise ``ColumnsUnknown``."""
    if RECORD in columns:
        known = {name for kind in KINDS.values() for name in kind.columns}
        _check(columns, known, set())
        return ""
    likest = max(KINDS, key=lambda name: len({*columns} & {*KINDS[name].columns}))
    every = KINDS[likest].columns
    _check(columns, {*every}, {name for name, column in every.items() if column.needed})
    return likest


def _check(columns: tuple[str, ...], known: set[str], needed: set[str]) -> None:
    unknown = [name[:LONGEST_SHOWN] for name in columns if name not in {*known, RECORD, REFERENCE}][:MOST_SHOWN]
    missing = sorted(needed - {*columns})
    if unknown or missing:
        parts = [f"Not known: {', '.join(unknown)}."] * bool(unknown) + [f"Missing: {', '.join(missing)}."] * bool(
            missing
        )
        raise ColumnsUnknown(" ".join(parts), unknown=unknown, missing=missing)


def sample(name: str) -> str:
    """Return a file with a line of this kind, as it may be imported once its ids are those of the record."""
    columns = KINDS[name].columns
    return f"{','.join(columns)}\r\n{','.join(column.sample for column in columns.values())}\r\n"
