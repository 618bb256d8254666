"""Who sets a decision aside says whether those who took part are barred, and why."""

import pytest

from portfolio.domain.assessment.decisions import BarringNotSaid, check_barring
from portfolio.domain.evidence.drafts import _dropped_as_drafts
from portfolio.domain.evidence.facts import ClaimDropped, StatementClaimed
from portfolio.domain.kernel import Recorded, Value, changed
from portfolio.domain.words import Reason, words_in
from tests.domain.test_assessment import VOID
from tests.domain.world import APPRENTICE, EVIDENCE_ID, NOW, an_id


def test_barring_is_said_with_its_reason() -> None:
    for said in (
        {"reason_code": "appeal", "bars": False, "bars_because": "an oversight"},
        {"reason_code": "marking error", "bars": None, "bars_because": ""},
        {"reason_code": "marking error", "bars": True, "bars_because": ""},
    ):
        with pytest.raises(BarringNotSaid):
            check_barring(changed(VOID, **said))


def test_a_reason_is_a_text_that_people_read() -> None:
    class Asked(Value):
        why: Reason
        number: int

    assert set(words_in(Asked)) == {"why"}


def test_a_claim_taken_back_before_handing_in_was_never_shown() -> None:
    facts = (StatementClaimed(version=1, code="S1", place=None), ClaimDropped(version=1, code="S1"))
    log = [
        Recorded(
            originator_id=EVIDENCE_ID,
            originator_version=n,
            position=n,
            fact=fact,
            by=APPRENTICE,
            at=NOW,
            causation=an_id("cause"),
        )
        for n, fact in enumerate(facts, 2)
    ]
    assert _dropped_as_drafts(log, {(EVIDENCE_ID, 1): 4}) == {2, 3}
