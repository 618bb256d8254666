import json
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from uuid import UUID, uuid4

import click
import pytest

from infra.cli import COMMANDS, cli
from infra.cli.options import read_settings
from infra.cli.running import keep_fault, run
from infra.lock import folder_lock
from infra.main import open_record
from infra.settings import Settings
from portfolio.domain.person import RegisterPerson, RoleGranted
from portfolio.domain.standing import ReinstatePerson, SuspendPerson
from tests import programs
from tests.infra.terminal import DEMO, PLAN, SOMEBODY, Terminal

# --- init -------------------------------------------------------------------------------------------------------------


def test_init_makes_the_folder_and_the_keys_readable_by_nobody_else(portfolio: Terminal, administrator: str) -> None:
    assert UUID(administrator)
    assert DEMO in portfolio.err
    assert Path("data").stat().st_mode & 0o077 == 0
    keys = list(Path("data-keys").iterdir())
    assert {key.name for key in keys} >= {"index-key", "upload-key", "token-key.pem"}
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)


def test_a_second_init_is_refused_and_names_the_administrator_that_a_killed_one_did_not_come_to_print(
    portfolio: Terminal, administrator: str
) -> None:
    told = portfolio.fails("init", "--live")
    assert f"holds a deployment already, with the administrator {administrator}: `portfolio sign-in-link`" in told


def test_init_needs_to_be_told_live_or_demo(portfolio: Terminal) -> None:
    assert portfolio("init") == 2
    assert portfolio.err.startswith("Say --live or --demo")


