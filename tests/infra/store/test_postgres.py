"""What the PostgreSQL store does about roles, hands that reach past it and other processes."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RaiseException

from infra.store.chain import Chain, Outside
from infra.store.journal import EventJournal
from infra.store.postgres.migrate import NotAllowed, migrate
from infra.store.postgres.recorder import STREAM, STREAMS, PostgresRecorder, format_of
from infra.store.postgres.server import KEPT_ROWS
from infra.store.postgres.views import PostgresViews
from infra.store.recorder import Request
from infra.store.refusals import NewerFormat, NotLetIn, NotMigrated
from portfolio.application.ports import AppendConditions, Busy, Idempotency
from portfolio.domain.kernel import Recorded, StaleVersion, changed
from projections.views import VIEWS
from tests import insider
from tests.infra.store.given import (
    SECRET,
    SOMEBODY,
    Listed,
    Taken,
    differences,
    knowing_our_facts,
    note,
    receipt_of,
    request,
    run_in_threads,
)
from tests.patience import PATIENCE

A, B = UUID(int=10), UUID(int=11)
KEY = Idempotency(key="one", fingerprint=b"print")


@pytest.fixture
def journal(in_database: EventJournal) -> EventJournal:
    return in_database


@pytest.fixture
def role(hand: psycopg.Connection) -> Iterator[str]:
    """Give a role without any rights."""
    name = f"service_{uuid4().hex}"
    hand.execute(f"CREATE ROLE {name} LOGIN")
    yield name
    hand.execute(f"DROP OWNED BY {name} CASCADE")
    hand.execute(f"DROP ROLE {name}")


def recorder_of(journal: EventJournal) -> PostgresRecorder:
    return cast("PostgresRecorder", journal.recorder)


def test_facts_are_never_changed_not_even_by_their_owner(journal: EventJournal, hand: psycopg.Connection) -> None:
    journal.append(*request(A, 0, note()))
    for statement in ("UPDATE record.facts SET topic = 'x'", "DELETE FROM record.facts", "TRUNCATE record.facts"):
        with pytest.raises(InsufficientPrivilege, match="facts are never changed"):
            hand.execute(statement)
    hand.execute("SET session_replication_role = replica")  # which switches ordinary triggers off
    with pytest.raises(InsufficientPrivilege, match="facts are never changed"):
        hand.execute("DELETE FROM record.facts")
    assert differences(journal) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record.idempotency SET extra = fingerprint",
        "DELETE FROM record.idempotency",
        "TRUNCATE record.idempotency",
        "UPDATE record.links SET key = 'Q'",
        "DELETE FROM record.links",
        "TRUNCATE record.links",
        "UPDATE record.unique_keys SET key = 'Q'",
        "DELETE FROM record.unique_keys",
        "TRUNCATE record.unique_keys",
        "UPDATE record.chain SET value = receipt",
        "DELETE FROM record.chain",
        "TRUNCATE record.chain",
    ],
)
def test_nothing_else_on_record_is_changed_either(
    journal: EventJournal, hand: psycopg.Connection, tmp_path: Path, statement: str
) -> None:
    journal.append(*request(A, 0, Listed(parent="P"), Taken(key="K"), idempotency=KEY))
    Chain(journal, Outside(tmp_path)).catch_up()
    hand.execute("SET session_replication_role = replica")
    with pytest.raises(InsufficientPrivilege):
        hand.execute(statement)
    assert differences(journal) == []


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("entries => ARRAY[(1, %(b)s, 'children', 'P', false, false)]::record.entry[]", "a link of another stream"),
        ("entries => ARRAY[(1, %(b)s, 'name', 'K', true, true)]::record.entry[]", "a release of another stream's key"),
        ("entries => ARRAY[(2, %(a)s, 'name', 'K', true, false)]::record.entry[]", "a key of another request"),
        ("replies => ARRAY[(1, %(a)s, 'k', '', %(b)s, 2, '')]::record.reply[]", "a reply with another stream"),
        ("replies => ARRAY[(1, %(a)s, 'k', '', %(a)s, 3, '')]::record.reply[]", "a reply with another version"),
    ],
)
def test_the_function_writes_no_index_row_without_a_fact_of_its_stream(
    journal: EventJournal, hand: psycopg.Connection, asked: str, value: str
) -> None:
    journal.append(*request(A, 0, note()))
    journal.append(*request(B, 0, Taken(key="K")))
    append = f"SELECT record.append(1, ARRAY[(1, %(a)s, 1, 2, 'test.noted', '', NULL)]::record.fact[], {asked})"
    with pytest.raises(RaiseException, match="needs a fact of its stream in the same request"):
        hand.execute(append, {"a": A, "b": B})
    assert (journal.head(), differences(journal)) == (2, [])


def test_the_chain_is_written_at_its_end_no_further_than_the_facts(
    journal: EventJournal, hand: psycopg.Connection
) -> None:
    journal.append(*request(A, 0, note()))
    with pytest.raises(RaiseException, match="the chain goes no further than the facts"):
        hand.execute("SELECT record.extend_chain(0, ARRAY['a', 'b']::bytea[], ARRAY['', '']::bytea[])")
    assert journal.store.chain.end().position == 0


def test_a_role_let_in_by_an_earlier_release_may_use_what_this_one_has_more(
    database: str, role: str, hand: psycopg.Connection, tmp_path: Path
) -> None:
    migrate(database, role)
    hand.execute(f"REVOKE ALL ON record.chain FROM {role}")
    hand.execute(f"REVOKE ALL ON FUNCTION record.append_one, record.extend_chain, record.cut_chain FROM {role}")
    migrate(database)
    parts = urlsplit(database)
    address = parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()
    with knowing_our_facts(EventJournal.in_database(address, secret=SECRET)) as journal:
        journal.append(*request(A, 0, note()))
        Chain(journal, Outside(tmp_path)).catch_up()
        assert journal.store.chain.end().position == 1


def test_the_role_of_the_service_reads_and_appends_and_nothing_else(
    database: str, role: str, hand: psycopg.Connection
) -> None:
    migrate(database, role)
    parts = urlsplit(database)
    address = parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()
    with knowing_our_facts(EventJournal.in_database(address, secret=SECRET)) as journal:
        receipt = journal.append(*request(A, 0, Listed(parent="P"), Taken(key="K"), idempotency=KEY))
        assert (journal.head(), journal.answered(SOMEBODY, "one", b"print")) == (2, receipt)
        assert differences(journal) == []
    with psycopg.connect(address, autocommit=True) as service:
        for statement in (
            "INSERT INTO record.facts SELECT 3, originator_id, 3, topic, state FROM record.facts WHERE position = 1",
            "UPDATE record.facts SET topic = 'x'",
            "DELETE FROM record.links",
            "UPDATE record.idempotency SET version = 9",
            "ALTER TABLE record.facts DISABLE TRIGGER ALL",
            "CREATE TABLE record.more (id int)",
            "DROP FUNCTION record.append",
            "DROP FUNCTION record.append_one",
        ):
            with pytest.raises(InsufficientPrivilege):
                service.execute(statement)
        service.execute("CREATE TABLE views.mine (id int)")
    assert hand.execute("SELECT count(*) FROM record.facts").fetchone() == (2,)


def test_a_role_that_was_not_let_in_reads_what_to_do(database: str, role: str) -> None:
    parts = urlsplit(database)
    address = parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()
    with pytest.raises(NotLetIn, match="let it in with `portfolio migrate --role ROLE`"):
        EventJournal.in_database(address, secret=SECRET)


def test_nobody_else_is_let_in(journal: EventJournal, role: str, hand: psycopg.Connection) -> None:
    journal.append(*request(A, 0, note()))
    hand.execute(f"SET ROLE {role}")
    for statement in (
        "SELECT * FROM record.facts",
        "SELECT * FROM record.append(0, '{}')",
        f"SELECT record.append_one({', '.join(['NULL'] * 11)})",
    ):
        with pytest.raises(InsufficientPrivilege):
            hand.execute(statement)
    hand.execute("RESET ROLE")


def test_a_program_without_our_code_appends_by_the_function(journal: EventJournal, hand: psycopg.Connection) -> None:
    journal.append(*request(A, 0, note(1)))
    append = """
        SELECT * FROM record.append(3, ARRAY[
            (1, %(a)s, 1, 2, 'test.noted', %(state)s, %(at)s),
            (2, %(a)s, 1, 2, 'test.noted', %(state)s, %(at)s),
            (3, %(b)s, 0, 1, 'test.noted', %(state)s, %(at)s),
            (3, %(b)s, 0, 2, 'test.noted', %(state)s, %(at)s)
        ]::record.fact[], seen => ARRAY[(3, %(a)s, 2)]::record.seen[])
    """
    stored = recorder_of(journal).rows_of(A, None)[0][4]
    answer = hand.execute(append, {"a": A, "b": B, "state": stored, "at": 0}).fetchall()
    assert answer == [(4, [[2, "stale", None]])]
    assert [entry.at for entry in journal.since(0)] == [journal.read(A)[0].at] * 4
    assert differences(journal) == []


def test_the_function_takes_no_gap_and_no_other_isolation(journal: EventJournal, hand: psycopg.Connection) -> None:
    gap = """
        SELECT * FROM record.append(1, ARRAY[
            (1, %(a)s, 0, 1, 't', ''::bytea, 0), (1, %(a)s, 0, 3, 't', ''::bytea, 0)
        ]::record.fact[])
    """
    with pytest.raises(RaiseException, match="version 3 of a stream follows none"):
        hand.execute(gap, {"a": A})
    hand.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with hand.transaction(), pytest.raises(RaiseException, match="needs READ COMMITTED"):
        hand.execute("SELECT * FROM record.append(0, '{}')")
    assert journal.head() == 0


def test_a_stream_is_read_by_its_own_index_however_little_the_server_knows(
    in_database: EventJournal, hand: psycopg.Connection
) -> None:
    in_database.append(*request(A, 0, *map(note, range(100))))
    plan = hand.execute(f"EXPLAIN {STREAM}", (A, 0)).fetchall()
    assert "facts_of_stream" in str(plan)
    assert "facts_pkey" not in str(plan)


def test_many_streams_are_asked_for_by_a_plan_that_is_made_once(journal: EventJournal) -> None:
    planned = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE strpos(statement, %b) > 0"
    with recorder_of(journal).server.pool.connection() as connection:
        for _ in range(3):
            connection.rows(STREAMS, ([A, B], [0, 3]))
        assert connection.rows(planned, ("unnest",)) == [(3, 0)]


def test_a_connection_at_rest_holds_no_long_answer(journal: EventJournal) -> None:
    with recorder_of(journal).server.pool.connection() as connection:
        assert len(connection.rows("SELECT generate_series(0, %b)", (KEPT_ROWS,))) == KEPT_ROWS + 1
        assert "_cursor" not in vars(connection)
        assert connection.rows("SELECT 1") == [(1,)]
        assert "_cursor" in vars(connection)


def test_eight_migrations_at_once_make_the_tables_once(empty_database: str) -> None:
    with pytest.raises(NotMigrated, match="run `portfolio migrate` first"):
        EventJournal.in_database(empty_database, secret=SECRET)
    made: list[bool] = []
    run_in_threads(*[lambda: made.append(migrate(empty_database))] * 8)
    assert sorted(made) == [False] * 7 + [True]
    with knowing_our_facts(EventJournal.in_database(empty_database, secret=SECRET)) as journal:
        journal.append(*request(A, 0, note()))
        assert differences(journal) == []


def test_a_copy_without_views_is_prepared_again(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA views CASCADE")
    with pytest.raises(NotMigrated):
        PostgresViews(database)
    assert migrate(database) is False
    with closing(PostgresViews(database)) as views:
        views.prepare(VIEWS)
        assert views.position(VIEWS[0].table) == 0


def test_a_migration_that_fails_changes_nothing(empty_database: str) -> None:
    with pytest.raises(NotAllowed, match='role "nobody" does not exist'):
        migrate(empty_database, "nobody")
    assert format_of(empty_database) is None


def test_a_database_of_a_newer_release_is_refused(database: str, hand: psycopg.Connection) -> None:
    hand.execute("UPDATE record.store SET format = 2")
    with pytest.raises(NewerFormat, match="has format 2, this release reads up to format 1"):
        EventJournal.in_database(database, secret=SECRET)
    with pytest.raises(NewerFormat):
        migrate(database)


def test_a_time_ahead_of_the_servers_clock_is_refused_and_nothing_else(journal: EventJournal) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=11)
    once = request(A, 0, note(), idempotency=KEY)
    journal.append(*once)
    for number in (1, 6):
        hold = [request(uuid4(), 0, note(), at=ahead) for _ in range(number)]
        recorder = recorder_of(journal)
        answers = recorder._commit([prepared(journal, each) for each in [*hold, request(uuid4(), 0, note())]])
        assert [type(answer) for answer in answers] == [*[Busy] * number, list]
        assert "ahead of the database server's" in str(answers[0])
    entries, conditions = once
    again = [changed(entry, at=ahead) for entry in entries]
    assert receipt_of(journal, again, conditions).position == 1
    assert journal.head() == 3


def prepared(journal: EventJournal, append: tuple[Sequence[Recorded], AppendConditions]) -> Request:
    """Return an append as the recorder is asked for it."""
    entries, conditions = append
    return [journal.mapper.to_stored_event(entry) for entry in entries], conditions


def test_what_another_process_appends_wakes_who_waits(journal: EventJournal, database: str) -> None:
    met: list[bool] = []
    with knowing_our_facts(EventJournal.in_database(database, secret=SECRET)) as other:
        run_in_threads(
            lambda: met.append(journal.wait_past(0, timeout=PATIENCE)), lambda: other.append(*request(A, 0, note()))
        )
        assert not other.wait_past(1, timeout=0)
    assert met == [True]


def test_two_processes_fighting_over_one_stream_never_overwrite_each_other(
    journal: EventJournal, database: str
) -> None:
    won: list[int] = []

    def fight(own: EventJournal) -> None:
        for _ in range(30):
            version = len(own.read(A))
            try:
                won.append(own.append(*request(A, version, note())).version)
            except StaleVersion:
                continue

    with knowing_our_facts(EventJournal.in_database(database, secret=SECRET)) as other:
        run_in_threads(*[lambda: fight(journal), lambda: fight(other)] * 3)
    assert sorted(won) == list(range(1, len(won) + 1))
    assert differences(journal) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            "DELETE FROM record.facts WHERE position = 1",
            ["position 1 of the log is missing", f"at position 2, fact 2 of stream {A} follows fact 0"],
            id="loss",
        ),
        pytest.param(
            "UPDATE record.facts SET topic = 'test.freed' WHERE position = 1",
            [f"fact 1 of stream {A} is not what was recorded: it says 'test.noted', its row 'test.freed'"],
            id="another tag",
        ),
        pytest.param(
            "DELETE FROM record.unique_keys",
            [f"the unique key 'name' of stream {A} is missing: `portfolio repair` mends it"],
            id="lost key",
        ),
        pytest.param(
            "UPDATE record.idempotency SET version = 9",
            [f"an idempotency row answers position 3, fact 9 of {A}: it is not there"],
            id="receipt",
        ),
        pytest.param(
            "DROP TRIGGER facts_are_never_changed ON record.facts",
            ["the database lacks: trigger facts_are_never_changed"],
            id="trigger",
        ),
        pytest.param(
            "ALTER TABLE record.links DISABLE TRIGGER links_are_released_by_a_fact",
            ["the database lacks: trigger links_are_released_by_a_fact"],
            id="trigger switched off",
        ),
        pytest.param(
            "ALTER FUNCTION record.append SECURITY INVOKER",
            ["the database lacks: function append of this release"],
            id="function",
        ),
        pytest.param(
            "ALTER FUNCTION record.append_one SECURITY INVOKER",
            ["the database lacks: function append_one of this release"],
            id="function for one",
        ),
    ],
)
def test_a_planted_difference_is_named(
    journal: EventJournal, hand: psycopg.Connection, statement: str, expected: list[str]
) -> None:
    journal.append(*request(A, 0, note(1), note(2), Taken(key="K"), idempotency=KEY))
    if "TRIGGER" in statement:
        hand.execute(statement)
    else:
        with insider.in_database(hand):
            hand.execute(statement)
    assert differences(journal)[: len(expected)] == expected
