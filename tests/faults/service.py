"""The service as its users have it: a server in a process group of its own, its writers, and a reader of the log."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from infra.deployment import create
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.settings import PREFIX, Settings
from infra.store.journal import EventJournal
from portfolio.application.ports import Busy
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.kernel import Entry
from portfolio.domain.person import PersonRegistered
from tests.faults.checker import Line
from tests.faults.postgres import free_port, wait_until
from tests.patience import PATIENCE
from tests.programs import PLAIN

COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]
ADMINISTRATOR = "Ann Lee"
PERSON = {"name": "Shared", "works_for": "centre"}
LIFETIME = timedelta(days=20 * 365)
"""Of a token: longer than a clock jumps here."""
POLL_SECONDS = 0.01
"""Seconds until the reader looks again at a log in which it found nothing."""
LONGEST = 30.0
"""Seconds after which an answer is not waited for."""
ASKED_IN_A_ROW = 4
"""Times, per process of the server, that something is asked of whichever of them answers."""
REST = 0.05
"""Seconds until a request that was not carried out is sent again, sooner than the service asks for."""
STALE, BUSY, FULL = 412, 503, 507
EXPIRED = 403
"""Of an address to send to, if a clock jumped."""


class Answer(NamedTuple):
    """What the service said."""

    status: int
    body: dict[str, Any]


class Unreachable(Exception):
    """The service gave no answer."""


class Caller:
    """Asks the service in the administrator's name, and keeps what none of its callers should ever be told."""

    def __init__(self, base_url: str, token: str) -> None:
        self._place, self._root = urlsplit(base_url)[1:3]
        self._token = token
        self.answers = 0
        self.slowest = (0.0, "")
        """Seconds that the slowest answer took, and to what."""
        self.refusals: dict[int, int] = {}
        self.wrong: list[str] = []

    def another(self) -> "Caller":
        """Return a caller for another thread."""
        return Caller(f"//{self._place}{self._root}", self._token)

    def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | bytes | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer, to bytes as to a CSV file; raise ``Unreachable`` if none comes, or half of one.

        With ``headers`` it is asked as anybody may, such as by an address that is signed.
        """
        kind = "text/csv" if isinstance(body, bytes) else "application/json"
        if headers is None:
            headers = {"Content-Type": kind, "Authorization": f"Bearer {self._token}"}
            headers |= {} if key is None else {"Idempotency-Key": key}
        connection, begun = http.client.HTTPConnection(self._place, timeout=LONGEST), monotonic()
        try:
            connection.request(
                method, f"{self._root}{path}", json.dumps(body) if isinstance(body, dict) else body, headers
            )
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError):
                self.wrong.append(f"{method} {path} was not answered within {LONGEST} s")
            raise Unreachable(str(error)) from error
        finally:
            connection.close()
            self.slowest = max(self.slowest, (monotonic() - begun, f"{method} {path.partition('?')[0]}"))
        self.answers += 1
        self._judge(f"{method} {path}", response)
        return Answer(response.status, json.loads(content) if content else {})

    def _judge(self, asked: str, response: http.client.HTTPResponse) -> None:
        """Note an answer that leaves the caller without a next step."""
        status = response.status
        if status < 400:
            return
        self.refusals[status] = self.refusals.get(status, 0) + 1
        if status not in (STALE, BUSY, FULL, EXPIRED if asked.startswith("PUT ") else None):
            self.wrong.append(f"{asked} was answered {status}")
        if asked.endswith("/readyz"):
            return
        if response.headers.get_content_type() != "application/problem+json":
            self.wrong.append(f"{asked} was answered {status} without a problem")
        if status == BUSY and not response.headers["Retry-After"]:
            self.wrong.append(f"{asked} was answered {status} without Retry-After")

    def done(self, method: str, path: str, body: dict[str, Any] | bytes | None = None, key: str | None = None) -> Any:
        """Return what the service answers when it has done what was asked, however often that takes."""
        until = monotonic() + PATIENCE
        while True:
            answer = self.ask(method, path, body, key)
            if answer.status < 400:
                return answer.body
            assert monotonic() < until, f"{method} {path} is answered {answer}"
            sleep(REST)


class Server:
    """A new deployment in a folder, and the server that is started over it.

    Facts lie in the database if one is named; ``through`` is its address as the server's processes use it, ``around``
    are further variables of theirs, settings among them. The service lies below ``path``.
    """

    def __init__(
        self,
        folder: Path,
        database: str | None = None,
        through: str | None = None,
        command: Sequence[str] = COMMAND,
        around: Mapping[str, str] | None = None,
        path: str = "",
    ) -> None:
        port = free_port()
        variables = {
            "PORTFOLIO_FOLDER": str(folder / "data"),
            "PORTFOLIO_PORT": str(port),
            "PORTFOLIO_RATES": "uploads=100000/minute seals=100000/minute imports=100000/minute",
            "PORTFOLIO_RESERVE_MB": "1",
            "PORTFOLIO_DRAFTS": "100000",
        }
        if database is not None:
            variables |= {
                "PORTFOLIO_DATABASE_URL": f"{database}{'&' if '?' in database else '?'}application_name=tests",
                "PORTFOLIO_WORKERS": "2",
                "PORTFOLIO_SHARED_VAULT": "yes",
            }
        if path:
            variables["PORTFOLIO_BASE_URL"] = f"http://127.0.0.1:{port}{path}"
        variables |= {name: value for name, value in (around or {}).items() if name.startswith(PREFIX)}
        self.settings = Settings.read(variables)
        self.settings.folder.mkdir()
        if database is not None:
            variables["PORTFOLIO_DATABASE_URL"] = through or database
        self._environment = {**PLAIN, **variables, **(around or {})}
        self._command = command
        self._log = folder / "server.log"
        self._read = 0
        self._process: subprocess.Popen[bytes] | None = None
        (administrator,) = create(self.settings, "demo", ADMINISTRATOR)
        self._token = self.token_of(administrator)
        self.caller = self.caller_with(self._token)

    def caller_with(self, token: str) -> Caller:
        """Return who asks this server, at its own port, in the name of whoever has the token."""
        return Caller(f"http://127.0.0.1:{self.settings.port}{self.settings.path}", token)

    def token_of(self, person: UUID) -> str:
        """Return a token of somebody, for as long as a clock may jump."""
        return LocalTokens(KeyFolder(self.settings.keys), now).issue(person, LIFETIME)

    def beside(self, command: Sequence[str]) -> "Server":
        """Return another server over the same deployment, not started, that this command runs.

        Over a database it has a folder of its own and a copy of the keys, as on another machine.
        """
        other = copy(self)
        other._environment = {**self._environment, "PORTFOLIO_PORT": str(free_port())}
        if "PORTFOLIO_DATABASE_URL" in self._environment:
            folder = self.settings.folder.with_name("beside")
            keys = shutil.copytree(self.settings.keys, folder.with_name("beside-keys"))
            other._environment |= {"PORTFOLIO_FOLDER": str(folder), "PORTFOLIO_KEYS": str(keys)}
        other.settings = Settings.read(other._environment)
        other._command, other._process = command, None
        other._log = self._log.with_name("beside.log")
        other.caller = other.caller_with(self._token)
        return other

    @property
    def pid(self) -> int:
        """Return the number of the process from which all others come."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when its address answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*self._command, "serve"],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(b"Serving on"):
            raise AssertionError(f"the server did not start: {self.log()[-2000:]}")

    def catch_up(self) -> None:
        """Return when lists show everything that has been written, and all is well, whichever process is asked."""
        last = self.caller.done("POST", "/v1/people", PERSON)["position"]
        asked = range(ASKED_IN_A_ROW * self.settings.workers)
        for _ in asked:
            self.caller.done("GET", f"/v1/people?after={last}&limit=1")
        wait_until(
            lambda: all(self.caller.ask("GET", "/readyz").status < 400 for _ in asked),
            f"the service is not ready: {self.caller.ask('GET', '/readyz').body}",
        )

    def log(self) -> str:
        """Return what the server has logged."""
        return self._log.read_text()

    def faults(self) -> Iterator[str]:
        """Yield where the server met what it did not expect, since the last time that this was asked."""
        lines = self.log().splitlines()
        for line in lines[self._read :]:
            if '"log":"portfolio.faults"' in line:
                yield " < ".join(
                    f"{fault['type']} at {', '.join(fault['frames'][-3:])}" for fault in json.loads(line)["faults"]
                )
        self._read = len(lines)

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
    """Sends one write after the other, each under a key of its own, and each until it is carried out.

    ``answered`` is what it was answered; ``pending`` what it sent last without having been answered; ``failed`` when it
    was last told of a request, or saw from a connection that broke, that it was not carried out.
    """

    def __init__(self, name: str, caller: Caller) -> None:
        self.answered: list[Line] = []
        self.pending: Wanted | None = None
        self.failed: dict[str, datetime] = {}
        self.caller = caller
        self._name = name
        self._sent = 0
        self._answered: list[Wanted] = []

    def write(self, shared: str, stop: Event) -> None:
        """Register people, and record what they and the ``shared`` person learned, until told to stop."""
        own = shared
        while not stop.is_set():
            if self.pending is None:
                self.pending = self._next(shared, own)
            answer = self._send(self.pending)
            if answer is None:
                stop.wait(REST)
                continue
            if self.pending.path == "/v1/people":
                own = answer["id"]
            self._answered.append(self.pending)
            self.pending = None

    def repeat(self) -> None:
        """Send again what was not answered, and everything that was answered since the last repetition."""
        for wanted in [*self._answered, *([self.pending] if self.pending else [])]:
            wait_until(lambda wanted=wanted: self._send(wanted) is not None, "a write is not carried out")  # type: ignore[misc]  # bound in the loop
        self.pending, self._answered = None, []

    def _send(self, wanted: Wanted) -> dict[str, Any] | None:
        """Send a write once; keep and return its answer if it was carried out."""
        try:
            answer = self.caller.ask("POST", wanted.path, wanted.body, wanted.mark)
        except Unreachable:
            self.failed[wanted.mark] = now()
            return None
        if answer.status >= 400:
            if answer.status != STALE:  # that is the truth, and not a failure
                self.failed[wanted.mark] = now()
            return None
        body = answer.body
        self.answered.append(Line(int(body["position"]), UUID(body["id"]), body["version"], wanted.mark))
        return body

    def _next(self, shared: str, own: str) -> Wanted:
        """Return the next write: a person to register, then what the shared, then their own person learned."""
        self._sent += 1
        mark = f"{self._name}/{self._sent}"
        if self._sent % 3 == 1:
            return Wanted(mark, "/v1/people", {"name": mark, "works_for": "centre"})
        person = shared if self._sent % 3 else own
        learned = {"kind": "training", "occurred_on": "2026-01-05", "detail": mark}
        return Wanted(mark, f"/v1/people/{person}/competences", learned)


