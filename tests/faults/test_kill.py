import secrets
from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.faults.kill import kill_and_check

ROUNDS = 3


@pytest.mark.slow
def test_nothing_told_is_lost_and_nothing_is_done_twice_though_the_server_is_killed(tmp_path: Path) -> None:
    counts = kill_and_check(tmp_path, ROUNDS, secrets.randbelow(2**32))
    assert (counts.kills, counts.wrong) == (ROUNDS, [])
    assert counts.cut_off > 0


@pytest.mark.slow
def test_the_same_on_postgresql(tmp_path: Path, database: str) -> None:
    named = conninfo_to_dict(database)
    url = f"postgresql:///{named.pop('dbname')}?{urlencode(named)}"
    counts = kill_and_check(tmp_path, ROUNDS, secrets.randbelow(2**32), url)
    assert (counts.kills, counts.wrong) == (ROUNDS, [])
    assert counts.cut_off > 0
