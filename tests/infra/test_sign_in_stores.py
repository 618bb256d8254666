"""What is kept of signing in, in the file or the tables: no secret, nothing that ran out, and nobody has to wait."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from infra.store.postgres.migrate import migrate
from infra.store.postgres.sign_in import SharedSignIn
from infra.store.refusals import NotMigrated
from infra.store.sqlite.sign_in import FILE, TABLE, SqliteSignIn
from portfolio.application.ports import Busy, Unauthenticated
from tests.infra.doors import HOUR, START, Door, code_of, signed_in
from tests.postgres import Databases


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[str]:
    with databases.borrow() as address:
        yield address


@pytest.fixture
def mia() -> UUID:
    return uuid4()


# the file


def test_sessions_of_an_earlier_release_go_on_until_nobody_uses_them(tmp_path: Path, mia: UUID) -> None:
    end = int((START + timedelta(hours=12)).timestamp())
    with closing(sqlite3.connect(tmp_path / FILE)) as earlier, earlier:
        earlier.execute(TABLE)
        for secret, used in (("open", 0), ("closed", 1)):
            row = (hashlib.sha256(secret.encode()).digest(), "session", mia.bytes, end, used)
            earlier.execute("INSERT INTO secret (hash, purpose, person, expires, used) VALUES (?, ?, ?, ?, ?)", row)
    door = Door(lambda now: SqliteSignIn(tmp_path, now))
    door.now += timedelta(hours=1)
    assert door.sessions().person_of("open") == mia
    assert [kept.opened for kept in door.sessions().open_of(mia)] == [START]
    with pytest.raises(Unauthenticated):
        door.sessions().person_of("closed")
    door.now += timedelta(hours=1, minutes=59)
    assert door.sessions().person_of("open") == mia
    door.now += timedelta(hours=2)
    with pytest.raises(Unauthenticated, match="Nothing was asked for 120 minutes"):
        door.sessions().person_of("open")


def test_the_file_holds_no_secret_in_clear_and_no_trace_of_what_ran_out(tmp_path: Path, mia: UUID) -> None:
    door = Door(lambda now: SqliteSignIn(tmp_path, now))
    sessions = door.sessions()
    code = code_of(sessions.issue_link(mia))
    secret = sessions.open(code)
    sessions.issue_link(mia, bound_to="the cookie")
    door.store().once("jti", "the id of a token", door.now + HOUR)
    stored = (tmp_path / FILE).read_bytes()
    assert [text for text in (code, secret, "the cookie", "the id of a token") if text.encode() in stored] == []
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    door.now += timedelta(days=1)
    sessions.issue_link(mia)
    door.store().once("jti", "another", door.now + HOUR)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM secret").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM once").fetchone() == (1,)


def impatient(folder: Path) -> Door:
    return Door(lambda now: SqliteSignIn(folder, now, patience_seconds=0))


def test_that_a_session_is_used_keeps_nobody_waiting_who_holds_the_file(tmp_path: Path, mia: UUID) -> None:
    door = impatient(tmp_path)
    sessions = door.sessions()
    secret = signed_in(sessions, mia)
    door.now += timedelta(minutes=5)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert sessions.person_of(secret) == mia
        with pytest.raises(Unauthenticated):
            sessions.open("a guess")


def test_a_locked_file_is_busy_and_loses_no_link(tmp_path: Path, mia: UUID) -> None:
    sessions = impatient(tmp_path).sessions()
    code = code_of(sessions.issue_link(mia))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as blocker:
        blocker.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            sessions.open(code)
    assert sessions.open(code)


# the tables


def test_what_ran_out_goes_from_the_tables_and_what_another_looks_at_is_waited_for_by_nobody(
    shared: str, mia: UUID
) -> None:
    clock = Door(SqliteSignIn)
    with closing(SharedSignIn(shared, lambda: clock.now)) as store, psycopg.connect(shared) as other:
        for each in (b"1", b"2"):
            store.keep_link(each * 32, mia, START + timedelta(minutes=1), 0)
        clock.now += timedelta(minutes=1)
        other.execute("SELECT FROM sign_in.secret WHERE hash = %s FOR UPDATE", (b"1" * 32,))
        store.keep_link(b"3" * 32, mia, START + HOUR, 0)
        assert store.run_out() == []  # of links nothing is told
        left = other.execute("SELECT hash FROM sign_in.secret WHERE person = %s ORDER BY hash", (mia,)).fetchall()
    assert left == [(b"1" * 32,), (b"3" * 32,)]


def test_a_database_of_an_earlier_release_is_to_be_migrated_first(database: str) -> None:
    with psycopg.connect(database) as hand:
        hand.execute("DROP SCHEMA sign_in CASCADE")
    with pytest.raises(NotMigrated, match="portfolio migrate"):
        SharedSignIn(database, lambda: START)


def test_the_role_of_the_service_writes_the_tables_and_another_role_reads_none(shared: str, mia: UUID) -> None:
    roles = [f"{name}_{uuid4().hex}" for name in ("service", "reader")]
    with psycopg.connect(shared, autocommit=True) as hand:
        for role in roles:
            hand.execute(f'CREATE ROLE "{role}" LOGIN')
        try:
            migrate(shared, roles[0])
            hand.execute(f'GRANT USAGE ON SCHEMA record TO "{roles[1]}"')
            hand.execute(f'GRANT CONNECT ON DATABASE "{hand.info.dbname}" TO "{roles[1]}"')
            with closing(SharedSignIn(make_conninfo(shared, user=roles[0]), lambda: START)) as store:
                assert store.once("jti", str(mia), START + HOUR)
                store.keep_link(b"4" * 32, mia, START + HOUR, 0)
                assert store.open(b"4" * 32, b"5" * 32, START + HOUR, browser="")
                store.shown_before(b"5" * 32, 7)
                store.set_address(mia, "mia@example.org", mia.hex)
                store.forget_address(mia)
                assert store.sessions_of(mia)
            with pytest.raises(NotMigrated):
                SharedSignIn(make_conninfo(shared, user=roles[1]), lambda: START)
        finally:
            for role in roles:
                hand.execute(f'DROP OWNED BY "{role}"')
                hand.execute(f'DROP ROLE "{role}"')
