"""What every store of previews does, whatever it is made of."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.vault.previews.bucket import BucketPreviews, previews_bucket
from infra.vault.previews.folder import FolderPreviews
from portfolio.application.originals import StoredFile
from portfolio.application.preview_ports import PreviewStore
from portfolio.application.recipes import PICTURE, making_of
from portfolio.domain.evidence.selector import Bounds, ImageRegion
from tests.domain.world import an_id
from tests.infra.vault.buckets import running

KEY = "0a0b/5feceb66/picture.1/thumbnail"
OTHER = "0a0c/5feceb66/picture.1/thumbnail"
LONG = bytes(range(256)) * 2000


@pytest.fixture(params=["folder", "moto", pytest.param("radosgw", marks=pytest.mark.s3)])
def stores(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[PreviewStore, PreviewStore]]:
    """Two that keep in the same place, as two processes do."""
    if request.param == "folder":
        yield FolderPreviews(tmp_path / "previews"), FolderPreviews(tmp_path / "previews")
        return
    with running(request.param, monkeypatch) as server:
        bucket = previews_bucket(server.bucket)
        yield (
            BucketPreviews(server.application, bucket, server.prefix),
            BucketPreviews(server.application, bucket, server.prefix),
        )


@pytest.fixture
def store(stores: tuple[PreviewStore, PreviewStore]) -> PreviewStore:
    return stores[0]


def test_what_was_kept_is_found_and_read_whole_and_in_part(stores: tuple[PreviewStore, PreviewStore]) -> None:
    store, other = stores
    assert store.find(KEY) is None
    store.keep(KEY, io.BytesIO(LONG))
    kept = other.find(KEY)
    assert kept is not None
    assert kept.size == len(LONG)
    assert b"".join(other.read(KEY)) == LONG
    assert b"".join(other.read(KEY, 70_000, 70_003)) == LONG[70_000:70_003]
    assert b"".join(other.read(KEY, 5, 5)) == b""
    assert list(other.entries()) == [(KEY, len(LONG))]


def test_what_lies_in_the_place_of_a_preview_in_the_folder_and_is_none_is_not_found(tmp_path: Path) -> None:
    store, kept = FolderPreviews(tmp_path / "previews"), tmp_path / "previews" / "kept"
    store.keep(KEY, io.BytesIO(LONG))
    place = (kept / KEY).rename(kept / "elsewhere")
    (kept / KEY).symlink_to(place)
    assert store.find(KEY) is None
    (kept / KEY).unlink()
    (kept / KEY).mkdir()
    assert store.find(KEY) is None
    store.keep(OTHER, io.BytesIO(LONG))
    assert store.find(f"{OTHER}/below") is None
    folder = (kept / OTHER).parent.rename(kept / "moved")
    (kept / OTHER).parent.symlink_to(folder)
    assert store.find(OTHER) is None


def test_what_is_not_there_is_not_read(store: PreviewStore) -> None:
    with pytest.raises(FileNotFoundError):
        next(store.read(KEY))


def test_another_in_its_place_has_another_mark(store: PreviewStore) -> None:
    store.keep(KEY, io.BytesIO(b"first"))
    first = store.find(KEY)
    store.keep(KEY, io.BytesIO(b"other"))
    second = store.find(KEY)
    assert first is not None
    assert second is not None
    assert first.mark != second.mark
    assert b"".join(store.read(KEY)) == b"other"


class BreaksOff(io.RawIOBase):
    """Bytes that break off in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.read_once = False

    def read(self, size: int = -1) -> bytes:
        if self.read_once:
            raise OSError("broken off")
        self.read_once = True
        return b"half"


def test_half_of_one_is_never_there(store: PreviewStore) -> None:
    with pytest.raises(OSError, match="broken off"):
        store.keep(KEY, BreaksOff())  # type: ignore[arg-type]  # it reads
    assert store.find(KEY) is None
    assert list(store.entries()) == []


def test_what_is_taken_away_is_gone_and_nothing_else(store: PreviewStore) -> None:
    for key in (KEY, OTHER):
        store.keep(key, io.BytesIO(b"x"))
    for prefix in ("0a0b/", "0a0/", "0a0d/"):
        store.remove(prefix)
    assert [key for key, _ in store.entries()] == [OTHER]
    store.remove(OTHER)
    assert list(store.entries()) == []


def test_redacted_ones_lie_beside_and_go_with_the_rest(store: PreviewStore) -> None:
    file = StoredFile(object_id=an_id("file"), sha256="5feceb66" * 8, size=1)
    bounds = Bounds(media_type="image/jpeg", width=400, height=300)
    places = tuple(ImageRegion(x=number, y=0, width=9, height=9) for number in range(2))
    keys = [
        making_of(file, "image/jpeg", PICTURE, hidden=hidden, bounds=bounds).asked
        for hidden in ((), places[:1], places[1:], places)
    ]
    for key in keys:
        store.keep(key, io.BytesIO(key.encode()))
    assert [b"".join(store.read(key)).decode() for key in keys] == keys
    assert sorted(key for key, _ in store.entries()) == sorted(keys)
    store.remove(f"{file.object_id}/")
    assert list(store.entries()) == []


def test_a_key_is_held_by_one_at_a_time_and_says_how_far_they_are(stores: tuple[PreviewStore, PreviewStore]) -> None:
    store, other = stores
    assert other.progress(KEY) is None
    with store.claim(KEY) as tell:
        assert tell is not None
        assert other.progress(KEY) == 0
        with other.claim(KEY) as second:
            assert second is None
        with other.claim(OTHER) as third:
            assert third is not None
        tell(0.25)
    assert other.progress(KEY) is None
    with other.claim(KEY) as tell:
        assert tell is not None
    assert list(store.entries()) == []


@pytest.mark.parametrize("key", ["../facts.db", "a/../b", "/etc/passwd", "A", "a//b", "a/.hidden", "", "a\n"])
def test_what_is_no_key_is_refused(store: PreviewStore, key: str) -> None:
    with pytest.raises(ValueError, match="is no key of a preview"):
        store.find(key)


def test_a_store_that_works_has_nothing_to_say(store: PreviewStore) -> None:
    assert store.check() is None


def test_what_somebody_left_who_was_killed_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    store = FolderPreviews(tmp_path)
    store.keep(KEY, io.BytesIO(b"whole"))
    (tmp_path / "making" / "left.part").write_bytes(b"half")
    store.sweep()
    assert (tmp_path / "making" / "left.part").exists()
    store.sweep(older_than_seconds=-1)
    assert list((tmp_path / "making").iterdir()) == []
    assert list(store.entries()) == [(KEY, 5)]
