"""Empties the outbox: takes new notices out of the view, and sends each person theirs by mail, as they choose.

What is sent is judged once more before. A mail is handed over first and noted then, so one that is killed in between is
sent again, with the same id. One process of the deployment does it at a time.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from infra.store.outbox import NEEDLESS, REFUSED, SENT, Bundle, Outbox, Standing
from portfolio.application.addresses import AddressBook
from portfolio.application.mail_ports import Mailer, MailRefused, MailUnavailable
from portfolio.application.notice_mails import invitation, next_morning, written
from portfolio.application.notices import MailStanding, Notice, NoticeKind, told_as
from portfolio.application.operations import Line
from portfolio.application.ports import Busy, Clock, FactUnreadable, Journal
from portfolio.application.read_session import ReadSession
from portfolio.application.sign_in import Addresses
from portfolio.application.state_cache import StateCache
from portfolio.domain.calendar import london_day, london_moments
from portfolio.domain.deployment import moment_in_words
from portfolio.domain.kernel import changed
from portfolio.domain.notices import DEFAULT_MAILS, Mails
from portfolio.domain.person import PERSON
from projections.machinery.database import Reads
from projections.machinery.runner import Projector
from projections.machinery.trouble import where
from projections.notices import ToTell, notices_after
from projections.people import PEOPLE

if TYPE_CHECKING:
    from infra.main import Record

LOG = logging.getLogger("portfolio.outbox")

INVITED: NoticeKind = "invited"

WHAT = "Notices by mail"
LOOK_SECONDS = 1.0
"""How often somebody looks whether there is anything to send."""
AT_ONCE = 500
"""Notices that are taken out in one go, and people who are sent theirs."""
MOST_OF_A_ROLE = 1_000
TOLD_FOR = timedelta(days=14)
"""Older ones are sent to nobody any more when they are first looked at: they stand on people's pages."""


