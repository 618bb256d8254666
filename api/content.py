"""Content: answers the bytes of a sealed file, whole or in ranges, so that a browser only ever stores or shows them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

from flask import Response, request

from portfolio.domain.evidence.media import TAKEN

HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
LONGEST_STEM = 100


class Bytes(Protocol):
    """Where the bytes come from: the vault, or the text of a record."""

    def read(
        self, object_id: UUID, start: int = 0, end: int | None = None, *, storage_version: str = ""
    ) -> Iterator[bytes]:
        """Do as ``Vault.read`` does."""


class StoredFileAltered(Exception):
    """A stored file is no longer the one that was sealed."""


def send_object(
    vault: Bytes,
    object_id: UUID,
    *,
    sha256: str,
    size: int,
    media_type: str,
    filename: str,
    inline: bool = False,
    storage_version: str = "",
) -> Response:
    """Answer a sealed file of ``size`` bytes to this request: 200, 206 for a range, 304 or 412 by ETag, 416.

    The browser stores it under a safe form of ``filename``, or shows it if ``inline``. A file whose bytes are no longer
    those of ``sha256`` (hex) is never sent to its end; a range cannot be checked so.
    """
    text = "; charset=utf-8" if media_type.startswith("text/") else ""
    stored = StoredFile(vault, object_id, sha256, storage_version)
    answer = Response(stored, headers=HARMLESS, content_type=media_type + text, direct_passthrough=True)
    answer.content_length = size
    answer.set_etag(str(object_id))  # its bytes never change, and a digest in a header would be personal data
    name = safe_filename(filename, media_type)
    plain = safe_filename(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode(), media_type)
    names = {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", **names)
    answer.make_conditional(request, accept_ranges=True, complete_length=size)
    return answer


def safe_filename(name: str, media_type: str) -> str:
    """Return a name without folders, control or reserved characters that ends as files of this type do."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    whole = " ".join(re.sub(r'[<>:"|?*]', "_", visible).split())
    endings = TAKEN[media_type].endings if media_type in TAKEN else (".bin",)
    stem, _, suffix = whole.rpartition(".")
    if f".{suffix.lower()}" not in endings:
        stem, suffix = whole, endings[0][1:]
    return f"{stem.strip('. ')[:LONGEST_STEM].rstrip('. ') or 'evidence'}.{suffix}"


class StoredFile:
    """The bytes of an object as a body; opened when the first chunk is asked for, checked if read whole."""

    def __init__(self, vault: Bytes, object_id: UUID, sha256: str, storage_version: str) -> None:
        self._vault = vault
        self._storage_version = storage_version
        self._object_id = object_id
        self._sha256 = sha256
        self._start: int | None = None
        self._chunks: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        """Tell werkzeug that a range need not be read up to."""
        return True

    def seek(self, start: int) -> None:
        """Begin at this byte."""
        self._start = start

    def tell(self) -> int:
        """Return the byte this begins at."""
        return self._start or 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            self._chunks = self._whole() if self._start is None else self._read(self._start)
        return next(self._chunks)

    def _read(self, start: int) -> Iterator[bytes]:
        return self._vault.read(self._object_id, start, storage_version=self._storage_version)

    def _whole(self) -> Iterator[bytes]:
        """Yield all chunks, the last one only if the bytes are still those that were sealed."""
        digest, held = hashlib.sha256(), b""
        for chunk in self._read(0):
            digest.update(chunk)
            if held:
                yield held
            held = chunk
        if digest.hexdigest() != self._sha256:
            raise StoredFileAltered(f"object {self._object_id} has other bytes than were sealed")
        yield held
