"""Uploads over HTTP: the PUT on a signed URL and each refusal by name."""

import hashlib
import io
import resource
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import errors, uploads
from api.pages.evidence.upload import IN_MEMORY
from api.services import Unrated
from infra.vault.folder import FolderVault
from infra.vault.s3 import S3Vault
from infra.vault.s3_client import connect
from portfolio.application.ports import ContentUnreadable, StorageMisconfigured
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.kernel import NOBODY
from tests.api.conftest import Tell
from tests.api.world import World, offer, put
from tests.api.world import refused as world_refused
from tests.checking import Never

CONTENT = b"Rigged six lanterns, checked by Amina.\n" * 2000


class Upload:
    """One offered file and the service that takes it."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
        self.folder = folder
        self.vault = FolderVault(folder, b"secret", "", lambda: self.now, lifetime_seconds=600)
        self.object_id: UUID = uuid4()
        [part] = self.vault.offer(self.object_id, len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), NOBODY)
        self.url = part.url
        self.app = app = Flask(__name__)
        app.config["MAX_CONTENT_LENGTH"] = 1000  # for JSON; uploads are not held to it
        app.extensions["portfolio"] = SimpleNamespace(vault=self.vault, rates=Unrated(), proxies=())
        errors.register(app)
        app.register_blueprint(uploads.blueprint)
        self.client: FlaskClient = app.test_client()

    def put(self, content: bytes = CONTENT, url: str = "", **options: Any) -> TestResponse:
        return self.client.put(url or self.url, input_stream=io.BytesIO(content), **options)

    def waiting(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".json"]


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return Upload(tmp_path)


def refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    return answer.status_code, answer.json["type"]


def test_bytes_put_to_the_url_are_received(upload: Upload) -> None:
    answer = upload.put(content_length=len(CONTENT))
    assert (answer.status_code, answer.data) == (204, b"")
    assert upload.waiting() == [str(upload.object_id)]


def test_bytes_sent_in_chunks_of_unknown_number_are_received(upload: Upload) -> None:
    answer = upload.put(environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == 204
    assert upload.waiting() == [str(upload.object_id)]


class TooSlow(io.BytesIO):
    """A file that begins and then does not come at the pace that the server asks for."""

    def readinto(self, buffer: Any) -> int:
        if self.tell():
            raise errors.RequestTooSlow
        return super().readinto(memoryview(buffer)[:100])


def test_an_upload_that_comes_too_slowly_leaves_nothing_behind(upload: Upload) -> None:
    answer = upload.client.put(upload.url, input_stream=TooSlow(CONTENT), content_length=len(CONTENT))
    assert refused(answer) == (408, "/problems/request-too-slow")
    assert upload.waiting() == []


class Meanwhile(io.BytesIO):
    """A file of which, when its first bytes are read, somebody else sends the same."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(CONTENT)
        self._upload = upload
        self.answers: list[TestResponse] = []

    def readinto(self, buffer: Any) -> int:
        if not self.answers:
            self.answers.append(self._upload.put(content_length=len(CONTENT)))
        return super().readinto(buffer)


def test_a_file_is_received_from_one_sender_at_a_time(upload: Upload) -> None:
    first = Meanwhile(upload)
    assert upload.client.put(upload.url, input_stream=first, content_length=len(CONTENT)).status_code == 204
    (second,) = first.answers
    assert refused(second) == (503, "/problems/upload-under-way")
    assert second.headers["Retry-After"] == "10"
    assert upload.put(content_length=len(CONTENT)).status_code == 204


def test_no_file_is_received_that_leaves_too_little_room_for_facts(upload: Upload) -> None:
    free = shutil.disk_usage(upload.folder).free
    upload.vault = FolderVault(upload.folder, b"secret", "", lambda: upload.now, reserve_bytes=2 * free)
    upload.app.extensions["portfolio"] = SimpleNamespace(vault=upload.vault, rates=Unrated(), proxies=())
    assert refused(upload.put(content_length=len(CONTENT))) == (507, "/problems/storage-full")
    assert upload.waiting() == []


def test_a_repeated_upload_is_harmless(upload: Upload) -> None:
    assert [upload.put(content_length=len(CONTENT)).status_code for _ in range(2)] == [204, 204]


def test_a_url_that_has_run_out_is_refused(upload: Upload) -> None:
    upload.now += timedelta(seconds=600)
    assert refused(upload.put(content_length=len(CONTENT))) == (403, "/problems/upload-url-expired")


@pytest.mark.parametrize("old", ["expires=", "signature=", "/1?", "&", "?"])
def test_a_tampered_url_is_refused_and_nothing_is_kept(upload: Upload, old: str) -> None:
    replaced = {"/1?": "/2?", "&": "&x=", "?": "?expires=0&"}.get(old, f"{old}1")
    answer = upload.put(url=upload.url.replace(old, replaced), content_length=len(CONTENT))
    assert refused(answer) == (403, "/problems/upload-url-invalid")
    assert upload.waiting() == []


@pytest.mark.parametrize("object_id", ["..%2F..%2Fetc%2Fpasswd", "../../etc/passwd", "objects"])
def test_path_tricks_lead_nowhere(upload: Upload, object_id: str) -> None:
    answer = upload.put(url=upload.url.replace(str(upload.object_id), object_id))
    assert refused(answer) == (404, "/problems/not-visible")


