"""On PostgreSQL one role owns the tables of the record and another runs the service: each command says whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from infra.cli import cli
from infra.cli.running import run
from infra.main import build
from infra.settings import Settings


@dataclass
class Roles:
    """The names of the two, and a database that the first owns."""

    owner: str
    service: str
    database: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def run(self, role: str, *command: str) -> int:
        """Run a command under a role."""
        self.monkeypatch.setenv("PORTFOLIO_DATABASE_URL", make_conninfo(self.database, user=role))
        return run(cli, [*command])

    def settings(self) -> Settings:
        """Return those of the service."""
        url = make_conninfo(self.database, user=self.service)
        variables = {"PORTFOLIO_FOLDER": str(self.folder), "PORTFOLIO_DATABASE_URL": url}
        return Settings.read(variables | {"PORTFOLIO_SHARED_VAULT": "yes"})

    def serve(self) -> None:
        """Serve until the views show everything."""
        running = build(self.settings())
        try:
            assert running.projector.wait_for(running.record.journal.head(), 60)
        finally:
            running.close()


@pytest.fixture
def roles(pg_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Roles]:
    """Give two roles without other rights, and the database prepared by one for the other."""
    owner, service, name = (f"{name}_{uuid4().hex}" for name in ("owner", "service", "own"))
    monkeypatch.setenv("PORTFOLIO_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PORTFOLIO_SHARED_VAULT", "yes")

    def told(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
        connection.execute(SQL(statement).format(*map(Identifier, names)))

    with psycopg.connect(pg_server, autocommit=True) as hand:
        for role in (owner, service):
            told(hand, "CREATE ROLE {} LOGIN", role)
        told(hand, "CREATE DATABASE {} OWNER {} TEMPLATE template0", name, owner)
        roles = Roles(owner, service, make_conninfo(pg_server, dbname=name), tmp_path / "data", monkeypatch)
        assert roles.run(owner, "migrate", "--role", service) == 0
        yield roles
        told(hand, "DROP DATABASE {} WITH (FORCE)", name)
        for role in (owner, service):
            told(hand, "DROP ROLE {}", role)


def test_before_anything_is_recorded_the_first_step_is_named_not_a_backup(
    roles: Roles, capsys: pytest.CaptureFixture[str]
) -> None:
    roles.folder.mkdir(0o700)
    assert roles.run(roles.service, "doctor") == 1
    assert capsys.readouterr().out.splitlines() == [
        f"There is no deployment in {roles.folder}: run `portfolio init` first, or set PORTFOLIO_FOLDER."
    ]


def test_the_owner_of_the_tables_checks_and_mends_and_leaves_the_views_to_the_service(
    roles: Roles, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roles.run(roles.service, "init", "--demo") == 0
    roles.serve()
    for role in (roles.service, roles.owner):
        for command in ("fsck", "repair"):
            assert roles.run(role, command) == 0, capsys.readouterr()
    told = capsys.readouterr().out
    assert "agree with their index rows, views and files" in told
    assert "Nothing was to be mended" in told
    with psycopg.connect(make_conninfo(roles.database)) as hand:
        hand.execute("UPDATE views.people_v5 SET name = 'somebody else'")
    assert roles.run(roles.owner, "fsck") == 1
    assert roles.run(roles.owner, "repair") == 0
    told = capsys.readouterr().out
    assert f"are kept by the role of the service, {roles.service}: name it in PORTFOLIO_DATABASE_URL" in told
    for words in (["rebuild"], ["accept-loss", "--reason", "none"], ["serve"], ["doctor"]):
        assert roles.run(roles.owner, *words) == 1
        output = capsys.readouterr()
        assert f"are kept by the role of the service, {roles.service}" in output.out + output.err
    assert roles.run(roles.service, "repair") == 0
    assert roles.run(roles.owner, "fsck") == 0


def test_the_service_mends_all_but_index_rows_and_names_who_mends_those(
    roles: Roles, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roles.run(roles.service, "init", "--demo") == 0
    roles.serve()
    with psycopg.connect(make_conninfo(roles.database)) as hand:
        hand.execute("ALTER TABLE record.unique_keys DISABLE TRIGGER USER")
        hand.execute("INSERT INTO record.unique_keys (name, key, stream) VALUES ('uln', 'x', gen_random_uuid())")
        hand.execute("UPDATE views.people_v5 SET name = 'somebody else'")
    assert roles.run(roles.owner, "migrate", "--role", roles.service) == 0
    capsys.readouterr()
    assert roles.run(roles.service, "repair") == 0
    told = capsys.readouterr().out
    assert "Index rows stay as they are. " in told
    assert f"mended by the owner of its tables, {roles.owner}: name that role" in told
    assert "Made the views again" in told
    assert roles.run(roles.owner, "repair") == 0
    assert roles.run(roles.service, "fsck") == 0


def test_views_that_this_role_may_not_look_at_are_named_in_one_sentence(
    roles: Roles, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roles.run(roles.service, "init", "--demo") == 0
    roles.serve()
    with psycopg.connect(make_conninfo(roles.database)) as hand:
        hand.execute(SQL("REVOKE ALL ON views.positions FROM {}").format(Identifier(roles.owner)))
        hand.execute("ALTER TABLE views.positions OWNER TO CURRENT_USER")
    capsys.readouterr()
    for role, named in ((roles.owner, "are kept by the role of the service"), (roles.service, "`portfolio migrate")):
        for command in (["fsck"], ["repair"], ["rebuild"], ["sign-out", "--everybody"], ["serve"], ["doctor"]):
            assert roles.run(role, *command) == 1
            output = capsys.readouterr()
            assert named in output.out + output.err
