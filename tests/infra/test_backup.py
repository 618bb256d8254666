"""Drills of backup and restore on each store: what comes back is what was there, and nothing is ever written over."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest

from infra.backup.manifest import BackupFault, read
from infra.backup.restoring import restore
from infra.backup.taking import back_up
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create
from infra.fsck.deployment import differences
from infra.identity.keys import KEYS, KeyFault, KeyMissing
from infra.main import Record, open_record
from infra.settings import Bucket, Settings
from infra.store.refusals import CopyDamaged
from infra.store.sqlite import copies
from infra.store.sqlite.copies import keep
from portfolio.application.ports import AppendConditions
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed
from portfolio.domain.kernel import Entry, changed
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.infra.backup_world import copy_of, elsewhere, keep_file, quiet, restored, spoilable, told
from tests.infra.test_fsck import change
from tests.infra.vault.buckets import Server, running
from tests.infra.vault.files import TEXT
from tests.patience import PATIENCE
from tests.postgres import programs

A_LINK_LESS = "DELETE FROM links WHERE key = (SELECT min(key) FROM links)"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with told(request.param, tmp_path_factory.mktemp("whole"), request) as settings:
        yield settings


@pytest.fixture
def place(whole: Settings, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Where it is restored to."""
    monkeypatch.setenv("PATH", programs(), prepend=os.pathsep)
    database = request.getfixturevalue("empty_database") if whole.store.kind == "postgres" else ""
    return elsewhere(whole, tmp_path / "restored", database)


@pytest.fixture
def settings(stopped: Settings, tmp_path: Path) -> Settings:
    """A deployment in the folder, to spoil."""
    return spoilable(stopped, tmp_path)


def facts_of(settings: Settings) -> list[object]:
    with open_record(settings, read_only=True) as record:
        return [entry.fact for entry in record.journal.since(0, 10_000)]


# --- drills -----------------------------------------------------------------------------------------------------------


def test_what_is_restored_is_what_was_there(whole: Settings, place: Settings, tmp_path: Path) -> None:
    manifest = copy_of(whole, tmp_path / "copy")
    assert restored(place, tmp_path / "copy") == []
    assert facts_of(place) == facts_of(whole)
    facts = facts_of(whole)
    discarded = {fact.object_id for fact in facts if isinstance(fact, DraftDiscarded)}
    assert {file.object_id for file in manifest.files} >= {
        fact.object_id for fact in facts if isinstance(fact, FileSealed) and fact.object_id not in discarded
    }
    assert manifest.missing == []


def test_a_copy_is_taken_beside_appends_and_is_one_moment(whole: Settings, place: Settings, tmp_path: Path) -> None:
    stop, begun = Event(), Event()
    with open_record(whole) as record:

        def append() -> None:
            while not stop.is_set():
                person = RegisterPerson(person_id=uuid4(), name="Bo Kay", works_for="centre")
                record.handler.execute(person, SYSTEM)
                begun.set()

        writers = [Thread(target=append) for _ in range(4)]
        for writer in writers:
            writer.start()
        try:
            assert begun.wait(PATIENCE)
            before = record.journal.head()
            head = copy_of(whole, tmp_path / "copy").contents.head
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        assert before <= head < record.journal.head()
    (missing,) = restored(place, tmp_path / "copy")  # the keys know of what came later
    assert re.match(rf"the newest facts are missing: the log had positions? {head + 1}\b", missing)
    assert facts_of(place) == facts_of(whole)[:head]


def test_a_store_of_another_kind_is_named_before_anything_is_made(
    whole: Settings, place: Settings, tmp_path: Path, database: str
) -> None:
    copy_of(whole, tmp_path / "copy")
    other = elsewhere(place, tmp_path / "other", "" if whole.store.kind == "postgres" else database)
    with pytest.raises(BackupFault, match="PORTFOLIO_DATABASE_URL"):
        restore(other, tmp_path / "copy", quiet, quiet)
    assert not other.folder.exists()


def test_a_place_that_holds_facts_is_never_written_over(whole: Settings, place: Settings, tmp_path: Path) -> None:
    copy_of(whole, tmp_path / "copy")
    before = facts_of(whole)
    with pytest.raises(BackupFault, match="nothing is ever written over"):
        restore(whole, tmp_path / "copy", quiet, quiet)
    if whole.store.kind == "postgres":
        with pytest.raises(BackupFault, match="holds a record"):
            restore(replace(whole, folder=tmp_path / "new"), tmp_path / "copy", quiet, quiet)
    assert facts_of(whole) == before


