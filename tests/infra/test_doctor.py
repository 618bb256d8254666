"""``portfolio doctor``: what is wrong with a set-up, on each store, and each time the way out."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

import infra.main
from infra import doctor
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create, describe
from infra.identity.keys import INDEX_KEY
from infra.main import open_record
from infra.settings import Settings
from infra.store.chain import Outside
from infra.vault.media import Confinement
from infra.vault.previews.office import NOT_INSTALLED
from portfolio.domain.program.facts import AddProgramSecret, RegisterProgram
from tests.deployments import new_deployment
from tests.infra.vault.buckets import running


class Doctor:
    """Runs the command for a deployment with its settings, and keeps what it said."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.settings = settings
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *options: str, status: int = 1, **changed: str) -> str:
        """Return what is said; ``changed`` are settings without their prefix."""
        variables: Mapping[str, str] = {
            **self.settings.environment(),
            **{f"PORTFOLIO_{name.upper()}": value for name, value in changed.items()},
        }
        for name in [name for name in os.environ if name.startswith("PORTFOLIO_")]:
            self._monkeypatch.delenv(name)
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)
        ended = run(cli, ["doctor", *options])
        said = self._capsys.readouterr()
        assert ended == status, said.out + said.err
        return said.out + said.err


@pytest.fixture(params=["sqlite", "postgres"])
def portfolio_doctor(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    settings = new_deployment(request, tmp_path)
    for path in (settings.folder, settings.keys):
        path.chmod(0o700)
    return Doctor(settings, monkeypatch, capsys)


def contents(folder: Path) -> dict[str, bytes]:
    """Return all that a folder holds but what SQLite makes beside a file that is read."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in files if not path.name.endswith(("-wal", "-shm"))}


def test_nothing_is_wrong_with_a_new_deployment_and_nothing_of_it_is_changed(portfolio_doctor: Doctor) -> None:
    settings = portfolio_doctor.settings
    before = contents(settings.folder), contents(settings.keys)
    said = portfolio_doctor(status=0)
    assert "Nothing is wrong with this set-up." in said
    after = contents(settings.folder), contents(settings.keys)
    assert [part.keys() for part in after] == [part.keys() for part in before]
    assert after == before


def test_settings_that_are_faulty_are_named(portfolio_doctor: Doctor) -> None:
    assert "PORTFOLIO_PORT (http) is not a port" in portfolio_doctor(port="http")


def test_where_nothing_was_made_yet_the_first_step_is_named(portfolio_doctor: Doctor, tmp_path: Path) -> None:
    said = portfolio_doctor("--folder", str(tmp_path / "new"), keys=str(tmp_path / "none"))
    if portfolio_doctor.settings.store.variables():
        assert f"There is no {tmp_path / 'none' / INDEX_KEY}" in said  # its facts lie in the database
    else:
        assert "There is no deployment" in said
        assert "`portfolio init`" in said


def test_a_folder_of_others_is_named(portfolio_doctor: Doctor) -> None:
    folder = portfolio_doctor.settings.folder
    folder.chmod(0o755)
    assert f"Others may look into {folder}: run chmod 700 on it." in portfolio_doctor()


def test_a_file_that_others_may_read_is_named(portfolio_doctor: Doctor) -> None:
    file = portfolio_doctor.settings.folder / "views.db"
    file.touch()
    file.chmod(0o644)
    assert f"Others may use {file}: run chmod 600 on it." in portfolio_doctor()


def test_a_key_that_others_may_read_is_named_and_so_is_one_that_is_missing(portfolio_doctor: Doctor) -> None:
    key = portfolio_doctor.settings.keys / INDEX_KEY
    key.chmod(0o644)
    assert f"Others may use the secret {key}: run chmod 400 on it." in portfolio_doctor()
    key.unlink()
    assert f"There is no {key}" in portfolio_doctor()


def test_a_disk_with_less_than_the_reserve_is_named(portfolio_doctor: Doctor) -> None:
    assert "make room, or uploads are refused" in portfolio_doctor(reserve_mb="999999999")


def test_a_vault_that_is_gone_is_named_and_not_made(portfolio_doctor: Doctor) -> None:
    vault = portfolio_doctor.settings.folder / "vault"
    vault.rename(vault.with_name("elsewhere"))
    assert f"There is no {vault}, where the files lie" in portfolio_doctor()
    assert not vault.exists()


def test_files_that_another_machine_may_not_find_are_named(portfolio_doctor: Doctor) -> None:
    many = bool(portfolio_doctor.settings.store.variables())
    said = portfolio_doctor(shared_vault="no", status=int(many))
    assert ("set PORTFOLIO_SHARED_VAULT to yes" in said) == many


@pytest.mark.parametrize("portfolio_doctor", ["postgres"], indirect=True)
def test_a_database_server_that_takes_too_few_connections_is_named(portfolio_doctor: Doctor) -> None:
    said = portfolio_doctor(status=0, workers="1")
    assert "connections" not in said
    said = portfolio_doctor(status=0, workers="100")
    assert "may want 5020: raise max_connections, or lower PORTFOLIO_WORKERS." in said


@pytest.mark.parametrize("portfolio_doctor", ["postgres"], indirect=True)
def test_tables_that_this_release_needs_and_nobody_made_are_named(portfolio_doctor: Doctor) -> None:
    address = portfolio_doctor.settings.store.variables()["PORTFOLIO_DATABASE_URL"]
    with psycopg.connect(address) as hand:
        hand.execute("DROP SCHEMA sign_in CASCADE")
    assert "run `portfolio migrate`" in portfolio_doctor()


def test_a_clock_that_the_last_fact_speaks_against_is_named(
    portfolio_doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(days=500)
    monkeypatch.setattr(infra.main, "now", lambda: later)
    said = portfolio_doctor()
    assert "more than 400 days later: nothing can be recorded" in said
    assert "portfolio accept-clock --reason" in said


def test_facts_that_were_seen_and_are_lost_are_named(portfolio_doctor: Doctor) -> None:
    outside = Outside(portfolio_doctor.settings.keys)
    end = outside.read()
    assert end is not None
    outside.write(end._replace(position=end.position + 3))
    assert "portfolio accept-loss --reason TEXT" in portfolio_doctor()


def test_a_live_deployment_without_encryption_is_named(tmp_path: Path) -> None:
    assert not list(doctor.of_address("http://127.0.0.1:8080", "live"))
    assert not list(doctor.of_address("http://[::1]:8080", "live"))
    assert not list(doctor.of_address("http://localhost:8080", "live"))
    assert not list(doctor.of_address("https://portfolio.example", "live"))
    assert not list(doctor.of_address("http://portfolio.example", "demo"))
    (found,) = doctor.of_address("http://portfolio.example", "live")
    assert found.wrong
    assert "set PORTFOLIO_BASE_URL to its https address" in found.sentence


def test_a_live_deployment_is_asked_by_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir(mode=0o700)
    create(settings, "live", "Ann Lee")
    asked = Doctor(settings, monkeypatch, capsys)
    assert "set PORTFOLIO_SCANNER to ClamAV's socket" in asked()
    said = asked(status=0, scanner="none")
    assert "Nothing is wrong" in said
    assert "Note: Nothing looks for malware in uploaded files" in said
    said = asked(status=0, scanner="none", webhook_networks="10.4.0.0/16", cors_origins="https://learning.example")
    assert "Note: Webhooks may be sent into 10.4.0.0/16" in said
    assert "Note: Pages of https://learning.example may ask the API from a browser" in said
    assert "The malware scanner at /nowhere/clamd.ctl cannot be used" in asked(scanner="clamd:/nowhere/clamd.ctl")
    assert "This deployment is live, and http://portfolio.example" in asked(base_url="http://portfolio.example")


def test_a_machine_with_too_little_of_something_is_named() -> None:
    (python,) = doctor.of_python((3, 10))
    assert python.sentence == "This is Python 3.10, on which nothing was tested: use one of 3.11, 3.12, 3.13."
    (files,) = doctor.of_open_files(10**9)
    assert "each connection is one: allow 1,000,000,000 or more" in files.sentence
    (temporary,) = doctor.of_temporary_files(10**18)
    assert "set TMPDIR to a folder on a larger disk" in temporary.sentence


@pytest.mark.parametrize(
    ("confinement", "wrong"),
    [
        (Confinement(lacking=["Landlock"], possible=[]), False),
        (Confinement(lacking=["seccomp"], possible=["start processes"]), True),
        (Confinement(lacking=[], possible=[], starts=False), True),
    ],
)
def test_what_the_system_lacks_for_opening_files_is_named_and_wrong_only_if_it_leaves_something_open(
    confinement: Confinement, wrong: bool
) -> None:
    assert [finding.wrong for finding in doctor.of_sandbox(lambda: confinement)] == [wrong]


def test_buckets_are_verified_where_their_roles_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running("moto", monkeypatch, fresh=True):
        settings = Settings.read(
            {"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_VAULT": "s3://evidence-of-the-doctor/portfolio"}
        )
        settings.folder.mkdir(mode=0o700)
        create(settings, "demo", "Ann Lee")
        asked = Doctor(settings, monkeypatch, capsys)
        roles = ("--application", "arn:aws:iam::123456789012:role/application")
        said = asked(*roles)
        assert "There is no bucket evidence-of-the-doctor. Run portfolio vault setup." in said
        assert run(cli, ["vault", "setup", *roles]) == 0
        assert "Nothing is wrong" in asked(*roles, status=0)
        assert "Note: The buckets were not verified: name their roles" in asked(status=0)


def test_that_documents_cannot_be_shown_is_noted_and_not_wrong() -> None:
    assert list(doctor.of_documents(lambda: None)) == []
    (finding,) = doctor.of_documents(lambda: NOT_INSTALLED)
    assert (finding.sentence, finding.wrong) == (NOT_INSTALLED, False)


def test_a_program_that_cannot_work_although_nobody_stopped_it_is_named_with_the_way_out(
    portfolio_doctor: Doctor,
) -> None:
    program = uuid4()

    def does(command: RegisterProgram | AddProgramSecret) -> None:
        with open_record(portfolio_doctor.settings) as record:
            record.handler.execute(command, owner)

    with open_record(portfolio_doctor.settings, read_only=True) as record:
        deployment = describe(record.journal)
        assert deployment
        (owner, *_) = deployment.administrators
    does(RegisterProgram(program_id=program, name="Learner system", owner=owner, rows=frozenset({"ask:me"})))
    told = "Note: The program Learner system does not work. It cannot sign in: whoever owns it gives it a key"
    assert told in portfolio_doctor(status=0)
    does(AddProgramSecret(program_id=program, check="ab" * 32))
    assert "Learner system" not in portfolio_doctor(status=0)
