import errno
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.cli import cli
from infra.cli.running import run
from infra.demo.story import zofia
from infra.fsck.deployment import differences
from infra.main import open_record
from infra.settings import Settings
from infra.store.journal import EventJournal
from infra.store.sqlite.views import SqliteViews
from infra.vault.folder import FolderVault
from portfolio.domain.evidence.facts import DraftDiscarded
from portfolio.domain.kernel import Entry
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.journeys.service import serving


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployment with sealed files, one of them discarded, that has been stopped."""
    folder = tmp_path_factory.mktemp("stopped")
    with serving(folder) as stage:
        for chapter in (zofia.hands_in, zofia.hands_in_again, zofia.is_to_be_observed, zofia.is_observed):
            chapter(stage)
    return folder


@pytest.fixture
def settings(stopped: Path, tmp_path: Path) -> Settings:
    """A copy of the deployment to spoil."""
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    return Settings.read({"PORTFOLIO_FOLDER": str(folder / "data")})


def differences_of(settings: Settings) -> list[str]:
    with open_record(settings, read_only=True) as record:
        return list(differences(record))


def test_a_deployment_nobody_touched_agrees(settings: Settings) -> None:
    assert differences_of(settings) == []


def test_a_deployment_without_views_agrees_because_they_are_made_again(settings: Settings) -> None:
    (settings.folder / "views.db").unlink()
    assert differences_of(settings) == []


def test_views_that_lag_behind_the_facts_agree(settings: Settings) -> None:
    with open_record(settings, read_only=True) as record:
        views = SqliteViews(settings.folder / "older.db")
        Projector(Shortened(record.journal), views, VIEWS).step()
        views.close()
    (settings.folder / "older.db").replace(settings.folder / "views.db")
    assert differences_of(settings) == []


class Shortened:
    """A log of which only the first facts are there yet."""

    def __init__(self, journal: EventJournal) -> None:
        self._journal = journal

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        return self._journal.since(position, min(limit, 50 - position))

    def mark(self, entry: Entry) -> str:
        return self._journal.mark(entry)

    def head(self) -> int:
        return 50

    def wait_past(self, position: int, timeout: float) -> bool:
        return False


def change(settings: Settings, file: str, *statements: str) -> None:
    """Change a database as somebody with the file at hand could, leaving no other trace."""
    with closing(sqlite3.connect(settings.folder / file, isolation_level=None)) as connection:
        triggers = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for statement in (*(f"DROP TRIGGER {name}" for name in triggers), *statements, *triggers.values()):
            assert connection.execute(statement).rowcount != 0, statement


@pytest.mark.parametrize(
    ("file", "statement", "sentence"),
    [
        ("facts.db", "DELETE FROM facts WHERE position = 40", "position 40 of the log is missing"),
        ("facts.db", "UPDATE facts SET topic = 'plan.approved' WHERE position = 40", "is not what was recorded"),
        ("facts.db", "UPDATE facts SET state = substr(state, 1, 80) WHERE position = 40", "is not what was recorded"),
        ("facts.db", "DELETE FROM unique_keys WHERE name = 'uln'", "the unique key 'uln' of stream"),
        ("facts.db", "DELETE FROM links WHERE name = 'editions of plan'", "the link 'editions of plan' of stream"),
        ("facts.db", "UPDATE idempotency SET position = 1000000", "an idempotency row answers"),
        ("views.db", "UPDATE people_v5 SET name = 'somebody else' WHERE filed = ''", "view people: the row filed"),
        ("views.db", "DELETE FROM readiness_v7", "view readiness: the row enrolment_id"),
        ("views.db", "UPDATE positions SET position = 1000000", "show more than the"),
        ("views.db", "ALTER TABLE people_v5 RENAME COLUMN name TO nom", "run `portfolio rebuild`"),
    ],
)
def test_a_change_in_a_database_is_named(settings: Settings, file: str, statement: str, sentence: str) -> None:
    change(settings, file, statement)
    assert [line for line in differences_of(settings) if sentence in line]


def test_a_views_file_that_is_none_is_named(settings: Settings) -> None:
    (settings.folder / "views.db").write_text("something else, and long enough to be looked at" * 100)
    assert ["views.db" in line for line in differences_of(settings)] == [True]


# --- files ------------------------------------------------------------------------------------------------------------


def files(settings: Settings) -> list[Path]:
    return sorted(path for path in (settings.folder / "vault" / "objects").rglob("*") if path.is_file())


def test_a_missing_file_is_named_with_its_evidence(settings: Settings) -> None:
    lost = files(settings)[0]
    lost.unlink()
    (line,) = differences_of(settings)
    assert line.startswith(f"the file {lost.name} of evidence ")
    assert f" is missing: put {lost} back from a backup" in line


def test_an_altered_file_is_named(settings: Settings) -> None:
    altered = files(settings)[0]
    altered.chmod(0o600)
    altered.write_bytes(altered.read_bytes()[:-1] + b"!")
    (line,) = differences_of(settings)
    assert line.startswith(f"the file {altered.name} of evidence ")
    assert line.endswith(f"has other bytes than were sealed: put {altered} back from a backup")


def test_a_folder_in_the_place_of_a_file_is_named_and_the_file_is_missing(settings: Settings) -> None:
    lost = files(settings)[0]
    lost.unlink()
    lost.mkdir()
    strange, missing = differences_of(settings)
    assert strange == f"{str(lost)!r} is no file of the vault: move it away"
    assert f"is missing: put {lost} back from a backup" in missing


def test_a_file_that_cannot_be_read_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that could not be looked at is said to agree."""
    unread = files(settings)[0]

    def digest(vault: FolderVault, object_id: UUID, **named: str) -> str | None:
        if unread.name == str(object_id):
            raise PermissionError(errno.EACCES, "Permission denied")
        return as_ever(vault, object_id, **named)

    as_ever = FolderVault.digest
    monkeypatch.setattr(FolderVault, "digest", digest)
    [told] = differences_of(settings)
    assert f"cannot be read (Permission denied): let this user read {unread}, and run this again" in told


