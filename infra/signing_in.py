"""Puts sign-in links and sessions over the store that the settings name."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache

from infra.adapters import open_mailer
from infra.identity.ended import LastSignOut, never
from infra.identity.sessions import NOTHING, Sessions
from infra.settings import Settings
from portfolio.application.addresses import OF_ADDRESSES, AddressBook
from portfolio.application.mailed_links import MailedLinks
from portfolio.application.ports import Clock, Journal
from portfolio.application.security_log import SecurityLog
from portfolio.application.sign_in import Secrets
from portfolio.domain.kernel import Command


def sessions_over(
    store: Secrets,
    settings: Settings,
    now: Clock,
    signed_out: LastSignOut = never,
    security: SecurityLog = NOTHING,
) -> Sessions:
    """Return the links and sessions that are kept in a store, within the limits of the settings."""
    idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    return Sessions(store, settings.base_url, now, signed_out, idle, longest, security)


def following(settings: Settings, journal: Journal, opened: ExitStack, now: Clock) -> Callable[[Command], None]:
    """Return what keeps addresses as commands say; their store is ``opened`` when the first one does."""

    @cache
    def book() -> AddressBook:
        return AddressBook(journal, opened.enter_context(settings.store.open_sign_in(settings.keys, now)))

    def follow(command: Command) -> None:
        if isinstance(command, OF_ADDRESSES):
            book().follow(command)

    return follow


def mailed_links(settings: Settings, book: AddressBook, sessions: Sessions, now: Clock) -> MailedLinks | None:
    """Return what sends sign-in links by mail, None where no mail server is set."""
    mailer = open_mailer(settings)
    if mailer is None:
        return None
    page = f"{settings.base_url}/sign-in/by-mail/link"
    return MailedLinks(book, sessions, mailer, now, name=settings.name, page=page)


@contextmanager
def open_sessions(settings: Settings, now: Clock, signed_out: LastSignOut = never) -> Iterator[Sessions]:
    """Give the links and sessions of a deployment to whoever does not serve it; raise ``CannotOpen``."""
    with settings.store.open_sign_in(settings.keys, now) as store:
        yield sessions_over(store, settings, now, signed_out)
