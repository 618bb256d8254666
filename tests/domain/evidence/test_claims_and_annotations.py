"""Claims are the apprentice's, remarks are pinned to bytes (CLAIM-1, CLAIM-2, ANNOTATION-1 to ANNOTATION-3)."""

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.annotations import (
    AnnotationHashMismatch,
    AnnotationNotYours,
    AnnotationUnknown,
    BasisNeedsAssessor,
)
from portfolio.domain.evidence.claims import ClaimAlreadyAnswered, ClaimNeedsApprentice, ClaimVersionMismatch
from portfolio.domain.evidence.commands import AnnotateEvidence, ClaimStatements, DropClaim
from portfolio.domain.evidence.facts import ClaimDropped, EvidenceAnnotated, StatementClaimed
from portfolio.domain.evidence.refusals import (
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceUnknown,
    EvidenceWithdrawnAlready,
)
from portfolio.domain.evidence.selector import (
    Bounds,
    PdfRectangle,
    QuoteNotFound,
    SelectorNotForMedia,
    SelectorOutOfBounds,
    TextQuote,
    TimeRange,
)
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import Fact, changed
from tests.domain.evidence.known import TO_CLAIM, found, remarking, to_drop
from tests.domain.evidence.test_evidence import (
    ACCEPTED,
    DISCARDED,
    DRAFT,
    HANDED_IN,
    OFFERED,
    OFFERED_NEXT,
    REPLACED,
    RETURNED,
    SEALED,
    SEALED_NEXT,
    SUBMITTED,
    SUBMITTED_NEXT,
    WITHDRAWN,
)
from tests.domain.given import given
from tests.domain.world import ANNOTATION_ID, COACH, EVIDENCE_ID, OBJECT_ID, OTHER_SHA, QUALITY, SHA, an_id

PLACE = PdfRectangle(page=1, x=72, y=140, width=200, height=36)
BESIDE = changed(PLACE, x=500)
CLAIM = ClaimStatements(
    evidence_id=EVIDENCE_ID,
    version=1,
    codes=frozenset({"K10", "K2"}),
)
CLAIMED = StatementClaimed(version=1, code="K2", place=None)
DROP = DropClaim(evidence_id=EVIDENCE_ID, version=1, code="K2")
ANNOTATE = AnnotateEvidence(
    evidence_id=EVIDENCE_ID,
    annotation_id=ANNOTATION_ID,
    version=1,
    sha256=SHA,
    selector=PLACE,
    kind="pointer",
    audience="apprentice and assessors",
    text="the load table",
)
ANNOTATED = EvidenceAnnotated(
    annotation_id=ANNOTATION_ID,
    version=1,
    sha256=SHA,
    selector=PLACE,
    kind="pointer",
    audience="apprentice and assessors",
    text="the load table",
    revises=None,
)


def test_who_made_a_remark_is_looked_up_when_it_is_revised() -> None:
    assert ANNOTATE.looked_up == ()
    assert changed(ANNOTATE, revises=ANNOTATION_ID).looked_up == (EVIDENCE_ID,)


def test_the_apprentice_claims_codes_of_the_route_one_fact_each() -> None:
    given(EVIDENCE, *HANDED_IN).when(CLAIM, TO_CLAIM).records(CLAIMED, changed(CLAIMED, code="K10"))


def test_a_claim_may_point_at_a_place() -> None:
    claimed = changed(CLAIM, codes=frozenset({"K2"}), place=PLACE)
    given(EVIDENCE, *HANDED_IN).when(claimed, TO_CLAIM).records(changed(CLAIMED, place=PLACE))


def test_a_claim_points_at_no_place_outside_the_file() -> None:
    given(EVIDENCE, *HANDED_IN).when(changed(CLAIM, place=BESIDE), TO_CLAIM).rejected(SelectorOutOfBounds)


