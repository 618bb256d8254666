"""What comes into the vault in a folder: announced files, their parts as they arrive, and what nobody finished.

``<object id>.json`` holds what was announced, ``<object id>`` the bytes once they are all there. A file of one part is
written to ``<object id>.<random>.part`` and then given that name. Of a longer one ``<object id>.parts`` takes each part
at its place, and ``<object id>.held`` its SHA-256 once it is synced there: a part is held when its digest is, and is
never written again, so that nothing changes under whoever reads the whole.
"""

import fcntl
import hashlib
import math
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

import msgspec

from infra.synced import sync, sync_open
from infra.vault.disk import disk_refusals, fsync_and_link, is_file, is_folder, opened
from portfolio.application.originals import DIGEST_BYTES
from portfolio.application.parts import AT_ONCE, PART_BYTES, bytes_of, count_of, missing, require_all, require_digests
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    HeldPart,
    StorageFull,
    UploadMissing,
    UploadTooLarge,
    UploadUnderWay,
    UploadUrlInvalid,
)

CHUNK_BYTES = 1 << 18
"""Bytes of a file that are worked at together: the layers between a socket and here hold as many four times over."""
NOT_HELD = bytes(DIGEST_BYTES)
"""What stands in the place of the digest of a part that has not arrived."""

NAME_LENGTH = len(str(UUID(int=0)))


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an offer says about the file to come; ``sha256`` is empty if it does not."""

    size: int
    sha256: str


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes, none at the end."""


