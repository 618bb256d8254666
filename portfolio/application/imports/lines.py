"""Lines: how a row of a file becomes the commands that a person would give one by one."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID, uuid5

from portfolio.application.imports.sheet import Sheet, trimmed
from portfolio.domain.addresses import RegisterAddress
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.refusals import UkprnInvalid, UlnInvalid
from portfolio.domain.imports import LineFault
from portfolio.domain.kernel import Command, DayNotTaken, Rejected, TextNotReadable, Unreadable
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.ukprn import ukprn_is_valid
from portfolio.domain.uln import uln_is_valid
from portfolio.domain.vocabulary import Assignment, Role, WorksFor
from portfolio.domain.words import DayFault, TextFault, composed, held_in

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


def uln(cell: str, _: Found) -> str:
    """Return a unique learner number."""
    if not uln_is_valid(cell):
        raise UlnInvalid
    return cell


def ukprn(cell: str, _: Found) -> str:
    """Return the number of a centre."""
    if not ukprn_is_valid(cell):
        raise UkprnInvalid
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

    ``held`` is the command to whose fields the cells are held. A refusal whose code ``refused_by`` does not name is one
    of whom or what the line is ``about``.
    """

    about: str
    held: type[Command]
    columns: Mapping[str, Column]
    commands: Callable[[UUID, Mapping[str, Any]], list[Command]]
    refused_by: Mapping[str, str]


def _person(record_id: UUID, cells: Mapping[str, Any]) -> list[Command]:
    registered = RegisterPerson(person_id=record_id, name=cells["name"], works_for=cells["works_for"])
    address = [RegisterAddress(person_id=record_id, address=cells["email"])] if cells["email"] else []
    return [registered, *address, *(GrantRole(person_id=record_id, role=role) for role in cells["roles"])]


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
        held=RegisterPerson,
        columns={
            "name": Column(text, sample="Amina Okafor"),
            "works_for": Column(one_of(WorksFor), sample="employer"),
            "roles": Column(several(one_of(Role)), sample="apprentice", needed=False),
            "email": Column(text, sample="amina.okafor@college.example", needed=False),
        },
        commands=_person,
        refused_by={"address-unreadable": "email", "address-of-another": "email"},
    ),
    "enrolment": Kind(
        about="apprentice",
        held=EnrolApprentice,
        columns={
            "apprentice": Column(record, sample="3f2c1d9e-8a47-4b1e-9c55-0d6f2a7b8c91"),
            "uln": Column(uln, sample="1000000426"),
            "plan_id": Column(an_id, sample="0b8f7a52-61c3-4a58-8f02-3f5c2f0d9e11"),
            "form_id": Column(an_id, sample="7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f"),
            "route": Column(text, sample="LET"),
            "centre_ukprn": Column(ukprn, sample="10000001"),
            "employer": Column(text, sample="Lantern Theatre Ltd"),
            "starts_on": Column(day, sample="2026-09-01"),
        },
        commands=_enrolment,
        refused_by={
            "uln-already-enrolled": "uln",
            "plan-not-approved": "plan_id",
            "plan-unknown": "plan_id",
            "route-unknown": "route",
            "form-not-for-route": "form_id",
            "coverage-proof-missing": "form_id",
            "day-too-far-ahead": "starts_on",
        },
    ),
    "assignment": Kind(
        about="person",
        held=AssignPerson,
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
    """One line: its number, which cells of it cannot be read and why, and the commands that it gives if all can be."""

    def __init__(self, number: int, kind: Kind | None, row: Mapping[str, str], found: Found, why: str) -> None:
        self.number = number
        self.unreadable: dict[str, Rejected] = {}
        self._kind = kind
        self._id = found.id_of_line(number)
        self._cells: dict[str, Any] = {}
        try:
            found.call(row.get(REFERENCE, ""), number)
        except ValueError as error:
            self.unreadable[REFERENCE] = CellUnreadable(str(error))
        if why or kind is None:
            self.unreadable[RECORD] = CellUnreadable(why or f"None of: {', '.join(KINDS)}.")
        else:
            self._read(kind, row, found)

    def commands(self) -> list[Command]:
        """Return the commands of a line of which every cell can be read."""
        return self._kind.commands(self._id, self._cells) if self._kind else []

    def fault(self, refusal: Rejected, column: str = "") -> LineFault:
        """Return which column of this line a refusal is about, if nobody says."""
        known = column or (self._kind.refused_by.get(refusal.code, self._kind.about) if self._kind else RECORD)
        return LineFault(line=self.number, column=known, code=refusal.code)

    def _read(self, kind: Kind, row: Mapping[str, str], found: Found) -> None:
        for name, cell in row.items():
            if cell and name not in (RECORD, REFERENCE, *kind.columns):
                self.unreadable[name] = CellUnreadable("Lines of this kind have nothing in this column.")
        held = held_in(kind.held)
        for name, column in kind.columns.items():
            cell = row.get(name, "")
            try:
                if not cell and column.needed:
                    raise ValueError("This cell is empty.")  # noqa: TRY301 - it is one of several
                self._cells[name] = composed(column.read(cell, found), held.get(name), name)
            except TextFault as error:
                self.unreadable[name] = TextNotReadable(error.fault)
            except DayFault as error:
                self.unreadable[name] = DayNotTaken(error.fault)
            except ValueError as error:
                self.unreadable[name] = CellUnreadable(str(error))
            except Rejected as refusal:
                self.unreadable[name] = refusal


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
