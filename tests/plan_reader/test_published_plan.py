"""The published plan this product ships with, and files that are no plan of its form."""

from collections import Counter
from importlib import resources

import pytest

from portfolio.plan_reader.text import LARGEST, PlanUnreadable, decode_plan, read_plan

TEXT = resources.files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")
PLAN = read_plan(TEXT)
LINES = TEXT.split("\n")


def warned(code: str) -> list[tuple[int, str]]:
    return [(warning.line, warning.raw) for warning in PLAN.warnings if warning.code == code]


def test_the_plan_carries_its_printed_identity() -> None:
    assert (PLAN.reference, PLAN.version_label, PLAN.level) == ("ST1297", "ST1297/V2", 3)
    assert (PLAN.title, PLAN.integration) == ("Creative industries production technician", "None")


def test_every_outcome_is_read_in_printed_order() -> None:
    assert [outcome.key for outcome in PLAN.outcomes] == [
        "AO1",
        "AO2",
        "AO3",
        "AO4",
        "CVT AO5",
        "CVT AO6",
        "LET AO7",
        "LET AO8",
        "SLT AO9",
        "SLT AO10",
    ]


def test_there_are_73_mandatory_mappings_of_72_codes() -> None:
    mappings = [mapping for outcome in PLAN.outcomes for mapping in outcome.codes]
    assert len(mappings) == 73
    assert all(mapping.mandatory for mapping in mappings)
    assert PLAN.distinct_codes() == {f"{letter}{number}" for letter in "KS" for number in range(1, 37)}
    assert [code for code, count in Counter(mapping.code for mapping in mappings).items() if count > 1] == ["S29"]


def test_four_codes_are_chances_for_english_and_maths() -> None:
    starred = [mapping.code for outcome in PLAN.outcomes for mapping in outcome.codes if mapping.english_maths]
    assert starred == ["K16", "K17", "K11", "K19"]


def test_each_route_is_the_core_and_one_option() -> None:
    assert {route: len(PLAN.codes_of(route)) for route in PLAN.routes()} == {"LET": 48, "CVT": 46, "SLT": 47}
    assert all(len(PLAN.outcomes_of(route)) == 6 for route in PLAN.routes())


def test_both_printed_numbers_of_an_option_are_kept() -> None:
    assert [(option.key, option.list_ordinal, option.table_ordinal) for option in PLAN.options] == [
        ("LET", 1, 2),
        ("CVT", 2, 1),
        ("SLT", 3, 3),
    ]


def test_the_name_in_the_list_is_canonical_and_the_other_is_kept() -> None:
    option = PLAN.options[2]
    assert (option.name, option.table_name) == ("Screen lighting Technician", "Screen lighting technician")


def test_a_full_stop_in_a_title_stays() -> None:
    assert PLAN.outcomes[5].title == "Creative Venue system maintenance and troubleshooting."


def test_each_mapping_knows_its_raw_token_and_line() -> None:
    starred = next(mapping for mapping in PLAN.outcomes[1].codes if mapping.code == "K16")
    assert (starred.raw, starred.line) == ("K16*", 41)


def test_one_observation_is_required_and_four_methods_are_offered() -> None:
    assert [(method.name, method.minimum) for method in PLAN.methods.required] == [("observation", 1)]
    assert PLAN.methods.choose_from == (
        "Professional discussion",
        "Portfolio",
        "Additional observations",
        "Simulated tasks",
    )


def test_a_category_torn_by_a_page_break_is_one_category() -> None:
    assert (len(PLAN.categories), PLAN.levels, len(PLAN.descriptors)) == (6, ("Pass", "Distinction"), 12)
    torn = [one.text for one in PLAN.descriptors if one.category == "Communication and Collaboration"]
    assert "production team environments and demonstrates effective communication" in torn[0]
    assert "adapts their approach confidently to different audiences." in torn[1]


