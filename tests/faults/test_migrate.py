"""While a sync of the database server fails, ``portfolio migrate`` says only what is so, and is done when repeated."""

import secrets
from pathlib import Path

import pytest

from infra.store.postgres.migrate import migrate
from infra.store.postgres.recorder import FORMAT, format_of
from infra.store.refusals import CannotOpen
from tests.faults.postgres import Postgres
from tests.faults.syncs import NoCompiler, Syncs
from tests.soak import times

ROUNDS = times(12)
FURTHEST = 6
"""Of the syncs that the server makes meanwhile, its own work behind included, one of so many fails."""


@pytest.mark.slow
def test_whichever_sync_of_the_server_fails_a_migration_is_whole_or_was_not_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    try:
        syncs = Syncs.under(tmp_path)
    except NoCompiler:
        pytest.skip("there is no C compiler")
    server = Postgres(syncs=syncs)
    try:
        for number in range(ROUNDS):
            with server.hand("postgres") as hand:
                hand.execute(f"CREATE DATABASE round_{number} TEMPLATE template0")
            url = server.url().replace("/facts", f"/round_{number}")
            syncs.fail(1 + secrets.randbelow(FURTHEST))
            try:
                migrate(url)
            except CannotOpen as refusal:
                told = str(refusal)
            else:
                told = ""
            syncs.fail(0)
            server.recover()
            there = format_of(url) == FORMAT
            assert there or told, "it was made, and is not there"
            assert not ("nothing in it was changed" in told and there), told
            migrate(url)
            assert format_of(url) == FORMAT
    finally:
        server.close()
