"""Work that one process at a time does: whoever holds an advisory lock of the database; the others stand by."""

from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread

import psycopg

from infra.store.postgres.listener import Listener
from infra.store.postgres.server import Connection, Server, connect
from portfolio.domain.kernel import Rejected

PROJECTOR_LOCK, REACTOR_LOCK, CHAIN_LOCK, OUTBOX_LOCK = 7020101103, 7020101104, 7020101106, 7020101107
"""The locks."""
LOCK_RETRY_INTERVAL = 0.25
"""Seconds between two tries to get the lock."""
LIVENESS_INTERVAL = 0.5
"""Seconds between two looks whether the lock's connection still lives."""
DEAD_PEER_SETTINGS = (
    "SET tcp_keepalives_idle = 1",
    "SET tcp_keepalives_interval = 1",
    "SET tcp_keepalives_count = 2",
    "SET tcp_user_timeout = 2000",
)
"""Lets the server free the lock within seconds when the holder's machine is gone."""

Work = Callable[[Event], None]
"""Does its work until the event is set."""
Meanwhile = Callable[[float], None]
"""Passes the given seconds usefully."""


def one_at_a_time(url: str, lock: int, work: Work, stop: Event, meanwhile: Meanwhile | None = None) -> None:
    """Do the work whenever this process holds the lock, until ``stop`` is set; pass the time ``meanwhile``.

    A holder that loses the lock unawares goes on for up to half a second: the work must bear a second worker. One whose
    work ends by itself lets another process have the lock.
    """
    while not stop.is_set():
        try:
            with connect(url) as connection:
                for setting in DEAD_PEER_SETTINGS:
                    connection.execute(setting)
                while not (stop.is_set() or locked(connection, lock)):
                    (meanwhile or stop.wait)(LOCK_RETRY_INTERVAL)
                hold(connection, work, stop)
        except (psycopg.Error, Rejected):  # the server cannot be asked, here or by what passes the time
            stop.wait(LOCK_RETRY_INTERVAL)


def locked(connection: Connection, lock: int) -> bool:
    """Tell whether the lock is ours now."""
    return connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone() == (True,)


def hold(connection: Connection, work: Work, stop: Event) -> None:
    """Let the work be done until it ends by itself or ``stop`` is set; raise ``psycopg.Error`` if the lock is lost."""
    end = Event()
    thread = Thread(target=work, args=(end,), name="elected", daemon=True)
    thread.start()
    try:
        while thread.is_alive() and not stop.wait(LIVENESS_INTERVAL):
            connection.execute("SELECT 1")
    finally:
        end.set()
        thread.join()


def project(
    url: str, tables: Sequence[str], work: Work, show: Callable[[Mapping[str, int]], None], stop: Event
) -> None:
    """Do the projector's work one at a time; while another process does it, tell ``show`` how far it has come."""
    shown = Shown(url, tables, show)
    try:
        one_at_a_time(url, PROJECTOR_LOCK, work, stop, shown)
    finally:
        shown.close()


class Shown:
    """Tells ``show``, when called, how far the process that projects has brought all these tables."""

    def __init__(self, url: str, tables: Sequence[str], show: Callable[[Mapping[str, int]], None]) -> None:
        self._server = Server(url)
        self._listener = Listener(url, "views")
        self._tables = list(tables)
        self._show = show

    def __call__(self, seconds: float) -> None:
        """Look again and again for so many seconds."""
        self._listener.wait(self._look, seconds)

    def _look(self) -> bool:
        question = "SELECT follower, position FROM views.positions WHERE follower = ANY(%s)"
        stored = {follower: int(position) for follower, position in self._server.rows(question, (self._tables,))}
        self._show({table: stored.get(table, 0) for table in self._tables})
        return False

    def close(self) -> None:
        """Close the connections."""
        self._listener.close()
        self._server.close()
