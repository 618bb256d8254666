"""Sealing: how many files are judged at once, and for whom. Judging one may take a processor for half a minute."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from uuid import UUID

from portfolio.application.ports import Busy, Vault
from portfolio.domain.evidence.media import Sealed

AT_ONCE = 4
"""Files that one process judges at the same time: each may take a gigabyte of memory."""

REMEMBERED = 256
"""Files whose verdict is remembered, so that a command decided anew does not judge its file anew."""


class FileBeingChecked(Busy):
    """A file is being checked already: try again in a moment; what was uploaded stays."""


class Sealing:
    """Has a vault judge and keep files: one at a time for each person and each file, and few at once.

    Whoever comes while there is no place is told so at once and never waits in a thread of the server.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._judged_now: set[UUID] = set()
        self._places = AT_ONCE
        self._verdicts: OrderedDict[tuple[UUID, int, str, str], Sealed] = OrderedDict()

    def seal(
        self,
        vault: Vault,
        by: UUID,
        object_id: UUID,
        *,
        size: int,
        sha256: str,
        media_type: str,
        digests: Sequence[str] = (),
    ) -> Sealed:
        """Return what ``Vault.seal`` says, or said of the same file before; raise ``FileBeingChecked``."""
        file = (object_id, size, sha256, media_type)
        with self._lock:
            if file in self._verdicts:
                return self._verdicts[file]
        with self._place(by, object_id):
            vault.complete(object_id, digests)
            sealed = vault.seal(object_id, size=size, sha256=sha256, media_type=media_type)
        with self._lock:
            self._verdicts[file] = sealed
            if len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)
        return sealed

    @contextmanager
    def _place(self, by: UUID, object_id: UUID) -> Iterator[None]:
        """Hold one of the places for a person and a file."""
        with self._lock:
            if by in self._judged_now:
                raise FileBeingChecked("Another file of yours is being checked: try again in a moment.")
            if object_id in self._judged_now:
                raise FileBeingChecked("This file is being checked already: try again in a moment.")
            if not self._places:
                raise FileBeingChecked("Many files are being checked just now: try again in a moment.")
            self._places -= 1
            self._judged_now |= {by, object_id}
        try:
            yield
        finally:
            with self._lock:
                self._places += 1
                self._judged_now -= {by, object_id}
