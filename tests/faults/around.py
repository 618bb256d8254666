"""What stands around machines and may be held up: a mail server, and a receiver of webhooks."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any, NamedTuple

from standardwebhooks import Webhook

from tests.faults.service import REST
from tests.mails import Post
from tests.patience import PATIENCE


class Gate:
    """Lets those through who come, or holds them and says from which port each came that it holds."""

    def __init__(self) -> None:
        self.held: Queue[int] = Queue()
        self.open = Event()
        self.open.set()

    def shut(self) -> None:
        """Hold whoever comes from now on."""
        self.open.clear()

    def next_held(self) -> int:
        """Return the port of the one who is held next, who may be on the way."""
        return self.held.get(timeout=PATIENCE)


class Got(NamedTuple):
    """What was sent to a webhook."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """Takes what is sent to webhooks; at its ``gate`` a delivery hangs that has arrived and was not answered."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.gate = Gate()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Got(self.path, dict(self.headers), body))
                if not receiver.gate.open.is_set():
                    receiver.gate.held.put(self.client_address[1])
                    receiver.gate.open.wait(PATIENCE)
                with suppress(OSError):  # who waited may be dead
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take nothing any more."""
        self.gate.open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Mails(Post):
    """A mail server that tells links from notices; at its ``gate`` a notice hangs that it has and has not taken on."""

    def __init__(self, folder: Path) -> None:
        self.links: Queue[EmailMessage] = Queue()
        self.notices: list[EmailMessage] = []
        self.gate = Gate()
        super().__init__(folder)

    def stop(self) -> None:
        """Be down; nobody is held then."""
        self.gate.open.set()
        super().stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - named by aiosmtpd
        answer = await super().handle_DATA(server, session, envelope)
        mail = self.mails.get_nowait()
        if mail["Message-ID"].startswith("<sign-in-"):
            self.links.put(mail)
            return answer
        self.notices.append(mail)
        if not self.gate.open.is_set():
            self.gate.held.put(session.peer[1])
            while not self.gate.open.is_set():
                await asyncio.sleep(REST)
        return answer


def verified(secret: str, got: Got) -> bool:
    """Tell whether what a webhook was sent is signed with this secret, by the specification's own library.

    How old it is by now does not count: that it was sent with the time that it was sent at, other tests say.
    """
    sent_at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    signed = Webhook(secret).sign(got.headers["webhook-id"], sent_at, got.body.decode())
    return signed in got.headers["webhook-signature"].split()
