"""The bytes of a copy: each sealed file that its facts name, checked against them as it lies in its new place."""

import errno
import hashlib
from collections.abc import Mapping
from uuid import UUID

from infra.backup.manifest import BackupFault, File
from infra.fsck.files import Progress, Stored
from infra.vault.folder import FolderVault
from portfolio.application.ports import Vault


def copy_files(
    source: FolderVault, target: FolderVault, known: Mapping[UUID, Stored], progress: Progress, *, link: bool = False
) -> tuple[list[File], dict[UUID, str]]:
    """Copy the files that are not there yet; return those that lie there, and what is wrong with the others."""
    files, faults = [], {}
    for number, (object_id, stored) in enumerate(known.items(), start=1):
        fault = copy_file(source, target, object_id, stored, link=link)
        if fault is None:
            files.append(File(object_id, target.size(object_id), stored.sha256, stored.blocks))
        else:
            faults[object_id] = fault
        progress(number, len(known))
    return files, faults


def copy_file(source: FolderVault, target: FolderVault, object_id: UUID, stored: Stored, *, link: bool) -> str | None:
    """Copy one file if it is not there yet, and return what is wrong with what was copied, None if nothing is."""
    if is_right(target, object_id, stored):
        return None
    target.discard(object_id)  # what an earlier try left there
    try:
        target.adopt(source, object_id, link=link)
    except FileNotFoundError:
        return f"the file {object_id} of {stored.where} is missing"
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise BackupFault(
                "Hard links reach no other disk: leave --hard-links out, and files are copied."
            ) from error
        raise
    if is_right(target, object_id, stored):
        return None
    target.discard(object_id)
    return f"the file {object_id} of {stored.where} has other bytes than were sealed, or its digests of blocks have"


def is_right(vault: Vault, object_id: UUID, stored: Stored | File) -> bool:
    """Tell whether a vault holds the very bytes, and the digests of their blocks."""
    if vault.digest(object_id, storage_version=stored.storage_version) != stored.sha256:
        return False
    return not stored.blocks or hashlib.sha256(vault.blocks(object_id)).hexdigest() == stored.blocks
