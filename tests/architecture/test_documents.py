"""Documents that follow from the code agree with it, and every refusal is a sentence with its source."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from api.errors import SOURCES, origin_of, refusals
from api.explained import BOOK, Explained
from infra.settings import KNOWN
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.kernel import Rejected
from tests.architecture.source import ROOT, files, import_everything, kinds, named, tree
from tests.tools.rule_book import cited_in, rules
from tests.tools.write_docs import DOCUMENTS

import_everything()
REFUSALS = list(refusals().values())
RULES = [kind for kind in REFUSALS if kind.__module__.startswith(("portfolio.domain.", "portfolio.plan_reader."))]

UNNUMBERED = {
    "there is no such record": {
        "AppealUnknown",
        "AssessmentUnknown",
        "CriteriaUnknown",
        "DecisionUnknown",
        "EnrolmentUnknown",
        "EvidenceUnknown",
        "FormUnknown",
        "IdentityUnknown",
        "ImportUnknown",
        "PaperUnknown",
        "PersonUnknown",
        "PlanUnknown",
        "ProgramUnknown",
        "WebhookUnknown",
    },
    "it is so already": {
        "ProgramExists",
        "AlreadyAssigned",
        "AttemptExists",
        "EnrolmentExists",
        "EvidenceExists",
        "NotAssigned",
        "PersonAlreadyRegistered",
        "RoleAlreadyHeld",
        "RoleNotHeld",
    },
    "a kind of refusal, not a rule": {"NotPermitted", "NotVisible", "RuleBroken", "StaleVersion", "Unreadable"},
    "no rule, a text": {"PlanUnreadable"},
}
"""Refusals of the rules that no numbered rule stands behind, by what they say instead."""

REGULATORS = re.compile("Ofqual|Skills England|GDPR|Data Protection Act|RFC [0-9]|W3C")
"""Whom the rule book names as a source of its rules."""


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_a_document_that_follows_from_the_code_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path](), "run make docs"


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_is_a_sentence_and_stands_in_the_list_of_problems(kind: type[Rejected]) -> None:
    title = kind.title()
    assert title[0].isupper() or title[0] == '"'
    assert title.endswith(".")
    assert f"| `{kind.code}` |" in (ROOT / "docs" / "problems.md").read_text(encoding="utf-8"), "run make docs"


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_says_what_happened_why_and_what_to_do(kind: type[Rejected]) -> None:
    refusal = Explained(kind)
    for said in (refusal.happened, refusal.way_out):
        assert said.endswith("."), "write the way out into docs/refusals.toml"
        assert said[0].isupper() or said[0] in '"`'
    assert refusal.why or refusal.rules, "no rule stands behind it: write into docs/refusals.toml why it is refused"


def test_what_is_said_by_hand_is_of_refusals_that_there_are() -> None:
    assert set(BOOK.refusals) <= set(refusals())


@pytest.mark.parametrize("kind", RULES)
def test_every_refusal_of_a_rule_is_one_sentence_and_names_the_rule_beside_it(kind: type[Rejected]) -> None:
    assert ". " not in kind.title()
    assert not list(cited_in(kind.title()))
    unnumbered = {name for names in UNNUMBERED.values() for name in names}
    assert (not kind.rule) == (kind.__name__ in unnumbered), "name its rule, or say in UNNUMBERED why it has none"
    assert set(cited_in(kind.rule)) <= set(rules()), "write its sentence and source into docs/rules.toml"


@pytest.mark.parametrize(
    "path", [path for path in files("portfolio", "projections", "api") if path.name != "errors.py"]
)
def test_no_sentence_of_the_product_cites_a_rule_or_a_regulator_itself(path: Path) -> None:
    module = tree(path)
    beside = {id(inside) for node in ast.walk(module) if isinstance(node, ast.keyword) for inside in [node.value]}
    documenting = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in beside | documenting:
            assert not list(cited_in(node.value)), "the rule stands beside the sentence"
            assert not REGULATORS.search(node.value), "the source stands beside the sentence"


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_with_a_rule_says_beside_its_sentence_which_and_where_it_comes_from(kind: type[Rejected]) -> None:
    sentence = kind.title()
    assert not list(cited_in(sentence))
    assert not REGULATORS.search(sentence)
    origin = origin_of(kind)
    assert list(origin) == (["rule", "source"] if kind.rule else [])
    for number in cited_in(kind.rule):
        assert SOURCES[number] in origin["source"]


def test_no_two_refusals_share_a_name() -> None:
    twice = [code for code, times in Counter(kind.code for kind in kinds(Rejected)).items() if times > 1]
    assert twice == []


# --- the glossary ---


def glossary() -> list[tuple[str, list[str]]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][2:]
    return [(term, re.findall("`([^`]+)`", code)) for term, _, code in rows]


def names() -> set[str]:
    """Return every name that the product declares."""
    declared: set[str] = set()
    for path in files("portfolio", "projections"):
        for node in ast.walk(tree(path)):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    declared.add(name)
                case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                    declared.add(name)
    return declared


def test_every_term_of_the_glossary_names_something_that_exists() -> None:
    there = names()
    for term, codes in glossary():
        assert codes, term
        assert set(codes) <= there, term


def test_every_record_is_explained_in_the_glossary() -> None:
    explained = {code for _, codes in glossary() for code in codes}
    assert {type(aggregate.initial).__name__ for aggregate in AGGREGATES.values()} <= explained


def test_the_glossary_explains_a_term_once() -> None:
    terms = [term for term, _ in glossary()]
    assert len(terms) == len(set(terms))


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_operators_page_names_every_setting_and_its_default() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `(PORTFOLIO_\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert named.keys() == KNOWN.keys()
    assert {name: f"`{default}`" for name, default in KNOWN.items() if default}.items() <= named.items()
