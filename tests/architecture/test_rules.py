"""The rule book: whatever cites a rule cites one that stands in it, and what it calls built is judged and tested."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT, import_everything, named
from tests.tools.rule_book import FAMILIES, cited_in, rules, sentences

import_everything()
BOOK = sentences()
CITING = [
    path
    for pattern in ("*.md", "docs/**/*.md", "portfolio/**/*.py", "projections/**/*.py", "api/**/*.py", "infra/**/*.py")
    for path in sorted(ROOT.glob(pattern))
    if path.name != "rules.md"
]


@pytest.mark.parametrize("path", CITING, ids=named)
def test_every_rule_that_is_cited_stands_in_the_book(path: Path) -> None:
    strange = set(cited_in(path.read_text(encoding="utf-8"))) - set(BOOK)
    assert not strange, "write its sentence and source into docs/rules.toml, then run make docs"


def test_the_book_is_in_the_order_of_its_families_and_numbers() -> None:
    def place(number: str) -> tuple[int, int]:
        family, _, digits = number.partition("-")
        return (list(FAMILIES).index(family), int(digits))

    assert list(BOOK) == sorted(BOOK, key=place)


@pytest.mark.parametrize("number", BOOK)
def test_a_rule_is_built_if_and_only_if_something_keeps_it(number: str) -> None:
    rule = rules()[number]
    assert rule.built == bool(rule.refusals or rule.judges or rule.structural)


@pytest.mark.parametrize("number", [number for number, texts in BOOK.items() if texts.get("missing") != "all"])
def test_a_rule_that_is_built_is_judged_by_a_function_and_shown_by_a_test(number: str) -> None:
    rule = rules()[number]
    assert rule.built
    assert rule.structural or (rule.judges and rule.test)
    if rule.test:
        _, file, _, name, _ = rule.test.split("`")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("number", BOOK)
def test_a_rule_is_one_sentence_with_a_source(number: str) -> None:
    rule = rules()[number]
    assert rule.sentence.endswith(".")
    assert rule.source
