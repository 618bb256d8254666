"""Plans of the same form that print their options, tables, methods and descriptors otherwise."""

from pathlib import Path

import pytest

from portfolio.plan_reader.methods import singular
from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.plan_reader.builder import CORE, OPTIONS, TABLES, codes, core_row, keys, plan_text, warnings_of

PLANS = Path(__file__).parent / "plans"


def test_a_clean_plan_leaves_no_warning() -> None:
    assert warnings_of(plan_text()) == {}


def test_a_plan_without_options_has_the_one_route_core() -> None:
    plan = read_plan(core_row("K1, S1"))
    assert (plan.options, plan.routes(), keys(plan)) == ((), ("core",), [("AO1", None)])


def test_options_announced_but_nowhere_printed_are_noted() -> None:
    announced = "Assess the core outcomes and those of one of the following options:"
    assert warnings_of(plan_text(options=announced, tables=""))["options-missing"] == announced


def test_an_option_without_an_abbreviation_takes_the_one_on_its_outcomes() -> None:
    text = plan_text().replace(" (COA)", "").replace(" (SUI)", "")
    assert [option.key for option in read_plan(text).options] == ["COA", "SUI"]


def test_an_option_without_any_abbreviation_goes_by_its_number() -> None:
    text = plan_text().replace(" (COA)", "").replace(" (SUI)", "").replace("COA AO", "AO").replace("SUI AO", "AO")
    plan = read_plan(text)
    assert [option.key for option in plan.options] == ["Option 1", "Option 2"]
    assert keys(plan) == [("AO1", None), ("AO2", "Option 1"), ("AO3", "Option 2")]


def test_numbers_that_restart_per_option_make_no_warning() -> None:
    text = plan_text().replace("COA AO2", "COA AO1").replace("SUI AO3", "SUI AO1")
    assert [key for key, _ in keys(read_plan(text))] == ["AO1", "COA AO1", "SUI AO1"]
    assert warnings_of(text) == {}


def test_two_outcomes_under_one_key_stay_two_and_are_noted() -> None:
    text = plan_text().replace("SUI AO3", "AO2").replace("COA AO2", "AO2")
    assert keys(read_plan(text)) == [("AO1", None), ("AO2", "COA"), ("AO2", "SUI")]
    assert "outcome-key-repeated" in warnings_of(text)


def test_an_option_with_no_table_is_noted_and_kept() -> None:
    plan = read_plan(plan_text(tables="\n".join(TABLES.split("\n")[:2])))
    assert [option.key for option in plan.options] == ["COA", "SUI"]
    assert [warning.raw for warning in plan.warnings if warning.code == "option-without-outcomes"] == [
        "- Option 2: Suit maker (SUI)"
    ]


def test_a_table_of_an_option_that_is_not_listed_is_noted_and_kept() -> None:
    text = plan_text().replace("- Option 2: Suit maker (SUI)\n", "")
    assert [option.key for option in read_plan(text).options] == ["COA", "SUI"]
    assert warnings_of(text)["option-not-listed"] == "Option 2: Suit maker\tMapping"


def test_list_and_tables_that_number_the_options_differently_are_matched_by_name_and_noted() -> None:
    text = plan_text(tables=TABLES.replace("Option 1:", "Option 9:").replace("Option 2:", "Option 1:"))
    assert keys(read_plan(text))[1:] == [("COA AO2", "COA"), ("SUI AO3", "SUI")]
    assert "option-number-differs" in warnings_of(text)


def test_a_table_is_matched_by_the_name_of_its_option_where_neither_list_nor_outcomes_abbreviate() -> None:
    tables = TABLES.replace("Option 1:", "Option 9:").replace("Option 2:", "Option 1:")
    plan = read_plan(plan_text(options=OPTIONS.replace(" (COA)", "").replace(" (SUI)", ""), tables=tables))
    assert [option.name for option in plan.options] == ["Coat maker", "Suit maker"]


def test_an_option_listed_twice_is_one_option() -> None:
    assert [option.key for option in read_plan(plan_text(options=OPTIONS + OPTIONS)).options] == ["COA", "SUI"]


def test_an_outcome_in_the_table_of_another_option_belongs_to_its_prefix_and_is_noted() -> None:
    text = plan_text(tables=TABLES.replace("Option 2: Suit maker\tMapping\n", ""))
    assert keys(read_plan(text))[1:] == [("COA AO2", "COA"), ("SUI AO3", "SUI")]
    assert "option-differs" in warnings_of(text)


