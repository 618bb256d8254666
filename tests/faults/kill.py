"""Injects faults into the service while people write and send files: ``python -m tests.faults.kill --rounds 50``."""

import argparse
import random
import secrets
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Event
from time import sleep

from infra.fsck.deployment import differences as fsck_differences
from infra.main import open_record
from tests.faults.checker import differences
from tests.faults.injected import FAULTS, Fault
from tests.faults.postgres import Postgres, wait_until
from tests.faults.sending import APPRENTICE, UNTIL_SEALED, Sender, enrol, files_missing
from tests.faults.service import PERSON, Caller
from tests.faults.writing import Tail, Visitor, Writer, lines_of

WRITERS = 8
EARLIEST, LATEST = 0.0, 0.8
"""Seconds from a round's first answer to the kill."""

SHOWN = 20
"""Sentences about what is wrong that are printed."""


@dataclass
class Counts:
    """What happened: requests that a fault cut off, those of them whose fact was stored, faults with such ones."""

    what: str
    seed: int
    rounds: int = 0
    between_commit_and_reply: int = 0
    """Rounds in which somebody was not told of a fact that was stored."""
    unanswered: int = 0
    """Requests that were answered late: at first they broke off, or were told to come again."""
    stored_but_unanswered: int = 0
    answered: int = 0
    """Answers that were compared with the record."""
    files: int = 0
    """Files that were said to be sealed, and looked for each time."""
    facts: int = 0
    longest_wait: tuple[float, str] = (0.0, "")
    """Seconds for an answer, be it that the record is busy, and what was asked."""
    refusals: Counter[int] = field(default_factory=Counter)
    noted: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Rounds:
    """Rounds of writing, a fault and a check, on one deployment."""

    def __init__(self, fault: Fault, database: Postgres | None, counts: Counts) -> None:
        self._server = server = fault.server
        self._fault = fault
        self._database = database
        self.counts = counts
        self._writers = [Writer(f"writer-{number}", server.caller.another()) for number in range(WRITERS)]
        enrol(server.settings)
        token = server.token_of(APPRENTICE)
        self._senders = [
            Sender(f"sender-{number}", Caller(server.settings.base_url, token)) for number in range(fault.senders)
        ]
        self._visitor = Visitor(server.caller.another(), fault.breaks_off)
        self._everybody: list[Writer | Sender] = [*self._writers, *self._senders]
        self._tail = Tail(server.settings)

    def run(self, rounds: int, say: Callable[[str], object]) -> None:
        """Check the record after each fault and at the end."""
        self._server.start()
        try:
            with ThreadPoolExecutor(len(self._everybody) + 1) as pool:
                for number in range(1, rounds + 1):
                    self._round(pool)
                    say(
                        f"round {number}: {self.counts.facts} facts, "
                        f"{self.counts.stored_but_unanswered} stored but not answered, "
                        f"longest wait {self.counts.longest_wait[0]:.2f} s, {len(self.counts.wrong)} wrong"
                    )
            self._server.end(signal.SIGTERM)
            self._check()
        except AssertionError as stuck:  # nobody could go on: the record may say why
            self.counts.wrong.append(str(stuck))
            self._server.end(signal.SIGKILL)
            self._check()
        finally:
            self._server.end(signal.SIGKILL)
            self._tail.close()

    def _round(self, pool: ThreadPoolExecutor) -> None:
        shared, stop = self._server.caller.done("POST", "/v1/people", PERSON)["id"], Event()
        work = [pool.submit(writer.write, shared, stop) for writer in self._writers]
        work += [pool.submit(sender.send, stop) for sender in self._senders]
        work.append(pool.submit(self._visitor.look, shared, stop))
        try:
            self._all_answered(work)
            sleep(self._fault.chance.uniform(EARLIEST, LATEST))
            self._fault.inject()
            if not self._fault.ends_the_service:
                self._fault.mend()
                self._all_answered(work)
        finally:
            stop.set()
        for each in work:
            each.result()
        if self._fault.ends_the_service:
            self._check()
            self._fault.mend()
        for done in [pool.submit(each.repeat) for each in self._everybody]:
            done.result()
        self._server.catch_up()
        if not self._fault.ends_the_service:
            self._check()
        self.counts.rounds += 1

    def _all_answered(self, work: list["Future[None]"]) -> None:
        """Return when everybody who writes or sends has been answered what they wanted since now."""
        before = [len(each.answered) for each in self._everybody]
        wait_until(
            lambda: (
                any(each.done() for each in work)
                or all(len(each.answered) > number for each, number in zip(self._everybody, before, strict=True))
            ),
            f"not everybody was answered within {UNTIL_SEALED} s",
            UNTIL_SEALED,
        )

    def _check(self) -> None:
        """Count what is in the record now, and note everything that is wrong with it."""
        counts = self.counts
        if self._database is not None:
            self._database.quiet()
        with open_record(self._server.settings, read_only=True) as record:
            log = list(lines_of(record.journal))
            counts.facts = len(log)
            self._tail.reach(counts.facts)
            answered = [line for writer in self._writers for line in writer.answered]
            counts.answered = len(answered)
            counts.wrong += differences(log, answered, self._tail.read)
            kept = [file for sender in self._senders for file in sender.answered]
            counts.files = len(kept)
            counts.wrong += files_missing(record, kept)
            counts.wrong += fsck_differences(record)
        failed = {mark: at for writer in self._writers for mark, at in writer.failed.items()}
        recorded = self._tail.recorded
        between = [mark for mark, at in failed.items() if mark in recorded and recorded[mark] < at]
        counts.unanswered += len(failed)
        counts.stored_but_unanswered += len(between)
        counts.between_commit_and_reply += bool(between)
        for writer in self._writers:
            writer.failed.clear()
        for caller in self._callers():
            counts.wrong += caller.wrong
            counts.longest_wait = max(counts.longest_wait, caller.slowest)
            counts.refusals.update(caller.refusals)
            caller.wrong.clear()
            caller.refusals.clear()
        counts.wrong += self._server.faults()
        counts.noted = self._fault.noted

    def _callers(self) -> list[Caller]:
        return [self._server.caller, self._visitor.caller, *(each.caller for each in self._everybody)]


