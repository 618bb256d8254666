"""What the PostgreSQL store does about a server that does not answer, breaks off, only reads or has a bad disk."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
from psycopg.errors import DiskFull

from infra.store.journal import EventJournal
from infra.store.postgres.migrate import migrate
from infra.store.postgres.server import POOL_SIZE, connect
from infra.store.postgres.writer import Broken, Refused, Writer, prepare
from infra.store.recorder import Request
from infra.store.refusals import AddressFaulty, NoAnswer
from portfolio.application.ports import Busy, Idempotency, OutcomeUnknown, ReadSet, Receipt, StorageBroken, StorageFull
from tests.infra.store.given import SECRET, Hold, Taken, differences, note, receipt_of, request, wait_until
from tests.infra.store.test_postgres import KEY, A, B, recorder_of


@pytest.fixture
def journal(in_database: EventJournal) -> EventJournal:
    return in_database


def break_connections(hand: psycopg.Connection) -> None:
    """Let the server end every connection to the database but this one, and wait until they are gone."""
    hand.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(NoAnswer, match=r"The database facts at 127\.0\.0\.1 cannot be used") as refused:
        EventJournal.in_database("postgresql://service:secret@127.0.0.1:1/facts", secret=SECRET)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "faulty", ["service:secret@127.0.0.1:1/facts?surprise=1", "service:secret%zz@127.0.0.1:1/facts"]
)
def test_an_address_that_cannot_be_read_is_refused_without_the_password(faulty: str) -> None:
    with pytest.raises(AddressFaulty) as refused:
        EventJournal.in_database(f"postgresql://{faulty}", secret=SECRET)
    assert "secret" not in str(refused.value)
    with pytest.raises(AddressFaulty):
        migrate(f"postgresql://{faulty}")


def test_connections_that_broke_are_made_again(journal: EventJournal, hand: psycopg.Connection) -> None:
    journal.append(*request(A, 0, note()))
    break_connections(hand)
    assert journal.head() == 1
    break_connections(hand)
    assert journal.append(*request(A, 1, note(), idempotency=KEY)).position == 2
    assert differences(journal) == []


def test_a_server_that_only_reads_is_asked_again_later(journal: EventJournal, hand: psycopg.Connection) -> None:
    ours = f'ALTER DATABASE "{hand.info.dbname}"'
    hand.execute(f"{ours} SET default_transaction_read_only = on")
    try:
        break_connections(hand)
        with pytest.raises(Busy):
            journal.append(*request(A, 0, note()))
    finally:
        hand.execute(f"{ours} RESET default_transaction_read_only")
    assert journal.append(*request(A, 0, note())).position == 1


def test_an_append_whose_connection_breaks_under_way_is_stored_once(
    journal: EventJournal, hand: psycopg.Connection, hold: Hold
) -> None:
    waiting = """
        FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND NOT granted
    """
    with ThreadPoolExecutor(1) as pool, hold():
        stored = pool.submit(journal.append, *request(A, 0, note()))
        wait_until(lambda: hand.execute(f"SELECT count(*) {waiting}").fetchone() == (1,))
        hand.execute(f"SELECT pg_terminate_backend(pid, 5000) {waiting}")
    assert stored.result().position == 1
    assert differences(journal) == []


class Deaf(Writer):
    """Loses the connection after each of the first appends was stored."""

    def __init__(self, url: str, times: int) -> None:
        super().__init__(url, lambda _: None, lambda: None)
        self.times = times

    def append(self, requests: Sequence[Request]) -> tuple[int, Refused]:
        answer = super().append(requests)
        if self.times:
            self.times -= 1
            self.close()
            raise Broken
        return answer


@pytest.mark.parametrize("key", [None, KEY])
def test_an_append_that_was_stored_before_its_answer_was_lost_is_told_so(
    journal: EventJournal, key: Idempotency | None
) -> None:
    recorder = recorder_of(journal)
    recorder._writer = Deaf(recorder.server.url, times=1)
    appended = request(A, 0, note(), Taken(key="K"), idempotency=key)
    assert receipt_of(journal, *appended) == Receipt(stream=A, version=2, position=2)
    assert journal.head() == 2
    assert differences(journal) == []


def test_a_connection_that_breaks_again_and_again_leaves_it_open_and_the_same_request_tells(
    journal: EventJournal,
) -> None:
    recorder = recorder_of(journal)
    recorder._writer = Deaf(recorder.server.url, times=2)
    with pytest.raises(OutcomeUnknown, match="send the same request again"):
        journal.append(*request(A, 0, note(), idempotency=KEY))
    assert receipt_of(journal, *request(A, 0, note(), idempotency=KEY)).position == 1
    assert journal.head() == 1


def test_a_connection_that_breaks_before_it_is_ready_has_written_nothing(
    database: str, hand: psycopg.Connection
) -> None:
    with connect(database) as connection:
        hand.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            prepare(connection)


class Shut(Deaf):
    """Finds, after it lost the connection, a server that takes nothing."""

    def append(self, requests: Sequence[Request]) -> tuple[int, Refused]:
        if not self.times:
            raise DiskFull
        return super().append(requests)


def test_a_server_that_takes_nothing_after_a_connection_broke_leaves_it_open(journal: EventJournal) -> None:
    recorder = recorder_of(journal)
    recorder._writer = Shut(recorder.server.url, times=1)
    with pytest.raises(OutcomeUnknown, match="send the same request again"):
        journal.append(*request(A, 0, note()))
    assert journal.head() == 1


@pytest.mark.parametrize(
    ("state", "refused"),
    [("53100", StorageFull), ("58030", StorageBroken), ("58P01", StorageBroken), ("XX001", StorageBroken)],
    ids=["disk full", "input or output failed", "file gone", "page not right"],
)
def test_what_fails_on_the_disk_of_the_server_is_said_as_of_our_own(
    journal: EventJournal, hand: psycopg.Connection, state: str, refused: type[Exception]
) -> None:
    """The server says it in its own words: where a fact is written, and where facts are read."""
    hand.execute(
        f"CREATE FUNCTION record.fail() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'could not' USING ERRCODE = '{state}'; END $$"
    )
    hand.execute("CREATE TRIGGER fail BEFORE INSERT ON record.facts EXECUTE FUNCTION record.fail()")
    with pytest.raises(refused):
        journal.append(*request(A, 0, note()))
    with pytest.raises(refused):
        recorder_of(journal).server.rows(f"DO $$ BEGIN RAISE EXCEPTION 'could not' USING ERRCODE = '{state}'; END $$")
    hand.execute("DROP TRIGGER fail ON record.facts")
    assert journal.append(*request(A, 0, note())).position == 1


@pytest.mark.slow
def test_readers_do_not_wait_for_long_behind_a_lock_on_the_facts(
    journal: EventJournal, hand: psycopg.Connection
) -> None:
    with hand.transaction():
        hand.execute("LOCK TABLE record.facts IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Busy):
            journal.head()
    assert journal.head() == 0


@pytest.mark.slow
def test_without_a_free_connection_readers_are_told_to_come_again_and_writers_write(journal: EventJournal) -> None:
    pool = recorder_of(journal).server.pool
    journal.head()
    with ExitStack() as taken:
        for _ in range(POOL_SIZE):
            taken.enter_context(pool.connection())
        with pytest.raises(Busy):
            journal.head()
        append = request(A, 0, note(), read_set=ReadSet(streams={B: 0}))
        assert journal.append(*append).position == 1
    assert journal.head() == 1
