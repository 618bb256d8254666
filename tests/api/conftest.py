"""The service on real stores, told a story as far as a test needs it."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.story import BEFORE, begin, people, planned, told
from tests.api.world import World

Tell = Callable[[str], World]


@pytest.fixture
def collector_at_rest() -> Iterator[None]:
    """Collect nothing meanwhile: a finalizer of another test's that runs at the limit of recursion would fail."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Tell:
    """Return the world as a stage of the story left it, told when first asked for and closed."""
    folder = tmp_path_factory.mktemp("story")
    known: dict[str, World] = {}

    def of(stage: str) -> World:
        if stage not in known:
            known[stage] = told(stage, folder / stage, of(BEFORE[stage]) if stage in BEFORE else None)
        return known[stage]

    return of


@pytest.fixture
def tell(stages: Tell, tmp_path: Path) -> Iterator[Tell]:
    """Return an open copy of the world at a stage."""
    opened: list[World] = []

    def copy(stage: str) -> World:
        world = stages(stage).copy(tmp_path / f"{stage}-{len(opened)}")
        opened.append(world)
        return world

    yield copy
    for world in opened:
        world.close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[World]:
    """Return a live deployment with people, the draft plan, criteria and a form that is not approved."""
    world = World.new(tmp_path / "live", "live")
    for step in (begin, people, planned):
        step(world)
    yield world
    world.close()