def test_a_copy_that_was_changed_is_not_restored(whole: Settings, place: Settings, tmp_path: Path) -> None:
    manifest = copy_of(whole, tmp_path / "copy")
    facts = tmp_path / "copy" / manifest.facts
    with facts.open("r+b") as file:
        file.seek(facts.stat().st_size // 2)
        file.write(bytes(100))
    with pytest.raises((BackupFault, CopyDamaged), match=manifest.facts):
        restore(place, tmp_path / "copy", quiet, quiet)
    assert not place.folder.exists()


@pytest.fixture
def in_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Settings]]:
    """A deployment whose files lie in a bucket, one of them there."""
    with running("moto", monkeypatch, fresh=True) as server:
        bucket = Bucket(server.bucket, server.prefix)
        folder = tmp_path / "data"
        settings = replace(Settings.read({"PORTFOLIO_FOLDER": str(folder)}), vault=bucket)
        folder.mkdir()
        create(settings, "demo", "Ann Lee")
        yield server, settings


def test_a_copy_names_files_in_a_bucket_by_key_and_version_and_is_restored_beside_it(
    in_bucket: tuple[Server, Settings], tmp_path: Path
) -> None:
    server, settings = in_bucket
    with open_record(settings) as record:
        object_id = keep_file(record, TEXT)
    manifest = copy_of(settings, tmp_path / "copy")
    (file,) = manifest.files
    assert (file.key, [file.storage_version]) == (server.key(object_id), server.versions(object_id))
    assert (file.size, file.sha256) == (len(TEXT), hashlib.sha256(TEXT).hexdigest())
    assert manifest.bytes == "in the bucket"
    assert not (tmp_path / "copy" / "vault").exists()
    assert restored(elsewhere(settings, tmp_path / "new"), tmp_path / "copy") == []


def test_a_file_that_has_gone_from_its_bucket_is_named(in_bucket: tuple[Server, Settings], tmp_path: Path) -> None:
    _, settings = in_bucket
    with open_record(settings) as record:
        object_id = keep_file(record, TEXT)
        copy_of(settings, tmp_path / "before")
        record.vault.discard(object_id)
    assert [str(object_id) in sentence for sentence in copy_of(settings, tmp_path / "after").missing] == [True]
    with pytest.raises(BackupFault, match=str(object_id)):
        restore(elsewhere(settings, tmp_path / "new"), tmp_path / "before", quiet, quiet)


def test_where_files_lie_is_compared_before_anything_is_made(
    in_bucket: tuple[Server, Settings], tmp_path: Path
) -> None:
    _, settings = in_bucket
    copy_of(settings, tmp_path / "copy")
    with pytest.raises(BackupFault, match="PORTFOLIO_VAULT"):
        restore(replace(elsewhere(settings, tmp_path / "new"), vault=None), tmp_path / "copy", quiet, quiet)
    assert not (tmp_path / "new").exists()


# --- what a copy holds ------------------------------------------------------------------------------------------------


def test_a_row_less_in_the_copy_is_noticed(settings: Settings, tmp_path: Path) -> None:
    copy_of(settings, tmp_path / "copy")
    change(elsewhere(settings, tmp_path / "copy"), "facts.db", A_LINK_LESS)
    with pytest.raises(BackupFault, match=r"is not what manifest.json says"):
        restore(elsewhere(settings, tmp_path / "new"), tmp_path / "copy", quiet, quiet)


