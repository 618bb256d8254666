"""Stored files over HTTP: ranges, caching by id, and names and headers that keep browsers from running anything."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from api import content, errors
from api.content import safe_filename
from infra.vault.folder import FolderVault
from portfolio.application.originals import Originals, StoredFile

CONTENT = b"Rigged six lanterns, checked by Amina.\n" * 60_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OBJECT = UUID("1f6d0c1a-54b1-4c0e-9f0e-3a5d2b7c9e10")  # not random: workers must name the same tests


class Shelf(FolderVault):
    """A vault with one file on it, as it was put there."""

    def __init__(self, folder: Path, stored: bytes = CONTENT) -> None:
        super().__init__(folder, b"secret", "", lambda: pytest.fail("no upload here"))
        path = folder / "objects" / str(OBJECT)[:2] / str(OBJECT)
        path.parent.mkdir()
        path.write_bytes(stored)
        self.started_at: list[int] = []
        self.sent: list[str] = []

    def read(
        self, object_id: UUID, start: int = 0, end: int | None = None, *, storage_version: str = ""
    ) -> Iterator[bytes]:
        """Note where reading starts."""
        self.started_at.append(start)
        return super().read(object_id, start, end, storage_version=storage_version)


def served(shelf: Shelf) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    originals = Originals()

    @app.get("/<name>")
    def show(name: str) -> Response:
        return content.send_file(
            partial(originals.read, shelf, StoredFile(object_id=OBJECT, sha256=DIGEST, size=len(CONTENT))),
            str(OBJECT),
            size=len(CONTENT),
            media_type="text/plain",
            filename=name,
            inline=name == "in",
            sent=lambda: shelf.sent.append(name),
        )

    return app.test_client()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def client(shelf: Shelf) -> FlaskClient:
    return served(shelf)


def test_a_stored_file_is_answered_whole_as_an_attachment_that_runs_nothing(client: FlaskClient) -> None:
    answer = client.get("/notes.txt")
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == "attachment; filename=notes.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert DIGEST not in str(answer.headers)


@pytest.mark.parametrize(
    ("accepted", "sent_as"),
    [
        ("application/octet-stream", "application/octet-stream"),
        ("application/octet-stream, text/plain;q=0.5", "application/octet-stream"),
        ("application/octet-stream;q=0.5, */*;q=0.1", "application/octet-stream"),
        ("*/*", "text/plain; charset=utf-8"),
        ("text/*, application/octet-stream", "text/plain; charset=utf-8"),
        ("image/png", "text/plain; charset=utf-8"),
    ],
)
def test_who_asks_for_bytes_rather_than_its_type_is_sent_bytes(
    client: FlaskClient, accepted: str, sent_as: str
) -> None:
    answer = client.get("/notes.txt", headers={"Accept": accepted})
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert answer.headers["Content-Type"] == sent_as
    assert answer.headers["Content-Disposition"] == "attachment; filename=notes.txt"


def test_our_own_pages_may_show_it_in_place(client: FlaskClient) -> None:
    assert client.get("/in").headers["Content-Disposition"] == "inline; filename=in.txt"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, len(CONTENT)),
        ("bytes=1500000-1500099", 1_500_000, 1_500_100),
        ("bytes=-40", len(CONTENT) - 40, len(CONTENT)),
        ("bytes=100-99999999", 100, len(CONTENT)),
    ],
)
def test_a_range_is_answered(client: FlaskClient, shelf: Shelf, asked: str, start: int, end: int) -> None:
    answer = client.get("/notes.txt", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer.headers["Content-Length"] == str(end - start)
    assert shelf.sent == ["notes.txt"]


@pytest.mark.parametrize("asked", ["bytes=5-4", "lines=1-2", "bytes=0-1,5-9", "bytes=-", "bytes", "bytes=a-b", "0-5"])
def test_a_range_that_is_none_is_answered_with_the_whole_file(client: FlaskClient, asked: str) -> None:
    answer = client.get("/notes.txt", headers={"Range": asked})
    assert (answer.status_code, answer.data, answer.headers.get("Content-Range")) == (200, CONTENT, None)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", f"bytes={len(CONTENT)}-", f"Bytes= {9 * 10**99}- "])
def test_a_range_outside_the_file_is_refused_by_name(client: FlaskClient, shelf: Shelf, asked: str) -> None:
    answer = client.get("/notes.txt", headers={"Range": asked})
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (416, "/problems/range-not-satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"
    assert shelf.sent == []


def test_a_file_the_browser_has_is_not_sent_or_read_again(client: FlaskClient, shelf: Shelf) -> None:
    etag = client.head("/notes.txt").headers["ETag"]
    answer = client.get("/notes.txt", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert (shelf.started_at, shelf.sent) == ([], [])


def test_another_file_than_the_one_that_must_match_is_not_sent(client: FlaskClient, shelf: Shelf) -> None:
    answer = client.get("/notes.txt", headers={"If-Match": '"another"'})
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (412, "/problems/stale-version")
    assert (shelf.started_at, shelf.sent) == ([], [])
    for same in (f'"another", "{OBJECT}"', "*"):
        assert client.get("/notes.txt", headers={"If-Match": same}).data == CONTENT


@pytest.mark.parametrize(("etag", "status"), [(f'"{OBJECT}"', 206), ('"another"', 200)])
def test_a_range_goes_on_only_with_the_same_file(client: FlaskClient, etag: str, status: int) -> None:
    answer = client.get("/notes.txt", headers={"Range": "bytes=5-9", "If-Range": etag})
    assert answer.status_code == status


@pytest.mark.parametrize("asked", ["", "bytes=0-", "bytes=5-9", "bytes=-1"])
@pytest.mark.parametrize("stored", [CONTENT[:-1] + b"?", CONTENT[:-1], b""])
def test_a_file_whose_bytes_changed_is_refused_by_name_and_nothing_of_it_is_sent(
    tmp_path: Path, stored: bytes, asked: str
) -> None:
    shelf = Shelf(tmp_path, stored)
    answer = served(shelf).get("/notes.txt", headers={"Range": asked} if asked else {})
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (500, "/problems/stored-file-altered")
    assert shelf.sent == []


def test_a_file_that_is_gone_is_refused_by_name(shelf: Shelf) -> None:
    shelf.discard(OBJECT)
    answer = served(shelf).get("/notes.txt")
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (500, "/problems/stored-file-altered")


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("report.pdf", "application/pdf", "report.pdf"),
        ("photo.JPEG", "image/jpeg", "photo.JPEG"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Windows\\run.exe", "application/pdf", "run.exe.pdf"),
        ("page.html", "text/plain", "page.html.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "text/plain", "aSet-Cookie_ x=1.txt"),
        ("in\x00voice\u202efdp.exe", "application/pdf", "invoicefdp.exe.pdf"),
        ('say "hi"; x.txt', "text/plain", "say _hi_; x.txt"),
        ("..", "image/png", "evidence.png"),
        ("", "image/png", "evidence.png"),
        (".png", "image/png", "evidence.png"),
        ("…" * 300 + ".png", "image/png", "…" * 100 + ".png"),
        ("  two   words .txt", "text/plain", "two words.txt"),
        ("half\ud800.txt", "text/plain", "half.txt"),
        ("unknown.xyz", "application/x-unknown", "unknown.xyz.bin"),
    ],
)
def test_a_name_keeps_what_is_harmless_and_ends_as_its_type_does(name: str, media_type: str, safe: str) -> None:
    assert safe_filename(name, media_type) == safe


def test_a_name_beyond_ascii_is_given_in_both_forms(client: FlaskClient) -> None:
    answer = client.get("/Prüfung – Łódź.txt")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Prufung odz.txt\"; filename*=UTF-8''Pr%C3%BCfung%20%E2%80%93%20%C5%81%C3%B3d%C5%BA.txt"
    )


def test_a_name_with_nothing_in_ascii_has_a_plain_stand_in(client: FlaskClient) -> None:
    answer = client.get("/照明.txt")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=evidence.txt; filename*=UTF-8''%E7")
