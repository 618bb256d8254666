"""Somebody who speaks as clamd does, and says what the test wants of a file."""

import contextlib
import socket
import struct
from collections.abc import Sequence
from threading import Thread

VERSION = b"ClamAV 1.4.6/27650/Sat Nov 28 09:00:00 2026\n"
LEFT_OUT = b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\n"
CLEAN = b"stream: OK\n"
SILENCE = None


class Wire:
    """Answers who connects, one after another: the version, and of each file what comes next of ``answers``.

    What is None is never answered. With ``heard`` bytes of a file it breaks off.
    """

    def __init__(self, *answers: bytes | None, version: bytes | None = VERSION, heard: int | None = None) -> None:
        self._answers: Sequence[bytes | None] = answers
        self._version = version
        self._heard = heard
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._silent: list[socket.socket] = []
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._silent:
            connection.close()

    def _serve(self) -> None:
        answers = iter(self._answers)
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection.makefile("rb") as lines:
                command = lines.readline()
                answer = self._version
                if command == b"nINSTREAM\n":
                    heard = 0
                    while (head := lines.read(4)) and (size := struct.unpack("!L", head)[0]):
                        heard += len(lines.read(size))
                        if self._heard is not None and heard > self._heard:
                            break
                    answer = next(answers, b"")
                if answer is SILENCE:
                    self._silent.append(connection)
                    continue
                connection.sendall(answer)
            connection.close()
