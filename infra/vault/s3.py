"""The vault in S3: what arrives waits in ``<bucket>-incoming``, what is sealed lies in ``<bucket>``.

The bucket of the sealed is versioned and under Object Lock, so it could not take an upload that may be refused and must
then be gone, nor a browser's plain PUT (S3 wants a checksum header with it). An object lies under its random id below
the prefix, and *the object is the first version under its key*: what anybody stores or hides there later changes
nothing, with or without the recorded version id. ``infra.vault.s3_setup`` makes both buckets.
"""

import base64
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import IO, Any, BinaryIO
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from infra.vault.disk import disk_refusals
from infra.vault.incoming import CHUNK_BYTES
from infra.vault.listed import as_id
from infra.vault.media import inspect
from infra.vault.s3_client import browsers_put_to, elsewhere
from infra.vault.s3_errors import MISSING, NO_BUCKET, code_of, refusal_of
from infra.vault.s3_incoming import URL_SECONDS, S3Incoming, incoming_bucket
from portfolio.application.originals import BLOCK_BYTES, measured
from portfolio.application.parts import PART_BYTES, require_digests
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    HeldPart,
    Screen,
    StorageBroken,
    StorageMisconfigured,
    UploadMissing,
    UploadPart,
    UploadTooLarge,
    UploadUrlInvalid,
    unscreened,
)
from portfolio.domain.evidence.media import LARGEST_FILE, Sealed

BLOCKS = ".blocks"
"""What stands behind an object's key where the digests of its blocks lie."""

LOST = {"Key": "portfolio", "Value": "lost-and-found"}
"""The tag of an object that no fact names."""

UNVERSIONED = "is not versioned, so what is sealed could be written over: run `portfolio vault setup`."

log = logging.getLogger(__name__)


