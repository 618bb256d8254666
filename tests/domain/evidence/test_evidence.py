"""Evidence from offer to withdrawal (EVIDENCE-1 to EVIDENCE-8, INTEREST-1)."""

import hashlib
from typing import Any

import pytest

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptClosed
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    DiscardDraft,
    DropClaim,
    OfferEvidence,
    OfferVersion,
    ReturnEvidence,
    SealFile,
    ServeEvidence,
    SubmitEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.declaration import (
    AUTHENTICITY_WORDINGS,
    CURRENT_AUTHENTICITY,
    AuthenticityDeclaration,
    DeclarationMissing,
    DeclarationNotOwn,
)
from portfolio.domain.evidence.facts import (
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceServed,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileSealed,
    UploadOffered,
)
from portfolio.domain.evidence.handing_in import EvidenceAlreadyCited, EvidenceCitedByFinding, RecordNotYours
from portfolio.domain.evidence.media import LARGEST_FILE, TAKEN, ContentTypeNotAllowed
from portfolio.domain.evidence.record import (
    DiscussionRecordIncomplete,
    ObservationRecordIncomplete,
    WitnessIncomplete,
    record_text,
)
from portfolio.domain.evidence.refusals import (
    EvidenceAlreadySubmitted,
    EvidenceExists,
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceUnknown,
    EvidenceVersionFixed,
    EvidenceWithdrawnAlready,
    ProductionDateInvalid,
)
from portfolio.domain.evidence.selector import Bounds, WholeItem
from portfolio.domain.evidence.upload import EvidenceLimitReached, ForDiscard
from portfolio.domain.evidence.written import WitnessIsApprentice
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import Command, Fact, changed
from tests.domain.evidence.known import (
    BOUNDS,
    MIA_NOW,
    NOT_RECEIVED,
    TO_OFFER,
    WITNESSED,
    decided,
    edition,
    sealed,
    to_answer,
    to_withdraw,
    view,
)
from tests.domain.evidence.test_record import DISCUSSION, OBSERVATION, TESTIMONY
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.world import (
    ANNOTATION_ID,
    APPRENTICE,
    COACH,
    ENROLMENT_ID,
    EVIDENCE_ID,
    NOW,
    OBJECT_ID,
    OTHER_SHA,
    SHA,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)

FILE: dict[str, Any] = {
    "title": "Desk log",
    "filename": "log.pdf",
    "media_type": "application/pdf",
    "size": 1000,
    "sha256": SHA,
    "object_id": OBJECT_ID,
    "produced_on": YESTERDAY,
}
NEXT_OBJECT = an_id("next object")
OFFER = OfferEvidence(evidence_id=EVIDENCE_ID, enrolment_id=ENROLMENT_ID, **FILE)
OFFERED = UploadOffered(enrolment_id=ENROLMENT_ID, apprentice=APPRENTICE, version=1, **FILE)
NEXT = OfferVersion(evidence_id=EVIDENCE_ID, **{**FILE, "object_id": NEXT_OBJECT, "sha256": OTHER_SHA})
OFFERED_NEXT = changed(OFFERED, version=2, object_id=NEXT_OBJECT, sha256=OTHER_SHA)
SEALED = FileSealed(version=1, object_id=OBJECT_ID, sha256=SHA, size=1000, bounds=BOUNDS, screening="none configured")
SEALED_NEXT = changed(SEALED, version=2, object_id=NEXT_OBJECT, sha256=OTHER_SHA)
DECLARATION = AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")
SUBMIT = SubmitEvidence(evidence_id=EVIDENCE_ID, version=1, declaration=DECLARATION)
SUBMITTED = EvidenceSubmitted(version=1, declaration=DECLARATION)
SUBMITTED_NEXT = changed(SUBMITTED, version=2)
RETURNED = EvidenceReturned(version=1, reason="page 2 is missing")
ACCEPTED = EvidenceAccepted(version=1)
REPLACED = EvidenceReplaced(version=1, replaced_by=2)
WITHDRAWN = EvidenceWithdrawn(version=1, reason="wrong file")
SEAL = SealFile(evidence_id=EVIDENCE_ID, version=1)
DISCARD = DiscardDraft(evidence_id=EVIDENCE_ID, version=1)
DISCARDING = ForDiscard(by=APPRENTICE, at=NOW, today=TODAY, cases={}, attempts={})
DISCARDED = DraftDiscarded(version=1, object_id=OBJECT_ID)

