"""What every vault does, whatever it is made of."""

import io
from datetime import UTC, datetime
from typing import IO, Any
from uuid import UUID, uuid4

import pytest

from portfolio.application.parts import AT_ONCE, PART_BYTES
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    ContentTypeMismatch,
    ContentUnreadable,
    MalwareFound,
    UploadMissing,
    UploadTooLarge,
)
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import NOBODY, Rejected
from tests.infra.vault import files
from tests.infra.vault.buckets import LIMIT_BYTES
from tests.infra.vault.conftest import Storage, bytes_of_part, digest_of, digests_of

BIG = files.TEXT * 60_000  # more than two chunks
LONG = files.TEXT * 300_000  # three parts
MANY_PARTS = AT_ONCE * PART_BYTES + 1


def test_a_sealed_file_is_read_as_it_was_put(storage: Storage) -> None:
    sealed = storage.keep(BIG, "text/plain")
    assert (sealed.sha256, sealed.size, sealed.bounds) == (
        digest_of(BIG),
        len(BIG),
        Bounds(media_type="text/plain", encoding="utf-8"),
    )
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


def test_a_long_file_arrives_in_parts_in_any_order_and_again(storage: Storage) -> None:
    object_id = uuid4()
    parts = storage.offer(object_id, LONG)
    assert [part.number for part in parts] == [1, 2, 3]
    assert list(storage.vault.held(object_id)) == []
    storage.put_parts(LONG, [parts[2], parts[0], parts[2]])
    assert [(part.number, part.size) for part in storage.vault.held(object_id)] == [
        (1, PART_BYTES),
        (3, len(LONG) - 2 * PART_BYTES),
    ]
    [left] = storage.offer(object_id, LONG)
    assert left.number == 2
    storage.put_parts(LONG, [left])
    assert storage.offer(object_id, LONG) == []
    storage.vault.complete(object_id, digests_of(LONG))
    storage.vault.complete(object_id, digests_of(LONG))
    assert [part.number for part in storage.vault.held(object_id)] == [1, 2, 3]
    assert storage.offer(object_id, LONG) == []
    sealed = storage.seal(object_id, LONG, "text/plain")
    assert (sealed.sha256, sealed.size) == (digest_of(LONG), len(LONG))
    assert b"".join(storage.vault.read(object_id)) == LONG
    storage.vault.complete(object_id)
    assert storage.seal(object_id, LONG, "text/plain") == sealed


def test_what_is_not_all_there_is_named_and_not_sealed(storage: Storage) -> None:
    object_id = uuid4()
    with pytest.raises(UploadMissing):
        storage.vault.complete(object_id)
    parts = storage.offer(object_id, LONG)
    for put, lacks in (((), ["1", "2", "3"]), ((parts[1],), ["1", "3"])):
        storage.put_parts(LONG, put)
        with pytest.raises(UploadMissing) as refusal:
            storage.vault.complete(object_id)
        assert refusal.value.members == {"parts": lacks}
    with pytest.raises(UploadMissing):
        storage.seal(object_id, LONG, "text/plain")
    storage.upload(LONG, object_id)
    storage.seal(object_id, LONG, "text/plain")


def test_the_addresses_of_a_long_file_are_given_as_they_are_needed(storage: Storage) -> None:
    object_id, content = uuid4(), bytes(MANY_PARTS)
    parts = storage.offer(object_id, content)
    assert [part.number for part in parts] == [*range(1, AT_ONCE + 1)]
    storage.put_parts(content, parts[3:4])
    assert [part.number for part in storage.offer(object_id, content)] == [1, 2, 3, *range(5, AT_ONCE + 2)]


def test_a_part_that_arrived_with_other_bytes_than_were_sent_is_named_by_its_digest(storage: Storage) -> None:
    object_id, other = uuid4(), LONG[:-2] + b"!\n"
    for part in storage.vault.offer(object_id, len(LONG), "", NOBODY):
        storage.put(part.url, bytes_of_part(other, part.number))
    with pytest.raises(ContentHashMismatch) as refusal:  # at once, or where the bytes are read
        complete_and_seal(storage, object_id, digests_of(LONG))
    assert refusal.value.members == {"parts": ["3"]}
    assert list(storage.vault.objects()) == []
    storage.vault.discard(object_id)
    for part in storage.vault.offer(object_id, len(LONG), "", NOBODY):
        storage.put(part.url, bytes_of_part(LONG, part.number))
    complete_and_seal(storage, object_id, digests_of(LONG))


