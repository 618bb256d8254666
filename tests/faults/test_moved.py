"""Files that are moved, removed or replaced under a running server: nothing acknowledged lies where nobody looks."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.main import open_record
from tests.faults.postgres import wait_until
from tests.faults.service import PERSON, Answer, Server

pytestmark = pytest.mark.slow

WRITES = 5
PAGE = 4096


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give a running server."""
    server = Server(tmp_path)
    server.start()
    server.catch_up()
    yield server
    server.end(signal.SIGKILL)


def write(server: Server) -> list[int]:
    """Return the positions that some writes were acknowledged with."""
    return [int(server.caller.done("POST", "/v1/people", PERSON)["position"]) for _ in range(WRITES)]


def refused(server: Server) -> Answer:
    """Return how a write is refused; nobody may be told that it was done."""
    answer = server.caller.ask("POST", "/v1/people", PERSON)
    assert answer.status == 503, answer
    return answer


def wrong(server: Server) -> dict[str, Any]:
    """Return what /readyz says is wrong."""
    answer = server.caller.ask("GET", "/readyz")
    assert answer.status == 503
    wrong: dict[str, Any] = answer.body["wrong"]
    return wrong


def head(server: Server) -> int:
    with open_record(server.settings, read_only=True) as record:
        return record.journal.head()


def test_a_folder_that_is_moved_away_takes_no_more_writes_and_is_whole_when_it_is_back(server: Server) -> None:
    last = write(server)[-1]
    folder = server.settings.folder
    away = folder.rename(folder.with_name("away"))
    for _ in range(WRITES):
        assert "was moved away or replaced" in refused(server).body["detail"]
    assert "facts.db was moved away or replaced under the running service" in wrong(server)["store"]
    folder.mkdir()
    shutil.copy(away / "facts.db", folder / "facts.db")
    assert "was moved away or replaced" in refused(server).body["detail"]
    server.end(signal.SIGKILL)
    shutil.rmtree(folder)
    away.rename(folder)
    server.start()
    assert head(server) == last
    assert write(server)[-1] == last + WRITES
    assert list(server.faults()) == []


def test_facts_whose_log_of_writes_is_removed_are_kept_in_the_file_itself(server: Server) -> None:
    last = write(server)[-1]
    (server.settings.folder / "facts.db-wal").unlink()
    assert "facts.db-wal was moved away or replaced" in refused(server).body["detail"]
    assert "facts.db-wal was moved away or replaced" in wrong(server)["store"]
    server.end(signal.SIGKILL)
    server.start()
    assert head(server) == last
    assert write(server)[-1] == last + WRITES


def test_an_older_copy_in_the_place_of_the_record_is_named_and_not_served(server: Server) -> None:
    server.end(signal.SIGTERM)
    file = server.settings.folder / "facts.db"
    copy = file.with_name("copy")
    settle(file)
    shutil.copy(file, copy)
    before = head(server)
    server.start()
    last = write(server)[-1]
    server.catch_up()
    copy.replace(file)
    refused(server)
    assert "facts.db was moved away or replaced" in wrong(server)["store"]
    server.end(signal.SIGKILL)
    for beside in ("facts.db-wal", "facts.db-shm"):
        (server.settings.folder / beside).unlink(missing_ok=True)
    with pytest.raises(AssertionError, match=f"The record ends with fact {before}, but fact {last + 1} was known to"):
        server.start()


def test_a_log_of_writes_that_is_removed_while_nothing_runs_is_a_loss(server: Server) -> None:
    last = write(server)[-1]
    server.catch_up()
    server.end(signal.SIGKILL)
    (server.settings.folder / "facts.db-wal").unlink()
    with pytest.raises(AssertionError, match=f"but fact {last + 1} was known to .*the newest facts are lost. Put back"):
        server.start()


def test_views_that_are_removed_are_named_and_made_again_at_the_next_start(server: Server) -> None:
    last = write(server)[-1]
    (server.settings.folder / "views.db").unlink()
    assert "views.db was moved away or replaced" in wrong(server)["views"]
    server.end(signal.SIGTERM)
    server.start()
    server.catch_up()
    assert server.caller.done("GET", f"/v1/people?after={last}&limit=1")
    assert list(server.faults()) == []


def settle(file: Path) -> None:
    """Bring into a file what is in its log of writes."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def spoil(file: Path, how: str) -> None:
    """Damage a file in place, with everything in it that was in its log of writes."""
    settle(file)
    if how == "cut":
        os.truncate(file, 2 * PAGE)
        return
    with file.open("r+b") as opened:
        first = {"all": 0, "all but the first page": 1}[how]
        opened.seek(first * PAGE)
        opened.write(b"\xff" * (file.stat().st_size - first * PAGE))


@pytest.mark.parametrize("how", ["all", "all but the first page", "cut"])
def test_facts_that_are_damaged_in_place_are_named_and_nothing_is_answered_from_them(server: Server, how: str) -> None:
    write(server)
    file = server.settings.folder / "facts.db"
    spoil(file, how)
    named = f"{file} is damaged, so nothing is recorded any more: stop the service"
    assert refused(server).body["detail"].startswith(named)
    assert server.caller.ask("GET", f"/v1/people/{uuid4()}").status == 503
    assert wrong(server)["store"].startswith(named)
    assert list(server.faults()) == []
    server.end(signal.SIGTERM)
    with pytest.raises(AssertionError, match=rf"{file} (is not a store of facts|is damaged)"):
        server.start()


@pytest.mark.parametrize("how", ["all", "all but the first page", "cut"])
def test_views_that_are_damaged_in_place_are_named_and_made_again_at_the_next_start(server: Server, how: str) -> None:
    write(server)
    server.catch_up()
    file = server.settings.folder / "views.db"
    spoil(file, how)
    last = write(server)[-1]
    assert server.caller.ask("GET", "/v1/people").status == 503
    wait_until(
        lambda: "start the service again, which then makes" in str(wrong(server).get("views")), "views are named"
    )
    assert list(server.faults()) == []
    server.end(signal.SIGTERM)
    server.start()
    server.catch_up()
    assert server.caller.done("GET", f"/v1/people?after={last}&limit=1")


def test_views_that_are_cut_short_while_they_are_read_end_no_process(server: Server) -> None:
    write(server)
    server.catch_up()
    file = server.settings.folder / "views.db"
    settle(file)
    for _ in range(20):
        assert server.caller.done("GET", "/v1/people")
    os.truncate(file, PAGE)
    assert server.caller.ask("GET", "/v1/people").status in (200, 503)  # as far as it was read before, or not at all
    write(server)
    wait_until(lambda: server.caller.ask("GET", "/v1/people").status == 503, "lists are refused")
    assert "start the service again, which then makes" in wrong(server)["views"]
    assert list(server.faults()) == []


def test_keys_that_are_removed_are_named_until_they_are_back(server: Server) -> None:
    key = server.settings.keys / "index-key"
    kept = key.read_bytes()
    key.unlink()
    assert "index-key" in wrong(server)["keys"]
    key.write_bytes(kept)
    key.chmod(0o600)
    wait_until(lambda: server.caller.ask("GET", "/readyz").status == 200, "the keys are back")
