"""Evidence from offer to withdrawal (EVIDENCE-1 to EVIDENCE-8, INTEREST-1)."""

import hashlib
from typing import Any

import pytest

from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.refusals import EnrolmentHasEnded
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    CompleteUpload,
    DescribeDraft,
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
    DraftDescribed,
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
from portfolio.domain.evidence.media import LARGEST_FILE, TAKEN, ContentTypeNotAllowed
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.evidence.record import (
    Observation,
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
    ProductionDateMissing,
)
from portfolio.domain.evidence.selector import WholeItem
from portfolio.domain.evidence.upload import EvidenceLimitReached, ForDiscard
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
from tests.domain.test_ending import ENDED
from tests.domain.test_enrolment import ENROLLED
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


def test_a_file_is_offered_as_a_new_item() -> None:
    given(EVIDENCE).when(OFFER, TO_OFFER).records(OFFERED)


def test_an_item_is_offered_once() -> None:
    given(EVIDENCE, OFFERED).when(OFFER, TO_OFFER).rejected(EvidenceExists)


@pytest.mark.parametrize("size", [0, -1, LARGEST_FILE + 1])
def test_a_file_that_is_empty_or_too_large_is_not_taken(size: int) -> None:
    given(EVIDENCE).when(changed(OFFER, size=size), TO_OFFER).rejected(EvidenceLimitReached)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, size=size), TO_OFFER).rejected(EvidenceLimitReached)


def test_after_the_end_of_the_enrolment_no_file_is_offered() -> None:
    ended = changed(TO_OFFER, enrolment=ENROLMENT.fold((ENROLLED, ENDED)))
    given(EVIDENCE).when(OFFER, ended).rejected(EnrolmentHasEnded)
    given(EVIDENCE, *HANDED_IN).when(NEXT, ended).rejected(EnrolmentHasEnded)


def test_the_largest_file_is_taken() -> None:
    assert given(EVIDENCE).when(changed(OFFER, size=LARGEST_FILE), TO_OFFER).refusal is None


@pytest.mark.parametrize("media_type", ["application/x-msdownload", "image/svg+xml", "text/html", "pdf"])
def test_a_file_of_a_type_that_is_not_taken_is_refused_at_the_offer_and_what_is_taken_is_said(media_type: str) -> None:
    for history, offer, known in ((), OFFER, TO_OFFER), (HANDED_IN, NEXT, TO_OFFER):
        refused = given(EVIDENCE, *history).when(changed(offer, media_type=media_type), known)
        refused.rejected(ContentTypeNotAllowed, f"declared as {media_type}", "We take PDF, JPEG, PNG")


@pytest.mark.parametrize(
    ("filename", "way_out"),
    [
        ("Report.DOC", "an old Word document: save it as DOCX or PDF"),
        ("hours.xlsm", "a document with macros: save it without them"),
        ("letter.dotx", "a template"),
        ("photos.zip", "an archive: take the files out of it"),
        ("answer.eml", "a mail: print it to PDF"),
        ("plan.svg", "an SVG drawing: save it as PNG or PDF"),
        ("risk.pdf.exe", "a program"),
    ],
)
def test_a_file_whose_name_says_that_it_is_not_taken_is_refused_at_the_offer(filename: str, way_out: str) -> None:
    for media_type in ("application/pdf", "application/octet-stream"):
        offer = changed(OFFER, media_type=media_type, filename=filename)
        given(EVIDENCE).when(offer, TO_OFFER).rejected(ContentTypeNotAllowed, way_out, "We take PDF, JPEG, PNG")


def test_a_word_that_systems_give_to_documents_too_is_taken_under_the_name_of_one_alone() -> None:
    loose = changed(OFFER, media_type="application/zip")
    assert given(EVIDENCE).when(changed(loose, filename="Rig.docx"), TO_OFFER).refusal is None
    refused = given(EVIDENCE).when(changed(loose, filename="rig"), TO_OFFER)
    refused.rejected(ContentTypeNotAllowed, "declared as application/zip, an archive", "We take PDF, JPEG, PNG")


@pytest.mark.parametrize(
    "media_type", ["image/jpg", "Text/Plain; charset=utf-8", "audio/x-m4a", "application/octet-stream", *TAKEN]
)
def test_a_file_is_offered_under_any_word_for_a_type_that_is_taken(media_type: str) -> None:
    offer = changed(OFFER, media_type=media_type)
    given(EVIDENCE).when(offer, TO_OFFER).records(changed(OFFERED, media_type=media_type))


@pytest.mark.parametrize(
    ("said", "filename", "kept"),
    [
        ("", "rig", "application/octet-stream"),
        ("", "rig.pdf", "application/octet-stream"),
        ("", "Hours.CSV", "text/csv"),
        ("application/octet-stream", "hours.csv", "text/csv"),
        ("text/plain", "hours.csv", "text/plain"),
    ],
)
def test_a_file_of_which_nobody_says_what_it_is_is_left_to_its_content_and_a_sheet_to_its_name(
    said: str, filename: str, kept: str
) -> None:
    offer = changed(OFFER, media_type=said, filename=filename)
    given(EVIDENCE).when(offer, TO_OFFER).records(changed(OFFERED, media_type=kept, filename=filename))


def test_work_is_not_produced_in_the_future() -> None:
    given(EVIDENCE).when(changed(OFFER, produced_on=TOMORROW), TO_OFFER).rejected(ProductionDateInvalid)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, produced_on=TOMORROW), TO_OFFER).rejected(ProductionDateInvalid)


def test_work_may_be_produced_today() -> None:
    assert given(EVIDENCE).when(changed(OFFER, produced_on=TODAY), TO_OFFER).refusal is None


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
