"""The published plan as other publishers might write it: read the same, noted or refused, never silently else."""

import re

import pytest

from portfolio.plan_reader.text import read_plan
from tests.plan_reader.builder import PUBLISHED, TRUTH, added, changed, meaning, plan_text, same, warnings_of

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


@pytest.mark.parametrize("opened", ["<del>", '<i style="text-decoration: line-through">', "<del></s>"])
def test_a_tag_that_is_not_closed_on_its_line_strikes_nothing_out(opened: str) -> None:
    same(changed("K9,", f"{opened}K9,"))


@pytest.mark.parametrize(
    ("word", "link"),
    [("K9,", "[K9](#k9),"), ("**Portfolio**", "[**Portfolio**](p.md)"), ("AO3: Pro", "[AO3](#3): Pro")],
)
def test_a_link_reads_as_its_words(word: str, link: str) -> None:
    same(changed(word, link))


def test_a_picture_in_a_table_is_noted() -> None:
    same(changed("K9,", "K9 ![K99](k99.png),"), "picture")


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