def test_one_table_for_everything_goes_by_prefixes() -> None:
    rows = [row for row in TABLES.split("\n") if not row.startswith("Option")]
    text = plan_text(core=CORE.replace("Core ", ""), tables="\n".join(rows))
    assert keys(read_plan(text))[1:] == [("COA AO2", "COA"), ("SUI AO3", "SUI")]
    assert warnings_of(text) == {}


def test_two_options_under_one_abbreviation_are_refused() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line \d+: two options are called COA\.$"):
        read_plan(plan_text().replace("(SUI)", "(COA)"))


def test_options_may_be_listed_in_one_sentence() -> None:
    listed = "Assess one of the following options: Maker of coats (COA) or Maker of suits (SUI)."
    assert [(option.key, option.name) for option in read_plan(plan_text(options=listed)).options] == [
        ("COA", "Maker of coats"),
        ("SUI", "Maker of suits"),
    ]


@pytest.mark.parametrize(
    ("first", "key", "title", "description"),
    [
        ("<p><b>AO 3: Cloth</b></p> <p>Cuts it.</p>", "AO3", "Cloth", "Cuts it."),
        ("<p><b>AO1 – Cloth</b></p> <p>Cuts it.</p>", "AO1", "Cloth", "Cuts it."),
        ("<p><b>AO1 Cloth</b></p> <p>Cuts it.</p>", "AO1", "Cloth", "Cuts it."),
        ("<b>AO1: Cloth</b> Cuts it.", "AO1", "Cloth", "Cuts it."),
        ("**AO1: Cloth**<br>Cuts it.", "AO1", "Cloth", "Cuts it."),
        ("<p><b>AO1:</b> Cloth</p> <p>Cuts it.</p>", "AO1", "Cloth", "Cuts it."),
        ("<p><b>AO1</b></p><p><b>Cloth</b></p><p>Cuts it.</p>", "AO1", "Cloth", "Cuts it."),
        ("<p><b>AO1: Cloth</b> and thread</p> <p>Cuts it.</p>", "AO1", "Cloth and thread", "Cuts it."),
        ("AO1: Tom&#39;s &amp; Ann&rsquo;s\u00a0cloth<br>Cuts.", "AO1", "Tom's & Ann’s cloth", "Cuts."),
    ],
)
def test_key_title_and_description_are_told_apart(first: str, key: str, title: str, description: str) -> None:
    outcome = read_plan(core_row("K1, S1", first)).outcomes[0]
    assert (outcome.key, outcome.title, outcome.description) == (key, title, description)


def test_a_title_and_a_description_in_columns_of_their_own_are_read() -> None:
    table = "Assessment Outcome\tTitle\tWhat it is\tMapping\nAO1\tCloth\tCuts it.\t**K1**, S1"
    (outcome,) = read_plan(plan_text(options="", tables="", core=table)).outcomes
    assert (outcome.title, outcome.description) == ("Cloth", "Cuts it.")


def test_an_outcome_without_codes_is_noted() -> None:
    text = plan_text(tables=TABLES.replace("<p>K4</p> <p>S3</p>", ""))
    assert "outcome-without-codes" in warnings_of(text)


def test_a_header_repeated_after_a_page_break_changes_nothing() -> None:
    repeated = TABLES.replace("<p><b>SUI", "\nPage 4 of 9\n\nOption 2: Suit maker (continued)\tMapping\n<p><b>SUI")
    assert keys(read_plan(plan_text(tables=repeated))) == keys(read_plan(plan_text()))
    assert warnings_of(plan_text(tables=repeated)) == {}


def test_a_mapping_torn_by_a_page_break_is_one_mapping() -> None:
    text = core_row("<p><b>K1, K2,</b></p>\n\n\t<p><b>K3</b></p> <p>S1</p>")
    assert codes(text) == "K1 K2 K3 S1~"
    assert warnings_of(text) == {"row-joined": "<p><b>K3</b></p> <p>S1</p>"}


def test_a_description_torn_by_a_page_break_is_one_description() -> None:
    text = core_row("<p><b>K1</b></p>\n\n<p>with shears.</p>\t<p>S1</p>", "<p><b>AO1: Cloth</b></p> <p>Cuts it</p>")
    assert read_plan(text).outcomes[0].description == "Cuts it with shears."
    assert codes(text) == "K1 S1~"


def test_an_outcome_continued_under_its_own_key_is_one_outcome() -> None:
    text = core_row("<p>K1</p>\n<p><b>AO1: Cloth (continued)</b></p> <p>Sews it.</p>\t<p>S1</p>")
    plan = read_plan(text)
    assert [(outcome.key, outcome.description) for outcome in plan.outcomes] == [("AO1", "Cuts it. Sews it.")]
    assert codes(text) == "K1~ S1~"


