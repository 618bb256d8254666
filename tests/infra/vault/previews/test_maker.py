"""The maker: what it takes from a child that a file has taken over, and how it ends one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import IO

import pytest

from infra.vault.previews.maker import LONGEST_LINE, SandboxMaker
from portfolio.application.ports import Busy
from portfolio.application.preview_ports import NotMade, Why
from tests.patience import PATIENCE

RECIPE = """
import os, resource, sys
LIMITS = {{resource.RLIMIT_FSIZE: 1 << 20, resource.RLIMIT_CPU: 1, resource.RLIMIT_AS: 400 << 20}}

def load(argument):
    pass

def make(file, out):
    {}
"""


def made(folder: Path, body: str) -> dict[str, bytes]:
    """Return the parts that a recipe with this body gives back of a file."""
    (folder / "tried.py").write_text(RECIPE.format(body))
    parts: dict[str, bytes] = {}

    def keep(name: str, content: IO[bytes]) -> None:
        parts[name] = content.read()

    SandboxMaker(folder).make("tried", "", iter([b"the ", b"file"]), keep, lambda _: None)
    return parts


def test_parts_are_taken_as_they_are_told_of(tmp_path: Path) -> None:
    body = "out.keep('first', file.read()); out.progress(0.5); out.keep('none', b''); out.keep('second', b'x' * 70000)"
    assert made(tmp_path, body) == {"first": b"the file", "none": b"", "second": b"x" * 70000}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("while True: pass", "too long"),
        ("bytearray(1 << 30)", "too much"),
        ("out.keep('large', b'x' * (2 << 20))", "too much"),
        ("raise ValueError", "unreadable"),
        ("os._exit(3)", "unreadable"),
        ("os.abort()", "unreadable"),
        ("open('/etc/hostname').read()", "unreadable"),
        ('os.write(2, b\'{"part": "x", "start": 0, "end": 9}\\n\')', "unreadable"),
        ('os.write(2, b\'{"part": "x", "start": 5, "end": 2}\\n\')', "unreadable"),
        ('os.write(2, b\'{"part": "x", "start": -5, "end": 0}\\n\')', "unreadable"),
        ("out.keep('about', b' ' * 5000)", "unreadable"),
        ("out.cannot('too much')", "too much"),
    ],
)
def test_what_a_child_does_beyond_what_it_may_gives_nothing(tmp_path: Path, body: str, why: Why) -> None:
    with pytest.raises(NotMade, match=why):
        made(tmp_path, body)


@pytest.mark.parametrize(
    "said",
    ["b'no JSON\\n'", "b'{\"other\": 1}\\n'", "b'\\xff\\xfe\\n'", "b'[' * 100000 + b'\\n'", "b'{\"done\": 1e999}\\n'"],
)
def test_what_else_it_says_is_taken_no_notice_of(tmp_path: Path, said: str) -> None:
    assert made(tmp_path, f"os.write(2, {said}); out.keep('part', b'x')")["part"] == b"x"
    assert LONGEST_LINE < 100_000


def test_whoever_stops_the_service_ends_what_is_being_made(tmp_path: Path) -> None:
    (tmp_path / "tried.py").write_text(
        RECIPE.format("out.progress(0.1)\n    import time\n    while True: time.sleep(0.1)").replace(
            "import os", "import time, os"
        )
    )
    maker, begun = SandboxMaker(tmp_path), Event()
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(maker.make, "tried", "", iter([b""]), lambda *_: None, lambda _: begun.set())
        assert begun.wait(PATIENCE)
        maker.stop()
        with pytest.raises(Busy, match="The service stops"):
            making.result(PATIENCE)
    with pytest.raises(Busy):
        maker.make("tried", "", iter([b""]), lambda *_: None, lambda _: None)


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def source() -> object:
        yield b"half"
        raise Busy

    (tmp_path / "tried.py").write_text(RECIPE.format("out.keep('part', b'x')"))
    kept: list[str] = []
    with pytest.raises(Busy):
        SandboxMaker(tmp_path).make("tried", "", source(), lambda name, _: kept.append(name), lambda _: None)  # type: ignore[arg-type]
    assert kept == []
