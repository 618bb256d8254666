"""A door: sign-in as another process or machine opens it, by one clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from infra.identity.sessions import IDLE, SESSION, Sessions
from portfolio.application.sign_in import SignInStore
from portfolio.domain.kernel import EPOCH
from tests.security import Listed

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Door:
    """Opens the store as another process or machine does, by one clock; ``out`` is who signed out when."""

    start: Callable[..., SignInStore]
    now: datetime = START
    out: dict[UUID, datetime] = field(default_factory=dict)
    log: Listed = field(default_factory=Listed)

    def store(self) -> SignInStore:
        return self.start(lambda: self.now)

    def sessions(self, idle: timedelta = IDLE, longest: timedelta = SESSION) -> Sessions:
        signed_out = lambda person: self.out.get(person, EPOCH)  # noqa: E731
        return Sessions(self.store(), "http://localhost", lambda: self.now, signed_out, idle, longest, self.log)


def code_of(link: str) -> str:
    return link.partition("/sign-in#code=")[2]


def signed_in(sessions: Sessions, person: UUID, **at: str) -> str:
    return sessions.open(code_of(sessions.issue_link(person)), **at)