DRAFT = (OFFERED, SEALED)
HANDED_IN = (*DRAFT, SUBMITTED)

SERVE = ServeEvidence(evidence_id=EVIDENCE_ID, version=1)
WITHDRAW = WithdrawEvidence(evidence_id=EVIDENCE_ID, version=1, reason="wrong file")
WRITE = WriteRecord(
    evidence_id=EVIDENCE_ID,
    enrolment_id=ENROLMENT_ID,
    title="Observation of 8 December",
    record=OBSERVATION,
)


# --- a file ---


def test_a_file_is_offered_as_a_new_item() -> None:
    given(EVIDENCE).when(OFFER, TO_OFFER).records(OFFERED)


def test_an_item_is_offered_once() -> None:
    given(EVIDENCE, OFFERED).when(OFFER, TO_OFFER).rejected(EvidenceExists)


@pytest.mark.parametrize("size", [0, -1, LARGEST_FILE + 1])
def test_a_file_that_is_empty_or_too_large_is_not_taken(size: int) -> None:
    given(EVIDENCE).when(changed(OFFER, size=size), TO_OFFER).rejected(EvidenceLimitReached)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, size=size)).rejected(EvidenceLimitReached)


def test_the_largest_file_is_taken() -> None:
    assert given(EVIDENCE).when(changed(OFFER, size=LARGEST_FILE), TO_OFFER).refusal is None


@pytest.mark.parametrize("media_type", ["application/x-msdownload", "image/svg+xml", "text/html", "pdf", ""])
def test_a_file_of_a_type_that_is_not_taken_is_refused_at_the_offer_and_what_is_taken_is_said(media_type: str) -> None:
    for history, offer, known in ((), OFFER, TO_OFFER), (HANDED_IN, NEXT, MIA_NOW):
        refused = given(EVIDENCE, *history).when(changed(offer, media_type=media_type), known)
        refused.rejected(ContentTypeNotAllowed, f"declared as {media_type}", "We take PDF, JPEG, PNG")


@pytest.mark.parametrize("media_type", ["image/jpg", "Text/Plain; charset=utf-8", "audio/x-m4a", *TAKEN])
def test_a_file_is_offered_under_any_word_for_a_type_that_is_taken(media_type: str) -> None:
    offer = changed(OFFER, media_type=media_type)
    given(EVIDENCE).when(offer, TO_OFFER).records(changed(OFFERED, media_type=media_type))


def test_work_is_not_produced_in_the_future() -> None:
    given(EVIDENCE).when(changed(OFFER, produced_on=TOMORROW), TO_OFFER).rejected(ProductionDateInvalid)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, produced_on=TOMORROW)).rejected(ProductionDateInvalid)


def test_work_may_be_produced_today() -> None:
    assert given(EVIDENCE).when(changed(OFFER, produced_on=TODAY), TO_OFFER).refusal is None


def test_bytes_that_arrived_as_declared_are_sealed_unscreened_and_say_so() -> None:
    given(EVIDENCE, OFFERED).when(SEAL, sealed()).records(SEALED)


def test_the_name_that_the_storage_gives_the_bytes_is_recorded_and_known_afterwards() -> None:
    named = changed(SEALED, storage_version="v7")
    given(EVIDENCE, OFFERED).when(SEAL, sealed("v7")).records(named)
    assert EVIDENCE.fold((OFFERED, named)).versions[0].storage_version == "v7"


