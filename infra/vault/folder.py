"""The vault in a folder: what arrives waits in ``incoming``, what is sealed lies in ``objects``.

``incoming`` is ``infra.vault.incoming``'s. ``objects/<two hex digits>/<object id>`` is a sealed file, and the name with
``.blocks`` holds the digests of its blocks, if there is more than one. Every file is written elsewhere, synced and then
linked to its name, so a name never shows half a file and is never written twice; a symbolic link in the place of one is
no file. There is no lock against whoever owns the folder: the facts hold the digests that would tell.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from infra.errors import OperatorError
from infra.synced import sync
from infra.vault import listed
from infra.vault.disk import disk_refusals, fsync_and_link, is_file, link_synced, opened
from infra.vault.incoming import CHUNK_BYTES, Incoming, Readable, name_of
from infra.vault.media import inspect
from infra.vault.upload_urls import UploadUrls
from portfolio.application.originals import BLOCK_BYTES, StoredFileAltered, measured
from portfolio.application.ports import (
    Clock,
    ContentHashMismatch,
    ContentSizeMismatch,
    HeldPart,
    Screen,
    UploadMissing,
    UploadPart,
    unscreened,
)
from portfolio.domain.evidence.media import LARGEST_FILE, Sealed

READ_BYTES = 1 << 16
"""Bytes of a file that are held for each client that reads it, however slowly."""


class NoFolder(OperatorError):
    """Something else lies where the files should."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no folder, so no files lie there: move it away, and put back that of the backup.")


