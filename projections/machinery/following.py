"""Following: whoever goes along the log batch by batch goes on whatever fails, and says where they cannot."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Protocol

from portfolio.application.ports import NewerRelease
from projections.machinery.log import Log
from projections.machinery.trouble import Trouble, where

LOG = logging.getLogger("portfolio.projections")

BATCH_SIZE = 1_000
"""Facts that a follower takes at once."""
POLL_SECONDS = 0.02
"""After how many seconds an idle follower looks at the log without having been woken."""
GATHER_SECONDS = 0.02
"""How long facts gather that nobody waits for: one after the other costs three times as much."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
"""Seconds a follower rests after it failed; each failure in a row doubles it."""
TOLD_PAUSE = 1.6
"""Who is to rest that long has failed for about three seconds, and an operator is told."""


class Follower(Protocol):
    """Something that goes along the log batch by batch."""

    @property
    def position(self) -> int:
        """Return how far it has come."""

    def step(self) -> int:
        """Take the next batch and return how many facts it had."""


def at_once() -> None:
    """Let nothing gather."""


def follow(
    name: str,
    log: Log,
    follower: Follower,
    stop: Event,
    trouble: Trouble | None = None,
    gather: Callable[[], object] = at_once,
) -> None:
    """Let a follower step whenever there is something, until ``stop`` is set; what fails is logged and tried again.

    What comes until ``gather`` returns is taken together. Who has failed for some seconds is noted in ``trouble``
    until they go on. A fact of a newer release ends it: the rest of the log is for that release's followers.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            # who has taken less has come to the end, or is told at once that they have not
            if follower.step() < BATCH_SIZE and log.wait_past(follower.position, POLL_SECONDS):
                gather()
            if trouble:
                trouble.went_on(name)
            pause = FIRST_PAUSE
        except NewerRelease as refusal:
            LOG.error("%s ends after position %d: %s", name, follower.position, refusal)  # noqa: TRY400 - says it all
            break
        except Exception as error:  # noqa: BLE001 - whatever it is, the views must not stand still for good
            LOG.error(  # noqa: TRY400 - an exception's message may hold personal data
                "%s failed after position %d (%s), next try in %.2f s", name, follower.position, where(error), pause
            )
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            if trouble and pause >= TOLD_PAUSE:
                with suppress(Exception):  # where it cannot be written it is kept in mind
                    trouble.failed(name, follower.position, where(error))
    if trouble:
        trouble.left([name])
