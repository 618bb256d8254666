from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.openid.given import Here, here


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Here]:
    with here(tmp_path) as opened:
        yield opened
