"""A lone request of one fact goes to ``record.append_one``, and all is as if ``record.append`` had been asked alone."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
import pytest
from psycopg.pq.abc import PGresult

from infra.store.journal import EventJournal
from infra.store.postgres.composites import Packer
from infra.store.postgres.migrate import migrate
from infra.store.postgres.server import Connection
from infra.store.postgres.writer import Writer
from infra.store.refusals import NotMigrated
from portfolio.application.ports import Idempotency, ReadSet
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Rejected
from tests.infra.store.given import (
    MORNING,
    SECRET,
    SOMEBODY,
    Freed,
    Listed,
    Request,
    Taken,
    differences,
    knowing_our_facts,
    note,
    request,
)
from tests.postgres import Databases

A = UUID(int=10)
STREAMS = [UUID(int=number) for number in range(20, 25)]
PEOPLE = [SOMEBODY, UUID(int=2)]
TABLES = ("facts", "idempotency", "links", "unique_keys")


@pytest.fixture
def two(databases: Databases) -> Iterator[tuple[EventJournal, EventJournal]]:
    """Give two empty journals, each in a database of its own."""
    with (
        databases.borrow() as one,
        databases.borrow() as other,
        knowing_our_facts(EventJournal.in_database(one, secret=SECRET)) as first,
        knowing_our_facts(EventJournal.in_database(other, secret=SECRET)) as second,
    ):
        yield first, second


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the server is asked, and what came of it."""
    counted: Counter[str] = Counter()
    ask = Writer._ask

    def counting(writer: Writer, connection: Connection, statement: bytes, values: Sequence[bytes | None]) -> PGresult:
        answer = ask(writer, connection, statement, values)
        written = answer.get_value(0, 0) is not None if statement == b"append_one" else answer.get_value(0, 1) is None
        counted[f"{statement.decode()} {'wrote' if written else 'did not'}"] += 1
        return answer

    monkeypatch.setattr(Writer, "_ask", counting)
    return counted


def asked_at_random(chance: random.Random, versions: dict[UUID, int], links: dict[str, int]) -> Request:
    """Return a request that is right more often than not, for streams of these versions."""

    def about(right: int) -> int:
        return max(0, right + chance.choice([0] * 12 + [-1, 1]))

    stream, parent = chance.choice(STREAMS), chance.choice("PQ")
    facts = chance.choices([note(), Listed(parent=parent), Taken(key=chance.choice("KL")), Freed()], [16, 1, 1, 1])
    key = Idempotency(
        key=str(chance.randrange(60)), fingerprint=chance.choice([b"print"] * 3 + [b"other"]), extra=chance.randbytes(2)
    )
    ahead = datetime.now(UTC) + timedelta(minutes=11)
    return request(
        stream,
        about(versions[stream]),
        *facts * chance.choice([1] * 8 + [2]),
        by=chance.choice(PEOPLE),
        at=chance.choice(
            [MORNING + timedelta(microseconds=chance.randrange(9)), MORNING - timedelta(days=30_000)] * 9 + [ahead]
        ),
        read_set=ReadSet(
            streams={
                each: about(versions[each])
                for each in chance.sample(STREAMS, chance.choice([0, 0, 1, 1, 3]))
                if each != stream
            },
            links={("children", parent): about(links[parent])} if chance.random() < 0.3 else {},
        ),
        idempotency=chance.choice([key, key, None]),
    )


def told(journal: EventJournal, asked: Request) -> object:
    """Return the receipt of a request, or what it is told instead."""
    try:
        return journal.append(*asked)
    except AlreadyAnswered as before:
        return before.receipt, "before"
    except Rejected as refusal:
        return type(refusal), refusal.args, vars(refusal)


def rows(journal: EventJournal) -> list[Any]:
    with journal.store.snapshot() as moment:
        return [sorted(moment.select(f"TABLE record.{table}"), key=repr) for table in TABLES]


def test_whatever_is_asked_both_functions_say_and_store_the_same(
    two: tuple[EventJournal, EventJournal], asked: Counter[str]
) -> None:
    first, second = two
    chance = random.Random(20261130)  # noqa: S311 - a repeatable choice of requests
    begun = request(A, 0, note())  # the very first fact is not for ``append_one``
    for journal in two:
        journal.append(*begun)
    for _ in range(300):
        versions = {stream: len(stored) for stream, stored in first.read_each(dict.fromkeys(STREAMS, 0)).items()}
        links = {key: len(streams) for (_, key), streams in first.links_of_each(["children"], ["P", "Q"]).items()}
        append = asked_at_random(chance, versions, links)
        before = asked.copy()
        answer = told(first, append)
        ways = asked - before
        assert ways.keys() != {"append_one did not", "append wrote"}, append  # what it may take, it takes
        with patch.object(Packer, "one", return_value=None):
            assert told(second, append) == answer, append
    assert rows(first) == rows(second)
    assert differences(first) == []
    assert len(asked) == 4
    assert min(asked.values()) > 30, asked


@pytest.fixture
def journal(in_database: EventJournal) -> EventJournal:
    return in_database


def test_nothing_is_written_where_the_other_function_is_to_be_asked(
    journal: EventJournal, hand: psycopg.Connection
) -> None:
    journal.append(*request(A, 0, note(), note()))
    state = journal.store.rows_of(A, None)[1][4]
    right: dict[str, Any] = {"stream": A, "version": 3, "topic": "test.noted", "state": state}
    right |= {"at": 0, "seen": "{}", "counted": "{}"}
    append = """
        SELECT record.append_one(
            %(stream)s, %(version)s, %(topic)s, %(state)s, %(at)s, %(seen)s::record.seen[],
            %(counted)s::record.counted[], %(stream)s, 'k', 'print', ''
        )
    """
    for wrong in (
        {"version": 2},
        {"version": 4},
        {"version": None},
        {"at": None},
        {"at": 2**62},
        {"seen": f'{{"(1,{A},1)"}}'},
        {"seen": f'{{"(1,{A},)"}}'},
        {"counted": '{"(1,children,P,1)"}'},
        {"counted": '{"(1,children,P,)"}'},
    ):
        assert hand.execute(append, right | wrong).fetchone() == (None,), wrong
    with hand.transaction():
        hand.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert hand.execute(append, right).fetchone() == (None,)
    assert journal.head() == 2
    assert hand.execute(append, right).fetchone() == (3,)
    assert hand.execute(append, right | {"version": 4}).fetchone() == (None,)  # the same key
    assert [entry.at for entry in journal.since(0)] == [MORNING] * 3
    assert differences(journal) == []


def test_what_an_earlier_release_prepared_is_prepared_again_before_it_is_used(
    database: str, hand: psycopg.Connection
) -> None:
    hand.execute("DROP FUNCTION record.append_one")
    with pytest.raises(NotMigrated, match="run `portfolio migrate` first"):
        EventJournal.in_database(database, secret=SECRET)
    migrate(database)
    EventJournal.in_database(database, secret=SECRET).close()
