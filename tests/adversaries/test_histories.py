"""At sampled states of generated histories everybody tries everything, and a naive model says what must come of it."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.adversaries.actors import KINDS
from tests.adversaries.calls import TRIES
from tests.adversaries.histories import played
from tests.adversaries.known import known
from tests.adversaries.runner import Run
from tests.soak import SOAK, times

CHUNKS = 8
HISTORIES, STATES, TRIED = times(200) // CHUNKS, 20, 20
AT_LEAST = -(-50 // CHUNKS)
"""How often each command and read is tried by each kind of actor in a chunk: in all chunks together 50 times."""
MORE = 25
"""Histories that are added at most until everything was tried so often."""

Keep = Callable[[str, Any], None]
Counts = Counter[tuple[str, str]]


def differences(first_days: Run, folder: Path, seed: int, counts: Counts, most: int = 5) -> list[str]:
    """Return what differed in a history."""
    run = played(first_days, folder / str(seed), seed, STATES, TRIED, counts, most)
    run.world.close()
    return [str(each) for each in run.differences if not known(run.story, each)]


def rare(counts: Counts) -> dict[tuple[str, str], int]:
    return {(name, kind): counts[name, kind] for name in TRIES for kind in KINDS if counts[name, kind] < AT_LEAST}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_everything_that_is_tried_is_allowed_refused_or_invisible_as_the_rules_say(
    chunk: int, first_days: Run, tmp_path: Path, record_property: Keep
) -> None:
    counts: Counts = Counter()
    for number in range(HISTORIES + MORE):
        if number < HISTORIES or rare(counts):
            assert not differences(first_days, tmp_path, 1_000_000 * chunk + number, counts)
    record_property("tried", json.dumps([[name, kind, counts[name, kind]] for name in TRIES for kind in KINDS]))
    assert not rare(counts)


def test_so_it_is_at_every_state(first_days: Run, tmp_path: Path) -> None:
    for number in range(50 if SOAK > 1 else 1):
        assert not differences(first_days, tmp_path, 1_000_000_000 + number, Counter(), 1)
