"""Loaders load and judge nothing; each gives the rule of its command exactly what that rule asks for."""

import ast
from pathlib import Path
from typing import get_type_hints

import pytest

from portfolio.application.loaders import LOADERS, NEEDING_MORE, commands_of
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Command, Known
from tests.architecture.source import called, files, named, tree

CONDITIONS = (ast.If, ast.IfExp, ast.Match, ast.While, ast.Try, ast.Compare, ast.BoolOp, ast.Not, ast.Assert)


def asked_by_the_rule_of(command: type[Command]) -> type[Known]:
    """Return what the rule of a command must know."""
    kind: type[Known] = get_type_hints(AGGREGATES[AGGREGATE_OF[command]].judges[command])["known"]
    return kind


@pytest.mark.parametrize("command", AGGREGATE_OF)
def test_a_rule_is_given_what_it_asks_for(command: type[Command]) -> None:
    given = get_type_hints(LOADERS[command])["return"] if command in LOADERS else Known
    assert given is asked_by_the_rule_of(command)


def test_every_command_has_at_most_one_loader() -> None:
    assert len(LOADERS) == sum(len(commands_of(loader)) for loader in NEEDING_MORE)


def conditions_in(path: Path) -> list[str]:
    """Return where a file decides anything: a condition, a comparison, or a filter in a comprehension."""
    return [
        f"{named(path)}:{getattr(node, 'lineno', '?')}"
        for node in ast.walk(tree(path))
        if isinstance(node, CONDITIONS)
        or (isinstance(node, ast.comprehension) and node.ifs)
        or (isinstance(node, ast.Call) and called(node.func) & {"any", "all", "filter"})
    ]


@pytest.mark.parametrize("path", files("portfolio/application/loaders"), ids=named)
def test_a_loader_decides_nothing(path: Path) -> None:
    assert conditions_in(path) == []
