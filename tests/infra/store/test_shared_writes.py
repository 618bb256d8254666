"""Callers that wait share one write, and each is judged apart; on each store in turn."""

from uuid import UUID, uuid4

import pytest

from infra.store.journal import EventJournal
from portfolio.application.ports import Busy, Idempotency, IdempotencyKeyReused, KeyTaken, ReadSet
from portfolio.domain.kernel import StaleVersion
from tests.infra.store.given import Freed, Hold, Listed, Taken, differences, note, request, together

A, B = UUID(int=10), UUID(int=11)


@pytest.mark.parametrize("conflict", ["stale version", "taken key", "reused idempotency key"])
def test_a_conflict_fails_only_its_own_caller_in_a_shared_write(
    journal: EventJournal, hold: Hold, conflict: str
) -> None:
    journal.append(*request(A, 0, Taken(key="K"), idempotency=Idempotency(key="one", fingerprint=b"print")))
    bad, refusal = {
        "stale version": (request(A, 0, note()), StaleVersion),
        "taken key": (request(B, 0, Taken(key="K")), KeyTaken),
        "reused idempotency key": (
            request(B, 0, note(), idempotency=Idempotency(key="one", fingerprint=b"other")),
            IdempotencyKeyReused,
        ),
    }[conflict]
    good = [request(uuid4(), 0, note(), note()) for _ in range(4)]
    raised = together(journal, hold, bad, *good[:2], bad, *good[2:])
    assert [type(error) for error in raised] == [refusal, type(None), type(None), refusal, type(None), type(None)]
    assert journal.head() == 2 + 2 * len(good)
    assert all(len(journal.read(entries[0].originator_id)) == 2 for entries, _ in good)
    assert differences(journal) == []


def test_of_two_conflicting_callers_in_a_shared_write_the_first_wins(journal: EventJournal, hold: Hold) -> None:
    key = Idempotency(key="one", fingerprint=b"print")
    raised = together(
        journal,
        hold,
        *(request(A, 0, Taken(key=key)) for key in "KL"),
        *(request(uuid4(), 0, Listed(parent="P"), read_set=ReadSet(links={("children", "P"): 0})) for _ in range(2)),
        *(request(uuid4(), 0, Taken(key="U")) for _ in range(2)),
        *(request(B, 0, note(), idempotency=key) for _ in range(2)),
    )
    kinds = sorted(type(error).__name__ for error in raised)
    assert kinds == ["AlreadyAnswered", "KeyTaken", *["NoneType"] * 4, *["StaleVersion"] * 2]
    assert journal.head() == 5
    assert differences(journal) == []


def test_a_caller_in_a_shared_write_sees_what_those_before_it_have_written(journal: EventJournal, hold: Hold) -> None:
    journal.append(*request(A, 0, Taken(key="K")))
    raised = together(
        journal,
        hold,
        request(A, 1, Freed()),
        request(uuid4(), 0, Taken(key="K")),
        request(uuid4(), 0, note(), read_set=ReadSet(streams={A: 1})),
        request(uuid4(), 0, note(), read_set=ReadSet(streams={A: 2})),
    )
    kinds = [type(error).__name__ for error in raised]
    assert kinds in (["NoneType", "NoneType", "StaleVersion", "NoneType"], ["NoneType", "KeyTaken", *kinds[2:]])
    assert differences(journal) == []


def test_what_one_caller_sent_wrong_does_not_fail_the_others(journal: EventJournal, hold: Hold) -> None:
    wrong = request(A, 0, note(), idempotency=Idempotency(key="\ud800", fingerprint=b""))
    raised = together(journal, hold, request(B, 0, note()), wrong, request(uuid4(), 0, note()))
    assert [type(error) for error in raised] == [type(None), UnicodeEncodeError, type(None)]
    assert journal.head() == 3
    assert differences(journal) == []


@pytest.mark.slow
def test_a_store_that_another_program_holds_is_busy_and_serves_again_when_it_is_free(
    journal: EventJournal, hold: Hold
) -> None:
    with hold(), pytest.raises(Busy, match="busy"):
        journal.append(*request(A, 0, note()))
    assert journal.append(*request(A, 0, note())).position == 1
