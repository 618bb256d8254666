"""Facts, index rows and receipts: each difference from what appends leave in a store is one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import chain
from uuid import UUID

from infra.fsck.chain import places
from infra.store.codec import Tampered, microseconds
from infra.store.journal import EventJournal
from infra.store.recorder import FactsSnapshot, IndexRows
from infra.store.sqlite.schema import INDEX, statements, write_index
from portfolio.application.indexes import ADDED_LATER
from portfolio.domain.kernel import EPOCH

GAPS_IN_POSITIONS = """
SELECT position, previous FROM (
    SELECT position, lag(position, 1, 0) OVER (ORDER BY position) AS previous FROM facts
) AS f WHERE position <> previous + 1
"""
GAPS_IN_VERSIONS = """
SELECT originator_id, originator_version, previous, position FROM (
    SELECT originator_id, originator_version, position,
        lag(originator_version, 1, 0) OVER (PARTITION BY originator_id ORDER BY position) AS previous
    FROM facts
) AS f WHERE originator_version <> previous + 1 ORDER BY position
"""
STRAY_RECEIPTS = """
SELECT position, stream, version FROM idempotency
WHERE position > (SELECT coalesce(max(position), 0) FROM facts)
UNION SELECT * FROM (
    SELECT position, stream, version FROM idempotency WHERE version > 0
    EXCEPT SELECT position, originator_id, originator_version FROM facts
) AS answered ORDER BY 1
"""
FACTS_IN_ORDER = "SELECT position, originator_id, originator_version, topic, state FROM facts ORDER BY position"
LINKS = "SELECT name, key, row_number() OVER (PARTITION BY name, key ORDER BY position), stream FROM {0}.links"
UNIQUE_KEYS = "SELECT name, key, 1, stream FROM {0}.unique_keys"

REPAIR = "`portfolio repair` mends it"
LATER = "`portfolio repair` mends it once the facts named above are as they were recorded"


def differences(journal: EventJournal, index_rows: IndexRows) -> Iterator[str]:
    """Yield damage, gaps, facts that cannot be read or go back in time, and index rows other than follow from facts.

    It reads one moment of the store, whatever is written meanwhile.
    """
    with journal.store.snapshot() as snapshot, closing(sqlite3.connect("")) as scratch:
        try:
            yield from snapshot.damage()
            mend = REPAIR
            for fault in chain(gaps(snapshot), unreadable(journal, snapshot, index_rows, scratch)):
                yield fault
                mend = LATER
            yield from stray_index_rows(snapshot, scratch, mend)
        except snapshot.errors as error:
            yield f"{snapshot.place} is damaged: {error}; nothing more can be checked"


def gaps(snapshot: FactsSnapshot) -> Iterator[str]:
    """Yield where positions, versions of a stream or receipts do not run on."""
    for position, previous in snapshot.select(GAPS_IN_POSITIONS):
        missing = places(previous + 1, position - 1)
        yield f"{missing} of the log {'is' if previous + 2 == position else 'are'} missing"
    for stream, version, previous, position in snapshot.select(GAPS_IN_VERSIONS):
        yield f"at position {position}, fact {version} of stream {UUID(bytes=stream)} follows fact {previous}"
    for position, stream, version in snapshot.select(STRAY_RECEIPTS):
        yield f"an idempotency row answers position {position}, fact {version} of {UUID(bytes=stream)}: it is not there"


def unreadable(
    journal: EventJournal, snapshot: FactsSnapshot, index_rows: IndexRows, scratch: sqlite3.Connection
) -> Iterator[str]:
    """Yield facts that cannot be read or go back in time; write the index rows of the others to ``scratch``."""
    for statement in statements(INDEX.format(schema="temp")):
        scratch.execute(statement)
    codec, last = journal.mapper.codec, 0
    for row in snapshot.select(FACTS_IN_ORDER):
        try:
            entry = codec.decode(row)
        except Tampered as error:
            yield str(error)
            continue
        at = microseconds(entry.at)
        if at < last:
            yield f"fact {row[0]} was recorded at {moment(at)}, before the one in front of it ({moment(last)})"
        last = max(at, last)
        write_index(scratch.execute, row[1], row[0], map(journal.hashed, index_rows(entry.fact)))


def stray_index_rows(snapshot: FactsSnapshot, scratch: sqlite3.Connection, mend: str = REPAIR) -> Iterator[str]:
    """Yield index rows that are stored and do not follow from the facts, and those that follow and are not stored.

    Those that follow lie in ``scratch``, in the schema ``temp``; what is stored is copied beside them. A link that the
    store's release did not know is not missing before the next append fills it in.
    """
    for statement in statements(INDEX.format(schema="main")):
        scratch.execute(statement)
    links = snapshot.select("SELECT name, key, stream, position FROM links")
    scratch.executemany("INSERT OR IGNORE INTO main.links (name, key, stream, position) VALUES (?, ?, ?, ?)", links)
    filled_in_later = ADDED_LATER.keys() - {name for name, *_ in scratch.execute("SELECT name FROM main.links")}
    unique_keys = snapshot.select("SELECT name, key, stream FROM unique_keys")
    scratch.executemany("INSERT OR IGNORE INTO main.unique_keys (name, key, stream) VALUES (?, ?, ?)", unique_keys)
    for question, kind in ((LINKS, "link"), (UNIQUE_KEYS, "unique key")):
        stored, derived = question.format("main"), question.format("temp")
        for name, _, _, stream in scratch.execute(f"{stored} EXCEPT {derived}"):
            yield f"the {kind} {name!r} of stream {UUID(bytes=stream)} does not follow from the facts: {mend}"
        for name, _, _, stream in scratch.execute(f"{derived} EXCEPT {stored}"):
            if name not in filled_in_later:
                yield f"the {kind} {name!r} of stream {UUID(bytes=stream)} is missing: {mend}"


def moment(at: int) -> str:
    """Return the time, given in microseconds since 1970, for people."""
    return (EPOCH + timedelta(microseconds=at)).isoformat()
