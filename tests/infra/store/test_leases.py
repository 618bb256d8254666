"""Leases on files that wait to be checked, on each store: one worker a file, one file a sender."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import UUID

import pytest

from infra.store.leases import LEASE_SECONDS, Leases
from infra.store.postgres.leases import SharedLeases
from infra.store.sqlite.leases import SqliteLeases
from tests.domain.world import an_id

FILE, OTHER, MIA, NOAH = an_id("file"), an_id("other"), an_id("mia"), an_id("noah")
Open = Callable[..., Leases]


@pytest.fixture(params=["sqlite", "postgres"])
def leases(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Give what opens the leases as one process takes them; leases of no ``seconds`` have run out at once."""
    database = request.getfixturevalue("database") if request.param == "postgres" else ""
    with ExitStack() as opened:

        def of_a_process(seconds: float = LEASE_SECONDS) -> Leases:
            made = SharedLeases(database, seconds) if database else SqliteLeases(seconds=seconds)
            return opened.enter_context(closing(made))

        yield of_a_process


def free(leases: Leases) -> dict[UUID, bool]:
    return {file: lease.free for file, lease in leases.standing().items()}


def test_a_file_has_one_worker_until_it_gives_it_back(leases: Open) -> None:
    here = leases()
    assert here.take(FILE, MIA)
    assert not here.take(FILE, MIA)
    assert free(here) == {FILE: False}
    here.renew([FILE])
    here.free(FILE)
    assert here.standing() == {}
    assert here.take(FILE, MIA)


def test_one_file_of_a_sender_is_checked_at_a_time(leases: Open) -> None:
    here = leases()
    assert here.take(FILE, MIA)
    assert not here.take(OTHER, MIA)
    assert here.take(OTHER, NOAH)


def test_a_worker_that_dies_gives_its_file_to_another_when_its_lease_has_run_out(leases: Open) -> None:
    dead = leases(seconds=0)
    assert dead.take(FILE, MIA)
    assert free(dead) == {FILE: True}
    assert dead.take(OTHER, MIA)
    assert dead.take(FILE, NOAH)


def test_a_lease_that_was_not_given_back_runs_out_although_its_process_lives(leases: Open) -> None:
    """Giving it back may fail, such as where the connection to the database is broken: the file must not be lost."""
    here = leases(seconds=0)
    assert here.take(FILE, MIA)
    assert here.take(OTHER, NOAH)
    here._seconds = LEASE_SECONDS  # type: ignore[attr-defined]  # as time passes
    here.renew([OTHER])
    assert free(here) == {FILE: True, OTHER: False}
    assert here.take(FILE, MIA)


def test_a_file_that_could_not_be_checked_rests_and_says_why(leases: Open) -> None:
    here = leases()
    assert here.take(FILE, MIA)
    here.rest(FILE, "The disk failed.")
    assert not here.take(FILE, MIA)
    ((sender, may, why),) = here.standing().values()
    assert (sender, may, why) == (MIA, False, "The disk failed.")
    assert here.take(OTHER, MIA), "it keeps nobody from the sender's next file"


def test_of_two_machines_one_has_the_file(database: str) -> None:
    with closing(SharedLeases(database)) as here, closing(SharedLeases(database)) as there:
        assert here.take(FILE, MIA)
        assert not there.take(FILE, MIA)
        there.free(FILE)
        there.rest(FILE, "It is not theirs.")
        assert free(here) == {FILE: False}
        assert here.standing()[FILE].why == ""
    with closing(SharedLeases(database, seconds=0)) as dead, closing(SharedLeases(database)) as alive:
        assert dead.take(OTHER, NOAH)
        assert alive.take(OTHER, NOAH)
        dead.renew([OTHER])
        dead.free(OTHER)
        assert free(alive)[OTHER] is False


def test_rest_grows_with_each_failure_and_ends() -> None:
    now = 0.0
    with closing(SqliteLeases(lambda: now)) as here:
        rests = []
        for _ in range(9):
            assert here.take(FILE, MIA)
            here.rest(FILE, "No.")
            began = now
            while not here.standing()[FILE].free:
                now += 5
            rests.append(now - began)
        assert rests == [5, 10, 20, 40, 80, 160, 320, 320, 320]


def test_what_nobody_works_at_for_a_day_is_forgotten() -> None:
    now = 0.0
    with closing(SqliteLeases(lambda: now)) as here:
        assert here.take(FILE, MIA)
        here.rest(FILE, "No.")
        now = 2 * 24 * 3600
        assert here.take(OTHER, NOAH)
        assert set(here.standing()) == {OTHER}