def test_an_upload_cut_off_by_the_sender_is_refused_and_nothing_is_kept(upload: Upload) -> None:
    answer = upload.put(CONTENT[:5000], content_length=len(CONTENT))
    assert refused(answer)[1] == "/problems/content-size-mismatch"
    assert upload.waiting() == []


def test_fewer_bytes_than_announced_are_refused(upload: Upload) -> None:
    answer = upload.put(CONTENT[:5000], content_length=5000)
    assert refused(answer)[1] == "/problems/content-size-mismatch"


def test_more_bytes_than_announced_are_refused(upload: Upload) -> None:
    answer = upload.put(CONTENT + b"!", content_length=len(CONTENT) + 1)
    assert refused(answer)[1] == "/problems/upload-too-large"
    assert upload.waiting() == []


def test_other_bytes_than_announced_are_refused(upload: Upload) -> None:
    answer = upload.put(CONTENT[::-1], content_length=len(CONTENT))
    assert refused(answer)[1] == "/problems/content-hash-mismatch"
    assert upload.waiting() == []


def test_a_full_disk_is_refused_and_nothing_is_kept(upload: Upload) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
    try:
        answer = upload.put(content_length=len(CONTENT))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused(answer) == (507, "/problems/storage-full")
    assert upload.waiting() == []


def test_an_upload_url_takes_nothing_but_put(upload: Upload) -> None:
    assert refused(upload.client.get(upload.url)) == (405, "/problems/wrong-method")


def test_a_file_that_is_not_checked_in_time_is_answered_202_with_where_to_look(tell: Tell) -> None:
    world = tell("enrolled")
    mia, once = world.as_("mia"), {"Idempotency-Key": "one"}
    upload_only(world, "file", CONTENT)
    in_time, world.services = world.services, replace(world.services, checking=Never("The disk failed."))
    for headers in (once, once, {}):
        answer = mia.post("/evidence/{file}/upload", {"version": 1}, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/evidence/{world['file']}")
        assert (answer.get_json()["stage"], answer.get_json()["why"]) == ("received", "The disk failed.")
    (version,) = mia.sees("/evidence/{file}")["versions"]
    assert (version["stage"], version["why"]) == ("received", "The disk failed.")
    world.services = in_time
    done = mia.does("/evidence/{file}/upload", {"version": 1}, headers=once)
    assert done["stage"] == "sealed"
    head = world.journal.head()
    assert mia.does("/evidence/{file}/upload", {"version": 1}, headers=once) == done
    assert world.journal.head() == head
    (version,) = mia.sees("/evidence/{file}")["versions"]
    assert (version["stage"], version["why"]) == ("sealed", "")


def test_a_refused_file_says_why_and_is_followed_by_a_new_version(tell: Tell) -> None:
    world = tell("enrolled")
    mia, vault = world.as_("mia"), cast(FolderVault, world.services.vault)
    (part,) = mia.does("/evidence", offer(world, b"%PDF-1.7 not really"), name="file")["parts"]
    assert put(world, part["url"], b"%PDF-1.7 not really").status_code == 204
    for _ in range(2):
        why = world_refused(mia.post("/evidence/{file}/upload", {"version": 1}), ContentUnreadable)["detail"]
        (version,) = mia.sees("/evidence/{file}")["versions"]
        assert (version["stage"], version["refusal"], version["why"]) == ("refused", "content-unreadable", why)
    assert list(vault.objects()) == []
    assert not any(path.name == str(world["file"]) for path in world.folder.rglob("*"))
    world_refused(mia.get("/evidence/{file}/upload?version=1"), EvidenceVersionFixed)
    body = offer(world, CONTENT, "text/plain")
    body.pop("enrolment_id")
    offered = mia.does("/evidence/{file}/versions", body)
    assert offered["version_number"] == 2
    assert put(world, offered["parts"][0]["url"], CONTENT).status_code == 204
    assert mia.does("/evidence/{file}/upload", {"version": 2})["stage"] == "sealed"


def upload_only(world: World, name: str, content: bytes) -> None:
    (part,) = world.as_("mia").does("/evidence", offer(world, content, "text/plain"), name=name)["parts"]
    assert put(world, part["url"], content).status_code == 204


def test_a_storage_that_an_operator_must_mend_is_named_without_its_particulars(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    world = tell("enrolled")
    with closing(connect()) as without_credentials:
        world.services = replace(world.services, vault=S3Vault(without_credentials, "evidence"))
        answer = world.as_("mia").post("/evidence", offer(world, CONTENT, "text/plain"))
    told = world_refused(answer, StorageMisconfigured)
    assert "AWS_" not in str(told)


def test_a_file_that_a_page_sends_leaves_room_on_the_disk_of_temporary_files(tell: Tell) -> None:
    world = tell("enrolled")
    world.services = replace(world.services, reserve_bytes=2 * shutil.disk_usage(gettempdir()).total)
    client, our_page = world.app.test_client(), {"Sec-Fetch-Site": "same-origin"}
    link = world.services.sessions.issue_link(world["mia"])  # type: ignore[attr-defined]
    client.post("/sign-in", data={"code": link.partition("code=")[2]}, headers=our_page)
    for size, status in ((IN_MEMORY + 1, 507), (1000, 303)):
        file = (io.BytesIO(b"n" * size), "notes.txt", "text/plain")
        answer = client.post(
            f"/enrolments/{world['enrolment']}/hand-in/files",
            data={"key": str(uuid4()), "files": file},
            headers=our_page,
        )
        assert answer.status_code == status, answer.text
