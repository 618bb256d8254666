import subprocess
import sys
from pathlib import Path

import pytest

from infra.lock import FolderInUse, folder_lock

HOLD = """
import sys
from pathlib import Path
from infra.lock import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holding(folder: Path) -> "subprocess.Popen[str]":
    """Start a process that holds the folder until its input ends."""
    holder = subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_process_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        with pytest.raises(FolderInUse, match=f"process {holder.pid}:"), folder_lock(tmp_path):
            pass
        holder.communicate("")


def test_a_folder_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        holder.kill()
    with folder_lock(tmp_path):
        pass


def test_a_folder_is_free_after_the_end(tmp_path: Path) -> None:
    for _ in range(2):
        with folder_lock(tmp_path):
            pass


def test_one_process_does_not_take_a_folder_twice(tmp_path: Path) -> None:
    with folder_lock(tmp_path), pytest.raises(FolderInUse), folder_lock(tmp_path):
        pass
