"""Evidence from offer to withdrawal (EVIDENCE-1 to EVIDENCE-8, INTEREST-1)."""

import hashlib
from typing import Any

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    CompleteUpload,
    DiscardDraft,
    DropClaim,
    OfferEvidence,
    OfferVersion,
    RefuseFile,
    ReturnEvidence,
    SealFile,
    ServeEvidence,
    SubmitEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.declaration import (
    CURRENT_AUTHENTICITY,
    AuthenticityDeclaration,
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
    FileReceived,
    FileRefused,
    FileSealed,
    UploadOffered,
)
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.evidence.record import (
    Observation,
    record_text,
)
from portfolio.domain.evidence.refusals import (
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceUnknown,
    EvidenceVersionFixed,
    EvidenceWithdrawnAlready,
)
from portfolio.domain.evidence.selector import WholeItem
from portfolio.domain.evidence.upload import ForDiscard
from portfolio.domain.kernel import Command, Fact, changed
from tests.domain.evidence.known import (
    BOUNDS,
    BYTES,
    MIA_NOW,
    TO_OFFER,
    decided,
    to_withdraw,
    view,
)
from tests.domain.evidence.test_record import OBSERVATION, TESTIMONY
from tests.domain.given import given
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
COMPLETE = CompleteUpload(evidence_id=EVIDENCE_ID, version=1)
RECEIVED = FileReceived(version=1, object_id=OBJECT_ID)
SEAL = SealFile(evidence_id=EVIDENCE_ID, version=1, sealed=BYTES, screening="none configured")
WHY = "The file is damaged."
REFUSE = RefuseFile(evidence_id=EVIDENCE_ID, version=1, refusal="content-unreadable", why=WHY)
REFUSED = FileRefused(version=1, object_id=OBJECT_ID, refusal="content-unreadable", why=WHY)
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


def test_an_apprentice_says_once_that_the_bytes_are_all_there() -> None:
    given(EVIDENCE, OFFERED).when(COMPLETE).records(RECEIVED)
    for later in ((OFFERED, RECEIVED), (OFFERED, RECEIVED, SEALED), (OFFERED, RECEIVED, REFUSED), DRAFT):
        given(EVIDENCE, *later).when(COMPLETE).records_nothing()


def test_bytes_that_were_checked_are_sealed_with_what_looked_for_malware() -> None:
    given(EVIDENCE, OFFERED, RECEIVED).when(SEAL).records(SEALED)
    screened = changed(SEAL, screening="ClamAV 1.4, 27000")
    given(EVIDENCE, OFFERED, RECEIVED).when(screened).records(changed(SEALED, screening="ClamAV 1.4, 27000"))


def test_the_digest_of_what_is_stored_counts_also_where_none_was_declared() -> None:
    undeclared = changed(OFFERED, sha256="")
    given(EVIDENCE, undeclared, RECEIVED).when(SEAL).records(SEALED)
    assert given(EVIDENCE, undeclared, RECEIVED, SEALED).state.versions[0].sha256 == SHA


def test_the_digest_of_the_digests_of_the_blocks_is_recorded_and_known_afterwards() -> None:
    described = changed(SEALED, blocks="b" * 64)
    seal = changed(SEAL, sealed=changed(BYTES, blocks="b" * 64))
    given(EVIDENCE, OFFERED, RECEIVED).when(seal).records(described)
    assert EVIDENCE.fold((OFFERED, described)).versions[0].blocks == "b" * 64


def test_the_name_that_the_storage_gives_the_bytes_is_recorded_and_known_afterwards() -> None:
    named = changed(SEALED, storage_version="v7")
    given(EVIDENCE, OFFERED, RECEIVED).when(changed(SEAL, sealed=changed(BYTES, storage_version="v7"))).records(named)
    assert EVIDENCE.fold((OFFERED, named)).versions[0].storage_version == "v7"


@pytest.mark.parametrize("check", [SEAL, REFUSE])
def test_what_was_checked_twice_has_one_outcome(check: Command) -> None:
    for after in (DRAFT, HANDED_IN, (OFFERED, RECEIVED, SEALED)):
        given(EVIDENCE, *after).when(check).records_nothing()
    given(EVIDENCE, OFFERED, RECEIVED, REFUSED).when(REFUSE).records_nothing()