@pytest.mark.parametrize("row", ["<p><b>Sewing</b></p> <p>Sews.</p>\tK2, S2", "Version\tNew words"])
def test_a_row_without_a_key_is_refused_with_its_line(row: str) -> None:
    text = core_row(f"K1, S1\n{row}")
    line = next(number for number, line in enumerate(text.split("\n"), 1) if line == row)
    with pytest.raises(
        PlanUnreadable, match=f"^Line {line}: this row of the outcomes table begins with no outcome key"
    ):
        read_plan(text)


def test_an_outcome_outside_the_tables_is_refused_with_its_line() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line \d+: an outcome stands outside any table"):
        read_plan(plan_text(note="### Something else\n\nAO9: Late\tK9"))


@pytest.mark.parametrize(
    ("sentence", "required"),
    [
        ("to include at least one **observation**.", [("observation", 1)]),
        (
            "to include at least one **observation** and at least two **professional discussions**.",
            [("observation", 1), ("professional discussion", 2)],
        ),
        ("to include an observation and two simulated tasks.", [("observation", 1), ("simulated task", 2)]),
        ("to include at least 3 **case studies**.", [("case study", 3)]),
        ("to include a minimum of one **observation with questions**.", [("observation with questions", 1)]),
        ("to include one or more **Observations**.", [("observation", 1)]),
        (
            "to include:\n\n- at least one **observation**; and\n- two **presentations**.",
            [("observation", 1), ("presentation", 2)],
        ),
    ],
)
def test_required_methods_are_singular_lower_case_and_counted(sentence: str, required: list[tuple[str, int]]) -> None:
    text = plan_text(required=f"Assessment organisations must design apprenticeship assessments {sentence}")
    assert [(method.name, method.minimum) for method in read_plan(text).methods.required] == required


@pytest.mark.parametrize(
    "offer", ["at least one **observation** or **simulated task**", "at least one of the following: observation, test"]
)
def test_a_requirement_that_leaves_a_choice_is_refused(offer: str) -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line \d+: a method is required that may be one thing or another\.$"):
        read_plan(plan_text(required=f"Assessment organisations must design assessments to include {offer}."))


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (
            "Any additional assessments must be selected from: professional discussion, portfolio and simulated tasks.",
            ("professional discussion", "portfolio", "simulated tasks"),
        ),
        (
            "Anything further must be selected from a portfolio or simulated tasks to ensure all outcomes are met.",
            ("portfolio", "simulated tasks"),
        ),
        (
            "These must be chosen from the following: **portfolio**, **presentation and questions**, or **project**.",
            ("portfolio", "presentation and questions", "project"),
        ),
        (
            "These must be chosen from the following: **presentation and questions** and **project**.",
            ("presentation and questions", "project"),
        ),
        (
            "Others must be selected from the following list of methods:\n\n* Portfolio;\n\n* Project; and\n\n* Tests.",
            ("Portfolio", "Project", "Tests"),
        ),
        ("Select. They are selected from the following list of methods:\n\nPortfolio\n\nTests", ("Portfolio", "Tests")),
    ],
)
def test_the_methods_to_choose_from_are_as_printed_without_list_punctuation(
    choice: str, names: tuple[str, ...]
) -> None:
    plan = read_plan(plan_text(choice=choice))
    assert plan.methods.choose_from == names
    assert plan.warnings == ()


def test_a_list_of_methods_that_is_announced_and_missing_is_refused() -> None:
    with pytest.raises(PlanUnreadable, match=r"^Line \d+: a list of methods is announced and none follows\.$"):
        read_plan(plan_text(choice="Any other must be selected from the following list of methods:"))


def test_a_plan_without_methods_is_noted() -> None:
    assert {"no-required-method", "no-further-methods"} <= set(warnings_of(plan_text(required="", choice="")))


@pytest.mark.parametrize(
    ("many", "one"),
    [("Tests", "test"), ("portfolios of evidence", "portfolio of evidence"), ("Quiz", "quiz")],
)
def test_a_method_in_the_plural_gets_its_singular(many: str, one: str) -> None:
    assert singular(many) == one


def test_there_may_be_any_number_of_grades() -> None:
    table = "Performance Category\tFail\tPass\tMerit\tDistinction\n<b>Skill</b>\tNone.\tSome.\tMore.\tMost."
    plan = read_plan(plan_text(descriptors=table))
    assert plan.levels == ("Fail", "Pass", "Merit", "Distinction")
    assert [one.text for one in plan.descriptors] == ["None.", "Some.", "More.", "Most."]


