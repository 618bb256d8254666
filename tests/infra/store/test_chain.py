"""The chain over all facts, as both stores keep it, and where it ends outside of them."""

from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import cast
from uuid import UUID

import pytest

from infra.store import chain as chain_module
from infra.store.chain import Chain, HeadUnreadable, Outside
from infra.store.journal import EventJournal
from infra.store.recorder import START, Head
from infra.store.sqlite import schema
from portfolio.application.ports import Idempotency, StorageBroken
from tests.infra.store.given import SECRET, differences, knowing_our_facts, note, request, wait_until

A, B = UUID(int=10), UUID(int=11)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    (tmp_path / "keys").mkdir()
    return Outside(tmp_path / "keys")


@pytest.fixture
def chain(journal: EventJournal, outside: Outside) -> Chain:
    """Give the chain of a journal with three facts, of which one answers a key."""
    journal.append(*request(A, 0, note(1)))
    journal.append(*request(B, 0, note(2), idempotency=Idempotency(key="one", fingerprint=b"print", extra=b"more")))
    journal.append(*request(A, 1, note(3)))
    return Chain(journal, outside)


def test_a_fact_is_covered_when_the_chain_has_caught_up_and_its_end_is_kept_outside(
    chain: Chain, journal: EventJournal, outside: Outside
) -> None:
    assert (chain.end(), outside.read()) == (Head(0, START), None)
    chain.catch_up()
    assert outside.read() == chain.end() == Head(3, cast("bytes", chain.value_at(3)))
    journal.append(*request(A, 2, note(4)))
    assert chain.end().position == 3
    chain.catch_up()
    assert outside.read() == chain.end() == Head(4, cast("bytes", chain.value_at(4)))
    assert (chain.contradiction(), differences(journal)) == (None, [])


def test_values_are_the_same_whether_stored_or_not_and_other_at_every_position(
    chain: Chain, journal: EventJournal, outside: Outside
) -> None:
    made = [chain.value_at(position) for position in range(5)]
    assert made[0] == START
    assert made[4] is None
    assert len(set(made)) == 5
    chain.catch_up()
    assert [chain.value_at(position) for position in range(5)] == made


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_long_log_gets_its_chain_in_batches(chain: Chain, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = chain.value_at(3)
    monkeypatch.setattr(chain_module, "BATCH_SIZE", size)
    assert chain.value_at(3) == whole
    chain.catch_up()
    assert chain.end() == Head(3, cast("bytes", whole))


def test_two_who_extend_it_at_once_write_it_once(chain: Chain, journal: EventJournal) -> None:
    links = [link for _, link in chain._next(Head(0, START), 3)]
    journal.store.chain.extend(0, links)
    journal.store.chain.extend(0, links)
    journal.store.chain.extend(1, links)
    assert chain.end().position == 3


def test_it_follows_the_log_until_it_is_stopped(
    chain: Chain, journal: EventJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_module, "INTERVAL", 0.01)
    stop = Event()
    thread = Thread(target=chain.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: chain.end().position == 3)
        journal.append(*request(A, 2, note(4)))
        wait_until(lambda: chain.end().position == 4)
    finally:
        stop.set()
        thread.join()


def test_it_is_not_continued_against_what_is_kept_outside(
    chain: Chain, journal: EventJournal, outside: Outside
) -> None:
    outside.write(Head(4, START))
    chain.try_to_catch_up()
    assert chain.end().position == 0
    assert "the record ends at fact 3, but facts up to 4 were there" in (chain.contradicted() or "")
    outside.write(Head(2, START))
    other = Chain(journal, outside)
    other.try_to_catch_up()
    assert "fact 2 or one before it is not what was recorded" in (other.contradicted() or "")
    assert (other.end().position, outside.read()) == (0, Head(2, START))


def test_what_keeps_it_from_going_on_is_said_when_it_lasts(chain: Chain, outside: Outside) -> None:
    outside.path.parent.rmdir()
    for _ in range(chain_module.FAILURES):
        assert chain.standing() is None
        chain.try_to_catch_up()
    assert "No such file or directory" in (chain.standing() or "")
    outside.path.parent.mkdir()
    chain.try_to_catch_up()
    assert (chain.standing(), outside.read()) == (None, chain.end())


def test_a_store_that_refuses_to_extend_it_is_named_by_the_code_of_its_refusal(
    chain: Chain, journal: EventJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extend(*_: object) -> None:
        raise StorageBroken

    monkeypatch.setattr(type(journal.store.chain), "extend", extend)
    for _ in range(chain_module.FAILURES):
        chain.try_to_catch_up()
    assert (chain.standing() or "").endswith("it cannot be continued (storage-broken)")


def test_a_spoilt_file_outside_is_named(outside: Outside) -> None:
    outside.path.write_text("41")
    with pytest.raises(HeadUnreadable, match="chain-head is damaged: it does not say where the chain of facts ends"):
        outside.read()


def test_what_goes_beyond_the_last_fact_is_cut_and_nothing_else(chain: Chain, journal: EventJournal) -> None:
    chain.catch_up()
    journal.store.chain.cut()
    assert chain.end().position == 3


def test_an_older_file_gets_its_chain_when_it_is_first_opened_to_write(facts_file: Path, outside: Outside) -> None:
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as journal:
        journal.append(*request(A, 0, note()))
    with closing(schema.connect(str(facts_file), facts_file, lock_timeout=None)) as hand:
        for statement in schema.statements(schema.ADDED):
            kind, name = statement.split()[1:3]
            hand.execute(f"DROP {kind} IF EXISTS {name}")  # a table takes its triggers with it
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET, read_only=True)) as journal:
        assert differences(journal) == []
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as journal:
        assert differences(journal) == []
        Chain(journal, outside).catch_up()
        assert (outside.read() or Head(0, START)).position == 1
