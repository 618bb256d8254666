"""Stands between the service and its database, and cuts connections, also in the middle of an answer."""

import contextlib
import random
import socket
import struct
from threading import Lock, Thread

from tests.faults.postgres import free_port

CHUNK_BYTES = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""The option under which a closed connection is reset."""


class Pair:
    """A caller's connection and the one to the server behind it."""

    def __init__(self, caller: socket.socket, server: socket.socket) -> None:
        self._caller = caller
        self._server = server
        self.sent = 0
        self.open = True
        self._left: int | None = None
        self._threads = [
            Thread(target=self._pass_on, args=(caller, server), daemon=True),
            Thread(target=self._answer, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def cut(self, after: int, *, reset: bool) -> None:
        """Cut it when so many more bytes of answers have passed."""
        if reset:
            with contextlib.suppress(OSError):  # it may just have ended by itself
                self._caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._left = after
        if not after:
            self.close()

    def close(self) -> None:
        """End both connections."""
        self.open = False
        for end in (self._caller, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _answer(self) -> None:
        self._pass_on(self._server, self._caller, limited=True)

    def _pass_on(self, source: socket.socket, target: socket.socket, *, limited: bool = False) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                self.sent += 0 if limited else len(chunk)
                left = self._left if limited else None
                target.sendall(chunk if left is None else chunk[:left])
                if left is not None:
                    self._left = max(0, left - len(chunk))
                    if not self._left:
                        break
        self.close()


class Proxy:
    """Passes on what is sent to its port. Close it when done."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._pairs: list[Pair] = []
        self._sent_before = 0
        self._lock = Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def sent(self) -> int:
        """Return how many bytes callers have sent so far."""
        with self._lock:
            return self._sent_before + sum(pair.sent for pair in self._pairs)

    def cut(self, chance: random.Random, share: float, longest_answer: int) -> int:
        """Cut this share of the connections, half of them at once, and return how many."""
        with self._lock:
            self._sent_before += sum(pair.sent for pair in self._pairs if not pair.open)
            self._pairs = [pair for pair in self._pairs if pair.open]
            pairs = [pair for pair in self._pairs if chance.random() < share]
        for pair in pairs:
            after = 0 if chance.random() < 0.5 else chance.randint(1, longest_answer)
            pair.cut(after, reset=chance.random() < 0.5)
        return len(pairs)

    def close(self) -> None:
        """Listen no more, and cut everything."""
        self._listener.close()
        for pair in self._pairs:
            pair.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    caller.close()
                    continue
                with self._lock:
                    self._pairs.append(Pair(caller, server))