class S3Vault:
    """A vault below ``prefix`` of ``bucket``; upload URLs live for ``lifetime_seconds``.

    ``eraser`` is a client that may delete locked versions, by default ``client`` itself; without the right to,
    ``discard`` leaves a sealed draft to whoever has it, and says so in the log.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str = "",
        *,
        eraser: Any = None,
        lifetime_seconds: int = URL_SECONDS,
        limit_bytes: int = LARGEST_FILE,
    ) -> None:
        self._client = client
        self._eraser = eraser or client
        self._bucket = bucket
        self._incoming = S3Incoming(client, incoming_bucket(bucket), lifetime_seconds)
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._limit_bytes = limit_bytes
        self._trouble: str | None = None

    @property
    def endpoint(self) -> str:
        """Return the address at which the storage is asked."""
        return str(self._client.meta.endpoint_url)

    @property
    def origin(self) -> str:
        """See ``Vault.origin``."""
        return browsers_put_to(self._client, incoming_bucket(self._bucket))

    def check(self) -> str | None:
        """Return what keeps the vault from working, None if nothing does.

        What the last write met with an operator has to mend is said until a write goes well.
        """
        for bucket in (self._bucket, incoming_bucket(self._bucket)):
            try:
                answer = self._client.head_bucket(Bucket=bucket)
            except (ClientError, BotoCoreError) as error:
                why = NO_BUCKET if isinstance(error, ClientError) and code_of(error) in MISSING else refusal_of(error)
                return f"The bucket {bucket} cannot be used: {str(why).rstrip('.')}."
            if sentence := elsewhere(self._client, bucket, answer):
                return sentence
        return self._trouble

    def unfit(self) -> str | None:
        """Return why nothing may be kept here at all, None if nothing is known: asked at start."""
        for bucket in (self._bucket, incoming_bucket(self._bucket)):
            try:
                if sentence := elsewhere(self._client, bucket, self._client.head_bucket(Bucket=bucket)):
                    return sentence
            except (ClientError, BotoCoreError):  # `check` says it, again and again
                continue
        try:
            status = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
        except (ClientError, BotoCoreError):  # a role of an earlier setup may not ask; what is sealed tells it as well
            return None
        return None if status == "Enabled" else f"The bucket {self._bucket} {UNVERSIONED}"

    def offer(self, object_id: UUID, size: int, sha256: str, sender: UUID) -> Sequence[UploadPart]:  # noqa: ARG002
        """See ``Vault.offer``."""
        key = self._key(object_id)
        if size > self._limit_bytes:
            raise UploadTooLarge(f"The file has {size:,} bytes; at most {self._limit_bytes:,} are taken.")
        with self._answering():
            return self._incoming.offer(key, size, sha256.lower())

    def held(self, object_id: UUID) -> Sequence[HeldPart]:
        """See ``Vault.held``."""
        with self._answering():
            return self._incoming.held(self._key(object_id))

    def complete(self, object_id: UUID, digests: Sequence[str] = ()) -> None:
        """See ``Vault.complete``."""
        with self._answering(writing=True):
            try:
                self._incoming.complete(self._key(object_id), digests)
            except UploadMissing:
                if self._first(self._key(object_id)) is None:
                    raise

    def take(self, object_id: UUID, stream: IO[bytes], size: int) -> None:
        """See ``Vault.take``."""
        with self._answering(writing=True):
            self._incoming.take(self._key(object_id), stream, size)

    def check_address(self, *_: object, **__: object) -> UUID:
        """Refuse: all our upload URLs lead to the bucket, so whoever comes here has none."""
        raise UploadUrlInvalid

    receive = check_address

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen = unscreened) -> Sealed:
        """See ``Vault.seal``. Raises ``Busy`` if the storage does not answer; then the upload stays."""
        key = self._key(object_id)
        with self._answering(writing=True), disk_refusals(), tempfile.TemporaryFile() as file:
            version = self._first(key)
            digest, digests = self._fetch(key, version, size, file)
            if sha256.lower() not in ("", digest):
                raise ContentHashMismatch
            if version is None:
                self._compare_parts(key, file)
            file.seek(0)
            screen(file)
            bounds = inspect(file, media_type)
            blocks = self._keep_blocks(key, digests) if size > BLOCK_BYTES else ""
            version = version or self._keep(key, file, digest)
            self._incoming.clear(key)
        return Sealed(
            object_id=object_id, sha256=digest, size=size, bounds=bounds, storage_version=version, blocks=blocks
        )

    def read(
        self, object_id: UUID, start: int = 0, end: int | None = None, *, storage_version: str = ""
    ) -> Iterator[bytes]:
        """See ``Vault.read``. Raises ``FileNotFoundError`` at the first chunk if there is no such object."""
        if end is not None and end <= start:
            return
        with self._answering():
            locator = self._locator(object_id, storage_version)
            if (start, end) != (0, None):
                locator["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
            try:
                answer = self._client.get_object(**locator)
            except ClientError as error:
                if code_of(error) in MISSING:
                    raise FileNotFoundError(str(object_id)) from error
                if code_of(error) == "InvalidRange":  # begins after the last byte
                    return
                raise
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

    def blocks(self, object_id: UUID) -> bytes:
        """See ``Vault.blocks``."""
        with self._answering():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(object_id) + BLOCKS)
            except ClientError as error:
                if code_of(error) in MISSING:
                    return b""
                raise
            with closing(answer["Body"]) as body:
                digests: bytes = body.read()
                return digests

    def discard(self, object_id: UUID) -> bool:
        """See ``Vault.discard``."""
        with self._answering():
            self._incoming.clear(self._key(object_id))
        return self.erase(object_id)

    def erase(self, object_id: UUID) -> bool:
        """See ``Vault.erase``: it lists and deletes versions, which is all that the erasure role may."""
        key = self._key(object_id)
        with self._answering():
            for entry in list(self._entries(key, "Versions", "DeleteMarkers")):
                locator = {"Bucket": self._bucket, "Key": entry["Key"], "VersionId": entry["VersionId"]}
                try:
                    self._eraser.delete_object(**locator, BypassGovernanceRetention=True)
                except ClientError as error:
                    if code_of(error) != "AccessDenied":
                        raise
                    log.warning("object %s is discarded, but its bytes are locked: the erasure role must go", object_id)
            return not list(self._entries(key, "Versions", "DeleteMarkers"))

    def objects(self) -> Iterator[UUID]:
        """See ``Vault.objects``. An object that is hidden under a delete marker is still one."""
        last = ""
        with self._answering():
            for entry in self._entries(self._prefix, "Versions"):
                name = entry["Key"].removeprefix(self._prefix)
                if name != last and (object_id := as_id(name)):
                    yield object_id
                last = name

    def strange(self) -> Iterator[str]:
        """See ``Vault.strange``; what lies deeper below the prefix is not ours to judge."""
        last = ""
        with self._answering():
            for entry in self._entries(self._prefix, "Versions"):
                name = entry["Key"].removeprefix(self._prefix)
                if name != last and "/" not in name and not as_id(name.removesuffix(BLOCKS)):
                    yield f"{entry['Key']!r} of the bucket {self._bucket} is no file of the vault: move it away"
                last = name

    def place(self, object_id: UUID) -> str:
        """See ``Vault.place``."""
        return f"{self._key(object_id)} in the bucket {self._bucket}"

    def set_aside(self, object_id: UUID, before: datetime) -> str:
        """See ``Vault.set_aside``: it is tagged; only the erasure role can take it away, once its lock has ended."""
        with self._answering(writing=True):
            locator = self._locator(object_id, "")
            if self._client.head_object(**locator)["LastModified"] > before:
                return ""
            self._client.put_object_tagging(**locator, Tagging={"TagSet": [LOST]})
        return f"{self.place(object_id)}, version {locator['VersionId']}, tagged {LOST['Key']}={LOST['Value']}"

    def take_back(self, object_id: UUID) -> None:
        """See ``Vault.take_back``."""
        with self._answering(writing=True):
            self._client.put_object_tagging(
                **self._locator(object_id, ""), Tagging={"TagSet": [{**LOST, "Value": "kept"}]}
            )

    def is_set_aside(self, object_id: UUID) -> bool:
        """See ``Vault.is_set_aside``."""
        with self._answering():
            return LOST in self._client.get_object_tagging(**self._locator(object_id, ""))["TagSet"]

    def digest(self, object_id: UUID, *, storage_version: str = "") -> str | None:
        """See ``Vault.digest``."""
        digest = hashlib.sha256()
        try:
            for chunk in self.read(object_id, storage_version=storage_version):
                digest.update(chunk)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def located(self, object_id: UUID, storage_version: str) -> tuple[str, str, int] | None:
        """Return under which key and version a sealed file lies and how many bytes it has, None if it does not."""
        with self._answering():
            try:
                locator = self._locator(object_id, storage_version)
                head = self._client.head_object(**locator)
            except FileNotFoundError:
                return None
            except ClientError as error:
                if code_of(error) in MISSING:
                    return None
                raise
        return locator["Key"], locator["VersionId"], head["ContentLength"]

    @contextmanager
    def _answering(self, *, writing: bool = False) -> Iterator[None]:
        """Say in our words why the storage did not do what it was asked; remember what an operator must mend."""
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            refusal = refusal_of(error)
            if isinstance(refusal, StorageMisconfigured):
                self._trouble = f"The file storage does not work as it is set up: {refusal}."
                raise StorageMisconfigured from error
            raise refusal or error from error
        if writing:
            self._trouble = None

    def _key(self, object_id: UUID) -> str:
        if not isinstance(object_id, UUID):
            raise TypeError(f"{object_id!r} is no object id")
        return f"{self._prefix}{object_id}"

    def _locator(self, object_id: UUID, storage_version: str) -> dict[str, Any]:
        key = self._key(object_id)
        version = storage_version or self._first(key)
        if version is None:
            raise FileNotFoundError(str(object_id))
        return {"Bucket": self._bucket, "Key": key, "VersionId": version}

    def _entries(self, prefix: str, *kinds: str) -> Iterator[dict[str, Any]]:
        """Yield versions or delete markers, by key, the newest of a key first."""
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for kind in kinds:
                yield from page.get(kind, ())

    def _first(self, key: str) -> str | None:
        """Return the id of the version that is the object, None if there is none."""
        version = None
        for entry in self._entries(key, "Versions"):
            if entry["Key"] == key:
                version = entry["VersionId"]
        return version

    def _fetch(self, key: str, version: str | None, size: int, file: BinaryIO) -> tuple[str, bytes]:
        """Write the sealed bytes, or else those that wait, to the file; return their digests as ``measured`` does."""
        where = {"Bucket": self._bucket, "VersionId": version} if version else {"Bucket": incoming_bucket(self._bucket)}
        try:
            answer = self._client.get_object(**where, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                raise UploadMissing from error
            raise
        with closing(answer["Body"]) as body:
            if answer["ContentLength"] != size:
                raise ContentSizeMismatch(f"{answer['ContentLength']:,} bytes were received, {size:,} were announced.")
            digests = measured(chunk for chunk in body.iter_chunks(CHUNK_BYTES) if file.write(chunk))
        file.flush()
        return digests

    def _compare_parts(self, key: str, file: BinaryIO) -> None:
        """Compare what was fetched with what its sender said of its parts, if anything."""
        announced = self._incoming.announced(key)
        if announced is not None and announced.digests:
            file.seek(0)
            _, digests = measured(iter(partial(file.read, CHUNK_BYTES), b""), PART_BYTES)
            require_digests(announced.digests, digests)

    def _keep_blocks(self, key: str, digests: bytes) -> str:
        """Keep the digests of a file's blocks once and return their SHA-256 (hex)."""
        digest = hashlib.sha256(digests).hexdigest()
        self._put_once(key + BLOCKS, digests, digest)
        return digest

    def _put_once(self, key: str, body: Any, digest: str) -> None:
        """Store bytes under a key if nothing is there: somebody may have done so, or our first try had got through."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(digest)).decode(),
                ContentType="application/octet-stream",  # what it is stands in the record, and is said when it is read
            )
        except ClientError as error:
            if code_of(error) != "PreconditionFailed":
                raise

    def _keep(self, key: str, file: BinaryIO, digest: str) -> str:
        """Store the checked bytes once, read them back, and return the id of their version."""
        file.seek(0, os.SEEK_END)  # the check of the type has moved the handle without the buffer
        file.seek(0)
        self._put_once(key, file, digest)
        version = self._first(key)
        object_id = UUID(key.removeprefix(self._prefix))
        if version is None or self.digest(object_id, storage_version=version) != digest:
            log.error("object %s does not hold the bytes that were sealed", object_id)
            raise StorageBroken("The file storage does not hold the bytes that were sealed. Tell the operator.")
        if version == "null":  # what lies in a bucket without versions can be written over
            self._trouble = f"The bucket {self._bucket} {UNVERSIONED}"
            raise StorageMisconfigured
        return version
