"""What can be switched off in the files of the rules, one change each, and how: by compiling a function anew."""

import ast
import builtins
import collections.abc
import gc
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, UnionType
from typing import Any, TypeGuard, Union, get_args, get_origin, get_type_hints

from portfolio.domain import permissions
from portfolio.domain.kernel import Rejected
from portfolio.domain.rows import Rule

YES_OR_NO = ("True", "False")
ANSWERS: dict[object, tuple[str, ...]] = {
    bool: YES_OR_NO,
    TypeGuard: YES_OR_NO,
    tuple: ("()",),
    list: ("[]",),
    dict: ("{}",),
    set: ("set()",),
    frozenset: ("frozenset()",),
    collections.abc.Set: ("frozenset()",),
    collections.abc.Mapping: ("{}",),
    collections.abc.Sequence: ("()",),
    collections.abc.Iterable: ("iter(())",),
    collections.abc.Iterator: ("iter(())",),
}
"""What a function that returns such a type answers, whatever it is asked, when it is switched off."""


class CannotSwitchOff(Exception):
    """The source does not say enough to switch it off, so nobody can tell whether a test would turn red."""


NOTE = "__note__"
"""The name under which functions find what they tell that they run, among the built-in ones."""

Function = tuple[str, str]
"""A module, and the qualified name of a function in it that stands in no other function."""


@dataclass(frozen=True)
class Change:
    """One way to switch a rule off. ``function`` is the outermost one it is made in; ``names`` select it."""

    text: str
    names: frozenset[str]
    function: Function
    make: Callable[[], None]
    missed_by: str = ""
    """A word: only a test that names it counts as one that misses the rule. Every test does if there is none."""

    def __str__(self) -> str:
        return self.text


# --- what can be switched off ---


def modules_of(package: str) -> list[ModuleType]:
    """Return every module of a package and of the packages inside it, in order of their files."""
    folder = Path(str(import_module(package).__file__)).parent
    parts = [(package, *path.relative_to(folder).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))]
    return [import_module(".".join(part for part in names if part != "__init__")) for names in parts]


def sites_of(package: str) -> list[Change]:
    """Return every place in the package where a refusal is raised."""
    return [site for module in modules_of(package) for site in _sites_in(module)]


def calls_of(package: str) -> list[Change]:
    """Return every call in the package of a function of the product whose answer, if it has one, is not used."""
    return [call for module in modules_of(package) for call in _calls_in(module)]


def answers_of(package: str) -> list[Change]:
    """Return every answer that a function of the package could always give, but for those it does give always."""
    return [answer for module in modules_of(package) for answer in _answers_in(module)]


def rows() -> list[Change]:
    """Return every row of the permission table."""
    asked = (permissions.__name__, permissions.may.__qualname__)
    keys = [("MAY", kind.__name__) for kind in permissions.MAY]
    keys += [("SEES", name) for name in permissions.SEES]
    keys += [("READS", name) for name in permissions.READS]
    return [
        Change(f"{permissions.__name__}.{table}[{key}]", frozenset({key}), asked, partial(let_everybody_in, table, key))
        for table, key in keys
    ]


def _sites_in(module: ModuleType) -> Iterator[Change]:
    for name, _, node in _walk(module):
        if isinstance(node, ast.Raise) and node.exc is not None:
            place, function = _place(module, node.lineno), (module.__name__, name)
            kind = _raised(module, node.exc)
            if kind is None:
                raise CannotSwitchOff(f"{place}: name the refusal where it is raised")
            if issubclass(kind, Rejected):
                refusal = kind.__name__
                make = partial(compile_anew, function, Silenced(node.lineno))
                yield Change(f"{place} {refusal}", frozenset({refusal}), function, make, missed_by=refusal)


def _calls_in(module: ModuleType) -> Iterator[Change]:
    for outermost, _, node in _walk(module):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if outermost and _is_ours(
                getattr(module, name, None)
            ):
                place, function = _place(module, node.lineno), (module.__name__, outermost)
                make = partial(compile_anew, function, Silenced(node.lineno))
                yield Change(f"{place} {name} is not called", frozenset({name}), function, make)


def _is_ours(called: object) -> bool:
    return inspect.isfunction(called) and called.__module__.partition(".")[0] not in sys.stdlib_module_names


def _answers_in(module: ModuleType) -> Iterator[Change]:
    for outermost, name, node in _walk(module):
        if isinstance(node, ast.FunctionDef):
            place, function = _place(module, node.lineno), (module.__name__, outermost)
            body = [ast.unparse(each) for each in node.body if not _is_documentation(each)]
            for answer in _answers_to(module, node):
                if body not in ([], [f"return {answer}"]):  # a protocol's method, or one that always answers so
                    make = partial(compile_anew, function, Answering(node.lineno, answer))
                    yield Change(
                        f"{place} {name} always returns {answer}", frozenset({name, node.name}), function, make
                    )


def _place(module: ModuleType, line: int) -> str:
    return f"{os.path.relpath(str(module.__file__))}:{line}"