@dataclass
class Deliveries:
    """Brings notices to people's mail; ``address_of`` gives a person's address, empty without one."""

    outbox: Outbox
    mailer: Mailer
    views: Reads
    journal: Journal
    states: StateCache
    address_of: Callable[[UUID], str]
    now: Clock
    name: str
    base_url: str
    demo: bool

    def run(self, stop: Event) -> None:
        """Take notices out and send them until ``stop`` is set; a mail that is being sent then is sent first."""
        while not stop.is_set():
            try:
                self.step(stop)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again; a message may name somebody
                LOG.error("notices cannot be sent (%s), and are tried again", where(error))  # noqa: TRY400 - see above
            stop.wait(LOOK_SECONDS)

    def step(self, stop: Event | None = None) -> None:
        """Take out what is new, and send what is due."""
        self.take_out()
        self.outbox.forget(self.now())
        if self.is_down():
            return
        for person in self.outbox.due(self.now(), AT_ONCE):
            if (stop and stop.is_set()) or not self.send_to(person):
                return

    def is_down(self) -> bool:
        """Tell whether nothing can be sent; the mail server is asked again after a while, each time a longer one."""
        until = self.outbox.rests_until()
        if until is None:
            return False
        if until <= self.now():
            why = self.mailer.check()
            if why is None:
                self.outbox.up()
                return False
            self.outbox.down(why, self.now())
        return True

    def take_out(self) -> None:
        """Take what the view has come to show since out of it, from here on where nothing ever was."""
        position = self.outbox.begin(self.journal.head())
        while found := notices_after(self.views, position, AT_ONCE):
            last = found[-1].notice.position
            if len(found) == AT_ONCE and found[0].notice.position < last:
                found = [each for each in found if each.notice.position < last]  # others of the last may follow
            for each in found:
                if self.now() - each.notice.at <= TOLD_FOR:
                    self._take(each)
            position = found[-1].notice.position
            self.outbox.taken(position)

    def _session(self) -> ReadSession:
        """Return a look at the record as it is now, by what can be read of it."""
        return ReadSession(self.journal, cache=self.states, catches_up=True, unread={})

    def _take(self, told: ToTell) -> None:
        session = self._session()
        for person in self._people(told):
            if told.notice.kind == INVITED:
                self.outbox.take(person, told.notice, self.now())
                continue
            mails = DEFAULT_MAILS  # where nobody can read what they chose; nothing is sent meanwhile
            with suppress(FactUnreadable):
                mails = session.state(PERSON, person).mails
            if mails != "none":
                self.outbox.take(person, told.notice, due(mails, told, self.now()))

    def _people(self, told: ToTell) -> Iterator[UUID]:
        """Yield to whom a notice is: the person, or whoever holds the role, but who did what it tells of."""
        try:
            yield UUID(told.addressee)
        except ValueError:
            also = (f"role={told.addressee}", "state=active")
            for found in PEOPLE.find(self.views, london_day(self.now()), also=also, limit=MOST_OF_A_ROLE):
                if found.item != told.actor:
                    yield found.item

    def send_to(self, person: UUID) -> bool:
        """Send a person what is due for them, in one mail, and tell whether others can be sent theirs."""
        now = self.now()
        bundle = self.outbox.bundle(person, now, str(uuid5(person, now.isoformat())))
        if bundle is None:
            return True
        try:
            sent = self._send(person, bundle)
        except MailUnavailable as fault:
            if why := self.mailer.check():
                self.outbox.down(why, now)
                LOG.warning("no mail can be sent, and all waits: %s", why)
                return False
            LOG.warning("a mail waits: %s", fault)  # of one address, which may be full
            self.outbox.rest(person, bundle, now)
        except MailRefused as fault:
            LOG.warning("a mail is not taken on, and is not sent again: %s", fault)
            self.outbox.end(person, bundle.id, REFUSED, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, others wait for their mails
            LOG.error("a mail cannot be sent and waits (%s)", where(error))  # noqa: TRY400 - it may name somebody
            self.outbox.rest(person, bundle, now)
        else:
            self.outbox.end(person, bundle.id, SENT if sent else NEEDLESS, now)
        return True

    def _send(self, person: UUID, bundle: Bundle) -> bool:
        """Hand a mail over, and tell whether there was anything to say to anybody."""
        session, address = self._session(), self.address_of(person)
        mails: Mails = session.state(PERSON, person).mails
        invites = bundle.notices[0].kind == INVITED
        told = address and (invites or mails != "none")
        notices = tuple(self._may_be_told(session, person, bundle)) if told else ()
        if not notices:
            return False
        if invites:
            mail = invitation(self.name, self.base_url, demo=self.demo)
        else:
            mail = written(self.name, self.base_url, mails, notices, demo=self.demo)
        self.mailer.send(address, mail.subject, mail.text, bundle.id)
        return True

    def _may_be_told(self, session: ReadSession, person: UUID, bundle: Bundle) -> Iterator[Notice]:
        """Yield what the person may be told now; that they have to declare an interest only once."""
        declares = False
        for notice in bundle.notices:
            kind = told_as(session, person, notice, london_day(self.now()))
            if kind is not None and not (kind == "interest" and declares):
                yield changed(notice, kind=kind)
            declares = declares or kind == "interest"


def due(mails: Mails, told: ToTell, now: datetime) -> datetime:
    """Return when a notice is due for somebody who is told so often: not before the day from which on it is told."""
    begins = london_moments(told.since, time(0))[0] if told.since else now
    return max(begins, now) if mails == "at once" else next_morning(max(begins, now))


def trouble(standing: Standing) -> str | None:
    """Return a sentence that says since when no mail can be sent and what waits, None if nothing is wrong."""
    if standing.failing_since is None:
        return None
    since = moment_in_words(standing.failing_since)
    return f"No mail of notices can be sent since {since}, and {counted(standing.due)}: {standing.why}"


def lines(standing: Standing) -> Iterator[Line]:
    """Yield what administrators are told of it."""
    if wrong := trouble(standing):
        yield Line(what=WHAT, says=wrong, standing="do")
    elif standing.due:
        yield Line(what=WHAT, says=f"Mails are being sent; {counted(standing.due)}.", at=standing.last_sent)
    else:
        says = f"Nothing is due; {counted(standing.waiting)} for its hour."
        yield Line(what=WHAT, says=says, at=standing.last_sent)
    if standing.refused:
        says = (
            f"{standing.refused} within a month could not be sent: no mail server takes them for the address that is "
            "registered. They stand on the page of whom they are for; register the right address."
        )
        yield Line(what="Notices that were not taken on", says=says, standing="look")


def counted(number: int) -> str:
    """Return how many notices wait."""
    return {0: "no notice waits", 1: "1 notice waits"}.get(number, f"{number} notices wait")


def at_work(
    opened: ExitStack, record: "Record", views: Projector, addresses: Addresses, mailer: Mailer | None, *, demo: bool
) -> Deliveries | None:
    """Return what brings notices to people's mail, None where no mail server is set; raise ``CannotOpen``."""
    if mailer is None:
        return None
    settings = record.settings
    return Deliveries(
        outbox=opened.enter_context(settings.store.open_outbox()),
        mailer=mailer,
        views=views,
        journal=record.journal,
        states=record.handler.cache,
        address_of=AddressBook(record.journal, addresses).address_of,
        now=lambda: datetime.now(UTC),  # also where a demo is recorded by a clock of its own
        name=settings.name,
        base_url=settings.base_url,
        demo=demo,
    )


def fault(deliveries: Deliveries | None) -> str | None:
    """Return what ``/readyz`` says: since when no mail can be sent, and what waits; None if nothing is wrong."""
    with suppress(Busy):  # the check of the store says so
        return trouble(deliveries.outbox.standing(deliveries.now())) if deliveries else None
    return None


def stands(deliveries: Deliveries | None, person: UUID, position: int) -> MailStanding | None:
    """Return what became of the mail that tells a person of the fact at a position, None if that is not known."""
    with suppress(Busy):
        return deliveries.outbox.stands(person, position) if deliveries else None
    return None


def told(deliveries: Deliveries | None) -> tuple[Line, ...]:
    """Return what administrators are told of notices by mail."""
    if deliveries is None:
        says = "No mail server is set (PORTFOLIO_MAIL_SERVER): notices stand on people's pages alone."
        return (Line(what=WHAT, says=says),)
    try:
        return tuple(lines(deliveries.outbox.standing(deliveries.now())))
    except Busy as busy:
        return (Line(what=WHAT, says=f"It cannot be asked how they stand: {busy}", standing="look"),)
