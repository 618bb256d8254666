"""The published plan's tables as other publishers might write them, and what stands on a page between their rows."""

import re
from collections.abc import Callable

import pytest

from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.plan_reader.builder import PUBLISHED, TRUTH, added, added_by, changed, meaning, same


def rows_as(write: Callable[[list[list[str]]], str], text: str = PUBLISHED) -> str:
    """The plan with each table written anew."""
    blocks: list[str | list[list[str]]] = []
    for line in text.split("\n"):
        if "\t" not in line:
            blocks.append(line)
        elif blocks and isinstance(blocks[-1], list):
            blocks[-1].append(line.split("\t"))
        else:
            blocks.append([line.split("\t")])
    return "\n".join(block if isinstance(block, str) else write(block) for block in blocks)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


# --- tables ---

KEYS = re.findall(r"<b>((?:[A-Z]{3} )?AO\d+): (.*?)</b>", PUBLISHED)
CONTENTS = [f"{key}: {title}\t{page}" for page, (key, title) in enumerate(KEYS, 3)]
CONTENTS = ["Contents\tPage", "Introduction\t1", *CONTENTS, "Option 1: Creative venue technician\t5"]
CONTENTS += ["Assessment requirements\t6", "Performance descriptors\t6", "Performance Category\tvii"]


@pytest.mark.parametrize("lines", [CONTENTS, CONTENTS[1:], [f"| {line.replace(chr(9), ' | ')} |" for line in CONTENTS]])
def test_a_list_of_contents_set_as_a_table_changes_nothing(lines: list[str]) -> None:
    listed = "\n".join(lines)
    same(changed("## Assessment Plan\n", f"{listed}\n\n## Assessment Plan\n"))
    same(f"{PUBLISHED}\n\n## Contents\n\n{listed}\n")


@pytest.mark.parametrize("head", ["Outcome\tTitle\tPage", "Assessment Outcome\tWeight\tPage"])
def test_a_summary_of_the_outcomes_doubles_none_and_is_noted_as_not_read(head: str) -> None:
    listed = "\n".join([head, *(f"{key}\t{title}\t10%" for key, title in KEYS)])
    same(
        changed("Knowledge and skills statements in", f"{listed}\n\nKnowledge and skills statements in"),
        "table-not-read",
    )


def test_a_table_of_another_kind_is_noted_as_not_read() -> None:
    same(f"{PUBLISHED}\n\nVersion\tDate\tChange\nV2\t2026\tK9 moved to AO3\n", "table-not-read")


CELLS = {"plain": "<td>{}</td>", "pretty": "\n  <td>\n{}\n</td>", "open": "<td class='a'>{}", "capital": "<TD>{}</TD>"}


def html(rows: list[list[str]], form: str) -> str:
    end = "" if form == "open" else "</tr>"
    body = ["<tr>" + "".join(CELLS[form].format(text) for text in row) + end for row in rows]
    lines = ["<table>", "<thead>", body[0], "</thead>", "<tbody>", *body[1:], "</tbody>", "</table>"]
    return ("" if form == "open" else "\n").join(lines)


@pytest.mark.parametrize("form", ["plain", "pretty", "open", "capital"])
def test_html_tables_are_read(form: str) -> None:
    same(rows_as(lambda rows: html(rows, form)))


def test_a_cell_of_an_html_table_may_reach_over_columns_and_rows() -> None:
    text = rows_as(
        lambda rows: html(rows, "plain"), changed("confidently\n\n\tdemonstrates", "confidently\n\tdemonstrates")
    )
    text = changed("<tr><td></td><td>demonstrates", "<tr><td>demonstrates", text)
    text = changed("<td><b>Communication", '<td rowspan="2"><b>Communication', text)
    text = changed(
        "</p></td><td></td>", "</p></td>", changed("<td><p><b>Option 3", '<td colspan="2"><p><b>Option 3', text)
    )
    assert meaning(read_plan(text)) == TRUTH


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>", "an HTML table stands inside another"),
        ("<table><tr><td>a</td></tr>", "an HTML table begins here and does not end"),
    ],
)
def test_an_html_table_that_cannot_be_told_apart_is_refused_with_its_line(table: str, reason: str) -> None:
    text = changed("#### Introduction", table)
    with pytest.raises(PlanUnreadable, match=rf"^Line {line_of(text, table)}: {reason}"):
        read_plan(text)


def test_a_blank_line_and_a_rule_below_a_header_change_nothing() -> None:
    same(changed("INTEGRATION\n", "INTEGRATION\n\n"))
    table = PUBLISHED[PUBLISHED.index("APPRENTICESHIP REFERENCE") : PUBLISHED.index("\n\n## Assessment Plan")]
    same(changed(table, "| REFERENCE | LEVEL | INTEGRATION |\n|---|---|---|\n| ST1297 | 3 | None |"))


def bars(rows: list[list[str]]) -> str:
    head, *others = [" | ".join(row) for row in rows]
    return "\n".join([head, " | ".join("---" for _ in rows[0]), *others])


def test_tables_of_bars_need_no_outer_ones() -> None:
    torn, whole = "confidently\n\n\tdemonstrates", "confidently\n<b>Communication and Collaboration</b>\tdemonstrates"
    assert meaning(read_plan(rows_as(bars, changed(torn, whole)))) == TRUTH


def test_outcomes_in_no_table_are_refused_with_their_line() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line 40: an outcome and codes stand here, in no table whose columns"):
        read_plan(PUBLISHED.replace("\t", "    "))


