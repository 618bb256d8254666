"""The vault in a folder: what arrives waits in ``incoming``, what is sealed lies in ``objects``.

``incoming/<object id>.json`` holds what was announced, ``incoming/<object id>`` the bytes once they are all there and
right, ``incoming/<object id>.<random>.part`` bytes on their way. ``objects/<two hex digits>/<object id>`` is a sealed
file, and the name with ``.blocks`` holds the digests of its blocks, if there is more than one. Every file is written
elsewhere, synced and then linked to its name, so a name never shows half a file and is never written twice; a symbolic
link in the place of one is no file. There is no lock against whoever owns the folder: the facts hold the digests that
would tell.
"""

import errno
import fcntl
import hashlib
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

import msgspec

from infra.errors import OperatorError
from infra.synced import sync
from infra.vault import listed
from infra.vault.disk import disk_refusals, fsync_and_link, is_file, is_folder, link_synced, opened
from infra.vault.media import inspect
from infra.vault.upload_urls import UploadUrls
from portfolio.application.originals import BLOCK_BYTES, StoredFileAltered, measured
from portfolio.application.ports import (
    Clock,
    ContentHashMismatch,
    ContentSizeMismatch,
    StorageFull,
    UploadMissing,
    UploadPart,
    UploadTooLarge,
    UploadUnderWay,
    UploadUrlInvalid,
)
from portfolio.domain.evidence.media import LARGEST_FILE, Sealed
from portfolio.domain.kernel import RuleBroken

CHUNK_BYTES = 1 << 20
READ_BYTES = 1 << 16
"""Bytes of a file that are held for each client that reads it, however slowly."""


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an offer says about the file to come."""

    size: int
    sha256: str


class NoFolder(OperatorError):
    """Something else lies where the files should."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no folder, so no files lie there: move it away, and put back that of the backup.")


