"""The product's source, as the tests of its shape read it."""

import ast
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import api
import portfolio
import projections

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
PACKAGES = ("portfolio", "projections", "api", "infra")


def import_everything() -> None:
    """Import every module of the product's inside: a refusal that nobody imported is in no list."""
    for package in (portfolio, projections, api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)


@cache
def files(*packages: str) -> tuple[Path, ...]:
    """Return the source files of some top-level folders, the whole product if none is named."""
    return tuple(path for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def kinds(base: type[T]) -> list[type[T]]:
    """Return every class of the product that is made from this one, in whatever module it stands."""
    import_everything()

    def below(kind: type[T]) -> Iterator[type[T]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    return [kind for kind in below(base) if kind.__module__.partition(".")[0] in PACKAGES]


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    """Return the file as it is called from the root."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield every function of a file, those inside classes too."""
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def called(node: ast.AST) -> set[str]:
    """Return the last part of the name of everything called or passed on inside a node, but its own variables."""
    own = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - own
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
