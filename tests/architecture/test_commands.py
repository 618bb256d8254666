"""Every command is authorised, judged and given by a route."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_type_hints

import pytest
from marshmallow import Schema

from portfolio.application.handler import TAKEN
from portfolio.application.indexes import OPEN_APPEAL, ULN
from portfolio.application.loaders import LOADERS, only_now
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Command
from portfolio.domain.permissions import MAY, SEES
from tests.architecture.source import files, functions, kinds, named, tree

COMMANDS = kinds(Command)


def test_every_command_has_a_row_of_permissions_and_a_record_it_changes() -> None:
    assert set(COMMANDS) == set(MAY) == set(AGGREGATE_OF)


def test_every_record_says_who_sees_it() -> None:
    assert set(SEES) == set(AGGREGATES)


def test_every_command_names_the_record_it_changes() -> None:
    for kind, name in AGGREGATE_OF.items():
        key = AGGREGATES[name].key
        assert key == f"{name}_id"
        assert key in kind.__struct_fields__


def test_every_rule_is_given_what_it_must_know() -> None:
    for aggregate in AGGREGATES.values():
        for command, rule in aggregate.judges.items():
            loader = LOADERS.get(command, only_now)
            assert get_type_hints(loader)["return"] is get_type_hints(rule)["known"], rule.__name__


@pytest.mark.parametrize("path", files("portfolio/application/loaders"), ids=lambda path: path.stem)
def test_a_loader_decides_nothing(path: Path) -> None:
    conditions = (ast.If, ast.IfExp, ast.BoolOp, ast.Compare, ast.Match, ast.Try)
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, conditions)]


def test_every_unique_key_has_the_refusal_of_its_rule() -> None:
    assert set(TAKEN) == {ULN, OPEN_APPEAL}


# --- every command is given by a route, and read by its schema ---


def given_in_api() -> Iterator[tuple[str, type[Command], set[str], set[str]]]:
    """Yield, for each command a route builds: where, which, the fields named, the schemas poured in."""
    kinds = {kind.__name__: kind for kind in COMMANDS}
    for path in files("api"):
        for function in functions(path):
            named_here = {each.id for each in ast.walk(function) if isinstance(each, ast.Name)}
            shapes = {name for name in named_here if name in schemas() and not name.endswith("Out")}
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                    fields = {keyword.arg for keyword in node.keywords if keyword.arg}
                    poured = any(keyword.arg is None for keyword in node.keywords)
                    yield (
                        f"{named(path)}:{node.lineno}",
                        kinds[node.func.id],
                        fields,
                        shapes if poured else set(),
                    )


@cache
def schemas() -> dict[str, type[Schema]]:
    """Return every shape of the service by name."""
    return {each.__name__: each for each in kinds(Schema)}


def test_the_shapes_of_commands_are_found_where_they_are_poured_in() -> None:
    poured = {kind.__name__: shapes for _, kind, _, shapes in given_in_api() if shapes}
    assert poured["RegisterPerson"] == {"PersonIn"}
    assert len(poured) > 10


NOT_BY_HTTP = {
    "CreateDeployment": "a deployment is created where it runs: portfolio init",
    "OpenAttemptAfterAppeal": "it follows from an upheld appeal, without a person",
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_can_be_given_over_http(kind: type[Command]) -> None:
    over_http = {given.__name__ for _, given, _, _ in given_in_api()}
    assert (kind.__name__ in over_http) != (kind.__name__ in NOT_BY_HTTP)


def test_no_page_has_a_schema_of_its_own() -> None:
    """A form is read by the schema of the API's route, so that both take the same."""
    assert [kind for kind in schemas().values() if kind.__module__.startswith("api.pages")] == []
