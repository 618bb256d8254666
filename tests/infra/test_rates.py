"""Each person, and each address, is counted for itself; several processes count together."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import psycopg
import pytest
from limits.storage import MemoryStorage, Storage

from api.rates import COUNTED
from infra.rate_limits import RateLimits
from infra.rates import DEFAULTS, rates_of
from infra.store.postgres.counts import SharedCounts

A, B = UUID(int=1), UUID(int=2)
COLLEGE = "192.0.2.1"


@pytest.fixture(params=["memory", "postgres"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    if request.param == "memory":
        yield MemoryStorage()
        return
    with closing(SharedCounts(request.getfixturevalue("database"))) as shared:
        yield shared


def test_a_person_is_told_how_long_to_wait_and_nobody_else_is(storage: Storage) -> None:
    rates = RateLimits(rates_of("seals=2/hour"), storage)
    assert [rates.wait("seals", person=A, address=None) for _ in range(2)] == [0, 0]
    assert 3590 < rates.wait("seals", person=A, address=None) <= 3600
    assert rates.wait("seals", person=B, address=None) == 0
    assert rates.wait("imports", person=A, address=None) == 0


def test_an_address_has_room_for_many_people(storage: Storage) -> None:
    rates = RateLimits(rates_of("uploads=2/hour"), storage)
    people = [UUID(int=number) for number in range(20)]
    assert [rates.wait("uploads", person=person, address=COLLEGE) for person in people] == [0] * 20
    assert rates.wait("uploads", person=UUID(int=99), address=COLLEGE) > 0
    assert rates.wait("uploads", person=UUID(int=98), address="192.0.2.2") == 0


def test_thirty_apprentices_behind_one_address_hand_in_twenty_files_each_in_one_minute() -> None:
    rates = RateLimits(rates_of(""))
    classroom = [UUID(int=number) for number in range(1, 31)]
    waits = {
        rates.wait(what, person=person, address=COLLEGE)
        for _ in range(20)
        for person in classroom
        for what in ("uploads", "seals")
    }
    assert waits == {0}


def test_all_processes_on_one_database_count_together(database: str) -> None:
    with closing(SharedCounts(database)) as one, closing(SharedCounts(database)) as other:
        workers = [RateLimits(rates_of("sign-in=1/hour"), shared) for shared in (one, other)]
        tries = [workers[number % 2].wait("sign-in", person=None, address=COLLEGE) for number in range(11)]
    assert tries[:10] == [0] * 10
    assert tries[10] > 0


def test_a_window_that_has_ended_begins_anew_and_others_that_ended_are_forgotten(database: str) -> None:
    with closing(SharedCounts(database)) as shared, psycopg.connect(database, autocommit=True) as connection:
        assert [shared.incr("a", 60), shared.incr("a", 60), shared.incr("b", 60)] == [1, 2, 1]
        connection.execute("UPDATE record.counts SET ends = now() - interval '1 second'")
        assert (shared.get("a"), shared.incr("a", 60)) == (0, 1)
        assert connection.execute("SELECT key FROM record.counts").fetchall() == [("a",)]
        shared.clear("a")
        assert (shared.check(), shared.incr("c", 60), shared.reset()) == (True, 1, 1)


def test_while_the_counts_cannot_be_kept_nobody_is_turned_away(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP TABLE record.counts")  # as before ``portfolio migrate`` of this release
    with closing(SharedCounts(database)) as shared:
        rates = RateLimits(rates_of("sign-in=1/hour"), shared)
        assert [rates.wait("sign-in", person=None, address=COLLEGE) for _ in range(12)] == [0] * 12


def test_no_address_is_kept(database: str) -> None:
    with closing(SharedCounts(database)) as shared:
        RateLimits(rates_of(""), shared).wait("sign-in", person=None, address=COLLEGE)
    with psycopg.connect(database) as connection:
        ((key,),) = connection.execute("SELECT key FROM record.counts").fetchall()
    assert COLLEGE not in key


def test_what_a_setting_leaves_out_stays_as_it_was() -> None:
    assert {**rates_of(""), "seals": None} == {**rates_of("seals=1/hour"), "seals": None}
    assert rates_of(DEFAULTS) == rates_of("")


@pytest.mark.parametrize("text", ["seals", "seals=often", "coffee=1/hour", "seals=1/hour,uploads", "seals=0/hour"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rates_of(text)


def test_what_the_service_counts_has_a_rate() -> None:
    assert {*COUNTED.values(), "sign-in", "imports", "links"} == rates_of("").keys()


def test_no_command_waits_for_the_library_that_counts() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import infra.main, infra.cli.access, sys; sys.exit('limits' in sys.modules)"],
        check=False,
    )
    assert done.returncode == 0
