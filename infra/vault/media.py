"""The gate: decides in a confined child process what a file is and whether that is what was declared."""

import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from infra.vault import parsers, sandbox
from infra.vault.parsing.refused import NotAllowed
from portfolio.application.ports import Busy, ContentTypeMismatch, ContentUnreadable
from portfolio.domain.evidence.media import TAKEN, ContentTypeNotAllowed, found_type, taken_type, types_taken
from portfolio.domain.evidence.not_taken import NOT_TAKEN
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import changed

TIMEOUT_SECONDS = 60


class Verdict(msgspec.Struct, forbid_unknown_fields=True):
    """The child's answer: what the file is, or why it is not taken."""

    media: Bounds | None = None
    refused: str = ""
    detail: str = ""


def inspect(file: BinaryIO, declared: str) -> Bounds:
    """Return what the file is, with the bounds of annotations on it: the declared type is advice within its family.

    Raises ``ContentTypeNotAllowed`` if it is not on the allow-list, ``ContentTypeMismatch`` if it is of another family
    than declared, ``ContentUnreadable`` if it is damaged or cannot be judged within the limits of the child process,
    ``Busy`` if the machine had no time for it.
    """
    taken = TAKEN.get(taken_type(declared))
    family = taken.family if taken else ""
    file.seek(0)
    try:
        verdict = msgspec.json.decode(in_sandbox(file, libraries(), parsers.__file__, family), type=Verdict)
    except subprocess.TimeoutExpired as error:  # its processor time has a limit of its own, which is shorter
        raise Busy("The file could not be checked in time: try again in a moment.") from error
    except (subprocess.SubprocessError, msgspec.MsgspecError) as error:
        raise ContentUnreadable(
            "The file is too complicated to be opened safely: save it in a simpler form."
        ) from error
    if verdict.refused == NotAllowed.code:
        kind = NOT_TAKEN.get(verdict.detail)
        what = kind.in_words() if kind else "of no kind that we know"
        raise ContentTypeNotAllowed(f"The file is {what}. We take {types_taken()}.")
    if verdict.media is None:
        raise ContentUnreadable(verdict.detail)
    found = TAKEN[verdict.media.media_type]
    if taken and found.family != taken.family:
        raise ContentTypeMismatch(f"The file was declared as {declared} but is {found.name}.")
    return changed(verdict.media, media_type=found_type(declared, verdict.media.media_type))


class Confinement(msgspec.Struct, forbid_unknown_fields=True):
    """What this system lacks to confine the child with, what the child could do all the same, and whether it starts."""

    lacking: list[str]
    possible: list[str]
    starts: bool = True

    def is_enough(self) -> bool:
        """Tell whether the child starts and can do nothing that it should not."""
        return self.starts and not self.possible

    def in_words(self) -> str | None:
        """Return a sentence about what this system lacks, None if it has everything."""
        if not self.starts:
            return "The process that opens uploaded files does not start on this system: every file will be refused."
        if not self.lacking and not self.possible:
            return None
        system = f"This system has no {' and no '.join(self.lacking)} for the process that opens uploaded files"
        if not self.possible:
            return f"{system}: what it should not do is refused all the same, with one guard instead of two."
        return f"{system}: a file made to break it could {', '.join(self.possible)}; run this on a newer kernel."


def confinement() -> Confinement:
    """Return how well a child is confined here: one tries what it should not be able to do."""
    try:
        return msgspec.json.decode(in_sandbox(subprocess.DEVNULL), type=Confinement)
    except (subprocess.SubprocessError, msgspec.MsgspecError):
        return Confinement(lacking=[], possible=[], starts=False)


def in_sandbox(file: IO[bytes] | int, *arguments: str) -> bytes:
    """Return what the child answers; raise ``SubprocessError`` if it does not."""
    command = [sys.executable, "-I", "-S", sandbox.__file__, *arguments]
    return subprocess.run(  # noqa: S603 - a fixed command; the file comes in by its handle, without a name
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        timeout=TIMEOUT_SECONDS,
        check=True,
    ).stdout


@cache
def libraries() -> str:
    """Return the folders in which the parsers' libraries lie, and their own parts, as a search path."""
    found = (find_spec(name) for name in ("infra", "pypdfium2", "pypdf", "PIL", "pillow_heif", "av", "cryptography"))
    return os.pathsep.join({str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin})
