"""What a preview is to a shell script: ``ffmpeg`` over a recording, Poppler's tools over a document."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.bench.measure import elapsed

FFMPEG = "-nostdin -loglevel error -y -threads 1 -i {file} -vf scale=-2:720,format=yuv420p -c:v libx264 -threads 1"
FFMPEG += " -preset veryfast -crf 26 -profile:v main -c:a aac -b:a 96k -movflags +faststart {to}.mp4"
SIDES = "1600 240"
PDFTOPPM = "-jpeg -scale-to {side} -f 1 -l {pages} {file} {to}"
PDFTOTEXT = "-bbox -f 1 -l {pages} {file} {to}.html"
NICENESS = 5
"""Of our own children."""


def with_ffmpeg(file: Path) -> Callable[[], float] | None:
    """Return what tells how often a second a recording is made playable, None where ``ffmpeg`` is not installed."""
    return told([f"ffmpeg {FFMPEG}"], file)


def with_poppler(file: Path, pages: int) -> Callable[[], float] | None:
    """Return what tells how often a second so many pages are drawn in two sizes and their words are read.

    None where ``pdftoppm`` and ``pdftotext`` are not installed.
    """
    drawn = [f"pdftoppm {PDFTOPPM.replace('{side}', side)}" for side in SIDES.split()]
    return told([each.replace("{pages}", str(pages)) for each in [*drawn, f"pdftotext {PDFTOTEXT}"]], file)


def told(commands: Sequence[str], file: Path, *, niceness: int = NICENESS) -> Callable[[], float] | None:
    """Return what runs programs over a file, one after the other, and tells how often a second that could be done.

    None where one of them is not installed.
    """
    words = [command.replace("{file}", str(file)).replace("{to}", f"{file}.out").split() for command in commands]
    if any(shutil.which(program) is None for program, *_ in words):
        return None

    def once() -> None:
        for command in words:
            subprocess.run(["nice", "-n", str(niceness), *command], capture_output=True, check=True)  # noqa: S603, S607 - fixed

    return lambda: 1 / elapsed(once)
