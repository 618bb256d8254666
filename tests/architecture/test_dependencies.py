"""What is imported is declared in pyproject.toml, and locked, whatever else happens to be installed with it."""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, files, imports, named

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INSTALLED = packages_distributions()
FOR_THE_PRODUCT = {"postgres", "s3", "bench"}
"""Extras that the product imports where they are installed."""
MADE = {"portfolio_client"}
"""Made of our document by a test, which runs what imports it."""


def plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def names(requirements: Iterable[str]) -> set[str]:
    return {plain(re.split(r"[\[=;]", requirement)[0]) for requirement in requirements}


def declared(extras: Iterable[str]) -> set[str]:
    optional: Mapping[str, list[str]] = PROJECT["optional-dependencies"]
    return names(PROJECT["dependencies"]).union(*(names(optional[extra]) for extra in extras))


def distributions_of(path: Path) -> dict[str, set[str]]:
    """Return what a file imports from elsewhere, and which distributions have it."""
    tops = {name.partition(".")[0] for name in imports(path)} - {
        *PACKAGES,
        *MADE,
        "tests",
        "",
        *sys.stdlib_module_names,
    }
    return {top: {plain(each) for each in INSTALLED[top]} for top in tops}


@pytest.mark.parametrize("path", files(*PACKAGES, "tests"), ids=named)
def test_what_is_imported_is_declared(path: Path) -> None:
    extras = FOR_THE_PRODUCT if path.relative_to(ROOT).parts[0] in PACKAGES else set(PROJECT["optional-dependencies"])
    for module, distributions in distributions_of(path).items():
        assert distributions & declared(extras), f"{module} is not declared"


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ()),
        ("requirements-servers.lock", ("postgres", "s3")),
        ("requirements-dev.lock", ("postgres", "s3", "dev")),
    ],
)
def test_what_is_declared_is_locked(lock: str, extras: tuple[str, ...]) -> None:
    locked = names(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
    assert declared(extras) - {"portfolio"} <= locked
