"""Content: answers the bytes of a sealed file, whole or in ranges, so that a browser only ever stores or shows them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, abort, redirect, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from api.errors import LookedAhead
from portfolio.domain.evidence.media import TAKEN
from portfolio.domain.kernel import StaleVersion

HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
OTHER_ENDINGS = {"application/json": ".json"}
LONGEST_STEM = 100
PART = re.compile(r"bytes=[ \t]*([0-9]{0,100})-([0-9]{0,100})[ \t]*", re.IGNORECASE)
"""One range of bytes (RFC 9110 §14.2); several, and other units, are answered with the whole file."""

BYTES = "application/octet-stream"
"""The type under which a file is sent to whoever asks for no more than its bytes, and for no type that it has."""

ANNOUNCES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Headers by which a browser says that it only looks ahead."""


def require_asked(page: str) -> None:
    """Refuse a request that nobody made who wants to see what they open now (INTEREST-1: a view is recorded).

    A browser that looks ahead gets nothing, and whoever follows a link on another site comes to our ``page`` first.
    """
    if any("prefetch" in request.headers.get(name, "").lower() for name in ANNOUNCES):
        raise LookedAhead
    if from_elsewhere():
        abort(redirect(page, 303))


def from_elsewhere() -> bool:
    """Tell whether a page of another site made the browser ask."""
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def content_of(media_types: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what the document says of a file of one of these types; generators take the first type that they know."""
    return {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in (BYTES, *media_types)}


def only_bytes(media_type: str) -> bool:
    """Tell whether this request asks for bytes of any kind rather than for a file of this type (RFC 9110 §12.5.1)."""
    return request.accept_mimetypes.quality(BYTES) > request.accept_mimetypes.quality(media_type)


def send_file(
    read: Callable[[int, int], Iterator[bytes]],
    etag: str,
    *,
    size: int,
    media_type: str,
    filename: str,
    encoding: str = "utf-8",
    inline: bool = False,
    sent: Callable[[], object] = lambda: None,
) -> Response:
    """Answer a file of ``size`` bytes to this request: 200, 206 for a range, 304 by ``etag``; 412 and 416 refuse it.

    The browser stores it under a safe form of ``filename``, or shows it if ``inline``; text is written in
    ``encoding``; asked for as ``application/octet-stream`` it is sent as that. ``sent`` is called when bytes are about
    to go out, and may still refuse. ``etag`` is no digest, which browsers keep and proxies write down: it would tell
    who else has the file.
    """
    if "If-Match" in request.headers and not request.if_match.contains(etag):
        raise StaleVersion("This is not the file that If-Match names.")
    answer = Response(headers=HARMLESS, content_type=shown_type(media_type, encoding))
    answer.set_etag(etag)
    answer.accept_ranges = "bytes"
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", **names(filename, media_type))
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag):
        answer.status_code = 304
        return answer
    part = part_asked(etag, size)
    start, end = part or (0, size)
    if part:
        answer.status_code = 206
        answer.content_range.set(start, end, size)
    if request.method == "GET":
        chunks = read(start, end)
        first = next(chunks, b"")
        sent()
        answer.response = _beginning(first, chunks)
        answer.direct_passthrough = True
    answer.content_length = end - start
    return answer


def _beginning(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def shown_type(media_type: str, encoding: str) -> str:
    """Return as what a file of this type is sent to this request."""
    if only_bytes(media_type):
        return BYTES
    return media_type + (f"; charset={encoding}" if is_text(media_type) else "")


def is_text(media_type: str) -> bool:
    """Tell whether a file of this type is read as text."""
    return media_type.startswith("text/")


def names(filename: str, media_type: str) -> dict[str, str]:
    """Return under which names a browser stores a file: in ASCII, and as it is where that is another."""
    name = safe_filename(filename, media_type)
    plain = safe_filename(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode(), media_type)
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def part_asked(etag: str, size: int) -> tuple[int, int] | None:
    """Return start and end of the range that is asked for, None for the whole file; refuse one that lies outside."""
    asked = PART.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.method != "GET" or asked[0][6:].strip() == "-":
        return None
    if "If-Range" in request.headers and request.headers["If-Range"] != f'"{etag}"':
        return None
    if asked[1] and asked[2] and int(asked[1]) > int(asked[2]):
        return None
    start = int(asked[1]) if asked[1] else max(size - int(asked[2]), 0)
    end = min(int(asked[2]) + 1, size) if asked[1] and asked[2] else size
    if start >= size:
        raise RequestedRangeNotSatisfiable(length=size)
    return start, end


def safe_filename(name: str, media_type: str) -> str:
    """Return a name without folders, control or reserved characters that ends as files of this type do."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    whole = " ".join(re.sub(r'[<>:"|?*]', "_", visible).split())
    endings = TAKEN[media_type].endings if media_type in TAKEN else (OTHER_ENDINGS.get(media_type, ".bin"),)
    stem, _, suffix = whole.rpartition(".")
    if f".{suffix.lower()}" not in endings:
        stem, suffix = whole, endings[0][1:]
    return f"{stem.strip('. ')[:LONGEST_STEM].rstrip('. ') or 'evidence'}.{suffix}"
