"""A long file on its way into the folder: part by part, resumed, completed, and swept if it never is."""

import io
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.vault.folder import FolderVault
from portfolio.application.parts import PART_BYTES
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    StorageFull,
    UploadMissing,
    UploadTooLarge,
    UploadUnderWay,
    UploadUrlInvalid,
)
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.conftest import SetClock, bytes_of_part, digest_of, digests_of, open_folder, receive
from tests.infra.vault.test_folder import lying_in

LONG = files.TEXT * 300_000  # three parts


def parts_of(vault: FolderVault, object_id: UUID, content: bytes = LONG) -> list[str]:
    return [part.url for part in vault.offer(object_id, len(content), "", NOBODY)]


def held(vault: FolderVault, object_id: UUID) -> list[tuple[int, str]]:
    return [(part.number, part.sha256) for part in vault.held(object_id)]


def test_what_is_held_is_told_by_its_digest_also_after_a_restart(vault_folder: Path, clock: SetClock) -> None:
    object_id, vault = uuid4(), open_folder(vault_folder, clock)
    receive(vault, parts_of(vault, object_id)[1], bytes_of_part(LONG, 2))
    assert held(open_folder(vault_folder, clock), object_id) == [(2, digests_of(LONG)[1])]


def test_other_bytes_for_a_part_that_is_held_are_refused_and_change_nothing(folder_vault: FolderVault) -> None:
    object_id = uuid4()
    urls = parts_of(folder_vault, object_id)
    for number, url in enumerate(urls, 1):
        receive(folder_vault, url, bytes_of_part(LONG, number))
    for _ in range(2):  # before and after it is complete
        with pytest.raises(ContentHashMismatch, match="arrived in this place already"):
            receive(folder_vault, urls[2], bytes_of_part(LONG, 3)[::-1])
        receive(folder_vault, urls[2], bytes_of_part(LONG, 3))
        folder_vault.complete(object_id)
    folder_vault.seal(object_id, size=len(LONG), sha256=digest_of(LONG), media_type="text/plain")
    with pytest.raises(ContentHashMismatch):
        receive(folder_vault, urls[0], bytes_of_part(LONG, 2))
    receive(folder_vault, urls[0], bytes_of_part(LONG, 1))


@pytest.mark.parametrize("content", [files.TEXT, LONG], ids=["one part", "three"])
def test_a_part_that_is_not_what_its_sender_says_is_refused_at_once(folder_vault: FolderVault, content: bytes) -> None:
    object_id = uuid4()
    url, said = parts_of(folder_vault, object_id, content)[0], digests_of(content)[0]
    with pytest.raises(ContentHashMismatch):
        receive(folder_vault, url, bytes_of_part(content, 1)[::-1], digest=said)
    assert held(folder_vault, object_id) == []
    receive(folder_vault, url, bytes_of_part(content, 1), digest=said)
    assert [part.number for part in folder_vault.held(object_id)] == [1]


@pytest.mark.parametrize("length", [None, PART_BYTES + 1])
def test_a_part_that_is_too_long_reaches_into_no_other(folder_vault: FolderVault, length: int | None) -> None:
    object_id = uuid4()
    urls = parts_of(folder_vault, object_id)
    receive(folder_vault, urls[1], bytes_of_part(LONG, 2))
    with pytest.raises(UploadTooLarge):
        receive(folder_vault, urls[0], bytes_of_part(LONG, 1) + b"!", length=length)
    with pytest.raises(ContentSizeMismatch):
        receive(folder_vault, urls[2], bytes_of_part(LONG, 1)[:20])
    assert [number for number, _ in held(folder_vault, object_id)] == [2]
    for number in (1, 3):
        receive(folder_vault, urls[number - 1], bytes_of_part(LONG, number))
    folder_vault.complete(object_id, digests_of(LONG))


class Meanwhile(io.BytesIO):
    """Bytes of which the first are only read once something else has been done."""

    def __init__(self, content: bytes, first: Callable[[], None]) -> None:
        super().__init__(content)
        self._first = first

    def read(self, size: int | None = -1) -> bytes:
        first, self._first = self._first, lambda: None
        first()
        return super().read(size)


