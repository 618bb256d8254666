"""Files as people have them (IMPORT-3)."""

import pytest

from portfolio.application.imports.sheet import LARGEST, MOST_LINES, FileUnreadable, ImportTooLong, Sheet


def rows(file: bytes) -> list[tuple[int, list[str]]]:
    return list(Sheet(file).rows())


def test_names_of_columns_are_read_whatever_their_case_and_spaces() -> None:
    assert Sheet(b" Works For ,NAME,roles\nx,y,z").columns == ("works_for", "name", "roles")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_as_spreadsheets_save_it(encoding: str, separator: str, end: str) -> None:
    text = end.join((separator.join(("name", "employer")), separator.join(("Zoë", "Müller"))))
    assert rows((text + end).encode(encoding)) == [(2, ["Zoë", "Müller"])]


def test_quoted_cells_hold_separators_quotes_and_line_ends_and_rows_are_counted_as_a_spreadsheet_does() -> None:
    assert rows(b'name,employer\n"Ada, ""the"" first","two\nlines"\n Bo , x \n') == [
        (2, ['Ada, "the" first', "two\nlines"]),
        (3, ["Bo", "x"]),
    ]


def test_empty_lines_are_no_lines_but_are_counted() -> None:
    sheet = Sheet(b"\nname\n\nAda\n,,,\n\n  \nBo\n\n\n")
    assert (sheet.columns, list(sheet.rows()), sheet.last_line) == (("name",), [(4, ["Ada"]), (8, ["Bo"])], 8)


def test_empty_columns_at_the_end_are_no_columns() -> None:
    assert Sheet(b"name,,\nAda,,\n").columns == ("name",)


@pytest.mark.parametrize("file", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_anything_in_it_is_refused(file: bytes) -> None:
    with pytest.raises(FileUnreadable, match="It is empty"):
        Sheet(file)


def test_a_file_without_a_line_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="no line below"):
        Sheet(b"name,works for\n\n")


def test_a_header_of_far_too_many_columns_is_refused_and_empty_ones_at_its_end_are_none() -> None:
    with pytest.raises(FileUnreadable, match="has 101 columns, and at most 100 are read"):
        Sheet(b",".join(b"c%d" % number for number in range(101)) + b"\nx")
    assert Sheet(b"name" + b"," * 200_000 + b"\nx").columns == ("name",)


@pytest.mark.parametrize("header", [b"name,Name", b"works for,works_for", b"name,,roles"])
def test_a_column_without_a_name_of_its_own_is_refused(header: bytes) -> None:
    with pytest.raises(FileUnreadable, match="name of its own"):
        Sheet(header + b"\nx,y,z")


def test_a_file_that_is_no_text_is_refused() -> None:
    for file in (b"\x00\x01\x02", b"\x81\x8d", "name\nZoë".encode("utf-16")):
        with pytest.raises(FileUnreadable, match="neither in UTF-8 nor in Windows-1252"):
            Sheet(file)


def test_a_file_that_is_only_in_part_in_utf8_is_refused_and_no_name_garbled() -> None:
    with pytest.raises(FileUnreadable, match="as in line 2"):
        Sheet("name\nZo\u00eb\nBj\u00f6rn\n".encode() + "Chlo\u00e9\n".encode("cp1252"))
    assert [cells for _, cells in Sheet("name\nJO\u00c3O \u2019s\n".encode("cp1252")).rows()] == [["JO\u00c3O \u2019s"]]


def test_a_quote_that_never_ends_is_refused_with_its_line() -> None:
    with pytest.raises(FileUnreadable, match=r"Line 3: "):
        Sheet(b'name\nAda\n"Bo\n')


def test_so_many_lines_are_read_and_one_more_is_refused() -> None:
    assert Sheet(b"name\n" + b"x\n" * MOST_LINES).last_line == MOST_LINES + 1
    with pytest.raises(ImportTooLong):
        Sheet(b"name\n" + b"x\n" * (MOST_LINES + 1))
    with pytest.raises(ImportTooLong, match="bytes"):
        Sheet(b"name\n" + b"x" * LARGEST)
