"""What is kept of signing in, in tables of either store: the statements are the same, and so is what they mean.

No secret is in them, only its SHA-256. One UPDATE makes a link into its session, so it opens one only, across processes
and restarts.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from portfolio.application.ports import Clock
from portfolio.application.sign_in import Kept

NEVER = -1
"""In the place of a position: before this session nothing was shown."""

COLUMNS = "hash, person, opened, expires, seen, after, origin, browser"
SEEN = COLUMNS.split(", ").index("seen")
ALIVE = "hash = :hash AND purpose = :purpose AND expires > :now"

KEEP = """
INSERT INTO secret (hash, purpose, person, expires, opened, seen, after, origin, browser)
VALUES (:hash, :purpose, :person, :expires, :now, :now, :after, :origin, :browser) RETURNING 1
"""
FIND = f"SELECT {COLUMNS} FROM secret WHERE {ALIVE}"  # noqa: S608
OPEN = f"""
UPDATE secret SET hash = :session, purpose = 'session', expires = :expires, opened = :now, seen = :now,
    browser = :browser
WHERE {ALIVE} RETURNING {COLUMNS}
"""  # noqa: S608
SEE = "UPDATE secret SET seen = :now WHERE hash = :hash AND seen < :now AND seen > 0 RETURNING 1"
LAPSE = "UPDATE secret SET seen = 0 WHERE hash = :hash AND purpose = 'session' AND seen > 0 RETURNING 1"
SESSIONS_OF = f"""
SELECT {COLUMNS} FROM secret WHERE person = :person AND purpose = 'session' AND expires > :now
ORDER BY seen DESC, opened DESC, hash
"""  # noqa: S608
END = "DELETE FROM secret WHERE person = :person AND purpose = 'session' AND substr(hash, 1, 16) = :id RETURNING 1"
END_FROM = f"""
DELETE FROM secret WHERE purpose = 'session' AND ' ' || origin || ' ' LIKE '% ' || :origin || ' %' RETURNING {COLUMNS}
"""  # noqa: S608

BEFORE = f"""
UPDATE secret
SET shown = coalesce(shown, (SELECT position FROM shown WHERE shown.person = secret.person), {NEVER})
WHERE hash = :hash AND purpose = 'session' RETURNING shown
"""  # noqa: S608
NOW_SHOWN = """
INSERT INTO shown (person, position) SELECT person, :position FROM secret WHERE hash = :hash AND purpose = 'session'
ON CONFLICT (person) DO UPDATE SET position = excluded.position WHERE shown.position < excluded.position RETURNING 1
"""

DISPLACE = "DELETE FROM address WHERE digest = :digest AND person <> :person RETURNING 1"
SET_ADDRESS = """
INSERT INTO address (person, address, digest) VALUES (:person, :address, :digest)
ON CONFLICT (person) DO UPDATE SET address = excluded.address, digest = excluded.digest RETURNING 1
"""
ADDRESS_OF = "SELECT address FROM address WHERE person = :person"
PERSON_AT = "SELECT person FROM address WHERE digest = :digest"
FORGET_ADDRESS = "DELETE FROM address WHERE person = :person RETURNING 1"

ONCE = """
INSERT INTO once (kind, value, expires) VALUES (:kind, :hash, :expires)
ON CONFLICT (kind, value) DO UPDATE SET expires = excluded.expires WHERE once.expires <= :now RETURNING 1
"""


class KeptSignIn(ABC):
    """What both stores do alike (``portfolio.application.sign_in.SignInStore``)."""

    def __init__(self, now: Clock) -> None:
        self._now = now

    @abstractmethod
    def _forget(self, table: str, key: str, told: str = "1") -> Sequence[Sequence[Any]]:
        """Forget rows of a table that have run out, by the columns of its key, and wait for nobody; return them."""

    @abstractmethod
    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """Carry a statement out in a transaction of its own, and return the rows of its answer.

        Raises ``Busy`` too where a row came meanwhile that may be there once only.
        """

    def keep_link(self, secret: bytes, person: UUID, expires: datetime, after: int) -> None:
        """See ``Secrets.keep_link``."""
        self._keep("link", secret, person, expires, after, "", "")

    def keep_session(
        self, secret: bytes, person: UUID, expires: datetime, after: int, *, origin: str, browser: str
    ) -> None:
        """See ``Secrets.keep_session``."""
        self._keep("session", secret, person, expires, after, origin, browser)

    def _keep(
        self, purpose: str, secret: bytes, person: UUID, expires: datetime, after: int, origin: str, browser: str
    ) -> None:
        kept = {"person": person, "expires": seconds(expires), "after": after, "origin": origin, "browser": browser}
        self._ask(KEEP, hash=secret, purpose=purpose, **kept)

    def find_link(self, secret: bytes) -> Kept | None:
        """See ``Secrets.find_link``."""
        return next(self._kept(FIND, hash=secret, purpose="link"), None)

    def find_session(self, secret: bytes) -> Kept | None:
        """See ``Secrets.find_session``."""
        return next(self._kept(FIND, hash=secret, purpose="session"), None)

    def open(self, link: bytes, secret: bytes, expires: datetime, *, browser: str) -> Kept | None:
        """See ``Secrets.open``."""
        made = {"session": secret, "expires": seconds(expires), "browser": browser}
        return next(self._kept(OPEN, hash=link, purpose="link", **made), None)

    def see(self, secret: bytes) -> None:
        """See ``Secrets.see``."""
        self._ask(SEE, hash=secret)

    def lapse(self, secret: bytes) -> bool:
        """See ``Secrets.lapse``: it was used last at the beginning of time."""
        return bool(self._ask(LAPSE, hash=secret))

    def run_out(self) -> list[Kept]:
        """See ``Secrets.run_out``: the end of one that was used last at the beginning of time was noted."""
        forgotten = self._forget("secret", "hash", f"{COLUMNS}, purpose")
        return [kept_of(row) for (*row, purpose) in forgotten if purpose == "session" and row[SEEN]]

    def sessions_of(self, person: UUID) -> list[Kept]:
        """See ``Secrets.sessions_of``."""
        return list(self._kept(SESSIONS_OF, person=person))

    def end(self, person: UUID, session: UUID) -> bool:
        """See ``Secrets.end``."""
        return bool(self._ask(END, person=person, id=session.bytes))

    def end_from(self, origin: str) -> list[Kept]:
        """See ``Secrets.end_from``."""
        return list(self._kept(END_FROM, origin=origin)) if origin.isalnum() else []

    def shown_before(self, secret: bytes, position: int) -> int | None:
        """See ``Secrets.shown_before``."""
        before = next((int(row[0]) for row in self._ask(BEFORE, hash=secret)), NEVER)
        self._ask(NOW_SHOWN, hash=secret, position=position)
        return None if before == NEVER else before

    def set_address(self, person: UUID, address: str, digest: str) -> None:
        """See ``Addresses.set_address``."""
        self._ask(DISPLACE, person=person, digest=digest)
        self._ask(SET_ADDRESS, person=person, address=address, digest=digest)

    def address_of(self, person: UUID) -> str | None:
        """See ``Addresses.address_of``."""
        return next((str(row[0]) for row in self._ask(ADDRESS_OF, person=person)), None)

    def person_at(self, digest: str) -> UUID | None:
        """See ``Addresses.person_at``."""
        return next((id_of(row[0]) for row in self._ask(PERSON_AT, digest=digest)), None)

    def forget_address(self, person: UUID) -> None:
        """See ``Addresses.forget_address``."""
        self._ask(FORGET_ADDRESS, person=person)

    def once(self, kind: str, value: str, expires: datetime) -> bool:
        """See ``Once.once``."""
        self._forget("once", "kind, value")
        digest = hashlib.sha256(value.encode("utf-8", "surrogateescape")).digest()
        return bool(self._ask(ONCE, kind=kind, hash=digest, expires=seconds(expires)))

    def _ask(self, statement: str, **values: Any) -> Sequence[Sequence[Any]]:
        return self._do(statement, {"now": seconds(self._now()), **values})

    def _kept(self, statement: str, **values: Any) -> Iterator[Kept]:
        yield from map(kept_of, self._ask(statement, **values))


def kept_of(row: Sequence[Any]) -> Kept:
    """Return a link or a session as it is kept."""
    digest, person, opened, expires, seen, after, origin, browser = row
    return Kept(
        id=UUID(bytes=bytes(digest)[:16]),
        person=id_of(person),
        opened=moment(opened),
        expires=moment(expires),
        seen=moment(seen),
        after=int(after),
        origin=str(origin),
        browser=str(browser),
    )


def seconds(of: datetime) -> int:
    """Return a time in whole seconds, as it is kept."""
    return int(of.timestamp())


def moment(kept: int) -> datetime:
    """Return the time that is kept in seconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=kept)


def id_of(kept: bytes | UUID) -> UUID:
    """Return an id as either store answers it."""
    return kept if isinstance(kept, UUID) else UUID(bytes=kept)
