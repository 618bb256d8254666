"""Failures that an operator can mend."""

import errno

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says where a disk, a quota or a file is full."""

BROKEN = {errno.EIO}
"""What it says where a disk failed."""


class OperatorError(Exception):
    """Something is not as it must be; the message is the sentence an operator reads."""
