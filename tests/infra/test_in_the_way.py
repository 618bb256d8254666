"""What stands where a file should be, or is not ours: one sentence that names it, says what it is, and the way out."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.deployment import create
from infra.settings import Settings
from tests.architecture.source import ROOT
from tests.programs import PLAIN

SETPRIV = shutil.which("setpriv")
EVERY_FILE = "-dac_override,-dac_read_search"
OURS = "run this as the user whose it is"
FACTS, VIEWS, KEY = "data/facts.db", "data/views.db", "data-keys/index-key"


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a folder with a deployment, and the views of its facts."""
    folder = Path(tempfile.mkdtemp(prefix="in-the-way-"))
    settings = Settings.read({"PORTFOLIO_FOLDER": str(folder / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    told(folder, "rebuild")
    yield folder
    for path in (folder, *folder.iterdir()):
        path.chmod(0o700)
    shutil.rmtree(folder)


def told(folder: Path, command: str) -> str:
    """Return what a command says, run without root's right to use every file."""
    run = [sys.executable, "-P", "-c", "from infra.cli import main; main()", command]
    if os.geteuid() == 0:
        if SETPRIV is None:
            pytest.skip("setpriv is not on this machine (Debian: util-linux): root may use every file")
        run = [SETPRIV, f"--bounding-set={EVERY_FILE}", f"--inh-caps={EVERY_FILE}", *run]
    variables = {**PLAIN, "PYTHONPATH": str(ROOT), "PORTFOLIO_FOLDER": str(folder / "data")}
    done = subprocess.run(run, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def in_its_place(path: Path) -> None:
    """Let a folder stand where a file was."""
    path.unlink()
    for left in path.parent.glob(f"{path.name}-*"):
        left.unlink()
    path.mkdir()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "command", "sentence"),
    [
        (FACTS, "fsck", "facts.db cannot be opened (it is a folder): move it away, and put back the file"),
        (FACTS, "rebuild", "facts.db cannot be opened (it is a folder): move it away, and put back the file"),
        (VIEWS, "fsck", "views.db does not hold the views (it is a folder): move it away, and it is made again"),
        (VIEWS, "rebuild", "views.db does not hold the views (it is a folder): move it away, and it is made again"),
        (KEY, "fsck", "index-key cannot be read: it is a folder: move it away, and"),
        (
            "data-keys/chain-head",
            "rebuild",
            "chain-head cannot be read (Is a directory): let this user read it",
        ),
        ("data/lock", "rebuild", "lock is a folder, and a file is needed there: move it away"),
    ],
)
def test_a_folder_where_a_file_should_be_is_named_with_the_way_out(
    place: Path, what: str, command: str, sentence: str
) -> None:
    in_its_place(place / what)
    assert sentence in told(place, command)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "command", "sentence"),
    [
        (FACTS, "fsck", f"facts.db cannot be opened (this user may not read and write it): {OURS}"),
        (VIEWS, "fsck", f"views.db cannot be opened (this user may not read and write it): {OURS}"),
        (KEY, "fsck", f"index-key cannot be read: this user may not read and write it: {OURS}"),
        ("data-keys", "fsck", "this user may not enter"),
        ("data-keys/chain-head", "fsck", "chain-head cannot be read (Permission denied): let this user read it"),
        ("data/lock", "rebuild", f"lock: this user may not use it: {OURS}"),
        ("data", "fsck", OURS),
    ],
)
def test_what_this_user_may_not_use_is_named_with_the_way_out(
    place: Path, what: str, command: str, sentence: str
) -> None:
    (place / what).chmod(0)
    assert sentence in told(place, command)
