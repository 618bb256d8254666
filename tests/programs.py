"""Programs that must succeed: a test that is red because one did not shows what it said."""

import os
import subprocess
from collections.abc import Sequence
from typing import Any

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PORTFOLIO_")}
"""The environment without the service's settings."""


def run(command: Sequence[Any], **named: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it printed; raise ``AssertionError`` with its words if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **named)  # noqa: S603 - our own choice
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done