@pytest.mark.parametrize("content", [files.TEXT, LONG], ids=["one part", "three"])
def test_a_part_is_received_from_one_sender_at_a_time_and_others_beside_it(
    folder_vault: FolderVault, vault_folder: Path, clock: SetClock, content: bytes
) -> None:
    object_id, another = uuid4(), open_folder(vault_folder, clock)
    urls = parts_of(folder_vault, object_id, content)

    def meanwhile() -> None:
        for number, url in list(enumerate(urls, 1))[1:]:
            receive(another, url, bytes_of_part(content, number))
        with pytest.raises(UploadUnderWay):
            receive(another, urls[0], bytes_of_part(content, 1))
        with pytest.raises((UploadUnderWay, UploadMissing)):
            another.complete(object_id)

    receive(folder_vault, urls[0], Meanwhile(bytes_of_part(content, 1), meanwhile))
    another.complete(object_id)
    another.seal(object_id, size=len(content), sha256=digest_of(content), media_type="text/plain")


def test_a_crash_while_a_file_is_completed_is_made_good_by_completing_again(
    folder_vault: FolderVault, vault_folder: Path
) -> None:
    object_id = uuid4()
    for number, url in enumerate(parts_of(folder_vault, object_id), 1):
        receive(folder_vault, url, bytes_of_part(LONG, number))
    waiting = vault_folder / "incoming"
    os.link(waiting / f"{object_id}.parts", waiting / str(object_id))  # and then the machine stood still
    for digests in ([], digests_of(LONG)):
        folder_vault.complete(object_id, digests)
    assert sorted(lying_in(waiting)) == [str(object_id), f"{object_id}.held"]
    folder_vault.seal(object_id, size=len(LONG), sha256="", media_type="text/plain")
    assert lying_in(vault_folder) == sorted([str(object_id), f"{object_id}.blocks"])
    path = vault_folder / "objects" / str(object_id)[:2] / str(object_id)
    assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_nlink) == (0o440, 1)


def test_a_refused_file_of_several_parts_can_be_sent_again_to_new_addresses(
    folder_vault: FolderVault, vault_folder: Path
) -> None:
    object_id, other = uuid4(), LONG[:-2] + b"!\n"
    urls = [part.url for part in folder_vault.offer(object_id, len(LONG), digest_of(LONG), NOBODY)]
    for number, url in enumerate(urls, 1):
        receive(folder_vault, url, bytes_of_part(other, number))
    folder_vault.complete(object_id)
    with pytest.raises(ContentHashMismatch):
        folder_vault.seal(object_id, size=len(LONG), sha256=digest_of(LONG), media_type="text/plain")
    folder_vault.discard(object_id)
    assert lying_in(vault_folder) == []
    with pytest.raises(UploadUrlInvalid):
        receive(folder_vault, urls[0], bytes_of_part(LONG, 1))
    for part in folder_vault.offer(object_id, len(LONG), digest_of(LONG), NOBODY):
        receive(folder_vault, part.url, bytes_of_part(LONG, part.number))
    folder_vault.complete(object_id)


def test_the_sweep_takes_all_of_an_upload_or_nothing(
    folder_vault: FolderVault, vault_folder: Path, clock: SetClock
) -> None:
    object_id = uuid4()
    receive(folder_vault, parts_of(folder_vault, object_id)[0], bytes_of_part(LONG, 1))
    names = sorted(f"{object_id}.{ending}" for ending in ("held", "json", "parts"))
    for name in names[1:]:
        os.utime(vault_folder / "incoming" / name, times=(clock.now.timestamp() - 5000,) * 2)
    assert folder_vault.sweep(3600) == []
    os.utime(vault_folder / "incoming" / names[0], times=(clock.now.timestamp() - 5000,) * 2)
    assert folder_vault.sweep(3600) == names


def test_a_long_file_leaves_the_reserve_of_the_disk_free(vault_folder: Path, clock: SetClock) -> None:
    reserve = 2 * shutil.disk_usage(vault_folder.parent).total
    full = FolderVault(vault_folder, b"secret", "", clock, reserve_bytes=reserve)
    object_id = uuid4()
    with pytest.raises(StorageFull):
        receive(full, parts_of(full, object_id)[0], bytes_of_part(LONG, 1))
    assert held(full, object_id) == []
