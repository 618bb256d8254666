"""Public names are words of the domain; the words we do not use are not used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import files, named, tree

FORBIDDEN = {
    "ao": "it means two things: write outcome or organisation in full",
    "update": "say what happened",
    "process": "say what is done",
    "manager": "say what it knows",
    "data": "say which",
    "unlock": "a decision is superseded",
    "delete": "a record keeps everything",
    "edit": "a record keeps everything",
    "learner": "an apprentice",
}

ALLOWED = {
    ("projections/machinery/database.py", "delete"): "a row of a view, which is computed anew from facts at any time",
    ("infra/store/postgres/snapshot.py", "data"): "the driver calls the argument so",
    ("infra/demo/show.py", "process"): "a process of the operating system",
    ("infra/server/worker.py", "init_process"): "gunicorn calls the function so",
}


def public_names(path: Path) -> Iterator[str]:
    """Yield the names of classes, functions, arguments and fields that do not begin with an underscore."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                declared = name
            case ast.AnnAssign(target=ast.Name(id=name)):
                declared = name
            case _:
                continue
        if not declared.startswith("_"):
            yield declared


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_the_words_of_names_are_found() -> None:
    assert "manager" in words("PlanManager")
    assert words("status_changed") == {"status", "changed"}
    assert words("PlanDataEdited") == {"plan", "data", "edited"}


def test_no_public_name_uses_a_word_we_do_not_use() -> None:
    used = {
        (named(path), name): FORBIDDEN[word]
        for path in files()
        for name in public_names(path)
        for word in words(name)
        if word in FORBIDDEN
    }
    assert set(used) <= set(ALLOWED), used


def test_no_file_is_named_by_a_word_we_do_not_use() -> None:
    assert not [named(path) for path in files() if words(path.stem) & set(FORBIDDEN)]