def test_a_cut_file_is_named(settings: Settings) -> None:
    cut = files(settings)[0]
    cut.chmod(0o600)
    cut.write_bytes(cut.read_bytes()[:-1])
    assert ["has other bytes than were sealed" in line for line in differences_of(settings)] == [True]


def test_a_file_without_evidence_is_named(settings: Settings) -> None:
    stray = str(uuid4())
    path = settings.folder / "vault" / "objects" / stray[:2] / stray
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"nobody's")
    told = f"the file {stray} belongs to no evidence: `portfolio repair` moves it to lost-and-found"
    assert differences_of(settings) == [told]


def test_the_bytes_of_a_discarded_draft_are_named(settings: Settings) -> None:
    with open_record(settings, read_only=True) as record:
        facts = (entry.fact for entry in record.journal.since(0, 10_000))
        gone = next(str(fact.object_id) for fact in facts if isinstance(fact, DraftDiscarded))
    path = settings.folder / "vault" / "objects" / gone[:2] / gone
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"left behind by a crash")
    (line,) = differences_of(settings)
    assert line.endswith("is still there, although it was discarded, refused or erased: `portfolio repair` removes it")


STRANGE = [
    "ab/letter.txt",
    "zz",
    "note",
    "ab/00000000-0000-4000-8000-000000000000",
    "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
]


def test_strange_names_in_the_vault_are_named_and_all_else_is_checked(settings: Settings) -> None:
    objects = settings.folder / "vault" / "objects"
    (objects / "ab").mkdir(exist_ok=True)
    for name in STRANGE:
        (objects / name).write_text("Dear Ann")
    with (objects / os.fsdecode(b"ab/\xff\xfe\n")).open("w") as file:
        file.write("no text")
    (objects / "ab" / "AB00000A-0000-4000-8000-00000000000A").symlink_to(objects / "note")
    (objects / "ab" / "deeper").mkdir()
    files(settings)[0].parent.joinpath("left.blocks").write_bytes(b"")
    lines = differences_of(settings)
    assert len([line for line in lines if "is no file of the vault: move it away" in line]) == len(STRANGE) + 4
    assert len(lines) == len(STRANGE) + 4
    assert all(line.isprintable() for line in lines)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_for_each_difference(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["fsck", "--folder", str(settings.folder)]) == 0
    assert capsys.readouterr().out.startswith("OK: ")
    for path in files(settings)[:2]:
        path.unlink()
    assert run(cli, ["fsck", "--folder", str(settings.folder)]) == 1
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 2
    assert output.err.splitlines()[-1] == "2 differences found."


def test_the_command_does_not_say_that_views_agree_where_there_are_none(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.folder / "views.db").unlink()
    assert run(cli, ["fsck", "--folder", str(settings.folder)]) == 0
    agree, none_there = capsys.readouterr().out.splitlines()
    assert agree.endswith("facts agree with their index rows and files.")
    assert none_there == "There are no views to compare: `portfolio serve` makes them from the facts."


def test_repair_is_not_said_to_mend_what_a_fact_cannot_decide(settings: Settings) -> None:
    change(
        settings,
        "facts.db",
        "UPDATE facts SET state = substr(state, 1, 80) WHERE topic = 'plan.imported'",
    )
    lines = [line for line in differences_of(settings) if "does not follow from the facts" in line]
    assert lines
    assert all(line.endswith("once the facts named above are as they were recorded") for line in lines)


def test_a_rebuild_mends_views(settings: Settings) -> None:
    change(settings, "views.db", "UPDATE people_v5 SET name = 'somebody else' WHERE filed = ''")
    assert run(cli, ["rebuild", "people", "--folder", str(settings.folder)]) == 0
    assert differences_of(settings) == []


def test_it_writes_nothing(settings: Settings) -> None:
    before = contents(settings.folder)
    assert differences_of(settings) == []
    assert contents(settings.folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but those in which SQLite keeps track of who reads."""
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }
