"""What each call of the service reaches in the code: the commands it gives, what it asks, how it can be refused."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from textwrap import dedent
from types import FunctionType, ModuleType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from flask import Flask

from api.reference import documented
from api.writes import execute
from portfolio.application.handler import authorise
from portfolio.application.loaders import LOADERS
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Aggregate, Command, Rejected
from portfolio.domain.permissions import READS, SEES, THEN_REFUSED
from tests.architecture.source import PACKAGES, import_everything

THE_SAME_FOR_ALL = cast(tuple[FunctionType, ...], (execute, authorise))
"""What every command goes through, and refuses in the same way."""

GIVING = ("api.", "portfolio.application.imports.carrying_out")
"""Where commands are given."""

GATES = {"see", "may_ask", "may_see", "check_read", "check_sees"}
"""What refuses whoever the permission table does not let in, by the record or the question it is given."""


@dataclass
class Reach:
    """What functions reach: commands built, records seen, questions asked, refusals raised."""

    commands: set[type[Command]] = field(default_factory=set)
    sees: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)
    refusals: set[type[Rejected]] = field(default_factory=set)


@cache
def calls_of(app: Flask) -> dict[str, FunctionType]:
    """Return the function of each documented call, by its method and path as the OpenAPI document writes them."""
    return {
        f"{method} {documented(rule.rule)}": inspect.unwrap(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"})
        if isinstance(inspect.unwrap(app.view_functions[rule.endpoint]), FunctionType)
    }


def reach_of(view: FunctionType) -> Reach:
    """Return what a call reaches, its commands' rules and what they are told among it."""
    reached = Reach()
    follow(view, reached, {*THE_SAME_FOR_ALL})
    for command in sorted(reached.commands, key=lambda kind: kind.__name__):
        aggregate = AGGREGATES[AGGREGATE_OF[command]]
        inside = Reach()
        seen = set[FunctionType]()
        for function in (aggregate.judges[command], LOADERS.get(command)):
            if function is not None:
                follow(inspect.unwrap(function), inside, seen)
        reached.refusals |= inside.refusals | {*THEN_REFUSED.get(command, {}).values()}
    return reached


@dataclass
class Within:
    """What stands in a function or a piece of it: reached there, named there, and pieces whose refusals are caught."""

    own: Reach = field(default_factory=Reach)
    named: dict[FunctionType, None] = field(default_factory=dict)
    guarded: list[tuple[tuple[type[Rejected], ...], "Within"]] = field(default_factory=list)


def follow(function: FunctionType, reached: Reach, seen: set[FunctionType]) -> None:
    """Add what a function reaches, and whatever it names."""
    if function not in seen and function.__module__.partition(".")[0] in PACKAGES:
        seen.add(function)
        add(within(function), reached, seen)


def add(piece: Within, reached: Reach, seen: set[FunctionType]) -> None:
    """Add what a piece of a function reaches, and whatever it names; what it catches for good refuses nobody."""
    reached.commands |= piece.own.commands
    reached.sees |= piece.own.sees
    reached.asks |= piece.own.asks
    reached.refusals |= piece.own.refusals
    for each in piece.named:
        follow(each, reached, seen)
    for caught, part in piece.guarded:
        inside = Reach(reached.commands, reached.sees, reached.asks)
        add(part, inside, {*seen})
        reached.refusals |= {kind for kind in inside.refusals if not issubclass(kind, caught)}


@cache
def within(function: FunctionType) -> Within:
    """Return what stands in a function, which is read once."""
    node, found = parsed(function), Within()
    if node is not None:
        look(node, function, types_in(function), found)
    return found


def look(node: ast.AST, function: FunctionType, types: dict[str, Any], found: Within) -> None:
    """Note what stands in a piece of a function."""
    match node:
        case ast.Raise(exc=ast.expr() as raised):
            kind = resolved(raised.func if isinstance(raised, ast.Call) else raised, function, types)
            if isinstance(kind, type) and issubclass(kind, Rejected):
                found.own.refusals.add(kind)
        case ast.Call(func=called):
            gate(node, function, types, found.own)
            target = resolved(called, function, types)
            if isinstance(target, type) and issubclass(target, Command) and function.__module__.startswith(GIVING):
                found.own.commands.add(target)
    if isinstance(node, ast.Name | ast.Attribute):
        found.named |= dict.fromkeys(targets(resolved(node, function, types)))
    caught = caught_by(node, function, types) if isinstance(node, ast.Try) else ()
    for part in ast.iter_child_nodes(node):
        if caught and isinstance(node, ast.Try) and part in node.body:
            inside = Within()
            found.guarded.append((caught, inside))
            look(part, function, types, inside)
        else:
            look(part, function, types, found)


