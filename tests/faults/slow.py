"""Slow clients, many at once, beside people who use the service: ``python -m tests.faults.slow`` says what they met."""

import argparse
import hashlib
import http.client
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psutil

from api.bodies import OF_ONE_PERSON
from infra.adapters import VAULT
from infra.bench.large_file import chunks
from infra.demo import beginning
from infra.demo.cast import APPRENTICES
from infra.demo.stage import Stage
from infra.deployment import describe
from infra.identity.keys import UPLOAD_KEY, KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.vault.folder import FolderVault
from tests.faults.service import COMMAND, LONGEST, Server
from tests.patience import PATIENCE

HALF_OPEN, ANONYMOUS, UPLOADS, READERS = 1000, 64, 64, 64
LARGE, SMALL = 60_000_000, 600_000
"""Bytes of the file that is read slowly, and of each that is sent slowly."""
A_SECOND = 2_000
"""Bytes that a slow upload sends, and a slow reader takes, in a second."""
TICK_SECONDS = 1.0
CHAPTERS = (beginning.people, beginning.plan, beginning.criteria, beginning.forms, beginning.enrolments)
WHO = APPRENTICES[0].key


class Slow:
    """A client that begins with ``first`` and then sends ``more(seconds)`` or takes a little, once a second."""

    def __init__(self, place: tuple[str, int], first: bytes, more: Callable[[int], bytes], takes: int) -> None:
        self._place = place
        self._first = first
        self._more = more
        self._takes = takes
        self.received = bytearray()
        self.closed = 0
        self._open()

    def _open(self) -> None:
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(LONGEST)
        self.sock.connect(self._place)
        self.sock.sendall(self._first)
        self.sock.setblocking(False)
        self._seconds = 0

    def tick(self) -> None:
        """Go on by a second; begin again if the server has closed."""
        try:
            with suppress(BlockingIOError):
                data = self.sock.recv(self._takes)
                if not data:
                    raise ConnectionResetError
                self.received += data
            if piece := self._more(self._seconds):
                self.sock.send(piece)
            self._seconds += 1
        except OSError:
            self.closed += 1
            self.sock.close()
            with suppress(OSError):
                self._open()

    def end(self, rest: Callable[[int], bytes]) -> bytes:
        """Send the rest at once and return what is answered until the server closes."""
        self.sock.settimeout(PATIENCE)
        self.sock.sendall(rest(self._seconds))
        while data := self.sock.recv(1 << 20):
            self.received += data
        self.sock.close()
        return bytes(self.received)


@dataclass
class Met:
    """What people met beside the slow clients: seconds for each answer, and requests that got none."""

    health: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Megabytes that the server's processes held: before, and at most."""
    cut: dict[str, int] = field(default_factory=dict)
    """Connections that the server closed, by the kind of client."""
    wrong: list[str] = field(default_factory=list)


