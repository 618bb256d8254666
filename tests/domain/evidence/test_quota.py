"""Files take no more room than an enrolment has, and nobody has more drafts than they may."""

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import OfferEvidence, OfferVersion
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.media import LARGEST_FILE
from portfolio.domain.evidence.quota import EnrolmentFull, Quota, TooManyDrafts
from portfolio.domain.kernel import Command, Fact, changed
from tests.domain.evidence.known import TO_OFFER
from tests.domain.evidence.test_evidence import DISCARDED, HANDED_IN, NEXT, OFFER, OFFERED, SEALED
from tests.domain.given import given

DRAFT, HANDED, GONE = (EVIDENCE.fold(facts) for facts in ((OFFERED,), HANDED_IN, (OFFERED, DISCARDED)))
CHECKED = EVIDENCE.fold((OFFERED, SEALED))
THREE = Quota(bytes_of_enrolment=3 * OFFERED.size, drafts_of_person=2)


@pytest.mark.parametrize(("history", "command"), [((), OFFER), (HANDED_IN, NEXT)])
@pytest.mark.parametrize("drafts", [(DRAFT, DRAFT), (DRAFT, CHECKED), (DRAFT, HANDED, GONE, CHECKED)])
def test_nobody_has_more_drafts_than_they_may_in_all_their_enrolments(
    history: tuple[Fact, ...], command: Command, drafts: tuple[Evidence, ...]
) -> None:
    known = changed(TO_OFFER, quota=THREE, everywhere=drafts)
    given(EVIDENCE, *history).when(command, known).rejected(TooManyDrafts, "At most 2")
    for room in ((DRAFT, HANDED), (DRAFT, GONE)):
        assert given(EVIDENCE, *history).when(command, changed(known, everywhere=room)).refusal is None


@pytest.mark.parametrize(("history", "command"), [((), OFFER), (HANDED_IN, NEXT)])
def test_an_enrolment_takes_no_more_bytes_than_it_has_room_for(
    history: tuple[Fact, ...], command: OfferEvidence | OfferVersion
) -> None:
    known = changed(TO_OFFER, quota=THREE, here=(HANDED, DRAFT, HANDED))
    given(EVIDENCE, *history).when(command, known).rejected(EnrolmentFull, "3,000 of 3,000 bytes", "has 1,000")
    fits = changed(known, here=(HANDED, GONE, DRAFT))
    assert given(EVIDENCE, *history).when(command, fits).refusal is None
    given(EVIDENCE, *history).when(changed(command, size=command.size + 1), fits).rejected(EnrolmentFull)


def test_the_usual_quota_has_room_for_a_score_of_the_largest_files() -> None:
    assert Quota().bytes_of_enrolment >= 20 * LARGEST_FILE
