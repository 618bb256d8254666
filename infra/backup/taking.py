"""Taking a copy of a deployment beside whoever writes: facts in one snapshot, then the files that they name."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.adapters import VAULT
from infra.backup.files import copy_files
from infra.backup.manifest import NAME, UNFINISHED, BackupFault, File, Manifest, write
from infra.backup.noted import note
from infra.fsck.files import Progress, Stored, sealed_since
from infra.identity.keys import needed
from infra.lock import FILE as LOCK_FILE
from infra.lock import folder_lock
from infra.main import Record, now
from infra.overall import deployment_of
from infra.store.contents import Contents
from infra.vault.folder import FolderVault

ATTEMPTS = 10
"""How often facts are taken again because files were discarded or erased between them and their copies."""

Say = Callable[[str], None]


def back_up(record: Record, to: Path, progress: Progress, say: Say, *, hard_links: bool = False) -> Manifest:
    """Copy facts and files to a folder that is empty or holds an unfinished copy; return its manifest.

    Raises ``BackupFault``, ``CannotOpen`` or ``FolderInUse``; run again, it goes on with the files that are missing.
    """
    settings = record.settings
    if to.resolve().is_relative_to(settings.folder.resolve()):
        raise BackupFault(f"{to} lies inside {settings.folder}: choose a folder outside, best on another machine.")
    begin(to, "backup")
    with folder_lock(to):
        for _ in range(ATTEMPTS):
            contents = copy_facts(record, to)
            say(f"Copied {contents.head} facts and read them again.")
            known: dict[UUID, Stored] = {}
            sealed_since(record.journal, 0, known, contents.head)
            wanted = {object_id: stored for object_id, stored in known.items() if stored.kept}
            files, faults = take_files(record, to, wanted, progress, hard_links=hard_links)
            if not (discarded := discarded_since(record, contents.head, faults)):
                break
            say(f"{len(discarded)} files were discarded or erased meanwhile: the facts are copied once more.")
        else:
            raise BackupFault(f"Files are discarded faster than they are copied: run `portfolio backup {to}` again.")
        manifest = Manifest(
            release=version("portfolio"),
            taken_at=now(),
            store=settings.store.kind,
            facts=settings.store.copy_name,
            contents=contents,
            keys=needed(deployment_of(record.journal), now()),
            bytes="in the bucket" if settings.vault else "hard links" if hard_links else "copied",
            bucket=f"s3://{settings.vault.name}/{settings.vault.prefix}".rstrip("/") if settings.vault else "",
            files=files,
            missing=sorted(faults.values()),
        )
        write(to, manifest)
        (to / UNFINISHED).unlink()
    try:
        note(settings.folder, manifest)
    except OSError as error:
        say(f"The service will not know of this backup: {settings.folder} takes no note of it ({error.strerror}).")
    return manifest


def begin(folder: Path, what: str) -> bool:
    """Make a folder for a copy and tell whether the same was begun there and broke off.

    Raises ``BackupFault`` if there is anything else in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / NAME).exists():
        raise BackupFault(f"{folder} holds a finished backup, which is never written over: choose another folder.")
    marker = folder / UNFINISHED
    if marker.exists() and marker.read_text() == what:
        return True
    if any(path.name != LOCK_FILE for path in folder.iterdir()):
        raise BackupFault(f"{folder} is not empty, and nothing is ever written over: choose another folder.")
    marker.write_text(what)
    return False


def copy_facts(record: Record, to: Path) -> Contents:
    """Copy the facts in one snapshot, open the copy, and return what it holds."""
    store = record.settings.store
    contents = store.copy_facts(to / store.copy_name)
    if store.contents_of_copy(to / store.copy_name) != contents:
        raise BackupFault(
            f"{to / store.copy_name} does not hold what was copied: look after that disk, then try again."
        )
    return contents


def take_files(
    record: Record, to: Path, wanted: dict[UUID, Stored], progress: Progress, *, hard_links: bool
) -> tuple[list[File], dict[UUID, str]]:
    """Copy the files, or find them in their bucket; return them, and what is wrong with the others."""
    vault = record.vault
    if not isinstance(vault, FolderVault):
        return find_files(vault, wanted, progress)
    copy = FolderVault(to / VAULT, b"", "", now)
    for object_id in copy.objects():  # of an earlier try, and discarded since
        if object_id not in wanted:
            copy.discard(object_id)
    return copy_files(vault, copy, wanted, progress, link=hard_links)


def find_files(vault: Any, wanted: dict[UUID, Stored], progress: Progress) -> tuple[list[File], dict[UUID, str]]:
    """Return under which key and version each file lies in the bucket of an ``S3Vault``, and which do not."""
    files, faults = [], {}
    for number, (object_id, stored) in enumerate(wanted.items(), start=1):
        if where := vault.located(object_id, stored.storage_version):
            key, storage_version, size = where
            files.append(File(object_id, size, stored.sha256, stored.blocks, key, storage_version))
        else:
            faults[object_id] = f"the file {object_id} of {stored.where} is missing in the bucket"
        progress(number, len(wanted))
    return files, faults


def discarded_since(record: Record, head: int, faults: dict[UUID, str]) -> set[UUID]:
    """Return which of the files that are not there were discarded or erased after the facts were copied."""
    if not faults:
        return set()
    known = {object_id: Stored("", "", "", "") for object_id in faults}
    sealed_since(record.journal, head, known)
    return {object_id for object_id in faults if not known[object_id].kept}
