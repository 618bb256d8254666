"""Drafts: nothing of a version is for others before it was handed in (EVIDENCE-6)."""

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.drafts import is_alone, seen_by_others
from portfolio.domain.evidence.facts import ClaimDropped, EvidenceFact, EvidenceWithdrawn
from portfolio.domain.kernel import Fact, Recorded, changed
from tests.domain.assessing import recorded
from tests.domain.evidence.test_claims_and_annotations import CLAIMED
from tests.domain.evidence.test_evidence import DRAFT, OFFERED_NEXT, SUBMITTED
from tests.domain.test_enrolment import ENROLLED
from tests.domain.world import ENROLMENT_ID, EVIDENCE_ID

DROPPED = ClaimDropped(version=1, code=CLAIMED.code)


def log(*facts: Fact) -> list[Recorded]:
    """Return an item's facts at positions 1, 2, 3 …"""
    entries = recorded(EVIDENCE_ID, *facts)
    return [changed(entry, position=position) for position, entry in enumerate(entries, start=1)]


def test_a_version_is_seen_by_others_from_when_it_was_handed_in() -> None:
    assert seen_by_others(log(*DRAFT, CLAIMED)) == {}
    assert seen_by_others(log(*DRAFT, CLAIMED, SUBMITTED, OFFERED_NEXT)) == dict.fromkeys((1, 2, 3, 4), 4)


def test_a_claim_that_was_taken_back_before_is_the_apprentices_alone() -> None:
    assert seen_by_others(log(*DRAFT, CLAIMED, DROPPED, SUBMITTED)) == dict.fromkeys((1, 2, 5), 5)
    assert seen_by_others(log(*DRAFT, SUBMITTED, CLAIMED, DROPPED)) == {1: 3, 2: 3, 3: 3, 4: 4, 5: 5}


@pytest.mark.parametrize(
    "facts",
    [
        (*DRAFT, CLAIMED),
        (*DRAFT, CLAIMED, SUBMITTED, OFFERED_NEXT),
        (*DRAFT, SUBMITTED, CLAIMED, EvidenceWithdrawn(version=1, reason="Not mine.")),
        (*DRAFT, CLAIMED, EvidenceWithdrawn(version=1, reason="Not mine.")),
    ],
)
def test_the_state_of_an_item_says_the_same_as_its_history(facts: tuple[EvidenceFact, ...]) -> None:
    item, public = EVIDENCE.fold(facts), seen_by_others(log(*facts))
    assert [is_alone(item, fact) for fact in facts] == [number not in public for number, _ in enumerate(facts, start=1)]


def test_where_a_code_was_ever_taken_back_only_the_history_says_which_of_its_claims_others_see() -> None:
    facts = (*DRAFT, CLAIMED, DROPPED, CLAIMED, other := changed(CLAIMED, code="K20"), SUBMITTED)
    item = EVIDENCE.fold(facts)
    assert [is_alone(item, fact) for fact in (CLAIMED, DROPPED, other)] == [None, None, False]
    assert is_alone(EVIDENCE.fold(DRAFT), OFFERED_NEXT) is None  # of a version that the state does not have yet


def test_what_is_no_evidence_is_no_draft() -> None:
    (enrolled,) = recorded(ENROLMENT_ID, ENROLLED)
    assert seen_by_others([changed(enrolled, position=7)]) == {7: 7}
