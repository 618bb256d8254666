"""The key of tokens is rotated with two keys accepted, by whoever runs the machine, on both stores (RECORD-5)."""

import json
import shutil
import stat
from base64 import urlsafe_b64decode
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from joserfc import jwt
from joserfc.jwk import OKPKey
from werkzeug.test import Client

import infra.main
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import tokens_of
from infra.fsck.deployment import differences
from infra.identity.keys import KeyFault, KeyFolder, KeyMissing
from infra.identity.tokens import create_token_key
from infra.lock import FolderInUse, folder_lock
from infra.main import Running, build, now, open_record
from infra.overall import DeploymentUnreadable, deployment_of
from infra.settings import Settings
from infra.signing_in import open_sessions
from portfolio.domain.deployment import DEPLOYMENT_ID, OldKeyAccepted, TokenKeyRotated
from portfolio.domain.kernel import TextNotReadable
from tests.deployments import administrator_of
from tests.golden_stores import copy_store
from tests.infra.test_followers import spoil
from tests.infra.test_golden_stores import LEFT
from tests.infra.wall_clock import WallClock

FIRST, SECOND, THIRD = "token-key.pem", "token-key-2.pem", "token-key-3.pem"
WEEK = timedelta(days=7)
HELD = timedelta(hours=12, minutes=10)


def token(settings: Settings, lifetime: timedelta = WEEK) -> str:
    """Return a token that outlives its key."""
    with open_record(settings, read_only=True) as record:
        return tokens_of(record).issue(administrator_of(settings), lifetime)


def status(worker: Running, bearer: str) -> int:
    return Client(worker.wsgi).get("/v1/me", headers={"Authorization": f"Bearer {bearer}"}).status_code


def ready(worker: Running) -> dict[str, Any]:
    told: dict[str, Any] = Client(worker.wsgi).get("/readyz").get_json()
    return told


def portfolio(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env=settings.environment(), catch_exceptions=False)


