"""Backup and restore are killed again and again, beside a server that is written to: run once more, each goes on."""

import random
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.backup.manifest import read
from infra.fsck.deployment import differences
from infra.main import open_record
from infra.settings import Settings
from tests.faults.service import COMMAND, PERSON, PLAIN, Server, lines_of
from tests.soak import times

ROUNDS = times(2)
KILLS = 4
LONGEST = 1.5
"""Seconds after which a command is killed, at most: some are killed before they have done anything."""


def killed_and_finished(arguments: Sequence[str], settings: Settings, chance: random.Random) -> str:
    """Run a command that is killed several times at any moment, until it ends by itself; return what it says then."""
    environment = {**PLAIN, **settings.environment()}
    for _ in range(KILLS):
        with subprocess.Popen([*COMMAND, *arguments], env=environment, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own command
            try:
                process.wait(chance.uniform(0.3, LONGEST))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                continue
            return process.communicate()[1].decode()
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    ended_before_it_was_killed = "choose another folder" in done.stderr
    assert done.returncode == 0 or ended_before_it_was_killed, done.stderr
    return done.stderr


@pytest.mark.slow
def test_a_backup_and_a_restore_that_are_killed_go_on(tmp_path: Path) -> None:
    chance = random.Random(secrets.randbelow(2**32))  # noqa: S311 - when, not who
    server = Server(tmp_path)
    server.start()
    stop = Event()

    def write() -> None:
        while not stop.is_set():
            server.caller.done("POST", "/v1/people", PERSON)

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(ROUNDS):
            copy = tmp_path / f"copy {number}"
            killed_and_finished(["backup", str(copy)], server.settings, chance)
            keys = tmp_path / f"keys {number}"
            shutil.copytree(server.settings.keys, keys, ignore=shutil.ignore_patterns("chain-head*"))
            there = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / f"new {number}"), "PORTFOLIO_KEYS": str(keys)})
            killed_and_finished(["restore", str(copy)], there, chance)
            with open_record(there, read_only=True) as record:
                assert list(differences(record)) == []
                assert record.journal.head() == read(copy).contents.head
                with open_record(server.settings, read_only=True) as original:
                    for restored, there_before in zip(
                        lines_of(record.journal), lines_of(original.journal), strict=False
                    ):
                        assert restored == there_before
    finally:
        stop.set()
        writer.join()
        server.end(signal.SIGTERM)
