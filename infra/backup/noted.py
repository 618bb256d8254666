"""What the deployment's folder keeps of the last backup that `portfolio backup` took, for whoever asks the service."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from infra.backup.manifest import Manifest

FILE = "backup.json"


class LastBackup(msgspec.Struct, frozen=True):
    """When it was taken, of how many facts and files, and how many files could not be copied."""

    taken_at: datetime
    facts: int
    files: int
    missing: int


def note(folder: Path, manifest: Manifest) -> None:
    """Keep that a backup was taken, in the place of the one before; raise ``OSError``."""
    last = LastBackup(manifest.taken_at, manifest.contents.head, len(manifest.files), len(manifest.missing))
    part = folder / f"{FILE}.part"
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o644), "wb") as file:
        file.write(msgspec.json.encode(last))  # who takes it may be another user than the service, who reads it
    part.rename(folder / FILE)


def noted(folder: Path) -> LastBackup | None:
    """Return what is kept of the last backup, None if nothing is; raise ``OSError``, ``msgspec.DecodeError``."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=LastBackup)
    except FileNotFoundError:
        return None
