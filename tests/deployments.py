"""A new deployment for a test, and who administers one."""

from pathlib import Path
from uuid import UUID

import pytest

from infra.deployment import create, describe
from infra.main import open_record
from infra.settings import Settings


def new_deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return the settings of one with an administrator, on the store that the fixture's parameter names."""
    variables = {"PORTFOLIO_FOLDER": str(tmp_path / "data")}
    if request.param == "postgres":
        variables |= {"PORTFOLIO_DATABASE_URL": request.getfixturevalue("database"), "PORTFOLIO_SHARED_VAULT": "yes"}
    settings = Settings.read(variables)
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    return settings


def administrator_of(settings: Settings) -> UUID:
    """Return the first administrator of a deployment."""
    with open_record(settings, read_only=True) as record:
        deployment = describe(record.journal)
    assert deployment is not None
    return deployment.administrators[0]
