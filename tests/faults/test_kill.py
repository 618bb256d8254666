import secrets
from pathlib import Path

import pytest

from tests.faults.disk import NoDisk
from tests.faults.injected import FAULTS, ClockBack
from tests.faults.kill import hit_and_check
from tests.faults.syncs import NoCompiler
from tests.soak import SOAK

ROUNDS = 1 if SOAK == 1 else 2 * SOAK
"""Rounds of each fault on each store: a round stops and checks a whole service, and there are two dozen such pairs."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "on_postgres"),
    [
        *(pytest.param(what, False, id=f"{what}, sqlite") for what, kind in FAULTS.items() if kind.without_a_server),
        *(
            pytest.param(what, True, id=f"{what}, postgresql")
            for what, kind in FAULTS.items()
            if SOAK > 1 or not issubclass(kind, ClockBack)  # a clock is the same on either store
        ),
    ],
)
def test_nothing_told_is_lost_and_nothing_is_done_twice_whatever_is_hit(
    tmp_path: Path, what: str, on_postgres: bool
) -> None:
    try:
        counts = hit_and_check(tmp_path, ROUNDS, secrets.randbelow(2**32), what, on_postgres=on_postgres)
    except (NoDisk, NoCompiler) as error:
        pytest.skip(repr(error))
    assert (counts.rounds, counts.wrong) == (ROUNDS, [])