def rotated(settings: Settings, *arguments: str) -> str:
    done = portfolio(settings, "rotate-key", "--reason", "it is a year old", *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def header(bearer: str) -> dict[str, str]:
    part = bearer.partition(".")[0]
    told: dict[str, str] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def signed(settings: Settings, name: str, head: dict[str, Any], person: UUID | None = None) -> str:
    """Return a token that this key signed, under another header."""
    person = person or administrator_of(settings)
    claims: dict[str, Any] = {"iss": "portfolio", "aud": "portfolio-api", "sub": str(person), "after": 0}
    claims["exp"] = int((now() + WEEK).timestamp())
    key = OKPKey.import_key((settings.keys / name).read_bytes())
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt"} | head, claims, key, algorithms=["Ed25519"])


def head(settings: Settings) -> int:
    with open_record(settings, read_only=True) as record:
        return record.journal.head()


def told_by(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> str:
    """Run a command as an operator does and return all that it prints."""
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    run(cli, list(words))
    return "".join(capsys.readouterr())


# --- two keys ---------------------------------------------------------------------------------------------------------


def test_a_token_of_the_old_key_is_taken_until_the_key_ends_by_servers_that_run_meanwhile(
    settings: Settings, clock: WallClock
) -> None:
    old = token(settings)
    assert header(old) == {"alg": "Ed25519", "typ": "at+jwt"}
    with ExitStack() as stack:
        workers = [stack.enter_context(closing(build(settings)))]
        if settings.store.variables():  # a database takes more than one
            workers.append(stack.enter_context(closing(build(settings))))
        assert {status(worker, old) for worker in workers} == {200}
        assert f"Tokens are signed with {settings.keys / SECOND} now; earlier ones end by 20" in rotated(settings)
        new = token(settings)
        assert set(header(new)) == {"alg", "typ", "kid"}
        assert {status(worker, each) for worker in workers for each in (old, new)} == {200}
        assert {ready(worker)["status"] for worker in workers} == {"ready"}
        clock.wrong_by = HELD - timedelta(minutes=1)
        assert {status(worker, each) for worker in workers for each in (old, new)} == {200}
        clock.wrong_by = HELD + timedelta(minutes=1)
        assert [{status(worker, each) for worker in workers} for each in (old, new)] == [{401}, {200}]
        (settings.keys / FIRST).unlink()  # nobody needs it any more
        assert {"keys" in ready(worker)["wrong"] for worker in workers} == {False}
    with closing(build(settings)) as again:
        assert [status(again, each) for each in (old, new)] == [401, 200]


def test_a_restarted_server_takes_both(settings: Settings) -> None:
    old = token(settings)
    rotated(settings)
    new = token(settings)
    with closing(build(settings)) as again:
        assert [status(again, each) for each in (old, new)] == [200, 200]


def test_the_record_says_why_and_until_when_and_the_new_key_is_its_owners_alone(settings: Settings) -> None:
    begun = now()
    rotated(settings)
    with open_record(settings, read_only=True) as record:
        fact = record.journal.read(DEPLOYMENT_ID)[-1].fact
    assert isinstance(fact, TokenKeyRotated)
    assert (fact.number, fact.reason) == (2, "it is a year old")
    assert fact.old_until is not None
    assert begun + HELD <= fact.old_until <= now() + HELD
    assert stat.S_IMODE((settings.keys / SECOND).stat().st_mode) == 0o400
    assert {SECOND: fact.check} == KeyFolder(settings.keys).check_values([SECOND])


def test_a_sign_in_link_and_a_session_go_on_whatever_becomes_of_the_keys_of_tokens(settings: Settings) -> None:
    link = portfolio(settings, "sign-in-link", str(administrator_of(settings))).stdout
    rotated(settings, "--at-once")
    with open_sessions(settings, now) as sessions:
        secret = sessions.open(link.strip().partition("#code=")[2])
        assert sessions.person_of(secret) == administrator_of(settings)


def test_the_old_key_is_not_rotated_again_while_it_is_accepted_and_no_file_is_left_over(settings: Settings) -> None:
    rotated(settings)
    before = head(settings)
    for extra in (["--reason", "again"], ["--only-make"]):
        done = CliRunner().invoke(cli, ["rotate-key", *extra], env=settings.environment())
        assert isinstance(done.exception, OldKeyAccepted)
    assert (head(settings), (settings.keys / THIRD).exists()) == (before, False)


def test_at_once_no_earlier_token_is_taken_by_a_server_that_runs_meanwhile(settings: Settings) -> None:
    first = token(settings)
    with closing(build(settings)) as worker:
        rotated(settings)
        second = token(settings)
        assert [status(worker, each) for each in (first, second)] == [200, 200]
        assert "no earlier token is accepted any more" in rotated(settings, "--at-once")
        third = token(settings)
        assert [status(worker, each) for each in (first, second, third)] == [401, 401, 200]
        for name in (FIRST, SECOND):
            (settings.keys / name).unlink()
        assert ready(worker)["status"] == "ready"
    with closing(build(settings)) as again:
        assert [status(again, each) for each in (first, second, third)] == [401, 401, 200]


@pytest.mark.parametrize(
    "arguments", [(), ("--reason", "x", "--only-make"), ("--only-make", "--at-once"), ("--at-once",)]
)
def test_a_reason_is_asked_for_unless_the_key_is_only_made(on_sqlite: Settings, arguments: tuple[str, ...]) -> None:
    done = portfolio(on_sqlite, "rotate-key", *arguments)
    assert done.exit_code == 2
    assert "Say why with --reason" in done.output


def test_a_reason_that_nobody_can_read_is_refused_before_anything_is_made(on_sqlite: Settings) -> None:
    done = CliRunner().invoke(cli, ["rotate-key", "--reason", " "], env=on_sqlite.environment())
    assert isinstance(done.exception, TextNotReadable)
    assert not (on_sqlite.keys / SECOND).exists()


def test_beside_a_server_that_holds_the_folder_nothing_is_made(on_sqlite: Settings) -> None:
    with folder_lock(on_sqlite.folder), pytest.raises(FolderInUse):
        rotated(on_sqlite)
    assert not (on_sqlite.keys / SECOND).exists()


def test_a_deployment_from_before_check_values_has_them_when_its_key_is_rotated(
    tmp_path: Path, bare: pytest.MonkeyPatch
) -> None:
    bare.setattr(infra.main, "now", lambda: LEFT)
    older = Settings.read(copy_store("0.1.0", "sqlite", tmp_path))
    old = token(older)
    rotated(older)
    with open_record(older, read_only=True) as record:
        assert set(deployment_of(record.journal).checks) == {"index-key", "upload-key", FIRST, SECOND}
    with closing(build(older)) as running:
        assert [status(running, each) for each in (old, token(older))] == [200, 200]


# --- what breaks off, and what is not there ---------------------------------------------------------------------------


def test_a_rotation_that_broke_off_is_named_and_finished_by_the_next_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = head(settings)
    (settings.keys / f"{SECOND}.x1.part").write_bytes(b"")  # killed while it wrote: nobody takes it for a key
    old = token(settings)
    with closing(build(settings)) as worker:
        assert f"Made {settings.keys / SECOND}" in portfolio(settings, "rotate-key", "--only-make").output
        made = (settings.keys / SECOND).read_bytes()
        assert head(settings) == before, "as if killed before the fact"
        assert status(worker, old) == 200
        assert f"The record does not name {settings.keys / SECOND}" in ready(worker)["noted"]["keys"]
        for command in ("fsck", "doctor"):
            told = told_by(settings, monkeypatch, capsys, command)
            assert f"The record does not name {settings.keys / SECOND}: its rotation was not finished" in told
        rotated(settings)
        assert (settings.keys / SECOND).read_bytes() == made
        assert "keys" not in ready(worker)["noted"]
        assert [status(worker, each) for each in (old, token(settings))] == [200, 200]
    assert "does not name" not in told_by(settings, monkeypatch, capsys, "fsck")


def test_at_once_takes_no_key_that_lay_there_when_the_others_were_stolen(on_sqlite: Settings) -> None:
    portfolio(on_sqlite, "rotate-key", "--only-make")
    assert str(on_sqlite.keys / THIRD) in rotated(on_sqlite, "--at-once")
    with open_record(on_sqlite, read_only=True) as record:
        assert SECOND not in deployment_of(record.journal).checks


def test_a_key_that_was_put_there_and_is_none_is_not_taken(on_sqlite: Settings) -> None:
    for content in (b"", b"no key", OKPKey.generate_key("X25519").as_pem(private=True)):
        (on_sqlite.keys / SECOND).write_bytes(content)
        (on_sqlite.keys / SECOND).chmod(0o400)
        with pytest.raises(KeyFault, match=f"{SECOND} is (no key of tokens|empty)"):
            rotated(on_sqlite)
        (on_sqlite.keys / SECOND).unlink()
    (on_sqlite.keys / SECOND).write_bytes((on_sqlite.keys / FIRST).read_bytes())
    (on_sqlite.keys / SECOND).chmod(0o440)
    with pytest.raises(KeyFault, match="run chmod 400"):
        rotated(on_sqlite)


def test_a_machine_without_the_new_key_says_so_takes_old_tokens_and_goes_on_when_it_is_copied(
    settings: Settings, tmp_path: Path
) -> None:
    old = token(settings)
    shutil.copytree(settings.keys, tmp_path / "copied")
    there = replace(settings, keys=tmp_path / "copied")
    with closing(build(there)) as worker:
        rotated(settings)
        new = token(settings)
        assert [status(worker, each) for each in (old, new)] == [200, 503]
        assert ready(worker)["wrong"].keys() == {"keys"}
        assert f"There is no {there.keys / SECOND}" in ready(worker)["wrong"]["keys"]
        assert "from the machine where it was made" in ready(worker)["wrong"]["keys"]
        with pytest.raises(KeyMissing, match=SECOND):
            build(there)
        create_token_key(KeyFolder(there.keys), SECOND)  # one of its own is no help, and signs nothing
        forged = signed(there, SECOND, {"kid": header(new)["kid"]}, administrator_of(settings))
        assert [status(worker, each) for each in (old, new, forged)] == [200, 503, 503]
        assert f"{there.keys / SECOND} is not the one of this deployment" in ready(worker)["wrong"]["keys"]
        (there.keys / SECOND).unlink()
        shutil.copy2(settings.keys / SECOND, there.keys)
        assert [status(worker, each) for each in (old, new)] == [200, 200]
        assert ready(worker)["status"] == "ready"


def test_a_machine_that_has_the_new_key_before_it_is_recorded_takes_its_tokens_from_then_on(
    settings: Settings, tmp_path: Path
) -> None:
    portfolio(settings, "rotate-key", "--only-make")
    shutil.copytree(settings.keys, tmp_path / "copied")
    with closing(build(replace(settings, keys=tmp_path / "copied"))) as worker:
        rotated(settings)
        assert status(worker, token(settings)) == 200
        assert ready(worker)["status"] == "ready"


def test_a_new_key_that_is_another_one_is_refused_by_its_name(on_sqlite: Settings) -> None:
    rotated(on_sqlite)
    (on_sqlite.keys / SECOND).unlink()
    create_token_key(KeyFolder(on_sqlite.keys), SECOND)
    with pytest.raises(KeyFault, match=f"{SECOND} is not the one of this deployment: put it back"):
        build(on_sqlite)


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_key_of_tokens_that_is_lost_for_good_ends_every_token_and_no_more(settings: Settings, name: str) -> None:
    old = token(settings)
    rotated(settings)
    new = token(settings)
    (settings.keys / name).unlink()
    with pytest.raises(KeyMissing, match="end every token with `portfolio rotate-key --at-once"):
        build(settings)
    done = CliRunner().invoke(cli, ["rotate-key", "--reason", "lost"], env=settings.environment())
    assert done.exit_code == 1
    rotated(settings, "--at-once")
    with closing(build(settings)) as running:
        assert [status(running, each) for each in (old, new, token(settings))] == [401, 401, 200]


def test_init_on_a_deployment_whose_first_key_has_ended_finds_it_there(on_sqlite: Settings) -> None:
    rotated(on_sqlite, "--at-once")
    (on_sqlite.keys / FIRST).unlink()
    done = portfolio_run(on_sqlite, "init", "--demo")
    assert "holds a deployment already" in done
    assert not (on_sqlite.keys / FIRST).exists()


def test_where_the_rotation_cannot_be_read_the_record_is_only_looked_at(settings: Settings) -> None:
    rotated(settings, "--at-once")
    (settings.keys / FIRST).unlink()
    with open_record(settings, read_only=True) as record:
        version = len(record.journal.read(DEPLOYMENT_ID))
    spoil(settings, DEPLOYMENT_ID, version)
    with pytest.raises(DeploymentUnreadable):
        build(settings)
    with open_record(settings, read_only=True) as record:
        found = [*differences(record)]
    assert any(str(DEPLOYMENT_ID) in each for each in found)
    assert not any("does not name" in each for each in found)


def portfolio_run(settings: Settings, *words: str) -> str:
    done = CliRunner().invoke(cli, words, env=settings.environment())
    return f"{done.output}{done.exception}"
