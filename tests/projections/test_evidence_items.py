"""What lies in an enrolment's portfolio."""

import pytest

from portfolio.domain.evidence import record
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDescribed,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    StatementClaimed,
)
from portfolio.domain.kernel import Fact
from projections.evidence_items import Item, how_many_unfinished, items, unfinished
from tests.domain.world import APPRENTICE, ENROLMENT_ID, EVIDENCE_ID, SHA, YESTERDAY, an_id
from tests.projections.support import DECLARATION, ENROLLED, OFFERED, SEALED, SUBMITTED, again, at, on, views_after

OTHER = an_id("other enrolment")


def listed(*facts: Fact, drafts: bool = False) -> list[Item]:
    """Return the items of the enrolment after these facts of one of them."""
    with views_after(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, *facts)) as reads:
        return items(reads, ENROLMENT_ID, drafts=drafts)


def submitted(version: int) -> EvidenceSubmitted:
    return EvidenceSubmitted(version=version, declaration=DECLARATION)


def test_an_item_that_was_handed_in_is_listed_with_what_it_is() -> None:
    assert listed(OFFERED, SEALED, SUBMITTED) == [
        Item(
            evidence_id=EVIDENCE_ID,
            version=1,
            title="Lighting plot",
            kind="work product",
            stage="submitted",
            media_type="application/pdf",
            claims=(),
            submitted_at=at(4),
            position=2,
        )
    ]


def test_a_draft_is_listed_only_where_drafts_are_asked_for() -> None:
    assert listed(OFFERED) == []
    assert [item.stage for item in listed(OFFERED, drafts=True)] == ["offered"]
    assert [item.stage for item in listed(OFFERED, SEALED, drafts=True)] == ["sealed"]


def test_a_version_is_listed_as_it_was_answered() -> None:
    assert [item.stage for item in listed(OFFERED, SUBMITTED, EvidenceAccepted(version=1))] == ["accepted"]
    assert [item.stage for item in listed(OFFERED, SUBMITTED, EvidenceReturned(version=1, reason="dark"))] == [
        "returned"
    ]


def test_a_draft_is_listed_by_what_its_apprentice_calls_it() -> None:
    described = DraftDescribed(version=1, title="Plot of the second day", produced_on=YESTERDAY)
    assert [item.title for item in listed(OFFERED, described, drafts=True)] == ["Plot of the second day"]


def test_the_newest_version_stands_for_the_item() -> None:
    replaced = EvidenceReplaced(version=1, replaced_by=2)
    listed_items = listed(OFFERED, SUBMITTED, again(2), submitted(2), replaced)
    assert [(item.version, item.title, item.stage) for item in listed_items] == [
        (2, "Lighting plot, corrected", "submitted")
    ]


def test_others_see_the_version_handed_in_while_a_newer_draft_waits() -> None:
    facts = (OFFERED, SUBMITTED, again(2))
    assert [item.version for item in listed(*facts)] == [1]
    assert [item.version for item in listed(*facts, drafts=True)] == [2]


def test_a_discarded_draft_is_gone_and_the_version_before_stands() -> None:
    discarded = DraftDiscarded(version=2, object_id=OFFERED.object_id)
    assert [item.version for item in listed(OFFERED, SUBMITTED, again(2), discarded, drafts=True)] == [1]
    assert listed(OFFERED, DraftDiscarded(version=1, object_id=OFFERED.object_id), drafts=True) == []


def test_claims_are_listed_in_the_order_of_codes() -> None:
    claims = [StatementClaimed(version=1, code=code, place=None) for code in ("S2", "K10", "K2", "K2")]
    dropped = ClaimDropped(version=1, code="S2")
    assert [item.claims for item in listed(OFFERED, SUBMITTED, *claims, dropped)] == [("K2", "K10")]


def test_a_new_version_inherits_no_claims() -> None:
    claimed = StatementClaimed(version=1, code="K1", place=None)
    assert [item.claims for item in listed(OFFERED, SUBMITTED, claimed, again(2), drafts=True)] == [()]


def test_a_withdrawn_version_claims_nothing_and_is_for_the_apprentice_only() -> None:
    facts = (OFFERED, StatementClaimed(version=1, code="K1", place=None), EvidenceWithdrawn(version=1, reason="wrong"))
    assert [(item.stage, item.claims) for item in listed(*facts, drafts=True)] == [("withdrawn", ())]
    assert listed(*facts) == []


def test_a_written_record_is_listed_under_its_kind() -> None:
    testimony = record.Testimony(
        witness="Ada",
        role="rigger",
        competence="ten years",
        relation="colleague",
        first_hand=True,
        statement="Well.",
        occurred_on=YESTERDAY,
    )
    written = EvidenceRecorded(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Testimony",
        record=testimony,
        sha256=SHA,
        size=9,
    )
    assert [(item.kind, item.stage, item.media_type) for item in listed(written)] == [
        ("witness testimony", "accepted", "text/plain")
    ]


def test_items_of_another_enrolment_are_not_listed() -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, OFFERED)) as reads:
        assert items(reads, OTHER, drafts=True) == []


RETURNED = (OFFERED, SEALED, SUBMITTED, EvidenceReturned(version=1, reason="dark"))
NEXT = (again(2),)


@pytest.mark.parametrize(
    ("facts", "waits"),
    [
        ((OFFERED,), True),
        ((OFFERED, SEALED), True),
        ((OFFERED, SEALED, SUBMITTED), False),
        (RETURNED, True),
        ((*RETURNED, *NEXT), True),
        ((*RETURNED, *NEXT, DraftDiscarded(version=2, object_id=EVIDENCE_ID)), True),
        ((*RETURNED, *NEXT, submitted(2), EvidenceReplaced(version=1, replaced_by=2)), False),
        ((OFFERED, SEALED, SUBMITTED, EvidenceAccepted(version=1)), False),
        ((OFFERED, SEALED, EvidenceWithdrawn(version=1, reason="wrong file")), False),
        ((OFFERED, DraftDiscarded(version=1, object_id=EVIDENCE_ID)), False),
    ],
)
def test_an_item_waits_for_its_apprentice_until_a_version_of_it_is_handed_in(
    facts: tuple[Fact, ...], waits: bool
) -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, *facts)) as reads:
        assert unfinished(reads, ENROLMENT_ID) == [EVIDENCE_ID] * waits
        assert how_many_unfinished(reads, ENROLMENT_ID) == waits
        assert how_many_unfinished(reads, OTHER) == 0
