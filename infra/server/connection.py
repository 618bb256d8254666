"""A connection: a client's socket that never blocks whoever writes to it, and whose bodies are waited for at a pace."""

import select
import socket
from contextlib import suppress
from time import monotonic
from typing import Any

from api.errors import RequestTooSlow
from infra.server.pace import Pace

LONGEST_BODY_SECONDS = 2 * 3600
READ_BYTES = 1 << 16
BODY_BYTES = 1 << 18
"""Bytes of a body that are taken from the system at once; gunicorn asks for four times as many, and copies them."""
POLL_SECONDS = 1.0


class Connection:
    """What a client sent and nobody has read, and what was answered and the client has not taken.

    gunicorn parses requests from it and writes answers to it as if it were a socket. It belongs to one thread at a
    time: the loop's, or the one that answers.
    """

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.client = client
        self.server = server
        self.inbox = bytearray()
        self.outbox = bytearray()
        self.deadline = 0.0
        """When the loop waits for it no longer, on the monotonic clock."""
        self.answer: Any = None
        """What is being answered, until all of it lies in the outbox."""
        self.stays_open = False
        """Whether another request may follow the answer."""
        self.drained = 0
        """Bytes of an unread body that were thrown away since the last look at the clock, and in all."""
        self.drained_in_all = 0
        self._pace: Pace | None = None
        self._last_moment = 0.0
        self._invitation = b""

    # what the loop does

    def fill(self, most: int) -> bool:
        """Take in what has arrived; tell whether the client is still there."""
        try:
            data = self.sock.recv(most)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.inbox += data
        return bool(data)

    def flush(self) -> int:
        """Send what the client takes now and return how much that was; raise ``OSError`` if it went away."""
        sent = self._send(self.outbox)
        del self.outbox[:sent]
        return sent

    def expect(self, pace: Pace | None) -> None:
        """Prepare for the next request: ``recv`` waits for a body that comes at this pace, or for nothing."""
        self._pace = pace
        self._last_moment = monotonic() + LONGEST_BODY_SECONDS
        self._invitation = b""
        self.stays_open = False

    def cut(self) -> None:
        """End whatever another thread is waiting for here."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    # what gunicorn asks of a socket

    def recv(self, size: int) -> bytes:
        """Return what is there, or what comes at the pace: ``b""`` if no more does, or none of a body is waited for.

        Raises ``RequestTooSlow``.
        """
        if self.inbox:
            data = bytes(self.inbox[:size])
            del self.inbox[:size]
            return data
        if self._pace is None:
            return b""
        invitation, self._invitation = self._invitation, b""
        if invitation:
            self.sendall(invitation)
        return self._arriving(self._pace, size)

    def send(self, invitation: bytes) -> int:
        """Keep "100 Continue", all that gunicorn sends so, until somebody wants the body: who is refused sends none."""
        self._invitation = invitation
        return len(invitation)

    def sendall(self, content: bytes) -> None:
        """Send what the client takes now and keep the rest; raise ``OSError`` if it went away."""
        sent = 0 if self.outbox else self._send(content)
        self.outbox += memoryview(content)[sent:]

    def gettimeout(self) -> float:
        """Say that this never blocks."""
        return 0.0

    def _send(self, content: bytes | bytearray) -> int:
        with suppress(BlockingIOError):
            return self.sock.send(content)
        return 0

    def _arriving(self, pace: Pace, size: int) -> bytes:
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        while True:
            begun = monotonic()
            poll.poll(POLL_SECONDS * 1000)
            piece: bytes | None = None
            with suppress(BlockingIOError):
                piece = self.sock.recv(min(size, BODY_BYTES))
            now = monotonic()
            pace.waited(now - begun, len(piece or b""))
            if pace.is_too_slow() or now > self._last_moment:
                raise RequestTooSlow
            if piece is not None:
                return piece
