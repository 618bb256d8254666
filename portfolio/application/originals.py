"""Originals: stored files read so that no block goes out which is not as it was sealed.

A file is checked by blocks, each before anything of it goes out, and again while it does. The digests of a long file's
blocks lie beside it, and its fact holds their digest; a file from before is read once whole, and its blocks' digests
are remembered. Whoever asks for it meanwhile is told so at once and waits in no thread of the server.
"""

import hashlib
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from threading import Lock, Semaphore
from typing import cast
from uuid import UUID

from portfolio.application.ports import Busy, Vault
from portfolio.domain.erasure import FileWasErased
from portfolio.domain.evidence.item import Version
from portfolio.domain.kernel import Rejected, Value

BLOCK_BYTES = 4 << 20
"""Bytes of a block. This never changes: it is part of what the stored digests mean."""

DIGEST_BYTES = 32

REMEMBERED = 1_000
"""Files whose blocks' digests are remembered: at most 4 kB for each."""

MEASURED_AT_ONCE = 4
"""Files from before that are read whole at the same time: each takes the thread of a page while it lasts."""

CHECKED_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""Blocks that are checked at the same time: more would only keep the processor from whoever asks for a page."""

log = logging.getLogger(__name__)


class StoredFileAltered(Rejected, rule="EVIDENCE-2"):
    """The stored file is missing or no longer the one that was sealed, so it is not shown: tell the operator."""


class FileBeingMeasured(Busy):
    """A file this old is read whole, once, before it is shown, and few of them at a time: try again in a moment."""


class StoredFile(Value):
    """A sealed file as its fact describes it; ``blocks`` is the SHA-256 (hex) of its blocks' digests."""

    object_id: UUID
    sha256: str
    size: int
    storage_version: str = ""
    blocks: str = ""


def file_of(version: Version) -> StoredFile:
    """Return the stored file of a version that has one."""
    return StoredFile(
        object_id=cast(UUID, version.object_id),
        sha256=version.sha256,
        size=version.size,
        storage_version=version.storage_version,
        blocks=version.blocks,
    )


def measured(chunks: Iterable[bytes], block_bytes: int = BLOCK_BYTES) -> tuple[str, bytes]:
    """Return the SHA-256 (hex) of all bytes, and the digests of their blocks, one after the other."""
    whole, block, room, digests = hashlib.sha256(), hashlib.sha256(), block_bytes, []
    for chunk in chunks:
        whole.update(chunk)
        view = memoryview(chunk)
        while len(view) >= room:
            block.update(view[:room])
            digests.append(block.digest())
            view, block, room = view[room:], hashlib.sha256(), block_bytes
        block.update(view)
        room -= len(view)
    if room < block_bytes:
        digests.append(block.digest())
    return whole.hexdigest(), b"".join(digests)


