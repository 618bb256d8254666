"""The gate: decides in a bounded child process what a file is and whether that is what was declared."""

import subprocess
import sys
from typing import BinaryIO

import msgspec

from infra.vault import parsers
from portfolio.application.ports import Busy, ContentTypeMismatch, ContentUnreadable
from portfolio.domain.evidence.media import TAKEN, ContentTypeNotAllowed, taken_type, types_taken
from portfolio.domain.evidence.selector import Bounds

TIMEOUT_SECONDS = 60


class Verdict(msgspec.Struct, forbid_unknown_fields=True):
    """The child's answer: what the file is, or why it is not taken."""

    media: Bounds | None = None
    refused: str = ""
    detail: str = ""


def inspect(file: BinaryIO, declared: str) -> Bounds:
    """Return what the file is, with the bounds of annotations on it.

    Raises ``ContentTypeNotAllowed`` if it is not on the allow-list, ``ContentTypeMismatch`` if it is something else
    than declared, ``ContentUnreadable`` if it is damaged or cannot be judged within the limits of the child process,
    ``Busy`` if the machine had no time for it.
    """
    expected = taken_type(declared)
    file.seek(0)
    try:
        child = subprocess.run(  # noqa: S603 - a fixed command; the file comes in by its handle, without a name
            [sys.executable, "-I", parsers.__file__],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
        verdict = msgspec.json.decode(child.stdout, type=Verdict)
    except subprocess.TimeoutExpired as error:  # its processor time has a limit of its own, which is shorter
        raise Busy("The file could not be checked in time: try again in a moment.") from error
    except (subprocess.SubprocessError, msgspec.MsgspecError) as error:
        raise ContentUnreadable(
            "The file is too complicated to be opened safely: save it in a simpler form."
        ) from error
    if verdict.refused == parsers.NotAllowed.code:
        raise ContentTypeNotAllowed(f"{verdict.detail} We take {types_taken()}.")
    if verdict.media is None:
        raise ContentUnreadable(verdict.detail)
    if verdict.media.media_type != expected:
        raise ContentTypeMismatch(f"The file was declared as {declared} but is {TAKEN[verdict.media.media_type].name}.")
    return verdict.media
