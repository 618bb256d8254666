"""At sampled states of generated histories everybody tries everything, and a naive model says what must come of it."""

import gc
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.adversaries.actors import KINDS
from tests.adversaries.calls import TRIES
from tests.adversaries.histories import played
from tests.adversaries.runner import Run
from tests.soak import SOAK, times

CHUNKS = 100 if SOAK > 1 else 50
HISTORIES = times(2)
"""How many histories are one test: together 100, or 2,000, which the workers of a run share."""
EVERY_STATE = 50 if SOAK > 1 else 1
AT_LEAST = 50 if SOAK > 1 else 10
"""How often each command and read is tried by each kind of actor, in all chunks together; a run says how often."""


Keep = Callable[[str, Any], None]
Counts = Counter[tuple[str, str]]


def differences(first_days: Run, folder: Path, seed: int, counts: Counts, *, every: bool = False) -> list[str]:
    """Return what differed in a history."""
    gc.disable()  # what a history makes is gone with it: nothing is to be looked for meanwhile
    try:
        run = played(first_days, folder / str(seed), seed, counts, every=every)
        run.world.close()
    finally:
        gc.enable()
    return [str(each) for each in run.differences]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_everything_that_is_tried_is_allowed_refused_or_invisible_as_the_rules_say(
    chunk: int, first_days: Run, tmp_path: Path, tried: Path, record_property: Keep
) -> None:
    counts: Counts = Counter()  # of this test alone: it goes the same way whatever ran before it
    for number in range(HISTORIES):
        assert not differences(first_days, tmp_path, 1_000_000 * chunk + number, counts)
    rows = [[name, kind, counts[name, kind]] for name in TRIES for kind in KINDS]
    record_property("tried", json.dumps(rows))
    written = tried / f"{chunk}.part"
    written.write_text(json.dumps(rows))
    written.rename(written.with_suffix(".json"))
    chunks = [*tried.glob("*.json")]
    if len(chunks) == CHUNKS:  # whoever ends last, in whichever process, sees them all
        total: Counts = Counter()
        for each in chunks:
            total.update({(name, kind): number for name, kind, number in json.loads(each.read_text())})
        assert {pair: number for pair, number in total.items() if number < AT_LEAST} == {}


@pytest.mark.parametrize("number", range(EVERY_STATE))
def test_so_it_is_at_every_state(number: int, first_days: Run, tmp_path: Path) -> None:
    assert not differences(first_days, tmp_path, 1_000_000_000 + number, Counter(), every=True)
