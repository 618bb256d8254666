"""Putting a copy back where there is nothing: files first, then facts, each compared with the manifest."""

from contextlib import suppress
from pathlib import Path

from infra.adapters import VAULT
from infra.backup.files import copy_files, is_right
from infra.backup.manifest import NAME, UNFINISHED, BackupFault, Manifest, read
from infra.backup.taking import Say, begin
from infra.fsck.files import Progress, Stored
from infra.identity.keys import KeyFolder, lasting
from infra.lock import folder_lock
from infra.main import now, open_record
from infra.settings import Settings
from infra.store.contents import contents_of
from infra.store.refusals import CannotOpen
from infra.synced import sync
from infra.vault.folder import FolderVault


def restore(settings: Settings, source: Path, progress: Progress, say: Say) -> Manifest:
    """Put back a copy and return its manifest, once the restored store holds what that says.

    The keys lie there already, perhaps without some that sign tokens. Raises ``BackupFault``, ``CannotOpen``,
    ``KeyFault`` or ``FolderInUse``; run again, it goes on where it broke off. Facts come last: until then there is no
    deployment.
    """
    manifest = read(source)
    require_same_kind(settings, source, manifest)
    KeyFolder(settings.keys).require(lasting(manifest.keys))
    if settings.store.contents_of_copy(source / manifest.facts) != manifest.contents:
        raise BackupFault(f"{source / manifest.facts} is not what {NAME} says: restore from another backup.")
    say(f"{source / manifest.facts} holds the {manifest.contents.head} facts that its manifest names.")
    broke_off = begin(settings.folder, f"restore {manifest.taken_at}")
    with folder_lock(settings.folder):
        empty = settings.store.holds_nothing()
        if not (empty or broke_off):
            raise BackupFault(
                "The database of PORTFOLIO_DATABASE_URL holds a record, and nothing is ever written over: "
                "make an empty one with createdb."
            )
        if settings.vault is None:
            put_back_files(settings, source, manifest, progress)
        if empty:
            settings.store.put_back(source / manifest.facts)
        compare(settings, manifest, progress)
        with suppress(CannotOpen), open_record(settings, despite_loss=True, despite_token_keys=True):
            pass  # opened to write, it brings the chain to the end of the log: perhaps it was not there in the copy
        sync(settings.folder)
        (settings.folder / UNFINISHED).unlink()
    return manifest


def require_same_kind(settings: Settings, source: Path, manifest: Manifest) -> None:
    """Raise ``BackupFault`` unless the settings name places of the kind that was copied."""
    if manifest.store != settings.store.kind:
        to_do = "set PORTFOLIO_DATABASE_URL to an empty one" if manifest.store == "postgres" else "leave it out"
        raise BackupFault(f"{source} is the copy of a {manifest.store} store, PORTFOLIO_DATABASE_URL says: {to_do}.")
    if bool(manifest.bucket) != bool(settings.vault):
        to_do = f"set PORTFOLIO_VAULT, which was {manifest.bucket}" if manifest.bucket else "leave PORTFOLIO_VAULT out"
        raise BackupFault(f"The files of {source} lie {'in a bucket' if manifest.bucket else 'in it'}: {to_do}.")


def put_back_files(settings: Settings, source: Path, manifest: Manifest, progress: Progress) -> None:
    """Copy the files back; raise ``BackupFault`` for the first that is not what the manifest says."""
    vault = FolderVault(settings.folder / VAULT, b"", "", now)
    known = {file.object_id: Stored("the manifest", file.sha256, "", file.blocks) for file in manifest.files}
    _, faults = copy_files(FolderVault(source / VAULT, b"", "", now), vault, known, progress)
    for fault in faults.values():
        raise BackupFault(f"In {source / VAULT} {fault}: restore from another backup, or take that file from one.")


def compare(settings: Settings, manifest: Manifest, progress: Progress) -> None:
    """Compare the restored store with the manifest; raise ``BackupFault`` at the first difference."""
    with open_record(settings, read_only=True, despite_token_keys=True) as record:
        with record.journal.store.snapshot() as snapshot:
            if not manifest.contents.is_part_of(contents_of(snapshot)):
                raise BackupFault("The restored facts are not what the manifest says: restore once more, elsewhere.")
        for number, file in enumerate(manifest.files, start=1):
            if not is_right(record.vault, file.object_id, file):
                raise BackupFault(f"The restored file {file.object_id} is not what the manifest says: run it again.")
            progress(number, len(manifest.files))
