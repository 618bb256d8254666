"""The checks of received files: a few at once in every process that serves, beside its requests.

What waits is a view, so it survives a restart; a lease keeps two workers apart, and each parser is a child process of
its own. One thread looks what waits and hands it to few others.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Event, Lock, Semaphore
from time import monotonic
from uuid import UUID

from infra.store.journal import EventJournal
from infra.store.leases import RENEWED_EVERY_SECONDS, Leases
from portfolio.application.checking import Waiting, outcome
from portfolio.domain.kernel import Rejected
from projections.files_waiting import FILES_WAITING, files_waiting
from projections.machinery.runner import Projector

LOG = logging.getLogger("portfolio.checks")

AT_ONCE = 4
"""Files that one process checks at the same time: each may take a gigabyte of memory."""

PATIENCE_SECONDS = 4.0
"""How long a request waits for its file."""
WAITING_REQUESTS = 16
"""Requests that wait so at the same time, each in a thread of the server; further ones are answered at once."""

LOOK_SECONDS = 0.25
"""How often somebody looks, where nobody tells them that there is something new."""

OUR_FAULT = "Something went wrong on our side, which the operator's log names."


class CheckPool:
    """Has what waits checked (``Checking``), by ``run`` in a thread of its own."""

    def __init__(
        self, check: Callable[[Waiting], None], journal: EventJournal, views: Projector, leases: Leases
    ) -> None:
        self._check_one = check
        self._journal = journal
        self._views = views
        self._leases = leases
        self._requests = Semaphore(WAITING_REQUESTS)
        self._more = Event()
        self._lock = Lock()
        self._running: dict[UUID, UUID] = {}
        """The sender of each file that is being checked here."""
        self._checked: set[UUID] = set()
        """Files that were checked here and that the view still names."""
        self._expected = 0
        """The position that the view is waited for to show, before anybody looks."""
        self._renew_at = monotonic() + RENEWED_EVERY_SECONDS

    def wait(self, file: Waiting) -> None:
        """See ``Checking.wait``; a request that finds many others waiting does not, nor for a file that rests."""
        if not self._requests.acquire(blocking=False):
            return
        try:
            until = monotonic() + PATIENCE_SECONDS
            self._expected = max(self._expected, self._journal.head())
            self._more.set()
            while (left := until - monotonic()) > 0:
                head = self._journal.head()
                if outcome(self._journal, file.stream, file.object_id) or self.trouble(file.object_id):
                    return
                self._journal.wait_past(head, min(left, LOOK_SECONDS))
        finally:
            self._requests.release()

    def trouble(self, object_id: UUID) -> str:
        """See ``Checking.trouble``."""
        lease = self._leases.standing().get(object_id)
        return lease.why if lease else ""

    def failing(self) -> dict[UUID, str]:
        """Return what keeps files from being checked that wait, by file."""
        waiting = {file.object_id for file in files_waiting(self._views)}
        return {file: lease.why for file, lease in self._leases.standing().items() if lease.why and file in waiting}

    def run(self, stop: Event) -> None:
        """Have files checked until ``stop`` is set; what is being checked then is finished first."""
        with ThreadPoolExecutor(AT_ONCE, "check") as threads:
            while not stop.is_set():
                self._more.clear()
                try:
                    self.step(threads)
                except Exception:
                    LOG.exception("what waits to be checked cannot be looked at")
                    stop.wait(1)
                self._more.wait(LOOK_SECONDS)

    def step(self, threads: Executor) -> None:
        """Give as many files as there are free places for to these threads, those that came first."""
        with self._lock:
            running = dict(self._running)
        if monotonic() >= self._renew_at:
            self._leases.renew(running.keys())
            self._renew_at = monotonic() + RENEWED_EVERY_SECONDS
        places, senders = AT_ONCE - len(running), set(running.values())
        if places <= 0:
            return
        self._views.wait_for(self._expected, LOOK_SECONDS, (FILES_WAITING.table,))
        waiting = files_waiting(self._views)
        with self._lock:
            self._checked &= {file.object_id for file in waiting}
            checked = frozenset(self._checked)
        if not waiting:
            return
        standing = self._leases.standing()
        senders |= {lease.sender for lease in standing.values() if not lease.free and not lease.why}
        for file in waiting:
            lease = standing.get(file.object_id)
            if file.object_id in checked or file.sender in senders or (lease and not lease.free):
                continue
            if not self._leases.take(file.object_id, file.sender):
                continue
            senders.add(file.sender)
            with self._lock:
                self._running[file.object_id] = file.sender
            threads.submit(self._check, file)
            places -= 1
            if not places:
                return

    def _check(self, file: Waiting) -> None:
        try:
            self._check_one(file)
            with self._lock:
                self._checked.add(file.object_id)
            self._leases.free(file.object_id)
        except Rejected as refusal:
            LOG.warning("a file cannot be checked now and waits: %s", refusal.code)
            self._rest(file, str(refusal))
        except Exception:
            LOG.exception("a file cannot be checked and waits")
            self._rest(file, OUR_FAULT)
        finally:
            with self._lock:
                del self._running[file.object_id]
            self._more.set()

    def _rest(self, file: Waiting, why: str) -> None:
        try:
            self._leases.rest(file.object_id, why)
        except Exception:
            LOG.exception("a lease runs out by itself")