class FolderVault:
    """A vault below ``folder``, receiving uploads on URLs below ``base_url`` signed with ``secret``.

    No file is taken that leaves less than ``reserve_bytes`` of its disk free: facts need room when files find none.
    """

    inspect = staticmethod(inspect)
    origin = ""

    def __init__(
        self,
        folder: Path,
        secret: bytes,
        base_url: str,
        clock: Clock,
        lifetime_seconds: int = 900,
        limit_bytes: int = LARGEST_FILE,
        reserve_bytes: int = 0,
    ) -> None:
        self._quarantine = folder / "incoming"
        self._objects = folder / "objects"
        self._incoming = Incoming(self._quarantine, self._object, limit_bytes, reserve_bytes)
        self._urls = UploadUrls(secret, base_url, clock, lifetime_seconds)
        self._clock = clock
        self._set_aside = folder / "lost-and-found"
        for part in (self._quarantine, self._objects):
            try:
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                if error.errno in (errno.ENOTDIR, errno.EEXIST):
                    raise NoFolder(next(each for each in (part, *part.parents) if os.path.lexists(each))) from error
                if error.errno not in (errno.EROFS, errno.EACCES):  # who only reads needs no more than there is
                    raise

    def offer(self, object_id: UUID, size: int, sha256: str, sender: UUID) -> Sequence[UploadPart]:
        """See ``Vault.offer``. Raises ``ValueError`` if the id was offered for another file."""
        return [
            self._urls.issue(object_id, number, sender) for number in self._incoming.announce(object_id, size, sha256)
        ]

    def check_address(self, object_id: UUID, number: int, *, expires: str, signature: str) -> UUID:
        """See ``ReceivesUploads.check_address``."""
        return self._urls.check(object_id, number, expires, signature)

    def receive(
        self,
        object_id: UUID,
        number: int,
        *,
        expires: str,
        signature: str,
        stream: Readable,
        content_length: int | None,
        digest: str = "",
    ) -> None:
        """See ``ReceivesUploads.receive``."""
        self._urls.check(object_id, number, expires, signature)
        self._incoming.put(object_id, number, stream, content_length, digest)

    def take(self, object_id: UUID, stream: Readable, size: int) -> None:
        """See ``Vault.take``."""
        self._incoming.take(object_id, stream, size)

    def held(self, object_id: UUID) -> Sequence[HeldPart]:
        """See ``Vault.held``."""
        return self._incoming.held(object_id)

    def complete(self, object_id: UUID, digests: Sequence[str] = ()) -> None:
        """See ``Vault.complete``."""
        self._incoming.complete(object_id, digests)

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen = unscreened) -> Sealed:
        """See ``Vault.seal``."""
        received, sealed = self._incoming.received(object_id), self._object(object_id)
        try:
            with opened(sealed if is_file(sealed) else received) as file:
                received_size = os.fstat(file.fileno()).st_size
                if received_size != size:
                    raise ContentSizeMismatch(f"{received_size:,} bytes were received, {size:,} were announced.")
                digest, digests = measured(iter(partial(file.read, CHUNK_BYTES), b""))
                if sha256.lower() not in ("", digest):
                    raise ContentHashMismatch
                file.seek(0)
                screen(file)
                bounds = self.inspect(file, media_type)
            blocks = self._keep_blocks(object_id, digests) if size > BLOCK_BYTES else ""
            self._keep(received, sealed)
        except FileNotFoundError as error:
            if is_file(sealed):  # somebody sealed it meanwhile
                return self.seal(object_id, size=size, sha256=sha256, media_type=media_type, screen=screen)
            raise UploadMissing from error
        self._incoming.clear(object_id)
        return Sealed(object_id=object_id, sha256=digest, size=size, bounds=bounds, blocks=blocks)

    def read(
        self,
        object_id: UUID,
        start: int = 0,
        end: int | None = None,
        *,
        storage_version: str = "",  # noqa: ARG002 - a name in the folder is written once
    ) -> Iterator[bytes]:
        """See ``Vault.read``. Raises ``FileNotFoundError`` at the first chunk if there is no such object."""
        with opened(self._object(object_id)) as file:
            file.seek(start)
            while chunk := file.read(READ_BYTES if end is None else max(0, min(READ_BYTES, end - file.tell()))):
                yield chunk

    def blocks(self, object_id: UUID) -> bytes:
        """See ``Vault.blocks``."""
        try:
            with opened(self._blocks(object_id)) as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def discard(self, object_id: UUID) -> bool:
        """See ``Vault.discard``."""
        self._incoming.discard(object_id)
        return self.erase(object_id)

    def erase(self, object_id: UUID) -> bool:
        """See ``Vault.erase``."""
        sealed = self._object(object_id)
        for path in (sealed, self._blocks(object_id)):
            path.unlink(missing_ok=True)
        if sealed.parent.exists():
            sync(sealed.parent)
        return True

    def objects(self) -> Iterator[UUID]:
        """See ``Vault.objects``."""
        return listed.object_ids(self._objects)

    def strange(self) -> Iterator[str]:
        """See ``Vault.strange``."""
        return listed.strange(self._objects)

    def place(self, object_id: UUID) -> str:
        """See ``Vault.place``."""
        return str(self._object(object_id))

    def set_aside(self, object_id: UUID, before: datetime) -> str:
        """See ``Vault.set_aside``: it lies in ``lost-and-found`` then, with a line in ``list.txt``."""
        sealed = self._object(object_id)
        if sealed.stat().st_mtime > before.timestamp():
            return ""
        line = f"{self._clock().isoformat()} {sealed} {sealed.stat().st_size} {self.digest(object_id)}\n"
        listed.put_aside([self._blocks(object_id), sealed], self._set_aside, line)
        return str(self._set_aside / sealed.name)

    def take_back(self, object_id: UUID) -> None:
        """See ``Vault.take_back``; its line in ``list.txt`` stays."""
        sealed = self._object(object_id)
        for path in (self._blocks(object_id), sealed):
            if is_file(self._set_aside / path.name):
                link_synced(self._set_aside / path.name, path)
                (self._set_aside / path.name).unlink()

    def is_set_aside(self, object_id: UUID) -> bool:  # noqa: ARG002 - none of them lies among the others any more
        """See ``Vault.is_set_aside``."""
        return False

    def digest(self, object_id: UUID, *, storage_version: str = "") -> str | None:  # noqa: ARG002 - as in ``read``
        """See ``Vault.digest``."""
        try:
            with opened(self._object(object_id)) as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def size(self, object_id: UUID) -> int:
        """Return how many bytes a sealed file has; raise ``FileNotFoundError`` if there is none."""
        with opened(self._object(object_id)) as file:
            return os.fstat(file.fileno()).st_size

    def adopt(self, source: "FolderVault", object_id: UUID, *, link: bool) -> None:
        """Keep what another vault has sealed, with the digests of its blocks; ``FileNotFoundError`` if it has none.

        A ``link`` shares the bytes on their disk instead of copying them (``OSError`` on another one).
        """
        blocks = source._blocks(object_id)
        parts = [(blocks, self._blocks(object_id))] if is_file(blocks) else []
        for theirs, ours in [*parts, (source._object(object_id), self._object(object_id))]:
            self._make_shard(ours.parent)
            with opened(theirs) as file:
                if link:
                    link_synced(theirs, ours)
                    continue
                with self._incoming.temporary(object_id) as (copy, part):
                    shutil.copyfileobj(file, copy, CHUNK_BYTES)
                    fsync_and_link(copy, part, ours)

    def check(self) -> str | None:
        """Return what keeps the vault from working, None if nothing does."""
        if all(os.access(part, os.W_OK) for part in (self._quarantine, self._objects)):
            return None
        return "The folder of the files cannot be written."

    def sweep(self, older_than_seconds: int, waiting: Iterable[UUID] = ()) -> list[str]:
        """Remove what has lain in ``incoming`` longer than this and return its names.

        Give it more than the lifetime of a URL, or uploads that are still open are cut off.
        """
        return self._incoming.sweep(self._clock().timestamp() - older_than_seconds, waiting)

    def _object(self, object_id: UUID) -> Path:
        name = name_of(object_id)
        return self._objects / name[:2] / name

    def _blocks(self, object_id: UUID) -> Path:
        return self._object(object_id).with_suffix(".blocks")

    def _keep_blocks(self, object_id: UUID, digests: bytes) -> str:
        """Keep the digests of a file's blocks and return their SHA-256."""
        name = self._blocks(object_id)
        self._make_shard(name.parent)
        if not is_file(name):
            with self._incoming.temporary(object_id) as (file, part):
                file.write(digests)
                fsync_and_link(file, part, name)
        return hashlib.sha256(digests).hexdigest()

    def _make_shard(self, shard: Path) -> None:
        with disk_refusals():
            shard.mkdir(mode=0o700, exist_ok=True)

    def _keep(self, received: Path, sealed: Path) -> None:
        """Link the checked bytes to their lasting name and sync them, whoever linked them.

        An earlier call that got as far as linking may have been told that the disk failed, or have told nobody.
        """
        self._make_shard(sealed.parent)
        with disk_refusals():
            if not is_file(sealed):
                with suppress(FileExistsError):
                    os.link(received, sealed)
            if not is_file(sealed):
                raise StoredFileAltered
            for path in (sealed, sealed.parent, self._objects):
                sync(path)