class Incoming:
    """The quarantine of a vault; ``sealed`` tells under which name an object lies once it is sealed."""

    def __init__(self, folder: Path, sealed: Callable[[UUID], Path], limit_bytes: int, reserve_bytes: int) -> None:
        self._folder = folder
        self._sealed = sealed
        self._limit_bytes = limit_bytes
        self._reserve_bytes = reserve_bytes

    def announce(self, object_id: UUID, size: int, sha256: str) -> list[int]:
        """Make a place for a file and return the numbers of the next parts that it lacks.

        Raises ``ValueError`` if the id was announced for another file.
        """
        if size > self._limit_bytes:
            raise UploadTooLarge(f"The file has {size:,} bytes; at most {self._limit_bytes:,} are taken.")
        announced = Announced(size=size, sha256=sha256.lower())
        if count_of(size) > 1 and self._whole(object_id) is None:
            with disk_refusals():
                for path in (self._parts(object_id), self._digests(object_id)):  # the announcement syncs their names
                    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        with self.temporary(object_id) as (file, part):
            file.write(msgspec.json.encode(announced))
            fsync_and_link(file, part, self._announcement(object_id))
        if self._announced(object_id) != announced:
            raise ValueError(f"{object_id} was offered for another file")
        return missing(size, [part.number for part in self.held(object_id)])[:AT_ONCE]

    def put(self, object_id: UUID, number: int, stream: Readable, size: int | None, digest: str) -> None:
        """Keep one part; ``size`` and ``digest`` are what its sender says of it, None and empty if nothing."""
        try:
            announced = self._announced(object_id)
            if size is not None:
                _require_size(size, bytes_of(announced.size, number))
            if count_of(announced.size) == 1:
                with self._alone(object_id):
                    self._put_whole(object_id, announced, stream, digest)
            else:
                self._put_part(object_id, announced, number, stream, digest)
        except FileNotFoundError as error:  # discarded or swept since
            raise UploadUrlInvalid from error

    def take(self, object_id: UUID, stream: Readable, size: int) -> None:
        """Keep a whole file, part by part."""
        try:
            announced = self._announced(object_id)
            _require_size(size, announced.size)
            if count_of(size) == 1:
                self._put_whole(object_id, announced, stream, "")
                return
            for number in range(1, count_of(size) + 1):
                self._put_part(object_id, announced, number, Portion(stream, bytes_of(size, number)), "")
        except FileNotFoundError as error:
            raise UploadUrlInvalid from error

    def held(self, object_id: UUID) -> list[HeldPart]:
        """See ``Vault.held``."""
        try:
            size = self._announced(object_id).size
        except FileNotFoundError:
            return []
        everything = range(1, count_of(size) + 1)
        digests = self._known(object_id)
        if not digests and self._whole(object_id) is not None:
            return [HeldPart(number=number, size=bytes_of(size, number)) for number in everything]
        return [
            HeldPart(number=number, size=bytes_of(size, number), sha256=digests[number].hex())
            for number in everything
            if number in digests
        ]

    def complete(self, object_id: UUID, digests: Sequence[str]) -> None:
        """See ``Vault.complete``."""
        try:
            size = self._announced(object_id).size
            if is_file(self._sealed(object_id)):
                return
            if count_of(size) == 1:
                self._complete_whole(object_id, digests)
            else:
                self._complete_parts(object_id, size, digests)
        except FileNotFoundError as error:
            raise UploadMissing from error

    def received(self, object_id: UUID) -> Path:
        """Return under which name the bytes lie once they are all there."""
        return self._folder / name_of(object_id)

    def clear(self, object_id: UUID) -> None:
        """Take a received file away, with what was known of its parts; the announcement stays."""
        _remove([self._digests(object_id), self._parts(object_id), self.received(object_id)])

    def discard(self, object_id: UUID) -> None:
        """Take everything of an upload away."""
        _remove(self._folder.glob(f"{name_of(object_id)}*"))

    def sweep(self, oldest: float, waiting: Iterable[UUID] = ()) -> list[str]:
        """Remove what nobody has touched since this time and return its names: all of an upload, or nothing.

        What is ``waiting`` stays.
        """
        stay = {name_of(object_id) for object_id in waiting}
        paths = sorted(path for path in self._folder.iterdir() if not is_folder(path))
        stale: list[Path] = []
        for name, group in groupby(paths, lambda path: path.name[:NAME_LENGTH]):
            of_one = list(group)
            if name not in stay and max(map(_lies_since, of_one)) < oldest:
                stale += of_one
        _remove(stale)
        return [path.name for path in stale]

    @contextmanager
    def temporary(self, object_id: UUID) -> Iterator[tuple[BinaryIO, Path]]:
        """Lend a fresh file, read-only for everybody else, and take its temporary name away in the end."""
        with disk_refusals():
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=f"{name_of(object_id)}.", suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    os.fchmod(handle, 0o440)
                    yield file, part
            finally:
                part.unlink(missing_ok=True)

    def _announcement(self, object_id: UUID) -> Path:
        return self._folder / f"{name_of(object_id)}.json"

    def _parts(self, object_id: UUID) -> Path:
        return self._folder / f"{name_of(object_id)}.parts"

    def _digests(self, object_id: UUID) -> Path:
        return self._folder / f"{name_of(object_id)}.held"

    def _announced(self, object_id: UUID) -> Announced:
        with opened(self._announcement(object_id)) as file:
            return msgspec.json.decode(file.read(), type=Announced)

    def _whole(self, object_id: UUID) -> Path | None:
        """Return where the bytes lie if they are all there, sealed or not."""
        return next((path for path in (self._sealed(object_id), self.received(object_id)) if is_file(path)), None)

    def _known(self, object_id: UUID) -> dict[int, bytes]:
        """Return the digests of the parts that have arrived, by their numbers."""
        try:
            with opened(self._digests(object_id)) as file:
                return _by_number(file.read())
        except FileNotFoundError:
            return {}

    def _put_whole(self, object_id: UUID, announced: Announced, stream: Readable, digest: str) -> None:
        self._require_room(announced.size)
        with self.temporary(object_id) as (file, part):
            came = self._receive(stream, announced.size, lambda chunk, _: file.write(chunk))
            whole = self._whole(object_id)
            before = "" if whole is None else _digest_in(whole, 0, announced.size)
            _require_digests(came, [digest, announced.sha256], before)
            if whole is None:
                fsync_and_link(file, part, self.received(object_id))

    def _put_part(self, object_id: UUID, announced: Announced, number: int, stream: Readable, digest: str) -> None:
        size, start = bytes_of(announced.size, number), (number - 1) * PART_BYTES
        digests, parts = self._digests(object_id), self._parts(object_id)
        if (sealed := self._sealed(object_id)) and is_file(sealed):
            _require_digests(self._receive(stream, size), [digest], _digest_in(sealed, start, size))
            return
        with disk_refusals(), _locked(digests, number) as slots:
            if (before := _by_number(slots.read()).get(number)) is not None:
                _require_digests(self._receive(stream, size), [digest], before.hex())
                return
            with parts.open("r+b", buffering=0) as file:
                self._require_room(announced.size - os.fstat(file.fileno()).st_blocks * 512)
                came = self._receive(stream, size, lambda chunk, at: os.pwrite(file.fileno(), chunk, start + at))
                _require_digests(came, [digest])
                sync_open(file.fileno(), parts)
            os.pwrite(slots.fileno(), bytes.fromhex(came), (number - 1) * DIGEST_BYTES)
            sync_open(slots.fileno(), digests)

    def _receive(self, stream: Readable, size: int, keep: Callable[[bytes, int], object] = lambda _, __: None) -> str:
        """Give the bytes of a part to ``keep``, each chunk with its place, and return the SHA-256 (hex) of them."""
        received, digest = 0, hashlib.sha256()
        while chunk := stream.read(min(CHUNK_BYTES, size + 1 - received)):
            received += len(chunk)
            if received > size:
                break
            self._require_room(len(chunk))  # others are being received meanwhile
            digest.update(chunk)
            keep(chunk, received - len(chunk))
        _require_size(received, size)
        return digest.hexdigest()

    def _complete_whole(self, object_id: UUID, digests: Sequence[str]) -> None:
        received = self.received(object_id)
        with opened(received) as file:
            came = hashlib.file_digest(file, "sha256").digest() if digests else b""
        try:
            require_digests(digests, came)
        except ContentHashMismatch as refusal:
            if "parts" in refusal.members:
                received.unlink(missing_ok=True)
            raise

    def _complete_parts(self, object_id: UUID, size: int, digests: Sequence[str]) -> None:
        with disk_refusals(), _locked(self._digests(object_id)) as slots:
            came, received = slots.read(), self.received(object_id)
            require_all(size, _by_number(came))
            try:
                require_digests(digests, came)
            except ContentHashMismatch as refusal:
                for number in [] if is_file(received) else map(int, refusal.members.get("parts", ())):
                    os.pwrite(slots.fileno(), NOT_HELD, (number - 1) * DIGEST_BYTES)
                    sync_open(slots.fileno(), self._digests(object_id))
                raise
            parts = self._parts(object_id)
            if not is_file(received):
                with suppress(FileExistsError):
                    os.link(parts, received)
            received.chmod(0o440)
            sync(self._folder)
            parts.unlink(missing_ok=True)

    def _require_room(self, size: int) -> None:
        if shutil.disk_usage(self._folder).free - max(0, size) < self._reserve_bytes:
            raise StorageFull

    @contextmanager
    def _alone(self, object_id: UUID) -> Iterator[None]:
        """Let nobody else send this file meanwhile, to whichever process: each sender needs room for all of it."""
        with self._announcement(object_id).open("rb") as announcement:
            try:
                fcntl.flock(announcement, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UploadUnderWay from error
            yield


class Portion:
    """The next bytes of a stream, so many of them."""

    def __init__(self, stream: Readable, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int) -> bytes:
        """Return up to ``size`` of them, none at their end."""
        chunk = self._stream.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk


def name_of(object_id: UUID) -> str:
    """Return the file name of an object; what is no UUID is no name."""
    if not isinstance(object_id, UUID):
        raise TypeError(f"{object_id!r} is no object id")
    return str(object_id)


@contextmanager
def _locked(digests: Path, number: int | None = None) -> Iterator[BinaryIO]:
    """Lend the digests of an upload while nobody else sends this part of it, or any if none is named.

    The lock lies on the place of the part's digest. It is the open file's and not the process's, so that it keeps
    threads apart as well.
    """
    with digests.open("r+b", buffering=0) as file:
        start, length = (0, 0) if number is None else ((number - 1) * DIGEST_BYTES, DIGEST_BYTES)
        try:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, length, 0))
        except BlockingIOError as error:
            raise UploadUnderWay from error
        yield file


