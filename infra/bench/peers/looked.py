"""What the check of a file is to a shell script: ``sha256sum``, and ``ffprobe`` that reads every packet."""

from collections.abc import Callable
from pathlib import Path

from infra.bench.peers.shown import told

HASHED = "sha256sum {file}"
PACKETS = "ffprobe -v error -count_packets -show_streams {file}"


def with_sha256sum(file: Path) -> Callable[[], float] | None:
    """Return what tells how often a second a file is hashed."""
    return told([HASHED], file, niceness=0)


def with_ffprobe(file: Path) -> Callable[[], float] | None:
    """Return what tells how often a second a recording is hashed, and measured by its packets.

    None where ``ffprobe`` is not installed.
    """
    return told([HASHED, PACKETS], file, niceness=0)
