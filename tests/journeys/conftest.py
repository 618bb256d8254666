from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.demo.stage import Stage
from tests.journeys.service import serving


@pytest.fixture(params=["in the folder", "on PostgreSQL"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    database = None if request.param == "in the folder" else request.getfixturevalue("database")
    with serving(tmp_path, database) as stage:
        yield stage
