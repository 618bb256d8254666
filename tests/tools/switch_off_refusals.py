"""Switch every refusal off, one at a time, and demand that a test which names it turns red.

``python -m tests.tools.switch_off_refusals [--only NAME]`` replaces each ``raise`` of a refusal in the rules by
``pass``, and each row of the permission table by one that lets everybody in, and runs the tests that name it. It
prints each survivor as ``file:line`` and exits 1 if there is any.
"""

import argparse
import ast
import builtins
import contextlib
import inspect
import io
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import get_type_hints

import pytest

from portfolio.domain import permissions
from portfolio.domain.kernel import Rejected

PATIENCE = 60
"""Seconds the tests of one site may take before they count as red: a rule switched off may never end."""

ARGUMENTS = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore", "--no-header", "-n", "0"]


class CannotSwitchOff(Exception):
    """A raise does not name its refusal, so nobody can tell which test is to turn red."""


@dataclass(frozen=True)
class Site:
    """One place where a refusal is raised: ``function`` is the outermost function around it."""

    module: str
    file: str
    line: int
    refusal: str
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.refusal}"


@dataclass(frozen=True)
class Row:
    """One row of the permission table."""

    table: str
    key: str

    def __str__(self) -> str:
        return f"{permissions.__name__}.{self.table}[{self.key}]"


# --- what can be switched off ---


def sites_of(package: str) -> list[Site]:
    """Return every place in the package where a refusal is raised, in order of file and line."""
    folder = Path(str(import_module(package).__file__)).parent
    names = [f"{package}.{path.stem}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    return [site for name in names for site in _sites_in(import_module(name))]


def _sites_in(module: ModuleType) -> Iterator[Site]:
    tree = ast.parse(inspect.getsource(module))
    file = os.path.relpath(str(module.__file__))
    for function, node in _raises(tree):
        kind = _raised(module, node.exc)
        if kind is None:
            raise CannotSwitchOff(f"{file}:{node.lineno}: name the refusal where it is raised")
        if issubclass(kind, Rejected):
            yield Site(module.__name__, file, node.lineno, kind.__name__, function)


def _raises(tree: ast.Module) -> Iterator[tuple[str, ast.Raise]]:
    def inside(node: ast.AST, path: tuple[str, ...], function: str) -> Iterator[tuple[str, ast.Raise]]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.FunctionDef(name=name):
                    yield from inside(child, (*path, name), function or ".".join((*path, name)))
                case ast.ClassDef(name=name):
                    yield from inside(child, (*path, name), function)
                case ast.Raise() if child.exc is not None:
                    yield function, child
                case _:
                    yield from inside(child, path, function)

    yield from inside(tree, (), "")


def _raised(module: ModuleType, raised: ast.expr | None) -> type | None:
    """Return the class that a raise names, or that the method it calls says it returns."""
    named = raised.func if isinstance(raised, ast.Call) else raised
    match named:
        case ast.Name(id=name):
            kind = getattr(module, name, None) or getattr(builtins, name, None)
        case ast.Attribute(attr=name):
            methods = (getattr(each, name, None) for each in vars(module).values() if isinstance(each, type))
            told = [get_type_hints(method).get("return") for method in methods if inspect.isfunction(method)]
            kind = told[0] if told else None
        case _:
            kind = None
    return kind if isinstance(kind, type) else None


def rows() -> list[Row]:
    """Return every row of the permission table."""
    keys = [Row("MAY", kind.__name__) for kind in permissions.MAY]
    return [
        *keys,
        *(Row("SEES", name) for name in permissions.SEES),
        *(Row("READS", name) for name in permissions.READS),
    ]


# --- switching off, in a child process ---


class Silenced(ast.NodeTransformer):
    """Replaces the raise on one line by ``pass``."""

    def __init__(self, line: int) -> None:
        self.line = line

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node) if node.lineno == self.line else node


