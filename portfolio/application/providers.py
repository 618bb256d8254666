"""Providers: who an account at one of them is, by what is recorded, and what is recorded when it is first seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, cast
from uuid import UUID

from portfolio.application.handler import CommandHandler
from portfolio.application.loaders import load
from portfolio.application.ports import Busy, Unauthenticated
from portfolio.application.read_session import ReadSession
from portfolio.domain.identity import IDENTITY, Hindrance, Identity, LinkIdentity
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import PERSON, ForStanding
from portfolio.domain.providers import FollowProvider, Step, steps
from portfolio.domain.vocabulary import SYSTEM, Role


class NothingSaid(Exception):
    """A provider says nothing of somebody's roles that could be followed; the words say why, for the security log."""


class Unfollowed(NamedTuple):
    """A role that was not given or ended as a provider says, and why, by its code; no role where it said nothing."""

    role: Role | None
    why: str


@dataclass(frozen=True)
class Account:
    """An account that a provider says has signed in. ``provider`` is what people call that, ``subject`` its own name.

    ``address`` asks for the e-mail address that the provider has verified, empty if there is none. ``roles`` asks for
    those that follow from what it said at ``said_at``, and raises ``NothingSaid``; None where the organisation follows
    nothing that this provider says.
    """

    provider: str
    issuer: str
    subject: str
    address: Callable[[], str]
    said_at: datetime
    roles: Callable[[], frozenset[Role]] | None


@dataclass(frozen=True)
class Begun:
    """A sign-in that begins: where the browser is sent, and what it keeps until it is back."""

    address: str
    kept: str


@dataclass(frozen=True)
class SignedIn:
    """Who signed in; ``kept`` is what their browser needs to sign out there.

    ``origin`` are words by which their session is found: one for the account, which its record has for its id, and one
    for the provider's own session, where it names that. ``unfollowed``: what the provider says of their roles and the
    rules refused.
    """

    person: UUID
    origin: str
    kept: str
    unfollowed: Sequence[Unfollowed] = ()


class ProviderUnavailable(Busy):
    """Signing in there does not work at the moment: try again in a little while, or sign in another way."""


class Providers(Protocol):
    """The providers at which people sign in."""

    @property
    def offered(self) -> Sequence[tuple[str, str]]:
        """Return each provider: what stands in its addresses, and what people call it."""

    def name_of(self, issuer: str) -> str:
        """Return what people call the provider of this issuer, also of one that is not offered any more."""

    def begin(self, provider: str) -> Begun:
        """Begin to sign in at a provider; raise ``NotVisible`` if there is none, ``ProviderUnavailable``."""

    def finish(self, provider: str, kept: str, answer: Mapping[str, str]) -> SignedIn:
        """Return who came back from a provider; raise ``Unauthenticated`` or ``ProviderUnavailable``."""

    def leave(self, kept: str) -> str:
        """Return where a browser signs out at its provider, empty if it came from none or that has no such place."""

    def ended(self, provider: str, token: str) -> str:
        """Return the word in the origins of the sessions that a provider says have ended.

        Raises ``Unauthenticated`` if that is not to be trusted, ``NotVisible`` and ``ProviderUnavailable``.
        """


class NoProviders:
    """Nobody signs in at a provider."""

    offered: Sequence[tuple[str, str]] = ()

    def name_of(self, issuer: str) -> str:
        """See ``Providers.name_of``."""
        return issuer

    def begin(self, _: str) -> Begun:
        """See ``Providers.begin``."""
        raise NotVisible

    def finish(self, _: str, __: str, ___: Mapping[str, str]) -> SignedIn:
        """See ``Providers.finish``."""
        raise NotVisible

    def leave(self, _: str) -> str:
        """See ``Providers.leave``."""
        return ""

    def ended(self, _: str, __: str) -> str:
        """See ``Providers.ended``."""
        raise NotVisible


WHY: dict[Hindrance, str] = {
    "another account": "you sign in here with another account of that provider",
    "taken away": "this account was taken from you",
}


@dataclass(frozen=True)
class Accounts:
    """Knows whom accounts at providers sign in, and links those that are new (IDENTITY-1)."""

    handler: CommandHandler
    person_of_address: Callable[[str], UUID | None]

    def id_of(self, issuer: str, subject: str) -> UUID:
        """Return the id of an account's record."""
        return UUID(hex=self._keyed("identity", issuer, subject))

    def session_of(self, issuer: str, name: str) -> str:
        """Return the word for a session at a provider."""
        return self._keyed("session at a provider", issuer, name)

    def known(self, issuer: str, subject: str) -> Identity:
        """Return what is on record of an account."""
        session = ReadSession(self.handler.journal, cache=self.handler.cache, catches_up=True)
        return session.state(IDENTITY, self.id_of(issuer, subject))

    def person_of(self, account: Account) -> UUID:
        """Return the person whom an account signs in; raise ``Unauthenticated`` with what can be done.

        The first time it is linked to whom an administrator registered its verified address of, never by a name.
        """
        known = self.known(account.issuer, account.subject)
        if known.linked:
            return known.person_id
        address = account.address()
        if not address:
            raise Unauthenticated(
                f"{account.provider} says no e-mail address of yours that it has verified, so nobody here knows who "
                "you are: ask whoever looks after your account there."
            )
        person = self.person_of_address(address)
        if person is None:
            raise Unauthenticated(
                f"Nobody is registered here with the e-mail address that you have at {account.provider}: ask your "
                "administrator to register it."
            )
        identity_id = self.id_of(account.issuer, account.subject)
        self.handler.execute(LinkIdentity(identity_id=identity_id, issuer=account.issuer, person_id=person), SYSTEM)
        known = self.known(account.issuer, account.subject)
        if not known.linked:
            why = WHY[known.hindrance or "taken away"]
            raise Unauthenticated(
                f"This account at {account.provider} does not sign you in, since {why}. Administrators are shown that "
                "you tried: ask one of them."
            )
        return known.person_id

    def follow(self, account: Account, person_id: UUID) -> Sequence[Unfollowed]:
        """Give and end a person's roles as the provider of their account says (IDENTITY-4); return what was refused."""
        if account.roles is None:
            return []
        try:
            roles = account.roles()
        except NothingSaid as silence:
            return [Unfollowed(None, str(silence))]
        command = FollowProvider(person_id=person_id, issuer=account.issuer, roles=roles, said_at=account.said_at)
        self.handler.execute(command, SYSTEM)
        session = ReadSession(self.handler.journal, cache=self.handler.cache, catches_up=True)
        left = steps_left(session, person_id, account.issuer, self.handler.now())
        return [Unfollowed(each.role, each.refusal.code) for each in left if each.refusal]

    def _keyed(self, kind: str, issuer: str, name: str) -> str:
        """Return a keyed hash of what a provider calls something, by which it is known again and not learnt."""
        return self.handler.journal.keyed(kind, f"{issuer}\0{name}".encode())[:32]


def word_of(identity_id: UUID) -> str:
    """Return the word for an account in the origins of the sessions that it opened."""
    return identity_id.hex


def steps_left(session: ReadSession, person_id: UUID, issuer: str, at: datetime) -> Sequence[Step]:
    """Return what a provider said last of somebody's roles and is not so, each with what would refuse it now."""
    person = session.state(PERSON, person_id)
    said = person.provided.said.get(issuer)
    if said is None:
        return []
    command = FollowProvider(person_id=person_id, issuer=issuer, roles=said.roles, said_at=said.said_at)
    return steps(person, command, cast(ForStanding, load(session, command, SYSTEM, at)))