def test_a_copy_that_lacks_a_row_of_the_original_is_no_backup(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(part: Path, name: Path) -> None:
        keep(part, name)
        change(elsewhere(settings, name.parent), name.name, A_LINK_LESS)

    monkeypatch.setattr(copies, "keep", spoilt)
    with pytest.raises(BackupFault, match=r"facts.db does not hold what was copied"):
        copy_of(settings, tmp_path / "copy")


def test_hard_links_are_made_on_request_only_and_the_manifest_says_so(settings: Settings, tmp_path: Path) -> None:
    assert copy_of(settings, tmp_path / "copied").bytes == "copied"
    assert links(tmp_path / "copied") == {1}
    assert copy_of(settings, tmp_path / "linked", hard_links=True).bytes == "hard links"
    assert read(tmp_path / "linked").bytes == "hard links"
    assert links(tmp_path / "linked") == {2}
    assert restored(elsewhere(settings, tmp_path / "new"), tmp_path / "linked") == []
    assert links(tmp_path / "linked") == {2}, "a restored file shares its bytes with nobody"


def links(copy: Path) -> set[int]:
    return {path.stat().st_nlink for path in (copy / "vault" / "objects").rglob("*") if path.is_file()}


def test_a_file_that_is_missing_or_altered_is_named_and_all_else_is_copied(settings: Settings, tmp_path: Path) -> None:
    lost, altered = [path for path in sorted((settings.folder / "vault" / "objects").rglob("*-*")) if path.is_file()][
        :2
    ]
    lost.unlink()
    altered.chmod(0o600)
    altered.write_bytes(b"something else")
    manifest = copy_of(settings, tmp_path / "copy")
    assert len(manifest.missing) == 2
    assert {UUID(lost.name), UUID(altered.name)}.isdisjoint(file.object_id for file in manifest.files)
    new = elsewhere(settings, tmp_path / "new")
    restore(new, tmp_path / "copy", quiet, quiet)
    with open_record(new, read_only=True) as record:
        assert len(list(differences(record))) == 2


def test_a_draft_discarded_between_facts_and_files_is_no_false_alarm(settings: Settings, tmp_path: Path) -> None:
    """Its facts are copied once more, so that the copy says of itself that the draft was discarded."""
    said: list[str] = []
    with open_record(settings) as record:
        sealed = next(entry for entry in record.journal.since(0, 10_000) if isinstance(entry.fact, FileSealed))

        def discard_then(sentence: str) -> None:
            if not said:
                discard(record, sealed)
            said.append(sentence)

        manifest = back_up(record, tmp_path / "copy", quiet, discard_then)
    assert manifest.missing == []
    assert "discarded or erased meanwhile" in said[1]
    assert restored(elsewhere(settings, tmp_path / "new"), tmp_path / "copy") == []


def discard(record: Record, sealed: Entry) -> None:
    """Let a version be discarded as if it had never been submitted."""
    stream, fact = sealed.originator_id, sealed.fact
    assert isinstance(fact, FileSealed)
    last = record.journal.read(stream)[-1]
    record.journal.append(
        [
            changed(
                last,
                originator_version=last.originator_version + 1,
                fact=DraftDiscarded(version=fact.version, object_id=fact.object_id),
            )
        ],
        AppendConditions(),
    )
    record.vault.discard(fact.object_id)


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_finished_copy_and_anything_else_that_is_there_are_left_alone(settings: Settings, tmp_path: Path) -> None:
    copy_of(settings, tmp_path / "copy")
    with pytest.raises(BackupFault, match="finished backup"):
        copy_of(settings, tmp_path / "copy")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("Dear Ann")
    with pytest.raises(BackupFault, match="not empty"):
        copy_of(settings, tmp_path / "mine")
    with pytest.raises(BackupFault, match="not empty"):
        restore(elsewhere(settings, tmp_path / "mine"), tmp_path / "copy", quiet, quiet)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter"]


def test_a_copy_inside_the_deployment_is_refused(settings: Settings) -> None:
    with pytest.raises(BackupFault, match="lies inside"):
        copy_of(settings, settings.folder / "copy")


def test_a_copy_without_a_manifest_is_not_restored(settings: Settings, tmp_path: Path) -> None:
    copy_of(settings, tmp_path / "copy")
    (tmp_path / "copy" / "manifest.json").unlink()
    with pytest.raises(BackupFault, match="no finished backup"):
        restore(elsewhere(settings, tmp_path / "new"), tmp_path / "copy", quiet, quiet)


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys_are_left_out_unless_asked_for_and_then_lie_apart(settings: Settings, tmp_path: Path) -> None:
    copy_of(settings, tmp_path / "copy")
    assert not list((tmp_path / "copy").rglob("*key*"))
    new = replace(elsewhere(settings, tmp_path / "new"), keys=tmp_path / "new-keys")
    with pytest.raises(KeyMissing, match="PORTFOLIO_KEYS"):
        restore(new, tmp_path / "copy", quiet, quiet)
    assert not new.folder.exists()


def test_another_deployments_keys_restore_nothing(settings: Settings, tmp_path: Path) -> None:
    copy_of(settings, tmp_path / "copy")
    shutil.copytree(settings.keys, tmp_path / "others")
    (tmp_path / "others" / "index-key").chmod(0o600)
    (tmp_path / "others" / "index-key").write_bytes(bytes(32))
    new = replace(elsewhere(settings, tmp_path / "new"), keys=tmp_path / "others")
    with pytest.raises(KeyFault, match="is not the one of this deployment"):
        restore(new, tmp_path / "copy", quiet, quiet)
    assert not new.folder.exists()


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["init", "--demo"]) == 0


def test_a_backup_and_its_keys_are_restored_by_two_commands(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["backup", "copy", "--keys", "keys"]) == 0
    assert run(cli, ["restore", "copy", "--keys", "keys", "--folder", "new"]) == 0
    assert "portfolio fsck" in capsys.readouterr().out
    assert run(cli, ["fsck", "--folder", "new"]) == 0
    assert all((Path("new-keys") / name).read_bytes() == (Path("data-keys") / name).read_bytes() for name in KEYS)
    assert all(path.stat().st_mode & 0o077 == 0 for path in Path("keys").iterdir())


def test_keys_are_not_put_into_the_copy_unless_that_is_said(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["backup", "copy", "--keys", "copy/keys"]) == 1
    assert "sign in as anybody" in capsys.readouterr().err
    assert not Path("copy").exists()
    assert run(cli, ["backup", "copy", "--keys", "copy-and-keys/keys", "--together"]) == 0


def test_no_key_is_written_over(demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["init", "--demo", "--folder", "other"]) == 0
    assert run(cli, ["backup", "copy", "--keys", "other-keys"]) == 1
    assert "no key is ever written over" in capsys.readouterr().err
