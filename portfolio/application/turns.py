"""Turns: what many requests of one person would make each other do again and again, they do one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

from portfolio.application.ports import Busy

LOCKS = 64
"""People whose ids are alike in the last bits share one of so many locks."""
PATIENCE_SECONDS = 5.0


class Turns:
    """Gives each person a turn at a time; who would wait longer than the patience is told ``Busy``."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._locks = [Lock() for _ in range(LOCKS)]
        self._patience_seconds = patience_seconds

    @contextmanager
    def of(self, person: UUID) -> Iterator[None]:
        """Hold this person's turn."""
        lock = self._locks[person.int % LOCKS]
        if not lock.acquire(timeout=self._patience_seconds):
            raise Busy
        try:
            yield
        finally:
            lock.release()
