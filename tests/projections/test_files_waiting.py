"""What was received and is neither sealed nor refused."""

import pytest

from portfolio.application.checking import Waiting
from portfolio.domain.enrolment.facts import PaperReceived, PaperRefused, PaperSealed
from portfolio.domain.evidence.facts import DraftDiscarded, FileReceived, FileRefused
from portfolio.domain.kernel import Fact
from projections.files_waiting import files_waiting, how_many_wait, waiting_since
from tests.domain.world import ENROLMENT_ID, EVIDENCE_ID, OBJECT_ID, SHA, an_id
from tests.projections.support import ENROLLED, OFFERED, SEALED, at, on, views_after

PAPER_ID = an_id("paper")
RECEIVED = FileReceived(version=1, object_id=OBJECT_ID)
PAPER = PaperReceived(paper_id=PAPER_ID)
WHY = {"refusal": "content-unreadable", "why": "It is damaged."}
SEALED_PAPER = PaperSealed(paper_id=PAPER_ID, sha256=SHA, size=9, media_type="image/png", screening="none configured")


def waiting(of_item: tuple[Fact, ...], of_enrolment: tuple[Fact, ...] = ()) -> list[Waiting]:
    with views_after(on(ENROLMENT_ID, ENROLLED, *of_enrolment), on(EVIDENCE_ID, OFFERED, *of_item)) as reads:
        found = files_waiting(reads)
        assert how_many_wait(reads) == len(found)
        assert (waiting_since(reads) is None) == (not found)
        return found


def test_what_was_received_waits_with_who_sent_it_those_first_that_came_first() -> None:
    paper, file = waiting((RECEIVED,), (PAPER,))
    assert (paper.object_id, paper.stream, paper.number) == (PAPER_ID, ENROLMENT_ID, 0)
    assert (file.object_id, file.stream, file.number) == (OBJECT_ID, EVIDENCE_ID, 1)
    assert file.sender


def test_it_is_known_since_when_the_first_has_waited() -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, OFFERED, RECEIVED)) as reads:
        assert waiting_since(reads) == at(3)
        assert files_waiting(reads, limit=0) == []


def test_what_was_only_announced_does_not_wait() -> None:
    assert waiting(()) == []


@pytest.mark.parametrize(
    "outcome",
    [SEALED, FileRefused(version=1, object_id=OBJECT_ID, **WHY), DraftDiscarded(version=1, object_id=OBJECT_ID)],
)
def test_a_file_that_was_sealed_refused_or_discarded_waits_no_longer(outcome: Fact) -> None:
    assert waiting((RECEIVED, outcome)) == []


@pytest.mark.parametrize("outcome", [SEALED_PAPER, PaperRefused(paper_id=PAPER_ID, **WHY)])
def test_a_paper_that_was_sealed_or_refused_waits_no_longer(outcome: Fact) -> None:
    assert waiting((), (PAPER, outcome)) == []