class Visitor:
    """Looks at what anybody may look at, over and over, and must always be told something.

    ``may_fail`` says whether a look may now end without an answer.
    """

    LOOKS = ("/readyz", "/v1/people?limit=5", "/healthz", "/v1/people/{shared}")

    def __init__(self, caller: Caller, may_fail: bool) -> None:
        self.caller = caller
        self._may_fail = may_fail

    def look(self, shared: str, stop: Event) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            for path in self.LOOKS:
                try:
                    self.caller.ask("GET", path.format(shared=shared))
                except Unreachable as error:
                    if not self._may_fail:
                        self.caller.wrong.append(f"GET {path} was not answered: {error}")
                    stop.wait(REST)


class Tail:
    """Follows the log from its first fact in a thread of its own, beside the server and whatever happens to it."""

    def __init__(self, settings: Settings) -> None:
        self.read: list[Line] = []
        self.recorded: dict[str, datetime] = {}
        """When the fact of a request was recorded, by its mark."""
        self._settings = settings
        self._stop = Event()
        self._more = Condition()
        self._thread = Thread(target=self._follow)
        self._thread.start()

    def reach(self, position: int) -> None:
        """Wait until it has come to this position."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.read) >= position, PATIENCE), "the reader stands still"

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        with open_record(self._settings, read_only=True) as record:
            position = 0
            while not self._stop.is_set():
                try:
                    entries = record.journal.since(position)
                    if not entries:
                        record.journal.wait_past(position, POLL_SECONDS)
                        continue
                except Busy:
                    continue
                with self._more:
                    self.read += map(line_of, entries)
                    self.recorded |= {line_of(entry).mark: entry.at for entry in entries}
                    self._more.notify_all()
                position = entries[-1].position


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
