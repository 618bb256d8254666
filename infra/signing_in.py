"""Puts sign-in links and sessions over the store that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from infra.identity.ended import LastSignOut, never
from infra.identity.sessions import NOTHING, Sessions
from infra.settings import Settings
from portfolio.application.ports import Clock
from portfolio.application.security_log import SecurityLog
from portfolio.application.sign_in import Secrets


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


@contextmanager
def open_sessions(settings: Settings, now: Clock, signed_out: LastSignOut = never) -> Iterator[Sessions]:
    """Give the links and sessions of a deployment to whoever does not serve it; raise ``CannotOpen``."""
    with settings.store.open_sign_in(settings.keys, now) as store:
        yield sessions_over(store, settings, now, signed_out)
