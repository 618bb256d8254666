"""A new deployment for a test."""

from pathlib import Path

import pytest

from infra.deployment import create
from infra.settings import Settings


def new_deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return the settings of one with an administrator, on the store that the fixture's parameter names."""
    variables = {"PORTFOLIO_FOLDER": str(tmp_path / "data")}
    if request.param == "postgres":
        variables["PORTFOLIO_DATABASE_URL"] = request.getfixturevalue("database")
    settings = Settings.read(variables)
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    return settings
