"""Sign-in links and the browser sessions they open, in a small file beside the keys.

The file holds no personal data: the SHA-256 of random secrets, a person's random id, an expiry, whether the secret has
been used, when its session was used last, and which sign-out it came after; and how far of the log each person has been
shown what is new. One UPDATE takes a link, so it opens one session only, across processes and restarts.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from infra.identity.ended import LastSignOut, microseconds, never
from infra.identity.keys import KeyFolder
from portfolio.application.ports import Busy, Clock, StorageBroken, StorageFull, Unauthenticated

FILE = "sessions.db"
LINK = timedelta(minutes=15)
SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
NOTED = timedelta(minutes=1)
"""So old may the note be of when a session was used last: not every request needs to write one."""

TABLE = """
CREATE TABLE IF NOT EXISTS secret (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('link', 'session')),
    person BLOB NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
"""
ADDED_LATER = ("seen INTEGER NOT NULL DEFAULT 0", "after INTEGER NOT NULL DEFAULT 0", "shown INTEGER")
"""Columns that files of earlier releases lack: when a session was used last, its person's sign-out before it, and how
far they had been shown the log before it."""
SHOWN = "CREATE TABLE IF NOT EXISTS shown (person BLOB PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID"
NEVER = -1
"""In the place of a position: before this session nothing was shown."""
BEFORE = f"""
UPDATE secret
SET shown = coalesce(shown, (SELECT position FROM shown WHERE shown.person = secret.person), {NEVER})
WHERE hash = :hash AND purpose = :purpose RETURNING shown
"""  # noqa: S608 - a constant
NOW_SHOWN = """
INSERT INTO shown (person, position) SELECT person, :position FROM secret WHERE hash = :hash
ON CONFLICT (person) DO UPDATE SET position = max(position, excluded.position)
"""
KEEP = """
INSERT INTO secret (hash, purpose, person, expires, seen, after)
VALUES (:hash, :purpose, :person, :expires, :now, :after)
"""
TAKE = """
UPDATE secret SET used = 1 WHERE hash = :hash AND purpose = :purpose AND used = 0 AND expires > :now
RETURNING person, after
"""
FIND = """
SELECT person, after, max(seen, expires - :longest) FROM secret
WHERE hash = :hash AND purpose = :purpose AND used = 0 AND expires > :now
"""
SEE = "UPDATE secret SET seen = :now WHERE hash = :hash"
FORGET = "DELETE FROM secret WHERE expires <= :now"

ASK = "ask for a new sign-in link"
NO_LINK = "This sign-in link has been used or has run out: ask for a new one."
SIGNED_OUT = f"You are signed out: {ASK}."


class LocalSessions:
    """The links and sessions of one deployment. ``base_url`` is where people reach it.

    A session ends after ``idle`` without a request, and when its person signs out everywhere (``last_sign_out``).
    Every call waits ``patience_seconds`` for another process and then raises ``Busy``.
    """

    def __init__(
        self,
        keys: KeyFolder,
        base_url: str,
        now: Clock,
        last_sign_out: LastSignOut = never,
        idle: timedelta = IDLE,
        patience_seconds: float = 5,
    ) -> None:
        self._path = keys.path / FILE
        self._base_url = base_url
        self._now = now
        self._last_sign_out = last_sign_out
        self._idle = idle
        self._patience_seconds = patience_seconds
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._writing() as connection:
            connection.execute(TABLE)
            connection.execute(SHOWN)
            there = {name for _, name, *_ in connection.execute("PRAGMA table_info(secret)")}
            for column in ADDED_LATER:
                if column.partition(" ")[0] not in there:
                    connection.execute(f"ALTER TABLE secret ADD COLUMN {column}")

    def issue_link(self, person: UUID, lifetime: timedelta = LINK) -> str:
        """Return an address that signs this person in once, until ``lifetime`` has passed."""
        after = microseconds(self._last_sign_out(person))
        with self._writing() as connection:
            code = self._keep(connection, "link", person, lifetime, after)
        return f"{self._base_url}/sign-in#code={code}"

    def open(self, code: str) -> str:
        """Use up a link's code and return the secret of a new session; raise ``Unauthenticated`` if it is no good."""
        self._find(code, "link", NO_LINK)  # before anything is locked: guesses keep nobody waiting
        with self._writing() as connection:
            row = connection.execute(TAKE, self._where(code, "link")).fetchone()
            if row is None:
                raise Unauthenticated(NO_LINK)
            return self._keep(connection, "session", UUID(bytes=row[0]), SESSION, row[1])

    def person_of(self, secret: str) -> UUID:
        """Return the person of an open session; raise ``Unauthenticated`` if there is none."""
        person, seen = self._find(secret, "session", SIGNED_OUT)
        unused = timedelta(seconds=self._seconds() - seen)
        if unused >= self._idle:
            raise Unauthenticated(f"Nothing was asked for {in_words(self._idle)}, so you were signed out: {ASK}.")
        if unused >= NOTED:
            with suppress(Busy), self._writing() as connection:  # the next request notes it
                connection.execute(SEE, self._where(secret, "session"))
        return person

    def _find(self, secret: str, purpose: str, otherwise: str) -> tuple[UUID, int]:
        """Return whose secret it is and when it was used last; raise ``Unauthenticated``, with this sentence if new."""
        with self._connected() as connection:
            row = connection.execute(FIND, self._where(secret, purpose)).fetchone()
        if row is None:
            raise Unauthenticated(otherwise)
        person = UUID(bytes=row[0])
        if row[1] != microseconds(self._last_sign_out(person)):
            raise Unauthenticated(f"You were signed out everywhere: {ASK}.")
        return person, row[2]

    def shown_before(self, secret: str, position: int) -> int | None:
        """Return how far the log had been shown to a session's person before it, on whatever machine; None for nothing.

        It is shown up to ``position`` now, which is what their next session is told.
        """
        with self._writing() as connection:
            row = connection.execute(BEFORE, self._where(secret, "session")).fetchone()
            connection.execute(NOW_SHOWN, self._where(secret, "session") | {"position": position})
        return None if row is None or row[0] == NEVER else int(row[0])

    def close(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""
        with self._writing() as connection:
            connection.execute(TAKE, self._where(secret, "session")).fetchone()

    def _keep(self, connection: sqlite3.Connection, purpose: str, person: UUID, lifetime: timedelta, after: int) -> str:
        secret = secrets.token_urlsafe(32)
        kept = {"person": person.bytes, "expires": self._seconds(lifetime), "after": after}
        row = self._where(secret, purpose) | kept
        connection.execute(FORGET, row)
        connection.execute(KEEP, row)
        return secret

    def _where(self, secret: str, purpose: str) -> dict[str, object]:
        digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
        longest = int(SESSION.total_seconds())  # a session of an earlier release says only when it will end
        return {"hash": digest, "purpose": purpose, "now": self._seconds(), "longest": longest}

    def _seconds(self, lifetime: timedelta = timedelta(0)) -> int:
        return int((self._now() + lifetime).timestamp())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back when it raises
                yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=self._patience_seconds, isolation_level=None)
            with closing(connection):
                yield connection
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StorageFull from error
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
                raise StorageBroken from error
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Busy from error
            raise


def in_words(length: timedelta) -> str:
    """Return a length of time in whole minutes."""
    minutes = length // timedelta(minutes=1)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
