"""The published plan as other publishers might write it: read the same, noted or refused, never silently else."""

import re
from collections.abc import Callable

import pytest

from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.plan_reader.builder import PUBLISHED, added, added_by, changed, meaning, plan_text, warnings_of

TRUTH = meaning(read_plan(PUBLISHED))


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


def same(text: str, *warnings: str) -> None:
    plan = read_plan(text)
    assert meaning(plan) == TRUTH
    assert added_by(plan) == set(warnings)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


# --- note marks and other things that are not read as words ---

MARKS = ["<sup>1</sup>", "<sup>a</sup>", '<sup><a href="#n1">1</a></sup>', "<sub>1</sub>", "[^1]", "¹", "&sup1;", "†"]
MARKS += ["[1](#n1)", "[<sup>1</sup>](#n1)", r"\[1\]", "^1^", "$^{1}$", '<a href="#n1">1</a>', "<small>1</small>"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_note_mark_is_left_out_and_noted_however_it_is_written(mark: str) -> None:
    same(changed("Production Planning and Logistics", f"Production Planning and Logistics{mark}"), "note-mark")
    same(changed("K6, K9", f"K6, K9{mark}"), "note-mark")


@pytest.mark.parametrize(
    "word",
    [
        "S11, S12</b>",
        "<b>AO3",
        "<b>Applied Skills",
        "Performance Category\tPass",
        "Option 1: Live event technician",
        "(CVT)",
        "- **Portfolio**",
        "one **observation**",
        "\n\nST1297/V2",
        "ST1297\t3",
    ],
)
def test_a_note_mark_is_left_out_and_noted_whatever_it_is_glued_to(word: str) -> None:
    for mark in ("<sup>1</sup>", "[^1]", "¹"):
        same(changed(word, word + mark), "note-mark")


def test_a_note_mark_is_noted_on_its_line_with_what_it_stands_behind() -> None:
    noted = [one for one in read_plan(changed("K9,", "K9<sup>1</sup>,")).warnings if one.code == "note-mark"]
    assert [(one.line, one.raw) for one in noted] == [(42, "<sup>1</sup>")]
    assert noted[0].message == "'<sup>1</sup>' after 'K9' is read as a note mark; the note is not read."


@pytest.mark.parametrize(
    ("written", "read"),
    [("20 m<sup>2</sup>", "20 m2"), ("20 m²", "20 m²"), ("CO<sub>2</sub>", "CO2"), ("the 1<sup>st</sup>", "the 1st")],
)
def test_a_power_an_index_and_an_ordinal_are_no_note_marks(written: str, read: str) -> None:
    plan = read_plan(changed("Understands production planning", f"Knows {written} and production planning"))
    assert plan.outcomes[2].description.startswith(f"Knows {read} and")


@pytest.mark.parametrize("star", [r"\*", "&ast;", "&#42;", "<sup>*</sup>", r"<sup>\*</sup>", "∗", "＊"])
def test_an_asterisk_is_one_however_it_is_written(star: str) -> None:
    same(re.sub(r"(K\d+)\*", lambda match: match[1] + star, PUBLISHED))


@pytest.mark.parametrize(
    "struck",
    [
        "<del>K99</del>",
        "~~K99~~",
        "<s>K99</s>",
        '<span style="display:none">K99</span>',
        '<span style="text-decoration: line-through">K99</span>',
    ],
)
def test_struck_and_hidden_text_is_left_out_and_noted(struck: str) -> None:
    same(changed("K9,", f"{struck} K9,"), "struck-text")


@pytest.mark.parametrize(
    ("word", "link"),
    [("K9,", "[K9](#k9),"), ("**Portfolio**", "[**Portfolio**](p.md)"), ("AO3: Pro", "[AO3](#3): Pro")],
)
def test_a_link_reads_as_its_words(word: str, link: str) -> None:
    same(changed(word, link))


def test_a_picture_in_a_table_is_noted() -> None:
    same(changed("K9,", "K9 ![K99](k99.png),"), "picture")


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


# --- lists ---

BULLETS = ["•", "◦", "–", "—", "o", "▪", "■", "\uf0b7", "➢", "‣", "●", "*", "+", "&bull;", r"\-", "(i)", "(a)", "ii."]


@pytest.mark.parametrize("bullet", BULLETS)
def test_a_list_may_have_any_bullets(bullet: str) -> None:
    for space in (" ", "\t"):
        same(re.sub(r"(?m)^- ", f"{bullet}{space}".replace("\\", r"\\"), PUBLISHED))


@pytest.mark.parametrize("numbers", ["(i) (ii) (iii) (iv)", "i. ii. iii. iv.", "A. B. C. D."])
@pytest.mark.parametrize("mark", ["**", ""])
def test_a_list_may_be_numbered(numbers: str, mark: str) -> None:
    number = iter(numbers.split())
    text = re.sub(r"(?m)^- \*\*(.*)\*\*$", lambda match: f"{next(number)} {mark}{match[1]}{mark}", PUBLISHED)
    assert meaning(read_plan(text)) == TRUTH
    assert added(text) <= {"list-broken"}


def test_boxes_of_a_task_list_are_no_words() -> None:
    same(re.sub(r"(?m)^- ", "- [ ] ", PUBLISHED))


@pytest.mark.parametrize(
    "item",
    [
        "**Portfolio** (optional)",
        "**Portfolio (of evidence)**",
        "**Portfolio** [see note]",
        "**Portfolio** – optional",
        "Portfolio: what was done",
        "**Portfolio**<br>What was done",
    ],
)
def test_a_remark_on_a_method_is_no_part_of_its_name_and_noted(item: str) -> None:
    same(changed("**Portfolio**", item), "method-remark")


@pytest.mark.parametrize("line", ["\n(where the employer agrees)\n", "  gathered over time", "\nWork in progress\n"])
def test_a_line_between_two_methods_is_not_read_and_noted(line: str) -> None:
    text = changed("- **Portfolio**\n", f"- **Portfolio**\n{line}\n")
    assert meaning(read_plan(text)) == TRUTH
    assert "leftover-text" in added(text)


def test_a_list_under_a_method_is_not_read_and_noted() -> None:
    text = changed("- **Portfolio**\n", "- **Portfolio**\n  - written\n")
    assert meaning(read_plan(text)) == TRUTH
    assert "list-nested" in added(text)


def test_a_short_line_behind_the_list_is_not_read_and_noted() -> None:
    text = changed("- **Simulated tasks**", "**Simulated tasks**")
    assert read_plan(text).methods.choose_from == ("Professional discussion", "Portfolio", "Additional observations")
    assert "list-ended" in added(text)


def test_a_sentence_about_methods_may_be_wrapped() -> None:
    same(changed("at least one **observation**", "at least\none **observation**"))
    same(changed("must be selected from the following list", "must be selected from\nthe following list"))


# --- draft ---

FINAL = changed("# DRAFT APPRENTICESHIP", "# APPRENTICESHIP", changed("## Draft Preview\n", ""))
LONG = "This document is a draft that was published for comment and may not be used for the delivery of any"
LONG += " apprenticeship"
LONG += " until it has been approved and published as final by the department that is responsible for apprenticeships."


def test_a_plan_that_never_says_so_is_no_draft() -> None:
    plan = read_plan(FINAL)
    assert not plan.draft
    assert not {one.code for one in plan.warnings} & {"draft", "draft-doubtful"}


@pytest.mark.parametrize(
    "text",
    [
        f"{FINAL}\n\nDraft – not for delivery",
        f"{FINAL}\n\nCreative industries production technician, draft version 0.3, March 2026",
        f"{FINAL}\n\n{LONG}",
        changed("Option 1: Creative venue", "\nDRAFT\n\nOption 1: Creative venue", FINAL),
        changed("Option 1: Creative venue", "Draft Preview\t\nOption 1: Creative venue", FINAL),
        changed(
            "Option 1: Creative venue technician\t", "Draft Preview\t\nOption 1: Creative venue technician\t", FINAL
        ),
        changed("<b>Applied Skills", "\n__Draft__\n\n<b>Applied Skills", FINAL),
        changed("## Assessment Plan", f"{LONG}\n\n## Assessment Plan", FINAL),
        changed("## Assessment Plan", "D R A F T\n\n## Assessment Plan", FINAL),
        changed("## Assessment Plan", "Dra\u00adft\n\n## Assessment Plan", FINAL),
        changed("3\tNone", "3\tNone\tDraft", changed("INTEGRATION\n", "INTEGRATION\tSTATUS\n", FINAL)),
        changed("\n\nST1297/V2\n", "\n\nST1297/V2 DRAFT\n", FINAL),
    ],
)
def test_a_draft_is_one_wherever_it_says_so(text: str) -> None:
    assert read_plan(text).draft
    assert "draft" in {one.code for one in read_plan(text).warnings}


@pytest.mark.parametrize(
    "words",
    [
        "This version is final and replaces the draft of March 2026.",
        "This version is final and replaces the draft plan of March 2026.",
        "The occupation covers draft-proofing.",
        "<!-- draft -->",
        '<div class="draft">',
        "Consultation version",
        "Not yet approved for delivery",
    ],
)
def test_words_that_leave_it_in_doubt_are_noted_and_decide_nothing(words: str) -> None:
    plan = read_plan(changed("## Assessment Plan", f"{words}\n\n## Assessment Plan", FINAL))
    assert not plan.draft
    assert "draft-doubtful" in {one.code for one in plan.warnings}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Understands production planning", "Can draft a rigging plan and understands production planning"),
        ("AO3: Production Planning", "AO3: Draft drawings"),
        ("- employers have confidence", "- apprentices can draft documents\n- employers have confidence"),
        ("- employers have confidence", "- apprentices can draft a rigging plan\n- employers have confidence"),
    ],
)
def test_an_apprentice_who_drafts_makes_no_draft(old: str, new: str) -> None:
    plan = read_plan(changed(old, new, FINAL))
    assert not plan.draft
    assert not {one.code for one in plan.warnings} & {"draft", "draft-doubtful"}


