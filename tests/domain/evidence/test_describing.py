"""Describing: a draft is called and dated as often as its apprentice likes, until it is handed in (EVIDENCE-3)."""

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    DescribeDraft,
)
from portfolio.domain.evidence.facts import (
    DraftDescribed,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceReturned,
    EvidenceWithdrawn,
)
from portfolio.domain.evidence.refusals import (
    EvidenceAlreadySubmitted,
    ProductionDateInvalid,
    ProductionDateMissing,
)
from portfolio.domain.kernel import Fact, changed
from tests.domain.evidence.known import (
    MIA_NOW,
    TO_OFFER,
)
from tests.domain.evidence.test_evidence import OFFER, OFFERED, RECEIVED, SEALED, SUBMIT, SUBMITTED
from tests.domain.given import given
from tests.domain.world import (
    EVIDENCE_ID,
    OBJECT_ID,
    TODAY,
    TOMORROW,
)

DESCRIBE = DescribeDraft(evidence_id=EVIDENCE_ID, version=1, title="Desk log, second day", produced_on=TODAY)
DESCRIBED = DraftDescribed(version=1, title="Desk log, second day", produced_on=TODAY)
UNDATED = changed(OFFERED, produced_on=None)


def test_a_file_is_announced_before_its_day_is_said_and_not_handed_in_before_that() -> None:
    given(EVIDENCE).when(changed(OFFER, produced_on=None), TO_OFFER).records(UNDATED)
    given(EVIDENCE, UNDATED, RECEIVED, SEALED).when(SUBMIT, MIA_NOW).rejected(ProductionDateMissing)
    given(EVIDENCE, UNDATED, RECEIVED, DESCRIBED, SEALED).when(SUBMIT, MIA_NOW).records(SUBMITTED)
    titled = changed(DESCRIBED, produced_on=None)
    given(EVIDENCE, UNDATED).when(changed(DESCRIBE, produced_on=None), MIA_NOW).records(titled)
    given(EVIDENCE, UNDATED, RECEIVED, titled, SEALED).when(SUBMIT, MIA_NOW).rejected(ProductionDateMissing)


@pytest.mark.parametrize("before", [(OFFERED,), (UNDATED,), (OFFERED, RECEIVED), (OFFERED, RECEIVED, SEALED)])
def test_a_draft_is_called_and_dated_otherwise_as_often_as_its_apprentice_likes(before: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *before).when(DESCRIBE, MIA_NOW).records(DESCRIBED)
    given(EVIDENCE, *before, DESCRIBED).when(DESCRIBE, MIA_NOW).records_nothing()
    again = changed(DESCRIBE, title="Desk log")
    given(EVIDENCE, *before, DESCRIBED).when(again, MIA_NOW).records(changed(DESCRIBED, title="Desk log"))


def test_a_draft_is_not_dated_on_a_day_to_come() -> None:
    given(EVIDENCE, OFFERED).when(changed(DESCRIBE, produced_on=TOMORROW), MIA_NOW).rejected(ProductionDateInvalid)


@pytest.mark.parametrize(
    "no_draft",
    [
        (SUBMITTED,),
        (SUBMITTED, EvidenceReturned(version=1, reason="dark")),
        (SUBMITTED, EvidenceAccepted(version=1)),
        (EvidenceWithdrawn(version=1, reason="wrong"),),
        (DraftDiscarded(version=1, object_id=OBJECT_ID),),
    ],
)
def test_what_was_handed_in_or_is_gone_is_not_described_any_more(no_draft: tuple[Fact, ...]) -> None:
    given(EVIDENCE, OFFERED, RECEIVED, SEALED, *no_draft).when(DESCRIBE, MIA_NOW).rejected(EvidenceAlreadySubmitted)
