"""What the SQLite store does about other programs, full disks, kills and hands that reach past it."""

import itertools
import math
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest

from infra.store.chain import Chain, Outside
from infra.store.journal import EventJournal
from infra.store.sqlite import schema
from infra.store.sqlite.disk import may_be_stored, refusal
from infra.store.sqlite.recorder import SqliteRecorder
from portfolio.application.ports import (
    Idempotency,
    IndexRow,
    KeyTaken,
    OutcomeUnknown,
    Receipt,
    StorageBroken,
    StorageFull,
)
from tests.infra.store.given import (
    SECRET,
    SOMEBODY,
    Hold,
    Listed,
    Noted,
    Taken,
    differences,
    knowing_our_facts,
    note,
    request,
    together,
)

A, B = UUID(int=10), UUID(int=11)
BIG = Noted(text="x" * 100_000)


@pytest.fixture
def journal(in_file: EventJournal) -> EventJournal:
    return in_file


def test_what_one_caller_sent_too_big_does_not_fail_the_others(journal: EventJournal, hold: Hold) -> None:
    recorder = cast("SqliteRecorder", journal.recorder)
    assert recorder._writer is not None  # the limit, of a gigabyte otherwise, is a property of the connection
    recorder._writer.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    raised = together(journal, hold, request(B, 0, note()), request(A, 0, BIG), request(uuid4(), 0, note()))
    assert [type(error) for error in raised] == [type(None), sqlite3.DataError, type(None)]
    assert journal.head() == 3
    assert differences(journal) == []


def fill(journal: EventJournal) -> None:
    for version in range(100):
        journal.append(*request(A, version, BIG))


def test_a_full_disk_stores_nothing_of_the_append_and_serves_again_when_there_is_room(journal: EventJournal) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))  # no file grows past it; SQLite finds no room
    try:
        with pytest.raises(StorageFull, match="no room"):
            fill(journal)
        stored = journal.head()
        with pytest.raises(StorageFull):
            journal.append(*request(B, 0, BIG, BIG))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert 0 < stored < 100
    assert journal.head() == stored
    assert journal.append(*request(B, 0, note())).position == stored + 1
    assert differences(journal) == []


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_IOERR_DIR_FSYNC, True),
        (sqlite3.SQLITE_IOERR_WRITE, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
    ],
)
def test_a_commit_may_be_stored_where_its_sync_failed(code: int, stored: bool) -> None:
    assert may_be_stored(failed(code)) == stored


def failed(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def test_a_broken_disk_and_a_full_one_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "facts.db"
    assert type(refusal(failed(sqlite3.SQLITE_IOERR_READ), file)) is StorageBroken
    assert type(refusal(failed(sqlite3.SQLITE_FULL), file)) is StorageFull
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, before[1]))
    try:
        assert type(refusal(failed(sqlite3.SQLITE_IOERR_WRITE), file)) is StorageFull
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_database_that_reached_its_size_stores_nothing_of_the_append(journal: EventJournal) -> None:
    recorder = cast("SqliteRecorder", journal.recorder)
    assert recorder._writer is not None  # the limit is a property of the writing connection
    recorder._writer.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StorageFull):
        journal.append(*request(A, 0, Noted(text="x" * 200_000)))
    assert journal.append(*request(A, 0, note())).position == 1


def test_what_went_into_a_file_that_was_moved_away_just_before_is_not_acknowledged(
    journal: EventJournal, facts_file: Path
) -> None:
    recorder = cast("SqliteRecorder", journal.recorder)
    assert recorder._place is not None
    journal.append(*request(A, 0, note()))
    facts_file.rename(facts_file.with_name("away"))
    recorder._place.looked_at = math.inf  # as if that had been within the last moment
    with pytest.raises(OutcomeUnknown, match="was moved away"):
        journal.append(*request(A, 1, note()))
    with pytest.raises(StorageBroken, match="was moved away or replaced"):
        journal.append(*request(A, 2, note()))


REFUSED = {
    "facts are not changed": ("UPDATE facts SET topic = 'x'", "UPDATE facts SET position = position + 1"),
    "facts are not deleted": ("DELETE FROM facts",),
    "facts are not replaced": (
        "INSERT OR REPLACE INTO facts SELECT position, originator_id, originator_version, 'x', state FROM facts",
        "INSERT OR REPLACE INTO facts SELECT 99, originator_id, originator_version, 'x', state FROM facts",
        "REPLACE INTO facts SELECT 1, x'00', 1, topic, state FROM facts WHERE position = 2",
    ),
    "receipts are not changed": ("UPDATE idempotency SET extra = fingerprint",),
    "receipts are not deleted": ("DELETE FROM idempotency",),
    "receipts are not replaced": (
        "INSERT OR REPLACE INTO idempotency SELECT person, key, x'00', stream, version, 1, extra FROM idempotency",
    ),
    "links are not changed": ("UPDATE links SET key = 'Q'",),
    "links follow from a fact of their stream": ("INSERT INTO links SELECT name, 'Q', x'00', position FROM links",),
    "links are released by a fact of their stream": ("DELETE FROM links",),
    "unique keys are not changed": ("UPDATE unique_keys SET key = 'Q'",),
    "unique keys follow from a fact of their stream": ("INSERT INTO unique_keys SELECT name, 'Q', x'00' FROM links",),
    "unique keys are released by a fact of their stream": ("DELETE FROM unique_keys",),
    "the chain is not changed": ("UPDATE chain SET value = receipt",),
    "the chain goes on at its end": (
        "INSERT OR REPLACE INTO chain SELECT position, receipt, value FROM chain",
        "INSERT INTO chain SELECT position + 9, receipt, value FROM chain",
    ),
    "the chain covers every fact": ("DELETE FROM chain",),
}
"""What SQLite itself answers to a hand that reaches past us, by the statement."""