def test_an_empty_descriptor_is_noted_and_not_filled_in() -> None:
    table = "Performance Category\tPass\tDistinction\n<b>Skill</b>\tSome.\t"
    assert len(read_plan(plan_text(descriptors=table)).descriptors) == 1
    assert "descriptor-missing" in warnings_of(plan_text(descriptors=table))


def test_more_of_anything_than_a_plan_has_is_refused_with_its_line() -> None:
    outcomes = "\n".join(f"AO{number % 900}: Cloth\tK1" for number in range(300))
    options = "\n".join(f"- Option {number}: Maker (O{number})" for number in range(1, 99))
    categories = "\n".join(f"Skill {number}\tSome.\tMore." for number in range(200))
    pieces = "\n\n".join("\tK2" for _ in range(60))
    tables = "\n".join(
        f"Option {number}: Maker {number}\tMapping\nX{number} AO{number}: Cloth\tK1" for number in range(1, 70)
    )
    prefixes = "\n".join(f"X{number} AO{number}: Cloth\tK1" for number in range(1, 70))
    for text, sentence in [
        (plan_text(core=f"{CORE}\n{outcomes}"), "there are more than 200 outcomes"),
        (plan_text(options=f"One of the following options:\n\n{options}"), "more than 60 options are listed"),
        (plan_text(descriptors=f"Category\tPass\tDistinction\n{categories}"), "more than 100 performance categories"),
        (plan_text(core=f"{CORE}\n{pieces}"), "AO1 is in more than 50 pieces"),
        (plan_text(options="", tables=tables), "there are more than 60 tables of outcomes"),
        (plan_text(options="", core=f"Outcome\tMapping\n{prefixes}", tables=""), "have more than 60 prefixes"),
        (plan_text(descriptors="Category\tPass\tDistinction\n\tSome.\tMore."), "has no category"),
        (plan_text(core=CORE.replace("<b>K1</b>", "K1-K201")), "is a range of more than 200 codes"),
    ]:
        with pytest.raises(PlanUnreadable, match=rf"^Line \d+: .*{sentence}"):
            read_plan(text)


def test_a_plan_without_descriptors_is_noted() -> None:
    assert "no-descriptors" in warnings_of(plan_text(descriptors=""))


@pytest.mark.parametrize(("cell", "level"), [("3", 3), ("Level 4", 4), ("Foundation", None)])
def test_the_level_is_a_number_or_nothing(cell: str, level: int | None) -> None:
    fields = f"REFERENCE NUMBER\tLEVEL OF THIS APPRENTICESHIP\tINTEGRATION\nST9000\t{cell}\tNone"
    assert read_plan(plan_text(fields=fields)).level == level


def test_a_plan_that_says_nothing_of_its_level_is_noted() -> None:
    assert "level-missing" in warnings_of(plan_text(fields=""))


def test_a_reference_that_differs_from_the_label_is_noted() -> None:
    assert "reference-differs" in warnings_of(plan_text(fields="REFERENCE\tLEVEL\nST9999\t3"))


@pytest.mark.parametrize("front", ["## Draft Preview\n\nST9000/V1", "# DRAFT ASSESSMENT PLAN FOR TAILORS\n\nST9000/V1"])
def test_a_draft_is_noted(front: str) -> None:
    assert read_plan(plan_text(front=front)).draft
    assert "draft" in warnings_of(plan_text(front=front))


@pytest.mark.parametrize(
    ("name", "routes", "distinct"),
    [
        ("core-only", {"core": 18}, 18),
        ("numbers-restart", {"TRK": 7, "SIG": 9, "OLE": 3}, 13),
        ("options-by-heading", {"Option 1": 5, "Option 2": 6}, 8),
        ("page-breaks", {"core": 13}, 13),
        ("more-columns", {"core": 6}, 6),
        ("pipe-tables", {"FW": 12, "RW": 1}, 13),
        ("headings-without-option", {"City": 4, "Hill": 4}, 6),
    ],
)
def test_whole_plans_of_other_occupations_are_read(name: str, routes: dict[str, int], distinct: int) -> None:
    plan = read_plan((PLANS / f"{name}.md").read_text(encoding="utf-8"))
    assert {route: len(plan.codes_of(route)) for route in plan.routes()} == routes
    assert len(plan.distinct_codes()) == distinct
    assert len(plan.descriptors) == 4


def test_a_plan_of_the_older_kind_is_refused() -> None:
    with pytest.raises(PlanUnreadable, match=r"^This is an end-point assessment plan of the older kind"):
        read_plan((PLANS / "end-point.md").read_text(encoding="utf-8"))
