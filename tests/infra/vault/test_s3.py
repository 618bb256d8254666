"""What is kept in the S3 vault: its versions and its lock, and what is said when the storage fails."""

import base64
import logging
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from infra.vault.s3 import S3Vault
from infra.vault.s3_client import connect
from infra.vault.s3_incoming import incoming_bucket
from portfolio.application.ports import Busy, StorageBroken, StorageFull
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import NOBODY, Rejected
from tests.infra.vault import files
from tests.infra.vault.buckets import ON_RADOSGW, Server, client, on, person, put
from tests.infra.vault.conftest import Storage, digest_of

OTHER = b"Something else altogether, put by somebody else."


def sealed_at(server: Server, content: bytes = files.TEXT) -> Sealed:
    return Storage(server.vault, lambda url, body: put(url, body).raise_for_status()).keep(content, "text/plain")


def refused(call: Callable[[], Any]) -> str:
    """Return the code with which the storage refuses this."""
    with pytest.raises(ClientError) as refusal:
        call()
    code: str = refusal.value.response["Error"]["Code"]
    return code


# --- what is kept ----------------------------------------------------------------------------------------------------


@on()
def test_a_sealed_file_names_its_version_and_is_read_by_it(server: Server) -> None:
    sealed = sealed_at(server)
    assert [sealed.storage_version] == server.versions(sealed.object_id)
    assert b"".join(server.vault.read(sealed.object_id, storage_version=sealed.storage_version)) == files.TEXT
    assert server.vault.digest(sealed.object_id, storage_version=sealed.storage_version) == sealed.sha256
    with pytest.raises(FileNotFoundError):
        next(server.vault.read(uuid4(), storage_version=sealed.storage_version))


@on()
def test_a_later_version_or_a_delete_marker_changes_nothing(server: Server) -> None:
    sealed = sealed_at(server)
    where = {"Bucket": server.bucket, "Key": server.key(sealed.object_id)}
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(OTHER)}
    server.owner.put_object(**where, Body=OTHER, **checksum)
    with suppress(ClientError):  # where the policy is read, nobody hides it at all
        server.owner.delete_object(**where)
    for version in ("", sealed.storage_version):
        assert b"".join(server.vault.read(sealed.object_id, storage_version=version)) == files.TEXT
        assert server.vault.digest(sealed.object_id, storage_version=version) == sealed.sha256
    assert list(server.vault.objects()) == [sealed.object_id]
    assert server.vault.seal(sealed.object_id, size=39, sha256=sealed.sha256, media_type="text/plain") == sealed


@on()
def test_bytes_that_lie_there_already_are_adopted_with_their_version(server: Server) -> None:
    """As after a crash between keeping and recording, or when two requests seal the same upload."""
    object_id = uuid4()
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(files.TEXT)}
    stored = server.application.put_object(Bucket=server.bucket, Key=server.key(object_id), Body=files.TEXT, **checksum)
    sealed = server.vault.seal(object_id, size=39, sha256=digest_of(files.TEXT), media_type="text/plain")
    assert sealed == Sealed(
        object_id=object_id,
        sha256=digest_of(files.TEXT),
        size=39,
        bounds=Bounds(media_type="text/plain", encoding="utf-8"),
        storage_version=stored["VersionId"],
    )
    assert server.versions(object_id) == [stored["VersionId"]]


class Meddling:
    """A client on whose bucket somebody else stores an object under each key just before it is written."""

    def __init__(self, wrapped: Any, content: bytes) -> None:
        self._wrapped = wrapped
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)

    def put_object(self, **what: Any) -> Any:
        checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(self._content)}
        self._wrapped.put_object(Bucket=what["Bucket"], Key=what["Key"], Body=self._content, **checksum)
        return self._wrapped.put_object(**what)


@on()
def test_of_two_sealings_at_once_the_first_version_counts(server: Server) -> None:
    vault = S3Vault(Meddling(server.application, files.TEXT), server.bucket, server.prefix)
    sealed = Storage(vault, lambda url, body: put(url, body).raise_for_status()).keep(files.TEXT, "text/plain")
    assert sealed.storage_version == server.versions(sealed.object_id)[-1]


@on()
def test_a_storage_that_holds_other_bytes_than_it_was_given_is_not_trusted(server: Server) -> None:
    vault = S3Vault(Meddling(server.application, OTHER), server.bucket, server.prefix)
    with pytest.raises(StorageBroken, match="does not hold the bytes that were sealed"):
        Storage(vault, lambda url, body: put(url, body).raise_for_status()).keep(files.TEXT, "text/plain")


@on(radosgw="16.2 ignores If-None-Match in a versioned bucket, so the first version has to count")
def test_the_storage_refuses_a_second_object_under_an_id(server: Server) -> None:
    where = {"Bucket": server.bucket, "Key": server.key(uuid4()), "Body": files.TEXT, "IfNoneMatch": "*"}
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(files.TEXT)}
    server.application.put_object(**where, **checksum)
    assert refused(lambda: server.application.put_object(**where, **checksum)) == "PreconditionFailed"


@on(moto="stores it all the same", radosgw="16.2 stores it all the same, so we read back what it stored")
def test_the_storage_refuses_bytes_that_do_not_fit_their_checksum(server: Server) -> None:
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(OTHER)}
    where = {"Bucket": server.bucket, "Key": server.key(uuid4()), "Body": files.TEXT}
    assert refused(lambda: server.application.put_object(**where, **checksum)) == "BadDigest"