@pytest.mark.parametrize(("why", "sql"), [(why, sql) for why, statements in REFUSED.items() for sql in statements])
def test_nothing_on_record_is_changed_by_anybody(
    journal: EventJournal, facts_file: Path, tmp_path: Path, why: str, sql: str
) -> None:
    key = Idempotency(key="one", fingerprint=b"print")
    journal.append(*request(A, 0, Listed(parent="P"), Taken(key="K"), idempotency=key))
    journal.append(*request(B, 0, note()))
    Chain(journal, Outside(tmp_path)).catch_up()
    with closing(sqlite3.connect(facts_file)) as other, pytest.raises(sqlite3.IntegrityError, match=why):
        other.execute(sql)
    assert differences(journal) == []


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT OR REPLACE INTO links SELECT name, key, stream, 2 FROM links",
        "INSERT OR REPLACE INTO unique_keys SELECT name, key, originator_id FROM unique_keys, facts WHERE position = 4",
    ],
)
def test_a_link_and_a_unique_key_that_are_there_stay_as_they_are(
    journal: EventJournal, facts_file: Path, sql: str
) -> None:
    journal.append(*request(A, 0, Listed(parent="P"), note(), Taken(key="K")))
    journal.append(*request(B, 0, note()))
    with closing(sqlite3.connect(facts_file)) as other:
        other.execute(sql)
        other.commit()
    assert differences(journal) == []


def test_every_trigger_is_tried() -> None:
    triggers = [text for text in schema.statements(schema.FACTS + schema.ADDED) if text.startswith("CREATE TRIGGER")]
    assert [text for text in triggers if not any(why in text for why in (*REFUSED, "RAISE(IGNORE)"))] == []


def test_unique_keys_are_not_readable_in_the_file(journal: EventJournal, facts_file: Path) -> None:
    index = (IndexRow(name="uln", key="1234567890", unique=True),)
    journal.append(*request(A, 0, note(), index=index))
    journal.close()
    assert b"1234567890" not in facts_file.read_bytes()
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as again, pytest.raises(KeyTaken):
        again.append(*request(B, 0, note(), index=index))
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=b"another secret")) as stranger:
        stranger.append(*request(B, 0, note(), index=index))


def test_every_commit_is_synced_and_readers_do_not_wait_for_writers(journal: EventJournal, hold: Hold) -> None:
    recorder = cast("SqliteRecorder", journal.recorder)
    assert recorder._writer is not None  # what a connection is set to, only it can tell
    assert recorder._writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert recorder._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.append(*request(A, 0, note()))
    with hold():
        assert len(journal.read(A)) == 1


def test_what_another_process_appends_is_seen(journal: EventJournal, facts_file: Path) -> None:
    journal.append(*request(A, 0, note(1)))
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as other:
        other.append(*request(A, 1, note(2)))
    assert journal.wait_past(1, timeout=0)
    assert journal.append(*request(A, 2, note(3))).position == 3
    assert differences(journal) == []


WRITER = """
import os
import sys
from pathlib import Path
from threading import Thread
from uuid import uuid4
from infra.store.journal import EventJournal
from portfolio.application.ports import Idempotency
from tests.infra.store.given import SECRET, knowing_our_facts, note, request

journal = knowing_our_facts(EventJournal.in_file(Path(sys.argv[1]), secret=SECRET))

def write():
    stream, version = uuid4(), 0
    while True:
        key = str(uuid4())
        idempotency = Idempotency(key=key, fingerprint=b"print")
        receipt = journal.append(*request(stream, version, note(1), note(2), idempotency=idempotency))
        version += 2
        os.write(1, f"{stream} {receipt.version} {receipt.position} {key}\\n".encode())

for _ in range(4):
    Thread(target=write).start()
"""


@pytest.mark.slow
def test_after_a_kill_every_acknowledged_fact_is_there_once_and_nothing_has_a_gap(facts_file: Path) -> None:
    acknowledged: dict[tuple[UUID, int], tuple[int, str]] = {}
    for round_ in range(10):
        writer = subprocess.Popen(  # noqa: S603 - our own script above
            [sys.executable, "-c", WRITER, str(facts_file)], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert writer.stdout is not None
        for line in itertools.islice(writer.stdout, 20 + 7 * round_):
            note_down(acknowledged, line)
        writer.kill()
        for line in writer.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                note_down(acknowledged, line)
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as journal:
            log = journal.since(0, limit=100_000)
            stored = {(entry.originator_id, entry.originator_version): entry.position for entry in log}
            assert differences(journal) == []
            assert [entry.position for entry in log] == list(range(1, len(stored) + 1))
            for (stream, version), (position, key) in acknowledged.items():
                assert stored[stream, version] == position
                answered = journal.answered(SOMEBODY, key, b"print")
                assert answered == Receipt(stream=stream, version=version, position=position)
    assert len(acknowledged) > 200


def note_down(acknowledged: dict[tuple[UUID, int], tuple[int, str]], line: str) -> None:
    stream, version, position, key = line.split()
    acknowledged[UUID(stream), int(version)] = int(position), key
