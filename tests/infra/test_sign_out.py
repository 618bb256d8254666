"""Who is signed out is so in every process at once and after a restart, on both stores, by the command line too."""

import signal
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from werkzeug.test import Client

from infra.cli import cli
from infra.identity.ended import last_sign_out
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.lock import FolderInUse, folder_lock
from infra.main import Running, build, now, open_record
from infra.settings import Settings
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.deployments import administrator_of
from tests.faults.service import Caller, Server


def token(settings: Settings, person: UUID) -> str:
    with open_record(settings, read_only=True) as record:
        tokens = LocalTokens(KeyFolder(settings.keys), now, last_sign_out(record.journal))
        return tokens.issue(person, timedelta(hours=1))


def status(worker: Running, bearer: str) -> int:
    return Client(worker.wsgi).get("/v1/me", headers={"Authorization": f"Bearer {bearer}"}).status_code


def portfolio(settings: Settings, *arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments, env=settings.environment(), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_process_refuses_what_was_ended_in_another_and_after_a_restart_too(settings: Settings) -> None:
    person = administrator_of(settings)
    bearer = token(settings, person)
    with ExitStack() as stack:
        workers = [stack.enter_context(closing(build(settings)))]
        if settings.store.variables():  # a database takes more than one
            workers.append(stack.enter_context(closing(build(settings))))
        assert {status(worker, bearer) for worker in workers} == {200}
        answer = Client(workers[0].wsgi).post(
            f"/v1/people/{person}/sign-out", headers={"Authorization": f"Bearer {bearer}"}
        )
        assert answer.status_code == 201
        assert {status(worker, bearer) for worker in workers} == {401}
    with closing(build(settings)) as again:
        assert status(again, bearer) == 401
        assert status(again, token(settings, person)) == 200


def test_the_command_line_signs_one_person_out_or_everybody(settings: Settings) -> None:
    person, other = administrator_of(settings), uuid4()
    with open_record(settings) as record:
        record.handler.execute(RegisterPerson(person_id=other, name="Bo", works_for="centre"), SYSTEM)
    bearers = [token(settings, person), token(settings, other)]
    assert portfolio(settings, "sign-out", str(other)) == f"{other} is signed out everywhere.\n"
    with closing(build(settings)) as running:
        assert [status(running, bearer) for bearer in bearers] == [200, 401]
    bearers = [token(settings, person), portfolio(settings, "token", str(other)).strip()]
    assert portfolio(settings, "sign-out", "--everybody") == "Everybody is signed out.\n"
    with closing(build(settings)) as running:
        assert [status(running, bearer) for bearer in bearers] == [401, 401]
        assert status(running, portfolio(settings, "token", str(person)).strip()) == 200


def test_a_server_that_has_the_folder_is_asked_to_sign_people_out(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        person = administrator_of(server.settings)
        assert server.caller.ask("GET", "/v1/me").status == 200
        assert "Everybody is signed out." in portfolio(server.settings, "sign-out", "--everybody")
        assert server.caller.ask("GET", "/v1/me").status == 401
        assert "/sign-in" in portfolio(server.settings, "sign-in-link", str(person))
        again = Caller(server.settings.base_url, portfolio(server.settings, "token", str(person)).strip())
        assert again.ask("GET", "/v1/me").status == 200
    finally:
        server.end(signal.SIGTERM)


def test_a_folder_that_something_else_than_a_server_holds_is_named(tmp_path: Path) -> None:
    settings = Server(tmp_path).settings
    person = administrator_of(settings)
    with folder_lock(settings.folder), pytest.raises(FolderInUse):
        portfolio(settings, "sign-out", str(person))


@pytest.mark.parametrize("arguments", [(), (str(uuid4()), "--everybody")])
def test_one_person_is_named_or_everybody(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, ["sign-out", *arguments], env={"PORTFOLIO_FOLDER": str(tmp_path)})
    assert done.exit_code == 2
    assert "Name one PERSON, or say --everybody." in done.output
