"""Sign-in links and the browser sessions they open, in a small file beside the keys.

The file holds no personal data: the SHA-256 of random secrets, a person's random id, an expiry and whether the secret
has been used. One UPDATE takes a link, so it opens one session only, across processes and restarts.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from uuid import UUID

from infra.identity.keys import KeyFolder
from portfolio.application.ports import Busy, Clock, StorageBroken, StorageFull, Unauthenticated

FILE = "sessions.db"
LINK = timedelta(minutes=15)
SESSION = timedelta(hours=12)

TABLE = """
CREATE TABLE IF NOT EXISTS secret (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('link', 'session')),
    person BLOB NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
"""
KEEP = "INSERT INTO secret (hash, purpose, person, expires) VALUES (:hash, :purpose, :person, :expires)"
TAKE = """
UPDATE secret SET used = 1 WHERE hash = :hash AND purpose = :purpose AND used = 0 AND expires > :now RETURNING person
"""
FIND = "SELECT person FROM secret WHERE hash = :hash AND purpose = 'session' AND used = 0 AND expires > :now"
FORGET = "DELETE FROM secret WHERE expires <= :now"


class LocalSessions:
    """The links and sessions of one deployment. ``base_url`` is where people reach it.

    Every call waits ``patience_seconds`` for another process and then raises ``Busy``.
    """

    def __init__(self, keys: KeyFolder, base_url: str, now: Clock, patience_seconds: float = 5) -> None:
        self._path = keys.path / FILE
        self._base_url = base_url
        self._now = now
        self._patience_seconds = patience_seconds
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._writing() as connection:
            connection.execute(TABLE)

    def issue_link(self, person: UUID, lifetime: timedelta = LINK) -> str:
        """Return an address that signs this person in once, until ``lifetime`` has passed."""
        with self._writing() as connection:
            code = self._keep(connection, "link", person, lifetime)
        return f"{self._base_url}/sign-in?code={code}"

    def open(self, code: str) -> str:
        """Use up a link's code and return the secret of a new session; raise ``Unauthenticated`` if it is no good."""
        with self._writing() as connection:
            row = connection.execute(TAKE, self._where(code, "link")).fetchone()
            if row is None:
                raise Unauthenticated("This sign-in link has been used or has run out: ask for a new one.")
            return self._keep(connection, "session", UUID(bytes=row[0]), SESSION)

    def person_of(self, secret: str) -> UUID:
        """Return the person of an open session; raise ``Unauthenticated`` if there is none."""
        with self._connected() as connection:
            row = connection.execute(FIND, self._where(secret, "session")).fetchone()
        if row is None:
            raise Unauthenticated("You are signed out: ask for a new sign-in link.")
        return UUID(bytes=row[0])

    def close(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""
        with self._writing() as connection:
            connection.execute(TAKE, self._where(secret, "session")).fetchone()

    def _keep(self, connection: sqlite3.Connection, purpose: str, person: UUID, lifetime: timedelta) -> str:
        secret = secrets.token_urlsafe(32)
        row = self._where(secret, purpose) | {"person": person.bytes, "expires": self._seconds(lifetime)}
        connection.execute(FORGET, row)
        connection.execute(KEEP, row)
        return secret

    def _where(self, secret: str, purpose: str) -> dict[str, object]:
        digest = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
        return {"hash": digest, "purpose": purpose, "now": self._seconds()}

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