def test_the_licence_is_kept() -> None:
    assert PLAN.licence.startswith("Crown copyright 2026")
    assert "Open Government Licence" in PLAN.licence


@pytest.mark.parametrize(
    ("code", "line", "raw"),
    [
        ("draft", 5, "## Draft Preview"),
        ("all-mandatory", 37, LINES[36]),
        ("empty-item", 41, "K7, , K12"),
        ("option-number-differs", 44, LINES[43]),
        ("option-number-differs", 47, LINES[46]),
        ("missing-comma", 49, "S22 S29"),
        ("code-under-two-outcomes", 49, "S29"),
        ("heading-in-cell", 51, LINES[50].strip()),
        ("option-name-differs", 51, LINES[50].strip()),
        ("asterisk-on-one-kind", 55, LINES[54]),
        ("list-broken", 69, LINES[68]),
        ("possible-hurdle", 82, "without error"),
        ("row-joined", 85, LINES[84].strip()),
        ("familiar-at-highest-level", 87, "familiar"),
    ],
)
def test_each_oddity_is_noted_with_its_line_and_raw_text(code: str, line: int, raw: str) -> None:
    assert (line, raw) in warned(code)


def test_every_warning_is_a_whole_sentence_about_a_line_that_has_its_raw_text() -> None:
    for warning in PLAN.warnings:
        assert warning.message.endswith(".")
        assert warning.raw in LINES[warning.line - 1]


def test_warnings_stand_in_the_order_of_the_text() -> None:
    lines = [warning.line for warning in PLAN.warnings]
    assert lines == sorted(lines)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    raw = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert read_plan(decode_plan(raw)) == PLAN


def test_bold_written_as_asterisks_reads_the_same() -> None:
    starred = read_plan(TEXT.replace("<b>", "**").replace("</b>", "**"))
    assert starred.outcomes == PLAN.outcomes


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The text is empty."),
        ("\ufeff \r\n\n", "The text is empty."),
        ("AO1,K1 K2\nAO2,S1\n", "This is no apprenticeship assessment plan"),
        ("Name\tAge\nAda\t36\n", "This is no apprenticeship assessment plan"),
        ("# End-point assessment plan\n\nK1: flour\tMCQ\n", "This is an end-point assessment plan of the older kind"),
        ("Assessment Outcome\tMapping\nAO1: Safe\tK1\n", "The text has no reference with a version"),
        ("ST1297/V2\n\nAssessment Outcome\tMapping\nAO1: Safe\t\n", "This is no apprenticeship assessment plan"),
        ("PK\x03\x04 and so on", "Line 1: the file is no plain text."),
        ("x\n" * 20_002, "The text has more than 20000 lines"),
        ("a\tb" * 60, "Line 1: a row of a table has more than 50 cells."),
        ("x\n" + "x" * 10_001, "Line 2: a line or cell has more than 10,000 characters"),
        ("x\n" + " " * 10_001 + "x", "Line 2: a line or cell has more than 10,000 characters"),
        (f"<table><tr><td>{'x' * 9_000}\n{'x' * 2_000}</td></tr></table>", "Line 1: a line or cell has more than"),
        ("**a** _b_\n" * 18_000, "The text has more than 100,000 signs of markup"),
        ("<s>x</s>\n" * 2_001, "Line 2001: the text has more than 2,000 oddities"),
        ("x" * (LARGEST + 1), f"The text has {LARGEST + 1} characters"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PlanUnreadable) as refused:
        read_plan(text)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(".")


def test_bytes_that_are_no_utf_8_are_refused_with_line_and_byte() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line 2: the file is no UTF-8 text from byte 6 on\.$"):
        decode_plan(b"line\r\n\xff\xfe")


def test_a_file_that_is_far_too_long_is_refused_unread() -> None:
    with pytest.raises(PlanUnreadable, match=f"^The file has {LARGEST + 1} bytes"):
        decode_plan(b"x" * (LARGEST + 1))
