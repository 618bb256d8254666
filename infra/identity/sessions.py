"""Sign-in links and the browser sessions they open, over what the store keeps of them."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from infra.identity.ended import LastSignOut, microseconds, never
from portfolio.application.ports import Busy, Clock, StorageFull, Unauthenticated
from portfolio.application.security_log import NoSecurityLog, SecurityLog
from portfolio.application.sign_in import Kept, Secrets

LINK = timedelta(minutes=15)
SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
NOTED = timedelta(minutes=1)
"""So old may the note be of when a session was used last: not every request needs to write one."""

ASK = "sign in again"
NO_LINK = "This sign-in link has been used or has run out: ask for a new one."
SIGNED_OUT = f"You are signed out: {ASK}."

NOT_USED, EVERYWHERE, LONGEST = "not used", "signed out everywhere", "longest time"
"""How a session ends by itself, in the security log."""

NOTHING = NoSecurityLog()


class Sessions:
    """The links and sessions of one deployment. ``base_url`` is where people reach it.

    A session ends after ``idle`` without a request, after ``longest`` whatever is asked, and when its person signs out
    everywhere (``last_sign_out``). Each end is noted in ``security`` once, at the latest with the next link
    or session after its longest time.
    """

    def __init__(
        self,
        store: Secrets,
        base_url: str,
        now: Clock,
        last_sign_out: LastSignOut = never,
        idle: timedelta = IDLE,
        longest: timedelta = SESSION,
        security: SecurityLog = NOTHING,
    ) -> None:
        self._store = store
        self._base_url = base_url
        self._now = now
        self._last_sign_out = last_sign_out
        self._idle = idle
        self._longest = longest
        self._security = security

    def issue_link(self, person: UUID, lifetime: timedelta = LINK, bound_to: str = "") -> str:
        """Return an address that signs this person in once, until ``lifetime`` has passed.

        One that is ``bound_to`` another secret, such as of a cookie, opens nothing without it.
        """
        self._note_run_out()
        code = secrets.token_urlsafe(32)
        expires = self._now() + lifetime
        self._store.keep_link(digest(code, bound_to), person, expires, self._after(person))
        return f"{self._base_url}/sign-in#code={code}"

    def open(self, code: str, browser: str = "", bound_to: str = "") -> str:
        """Use up a link's code and return the secret of a new session; raise ``Unauthenticated`` if it is no good."""
        link, secret = digest(code, bound_to), secrets.token_urlsafe(32)
        kept = self._store.find_link(link)  # before anything is locked: guesses keep nobody waiting
        if kept is None:
            raise Unauthenticated(NO_LINK)
        self._check_not_signed_out(kept)
        opened = self._store.open(link, digest(secret), self._now() + self._longest, browser=browser)
        if opened is None and self._store.find_session(digest(secret)) is None:  # the answer to the first try was lost
            raise Unauthenticated(NO_LINK)
        return secret

    def begin(self, person: UUID, origin: str = "", browser: str = "") -> str:
        """Return the secret of a new session of somebody for whom ``origin`` vouches."""
        self._note_run_out()
        secret, expires = secrets.token_urlsafe(32), self._now() + self._longest
        self._store.keep_session(digest(secret), person, expires, self._after(person), origin=origin, browser=browser)
        return secret

    def person_of(self, secret: str) -> UUID:
        """Return the person of an open session; raise ``Unauthenticated`` if there is none."""
        kept = self._store.find_session(digest(secret))
        if kept is None:
            raise Unauthenticated(SIGNED_OUT)
        if self._now() >= kept.opened + self._longest:
            self._lapse(kept, secret, LONGEST)
            raise Unauthenticated(SIGNED_OUT)
        self._check_not_signed_out(kept, secret)
        unused = self._now() - kept.seen
        if unused >= self._idle:
            self._lapse(kept, secret, NOT_USED)
            raise Unauthenticated(f"Nothing was asked for {in_words(self._idle)}, so you were signed out: {ASK}.")
        if unused >= NOTED:
            with suppress(Busy, StorageFull):  # the next request notes it
                self._store.see(digest(secret))
        return kept.person

    def id_of(self, secret: str) -> UUID:
        """Return by which id a session is known, which opens nothing."""
        return UUID(bytes=digest(secret)[:16])

    def shown_before(self, secret: str, position: int) -> int | None:
        """Return how far a session's person had been shown the log before it; it is shown up to ``position`` now."""
        return self._store.shown_before(digest(secret), position)

    def close(self, secret: str) -> None:
        """End a session; nothing happens if there is none."""
        kept = self._store.find_session(digest(secret))
        if kept is not None and self._store.end(kept.person, kept.id):
            self._note_end(kept.person, kept.id, "signed out")

    def end(self, person: UUID, session: UUID) -> bool:
        """End a session of this person's by its id; tell whether there was one."""
        ended = self._store.end(person, session)
        if ended:
            self._note_end(person, session, "signed out from another session")
        return ended

    def end_from(self, origin: str) -> Sequence[Kept]:
        """End the sessions for which ``origin`` vouched, and return them."""
        ended = self._store.end_from(origin)
        for kept in ended:
            self._note_end(kept.person, kept.id, "signed out by who vouched")
        return ended

    def open_of(self, person: UUID) -> Sequence[Kept]:
        """Return the sessions in which somebody is signed in now, the one that was used last first."""
        after, now = self._after(person), self._now()
        sessions = (self._within_limits(kept) for kept in self._store.sessions_of(person))
        return [kept for kept in sessions if kept.after == after and now < min(kept.expires, kept.seen + self._idle)]

    def _within_limits(self, kept: Kept) -> Kept:
        return kept._replace(expires=min(kept.expires, kept.opened + self._longest))

    def _after(self, person: UUID) -> int:
        return microseconds(self._last_sign_out(person))

    def _check_not_signed_out(self, kept: Kept, secret: str = "") -> None:
        if kept.after != self._after(kept.person):
            self._lapse(kept, secret, EVERYWHERE)
            raise Unauthenticated(f"You were signed out everywhere: {ASK}.")

    def _lapse(self, kept: Kept, secret: str, why: str) -> None:
        """Note the first time that a session is found to have ended by itself."""
        with suppress(Busy, StorageFull):
            if secret and self._store.lapse(digest(secret)):
                self._note_end(kept.person, kept.id, why)

    def _note_run_out(self) -> None:
        """Note the ends of sessions that nobody came back to, as the store forgets them; not without a log."""
        if self._security is NOTHING:
            return
        with suppress(Busy, StorageFull):
            for kept in self._store.run_out():
                unused = kept.seen + self._idle <= kept.expires
                signed_out = kept.after != self._after(kept.person)
                self._note_end(kept.person, kept.id, EVERYWHERE if signed_out else NOT_USED if unused else LONGEST)

    def _note_end(self, person: UUID, session: UUID, why: str) -> None:
        self._security.write("session-ended", person, session=session, why=why)


def digest(secret: str, bound_to: str = "") -> bytes:
    """Return by what a secret is known again, and of which nothing can be guessed."""
    whole = f"{secret}\n{bound_to}" if bound_to else secret
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).digest()


def in_words(length: timedelta) -> str:
    """Return a length of time in whole minutes."""
    minutes = length // timedelta(minutes=1)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
