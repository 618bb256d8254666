"""Fault injection: each fault is injected into the service or what it stands on, and is mended."""

import os
import random
import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic, sleep

import psutil
import psycopg

from infra.store.postgres.standby import PROJECTOR_LOCK
from tests.faults.clock import set_clock
from tests.faults.disk import SmallDisk
from tests.faults.postgres import Postgres, wait_until
from tests.faults.proxy import Proxy
from tests.faults.service import BUSY, PERSON, Server
from tests.faults.syncs import Syncs


class Fault:
    """One kind of fault. ``noted`` are the figures it took, by what they say."""

    ends_the_service = False
    """Whether nobody is answered until it is mended."""
    senders = 2
    """How many send files meanwhile."""
    breaks_off = False
    """Whether callers may see their connection break."""
    without_a_server = False
    """Whether it is injected where facts lie in the folder, too."""

    def __init__(self, chance: random.Random, folder: Path, database: Postgres | None) -> None:
        self.chance = chance
        self.noted: dict[str, list[float]] = {}
        self._database = database
        self.server = self.service(folder)

    @classmethod
    def prepared(cls) -> Postgres:
        """Return the database server that it is best tried on."""
        return Postgres()

    def service(self, folder: Path) -> Server:
        """Return the service that the fault is injected into."""
        return Server(folder, self._database.url() if self._database else None)

    @property
    def database(self) -> Postgres:
        """Return the database server."""
        assert self._database is not None
        return self._database

    def close(self) -> None:
        """Take away what it used."""

    def inject(self) -> None:
        """Let it happen."""
        raise NotImplementedError

    def mend(self) -> None:
        """Do what an operator does about it, and return when it is over."""

    def note(self, what: str, figure: float) -> None:
        """Keep a figure."""
        self.noted.setdefault(what, []).append(figure)


class ServerKilled(Fault):
    """The web server's whole process group is killed, and started again."""

    ends_the_service = breaks_off = without_a_server = True

    def inject(self) -> None:
        """Kill every process of the server."""
        self.server.end(signal.SIGKILL)

    def mend(self) -> None:
        """Start it again."""
        self.server.start()


HOLDER = """
SELECT pid, coalesce(client_port, 0) FROM pg_locks JOIN pg_stat_activity USING (pid)
 WHERE locktype = 'advisory' AND granted AND (classid::int8 << 32) + objid::int8 = %s
"""
SHOWN = """
SELECT min(position) FROM views.positions WHERE follower <> 'reactions'
"""
HEAD = "SELECT coalesce(max(position), 0) FROM record.facts"


class ProjectorKilled(Fault):
    """The web process whose projector works is killed; the projector of another one takes over."""

    breaks_off = True

    def inject(self) -> None:
        """Kill the process that holds the projector's lock."""
        wait_until(lambda: self.database.ask(HOLDER, (PROJECTOR_LOCK,)) != [], "nobody projects")
        ((self._holder, port),) = self.database.ask(HOLDER, (PROJECTOR_LOCK,))
        self._begun = monotonic()
        os.kill(self._owner_of(port), signal.SIGKILL)
        ((self._head,),) = self.database.ask(HEAD)

    def mend(self) -> None:
        """Return when another one holds the lock, and lists show what was written after the kill."""
        wait_until(self._another_holds, "nobody takes over")
        self.note("seconds to the next holder", monotonic() - self._begun)
        wait_until(lambda: self.database.ask(SHOWN)[0][0] > self._head, "nobody goes on")
        self.note("seconds to the next fact shown", monotonic() - self._begun)

    def _another_holds(self) -> bool:
        holders = self.database.ask(HOLDER, (PROJECTOR_LOCK,))
        return bool(holders) and holders[0][0] != self._holder

    def _owner_of(self, port: int) -> int:
        for process in psutil.Process(self.server.pid).children():
            if any(connection.laddr.port == port for connection in process.net_connections("tcp")):
                return int(process.pid)
        raise AssertionError("the holder is no process of the server")


BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'portfolio' ORDER BY pid"
APPENDING = """
SELECT pid FROM pg_stat_activity
 WHERE application_name = 'portfolio' AND query LIKE '%record.append%' ORDER BY state = 'active' DESC, query_start DESC
"""
ENDED = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'portfolio'"


