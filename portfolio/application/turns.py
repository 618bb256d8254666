"""Turns: what many requests of one person would make each other do again and again, they do one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore
from uuid import UUID

from portfolio.application.ports import Busy

LOCKS = 64
"""People whose ids are alike in the last bits share one of so many locks."""
PATIENCE_SECONDS = 5.0
PLACES = 16
"""Requests that have or await a turn under one lock: each keeps a thread of the server from everybody else."""


class Turns:
    """Gives each person a turn at a time; who would wait longer than the patience, or behind many, is told ``Busy``."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS, places: int = PLACES) -> None:
        self._locks = [Lock() for _ in range(LOCKS)]
        self._places = [Semaphore(places) for _ in range(LOCKS)]
        self._patience_seconds = patience_seconds

    @contextmanager
    def of(self, person: UUID) -> Iterator[None]:
        """Hold this person's turn."""
        lock, places = self._locks[person.int % LOCKS], self._places[person.int % LOCKS]
        if not places.acquire(blocking=False):
            raise Busy
        try:
            if not lock.acquire(timeout=self._patience_seconds):
                raise Busy
            try:
                yield
            finally:
                lock.release()
        finally:
            places.release()
