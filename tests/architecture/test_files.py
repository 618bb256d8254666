"""Files stay readable, and only the outermost layer knows the time."""

import ast
import tomllib
from fnmatch import fnmatch

from tests.architecture.source import PACKAGES, ROOT, files, named, tree

LINES = 400


def test_no_file_is_longer_than_a_reader_can_keep_in_mind() -> None:
    assert not {named(path) for path in files() if len(path.read_text().splitlines()) > LINES}


def test_every_folder_of_source_is_a_package_so_that_what_walks_packages_walks_it() -> None:
    assert not [named(path) for path in files(*PACKAGES, "tests") if not (path.parent / "__init__.py").exists()]


def test_the_wheel_takes_every_kind_of_file_in_the_packages() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert setuptools["packages"]["find"]["include"] == [f"{package}*" for package in PACKAGES]
    patterns = ["*.py", *setuptools["package-data"]["*"]]
    inside = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    source = [path for path in inside if path.parent.name != "__pycache__"]
    assert [named(path) for path in source if not any(fnmatch(path.name, pattern) for pattern in patterns)] == []


CLOCKS_AND_CHANCE = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid1",
    "uuid4",
}


def test_only_the_outermost_layer_asks_the_clock_and_draws_ids() -> None:
    asked = {
        (named(path), name)
        for path in files("portfolio", "projections", "api")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute | ast.Name) and (name := ast.unparse(node)) in CLOCKS_AND_CHANCE
    }
    assert asked == {("api/ids.py", "uuid4")}


def test_no_work_is_left_for_later_in_a_comment() -> None:
    for path in files():
        text = path.read_text()
        assert not {"TODO", "FIXME", "XXX"} & set(text.replace(":", " ").split()), named(path)
