"""The mapping column: which codes it has, how each is marked, and what is odd about it."""

import pytest

from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.plan_reader.builder import codes, core_row, plan_text, warnings_of


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("K1–K4", "K1~ K2~ K3~ K4~"),
        ("K1-K4", "K1~ K2~ K3~ K4~"),
        ("K1 to K4", "K1~ K2~ K3~ K4~"),
        ("K1 - 4", "K1~ K2~ K3~ K4~"),
        ("**K1–K3**, S1", "K1 K2 K3 S1~"),
        ("k1, s1", "K1~ S1~"),
        ("K1;K2 ; S1", "K1~ K2~ S1~"),
        ("K1<br>K2<br/>S1", "K1~ K2~ S1~"),
        ("K1, K2 and S1 &amp; S2", "K1~ K2~ S1~ S2~"),
        ("Knowledge: K1, K2. Skills: S1", "K1~ K2~ S1~"),
        ("K1,\u00a0K\u202f2,\u2009S1", "K1~ K2~ S1~"),
        ("K1 , K2&nbsp;, S1", "K1~ K2~ S1~"),
        ("- K1<br>- K4</p><p>- S1", "K1~ K4~ S1~"),
        ("<ul><li>K1</li><li>S1</li></ul>", "K1~ S1~"),
    ],
)
def test_codes_are_read_however_they_are_listed(cell: str, read: str) -> None:
    assert codes(core_row(cell)) == read


@pytest.mark.parametrize(
    "cell",
    ["K1–K4", "K1 , K2;S1", "K1<br>K2</p><p>S1", "K1, K2 and S1", "k1, s1", "K1,</p> <p>S1", "K1,\u00a0S1"],
)
def test_what_changes_no_meaning_is_survived_in_silence(cell: str) -> None:
    assert set(warnings_of(core_row(f"<p>{cell}</p>"))) == {"none-mandatory"}


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("<p><b>K1, K2</b>, K3</p><p>S1, <b>S2</b></p>", "K1 K2 K3~ S1~ S2"),
        ("**K1**, K2, **S1**", "K1 K2~ S1"),
        ("<strong>K1</strong>, K2", "K1 K2~"),
        ('<span style="font-weight: 700">K1</span>, K2', "K1 K2~"),
        ("<b>K1,\nK2", "K1"),
        ("**K1***, **K2**", "K1* K2"),
        ("***K1***, K2", "K1 K2~"),
        ("K1**, K2", "K1~* K2~"),
    ],
)
def test_bold_is_mandatory_code_by_code(cell: str, read: str) -> None:
    assert codes(core_row(cell)).startswith(read)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("K1*, S1", "K1~* S1~"),
        ("K1 *, S1 *", "K1~* S1~*"),
        (r"**K1\***, **S1**\*", "K1* S1*"),
        ("<b>K1</b><sup>*</sup>, S1", "K1* S1~"),
        ("K1*–K3*, S1", "K1~* K2~* K3~* S1~"),
        ("K1–K3*, S1", "K1~ K2~ K3~* S1~"),
    ],
)
def test_an_asterisk_marks_its_code_knowledge_or_skill(cell: str, read: str) -> None:
    assert codes(core_row(cell)) == read


@pytest.mark.parametrize(
    ("cell", "code", "raw"),
    [
        ("K1, , K2", "empty-item", "K1, , K2"),
        ("K1, K2,", "empty-item", "K2,"),
        (", K1", "empty-item", ", K1"),
        ("K1 K2", "missing-comma", "K1 K2"),
        ("K1, BS7909, K2", "leftover-text", "BS7909"),
        ("K1, K2 (partly)", "leftover-text", "(partly)"),
        ("K1, K2 or K3", "leftover-text", "or"),
        ("K1, 2", "leftover-text", "2"),
        ("K1, K1", "code-doubled", "K1"),
        ("K1, B1", "behaviour-code", "B1"),
        ("K01", "leading-zero", "K01"),
        ("K1–K2*", "asterisk-on-range", "K1–K2*"),
        (r"K1\*\*", "asterisk-unexplained", r"K1\*\*"),
        ("<b>K</b>1", "partly-bold", "K</b>1"),
        ("K1, K3", "code-gap", "K3"),
        ("K1, S2", "code-gap", "S2"),
    ],
)
def test_each_oddity_of_a_cell_is_noted_with_its_raw_text(cell: str, code: str, raw: str) -> None:
    assert warnings_of(core_row(cell))[code] == raw


def test_a_code_doubled_within_an_outcome_counts_once_and_the_stricter_way() -> None:
    assert codes(core_row("K1, S1, <b>K1</b>")) == "K1 S1~"


def test_a_behaviour_is_never_read_as_knowledge_or_skill() -> None:
    assert codes(core_row("K1, B1–B3, S1")) == "K1~ S1~"


@pytest.mark.parametrize("cell", ["K4–K1", "K1–S4"])
def test_a_range_that_cannot_be_understood_is_refused_with_its_line(cell: str) -> None:
    text = core_row(cell)
    line = next(number for number, line in enumerate(text.split("\n"), 1) if cell in line)
    with pytest.raises(PlanUnreadable, match=f"^Line {line}: '{cell}' under AO1 is no range of codes"):
        read_plan(text)


def test_code_like_words_outside_the_mapping_column_are_no_codes() -> None:
    first = "<p><b>AO1: S275 steel</b></p> <p>Works to BS7909 and K12.</p>"
    text = core_row("K1, S1", first).replace("Knows enough.", "Knows K99.")
    assert read_plan(text).distinct_codes() == {"K1", "S1"}


def test_a_code_under_two_outcomes_of_one_route_is_noted_as_worse_than_under_two_options() -> None:
    shared = plan_text().replace("<p>K4</p>", "<p>K3</p>")
    assert warnings_of(shared)["code-under-two-outcomes"] == "K3"
    repeated = plan_text().replace("<p>K4</p>", "<p>K4, K2</p>")
    assert warnings_of(repeated)["code-repeated-in-route"] == "K2"


def test_a_code_bold_under_one_outcome_only_is_noted() -> None:
    assert "bold-differs" in warnings_of(plan_text().replace("<p>K4</p>", "<p>K4, K1</p>"))


def test_a_gap_names_every_code_that_is_missing() -> None:
    plan = read_plan(core_row("K1, K4, S1"))
    assert any("K2, K3" in warning.message for warning in plan.warnings if warning.code == "code-gap")


def test_an_asterisk_that_no_note_explains_is_noted() -> None:
    text = core_row("K1*, S1").replace("(\\*) Statements", "Statements").replace("an asterisk", "a mark")
    assert warnings_of(text)["asterisk-unexplained"] == "K1*"


def test_a_plan_that_never_says_what_bold_means_is_noted() -> None:
    assert "bold-unexplained" in warnings_of(plan_text(rule=""))


@pytest.mark.parametrize(("cell", "code"), [("<b>K1, S1</b>", "all-mandatory"), ("K1, S1", "none-mandatory")])
def test_a_plan_with_everything_or_nothing_bold_is_noted(cell: str, code: str) -> None:
    assert code in warnings_of(core_row(cell))
