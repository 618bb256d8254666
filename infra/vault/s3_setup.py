"""Sets up the buckets of the S3 vault as ``infra/deploy`` says, and tells where they differ from it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infra.vault.previews.bucket import previews_bucket
from infra.vault.s3_client import elsewhere, is_amazon
from infra.vault.s3_errors import OPERATORS, UNKNOWN_PART, code_of, refusal_of
from infra.vault.s3_incoming import incoming_bucket
from portfolio.application.ports import StorageMisconfigured

PARTS: dict[str, tuple[str, str, str]] = {
    "versioning": ("get_bucket_versioning", "put_bucket_versioning", "VersioningConfiguration"),
    "encryption": ("get_bucket_encryption", "put_bucket_encryption", "ServerSideEncryptionConfiguration"),
    "lock": ("get_object_lock_configuration", "put_object_lock_configuration", "ObjectLockConfiguration"),
    "public access": ("get_public_access_block", "put_public_access_block", "PublicAccessBlockConfiguration"),
    "CORS rules": ("get_bucket_cors", "put_bucket_cors", "CORSConfiguration"),
    "lifecycle": ("get_bucket_lifecycle_configuration", "put_bucket_lifecycle_configuration", "LifecycleConfiguration"),
    "policy": ("get_bucket_policy", "put_bucket_policy", "Policy"),
}
"""Each part of a bucket's setup: how it is read, how it is written, and the name of what is written."""

NONE_YET = {
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


PROBE = "conditional-writes"
"""Under which name it is tried whether an object is written once."""
WITHOUT_TLS = "NothingWithoutTls"
HERE = ("localhost", "127.0.0.1", "::1")
"""A server on this very machine may be tried out without TLS."""


class SetupFailed(Exception):
    """The buckets could not be set up or read; the message says which part, and why."""


class NotTried(Exception):
    """It could not be tried whether files can be written over; the message says why."""


@dataclass(frozen=True)
class Setup:
    """What the operator says: the bucket and prefix of ``PORTFOLIO_VAULT``, and the site whose pages upload to it.

    ``application`` and ``erasure`` are the ARNs of the roles that may add and read, and delete locked versions. Without
    them the policy grants nothing, and who owns the bucket does everything; with an erasure role nobody else, not even
    who owns the bucket, deletes anything or changes a lock while the policy stands. With a ``kms_key`` everything is
    encrypted with it.
    """

    bucket: str
    prefix: str
    site: str
    application: str = ""
    erasure: str = ""
    kms_key: str = ""

    def buckets(self) -> dict[str, dict[str, Any]]:
        """Return what each bucket must be like, part by part."""
        return {
            self.bucket: self._wanted("evidence_bucket.json", self.bucket),
            incoming_bucket(self.bucket): self._wanted("incoming_bucket.json", incoming_bucket(self.bucket)),
            previews_bucket(self.bucket): self._wanted("previews_bucket.json", previews_bucket(self.bucket)),
        }

    def _wanted(self, name: str, bucket: str) -> dict[str, Any]:
        words = {
            "bucket": bucket,
            "prefix": f"{self.prefix.strip('/')}/".lstrip("/"),
            "site": self.site,
            "application": self.application,
            "erasure": self.erasure,
            "kms key": self.kms_key,
        }
        text = files("infra.deploy").joinpath(name).read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"<{word}>", json.dumps(value)[1:-1])
        wanted: dict[str, Any] = json.loads(text)
        unsaid = {name for name, value in (("NobodyElse", self.erasure), ("NothingUnder", self.kms_key)) if not value}
        wanted["policy"]["Statement"] = [
            one
            for one in wanted["policy"]["Statement"]
            if one["Principal"] != {"AWS": [""]} and not one["Sid"].startswith(tuple(unsaid))
        ]
        if not self.kms_key:
            del wanted["encryption"]
        return wanted


def apply(client: Any, setup: Setup) -> list[str]:
    """Make the buckets if need be, change what differs and nothing else; return what was done, in sentences.

    Raises ``SetupFailed`` where the storage refuses; run again, it takes up what is left.
    """
    done = []
    for bucket, wanted in _wanted(client, setup):
        there = _head(client, bucket)
        if there is not None and (sentence := elsewhere(client, bucket, there)):
            raise SetupFailed(sentence)
        if there is None:
            _make(client, bucket, locked="lock" in wanted)
            done.append(f"Made the bucket {bucket}.")
        for part, value in wanted.items():
            have = _read(client, bucket, part)
            if list(_differences(have, value)):
                _write(client, bucket, part, value)
                done.append(f"Set the {part} of {bucket}.")
    return done


def verify(client: Any, setup: Setup) -> list[str]:
    """Return each difference between the buckets and what they must be, in a sentence; none if all is well.

    Raises ``SetupFailed`` if a bucket cannot be read.
    """
    faults = []
    for bucket, wanted in _wanted(client, setup):
        there = _head(client, bucket)
        if there is None:
            faults.append(f"There is no bucket {bucket}.")
            continue
        if sentence := elsewhere(client, bucket, there):
            faults.append(sentence)
            continue
        for part, value in wanted.items():
            have = _read(client, bucket, part)
            faults += [f"The {part} of {bucket}: {difference}." for difference in _differences(have, value)]
    return faults


