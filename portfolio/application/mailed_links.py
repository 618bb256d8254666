"""Sign-in links by mail: whoever asks is answered before anybody looks whose address it is, and whether it is known."""

import hashlib
import logging
from datetime import datetime, timedelta
from itertools import count
from queue import Empty, Full, PriorityQueue
from threading import Event
from typing import NamedTuple, Protocol
from urllib.parse import urlencode
from uuid import UUID

from portfolio.application.addresses import AddressBook
from portfolio.application.mail_ports import Mailer, MailRefused, MailUnavailable
from portfolio.application.ports import Busy, Clock
from portfolio.application.read_session import ReadSession
from portfolio.domain.person import PERSON

LOG = logging.getLogger("portfolio.mail")

MOST_WAITING = 1000
"""Mails that may wait in a process; whoever asks for one more asks again later."""

AGAIN, GIVEN_UP = timedelta(seconds=20), timedelta(minutes=10)
"""After how long a mail is tried again, and how long after it was asked for no more."""

LINK_MINUTES = 15

SUBJECT = "Your sign-in link"

TEXT = """Hello,

somebody asked for a link to sign in to {name} with this e-mail address.

If it was you, open this link in the browser in which you asked for it, and press the button there:

{link}

It works once, within {minutes} minutes, and in no other browser.

If it was not you, you need do nothing: nobody gets in by this mail alone.
"""


class Links(Protocol):
    """Makes sign-in links."""

    def issue_link(self, person: UUID, lifetime: timedelta, bound_to: str = "") -> str:
        """Return an address with a code that signs this person in once, together with what it is ``bound_to``."""


class Wish(NamedTuple):
    """A mail that is to be sent when it is ``due``: to whom the address is known to be, for the browser that asked."""

    due: datetime
    number: int
    asked: datetime
    address: str
    browser: str


class MailedLinks:
    """Sends sign-in links of the deployment ``name`` that were asked for; ``page`` is where they are pressed.

    Nothing that anybody can see or measure from outside hangs on whether an address is known: for each that was asked
    for the mail server is tried, also where nothing is sent.
    """

    def __init__(self, book: AddressBook, links: Links, mailer: Mailer, now: Clock, *, name: str, page: str) -> None:
        self._book, self._links, self._mailer, self._now = book, links, mailer, now
        self._name, self._page = name, page
        self._wishes: PriorityQueue[Wish] = PriorityQueue(MOST_WAITING)
        self._numbers = count()
        self._fault: str | None = None

    def ask(self, address: str, browser: str) -> None:
        """Have a link sent to this address if it is somebody's, good in the browser that has this secret."""
        now = self._now()
        self._put(Wish(now, next(self._numbers), now, address, browser))

    def fault(self) -> str | None:
        """Return why no mail could be sent when it was tried last, None if it could."""
        return self._fault

    def run(self, stop: Event) -> None:
        """Send what was asked for until told to stop."""
        while not stop.is_set():
            if not self.send_next():
                stop.wait(0.2)

    def send_next(self) -> bool:
        """Deal with the wish that is due first; tell whether there was one."""
        try:
            wish = self._wishes.get_nowait()
        except Empty:
            return False
        if wish.due > self._now():
            self._put(wish)
            return False
        try:
            self._send(wish)
        except (MailUnavailable, Busy) as why:
            if self._now() - wish.asked < GIVEN_UP:
                self._put(wish._replace(due=self._now() + AGAIN))
            LOG.warning("a sign-in link waits: %s", why)
        except MailRefused as why:
            LOG.warning("a sign-in link was not sent: %s", why)
        except Exception:
            LOG.exception("a sign-in link was not sent")
        return True

    def _put(self, wish: Wish) -> None:
        try:
            self._wishes.put_nowait(wish)
        except Full:
            LOG.warning("a sign-in link is not sent: %s wait already", MOST_WAITING)

    def _send(self, wish: Wish) -> None:
        self._fault = self._mailer.check()
        if self._fault is not None:
            raise MailUnavailable(self._fault)
        person = self._book.person_of(wish.address)
        if person is None or ReadSession(self._book.journal).state(PERSON, person).suspended:
            return
        if not (to := self._book.address_of(person)):
            return  # never to what was typed: only what an administrator registered is written to
        issued = self._links.issue_link(person, timedelta(minutes=LINK_MINUTES), bound_to=wish.browser)
        query = urlencode({"code": issued.rpartition("code=")[2], "browser": mark_of(wish.browser)})
        text = TEXT.format(name=self._name, link=f"{self._page}?{query}", minutes=LINK_MINUTES)
        self._mailer.send(to, SUBJECT, text, f"sign-in-{mark_of(issued)}")


def mark_of(secret: str) -> str:
    """Return by what a browser is told from another one; its secret cannot be told from it."""
    return hashlib.sha256(f"mark\n{secret}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