def test_what_is_sealed_stays_sealed_when_asked_again() -> None:
    given(EVIDENCE, *DRAFT).when(SEAL, NOT_RECEIVED).records_nothing()


def test_a_file_that_nobody_checked_is_not_sealed() -> None:
    given(EVIDENCE, OFFERED).when(SEAL, NOT_RECEIVED).rejected(EvidenceNotSealed)


@pytest.mark.parametrize("after", [HANDED_IN, (OFFERED, DISCARDED), (*HANDED_IN, WITHDRAWN)])
def test_the_bytes_of_a_version_never_change(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(SEAL, NOT_RECEIVED).rejected(EvidenceVersionFixed)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*HANDED_IN, ACCEPTED), (*HANDED_IN, WITHDRAWN)])
def test_a_correction_is_a_new_version_and_the_old_one_stays(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(NEXT).records(OFFERED_NEXT)
    item = given(EVIDENCE, *after, OFFERED_NEXT).state
    assert [version.sha256 for version in item.versions] == [SHA, OTHER_SHA]


def test_a_discarded_draft_does_not_bar_a_new_version() -> None:
    given(EVIDENCE, OFFERED, DISCARDED).when(NEXT).records(OFFERED_NEXT)


@pytest.mark.parametrize("draft", [(OFFERED,), DRAFT])
def test_a_new_version_waits_until_the_draft_is_finished_or_discarded(draft: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *draft).when(NEXT).rejected(EvidenceVersionFixed, "draft")


def test_a_version_of_an_item_that_is_not_there_is_refused() -> None:
    given(EVIDENCE).when(NEXT).rejected(EvidenceUnknown)


@pytest.mark.parametrize(
    "command",
    [
        SealFile(evidence_id=EVIDENCE_ID, version=2),
        changed(SUBMIT, version=2),
        ReturnEvidence(evidence_id=EVIDENCE_ID, version=0, reason="?"),
        AcceptEvidence(evidence_id=EVIDENCE_ID, version=-1),
        ClaimStatements(evidence_id=EVIDENCE_ID, version=2, codes=frozenset()),
        DropClaim(evidence_id=EVIDENCE_ID, version=2, code="K1"),
        AnnotateEvidence(
            evidence_id=EVIDENCE_ID,
            annotation_id=ANNOTATION_ID,
            version=2,
            sha256=SHA,
            selector=WholeItem(),
            kind="pointer",
            audience="assessors",
            text="here",
        ),
        changed(SERVE, version=2),
        changed(WITHDRAW, version=2),
        DiscardDraft(evidence_id=EVIDENCE_ID, version=2),
    ],
)
def test_a_version_that_is_not_there_is_refused(command: Command) -> None:
    given(EVIDENCE, OFFERED).when(command).rejected(EvidenceUnknown)
    given(EVIDENCE).when(command).rejected(EvidenceUnknown)


# --- handing in ---


def test_a_sealed_version_is_submitted_with_the_apprentices_declaration() -> None:
    given(EVIDENCE, *DRAFT).when(SUBMIT, MIA_NOW).records(SUBMITTED)


def test_nobody_declares_the_work_of_another_their_own() -> None:
    given(EVIDENCE, *HANDED_IN).when(SUBMIT, changed(MIA_NOW, by=COACH)).rejected(DeclarationNotOwn)


def test_nobody_else_knows_of_a_draft_to_hand_in_or_to_answer() -> None:
    for command in (SUBMIT, RETURN, AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)):
        given(EVIDENCE, *DRAFT).when(command, changed(MIA_NOW, by=COACH)).rejected(EvidenceUnknown)


def test_a_file_that_has_not_arrived_is_not_submitted() -> None:
    given(EVIDENCE, OFFERED).when(SUBMIT, MIA_NOW).rejected(EvidenceNotSealed)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*DRAFT, DISCARDED), (*DRAFT, WITHDRAWN)])
