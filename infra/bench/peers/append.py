"""Appends of the peers: raw inserts, and events through the library's recorder."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from infra.bench.facts import TOPIC, raw_state
from infra.bench.measure import Operation, Worker
from infra.bench.peers.library import library
from infra.bench.peers.protocols import writers
from infra.bench.stores import Store


@contextmanager
def raw(store: Store) -> Iterator[Worker]:
    """Insert single rows, each thread on a connection of its own."""
    with writers(store.peers) as connect:

        def worker() -> Operation:
            connection, stream, version = connect(), uuid4(), 0

            def operation() -> int:
                nonlocal version
                version += 1
                connection.insert(stream, version, raw_state())
                return 1

            return operation

        yield worker


@contextmanager
def shipped(store: Store, facts: int, threads: int) -> Iterator[Worker]:
    """Insert events through the library's recorder."""
    with library(store.peers, threads) as application:

        def worker() -> Operation:
            stream, version = uuid4(), 0

            def operation() -> int:
                nonlocal version
                events = [StoredEvent(stream, version + number, TOPIC, raw_state()) for number in range(1, facts + 1)]
                application.recorder.insert_events(events)
                version += facts
                return facts

            return operation

        yield worker