def two_columns(rows: list[list[str]], heads: list[str]) -> str:
    """The tables of outcomes with knowledge and skills in columns of their own."""
    written = []
    for row in rows:
        codes = re.findall(r"<b>([^<]*)</b>", row[-1])
        if row[-1] == "Mapping":
            written.append([row[0], *heads])
        else:
            written.append([row[0], *(f"<b>{one}</b>" for one in codes)] if len(codes) == 2 and "AO" in row[0] else row)
    return "\n".join("\t".join(row) for row in written)


@pytest.mark.parametrize("heads", ["Knowledge|Skills", "K|S", "Ks|Ss", "Mapping (knowledge)|Mapping (skills)"])
def test_knowledge_and_skills_may_have_columns_of_their_own(heads: str) -> None:
    text = rows_as(lambda rows: two_columns(rows, heads.split("|")))
    assert meaning(read_plan(text)) == TRUTH
    assert added(text) <= {"option-name-differs"}


def test_a_second_header_may_say_which_column_holds_what() -> None:
    text = rows_as(lambda rows: two_columns(rows, ["Mapping", ""]))
    assert meaning(read_plan(text.replace("Mapping\t\n", "Mapping\t\n\tKnowledge\tSkills\n"))) == TRUTH


def test_numbers_without_letters_are_refused_with_their_line() -> None:
    text = rows_as(lambda rows: two_columns(rows, ["Knowledge", "Skills"])).replace("K1, K4", "1, 4")
    text = re.sub(r"(?<=\t)<b>.*</b>", lambda match: re.sub(r"\b[KS](?=\d)", "", match[0]), text)
    with pytest.raises(PlanUnreadable, match=r"^Line 40: the mapping of AO1 has numbers without K or S\.$"):
        read_plan(text)


def test_codes_in_a_cell_under_no_column_are_read_and_noted() -> None:
    same(changed("</b></p> <p><b>S1, S15</b></p>", "</b></p>\t<b>S1, S15</b>"), "extra-cell")


def test_a_mapping_under_another_name_is_read_and_noted() -> None:
    same(changed("\tMapping", "\tCoverage"), "mapping-unnamed")


def test_a_column_of_something_else_is_read_as_description_and_noted() -> None:
    text = changed("Core Assessment Outcome\tMapping", "Core Assessment Outcome\tMapping\tWeighting")
    plan = read_plan(changed("S11, S12</b></p>", "S11, S12</b></p>\t20%", text))
    assert plan.outcomes[0].description.endswith("20%")
    assert added_by(plan) == {"column-unusual"}


def test_a_row_whose_key_stands_later_is_refused_and_not_joined() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line 42: this row of the outcomes table begins with no outcome key"):
        read_plan(changed("<b>AO3:", "<b>3 – AO3:"))


@pytest.mark.parametrize("title", ["*: Production Planning", "(COA): Production Planning", "Production Planning*"])
def test_a_title_with_something_odd_at_an_end_is_noted(title: str) -> None:
    assert "leftover-text" in added(changed("<b>AO3: Production Planning and Logistics", f"<b>AO3 {title}"))


def test_a_torn_off_piece_of_a_row_is_noted() -> None:
    assert "leftover-text" in added(changed("<b>SLT AO9", "<b>SLT\n\nAO9"))


# --- what is the page's and not the author's ---

FURNITURE = ["Page 5 of 9", "5", "ST1297/V2", "Draft Preview", "## Draft Preview", "---", "* * *", "<!-- page 5 -->"]
FURNITURE += [
    "Creative industries production technician ST1297/V2",
    "# Creative industries production technician",
    "\x0c",
]
PLACES = ["<p><b>AO3:", "<b>Applied Skills", "- **Simulated", "- Option 3:", "Option 1: Creative venue technician\tM"]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_a_running_head_or_foot_between_two_lines_changes_nothing(furniture: str) -> None:
    for place in PLACES:
        same(changed(place, f"\n{furniture}\n\n{place}"))


@pytest.mark.parametrize(
    "row", ["ST1297/V2\t", "ST1297/V2\tPage 3 of 9", "Creative industries production technician\t3", "Draft\t"]
)
def test_a_running_head_inside_a_table_changes_nothing(row: str) -> None:
    same(changed("<p><b>AO3:", f"{row}\n<p><b>AO3:"))
    same(changed("<b>Applied Skills", f"{row}\t\n<b>Applied Skills"))


def test_other_text_inside_the_descriptors_is_noted_and_no_category_is_lost() -> None:
    same(changed("<b>Applied Skills", "\nAn employer wrote this.\n\n<b>Applied Skills"), "table-broken")


def test_a_category_that_breaks_off_is_noted() -> None:
    text = changed(
        "<b>Information Use and Decision Making</b>", "<b>Information Use and</b>\tIt\tIt\n<b>Decision Making</b>"
    )
    assert "row-torn" in added(text)


def test_levels_in_rows_are_refused_with_their_line() -> None:
    table = "Performance Category\tApplied Knowledge\tApplied Skills\nPass\tSome.\tSome.\nDistinction\tMore.\tMore."
    text = PUBLISHED[: PUBLISHED.index("Performance Category")] + table
    with pytest.raises(PlanUnreadable, match=r"^Line 80: the levels stand in rows here"):
        read_plan(text)


def test_a_second_header_with_other_levels_is_refused_with_its_line() -> None:
    text = changed("<b>Applied Skills", "Performance Category\tDistinction\tPass\n<b>Applied Skills")
    with pytest.raises(PlanUnreadable, match=r"^Line 81: the levels of this table are not those of the one above\.$"):
        read_plan(text)


def test_a_level_with_an_unusual_name_is_noted() -> None:
    assert "grade-unusual" in added(changed("\tPass\tDistinction", "\tTo achieve a pass\tDistinction"))
