"""Previews in a bucket of their own, without lock or versions: one object for each, under its key.

Who holds a key has an object beside it with how far they are and a word of their own, renewed as long as they live; one
that was not renewed for a while was left by somebody who was killed, and the first who replaces that very one holds it.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.vault.previews.folder import KEY, READ_BYTES
from infra.vault.s3_errors import MISSING, NO_BUCKET, code_of, refusal_of
from portfolio.application.preview_ports import Kept

HELD = ".held"
RENEWED_SECONDS = 10.0
BROKEN_OFF = timedelta(seconds=90)
"""How long whoever holds a key may be silent."""
TAKEN = {*MISSING, "PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
"""Somebody else was quicker."""


def previews_bucket(bucket: str) -> str:
    """Return the name of the bucket of the previews beside the one of the sealed."""
    return f"{bucket}-previews"


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class BucketPreviews:
    """Previews below ``prefix`` of ``bucket``."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str = "",
        now: Callable[[], datetime] = now,
        renewed_seconds: float = RENEWED_SECONDS,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._now = now
        self._renewed_seconds = renewed_seconds

    def find(self, key: str) -> Kept | None:
        """See ``PreviewStore.find``."""
        with answering():
            try:
                head = self._client.head_object(**self._place(key))
            except ClientError as error:
                if code_of(error) in MISSING:
                    return None
                raise
        return Kept(size=head["ContentLength"], mark=bare(head["ETag"]))

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
        place, word, done, ended = self._place(f"{key}{HELD}"), secrets.token_hex(8), 0.0, Event()

        def put(**unless: str) -> str:
            return bare(self._client.put_object(**place, Body=f"{done:.3f} {word}".encode(), **unless)["ETag"])

        with answering():
            held = self._held(key)
            try:
                mark = put(IfNoneMatch="*") if held is None or self._lasts(held) else put(IfMatch=bare(held["ETag"]))
            except ClientError as error:
                if code_of(error) not in TAKEN:
                    raise
                mark = ""
        if not mark:
            yield None
            return

        def tell(progress: float) -> None:
            nonlocal done
            done = progress

        def renew() -> None:
            nonlocal mark
            while not ended.wait(self._renewed_seconds):
                try:
                    mark = put(IfMatch=mark)
                except (ClientError, BotoCoreError) as error:  # it runs out
                    if isinstance(error, ClientError) and code_of(error) in TAKEN:
                        mark = ""
                        return

        renewing = Thread(target=renew, daemon=True)
        renewing.start()
        try:
            yield tell
        finally:
            ended.set()
            renewing.join()
            if mark:
                with suppress(ClientError, BotoCoreError):
                    self._client.delete_object(**place)

    def progress(self, key: str) -> float | None:
        """See ``PreviewStore.progress``."""
        with answering():
            held = self._held(key)
            if held is None or not self._lasts(held):
                return None
            try:
                return float(b"".join(self.read(f"{key}{HELD}")).split()[0])
            except FileNotFoundError:
                return None

    def sweep(self) -> None:
        """See ``PreviewStore.sweep``."""
        with answering():
            for entry in self._listed(self._prefix):
                if entry["Key"].endswith(HELD) and not self._lasts(entry):
                    with self.claim(entry["Key"].removeprefix(self._prefix).removesuffix(HELD)):
                        pass  # which takes it away in the end

    def check(self) -> str | None:
        """See ``PreviewStore.check``."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError) as error:
            why = NO_BUCKET if isinstance(error, ClientError) and code_of(error) in MISSING else refusal_of(error)
            return f"The bucket {self._bucket} cannot be used: {str(why).rstrip('.')}."
        return None

    def _held(self, key: str) -> dict[str, Any] | None:
        """Return what is known of the object of whoever holds a key, None if there is none."""
        try:
            head: dict[str, Any] = self._client.head_object(**self._place(f"{key}{HELD}"))
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        return head

    def _lasts(self, held: dict[str, Any]) -> bool:
        """Tell whether whoever holds a key is still at it."""
        renewed: datetime = held["LastModified"]
        return self._now() - renewed < BROKEN_OFF

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from page.get("Contents", ())

    def _place(self, key: str) -> dict[str, Any]:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a preview")
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{key}"}


def bare(mark: str) -> str:
    """Return an ETag without its quotes: every storage takes it so in a condition, and not every one with them."""
    return mark.strip('"')


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