def test_a_claim_may_quote_the_text_of_its_file() -> None:
    typed = changed(SEALED, bounds=Bounds(media_type="text/plain"))
    place = TextQuote(exact="rig")
    claim, text = changed(CLAIM, codes=frozenset({"K2"}), place=place), changed(TO_CLAIM, texts=("I checked the rig.",))
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(claim, text).records(changed(CLAIMED, place=place))
    unheard = changed(claim, place=TextQuote(exact="truss"))
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(unheard, text).rejected(QuoteNotFound)
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(claim, TO_CLAIM).rejected(SelectorNotForMedia)


def test_a_claim_points_at_no_place_in_a_file_that_has_not_arrived() -> None:
    given(EVIDENCE, OFFERED).when(changed(CLAIM, place=PLACE), TO_CLAIM).rejected(EvidenceNotSealed)


def test_a_claim_that_stands_is_not_recorded_again() -> None:
    given(EVIDENCE, *HANDED_IN, CLAIMED).when(CLAIM, TO_CLAIM).records(changed(CLAIMED, code="K10"))


def test_nobody_claims_for_the_apprentice() -> None:
    given(EVIDENCE, *HANDED_IN).when(CLAIM, changed(TO_CLAIM, by=COACH)).rejected(ClaimNeedsApprentice)


def test_a_code_of_another_route_is_not_claimed() -> None:
    refusal = given(EVIDENCE, *HANDED_IN).when(changed(CLAIM, codes=frozenset({"K2", "K99"})), TO_CLAIM)
    assert refusal.rejected(OutcomeNotInRoute, "K99").members == {"codes": ["K99"]}