def test_init_refuses_the_keys_of_another_deployment(
    portfolio: Terminal, administrator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_KEYS", "data-keys")
    assert "begin in another folder with other keys" in portfolio.fails("init", "--demo", "--folder", "other")
    assert not Path("other/facts.db").exists()


def test_an_interrupted_init_is_finished(portfolio: Terminal) -> None:
    Path("data").mkdir()
    Path("data/facts.db").touch()
    Path("data-keys").mkdir()
    Path("data-keys/index-key").write_bytes(bytes(32))
    Path("data-keys/index-key").chmod(0o400)
    assert portfolio("init", "--live") == 0
    assert portfolio("fsck") == 0


def test_a_live_deployment_does_not_call_itself_a_demo(portfolio: Terminal) -> None:
    assert portfolio("init", "--live") == 0
    assert "emo" not in portfolio.out + portfolio.err


def test_a_deployment_may_begin_with_two_administrators(portfolio: Terminal) -> None:
    assert portfolio("init", "--demo", "--administrator", "Ann Lee", "--second-administrator", "Bo Kay") == 0
    lines = portfolio.out.splitlines()
    assert [line.partition(":")[0] for line in lines[1:3]] == [
        "Ann Lee is its administrator",
        "Bo Kay is its administrator",
    ]
    assert portfolio("plan", "import", str(PLAN)) == 2
    assert "There are 2 administrators" in portfolio.err
    assert portfolio("init", "--demo", "--folder", "b", "--second-administrator", " ") == 2
    assert portfolio("init", "--demo", "--folder", "b", "--second-administrator", "\u3164") == 1
    assert portfolio("init", "--demo", "--folder", "b", "--second-administrator", "Bo Kay") == 0, "nothing was begun"


def test_a_role_granted_on_the_server_is_recorded_as_such(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("grant", administrator, "lead assessor", "--reason", "Nobody else is there.") == 0
    assert f"{administrator} holds the role lead assessor." in portfolio.out
    with open_record(Settings.read(os.environ), read_only=True) as record:
        fact = record.journal.read(UUID(administrator))[-1].fact
    assert fact == RoleGranted(role="lead assessor", reason="Nobody else is there.", on_server=True)
    assert portfolio("fsck") == 0


def test_a_grant_on_the_server_needs_a_person_and_a_reason(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("grant", administrator, "lead assessor") == 2
    assert "register" in portfolio.fails("grant", str(SOMEBODY), "administrator", "--reason", "Back in.")


@pytest.mark.parametrize("reason", ["\u3164", "\u200b", " "])
def test_a_reason_that_shows_nothing_is_none_on_the_server_either(
    portfolio: Terminal, administrator: str, reason: str
) -> None:
    assert portfolio("grant", administrator, "lead assessor", "--reason", reason) == 2
    assert "in words that can be seen" in portfolio.err


@pytest.mark.parametrize("name", ["\u3164", "Ann \u202eeel"])
@pytest.mark.parametrize("option", ["--administrator", "--second-administrator"])
def test_a_name_that_nobody_can_read_begins_no_deployment(portfolio: Terminal, option: str, name: str) -> None:
    assert portfolio("init", "--demo", option, name) == 1
    assert "name: " in portfolio.err
    assert portfolio("init", "--demo", option, "Bo Kay") == 0, "nothing was begun"


def test_a_reason_that_turns_the_order_of_letters_is_refused_on_the_server_too(
    portfolio: Terminal, administrator: str
) -> None:
    assert "reason: " in portfolio.fails("grant", administrator, "lead assessor", "--reason", "see \u202egpj.exe")


# --- settings ---------------------------------------------------------------------------------------------------------


def test_every_fault_of_the_settings_is_said_at_once(portfolio: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_PROT", "1")
    monkeypatch.setenv("PORTFOLIO_PORT", "none")
    monkeypatch.setenv("SQLITE_DBNAME", "elsewhere.db")
    assert portfolio("serve") == 1
    first, *faults = portfolio.err.splitlines()
    assert first == "The settings are faulty:"
    assert [fault.split()[1] for fault in faults] == ["PORTFOLIO_PROT", "PORTFOLIO_PORT", "SQLITE_DBNAME"]


@pytest.mark.parametrize(
    "command", ["serve", "fsck", "rebuild", f"token {SOMEBODY}", f"sign-in-link {SOMEBODY}", "plan show ST1297 V2"]
)
def test_a_command_without_a_deployment_says_how_to_begin(portfolio: Terminal, command: str) -> None:
    assert "run `portfolio init` first" in portfolio.fails(*command.split())
    assert not Path("data").exists()


@pytest.mark.parametrize("command", ["serve", f"plan import {PLAN}", "rebuild"])
def test_a_second_server_or_writing_command_is_told_who_holds_the_folder(
    portfolio: Terminal, administrator: str, command: str
) -> None:
    with folder_lock(Path("data")):
        assert f"in use by process {os.getpid()}:" in portfolio.fails(*command.split())


def test_reading_commands_run_beside_a_server(portfolio: Terminal, administrator: str) -> None:
    with folder_lock(Path("data")):
        assert portfolio("fsck") == 0
        assert portfolio("token", administrator) == 0


def test_a_file_that_is_no_database_is_named(portfolio: Terminal, administrator: str) -> None:
    Path("data/facts.db").write_text("not a database, but longer than the header of one" * 10)
    assert "facts.db" in portfolio.fails("plan", "show", "ST1297", "V2")


def test_a_locked_database_is_one_sentence(portfolio: Terminal, administrator: str) -> None:
    blocker = sqlite3.connect("data/facts.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        assert portfolio.fails("plan", "import", str(PLAN))
    finally:
        blocker.close()


def test_a_secret_that_others_can_read_is_refused(portfolio: Terminal, administrator: str) -> None:
    Path("data-keys/index-key").chmod(0o644)
    assert "chmod 400" in portfolio.fails("plan", "show", "ST1297", "V2")


def test_an_unforeseen_fault_is_one_sentence_with_a_reference(
    portfolio: Terminal, administrator: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def divide() -> None:
        read_settings()
        raise ZeroDivisionError("Jane Doe divided by nought")

    assert run(divide, []) == 1
    printed = capsys.readouterr().err
    line = json.loads(Path("data/faults.log").read_text())
    assert printed.count("\n") == 1
    assert line["reference"] in printed
    assert line["faults"][0]["type"] == "ZeroDivisionError"
    assert "Jane" not in printed + json.dumps(line)


def test_a_fault_outside_every_folder_of_ours_is_written_under_a_name_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(2):
        assert str(tmp_path) in keep_fault(ZeroDivisionError(), None)
    kept = list(tmp_path.iterdir())
    assert len(kept) == 2
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_what_the_command_line_writes_is_its_owner_s_alone(tmp_path: Path) -> None:
    script = "import os\nfrom infra.cli import main\ntry: main()\nfinally: open('made', 'w')"
    arguments = [sys.executable, "-c", script, "--version"]
    programs.run(arguments, cwd=tmp_path)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_token_is_all_that_stands_on_standard_output(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("token", administrator) == 0
    assert portfolio.out.count(".") == 2
    assert len(portfolio.out.split()) == 1


def test_a_sign_in_link_leads_to_the_service(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("sign-in-link", administrator) == 0
    assert portfolio.out.startswith("http://127.0.0.1:8080/sign-in#code=")


@pytest.mark.parametrize("command", ["token", "sign-in-link"])
def test_nobody_unknown_gets_in(portfolio: Terminal, administrator: str, command: str) -> None:
    assert portfolio.fails(command, str(uuid4())) == "This person is not registered: register them first."
    assert portfolio.fails(command, str(UUID(int=1))) == "This person is not registered: register them first."
    assert portfolio(command, "Ann") == 2


@pytest.mark.parametrize("command", ["token", "sign-in-link"])
def test_nobody_suspended_gets_in(portfolio: Terminal, administrator: str, command: str) -> None:
    assistant = uuid4()
    with open_record(Settings.read({})) as record:
        handle = record.handler.execute
        handle(RegisterPerson(person_id=assistant, name="Bo", works_for="centre"), UUID(administrator))
        handle(SuspendPerson(person_id=assistant, reason="An inquiry."), UUID(administrator))
    assert portfolio.fails(command, str(assistant)).startswith("This person is suspended: an administrator")
    assert portfolio("grant", str(assistant), "coach", "--reason", "Back in May.") == 0
    assert portfolio.out == f"{assistant} holds the role coach once they are reinstated.\n"
    with open_record(Settings.read({})) as record:
        record.handler.execute(ReinstatePerson(person_id=assistant, reason="Cleared."), UUID(administrator))
    assert portfolio(command, str(assistant)) == 0


# --- upkeep -----------------------------------------------------------------------------------------------------------


def test_views_are_made_again_all_or_one(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("rebuild") == 0
    assert portfolio("rebuild", "people") == 0
    assert "there are: " in portfolio.fails("rebuild", "peeple")


def test_a_demo_is_not_told_into_a_live_deployment(portfolio: Terminal) -> None:
    assert portfolio("init", "--live", "--folder", "demo") == 0
    assert "is a live deployment" in portfolio.fails("demo", "--no-serve")


# --- what a command imports -------------------------------------------------------------------------------------------

LOADED = """
import sys
from infra.cli import COMMANDS, cli
from infra.cli.running import run
status = run(cli, sys.argv[1:])
print(*sys.modules, file=sys.stderr)
raise SystemExit(status)
"""


def modules_after(*arguments: str) -> set[str]:
    """Run a command in a process of its own, and return what was imported there."""
    return set(programs.run([sys.executable, "-c", LOADED, *arguments]).stderr.split())


def test_a_list_of_commands_waits_for_no_store_and_no_web_server(portfolio: Terminal) -> None:
    loaded = modules_after("--help")
    assert "infra.cli" in loaded
    assert loaded & {"flask", "eventsourcing", "gunicorn", "infra.settings", "infra.main"} == set()


@pytest.mark.parametrize("command", ["serve", "fsck", "init"])
def test_no_command_but_its_own_imports_the_benches_or_the_demo(portfolio: Terminal, command: str) -> None:
    loaded = modules_after(command, "--help")
    assert "infra.main" in loaded
    assert [name for name in loaded if name.startswith(("infra.bench", "infra.demo"))] == []


def test_the_list_of_commands_says_of_each_what_it_says_itself(portfolio: Terminal) -> None:
    for name, entry in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert command.name == name
        assert " ".join((command.help or "").split()).startswith(entry.help.rstrip("."))
