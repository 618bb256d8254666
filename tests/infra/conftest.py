"""Every command is imported before a test may set the clock: what a module takes from ``infra.main`` stays with it."""

import os
from importlib import import_module
from pathlib import Path

import pytest

from infra.cli import COMMANDS
from infra.deployment import create
from infra.settings import Settings
from tests.infra.terminal import Terminal

for file in {listing.file for listing in COMMANDS.values()}:
    import_module(f"infra.cli.{file}")


@pytest.fixture
def portfolio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PORTFOLIO_")]:
        monkeypatch.delenv(name)
    return Terminal(capsys)


@pytest.fixture
def administrator(portfolio: Terminal) -> str:
    assert portfolio("init", "--demo", "--administrator", "Ann Lee") == 0
    return portfolio.out.splitlines()[1].rpartition(" ")[2]


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Settings:
    """Give those of a deployment where the store makes no difference."""
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    return settings
