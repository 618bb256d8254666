"""A vault of each kind, with a clock that the test sets and the client's side of its upload URLs."""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from infra.vault.folder import FolderVault
from portfolio.application.parts import PART_BYTES, count_of
from portfolio.application.ports import UploadPart, Vault
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.kernel import NOBODY
from tests.infra.vault.buckets import LIFETIME_SECONDS, LIMIT_BYTES, Server, put, running


class SetClock:
    """Tells the time it was set to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Storage:
    """One vault and how a client puts bytes to its URLs."""

    vault: Vault
    put: Callable[[str, bytes], None]

    def offer(self, object_id: UUID, content: bytes) -> Sequence[UploadPart]:
        """Offer these bytes."""
        return self.vault.offer(object_id, len(content), digest_of(content), NOBODY)

    def put_parts(self, content: bytes, parts: Sequence[UploadPart]) -> None:
        """Put these parts of the bytes."""
        for part in parts:
            self.put(part.url, bytes_of_part(content, part.number))

    def upload(self, content: bytes, object_id: UUID | None = None) -> UUID:
        """Offer and put these bytes, and say that they are all there; return the object's id."""
        object_id = object_id or uuid4()
        while parts := self.offer(object_id, content):
            self.put_parts(content, parts)
        self.vault.complete(object_id)
        return object_id

    def seal(self, object_id: UUID, content: bytes, media_type: str) -> Sealed:
        """Seal the upload as these bytes of this type."""
        return self.vault.seal(object_id, size=len(content), sha256=digest_of(content), media_type=media_type)

    def keep(self, content: bytes, media_type: str) -> Sealed:
        """Offer, put and seal these bytes."""
        return self.seal(self.upload(content), content, media_type)


def bytes_of_part(content: bytes, number: int) -> bytes:
    return content[(number - 1) * PART_BYTES : number * PART_BYTES]


def digests_of(content: bytes) -> list[str]:
    """Return the digest of each part of these bytes."""
    return [digest_of(bytes_of_part(content, number + 1)) for number in range(count_of(len(content)))]


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def receive(
    vault: FolderVault,
    url: str,
    content: bytes | IO[bytes],
    length: int | None = None,
    tampering: Mapping[str, str] | None = None,
    digest: str = "",
) -> None:
    """Do what the web service does with a PUT of these bytes to this URL."""
    address = urlsplit(url)
    *_, object_id, number = address.path.split("/")
    call = {"object_id": object_id, "number": number, **dict(parse_qsl(address.query)), **(tampering or {})}
    vault.receive(
        UUID(call["object_id"]),
        int(call["number"]),
        expires=call["expires"],
        signature=call["signature"],
        stream=io.BytesIO(content) if isinstance(content, bytes) else content,
        content_length=length,
        digest=digest,
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def vault_folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def folder_vault(vault_folder: Path, clock: SetClock) -> FolderVault:
    return open_folder(vault_folder, clock)


def open_folder(folder: Path, clock: SetClock) -> FolderVault:
    return FolderVault(folder, b"secret", "https://portfolio.example", clock, LIFETIME_SECONDS, LIMIT_BYTES)


@pytest.fixture
def folder_storage(folder_vault: FolderVault) -> Storage:
    return Storage(folder_vault, lambda url, content: receive(folder_vault, url, content, length=len(content)))


@pytest.fixture(params=["moto"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An S3 server with the buckets of a vault."""
    with running(request.param, monkeypatch) as server:
        yield server


@pytest.fixture(params=["folder", "moto", pytest.param("radosgw", marks=pytest.mark.s3)])
def storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """Each vault there is."""
    if request.param == "folder":
        yield request.getfixturevalue("folder_storage")
    else:
        with running(request.param, monkeypatch) as server:
            yield Storage(server.vault, lambda url, content: put(url, content).raise_for_status())