def test_a_version_is_submitted_once(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(SUBMIT, MIA_NOW).rejected(EvidenceAlreadySubmitted)


def test_a_declaration_cites_the_wording_that_is_shown_now() -> None:
    old = changed(DECLARATION, wording="authenticity/0")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=old), MIA_NOW).rejected(
        DeclarationMissing, CURRENT_AUTHENTICITY
    )
    assert CURRENT_AUTHENTICITY in AUTHENTICITY_WORDINGS


def test_who_used_ai_says_how() -> None:
    silent = changed(DECLARATION, ai_use="assisted", ai_detail=" ")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=silent), MIA_NOW).rejected(
        DeclarationMissing, "how AI was used"
    )
    detailed = changed(silent, ai_detail="spelling")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=detailed), MIA_NOW).records(
        changed(SUBMITTED, declaration=detailed)
    )


@pytest.mark.parametrize("answer", [(), (RETURNED,), (ACCEPTED,)])
def test_a_new_version_stands_in_the_place_of_the_one_handed_in_before(answer: tuple[Fact, ...]) -> None:
    history = (*HANDED_IN, *answer, OFFERED_NEXT, SEALED_NEXT)
    given(EVIDENCE, *history).when(changed(SUBMIT, version=2), MIA_NOW).records(SUBMITTED_NEXT, REPLACED)


def test_a_version_that_was_withdrawn_or_replaced_is_not_replaced_again() -> None:
    withdrawn = (*HANDED_IN, WITHDRAWN, OFFERED_NEXT, SEALED_NEXT)
    given(EVIDENCE, *withdrawn).when(changed(SUBMIT, version=2), MIA_NOW).records(SUBMITTED_NEXT)
    third = (changed(OFFERED, version=3), changed(SEALED, version=3))
    replaced = (*HANDED_IN, OFFERED_NEXT, SEALED_NEXT, SUBMITTED_NEXT, REPLACED, *third)
    given(EVIDENCE, *replaced).when(changed(SUBMIT, version=3), MIA_NOW).records(
        changed(SUBMITTED, version=3), EvidenceReplaced(version=2, replaced_by=3)
    )


def test_a_submitted_version_is_returned_with_a_reason_or_accepted() -> None:
    command = ReturnEvidence(evidence_id=EVIDENCE_ID, version=1, reason="page 2 is missing")
    given(EVIDENCE, *HANDED_IN).when(command, to_answer()).records(RETURNED)
    given(EVIDENCE, *HANDED_IN).when(AcceptEvidence(evidence_id=EVIDENCE_ID, version=1), to_answer()).records(ACCEPTED)


RETURN = ReturnEvidence(evidence_id=EVIDENCE_ID, version=1, reason="page 2 is missing")


