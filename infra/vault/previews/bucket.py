"""Previews in a bucket of their own, without lock or versions: one object for each, under its key.

Who holds a key has an object beside it with how far they are, written once and renewed as they go on; one that was not
renewed for a while was left by somebody who broke off.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.vault.previews.folder import KEY, READ_BYTES
from infra.vault.s3_errors import MISSING, NO_BUCKET, code_of, refusal_of
from portfolio.application.preview_ports import Kept

HELD = ".held"
RENEWED_SECONDS = 10
BROKEN_OFF = timedelta(seconds=90)


def previews_bucket(bucket: str) -> str:
    """Return the name of the bucket of the previews beside the one of the sealed."""
    return f"{bucket}-previews"


class BucketPreviews:
    """Previews below ``prefix`` of ``bucket``."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")

    def find(self, key: str) -> Kept | None:
        """See ``PreviewStore.find``."""
        with answering():
            try:
                head = self._client.head_object(**self._place(key))
            except ClientError as error:
                if code_of(error) in MISSING:
                    return None
                raise
        return Kept(size=head["ContentLength"], mark=head["ETag"].strip('"'))

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See ``PreviewStore.read``."""
        if end is not None and end <= start:
            return
        place = self._place(key)
        if (start, end) != (0, None):
            place["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        with answering():
            try:
                answer = self._client.get_object(**place)
            except ClientError as error:
                if code_of(error) in MISSING:
                    raise FileNotFoundError(key) from error
                raise
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(READ_BYTES)

    def keep(self, key: str, content: IO[bytes]) -> None:
        """See ``PreviewStore.keep``."""
        with answering():
            self._client.upload_fileobj(Unclosed(content), **self._place(key))

    def entries(self) -> Iterator[tuple[str, int]]:
        """See ``PreviewStore.entries``."""
        with answering():
            for entry in self._listed(self._prefix):
                if not entry["Key"].endswith(HELD):
                    yield entry["Key"].removeprefix(self._prefix), entry["Size"]

    def remove(self, prefix: str) -> None:
        """See ``PreviewStore.remove``."""
        whole = self._place(prefix.rstrip("/"))["Key"]
        with answering():
            self._client.delete_object(Bucket=self._bucket, Key=whole)
            for entry in list(self._listed(f"{whole}/")):
                self._client.delete_object(Bucket=self._bucket, Key=entry["Key"])

    @contextmanager
    def claim(self, key: str) -> Iterator[Callable[[float], None] | None]:
        """See ``PreviewStore.claim``."""
        place = self._place(f"{key}{HELD}")
        with answering():
            if (since := self._renewed(key)) and not is_held(since):
                self._client.delete_object(**place)
            try:
                self._client.put_object(**place, Body=b"0", IfNoneMatch="*")
            except ClientError as error:
                if code_of(error) not in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                    raise
                place = {}
        if not place:
            yield None
            return
        told = monotonic()

        def tell(done: float) -> None:
            nonlocal told
            if monotonic() - told > RENEWED_SECONDS:
                told = monotonic()
                with answering():
                    self._client.put_object(**place, Body=f"{done:.3f}".encode())

        try:
            yield tell
        finally:
            with suppress(ClientError, BotoCoreError):  # it runs out
                self._client.delete_object(**place)

    def progress(self, key: str) -> float | None:
        """See ``PreviewStore.progress``."""
        with answering():
            if not (since := self._renewed(key)) or not is_held(since):
                return None
            try:
                return float(b"".join(self.read(f"{key}{HELD}")))
            except (FileNotFoundError, ValueError):
                return None

    def check(self) -> str | None:
        """See ``PreviewStore.check``."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError) as error:
            why = NO_BUCKET if isinstance(error, ClientError) and code_of(error) in MISSING else refusal_of(error)
            return f"The bucket {self._bucket} cannot be used: {str(why).rstrip('.')}."
        return None

    def _renewed(self, key: str) -> datetime | None:
        """Return when whoever holds a key last said so, None if nobody has."""
        try:
            head = self._client.head_object(**self._place(f"{key}{HELD}"))
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        renewed: datetime = head["LastModified"]
        return renewed

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from page.get("Contents", ())

    def _place(self, key: str) -> dict[str, Any]:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a preview")
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{key}"}


def is_held(since: datetime) -> bool:
    """Tell whether whoever said so at this time is still at it."""
    return datetime.now(UTC) - since < BROKEN_OFF


class Unclosed:
    """What can be read, for a library that closes what it is given."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        return self._content.read(size)


@contextmanager
def answering() -> Iterator[None]:
    """Say in our words why the storage did not do what it was asked."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise refusal_of(error) or error from error
