"""Kills the server with requests in flight, again and again: ``python -m tests.faults.kill --rounds 50``."""

import argparse
import random
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from infra import fsck
from infra.main import open_record
from tests.faults.checker import differences
from tests.faults.service import PATIENCE, PERSON, Server, Tail, Writer, lines_of

WRITERS = 8
EARLIEST, LATEST = 0.0, 0.8
"""Seconds from a round's first answer to the kill."""

SHOWN = 20
"""Sentences about what is wrong that are printed."""


@dataclass
class Counts:
    """What happened: requests that a kill cut off, those of them whose fact was stored, kills with such ones."""

    seed: int
    kills: int = 0
    kills_between_commit_and_reply: int = 0
    cut_off: int = 0
    stored_but_not_told: int = 0
    told: int = 0
    facts: int = 0
    wrong: list[str] = field(default_factory=list)


def kill_and_check(
    folder: Path, rounds: int, seed: int, database: str | None = None, say: Callable[[str], object] = print
) -> Counts:
    """Let writers write and kill their server, ``rounds`` times; check the record after each kill and at the end."""
    say(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    counts = Counts(seed)
    server = Server(folder, database)
    writers = [Writer(f"writer-{number}", server.client) for number in range(WRITERS)]
    tail = Tail(server.settings)
    server.start()
    try:
        with ThreadPoolExecutor(WRITERS) as pool:
            for number in range(1, rounds + 1):
                shared = server.client.post("/v1/people", PERSON)["id"]
                told, killed = Event(), Event()
                work = [pool.submit(writer.write, shared, told, killed) for writer in writers]
                assert told.wait(PATIENCE), "nothing was answered"
                killed.wait(chance.uniform(EARLIEST, LATEST))
                killed.set()
                server.end(signal.SIGKILL)
                for each in work:
                    each.result()
                counts.kills += 1
                check(server, tail, writers, counts)
                server.start()
                for done in [pool.submit(writer.repeat) for writer in writers]:
                    done.result()
                server.catch_up()
                say(f"round {number}: {counts.facts} facts, {counts.stored_but_not_told} stored but not told")
        server.end(signal.SIGTERM)
        check(server, tail, writers, counts)
    finally:
        server.end(signal.SIGKILL)
        tail.close()
    return counts


def check(server: Server, tail: Tail, writers: list[Writer], counts: Counts) -> None:
    """Count what is in the record now, and note everything that is wrong with it."""
    with open_record(server.settings, read_only=True) as record:
        log = list(lines_of(record.journal))
        counts.facts = len(log)
        tail.reach(counts.facts)
        told = [line for writer in writers for line in writer.told]
        counts.told = len(told)
        counts.wrong += differences(log, told, tail.seen)
        counts.wrong += fsck.differences(record)
    stored = {line.mark for line in log}
    cut_off = [writer.pending.mark for writer in writers if writer.pending]
    between = [mark for mark in cut_off if mark in stored]
    counts.cut_off += len(cut_off)
    counts.stored_but_not_told += len(between)
    counts.kills_between_commit_and_reply += bool(between)


def main() -> int:
    """Run as often as asked; return 1 if anything was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options.add_argument("--database", help="A migrated, empty PostgreSQL database; SQLite if none is named.")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = kill_and_check(Path(folder), asked.rounds, asked.seed, asked.database, say)
    for name, value in vars(counts).items():
        if name != "wrong":
            say(f"{name.replace('_', ' ')}: {value}")
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
