"""A route takes a text of the length that its command allows, on as many lines: the schema never knows otherwise."""

import ast
import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from api.fields import Text
from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.words import Words, words_in
from tests.architecture.source import ROOT

COMMANDS = {command.__name__: command for command in AGGREGATE_OF}


def texts_of_routes() -> Iterator[tuple[str, Text, Words]]:
    """Yield each text field of a schema of a route with how the command built from it may be written."""
    for path in sorted((ROOT / "api").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            schemas = [
                part.args[0].id
                for part in node.decorator_list
                if isinstance(part, ast.Call)
                and isinstance(part.func, ast.Attribute)
                and part.func.attr == "arguments"
                and isinstance(part.args[0], ast.Name)
            ]
            built = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in COMMANDS}
            module: Any = importlib.import_module(f"api.{path.stem}")
            for schema in schemas:
                for name, field in getattr(module, schema)._declared_fields.items():
                    for command in built:
                        words = words_in(COMMANDS[command]).get(name)
                        text = getattr(field, "inner", field)
                        if words is not None and isinstance(text, Text):
                            yield f"{schema}.{name} for {command}", text, words


TEXTS = list(texts_of_routes())


@pytest.mark.parametrize(("text", "words"), [each[1:] for each in TEXTS], ids=[each[0] for each in TEXTS])
def test_a_text_of_a_route_may_be_written_as_its_command_allows(text: Text, words: Words) -> None:
    assert (text.longest, bool(text.allowed)) == (words.longest, words.lines)


def test_the_texts_of_most_commands_are_compared() -> None:
    assert len(TEXTS) >= 40
