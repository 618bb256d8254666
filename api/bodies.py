"""Bodies: how many requests of one person are waited for at once, so that nobody takes all the places there are.

Those who are not signed in have the places of one person together. Bytes that are put to an upload address count for
whom it was given to.
"""

from collections import Counter
from threading import Lock
from uuid import UUID

from flask import Flask, current_app, g, request

from portfolio.application.ports import Busy
from portfolio.domain.kernel import NOBODY

STILL_COMES = "portfolio.body_still_comes"
"""What the server says in the environment of a request of which the body has not arrived yet."""

ENTRANCES = {"sign_in.enter", "oauth.issue_token", "providers.end"}
"""The routes that read a body of somebody whom nobody knows yet."""

BODIES = "portfolio.bodies"

OF_ONE_PERSON = 16
"""Requests whose bodies are waited for at once, for one person and process; a browser sends six."""


class ManyStillSent(Busy):
    """As many requests are still being sent as are waited for: let one of yours end, or try again in a moment."""


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
    app.extensions[BODIES] = bodies

    @app.before_request
    def begin() -> None:
        if "person" in g or request.endpoint in ENTRANCES:
            wait_for_body(g.get("person", NOBODY))

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if "waits_for" in g:
            bodies.end(g.pop("waits_for"))


def wait_for_body(person: UUID) -> None:
    """Wait for the body of this request, if it still comes, as one of a person's; raise ``ManyStillSent``."""
    if request.environ.get(STILL_COMES):
        current_app.extensions[BODIES].begin(person)
        g.waits_for = person