class Originals:
    """Reads stored files, and knows which were found altered; ``refused`` is told of each answer that needed one.

    ``erased`` tells of a file that is not there whether it is to be so.
    """

    def __init__(self, refused: Callable[[], None] = lambda: None) -> None:
        self.refused = refused
        self.erased: Callable[[UUID], bool] = lambda _: False
        self._lock = Lock()
        self._measured_now: set[StoredFile] = set()
        self._checking = Semaphore(CHECKED_AT_ONCE)
        self._digests: OrderedDict[StoredFile, bytes] = OrderedDict()
        self._altered: dict[StoredFile, int] = {}

    def read(self, vault: Vault, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to but without ``end``; raise ``StoredFileAltered`` before any wrong block.

        A block that was found altered before is looked at first, so that an answer which needs it does not begin.
        """
        try:
            digests = self._digests_of(vault, file)
            numbers = range(start // BLOCK_BYTES, -(-end // BLOCK_BYTES))
            wrong = self._altered.get(file)
            if wrong is not None and wrong in numbers:
                self._require(file, digests, wrong, self._stored(vault, file, wrong))
                self._found_right(file)
            for number in numbers:
                yield from self._block(vault, file, digests, number, start, end)
        except FileNotFoundError as error:
            if self.erased(file.object_id):
                raise FileWasErased from error
            raise self._found_altered(file, 0) from error

    def check(self) -> str | None:
        """Return how many files were found altered and were not found right since, None if there is none."""
        altered = [file for file in list(self._altered) if not self.erased(file.object_id)]
        if not altered:
            return None
        return f"Stored files that are missing or altered: {len(altered)}. Run `portfolio fsck`, which names them."

    def _block(
        self, vault: Vault, file: StoredFile, digests: bytes, number: int, start: int, end: int
    ) -> Iterator[bytes]:
        """Yield what lies between ``start`` and ``end`` of a block that is as it was sealed.

        It is read twice, and only a piece is ever held: whoever takes it slowly costs no memory. Nobody gets the last
        piece of one that was altered between the first time and the second.
        """
        self._require(file, digests, number, self._stored(vault, file, number))
        block, place, last = hashlib.sha256(), number * BLOCK_BYTES, b""
        for chunk in self._stored(vault, file, number):
            block.update(chunk)
            if last:
                yield last
            last = chunk[max(start - place, 0) : max(end - place, 0)]
            place += len(chunk)
        self._require_digest(file, digests, number, block.digest())
        yield last

    def _stored(self, vault: Vault, file: StoredFile, number: int) -> Iterator[bytes]:
        begin = number * BLOCK_BYTES
        end = min(begin + BLOCK_BYTES, file.size)
        return vault.read(file.object_id, begin, end, storage_version=file.storage_version)

    def _require(self, file: StoredFile, digests: bytes, number: int, chunks: Iterable[bytes]) -> None:
        block = hashlib.sha256()
        with self._checking:
            for chunk in chunks:
                block.update(chunk)
        self._require_digest(file, digests, number, block.digest())

    def _require_digest(self, file: StoredFile, digests: bytes, number: int, digest: bytes) -> None:
        if digest != digests[number * DIGEST_BYTES :][:DIGEST_BYTES]:
            raise self._found_altered(file, number)

    def _digests_of(self, vault: Vault, file: StoredFile) -> bytes:
        """Return the digests of a file's blocks: they are kept beside it, or else made from the whole of it."""
        if file.size <= BLOCK_BYTES:
            return bytes.fromhex(file.sha256)
        digests = self._digests.get(file)
        if digests is None:
            digests = vault.blocks(file.object_id) if file.blocks else b""
            if not file.blocks or hashlib.sha256(digests).hexdigest() != file.blocks:
                digests = self._measure(vault, file)
            with self._lock:
                self._digests[file] = digests
                if len(self._digests) > REMEMBERED:
                    self._digests.popitem(last=False)
        return digests

    def _measure(self, vault: Vault, file: StoredFile) -> bytes:
        """Return the digests of the blocks of the whole file; raise ``FileBeingMeasured`` if somebody does it already.

        The same for many other files is refused likewise.
        """
        with self._lock:
            if file in self._measured_now or len(self._measured_now) >= MEASURED_AT_ONCE:
                raise FileBeingMeasured
            self._measured_now.add(file)
        try:
            sha256, digests = measured(vault.read(file.object_id, storage_version=file.storage_version))
        finally:
            with self._lock:
                self._measured_now.remove(file)
        if sha256 != file.sha256:
            raise self._found_altered(file, 0)
        self._found_right(file)
        return digests

    def _found_altered(self, file: StoredFile, number: int) -> StoredFileAltered:
        with self._lock:
            self._altered[file] = number
        self.refused()
        log.error("object %s is missing or has other bytes than were sealed", file.object_id)
        return StoredFileAltered()

    def _found_right(self, file: StoredFile) -> None:
        with self._lock:
            self._altered.pop(file, None)
