"""Failures that an operator can mend."""

import errno
import os
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says where a disk, a quota or a file is full."""

BROKEN = {errno.EIO}
"""What it says where a disk failed."""


class OperatorError(Exception):
    """Something is not as it must be; the message is the sentence an operator reads."""


NOT_OURS = "run this as the user whose it is, or let this user have it"


def hindrance(path: Path) -> str:
    """Return what can be seen to keep us from using a file, empty if nothing can: a library's word is often another."""
    if os.path.isdir(path):  # noqa: PTH112 - pathlib's raises where we may not look
        return "it is a folder"
    if os.path.isdir(path.parent) and not os.access(path.parent, os.X_OK):  # noqa: PTH112 - so here
        return f"this user may not enter {path.parent}"
    if os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK):  # noqa: PTH110 - so here
        return "this user may not read and write it"
    return ""


def way_out(why: str, of_a_folder: str) -> str:
    """Return what to do about a hindrance; ``of_a_folder`` is what to do where a folder is in the way."""
    return of_a_folder if why == "it is a folder" else NOT_OURS
