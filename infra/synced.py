"""What must be on the disk before anybody is told: a sync that fails names the file or the folder."""

import os
from pathlib import Path


def sync_open(handle: int, path: Path) -> None:
    """Sync an open file, which is, or will be, known by this name; raise ``OSError`` with the name."""
    try:
        os.fsync(handle)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder; raise ``OSError`` with its name."""
    handle = os.open(path, os.O_RDONLY)
    try:
        sync_open(handle, path)
    finally:
        os.close(handle)
