"""What every journal keeps, whatever stores it: the contract of ``portfolio.application.ports.Journal``."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import msgspec
import pytest
from eventsourcing.persistence import IntegrityError
from psycopg.errors import RaiseException

from infra.store.journal import EventJournal
from portfolio.application.ports import Idempotency, IdempotencyKeyReused, IndexRow, Journal, KeyTaken, ReadSet, Receipt
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Recorded, StaleVersion, changed
from tests.infra.store.given import (
    MORNING,
    SOMEBODY,
    Freed,
    Listed,
    Noted,
    Taken,
    differences,
    note,
    request,
    run_in_threads,
)
from tests.patience import PATIENCE

A, B, C = UUID(int=10), UUID(int=11), UUID(int=12)

pytestmark = pytest.mark.parametrize("journal", ["in_file", "in_database", "in_lists"], indirect=True)


def test_the_journal_is_what_the_application_asks_for(journal: EventJournal) -> None:
    port: Journal = journal
    assert port.head() == 0
    assert list(port.since(0)) == []
    assert list(port.read(A)) == []


def test_facts_come_back_as_recorded_with_stream_version_and_position(journal: EventJournal) -> None:
    causation, subject = uuid4(), uuid4()
    receipt = journal.append(*request(A, 0, note(1), note(2), causation=causation, subject=subject))
    assert receipt == Receipt(stream=A, version=2, position=2)
    assert journal.read(A) == [
        Recorded(
            originator_id=A,
            originator_version=version,
            position=version,
            fact=note(version),
            by=SOMEBODY,
            at=MORNING,
            causation=causation,
            subject=subject,
        )
        for version in (1, 2)
    ]


def test_a_fact_about_nobody_has_no_subject(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note()))
    assert journal.read(A)[0].subject is None


def test_positions_count_over_all_streams(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(1)))
    journal.append(*request(B, 0, note(2), note(3)))
    journal.append(*request(A, 1, note(4)))
    log = journal.since(0)
    assert [(entry.position, entry.originator_id, entry.originator_version) for entry in log] == [
        (1, A, 1),
        (2, B, 1),
        (3, B, 2),
        (4, A, 2),
    ]
    assert journal.head() == 4


def test_the_log_is_read_in_batches_after_a_position(journal: EventJournal) -> None:
    journal.append(*request(A, 0, *map(note, range(5))))
    assert [entry.position for entry in journal.since(2)] == [3, 4, 5]
    assert [entry.position for entry in journal.since(1, limit=2)] == [2, 3]
    assert list(journal.since(5)) == []


def test_a_stream_is_read_as_it_was_at_a_position(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(1)))
    journal.append(*request(B, 0, note(2)))
    journal.append(*request(A, 1, note(3)))
    assert [entry.position for entry in journal.read(A, until=2)] == [1]
    assert [entry.position for entry in journal.read(A, until=3)] == [1, 3]


@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_that_has_another_version_is_stale(journal: EventJournal, after: int) -> None:
    journal.append(*request(A, 0, note(1)))
    with pytest.raises(StaleVersion):
        journal.append(*request(A, after, note(2)))
    assert journal.head() == 1


def test_a_stream_that_was_looked_up_must_not_have_moved(journal: EventJournal) -> None:
    journal.append(*request(B, 0, note(1)))
    with pytest.raises(StaleVersion):
        journal.append(*request(A, 0, note(2), read_set=ReadSet(streams={B: 0})))
    journal.append(*request(A, 0, note(2), read_set=ReadSet(streams={B: 1})))
    assert journal.head() == 2


def test_a_list_that_was_looked_up_must_not_have_grown_or_shrunk(journal: EventJournal) -> None:
    journal.append(*request(B, 0, Listed(parent="P")))
    for children in (0, 2):
        with pytest.raises(StaleVersion):
            journal.append(*request(A, 0, note(), read_set=ReadSet(links={("children", "P"): children})))
    journal.append(*request(A, 0, note(), read_set=ReadSet(links={("children", "P"): 1, ("children", "Q"): 0})))
    assert journal.head() == 2


def test_streams_are_listed_in_the_order_of_their_listing_each_once(journal: EventJournal) -> None:
    journal.append(*request(B, 0, Listed(parent="P"), Listed(parent="P")))
    journal.append(*request(A, 0, Listed(parent="P")))
    journal.append(*request(C, 0, Listed(parent="Q")))
    journal.append(*request(B, 2, Listed(parent="P")))
    assert list(journal.links("children", "P")) == [B, A]
    assert list(journal.links("parents", "P")) == []
    each = journal.links_of_each(["children", "parents"], ["P", "Q"])
    assert {named: list(streams) for named, streams in each.items()} == {
        ("children", "P"): [B, A],
        ("children", "Q"): [C],
        ("parents", "P"): [],
        ("parents", "Q"): [],
    }
    assert differences(journal) == []


def test_many_streams_are_read_at_once_as_each_is_by_itself(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(), note()))
    journal.append(*request(B, 0, note()))
    journal.append(*request(A, 2, note()))
    after = {A: 1, B: 0, C: 0}
    each = journal.read_each(after)
    assert {stream: list(facts) for stream, facts in each.items()} == {
        stream: list(journal.read(stream, after=version)) for stream, version in after.items()
    }
    assert [len(each[stream]) for stream in (A, B, C)] == [2, 1, 0]


def test_a_released_link_leaves_the_list(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Listed(parent="P")))
    unlisted = IndexRow(name="children", key="P", release=True)
    journal.append(*request(A, 1, note(), index=(unlisted,)))
    assert list(journal.links("children", "P")) == []


def test_one_stream_at_a_time_holds_a_unique_key(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Taken(key="1234567890")))
    with pytest.raises(KeyTaken) as refused:
        journal.append(*request(B, 0, Taken(key="1234567890")))
    assert refused.value.name == "name"
    assert list(journal.read(B)) == []


def test_it_says_which_stream_holds_a_unique_key(journal: EventJournal) -> None:
    key = IndexRow(name="name", key="1234567890", unique=True)
    assert journal.holder(key) is None
    journal.append(*request(A, 0, Taken(key="1234567890")))
    assert journal.holder(key) == A
    journal.append(*request(A, 1, Freed()))
    assert journal.holder(key) is None


def test_the_holder_may_take_its_key_again(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Taken(key="K")))
    journal.append(*request(A, 1, Taken(key="K")))
    with pytest.raises(KeyTaken):
        journal.append(*request(B, 0, Taken(key="K")))
    assert differences(journal) == []


def test_a_released_key_is_free_for_another_stream(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Taken(key="K"), Taken(key="L")))
    journal.append(*request(A, 2, Freed()))
    journal.append(*request(B, 0, Taken(key="K")))
    with pytest.raises(KeyTaken):
        journal.append(*request(A, 3, Taken(key="K")))
    assert differences(journal) == []


def test_only_the_holder_releases_a_key(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Taken(key="K")))
    journal.append(*request(B, 0, Freed()))
    with pytest.raises(KeyTaken):
        journal.append(*request(B, 1, Taken(key="K")))


def test_a_repeated_request_gets_the_first_receipt_and_writes_nothing(journal: EventJournal) -> None:
    key = Idempotency(key="one", fingerprint=b"print", extra=b"reply")
    first = journal.append(*request(A, 0, note(1), idempotency=key))
    journal.append(*request(A, 1, note(2)))
    assert first == Receipt(stream=A, version=1, position=1, extra=b"reply")
    with pytest.raises(AlreadyAnswered) as again:
        journal.append(*request(A, 0, note(1), idempotency=key))
    assert again.value.receipt == first
    assert journal.answered(SOMEBODY, "one", b"print") == first
    assert journal.head() == 2


def test_a_key_that_was_used_for_another_request_is_refused(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(1), idempotency=Idempotency(key="one", fingerprint=b"print")))
    with pytest.raises(IdempotencyKeyReused):
        journal.append(*request(A, 1, note(2), idempotency=Idempotency(key="one", fingerprint=b"other")))
    with pytest.raises(IdempotencyKeyReused):
        journal.answered(SOMEBODY, "one", b"other")
    assert journal.head() == 1


def test_two_people_may_use_the_same_key(journal: EventJournal) -> None:
    key = Idempotency(key="one", fingerprint=b"print")
    journal.append(*request(A, 0, note(1), idempotency=key))
    journal.append(*request(A, 1, note(2), idempotency=key, by=UUID(int=2)))
    assert journal.head() == 2
    assert journal.answered(UUID(int=3), "one", b"print") is None


def test_a_refused_append_leaves_nothing_behind(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Taken(key="K")))
    key = Idempotency(key="one", fingerprint=b"print")
    with pytest.raises(KeyTaken):
        journal.append(*request(B, 0, Listed(parent="P"), Taken(key="K"), idempotency=key))
    assert list(journal.links("children", "P")) == []
    assert journal.answered(SOMEBODY, "one", b"print") is None
    assert journal.head() == 1
    assert differences(journal) == []


def test_facts_that_do_not_follow_one_another_are_not_stored(journal: EventJournal) -> None:
    (first, second), conditions = request(A, 0, note(1), note(2))
    with pytest.raises((IntegrityError, RaiseException)):
        journal.append([first, changed(second, originator_version=3)], conditions)
    assert journal.head() == 0


def test_the_time_of_a_fact_is_never_before_the_last(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(1), at=MORNING))
    journal.append(*request(B, 0, note(2), at=MORNING - timedelta(hours=1)))
    journal.append(*request(A, 1, note(3), at=MORNING + timedelta(microseconds=1)))
    assert [entry.at for entry in journal.since(0)] == [MORNING, MORNING, MORNING + timedelta(microseconds=1)]


def test_times_come_back_in_utc_to_the_microsecond(journal: EventJournal) -> None:
    at = datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    journal.append(*request(A, 0, note(), at=at))
    (entry,) = journal.read(A)
    assert entry.at == at
    assert entry.at.tzinfo is UTC


def test_a_time_without_a_zone_is_not_stored(journal: EventJournal) -> None:
    with pytest.raises(TypeError):
        journal.append(*request(A, 0, note(), at=MORNING.replace(tzinfo=None)))
    assert journal.head() == 0


def test_a_moment_resolves_to_the_last_position_recorded_until_then(journal: EventJournal) -> None:
    assert journal.position_at(MORNING) == 0
    for minute in range(7):
        journal.append(*request(A, 2 * minute, note(), note(), at=MORNING + timedelta(minutes=minute)))
    assert journal.position_at(MORNING - timedelta(microseconds=1)) == 0
    assert journal.position_at(MORNING) == 2
    assert journal.position_at(MORNING + timedelta(seconds=150)) == 6
    assert journal.position_at(MORNING + timedelta(days=1)) == 14


def test_a_fact_that_could_not_be_read_back_is_not_stored(journal: EventJournal) -> None:
    wrong = changed(note(), text=7)
    with pytest.raises(msgspec.ValidationError):
        journal.append(*request(A, 0, wrong))
    assert journal.head() == 0


def test_a_reader_that_waits_is_woken_by_the_next_fact(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note()))
    assert journal.wait_past(0, timeout=0)
    assert not journal.wait_past(1, timeout=0)
    met: list[bool] = []
    run_in_threads(
        lambda: met.append(journal.wait_past(1, timeout=PATIENCE)),
        lambda: journal.append(*request(A, 1, note())),
    )
    assert met == [True]


def test_what_the_library_saves_by_itself_is_stored_under_its_version_once(journal: EventJournal) -> None:
    entries, _ = request(A, 0, note(1), note(2))
    assert [recording.notification.id for recording in journal.save(*entries)] == [1, 2]
    with pytest.raises(IntegrityError):
        journal.save(entries[1])
    assert [stored.originator_version for stored in journal.events.get(A)] == [1, 2]
    assert journal.head() == 2
    assert differences(journal) == []


def test_stored_events_of_a_stream_read_back_without_a_position(journal: EventJournal) -> None:
    journal.append(*request(A, 0, Noted(text="kept")))
    (stored,) = journal.recorder.select_events(A)
    assert journal.mapper.to_domain_event(stored) == changed(journal.read(A)[0], position=0)
