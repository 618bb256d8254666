"""What documents tell an operator to type is there: every command of ours, with its options."""

import re
from pathlib import Path

import click
import pytest

from infra.cli import cli
from tests.architecture.source import ROOT, named

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TYPED = re.compile(r"^```\w*\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
BEGINS = r"(?:^|&& |\$\(|-- )(?:env )?(?:[A-Z_]+=\S* +)*(?:/\S+/)?"
COMMAND = re.compile(BEGINS + r"portfolio((?: [a-z][a-z-]*)+)([^|&;\n)]*)", re.MULTILINE)


def commands(text: str) -> list[tuple[list[str], list[str]]]:
    """Return the words and options of each command of ours in what a document has somebody type."""
    typed = (block or inline for block, inline in TYPED.findall(text.replace("\\\n", " ")))
    return [
        (words.split(), re.findall(r"(?<= )--[a-z][a-z-]*", f" {rest}"))
        for each in typed
        for words, rest in COMMAND.findall(each)
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_command_that_a_document_names_is_there_with_its_options(path: Path) -> None:
    for words, options in commands(path.read_text(encoding="utf-8")):
        command: click.Command = cli
        for word in words:
            if isinstance(command, click.Group):
                found = command.get_command(click.Context(command), word)
                assert found, words
                command = found
        there = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(options) <= there, words


def test_a_command_in_a_document_is_found() -> None:
    text = "Run `portfolio vault setup --verify`.\n```\nA=$(portfolio token ID) && portfolio init --live\n```\n"
    assert commands(text) == [
        (["vault", "setup"], ["--verify"]),
        (["token"], []),
        (["init"], ["--live"]),
    ]
