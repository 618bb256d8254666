"""A real clamd with a folder of its own and two signatures of ours, and somebody who only speaks as one."""

import shutil
import signal
import socket
import subprocess
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.faults.postgres import free_port
from tests.patience import PATIENCE

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The text that scanners take for malware by agreement, so that they can be tried."""

LARGE = 2_000_000_000
SET_UP = {
    "StreamMaxLength": str(LARGE),
    "MaxFileSize": str(LARGE),
    "MaxScanSize": "4000M",
    "MaxScanTime": "600000",
    "AlertExceedsMax": "yes",
}
"""What docs/operations.md asks for."""


class Daemon:
    """A clamd that finds EICAR wherever it stands; ``changed`` are settings of its, "" for the default. Stop it."""

    def __init__(self, folder: Path, **changed: str) -> None:
        if CLAMD is None:
            pytest.skip("clamd is not on this machine (Debian: clamav-daemon; `make test` installs it)")
        self.socket, self.port = folder / "clamd.ctl", free_port()
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "ours.ndb").write_text(f"Eicar-Ours:0:*:{EICAR.hex()}\n")
        (folder / "temporary").mkdir()
        settings = {
            "Foreground": "yes",
            "DatabaseDirectory": str(signatures),
            "TemporaryDirectory": str(folder / "temporary"),
            "LocalSocket": str(self.socket),
            "TCPSocket": str(self.port),
            "TCPAddr": "127.0.0.1",
            **SET_UP,
            **changed,
        }
        self._configuration = folder / "clamd.conf"
        self._configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items() if value))
        self._log = folder / "clamd.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it and return when it answers."""
        command = [str(CLAMD), "--config-file", str(self._configuration)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own choice
        until = monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert monotonic() < until, self._log.read_text()
            sleep(0.05)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE), socket.socket(socket.AF_UNIX) as other:
                other.settimeout(PATIENCE)
                other.connect(str(self.socket))
                other.sendall(b"nPING\n")
                return other.recv(10) == b"PONG\n"
        except OSError:
            return False
