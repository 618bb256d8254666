"""What holds for every plan text: nothing is lost on the way to data and back, and nothing makes the reader fail."""

import random
from collections.abc import Callable
from itertools import groupby

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.domain.plan import Descriptor, Mapping, Methods, Option, Outcome, Plan, RequiredMethod
from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.plan_reader.builder import PUBLISHED, added_by, meaning
from tests.soak import times


def write_plan(plan: Plan) -> str:
    """Render a plan as text of the published form."""
    parts = [f"# ASSESSMENT PLAN FOR THE {plan.title} APPRENTICESHIP", plan.version_label]
    parts.append(f"REFERENCE\tLEVEL\tINTEGRATION\n{plan.reference}\t{plan.level}\t{plan.integration}")
    if plan.options:
        listed = [f"- Option {n}: {option.name} ({option.key})" for n, option in enumerate(plan.options, 1)]
        parts.append("\n".join(["The outcomes for one of the following options are assessed:\n", *listed]))
    parts.append("Statements in **bold** are mandatory.")
    names = {option.key: option.name for option in plan.options}
    for key, outcomes in groupby(plan.outcomes, lambda outcome: outcome.option):
        heading = f"Option {list(names).index(key) + 1}: {names[key]}" if key else "Core Assessment Outcome"
        parts.append("\n".join([f"{heading}\tMapping", *map(write_row, outcomes)]))
    parts.append(r"(\*) Opportunities to develop functional English and maths are identified with an asterisk.")
    required = " and ".join(f"at least {method.minimum} **{method.name}**" for method in plan.methods.required)
    parts.append(f"Assessments must include {required}.")
    parts.append("Others must be selected from the following list of methods:")
    parts.append("\n".join(f"- **{name}**" for name in plan.methods.choose_from))
    parts.append("Performance descriptors describe the level of performance.")
    cells = {(one.category, one.level): one.text for one in plan.descriptors}
    rows = ["\t".join([f"<b>{name}</b>", *(cells[name, level] for level in plan.levels)]) for name in plan.categories]
    parts.append("\n".join(["\t".join(["Performance Category", *plan.levels]), *rows]))
    return "\n\n".join([*parts, plan.licence])


def write_row(outcome: Outcome) -> str:
    first = f"<p><b>{outcome.key}: {outcome.title}</b></p> <p>{outcome.description}</p>"
    return f"{first}\t<p>{', '.join(map(write_code, outcome.codes))}</p>"


def write_code(mapping: Mapping) -> str:
    shown = mapping.code + ("*" if mapping.english_maths else "")
    return f"<b>{shown}</b>" if mapping.mandatory else shown


words = st.sampled_from(
    ["cloth", "care", "S275 steel", "BS7909", "repair", "K12", "colour", "safe working", "test & fix"]
)
titles = st.lists(words, min_size=1, max_size=4).map(lambda chosen_words: " ".join(["Works", *chosen_words]))
sentences = st.lists(words, min_size=1, max_size=6).map(lambda chosen_words: " ".join(["Applies", *chosen_words]) + ".")
code_names = st.builds(lambda letter, number: f"{letter}{number}", st.sampled_from("KS"), st.integers(1, 120))
mappings = st.builds(
    lambda code, mandatory, starred: Mapping(code=code, mandatory=mandatory, english_maths=starred, raw=code, line=1),
    code_names,
    st.booleans(),
    st.booleans(),
)
mapping_cells = st.lists(mappings, min_size=1, max_size=8, unique_by=lambda mapping: mapping.code).map(tuple)
option_keys = st.lists(st.sampled_from(["LET", "CVT", "SLT", "A1", "C&V", "OPT"]), max_size=4, unique=True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    keys = draw(option_keys)
    levels = draw(st.sampled_from([("Pass",), ("Pass", "Distinction"), ("Fail", "Pass", "Merit", "Distinction")]))
    outcomes = []
    number = 0
    for key in [None, *keys]:
        for _ in range(draw(st.integers(1, 3))):
            number += 1
            printed = f"{key} AO{number}" if key else f"AO{number}"
            outcomes.append(
                Outcome(
                    key=printed,
                    option=key,
                    title=draw(titles),
                    description=draw(sentences),
                    codes=draw(mapping_cells),
                    line=1,
                )
            )
    categories = ("Knowing", "Doing")
    return Plan(
        reference="ST9000",
        version_label="ST9000/V1",
        title="tailor",
        level=draw(st.integers(2, 7)),
        integration="None",
        draft=False,
        options=tuple(Option(key=key, name=f"Maker of kind {key}") for key in keys),
        outcomes=tuple(outcomes),
        methods=Methods(
            required=(RequiredMethod(name="observation", minimum=draw(st.integers(1, 3))),),
            choose_from=("Portfolio", "Simulated tasks"),
        ),
        categories=categories,
        levels=levels,
        descriptors=tuple(
            Descriptor(category=name, level=level, text=draw(sentences)) for name in categories for level in levels
        ),
        licence="Crown copyright 2026, Open Government Licence.",
        warnings=(),
    )


@given(plans())
@example(read_plan(PUBLISHED))
def test_a_plan_written_as_text_and_read_again_says_the_same(plan: Plan) -> None:
    again = read_plan(write_plan(plan))
    assert meaning(again) == meaning(plan)
    assert again.distinct_codes() == plan.distinct_codes()
    assert meaning(read_plan(write_plan(again))) == meaning(again)


@given(plans())
def test_every_route_has_the_codes_of_the_core_and_of_its_own_option(plan: Plan) -> None:
    again = read_plan(write_plan(plan))
    core = {code.code for outcome in plan.outcomes if outcome.option is None for code in outcome.codes}
    for route in again.routes():
        own = {code.code for outcome in plan.outcomes if outcome.option == route for code in outcome.codes}
        assert again.codes_of(route) == core | own


def read_or_refused(text: str) -> None:
    try:
        plan = read_plan(text)
    except PlanUnreadable as refused:
        sentence = str(refused)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return
    assert plan.outcomes
    assert plan.distinct_codes()
    last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for warning in plan.warnings:
        assert 1 <= warning.line <= last
        assert warning.message.endswith(".")


MARKUP = (
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "**",
    "*",
    "\t",
    "|",
    "\r\n",
    "\n\n",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\x0c",
    "\\",
)
ENTITIES = ("&amp;", "&#0;", "&", "<", "(", ")", "- ", "# ", ", ,", "12", " or ", "continued", "(continued)")
WORDS = ("Option 1: ", "AO1: ", "CVT AO5", "Mapping", "Core", "Category\tPass", "at least two ", "selected from: ")
CODES = ("K1–K4", "K9–K1", "S999", "B3")
fragments = st.sampled_from(MARKUP + ENTITIES + WORDS + CODES)


@settings(max_examples=times(100))
@given(
    st.lists(
        st.tuples(st.integers(0, len(PUBLISHED)), st.integers(0, 40), fragments | st.text(max_size=5)), max_size=12
    )
)
def test_a_published_plan_with_pieces_replaced_is_read_or_refused_in_a_sentence(
    changes: list[tuple[int, int, str]],
) -> None:
    text = PUBLISHED
    for at, length, instead in changes:
        text = text[:at] + instead + text[at + length :]
    read_or_refused(text)


@settings(max_examples=times(50))
@given(st.randoms(use_true_random=False), st.integers(0, 30), st.integers(0, 30))
def test_a_published_plan_with_lines_lost_doubled_and_moved_is_read_or_refused_in_a_sentence(
    chance: random.Random, lost: int, doubled: int
) -> None:
    lines = PUBLISHED.split("\n")
    for _ in range(lost):
        del lines[chance.randrange(len(lines))]
    for _ in range(doubled):
        lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])
    read_or_refused("\n".join(lines))


