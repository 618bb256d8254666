"""What comes into the S3 vault: upload URLs, what they take, and what is refused at the sealing."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import botocore.auth
import pytest
import requests

from infra.vault.s3_incoming import incoming_bucket
from portfolio.application.ports import ContentHashMismatch, ContentSizeMismatch, UploadMissing, UploadUrlInvalid
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import CHECKSUM, LIFETIME_SECONDS, ON_RADOSGW, SITE, Server, on, put
from tests.infra.vault.conftest import digest_of
from tests.infra.vault.test_s3 import OTHER, checksum_of, refused
from tests.programs import run


def offered(server: Server, content: bytes = files.TEXT) -> str:
    return server.vault.offer(uuid4(), len(content), digest_of(content), NOBODY)[0].url


def announced(content: bytes = files.TEXT) -> dict[str, str]:
    """Return the header that says the digest of these bytes."""
    return {CHECKSUM: checksum_of(content)}


@on()
def test_an_upload_waits_in_a_bucket_of_its_own_and_leaves_it_when_sealed(server: Server) -> None:
    object_id = uuid4()
    put(
        server.vault.offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)[0].url, files.TEXT
    ).raise_for_status()
    waiting = {"Bucket": incoming_bucket(server.bucket), "Key": server.key(object_id)}
    assert server.application.get_object(**waiting)["Body"].read() == files.TEXT
    server.vault.seal(object_id, size=len(files.TEXT), sha256=digest_of(files.TEXT), media_type="text/plain")
    assert refused(lambda: server.application.get_object(**waiting)) == "NoSuchKey"


@on()
def test_a_refused_upload_is_really_gone(server: Server) -> None:
    object_id = uuid4()
    put(
        server.vault.offer(object_id, len(OTHER), digest_of(files.TEXT), NOBODY)[0].url, OTHER, **announced()
    ).raise_for_status()
    with pytest.raises(ContentHashMismatch):
        server.vault.seal(object_id, size=len(OTHER), sha256=digest_of(files.TEXT), media_type="text/plain")
    server.vault.discard(object_id)
    assert "Versions" not in server.owner.list_object_versions(
        Bucket=incoming_bucket(server.bucket), Prefix=server.prefix
    )


@on(moto="takes any number of bytes")
@pytest.mark.parametrize("content", [files.TEXT[:-1], files.TEXT + b"!"], ids=["truncated", "longer"])
def test_an_upload_url_takes_only_the_number_of_bytes_announced(server: Server, content: bytes) -> None:
    assert put(offered(server), content, **announced()).status_code == 403


@on(moto="checks no signature")
@pytest.mark.parametrize("told", [None, OTHER])
def test_an_upload_url_takes_nothing_that_is_not_said_to_have_the_digest_announced(
    server: Server, told: bytes | None
) -> None:
    url = offered(server)
    headers = {"Content-Type": "application/pdf"} | ({} if told is None else announced(told))
    assert requests.put(url, data=files.TEXT, headers=headers, timeout=30).status_code == 403


@on(moto="compares nothing", radosgw="16.2 does not compare them, so they are compared at the sealing")
def test_an_upload_url_takes_no_other_bytes_than_those_of_the_digest_announced(server: Server) -> None:
    assert put(offered(server), OTHER[: len(files.TEXT)], **announced()).status_code == 400


@on()
def test_bytes_of_another_number_than_announced_are_refused_at_the_sealing(server: Server) -> None:
    object_id = uuid4()
    server.application.put_object(
        Bucket=incoming_bucket(server.bucket), Key=server.key(object_id), Body=files.TEXT[:20]
    )
    with pytest.raises(ContentSizeMismatch, match="20 bytes were received, 39 were announced"):
        server.vault.seal(object_id, size=len(files.TEXT), sha256=digest_of(files.TEXT), media_type="text/plain")


@on(moto="checks no signature")
def test_a_tampered_upload_url_is_refused(server: Server) -> None:
    url = offered(server)
    assert put(url[:-1] + ("1" if url.endswith("0") else "0"), files.TEXT).status_code == 403


@on(moto="checks no signature")
def test_an_upload_url_does_not_lead_to_another_object(server: Server) -> None:
    object_id = uuid4()
    url = server.vault.offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)[0].url
    assert put(url.replace(str(object_id), str(uuid4())), files.TEXT).status_code == 403


@on(moto="lets no URL expire")
def test_an_upload_url_expires(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = botocore.auth.get_current_datetime

    def earlier(*arguments: Any, **named: Any) -> datetime:
        moment: datetime = now(*arguments, **named)
        return moment - timedelta(seconds=LIFETIME_SECONDS + 1)

    monkeypatch.setattr(botocore.auth, "get_current_datetime", earlier)
    url = offered(server)
    monkeypatch.undo()
    assert put(url, files.TEXT).status_code == 403


@on()
def test_a_browser_may_upload_from_our_pages_only(server: Server) -> None:
    def preflight(origin: str) -> int:
        wish = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": f"content-type,{CHECKSUM}"}
        return requests.options(offered(server), headers={"Origin": origin, **wish}, timeout=30).status_code

    assert (preflight(SITE), preflight("https://elsewhere.example")) == (200, 403)


def test_the_address_of_an_upload_through_the_application_is_refused(server: Server) -> None:
    with pytest.raises(UploadUrlInvalid):
        server.vault.receive(uuid4(), 1, expires="1", signature="", stream=None, content_length=None)


def test_an_upload_that_is_sealed_while_it_is_not_there_stays_possible(server: Server) -> None:
    object_id = uuid4()
    with pytest.raises(UploadMissing):
        server.vault.seal(object_id, size=39, sha256=digest_of(files.TEXT), media_type="text/plain")
    put(server.vault.offer(object_id, 39, digest_of(files.TEXT), NOBODY)[0].url, files.TEXT).raise_for_status()
    server.vault.seal(object_id, size=39, sha256=digest_of(files.TEXT), media_type="text/plain")


MEMORY = """
import hashlib, json, resource, sys
from portfolio.domain.kernel import NOBODY
from pathlib import Path
from uuid import uuid4
from tests.infra.vault.buckets import person, requests
from infra.vault.s3 import S3Vault
from infra.vault.s3_client import connect

def most(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

def chunks():
    for _ in range(200):
        yield b"a" * (1 << 20)

digest = hashlib.sha256()
for chunk in chunks():
    digest.update(chunk)
client = connect(person("TEST_S3_APPLICATION"))
vault = S3Vault(client, sys.argv[1], sys.argv[2])
object_id, size = uuid4(), 200 << 20
while parts := vault.offer(object_id, size, digest.hexdigest(), NOBODY):
    for part in parts:
        requests.put(part.url, data=b"a" * (5 << 20)).raise_for_status()
vault.complete(object_id)
vault.check()
idle = most()
vault.seal(object_id, size=size, sha256=digest.hexdigest(), media_type="text/plain")
assert sum(map(len, vault.read(object_id))) == size
client.close()
print(json.dumps([most() - idle, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


@pytest.mark.slow
@ON_RADOSGW
def test_an_upload_of_200_mb_takes_no_more_memory_than_a_few_chunks(server: Server) -> None:
    done = run([sys.executable, "-c", MEMORY, server.bucket, server.prefix])
    grown, child = json.loads(done.stdout)
    assert grown < 32 << 10  # kB
    assert child < 96 << 10