def _walk(module: ModuleType) -> Iterator[tuple[str, str, ast.AST]]:
    """Yield each node of a module with the outermost function it is or is in, and its own qualified name."""

    def inside(node: ast.AST, path: tuple[str, ...], function: str) -> Iterator[tuple[str, str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            inner, around = path, function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = (*path, child.name)
            if isinstance(child, ast.FunctionDef):
                around = function or ".".join(inner)
            yield around, ".".join(inner), child
            yield from inside(child, inner, around)

    yield from inside(_parse(module), (), "")


@cache
def _parse(module: ModuleType) -> ast.Module:
    """Return a module's syntax tree, which only a process of its own may change."""
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _is_documentation(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _answers_to(module: ModuleType, function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the answers that the function's annotation allows."""
    if function.returns is None:
        return ()
    code = compile(ast.Expression(function.returns), str(module.__file__), "eval")
    hint = eval(code, vars(module))  # noqa: S307 - an annotation of our own source
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return tuple(answer for kind in kinds for answer in ANSWERS.get(get_origin(kind) or kind, ()))


def _raised(module: ModuleType, raised: ast.expr) -> type | None:
    """Return the class that a raise names, perhaps by its module, or that the method it calls says it returns."""
    named = raised.func if isinstance(raised, ast.Call) else raised
    match named:
        case ast.Name(id=name):
            kind = getattr(module, name, None) or getattr(builtins, name, None)
        case ast.Attribute(value=ast.Name(id=of), attr=name) if isinstance(vars(module).get(of), ModuleType):
            kind = getattr(vars(module)[of], name)
        case ast.Attribute(attr=name):
            methods = (getattr(each, name, None) for each in vars(module).values() if isinstance(each, type))
            kinds = [get_type_hints(method).get("return") for method in methods if inspect.isfunction(method)]
            kind = kinds[0] if kinds else None
        case _:
            kind = None
    return kind if isinstance(kind, type) else None


# --- switching off, in a child process ---


class Silenced(ast.NodeTransformer):
    """Replaces the raise, or the call, on one line by ``pass``."""

    def __init__(self, line: int) -> None:
        self.line = line

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node) if node.lineno == self.line else node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node) if node.lineno == self.line else node


class Answering(ast.NodeTransformer):
    """Makes the function on one line return an answer before it does anything."""

    def __init__(self, line: int, answer: str) -> None:
        self.line = line
        self.answer = answer

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        if node.lineno == self.line:
            node.body.insert(0, ast.parse(f"return {self.answer}").body[0])
        self.generic_visit(node)
        return node


class Everybody(frozenset[Any]):
    """Words of which everybody holds one."""

    def __and__(self, _: object) -> "frozenset[str]":
        return frozenset({"anybody"})


def let_everybody_in(table: str, name: str) -> None:
    """Replace a row of the permission table."""
    rules: dict[object, Rule] = getattr(permissions, table)
    key = next(key for key in rules if getattr(key, "__name__", key) == name)
    rules[key] = Rule(any_of=Everybody())


class Noting(ast.NodeTransformer):
    """Makes functions say that they run, by a number for each of the outermost ones, which are told by their lines."""

    def __init__(self, numbers: dict[int, int]) -> None:
        self.numbers = numbers
        self.within: int | None = None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        around = self.within
        if around is None:
            self.within = self.numbers.get(node.lineno)
        self.generic_visit(node)
        if self.within is not None:
            node.body.insert(0, ast.parse(f"{NOTE}({self.within})").body[0])
        self.within = around
        return node


def compile_anew(function: Function, change: ast.NodeTransformer) -> None:
    """Give the function the code that its changed source has."""
    module = import_module(function[0])
    holder, member = _found(function)
    _forget(holder, member, function[1].rpartition(".")[2])
    _code_of(function).__code__ = _changed(module, change)[function[1]]


def note_runs(functions: Sequence[Function], note: Callable[[int], None]) -> None:
    """Make each function pass its number to ``note`` whenever it runs, or one inside it."""
    setattr(builtins, NOTE, note)
    for name in {name for name, _ in functions}:
        module = import_module(name)
        lines = {
            own: node.lineno
            for around, own, node in _walk(module)
            if isinstance(node, ast.FunctionDef) and around == own
        }
        numbers = {lines[function[1]]: number for number, function in enumerate(functions) if function[0] == name}
        codes = _changed(module, Noting(numbers))
        for function in functions:
            if function[0] == name:
                _code_of(function).__code__ = codes[function[1]]


def _changed(module: ModuleType, change: ast.NodeTransformer) -> dict[str, CodeType]:
    """Return the code of each function of a module after a change, by its qualified name."""
    changed = ast.fix_missing_locations(change.visit(_parse(module)))
    return {each.co_qualname: each for each in reversed([*_codes(compile(changed, str(module.__file__), "exec"))])}


def _found(function: Function) -> tuple[Any, Any]:
    """Return a function as it stands in its class or module, decorated, and that class or module."""
    name, qualified = function
    *path, last = qualified.split(".")
    holder: Any = import_module(name)
    for part in path:
        holder = inspect.getattr_static(holder, part)
    return holder, inspect.getattr_static(holder, last)


def _code_of(function: Function) -> FunctionType:
    """Return the function that holds the code, without what decorates it."""
    _, member = _found(function)
    for inner in ("fget", "func", "__func__"):  # of a property, a cached one, a class's or static method
        member = getattr(member, inner, member)
    target = inspect.unwrap(member)
    if not isinstance(target, FunctionType):
        raise CannotSwitchOff(f"{'.'.join(function)} is no function")
    return target


def _forget(holder: type, member: object, name: str) -> None:
    """Drop what a function that works once for each object, or for each argument, has kept."""
    if isinstance(member, cached_property):
        gc.unfreeze()  # what is frozen is not listed
        for each in gc.get_objects():
            if issubclass(type(each), holder):
                vars(each).pop(name, None)
    getattr(member, "cache_clear", lambda: None)()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)
