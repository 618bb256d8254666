"""An audit reads every stored file again, beside a server too, and what it finds is kept and told."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from werkzeug.test import Client

from infra.audit.kept import FILE, keep, kept
from infra.audit.reading import LOCK, Pace, audit
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create, describe
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.lock import FolderInUse, folder_lock
from infra.main import Record, build, now, open_record
from infra.settings import Bucket, Settings
from portfolio.application.audits import Audit, Audits
from portfolio.application.ports import StorageBroken, Vault
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed
from portfolio.domain.kernel import changed
from tests.infra.backup_world import keep_file, quiet, record_fact, spoilable, told
from tests.infra.test_repair import place, stray
from tests.infra.vault.buckets import running
from tests.infra.vault.files import TEXT


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Settings]:
    with told("sqlite", tmp_path_factory.mktemp("stopped"), request) as settings:
        yield settings


@pytest.fixture
def settings(stopped: Settings, tmp_path: Path) -> Settings:
    """A deployment to spoil."""
    return spoilable(stopped, tmp_path)


def audited(settings: Settings, pace: Pace | None = None) -> Audit:
    with open_record(settings, read_only=True) as record:
        return audit(record, quiet, pace or Pace())


def kept_files(settings: Settings) -> list[UUID]:
    """Return the files of the deployment that were not discarded, in the order of their facts."""
    with open_record(settings, read_only=True) as record:
        facts = [entry.fact for entry in record.journal.since(0, 10_000)]
    discarded = {fact.object_id for fact in facts if isinstance(fact, DraftDiscarded)}
    return [fact.object_id for fact in facts if isinstance(fact, FileSealed) and fact.object_id not in discarded]


def change(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"something else")


def test_of_files_that_are_as_they_were_sealed_nothing_is_found(settings: Settings) -> None:
    done = audited(settings)
    assert (done.counts, done.faulty) == ({}, ())
    assert done.files >= len(kept_files(settings)) > 2
    assert done.bytes == sum(place(settings, each).stat().st_size for each in kept_files(settings))
    assert kept(settings.folder).last == done
    assert done.ended_at is not None


def test_what_is_missing_or_changed_or_left_over_is_named_with_the_way_out(settings: Settings) -> None:
    missing, altered = kept_files(settings)[:2]
    place(settings, missing).unlink()
    change(place(settings, altered))
    done = audited(settings)
    assert done.counts == {"missing": 1, "changed": 1}
    assert {(each.kind, each.object_id) for each in done.faulty} == {("missing", missing), ("changed", altered)}
    assert all("from a backup" in each.sentence for each in done.faulty)


def test_an_old_file_that_no_fact_names_is_put_aside_and_named(settings: Settings) -> None:
    path, young = stray(settings), stray(settings, old=False)
    done = audited(settings)
    assert done.counts == {"orphaned": 1}
    assert done.faulty[0].object_id == UUID(path.name)
    assert (settings.folder / "vault" / "lost-and-found" / path.name).read_bytes() == b"nobody's"
    assert not path.exists()
    assert young.exists()
    assert audited(settings).counts == {}


def test_a_file_that_no_fact_names_stays_while_facts_may_be_lost(settings: Settings) -> None:
    (settings.keys / "chain-head").write_text(f"100000 {bytes(32).hex()}\n")
    path = stray(settings)
    done = audited(settings)
    assert done.counts == {"orphaned": 1}
    assert "stays where it is, because facts may be lost" in done.faulty[0].sentence
    assert path.exists()


class LateFact:
    """A vault beside which a server records the fact of a file in the very moment that it is put aside."""

    def __init__(self, record: Record, fact: FileSealed) -> None:
        self._record = record
        self._fact = fact

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record.vault, name)

    def set_aside(self, object_id: UUID, before: Any) -> str:
        where = self._record.vault.set_aside(object_id, before)
        record_fact(self._record, self._fact)
        return where


def test_a_file_that_a_fact_comes_to_name_meanwhile_is_put_back(settings: Settings) -> None:
    path = stray(settings)
    with open_record(settings) as record:
        facts = [entry.fact for entry in record.journal.since(0, 10_000)]
        other = next(fact for fact in facts if isinstance(fact, FileSealed))
        late = changed(other, object_id=UUID(path.name), sha256=hashlib.sha256(path.read_bytes()).hexdigest(), size=8)
        done = audit(replace(record, vault=cast(Any, LateFact(record, late))), quiet, Pace())
    assert done.counts == {}
    assert path.read_bytes() == b"nobody's"
    assert audited(settings).counts == {}


class DaysLater:
    """A vault whose files have lain there for two days."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    def set_aside(self, object_id: UUID, before: datetime) -> str:
        return self._vault.set_aside(object_id, before + timedelta(days=2))