@pytest.mark.parametrize("after", [(*HANDED_IN, RETURNED), (*HANDED_IN, ACCEPTED), (*HANDED_IN, WITHDRAWN)])
def test_only_a_version_that_waits_is_returned_or_accepted(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(RETURN, to_answer()).rejected(EvidenceNotSubmitted)
    given(EVIDENCE, *after).when(AcceptEvidence(evidence_id=EVIDENCE_ID, version=1), to_answer()).rejected(
        EvidenceNotSubmitted
    )


def test_a_version_that_a_finding_in_force_cites_is_not_returned() -> None:
    command = ReturnEvidence(evidence_id=EVIDENCE_ID, version=1, reason="page 2 is missing")
    judged = Assessment(findings=(found("K10"), found("K2"), found("S1")))
    refusal = given(EVIDENCE, *HANDED_IN).when(command, to_answer(judged)).rejected(EvidenceCitedByFinding, "K2, K10")
    assert refusal.members == {"codes": ["K2", "K10", "S1"]}
    anew = changed(found("K2"), finding=changed(found("K2").finding, cites=()))
    decided_on = changed(judged, decisions=decided().decisions)
    given(EVIDENCE, *HANDED_IN).when(command, to_answer(decided_on)).rejected(EvidenceCitedByFinding)
    for other in (
        Assessment(findings=(anew,)),
        changed(decided_on, voided=decided().voided),
        changed(judged, closed=AttemptClosed(reason="the lights failed")),
    ):
        given(EVIDENCE, *HANDED_IN).when(command, to_answer(other)).records(RETURNED)


@pytest.mark.parametrize("answer", [(), (RETURNED,), (ACCEPTED,)])
def test_the_apprentice_takes_back_what_no_decision_cites(answer: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *HANDED_IN, *answer).when(WITHDRAW, to_withdraw()).records(WITHDRAWN)


def test_what_a_decision_cites_stays() -> None:
    given(EVIDENCE, *HANDED_IN).when(WITHDRAW, to_withdraw(decided())).rejected(EvidenceAlreadyCited)
    for other in (decided(version=2), decided(evidence_id=OBJECT_ID)):
        given(EVIDENCE, *HANDED_IN).when(WITHDRAW, to_withdraw(other)).records(WITHDRAWN)


def test_what_a_newer_version_took_the_place_of_is_taken_back_too() -> None:
    given(EVIDENCE, *HANDED_IN, REPLACED).when(WITHDRAW, to_withdraw()).records(WITHDRAWN)


@pytest.mark.parametrize("after", [(*HANDED_IN, WITHDRAWN), (OFFERED, DISCARDED)])
def test_what_is_gone_is_not_withdrawn(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(WITHDRAW, to_withdraw()).rejected(EvidenceWithdrawnAlready)


@pytest.mark.parametrize("draft", [(OFFERED,), DRAFT])
def test_a_draft_is_discarded_bytes_and_all(draft: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *draft).when(DISCARD, DISCARDING).records(DISCARDED)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*HANDED_IN, WITHDRAWN), (OFFERED, DISCARDED)])
def test_what_was_handed_in_is_never_discarded(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(DISCARD, DISCARDING).rejected(EvidenceAlreadySubmitted)


# --- showing ---


def test_the_first_view_of_a_version_is_recorded() -> None:
    given(EVIDENCE, *HANDED_IN).when(SERVE, view()).records(EvidenceServed(version=1))


def test_a_second_view_is_not_recorded_again() -> None:
    given(EVIDENCE, *HANDED_IN).when(SERVE, view(served=(1,))).records_nothing()
    given(EVIDENCE, *HANDED_IN).when(SERVE, view(served=(2,))).records(EvidenceServed(version=1))
    to_another = changed(view(served=(1,)), by=COACH)
    given(EVIDENCE, *HANDED_IN).when(SERVE, to_another).records(EvidenceServed(version=1))


def test_the_apprentices_own_view_is_not_recorded() -> None:
    given(EVIDENCE, *DRAFT).when(SERVE, view(APPRENTICE)).records_nothing()


def test_assessors_see_no_drafts() -> None:
    given(EVIDENCE, *DRAFT).when(SERVE, view()).rejected(EvidenceUnknown)


def test_nobody_is_shown_a_file_that_has_not_arrived() -> None:
    given(EVIDENCE, OFFERED).when(SERVE, view(APPRENTICE)).rejected(EvidenceNotSealed)


def test_what_lay_before_a_decision_is_shown_although_it_was_withdrawn() -> None:
    withdrawn = given(EVIDENCE, *HANDED_IN, WITHDRAWN)
    withdrawn.when(SERVE, view()).rejected(EvidenceNotSubmitted)
    withdrawn.when(SERVE, view(COACH, decided())).records(EvidenceServed(version=1))


# --- records ---


def recorded(record: Any) -> EvidenceRecorded:
    text = record_text(record).encode()
    return EvidenceRecorded(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Observation of 8 December",
        record=record,
        sha256=hashlib.sha256(text).hexdigest(),
        size=len(text),
    )


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_what_somebody_else_recorded_is_not_withdrawn_by_the_apprentice(record: Any) -> None:
    given(EVIDENCE, recorded(record)).when(WITHDRAW, to_withdraw()).rejected(RecordNotYours)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_a_record_is_evidence_with_the_hash_of_its_text(record: Any) -> None:
    given(EVIDENCE).when(changed(WRITE, record=record), WITNESSED).records(recorded(record))


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (OBSERVATION, "observation record"),
        (DISCUSSION, "professional discussion record"),
        (TESTIMONY, "witness testimony"),
    ],
)
def test_a_record_is_at_once_accepted_evidence_of_its_kind(record: Any, kind: str) -> None:
    (version,) = given(EVIDENCE, recorded(record)).state.versions
    assert (version.kind, version.stage, version.produced_on) == (kind, "accepted", TODAY)
    assert version.bounds == Bounds(media_type="text/plain", text=record_text(record))


