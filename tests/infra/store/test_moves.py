"""Of which streams the last facts are: right whatever was recorded by whom, bounded, held for a request at most."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.store.codec import Row
from infra.store.journal import EventJournal
from infra.store.moves import HELD_SECONDS, LogMoves
from infra.store.postgres.recorder import PostgresRecorder
from infra.store.recorder import FactRecorder
from portfolio.application.ports import NewerRelease
from tests.infra.store.given import SECRET, knowing_our_facts, note, request
from tests.soak import times

A, B, C = UUID(int=10), UUID(int=11), UUID(int=12)
STREAMS = (A, B, C)
LOOK = UUID(int=0)
"""What another thread does beside recording facts of streams."""


class Log:
    """The rows of a log that may be replaced, as they are asked for (``FactRecorder``)."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.told = 0
        self.meanwhile: Callable[[], object] | None = None

    def append(self, stream: UUID) -> None:
        self.told += 1
        self.rows.append((len(self.rows) + 1, stream.bytes, self.of(stream) + 1, "noted", str(self.told).encode()))

    def cut(self, number: int) -> None:
        del self.rows[number:]

    def of(self, stream: UUID) -> int:
        return sum(row[1] == stream.bytes for row in self.rows)

    def said(self, stream: UUID) -> list[Row]:
        return [row for row in self.rows if row[1] == stream.bytes]

    def rows_since(self, position: int, limit: int) -> Sequence[Row]:
        rows = [row for row in self.rows if row[0] > position][:limit]
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            meanwhile()
        return rows

    def head(self) -> int:
        return len(self.rows)


OVERTAKEN = "overtaken"
"""A look of which others do something while its facts are read and not noted yet."""
ACTS = st.one_of(
    st.tuples(st.just("record"), st.sampled_from(STREAMS)),
    st.tuples(st.just("look")),
    st.tuples(st.just("cut"), st.integers(0, 4)),
    st.tuples(st.just(OVERTAKEN), st.lists(st.sampled_from((*STREAMS, LOOK)), max_size=12)),
)


@settings(max_examples=times(300), deadline=None)
@given(st.lists(ACTS, max_size=60), st.integers(1, 3), st.integers(2, 6))
def test_what_a_stream_was_at_a_look_is_said_to_hold_only_while_it_does(
    acts: list[tuple[Any, ...]], most: int, at_once: int
) -> None:
    log, kept = Log(), list[tuple[int, UUID, list[Row]]]()
    seen = LogMoves(cast(FactRecorder, log), lambda: None, most=most, at_once=at_once)

    def look() -> None:
        at = seen.look()
        assert all(log.said(stream) == said for since, stream, said in kept if seen.unmoved(stream, since))
        assert at == log.head() or act == OVERTAKEN
        kept.extend((at, stream, [row for row in log.said(stream) if row[0] <= at]) for stream in STREAMS)

    def others_do(acts: Sequence[UUID]) -> None:
        for each in (*acts, LOOK):
            look() if each == LOOK else log.append(each)

    for act, *what in acts:
        match act:
            case "record":
                log.append(*what)
            case "cut":
                log.cut(*what)
                log.append(A)  # another log goes on in its place
            case "look":
                look()
            case _:
                log.meanwhile = partial(others_do, *what)
                look()


def test_streams_that_did_not_move_are_known_to_hold_and_no_more_than_so_many_of_those_that_did() -> None:
    log = Log()
    for stream in STREAMS:
        log.append(stream)
    seen = LogMoves(cast(FactRecorder, log), lambda: None, most=2, at_once=10)
    at = seen.look()
    log.append(A)
    assert seen.unmoved(A, at)
    assert seen.look() == 4
    assert [seen.unmoved(stream, at) for stream in STREAMS] == [False, True, True]
    log.append(B)
    log.append(C)
    assert seen.look() == 6
    assert [seen.unmoved(stream, at) for stream in STREAMS] == [False, False, False]
    assert seen.unmoved(A, 5)
    assert not seen.unmoved(A, 0)
    assert not seen.unmoved(UUID(int=99), at)


def test_more_than_are_gone_through_at_once_leave_nothing_known_of_before() -> None:
    log = Log()
    log.append(A)
    seen = LogMoves(cast(FactRecorder, log), lambda: None, at_once=3)
    at = seen.look()
    for _ in range(3):
        log.append(B)
    assert seen.look() == 4
    assert not seen.unmoved(A, at)
    assert seen.unmoved(A, 4)


@pytest.fixture
def elsewhere(journal: EventJournal, request: pytest.FixtureRequest) -> Iterator[EventJournal]:
    """Give the journal as another process has it."""
    if isinstance(journal.recorder, PostgresRecorder):
        other = EventJournal.in_database(request.getfixturevalue("database"), secret=SECRET)
    else:
        other = EventJournal.in_file(request.getfixturevalue("facts_file"), secret=SECRET)
    with knowing_our_facts(other) as opened:
        yield opened


def test_what_another_process_records_is_seen_at_the_next_look(journal: EventJournal, elsewhere: EventJournal) -> None:
    elsewhere.append(*request(A, 0, note()))
    elsewhere.append(*request(B, 0, note()))
    at = journal.moves.look()
    elsewhere.append(*request(A, 1, note()))
    assert journal.moves.look() == at + 1
    assert [journal.moves.unmoved(stream, at) for stream in (A, B)] == [False, True]


def test_a_thread_that_holds_its_look_looks_again_after_it_waited_or_recorded(
    journal: EventJournal, elsewhere: EventJournal
) -> None:
    moves = journal.moves
    moves.hold()
    assert moves.look() == 0
    elsewhere.append(*request(A, 0, note()))
    assert moves.look() == 0
    with ThreadPoolExecutor() as others:
        assert others.submit(moves.look).result() == 1
    assert journal.wait_past(0, 0)
    assert moves.look() == 1
    journal.append(*request(B, 0, note()))
    assert moves.look() == 2
    elsewhere.append(*request(A, 1, note()))
    moves.look_again()
    assert (moves.look(), moves.look()) == (3, 3)
    elsewhere.append(*request(A, 2, note()))
    moves.hold()
    assert moves.look() == 4
    elsewhere.append(*request(A, 3, note()))
    moves.let_go()
    assert moves.look() == 5
    elsewhere.append(*request(A, 4, note()))
    assert moves.look() == 6


def test_a_look_that_was_made_long_ago_counts_no_more_even_where_it_is_held() -> None:
    log, now = Log(), [0.0]
    seen = LogMoves(cast(FactRecorder, log), lambda: None, clock=lambda: now[0])
    seen.hold()
    assert seen.look() == 0
    log.append(A)
    now[0] += HELD_SECONDS / 2
    assert seen.look() == 0
    now[0] += HELD_SECONDS / 2
    assert seen.look() == 1


def test_nobody_looks_any_more_once_a_newer_release_has_written(journal: EventJournal) -> None:
    journal.mapper.codec.outgrown = True
    with pytest.raises(NewerRelease):
        journal.moves.look()