# --- boldness and characters ---


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("**", "**"),
        ("__", "__"),
        ("<strong>", "</strong>"),
        ("<B>", "</B>"),
        ('<strong class="x">', "</strong>"),
        ('<span style="font-weight: bold">', "</span>"),
        ("**_", "_**"),
        ("___", "___"),
    ],
)
def test_bold_is_bold_however_it_is_written(begin: str, end: str) -> None:
    text = PUBLISHED.replace("<b>", begin).replace("</b>", end)
    assert meaning(read_plan(text)) == TRUTH
    assert not added(text)


def test_underscores_inside_a_word_and_blanks_to_fill_in_are_printed() -> None:
    plan = read_plan(changed("Understands production", "Reads file_name_one, ____ and __ production"))
    assert plan.outcomes[2].description.startswith("Reads file_name_one, ____ and __ production")


def test_bold_and_its_opposite_are_told_apart_code_by_code_with_underscores() -> None:
    plan = read_plan(changed("<b>K6, K9, K10, K11*</b>", "__K6__, K9, __K10__, __K11__*"))
    assert [one.code for one in plan.outcomes[2].codes if not one.mandatory] == ["K9"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("\n", "\r"),
        (" ", "\u00a0"),
        (", K", ",\u2009K"),
        (", K", ",&nbsp;K"),
        ("Option", "Op\u00adtion"),
        ("Mapping", "Map&shy;ping"),
        ("AO", "A\u00adO"),
        ("K10", "K1\u200b0"),
        ("K10", "K1<wbr>0"),
        ("K9", "K9\u200e"),
        ("K9", "&#75;9"),
        ("AO3:", "AO3\u200f:"),
        ("</p> <p>", "</p>\n<p>"),
        ("<p>", '<p title="a>b">'),
        ("- ", "> - "),
        ("\n\n", "\\\n\n"),
    ],
)
def test_characters_that_nobody_sees_change_nothing(old: str, new: str) -> None:
    text = changed(old, new)
    assert meaning(read_plan(text)) == TRUTH
    assert added(text) <= {"row-joined"}


