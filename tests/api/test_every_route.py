"""Every command that the service takes is given in a test of the service."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.api.shell import shell


def paths_in_tests() -> Iterator[str]:
    """Yield every text of the tests of the service that begins as a path does, its inserted values as ``{}``."""
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Constant(value=str() as text):
                    parts = [text]
                case ast.JoinedStr(values=values):
                    parts = [str(each.value) if isinstance(each, ast.Constant) else "{}" for each in values]
                case _:
                    continue
            if (joined := "".join(parts)).startswith("/"):
                yield joined.removeprefix("/v1").partition("?")[0]


def test_every_command_is_given_in_a_test_of_the_service(tmp_path: Path) -> None:
    app, given = shell(tmp_path).app, set(paths_in_tests())
    writes = {
        rule.rule.removeprefix("/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        and "POST" in (rule.methods or ())
        and app.view_functions[rule.endpoint].__module__.startswith("api.")
    }
    assert len(writes) > 30
    silent = {write for write in writes if not any(map(re.compile(re.sub("<[^>]+>", "[^/]+", write)).fullmatch, given))}
    assert silent == set(), "give it once in tests/api and look at what it leaves behind"
