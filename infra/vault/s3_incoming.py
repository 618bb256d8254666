"""What comes into the S3 vault: straight to a bucket of its own, a file of one part by a PUT, a longer one by parts.

A longer one is a multipart upload of the storage's. Its id, and what the offer said, lie under the key with ``.json``
behind it: the storage itself says which parts it has. What its parts are said to be is kept there until the sealing.
"""

import base64
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from infra.vault.s3_errors import MISSING, code_of
from portfolio.application.parts import AT_ONCE, bytes_of, count_of, missing, require_all
from portfolio.application.ports import ContentHashMismatch, HeldPart, UploadMissing, UploadPart

ANNOUNCEMENT = ".json"
"""What stands behind an object's key where its announcement lies."""

URL_SECONDS = 900
"""How long an upload address is good for: the upload must have begun by then."""

NO_UPLOAD = {"NoSuchUpload", *MISSING}


def incoming_bucket(bucket: str) -> str:
    """Return the name of the bucket where uploads to this one wait."""
    return f"{bucket}-incoming"


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an offer says of a file, the id of its multipart upload, and the digests of its parts if they were said."""

    size: int
    sha256: str = ""
    upload: str = ""
    digests: tuple[str, ...] = ()


class S3Incoming:
    """The bucket where uploads wait; upload URLs live for ``lifetime_seconds``. What the storage answers comes up."""

    def __init__(self, client: Any, bucket: str, lifetime_seconds: int) -> None:
        self._client = client
        self._bucket = bucket
        self._lifetime_seconds = lifetime_seconds

    def offer(self, key: str, size: int, sha256: str) -> list[UploadPart]:
        """Return where to put the next parts. A URL takes exactly the bytes of its part.

        A file of one part is taken under its digest only, if it was said. Amazon compares the bytes with the header;
        Ceph 16 and moto only want the header, so sealing compares as well.
        """
        if count_of(size) == 1:
            return [] if self._size(key) == size else [self._whole(key, size, sha256)]
        announced = self.announced(key) or self._begin(key, size, sha256, IfNoneMatch="*")
        if (announced.size, announced.sha256) != (size, sha256):
            raise ValueError(f"{key} was offered for another file")
        held = self._held(key, announced)
        if held is None and self._size(key) != size:  # nobody has sent anything for days
            announced, held = self._begin(key, size, sha256), {}
        numbers = [] if held is None else missing(size, held)
        return [self._part(key, announced, number) for number in numbers[:AT_ONCE]]

    def held(self, key: str) -> list[HeldPart]:
        """See ``Vault.held``."""
        announced = self.announced(key)
        held = None if announced is None else self._held(key, announced)
        if held is not None:
            return [HeldPart(number=number, size=size) for number, (size, _) in sorted(held.items())]
        size = self._size(key)
        if size is None:
            return []
        return [HeldPart(number=number, size=bytes_of(size, number)) for number in range(1, count_of(size) + 1)]

    def complete(self, key: str, digests: Sequence[str]) -> None:
        """See ``Vault.complete``; the digests are compared at the sealing."""
        announced = self.announced(key)
        held = None if announced is None else self._held(key, announced)
        if announced is None or held is None:
            size = self._size(key)
            if size is None:
                require_all(announced.size if announced else 1, ())
                raise UploadMissing
            announced = announced or Announced(size=size)
        else:
            require_all(announced.size, held)
        if digests and len(digests) != count_of(announced.size):
            raise ContentHashMismatch(f"{len(digests)} digests were given of {count_of(announced.size)} parts.")
        if digests:
            self._announce(key, msgspec.structs.replace(announced, digests=tuple(digests)))
        if held is not None:
            self._join(key, announced, held)

    def take(self, key: str, stream: Any, size: int) -> None:
        """Keep a whole file; its parts are waited for no longer."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=stream, ContentLength=size)
        if count_of(size) > 1 and (announced := self.announced(key)):
            self._abort(key, announced.upload)

    def clear(self, key: str) -> None:
        """Take everything of an upload away."""
        announced = self.announced(key)
        if announced is not None:
            if announced.upload:
                self._abort(key, announced.upload)
            self._client.delete_object(Bucket=self._bucket, Key=key + ANNOUNCEMENT)
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def announced(self, key: str) -> Announced | None:
        """Return what is kept of an upload beside its bytes, None for nothing."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key + ANNOUNCEMENT)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        with closing(answer["Body"]) as body:
            return msgspec.json.decode(body.read(), type=Announced)

    def _whole(self, key: str, size: int, sha256: str) -> UploadPart:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        said = {"ChecksumSHA256": checksum} if sha256 else {}
        what = {"Bucket": self._bucket, "Key": key, "ContentLength": size, **said}
        url = self._client.generate_presigned_url("put_object", Params=what, ExpiresIn=self._lifetime_seconds)
        return UploadPart(number=1, url=url, headers={"x-amz-checksum-sha256": checksum} if sha256 else {})

    def _part(self, key: str, announced: Announced, number: int) -> UploadPart:
        where = {"Bucket": self._bucket, "Key": key, "UploadId": announced.upload, "PartNumber": number}
        what = {**where, "ContentLength": bytes_of(announced.size, number)}
        url = self._client.generate_presigned_url("upload_part", Params=what, ExpiresIn=self._lifetime_seconds)
        return UploadPart(number=number, url=url)

    def _begin(self, key: str, size: int, sha256: str, **condition: str) -> Announced:
        """Begin a multipart upload and keep its id, or return the one that somebody else began meanwhile."""
        upload = self._client.create_multipart_upload(Bucket=self._bucket, Key=key)["UploadId"]
        announced = Announced(size=size, sha256=sha256, upload=upload)
        try:
            self._announce(key, announced, **condition)
        except ClientError as error:
            if code_of(error) != "PreconditionFailed":
                raise
            self._abort(key, upload)
            return self.announced(key) or announced
        return announced

    def _announce(self, key: str, announced: Announced, **condition: str) -> None:
        body = msgspec.json.encode(announced)
        self._client.put_object(Bucket=self._bucket, Key=key + ANNOUNCEMENT, Body=body, **condition)

    def _held(self, key: str, announced: Announced) -> dict[int, tuple[int, str]] | None:
        """Return size and tag of each part that has arrived whole, by number; None if no upload is open."""
        if not announced.upload:
            return None
        where = {"Bucket": self._bucket, "Key": key, "UploadId": announced.upload}
        try:
            pages = list(self._client.get_paginator("list_parts").paginate(**where))
        except ClientError as error:
            if code_of(error) in NO_UPLOAD:
                return None
            raise
        parts = {part["PartNumber"]: (part["Size"], part["ETag"]) for page in pages for part in page.get("Parts", ())}
        return {
            number: (size, tag) for number, (size, tag) in parts.items() if size == bytes_of(announced.size, number)
        }

    def _join(self, key: str, announced: Announced, held: dict[int, tuple[int, str]]) -> None:
        """Make one object of the parts; somebody may have done so meanwhile."""
        parts = [{"PartNumber": number, "ETag": tag} for number, (_, tag) in sorted(held.items())]
        where = {"Bucket": self._bucket, "Key": key, "UploadId": announced.upload}
        try:
            self._client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        except ClientError as error:
            if code_of(error) not in NO_UPLOAD or self._size(key) != announced.size:
                raise

    def _abort(self, key: str, upload: str) -> None:
        """End a multipart upload that is wanted no longer, if it is still open."""
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload)
        except ClientError as error:
            if code_of(error) not in NO_UPLOAD:
                raise

    def _size(self, key: str) -> int | None:
        """Return how many bytes wait under a key, None if there is nothing."""
        try:
            size: int = self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return size
