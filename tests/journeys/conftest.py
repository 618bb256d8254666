from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.demo.stage import Stage
from tests.journeys.service import serving


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with serving(tmp_path) as stage:
        yield stage
