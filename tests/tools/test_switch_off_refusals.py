"""The tool that switches refusals off finds a planted one that no test misses."""

import os
import subprocess
import sys
from pathlib import Path

RULES = '''
from portfolio.domain.kernel import RuleBroken


class TooLoud(RuleBroken):
    """It is too loud."""


class TooDark(RuleBroken):
    """It is too dark."""


class Stage:
    @property
    def checked(self) -> bool:
        if self.light < 1:
            raise TooDark
        return True

    def __init__(self, light):
        self.light = light


def decide(volume):
    if volume > 10:
        raise TooLoud(f"{volume}")
    if volume < 0:
        raise TooLoud
    if volume is None:
        raise ValueError
    return []
'''

TESTS = """
import pytest
from planted.rules import Stage, TooDark, TooLoud, decide

def test_loudness():
    with pytest.raises(TooLoud):
        decide(11)

def test_a_test_that_does_not_name_the_refusal_does_not_count():
    with pytest.raises(Exception):
        decide(-1)

def test_darkness():
    with pytest.raises(TooDark):
        Stage(0).checked
"""


def switch_off(folder: Path, rules: str) -> subprocess.CompletedProcess[str]:
    for name, text in {"planted/__init__.py": "", "planted/rules.py": rules, "told/test_rules.py": TESTS}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    command = ["-m", "tests.tools.switch_off_refusals", "--package", "planted", "--tests", str(folder / "told")]
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(folder), str(root)])
    return subprocess.run(  # noqa: S603 - our own tool, on files made here
        [sys.executable, *command],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


def test_a_refusal_that_no_test_which_names_it_misses_is_found_by_its_line(tmp_path: Path) -> None:
    ran = switch_off(tmp_path, RULES)
    survivor, count = ran.stdout.splitlines()
    assert survivor.endswith("planted/rules.py:28 TooLoud")
    assert (count, ran.returncode) == ("3 switched off, 1 unnoticed", 1)


def test_a_raise_that_names_no_refusal_is_not_passed_over(tmp_path: Path) -> None:
    ran = switch_off(tmp_path, RULES.replace("raise TooDark", "raise [TooDark][0]"))
    assert ran.returncode == 1
    assert "name the refusal where it is raised" in ran.stderr
