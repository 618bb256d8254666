"""The first days, told once."""

import pytest

from tests.adversaries.base import begun
from tests.adversaries.runner import Run
from tests.api.conftest import stages, tell

__all__ = ["first_days", "stages", "tell"]


@pytest.fixture(scope="session")
def first_days(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return the history that every history begins with, closed."""
    run = begun(tmp_path_factory.mktemp("adversaries") / "first days")
    run.world.close()
    return run
