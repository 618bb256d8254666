"""Checking: what was received is sealed or refused once, by the system, and what breaks leaves it waiting."""

from collections.abc import Callable
from typing import IO, cast
from uuid import UUID

import msgspec
import pytest

from infra.scanner.none import NoScanner
from portfolio.application.checking import Checker, Completed, FileRefusedBefore, Waiting, recorded_refusal
from portfolio.application.ports import (
    Busy,
    ContentUnreadable,
    Idempotency,
    MalwareFound,
    NotScanned,
    Receipt,
    Scan,
    Scanner,
    ScanTimedOut,
    Screen,
    StorageBroken,
    Vault,
)
from portfolio.application.previews import Previews
from portfolio.application.uploads import Uploads
from portfolio.domain.evidence.commands import ClaimStatements, CompleteUpload, DiscardDraft
from portfolio.domain.evidence.facts import DraftDiscarded, FileReceived, FileRefused, FileSealed
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.kernel import Rejected
from portfolio.domain.vocabulary import SYSTEM
from tests.application.stage import LOG, MIA, Shelf, Stage
from tests.application.test_uploads import OFFER
from tests.checking import AtOnce, Never

OBJECT = OFFER.object_id
COMPLETE = CompleteUpload(evidence_id=LOG, version=1)
NO_PREVIEWS = cast(Previews, None)


class AtWork(Shelf):
    """A vault during whose checks something else happens."""

    def __init__(self, meanwhile: Callable[[], object], *, after: bool = False) -> None:
        super().__init__()
        self.meanwhile = meanwhile
        self.after = after

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen) -> Sealed:
        if not self.after:
            self.meanwhile()
        sealed = super().seal(object_id, size=size, sha256=sha256, media_type=media_type, screen=screen)
        if self.after:
            self.meanwhile()
        return sealed


@pytest.fixture
def received(stage: Stage) -> Stage:
    stage.enrol()
    stage.do(OFFER, MIA)
    stage.do(COMPLETE, MIA)
    return stage


def check(stage: Stage, shelf: Shelf, scanner: Scanner | None = None) -> None:
    (file,) = stage.waiting()
    Checker(stage.handler, cast(Vault, shelf), scanner or NoScanner()).check(file)


def refuse() -> None:
    raise ContentUnreadable("It is damaged.")


def fail() -> None:
    raise StorageBroken


def outcomes(stage: Stage) -> list[type]:
    return [type(entry.fact) for entry in stage.log() if isinstance(entry.fact, FileSealed | FileRefused)]


def test_what_is_right_is_sealed_by_the_system(received: Stage) -> None:
    assert received.waiting() == [Waiting(object_id=OBJECT, stream=LOG, number=1, sender=MIA)]
    check(received, Shelf())
    (sealed,) = received.facts(FileSealed)
    assert (sealed.by, sealed.subject) == (SYSTEM, MIA)


def test_what_is_not_taken_is_refused_and_its_bytes_are_removed(received: Stage) -> None:
    shelf = AtWork(refuse)
    check(received, shelf)
    (refused,) = received.facts(FileRefused)
    assert refused.fact == FileRefused(version=1, object_id=OBJECT, refusal="content-unreadable", why="It is damaged.")
    assert (refused.by, shelf.discarded) == (SYSTEM, [OBJECT])


@pytest.mark.parametrize("fault", [fail, lambda: 1 / 0])
def test_a_fault_of_the_machine_is_no_refusal(received: Stage, fault: Callable[[], object]) -> None:
    with pytest.raises((Busy, ZeroDivisionError)):
        check(received, shelf := AtWork(fault))
    assert (outcomes(received), shelf.discarded) == ([], [])
    check(received, Shelf())
    assert outcomes(received) == [FileSealed]


def test_what_the_scanner_never_gets_through_is_refused_the_third_time(received: Stage) -> None:
    (file,), shelf = received.waiting(), Shelf()
    checker = Checker(received.handler, cast(Vault, shelf), Looks(ScanTimedOut()))
    for _ in range(2):
        with pytest.raises(ScanTimedOut):
            checker.check(file)
        assert outcomes(received) == []
    checker.check(file)
    (refused,) = received.facts(FileRefused)
    assert cast(FileRefused, refused.fact).refusal == "malware-not-ruled-out"
    assert "in three tries: save it in a simpler form" in cast(FileRefused, refused.fact).why
    assert (shelf.discarded, checker.timed_out) == ([OBJECT], {})


def test_a_scan_that_took_too_long_once_is_forgotten_when_one_does_not(received: Stage) -> None:
    (file,), scanner = received.waiting(), Looks(ScanTimedOut())
    checker = Checker(received.handler, cast(Vault, Shelf()), scanner)
    with pytest.raises(ScanTimedOut):
        checker.check(file)
    scanner.says = "ClamAV 1.4.6"
    checker.check(file)
    assert (outcomes(received), checker.timed_out) == ([FileSealed], {})


class Looks:
    """A scanner that reads a file and then says this of it."""

    def __init__(self, says: Exception | str) -> None:
        self.says = says
        self.read: list[bytes] = []

    def scan(self, stream: IO[bytes]) -> Scan:
        self.read.append(stream.read())
        if isinstance(self.says, Exception):
            raise self.says
        return Scan(signatures=self.says)

    def check(self) -> str | None:
        return None


