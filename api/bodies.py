"""Bodies: how many requests of one person are waited for at once, so that nobody takes all the places there are."""

from collections import Counter
from threading import Lock
from uuid import UUID

from flask import Flask, g, request

from portfolio.application.ports import Busy

STILL_COMES = "portfolio.body_still_comes"
"""What the server says in the environment of a request of which the body has not arrived yet."""

OF_ONE_PERSON = 16
"""Requests whose bodies are waited for at once, for one person and process; a browser sends six."""


class ManyStillSent(Busy):
    """As many of your requests are still being sent as one person may send at once: let one of them end first."""


class Bodies:
    """Knows for whom bodies are waited."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waits: Counter[UUID] = Counter()

    def begin(self, person: UUID) -> None:
        """Note that one more body of a person is waited for; raise ``ManyStillSent``."""
        with self._lock:
            if self._waits[person] >= OF_ONE_PERSON:
                raise ManyStillSent
            self._waits[person] += 1

    def end(self, person: UUID) -> None:
        """Note that it is waited for no longer."""
        with self._lock:
            self._waits[person] -= 1
            self._waits += Counter()  # forgets who sends nothing


def register(app: Flask, bodies: Bodies) -> None:
    """Make the application wait for so many bodies of one person, once it knows who asks."""

    @app.before_request
    def begin() -> None:
        if "person" in g and request.environ.get(STILL_COMES):
            bodies.begin(g.person)
            g.waits = True

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if g.pop("waits", False):
            bodies.end(g.person)