def complete_and_seal(storage: Storage, object_id: UUID, digests: list[str]) -> None:
    storage.vault.complete(object_id, digests)
    storage.vault.seal(object_id, size=len(LONG), sha256="", media_type="text/plain")


@pytest.mark.parametrize("content", [files.TEXT, LONG], ids=["one part", "three"])
def test_digests_of_another_number_of_parts_are_refused_and_nothing_is_lost(storage: Storage, content: bytes) -> None:
    object_id = storage.upload(content)
    with pytest.raises(ContentHashMismatch):
        storage.vault.complete(object_id, [*digests_of(content), digest_of(b"")])
    storage.vault.complete(object_id, digests_of(content))
    storage.seal(object_id, content, "text/plain")


@pytest.mark.parametrize("content", [files.TEXT, LONG], ids=["one part", "three"])
def test_a_file_of_which_nobody_said_the_digest_is_sealed_with_that_of_its_bytes(
    storage: Storage, content: bytes
) -> None:
    object_id = uuid4()
    storage.put_parts(content, storage.vault.offer(object_id, len(content), "", NOBODY))
    storage.vault.complete(object_id)
    sealed = storage.vault.seal(object_id, size=len(content), sha256="", media_type="text/plain")
    assert sealed.sha256 == digest_of(content)


def test_parts_that_were_never_completed_go_with_their_object(storage: Storage) -> None:
    object_id = uuid4()
    storage.put_parts(LONG, storage.offer(object_id, LONG)[:2])
    storage.vault.discard(object_id)
    assert list(storage.vault.held(object_id)) == []
    assert [part.number for part in storage.offer(object_id, LONG)] == [1, 2, 3]


def test_a_file_over_the_limit_is_not_offered_a_place(storage: Storage) -> None:
    with pytest.raises(UploadTooLarge, match="at most 100,000,000 are taken"):
        storage.vault.offer(uuid4(), LIMIT_BYTES + 1, digest_of(b""), NOBODY)


def test_the_same_bytes_may_be_put_again_before_and_after_sealing(storage: Storage) -> None:
    object_id = uuid4()
    [part] = storage.offer(object_id, files.TEXT)
    for _ in range(2):
        storage.put(part.url, files.TEXT)
    storage.upload(files.TEXT, object_id)
    storage.seal(object_id, files.TEXT, "text/plain")
    storage.put(part.url, files.TEXT)
    assert b"".join(storage.vault.read(object_id)) == files.TEXT


@pytest.mark.parametrize("content", [BIG, LONG], ids=["one part", "three"])
def test_bytes_that_came_through_a_page_are_sealed_like_those_put_to_the_url(storage: Storage, content: bytes) -> None:
    object_id = uuid4()
    storage.offer(object_id, content)
    for _ in range(2):
        storage.vault.take(object_id, io.BytesIO(content), len(content))
    storage.vault.complete(object_id)
    assert storage.seal(object_id, content, "text/plain").sha256 == digest_of(content)


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
    with pytest.raises(refusal):
        storage.vault.seal(object_id, **declared)
    storage.vault.discard(object_id)
    with pytest.raises(UploadMissing):
        storage.seal(object_id, files.TEXT, "text/plain")


def test_the_bytes_that_are_kept_are_looked_through_before_anybody_opens_them(storage: Storage) -> None:
    object_id, read = storage.upload(files.TEXT), []
    declared: dict[str, Any] = {"size": len(files.TEXT), "sha256": "", "media_type": "text/plain"}

    def refuse(stream: IO[bytes]) -> None:
        read.append(stream.read())
        raise MalwareFound

    with pytest.raises(MalwareFound):
        storage.vault.seal(object_id, **declared, screen=refuse)
    assert (read, list(storage.vault.objects())) == ([files.TEXT], [])
    storage.vault.seal(object_id, **declared, screen=lambda stream: read.append(stream.read()))
    assert read == [files.TEXT] * 2


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


def test_a_file_that_was_set_aside_is_taken_back(storage: Storage) -> None:
    sealed = storage.keep(BIG, "text/plain")
    assert storage.vault.set_aside(sealed.object_id, datetime(2100, 1, 1, tzinfo=UTC))
    storage.vault.take_back(sealed.object_id)
    assert list(storage.vault.objects()) == [sealed.object_id]
    assert not storage.vault.is_set_aside(sealed.object_id)
    assert storage.vault.digest(sealed.object_id) == digest_of(BIG)