def _by_number(digests: bytes) -> dict[int, bytes]:
    """Return the digests that stand there, by the numbers of their parts."""
    places = range(0, len(digests), DIGEST_BYTES)
    listed = ((place // DIGEST_BYTES + 1, digests[place : place + DIGEST_BYTES]) for place in places)
    return {number: digest for number, digest in listed if len(digest) == DIGEST_BYTES and digest != NOT_HELD}


def _digest_in(path: Path, start: int, size: int) -> str:
    """Return the SHA-256 (hex) of bytes of a file."""
    digest = hashlib.sha256()
    with opened(path) as file:
        file.seek(start)
        for chunk in iter(partial(Portion(file, size).read, CHUNK_BYTES), b""):
            digest.update(chunk)
    return digest.hexdigest()


def _require_digests(came: str, wanted: Iterable[str], before: str = "") -> None:
    """Compare what came with what was said of it, and with what came ``before``, where anything was or did."""
    if any(digest not in ("", came) for digest in wanted):
        raise ContentHashMismatch
    if before not in ("", came):
        raise ContentHashMismatch(
            "Other bytes have arrived in this place already, and stay: say that all is there, with the digests of its "
            "parts if you doubt one, or discard the draft and offer the file anew."
        )


def _require_size(size: int, announced: int) -> None:
    if size > announced:
        raise UploadTooLarge(f"More than the {announced:,} bytes announced were sent.")
    if size < announced:
        raise ContentSizeMismatch(f"{size:,} bytes were sent, {announced:,} were announced: send all of them again.")


def _lies_since(path: Path) -> float:
    """Return since when something lies there, for ever if it has gone meanwhile."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return math.inf


def _remove(paths: Iterable[Path]) -> None:
    """Remove files, first of all what says that parts are held: it must not outlive them."""
    for path in sorted(paths, key=lambda path: path.suffix != ".held"):
        path.unlink(missing_ok=True)