def switch_off(site: Site) -> None:
    """Make the function around the site go on where it refused."""
    module = import_module(site.module)
    source = inspect.getsource(module)
    compiled = compile(Silenced(site.line).visit(ast.parse(source)), str(module.__file__), "exec")
    code = next(each for each in _codes(compiled) if each.co_qualname == site.function)
    owner: object = module
    for name in site.function.split("."):
        owner = inspect.getattr_static(owner, name)
    function = owner.fget if isinstance(owner, property) else getattr(owner, "__func__", owner)
    assert isinstance(function, FunctionType)
    function.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


class Everybody(frozenset[str]):
    """Words of which everybody holds one."""

    def __and__(self, _: object) -> "frozenset[str]":
        return frozenset({"anybody"})


def let_everybody_in(row: Row) -> None:
    """Replace a row of the permission table."""
    table: dict[object, permissions.Rule] = getattr(permissions, row.table)
    key = next(key for key in table if getattr(key, "__name__", key) == row.key)
    table[key] = permissions.Rule(any_of=Everybody())


class Verdict:
    """Pytest plugin: stops at the first test that fails and names the refusal."""

    def __init__(self, name: str | None) -> None:
        self.named = re.compile(rf"\b{name}\b") if name else None
        self.red = False
        self.session: pytest.Session | None = None
        self.sources: dict[str, Callable[..., object]] = {}

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        self.session = session
        self.sources = {item.nodeid: item.function for item in items if isinstance(item, pytest.Function)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.session is not None and self._names(report.nodeid):
            self.red = True
            self.session.shouldstop = "one is enough"

    def _names(self, nodeid: str) -> bool:
        return self.named is None or bool(self.named.search(inspect.getsource(self.sources[nodeid])))


def turns_red(change: Site | Row, tests: Path) -> bool:
    """Switch one refusal or row off, for good, and tell whether a test that names it fails."""
    name = change.refusal if isinstance(change, Site) else None
    if isinstance(change, Site):
        switch_off(change)
        files = [path for path in sorted(tests.rglob("test_*.py")) if re.search(rf"\b{name}\b", path.read_text())]
    else:
        let_everybody_in(change)
        files = [tests / "test_permissions.py"]
    if not files:
        return False
    signal.signal(signal.SIGALRM, _enough)
    signal.alarm(PATIENCE)
    verdict = Verdict(name)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*ARGUMENTS, *map(str, files)], plugins=[verdict])
    return verdict.red


def _enough(*_: object) -> None:
    raise TimeoutError("the tests go on for ever")


def _judge(task: tuple[Site | Row, Path]) -> tuple[Site | Row, bool]:
    return task[0], turns_red(*task)


# --- the whole run ---


def survivors(changes: Sequence[Site | Row], tests: Path) -> list[Site | Row]:
    """Return what can be switched off without a test turning red; each is tried in a process of its own."""
    with contextlib.redirect_stdout(io.StringIO()) as output:  # imports every test once, for all children
        if pytest.main([*ARGUMENTS, "--collect-only", str(tests)]) != pytest.ExitCode.OK:
            sys.exit(f"The tests cannot be collected:\n{output.getvalue()}")
    fork = multiprocessing.get_context("fork")
    with fork.Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        judged = dict(pool.imap_unordered(_judge, [(change, tests) for change in changes]))
    return [change for change in changes if not judged[change]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", metavar="NAME", help="the refusals of this class, or the rows of this command or read"
    )
    parser.add_argument("--package", default="portfolio.domain", help="where refusals are raised")
    parser.add_argument("--tests", type=Path, default=Path("tests/domain"), help="the folder of their tests")
    asked = parser.parse_args(arguments)
    changes: list[Site | Row] = [*sites_of(asked.package)]
    if asked.package == permissions.__name__.rpartition(".")[0]:
        changes += rows()
    if asked.only:
        changes = [
            change for change in changes if asked.only in (getattr(change, "refusal", ""), getattr(change, "key", ""))
        ]
    alive = survivors(changes, asked.tests)
    for change in alive:
        print(change)  # noqa: T201 - this is what the command is for
    print(f"{len(changes)} switched off, {len(alive)} unnoticed")  # noqa: T201 - likewise
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
