"""The log of writes is bounded: what a long reader lets grow is cut once that reader has ended."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from infra.store.address import log_size
from infra.store.sqlite.wal import WriteLog

LIMIT = 1 << 20


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "facts.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x BLOB)")
        yield connection


def write(writer: sqlite3.Connection, log: WriteLog, path: Path, times: int) -> None:
    for _ in range(times):
        writer.execute("INSERT INTO t VALUES (randomblob(100000))")
        log.bound(log_size(path))


def test_the_log_that_a_long_reader_let_grow_is_cut_when_it_has_ended(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    path, log = tmp_path / "facts.db", WriteLog(writer, tmp_path / "facts.db", LIMIT)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,)
        write(writer, log, path, 50)
        assert log_size(path) > 4 * LIMIT
        assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,), "the reader's moment is kept"
        reader.execute("COMMIT")
    write(writer, log, path, 1)
    assert log_size(path) <= LIMIT


def test_nobody_waits_for_a_long_reader(writer: sqlite3.Connection, tmp_path: Path) -> None:
    path, log = tmp_path / "facts.db", WriteLog(writer, tmp_path / "facts.db", LIMIT)
    writer.execute("PRAGMA busy_timeout = 2000")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchone()
        write(writer, log, path, 30)
    assert writer.execute("PRAGMA busy_timeout").fetchone() == (2000,)