class BackendKilled(Fault):
    """A process of the PostgreSQL server is ended by an operator, or killed, after which the server ends all others."""

    def inject(self) -> None:
        """End or kill the one that appends, or any one, or all."""
        pids = self.database.ask(self.chance.choice([APPENDING, BACKENDS])) or self.database.ask(BACKENDS)
        match self.chance.choice(["end one", "end all", "kill one"]):
            case "end one":
                self.database.ask("SELECT pg_terminate_backend(%s)", pids[0])
                self.note("ended", 1)
            case "end all":
                ended = (
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'portfolio'"
                )
                self.note("ended", self.database.ask(ended)[0][0])
            case _:
                os.kill(pids[0][0], signal.SIGKILL)
                self.note("killed", 1)

    def mend(self) -> None:
        """Wait for the server: it recovers by itself."""
        self.database.recover()


class PostmasterKilled(Fault):
    """The PostgreSQL server's first process is killed; the others end themselves; it is started again."""

    LONGEST_DOWN = 1.0

    def inject(self) -> None:
        """Kill it."""
        self.database.end(signal.SIGKILL)

    def mend(self) -> None:
        """Start it again after a while, which takes it through its recovery."""
        sleep(self.chance.uniform(0, self.LONGEST_DOWN))
        begun = monotonic()
        self.database.start()
        self.note("seconds to start", monotonic() - begun)


class ConnectionsCut(Fault):
    """Connections between the service and its database break, many of them in the middle of an answer."""

    LONGEST_ANSWER = 300
    SHARE = 0.3

    def service(self, folder: Path) -> Server:
        """Return a service that reaches its database through us."""
        self._proxy = Proxy(self.database.port)
        return Server(folder, self.database.url(), self.database.url(self._proxy.port))

    def inject(self) -> None:
        """Cut some of them, several times, so that new ones break too."""
        for _ in range(self.chance.randint(1, 10)):
            self.note("cut at once", self._proxy.cut(self.chance, self.SHARE, self.LONGEST_ANSWER))
            sleep(self.chance.uniform(0, 0.2))

    def close(self) -> None:
        """End the proxy."""
        self._proxy.close()


class ConnectionsTaken(Fault):
    """Others take all connections of the database server."""

    MOST = 88
    LONGEST = 5.0
    senders = 0
    """With any, two web processes may want four dozen connections each, more than there are: checks rest for longer."""

    @classmethod
    def prepared(cls) -> Postgres:
        """Return a server with few connections."""
        return Postgres(f"max_connections={cls.MOST}")

    def inject(self) -> None:
        """End the service's connections and take their place for a while."""
        with ExitStack() as taken:
            first = taken.enter_context(self.database.hand())
            while first.execute(ENDED).fetchone() != (0,):
                with suppress(psycopg.OperationalError):  # there are no more
                    while True:
                        taken.enter_context(self.database.hand())
            sleep(self.chance.uniform(0, self.LONGEST))


class FactsLocked(Fault):
    """Somebody holds a lock on the facts, under which nobody writes, or nobody reads either."""

    LONGEST = 6.0
    LOCKS = ("LOCK TABLE record.facts IN ACCESS EXCLUSIVE MODE", "SELECT pg_advisory_xact_lock(7020101100)")

    def inject(self) -> None:
        """Hold it for a while."""
        with self.database.hand() as hand, hand.transaction():
            hand.execute(self.chance.choice(self.LOCKS))
            sleep(self.chance.uniform(0, self.LONGEST))


class ClockBack(Fault):
    """The machine's clock goes back, further in every round; facts never do."""

    without_a_server = True
    FURTHEST = 7_200.0
    """Seconds by which it goes back at once."""

    def service(self, folder: Path) -> Server:
        """Return a service that lives by a clock of its own."""
        self._wrong, self._clock = 0.0, folder / "clock"
        set_clock(self._clock, self._wrong)
        command = [sys.executable, "-m", "tests.faults.clock", str(self._clock)]
        return Server(folder, self._database.url() if self._database else None, command=command)

    def inject(self) -> None:
        """Set it back."""
        self._wrong -= self.chance.uniform(0, self.FURTHEST)
        set_clock(self._clock, self._wrong)


