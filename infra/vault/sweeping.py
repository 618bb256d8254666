"""Sweeping: what was uploaded into the folder long ago and never said to be all there is taken away."""

import logging
from threading import Event

from infra.vault.folder import FolderVault
from projections.files_waiting import files_waiting
from projections.machinery.database import Reads

ABANDONED_SECONDS = 24 * 3600
"""Age of an upload that nobody will finish: far more than the lifetime of its URL."""

SWEEP_SECONDS = 3600

EVERY_ONE = 1_000_000

LOG = logging.getLogger("portfolio.sweeper")


def sweep(vault: FolderVault, views: Reads, stop: Event) -> None:
    """Take it away every hour; what waits to be checked stays, however long."""
    while True:
        try:
            vault.sweep(ABANDONED_SECONDS, [file.object_id for file in files_waiting(views, EVERY_ONE)])
        except Exception:
            LOG.exception("uploads cannot be swept")
        if stop.wait(SWEEP_SECONDS):
            return
