"""The setup of the S3 vault: it makes what is missing, names what differs, and changes nothing else."""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from infra.vault.previews.bucket import previews_bucket
from infra.vault.s3 import S3Vault
from infra.vault.s3_client import NoRegion
from infra.vault.s3_incoming import incoming_bucket
from infra.vault.s3_setup import Setup, SetupFailed, apply, probe, verify
from portfolio.application.ports import StorageMisconfigured
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import ON_RADOSGW, PREFIX, SITE, Server, client, on, person, put, running, session_of
from tests.infra.vault.conftest import digest_of


@pytest.fixture(params=["moto"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose buckets belong to one test."""
    with running(request.param, monkeypatch, fresh=True) as server:
        yield server


SPOILT: dict[str, tuple[str, dict[str, Any], str]] = {
    "versioning": (
        "put_bucket_versioning",
        {"VersioningConfiguration": {"Status": "Suspended"}},
        'The versioning of {bucket}: Status is "Suspended", it must be "Enabled".',
    ),
    "lock": (
        "put_object_lock_configuration",
        {
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            }
        },
        "The lock of {bucket}: Rule DefaultRetention Days is 1, it must be 30.",
    ),
    "CORS rules": ("delete_bucket_cors", {}, "The CORS rules of {bucket}: there is none."),
    "policy": ("delete_bucket_policy", {}, "The policy of {bucket}: there is none."),
}


@on()
def test_what_was_set_up_is_as_it_must_be_and_a_second_time_does_nothing(server: Server) -> None:
    apply(server.owner, server.setup)
    assert verify(server.owner, server.setup) == []
    assert apply(server.owner, server.setup) == []


@on()
def test_that_objects_are_written_once_is_tried_and_nothing_is_left(server: Server) -> None:
    incoming = incoming_bucket(server.setup.bucket)
    for _ in range(2):
        assert probe(server.owner, server.setup) is None
        assert server.owner.list_objects_v2(Bucket=incoming).get("KeyCount") == 0


def test_a_storage_that_heeds_no_condition_is_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    put_object = server.owner.put_object

    def unconditional(*, IfNoneMatch: str, **what: Any) -> Any:  # noqa: N803 - as the library calls it
        assert IfNoneMatch == "*"
        return put_object(**what)

    monkeypatch.setattr(server.owner, "put_object", unconditional)
    assert "conditional writes (If-None-Match): keep files in another one." in str(probe(server.owner, server.setup))
    assert server.owner.list_objects_v2(Bucket=incoming_bucket(server.setup.bucket)).get("KeyCount") == 0


@on()
def test_it_says_what_it_did(server: Server) -> None:
    setup = Setup(f"evidence-{uuid4().hex[:12]}", PREFIX, SITE)
    assert verify(server.owner, setup) == [
        f"There is no bucket {setup.bucket}.",
        f"There is no bucket {incoming_bucket(setup.bucket)}.",
        f"There is no bucket {previews_bucket(setup.bucket)}.",
    ]
    done = apply(server.owner, setup)
    assert done[0] == f"Made the bucket {setup.bucket}."
    assert f"Set the lock of {setup.bucket}." in done
    assert f"Set the lifecycle of {incoming_bucket(setup.bucket)}." in done


@on()
@pytest.mark.parametrize("part", ["lock", "CORS rules", "policy"])
def test_what_was_changed_is_named_and_made_good(server: Server, part: str) -> None:
    apply(server.owner, server.setup)
    call, changed, sentence = SPOILT[part]
    getattr(server.owner, call)(Bucket=server.bucket, **changed)
    assert verify(server.owner, server.setup) == [sentence.format(bucket=server.bucket)]
    assert apply(server.owner, server.setup) == [f"Set the {part} of {server.bucket}."]
    assert verify(server.owner, server.setup) == []


def test_suspended_versioning_is_named_where_a_server_lets_it_be_suspended(server: Server) -> None:
    apply(server.owner, server.setup)
    call, changed, sentence = SPOILT["versioning"]
    getattr(server.owner, call)(Bucket=server.bucket, **changed)
    assert verify(server.owner, server.setup) == [sentence.format(bucket=server.bucket)]


@on()
def test_a_grant_that_is_not_ours_is_named(server: Server) -> None:
    apply(server.owner, server.setup)
    policy = json.loads(server.owner.get_bucket_policy(Bucket=server.bucket)["Policy"])
    policy["Statement"].append(
        {
            "Sid": "SomebodyElse",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam:::user/owner"]},
            "Action": ["s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{server.bucket}/*"],
        }
    )
    server.owner.put_bucket_policy(Bucket=server.bucket, Policy=json.dumps(policy))
    [difference] = verify(server.owner, server.setup)
    assert difference.startswith(f"The policy of {server.bucket}: Statement is")
    assert "SomebodyElse" in difference


@on(moto="lets a lock be put on any empty bucket")
def test_a_bucket_that_was_made_without_a_lock_is_refused_in_a_sentence(server: Server) -> None:
    setup = Setup(f"evidence-{uuid4().hex[:12]}", PREFIX, SITE)
    server.make_plain_bucket(setup.bucket)
    with pytest.raises(SetupFailed, match=f"The lock of {setup.bucket} cannot be set"):
        apply(server.owner, setup)


@on(moto="knows only one person")
def test_who_may_not_set_up_is_told_so(server: Server) -> None:
    with pytest.raises(SetupFailed, match=f"of {server.bucket} cannot be (read|set) \\(AccessDenied"):
        apply(server.application, server.setup)


@ON_RADOSGW
def test_a_server_on_this_machine_may_be_tried_out_without_tls(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", os.environ["TEST_S3_PLAIN_URL"])
    setup = Setup(f"evidence-{uuid4().hex[:12]}", PREFIX, SITE)
    with ExitStack() as stack:
        plain = client(stack, person("TEST_S3_OWNER"))
        apply(plain, setup)
        assert verify(plain, setup) == []
        assert S3Vault(plain, setup.bucket, PREFIX).check() is None


def test_evidence_does_not_travel_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://storage.example:7480")
    with ExitStack() as stack:
        plain = client(stack, session_of("key", "secret", "eu-west-2"))
        for call in (apply, verify):
            with pytest.raises(SetupFailed, match=r"unencrypted to http://storage\.example:7480: name an https"):
                call(plain, Setup("evidence", PREFIX, SITE))


def test_roles_are_granted_only_when_they_are_named() -> None:
    def statements(setup: Setup) -> list[str]:
        return [each["Sid"] for wanted in setup.buckets().values() for each in wanted["policy"]["Statement"]]

    assert statements(Setup("evidence", "", SITE)) == ["NothingWithoutTls"] * 3
    assert statements(Setup("evidence", "", SITE, application="arn:aws:iam::1:role/app")) == [
        "NothingWithoutTls",
        "ApplicationAddsAndReads",
        "ApplicationLists",
        "NothingWithoutTls",
        "ApplicationReceives",
        "ApplicationLists",
        "NothingWithoutTls",
        "ApplicationKeeps",
        "ApplicationLists",
    ]


@ON_RADOSGW
def test_nobody_but_the_erasure_role_deletes_or_unlocks_not_even_who_owns_the_bucket(server: Server) -> None:
    apply(server.owner, server.setup)
    where = {"Bucket": server.bucket, "Key": f"{PREFIX}/{uuid4()}"}
    checksum = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    put_once = server.owner.put_object(**where, Body=b"x", ChecksumSHA256=checksum)
    stored = {**where, "VersionId": put_once["VersionId"]}
    later = {"Mode": "GOVERNANCE", "RetainUntilDate": "2040-01-01T00:00:00Z"}
    for who in (server.owner, server.application):
        for name, more in (
            ("delete_object", {**stored, "BypassGovernanceRetention": True}),
            ("delete_object", where),
            ("put_object_retention", {**stored, "Retention": later, "BypassGovernanceRetention": True}),
            ("put_object_legal_hold", {**stored, "LegalHold": {"Status": "ON"}}),
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                getattr(who, name)(**more)
    server.erasure.delete_object(**stored, BypassGovernanceRetention=True)


def test_amazon_is_told_the_role_by_a_condition_which_sees_through_its_sessions() -> None:
    role = "arn:aws:iam::1:role/erasure"
    [deny] = [
        each
        for each in Setup("evidence", "", SITE, erasure=role).buckets()["evidence"]["policy"]["Statement"]
        if each["Sid"] == "NobodyElseDeletesOrUnlocks"
    ]
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": role}}


def test_with_a_key_all_is_encrypted_with_it_and_nothing_is_taken_otherwise(server: Server) -> None:
    key = "arn:aws:kms:eu-west-2:1:key/k"
    setup = Setup(server.bucket, PREFIX, SITE, kms_key=key)
    done = apply(server.owner, setup)
    for bucket in (server.bucket, incoming_bucket(server.bucket)):
        assert f"Set the encryption of {bucket}." in done
        [rule] = server.owner.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        policy = json.loads(server.owner.get_bucket_policy(Bucket=bucket)["Policy"])
        denied = {each["Sid"]: each["Condition"] for each in policy["Statement"] if each["Effect"] == "Deny"}
        assert set(denied) == {"NothingWithoutTls", "NothingUnderNoKey", "NothingUnderAnotherKey"}
        assert key in str(denied["NothingUnderAnotherKey"])
    server.owner.delete_bucket_encryption(Bucket=server.bucket)
    assert f"The encryption of {server.bucket}: " in verify(server.owner, setup)[0]


def test_the_region_is_the_one_that_is_named_under_either_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with ExitStack() as stack:
        assert client(stack, None).meta.region_name == "eu-west-1"
        monkeypatch.setenv("AWS_REGION", "eu-west-2")
        assert client(stack, None).meta.region_name == "eu-west-2"


def test_buckets_are_made_in_the_region_that_is_named_and_nowhere_else(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    setup = Setup(f"evidence-{uuid4().hex[:12]}", PREFIX, SITE)
    with ExitStack() as stack:
        apply(client(stack, None), setup)
    for bucket in setup.buckets():
        assert server.owner.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "eu-west-2"


def test_without_a_region_no_bucket_is_made_or_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with ExitStack() as stack, pytest.raises(NoRegion, match="Say in AWS_REGION where evidence may lie"):
        client(stack, None)


def test_a_bucket_in_another_region_is_named_at_setup_verify_and_start(server: Server) -> None:
    with ExitStack() as stack:
        elsewhere = client(stack, session_of("key", "secret", "us-east-1"))
        sentence = f"The bucket {server.bucket} lies in eu-west-2, and AWS_REGION says us-east-1"
        with pytest.raises(SetupFailed, match=sentence):
            apply(elsewhere, server.setup)
        assert verify(elsewhere, server.setup)[0].startswith(sentence)
        vault = S3Vault(elsewhere, server.bucket, PREFIX)
        for told in (vault.unfit(), vault.check()):
            assert (told or "").startswith(sentence)


def test_an_unversioned_bucket_is_named_at_start_and_nothing_is_sealed_there(server: Server) -> None:
    bucket = f"plain-{uuid4().hex[:12]}"
    for name in (bucket, incoming_bucket(bucket)):
        server.make_plain_bucket(name)
    vault = S3Vault(server.owner, bucket, PREFIX)
    assert (vault.unfit() or "").startswith(f"The bucket {bucket} is not versioned, so what is sealed could be written")
    object_id = uuid4()
    [part] = vault.offer(object_id, len(files.TEXT), digest_of(files.TEXT), NOBODY)
    put(part.url, files.TEXT).raise_for_status()
    with pytest.raises(StorageMisconfigured):
        vault.seal(object_id, size=len(files.TEXT), sha256=digest_of(files.TEXT), media_type="text/plain")
    assert "is not versioned" in (vault.check() or "")
    server.owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert vault.unfit() is None


def test_a_word_of_the_operator_cannot_break_the_data() -> None:
    wanted = Setup("evidence", 'a"b', SITE).buckets()["evidence-incoming"]
    assert wanted["lifecycle"]["Rules"][0]["Filter"] == {"Prefix": 'a"b/'}
