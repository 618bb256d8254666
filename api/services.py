"""Services: what the composition root gives the web service, who is calling, and which day it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Protocol, cast
from uuid import UUID

from flask import current_app, g, has_request_context, request

from api import brand
from api.asked import Asked, Views, unread
from api.waits import Waits
from portfolio.application.addresses import AddressBook
from portfolio.application.audits import Audits
from portfolio.application.checking import Checking
from portfolio.application.handler import CommandHandler
from portfolio.application.imports.running import Importing
from portfolio.application.mailed_links import MailedLinks
from portfolio.application.notices import MailStanding
from portfolio.application.operations import Operations
from portfolio.application.originals import Originals, StoredFile
from portfolio.application.ports import Clock, Idempotency, Journal, Receipt, Vault
from portfolio.application.previews import Previews
from portfolio.application.program_sign_in import ProgramsDoor
from portfolio.application.programs import Acting, SignedIn, sessions_of
from portfolio.application.providers import NoProviders, Providers
from portfolio.application.read_session import ReadSession
from portfolio.application.security_log import NoSecurityLog, SecurityLog
from portfolio.application.sign_in import Kept, SignInStore
from portfolio.application.state_cache import StateCache
from portfolio.application.uploads import Uploads
from portfolio.application.webhooks import NothingSent, Sending
from portfolio.domain.calendar import london_day
from portfolio.domain.kernel import Command
from portfolio.domain.vocabulary import Word

Network = IPv4Network | IPv6Network

SAFE = {"GET", "HEAD", "OPTIONS"}
"""The methods of requests that only read."""


class Handler(Protocol):
    """Runs commands."""

    def execute(
        self,
        command: Command,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
    ) -> Receipt:
        """Record what the command asks for, or raise ``Rejected`` and record nothing."""


class Tokens(Protocol):
    """Knows bearer tokens."""

    def bearer_of(self, token: str, source: str | None = None) -> UUID | SignedIn:
        """Return the person or the program a token names; raise ``Unauthenticated`` if it is not to be trusted.

        ``source`` is the address from which it was sent.
        """


class Sessions(Protocol):
    """Knows the sign-in links and the sessions of browsers."""

    def open(self, code: str, browser: str = "", bound_to: str = "") -> str:
        """Use up a link's code and return the secret of a new session; raise ``Unauthenticated`` if it is no good."""

    def begin(self, person: UUID, origin: str = "", browser: str = "") -> str:
        """Return the secret of a new session of somebody for whom ``origin`` vouches."""

    def person_of(self, secret: str) -> UUID:
        """Return the person of an open session; raise ``Unauthenticated`` if there is none."""

    def shown_before(self, secret: str, position: int) -> int | None:
        """Return how far a session's person had been shown the log before it; it is shown up to ``position`` now."""

    def id_of(self, secret: str) -> UUID:
        """Return by which id a session is known, which opens nothing."""

    def close(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""

    def open_of(self, person: UUID) -> Sequence[Kept]:
        """Return the sessions in which somebody is signed in now, the one that was used last first."""

    def end(self, person: UUID, session: UUID) -> bool:
        """End a session of this person's by its id; tell whether there was one."""

    def end_from(self, origin: str) -> Sequence[Kept]:
        """End the sessions for which ``origin`` vouched, and return them."""


class Rates(Protocol):
    """Knows who asked for what lately."""

    def wait(self, what: str, *, person: UUID | None, address: str | None) -> int:
        """Count a request and return 0, or the seconds after which one is allowed again."""


class Unrated:
    """Allows everything."""

    def wait(self, what: str, *, person: UUID | None, address: str | None) -> int:  # noqa: ARG002 - as in ``Rates``
        """See ``Rates.wait``."""
        return 0


@dataclass(frozen=True)
class Services:
    """What the composition root gives the web service.

    ``checks``: what ``/readyz`` asks, by name; each answers None when fine, else a sentence that says what is wrong.
    ``states``: what was folded of records that were read; the handler may share it.
    ``rates``: how often somebody may ask for what costs most; as often as they like without it. ``proxies``: whose word
    on the caller's address counts. ``reserve_bytes`` stay free on the disk where uploads through pages wait.
    ``sign_in``: what is kept of signing in beside ``sessions``: addresses, and what counts once.
    ``security``: where it is noted who came in and who was kept out.
    ``notes``: what it tells beside them, which keeps nobody from working.
    ``name`` and ``colour``: what its pages bear.
    ``mailed``: what sends sign-in links by mail; without it none are.
    ``mail_stands``: what became of the mail that tells a person of the fact at a position of the log.
    ``operations``: what whoever runs the deployment is told of it beside the two.
    ``acting``: the program that this request is from; it bounds the handler and every look at the records.
    ``importing``: the imports that pages began and that go on here.
    ``audits``: what is kept of the audits of the stored files; none without it.
    ``sending``: what is sent to webhooks.
    ``waits``: the places for requests that wait for something to happen.
    ``providers``: at which people sign in; none without it.
    ``origins``: the other sites whose pages may ask the API from a browser.
    ``metrics``: what ``/metrics`` answers, in Prometheus's text format; nothing is measured without it.
    """

    handler: Handler
    views: Views
    journal: Journal
    vault: Vault
    checking: Checking
    tokens: Tokens
    sign_in: SignInStore
    sessions: Sessions
    programs: ProgramsDoor
    now: Clock
    mode: Literal["live", "demo"]
    base_url: str
    checks: Mapping[str, Callable[[], str | None]]
    previews: Previews
    security: SecurityLog = field(default_factory=NoSecurityLog)
    rates: Rates = field(default_factory=Unrated)
    proxies: tuple[Network, ...] = ()
    reserve_bytes: int = 0
    states: StateCache = field(default_factory=StateCache)
    notes: Mapping[str, Callable[[], str | None]] = field(default_factory=dict)
    metrics: Callable[[], bytes] = bytes
    originals: Originals = field(default_factory=Originals)
    audits: Callable[[], Audits] = Audits
    operations: Callable[[], Operations] = tuple
    importing: Importing = field(default_factory=Importing)
    providers: Providers = field(default_factory=NoProviders)
    name: str = brand.NAME
    colour: str = brand.COLOUR
    mailed: MailedLinks | None = None
    mail_stands: Callable[[UUID, int], MailStanding | None] = lambda *_: None
    waits: Waits = field(default_factory=Waits)
    acting: Acting | None = None
    origins: frozenset[str] = frozenset()

    def for_program(self, acting: Acting) -> "Services":
        """Return the same for a request of a program: nothing in it is done, or seen, beyond its rows."""
        return replace(self, handler=replace(cast(CommandHandler, self.handler), acting=acting), acting=acting)

    sending: Sending = field(default_factory=NothingSent)

    @property
    def reads(self) -> Asked:
        """Return the projected rows, as this request asks for them."""
        return Asked(self.views)

    def session(self, until: int | None = None) -> ReadSession:
        """Return a look at the records as they are now, or were known at position ``until``, to be shown."""

        def look() -> ReadSession:
            return sessions_of(self.acting)(
                self.journal,
                until,
                self.states,
                self.vault,
                originals=self.originals,
                catches_up=True,
                unread=unread(),
            )

        return self._looked_once("shown", look) if until is None else look()

    def deciding(self) -> ReadSession:
        """Return a look at the records by which rules decide: a record that cannot be read whole is refused."""

        def look() -> ReadSession:
            handler = cast(CommandHandler, self.handler)
            return sessions_of(self.acting)(
                self.journal,
                None,
                self.states,
                self.vault,
                quota=handler.quota,
                originals=self.originals,
                mails=handler.mails,
                catches_up=True,
            )

        return self._looked_once("deciding", look)

    def _looked_once(self, purpose: str, look: Callable[[], ReadSession]) -> ReadSession:
        """Return a look: one for all of a request that only reads, as long as nothing is recorded meanwhile."""
        if not has_request_context() or request.method not in SAFE:
            return look()
        looks: dict[tuple[str, Acting | None], ReadSession] = g.setdefault("looks", {})
        known = looks.get((purpose, self.acting))
        if known is None or known.looked != self.journal.moves.look():
            known = looks[purpose, self.acting] = look()
        return known

    @property
    def addresses(self) -> AddressBook:
        """Return the e-mail addresses of people."""
        return AddressBook(self.journal, self.sign_in)

    @property
    def uploads(self) -> Uploads:
        """Return what brings bytes and facts together."""
        return Uploads(cast(CommandHandler, self.handler), self.vault, self.previews, self.checking)

    def original(self, file: StoredFile) -> Callable[[int, int], Iterator[bytes]]:
        """Return how a stored file is read from a byte up to another: checked, or ``StoredFileAltered``."""
        return partial(self.originals.read, self.vault, file)


def services() -> Services:
    """Return what the composition root gave this application, bounded to the program that this request is from."""
    known = g.get("services")
    if known is None:
        known = g.services = current_app.extensions["portfolio"]
    return cast(Services, known)


def within_rows(held: frozenset[Word]) -> frozenset[Word]:
    """Return the words that hold for the caller, where these were found out without a session."""
    acting = services().acting
    return held if acting is None else acting.within(held)


def caller() -> UUID:
    """Return the person this request is from."""
    return cast(UUID, g.person)


def today() -> date:
    """Return the day it is in London, the same for all of a request."""
    known = g.get("today")
    if known is None:
        known = g.today = london_day(services().now())
    return cast(date, known)
