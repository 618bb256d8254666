"""How many requests to the storage each thing costs: the table on the operator's page is what is counted here."""

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from infra.demo.files import desk_log
from infra.fsck.files import Stored, fault_of
from infra.vault.previews.bucket import BucketPreviews, previews_bucket
from infra.vault.previews.maker import SandboxMaker
from portfolio.application.originals import Originals, StoredFile
from portfolio.application.parts import PART_BYTES
from portfolio.application.previews import Previews
from portfolio.application.recipes import PAGE, PICTURE, Asked, Making, making_of
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import Server, put

PAGE_OF_OPERATORS = Path(__file__).parents[3] / "docs" / "operations.md"
KINDS = {
    "Put": "written",
    "Upload": "written",
    "Create": "written",
    "Complete": "written",
    "List": "listed",
    "Get": "read",
    "Head": "read",
    "Delete": "removed",
    "Abort": "removed",
}
"""By the first word of a request: as what storages charge it. What is removed most of them charge nothing for."""
SMALL = files.TEXT
LARGE = files.TEXT * (100_000_000 // len(files.TEXT))


class Counts:
    """Counts what the service asks of the storage, and what clients put there themselves."""

    def __init__(self, server: Server) -> None:
        self._kinds = dict.fromkeys(KINDS.values(), 0)
        server.application.meta.events.register("before-call.s3", self._count)

    def put(self, url: str, content: bytes) -> None:
        """Put a part as a client does."""
        put(url, content).raise_for_status()
        self._kinds["written"] += 1

    def row(self, what: str) -> str:
        """Return the row of what was done since the last one."""
        row = f"| {what} | {self._kinds['written']} | {self._kinds['listed']} | {self._kinds['read']} |"
        self._kinds = dict.fromkeys(self._kinds, 0)
        return row

    def _count(self, model: object, **_: object) -> None:
        name = getattr(model, "name", "")
        self._kinds[next(kind for word, kind in KINDS.items() if name.startswith(word))] += 1


@pytest.fixture
def counts(server: Server) -> Counts:
    return Counts(server)


def stands_there(row: str) -> None:
    """Insist that the operator's page has this row."""
    assert row in PAGE_OF_OPERATORS.read_text(encoding="utf-8").splitlines(), row


def uploaded(server: Server, counts: Counts, content: bytes, media_type: str = "text/plain") -> Sealed:
    """Send a file as the pages do, which give the digests of the parts, and have it sealed."""
    vault, object_id = server.vault, uuid4()
    parts = vault.offer(object_id, len(content), "", NOBODY)
    while parts:
        for part in parts:
            counts.put(part.url, pieces(content)[part.number - 1])
        parts = vault.offer(object_id, len(content), "", NOBODY)
        vault.held(object_id)
    vault.complete(object_id, [hashlib.sha256(piece).hexdigest() for piece in pieces(content)])
    return vault.seal(object_id, size=len(content), sha256="", media_type=media_type)


def pieces(content: bytes) -> list[bytes]:
    return [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]


def stored(sealed: Sealed) -> StoredFile:
    return StoredFile(
        object_id=sealed.object_id,
        sha256=sealed.sha256,
        size=sealed.size,
        storage_version=sealed.storage_version,
        blocks=sealed.blocks,
    )


def test_a_file_that_is_sent_read_and_audited(server: Server, counts: Counts) -> None:
    for size, content in {"up to 5 MB": SMALL, "100 MB": LARGE}.items():
        sealed = uploaded(server, counts, content)
        stands_there(counts.row(f"a file of {size} sent in parts and sealed"))
        list(Originals().read(server.vault, stored(sealed), 0, sealed.size))
        stands_there(counts.row(f"a file of {size} shown or downloaded whole"))
        said = Stored("", sealed.sha256, sealed.storage_version, sealed.blocks)
        assert fault_of(server.vault, sealed.object_id, said, server.vault.digest) is None
        stands_there(counts.row(f"a file of {size} read by an audit or `fsck`"))


@pytest.fixture
def previews(server: Server) -> Iterator[Previews]:
    bucket = previews_bucket(server.bucket)
    store = BucketPreviews(
        server.application, bucket, server.prefix, renewed_seconds=3600
    )  # however busy the machine is
    previews = Previews(store, SandboxMaker(), partial(Originals().read, server.vault))
    yield previews
    previews.close()


def test_previews_that_are_made_and_shown(server: Server, counts: Counts, previews: Previews) -> None:
    picture = stored(uploaded(server, counts, files.picture("JPEG"), "image/jpeg"))
    log = stored(uploaded(server, counts, desk_log([["Line"]] * 8), "application/pdf"))
    counts.row("")
    makings: dict[str, Making] = {
        "the previews of a picture made": making_of(picture, "image/jpeg", PICTURE),
        "those of eight pages made, with their words": making_of(log, "application/pdf", PAGE),
    }
    for what, making in makings.items():
        assert previews.make(making)
        stands_there(counts.row(what))
    preview = previews.get(NOBODY, Asked(file=picture, media_type="image/jpeg", part="thumbnail"))
    assert list(previews.read(preview, 0, preview.size))
    stands_there(counts.row("a preview of a picture shown"))
    page = previews.get(NOBODY, Asked(file=log, media_type="application/pdf", part="page", page=3))
    assert list(previews.read(page, 0, page.size))
    stands_there(counts.row("a page shown"))


def test_the_storage_is_listed_a_thousand_at_a_time(server: Server, counts: Counts) -> None:
    server.vault.check()
    previews = BucketPreviews(server.application, previews_bucket(server.bucket), server.prefix)
    previews.check()
    stands_there(counts.row("`/readyz` asked once"))
    previews.keep("a/b/c.1/d", io.BytesIO(b"content"))
    counts.row("")
    assert len(list(previews.entries())) == 1
    stands_there(counts.row("`/metrics`, every five minutes at most, for each thousand previews"))