class FolderVault:
    """A vault below ``folder``, receiving uploads on URLs below ``base_url`` signed with ``secret``.

    No file is taken that leaves less than ``reserve_bytes`` of its disk free: facts need room when files find none.
    """

    inspect = staticmethod(inspect)

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
        self._incoming = folder / "incoming"
        self._objects = folder / "objects"
        self._urls = UploadUrls(secret, base_url, clock, lifetime_seconds)
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._reserve_bytes = reserve_bytes
        self._set_aside = folder / "lost-and-found"
        for part in (self._incoming, self._objects):
            try:
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                if error.errno in (errno.ENOTDIR, errno.EEXIST):
                    raise NoFolder(next(each for each in (part, *part.parents) if os.path.lexists(each))) from error
                if error.errno not in (errno.EROFS, errno.EACCES):  # who only reads needs no more than there is
                    raise

    def offer(self, object_id: UUID, size: int, sha256: str, sender: UUID) -> Sequence[UploadPart]:
        """See ``Vault.offer``. Raises ``ValueError`` if the id was offered for another file."""
        if size > self._limit_bytes:
            raise UploadTooLarge(f"The file has {size:,} bytes; at most {self._limit_bytes:,} are taken.")
        announced = Announced(size=size, sha256=sha256.lower())
        with self._part(object_id) as (file, part):
            file.write(msgspec.json.encode(announced))
            fsync_and_link(file, part, self._announcement(object_id))
        if self._announced(object_id) != announced:
            raise ValueError(f"{object_id} was offered for another file")
        return [self._urls.issue(object_id, 1, sender)]

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
        stream: IO[bytes],
        content_length: int | None,
    ) -> None:
        """See ``ReceivesUploads.receive``."""
        self._urls.check(object_id, number, expires, signature)
        with self._alone(object_id):
            self.take(object_id, stream, content_length)

    def take(self, object_id: UUID, stream: IO[bytes], size: int | None) -> None:
        """See ``Vault.take``; ``size`` is None if nobody said."""
        try:
            announced = self._announced(object_id)
            if size is not None:
                _require_size(size, announced.size)
            self._require_room(announced.size)
            with self._part(object_id) as (file, part):
                received, digest = 0, hashlib.sha256()
                while received <= announced.size and (chunk := stream.read(CHUNK_BYTES)):
                    self._require_room(len(chunk))  # others are being received meanwhile
                    received += len(chunk)
                    digest.update(chunk)
                    file.write(chunk)
                _require_size(received, announced.size)
                if digest.hexdigest() != announced.sha256:
                    raise ContentHashMismatch
                if not is_file(self._object(object_id)):
                    fsync_and_link(file, part, self._received(object_id))
        except FileNotFoundError as error:  # discarded or swept since
            raise UploadUrlInvalid from error

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str) -> Sealed:
        """See ``Vault.seal``."""
        received, sealed = self._received(object_id), self._object(object_id)
        try:
            with opened(sealed if is_file(sealed) else received) as file:
                received_size = os.fstat(file.fileno()).st_size
                if received_size != size:
                    raise ContentSizeMismatch(f"{received_size:,} bytes were received, {size:,} were announced.")
                digest, digests = measured(iter(partial(file.read, CHUNK_BYTES), b""))
                if digest != sha256.lower():
                    raise ContentHashMismatch
                bounds = self.inspect(file, media_type)
            blocks = self._keep_blocks(object_id, digests) if size > BLOCK_BYTES else ""
            self._keep(received, sealed)
        except FileNotFoundError as error:
            if is_file(sealed):  # somebody sealed it meanwhile
                return self.seal(object_id, size=size, sha256=sha256, media_type=media_type)
            raise UploadMissing from error
        except RuleBroken:
            received.unlink(missing_ok=True)
            raise
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

    def discard(self, object_id: UUID) -> None:
        """See ``Vault.discard``."""
        sealed = self._object(object_id)
        _remove([*self._incoming.glob(f"{_name(object_id)}*"), sealed, self._blocks(object_id)])
        if sealed.parent.exists():
            sync(sealed.parent)

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
                with self._part(object_id) as (copy, part):
                    shutil.copyfileobj(file, copy, CHUNK_BYTES)
                    fsync_and_link(copy, part, ours)

    def check(self) -> str | None:
        """Return what keeps the vault from working, None if nothing does."""
        if all(os.access(part, os.W_OK) for part in (self._incoming, self._objects)):
            return None
        return "The folder of the files cannot be written."

    def sweep(self, older_than_seconds: int) -> list[str]:
        """Remove what has lain in ``incoming`` longer than this and return its names.

        Give it more than the lifetime of a URL, or uploads that are still open are cut off.
        """
        oldest = self._clock().timestamp() - older_than_seconds
        stale = sorted(path for path in self._incoming.iterdir() if _lies_since(path) < oldest and not is_folder(path))
        _remove(stale)
        return [path.name for path in stale]

    def _announcement(self, object_id: UUID) -> Path:
        return self._incoming / f"{_name(object_id)}.json"

    def _received(self, object_id: UUID) -> Path:
        return self._incoming / _name(object_id)

    def _object(self, object_id: UUID) -> Path:
        name = _name(object_id)
        return self._objects / name[:2] / name

    def _blocks(self, object_id: UUID) -> Path:
        return self._object(object_id).with_suffix(".blocks")

    def _announced(self, object_id: UUID) -> Announced:
        with opened(self._announcement(object_id)) as file:
            return msgspec.json.decode(file.read(), type=Announced)

    def _keep_blocks(self, object_id: UUID, digests: bytes) -> str:
        """Keep the digests of a file's blocks and return their SHA-256."""
        name = self._blocks(object_id)
        self._make_shard(name.parent)
        if not is_file(name):
            with self._part(object_id) as (file, part):
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
        received.unlink(missing_ok=True)

    def _require_room(self, size: int) -> None:
        if shutil.disk_usage(self._incoming).free - size < self._reserve_bytes:
            raise StorageFull

    @contextmanager
    def _alone(self, object_id: UUID) -> Iterator[None]:
        """Let nobody else send this file meanwhile, to whichever process: each sender needs room for all of it."""
        try:
            announcement = self._announcement(object_id).open("rb")
        except FileNotFoundError as error:
            raise UploadUrlInvalid from error
        with announcement:
            try:
                fcntl.flock(announcement, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UploadUnderWay from error
            yield

    @contextmanager
    def _part(self, object_id: UUID) -> Iterator[tuple[BinaryIO, Path]]:
        """Lend a fresh file, read-only for everybody else, and take its temporary name away in the end."""
        with disk_refusals():
            handle, name = tempfile.mkstemp(dir=self._incoming, prefix=f"{_name(object_id)}.", suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    os.fchmod(handle, 0o440)
                    yield file, part
            finally:
                part.unlink(missing_ok=True)


def _name(object_id: UUID) -> str:
    """Return the file name of an object; what is no UUID is no name."""
    if not isinstance(object_id, UUID):
        raise TypeError(f"{object_id!r} is no object id")
    return str(object_id)


def _require_size(size: int, announced: int) -> None:
    if size > announced:
        raise UploadTooLarge(f"More than the {announced:,} bytes announced were sent.")
    if size < announced:
        raise ContentSizeMismatch(f"{size:,} bytes were sent, {announced:,} were announced: send the whole file again.")


def _lies_since(path: Path) -> float:
    """Return since when something lies there, for ever if it has gone meanwhile."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return math.inf


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
