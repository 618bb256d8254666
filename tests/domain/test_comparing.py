"""What differs between two texts of a plan, and between versions of criteria."""

from pathlib import Path

from portfolio.domain.comparing import CodeMoved, Compared, CriteriaChanges, PlanChanges, criteria_changes, plan_changes
from portfolio.domain.criteria import Criteria, Criterion, GradeRule
from portfolio.domain.plan import Plan
from portfolio.plan_reader.text import read_plan

TEXT = (Path(__file__).parents[2] / "portfolio/plans/ST1297-V2.md").read_text()
BEFORE = read_plan(TEXT)


def after(*changes: tuple[str, str]) -> Plan:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_plan(text)


def test_a_text_laid_out_otherwise_says_the_same() -> None:
    assert not plan_changes(BEFORE, BEFORE)
    assert not plan_changes(BEFORE, after(("#### Introduction", "\n\n### Purpose")))


def test_whatever_differs_is_a_difference() -> None:
    for one in (Compared(added=["x"]), Compared(removed=["x"]), Compared(changed=[("x", "y")])):
        assert one
        assert PlanChanges(routes=one)
        assert CriteriaChanges(scale=(("pass",), ("pass", "merit")))
    assert plan_changes(BEFORE, after(("S22 S29", "S22")))
    assert not any((Compared(), PlanChanges(), CriteriaChanges()))


def test_an_outcome_is_added_removed_or_reworded() -> None:
    found = plan_changes(
        BEFORE,
        after(
            ("AO3: Production Planning and Logistics", "AO3: Planning"),
            ("LET AO8: Venue specific", "LET AO11: Venue specific"),
        ),
    ).outcomes
    assert [each.key for each in found.added] == ["LET AO11"]
    assert [each.key for each in found.removed] == ["LET AO8"]
    assert [(old.title, new.title) for old, new in found.changed] == [("Production Planning and Logistics", "Planning")]


def test_a_code_is_new_gone_or_stands_elsewhere() -> None:
    found = plan_changes(BEFORE, after(("S1, S15", "S15, S37"), ("K2, K3, K19*", "K2, K19*"), ("K26, K27", "K3, K27")))
    assert found.codes == [
        CodeMoved("S1", "AO3", None),
        CodeMoved("K3", "AO4", "CVT AO5"),
        CodeMoved("K26", "CVT AO5", None),
        CodeMoved("S37", None, "AO3"),
    ]


def test_a_code_that_stands_under_two_outcomes_and_leaves_one_is_said_to_leave_that_one() -> None:
    found = plan_changes(BEFORE, after(("S22 S29", "S22")))
    assert found.codes == [CodeMoved("S29", "LET AO7", None)]


def test_boldness_and_asterisks_are_differences_of_a_code_that_stays() -> None:
    found = plan_changes(BEFORE, after(("K10, K11*", "K10, K11"), ("<b>S1, S15</b>", "<b>S1</b>, S15")))
    assert [(new.code, old.english_maths, new.english_maths) for old, new in found.marks] == [
        ("K11", True, False),
        ("S15", False, False),
    ]
    assert [new.mandatory for _, new in found.marks] == [True, False]
    assert found.codes == []


def test_routes_descriptors_methods_and_words_of_the_plan_differ() -> None:
    found = plan_changes(
        BEFORE,
        after(
            ("Option 1: Live event technician (LET)", "Option 1: Live events technician (LET)"),
            ("without error. Shows", "with care. Shows"),
            ("at least one **observation**", "at least two **observations**"),
            ("ST1297\t3\tNone", "ST1297\t4\tNone"),
        ),
    )
    assert found.routes.changed == [("Live event technician", "Live events technician")]
    assert [(new.category, new.level) for _, new in found.descriptors.changed] == [
        ("Regulatory and Procedural Awareness", "Pass")
    ]
    assert found.methods
    assert [methods.required[0].minimum for methods in found.methods] == [1, 2]
    assert ("level", "3", "4") in found.words


def version(*lines: tuple[str, str, str], scale: tuple[str, ...] = ("fail", "pass"), strict: str = "pass") -> Criteria:
    return Criteria(
        scale=scale,
        criteria=tuple(Criterion(key=key, text=text, category=category, level="Pass") for key, text, category in lines),
        grade_rules=tuple(GradeRule(grade=grade, every_code_met=grade == strict) for grade in scale),
    )


def test_lines_of_criteria_are_added_removed_reworded_or_rest_on_something_else() -> None:
    before = version(("1", "Knows.", "A"), ("2", "Does.", "A"), ("3", "Tells.", "B"))
    found = criteria_changes(before, version(("1", "Knows well.", "A"), ("3", "Tells.", "A"), ("4", "Asks.", "B")))
    assert [line.key for line in found.lines.added] == ["4"]
    assert [line.key for line in found.lines.removed] == ["2"]
    assert [(old.text, new.text) for old, new in found.lines.changed] == [("Knows.", "Knows well.")]
    assert [(old.category, new.category) for old, new in found.moved] == [("B", "A")]
    assert not criteria_changes(before, before)
    assert criteria_changes(before, before).lines == Compared([], [], [])


def test_a_scale_and_what_grades_need_are_differences_of_criteria() -> None:
    before = version()
    assert criteria_changes(before, version(scale=("fail", "merit"))).scale == (("fail", "pass"), ("fail", "merit"))
    assert criteria_changes(before, version(strict="fail")).grade_rules == ["fail", "pass"]


def test_of_outcomes_with_one_key_the_nth_is_compared_with_the_nth() -> None:
    text = (Path(__file__).parents[1] / "plan_reader/plans/numbers-restart.md").read_text()
    found = plan_changes(read_plan(text), read_plan(text.replace("AO1: Signals<", "AO1: Signal boxes<"))).outcomes
    assert [(old.title, new.title) for old, new in found.changed] == [("Signals", "Signal boxes")]
    assert not found.added
