"""Delivering: what happens goes to each webhook in the order of the log, and what fails is tried again by itself.

Each webhook is worked at by one thread of one process at a time (``infra/store/leases.py``), so a slow one holds up no
other. How far it has come moves after an event has arrived, or is kept as a letter: a process that is killed in between
sends it once more, under the same id. Whoever does not answer is left alone for a while, longer each time.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Event as Flag
from threading import Lock
from time import monotonic
from uuid import UUID

from infra.feed.sending import NotSent, Sender
from infra.feed.telling import TABLES, Telling, ToSend
from infra.store.journal import EventJournal
from infra.store.leases import RENEWED_EVERY_SECONDS, Leases
from portfolio.application.programs import Acting, sessions_of
from portfolio.application.read_session import ReadSession
from portfolio.application.state_cache import StateCache
from portfolio.application.webhooks import (
    Letter,
    SendingStands,
    SentToNobody,
    headers_of,
    secret_of,
    tried_again_at,
    whose,
)
from portfolio.domain.calendar import london_day
from portfolio.domain.kernel import EPOCH
from portfolio.domain.webhooks import WEBHOOK
from projections.machinery.database import LETTERS, SENT, Batch, ViewsDatabase
from projections.machinery.following import GATHER_SECONDS
from projections.machinery.runner import Projector
from projections.webhooks import Registered, webhooks

LOG = logging.getLogger("portfolio.webhooks")

AT_ONCE = 32
"""Webhooks that one process works at at the same time."""
LOOK_SECONDS = 1.0
"""How often somebody looks, where nothing has happened."""
TURN_SECONDS = 20.0
"""After which a webhook that has more makes place for another one."""
PAGE = 20
MOST_DEAD = 1_000
"""Letters given up with which a webhook stands still: what comes after waits in the log until somebody looks."""

DUE = """
SELECT position FROM letters_v1 WHERE webhook_id = :webhook_id AND NOT dead AND due <= :now ORDER BY position LIMIT 1
"""
NEXT_DUE = "SELECT webhook_id FROM letters_v1 WHERE NOT dead AND due <= :now GROUP BY webhook_id"
THESE = """
SELECT position, event_id, kind, failures, due, dead, why FROM letters_v1
WHERE webhook_id = :webhook_id AND dead = :dead AND position > :after ORDER BY position LIMIT :limit
"""
GIVEN_UP = "SELECT count(*) FROM letters_v1 WHERE dead"
COUNTED = "SELECT dead, count(*) FROM letters_v1 WHERE webhook_id = :webhook_id GROUP BY dead"


class Deliverer:
    """Sends what happens to webhooks (``Sending``), by ``run`` in a thread of its own."""

    def __init__(
        self,
        journal: EventJournal,
        projector: Projector,
        database: ViewsDatabase,
        leases: Leases,
        sender: Sender,
        now: Callable[[], datetime],
        states: StateCache | None = None,
    ) -> None:
        self._journal = journal
        self._views = projector
        self._database = database
        self._leases = leases
        self._sender = sender
        self._now = now
        self._states = states
        self._lock = Lock()
        self._working: set[UUID] = set()
        self._reached: dict[UUID, int] = {}
        """How far each was looked at here, where nothing was to be sent that would have been written down."""
        self._stop = Flag()
        self._renew_at = monotonic() + RENEWED_EVERY_SECONDS

    # what an administrator asks

    def why_not(self, address: str) -> str:
        """See ``Sending.why_not``."""
        return self._sender.why_not(address)

    def standing(self, webhook_id: UUID) -> SendingStands:
        """See ``Sending.standing``."""
        row = self._database.row(SENT, (webhook_id,)) or {"position": 0, "last_at": None, "failed": ""}
        counted = {bool(dead): int(number) for dead, number in self._views.query(COUNTED, webhook_id=webhook_id)}
        return SendingStands(
            position=row["position"],
            last_at=row["last_at"],
            waits=counted.get(False, 0),
            dead=counted.get(True, 0),
            why=row["failed"],
        )

    def letters(self, webhook_id: UUID, *, dead: bool, after: int, limit: int) -> Sequence[Letter]:
        """See ``Sending.letters``."""
        rows = self._views.query(THESE, webhook_id=webhook_id, dead=dead, after=after, limit=limit)
        return [Letter(**dict(zip(Letter.__struct_fields__, row, strict=True))) for row in rows]

    def send_again(self, webhook_id: UUID, events: frozenset[UUID]) -> None:
        """See ``Sending.send_again``."""
        after = 0
        while letters := self.letters(webhook_id, dead=True, after=after, limit=MOST_DEAD):
            after = letters[-1].position
            again = [
                _row(webhook_id, letter, failures=0, due=self._now(), dead=False)
                for letter in letters
                if not events or letter.event_id in events
            ]
            self._database.write([Batch(LETTERS, again, [])], {})

    def given_up(self) -> str | None:
        """Return how much was given up sending, in a sentence, None if nothing was."""
        number = int(self._views.query(GIVEN_UP)[0][0])
        if not number:
            return None
        events = "event was" if number == 1 else "events were"
        return f"{number} {events} given up sending to webhooks: an administrator can have them sent again."

    # the work

    def run(self, stop: Flag) -> None:
        """Send until ``stop`` is set; what is being sent then is let arrive first."""
        self._stop = stop
        with ThreadPoolExecutor(AT_ONCE, "webhook") as threads:
            while not stop.is_set():
                seen = self._views.shows(TABLES)
                try:
                    self.step(threads)
                except Exception:
                    LOG.exception("what is to be sent cannot be looked at")
                    stop.wait(1)
                if self._views.wait_for(seen + 1, LOOK_SECONDS, TABLES, patient=True):
                    stop.wait(GATHER_SECONDS)

    def step(self, threads: Executor) -> None:
        """Give each webhook that something is to be sent to, and that nobody works at, to a thread."""
        if monotonic() >= self._renew_at:
            with self._lock:
                working = frozenset(self._working)
            self._leases.renew(working)
            self._renew_at = monotonic() + RENEWED_EVERY_SECONDS
        due = {webhook_id for (webhook_id,) in self._views.query(NEXT_DUE, now=self._now())}
        head = self._views.shows(TABLES)
        waiting = [
            each
            for each in webhooks(self._views)
            if not each.webhook.ended and (each.webhook_id in due or self._reached.get(each.webhook_id, -1) < head)
        ]
        standing = self._leases.standing() if waiting else {}
        for each in waiting:
            lease = standing.get(each.webhook_id)
            with self._lock:
                if each.webhook_id in self._working or (lease and not lease.free):
                    continue
                if not self._leases.take(each.webhook_id, each.webhook_id):
                    continue
                self._working.add(each.webhook_id)
            threads.submit(self._turn, each)

    def _turn(self, registered: Registered) -> None:
        webhook_id = registered.webhook_id
        try:
            self._deliver(registered)
            self._leases.free(webhook_id)
        except (NotSent, SentToNobody) as error:
            with suppress(Exception):  # else the lease runs out by itself
                self._leases.rest(webhook_id, str(error))
        except Exception:
            LOG.exception("a webhook cannot be worked at")
            with suppress(Exception):
                self._leases.rest(webhook_id, "Something went wrong on our side, which the operator's log names.")
        finally:
            with self._lock:
                self._working.discard(webhook_id)

    def _deliver(self, registered: Registered) -> None:
        """Send letters that are due and then what happened, the oldest first; raise ``NotSent`` at what fails.

        Raises ``SentToNobody`` while nothing may be sent in anybody's name: all waits where it is.
        """
        webhook_id, until = registered.webhook_id, monotonic() + TURN_SECONDS
        position = self._come_to(registered)
        while monotonic() < until and (now := self._as_it_is(registered)):
            telling = self._telling(now)
            rows = self._views.query(DUE, webhook_id=webhook_id, now=self._now())
            if rows:
                self._send_letter(now, int(rows[0][0]), telling)
                continue
            if self.standing(webhook_id).dead >= MOST_DEAD:
                return
            found = telling.after(now.webhook, position, PAGE)
            for each in found.to_send:
                if monotonic() >= until or (now := self._as_it_is(registered)) is None:
                    return
                self._send(now, each)
                position = each.position
            self._reached[webhook_id] = position = max(position, found.reached)
            if not found.to_send and position >= self._views.shows(TABLES):
                return

    def _as_it_is(self, registered: Registered) -> Registered | None:
        """Return a webhook as the record has it by now, None if it has ended, or we have: its receiver may be slow.

        Raises ``SentToNobody``.
        """
        session = self._session()
        webhook = session.state(WEBHOOK, registered.webhook_id)
        if webhook.ended or self._stop.is_set():
            return None
        whose(session, webhook)
        return registered._replace(webhook=webhook)

    def _telling(self, registered: Registered) -> Telling:
        """Return what may be told in whose name a webhook is sent; raise ``SentToNobody``."""
        look, today = self._session(), london_day(self._now())
        sent_for = whose(look, registered.webhook)
        session = self._session(sent_for.acting) if sent_for.acting else look
        return Telling(self._database, self._journal, session, sent_for.person, today)

    def _session(self, acting: Acting | None = None) -> ReadSession:
        return sessions_of(acting)(self._journal, None, self._states, catches_up=True, unread={})

    def _come_to(self, registered: Registered) -> int:
        """Return up to where a webhook was sent everything: to where it was registered, if the log lost that place."""
        row = self._database.row(SENT, (registered.webhook_id,))
        if row is not None and row["mark"] not in self._journal.marks([row["position"]]):
            return registered.position
        sent = row["position"] if row else 0
        return max(registered.position, sent, self._reached.get(registered.webhook_id, 0))

    def _send_letter(self, registered: Registered, position: int, telling: Telling) -> None:
        webhook_id = registered.webhook_id
        row = self._database.row(LETTERS, (webhook_id, position))
        if row is None:
            return
        letter = Letter(position=position, **row)
        told = telling.at(registered.webhook, position)
        if told is None or told.id != letter.event_id:  # it may be told no more
            self._database.write([Batch(LETTERS, [], [(webhook_id, position)])], {})
            return
        try:
            self._post(registered, told)
        except NotSent as error:
            self._keep(webhook_id, [self._failed(letter, str(error), webhook_id)], str(error))
            raise
        self._keep(webhook_id, [], "", gone=position)

    def _send(self, registered: Registered, told: ToSend) -> None:
        """Send something and note that all up to it is sent, or kept as a letter, as is what is told on a later day."""
        webhook_id = registered.webhook_id
        letter = Letter(
            position=told.position,
            event_id=told.id,
            kind=told.kind,
            failures=0,
            due=told.due or EPOCH,
            dead=False,
            why="It is told from that day on." if told.due else "",
        )
        if told.due:
            self._keep(webhook_id, [_row(webhook_id, letter)], None, reached=told.position)
            return
        try:
            self._post(registered, told)
        except NotSent as error:
            self._keep(webhook_id, [self._failed(letter, str(error), webhook_id)], str(error), reached=told.position)
            raise
        self._keep(webhook_id, [], "", reached=told.position)

    def _failed(self, letter: Letter, why: str, webhook_id: UUID) -> tuple[object, ...]:
        due = tried_again_at(letter.failures + 1, self._now())
        return _row(webhook_id, letter, failures=letter.failures + 1, due=due or self._now(), dead=due is None, why=why)

    def _keep(
        self,
        webhook_id: UUID,
        letters: Sequence[tuple[object, ...]],
        failed: str | None,
        reached: int = 0,
        gone: int = 0,
    ) -> None:
        """Write down, in one transaction, how far a webhook has come and what became of a letter.

        ``failed`` says what went wrong, empty if something arrived, None if nothing was sent.
        """
        row = self._database.row(SENT, (webhook_id,)) or {"position": 0, "mark": "", "last_at": None, "failed": ""}
        position = max(int(row["position"]), reached)
        mark = next(iter(self._journal.marks([position])), "") if position != row["position"] else row["mark"]
        last = self._now() if failed == "" else row["last_at"]
        why = row["failed"] if failed is None else failed
        sent = Batch(SENT, [(webhook_id, position, mark, last, why)], [])
        kept = Batch(LETTERS, letters, [(webhook_id, gone)] if gone else [])
        self._database.write([sent, kept], {})

    def _post(self, registered: Registered, told: ToSend) -> None:
        webhook, now = registered.webhook, self._now()
        secrets = [secret_of(self._journal.keyed, registered.webhook_id, number) for number in webhook.secrets(now)]
        headers = {"Content-Type": "application/json", **headers_of(secrets, told.id, now, told.content)}
        self._sender.send(webhook.address, headers, told.content)


def _row(webhook_id: UUID, letter: Letter, **changed: object) -> tuple[object, ...]:
    """Return a letter, with some of it changed, as a row of its table."""
    fields = {name: getattr(letter, name) for name in Letter.__struct_fields__} | changed
    return (webhook_id, fields["position"], *(fields[name] for name in LETTERS.columns))
