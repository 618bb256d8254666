"""The tool that switches rules off finds planted ones that no test misses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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

DEEPER = '''
from functools import cache, cached_property

from planted.rules import TooDark


class Hall:
    @cached_property
    def seats(self) -> tuple[int, ...]:
        return (1, 2)


HALL = Hall()
FRONT = HALL.seats[0]


@cache
def is_full(seats: int) -> bool:
    return seats > 1


WAS_FULL = is_full(2), is_full(1)


def at_night(hour: int) -> bool:
    return hour < 6


def by_day(hour: int) -> bool:
    def is_late() -> bool:
        return hour > 20

    return not at_night(hour) and not is_late()


def lamps(hour: int) -> frozenset[str] | None:
    return frozenset({"floodlight"}) if at_night(hour) else None


def check(hour: int) -> None:
    if at_night(hour):
        raise TooDark


def open_by_day(hour: int) -> None:
    check(hour)
    check(hour - 12)


def unused(hour: int) -> tuple[int, ...]:
    return (hour,)


def nothing() -> set[str]:
    """Return no lamp at all."""
    return set()
'''

TESTS = """
import pytest
from planted.deeper.still import HALL, by_day, check, is_full, lamps, open_by_day
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

def test_light():
    assert Stage(2).checked

def test_seats_counted_when_imported():
    assert HALL.seats
    assert is_full(2) and not is_full(1)

def test_dawn():
    with pytest.raises(TooDark):
        check(5)

def test_opening():
    with pytest.raises(TooDark):
        open_by_day(13)

@pytest.mark.parametrize("hour", [3, 4])
def test_a_lamp_at_night(hour):
    assert lamps(hour) is not None
    assert not by_day(hour)
"""


def switch_off(
    folder: Path, *arguments: str, rules: str = RULES, tests: str = TESTS
) -> subprocess.CompletedProcess[str]:
    files = {"planted/__init__.py": "", "planted/rules.py": rules, "planted/deeper/__init__.py": ""}
    files |= {"planted/deeper/still.py": DEEPER, "checks/test_rules.py": tests}
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    root = Path(__file__).parents[2]
    command = ["-m", "tests.tools.switch_off_rules", "--package", "planted", "--tests", str(folder / "checks")]
    path = os.pathsep.join([str(folder), str(root)])
    return subprocess.run(  # noqa: S603 - our own tool, on files made here
        [sys.executable, *command, *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


def test_each_rule_that_no_test_misses_is_found_by_its_line(tmp_path: Path) -> None:
    ran = switch_off(tmp_path)
    *survivors, count = ran.stdout.splitlines()
    assert [line.partition("planted/")[2] for line in survivors] == [
        "rules.py:28 TooLoud",
        "deeper/still.py:46 check is not called",
        "deeper/still.py:25 at_night always returns True",
        "deeper/still.py:29 by_day always returns False",
        "deeper/still.py:30 by_day.is_late always returns True",
        "deeper/still.py:30 by_day.is_late always returns False",
        "deeper/still.py:36 lamps always returns frozenset()",
        "deeper/still.py:50 unused always returns ()",
    ], ran.stderr
    assert (count, ran.returncode) == ("19 switched off, 8 unnoticed", 1)


def test_a_name_that_no_rule_has_is_an_error(tmp_path: Path) -> None:
    ran = switch_off(tmp_path, "--only", "TooLoude")
    assert (ran.stdout, ran.returncode) == ("", 2)
    assert ran.stderr.splitlines()[-1].endswith("nothing that refuses, checks or answers is called TooLoude in planted")


@pytest.mark.parametrize(
    ("name", "count"), [("TooDark", "2 switched off, 0 unnoticed"), ("checked", "2 switched off, 0 unnoticed")]
)
def test_one_rule_is_tried_by_its_name(tmp_path: Path, name: str, count: str) -> None:
    ran = switch_off(tmp_path, "--only", name)
    assert (ran.stdout, ran.returncode) == (f"{count}\n", 0)


def test_a_raise_that_names_no_refusal_is_not_passed_over(tmp_path: Path) -> None:
    ran = switch_off(tmp_path, rules=RULES.replace("raise TooDark", "raise [TooDark][0]"))
    assert ran.returncode == 1
    assert "name the refusal where it is raised" in ran.stderr


def test_nothing_is_proved_by_tests_that_fail_anyway(tmp_path: Path) -> None:
    ran = switch_off(tmp_path, tests=TESTS + "\ndef test_false():\n    assert False\n")
    assert ran.returncode == 1
    said, failing = ran.stderr.splitlines()
    assert said == "These tests fail with every rule in force:"
    assert failing.endswith("test_rules.py::test_false")  # its folders depend on where this clone stands
