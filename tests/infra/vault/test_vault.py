"""What every vault does, whatever it is made of."""

import io
from typing import Any
from uuid import UUID, uuid4

import pytest

from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    ContentTypeMismatch,
    ContentUnreadable,
    UploadMissing,
    UploadTooLarge,
)
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import NOBODY, Rejected
from tests.infra.vault import files
from tests.infra.vault.buckets import LIMIT_BYTES
from tests.infra.vault.conftest import Storage, digest_of

BIG = files.TEXT * 60_000  # more than two chunks


def test_a_sealed_file_is_read_as_it_was_put(storage: Storage) -> None:
    sealed = storage.keep(BIG, "text/plain")
    assert (sealed.sha256, sealed.size, sealed.bounds) == (digest_of(BIG), len(BIG), Bounds(media_type="text/plain"))
    assert b"".join(storage.vault.read(sealed.object_id)) == BIG
    assert storage.vault.digest(sealed.object_id) == digest_of(BIG)
    assert list(storage.vault.objects()) == [sealed.object_id]


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 9), (0, 1 << 20), ((1 << 20) - 1, (1 << 20) + 1), (7, None), (len(BIG), None), (9, 9)],
)
def test_a_range_is_read_from_start_up_to_but_without_end(storage: Storage, start: int, end: int | None) -> None:
    sealed = storage.keep(BIG, "text/plain")
    assert b"".join(storage.vault.read(sealed.object_id, start, end)) == BIG[start:end]


def test_an_offer_names_one_part_and_neither_size_nor_digest(storage: Storage) -> None:
    object_id = uuid4()
    [part] = storage.vault.offer(object_id, 2_987_654, digest_of(files.TEXT), NOBODY)
    assert part.number == 1
    assert str(object_id) in part.url
    assert "2987654" not in part.url
    assert digest_of(files.TEXT) not in part.url


def test_a_file_over_the_limit_is_not_offered_a_place(storage: Storage) -> None:
    with pytest.raises(UploadTooLarge, match="at most 9,000,000 are taken"):
        storage.vault.offer(uuid4(), LIMIT_BYTES + 1, digest_of(b""), NOBODY)


def test_the_same_bytes_may_be_put_again_before_and_after_sealing(storage: Storage) -> None:
    object_id = storage.upload(files.TEXT)
    storage.upload(files.TEXT, object_id)
    storage.seal(object_id, files.TEXT, "text/plain")
    storage.upload(files.TEXT, object_id)
    assert b"".join(storage.vault.read(object_id)) == files.TEXT


def test_bytes_that_came_through_a_page_are_sealed_like_those_put_to_the_url(storage: Storage) -> None:
    object_id = uuid4()
    storage.vault.offer(object_id, len(BIG), digest_of(BIG), NOBODY)
    storage.vault.take(object_id, io.BytesIO(BIG), len(BIG))
    assert storage.seal(object_id, BIG, "text/plain").sha256 == digest_of(BIG)


def test_sealing_again_answers_the_same(storage: Storage) -> None:
    content = files.pdf()
    object_id = storage.upload(content)
    first = storage.seal(object_id, content, "application/pdf")
    assert storage.seal(object_id, content, "application/pdf") == first


def test_what_was_never_put_cannot_be_sealed(storage: Storage) -> None:
    object_id = uuid4()
    storage.vault.offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)
    with pytest.raises(UploadMissing):
        storage.seal(object_id, files.TEXT, "text/plain")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"size": 7}, ContentSizeMismatch),
        ({"sha256": digest_of(b"other")}, ContentHashMismatch),
        ({"media_type": "image/png"}, ContentTypeMismatch),
        ({"media_type": "image/svg+xml"}, ContentTypeNotAllowed),
    ],
)
def test_a_file_that_is_not_what_was_declared_is_refused_and_not_kept(
    storage: Storage, changes: dict[str, Any], refusal: type[Rejected]
) -> None:
    object_id = storage.upload(files.TEXT)
    declared = {"size": len(files.TEXT), "sha256": digest_of(files.TEXT), "media_type": "text/plain", **changes}
    with pytest.raises(refusal):
        storage.vault.seal(object_id, **declared)
    assert list(storage.vault.objects()) == []
    with pytest.raises(UploadMissing):
        storage.seal(object_id, files.TEXT, "text/plain")


def test_a_damaged_file_is_refused_and_not_kept(storage: Storage) -> None:
    content = files.pdf()[:300]
    object_id = storage.upload(content)
    with pytest.raises(ContentUnreadable):
        storage.seal(object_id, content, "application/pdf")
    assert list(storage.vault.objects()) == []


def test_a_second_sealing_that_says_something_else_is_refused_and_takes_nothing_away(storage: Storage) -> None:
    sealed = storage.keep(files.TEXT, "text/plain")
    with pytest.raises(ContentHashMismatch):
        storage.vault.seal(sealed.object_id, size=sealed.size, sha256=digest_of(b"other"), media_type="text/plain")
    assert b"".join(storage.vault.read(sealed.object_id)) == files.TEXT


def test_a_discarded_object_is_gone_with_its_upload(storage: Storage) -> None:
    sealed = storage.keep(files.TEXT, "text/plain")
    waiting = storage.upload(b"never sealed")
    for object_id in (sealed.object_id, waiting, uuid4()):
        storage.vault.discard(object_id)
    assert list(storage.vault.objects()) == []
    assert storage.vault.digest(sealed.object_id) is None
    with pytest.raises(UploadMissing):
        storage.seal(waiting, b"never sealed", "text/plain")


def test_discarding_one_object_leaves_the_others(storage: Storage) -> None:
    sealed = [storage.keep(files.TEXT, "text/plain").object_id for _ in range(3)]
    storage.vault.discard(sealed.pop())
    assert sorted(storage.vault.objects()) == sorted(sealed)


def test_an_unknown_object_has_no_digest_and_no_bytes(storage: Storage) -> None:
    assert storage.vault.digest(uuid4()) is None
    with pytest.raises(FileNotFoundError):
        next(storage.vault.read(uuid4()))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "objects", ""])
def test_what_is_no_object_id_reaches_no_file(storage: Storage, name: Any) -> None:
    object_id: UUID = name
    for call in (
        lambda: storage.vault.offer(object_id, 1, digest_of(b"1"), NOBODY),
        lambda: storage.seal(object_id, b"1", "text/plain"),
        lambda: next(storage.vault.read(object_id)),
        lambda: storage.vault.discard(object_id),
        lambda: storage.vault.digest(object_id),
    ):
        with pytest.raises(TypeError):
            call()


def test_a_vault_that_works_has_nothing_to_say(storage: Storage) -> None:
    assert storage.vault.check() is None
