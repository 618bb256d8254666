"""Imports: many people, enrolments and assignments from one file, carried out line by line and once (IMPORT-1, -2)."""

from collections.abc import Iterable
from typing import assert_never
from uuid import UUID

from portfolio.domain.kernel import Aggregate, Command, Fact, Known, NotVisible, RuleBroken, State, Value, changed


class LineFault(Value):
    """A line that is not carried out, as rows are counted from 1: which, by what column and refusal; never its text.

    ``code`` is empty where nothing is wrong with the line and a person left it out.
    """

    line: int
    column: str = ""
    code: str = ""


class BeginImport(Command):
    """Begin to carry out the lines of a file, or go on with them.

    ``digest``, a keyed hash, tells the file from others; ``last_line`` is where it ends, ``left_out`` what is not
    carried out.
    """

    import_id: UUID
    digest: str
    last_line: int
    left_out: tuple[LineFault, ...] = ()


class NoteLines(Command):
    """Note that all lines from the first to the last are on record but those left out, and those that were refused."""

    import_id: UUID
    first: int
    last: int
    refused: tuple[LineFault, ...] = ()


class ImportBegun(Fact, tag="import.begun"):
    """The lines of a file are being carried out, without those left out."""

    digest: str
    last_line: int
    left_out: tuple[LineFault, ...]


class LinesCarriedOut(Fact, tag="import.lines-carried-out"):
    """Every line from the first to the last is on record, but those left out, and those that were refused."""

    first: int
    last: int
    refused: tuple[LineFault, ...]


class ImportUnknown(NotVisible):
    """There is no such import."""


class ImportOfAnotherFile(RuleBroken, rule="IMPORT-2"):
    """This import began with another file: send that one to go on, or give this one an id of its own."""


ImportFact = ImportBegun | LinesCarriedOut


class Import(State):
    """What was begun, how far it has come, and which lines were refused on the way."""

    digest: str = ""
    last_line: int = 0
    left_out: tuple[LineFault, ...] = ()
    reached: int = 0
    refused: tuple[LineFault, ...] = ()

    def begun(self) -> bool:
        """Return whether there is such an import."""
        return self.last_line > 0

    def complete(self) -> bool:
        """Return whether every line was tried; some of them may have been refused."""
        return self.begun() and self.reached >= self.last_line

    def waiting(self, lines: Iterable[int]) -> frozenset[int]:
        """Return which of these lines are still to be tried, or to be tried again."""
        again = lines_of(self.refused)
        return frozenset(line for line in lines if line > self.reached or line in again) - lines_of(self.left_out)


def lines_of(faults: tuple[LineFault, ...]) -> frozenset[int]:
    """Return the numbers of these lines."""
    return frozenset(fault.line for fault in faults)


def begin_import(record: Import, command: BeginImport, known: Known) -> list[ImportFact]:
    """Begin, or go on with the same file; what was left out at the beginning stays so (IMPORT-2)."""
    if not record.begun():
        return [ImportBegun(digest=command.digest, last_line=command.last_line, left_out=command.left_out)]
    if record.digest != command.digest:
        raise ImportOfAnotherFile
    return []


def note_lines(record: Import, command: NoteLines, known: Known) -> list[ImportFact]:
    """Note how far the import has come, if that is new."""
    if not record.begun():
        raise ImportUnknown
    noted = LinesCarriedOut(first=command.first, last=command.last, refused=command.refused)
    return [] if evolve(record, noted) == record else [noted]


def evolve(record: Import, fact: ImportFact) -> Import:
    """Apply a fact."""
    match fact:
        case ImportBegun(digest=digest, last_line=last_line, left_out=left_out):
            return Import(digest=digest, last_line=last_line, left_out=left_out)
        case LinesCarriedOut(first=first, last=last, refused=refused):
            elsewhere = (fault for fault in record.refused if not first <= fault.line <= last)
            listed = sorted((*elsewhere, *refused), key=lambda fault: fault.line)
            return changed(record, reached=max(record.reached, last), refused=tuple(listed))
    assert_never(fact)


IMPORT = Aggregate("import_id", Import(), (begin_import, note_lines), evolve)
