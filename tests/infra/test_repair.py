"""What fsck finds and the facts decide is mended; what no fact names is put aside and never deleted."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from infra.audit.reading import Pace, audit
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create
from infra.fsck.deployment import differences
from infra.heads import FactsLost
from infra.lock import folder_lock
from infra.main import build, now, open_record
from infra.repair.deployment import repair
from infra.settings import Bucket, Settings
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed, UploadOffered
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.infra.backup_world import keep_file, quiet, record_fact, spoilable
from tests.infra.test_fsck import change
from tests.infra.vault.buckets import Server, running
from tests.infra.vault.files import TEXT

LONG_AGO = 1_700_000_000


@pytest.fixture
def settings(stopped: Settings, tmp_path: Path) -> Settings:
    """A deployment to spoil."""
    return spoilable(stopped, tmp_path)


def differences_of(settings: Settings) -> list[str]:
    with open_record(settings, read_only=True) as record:
        return list(differences(record))


def repaired(settings: Settings, contradiction: str | None = None) -> list[str]:
    with open_record(settings) as record:
        return list(repair(record, quiet, contradiction))


def test_nothing_is_done_where_all_agrees(settings: Settings) -> None:
    assert repaired(settings) == []


# --- index rows -------------------------------------------------------------------------------------------------------

INDEX_DAMAGE = [
    "DELETE FROM unique_keys WHERE name = 'uln'",
    "UPDATE unique_keys SET stream = zeroblob(16) WHERE name = 'uln'",
    "DELETE FROM links WHERE name = 'editions of plan'",
    "UPDATE links SET key = 'another' WHERE name = 'editions of plan'",
    "INSERT INTO links (name, key, stream, position) VALUES ('editions of plan', 'x', zeroblob(16), 1)",
]


@pytest.mark.parametrize("statement", INDEX_DAMAGE)
def test_index_rows_are_written_again_from_the_facts(settings: Settings, statement: str) -> None:
    change(settings, "facts.db", statement)
    assert any("`portfolio repair` mends it" in line for line in differences_of(settings))
    triggers = triggers_of(settings)
    assert [line.startswith("Wrote ") for line in repaired(settings)] == [True]
    assert differences_of(settings) == []
    assert triggers_of(settings) == triggers


def triggers_of(settings: Settings) -> set[str]:
    with closing(sqlite3.connect(settings.folder / "facts.db")) as connection:
        return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}


def test_index_rows_stay_while_a_fact_cannot_be_read(settings: Settings) -> None:
    change(
        settings,
        "facts.db",
        "DELETE FROM unique_keys WHERE name = 'uln'",
        "UPDATE facts SET topic = 'plan.approved' WHERE position = 40",
    )
    assert any("stay as they are, because a fact cannot decide" in line for line in repaired(settings))


def test_the_owner_mends_index_rows_of_a_database(tmp_path: Path, database: str) -> None:
    variables = {"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_DATABASE_URL": database}
    settings = Settings.read(variables | {"PORTFOLIO_SHARED_VAULT": "yes"})
    settings.folder.mkdir()
    (administrator,) = create(settings, "demo", "Ann Lee")
    build(settings).close()
    with psycopg.connect(database, autocommit=True) as connection:
        for table in ("links", "unique_keys"):
            connection.execute(f"ALTER TABLE record.{table} DISABLE TRIGGER USER".encode())
        assert connection.execute("DELETE FROM record.links").rowcount > 0
        connection.execute(
            "INSERT INTO record.unique_keys (name, key, stream) VALUES ('uln', 'x', %s)", (administrator,)
        )
    settings.store.migrate(None)  # the triggers are there again
    before = differences_of(settings)
    assert before
    assert all("`portfolio repair` mends it" in line for line in before)
    assert any(line.startswith("Wrote ") for line in repaired(settings))
    assert differences_of(settings) == []


# --- files ------------------------------------------------------------------------------------------------------------


def place(settings: Settings, object_id: object) -> Path:
    path = settings.folder / "vault" / "objects" / str(object_id)[:2] / str(object_id)
    path.parent.mkdir(exist_ok=True)
    return path


def stray(settings: Settings, *, old: bool = True) -> Path:
    path = place(settings, uuid4())
    path.write_bytes(b"nobody's")
    path.with_suffix(".blocks").write_bytes(b"digests")
    if old:
        os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def test_the_file_of_a_discarded_draft_is_removed(settings: Settings) -> None:
    with open_record(settings, read_only=True) as record:
        facts = [entry.fact for entry in record.journal.since(0, 10_000)]
    gone = place(settings, next(fact.object_id for fact in facts if isinstance(fact, DraftDiscarded)))
    gone.write_bytes(b"left behind by a crash")
    assert repaired(settings) == [
        f"Removed {gone}, of a draft that was discarded or a file that was refused or erased."
    ]
    assert not gone.exists()
    assert differences_of(settings) == []


def test_an_object_that_no_fact_names_is_put_aside_with_a_list(settings: Settings) -> None:
    path = stray(settings)
    aside = settings.folder / "vault" / "lost-and-found" / path.name
    assert repaired(settings) == [f"{path} belongs to no evidence: it is {aside} now."]
    assert aside.read_bytes() == b"nobody's"
    assert aside.with_suffix(".blocks").read_bytes() == b"digests"
    assert str(path) in aside.with_name("list.txt").read_text()
    assert differences_of(settings) == []


def test_an_object_whose_fact_could_not_be_recorded_for_days_waits_for_it(settings: Settings) -> None:
    path = stray(settings)
    offered = UploadOffered(
        enrolment_id=uuid4(),
        apprentice=uuid4(),
        version=1,
        object_id=UUID(path.name),
        title="Log",
        filename="log.txt",
        media_type="text/plain",
        size=8,
        sha256="",
        produced_on=now().date(),
    )
    with open_record(settings) as record:
        record_fact(record, offered)
    before = differences_of(settings)
    assert not any(path.name in line for line in [*before, *repaired(settings)])
    with open_record(settings) as record:
        audit(record, quiet, Pace(None))
    assert path.exists()
    with open_record(settings) as record:
        record_fact(record, DraftDiscarded(version=1, object_id=UUID(path.name)))
    assert f"{path} belongs to no evidence" in str(repaired(settings))
    assert not path.exists()


def test_a_young_object_stays_because_its_fact_may_still_come(settings: Settings) -> None:
    path = stray(settings, old=False)
    assert [line.startswith(f"{path} belongs to no evidence yet and stays") for line in repaired(settings)] == [True]
    assert path.exists()


def test_objects_stay_while_the_log_contradicts_what_is_known_outside(settings: Settings) -> None:
    path = stray(settings)
    (line,) = repaired(settings, "the record ends at fact 3, but facts up to 4 were there")
    assert line.startswith("1 files that no fact names stay where they are, because facts may be lost")
    assert path.exists()


def test_the_command_leaves_objects_alone_when_the_chain_was_seen_to_go_further(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.keys / "chain-head").write_text(f"100000 {bytes(32).hex()}\n")
    monkeypatch.setenv("PORTFOLIO_KEYS", str(settings.keys))
    path = stray(settings)
    run(cli, ["repair", "--folder", str(settings.folder)])
    assert path.exists()


def test_no_file_that_a_fact_names_is_touched(settings: Settings) -> None:
    with open_record(settings, read_only=True) as record:
        facts = [entry.fact for entry in record.journal.since(0, 10_000)]
    discarded = {fact.object_id for fact in facts if isinstance(fact, DraftDiscarded)}
    kept = [fact.object_id for fact in facts if isinstance(fact, FileSealed) and fact.object_id not in discarded]
    for object_id in kept:
        os.utime(place(settings, object_id), (LONG_AGO, LONG_AGO))
    altered = place(settings, kept[0])
    altered.chmod(0o600)
    altered.write_bytes(b"something else")
    assert repaired(settings) == []
    assert all(place(settings, object_id).exists() for object_id in kept)


# --- views ------------------------------------------------------------------------------------------------------------


def damage(file: Path) -> None:
    with file.open("r+b") as opened:
        for page in range(1, file.stat().st_size // 4096):
            opened.seek(page * 4096)
            opened.write(b"\xff" * 4096)


@pytest.mark.parametrize("how", ["missing", "damaged", "another", "cut", "wrong"])
def test_views_are_made_anew(settings: Settings, how: str) -> None:
    file = settings.folder / "views.db"
    match how:
        case "missing":
            file.unlink()
        case "damaged":
            damage(file)
        case "another":
            file.write_text("something else, and long enough to be looked at" * 100)
        case "cut":
            os.truncate(file, 8192)
        case "wrong":
            change(settings, "views.db", "UPDATE people_v5 SET name = 'somebody else' WHERE filed = ''")
    assert [line.startswith("Made the views again from ") for line in repaired(settings)] == [True]
    assert differences_of(settings) == []
    assert sorted(path.name for path in settings.folder.iterdir() if path.name.startswith("views.db.")) == []


def test_views_that_may_still_show_what_was_recorded_stay_while_a_fact_is_another(settings: Settings) -> None:
    change(settings, "facts.db", "UPDATE facts SET state = substr(state, 1, 80) WHERE topic = 'plan.imported'")
    before = (settings.folder / "views.db").read_bytes()
    assert any(line.startswith("The views stay as they are, because facts were changed") for line in repaired(settings))
    assert (settings.folder / "views.db").read_bytes() == before


@pytest.mark.parametrize("left_open", [False, True])
def test_serve_takes_a_damaged_views_file_for_a_missing_one(settings: Settings, left_open: bool) -> None:
    file = settings.folder / "views.db"
    if left_open:
        damage(file)
        file.with_name("views.db-wal").write_bytes(b"what a killed server left")
    else:
        file.write_text("something else, and long enough to be looked at" * 100)
    running = build(settings)
    try:
        assert running.projector.wait_for(running.record.journal.head(), 60)
    finally:
        running.close()
    assert differences_of(settings) == []
    assert file.with_name("views.db.damaged").exists()


def test_another_programs_database_is_left_alone(settings: Settings) -> None:
    file = settings.folder / "views.db"
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    with pytest.raises(Exception, match="another program's database"):
        build(settings).close()
    assert any("move it away" in line for line in differences_of(settings))
    before = file.read_bytes()
    (line,) = repaired(settings)
    assert line.startswith("The views stay as they are (")
    assert "move it away" in line
    assert file.read_bytes() == before


def test_an_empty_views_file_is_none_yet(settings: Settings) -> None:
    (settings.folder / "views.db").write_bytes(b"")
    assert differences_of(settings) == []
    assert [line.startswith("Made the views again from ") for line in repaired(settings)] == [True]


def test_views_of_another_record_are_told_from_facts_that_were_altered(settings: Settings, tmp_path: Path) -> None:
    other = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "other")})
    other.folder.mkdir()
    create(other, "demo", "Ann Lee")
    with open_record(other) as record, other.store.open_views() as views:
        Projector(record.journal, views, VIEWS).step()
    shutil.copy(other.folder / "views.db", settings.folder / "views.db")
    with pytest.raises(FactsLost, match=r"or the views knew another record\. `portfolio fsck` says"):
        build(settings)
    assert [line for line in differences_of(settings) if "they are another record's; take them away" in line]
    (settings.folder / "views.db").unlink()
    build(settings).close()


# --- in a bucket ------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Settings]]:
    with running("moto", monkeypatch, fresh=True) as server:
        folder = tmp_path / "data"
        settings = replace(Settings.read({"PORTFOLIO_FOLDER": str(folder)}), vault=Bucket(server.bucket, server.prefix))
        folder.mkdir()
        create(settings, "demo", "Ann Lee")
        build(settings).close()
        yield server, settings


def test_an_object_in_a_bucket_that_no_fact_names_is_tagged_and_stays(
    in_bucket: tuple[Server, Settings], tmp_path: Path
) -> None:
    server, settings = in_bucket
    with open_record(settings) as record:
        keep_file(record, TEXT)
    build(settings).close()
    object_id = UUID(int=5)
    server.owner.put_object(
        Bucket=server.bucket, Key=server.key(object_id), Body=b"nobody's", ChecksumAlgorithm="SHA256"
    )
    assert [str(object_id) in line for line in differences_of(settings)] == [True]
    assert ["and stays: it is not a day old" in line for line in repaired(settings)] == [True]
    with open_record(settings) as record:
        where = record.vault.set_aside(object_id, now() + timedelta(days=1))
    assert "tagged portfolio=lost-and-found" in where
    assert differences_of(settings) == []
    assert len(server.versions(object_id)) == 1


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did_and_what_comes_next(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_KEYS", str(settings.keys))
    stray(settings)
    assert run(cli, ["repair", "--folder", str(settings.folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Next, run `portfolio fsck`: it says what is left."
    assert run(cli, ["repair", "--folder", str(settings.folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was to be mended."


def test_it_takes_the_right_to_write(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_KEYS", str(settings.keys))
    with folder_lock(settings.folder):
        assert run(cli, ["repair", "--folder", str(settings.folder)]) == 1
    assert "is in use by process" in capsys.readouterr().err
