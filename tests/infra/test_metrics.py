import http.client
import math
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any, cast
from uuid import UUID

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.serving import make_server
from werkzeug.test import Client

from infra.deployment import create
from infra.lock import folder_lock
from infra.main import Running, build
from infra.metrics import LOCK, PREFIX, Metrics, shared_figures
from infra.settings import Settings
from portfolio.application.originals import StoredFile, StoredFileAltered
from portfolio.application.ports import Busy
from portfolio.domain.deployment import CreateDeployment, DeploymentExists
from portfolio.domain.vocabulary import SYSTEM
from tests.architecture.source import ROOT
from tests.faults.postgres import wait_until
from tests.faults.service import PERSON, Server

NAME = "Ann Lee"


def samples(text: bytes) -> dict[tuple[str, str, str], float]:
    """Every figure by its name, its call or follower, and its outcome."""
    return {
        (each.name, each.labels.get("call") or each.labels.get("follower", ""), each.labels.get("outcome", "")): (
            each.value
        )
        for family in text_string_to_metric_families(text.decode())
        for each in family.samples
        if not each.name.endswith("_bucket")
    }


def asked(running: Running) -> bytes:
    """What anybody gets at /metrics."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = make_server("127.0.0.1", port, running.wsgi, fd=listener.fileno())
        thread = Thread(target=server.handle_request)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/plain")
        text = answer.read()
        connection.close()
        thread.join()
        server.server_close()
        return text


def test_a_deployment_at_work_tells_its_timings_and_lags_and_nothing_personal(tmp_path: Path) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    (administrator,) = create(settings, "demo", NAME)
    running = build(settings)
    try:
        with pytest.raises(DeploymentExists):
            running.record.handler.execute(CreateDeployment(mode="demo"), SYSTEM)
        assert running.projector.wait_for(running.record.journal.head(), 10)
        text = asked(running)
    finally:
        running.close()
    figures = samples(text)
    assert figures["portfolio_log_position", "", ""] == 5
    assert figures["portfolio_behind_facts", "views", ""] == 0
    assert figures["portfolio_behind_facts", "reactions", ""] in range(6)  # it has a pace of its own
    assert figures["portfolio_appends_waiting", "", ""] == 0
    assert figures["portfolio_journal_seconds_count", "read", "done"] >= 1
    assert figures["portfolio_views_seconds_count", "write", "done"] >= 1
    assert b'portfolio_log_bytes{file="facts.db"}' in text
    assert figures["process_resident_memory_bytes", "", ""] > 0
    assert NAME.encode() not in text
    assert str(administrator).encode() not in text
    told = {family.name for family in text_string_to_metric_families(text.decode())}
    ours = {name for name in told if name.startswith("portfolio_") and not name.endswith("_created")}
    table = re.findall(r"^\| (`portfolio_[^|]+)", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert {name for row in table for name in re.findall(r"`(portfolio_\w+)", row)} == ours


class Part:
    """A vault that is asked for one thing."""

    name = "part"

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)

    def seal(self, number: int) -> int:
        if self._faults:
            raise self._faults.pop()
        return number


def test_a_stored_file_that_is_gone_or_altered_is_counted_and_noted(tmp_path: Path) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", NAME)
    running = build(settings)
    try:
        services = cast(Any, running.wsgi)._application.extensions["portfolio"]
        gone = StoredFile(object_id=UUID(int=7), sha256="0" * 64, size=1)
        with pytest.raises(StoredFileAltered):
            next(services.originals.read(running.record.vault, gone, 0, 1))
        assert samples(services.metrics())["portfolio_altered_file_answers", "", ""] == 1
        ready = Client(running.wsgi).get("/readyz")
    finally:
        running.close()
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["noted"]["files"].startswith("Stored files that are missing or altered: 1.")


def test_a_call_is_counted_by_how_it_ended() -> None:
    metrics = Metrics()
    part = metrics.timed("vault", WithAll(Busy(), OSError()))
    for kind in (OSError, Busy):
        with pytest.raises(kind):
            part.seal(1)
    assert (part.seal(2), part.name) == (2, "part")
    figures = samples(metrics.text())
    ends = {
        end: number for (name, call, end), number in figures.items() if name == "portfolio_vault_seconds_count" and call
    }
    assert ends == {"fault": 1, "busy": 1, "done": 1}


class WithAll(Part):
    offer = receive = take = complete = discard = Part.seal


def gone() -> int:
    raise OSError


def test_a_part_that_cannot_be_asked_leaves_the_rest_told() -> None:
    metrics = Metrics()
    metrics.watch(gone, lambda: 2, lambda: 3, {"views": lambda: 5})
    figures = samples(metrics.text())
    assert figures["portfolio_refused_consequences", "", ""] == 2
    assert figures["portfolio_facts_set_aside", "", ""] == 3
    assert math.isnan(figures["portfolio_behind_facts", "views", ""])


REGISTERED = 8
LOOKS = 12
"""Times that figures are asked for, so that both processes of a server answer."""


@pytest.fixture
def two_processes(tmp_path: Path, database: str) -> Iterator[Server]:
    server = Server(tmp_path, database)
    server.start()
    yield server
    server.end(signal.SIGTERM)


def told(server: Server) -> bytes:
    """What one of the server's processes answers at /metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", server.settings.port)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read()
    connection.close()
    return text


