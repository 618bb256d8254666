"""A file that two people had erased is missed by nobody: not by the checks, nor by a backup, nor by the service."""

import contextlib
import hashlib
import io
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.audit.reading import Pace, audit
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import describe
from infra.fsck.deployment import differences
from infra.main import Record, build, open_record
from infra.previews import open_previews, sealed_files
from infra.repair.deployment import repair
from infra.scanner.none import NoScanner
from infra.settings import Settings
from portfolio.application.checking import Checker, Waiting
from portfolio.application.indexes import HOLDERS_OF_ROLE
from portfolio.application.read_session import ReadSession
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasing import ApprovePaperErasure, ConfirmPaperErasure, NotePaperErased
from portfolio.domain.enrolment.erasure import PaperErased
from portfolio.domain.enrolment.facts import ConsentOnPaper, RouteForMe
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.erasing import ApproveErasure, ConfirmErasure, NoteErased
from portfolio.domain.evidence.erasure import FileErased
from portfolio.domain.evidence.facts import EvidenceSubmitted
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import Command
from portfolio.domain.vocabulary import RESPONSIBLE_OFFICER, SYSTEM
from tests.infra.backup_world import copy_of, elsewhere, quiet, restored, spoilable, told
from tests.infra.test_repair import place
from tests.infra.vault import files
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Settings]:
    with told("sqlite", tmp_path_factory.mktemp("stopped"), request) as settings:
        yield settings


@pytest.fixture
def settings(stopped: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A deployment to spoil."""
    settings = spoilable(stopped, tmp_path)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture(params=["version", "paper"])
def what(request: pytest.FixtureRequest) -> str:
    """What has the file that goes."""
    return str(request.param)


def confirmed(record: Record, what: str) -> tuple[Command, UUID]:
    """Let two people have a file erased; return what notes that it is gone, and its id.

    It is that of the first version that was handed in, or the scan of a signed paper.
    """
    handed_in = (entry for entry in record.journal.since(0, 10_000) if isinstance(entry.fact, EvidenceSubmitted))
    evidence_id = next(handed_in).originator_id
    session = ReadSession(record.journal)
    item = session.state(EVIDENCE, evidence_id)
    officer = session.links(HOLDERS_OF_ROLE, RESPONSIBLE_OFFICER)[0]
    deployment = describe(record.journal)
    assert deployment is not None
    execute = record.handler.execute
    execute(DeclareInterest(person_id=officer, apprentice=item.apprentice, interest="none"), officer)
    second = next(each for each in deployment.administrators if each != officer)
    if what == "paper":
        paper = keep_paper(record, item.enrolment_id, officer)
        execute(ApprovePaperErasure(**paper, reason="It shows somebody else."), officer)
        execute(ConfirmPaperErasure(**paper, reason="It does."), second)
        return NotePaperErased(**paper), paper["paper_id"]
    execute(ApproveErasure(evidence_id=evidence_id, version=1, reason="It shows somebody else."), officer)
    execute(ConfirmErasure(evidence_id=evidence_id, version=1, reason="It does."), second)
    object_id = item.versions[0].object_id
    assert object_id is not None
    return NoteErased(evidence_id=evidence_id, version=1), object_id


def keep_paper(record: Record, enrolment_id: UUID, officer: UUID) -> dict[str, UUID]:
    """Let an officer seal a paper that lets somebody move the apprentice; return what names it."""
    enrolment = ReadSession(record.journal).state(ENROLMENT, enrolment_id)
    paper, scan = {"enrolment_id": enrolment_id, "paper_id": uuid4()}, files.pdf()
    purpose = RouteForMe(route=enrolment.routes[0].route)
    announcement = AnnouncePaper(
        **paper,
        says=ConsentOnPaper(person_id=enrolment.assigned[0].person_id, purpose=purpose),
        reason="Has no phone.",
        filename="letter.pdf",
        media_type="application/pdf",
        size=len(scan),
        sha256=hashlib.sha256(scan).hexdigest(),
    )
    record.handler.execute(announcement, officer)
    record.vault.offer(paper["paper_id"], len(scan), announcement.sha256, officer)
    record.vault.take(paper["paper_id"], io.BytesIO(scan), len(scan))
    record.handler.execute(CompletePaper(**paper), officer)
    waits = Waiting(object_id=paper["paper_id"], stream=enrolment_id, number=0, sender=officer)
    Checker(record.handler, record.vault, NoScanner()).check(waits)
    return paper


def serve_until_noted(settings: Settings) -> None:
    """Let the service run until it has recorded that a file is gone."""
    with contextlib.closing(build(settings)) as service:
        end = time.monotonic() + PATIENCE
        while not noted(service.record) and time.monotonic() < end:
            time.sleep(0.05)
        assert noted(service.record)


def noted(record: Record) -> bool:
    return any(isinstance(entry.fact, FileErased | PaperErased) for entry in record.journal.since(0, 10_000))


def differences_of(settings: Settings) -> list[str]:
    with open_record(settings, read_only=True) as record:
        return list(differences(record))


def test_the_command_takes_the_file_and_the_service_records_that_it_is_gone(
    settings: Settings, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_record(settings) as record:
        _, object_id = confirmed(record, what)
    path = place(settings, object_id)
    assert path.exists()
    assert run(cli, ["vault", "erase"]) == 0
    assert f"{path} is gone." in capsys.readouterr().out
    assert not path.exists()
    with open_record(settings, read_only=True) as record:
        assert not noted(record)
        assert list(differences(record)) == []
        assert audit(record, quiet, Pace()).counts == {}
    serve_until_noted(settings)
    assert run(cli, ["vault", "erase"]) == 0
    assert "is gone" not in capsys.readouterr().out
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)) == []
        assert audit(record, quiet, Pace()).counts == {}
        assert object_id not in sealed_files(record.journal)


def test_a_service_erases_what_was_confirmed_before_it_was_killed(settings: Settings, what: str) -> None:
    with open_record(settings) as record:
        _, object_id = confirmed(record, what)
    serve_until_noted(settings)
    assert not place(settings, object_id).exists()
    assert differences_of(settings) == []


def test_a_file_that_came_back_after_it_was_erased_is_named_and_removed_with_its_previews(
    settings: Settings, what: str
) -> None:
    with open_record(settings) as record:
        note, object_id = confirmed(record, what)
        content = place(settings, object_id).read_bytes()
        record.vault.discard(object_id)
        record.handler.execute(note, SYSTEM)
    place(settings, object_id).write_bytes(content)
    previews = open_previews(settings)
    with place(settings, object_id).open("rb") as file:
        previews.keep(f"{object_id}/screen", file)
    (line,) = differences_of(settings)
    assert "is still there, although it was discarded, refused or erased" in line
    with open_record(settings) as record:
        assert [line for line in repair(record, quiet) if str(object_id) in line]
    assert not place(settings, object_id).exists()
    assert list(previews.entries()) == []
    assert differences_of(settings) == []


@pytest.mark.parametrize("done", [False, True])
def test_a_backup_leaves_out_what_is_erased_and_what_is_to_be(
    settings: Settings, what: str, tmp_path: Path, *, done: bool
) -> None:
    with open_record(settings) as record:
        note, object_id = confirmed(record, what)
        if done:
            record.vault.discard(object_id)
            record.handler.execute(note, SYSTEM)
    manifest = copy_of(settings, tmp_path / "copy")
    assert manifest.missing == []
    assert object_id not in {file.object_id for file in manifest.files}
    assert restored(elsewhere(settings, tmp_path / "restored"), tmp_path / "copy") == []
