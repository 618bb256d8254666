"""A disk so small that it is soon full."""

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

LARGE, SMALL = 1 << 20, 1 << 12


class NoDisk(Exception):
    """This user may not mount a disk."""


class SmallDisk:
    """A disk in memory with room for so many bytes. Close it when done. Raises ``NoDisk``."""

    def __init__(self, size: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="disk-"))
        mounted = _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(self.folder))
        if mounted.returncode:
            self.folder.rmdir()
            raise NoDisk(mounted.stderr.decode())
        self._ballast = self.folder / "ballast"

    def fill(self) -> None:
        """Leave no room on it."""
        with self._ballast.open("wb", buffering=0) as file:
            for piece in (bytes(LARGE), bytes(SMALL)):
                with suppress(OSError):
                    while file.write(piece) == len(piece):
                        pass

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink()

    def close(self) -> None:
        """Take it away."""
        _run("umount", str(self.folder))
        self.folder.rmdir()


def _run(*command: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - the system's own programs
