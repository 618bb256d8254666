"""Copies of keys and of records from before and after the key of tokens was rotated."""

import stat
from pathlib import Path

import pytest

from infra.cli import cli
from infra.cli.running import run
from infra.settings import Settings
from tests.infra.backup_world import copy_of
from tests.infra.test_rotation import FIRST, SECOND, THIRD, rotated


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in a folder with a demo deployment."""
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["init", "--demo"]) == 0


def done(capsys: pytest.CaptureFixture[str], *words: str, ends: int = 0) -> str:
    capsys.readouterr()
    status = run(cli, list(words))
    told = "".join(capsys.readouterr())
    assert status == ends, told
    return told


@pytest.mark.usefixtures("place")
def test_both_keys_are_backed_up_and_restored(capsys: pytest.CaptureFixture[str]) -> None:
    done(capsys, "rotate-key", "--reason", "yearly")
    done(capsys, "backup", "copy", "--keys", "keys")
    assert {path.name for path in Path("keys").iterdir()} == {"index-key", "upload-key", FIRST, SECOND}
    told = done(capsys, "restore", "copy", "--keys", "keys", "--folder", "new")
    assert "token-key" not in told
    assert stat.S_IMODE(Path("new-keys", SECOND).stat().st_mode) == 0o400
    done(capsys, "fsck", "--folder", "new")


@pytest.mark.usefixtures("place")
def test_an_older_copy_under_newer_keys_says_that_the_old_key_is_accepted_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done(capsys, "backup", "copy", "--keys", "old keys")
    done(capsys, "rotate-key", "--at-once", "--reason", "stolen")
    done(capsys, "backup", "newer", "--keys", "keys")
    told = done(capsys, "restore", "copy", "--keys", "keys", "--folder", "new")
    assert f"The record does not name {Path('new-keys', SECOND).absolute()}" in told
    assert f"the record is older than it and accepts tokens of {FIRST}" in told
    done(capsys, "rotate-key", "--at-once", "--reason", "stolen", "--folder", "new")
    assert "does not name" not in done(capsys, "fsck", "--folder", "new")
    told = done(capsys, "restore", "newer", "--keys", "old keys", "--folder", "newest")
    assert f"There is no {Path('newest-keys', SECOND).absolute()}" in told
    assert SECOND in done(capsys, "doctor", "--folder", "newest", ends=1)
    done(capsys, "rotate-key", "--at-once", "--reason", "lost", "--folder", "newest")
    done(capsys, "fsck", "--folder", "newest")


def test_a_copy_names_the_keys_that_are_in_use(on_sqlite: Settings, tmp_path: Path) -> None:
    rotated(on_sqlite)
    assert set(copy_of(on_sqlite, tmp_path / "one").keys) == {"index-key", "upload-key", FIRST, SECOND}
    rotated(on_sqlite, "--at-once")
    assert set(copy_of(on_sqlite, tmp_path / "two").keys) == {"index-key", "upload-key", THIRD}
