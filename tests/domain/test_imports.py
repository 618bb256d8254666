"""Imports: how far a file has come, line by line (IMPORT-2)."""

from uuid import UUID

from portfolio.domain.imports import (
    IMPORT,
    BeginImport,
    Import,
    ImportBegun,
    ImportOfAnotherFile,
    ImportUnknown,
    LineFault,
    LinesCarriedOut,
    NoteLines,
)
from tests.domain.given import given

ID = UUID(int=77)
LEFT_OUT = LineFault(line=4, column="uln", code="uln-invalid")
REFUSED = LineFault(line=3, column="apprentice", code="person-unknown")
BEGUN = ImportBegun(digest="of the file", last_line=9, left_out=(LEFT_OUT,))


def begin(digest: str = "of the file") -> BeginImport:
    return BeginImport(import_id=ID, digest=digest, last_line=9, left_out=(LEFT_OUT,))


def note(first: int, last: int, *refused: LineFault) -> NoteLines:
    return NoteLines(import_id=ID, first=first, last=last, refused=refused)


def carried_out(first: int, last: int, *refused: LineFault) -> LinesCarriedOut:
    return LinesCarriedOut(first=first, last=last, refused=refused)


def test_an_import_begins_with_the_lines_that_are_left_out() -> None:
    given(IMPORT).when(begin()).records(BEGUN)


def test_the_same_file_goes_on_and_another_is_refused() -> None:
    given(IMPORT, BEGUN).when(begin()).records_nothing()
    given(IMPORT, BEGUN).when(begin("of another")).rejected(ImportOfAnotherFile)


def test_lines_are_noted_of_an_import_that_has_begun() -> None:
    given(IMPORT).when(note(2, 5)).rejected(ImportUnknown)
    given(IMPORT, BEGUN).when(note(2, 5, REFUSED)).records(carried_out(2, 5, REFUSED))


def test_what_is_noted_already_is_not_noted_again() -> None:
    given(IMPORT, BEGUN, carried_out(2, 9, REFUSED)).when(note(3, 9, REFUSED)).records_nothing()


def test_lines_wait_that_are_not_left_out_and_were_not_tried_or_were_refused() -> None:
    record = given(IMPORT, BEGUN, carried_out(2, 6, REFUSED)).state
    assert record.waiting(range(2, 10)) == {3, 7, 8, 9}
    assert record.begun()
    assert not record.complete()


def test_a_line_that_was_refused_is_listed_until_it_is_carried_out() -> None:
    later = LineFault(line=8, column="uln", code="uln-already-enrolled")
    record = given(IMPORT, BEGUN, carried_out(2, 6, REFUSED), carried_out(7, 9, later)).state
    assert record.refused == (REFUSED, later)
    assert record.complete()
    assert given(IMPORT, BEGUN, carried_out(2, 6, REFUSED), carried_out(3, 9, later)).state.refused == (later,)


def test_an_import_that_never_began_has_no_line() -> None:
    assert not Import().begun()
    assert not Import().complete()
