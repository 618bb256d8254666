"""Static files: styles and scripts, compressed once, below an address that changes with their content.

A browser keeps them for ever. The digest is one of all of them, so that a script may import another by its name alone.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from portfolio.domain.kernel import NotVisible

FOLDER = Path(__file__).parent / "pages" / "static"

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""What is served, by its ending; nothing else of the folder is."""

FOR_EVER = "public, max-age=31536000, immutable"

ENDPOINT = "static"


@dataclass(frozen=True)
class StaticFile:
    """A file with its media type, as it is and compressed."""

    media_type: str
    plain: bytes
    compressed: bytes


def register(app: Flask, made: dict[str, str]) -> None:
    """Serve the files of the folder, and those that are ``made`` for this deployment, by name."""
    contents = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in MEDIA_TYPES
    } | {name: text.encode() for name, text in made.items()}
    files = {
        name: StaticFile(MEDIA_TYPES[Path(name).suffix], content, gzip.compress(content, mtime=0))
        for name, content in contents.items()
    }
    digest = hashlib.sha256(repr(sorted(contents.items())).encode()).hexdigest()[:12]

    @app.get("/static/<digest_asked>/<path:filename>", endpoint=ENDPOINT)
    def serve(digest_asked: str, filename: str) -> Response:
        file = files.get(filename)
        if file is None:
            raise NotVisible
        packed = request.accept_encodings["gzip"] > 0
        answer = Response(file.compressed if packed else file.plain, content_type=file.media_type)
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = FOR_EVER if digest_asked == digest else "no-cache"
        return answer

    def with_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT:
            values.setdefault("digest_asked", digest)

    app.url_default_functions.setdefault(None, []).append(with_digest)