def probe(client: Any, setup: Setup) -> str | None:
    """Return why sealed files could be written over, None if they cannot: it is tried with a small object that goes.

    Raises ``NotTried`` where we may not write to the incoming bucket, ``SetupFailed`` if the storage does not answer.
    """
    bucket = incoming_bucket(setup.bucket)
    what = {"Bucket": bucket, "Key": f"{setup.prefix.strip('/')}/{PROBE}".lstrip("/")}
    heeded = False
    with _telling(f"It cannot be tried whether {bucket} heeds conditional writes"):
        try:
            for _ in range(2):  # of which the second must be refused
                client.put_object(**what, Body=PROBE.encode(), IfNoneMatch="*")
        except ClientError as error:
            code = code_of(error)
            if code in ("AccessDenied", "403"):
                raise NotTried(
                    f"It was not tried whether {bucket} heeds conditional writes, since this role may not write there."
                ) from error
            if code not in ("PreconditionFailed", "412") and OPERATORS.get(code) != UNKNOWN_PART:
                raise
            heeded = code in ("PreconditionFailed", "412")
    with suppress(ClientError, BotoCoreError):  # else the lifecycle takes it away
        client.delete_object(**what)
    return None if heeded else f"{UNKNOWN_PART[0].upper()}{UNKNOWN_PART[1:]}: keep files in another one."


def _wanted(client: Any, setup: Setup) -> list[tuple[str, dict[str, Any]]]:
    return [(bucket, _parts(client, wanted)) for bucket, wanted in setup.buckets().items()]


def _parts(client: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the parts this server is asked for, in the order of their setting."""
    parts = dict(wanted)
    if not is_amazon(client):
        # Ceph 16 takes every PUT for one with a public ACL, and every policy that grants something for a public one.
        del parts["public access"]
        parts["policy"] = {**wanted["policy"], "Statement": [_by_name(one) for one in wanted["policy"]["Statement"]]}
    address = urlsplit(client.meta.endpoint_url)
    if address.scheme == "http":
        if address.hostname not in HERE:
            raise SetupFailed(
                f"Evidence would travel unencrypted to {client.meta.endpoint_url}: name an https address."
            )
        statements = [one for one in parts["policy"]["Statement"] if one["Sid"] != WITHOUT_TLS]  # or we lock us out
        parts["policy"] = {**wanted["policy"], "Statement": statements}
        if not statements:
            del parts["policy"]
    return parts


def _by_name(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement against all but one role as servers read it that do not know the condition.

    Amazon's roles act under names of their sessions, which only the condition sees through.
    """
    role = statement.get("Condition", {}).get("ArnNotEquals", {}).get("aws:PrincipalArn")
    if role is None:
        return statement
    said = {name: value for name, value in statement.items() if name not in ("Principal", "Condition")}
    return {**said, "NotPrincipal": {"AWS": [role]}}


def _head(client: Any, bucket: str) -> dict[str, Any] | None:
    """Return what the storage says of a bucket, None if there is none."""
    with _telling(f"The bucket {bucket} cannot be reached"):
        try:
            answer: dict[str, Any] = client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                return None
            raise
    return answer


def _make(client: Any, bucket: str, *, locked: bool) -> None:
    options: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if locked else {}
    region = client.meta.region_name
    if is_amazon(client) and region not in ("us-east-1", "aws-global"):
        options["CreateBucketConfiguration"] = {"LocationConstraint": region}
    with _telling(f"The bucket {bucket} cannot be made"):
        client.create_bucket(Bucket=bucket, **options)


def _read(client: Any, bucket: str, part: str) -> Any:
    """Return a part of the setup as the storage has it, None if it has none."""
    reads, _, name = PARTS[part]
    with _telling(f"The {part} of {bucket} cannot be read"):
        try:
            answer = getattr(client, reads)(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in NONE_YET:
                return None
            raise
    content = answer.get(name, answer)
    return json.loads(content) if part == "policy" else content


def _write(client: Any, bucket: str, part: str, value: Any) -> None:
    _, writes, name = PARTS[part]
    with _telling(f"The {part} of {bucket} cannot be set"):
        getattr(client, writes)(**{"Bucket": bucket, name: json.dumps(value) if part == "policy" else value})


@contextmanager
def _telling(trouble: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        refusal = error.response["Error"]
        reason = f"{refusal['Code']}: {refusal['Message']}" if refusal.get("Message") else refusal["Code"]
        raise SetupFailed(_explained(f"{trouble} ({reason})", error)) from error
    except BotoCoreError as error:
        raise SetupFailed(_explained(f"{trouble} ({error})", error)) from error


def _explained(trouble: str, error: Exception) -> str:
    """Add to a trouble what it means, where that is known."""
    refusal = refusal_of(error)
    return f"{trouble}: {str(refusal).rstrip('.')}." if isinstance(refusal, StorageMisconfigured) else f"{trouble}."


def _differences(have: Any, wanted: Any, where: str = "") -> Iterator[str]:
    """Yield what is not as wanted; what the storage says beyond that, but for more entries in a list, is its own."""
    if have is None:
        yield f"{where} is missing".lstrip() if where else "there is none"
    elif isinstance(wanted, dict) and isinstance(have, dict):
        for name, value in wanted.items():
            yield from _differences(have.get(name), value, f"{where} {name}".lstrip())
    elif isinstance(wanted, list):
        entries = have if isinstance(have, list) else [have]  # a list of one comes back as that one
        pairs = list(zip(_sorted(entries), _sorted(wanted), strict=False))
        if len(entries) != len(wanted) or any(list(_differences(mine, theirs)) for mine, theirs in pairs):
            yield f"{where} is {_spoken(have)}, it must be {_spoken(wanted)}"
    elif have != wanted:
        yield f"{where} is {_spoken(have)}, it must be {_spoken(wanted)}"


def _sorted(entries: list[Any]) -> list[Any]:
    return sorted(
        entries, key=lambda entry: entry.get("Sid") or entry.get("ID") or "" if isinstance(entry, dict) else entry
    )


def _spoken(value: Any) -> str:
    return json.dumps(value, default=str)