def test_in_a_bucket_what_is_missing_is_named_and_what_no_fact_names_is_tagged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running("moto", monkeypatch, fresh=True) as server:
        folder = tmp_path / "data"
        settings = replace(Settings.read({"PORTFOLIO_FOLDER": str(folder)}), vault=Bucket(server.bucket, server.prefix))
        folder.mkdir()
        create(settings, "demo", "Ann Lee")
        with open_record(settings) as record:
            keep_file(record, TEXT)
            missing, nobodys = keep_file(record, TEXT * 2), UUID(int=5)
            for version in server.versions(missing):
                server.erasure.delete_object(
                    Bucket=server.bucket,
                    Key=server.key(missing),
                    VersionId=version,
                    BypassGovernanceRetention=True,
                )
            server.owner.put_object(
                Bucket=server.bucket, Key=server.key(nobodys), Body=b"nobody's", ChecksumAlgorithm="SHA256"
            )
            done = audit(replace(record, vault=cast(Any, DaysLater(record.vault))), quiet, Pace())
            again = audit(record, quiet, Pace())
        assert {(each.kind, each.object_id) for each in done.faulty} == {("missing", missing), ("orphaned", nobodys)}
        assert (done.files, done.bytes) == (2, len(TEXT))
        assert "tagged portfolio=lost-and-found" in done.faulty[-1].sentence
        assert len(server.versions(nobodys)) == 1
        assert again.counts == {"missing": 1}


class Interrupted(Exception):
    pass


def interrupt_after(files: int) -> Any:
    def progress(done: int, of: int) -> None:
        if done == files:
            raise Interrupted

    return progress


def test_an_audit_that_broke_off_goes_on_where_it_was(settings: Settings) -> None:
    first, *_, last = kept_files(settings)
    whole = audited(settings)
    change(place(settings, first))
    with open_record(settings, read_only=True) as record, pytest.raises(Interrupted):
        audit(record, interrupt_after(2), Pace())
    audits = kept(settings.folder)
    assert audits.last == whole
    assert audits.under_way is not None
    assert 0 < audits.under_way.files < whole.files
    change(place(settings, last))
    pace = Pace()
    done = audited(settings, pace)
    assert done.begun_at == audits.under_way.begun_at
    assert (done.files, done.counts) == (whole.files, {"changed": 2})
    assert pace.bytes < done.bytes
    assert kept(settings.folder).under_way is None


def test_no_two_audits_run_at_once(settings: Settings) -> None:
    with folder_lock(settings.folder, LOCK), pytest.raises(FolderInUse):
        audited(settings)


def test_no_more_bytes_are_read_in_a_second_than_were_asked_for() -> None:
    slept: list[float] = []
    pace = Pace(1000, lambda: sum(slept), slept.append)
    for _ in range(8):
        pace.passed(500)
    assert sum(slept) == pytest.approx(4)
    unlimited = Pace(None, lambda: 0.0, slept.append)
    unlimited.passed(10**9)
    assert len(slept) <= 8


def test_what_is_kept_and_cannot_be_read_is_named(settings: Settings) -> None:
    (settings.folder / FILE).write_text("{")
    with pytest.raises(StorageBroken, match="move it away"):
        audited(settings)
    (settings.folder / FILE).unlink()
    (settings.folder / FILE).mkdir()
    with pytest.raises(StorageBroken, match="let the user of the service read it"):
        audited(settings)


def test_an_audit_of_facts_that_are_lost_begins_anew(settings: Settings) -> None:
    whole = audited(settings)
    keep(settings.folder, Audits(under_way=Audit(begun_at=now(), position=100_000)))
    assert audited(settings).files == whole.files


def test_the_command_prints_what_it_found_and_a_server_tells_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    with contextlib.closing(build(settings)) as service:
        client = Client(service.wsgi)
        services = cast(Any, service.wsgi)._application.extensions["portfolio"]
        deployment = describe(service.record.journal)
        assert deployment is not None
        token = LocalTokens(KeyFolder(settings.keys), now).issue(deployment.administrators[0], timedelta(hours=1))

        def told_of() -> dict[str, Any]:
            answer = client.get("/v1/audits", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
            return cast("dict[str, Any]", answer.json)

        assert told_of() == {"last": None, "under_way": None}
        assert run(cli, ["vault", "audit", "--rate", "1000"]) == 0
        assert "all are as they were sealed" in capsys.readouterr().out
        last = told_of()["last"]
        assert (last["counts"]["missing"], last["faulty"]) == (0, [])
        missing = kept_files(settings)[0]
        place(settings, missing).unlink()
        assert run(cli, ["vault", "audit"]) == 1
        assert f"the file {missing} of evidence" in capsys.readouterr().out
        last = told_of()["last"]
        assert (last["counts"]["missing"], last["faulty"][0]["object_id"]) == (1, str(missing))
        text = services.metrics().decode()
        assert 'portfolio_audit_files{found="missing"} 1.0' in text
        assert "portfolio_audit_ended_seconds " in text
        ready = client.get("/readyz").json
        assert ready is not None
        assert "1 missing" in ready["noted"]["audit"]
        (settings.folder / FILE).write_text("{")
        answer = client.get("/v1/audits", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 503