@pytest.mark.parametrize("marks", ["\ufeff", "\ufeff\ufeff"])
def test_byte_order_marks_change_nothing(marks: str) -> None:
    same(marks + PUBLISHED)


def test_a_code_with_a_kelvin_sign_is_the_code() -> None:
    assert read_plan(changed("K9,", "\u212a9,")).distinct_codes() == read_plan(PUBLISHED).distinct_codes()


# --- identity ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{PUBLISHED}\n\nST1297/V3\n", "label-differs"),
        (changed("Level 3 creative", "Level 4 creative"), "level-differs"),
        (changed("ST1297\t3", "ST1297\t3 or 4"), "level-differs"),
        (changed("ST1297\t3", "ST1297\tThree"), "level-missing"),
        (PUBLISHED[: PUBLISHED.index("Crown copyright")], "licence-missing"),
    ],
)
def test_what_the_plan_says_of_itself_twice_or_not_at_all_is_noted(text: str, code: str) -> None:
    assert code in added(text)


def test_a_title_may_be_wrapped() -> None:
    same(changed("FOR THE CREATIVE", "FOR THE\nCREATIVE"))


def test_a_label_in_small_letters_is_the_label() -> None:
    same(changed("\n\nST1297/V2\n", "\n\nst1297/v2\n"))


def test_a_plan_that_names_no_occupation_is_noted() -> None:
    assert "title-missing" in warnings_of(plan_text(front="# A plan\n\nST9000/V1.2"))


def test_a_method_required_with_a_remark_goes_without_it_and_is_noted() -> None:
    same(changed("**observation**", "**observation (direct)**"), "method-remark")
    same(changed("**observation**", "“observation”"))
