"""Which tests are slow; a PostgreSQL server for those that ask: TEST_DATABASE_URL, or one of our own in a folder."""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.postgres import Databases, server_in

SECOND_ADAPTERS = {"postgres", "in_database", "in_lists", "moto"}
LONG_PARTS = (
    "tests/properties/",
    "tests/journeys/",
    "tests/tools/",
    "tests/adversaries/test_histories.py",
    "tests/infra/vault/test_media.py",
    "tests/infra/vault/test_s3",
    "tests/infra/test_fsck.py",
    "tests/infra/test_backup.py",
    "tests/infra/test_repair.py",
    "tests/infra/test_cli_vault.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to ``make test`` what a commit need not wait for: the second store and vault, whole stories."""
    for item in items:
        call = getattr(item, "callspec", None)
        second = call is not None and bool(SECOND_ADAPTERS & {str(value) for value in call.params.values()})
        if second or any(part in item.nodeid for part in LONG_PARTS):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def process_is_left_as_it_was() -> Iterator[None]:
    """Fail a test that leaves environment, current folder or umask other than it found them, for those after it."""
    before = of_process()
    yield
    assert of_process() == before


def of_process() -> tuple[dict[str, str], str, int]:
    """Return what every test shares and what programs that it starts inherit."""
    mask = os.umask(0o077)
    os.umask(mask)
    named = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return named, str(Path.cwd()), mask


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how often each command and read was tried by each kind of actor, and what of the matrix, where any was."""
    tried: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, each in getattr(report, "user_properties", ()):
            if name == "matrix":
                terminalreporter.line(f"{report.nodeid}: {each}")
            if name == "tried":
                tried.update({(call, kind): number for call, kind, number in json.loads(each)})
    if tried:
        terminalreporter.section("tried by each kind of actor")
        for call in sorted({call for call, _ in tried}):
            numbers = ", ".join(f"{kind} {number}" for (each, kind), number in tried.items() if each == call)
            terminalreporter.line(f"{call}: {numbers}")
        (call, kind), number = min(tried.items(), key=lambda each: each[1])
        terminalreporter.line(
            f"Tried least: {call} by {kind}, {number} times; of {len(tried)}, "
            f"{sum(each < 50 for each in tried.values())} fewer than 50 times."
        )


NOT_DURABLE = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET autovacuum = off;
SELECT pg_reload_conf();
"""


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """Give the address of a server on which databases may be made."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = server_in(folder / "data")
    try:
        server.psql(NOT_DURABLE)
        yield f"{server.get_uri()}&connect_timeout={PATIENCE:.0f}"  # on a busy machine many connect at once
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(pg_server: str) -> Iterator[Databases]:
    """Lend databases on that server."""
    lent = Databases(pg_server)
    yield lent
    lent.drop()


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """Give the address of a database that is prepared and has no facts."""
    with databases.borrow() as address:
        yield address


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """Give the address of a database with nothing in it."""
    with databases.borrow(prepared=False) as address:
        yield address