class ClockAhead(ClockBack):
    """The machine's clock jumps ten years ahead: nothing is recorded by it, and that is said, until it is right again.

    A write that was judged before the jump may be stored after it, under the time that was right then; the check of the
    record names every fact from the future.
    """

    JUMP = 10 * 365 * 86_400.0
    LONGEST = 1.0

    def inject(self) -> None:
        """Let it be wrong for a while."""
        set_clock(self._clock, self.JUMP)
        wait_until(self._said, "nobody says that the clock is wrong")
        answer = self.server.caller.ask("POST", "/v1/people", PERSON)
        sleep(self.chance.uniform(0, self.LONGEST))
        if answer.status != BUSY or "clock" not in str(answer.body):
            self.server.caller.wrong.append(f"by a wrong clock a write was answered {answer}")

    def mend(self) -> None:
        """Set it right."""
        set_clock(self._clock, 0)

    def _said(self) -> bool:
        answer = self.server.caller.ask("GET", "/readyz")
        return answer.status == BUSY and "clock" in str(answer.body)


class SyncFails(Fault):
    """The disk does not confirm one sync: nothing more is recorded until the server, or the database, begins again."""

    breaks_off = without_a_server = True
    MOST = 12

    @classmethod
    def prepared(cls) -> Postgres:
        """Return a server whose syncs are counted."""
        return Postgres(syncs=cls.syncs_in(Path(tempfile.mkdtemp(prefix="syncs-"))))

    @staticmethod
    def syncs_in(folder: Path) -> Syncs:
        """Return syncs that are counted in a folder where everybody may."""
        folder.chmod(0o755)
        return Syncs.under(folder)

    def service(self, folder: Path) -> Server:
        """Return a service whose syncs are counted, or its database's."""
        self.ends_the_service = self._database is None
        if self._database is None:
            self._syncs = self.syncs_in(folder)
            return Server(folder, around=self._syncs.variables)
        assert self._database.syncs is not None
        self._syncs = self._database.syncs
        return super().service(folder)

    def inject(self) -> None:
        """Let one fail."""
        self._syncs.fail(self.chance.randint(1, self.MOST))
        wait_until(self._syncs.failed, "nothing is synced")

    def mend(self) -> None:
        """Start the server again, or wait for the database: it recovers by itself."""
        if self._database is not None:
            self.note("started again", self._database.recover())
            return
        self.server.end(signal.SIGTERM)
        self.server.start()

    def close(self) -> None:
        """Take away the folder in which the database's syncs were counted."""
        if self._database is not None:
            self._syncs.close()


class DiskFull(Fault):
    """The disk with the facts fills up (507); if the database server has no room for its log it stops (503)."""

    without_a_server = True
    LONGEST = 2.0
    BYTES = 160 << 20

    @classmethod
    def prepared(cls) -> Postgres:
        """Return a server on a small disk."""
        return Postgres(disk=SmallDisk(cls.BYTES))

    def service(self, folder: Path) -> Server:
        """Return a service whose folder, or whose database, lies on a small disk."""
        self._own = None if self._database else SmallDisk(self.BYTES)
        return super().service(self._own.folder if self._own else folder)

    def inject(self) -> None:
        """Fill the disk for a while."""
        disk = self._own or self.database.disk
        assert disk is not None
        disk.fill()
        if self._database and self.chance.random() < 0.5:
            self._database.ask("SELECT pg_switch_wal()")  # the server begins a new file of its log, or cannot
        sleep(self.chance.uniform(0, self.LONGEST))
        disk.empty()

    def mend(self) -> None:
        """Start the database server again if it stopped; there is room."""
        if self._database and self._database.recover():
            self.note("started again", 1)

    def close(self) -> None:
        """Take the disk away."""
        if self._own:
            self._own.close()


FAULTS: dict[str, type[Fault]] = {
    "server": ServerKilled,
    "projector": ProjectorKilled,
    "backend": BackendKilled,
    "postmaster": PostmasterKilled,
    "connections-cut": ConnectionsCut,
    "connections-taken": ConnectionsTaken,
    "facts-locked": FactsLocked,
    "clock-back": ClockBack,
    "clock-ahead": ClockAhead,
    "sync": SyncFails,
    "disk-full": DiskFull,
}
"""Every fault by the name it has on the command line."""
