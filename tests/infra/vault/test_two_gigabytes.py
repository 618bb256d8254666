"""The largest file that is taken costs no process of a real server much memory; it is that large with ``make soak``."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bench.large_file import write_large_file, write_large_sound
from infra.bench.memory import Grown, watched
from infra.bench.service import Service, serving
from infra.bench.upload import MOST_OVER_IDLE
from portfolio.domain.evidence.media import LARGEST_FILE
from tests.infra.vault.buckets import Server, running
from tests.soak import SOAK

SIZE = LARGEST_FILE if SOAK > 1 else 21_000_000
"""Bytes: in the suite five parts, which show that the test would tell."""
SMALL = 1_000_000
"""Bytes of a file whose child has as good as nothing beside its libraries."""
WRITERS = {"text/plain": write_large_file, "audio/wav": write_large_sound}


@pytest.fixture(params=["folder", pytest.param("radosgw", marks=pytest.mark.s3)])
def variables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Give the settings of each vault there is."""
    if request.param == "folder":
        yield {}
        return
    with running("radosgw", monkeypatch) as server:
        as_application(server, monkeypatch)
        yield {"PORTFOLIO_VAULT": f"s3://{server.bucket}/{server.prefix}"}


def as_application(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service be who may seal, and everybody trust the storage's certificate."""
    _, key, secret = os.environ["TEST_S3_APPLICATION"].split(":")
    for name, value in {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": server.owner.meta.region_name,
        "SSL_CERT_FILE": os.environ["AWS_CA_BUNDLE"],
    }.items():
        monkeypatch.setenv(name, value)


def sent(service: Service, media_type: str, size: int, folder: Path) -> Grown:
    """Send a file, wait until it is sealed, and return by how much the processes grew."""
    file = WRITERS[media_type](folder / f"{size}", size)
    with watched(service.pid) as grown:
        item = service.bring(file, media_type)
        service.finish(item)
    service.discard(item)
    file.unlink()
    return grown


@pytest.mark.slow
@pytest.mark.parametrize("media_type", WRITERS)
def test_the_largest_file_costs_no_process_much_memory(
    variables: dict[str, str], media_type: str, tmp_path: Path
) -> None:
    with serving(tmp_path, **variables) as service:
        large = sent(service, media_type, SIZE, tmp_path)
        small = sent(service, media_type, SMALL, tmp_path)
    print(f"{SIZE:,} bytes of {media_type}: {large}, a small one: {small}")  # noqa: T201 - a soak run says its figures
    assert 0 < large.most() <= MOST_OVER_IDLE
    assert 0 < large.most_of_children() <= small.most_of_children() + MOST_OVER_IDLE
