"""What an upload is to a shell script: copy the file, sync it, and hash the copy."""

import os
import shutil
import subprocess
from pathlib import Path

from infra.bench.measure import elapsed


def copied(file: Path, size: int) -> float:
    """Return the bytes a second at which a file of this size is copied and hashed."""
    copy = file.with_name("copy")

    def work() -> None:
        shutil.copyfile(file, copy)
        with copy.open("rb") as stream:
            os.fsync(stream.fileno())
        subprocess.run(["sha256sum", copy], capture_output=True, check=True)  # noqa: S603, S607 - the user's own coreutils

    seconds = elapsed(work)
    copy.unlink()
    return size / seconds
