"""Slow clients take nothing from anybody else."""

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.service import Server
from tests.faults.slow import KINDS, Crowd, say
from tests.soak import times

SECONDS = times(6)
MOST_MEGABYTES = 150
"""Of memory that all slow clients together may take."""


@pytest.mark.slow
def test_everybody_is_answered_beside_slow_clients_and_slow_ones_are_served_in_the_end(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        crowd = Crowd(server, tmp_path)
        met = crowd.beside(KINDS, SECONDS)
        say(KINDS, met)
    finally:
        server.end(signal.SIGTERM)
    assert (met.unanswered, met.wrong, list(server.faults())) == ([], [], [])
    assert met.health
    assert met.page
    assert met.cut["anonymous"] > 0
    assert met.memory[1] - met.memory[0] < MOST_MEGABYTES, sys.stdout
