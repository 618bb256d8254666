"""The manifest of a copy: what it must hold, written last, so that a copy without one is not finished."""

from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from infra.errors import OperatorError
from infra.store.contents import Contents
from infra.synced import sync, sync_open

NAME = "manifest.json"
FORMAT = 1
UNFINISHED = "unfinished"
"""A file that lies where a backup or a restore was begun, until it has ended."""

Bytes = Literal["copied", "hard links", "in the bucket"]


class BackupFault(OperatorError):
    """A copy cannot be taken or put back; the message says why, and what to do."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sealed file: its SHA-256 (hex) and that of the digests of its blocks, and where it lies in a bucket."""

    object_id: UUID
    size: int
    sha256: str
    blocks: str = ""
    key: str = ""
    storage_version: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a copy holds. ``bytes`` says how its files are kept, ``missing`` which could not be."""

    format: int = FORMAT
    release: str
    taken_at: datetime
    store: str
    facts: str
    contents: Contents
    keys: dict[str, str]
    """By which values the keys that fit are known again; the keys themselves lie elsewhere."""
    bytes: Bytes
    bucket: str = ""
    files: list[File]
    missing: list[str]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a copy that is finished."""
    part = folder / f"{NAME}.part"
    with part.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        sync_open(file.fileno(), part)
    part.replace(folder / NAME)
    sync(folder)


def read(folder: Path) -> Manifest:
    """Return the manifest of a copy; raise ``BackupFault`` if it has none, or one that cannot be read."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError as error:
        raise BackupFault(
            f"There is no finished backup in {folder} (no {NAME}): name the folder that `portfolio backup` filled, "
            "or run it again with that folder, which goes on where it broke off."
        ) from error
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupFault(f"{folder / NAME} cannot be read ({error}): restore from another backup.") from error
    if manifest.format > FORMAT:
        raise BackupFault(f"{folder / NAME} was written by a newer release: restore with release {manifest.release}.")
    return manifest
