"""A whole deployment on a disk that takes no writes: it is checked and backed up all the same."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.backup.taking import back_up
from infra.fsck.deployment import differences
from infra.main import open_record
from infra.settings import Settings
from tests.faults.disk import NoDisk, SmallDisk
from tests.infra.backup_world import quiet, told


@pytest.fixture
def read_only(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    try:
        disk = SmallDisk(100_000_000)
    except NoDisk as error:
        pytest.skip(str(error))
    try:
        with told("sqlite", tmp_path, request) as settings:
            folder = disk.folder / "data"
            shutil.copytree(settings.folder, folder)
            subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)  # noqa: S603, S607 - the system's own
            yield Settings.read({"PORTFOLIO_FOLDER": str(folder), "PORTFOLIO_KEYS": str(settings.keys)})
    finally:
        disk.close()


@pytest.mark.slow
def test_what_cannot_be_written_is_checked_and_backed_up(read_only: Settings, tmp_path: Path) -> None:
    with open_record(read_only, read_only=True) as record:
        assert list(differences(record)) == []
        assert back_up(record, tmp_path / "copy", quiet, quiet).missing == []
