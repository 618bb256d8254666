"""The maker: runs a recipe in a confined child, and takes from it what it gives back while it works."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from io import RawIOBase
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, BinaryIO, cast

import msgspec

from infra.vault import sandbox
from infra.vault.disk import disk_refusals
from infra.vault.previews import recipes
from infra.vault.previews.office import Office
from portfolio.application.ports import Busy
from portfolio.application.preview_ports import NotMade, Why

FOLDER = Path(recipes.__file__).parent
LIBRARIES = ("infra", "msgspec", "PIL", "pillow_heif", "pypdfium2", "pypdfium2_raw", "av")
PATIENCE = {"picture": 180, "page": 180, "recording": 600, "playable": 5400, "document": 120}
"""Seconds that a child has in all; its processor time has a limit of its own, which is shorter."""
STOPS = "The service stops: what was being made is made when it is asked for again."
LONGEST_LINE = 4096
"""Bytes of a line in which a child tells something."""
OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}
MOST = {"words": 16 << 20, "about": 4096, "pages": 16}
"""Bytes of a part that is not a picture or a recording."""


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a child."""

    part: str = ""
    start: int = 0
    end: int = 0
    done: float | None = None
    cannot: str = ""


class SandboxMaker:
    """Runs the recipes of a folder; documents go through LibreOffice first, where that is installed."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._office = Office()
        self._lock = Lock()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def lacks(self, recipe: str) -> str | None:
        """See ``Maker.lacks``."""
        return self._office.lacks() if recipe == "document" else None

    def make(
        self,
        recipe: str,
        argument: str,
        source: Iterable[bytes],
        keep: Callable[[str, IO[bytes]], None],
        progress: Callable[[float], None],
    ) -> None:
        """See ``Maker.make``."""
        with disk_refusals(), spooled(source) as file:
            if recipe == "document":
                with self._office.converted(file, argument, self._run) as document:
                    keep("document", document)
                return
            with tempfile.TemporaryFile() as out:
                command = [
                    sys.executable,
                    "-I",
                    "-S",
                    sandbox.__file__,
                    libraries(),
                    str(self._folder / f"{recipe}.py"),
                    argument,
                ]
                why = ""

                def heard(line: bytes) -> None:
                    nonlocal why
                    said = told(line)
                    if said.part:
                        keep(said.part, cast(IO[bytes], piece(out, said)))
                    if said.done is not None:
                        progress(min(max(said.done, 0.0), 1.0))
                    why = said.cannot or why

                status = self._run(command, PATIENCE.get(recipe, min(PATIENCE.values())), heard, stdin=file, stdout=out)
        if why or status:
            raise NotMade(reason(why, status))

    def stop(self) -> None:
        """See ``Maker.stop``."""
        with self._lock:
            self._stopped = True
            for child in self._children:
                child.kill()

    def _run(self, command: list[str], seconds: float, heard: Callable[[bytes], None], **options: Any) -> int:
        """Run a program to its end, give each line of its standard error to ``heard``, and return its status."""
        with self._lock:
            if self._stopped:
                raise Busy(STOPS)
            child = subprocess.Popen(command, stderr=subprocess.PIPE, **{"env": {}, **options})  # noqa: S603 - fixed
            self._children.add(child)
        alarm = Timer(seconds, child.kill)
        alarm.start()
        try:
            with child:
                try:
                    for line in lines(cast(BinaryIO, child.stderr)):
                        heard(line)
                except BaseException:
                    child.kill()
                    raise
        finally:
            alarm.cancel()
            with self._lock:
                self._children.discard(child)
                stopped = self._stopped
        if stopped:
            raise Busy(STOPS)
        return child.returncode


@contextmanager
def spooled(source: Iterable[bytes]) -> Iterator[BinaryIO]:
    """Lend a file with these bytes that has no name."""
    with tempfile.TemporaryFile(buffering=0) as file:
        for chunk in source:
            view = memoryview(chunk)
            while view:
                view = view[file.write(view) :]
        file.seek(0)
        yield cast(BinaryIO, file)


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what a child says, line by line; what is longer than any line of ours is cut."""
    while line := stream.readline(LONGEST_LINE):
        yield line


def told(line: bytes) -> Told:
    """Return what a line tells; nothing if it is not one of ours, such as a library's warning."""
    try:
        return msgspec.json.decode(line, type=Told)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Told()


def piece(out: BinaryIO, said: Told) -> "Piece":
    """Return a part that a child says it has written; refuse one that is not there, or larger than any."""
    most = MOST.get(said.part.partition(".")[0], sys.maxsize)
    if not 0 <= said.start <= said.end <= os.fstat(out.fileno()).st_size or said.end - said.start > most:
        raise NotMade("unreadable")
    return Piece(out.fileno(), said.start, said.end)


class Piece(RawIOBase):
    """A part of a file, read from a place of its own: the child goes on writing at its."""

    def __init__(self, handle: int, start: int, end: int) -> None:
        super().__init__()
        self._handle, self._place, self._end = handle, start, end

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer."""
        view = memoryview(buffer)[: self._end - self._place]
        count = os.preadv(self._handle, [view], self._place) if view else 0
        self._place += count
        return count


def reason(why: str, status: int) -> Why:
    """Return what a child gave up for."""
    if why == "too much":
        return "too much"
    return "too long" if status in OUT_OF_TIME else "unreadable"


@cache
def libraries() -> str:
    """Return the folders in which the recipes' libraries lie, as a search path."""
    found = (find_spec(name) for name in LIBRARIES)
    return os.pathsep.join({str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin})