def processes(text: bytes) -> set[int]:
    """The processes whose memory is told."""
    return {
        int(each.labels["pid"])
        for family in text_string_to_metric_families(text.decode())
        for each in family.samples
        if each.name == "process_resident_memory_bytes"
    }


def appends(server: Server) -> float:
    return samples(told(server)).get(("portfolio_journal_seconds_count", "append", "done"), 0.0)


@pytest.mark.slow
def test_of_two_processes_each_tells_of_both_and_what_one_counted_stays_when_it_is_killed(
    two_processes: Server,
) -> None:
    server = two_processes
    wait_until(lambda: len(processes(told(server))) == 2, "the second process is not told of")
    before = appends(server)
    for _ in range(REGISTERED):
        server.caller.done("POST", "/v1/people", PERSON)
    assert {appends(server) - before for _ in range(LOOKS)} == {REGISTERED}
    text = told(server)
    assert [line for line in text.splitlines() if line.startswith(b"portfolio_appends_waiting ")] == [
        b"portfolio_appends_waiting 0.0"
    ]
    assert samples(text)["portfolio_altered_file_answers", "", ""] == 0
    assert b"portfolio_log_position 13.0" in text
    first = processes(text)
    os.kill(min(first), signal.SIGKILL)
    wait_until(lambda: len(processes(told(server)) - first) == 1, "no process takes the killed one's place")
    assert min(first) not in processes(told(server))
    assert {appends(server) - before for _ in range(LOOKS)} == {REGISTERED}


@pytest.mark.slow
def test_what_processes_counted_together_is_gone_with_the_server(two_processes: Server) -> None:
    mapped = Path(f"/proc/{min(processes(told(two_processes)))}/maps").read_text()
    shared = {Path(line.split()[-1]).parent for line in mapped.splitlines() if line.endswith(".db")}
    assert {folder.stat().st_mode & 0o777 for folder in shared} == {0o700}
    two_processes.end(signal.SIGTERM)
    assert [folder.exists() for folder in shared] == [False]


def test_what_a_killed_server_left_is_taken_away_by_the_next_and_what_one_uses_is_not() -> None:
    with shared_figures(2) as used:
        assert used is not None
        killed = subprocess.run([sys.executable, "-c", LEAVE], capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        left = Path(killed.stdout.strip())
        assert (killed.returncode, left.name.startswith(PREFIX), left.is_dir()) == (-signal.SIGKILL, True, True)
        with shared_figures(2) as another:
            assert another is not None
            assert [Path(used).is_dir(), left.exists()] == [True, False]
        with shared_figures(1) as none:
            assert none is None
    assert [Path(used).exists(), Path(another).exists()] == [False, False]


def test_a_server_takes_away_no_deployment_that_lies_beside_and_waits_for_no_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.metrics.MEMORY", tmp_path)
    folder, keys = tmp_path / f"{PREFIX}data", tmp_path / f"{PREFIX}keys"
    folder.mkdir()
    with folder_lock(folder):
        create(Settings.read({"PORTFOLIO_FOLDER": str(folder), "PORTFOLIO_KEYS": str(keys)}), "demo", NAME)
    os.mkfifo(keys / LOCK)
    before = sorted(tmp_path.rglob("*"))
    with shared_figures(2):
        pass
    assert sorted(tmp_path.rglob("*")) == before


LEAVE = """
import os, signal
from infra.metrics import shared_figures
with shared_figures(2) as folder:
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
