"""Every address of ours is made from its route: a base URL may have a path, below which all of them lie."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, named, tree

WRITTEN = {
    ("api/app.py", "/v1"): "where the reference lies, for the routes",
    ("api/auth.py", "/v1/"): "what is for programs, in the path that the routes see",
    ("api/oauth.py", "/oauth/token"): "where the service lies that gives tokens, for the document too",
    ("api/oauth.py", "/.well-known/jwks.json"): "where its keys lie, for its route",
    ("api/blueprint.py", "/v1/"): "where a resource lies, for its routes",
    ("api/errors.py", "/v1/"): "what a program asks, in the path that the routes see",
    ("api/errors.py", "/problems/"): "what a refusal means, said by the server too, which knows no routes",
}
"""Texts that begin as an address does, and why nobody is sent there."""

CUT = {"partition", "rpartition", "split", "rsplit"}
ADDRESS = re.compile(r"""=\s*["'`]?/(?![/>])|["'`(]/[\w${%<]""")
SHOWN = sorted(
    path
    for path in (ROOT / "api" / "pages").rglob("*.*")
    if path.suffix in (".html", ".js", ".css", ".svg") and path.parent.name != "vendor"
)


def apart(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is no address: a route's pattern, what a text is cut at, a slash between parts, the root by name."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef):
            yield from (part for decorator in each.decorator_list for part in ast.walk(decorator))
        elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in CUT:
            yield from each.args
        elif isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or):
            yield each.values[-1]  # of ``path or "/"``
        elif isinstance(each, ast.JoinedStr):
            yield from (part for part in each.values if isinstance(part, ast.Constant) and part.value == "/")


def addresses(source: ast.Module) -> set[str]:
    """Return the texts in a file that begin as an address does."""
    left_out = {id(each) for each in apart(source)}
    return {
        each.value
        for each in ast.walk(source)
        if isinstance(each, ast.Constant) and id(each) not in left_out
        if isinstance(each.value, str) and re.match("/(?!/)", each.value)
    }


def test_no_address_is_written_out_in_the_service() -> None:
    assert {(named(path), text) for path in files("api") for text in addresses(tree(path))} == set(WRITTEN)


@pytest.mark.parametrize("path", SHOWN, ids=named)
def test_no_address_is_written_out_in_what_browsers_get(path: Path) -> None:
    assert not [line for line in path.read_text(encoding="utf-8").splitlines() if ADDRESS.search(line)]


@pytest.mark.parametrize(
    "written",
    [
        '<a href="/queue">',
        "<form action='/sign-out'>",
        "<img src=/static/icon.svg>",
        '<a href="/">',
        'fetch("/v1/me")',
        "fetch(`/v1/${what}`)",
        "background: url(/static/icon.svg)",
        '{{ file_form("/evidence/%s" % id) }}',
    ],
)
def test_an_address_that_is_written_out_is_found(written: str) -> None:
    assert ADDRESS.search(written)


@pytest.mark.parametrize(
    "written", ['redirect("/")', 'f"/evidence/{id}"', 'root + "/queue"', 'f"{root}/queue"', '{"href": "/queue"}']
)
def test_an_address_in_a_program_is_found(written: str) -> None:
    assert addresses(ast.parse(written))
