from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.scanner.clamd import Clamd
from infra.scanner.none import NoScanner
from portfolio.application.ports import Scanner
from tests.infra.scanner.daemon import Daemon


def now() -> datetime:
    return datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path_factory.mktemp("clamd"))
    yield daemon
    daemon.stop()


@pytest.fixture
def clamd(daemon: Daemon) -> Clamd:
    return Clamd(str(daemon.socket), now)


@pytest.fixture(params=["socket", "port", "none"])
def scanner(request: pytest.FixtureRequest) -> Scanner:
    """Each scanner there is."""
    if request.param == "none":
        return NoScanner()
    daemon: Daemon = request.getfixturevalue("daemon")
    return Clamd(str(daemon.socket) if request.param == "socket" else f"127.0.0.1:{daemon.port}", now)