class Crowd:
    """A deployment with a large file and addresses to upload to, and slow clients of each kind around it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        place = urlsplit(server.settings.base_url)
        self.place = (place.hostname or "", place.port or 0)
        with open_record(server.settings, read_only=True) as record:
            deployment = describe(record.journal)
            assert deployment is not None
            administrator = next(iter(deployment.administrators))
        tokens = LocalTokens(KeyFolder(server.settings.keys), now)
        key = KeyFolder(server.settings.keys).read(UPLOAD_KEY)
        self._vault = FolderVault(server.settings.folder / VAULT, key, server.settings.base_url, now)
        self.stage = Stage(
            server.settings.base_url,
            lambda person: tokens.issue(person, timedelta(hours=2)),
            folder / "story.json",
            today=deployment.since,
            administrator=administrator,
        )
        for chapter in CHAPTERS:
            chapter(self.stage)
        enrolment = self.stage.id(f"{WHO} enrolment")
        self.described = {"enrolment_id": enrolment, "title": "Log", "filename": "log.txt", "media_type": "text/plain"}
        self.large = b"".join(chunks(LARGE))
        self.small = b"".join(chunks(SMALL))
        self.stage.upload(WHO, "large", "/v1/evidence", self.large, self.described, days_ago=3)
        self.token = tokens.issue(UUID(self.stage.id(WHO)), timedelta(hours=2))

    def half_open(self) -> list[Slow]:
        """Return clients that never end their first header."""
        return [Slow(self.place, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", _nothing, 100) for _ in range(HALF_OPEN)]

    def anonymous(self) -> list[Slow]:
        """Return clients without a token that send a body byte by byte."""
        first = self._head("POST", "/v1/people", "Content-Type: application/json", "Content-Length: 900000")
        return [Slow(self.place, first, lambda _: b" ", 100) for _ in range(ANONYMOUS)]

    def uploads(self) -> list[Slow]:
        """Return clients that send a file to an address of their own, as many for each person as are waited for."""
        sha256 = hashlib.sha256(self.small).hexdigest()
        clients = []
        for number in range(UPLOADS):
            (part,) = self._vault.offer(uuid4(), SMALL, sha256, UUID(int=number // OF_ONE_PERSON))
            url = urlsplit(part.url)
            first = self._head("PUT", f"{url.path}?{url.query}", f"Content-Length: {SMALL}", "Connection: close")
            clients.append(Slow(self.place, first, self._piece, 100))
        return clients

    def readers(self) -> list[Slow]:
        """Return clients that take a large file little by little."""
        path = f"/v1/evidence/{self.stage.id('large')}/content"
        first = self._head("GET", path, f"Authorization: Bearer {self.token}", "Connection: close")
        return [Slow(self.place, first, _nothing, A_SECOND) for _ in range(READERS)]

    def _head(self, method: str, path: str, *headers: str) -> bytes:
        return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {self.place[0]}", *headers, "", ""]).encode()

    def _piece(self, second: int) -> bytes:
        return self.small[second * A_SECOND : (second + 1) * A_SECOND]

    def rest(self, seconds: int) -> bytes:
        """Return what a slow upload has not sent after so many seconds."""
        return self.small[seconds * A_SECOND :]

    def beside(self, kinds: Sequence[str], seconds: float) -> Met:
        """Let slow clients of these kinds be there for so long; return what others met meanwhile."""
        met = Met(memory=[self._memory()])
        slow = {kind: getattr(self, kind)() for kind in kinds}
        stop = Event()
        work = [
            Thread(target=self._visit, args=("/healthz", met.health, met, stop)),
            Thread(target=self._visit, args=("/", met.page, met, stop)),
        ]
        for thread in work:
            thread.start()
        until, most = monotonic() + seconds, 0.0
        try:
            while monotonic() < until:
                begun = monotonic()
                for client in (client for clients in slow.values() for client in clients):
                    client.tick()
                most = max(most, self._memory())
                stop.wait(max(0.0, TICK_SECONDS - (monotonic() - begun)))
        finally:
            stop.set()
            for thread in work:
                thread.join()
        met.memory.append(most)
        met.cut = {kind: sum(client.closed for client in clients) for kind, clients in slow.items()}
        met.wrong = list(self._judge(slow))
        for client in (client for clients in slow.values() for client in clients):
            client.sock.close()
        return met

    def _visit(self, path: str, times: list[float], met: Met, stop: Event) -> None:
        while not stop.is_set():
            begun = monotonic()
            connection = http.client.HTTPConnection(*self.place, timeout=LONGEST)
            try:
                connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    met.unanswered.append(f"{path} was answered {answer.status}")
                times.append(monotonic() - begun)
            except (OSError, http.client.HTTPException) as error:
                met.unanswered.append(f"{path}: {error!r} after {monotonic() - begun:.0f} s")
            finally:
                connection.close()
            stop.wait(0.02)

    def _judge(self, slow: dict[str, list[Slow]]) -> Iterator[str]:
        """Yield what was done to clients that are slow and honest."""
        for client in slow.get("uploads", []):
            if client.closed or not client.end(self.rest).startswith(b"HTTP/1.1 204"):
                yield f"a slow upload was answered {bytes(client.received[:100])!r}"
        readers = slow.get("readers", [])
        yield from (f"a slow reader was cut off {client.closed} times" for client in readers if client.closed)
        if readers and not readers[0].end(lambda _: b"").endswith(b"\r\n\r\n" + self.large):
            yield "a slow reader was sent something else"
        for client in slow.get("anonymous", []):
            if client.received and not client.received.startswith(b"HTTP/1.1 401"):
                yield f"somebody without a token was answered {bytes(client.received[:100])!r}"

    def _memory(self) -> float:
        master = psutil.Process(self._server.pid)
        return float(sum(one.memory_info().rss for one in [master, *master.children(recursive=True)])) / 1e6


def _nothing(_: int) -> bytes:
    return b""


KINDS = ("half_open", "anonymous", "uploads", "readers")


def main() -> int:
    """Print what others meet beside each kind of slow client, then beside all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--together", action="store_true", help="only all kinds at once")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), command=COMMAND)
        server.start()
        try:
            crowd = Crowd(server, Path(folder))
            for kinds in [*([] if asked.together else [(kind,) for kind in KINDS]), KINDS]:
                say(kinds, crowd.beside(kinds, asked.seconds))
        finally:
            server.end(signal.SIGKILL)
    return 0


def say(kinds: Sequence[str], met: Met) -> None:
    """Print the figures."""
    parts = [" + ".join(kinds)]
    for name, times in (("healthz", met.health), ("page", met.page)):
        figures = f"{len(times)} answers, median {median(times):.3f} s, longest {max(times):.3f} s" if times else "none"
        parts.append(f"{name}: {figures}")
    parts.append(f"unanswered: {len(met.unanswered)} {met.unanswered[:2]}")
    parts.append(f"memory: {met.memory[0]:.0f} to {met.memory[1]:.0f} MB; closed by the server: {met.cut}")
    parts.append(f"wrong: {len(met.wrong)} {met.wrong[:2]}")
    sys.stdout.write("\n  ".join(parts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
