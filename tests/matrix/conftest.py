"""The world in which the cast is, on each store."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.conftest import base, convened_in_database, stages, tell
from tests.api.world import World
from tests.matrix import cast
from tests.postgres import Databases

__all__ = ["base", "convened_in_database", "stages", "tell"]


@pytest.fixture(params=["sqlite", "postgres"])
def everybody(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Give a world with everybody of the cast in it."""
    if request.param == "sqlite":
        with closing(request.getfixturevalue("stages")("convened").copy(tmp_path / "world")) as world:
            cast.tell(world)
            yield world
        return
    told: World = request.getfixturevalue("convened_in_database")
    with databases.copy(told.database) as address, closing(told.copy(tmp_path / "world", address)) as world:
        cast.tell(world)
        yield world
