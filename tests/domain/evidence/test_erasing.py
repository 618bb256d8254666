"""A file is erased for good by two free people, and what was recorded of it stays (ERASURE-3, RETENTION-2)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.erasing import ForErasure
from portfolio.domain.erasure import (
    Erasure,
    ErasureByOneAlone,
    ErasureNeedsFreePerson,
    ErasureNotApproved,
    ErasureUnderWay,
    FileWasErased,
    NothingToErase,
)
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import AcceptEvidence, AnnotateEvidence, ClaimStatements
from portfolio.domain.evidence.erasing import ApproveErasure, ConfirmErasure, DropErasure, NoteErased
from portfolio.domain.evidence.erasure import ErasureApproved, ErasureConfirmed, ErasureDropped, FileErased
from portfolio.domain.evidence.quota import files
from portfolio.domain.evidence.refusals import EvidenceUnknown
from portfolio.domain.evidence.selector import PdfRectangle, TextQuote, WholeItem
from portfolio.domain.kernel import Known, Recorded, changed
from portfolio.domain.person import Person
from tests.domain.evidence.known import ASSESSED, TO_CLAIM, TO_OFFER, WITNESSED, remarking, to_answer, view
from tests.domain.evidence.test_evidence import (
    DRAFT,
    HANDED_IN,
    NEXT,
    OFFERED_NEXT,
    SEALED,
    SERVE,
    WITHDRAWN,
    WRITE,
)
from tests.domain.given import given
from tests.domain.test_appeal import ATTEMPT, WITH_PANEL
from tests.domain.test_decision_context import CONTEXT
from tests.domain.test_enrolment import ENROLLED, part
from tests.domain.test_hold import cases
from tests.domain.world import (
    ANNOTATION_ID,
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    EVIDENCE_ID,
    NOW,
    OBJECT_ID,
    OFFICER,
    SHA,
    TODAY,
    an_id,
    person,
)

WHY = "It shows somebody else's passport."
SECOND = an_id("second officer")
APPROVE = ApproveErasure(evidence_id=EVIDENCE_ID, version=1, reason=WHY)
CONFIRM = ConfirmErasure(evidence_id=EVIDENCE_ID, version=1, reason="It does.")
DROP = DropErasure(evidence_id=EVIDENCE_ID, version=1, reason="It is her own.")
NOTE = NoteErased(evidence_id=EVIDENCE_ID, version=1)
APPROVED = ErasureApproved(version=1, object_id=OBJECT_ID, sha256=SHA, reason=WHY)
CONFIRMED = ErasureConfirmed(version=1, object_id=OBJECT_ID, reason="It does.")
DROPPED = ErasureDropped(version=1, object_id=OBJECT_ID, reason="It is her own.")
ERASED = FileErased(version=1, object_id=OBJECT_ID, erased_on=TODAY)
GONE = (*HANDED_IN, APPROVED, CONFIRMED, ERASED)
ON_THE_DAY = "The file was erased on 8 December 2026, as two people approved: It shows somebody else's passport."


def recorded(fact: Any, by: UUID) -> Recorded:
    return Recorded(originator_id=EVIDENCE_ID, originator_version=4, fact=fact, by=by, at=NOW, causation=OFFICER)


def erasing(by: UUID = OFFICER, *approvals: Recorded, **fields: Any) -> ForErasure:
    known = ForErasure(
        by=by,
        at=NOW,
        today=TODAY,
        person=person("responsible officer"),
        enrolment=ASSESSED,
        other_enrolments=(),
        cases={},
        attempts={},
        history=approvals,
    )
    return changed(known, **fields)


BY_SECOND = erasing(SECOND, recorded(APPROVED, OFFICER))


def test_one_person_approves_and_another_one_confirms() -> None:
    given(EVIDENCE, *HANDED_IN).when(APPROVE, erasing()).records(APPROVED)
    given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, BY_SECOND).records(CONFIRMED)
    given(EVIDENCE, *HANDED_IN, APPROVED, CONFIRMED).when(NOTE).records(ERASED)


def test_nobody_confirms_what_they_approved_last() -> None:
    alone = erasing(OFFICER, recorded(APPROVED, OFFICER))
    given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, alone).rejected(ErasureByOneAlone)
    both = erasing(OFFICER, recorded(APPROVED, SECOND), recorded(APPROVED, OFFICER))
    given(EVIDENCE, *HANDED_IN, APPROVED, DROPPED, APPROVED).when(CONFIRM, both).rejected(ErasureByOneAlone)
    another = changed(APPROVED, version=2, object_id=an_id("another file"))
    first = erasing(OFFICER, recorded(APPROVED, OFFICER), recorded(another, OFFICER))
    given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, first).rejected(ErasureByOneAlone)
    other = erasing(SECOND, recorded(APPROVED, OFFICER), recorded(another, SECOND))
    given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, other).records(CONFIRMED)


def test_what_nobody_approved_is_neither_confirmed_nor_dropped_nor_noted() -> None:
    for history in (HANDED_IN, (*HANDED_IN, APPROVED, DROPPED)):
        given(EVIDENCE, *history).when(CONFIRM, BY_SECOND).rejected(ErasureNotApproved)
        given(EVIDENCE, *history).when(DROP).rejected(ErasureNotApproved)
        given(EVIDENCE, *history).when(NOTE).records_nothing()
    given(EVIDENCE, *HANDED_IN, APPROVED).when(NOTE).records_nothing()
    given(EVIDENCE, *GONE).when(NOTE).records_nothing()


def test_what_is_approved_is_not_approved_again_and_what_is_confirmed_is_not_answered_again() -> None:
    given(EVIDENCE, *HANDED_IN, APPROVED).when(APPROVE, erasing()).rejected(ErasureUnderWay, "a second one", WHY[:-1])
    on_the_way = given(EVIDENCE, *HANDED_IN, APPROVED, CONFIRMED)
    on_the_way.when(APPROVE, erasing()).rejected(ErasureUnderWay, "is being erased")
    on_the_way.when(CONFIRM, BY_SECOND).rejected(ErasureUnderWay)
    on_the_way.when(DROP).rejected(ErasureUnderWay)
    for command, known in ((APPROVE, erasing()), (CONFIRM, BY_SECOND), (DROP, BY_SECOND)):
        given(EVIDENCE, *GONE).when(command, known).rejected(FileWasErased, ON_THE_DAY)


def test_what_is_dropped_stays_and_may_be_approved_anew() -> None:
    given(EVIDENCE, *HANDED_IN, APPROVED).when(DROP, BY_SECOND).records(DROPPED)
    assert given(EVIDENCE, *HANDED_IN, APPROVED, DROPPED).state.versions[0].erasure is None
    given(EVIDENCE, *HANDED_IN, APPROVED, DROPPED).when(APPROVE, erasing()).records(APPROVED)


def test_of_a_draft_nobody_else_knows_and_what_was_written_is_no_file() -> None:
    given(EVIDENCE, *DRAFT).when(APPROVE, erasing()).rejected(EvidenceUnknown)
    given(EVIDENCE, *DRAFT).when(DROP).rejected(EvidenceUnknown)
    written = given(EVIDENCE).when(WRITE, WITNESSED).facts
    given(EVIDENCE, *written).when(APPROVE, erasing()).rejected(NothingToErase)


def test_what_was_handed_in_and_withdrawn_is_erased_too() -> None:
    given(EVIDENCE, *HANDED_IN, WITHDRAWN).when(APPROVE, erasing()).records(APPROVED)


def test_who_has_a_part_or_an_interest_leaves_it_to_others() -> None:
    assigned = changed(erasing(), enrolment=ENROLMENT.fold((ENROLLED, part(OFFICER, "assessor"))))
    judged = changed(erasing(), attempts={ATTEMPT_ID: Assessment(findings=ATTEMPT.findings)}, by=ASSESSOR)
    tied = changed(erasing(), other_enrolments=(ENROLMENT.fold((ENROLLED, part(OFFICER, "coach"))),))
    for known in (assigned, judged, tied):
        given(EVIDENCE, *HANDED_IN).when(APPROVE, known).rejected(ErasureNeedsFreePerson)
        confirming = changed(known, history=(recorded(APPROVED, SECOND),))
        given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, confirming).rejected(ErasureNeedsFreePerson)


def test_nothing_is_erased_that_a_contested_decision_rests_on() -> None:
    (named, *_) = CONTEXT.available
    held = changed(erasing(), cases=cases(*WITH_PANEL), attempts={ATTEMPT_ID: ATTEMPT})
    approve = changed(APPROVE, evidence_id=named.evidence_id, version=1)
    assert named.version == 1
    refused = given(EVIDENCE, *HANDED_IN).when(approve, held).rejected(RecordOnHold)
    assert refused.members["appeals"] == [str(APPEAL_ID)]
    confirm = changed(CONFIRM, evidence_id=named.evidence_id)
    given(EVIDENCE, *HANDED_IN, APPROVED).when(confirm, changed(held, by=SECOND)).rejected(RecordOnHold)


def test_until_it_is_done_the_file_is_there_for_its_readers() -> None:
    for history in ((*HANDED_IN, APPROVED), (*HANDED_IN, APPROVED, CONFIRMED)):
        assert given(EVIDENCE, *history).when(SERVE, view()).refusal is None
        assert given(EVIDENCE, *history).state.versions[0].citable()


@pytest.mark.parametrize("by", [APPRENTICE, ASSESSOR])
def test_what_was_erased_is_shown_to_nobody_and_the_sentence_says_when_and_why(by: UUID) -> None:
    given(EVIDENCE, *GONE).when(SERVE, view(by)).rejected(FileWasErased, ON_THE_DAY)


def test_what_was_erased_is_neither_claimed_nor_accepted_nor_cited() -> None:
    claim = ClaimStatements(evidence_id=EVIDENCE_ID, version=1, codes=frozenset({"K2"}))
    given(EVIDENCE, *GONE).when(claim, TO_CLAIM).rejected(FileWasErased)
    accept = AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)
    given(EVIDENCE, *GONE).when(accept, to_answer()).rejected(FileWasErased)
    (version,) = given(EVIDENCE, *GONE).state.versions
    assert not version.citable()
    assert version.erasure == Erasure(reason=WHY, stage="erased", erased_on=TODAY)
    assert (version.sha256, version.bounds, version.size) == (SHA, SEALED.bounds, 1000)


def test_what_was_erased_is_remarked_on_as_a_whole_and_at_no_place() -> None:
    remark = AnnotateEvidence(
        evidence_id=EVIDENCE_ID,
        annotation_id=ANNOTATION_ID,
        version=1,
        sha256=SHA,
        selector=WholeItem(),
        kind="formative",
        audience="apprentice and assessors",
        text="Upload it again without the passport.",
    )
    assert given(EVIDENCE, *GONE).when(remark, remarking()).refusal is None
    for place in (PdfRectangle(page=1, x=1, y=1, width=2, height=2), TextQuote(exact="passport")):
        given(EVIDENCE, *GONE).when(changed(remark, selector=place), remarking()).rejected(FileWasErased)


def test_a_text_that_was_erased_is_not_read_for_a_quote() -> None:
    text = changed(SEALED, bounds=changed(SEALED.bounds, media_type="text/plain", pages=()))
    for history, count in (((APPROVED, CONFIRMED), 1), ((APPROVED, CONFIRMED, ERASED), 0)):
        item = given(EVIDENCE, HANDED_IN[0], text, *HANDED_IN[2:], *history).state
        assert len(item.quoted_file(1, TextQuote(exact="passport"), ASSESSOR)) == count


def test_what_was_erased_is_followed_by_a_new_version_and_takes_no_room() -> None:
    given(EVIDENCE, *GONE).when(NEXT, TO_OFFER).records(OFFERED_NEXT)
    assert list(files([given(EVIDENCE, *GONE).state])) == []
    assert len(list(files([given(EVIDENCE, *HANDED_IN, APPROVED, CONFIRMED).state]))) == 1


def test_only_the_person_of_the_second_officer_is_asked_about() -> None:
    """Who confirms may be an administrator: what they hold is for the permission table, not for the rule."""
    administrator = Person(name="Ada", roles=frozenset({"administrator"}), ever_roles=frozenset({"administrator"}))
    known: Known = changed(BY_SECOND, person=administrator)
    given(EVIDENCE, *HANDED_IN, APPROVED).when(CONFIRM, known).records(CONFIRMED)
