"""A record with three people whose addresses are registered, and providers that sign them in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from infra.identity.openid.configured import Configured
from infra.identity.openid.providers import OpenIdProviders
from infra.identity.openid.sealed import Seal
from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Vault
from portfolio.application.providers import Accounts, SignedIn
from portfolio.application.read_session import ReadSession
from portfolio.domain.identity import AcceptIdentity, UnlinkIdentity
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.infra.openid.real import Browser, client, query_of

ADMIN, MIA, NOAH = (uuid5(NOBODY, name) for name in ("admin", "mia", "noah"))
ADDRESSES = {"mia@college.example": MIA, "noah@college.example": NOAH}
OURS = "http://portfolio.example"
SECRET = bytes(range(32))


def now() -> datetime:
    """Return the true time, which a real provider goes by."""
    return datetime.now(UTC)


@dataclass
class Here:
    """Our side: what is recorded, and the providers over it."""

    journal: EventJournal
    handler: CommandHandler
    addresses: dict[str, UUID] = field(default_factory=lambda: dict(ADDRESSES))
    seen: set[tuple[str, str]] = field(default_factory=set)

    def once(self, kind: str, value: str, until: datetime) -> bool:
        new = (kind, value) not in self.seen
        self.seen.add((kind, value))
        return new

    def at(self, *providers: Configured, base_url: str = OURS, clock: Any = now) -> OpenIdProviders:
        """Return the service's side of these providers."""
        accounts = Accounts(self.handler, self.addresses.get)
        return OpenIdProviders(providers, accounts, Seal(SECRET, clock), self.once, base_url, clock)

    def facts(self) -> list[str]:
        """Return what was recorded of accounts."""
        return [entry.tag for entry in self.journal.since(0) if entry.tag.startswith("identity.")]

    def ids(self) -> list[UUID]:
        """Return the accounts on record, in the order of their first facts."""
        return list(dict.fromkeys(e.originator_id for e in self.journal.since(0) if e.tag.startswith("identity.")))

    def take_away(self, identity_id: UUID) -> None:
        self.handler.execute(UnlinkIdentity(identity_id=identity_id, reason="It is not hers."), ADMIN)

    def accept(self, identity_id: UUID) -> None:
        self.handler.execute(AcceptIdentity(identity_id=identity_id, reason="It is hers after all."), ADMIN)

    def session(self) -> ReadSession:
        return ReadSession(self.journal)


@contextmanager
def here(folder: Path) -> Iterator[Here]:
    """Give our side in a folder."""
    journal = EventJournal.in_file(folder / "facts.db", secret=b"index")
    handler = CommandHandler(journal, cast(Vault, SimpleNamespace()), now, uuid4)
    for person, name in ((ADMIN, "Admin"), (MIA, "Mia"), (NOAH, "Noah")):
        handler.execute(RegisterPerson(person_id=person, name=name, works_for="centre"), SYSTEM)
    handler.execute(GrantRole(person_id=ADMIN, role="administrator"), SYSTEM)
    yield Here(journal, handler)
    journal.close()


def configured(issuer: str, key: str = "college", **more: Any) -> Configured:
    """Return a provider as an operator names it, who knows us by what it was told of us."""
    known = client(OURS, key)
    named = {"name": key.capitalize(), "client_id": known["client_id"], "client_secret": known["client_secret"]}
    return Configured(key=key, issuer=issuer, **{**named, **more})


def signs_in(
    providers: OpenIdProviders, account: str, key: str = "college", browser: Browser | None = None
) -> SignedIn:
    """Let somebody sign in with an account, from beginning to end."""
    begun = providers.begin(key)
    back = (browser or Browser(OURS)).signs_in(begun.address, account)
    return providers.finish(key, begun.kept, query_of(back))
