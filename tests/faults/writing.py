"""Who uses the service while faults happen: writers, visitors, and a reader that follows the log."""

from collections.abc import Iterator
from datetime import datetime
from threading import Condition, Event, Thread
from typing import Any, NamedTuple
from uuid import UUID

from infra.main import now, open_record
from infra.settings import Settings
from infra.store.journal import EventJournal
from portfolio.application.ports import Busy
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.kernel import Entry
from portfolio.domain.person import PersonRegistered
from tests.faults.checker import Line
from tests.faults.postgres import wait_until
from tests.faults.service import REST, STALE, Caller, Unreachable
from tests.patience import PATIENCE

POLL_SECONDS = 0.01
"""Seconds until the reader looks again at a log in which it found nothing."""


class Wanted(NamedTuple):
    """A write: where it is sent, what is said, and the mark that is its idempotency key and stands in its fact."""

    mark: str
    path: str
    body: dict[str, Any]


class Writer:
    """Sends one write after the other, each under a key of its own, and each until it is carried out.

    ``answered`` is what it was answered; ``pending`` what it sent last without having been answered; ``failed`` when it
    was last told of a request, or saw from a connection that broke, that it was not carried out.
    """

    def __init__(self, name: str, caller: Caller) -> None:
        self.answered: list[Line] = []
        self.pending: Wanted | None = None
        self.failed: dict[str, datetime] = {}
        self.caller = caller
        self._name = name
        self._sent = 0
        self._answered: list[Wanted] = []

    def write(self, shared: str, stop: Event) -> None:
        """Register people, and record what they and the ``shared`` person learned, until told to stop."""
        own = shared
        while not stop.is_set():
            if self.pending is None:
                self.pending = self._next(shared, own)
            answer = self._send(self.pending)
            if answer is None:
                stop.wait(REST)
                continue
            if self.pending.path == "/v1/people":
                own = answer["id"]
            self._answered.append(self.pending)
            self.pending = None

    def repeat(self) -> None:
        """Send again what was not answered, and everything that was answered since the last repetition."""
        for wanted in [*self._answered, *([self.pending] if self.pending else [])]:
            wait_until(lambda wanted=wanted: self._send(wanted) is not None, "a write is not carried out")  # type: ignore[misc]  # bound in the loop
        self.pending, self._answered = None, []

    def _send(self, wanted: Wanted) -> dict[str, Any] | None:
        """Send a write once; keep and return its answer if it was carried out."""
        try:
            answer = self.caller.ask("POST", wanted.path, wanted.body, wanted.mark)
        except Unreachable:
            self.failed[wanted.mark] = now()
            return None
        if answer.status >= 400:
            if answer.status != STALE:  # that is the truth, and not a failure
                self.failed[wanted.mark] = now()
            return None
        body = answer.body
        self.answered.append(Line(int(body["position"]), UUID(body["id"]), body["version"], wanted.mark))
        return body

    def _next(self, shared: str, own: str) -> Wanted:
        """Return the next write: a person to register, then what the shared, then their own person learned."""
        self._sent += 1
        mark = f"{self._name}/{self._sent}"
        if self._sent % 3 == 1:
            return Wanted(mark, "/v1/people", {"name": mark, "works_for": "centre"})
        person = shared if self._sent % 3 else own
        learned = {"kind": "training", "occurred_on": "2026-01-05", "detail": mark}
        return Wanted(mark, f"/v1/people/{person}/competences", learned)


class Visitor:
    """Looks at what anybody may look at, over and over, and must always be told something.

    ``may_fail`` says whether a look may now end without an answer.
    """

    LOOKS = ("/readyz", "/v1/people?limit=5", "/healthz", "/v1/people/{shared}")

    def __init__(self, caller: Caller, may_fail: bool) -> None:
        self.caller = caller
        self._may_fail = may_fail

    def look(self, shared: str, stop: Event) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            for path in self.LOOKS:
                try:
                    self.caller.ask("GET", path.format(shared=shared))
                except Unreachable as error:
                    if not self._may_fail:
                        self.caller.wrong.append(f"GET {path} was not answered: {error}")
                    stop.wait(REST)


class Tail:
    """Follows the log from its first fact in a thread of its own, beside the server and whatever happens to it."""

    def __init__(self, settings: Settings) -> None:
        self.read: list[Line] = []
        self.recorded: dict[str, datetime] = {}
        """When the fact of a request was recorded, by its mark."""
        self._settings = settings
        self._stop = Event()
        self._more = Condition()
        self._thread = Thread(target=self._follow)
        self._thread.start()

    def reach(self, position: int) -> None:
        """Wait until it has come to this position."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.read) >= position, PATIENCE), "the reader stands still"

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        with open_record(self._settings, read_only=True) as record:
            position = 0
            while not self._stop.is_set():
                try:
                    entries = record.journal.since(position)
                    if not entries:
                        record.journal.wait_past(position, POLL_SECONDS)
                        continue
                except Busy:
                    continue
                with self._more:
                    self.read += map(line_of, entries)
                    self.recorded |= {line_of(entry).mark: entry.at for entry in entries}
                    self._more.notify_all()
                position = entries[-1].position


def line_of(entry: Entry) -> Line:
    """Return where a fact stands, and the mark of the writer that asked for it."""
    match entry.fact:
        case PersonRegistered(name=mark) | CompetenceRecorded(detail=mark) if "/" in mark:
            pass
        case _:
            mark = ""
    return Line(entry.position, entry.originator_id, entry.originator_version, mark)


def lines_of(journal: EventJournal) -> Iterator[Line]:
    """Yield the whole log."""
    position = 0
    while entries := journal.since(position):
        yield from map(line_of, entries)
        position = entries[-1].position
