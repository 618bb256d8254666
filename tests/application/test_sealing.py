"""Sealing: a file is judged once, one at a time for each person and file, few at once; nobody waits for a place."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

import pytest

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import UploadMissing, Vault
from portfolio.application.sealing import AT_ONCE, REMEMBERED, FileBeingChecked, Sealing
from portfolio.domain.evidence.commands import ClaimStatements, SealFile
from portfolio.domain.evidence.facts import FileSealed
from portfolio.domain.evidence.media import Sealed
from tests.application.stage import LOG, MIA, Shelf, Stage
from tests.application.test_uploads import OFFER
from tests.domain.world import SHA, an_id


class AtWork(Shelf):
    """A vault during whose next judgement something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = [meanwhile]

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str) -> Sealed:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().seal(object_id, size=size, sha256=sha256, media_type=media_type)


def seal(sealing: Sealing, shelf: Shelf, by: str, file: str) -> Sealed:
    return sealing.seal(cast(Vault, shelf), an_id(by), an_id(file), size=1, sha256=SHA, media_type="text/plain")


@pytest.mark.parametrize(("by", "file"), [("mia", "another"), ("noah", "file"), ("mia", "file")])
def test_one_file_is_checked_at_a_time_for_each_person_and_each_file(by: str, file: str) -> None:
    sealing, refusals = Sealing(), []

    def another() -> None:
        with pytest.raises(FileBeingChecked) as refused:
            seal(sealing, Shelf(), by, file)
        refusals.append(refused.value)

    seal(sealing, AtWork(another), "mia", "file")
    assert len(refusals) == 1
    seal(sealing, Shelf(), by, file)


def test_whoever_finds_no_place_is_told_so_and_does_not_wait() -> None:
    sealing, shelf = Sealing(), Shelf()

    def nested(number: int) -> None:
        if number < AT_ONCE:
            seal(sealing, AtWork(lambda: nested(number + 1)), f"person {number}", f"file {number}")
        else:
            with pytest.raises(FileBeingChecked, match="Many files"):
                seal(sealing, shelf, f"person {number}", f"file {number}")

    nested(0)
    assert shelf.sealed == []
    for number in range(AT_ONCE + 1):
        seal(sealing, shelf, f"person {number}", f"other {number}")


def test_a_refused_file_leaves_its_place() -> None:
    sealing = Sealing()

    def refuse() -> None:
        raise UploadMissing

    for _ in range(AT_ONCE + 1):
        with pytest.raises(UploadMissing):
            seal(sealing, AtWork(refuse), "mia", "file")


def test_what_was_said_of_the_latest_files_is_remembered() -> None:
    sealing, shelf = Sealing(), Shelf()
    first = seal(sealing, shelf, "mia", "file")
    assert seal(sealing, shelf, "mia", "file") == first
    assert len(shelf.sealed) == 1
    for number in range(REMEMBERED):
        seal(sealing, shelf, "mia", f"file {number}")
    seal(sealing, shelf, "mia", "file")
    assert len(shelf.sealed) == 1 + REMEMBERED + 1


def test_a_file_is_judged_once_though_its_record_moves_while_it_is_judged(stage: Stage) -> None:
    stage.enrol()
    stage.do(OFFER, MIA)
    claim = ClaimStatements(evidence_id=LOG, version=1, codes=frozenset({"K1"}))
    shelf = AtWork(lambda: stage.do(claim, MIA))
    handler = CommandHandler(stage.journal, cast(Vault, shelf), stage.now, stage.handler.new_id)
    handler.execute(SealFile(evidence_id=LOG, version=1), MIA)
    assert (len(shelf.sealed), len(stage.facts(FileSealed))) == (1, 1)


def test_a_sealed_version_answers_its_receipt_and_is_not_judged_again(stage: Stage) -> None:
    stage.enrol()
    stage.do(OFFER, MIA)
    first = stage.do(SealFile(evidence_id=LOG, version=1), MIA)
    assert stage.do(SealFile(evidence_id=LOG, version=1), MIA) == first
    assert len(stage.shelf.sealed) == 1