@pytest.mark.parametrize("after", [(OFFERED,), (OFFERED, RECEIVED, REFUSED), (OFFERED, RECEIVED, DISCARDED)])
def test_what_does_not_wait_to_be_checked_is_not_sealed(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(SEAL).rejected(EvidenceVersionFixed)


def test_a_file_that_is_not_taken_is_refused_with_the_reason() -> None:
    given(EVIDENCE, OFFERED, RECEIVED).when(REFUSE).records(REFUSED)
    (version,) = given(EVIDENCE, OFFERED, RECEIVED, REFUSED).state.versions
    assert (version.stage, version.refusal, version.why) == ("refused", "content-unreadable", WHY)
    given(EVIDENCE, OFFERED, RECEIVED, DISCARDED).when(REFUSE).records_nothing()


def test_a_refused_file_is_followed_by_another_version_and_takes_no_room() -> None:
    refused = given(EVIDENCE, OFFERED, RECEIVED, REFUSED)
    refused.when(NEXT, TO_OFFER).records(OFFERED_NEXT)
    full = Quota(bytes_of_enrolment=1000, drafts_of_person=1)
    refused.when(NEXT, changed(TO_OFFER, here=(refused.state,), everywhere=(refused.state,), quota=full)).records(
        OFFERED_NEXT
    )


@pytest.mark.parametrize("after", [(OFFERED, RECEIVED), (OFFERED, RECEIVED, REFUSED)])
def test_what_is_not_sealed_is_a_draft_that_is_neither_handed_in_nor_withdrawn(after: tuple[Fact, ...]) -> None:
    item = given(EVIDENCE, *after)
    item.when(SUBMIT, MIA_NOW).rejected(EvidenceNotSealed)
    item.when(DISCARD, DISCARDING).records(DISCARDED)
    assert item.state.versions[0].is_draft()


def test_a_file_that_is_being_checked_is_not_withdrawn_but_discarded() -> None:
    given(EVIDENCE, OFFERED, RECEIVED).when(WITHDRAW, to_withdraw()).rejected(EvidenceNotSealed, "discard the draft")
    given(EVIDENCE, OFFERED, RECEIVED, REFUSED).when(WITHDRAW, to_withdraw()).rejected(EvidenceWithdrawnAlready)


@pytest.mark.parametrize("after", [HANDED_IN, (OFFERED, DISCARDED), (*HANDED_IN, WITHDRAWN)])
def test_the_bytes_of_a_version_never_change(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(COMPLETE).rejected(EvidenceVersionFixed)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*HANDED_IN, ACCEPTED), (*HANDED_IN, WITHDRAWN)])
def test_a_correction_is_a_new_version_and_the_old_one_stays(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(NEXT, TO_OFFER).records(OFFERED_NEXT)
    item = given(EVIDENCE, *after, OFFERED_NEXT).state
    assert [version.sha256 for version in item.versions] == [SHA, OTHER_SHA]


def test_a_discarded_draft_does_not_bar_a_new_version() -> None:
    given(EVIDENCE, OFFERED, DISCARDED).when(NEXT, TO_OFFER).records(OFFERED_NEXT)


@pytest.mark.parametrize("draft", [(OFFERED,), (OFFERED, RECEIVED), DRAFT])
def test_a_new_version_waits_until_the_draft_is_finished_or_discarded(draft: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *draft).when(NEXT, TO_OFFER).rejected(EvidenceVersionFixed, "draft")


def test_a_version_of_an_item_that_is_not_there_is_refused() -> None:
    given(EVIDENCE).when(NEXT, TO_OFFER).rejected(EvidenceUnknown)


@pytest.mark.parametrize(
    "command",
    [
        changed(COMPLETE, version=2),
        changed(SEAL, version=2),
        changed(REFUSE, version=2),
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
    observer = "Ada" if isinstance(record, Observation) else ""
    text = record_text(record, observer).encode()
    return EvidenceRecorded(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Observation of 8 December",
        record=record,
        sha256=hashlib.sha256(text).hexdigest(),
        size=len(text),
        observer=observer,
    )


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
