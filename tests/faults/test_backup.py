"""Backup and restore are killed again and again, beside a server that is written to: run once more, each goes on."""

import os
import random
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.backup.manifest import read
from infra.fsck.deployment import differences
from infra.main import build, new_id, open_record
from infra.settings import Settings, store_at
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.faults.service import COMMAND, PERSON, Server
from tests.faults.writing import lines_of
from tests.patience import PATIENCE
from tests.postgres import Databases, programs
from tests.programs import PLAIN
from tests.soak import times

ROUNDS = times(1)
KILLS = 4
LONGEST = 1.5
"""Seconds after which a command is killed, at most: some are killed before they have done anything."""


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs of the tests' PostgreSQL server be found first."""
    monkeypatch.setenv("PATH", programs(), prepend=os.pathsep)


def around(settings: Settings) -> dict[str, str]:
    """Return the variables of a command over a deployment."""
    return {**PLAIN, "PATH": os.environ["PATH"], **settings.environment()}


def killed_and_finished(arguments: Sequence[str], settings: Settings, chance: random.Random) -> str:
    """Run a command that is killed several times at any moment, until it ends by itself; return what it says then."""
    environment = around(settings)
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


def compare(there: Settings, origin: Settings, head: int) -> None:
    """Insist that what was restored agrees with itself and is what was there, as far as it goes."""
    with open_record(there, read_only=True) as record, open_record(origin, read_only=True) as original:
        assert list(differences(record)) == []
        assert record.journal.head() == head
        for restored, there_before in zip(lines_of(record.journal), lines_of(original.journal), strict=False):
            assert restored == there_before


def told_by(settings: Settings, *arguments: str) -> tuple[int, str]:
    """Return how a command ends and what it says."""
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        env=around(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_dump_of_the_databases_own_under_newer_keys_is_a_loss_until_it_is_accepted(
    tmp_path: Path, database: str, databases: Databases
) -> None:
    server, dump = Server(tmp_path, database), tmp_path / "dump"
    server.start()
    shown = int(server.caller.done("POST", "/v1/people", PERSON)["position"])
    server.catch_up()
    server.end(signal.SIGTERM)
    subprocess.run(["pg_dump", "--format=custom", f"--file={dump}", database], check=True)  # noqa: S603, S607 - PostgreSQL's own
    server.start()
    last = int(server.caller.done("POST", "/v1/people", PERSON)["position"])
    server.catch_up()
    server.end(signal.SIGTERM)
    with databases.borrow(prepared=False) as other:
        subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={other}", str(dump)], check=True)  # noqa: S603, S607 - likewise
        restored = replace(server.settings, store=store_at(server.settings.folder, other))
        for command in ("serve", "doctor", "repair"):
            status, told = told_by(restored, command)
            assert status == 1
            assert (
                f"but fact {last + 1} was known to the folder of the keys: the newest facts are lost. Put back" in told
            )
        status, told = told_by(restored, "fsck")
        assert (status, f"the newest facts are missing: the log had positions {last} to {last + 1}" in told) == (
            1,
            True,
        )
        assert told_by(restored, "accept-loss", "--reason", "The newest copy is from Monday")[0] == 0
        assert told_by(restored, "fsck")[0] == 0
        running = build(restored)
        try:
            person = RegisterPerson(person_id=new_id(), name="Mia", works_for="centre")
            position = running.record.handler.execute(person, SYSTEM).position
            assert position == shown + 3  # after the fact that says so
            assert running.projector.wait_for(position, PATIENCE)
        finally:
            running.close()


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_backup_and_a_restore_that_are_killed_go_on(
    tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(secrets.randbelow(2**32))  # noqa: S311 - when, not who
    server = Server(tmp_path, request.getfixturevalue("database") if store == "postgres" else None)
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
            variables = {"PORTFOLIO_FOLDER": str(tmp_path / f"new {number}"), "PORTFOLIO_KEYS": str(keys)}
            with ExitStack() as lent:
                if store == "postgres":
                    databases: Databases = request.getfixturevalue("databases")
                    variables["PORTFOLIO_DATABASE_URL"] = lent.enter_context(databases.borrow(prepared=False))
                    variables["PORTFOLIO_SHARED_VAULT"] = "yes"
                there = Settings.read(variables)
                killed_and_finished(["restore", str(copy)], there, chance)
                compare(there, server.settings, read(copy).contents.head)
    finally:
        stop.set()
        writer.join()
        server.end(signal.SIGTERM)
