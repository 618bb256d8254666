"""Which PostgreSQL servers and addresses will do, and what is said of those that will not."""

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from infra.store.postgres.fitness import check_server
from infra.store.postgres.migrate import OpenToEverybody, migrate
from infra.store.postgres.server import connect
from infra.store.postgres.store import PostgresStore
from infra.store.refusals import (
    CannotOpen,
    NotLetIn,
    PooledByTransaction,
    TakesNoWrites,
    TextMangled,
    WrongIsolation,
)
from tests.infra.store.given import SECRET, knowing_our_facts, note, request
from tests.postgres import Databases

LOCK = "SELECT pg_advisory_lock(7020101100)"


def with_option(url: str, setting: str) -> str:
    return make_conninfo(url, options=f"-c {setting}")


def opened(url: str) -> None:
    PostgresStore(url).open_journal(SECRET).close()


# --- addresses -------------------------------------------------------------------------------------------------------


def test_of_several_servers_the_one_that_answers_is_used(database: str) -> None:
    there = conninfo_to_dict(database)
    several = make_conninfo(database, host=f"127.0.0.1,{there['host']}", port=f"1,{there.get('port') or 5432}")
    with knowing_our_facts(PostgresStore(several).open_journal(SECRET)) as journal:
        assert journal.append(*request(uuid4(), 0, note())).position == 1


def test_of_several_servers_one_that_takes_no_writes_is_passed_over(database: str) -> None:
    there = conninfo_to_dict(database)
    host, port = there["host"], there.get("port") or 5432
    several = make_conninfo(with_option(database, "default_transaction_read_only=on"), host=f"{host},{host}")
    with pytest.raises(CannotOpen, match="read-only"):
        opened(make_conninfo(several, port=f"{port},{port}"))


