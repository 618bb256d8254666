"""The service as its users have it: a server in a process group of its own, and whoever calls it."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from infra.deployment import create
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now
from infra.settings import PREFIX, Settings
from tests.faults.postgres import free_port, wait_until
from tests.patience import PATIENCE
from tests.programs import PLAIN

COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]
ADMINISTRATOR = "Ann Lee"
PERSON = {"name": "Shared", "works_for": "centre"}
LIFETIME = timedelta(days=20 * 365)
"""Of a token: longer than a clock jumps here."""
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
