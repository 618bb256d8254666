"""Kernels without what confines a parser: in a process of its own, a filter answers as an older one does."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from infra.vault import sandbox
from infra.vault.sandbox import ALLOW, ANSWER, EQUAL, FAIL_WITH, LOAD, step
from tests.architecture.source import ROOT
from tests.patience import PATIENCE

PRCTL = {"x86_64": 157, "aarch64": 167}

BEFORE = "import sys, json; from tests.infra.vault.kernels import become; become(*json.loads(sys.argv.pop(1))); "


def become(*lacking: str) -> None:
    """Make this process, and all that it starts, run on a kernel without Landlock, without seccomp, or both."""
    sandbox.LIBC.prctl(sandbox.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    steps = step(LOAD, 0)
    if "Landlock" in lacking:
        steps += step(EQUAL, sandbox.LANDLOCK_CREATE_RULESET, 0, 1) + step(ANSWER, FAIL_WITH | errno.ENOSYS)
    if "seccomp" in lacking:
        steps += (
            step(EQUAL, PRCTL[os.uname().machine], 0, 3)
            + step(LOAD, 16)
            + step(EQUAL, sandbox.PR_SET_SECCOMP, 0, 1)
            + step(ANSWER, FAIL_WITH | errno.EINVAL)
        )
    assert sandbox.add_filter(steps + step(ANSWER, ALLOW))


def on_a_kernel_without(lacking: Sequence[str], script: str, *arguments: str) -> Any:
    """Return what a script prints as JSON there."""
    command = [sys.executable, "-P", "-c", BEFORE + script, json.dumps(list(lacking)), *arguments]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - our own script
        command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
