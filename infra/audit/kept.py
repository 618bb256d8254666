"""What is kept of audits in the deployment's folder: an audit goes on by it, and a server tells of it."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import msgspec

from infra.synced import sync, sync_open
from portfolio.application.audits import Audit, Audits, FaultKind
from portfolio.application.ports import StorageBroken
from portfolio.domain.deployment import moment_in_words

FILE = "audit.json"


def kept(folder: Path) -> Audits:
    """Return what is kept of audits in the deployment's folder; raise ``StorageBroken`` if it cannot be read."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Audits)
    except FileNotFoundError:
        return Audits()
    except OSError as error:
        raise StorageBroken(
            f"{path} cannot be read ({error.strerror}): let the user of the service read it."
        ) from error
    except msgspec.DecodeError as error:
        raise StorageBroken(f"{path} is not what an audit keeps: move it away, and audit again.") from error


def keep(folder: Path, audits: Audits) -> None:
    """Write that in the place of what was kept before, whole or not at all."""
    part = folder / f"{FILE}.part"
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(msgspec.json.encode(audits))
        file.flush()
        sync_open(file.fileno(), part)
    part.rename(folder / FILE)
    sync(folder)


def in_words(done: Audit) -> str:
    """Return what an audit that came to its end has found, in a sentence."""
    ended = moment_in_words(done.ended_at) if done.ended_at else "now"
    counts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(done.counts.items()))
    return (
        f"Read {done.files:,} files, {done.bytes:,} bytes, from {moment_in_words(done.begun_at)} to {ended}: "
        f"{counts or 'all are as they were sealed'}."
    )


def fault(folder: Path) -> str | None:
    """Return what the last audit has found, in a sentence for ``/readyz``, None if nothing or there was none."""
    try:
        last = kept(folder).last
    except StorageBroken as unreadable:
        return str(unreadable)
    return f"{in_words(last)} GET /v1/audits names them." if last and last.counts else None


def figures(folder: Path) -> dict[str, Callable[[], int]]:
    """Return how many files the last audit has read, and of each kind of faulty ones, to be asked at any time."""

    def read() -> int:
        return last_of(folder).files

    def count(kind: FaultKind) -> int:
        return last_of(folder).counts.get(kind, 0)

    return {"read": read, **{kind: partial(count, kind) for kind in get_args(FaultKind)}}


def ended(folder: Path) -> int:
    """Return when the last audit ended, in seconds since 1970."""
    at = last_of(folder).ended_at
    return int(at.timestamp()) if at else 0


def last_of(folder: Path) -> Audit:
    """Return the last audit that came to its end; raise ``LookupError`` if there is none."""
    if (last := kept(folder).last) is None:
        raise LookupError
    return last
