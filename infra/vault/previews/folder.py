"""Previews in a folder: one file for each, under its key, written elsewhere and then moved to its name.

``kept/<key>`` is a preview; ``making/`` holds what is being written, and for each key that somebody holds a file that
is locked as long as they do, with how far they are. Bytes are synced before they have their name, so that one is never
there by half; the name itself is not, since what a crash takes is made again.
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

from infra.vault.disk import disk_refusals, opened, status_of
from portfolio.application.ports import StorageFull
from portfolio.application.preview_ports import Kept

KEY = re.compile(r"[0-9a-z][0-9a-z.-]*(/[0-9a-z][0-9a-z.-]*)*")
COPY_BYTES = 1 << 20
READ_BYTES = 1 << 16
ABANDONED_SECONDS = 6 * 3600
"""Far more than any preview takes to be made."""


class FolderPreviews:
    """Previews below ``folder``. None is kept that leaves less than ``reserve_bytes`` of its disk free."""

    def __init__(self, folder: Path, reserve_bytes: int = 0) -> None:
        self._kept = folder / "kept"
        self._making = folder / "making"
        self._reserve_bytes = reserve_bytes

    def find(self, key: str) -> Kept | None:
        """See ``PreviewStore.find``."""
        status = status_of(self._path(key))
        return None if status is None else Kept(size=status.st_size, mark=f"{status.st_mtime_ns:x}")

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See ``PreviewStore.read``."""
        with opened(self._path(key)) as file:
            file.seek(start)
            while chunk := file.read(READ_BYTES if end is None else max(0, min(READ_BYTES, end - file.tell()))):
                yield chunk

    def keep(self, key: str, content: IO[bytes]) -> None:
        """See ``PreviewStore.keep``."""
        path = self._path(key)
        with disk_refusals():
            self._make_folders()
            if shutil.disk_usage(self._making).free < self._reserve_bytes:
                raise StorageFull
            handle, name = tempfile.mkstemp(dir=self._making, suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    shutil.copyfileobj(content, file, COPY_BYTES)
                    file.flush()
                    os.fdatasync(file.fileno())  # else a name may outlive a power cut, and its bytes not
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def entries(self) -> Iterator[tuple[str, int]]:
        """See ``PreviewStore.entries``."""
        for path in sorted(self._kept.rglob("*")):
            with suppress(FileNotFoundError):  # taken away meanwhile
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(self._kept).as_posix(), path.stat().st_size

    def remove(self, prefix: str) -> None:
        """See ``PreviewStore.remove``."""
        path = self._path(prefix.rstrip("/"))
        with suppress(FileNotFoundError):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    @contextmanager
    def claim(self, key: str) -> Iterator[Callable[[float], None] | None]:
        """See ``PreviewStore.claim``."""
        self._make_folders()
        with self._lock(key).open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held = os.path.samestat(os.fstat(file.fileno()), self._lock(key).stat())
            except (BlockingIOError, FileNotFoundError):
                held = False
            if not held:  # or whoever had it ended in this moment
                yield None
                return

            def tell(done: float) -> None:
                file.truncate(0)
                file.write(f"{done:.3f}".encode())
                file.flush()

            try:
                tell(0.0)
                yield tell
            finally:
                self._lock(key).unlink(missing_ok=True)

    def progress(self, key: str) -> float | None:
        """See ``PreviewStore.progress``."""
        try:
            with self._lock(key).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # nobody has it: they have ended without a word
        except BlockingIOError:
            with suppress(FileNotFoundError, ValueError), self._lock(key).open("rb") as file:
                return float(file.read() or b"0")
            return 0.0
        except FileNotFoundError:
            return None
        return None

    def sweep(self, older_than_seconds: int = ABANDONED_SECONDS) -> None:
        """See ``PreviewStore.sweep``."""
        oldest = time.time() - older_than_seconds
        for path in self._making.glob("*"):
            with suppress(OSError):  # gone meanwhile
                if path.lstat().st_mtime < oldest:
                    path.unlink()

    def check(self) -> str | None:
        """See ``PreviewStore.check``."""
        there = next(path for path in (self._making, *self._making.parents) if path.exists())
        return None if os.access(there, os.W_OK) else "The folder of the previews cannot be written."

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a preview")
        return self._kept / key

    def _lock(self, key: str) -> Path:
        return self._making / f"{sha256(key.encode()).hexdigest()}.lock"

    def _make_folders(self) -> None:
        for folder in (self._kept, self._making):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
