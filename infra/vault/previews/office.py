"""Documents through LibreOffice to PDF, where it is installed, in a process that reaches nothing but its own folder."""

import codecs
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

from infra.vault.media import confinement
from infra.vault.previews import confined
from portfolio.application.preview_ports import NotMade
from portfolio.domain.evidence.media import TAKEN

NOT_INSTALLED = "Documents of this kind are not shown here, since LibreOffice is not installed: download the original."
NOT_CONFINED = (
    "Documents of this kind are not shown here, since this system cannot confine LibreOffice: download the original."
)
PREFIX = "portfolio-office-"
SECONDS = 120
COPY_BYTES = 1 << 20
LARGEST = 256 << 20
"""Bytes of a document that is given to it, and of what comes back."""
LARGEST_TEXT = 8 << 20
"""Bytes of a text that is given to it: some two thousand pages."""
FILTERS = {"text/plain": "Text (encoded):UTF8,LF,,,", "text/csv": "Text - txt - csv (StarCalc):44,34,76,1"}
"""How LibreOffice is to read what does not say itself what it is."""
OUT_OF_TIME = {-9, -24}
AGAIN = 81
"""The status with which it wants to be started once more, with the settings that it has just made."""


def ignored(_line: bytes) -> None:
    """Take no notice of what it says."""


class Office:
    """Converts documents, if it can be done here."""

    def lacks(self) -> str | None:
        """Return why documents cannot be converted here, None if they can."""
        return lacking()

    @contextmanager
    def converted(self, file: BinaryIO, media_type: str, run: Callable[..., int]) -> Iterator[IO[bytes]]:
        """Lend the PDF of a document; raise ``NotMade``."""
        if self.lacks():
            raise NotMade("unreadable")
        take_away_left()
        ending = TAKEN[media_type].endings[0]
        with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
            folder = Path(name)
            with (folder / f"document{ending}").open("wb") as copy:
                if media_type in FILTERS:
                    copy.write(in_utf8(file.read(LARGEST_TEXT + 1)))
                else:
                    shutil.copyfileobj(file, copy, COPY_BYTES)
                if copy.tell() > LARGEST:
                    raise NotMade("too much")
            command = [
                sys.executable,
                "-I",
                "-S",
                confined.__file__,
                str(folder),
                *self._command(folder, ending, media_type),
            ]
            status = AGAIN
            for _ in range(2):
                if status == AGAIN:
                    status = run(command, SECONDS, ignored, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            made = folder / "document.pdf"
            if status in OUT_OF_TIME:
                raise NotMade("too long")
            if status or made.is_symlink() or not made.is_file() or made.stat().st_size > LARGEST:
                raise NotMade("unreadable")
            with made.open("rb") as document:
                yield document

    def _command(self, folder: Path, ending: str, media_type: str) -> list[str]:
        read_as = [f"--infilter={FILTERS[media_type]}"] if media_type in FILTERS else []
        return [
            str(program()),
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            *read_as,
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / f"document{ending}"),
        ]


def take_away_left() -> None:
    """Take away what a process of ours left of a document that was killed while it converted it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or gone by now
            status = folder.lstat()
            if status.st_uid == os.getuid() and time.time() - status.st_mtime > 3 * SECONDS and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)


def in_utf8(text: bytes) -> bytes:
    """Return a text in UTF-8, whichever of the encodings that are taken it is in; raise ``NotMade`` if it is long."""
    if len(text) > LARGEST_TEXT:
        raise NotMade("too much")
    marked = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            return text.decode(encoding).encode()
    raise NotMade("unreadable")


@cache
def program() -> Path | None:
    """Return where LibreOffice lies, None if it is not installed: the program itself and not the script before it."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    binary = Path(found).resolve().with_name("soffice.bin")
    return binary if binary.exists() else None


@cache
def lacking() -> str | None:
    """Return why documents cannot be converted here, None if they can."""
    if program() is None:
        return NOT_INSTALLED
    guards = confinement()
    return NOT_CONFINED if guards.lacking or not guards.starts else None
