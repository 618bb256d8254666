"""While any one sync fails, a command says only what is so, and done again everything is there once."""

import secrets

import pytest

from tests.faults.failing import preloaded
from tests.faults.syncs import NoCompiler
from tests.soak import times

ROUNDS = times(75)


def wrong(rounds: int, *names: str) -> str:
    """Return what was wrong in so many rounds of these cases, or of all."""
    try:
        done = preloaded(rounds, secrets.randbelow(2**32), list(names))
    except NoCompiler:
        pytest.skip("there is no C compiler")
    return done.stdout if done.returncode else ""


@pytest.mark.slow
def test_whichever_sync_fails_nothing_is_lost_doubled_or_untrue() -> None:
    assert wrong(ROUNDS) == ""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "rounds"), [("init", 40), ("restore", 40), ("demo", times(1))])
def test_what_broke_off_at_any_sync_is_finished_by_the_same_command(name: str, rounds: int) -> None:
    assert wrong(rounds, name) == ""
