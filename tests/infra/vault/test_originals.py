"""Originals: what is read of a stored file is as it was sealed, whole or in part, in every vault."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from portfolio.application.originals import (
    BLOCK_BYTES,
    MEASURED_AT_ONCE,
    FileBeingMeasured,
    Originals,
    StoredFile,
    StoredFileAltered,
    measured,
)
from portfolio.application.ports import Vault
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.kernel import changed
from tests.infra.vault.conftest import Storage, digest_of

Long = tuple[Vault, Sealed, Path]

LONG = b"Rigged six lanterns, checked by Amina.\n" * (2 * BLOCK_BYTES // 39 + 1)
LAST = len(LONG) - 1


def described(sealed: Sealed) -> StoredFile:
    return StoredFile(
        object_id=sealed.object_id,
        sha256=sealed.sha256,
        size=sealed.size,
        storage_version=sealed.storage_version,
        blocks=sealed.blocks,
    )


def test_the_digests_of_a_file_are_those_of_its_blocks_however_it_is_cut() -> None:
    whole = hashlib.sha256(LONG).hexdigest()
    digests = b"".join(hashlib.sha256(LONG[at : at + BLOCK_BYTES]).digest() for at in range(0, len(LONG), BLOCK_BYTES))
    for step in (1_000_003, BLOCK_BYTES, len(LONG)):
        assert measured(LONG[at : at + step] for at in range(0, len(LONG), step)) == (whole, digests)
    assert measured([]) == (digest_of(b""), b"")


def test_the_digests_of_a_long_file_s_blocks_lie_beside_it_and_go_with_it(storage: Storage) -> None:
    sealed = storage.keep(LONG, "text/plain")
    assert sealed.blocks == hashlib.sha256(storage.vault.blocks(sealed.object_id)).hexdigest()
    assert storage.seal(sealed.object_id, LONG, "text/plain") == sealed
    assert list(storage.vault.objects()) == [sealed.object_id]
    originals = Originals()
    for start, end in ((0, len(LONG)), (5, 9), (BLOCK_BYTES - 1, BLOCK_BYTES + 1), (LAST, LAST + 1)):
        assert b"".join(originals.read(storage.vault, described(sealed), start, end)) == LONG[start:end]
    storage.vault.discard(sealed.object_id)
    assert storage.vault.blocks(sealed.object_id) == b""


def test_a_file_of_one_block_needs_no_other_digest(storage: Storage) -> None:
    sealed = storage.keep(b"Short.\n", "text/plain")
    assert (sealed.blocks, storage.vault.blocks(sealed.object_id)) == ("", b"")
    assert b"".join(Originals().read(storage.vault, described(sealed), 1, 4)) == b"hor"


@pytest.fixture
def folder_long(folder_storage: Storage, vault_folder: Path) -> Long:
    """A long file in the folder."""
    sealed = folder_storage.keep(LONG, "text/plain")
    name = str(sealed.object_id)
    return folder_storage.vault, sealed, vault_folder / "objects" / name[:2] / name


class Meanwhile:
    """A vault of which a file is asked for anew while it is read whole."""

    def __init__(self, vault: Vault, ask: Callable[[], object]) -> None:
        self._vault = vault
        self._ask = ask
        self.begun = 0

    def read(self, object_id: UUID, start: int = 0, end: int | None = None, **rest: Any) -> Iterator[bytes]:
        if end is None:
            self.begun += 1
            self._ask()
        return iter(self._vault.read(object_id, start, end, **rest))

    def blocks(self, object_id: UUID) -> bytes:
        return self._vault.blocks(object_id)


def test_while_a_file_from_before_blocks_were_kept_is_measured_nobody_else_waits_for_it(folder_long: Long) -> None:
    vault, sealed, _ = folder_long
    newer, originals = described(sealed), Originals()
    older = changed(newer, blocks="")

    def ask() -> None:
        with pytest.raises(FileBeingMeasured):
            next(originals.read(meanwhile, older, 0, 9))
        assert b"".join(originals.read(meanwhile, newer, 0, 9)) == LONG[:9]

    meanwhile = cast(Any, Meanwhile(vault, ask))
    for _ in range(2):
        assert b"".join(originals.read(meanwhile, older, 0, 9)) == LONG[:9]
    assert meanwhile.begun == 1


def test_only_a_few_files_from_before_are_measured_at_once_and_one_that_failed_takes_no_place(
    folder_long: Long,
) -> None:
    vault, sealed, _ = folder_long
    older = [changed(described(sealed), blocks="", storage_version=str(each)) for each in range(MEASURED_AT_ONCE + 1)]
    waiting = iter(older)
    originals = Originals()

    def ask() -> None:
        next(originals.read(meanwhile, next(waiting), 0, 9))

    meanwhile = cast(Any, Meanwhile(vault, ask))
    for _ in range(2):
        with pytest.raises(FileBeingMeasured):
            ask()
        assert meanwhile.begun == MEASURED_AT_ONCE
        meanwhile.begun, waiting = 0, iter(older)


def take(pieces: Iterator[bytes], into: bytearray) -> None:
    for piece in pieces:
        into += piece


def test_only_a_part_that_holds_what_was_altered_is_refused(folder_long: Long) -> None:
    vault, sealed, path = folder_long
    change_last_byte(path)
    refusals: list[str] = []
    originals = Originals(lambda: refusals.append("refused"))
    assert b"".join(originals.read(vault, described(sealed), 0, 100)) == LONG[:100]
    assert originals.check() is None
    sent = bytearray()
    with pytest.raises(StoredFileAltered):
        take(originals.read(vault, described(sealed), 0, len(LONG)), sent)
    assert sent == LONG[: len(LONG) // BLOCK_BYTES * BLOCK_BYTES]
    with pytest.raises(StoredFileAltered):  # now it is known, and no such answer begins
        next(originals.read(vault, described(sealed), 0, len(LONG)))
    assert refusals == ["refused"] * 2
    assert originals.check() == "Stored files that are missing or altered: 1. Run `portfolio fsck`, which names them."
    change_last_byte(path, LONG[-1:])
    assert b"".join(originals.read(vault, described(sealed), 0, len(LONG))) == LONG
    assert originals.check() is None


def test_nobody_gets_all_of_a_block_that_is_altered_while_it_is_sent(folder_long: Long) -> None:
    vault, sealed, path = folder_long
    sent = bytearray()
    pieces = Originals().read(vault, described(sealed), BLOCK_BYTES, len(LONG))
    sent += next(pieces)
    change_last_byte(path)
    with pytest.raises(StoredFileAltered):
        take(pieces, sent)
    assert 0 < len(sent) < len(LONG) - BLOCK_BYTES
    assert LONG[BLOCK_BYTES:].startswith(bytes(sent))


@pytest.mark.parametrize("lost", [True, False])
def test_a_file_from_before_or_whose_digests_are_lost_is_read_once_whole(folder_long: Long, *, lost: bool) -> None:
    vault, sealed, path = folder_long
    if lost:
        digests = path.with_suffix(".blocks")
        digests.chmod(0o600)
        digests.write_bytes(bytes(64))
    file = described(sealed) if lost else changed(described(sealed), blocks="")
    originals = Originals()
    assert b"".join(originals.read(vault, file, LAST, LAST + 1)) == LONG[LAST:]
    change_last_byte(path)
    with pytest.raises(StoredFileAltered):  # what was remembered of it is not what lies there now
        next(originals.read(vault, file, LAST, LAST + 1))
    with pytest.raises(StoredFileAltered):
        next(Originals().read(vault, file, 0, 1))


def change_last_byte(path: Path, byte: bytes = b"?") -> None:
    path.chmod(0o600)
    path.write_bytes(LONG[:-1] + byte)