@settings(max_examples=times(100))
@given(st.lists(fragments | st.text(max_size=8), max_size=60).map("".join))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    read_or_refused(text)
    read_or_refused(f"ST9000/V1\n\nAssessment Outcome\tMapping\nAO1: Safe\tK1\n{text}")


WHOLE = read_plan(PUBLISHED)
TRUTH = meaning(WHOLE)
TABLES = (PUBLISHED.index("Core Assessment Outcome\t"), PUBLISHED.index("(\\*) Knowledge"))
CELL_MARKS = ("<sup>1</sup>", "[^1]", "¹", "†", "[1](#n)", "<del>K99</del>", "~~S99~~", "<i>", "</i>", "<br>")
CELL_WORDS = ("x", ",", ";", "(see below)", "§", "K", "and", "7", "&nbsp;", "|", "\n", "\n\n", "AO", "__", "_")
cell_pieces = st.sampled_from(CELL_MARKS + CELL_WORDS)


@settings(max_examples=times(100))
@given(st.lists(st.tuples(st.integers(*TABLES), cell_pieces), min_size=1, max_size=3))
@example([(PUBLISHED.index("K9,") + 2, "<sup>1</sup>")])
def test_no_code_of_the_published_plan_is_lost_won_or_moved_without_a_word(inserted: list[tuple[int, str]]) -> None:
    text = PUBLISHED
    for at, piece in sorted(inserted, reverse=True):
        text = text[:at] + piece + text[at:]
    try:
        plan = read_plan(text)
    except PlanUnreadable:
        return
    codes_by_outcome = [
        [(one.key, sorted(code.code for code in one.codes)) for one in each.outcomes] for each in (plan, WHOLE)
    ]
    assert codes_by_outcome[0] == codes_by_outcome[1] or added_by(plan)


MARKED = ["K9", "S15", "Logistics", "Applied Skills", "Portfolio", "observation", "(LET)", "Distinction"]
HARMLESS: list[Callable[[str], str]] = [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("<b>", "__").replace("</b>", "__"),
    lambda text: text.replace("<b>", "<strong>").replace("</b>", "</strong>"),
    lambda text: text.replace(", K", ",\u00a0K"),
    lambda text: text.replace("production", "pro\u00adduction"),
    lambda text: text.replace("\n- ", "\n• "),
    lambda text: text.replace("\n- **S", "\nPage 4 of 9\n\n- **S"),
    lambda text: text.replace("<p><b>AO3", "ST1297/V2\tPage 3\n<p><b>AO3"),
    lambda text: text.replace(
        "## Assessment Plan", "Contents\tPage\nAO1: Safe\t3\nPerformance descriptors\t6\n\n## Assessment Plan"
    ),
]


@settings(max_examples=times(50))
@given(
    st.sets(st.sampled_from(HARMLESS)), st.sets(st.sampled_from(MARKED)), st.sampled_from(["<sup>2</sup>", "[^b]", "²"])
)
def test_harmless_forms_and_note_marks_mix_without_changing_what_the_plan_says(
    forms: set[Callable[[str], str]], words: set[str], mark: str
) -> None:
    text = PUBLISHED
    for word in words:
        text = text.replace(word, word + mark, 1)
    for form in sorted(forms, key=HARMLESS.index):
        text = form(text)
    plan = read_plan(text)
    assert meaning(plan) == TRUTH
    assert added_by(plan) - {"list-broken"} == ({"note-mark"} if words else set())
