"""The setup of the S3 vault: it makes what is missing, names what differs, and changes nothing else."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest

from infra.vault.s3 import S3Vault, incoming_bucket
from infra.vault.s3_setup import Setup, SetupFailed, apply, verify
from tests.infra.vault.buckets import ON_RADOSGW, PREFIX, SITE, Server, client, on, person, running, session_of


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
def test_it_says_what_it_did(server: Server) -> None:
    setup = Setup(f"evidence-{uuid4().hex[:12]}", PREFIX, SITE)
    assert verify(server.owner, setup) == [
        f"There is no bucket {setup.bucket}.",
        f"There is no bucket {incoming_bucket(setup.bucket)}.",
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

    assert statements(Setup("evidence", "", SITE)) == ["NothingWithoutTls", "NothingWithoutTls"]
    assert statements(Setup("evidence", "", SITE, application="arn:aws:iam::1:role/app")) == [
        "NothingWithoutTls",
        "ApplicationAddsAndReads",
        "ApplicationLists",
        "NothingWithoutTls",
        "ApplicationReceives",
        "ApplicationLists",
    ]


def test_a_word_of_the_operator_cannot_break_the_data() -> None:
    wanted = Setup("evidence", 'a"b', SITE).buckets()["evidence-incoming"]
    assert wanted["lifecycle"]["Rules"][0]["Filter"] == {"Prefix": 'a"b/'}