def caught_by(node: ast.Try, function: FunctionType, types: dict[str, Any]) -> tuple[type[Rejected], ...]:
    """Return the refusals that are caught there and not raised again, nor others in their place."""
    handlers = [each for each in node.handlers if not any(isinstance(one, ast.Raise) for one in ast.walk(each))]
    kinds = (resolved(each.type, function, types) for each in handlers if each.type is not None)
    return tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Rejected))


def gate(call: ast.Call, function: FunctionType, types: dict[str, Any], reached: Reach) -> None:
    """Note what a gate of the permission table is given."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if not function.__module__.startswith(("api.", "portfolio.application")):
        return
    passed_on = [keyword.value for keyword in call.keywords if keyword.arg == "ask"]  # to what hands it to a gate
    for part in [*call.args, *(keyword.value for keyword in call.keywords)] if name in GATES else passed_on:
        if isinstance(part, ast.Constant) and part.value in READS:
            reached.asks.add(part.value)
        elif isinstance(part, ast.Constant) and part.value in SEES:
            reached.sees.add(part.value)
        elif isinstance(aggregate := resolved(part, function, types), Aggregate):
            reached.sees.add(aggregate.key.removesuffix("_id"))


def targets(found: Any) -> Iterator[FunctionType]:
    """Yield the functions that something found by its name runs."""
    match found:
        case property(fget=FunctionType() as inner) | cached_property(func=FunctionType() as inner):
            yield inspect.unwrap(inner)
        case classmethod() | staticmethod():
            yield inspect.unwrap(found.__func__)
        case type():
            made = (vars(found).get(name) for name in ("__init__", "__post_init__"))
            yield from (each for each in made if isinstance(each, FunctionType))
        case FunctionType():
            yield inspect.unwrap(found)


def resolved(node: ast.expr, function: FunctionType, types: dict[str, Any]) -> Any:
    """Return what an expression names: by the module, by the type of a parameter, or by the class it stands in."""
    match node:
        case ast.Name(id=name):
            return function.__globals__.get(name)
        case ast.Attribute(value=value, attr=name):
            holder = resolved(value, function, types)
            if isinstance(holder, ModuleType):
                return getattr(holder, name, None)
            kind = typed(value, function, types)
            return inspect.getattr_static(kind, name, None) if isinstance(kind, type) else None
    return None


def typed(node: ast.expr, function: FunctionType, types: dict[str, Any]) -> Any:
    """Return the class of which an expression is, as far as annotations say it."""
    match node:
        case ast.Name(id=name):
            found = types.get(name)
            return found if found is not None else plain(type_of_class(function.__globals__.get(name)))
        case ast.Attribute(value=value, attr=name):
            holder = typed(value, function, types)
            if not isinstance(holder, type):
                return None
            member = inspect.getattr_static(holder, name, None)
            if isinstance(member, property):
                return plain(hints(member.fget).get("return"))
            return plain(hints(holder).get(name))
        case ast.Call(func=called):
            target = resolved(called, function, types)
            return target if isinstance(target, type) else plain(hints(target).get("return"))
    return None


def type_of_class(found: Any) -> Any:
    """Return a class by whose name its own methods are called."""
    return found if isinstance(found, type) else None


def types_in(function: FunctionType) -> dict[str, Any]:
    """Return the classes of a function's parameters, and of what it assigns from calls that say what they return."""
    types = {name: plain(kind) for name, kind in hints(function).items()}
    owner = function.__qualname__.rpartition(".")[0]
    if owner and "<" not in owner:
        types["self"] = getattr(import_module(function.__module__), owner, None)
    node = parsed(function)
    for each in ast.walk(node) if node else ():
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in types:
                types[name] = typed(value, function, types)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for target, value in zip(names, values, strict=False):
                    if isinstance(target, ast.Name) and target.id not in types:
                        types[target.id] = typed(value, function, types)
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if name not in types:
                types[name] = typed(value, function, types)
    return {name: kind for name, kind in types.items() if isinstance(kind, type)}


def plain(kind: Any) -> Any:
    """Return the class behind an annotation: of one or nothing the one, of a generic what it is made of."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [each for each in get_args(kind) if each is not type(None)]
        return plain(kinds[0]) if len(kinds) == 1 else None
    return get_origin(kind) or kind


def hints(of: Any) -> dict[str, Any]:
    """Return the annotations of a function or a class, none where they cannot be told."""
    try:
        return get_type_hints(of)
    except (TypeError, NameError, AttributeError):
        return {}


@cache
def parsed(function: FunctionType) -> ast.FunctionDef | None:
    """Return a function's syntax tree."""
    try:
        tree = ast.parse(dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, IndentationError):
        return None
    first = tree.body[0]
    return first if isinstance(first, ast.FunctionDef) else None


import_everything()
