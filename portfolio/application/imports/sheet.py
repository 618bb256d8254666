"""Sheet: the rows of a CSV file as spreadsheets save it, with the columns that its header names."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from portfolio.domain.kernel import Unreadable

LARGEST = 16_000_000
"""Bytes of a file: far more than so many lines have."""

MOST_LINES = 20_000
"""Lines of a file, without its header and empty ones."""

MOST_COLUMNS = 100
"""Columns of a header: far more than any import has."""

IN_UTF8 = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
"""A Latin letter with an accent in UTF-8; in Windows-1252 it would be two signs that stand together in no name."""

SEPARATORS = (",", ";", "\t")


class FileUnreadable(Unreadable, rule="IMPORT-3"):
    """The file is not one that we read: save it as CSV in UTF-8, or in Windows-1252 as Excel does, with a header."""


class ImportTooLong(Unreadable, rule="IMPORT-3"):
    """A file has at most 20,000 lines below its header: split it, and give each part an import of its own."""


class Sheet:
    """A file's header and rows; rows are counted as a spreadsheet does, the header being the first.

    The columns are those of the header in one form (``folded``). The file is read anew each time its rows are asked
    for, so that no more than one of them is in memory beside it.
    """

    def __init__(self, file: bytes) -> None:
        self._text = decoded(file)
        self._separator = separator_of(self._text)
        self._at_header, header = next(self._rows(), (0, []))
        self.columns = tuple(map(folded, trimmed(header)))
        if len(self.columns) > MOST_COLUMNS:
            raise FileUnreadable(f"Its header has {len(self.columns)} columns, and at most {MOST_COLUMNS} are read.")
        if not self.columns:
            raise FileUnreadable("It is empty.")
        twice = sorted({name or "a name that is empty" for name in self.columns if self.columns.count(name) > 1})
        if "" in self.columns or twice:
            raise FileUnreadable(
                f"Each column needs a name of its own; twice, or without one: {', '.join(twice)[:500]}."
            )
        last_line, lines = self._at_header, 0
        for last_line, _ in self.rows():  # noqa: B007 - the last one counts
            lines += 1
            if lines > MOST_LINES:
                raise ImportTooLong
        if not lines:
            raise FileUnreadable("There is no line below the header.")
        self.last_line = last_line

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row below the header that is not empty, with its number, its cells without space around them."""
        for number, cells in self._rows():
            if number > self._at_header:
                yield number, cells

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        rows, number = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator, strict=True), 0
        while True:
            number += 1
            try:
                cells = [cell.strip() for cell in next(rows)]
            except StopIteration:
                return
            except csv.Error as error:
                raise FileUnreadable(f"Line {number}: {error}.") from error
            if any(cells):
                yield number, cells


def decoded(file: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a mark, or in Windows-1252."""
    if len(file) > LARGEST:
        raise ImportTooLong(f"The file has {len(file)} bytes, and at most {LARGEST} are read.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = codecs.decode(file, encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and (letter := IN_UTF8.search(file)):
            line = file.count(b"\n", 0, letter.start()) + 1
            raise FileUnreadable(f"Some of it is in UTF-8, as in line {line}, and some is not: save it again in UTF-8.")
        if "\0" not in text:
            return text
    raise FileUnreadable("It is text neither in UTF-8 nor in Windows-1252.")


def separator_of(text: str) -> str:
    """Return what stands between the names of the header: a comma, a semicolon or a tab."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=header.count)


def folded(name: str) -> str:
    """Return the name of a column whatever its case, and its spaces, which may be underscores or hyphens too."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def trimmed(cells: list[str]) -> list[str]:
    """Return the cells without the empty ones at the end."""
    filled = next((number for number in range(len(cells), 0, -1) if cells[number - 1]), 0)
    return cells[:filled]
