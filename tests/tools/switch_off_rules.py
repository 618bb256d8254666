"""Switch every rule off, one at a time, and demand that a test turns red.

``python -m tests.tools.switch_off_rules [--only NAME]`` tries, in all files of the rules:

- each ``raise`` of a refusal does nothing: a test that names the refusal must fail,
- each call of a check, which returns nothing and is there for what it refuses, is left out,
- each row of the permission table lets everybody in,
- each function that answers yes or no always answers yes, then always no,
- each function that returns a collection returns an empty one.

Each is tried in a process of its own, with the tests that run the changed function. Whatever no test notices is printed
as ``file:line``, and the exit status is 1.
"""

import argparse
import contextlib
import gc
import inspect
import io
import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeVar

import pytest
from _pytest.runner import runtestprotocol  # what plugins that run a test again use, for want of a public name

from portfolio.domain import permissions
from tests.tools.switches import Change, answers_of, calls_of, note_runs, rows, sites_of

TESTS_OF = {
    "portfolio.domain": ("tests/domain",),
    "portfolio.plan_reader": ("tests/plan_reader",),
}
"""Where rules are written, and where their tests are."""

PATIENCE = 60
"""Seconds of processor time that a test may take before it counts as red: a rule switched off may never end."""

ARGUMENTS = ["-q", "-W", "ignore", "--no-header", "-n", "0", "-o", "tmp_path_retention_policy=failed"]
ARGUMENTS += [f"-pno:{plugin}" for plugin in ("cacheprovider", "randomly", "schemathesis")]
ARGUMENTS += ["--assert=plain", "--tb=native", "--capture=sys"]  # nobody reads why a test failed, only that it did

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Run:
    """What a test did: how long it took, whether it failed and which functions it ran, by their numbers."""

    test: int
    seconds: float
    failed: bool
    functions: frozenset[int]


NOTHING = Change("", frozenset(), ("", ""), lambda: None)
"""No change at all, which no test may notice in whatever order they run."""


class Trial:
    """Pytest plugin: instead of running all tests once, run for each change those that it may turn red."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes
        self.functions = list(dict.fromkeys(change.function for change in changes))
        self.tests: list[pytest.Function] = []
        self.failing: list[str] = []
        self.survivors: list[Change] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests to see which functions each runs; then, for each change, those that run it, fast ones first."""
        self.tests = [item for item in session.items if isinstance(item, pytest.Function)]
        vars(session.config)["_tmp_path_factory"].getbasetemp()  # one folder for all processes
        cores = os.cpu_count() or 1
        parts = [range(core, len(self.tests), cores) for core in range(cores)]
        runs = [run for part in _in_children(self.observe, parts) for run in part]
        self.failing = [self.tests[run.test].nodeid for run in runs if run.failed]
        if not self.failing:
            tasks = sorted(self._tasks(runs), key=lambda task: -sum(run.seconds for run in task[1]))
            noticed = dict(zip((change for change, _ in tasks), _in_children(self.notices, tasks), strict=True))
            self.failing = [noticed[NOTHING]] if noticed[NOTHING] else []
            self.survivors = [change for change in self.changes if not noticed[change]]
        return True

    def observe(self, tests: Sequence[int]) -> list[Run]:
        """Run tests and return what each of them did; what a shared fixture ran counts for who asked for it first."""
        ran: set[int] = set()
        note_runs(self.functions, ran.add)
        runs = []
        for number, (test, after) in zip(tests, self._with_next(tests), strict=True):
            ran.clear()
            start = time.perf_counter()
            failed = self._fails(test, after)
            runs.append(Run(number, time.perf_counter() - start, failed, frozenset(ran)))
        return runs

    def _tasks(self, runs: Sequence[Run]) -> Iterator[tuple[Change, list[Run]]]:
        """Yield each change with the runs of the tests that it may turn red."""
        words = [frozenset(re.findall(r"\w+", inspect.getsource(test.function))) for test in self.tests]
        fast_first = sorted(runs, key=lambda run: run.seconds)
        numbers = {function: number for number, function in enumerate(self.functions)}
        yield NOTHING, fast_first
        for change in self.changes:
            reaching = [run for run in fast_first if numbers[change.function] in run.functions]
            reaching = reaching or fast_first  # for what ran while it was imported, and was kept
            yield change, [run for run in reaching if not change.missed_by or change.missed_by in words[run.test]]

    def notices(self, task: tuple[Change, Sequence[Run]]) -> str:
        """Switch a rule off for good, and return the first of these tests that fails, "" if none does."""
        change, runs = task
        change.make()
        for test, after in self._with_next([run.test for run in runs]):
            if self._fails_or_goes_on_for_ever(test, after):
                return test.nodeid
        return ""

    def _with_next(self, tests: Sequence[int]) -> Iterator[tuple[pytest.Function, pytest.Function | None]]:
        """Yield tests, each with the one after it, for which pytest keeps the fixtures that both use."""
        items = [self.tests[test] for test in tests]
        return zip_longest(items, items[1:])

    def _fails_or_goes_on_for_ever(self, test: pytest.Function, after: pytest.Function | None) -> bool:
        signal.signal(signal.SIGPROF, _enough)
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)  # of our own processor time: a busy machine changes nothing
        try:
            return self._fails(test, after)
        except TimeoutError:
            return True
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _fails(self, test: pytest.Function, after: pytest.Function | None) -> bool:
        return any(report.failed for report in runtestprotocol(test, log=False, nextitem=after))