@pytest.mark.parametrize("after", [(*HANDED_IN, WITHDRAWN), (*HANDED_IN, REPLACED), (OFFERED, DISCARDED)])
def test_a_version_that_is_gone_takes_no_claims(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(CLAIM, TO_CLAIM).rejected(EvidenceWithdrawnAlready)


def test_a_new_version_inherits_no_claims() -> None:
    item = given(EVIDENCE, *HANDED_IN, CLAIMED, OFFERED_NEXT, SEALED_NEXT, SUBMITTED_NEXT, REPLACED).state
    assert item.versions[1].claims == frozenset()


@pytest.mark.parametrize("gone", [WITHDRAWN, DISCARDED])
def test_what_is_gone_claims_nothing(gone: Fact) -> None:
    assert given(EVIDENCE, OFFERED, SEALED, SUBMITTED, CLAIMED, gone).state.versions[0].claims == frozenset()


def test_a_claim_that_nobody_answered_is_dropped() -> None:
    given(EVIDENCE, *HANDED_IN, CLAIMED).when(DROP, to_drop()).records(ClaimDropped(version=1, code="K2"))
    assert given(EVIDENCE, *HANDED_IN, CLAIMED, ClaimDropped(version=1, code="K2")).state.versions[0].claims == set()


def test_nobody_drops_the_apprentices_claim() -> None:
    given(EVIDENCE, *HANDED_IN, CLAIMED).when(DROP, to_drop(by=COACH)).rejected(ClaimNeedsApprentice)


def test_a_claim_on_another_version_is_not_dropped_here() -> None:
    given(EVIDENCE, *HANDED_IN).when(DROP, to_drop()).rejected(ClaimVersionMismatch)
    given(EVIDENCE, *HANDED_IN, CLAIMED, OFFERED_NEXT).when(changed(DROP, version=2), to_drop()).rejected(
        ClaimVersionMismatch
    )


def test_a_claim_that_was_answered_stays() -> None:
    given(EVIDENCE, *HANDED_IN, CLAIMED).when(DROP, to_drop(found("K2"))).rejected(ClaimAlreadyAnswered)
    for other in (found("K10"), found("K2", version=2), found("K2", OBJECT_ID)):
        given(EVIDENCE, *HANDED_IN, CLAIMED).when(DROP, to_drop(other)).records(ClaimDropped(version=1, code="K2"))


@pytest.mark.parametrize("answer", [(), (RETURNED,), (ACCEPTED,), (REPLACED,)])
def test_a_remark_is_pinned_to_a_place_in_what_was_handed_in(answer: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *HANDED_IN, *answer).when(ANNOTATE, remarking()).records(ANNOTATED)


def test_nobody_remarks_on_what_was_withdrawn_and_for_others_a_draft_is_not_there() -> None:
    given(EVIDENCE, *HANDED_IN, WITHDRAWN).when(ANNOTATE, remarking()).rejected(EvidenceNotSubmitted)
    for draft in ((OFFERED,), DRAFT, (*DRAFT, WITHDRAWN)):
        given(EVIDENCE, *draft).when(ANNOTATE, remarking()).rejected(EvidenceUnknown)


def test_a_remark_on_other_bytes_is_refused() -> None:
    given(EVIDENCE, *HANDED_IN).when(changed(ANNOTATE, sha256=OTHER_SHA), remarking()).rejected(AnnotationHashMismatch)


def test_a_remark_lies_inside_the_page_and_fits_the_media() -> None:
    given(EVIDENCE, *HANDED_IN).when(changed(ANNOTATE, selector=BESIDE), remarking()).rejected(SelectorOutOfBounds)
    recording = changed(ANNOTATE, selector=TimeRange(start=0, end=1))
    given(EVIDENCE, *HANDED_IN).when(recording, remarking()).rejected(SelectorNotForMedia)


def test_a_quote_is_looked_for_in_the_text_of_the_file() -> None:
    typed = changed(SEALED, bounds=Bounds(media_type="text/plain"))
    quote = changed(ANNOTATE, selector=TextQuote(exact="rig"))
    text = remarking("I checked the rig.")
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(quote, text).records(
        changed(ANNOTATED, selector=TextQuote(exact="rig"))
    )
    unheard = changed(quote, selector=TextQuote(exact="truss"))
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(unheard, text).rejected(QuoteNotFound)
    given(EVIDENCE, OFFERED, typed, SUBMITTED).when(quote, remarking()).rejected(SelectorNotForMedia)


def test_a_remark_is_revised_by_a_new_one_that_links_back_and_the_old_one_stays() -> None:
    revision = changed(ANNOTATE, annotation_id=an_id("revision"), text="the load table, row 2", revises=ANNOTATION_ID)
    revised = changed(ANNOTATED, annotation_id=an_id("revision"), text="the load table, row 2", revises=ANNOTATION_ID)
    given(EVIDENCE, *HANDED_IN, ANNOTATED).when(revision, remarking()).records(revised)
    item = given(EVIDENCE, *HANDED_IN, ANNOTATED, revised).state
    assert item.versions[0].annotations == (ANNOTATED, revised)


def test_a_remark_that_is_not_there_is_not_revised() -> None:
    revision = changed(ANNOTATE, annotation_id=an_id("revision"), revises=an_id("another remark"))
    given(EVIDENCE, *HANDED_IN).when(revision, remarking()).rejected(AnnotationUnknown)


def test_only_its_author_revises_a_remark() -> None:
    revision = changed(ANNOTATE, annotation_id=an_id("revision"), revises=ANNOTATION_ID)
    by_coach = remarking(by=COACH, role="coach")
    given(EVIDENCE, *HANDED_IN, ANNOTATED).when(revision, by_coach).rejected(AnnotationNotYours)


def test_only_an_assessor_says_what_a_finding_rests_on() -> None:
    basis = changed(ANNOTATE, kind="basis of finding")
    given(EVIDENCE, *HANDED_IN).when(basis, remarking()).records(changed(ANNOTATED, kind="basis of finding"))
    for other in (remarking(by=COACH, role="coach"), remarking(by=QUALITY), remarking(role="coach")):
        given(EVIDENCE, *HANDED_IN).when(basis, other).rejected(BasisNeedsAssessor)
    given(EVIDENCE, *HANDED_IN).when(ANNOTATE, remarking(by=COACH, role="coach")).records(ANNOTATED)
