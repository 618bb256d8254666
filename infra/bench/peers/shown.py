"""What a preview is to a shell script: ``ffmpeg`` over a recording, ``pdftoppm`` over a document, one thread each."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from infra.bench.measure import elapsed

FFMPEG = "-nostdin -loglevel error -y -threads 1 -i {file} -vf scale=-2:720,format=yuv420p -c:v libx264 -threads 1"
FFMPEG += " -preset veryfast -crf 26 -profile:v main -c:a aac -b:a 96k -movflags +faststart {to}.mp4"
PDFTOPPM = "-jpeg -scale-to 1600 -f 1 -l {pages} {file} {to}"


def with_ffmpeg(file: Path) -> Callable[[], float] | None:
    """Return what tells how often a second a recording is made playable, None where ``ffmpeg`` is not installed."""
    return told("ffmpeg", FFMPEG, file, "")


def with_pdftoppm(file: Path, pages: int) -> Callable[[], float] | None:
    """Return what tells how often a second so many pages are drawn, None where ``pdftoppm`` is not installed."""
    return told("pdftoppm", PDFTOPPM, file, str(pages))


def told(program: str, arguments: str, file: Path, pages: str) -> Callable[[], float] | None:
    """Return what runs a program over a file and tells how often a second that could be done."""
    if shutil.which(program) is None:
        return None
    words = {"{file}": str(file), "{to}.mp4": f"{file}.out.mp4", "{to}": f"{file}.out", "{pages}": pages}
    command = ["nice", "-n", "5", program, *(words.get(word, word) for word in arguments.split())]
    return lambda: 1 / elapsed(lambda: subprocess.run(command, capture_output=True, check=True))  # noqa: S603 - fixed
