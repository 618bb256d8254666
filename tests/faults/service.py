"""The service as its users have it: a server in a process group of its own, its writers, and a reader of the log."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from infra.demo.client import Client, Refused, Unreachable
from infra.deployment import create
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.settings import Settings
from infra.store.journal import EventJournal
from portfolio.domain.kernel import Entry
from portfolio.domain.person import CompetenceRecorded, PersonRegistered
from tests.faults.checker import Line

COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PORTFOLIO_")}
ADMINISTRATOR = "Ann Lee"
PERSON = {"name": "Shared", "works_for": "centre"}
LIFETIME = timedelta(hours=12)
LOOK_AGAIN = 0.01
"""Seconds until the reader looks again at a log in which it found nothing."""
PATIENCE = 60.0
"""Seconds after which what should have come long ago is given up."""
AGAIN = {"stale-version", "busy", "not-there-yet"}
"""Refusals after which the same request is sent again."""


class Server:
    """A new deployment in a folder, on PostgreSQL if a database is named, and the server that is started over it."""

    def __init__(self, folder: Path, database: str | None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        chosen = {"PORTFOLIO_FOLDER": str(folder / "data"), "PORTFOLIO_PORT": str(port)}
        if database is not None:
            chosen["PORTFOLIO_DATABASE_URL"] = database
        self.settings = Settings.read(chosen)
        self.settings.folder.mkdir()
        self._environment = {**PLAIN, **chosen}
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        administrator = create(self.settings, "demo", ADMINISTRATOR)
        token = LocalTokens(KeyFolder(self.settings.keys), now).issue(administrator, LIFETIME)
        self.client = Client(self.settings.base_url, token)

    def start(self) -> None:
        """Start the server and return when its address answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*COMMAND, "serve"], env=self._environment, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said.startswith(b"Serving on"):
            raise AssertionError(f"the server did not start: {self._log.read_text()[-2000:]}")

    def catch_up(self) -> None:
        """Return when lists show everything that has been written."""
        last = self.client.post("/v1/people", PERSON)["position"]
        until = monotonic() + PATIENCE
        while True:
            try:
                self.client.get("/v1/people", after=last, limit=1)
            except Refused as refused:
                if refused.code not in AGAIN or monotonic() > until:
                    raise
            else:
                return

    def end(self, how: signal.Signals) -> None:
        """Send every process of the server, if it runs, this signal and return when the last of them is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        os.killpg(process.pid, how)  # it is not waited for yet, so its number is still its own
        assert process.stdout is not None
        process.stdout.read()  # it ends when nobody is left who could write
        process.stdout.close()
        process.wait()


class Wanted(NamedTuple):
    """A write: where it is sent, what is said, and the mark that is its idempotency key and stands in its fact."""

    mark: str
    path: str
    body: dict[str, Any]


class Writer:
    """Sends one write after the other, each under a key of its own, until the server is killed.

    ``told`` is what it was answered; ``pending`` what it sent last without having been answered.
    """

    def __init__(self, name: str, client: Client) -> None:
        self.told: list[Line] = []
        self.pending: Wanted | None = None
        self._name = name
        self._client = client
        self._sent = 0
        self._answered: list[Wanted] = []

    def write(self, shared: str, told: Event, killed: Event) -> None:
        """Register people, and record what they and the ``shared`` person learned, until the server is gone."""
        own = shared
        while True:
            if self.pending is None:
                self.pending = self._next(shared, own)
            try:
                answer = self.send(self.pending)
            except Unreachable:
                if killed.is_set():
                    return
                raise
            if self.pending.path == "/v1/people":
                own = answer["id"]
            self._answered.append(self.pending)
            self.pending = None
            told.set()

    def repeat(self) -> None:
        """Send again what was not answered, and everything that was answered since the last repetition."""
        for wanted in [*self._answered, *([self.pending] if self.pending else [])]:
            self.send(wanted)
        self.pending, self._answered = None, []

    def send(self, wanted: Wanted) -> dict[str, Any]:
        """Send a write until it is carried out, and keep its answer."""
        while True:
            try:
                answer: dict[str, Any] = self._client.post(wanted.path, wanted.body, wanted.mark)
            except Refused as refused:
                if refused.code not in AGAIN:
                    raise
            else:
                self.told.append(Line(int(answer["position"]), UUID(answer["id"]), answer["version"], wanted.mark))
                return answer

    def _next(self, shared: str, own: str) -> Wanted:
        """Return the next write: a person to register, then what the shared, then their own person learned."""
        self._sent += 1
        mark = f"{self._name}/{self._sent}"
        if self._sent % 3 == 1:
            return Wanted(mark, "/v1/people", {"name": mark, "works_for": "centre"})
        person = shared if self._sent % 3 else own
        learned = {"kind": "training", "occurred_on": "2026-01-05", "detail": mark}
        return Wanted(mark, f"/v1/people/{person}/competences", learned)


class Tail:
    """Follows the log from its first fact in a thread of its own, beside the server and whatever happens to it."""

    def __init__(self, settings: Settings) -> None:
        self.seen: list[Line] = []
        self._settings = settings
        self._stop = Event()
        self._more = Condition()
        self._thread = Thread(target=self._follow)
        self._thread.start()

    def reach(self, position: int) -> None:
        """Wait until it has come to this position."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.seen) >= position, PATIENCE), "the reader stands still"

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        with open_record(self._settings, read_only=True) as record:
            position = 0
            while not self._stop.is_set():
                entries = record.journal.since(position)
                with self._more:
                    self.seen += map(line_of, entries)
                    self._more.notify_all()
                if entries:
                    position = entries[-1].position
                else:
                    record.journal.wait_past(position, LOOK_AGAIN)


def line_of(entry: Entry) -> Line:
    """Return where a fact stands, and the mark of the writer that asked for it."""
    match entry.fact:
        case PersonRegistered(name=mark) | CompetenceRecorded(detail=mark) if "/" in mark:
            pass
        case _:
            mark = ""
    return Line(entry.position, entry.originator_id, entry.originator_version, mark)


def lines_of(journal: EventJournal) -> Iterator[Line]:
    """Yield the whole log."""
    position = 0
    while entries := journal.since(position):
        yield from map(line_of, entries)
        position = entries[-1].position