def _in_children(work: Callable[[T], R], tasks: Sequence[T]) -> list[R]:
    """Do each task in a process of its own, which inherits all that is loaded; return the results in order."""
    gc.freeze()  # a collection in a child would copy all of it
    fork = multiprocessing.get_context("fork")
    with fork.Pool(os.cpu_count(), _inherit, (work, tasks), maxtasksperchild=1) as pool:
        return pool.map(_do, range(len(tasks)), chunksize=1)


_work: Callable[[Any], Any]
_tasks: Sequence[Any]


def _inherit(work: Callable[[Any], Any], tasks: Sequence[Any]) -> None:
    global _work, _tasks
    _work, _tasks = work, tasks


def _do(task: int) -> Any:
    return _work(_tasks[task])


def _enough(*_: object) -> None:
    raise TimeoutError("the tests go on for ever")


def survivors(changes: Sequence[Change], tests: Sequence[str]) -> list[Change]:
    """Return what can be switched off without a test turning red; each is tried in a process of its own."""
    trial = Trial(changes)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        ended = pytest.main([*ARGUMENTS, *tests], plugins=[trial])
    if ended != pytest.ExitCode.OK:
        sys.exit(f"The tests cannot be run:\n{output.getvalue()}")
    if trial.failing:
        sys.exit("\n".join(["These tests fail with every rule in force:", *trial.failing]))
    return trial.survivors


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", help="a refusal, a function, or the rows of a command or read")
    parser.add_argument("--package", action="append", help=f"where rules are written: {', '.join(TESTS_OF)}")
    parser.add_argument("--tests", action="append", help="where their tests are, if not in the usual folders and files")
    options = parser.parse_args(arguments)
    packages = options.package or list(TESTS_OF)
    changes: list[Change] = []
    for package in packages:
        changes += [*sites_of(package), *calls_of(package), *answers_of(package)]
        changes += rows() if permissions.__name__.startswith(f"{package}.") else []
    if options.only:
        changes = [change for change in changes if options.only in change.names]
        if not changes:
            parser.error(f"nothing that refuses, checks or answers is called {options.only} in {', '.join(packages)}")
    unnoticed = survivors(changes, options.tests or [path for package in packages for path in TESTS_OF[package]])
    for change in unnoticed:
        print(change)  # noqa: T201 - this is what the command is for
    print(f"{len(changes)} switched off, {len(unnoticed)} unnoticed")  # noqa: T201 - likewise
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