def test_a_record_is_written_once_and_has_one_version() -> None:
    given(EVIDENCE, recorded(OBSERVATION)).when(WRITE, WITNESSED).rejected(EvidenceExists)
    given(EVIDENCE, recorded(OBSERVATION)).when(NEXT).rejected(EvidenceVersionFixed, "one version")


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_nobody_is_a_witness_of_their_own_work(record: Any) -> None:
    given(EVIDENCE).when(changed(WRITE, record=record), changed(WITNESSED, by=APPRENTICE)).rejected(WitnessIsApprentice)


def test_an_incomplete_record_is_refused_by_the_name_of_its_kind() -> None:
    given(EVIDENCE).when(changed(WRITE, record=changed(OBSERVATION, place="")), WITNESSED).rejected(
        ObservationRecordIncomplete
    )
    given(EVIDENCE).when(changed(WRITE, record=changed(TESTIMONY, witness="")), WITNESSED).rejected(WitnessIncomplete)
    given(EVIDENCE).when(changed(WRITE, record=changed(DISCUSSION, minutes=0)), WITNESSED).rejected(
        DiscussionRecordIncomplete
    )


def test_observation_and_discussion_belong_to_an_attempt_of_this_enrolment() -> None:
    elsewhere = changed(WITNESSED, attempts=frozenset())
    given(EVIDENCE).when(WRITE, elsewhere).rejected(ObservationRecordIncomplete, "attempt")
    given(EVIDENCE).when(changed(WRITE, record=DISCUSSION), elsewhere).rejected(DiscussionRecordIncomplete, "attempt")
    given(EVIDENCE).when(changed(WRITE, record=TESTIMONY), elsewhere).records(recorded(TESTIMONY))


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_nothing_is_recorded_before_it_happens(record: Any) -> None:
    ahead = changed(WRITE, record=changed(record, occurred_on=TOMORROW))
    given(EVIDENCE).when(ahead, WITNESSED).rejected(ProductionDateInvalid)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION])
def test_a_record_speaks_of_codes_of_the_route_alone(record: Any) -> None:
    other = changed(WITNESSED, edition=edition("S1"))
    assert given(EVIDENCE).when(changed(WRITE, record=record), other).rejected(OutcomeNotInRoute, "S2").members == {
        "codes": ["S2"]
    }


# --- the item ---


def test_the_item_is_the_apprentices() -> None:
    assert given(EVIDENCE, OFFERED).state.subject() == APPRENTICE
    assert given(EVIDENCE, recorded(TESTIMONY)).state.subject() == APPRENTICE


def test_only_what_is_handed_in_and_not_given_back_can_be_cited() -> None:
    stages = {
        "draft": DRAFT,
        "submitted": HANDED_IN,
        "returned": (*HANDED_IN, RETURNED),
        "accepted": (*HANDED_IN, ACCEPTED),
        "replaced": (*HANDED_IN, REPLACED),
        "withdrawn": (*HANDED_IN, WITHDRAWN),
    }
    versions = {name: given(EVIDENCE, *history).state.versions[0] for name, history in stages.items()}
    assert {name for name, version in versions.items() if version.citable()} == {"submitted", "accepted", "replaced"}
    assert {name for name, version in versions.items() if version.handed_in()} == set(stages) - {"draft", "withdrawn"}
