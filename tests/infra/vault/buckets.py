"""S3 servers to run the vault on: moto inside the test process, and a real one that ``make test-s3`` starts."""

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests
from moto import mock_aws

from infra.vault import s3_setup
from infra.vault.s3 import S3Vault
from infra.vault.s3_client import connect

SITE = "https://portfolio.example"
PREFIX = "college"
CHECKSUM = "x-amz-checksum-sha256"
LIFETIME_SECONDS = 600
LIMIT_BYTES = 100_000_000

Marks = Callable[[Callable[..., None]], Callable[..., None]]


@dataclass
class Server:
    """A server with the buckets of one vault on it, and who may do what there."""

    bucket: str
    prefix: str
    setup: s3_setup.Setup
    owner: Any
    application: Any
    erasure: Any
    vault: S3Vault

    def versions(self, object_id: object) -> list[str]:
        """Return the ids of all versions of a sealed object, the newest first."""
        listed = self.owner.list_object_versions(Bucket=self.bucket, Prefix=self.key(object_id))
        return [entry["VersionId"] for entry in listed.get("Versions", [])]

    def key(self, object_id: object) -> str:
        return f"{self.prefix}/{object_id}"

    def make_plain_bucket(self, bucket: str) -> None:
        """Make a bucket as it is by default, without a lock."""
        region = self.owner.meta.region_name
        there = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.owner.create_bucket(Bucket=bucket, **there)


def put(url: str, content: bytes, **headers: str) -> requests.Response:
    """Do what a browser does with an upload URL that was offered for these bytes, or as ``headers`` say."""
    announced = {CHECKSUM: base64.b64encode(hashlib.sha256(content).digest()).decode()} if CHECKSUM in url else {}
    told = {"Content-Type": "application/pdf", **announced, **headers}
    return requests.put(url, data=content, headers=told, timeout=30)


def on(moto: str = "", radosgw: str = "") -> Marks:
    """Run a test on both servers; what one of them does not enforce is said here and expected to fail."""

    def marks(server: str, why: str) -> list[pytest.MarkDecorator]:
        unmet = pytest.mark.xfail(reason=f"{server} {why}", strict=True, raises=(AssertionError, pytest.fail.Exception))
        return [unmet] if why else []

    return pytest.mark.parametrize(
        "server",
        [
            pytest.param("moto", marks=marks("moto", moto)),
            pytest.param("radosgw", marks=[pytest.mark.s3, *marks("radosgw", radosgw)]),
        ],
        indirect=True,
    )


ON_RADOSGW = pytest.mark.parametrize("server", [pytest.param("radosgw", marks=pytest.mark.s3)], indirect=True)
"""Run a test on the real server only."""


@contextmanager
def running(name: str, monkeypatch: pytest.MonkeyPatch, *, fresh: bool = False, site: str = SITE) -> Iterator[Server]:
    """Lend a server with the buckets of a vault, set up as an operator of this site does.

    On the real server tests share two buckets and have a prefix of their own each, unless they ask for ``fresh`` ones.
    """
    with ExitStack() as stack:
        if name == "moto":
            stack.enter_context(mock_aws())
            monkeypatch.setenv("AWS_REGION", "eu-west-2")
            owner = application = erasure = client(stack, session_of("key", "secret", "eu-west-2"))
            setup = set_up(owner)
            for bucket in setup.buckets():
                # To moto, which reads no conditions, the ban on plain HTTP is one on everybody.
                owner.delete_bucket_policy(Bucket=bucket)
        else:
            if "TEST_S3_URL" not in os.environ:
                pytest.skip("needs a real S3 server: make test-s3")
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", os.environ["TEST_S3_URL"])
            owner, application, erasure = (
                client(stack, person(who)) for who in ("TEST_S3_OWNER", "TEST_S3_APPLICATION", "TEST_S3_ERASURE")
            )
            setup = set_up(owner, site) if fresh or not shared else shared[0]
            if not fresh:
                shared[:] = [setup]
        prefix = f"{PREFIX}/{uuid4().hex}"
        vault = S3Vault(
            application,
            setup.bucket,
            prefix,
            eraser=erasure,
            lifetime_seconds=LIFETIME_SECONDS,
            limit_bytes=LIMIT_BYTES,
        )
        yield Server(setup.bucket, prefix, setup, owner, application, erasure, vault)


shared: list[s3_setup.Setup] = []


def set_up(owner: Any, site: str = SITE) -> s3_setup.Setup:
    """Make the buckets of a vault and grant the people of the started server their roles."""
    setup = s3_setup.Setup(
        f"evidence-{uuid4().hex[:12]}",
        PREFIX,
        site,
        application="arn:aws:iam:::user/application",
        erasure="arn:aws:iam:::user/erasure",
    )
    s3_setup.apply(owner, setup)
    return setup


def client(stack: ExitStack, session: Any) -> Any:
    """Return a client that is closed in the end."""
    made = connect(session)
    stack.callback(made.close)
    return made


def person(variable: str) -> Any:
    """Return the session of one of the people that the started server knows."""
    _, access_key, secret_key = os.environ[variable].split(":")
    return session_of(access_key, secret_key, "us-east-1")


@cache
def session_of(access_key: str, secret_key: str, region: str) -> Any:
    """Return a session; what it has read about S3 serves every test."""
    return boto3.Session(access_key, secret_key, region_name=region)
