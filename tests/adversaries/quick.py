"""A world whose stores answer as the real ones do, in less time: what was read is kept, files are judged at once."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

import msgspec
from flask import Flask

from infra.store.journal import EventJournal
from infra.vault import parsers
from infra.vault.folder import FolderVault
from portfolio.application.ports import AppendConditions, Receipt
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import Recorded
from tests.api.world import World

BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "localhost",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


class QuickJournal(EventJournal):
    """Reads each stream and link once until the next append; there is no other process that could append."""

    def __init__(self, env: Any, *, secret: bytes) -> None:
        super().__init__(env, secret=secret)
        self._streams: dict[UUID, Sequence[Recorded]] = {}
        self._links: dict[tuple[str, str], Sequence[UUID]] = {}

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        if until is not None:
            return super().read(stream, until, after)
        if stream not in self._streams:
            self._streams[stream] = super().read(stream)
        return self._streams[stream][after:]

    def links(self, name: str, key: str) -> Sequence[UUID]:
        if (name, key) not in self._links:
            self._links[name, key] = super().links(name, key)
        return self._links[name, key]

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        receipt = super().append(entries, conditions)
        self._streams.pop(receipt.stream, None)
        self._links.clear()
        return receipt


class QuickVault(FolderVault):
    """Judges a file in this process: in a history each is as harmless as the last."""

    @staticmethod
    def inspect(file: BinaryIO, _declared: str) -> Bounds:
        file.seek(0)
        return bounds_of(file.read())


@cache
def bounds_of(content: bytes) -> Bounds:
    """Return what the parsers say of a file."""
    parsers.load("")
    return msgspec.convert(parsers.identify(BytesIO(content), len(content)), Bounds)


@dataclass
class Answer:
    """What the service answered, as far as it is looked at."""

    status_code: int
    text: str

    def get_json(self) -> Any:
        return json.loads(self.text)


def ask(app: Flask, token: str, method: str, address: str, body: Any = None, file: bytes | None = None) -> Answer:
    """Ask the service over WSGI, as a server does; the test client takes a fifth of the time for what is the same."""
    path, _, query = address.partition("?")
    data = file or (b"" if body is None else json.dumps(body).encode())
    status: list[str] = []
    environ: dict[str, Any] = {
        **BASE,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": BytesIO(data),
    }
    if body is not None or file is not None:
        environ["CONTENT_TYPE"] = "application/json" if file is None else "text/csv"

    def start(said: str, _headers: Any, _error: Any = None) -> Any:
        status.append(said)

    parts = app.wsgi_app(environ, start)
    try:
        text = b"".join(parts).decode(errors="replace")
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return Answer(int(status[-1][:3]), text)


class QuickWorld(World):
    """A world on such stores."""

    journals: ClassVar[type[EventJournal]] = QuickJournal
    vaults: ClassVar[type[FolderVault]] = QuickVault
