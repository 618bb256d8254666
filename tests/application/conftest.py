import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.store.journal import EventJournal
from portfolio.application.imports.carrying_out import Imports
from tests.application.stage import MORNING, Stage

SECRET = b"a secret of these tests, for keys"


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a facts file with a deployment, its people, the plan and the forms: copied, because it takes a while."""
    file = tmp_path_factory.mktemp("begun") / "facts.db"
    journal = EventJournal.in_file(file, secret=SECRET)
    stage = Stage(journal)
    stage.begin()
    stage.build_form()
    journal.close()
    return file


@pytest.fixture
def stage(begun: Path, tmp_path: Path) -> Iterator[Stage]:
    file = shutil.copy(begun, tmp_path / "facts.db")
    journal = EventJournal.in_file(Path(file), secret=SECRET)
    yield Stage(journal, at=MORNING + timedelta(days=1))
    journal.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    """Give a record on which nothing is recorded yet."""
    journal = EventJournal.in_file(tmp_path / "empty.db", secret=SECRET)
    yield Stage(journal)
    journal.close()


@pytest.fixture
def imports(stage: Stage) -> Imports:
    return Imports(stage.handler)
