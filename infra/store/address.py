"""The address under which SQLite opens a file that is only read, and the log of writes beside a file."""

import os
from pathlib import Path


def log_of(path: Path) -> Path:
    """Return where the log of writes of a file lies."""
    return path.with_name(f"{path.name}-wal")


def log_size(path: Path) -> int:
    """Return how many bytes the log of writes beside a file has, 0 if there is none."""
    try:
        return log_of(path).stat().st_size
    except FileNotFoundError:
        return 0


def read_only_name(path: Path) -> str:
    """Return the address under which a file is only read: beside whoever writes it, or where nobody can write at all.

    There SQLite cannot make the memory that readers share; without a log of writes it needs none.
    """
    name = f"{path.absolute().as_uri()}?mode=ro"
    if path.exists() and os.statvfs(path.parent).f_flag & os.ST_RDONLY and not log_size(path):
        return f"{name}&immutable=1"
    return name
