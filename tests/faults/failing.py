"""Runs a case over fresh copies of a deployment while each of its syncs fails in turn, and judges what is left.

``python -m tests.faults.failing --rounds 1500`` takes the cases of ``tests.faults.cases`` through that many rounds.
"""

import argparse
import contextlib
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from infra.cli import cli
from infra.cli.running import run
from tests.faults.case import Case, Done, known_facts
from tests.faults.cases import CASES
from tests.faults.syncs import Syncs
from tests.faults.upkeep_cases import SLOW_CASES, UPKEEP_CASES
from tests.programs import PLAIN

UNFORESEEN = ("Something went wrong on our side", "Traceback", "faults.log")
MOST_SYNCS = 4_000
"""More than any case makes."""


@dataclass
class Counts:
    """What happened in the rounds of a case: done in spite of it, said to have failed; and what was wrong."""

    rounds: int = 0
    done: int = 0
    failed: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    def wrong(self) -> list[str]:
        """Return everything that was wrong."""
        return [*self.lost, *self.doubled, *self.untrue]


class Rounds:
    """Rounds of one case, each over a fresh copy of what it begins from."""

    def __init__(self, case: Case, folder: Path, syncs: Syncs) -> None:
        self.case = case
        self.counts = Counts()
        self._syncs = syncs
        self._base = folder / case.name.replace(" ", "-")
        self._base.mkdir()
        case.prepare(self._base)
        before = syncs.made
        with self._copied() as copy:
            done = case.act(copy)
            assert done.status == 0, (case.name, done)
            self.syncs = syncs.made - before
        assert 0 < self.syncs < MOST_SYNCS

    def round(self, number: int) -> None:
        """Let that sync fail, and judge."""
        counts, name = self.counts, f"{self.case.name}, sync {number} of {self.syncs}"
        counts.rounds += 1
        with self._copied() as copy:
            known = known_facts(copy)
            self._syncs.fail(number)
            try:
                done = self.case.act(copy)
            finally:
                self._syncs.fail(0)
            counts.done += done.status == 0
            counts.failed += done.status != 0
            counts.untrue += [f"{name}: {what}" for what in untrue(done)]
            if known_facts(copy)[: len(known)] != known:
                counts.lost.append(f"{name}: facts from before are gone")
            counts.lost += [f"{name}: {what}" for what in self.case.missing(copy, done)]
            again = self.case.act(copy)
            there = done.status == 0 or not self.case.undone
            if again.status != 0 and not (there and self.case.again and self.case.again in again.told):
                counts.untrue.append(f"{name}: after {done.told!r} it says when repeated: {again.told}")
            whole = Done(0, again.out or done.out, "")
            counts.lost += [f"{name}, repeated: {what}" for what in self.case.missing(copy, whole)]
            counts.doubled += [f"{name}: {what}" for what in self.case.doubled(copy)]
            counts.untrue += [f"{name}: fsck: {what}" for what in self.case.differences(copy)]

    @contextlib.contextmanager
    def _copied(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._base.parent) as folder:
            copy = Path(folder) / "copy"
            shutil.copytree(self._base, copy)
            yield copy


def untrue(done: Done) -> Iterator[str]:
    """Yield what a command should not have said, or not so."""
    if done.status not in (0, 1):
        yield f"it ended with {done.status}: {done.told}"
    for words in UNFORESEEN:
        if words in done.told or words in done.out:
            yield f"it was not foreseen: {done.told}"
            return
    if done.status == 1 and not done.told.rstrip().endswith("."):
        yield f"it does not end with a sentence: {done.told}"


def command(*arguments: str) -> Done:
    """Run a command of the command line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(cli, list(arguments))
    return Done(status, out.getvalue(), err.getvalue())


def rounds(number: int, seed: int, names: list[str]) -> dict[str, Counts]:
    """Take the cases through so many rounds, in which each of their syncs fails as often as any other."""
    chance, syncs = random.Random(seed), Syncs.ours()  # noqa: S311 - an order, no secret
    with tempfile.TemporaryDirectory() as folder:
        usual = (*CASES, *UPKEEP_CASES)
        named = [case for case in (*usual, *SLOW_CASES) if case.name in names]
        cases = [Rounds(case(command), Path(folder), syncs) for case in named or usual]
        pairs = [(case, sync) for case in cases for sync in range(1, case.syncs + 1)]
        while number:
            for case, sync in chance.sample(pairs, min(number, len(pairs))):
                case.round(sync)
                number -= 1
        return {case.case.name: case.counts for case in cases}


def preloaded(number: int, seed: int, names: list[str]) -> "subprocess.CompletedProcess[str]":
    """Do as ``rounds`` in a process of its own whose syncs fail; raise ``NoCompiler``."""
    with tempfile.TemporaryDirectory() as folder:
        variables = Syncs.under(Path(folder)).variables
        arguments = ["--rounds", str(number), "--seed", str(seed), *names]
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "tests.faults.failing", *arguments],
            env={**PLAIN, **variables},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )


def main() -> int:
    """Print what each case came to, and everything that was wrong; return 1 if anything was."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=150)
    options.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 - an order, no secret
    options.add_argument("names", nargs="*", help="only these cases")
    asked = options.parse_args()
    if "SYNCS_COUNTED" not in os.environ:
        done = preloaded(asked.rounds, asked.seed, asked.names)
        sys.stdout.write(done.stdout)
        return done.returncode
    results = rounds(asked.rounds, asked.seed, asked.names)
    sums: Counter[str] = Counter()
    for name, counts in results.items():
        figures = {
            "rounds": counts.rounds,
            "done": counts.done,
            "failed": counts.failed,
            **{kind: len(getattr(counts, kind)) for kind in ("lost", "doubled", "untrue")},
        }
        sums.update(figures)
        print(f"{name}: {', '.join(f'{value} {kind}' for kind, value in figures.items())}")  # noqa: T201 - its report
    print(f"together, seed {asked.seed}: {', '.join(f'{value} {kind}' for kind, value in sums.items())}")  # noqa: T201 - its report
    wrong = [sentence for counts in results.values() for sentence in counts.wrong()]
    for sentence in wrong:
        print(sentence)  # noqa: T201 - its report
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
