"""What import-linter cannot say: what the rules may touch at all. Its contracts stand in pyproject.toml."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "portfolio" / "domain").rglob("*.py"))
READER = sorted((ROOT / "portfolio" / "plan_reader").rglob("*.py"))
COMPOSITION = {
    "infra.audit",
    "infra.backup",
    "infra.repair",
    "infra.demo",
    "infra.bench",
    "infra.cli",
    "infra.deploy",
    "infra.feed",
    "infra.fsck",
    "infra.server",
}
"""Packages that put adapters to work, or hold only files that an adapter applies."""

OUTSIDE = {"http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess"}
OUTSIDE |= {"tempfile", "threading", "time", "urllib"}
ASKING = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "uuid1", "uuid4", "open", "print", "input"}


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a module imports, by full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def named(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module uses, ``datetime.now`` as such."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_imports_msgspec_and_the_standard_library_only(path: Path) -> None:
    for name in imported(ast.parse(path.read_text("utf-8"))):
        top = name.partition(".")[0]
        assert top in {"msgspec", *sys.stdlib_module_names} - OUTSIDE or name.startswith("portfolio.domain"), name


@pytest.mark.parametrize("path", READER, ids=lambda path: path.stem)
def test_the_plan_reader_imports_the_rules_and_the_standard_library_only(path: Path) -> None:
    for name in imported(ast.parse(path.read_text("utf-8"))):
        inside = name.startswith(("portfolio.domain", "portfolio.plan_reader"))
        assert name.partition(".")[0] in sys.stdlib_module_names - OUTSIDE or inside, name


@pytest.mark.parametrize("path", [*RULES, *READER], ids=lambda path: path.stem)
def test_a_rule_asks_no_clock_no_chance_and_no_disk(path: Path) -> None:
    assert ASKING & set(named(ast.parse(path.read_text("utf-8")))) == set()


def test_every_adapter_stands_alone() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (alone, _stores) = [contract["modules"] for contract in settings["contracts"] if contract["type"] == "independence"]
    packages = {f"infra.{file.parent.name}" for file in (ROOT / "infra").glob("*/__init__.py")}
    assert packages - COMPOSITION == set(alone) - {"api"}