@on()
def test_a_locked_version_is_deleted_by_no_one_without_the_right_to(server: Server) -> None:
    sealed = sealed_at(server)
    version = {
        "Bucket": server.bucket,
        "Key": server.key(sealed.object_id),
        "VersionId": sealed.storage_version,
    }
    for who in (server.owner, server.application, server.erasure):
        assert refused(lambda who=who: who.delete_object(**version)) == "AccessDenied"  # type: ignore[misc]
    server.erasure.delete_object(**version, BypassGovernanceRetention=True)
    assert server.versions(sealed.object_id) == []


@on(moto="lets everybody suspend it")
def test_versioning_cannot_be_suspended_under_the_lock(server: Server) -> None:
    suspended = {"Bucket": server.bucket, "VersioningConfiguration": {"Status": "Suspended"}}
    assert refused(lambda: server.owner.put_bucket_versioning(**suspended)) == "InvalidBucketState"


@on(moto="knows only one person")
def test_the_application_adds_and_reads_and_no_more(server: Server) -> None:
    sealed = sealed_at(server)
    mine = {"Bucket": server.bucket, "Key": server.key(sealed.object_id)}
    may_not: list[Callable[[], Any]] = [
        lambda: server.application.delete_object(**mine),
        lambda: server.application.delete_object(
            **mine, VersionId=sealed.storage_version, BypassGovernanceRetention=True
        ),
        lambda: server.application.put_object(Bucket=server.bucket, Key="elsewhere", Body=OTHER),
        lambda: server.application.put_bucket_versioning(
            Bucket=server.bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        lambda: server.application.delete_bucket_policy(Bucket=server.bucket),
        lambda: server.erasure.get_object(**mine),
        lambda: server.erasure.put_object(**mine, Body=OTHER),
    ]
    for call in may_not:
        assert refused(call) == "AccessDenied"


@ON_RADOSGW
def test_nothing_is_answered_without_tls(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", os.environ["TEST_S3_PLAIN_URL"])
    with ExitStack() as stack:
        plain = client(stack, person("TEST_S3_OWNER"))
        for bucket in (server.bucket, incoming_bucket(server.bucket)):
            assert refused(lambda bucket=bucket: plain.list_objects_v2(Bucket=bucket)) == "AccessDenied"  # type: ignore[misc]


# --- what is read, and taken away ------------------------------------------------------------------------------------


@on(moto="knows only one person")
def test_a_draft_waits_under_its_lock_for_the_erasure_role_where_the_application_has_none(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    sealed = sealed_at(server)
    with caplog.at_level(logging.WARNING, logger="infra.vault.s3"):
        assert not S3Vault(server.application, server.bucket, server.prefix).discard(sealed.object_id)
    assert f"object {sealed.object_id} is discarded, but its bytes are locked" in caplog.text
    assert list(server.vault.objects()) == [sealed.object_id]
    assert S3Vault(server.erasure, server.bucket, server.prefix).erase(sealed.object_id)
    assert list(server.vault.objects()) == []


def test_whatever_lies_under_the_key_of_an_object_goes_with_it(server: Server) -> None:
    """Also what somebody stored over it later, and the marker that hides it."""
    sealed = sealed_at(server)
    server.owner.put_object(
        Bucket=server.bucket, Key=server.key(sealed.object_id), Body=OTHER, ChecksumAlgorithm="SHA256"
    )
    server.owner.delete_object(Bucket=server.bucket, Key=server.key(sealed.object_id))
    assert len(server.versions(sealed.object_id)) == 2
    assert server.vault.erase(sealed.object_id)
    listed = server.owner.list_object_versions(Bucket=server.bucket, Prefix=server.key(sealed.object_id))
    assert (listed.get("Versions", []), listed.get("DeleteMarkers", [])) == ([], [])
    assert server.vault.erase(sealed.object_id)


def test_what_is_no_object_in_the_bucket_is_passed_over(server: Server) -> None:
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": checksum_of(OTHER)}
    for key in (server.key("readme.txt"), server.key(str(uuid4()).upper()), str(uuid4())):
        server.owner.put_object(Bucket=server.bucket, Key=key, Body=OTHER, **checksum)
    assert list(server.vault.objects()) == []


# --- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "refusal", "sentence"),
    [
        ("QuotaExceeded", StorageFull, "There is no room left"),
        ("SlowDown", Busy, "The file storage is overloaded"),
        ("ServiceUnavailable", Busy, "The file storage is overloaded"),
    ],
)
def test_a_full_or_overloaded_storage_is_named(
    server: Server, code: str, refusal: type[Rejected], sentence: str
) -> None:
    with Stubber(server.application) as stubber:
        stubber.add_client_error("list_object_versions", code)
        with pytest.raises(refusal, match=sentence):
            server.vault.seal(uuid4(), size=39, sha256=digest_of(files.TEXT), media_type="text/plain")


def test_a_storage_that_does_not_answer_makes_the_caller_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")  # nobody listens there
    away = connect(boto3.Session("key", "secret", region_name="eu-west-2"))
    vault = S3Vault(away, "evidence")
    with pytest.raises(Busy, match="The file storage does not answer"):
        next(vault.read(uuid4()))
    assert "The bucket evidence cannot be used: The file storage does not answer" in (vault.check() or "")
    away.close()


@on()
def test_the_check_says_which_bucket_is_missing(server: Server) -> None:
    assert server.vault.check() is None
    assert "no-such-bucket" in (S3Vault(server.application, "no-such-bucket").check() or "")


def checksum_of(content: bytes) -> str:
    return base64.b64encode(bytes.fromhex(digest_of(content))).decode()


@on()
def test_browsers_may_send_to_the_bucket_that_their_addresses_lead_to(server: Server) -> None:
    [part] = server.vault.offer(uuid4(), len(files.TEXT), "", NOBODY)
    assert part.url.startswith(f"{server.vault.origin}/")
