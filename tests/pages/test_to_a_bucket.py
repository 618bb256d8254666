"""A browser sends files straight to a bucket of a real S3 server, as pages, addresses and its CORS rule let it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from infra.scanner.none import NoScanner
from portfolio.application.checking import Checker
from portfolio.application.handler import CommandHandler
from portfolio.application.parts import PART_BYTES
from portfolio.domain.evidence.facts import FileSealed
from tests.api.conftest import Tell
from tests.api.world import World
from tests.checking import AtOnce
from tests.faults.postgres import free_port
from tests.infra.vault import files
from tests.infra.vault.buckets import Server, running
from tests.infra.vault.conftest import digest_of
from tests.pages.browsing import Desk, desk_before
from tests.patience import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.s3]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def base(port: int) -> str:
    """Return the base URL: the site that the bucket takes files from."""
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def server(base: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with running("radosgw", monkeypatch, fresh=True, site=base) as server:
        yield server


@pytest.fixture
def desk(server: Server, browser: Browser, tell: Tell, port: int) -> Iterator[Desk]:
    world = tell("enrolled")
    handler = CommandHandler(world.journal, server.vault, lambda: world.now, world.handler.new_id)
    world.services = replace(
        world.services,
        handler=handler,
        vault=server.vault,
        checking=AtOnce(Checker(handler, server.vault, NoScanner())),
    )
    with desk_before(browser, world, port=port) as desk:
        yield desk


def sealed(world: World) -> list[Any]:
    return [entry.fact for entry in world.journal.since(0, 10_000) if isinstance(entry.fact, FileSealed)]


@pytest.mark.parametrize("content", [files.pdf(), bytes(range(32, 127)) * (PART_BYTES // 40)], ids=["one PUT", "parts"])
def test_a_file_goes_from_the_page_to_the_bucket_and_is_sealed(
    desk: Desk, server: Server, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / ("plan.pdf" if content.startswith(b"%PDF") else "log.txt")
    file.write_bytes(content)
    page = desk.sits("mia", ignore_https_errors=True)
    sent: list[str] = []
    page.on("request", lambda request: sent.extend([request.url] if request.method == "PUT" else []))
    page.goto(desk.path("/enrolments/{enrolment}/hand-in"))
    page.get_by_label("Add files").set_input_files(file)
    arrived = page.locator("#files > [id]").get_by_text("Arrived", exact=True)
    expect(arrived).to_be_visible(timeout=1000 * PATIENCE)
    (fact,) = sealed(desk.world)
    assert fact.sha256 == digest_of(content) == server.vault.digest(fact.object_id)
    assert len(sent) == -(-len(content) // PART_BYTES)
    assert {f"{each.scheme}://{each.netloc}" for each in map(urlsplit, sent)} == {server.vault.origin}
    assert desk.complaints == []
