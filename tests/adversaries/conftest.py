"""The first days, told once."""

import os
from pathlib import Path

import pytest

from tests.adversaries.base import begun
from tests.adversaries.runner import Run
from tests.api.conftest import base, stages, tell

__all__ = ["base", "first_days", "stages", "tell"]


@pytest.fixture(scope="session")
def first_days(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return the history that every history begins with, closed."""
    run = begun(tmp_path_factory.mktemp("adversaries") / "first days")
    run.world.close()
    return run


@pytest.fixture(scope="session")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "tried"
    shared.mkdir(exist_ok=True)
    return shared
