"""Running: imports that go on in this process after the request that began them was answered."""

import logging
from collections.abc import Callable
from threading import Lock, Thread
from uuid import UUID

from portfolio.domain.kernel import Rejected

LOG = logging.getLogger("portfolio.imports")

OUR_FAULT = "Something went wrong on our side, which the operator's log names."


class Importing:
    """Carries imports on, each in a thread of its own.

    One that stops, because the process does or because its work fails, goes on where it was once its file is sent
    again: what it recorded says how far it is.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads: dict[UUID, Thread] = {}
        self._why: dict[UUID, str] = {}

    def start(self, import_id: UUID, work: Callable[[], object]) -> None:
        """Let an import's work be done, unless it is at it."""

        def run() -> None:
            try:
                work()
            except Rejected as refusal:
                LOG.warning("an import stopped: %s", refusal.code)
                self._why[import_id] = str(refusal)
            except Exception:
                LOG.exception("an import stopped")
                self._why[import_id] = OUR_FAULT

        with self._lock:
            if self.goes_on(import_id):
                return
            self._threads = {each: thread for each, thread in self._threads.items() if thread.is_alive()}
            self._why.pop(import_id, None)
            thread = self._threads[import_id] = Thread(target=run, name="import", daemon=True)
            thread.start()

    def goes_on(self, import_id: UUID) -> bool:
        """Tell whether this process is at it."""
        thread = self._threads.get(import_id)
        return thread is not None and thread.is_alive()

    def wait(self, import_id: UUID, seconds: float | None = None) -> None:
        """Wait until it is done or has stopped, at most so long."""
        if thread := self._threads.get(import_id):
            thread.join(seconds)

    def why(self, import_id: UUID) -> str:
        """Return why it stopped here, empty if it did not."""
        return self._why.get(import_id, "")
