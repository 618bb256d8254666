"""The rule book, docs/rules.md: its sentences by hand from docs/rules.toml, all else from the code that keeps them."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.errors import refusals
from portfolio.domain.kernel import Rejected
from tests.architecture.source import ROOT, files, named, tree

SENTENCES = ROOT / "docs" / "rules.toml"
REFUSALS = ROOT / "docs" / "refusals.toml"

FAMILIES = {
    "PERSON": "People and their roles",
    "IDENTITY": "Accounts at providers",
    "ADDRESS": "E-mail addresses",
    "INTEREST": "Interests",
    "PLAN": "Plans",
    "FORM": "Assessment forms and criteria",
    "ENROLMENT": "Enrolments",
    "CONSENT": "Consent",
    "EVIDENCE": "Evidence",
    "CLAIM": "Claims",
    "VACS": "Judging evidence",
    "ANNOTATION": "Remarks",
    "FINDING": "Findings",
    "DECISION": "Decisions",
    "READINESS": "Readiness",
    "SAMPLE": "Sampling",
    "SECOND": "Second marking",
    "MODERATION": "Moderation",
    "RESULT": "Results",
    "ADJUSTMENT": "Reasonable adjustments",
    "CONSIDERATION": "Special consideration",
    "APPEAL": "Appeals",
    "AFFECTED": "Others affected",
    "RETENTION": "Retention",
    "ERASURE": "Erasure",
    "WORDS": "Words that people read",
    "ACCESS": "Access to one's data",
    "IMPORT": "Files of many lines",
    "WEBHOOK": "What is sent to other systems",
    "RECORD": "What the record rests on",
    "PROGRAM": "Programs",
}
"""The families of rules in the order of the book."""

CITED = re.compile(rf"\b({'|'.join(FAMILIES)})-(\d+)((?:, -\d+)*)")
"""A citation such as "APPEAL-6", or several as "APPEAL-6, -7, -8"."""

WORD = re.compile(r'(?=(/problems/[\w-]+|"[\w-]+"|(?<![\w-])[\w-]+))')
"""A word of a test, also each that stands in quotation marks or in an address."""

TESTS = ("api", "pages", "journeys", "application", "domain", "plan_reader", "properties", "infra")
"""Folders of tests, those that go through HTTP first."""


@dataclass(frozen=True)
class Rule:
    """One rule: what the book says by hand, and what in the code belongs to it."""

    number: str
    sentence: str
    source: str
    missing: str
    structural: str
    refusals: tuple[type[Rejected], ...]
    judges: tuple[str, ...]
    test: str

    @property
    def built(self) -> bool:
        """Tell whether something keeps the rule, if only in part."""
        return self.missing != "all"


def cited_in(text: str) -> Iterator[str]:
    """Yield the number of every rule that a text cites."""
    for family, first, more in CITED.findall(text):
        yield from (f"{family}-{number}" for number in (first, *re.findall(r"\d+", more)))


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Return what is written by hand of each rule, by its number."""
    return tomllib.loads(SENTENCES.read_text(encoding="utf-8"))


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its number, in the order of the book."""
    return {number: _rule(number, **texts) for number, texts in sentences().items()}


def _rule(number: str, sentence: str, source: str, missing: str = "", structural: str = "", test: str = "") -> Rule:
    kinds = tuple(kind for kind in refusals().values() if number in cited_in(kind.rule))
    judges = tuple(dict.fromkeys(place for place, citing in _functions() if _judges(citing, number, kinds)))
    by_hand = "{} {}".format(*(f"`{part}`" for part in test.split())) if test else ""
    return Rule(number, sentence, source, missing, structural, kinds, judges, by_hand or _test_of(kinds))


@dataclass(frozen=True)
class Function:
    """What of a function the book looks at."""

    cites: frozenset[str]
    raises: frozenset[str]


def _judges(function: Function, number: str, kinds: Sequence[type[Rejected]]) -> bool:
    return number in function.cites or any(kind.__name__ in function.raises for kind in kinds)


@cache
def _functions() -> tuple[tuple[str, Function], ...]:
    """Return each function of the product, and each table at the top of a file, with its place as printed."""
    return tuple(
        (f"`{named(path)}` `{name}`", function)
        for path in files("portfolio", "infra", "api", "projections")
        for name, function in _functions_of(path)
    )


def _functions_of(path: Path) -> Iterator[tuple[str, Function]]:
    for node in tree(path).body:
        match node:
            case ast.ClassDef(name=name):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        yield f"{name}.{inner.name}", _looked_at(inner)
            case ast.FunctionDef(name=name):
                yield name, _looked_at(node)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict() as table):
                refused = frozenset(value.id for value in table.values if isinstance(value, ast.Name))
                yield name, Function(frozenset(), refused)


def _looked_at(node: ast.FunctionDef) -> Function:
    raised = {
        named_in.id
        for each in ast.walk(node)
        if isinstance(each, ast.Raise) and each.exc is not None
        for named_in in ast.walk(each.exc)
        if isinstance(named_in, ast.Name)
    }
    return Function(frozenset(cited_in(ast.get_docstring(node) or "")), frozenset(raised))


@cache
def _tests() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return each test with its place and the words of its source, those that go through HTTP first."""
    return tuple(
        (f"`{named(path)}` `{node.name}`", frozenset(WORD.findall("\n".join(lines[node.lineno - 1 : node.end_lineno]))))
        for folder in TESTS
        for path in sorted((ROOT / "tests" / folder).rglob("test_*.py"))
        for lines in [path.read_text(encoding="utf-8").split("\n")]
        for node in ast.parse("\n".join(lines)).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def _test_of(kinds: Sequence[type[Rejected]]) -> str:
    """Return the first test that names a refusal of the rule, empty if there is none."""
    wanted = {name for kind in kinds for name in (kind.__name__, f'"{kind.code}"', f"/problems/{kind.code}")}
    return next((place for place, words in _tests() if not wanted.isdisjoint(words)), "")


def sources() -> dict[str, str]:
    """Return where each rule comes from, by its number, in words for whoever meets it in a refusal."""
    return {rule.number: re.sub(r"(^|, )own\b", r"\1our own policy", rule.source) for rule in rules().values()}


def explained_json() -> str:
    """Return api/explained.json: what pages of refusals say of them, by the rules and by hand."""
    content = {
        "families": FAMILIES,
        "rules": {
            number: {"sentence": rule.sentence, "source": sources()[number], "missing": rule.missing}
            for number, rule in rules().items()
        },
        "refusals": tomllib.loads(REFUSALS.read_text(encoding="utf-8")),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def rules_markdown() -> str:
    """Return docs/rules.md."""
    head = [
        "# Rules",
        "",
        "What must hold, in our own words: where each rule comes from, how a refusal of it is called, which function",
        "judges it and which test shows it. Made by `make docs` from `docs/rules.toml` (the sentences) and the code;",
        "change those, not this file. A number never changes its meaning. Sources are named for orientation; nobody",
        "quotes them to a customer before reading them.",
        "",
        f"{sum(rule.built for rule in rules().values())} of {len(rules())} rules are built, some in part.",
    ]
    lines = list(head)
    for family, title in FAMILIES.items():
        lines += ["", f"## {title}"]
        for rule in rules().values():
            if rule.number.partition("-")[0] == family:
                lines += ["", *_shown(rule)]
    return "\n".join(lines) + "\n"


def _shown(rule: Rule) -> Iterator[str]:
    yield f"### {rule.number}"
    yield ""
    yield rule.sentence
    yield ""
    yield f"- Source: {rule.source}"
    if not rule.built:
        yield "- **Not built yet**"
        return
    if rule.refusals:
        yield f"- Refused as: {', '.join(f'`{kind.code}`' for kind in rule.refusals)}"
    if rule.structural:
        yield f"- Holds by construction: {rule.structural}"
    if rule.judges:
        yield f"- Judged by: {'; '.join(rule.judges)}"
    if rule.test:
        yield f"- Test: {rule.test}"
    if rule.missing:
        yield f"- Not built yet: {rule.missing}"
