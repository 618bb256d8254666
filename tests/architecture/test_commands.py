"""Every command is authorised, judged and documented, and holds only what its caller says."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from marshmallow import Schema

from portfolio.application.handler import REFUSAL_OF_KEY
from portfolio.application.indexes import ADDRESS, OPEN_APPEAL, ULN
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Command
from portfolio.domain.permissions import MAY, SEES
from tests.architecture.source import files, functions, kinds, named

COMMANDS = kinds(Command)


def test_every_command_has_a_row_of_permissions_and_a_record_it_changes() -> None:
    assert set(COMMANDS) == set(AGGREGATE_OF), "list the function that judges it in its Aggregate"
    assert set(COMMANDS) == set(MAY), "say in portfolio/domain/permissions.py who may give it"


def test_every_rule_is_named_like_its_command() -> None:
    for aggregate in AGGREGATES.values():
        for command, rule in aggregate.judges.items():
            assert rule.__name__ == re.sub(r"(?<!^)(?=[A-Z])", "_", command.__name__).lower()


def test_every_record_says_who_sees_it() -> None:
    assert set(SEES) == set(AGGREGATES)


def test_every_command_names_the_record_it_changes() -> None:
    for kind, name in AGGREGATE_OF.items():
        key = AGGREGATES[name].key
        assert key == f"{name}_id"
        assert key in kind.__struct_fields__


def test_every_unique_key_has_the_refusal_of_its_rule() -> None:
    assert set(REFUSAL_OF_KEY) == {ULN, OPEN_APPEAL, ADDRESS}


# --- a command is what its caller says ---


@cache
def given_in_api() -> tuple[tuple[str, type[Command], set[str], set[str]], ...]:
    """Return, for each command a route builds: where, which, the fields named, the schemas poured in."""
    return (*_given_in_api(),)


def _given_in_api() -> Iterator[tuple[str, type[Command], set[str], set[str]]]:
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


NOT_BY_HTTP = {
    "CreateDeployment": "a deployment is created where it runs: portfolio init",
    "AcceptClock": "whoever runs the machine answers for its clock: portfolio accept-clock",
    "BeginCatalogue": "it follows from the release: portfolio init, or the first start of this release",
    "AcceptLoss": "whoever runs the machine answers for what it lost: portfolio accept-loss",
    "RotateTokenKey": "whoever runs the machine keeps its keys: portfolio rotate-key",
    "RecordKeyChecks": "it follows from the keys: portfolio init, or the first start of this release",
    "BeginImport": "whoever sends a file gives it",
    "FollowProvider": "it follows from a sign-in at a provider",
    "TakeInvitationUp": "it follows from a sign-in of somebody who was invited",
    "LinkIdentity": "it follows from a sign-in at a provider",
    "NoteLines": "it follows from the lines that were carried out",
    "OpenAttemptAfterAppeal": "it follows from an upheld appeal, without a person",
    "NoteConsequence": "it follows from an upheld appeal, without a person",
    "SealFile": "it follows from the check of the file",
    "RefuseFile": "it follows from the check of the file",
    "SealPaper": "it follows from the check of the paper",
    "RefusePaper": "it follows from the check of the paper",
    "NotePaperErased": "it follows once nothing is left of a scan that is to be erased",
    "NoteErased": "it follows once nothing is left of a file that is to be erased",
    "NoteRefusedConsequence": "it follows from an upheld appeal, without a person",
}
"""Commands that no client gives, and who does."""


@pytest.mark.parametrize("kind", [kind for kind in COMMANDS if kind.__name__ not in NOT_BY_HTTP])
def test_every_field_of_a_command_is_said_by_its_caller(kind: type[Command]) -> None:
    given_fields = {
        field
        for _, given, fields, shapes in given_in_api()
        if given is kind
        for field in fields.union(*(schemas()[shape]().fields for shape in shapes))
    }
    assert set(kind.__struct_fields__) == given_fields


def test_the_shapes_of_commands_are_found_where_they_are_poured_in() -> None:
    poured = {kind.__name__: shapes for _, kind, _, shapes in given_in_api() if shapes}
    assert poured["RegisterPerson"] == {"PersonIn"}
    assert len(poured) > 10


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_can_be_given_over_http(kind: type[Command]) -> None:
    over_http = {given.__name__ for _, given, _, _ in given_in_api()}
    given, explained = kind.__name__ in over_http, kind.__name__ in NOT_BY_HTTP
    assert given != explained, "write its route in api/, or say in NOT_BY_HTTP who gives it"


def test_no_page_has_a_schema_of_its_own() -> None:
    """A form is read by the schema of the API's route, so that both take the same."""
    assert [kind for kind in schemas().values() if kind.__module__.startswith("api.pages")] == []