def hit_and_check(
    folder: Path, rounds: int, seed: int, what: str, *, on_postgres: bool, say: Callable[[str], object] = print
) -> Counts:
    """Let writers write and inject the fault, ``rounds`` times; return what was counted and found wrong."""
    say(f"{what}, seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    counts = Counts(what, seed)
    with ExitStack() as opened:
        database = opened.enter_context(closing(FAULTS[what].prepared())) if on_postgres else None
        fault = opened.enter_context(closing(FAULTS[what](chance, folder, database)))
        Rounds(fault, database, counts).run(rounds, say)
    return counts


def main() -> int:
    """Run as often as asked; return 1 if anything was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--what", choices=FAULTS, default="server")
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    asked = options.parse_args()
    if asked.store == "sqlite" and not FAULTS[asked.what].without_a_server:
        options.error(f"{asked.what} needs a database server")
    with tempfile.TemporaryDirectory() as folder:
        on_postgres = asked.store == "postgresql"
        counts = hit_and_check(Path(folder), asked.rounds, asked.seed, asked.what, on_postgres=on_postgres, say=say)
    for name, value in vars(counts).items():
        if name not in ("wrong", "noted"):
            say(f"{name.replace('_', ' ')}: {value}")
    for name, figures in counts.noted.items():
        say(f"{name}: {len(figures)} times, median {median(figures):.2f}, most {max(figures):.2f}")
    say(f"wrong: {len(counts.wrong)}")
    for sentence in counts.wrong[:SHOWN]:
        say(sentence)
    return 1 if counts.wrong else 0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
