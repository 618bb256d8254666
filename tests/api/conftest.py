"""The service on real stores, told a story as far as a test needs it."""

import gc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.story import BEFORE, STAGES, begin, people, planned, told
from tests.api.world import BASE, World
from tests.postgres import Databases

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
def base() -> str:
    """Return the base URL of the worlds that are told."""
    return BASE


@pytest.fixture
def tell(stages: Tell, base: str, tmp_path: Path) -> Iterator[Tell]:
    """Return an open copy of the world at a stage."""
    opened: list[World] = []

    def copy(stage: str) -> World:
        world = stages(stage).copy(tmp_path / f"{stage}-{len(opened)}", base_url=base)
        opened.append(world)
        return world

    yield copy
    for world in opened:
        world.close()


@pytest.fixture(scope="session")
def convened_in_database(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[World]:
    """Give the closed world as a panel was convened, with its facts and views in a database."""
    folder = tmp_path_factory.mktemp("told") / "world"
    folder.mkdir()
    with databases.borrow() as address:
        world = World(folder, database=address).open()
        for step in STAGES[: [step.__name__ for step in STAGES].index("convened") + 1]:
            step(world)
        world.reads.settle()
        world.close()
        yield world


@pytest.fixture(params=["sqlite", "postgres"])
def convened(request: pytest.FixtureRequest, tell: Tell, databases: Databases, tmp_path: Path) -> Iterator[World]:
    """Give an open copy of the world as a panel was convened, on each store."""
    if request.param == "sqlite":
        yield tell("convened")
        return
    told: World = request.getfixturevalue("convened_in_database")
    with databases.copy(told.database) as address, closing(told.copy(tmp_path / "world", address)) as world:
        world.as_("admin").get("/people")  # connections are made by chance, which a test that draws must not see
        yield world


@pytest.fixture
def live(tmp_path: Path) -> Iterator[World]:
    """Return a live deployment with people, the draft plan, criteria and a form that is not approved."""
    world = World.new(tmp_path / "live", "live")
    for step in (begin, people, planned):
        step(world)
    yield world
    world.close()