def test_the_very_bytes_are_looked_through_and_the_fact_says_by_which_signatures(received: Stage) -> None:
    shelf = Shelf()
    shelf.files[OBJECT] = b"clean"
    check(received, shelf, looks := Looks("ClamAV 1.4.3/27800"))
    (sealed,) = received.facts(FileSealed)
    assert (looks.read, cast(FileSealed, sealed.fact).screening) == ([b"clean"], "ClamAV 1.4.3/27800")


def test_malware_is_refused_and_while_the_scanner_is_down_the_file_waits(received: Stage) -> None:
    with pytest.raises(NotScanned):
        check(received, shelf := Shelf(), Looks(NotScanned()))
    assert (outcomes(received), shelf.discarded) == ([], [])
    check(received, shelf, Looks(MalwareFound()))
    (refused,) = received.facts(FileRefused)
    assert cast(FileRefused, refused.fact).refusal == "malware-found"
    assert shelf.discarded == [OBJECT]


def test_a_file_that_was_checked_is_not_checked_again(received: Stage) -> None:
    check(received, Shelf())
    check(received, again := Shelf())
    assert (again.sealed, outcomes(received)) == ([], [FileSealed])


@pytest.mark.parametrize(("meanwhile", "own"), [(FileSealed, refuse), (FileRefused, lambda: None)])
def test_two_workers_at_one_file_record_one_outcome(
    received: Stage, meanwhile: type, own: Callable[[], object]
) -> None:
    """The lease of the first has run out while it was at work, and a second one was quicker."""

    def second() -> None:
        check(received, Shelf() if meanwhile is FileSealed else AtWork(refuse))
        own()

    check(received, shelf := AtWork(second))
    assert outcomes(received) == [meanwhile]
    assert shelf.discarded == ([] if meanwhile is FileSealed else [OBJECT]), "what is sealed is not removed"


@pytest.mark.parametrize("after", [False, True])
def test_the_bytes_of_a_draft_that_is_discarded_meanwhile_do_not_stay(received: Stage, after: bool) -> None:
    discard = DiscardDraft(evidence_id=LOG, version=1)
    check(received, shelf := AtWork(lambda: received.do(discard, MIA), after=after))
    assert (outcomes(received), shelf.discarded) == ([], [OBJECT])


def test_a_record_that_moves_meanwhile_is_no_obstacle(received: Stage) -> None:
    claim = ClaimStatements(evidence_id=LOG, version=1, codes=frozenset({"K1"}))
    check(received, shelf := AtWork(lambda: received.do(claim, MIA)))
    assert (outcomes(received), len(shelf.sealed)) == ([FileSealed], 1)


# --- what is answered to who says that it is all there ---


def completed(receipt: Receipt) -> Completed:
    return msgspec.json.decode(receipt.extra, type=Completed)


def uploads(stage: Stage, shelf: Shelf | None = None) -> Uploads:
    return Uploads(
        stage.handler,
        stage.vault,
        NO_PREVIEWS,
        AtOnce(Checker(stage.handler, cast(Vault, shelf or Shelf()), NoScanner())),
    )


KEY = Idempotency(key="k", fingerprint=b"f")


def test_the_outcome_is_answered_and_so_it_is_again(stage: Stage) -> None:
    stage.enrol()
    stage.do(OFFER, MIA)
    first = uploads(stage).complete(COMPLETE, MIA, idempotency=KEY)
    (sealed,) = stage.facts(FileSealed)
    assert (completed(first).stage, first.position, first.version) == ("sealed", sealed.position, 3)
    assert uploads(stage).complete(COMPLETE, MIA, idempotency=KEY) == first
    assert uploads(stage).complete(COMPLETE, MIA).position == stage.journal.head()


def test_a_refusal_is_answered_by_its_name_and_so_it_is_again(stage: Stage) -> None:
    stage.enrol()
    stage.do(OFFER, MIA)
    for _ in range(2):
        with pytest.raises(ContentUnreadable, match="It is damaged"):
            uploads(stage, AtWork(refuse)).complete(COMPLETE, MIA, idempotency=KEY)
    assert (len(stage.facts(FileReceived)), outcomes(stage)) == (1, [FileRefused])


def test_what_takes_longer_is_answered_with_what_keeps_it_waiting(stage: Stage) -> None:
    stage.enrol()
    stage.do(OFFER, MIA)
    waits = Uploads(stage.handler, stage.vault, NO_PREVIEWS, Never("The disk failed.")).complete(
        COMPLETE, MIA, idempotency=KEY
    )
    assert completed(waits) == Completed(stage="received", why="The disk failed.")
    assert completed(uploads(stage, AtWork(fail)).complete(COMPLETE, MIA)).stage == "received"
    done = uploads(stage).complete(COMPLETE, MIA, idempotency=KEY)
    assert completed(done) == Completed(stage="sealed")


def test_a_draft_that_was_discarded_while_it_waited_is_said_to_be_fixed(received: Stage) -> None:
    discard = DiscardDraft(evidence_id=LOG, version=1)
    meanwhile = AtWork(lambda: received.do(discard, MIA))
    with pytest.raises(EvidenceVersionFixed, match="discarded"):
        uploads(received, meanwhile).complete(COMPLETE, MIA)
    assert len(received.facts(DraftDiscarded)) == 1


def test_a_refusal_of_a_release_that_knows_others_is_one_all_the_same() -> None:
    refusal: Rejected = recorded_refusal("content-too-odd", "It is odd.")
    assert (type(refusal), str(refusal)) == (FileRefusedBefore, "It is odd.")
