"""Which sign-out somebody has behind them: what they signed in with knows it, and ends with the next (PERSON-11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from portfolio.application.ports import Journal
from portfolio.application.read_session import ReadSession
from portfolio.application.state_cache import StateCache
from portfolio.domain.kernel import EPOCH
from portfolio.domain.person import PERSON

LastSignOut = Callable[[UUID], datetime]
"""Tells when a person signed out everywhere last."""


def never(_: UUID) -> datetime:
    """Answer of nobody that they signed out everywhere."""
    return EPOCH


def last_sign_out(journal: Journal, cache: StateCache | None = None) -> LastSignOut:
    """Return what asks the record, as it is at the moment."""

    def of(person: UUID) -> datetime:
        return ReadSession(journal, cache=cache, catches_up=True).state(PERSON, person).signed_out

    return of


def microseconds(moment: datetime) -> int:
    """Return a time as a whole number, which no format rounds."""
    return (moment - EPOCH) // timedelta(microseconds=1)
