"""The folder vault: its upload URLs and what it leaves on the disk."""

import os
import resource
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.errors import OperatorError
from infra.vault.folder import FolderVault
from portfolio.application.originals import StoredFileAltered
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    StorageFull,
    UploadMissing,
    UploadTooLarge,
    UploadUrlExpired,
    UploadUrlInvalid,
)
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import LIFETIME_SECONDS
from tests.infra.vault.conftest import SetClock, Storage, digest_of, open_folder, receive
from tests.programs import run

BIG = files.TEXT * 60_000


def offered(vault: FolderVault, content: bytes) -> str:
    return vault.offer(uuid4(), len(content), digest_of(content), NOBODY)[0].url


def lying_in(folder: Path) -> list[str]:
    """Return the files of the vault, offers apart."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["", "incoming", "objects"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, clock: SetClock, name: str) -> None:
    path = tmp_path / "vault" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"no folder")
    with pytest.raises(OperatorError, match=f"^{path} is no folder, so no files lie there: move it away"):
        FolderVault(tmp_path / "vault", b"", "", clock)


def test_an_upload_url_expires(folder_vault: FolderVault, clock: SetClock) -> None:
    url = offered(folder_vault, files.TEXT)
    clock.pass_by(LIFETIME_SECONDS)
    with pytest.raises(UploadUrlExpired):
        receive(folder_vault, url, files.TEXT)


@pytest.mark.parametrize(
    "tampering",
    [
        {"expires": "99999999999"},
        {"expires": ""},
        {"expires": "soon"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é"},
        {"number": "2"},
        {"object_id": "2f6c1d5e-7f0e-4a43-9f4b-5c3f0a1d2e3b"},
    ],
    ids=str,
)
def test_a_tampered_upload_url_is_refused_in_one_sentence(
    folder_vault: FolderVault, vault_folder: Path, tampering: dict[str, str]
) -> None:
    url = offered(folder_vault, files.TEXT)
    with pytest.raises(UploadUrlInvalid, match="This upload address is not one that we gave out"):
        receive(folder_vault, url, files.TEXT, tampering=tampering)
    assert lying_in(vault_folder) == []


def test_a_url_signed_with_another_secret_is_refused(
    folder_vault: FolderVault, vault_folder: Path, clock: SetClock
) -> None:
    other = FolderVault(vault_folder, b"other", "https://portfolio.example", clock)
    with pytest.raises(UploadUrlInvalid):
        receive(folder_vault, offered(other, files.TEXT), files.TEXT)


def test_the_secret_is_never_printed(folder_vault: FolderVault) -> None:
    assert "secret'" not in repr(vars(folder_vault))


@pytest.mark.parametrize("length", [None, len(files.TEXT)])
def test_a_truncated_upload_is_refused_and_nothing_stays(
    folder_vault: FolderVault, vault_folder: Path, length: int | None
) -> None:
    url = offered(folder_vault, files.TEXT)
    with pytest.raises(ContentSizeMismatch, match="20 bytes were sent, 39 were announced"):
        receive(folder_vault, url, files.TEXT[:20], length=length)
    assert lying_in(vault_folder) == []


@pytest.mark.parametrize("length", [None, len(files.TEXT), len(files.TEXT) + 1])
def test_an_upload_longer_than_announced_is_refused_and_nothing_stays(
    folder_vault: FolderVault, vault_folder: Path, length: int | None
) -> None:
    url = offered(folder_vault, files.TEXT)
    with pytest.raises(UploadTooLarge):
        receive(folder_vault, url, files.TEXT + b"!", length=length)
    assert lying_in(vault_folder) == []


def test_other_bytes_of_the_same_length_are_refused_and_nothing_stays(
    folder_vault: FolderVault, vault_folder: Path
) -> None:
    url = offered(folder_vault, files.TEXT)
    with pytest.raises(ContentHashMismatch):
        receive(folder_vault, url, files.TEXT[::-1])
    assert lying_in(vault_folder) == []


def test_a_refused_upload_may_be_tried_again(folder_vault: FolderVault) -> None:
    url = offered(folder_vault, files.TEXT)
    with pytest.raises(ContentSizeMismatch):
        receive(folder_vault, url, files.TEXT[:20])
    receive(folder_vault, url, files.TEXT)


def test_a_full_disk_refuses_the_upload_and_leaves_nothing_behind(
    folder_vault: FolderVault, vault_folder: Path
) -> None:
    url = offered(folder_vault, BIG)
    with disk_with_room_for(1 << 20), pytest.raises(StorageFull):
        receive(folder_vault, url, BIG)
    assert lying_in(vault_folder) == []
    receive(folder_vault, url, BIG)


def test_a_full_disk_refuses_an_offer(folder_vault: FolderVault, vault_folder: Path) -> None:
    with disk_with_room_for(10), pytest.raises(StorageFull):
        offered(folder_vault, files.TEXT)
    assert list((vault_folder / "incoming").iterdir()) == []


def test_an_open_upload_survives_a_restart(vault_folder: Path, clock: SetClock) -> None:
    object_id = uuid4()
    [part] = open_folder(vault_folder, clock).offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)
    receive(open_folder(vault_folder, clock), part.url, files.TEXT)
    open_folder(vault_folder, clock).seal(
        object_id, size=len(files.TEXT), sha256=digest_of(files.TEXT), media_type="text/plain"
    )


def test_an_id_is_not_offered_for_a_second_file(folder_vault: FolderVault) -> None:
    object_id = uuid4()
    folder_vault.offer(object_id, 3, digest_of(b"one"), NOBODY)
    with pytest.raises(ValueError, match="offered for another file"):
        folder_vault.offer(object_id, 3, digest_of(b"two"), NOBODY)


def test_a_url_is_dead_once_its_object_is_discarded(folder_vault: FolderVault, vault_folder: Path) -> None:
    object_id = uuid4()
    [part] = folder_vault.offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)
    folder_vault.discard(object_id)
    with pytest.raises(UploadUrlInvalid):
        receive(folder_vault, part.url, files.TEXT)
    assert lying_in(vault_folder) == []


def test_an_object_lies_read_only_in_its_shard_and_nothing_waits_any_more(
    folder_storage: Storage, vault_folder: Path
) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain")
    name = str(sealed.object_id)
    path = vault_folder / "objects" / name[:2] / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert path.stat().st_nlink == 1
    assert lying_in(vault_folder) == [name]


def test_a_crash_between_keeping_and_clearing_up_is_made_good_by_sealing_again(
    folder_storage: Storage, vault_folder: Path
) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain")
    name = str(sealed.object_id)
    os.link(vault_folder / "objects" / name[:2] / name, vault_folder / "incoming" / name)
    assert folder_storage.seal(sealed.object_id, files.TEXT, "text/plain") == sealed
    assert lying_in(vault_folder) == [name]


def test_a_changed_object_shows_in_its_digest(folder_storage: Storage, vault_folder: Path) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain")
    name = str(sealed.object_id)
    path = vault_folder / "objects" / name[:2] / name
    path.chmod(0o640)
    path.write_bytes(files.TEXT[::-1])
    assert folder_storage.vault.digest(sealed.object_id) == digest_of(files.TEXT[::-1])


@pytest.mark.parametrize("linked", ["the file", "its folder"])
def test_a_symbolic_link_in_the_vault_is_not_followed(
    folder_storage: Storage, vault_folder: Path, tmp_path: Path, linked: str
) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain")
    name = str(sealed.object_id)
    path = vault_folder / "objects" / name[:2] / name
    path = path if linked == "the file" else path.parent
    path.symlink_to(path.rename(tmp_path / "elsewhere"))
    assert folder_storage.vault.digest(sealed.object_id) is None
    with pytest.raises(FileNotFoundError):
        next(folder_storage.vault.read(sealed.object_id))
    with pytest.raises(UploadMissing):
        folder_storage.seal(sealed.object_id, files.TEXT, "text/plain")


def bound(path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as ears:
        ears.bind(str(path))


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, bound])
def test_what_is_no_file_in_the_place_of_one_keeps_nobody_waiting(
    folder_storage: Storage, vault_folder: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], None]
) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain")
    name = str(sealed.object_id)
    monkeypatch.chdir(vault_folder / "objects" / name[:2])  # the address of a socket is short
    Path(name).unlink()
    put(Path(name))
    assert folder_storage.vault.digest(sealed.object_id) is None
    with pytest.raises(FileNotFoundError):
        next(folder_storage.vault.read(sealed.object_id))


def test_an_upload_is_not_sealed_through_a_symbolic_link(
    folder_storage: Storage, vault_folder: Path, tmp_path: Path
) -> None:
    object_id = folder_storage.upload(files.TEXT)
    secret = tmp_path / "secret"
    secret.write_bytes(files.TEXT)
    name = str(object_id)
    (vault_folder / "objects" / name[:2]).mkdir()
    (vault_folder / "objects" / name[:2] / name).symlink_to(secret)
    with pytest.raises(StoredFileAltered):
        folder_storage.seal(object_id, files.TEXT, "text/plain")
    waiting = vault_folder / "incoming" / str(folder_storage.upload(b"Waits.\n"))
    waiting.unlink()
    waiting.symlink_to(secret)
    with pytest.raises(UploadMissing):
        folder_storage.seal(UUID(waiting.name), files.TEXT, "text/plain")


def test_the_sweep_goes_on_past_what_is_gone_or_no_file(
    folder_vault: FolderVault, vault_folder: Path, clock: SetClock, tmp_path: Path
) -> None:
    (vault_folder / "incoming" / "folder").mkdir()
    (vault_folder / "incoming" / "link").symlink_to(tmp_path / "gone")
    left = vault_folder / "incoming" / f"{uuid4()}.abc.part"
    left.write_bytes(b"half")
    clock.now = datetime.now(UTC) + timedelta(hours=2)
    assert folder_vault.sweep(3600) == sorted([left.name, "link"])
    assert folder_vault.sweep(3600) == []


def test_the_sweep_takes_what_has_waited_too_long_and_no_object(
    folder_vault: FolderVault, folder_storage: Storage, vault_folder: Path, clock: SetClock
) -> None:
    sealed = folder_storage.keep(files.TEXT, "text/plain").object_id
    stale, fresh = folder_storage.upload(b"stale"), folder_storage.upload(b"fresh")
    left = vault_folder / "incoming" / f"{uuid4()}.abc.part"
    left.write_bytes(b"half")
    for path in (vault_folder / "incoming").iterdir():
        age = 50 if path.name.startswith(str(fresh)) else 5000
        os.utime(path, times=(clock.now.timestamp() - age,) * 2)
    assert folder_vault.sweep(3600) == sorted([f"{sealed}.json", str(stale), f"{stale}.json", left.name])
    assert lying_in(vault_folder) == sorted([str(sealed), str(fresh)])


def test_the_sweep_leaves_what_waits_to_be_checked_however_long(
    folder_vault: FolderVault, folder_storage: Storage, vault_folder: Path, clock: SetClock
) -> None:
    waiting, stale = folder_storage.upload(b"waiting"), folder_storage.upload(b"stale")
    for path in (vault_folder / "incoming").iterdir():
        os.utime(path, times=(clock.now.timestamp() - 5000,) * 2)
    assert folder_vault.sweep(3600, [waiting]) == sorted([str(stale), f"{stale}.json"])


MEMORY = """
import hashlib, io, resource, sys
from portfolio.domain.kernel import NOBODY
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from infra.vault.folder import FolderVault
from tests.infra.vault.conftest import receive

def most(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

class Stream(io.RawIOBase):
    left = 5 << 20
    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        return b"a" * size

digest = hashlib.sha256()
for _ in range(200):
    digest.update(b"a" * (1 << 20))
vault = FolderVault(Path(sys.argv[1]), b"secret", "", lambda: datetime.now(UTC))
idle = most()
object_id, size = uuid4(), 200 << 20
while parts := vault.offer(object_id, size, digest.hexdigest(), NOBODY):
    for part in parts:
        receive(vault, part.url, Stream(), length=5 << 20)
vault.complete(object_id)
vault.seal(object_id, size=size, sha256=digest.hexdigest(), media_type="text/plain")
assert sum(map(len, vault.read(object_id))) == size
print(most() - idle, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
def test_an_upload_of_200_mb_takes_no_more_memory_than_a_few_chunks(vault_folder: Path) -> None:
    done = run([sys.executable, "-c", MEMORY, str(vault_folder)])
    grown, child = map(int, done.stdout.split())
    assert grown < 32 << 10  # kB
    assert child < 96 << 10
