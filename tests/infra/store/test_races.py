"""Many threads at once on one journal."""

import random
from datetime import timedelta
from uuid import UUID, uuid4

from infra.store.journal import EventJournal
from portfolio.application.ports import Idempotency, KeyTaken, ReadSet
from portfolio.domain.kernel import Rejected, StaleVersion
from tests.infra.store.given import MORNING, Noted, Taken, differences, note, receipt_of, request, run_in_threads
from tests.soak import times

A, B = UUID(int=10), UUID(int=11)
THREADS = 8


def test_threads_that_fight_over_one_stream_never_overwrite_each_other(journal: EventJournal) -> None:
    won: list[int] = []

    def fight() -> None:
        for _ in range(times(40)):
            version = len(journal.read(A))
            try:
                won.append(journal.append(*request(A, version, note())).version)
            except StaleVersion:
                continue

    run_in_threads(*[fight] * THREADS)
    assert sorted(won) == list(range(1, len(won) + 1))
    assert [entry.originator_version for entry in journal.read(A)] == sorted(won)
    assert differences(journal) == []


def test_of_two_streams_that_look_at_each_other_neither_moves_on_an_old_reading(journal: EventJournal) -> None:
    def run(own: UUID, other: UUID) -> None:
        for _ in range(50):
            version, other_version = len(journal.read(own)), len(journal.read(other))
            try:
                journal.append(
                    *request(
                        own, version, Noted(text=str(other_version)), read_set=ReadSet(streams={other: other_version})
                    )
                )
            except StaleVersion:
                continue

    run_in_threads(*[lambda: run(A, B), lambda: run(B, A)] * (THREADS // 2))
    versions = {A: 0, B: 0}
    broken = 0
    for entry in journal.since(0, limit=1000):
        assert isinstance(entry.fact, Noted)
        other = B if entry.originator_id == A else A
        broken += int(entry.fact.text) != versions[other]
        versions[entry.originator_id] += 1
    assert broken == 0
    assert sum(versions.values()) == journal.head() > 0


def test_one_of_many_gets_a_unique_key(journal: EventJournal) -> None:
    refused: list[Rejected] = []

    def take() -> None:
        try:
            journal.append(*request(uuid4(), 0, Taken(key="K")))
        except KeyTaken as error:
            refused.append(error)

    run_in_threads(*[take] * THREADS)
    assert len(refused) == THREADS - 1
    assert journal.head() == 1


def test_the_same_request_sent_many_times_at_once_is_done_once(journal: EventJournal) -> None:
    key = Idempotency(key="one", fingerprint=b"print")
    receipts = []
    run_in_threads(*[lambda: receipts.append(receipt_of(journal, *request(A, 0, note(), idempotency=key)))] * THREADS)
    assert len(receipts) == THREADS
    assert len(set(map(repr, receipts))) == 1
    assert journal.head() == 1


def test_facts_of_one_append_stand_together_whoever_else_writes(journal: EventJournal) -> None:
    def write() -> None:
        stream = uuid4()
        for number in range(10):
            journal.append(*request(stream, number * 3, note(1), note(2), note(3)))

    run_in_threads(*[write] * THREADS)
    log = journal.at_positions(range(1, journal.head() + 1))
    assert [entry.position for entry in log] == list(range(1, THREADS * 30 + 1))
    for first, second, third in zip(log[::3], log[1::3], log[2::3], strict=True):
        assert first.causation == second.causation == third.causation
    assert differences(journal) == []


def test_times_and_positions_agree_whoever_writes_and_whatever_their_clocks_say(journal: EventJournal) -> None:
    chance = random.Random(20261124)  # noqa: S311 - a repeatable choice of times

    def write() -> None:
        stream = uuid4()
        for number in range(30):
            journal.append(*request(stream, number, note(), at=MORNING + timedelta(seconds=chance.randrange(100))))

    run_in_threads(*[write] * THREADS)
    times = [entry.at for entry in journal.since(0, limit=1000)]
    assert times == sorted(times)
    middle = times[120]
    assert journal.position_at(middle) == len([at for at in times if at <= middle])


def test_a_reader_that_follows_the_log_sees_every_fact_once_in_order(journal: EventJournal) -> None:
    positions: list[int] = []
    each = times(25)
    total = THREADS * each

    def write() -> None:
        stream = uuid4()
        for number in range(each):
            journal.append(*request(stream, number, note()))

    def follow() -> None:
        while len(positions) < total:
            journal.wait_past(len(positions), timeout=1)
            positions.extend(entry.position for entry in journal.since(len(positions), limit=7))

    run_in_threads(*[write] * THREADS, follow)
    assert positions == list(range(1, total + 1))
