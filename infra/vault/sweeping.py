"""Sweeping: what was uploaded into the folder long ago and never said to be all there is taken away."""

import logging
from datetime import datetime
from threading import Event

from infra.vault.folder import FolderVault
from portfolio.application.ports import Clock
from projections.files_waiting import files_waiting
from projections.machinery.database import Reads

ABANDONED_SECONDS = 24 * 3600
"""Age of an upload that nobody will finish: far more than the lifetime of its URL."""

SWEEP_SECONDS = 3600

EVERY_ONE = 1_000_000

LOG = logging.getLogger("portfolio.sweeper")


class Sweeper:
    """Takes it away every hour; what waits to be checked stays, however long. ``last_at``: when it last did."""

    def __init__(self, vault: FolderVault, views: Reads, now: Clock) -> None:
        self._vault = vault
        self._views = views
        self._now = now
        self.last_at: datetime | None = None

    def run(self, stop: Event) -> None:
        """Sweep until the event is set."""
        while True:
            try:
                waiting = [file.object_id for file in files_waiting(self._views, EVERY_ONE)]
                self._vault.sweep(ABANDONED_SECONDS, waiting)
                self.last_at = self._now()
            except Exception:
                LOG.exception("uploads cannot be swept")
            if stop.wait(SWEEP_SECONDS):
                return
