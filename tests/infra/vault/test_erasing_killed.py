"""A file is erased once and whole on each vault, wherever the process that erases it is killed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from infra.fsck.files import differences
from infra.scanner.none import NoScanner
from infra.store.journal import EventJournal
from portfolio.application.checking import Checker
from portfolio.application.erasing import LOCKED, Erasing, standing
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Vault
from portfolio.application.reactions import Reactions
from portfolio.domain.enrolment.erasing import ApprovePaperErasure, ConfirmPaperErasure
from portfolio.domain.enrolment.erasure import PaperErased, PaperErasureConfirmed
from portfolio.domain.enrolment.facts import ConsentOnPaper, RouteForMe
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import SubmitEvidence
from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.erasing import ApproveErasure, ConfirmErasure
from portfolio.domain.evidence.erasure import ErasureConfirmed, FileErased
from portfolio.domain.kernel import Fact, Recorded, changed
from portfolio.domain.vocabulary import SYSTEM
from tests.application.conftest import SECRET, begun
from tests.application.stage import ADMINISTRATOR, COACH, ENROLMENT, LOG, MIA, RESPONSIBLE, Stage
from tests.application.test_uploads import OFFER
from tests.infra.vault import files
from tests.infra.vault.conftest import Storage, digest_of
from tests.infra.vault.test_checks_killed import Dying, Killed, complete

__all__ = ["begun"]

Confirm = Callable[[Stage, Storage], tuple[UUID, Recorded]]

WHY: dict[str, Any] = {"evidence_id": LOG, "version": 1, "reason": "It shows somebody else."}


class Forgotten:
    """The previews, as far as they are to be forgotten."""

    def __init__(self) -> None:
        self.files: list[UUID] = []

    def forget(self, object_id: UUID) -> None:
        self.files.append(object_id)


@pytest.fixture
def stage(begun: Path, tmp_path: Path) -> Iterator[Stage]:
    journal = EventJournal.in_file(Path(shutil.copy(begun, tmp_path / "facts.db")), secret=SECRET)
    stage = Stage(journal)
    stage.enrol()
    yield stage
    journal.close()


def confirmed(stage: Stage, storage: Storage) -> tuple[UUID, Recorded]:
    """Let Mia hand a file in and two people have it erased; return its id and the fact from which it is to go."""
    object_id = storage.upload(files.TEXT)
    fields = {"media_type": "text/plain", "size": len(files.TEXT), "sha256": digest_of(files.TEXT)}
    stage.do(changed(OFFER, object_id=object_id, **fields), MIA)
    complete(stage, storage.vault)
    declaration = AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")
    stage.do(SubmitEvidence(evidence_id=LOG, version=1, declaration=declaration), MIA)
    stage.declare(RESPONSIBLE)
    stage.do(ApproveErasure(**WHY), RESPONSIBLE)
    stage.do(ConfirmErasure(**WHY), ADMINISTRATOR)
    return object_id, stage.facts(ErasureConfirmed)[0]


def confirmed_paper(stage: Stage, storage: Storage) -> tuple[UUID, Recorded]:
    """Let an officer seal the scan of a paper and two people have it erased; return the same of it."""
    scan = files.pdf()
    paper: dict[str, Any] = {"enrolment_id": ENROLMENT, "paper_id": storage.upload(scan)}
    announcement = AnnouncePaper(
        **paper,
        says=ConsentOnPaper(person_id=COACH, purpose=RouteForMe(route="LET")),
        reason="Has no phone.",
        filename="letter.pdf",
        media_type="application/pdf",
        size=len(scan),
        sha256=digest_of(scan),
    )
    stage.declare(RESPONSIBLE)
    stage.do(announcement, RESPONSIBLE)
    stage.do(CompletePaper(**paper), RESPONSIBLE)
    (file,) = stage.waiting()
    Checker(stage.handler, storage.vault, NoScanner()).check(file)
    stage.do(ApprovePaperErasure(**paper, reason="It shows somebody else."), RESPONSIBLE)
    stage.do(ConfirmPaperErasure(**paper, reason="It does."), ADMINISTRATOR)
    return paper["paper_id"], stage.facts(PaperErasureConfirmed)[0]


def react(stage: Stage, vault: Any, forgotten: Any, entry: Recorded, call: str = "", when: str = "") -> None:
    """Let what follows from a fact follow, in a new process, which ends where it is told to."""
    handler = CommandHandler(stage.journal, Dying(vault, call, when), stage.now, stage.handler.new_id)
    dying = Dying(handler, call, when)
    with suppress(Killed):
        Reactions(cast(CommandHandler, dying), stage.journal, Dying(forgotten, call, when).forget).react(entry)


def differences_of(stage: Stage, vault: Vault) -> list[str]:
    return list(differences(stage.journal, vault, lambda _done, _of: None))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["discard", "forget", "note"])
@pytest.mark.parametrize(
    ("confirm", "kind", "note"),
    [(confirmed, FileErased, "NoteErased"), (confirmed_paper, PaperErased, "NotePaperErased")],
    ids=["version", "paper"],
)
def test_a_file_is_erased_once_wherever_that_was_cut_off(
    stage: Stage, storage: Storage, confirm: Confirm, kind: type[Fact], note: str, call: str, when: str
) -> None:
    object_id, entry = confirm(stage, storage)
    forgotten = Forgotten()
    react(stage, storage.vault, forgotten, entry, note if call == "note" else call, when)
    gone = storage.vault.digest(object_id) is None
    assert gone or stage.facts(kind) == [], "nothing is said to be gone that is there"
    for _ in range(2):
        react(stage, storage.vault, forgotten, entry)
    assert len(stage.facts(kind)) == 1
    assert storage.vault.digest(object_id) is None
    assert object_id in forgotten.files
    assert differences_of(stage, storage.vault) == []


def test_what_is_to_go_and_is_there_is_named_and_what_is_gone_and_not_noted_is_no_difference(
    stage: Stage, storage: Storage
) -> None:
    object_id, entry = confirmed(stage, storage)
    (line,) = differences_of(stage, storage.vault)
    assert str(object_id) in line
    assert "is to be erased and is still there: `portfolio vault erase`" in line
    erasing = Erasing(stage.journal, storage.vault.erase)
    (file,) = erasing.waiting()
    assert erasing.erase(file) == ""
    assert differences_of(stage, storage.vault) == []
    assert [file.object_id for file in erasing.waiting()] == [object_id], "until the service has noted it"
    assert standing(stage.journal) == (
        "Files that are to be erased and are not yet: 1. Run `portfolio vault erase`, which says why."
    )
    react(stage, storage.vault, Forgotten(), entry)
    assert list(erasing.waiting()) == []
    assert standing(stage.journal) is None


def test_under_a_lock_the_file_waits_and_the_record_does_not_say_that_it_is_gone(
    stage: Stage, storage: Storage
) -> None:
    object_id, entry = confirmed(stage, storage)

    class Locked:
        def __getattr__(self, name: str) -> Any:
            return getattr(storage.vault, name)

        def discard(self, _: UUID) -> bool:
            return False

    (file,) = Erasing(stage.journal, lambda _: True).waiting()
    assert Erasing(stage.journal, Locked().discard).erase(file) == LOCKED
    react(stage, Locked(), Forgotten(), entry)
    assert stage.facts(FileErased) == []
    version = stage.session().state(EVIDENCE, LOG).versions[0]
    assert version.erasure is not None
    assert version.erasure.stage == "confirmed"
    assert storage.vault.erase(object_id)
    react(stage, storage.vault, Forgotten(), entry)
    assert len(stage.facts(FileErased)) == 1


def test_one_that_fails_keeps_no_other_from_going(stage: Stage, storage: Storage) -> None:
    _, entry = confirmed(stage, storage)

    def broken(_: UUID) -> bool:
        raise OSError("Input/output error")

    (file,) = Erasing(stage.journal, broken).waiting()
    assert Erasing(stage.journal, broken).erase(file) == "The storage failed: Input/output error"
    assert isinstance(entry.fact, ErasureConfirmed)
    assert SYSTEM not in {each.by for each in stage.facts(FileErased)}


def test_every_version_goes_and_the_digests_of_its_blocks(storage: Storage) -> None:
    long = files.TEXT * (5_000_000 // len(files.TEXT))
    sealed = storage.keep(long, "text/plain")
    assert storage.vault.blocks(sealed.object_id)
    assert storage.vault.erase(sealed.object_id)
    assert storage.vault.blocks(sealed.object_id) == b""
    assert storage.vault.digest(sealed.object_id) is None
    assert storage.vault.erase(sealed.object_id), "again is welcome"
