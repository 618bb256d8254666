from collections.abc import Iterator

import pytest

from tests.projections import support


@pytest.fixture(params=["sqlite", "postgres"], autouse=True)
def views_lie_in(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the views of every test on each database in turn."""
    if request.param == "postgres":
        with support.on_postgres(request.getfixturevalue("databases")):
            yield
    else:
        yield
