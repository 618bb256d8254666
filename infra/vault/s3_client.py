"""How S3 is reached: the client, and whether what it reaches lies where it should."""

import os
from typing import Any

import boto3
from botocore.config import Config

from infra.errors import OperatorError


class NoRegion(OperatorError):
    """Nobody has said where evidence may lie; the library would take a region abroad."""

    def __init__(self) -> None:
        super().__init__("Say in AWS_REGION where evidence may lie: without it Amazon's buckets would be in us-east-1.")


def connect(session: boto3.Session | None = None) -> Any:
    """Return an S3 client; region, endpoint and credentials are those of the standard AWS variables and files.

    Another server than Amazon's is named by ``AWS_ENDPOINT_URL_S3`` and addressed by path. ``AWS_REGION`` counts
    before ``AWS_DEFAULT_REGION``, the only one that the library reads. Raises ``NoRegion`` where Amazon has none.
    """
    session = session or boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    options: dict[str, Any] = {
        "signature_version": "s3v4",
        "request_checksum_calculation": "when_required",  # we send our own, and other servers refuse the trailing kind
        "response_checksum_validation": "when_required",
        "retries": {"mode": "standard", "total_max_attempts": 3},
        "connect_timeout": 5,
        "read_timeout": 30,
        "max_pool_connections": 64,
    }
    client = session.client("s3", config=Config(**options))
    if not is_amazon(client):
        return client
    if session.region_name is None:
        client.close()
        raise NoRegion
    client.close()  # the plain form of the address belongs to no region, and a redirect breaks a signed URL
    return session.client("s3", config=Config(**options, s3={"addressing_style": "virtual"}))


def is_amazon(client: Any) -> bool:
    """Tell whether the client talks to Amazon's S3 and not to another server."""
    return ".amazonaws.com" in client.meta.endpoint_url


def browsers_put_to(client: Any, bucket: str) -> str:
    """Return the origin of the addresses of a bucket, as a browser sees it."""
    scheme, _, place = client.meta.endpoint_url.partition("://")
    host = place.partition("/")[0]
    return f"{scheme}://{bucket}.{host}" if is_amazon(client) else f"{scheme}://{host}"


def elsewhere(client: Any, bucket: str, answer: dict[str, Any]) -> str | None:
    """Return a sentence if a bucket, as its HEAD was answered, lies in another region than the client's.

    Only Amazon's regions are places; other servers have one of any name.
    """
    lies_in = answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
    ours = client.meta.region_name
    if not is_amazon(client) or lies_in is None or lies_in == ours:
        return None
    return (
        f"The bucket {bucket} lies in {lies_in}, and AWS_REGION says {ours}: set AWS_REGION to where evidence may lie, "
        "and move the bucket if it is not there."
    )
