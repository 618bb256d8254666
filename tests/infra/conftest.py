"""Every command is imported before a test may set the clock: what a module takes from ``infra.main`` stays with it."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import infra.main
from infra.cli import COMMANDS
from infra.deployment import create
from infra.settings import Settings
from tests.deployments import new_deployment
from tests.infra.backup_world import told
from tests.infra.terminal import Terminal
from tests.infra.wall_clock import WallClock

for file in {listing.file for listing in COMMANDS.values()}:
    import_module(f"infra.cli.{file}")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take the service's settings out of the environment."""
    for name in [name for name in os.environ if name.startswith("PORTFOLIO_")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def portfolio(tmp_path: Path, bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    bare.chdir(tmp_path)
    return Terminal(capsys)


@pytest.fixture
def administrator(portfolio: Terminal) -> str:
    assert portfolio("init", "--demo", "--administrator", "Ann Lee") == 0
    return portfolio.out.splitlines()[1].rpartition(" ")[2]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    """Give the clock from which everything takes its time."""
    clock = WallClock()
    monkeypatch.setattr(infra.main, "now", clock)
    return clock


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, bare: pytest.MonkeyPatch) -> Settings:
    """Give those of a new deployment, on each store in turn; commands find it in the environment."""
    settings = new_deployment(request, tmp_path)
    for name, value in settings.environment().items():
        bare.setenv(name, value)
    return settings


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Give those of a deployment in a folder that has sealed files, and no server."""
    with told("sqlite", tmp_path_factory.mktemp("stopped"), request) as settings:
        yield settings


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Settings:
    """Give those of a deployment where the store makes no difference."""
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    return settings
