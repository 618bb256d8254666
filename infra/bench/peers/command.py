"""What a whole command is to the peers: read a stream, then insert a row; load an aggregate, then save it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from uuid import uuid4

from infra.bench.facts import HISTORY, NOTE, raw_state, streams_of
from infra.bench.measure import Operation, Worker
from infra.bench.peers.library import Record, library
from infra.bench.peers.protocols import writers
from infra.bench.stores import Store


@contextmanager
def raw(store: Store, threads: int) -> Iterator[Worker]:
    """Select a stream and insert a row, by hand."""
    with writers(store.peers) as connect:

        def worker() -> Operation:
            connection, streams = connect(), [uuid4() for _ in range(streams_of(threads))]
            for stream in streams:
                connection.fill(stream, [raw_state() for _ in range(HISTORY)])
            turns = cycle(streams)

            def operation() -> int:
                stream = next(turns)
                version = connection.read(stream)[-1][0]
                connection.insert(stream, version + 1, raw_state())
                return 1

            return operation

        yield worker


@contextmanager
def shipped(store: Store, threads: int) -> Iterator[Worker]:
    """Load an aggregate from the library's repository, call its method and save it."""
    with library(store.peers, threads) as application:

        def worker() -> Operation:
            records = [Record("bench") for _ in range(streams_of(threads))]
            for record in records:
                for _ in range(HISTORY - 1):
                    remark(record)
                application.save(record)
            turns = cycle([record.id for record in records])

            def operation() -> int:
                record: Record = application.repository.get(next(turns))
                remark(record)
                application.save(record)
                return 1

            return operation

        yield worker


def remark(record: Record) -> None:
    """Add an event about as long as our fact."""
    record.remark(text=NOTE, place=[72, 140, 200, 36], actor=str(uuid4()))
