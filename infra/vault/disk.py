"""What every file of the vault in a folder goes through: refusals of the disk, no symbolic links, nothing unsynced."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from infra.errors import BROKEN, FULL
from infra.synced import sync, sync_open
from portfolio.application.ports import StorageBroken, StorageFull


@contextmanager
def disk_refusals() -> Iterator[None]:
    """Raise ``StorageFull`` where the disk, a quota or a file is full, ``StorageBroken`` where the disk failed."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        if error.errno in BROKEN:
            raise StorageBroken from error
        raise


def is_file(path: Path) -> bool:
    """Tell whether a file of ours lies there: a symbolic link, to it or to its folder, is none."""
    return path.is_file() and not (path.is_symlink() or path.parent.is_symlink())


def is_folder(path: Path) -> bool:
    """Tell whether this is a folder and no symbolic link to one."""
    return path.is_dir() and not path.is_symlink()


def status_of(path: Path) -> os.stat_result | None:
    """Return size and times of a file of ours without opening it, None if none lies there (``is_file``)."""
    there = str(path)  # asked often: paths take as long as the question
    try:
        if stat.S_ISLNK(os.lstat(os.path.dirname(there)).st_mode):  # noqa: PTH120 - as above
            return None
        status = os.lstat(there)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Lend a file of ours for reading; what is none in its place, such as a link, is none (``FileNotFoundError``)."""
    if path.parent.is_symlink():
        raise FileNotFoundError(path)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)  # nobody may feed a pipe
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENOTDIR):
            raise FileNotFoundError(path) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(path)
    with os.fdopen(handle, "rb") as file:
        yield file


def fsync_and_link(file: BinaryIO, part: Path, name: Path) -> None:
    """Sync a temporary file and give it its name; whoever was first keeps the name."""
    file.flush()
    sync_open(file.fileno(), name)
    link_synced(part, name)


def link_synced(source: Path, name: Path) -> None:
    """Give a file another name and sync that; whoever was first keeps the name."""
    with suppress(FileExistsError):
        os.link(source, name)
    sync(name.parent)
