"""The folder's lock: one server or one writing command at a time (reading commands take none)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.errors import OperatorError

FILE = "lock"


class FolderInUse(OperatorError):
    """Another process holds the folder; the message names it."""

    def __init__(self, folder: Path, holder: str) -> None:
        process = f"process {holder}" if holder else "another process"
        super().__init__(f"{folder} is in use by {process}: stop that server or wait for that command to end.")


@contextmanager
def folder_lock(folder: Path, name: str = FILE) -> Iterator[None]:
    """Hold the folder until the end; raise ``FolderInUse`` if somebody else does.

    Processes forked meanwhile hold it too, so it is free when the last of them has ended, however it ended.
    """
    with (folder / name).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise FolderInUse(folder, file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
