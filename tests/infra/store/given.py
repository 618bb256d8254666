"""Facts and requests for the tests of the store."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from threading import Thread
from typing import Any, cast
from uuid import UUID, uuid4

from infra.fsck import facts
from infra.store.codec import FactCodec
from infra.store.journal import EventJournal
from infra.store.postgres.recorder import PostgresRecorder
from infra.store.sqlite.recorder import SqliteRecorder
from portfolio.application.ports import AppendConditions, IndexRow, Receipt
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Fact, Recorded
from tests.patience import PATIENCE

SECRET = b"a secret of the tests, 32 bytes."
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOMEBODY = UUID(int=1)


class Noted(Fact, tag="test.noted"):
    text: str


class Listed(Fact, tag="test.listed"):
    parent: str


class Taken(Fact, tag="test.taken"):
    key: str
    among: frozenset[str] = frozenset()


class Freed(Fact, tag="test.freed"):
    pass


FACTS = (Noted, Listed, Taken, Freed)


def index_rows(fact: Fact) -> Iterable[IndexRow]:
    """Return the index rows of the facts above."""
    match fact:
        case Listed(parent=parent):
            yield IndexRow(name="children", key=parent)
        case Taken(key=key):
            yield IndexRow(name="name", key=key, unique=True)
        case Freed():
            yield IndexRow(name="name", key="", unique=True, release=True)


Request = tuple[list[Recorded], AppendConditions]
"""What ``Journal.append`` is given."""


def request(
    stream: UUID,
    after: int,
    *facts: Fact,
    by: UUID = SOMEBODY,
    at: datetime = MORNING,
    causation: UUID | None = None,
    subject: UUID | None = None,
    **conditions: Any,
) -> Request:
    """Return an append of these facts with their index rows, unless conditions name others."""
    causation = causation or uuid4()
    entries = [
        Recorded(
            originator_id=stream,
            originator_version=version,
            fact=fact,
            by=by,
            at=at,
            causation=causation,
            subject=subject,
        )
        for version, fact in enumerate(facts, start=after + 1)
    ]
    index = tuple(row for fact in facts for row in index_rows(fact))
    return entries, AppendConditions(**{"index": index, **conditions})


def note(number: int = 1) -> Noted:
    return Noted(text=f"note {number}")


def knowing_our_facts(journal: EventJournal) -> EventJournal:
    """Let a journal store the facts above instead of the catalogue's."""
    journal.mapper.codec = FactCodec(FACTS)
    return journal


def receipt_of(journal: EventJournal, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
    """Return what whoever asks is answered: also the first receipt of a request that is sent again."""
    try:
        return journal.append(entries, conditions)
    except AlreadyAnswered as before:
        return before.receipt


def differences(journal: EventJournal) -> list[str]:
    return list(facts.differences(journal, index_rows))


def run_in_threads(*targets: Callable[[], object]) -> None:
    """Run every target in a thread of its own and raise what the first of them raised."""
    errors: list[BaseException] = []

    def run(target: Callable[[], object]) -> None:
        try:
            target()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread of the test
            errors.append(error)

    threads = [Thread(target=run, args=(target,), daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and not errors:  # who waits for one that failed would wait for ever
            thread.join(0.1)
    if errors:
        raise errors[0]


def wait_until(met: Callable[[], bool]) -> None:
    """Return as soon as the condition is met; there is no event to wait for inside a lock."""
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.001)


Hold = Callable[[], AbstractContextManager[None]]
"""Holds the write lock as another program would."""


def together(journal: EventJournal, hold: Hold, *appends: Request) -> list[BaseException | None]:
    """Append all of these in one transaction, in order, after one more; return what each one raised."""
    recorder = cast("SqliteRecorder | PostgresRecorder", journal.recorder)
    with ThreadPoolExecutor(len(appends) + 1) as pool:
        with hold():
            pool.submit(journal.append, *request(uuid4(), 0, note()))
            wait_until(lambda: recorder.pending == 1)
            futures = []
            for number, append in enumerate(appends, start=2):
                futures.append(pool.submit(journal.append, *append))
                wait_until(lambda number=number: recorder.pending == number)  # type: ignore[misc]  # bound in the loop
        return [future.exception() for future in futures]
