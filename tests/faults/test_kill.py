import secrets
from pathlib import Path

import pytest

from infra.settings import KNOWN
from tests.faults.kill import kill_and_check

ROUNDS = 3


@pytest.mark.slow
def test_nothing_told_is_lost_and_nothing_is_done_twice_though_the_server_is_killed(tmp_path: Path) -> None:
    counts = kill_and_check(tmp_path, ROUNDS, secrets.randbelow(2**32))
    assert (counts.kills, counts.wrong) == (ROUNDS, [])
    assert counts.cut_off > 0


@pytest.mark.slow
@pytest.mark.skipif("PORTFOLIO_DATABASE_URL" not in KNOWN, reason="the server cannot be set to PostgreSQL yet")
def test_the_same_on_postgresql(tmp_path: Path, database: str) -> None:
    counts = kill_and_check(tmp_path, ROUNDS, secrets.randbelow(2**32), database)
    assert (counts.kills, counts.wrong) == (ROUNDS, [])
    assert counts.cut_off > 0