def test_the_database_may_be_named_by_a_service(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{name}={value}" for name, value in conninfo_to_dict(database).items()]
    services = tmp_path / "services.conf"
    services.write_text("\n".join(["[record]", *lines, ""]))
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    for address in ("service=record", "postgresql://?service=record"):
        opened(address)
    with pytest.raises(CannotOpen, match="The database of the service elsewhere cannot be used"):
        opened("service=elsewhere")


def test_the_database_may_be_named_by_a_parameter(database: str) -> None:
    parameters = conninfo_to_dict(database)
    opened("postgresql:///?" + "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items()))
    opened(make_conninfo("", **parameters))


def test_letters_are_sent_as_unicode_whatever_the_environment_says(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with connect(make_conninfo(database, client_encoding="LATIN1")) as connection:
        assert connection.execute("SELECT %s::text", ("Łódź",)).fetchone() == ("Łódź",)


# --- servers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_does_not_know_every_letter_is_refused(pg_server: str, encoding: str) -> None:
    name = f"letters_{uuid4().hex}"
    address = urlsplit(pg_server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(pg_server, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        try:
            for refused in (migrate, opened):
                with pytest.raises(TextMangled, match=f"stores text as {encoding}, which does not know every letter"):
                    refused(address)
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_another_isolation_level_than_appends_need_is_refused(database: str, isolation: str) -> None:
    address = with_option(database, f"default_transaction_isolation={isolation.replace(' ', chr(92) + ' ')}")
    with pytest.raises(WrongIsolation, match=f"works at the isolation level {isolation}, at which nobody sees"):
        opened(address)


def test_a_database_that_takes_no_writes_is_refused_and_may_be_read(database: str) -> None:
    address = with_option(database, "default_transaction_read_only=on")
    with pytest.raises(TakesNoWrites, match="set to read only: reset default_transaction_read_only"):
        opened(address)
    with closing(PostgresStore(address).open_journal(SECRET, read_only=True)) as journal:
        assert journal.head() == 0


def test_a_standby_is_named_as_such() -> None:
    assert "its server is a standby: name the one that it follows" in str(TakesNoWrites("facts", standby=True))


class Pooler:
    """Gives its callers one session of the server in turns, as poolers do by transaction. Close it when done.

    It speaks as much of the protocol as it must: where a session begins, and where a transaction ends.
    """

    def __init__(self, address: str) -> None:
        parameters = conninfo_to_dict(address)
        self._socket = f"{parameters['host']}/.s.PGSQL.{parameters.get('port') or 5432}"
        self._turn = Lock()
        self._server: socket.socket | None = None
        self._greeting = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = make_conninfo(
            address, host="127.0.0.1", port=self._listener.getsockname()[1], sslmode="disable", gssencmode="disable"
        )
        Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        if self._server is not None:
            self._server.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):
            length = caller.recv(4)
            begins = length + caller.recv(int.from_bytes(length, "big") - 4)
            with self._turn:
                if self._server is None:
                    self._server = socket.socket(socket.AF_UNIX)
                    self._server.connect(self._socket)
                    self._server.sendall(begins)
                    self._greeting = self._until_ready()
            caller.sendall(self._greeting)
            while asked := caller.recv(65_536):
                if asked[:1] == b"X":  # the caller goes, the session stays
                    return
                with self._turn:
                    self._server.sendall(asked)
                    caller.sendall(self._until_ready())

    def _until_ready(self) -> bytes:
        assert self._server is not None
        answer = b""
        while not answer.endswith(b"Z\0\0\0\5I"):
            answer += self._server.recv(65_536)
        return answer


@pytest.fixture
def pooler(database: str) -> Iterator[Pooler]:
    with closing(Pooler(database)) as pooler:
        yield pooler


@pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="the pooler knows our own server's socket only")
def test_a_pooler_that_changes_the_session_after_a_transaction_is_refused(pooler: Pooler) -> None:
    with pytest.raises(PooledByTransaction, match="let it pool by session, or name the server behind it"):
        check_server(pooler.address)


# --- who may connect -------------------------------------------------------------------------------------------------


@pytest.fixture
def roles(pg_server: str, databases: Databases) -> Iterator[list[str]]:
    """Give the names of two roles of the server without any rights: a new owner and somebody else."""
    names = [f"{name}_{uuid4().hex}" for name in ("owner", "stranger")]
    with psycopg.connect(pg_server, autocommit=True) as connection:
        for name in names:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
        yield names
        for name in names:
            connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def as_(role: str, database: str) -> str:
    return make_conninfo(database, user=role)


@pytest.fixture
def own_database(pg_server: str, roles: list[str]) -> Iterator[str]:
    """Give the address of a new database for the role that owns it, open to every role as the server makes them."""
    name = f"own_{uuid4().hex}"
    with psycopg.connect(pg_server, autocommit=True) as connection:
        connection.execute(
            SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(Identifier(name), Identifier(roles[0]))
        )
        yield as_(roles[0], urlsplit(pg_server)._replace(path=f"/{name}").geturl())
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def test_a_stranger_who_could_hold_the_lock_of_all_appends_may_not_connect(own_database: str, roles: list[str]) -> None:
    stranger = as_(roles[1], own_database)
    with connect(stranger) as before:
        before.execute(LOCK)
    migrate(own_database)
    with pytest.raises(NotLetIn, match="let it in with `portfolio migrate --role ROLE`"):
        opened(stranger)


def test_the_role_of_the_service_may_connect_also_where_an_earlier_release_let_it_in(
    own_database: str, roles: list[str]
) -> None:
    service = as_(roles[1], own_database)
    migrate(own_database, roles[1])
    opened(service)
    with connect(own_database) as owner:  # as before this release
        database = Identifier(owner.info.dbname)
        owner.execute(SQL("REVOKE CONNECT ON DATABASE {} FROM {}").format(database, Identifier(roles[1])))
        owner.execute(SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO PUBLIC").format(database))
    migrate(own_database)
    opened(service)
    with connect(own_database) as owner:
        question = "SELECT has_database_privilege('public', current_database(), 'CONNECT, TEMPORARY')"
        assert owner.execute(question).fetchone() == (False,)
        owner.execute(SQL("DROP OWNED BY {}").format(Identifier(roles[0])))


def test_who_may_not_keep_others_out_is_told_what_the_owner_does(own_database: str, roles: list[str]) -> None:
    with connect(own_database) as owner:
        owner.execute(
            SQL("GRANT CREATE ON DATABASE {} TO {}").format(Identifier(owner.info.dbname), Identifier(roles[1]))
        )
    with pytest.raises(OpenToEverybody, match="Its owner can: REVOKE CONNECT, TEMPORARY ON DATABASE own_"):
        migrate(as_(roles[1], own_database))
    with ExitStack() as stack:
        owner = stack.enter_context(connect(own_database))
        assert owner.execute("SELECT to_regnamespace('record')").fetchone() == (None,)
