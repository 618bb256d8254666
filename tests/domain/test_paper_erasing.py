"""The scan of a signed paper is erased for good by two free people, and what the paper says stays (ERASURE-3)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import AppealWithdrawn
from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasing import (
    ApprovePaperErasure,
    ConfirmPaperErasure,
    DropPaperErasure,
    NotePaperErased,
)
from portfolio.domain.enrolment.erasure import (
    PaperErased,
    PaperErasureApproved,
    PaperErasureConfirmed,
    PaperErasureDropped,
)
from portfolio.domain.enrolment.facts import ConsentGiven, ConsentOnPaper, Said, TakenBackOnPaper
from portfolio.domain.enrolment.refusals import PaperKeptBefore, PaperUnknown
from portfolio.domain.erasing import ForErasure
from portfolio.domain.erasure import (
    Erasure,
    ErasureByOneAlone,
    ErasureNeedsFreePerson,
    ErasureNotApproved,
    ErasureUnderWay,
    FileWasErased,
)
from portfolio.domain.kernel import Recorded, changed
from tests.domain.given import given
from tests.domain.test_appeal import ADMITTED, LODGED
from tests.domain.test_enrolment import ENROLLED, part
from tests.domain.test_papers import (
    APPEAL_FOR_ME,
    NO_APPEAL,
    PAPER_ID,
    PAPERS,
    RECEIVED,
    SEALED,
    SHA,
    TO_APPEAL,
    TO_MOVE,
    announce,
    announced,
)
from tests.domain.world import APPEAL_ID, APPRENTICE, COACH, ENROLMENT_ID, NOW, OFFICER, TODAY, an_id, person

WHY = "It shows somebody else's passport."
FREE, SECOND = an_id("free officer"), an_id("second officer")
APPROVE = ApprovePaperErasure(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID, reason=WHY)
CONFIRM = ConfirmPaperErasure(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID, reason="It does.")
DROP = DropPaperErasure(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID, reason="It is her own.")
NOTE = NotePaperErased(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID)
APPROVED = PaperErasureApproved(paper_id=PAPER_ID, sha256=SHA, reason=WHY)
CONFIRMED = PaperErasureConfirmed(paper_id=PAPER_ID, reason="It does.")
DROPPED = PaperErasureDropped(paper_id=PAPER_ID, reason="It is her own.")
ERASED = PaperErased(paper_id=PAPER_ID, erased_on=TODAY)
GIVEN = ConsentGiven(consent_id=PAPER_ID, person_id=TO_MOVE.person_id, purpose=TO_MOVE.purpose, paper_id=PAPER_ID)
KEPT = (ENROLLED, announced(TO_MOVE), RECEIVED, SEALED, GIVEN)
GONE = (*KEPT, APPROVED, CONFIRMED, ERASED)


def recorded(fact: Any, by: UUID) -> Recorded:
    return Recorded(originator_id=ENROLMENT_ID, originator_version=4, fact=fact, by=by, at=NOW, causation=OFFICER)


def erasing(by: UUID = FREE, *approvals: Recorded, **fields: Any) -> ForErasure:
    known = ForErasure(
        by=by,
        at=NOW,
        today=TODAY,
        person=person("responsible officer"),
        enrolment=ENROLMENT.fold((ENROLLED,)),
        other_enrolments=(),
        cases={},
        attempts={},
        history=approvals,
    )
    return changed(known, **fields)


BY_SECOND = erasing(SECOND, recorded(APPROVED, FREE))


def test_one_person_approves_and_another_one_confirms() -> None:
    given(ENROLMENT, *KEPT).when(APPROVE, erasing()).records(APPROVED)
    given(ENROLMENT, *KEPT, APPROVED).when(CONFIRM, BY_SECOND).records(CONFIRMED)
    given(ENROLMENT, *KEPT, APPROVED, CONFIRMED).when(NOTE).records(ERASED)


def test_nobody_confirms_what_they_approved_last() -> None:
    another = changed(APPROVED, paper_id=an_id("another paper"))
    alone = erasing(FREE, recorded(APPROVED, SECOND), recorded(APPROVED, FREE), recorded(another, SECOND))
    given(ENROLMENT, *KEPT, APPROVED).when(CONFIRM, alone).rejected(ErasureByOneAlone)
    given(ENROLMENT, *KEPT, APPROVED).when(CONFIRM, changed(alone, by=SECOND)).records(CONFIRMED)


def test_what_nobody_approved_is_neither_confirmed_nor_dropped_nor_noted() -> None:
    for history in (KEPT, (*KEPT, APPROVED, DROPPED)):
        given(ENROLMENT, *history).when(CONFIRM, BY_SECOND).rejected(ErasureNotApproved)
        given(ENROLMENT, *history).when(DROP).rejected(ErasureNotApproved)
        given(ENROLMENT, *history).when(NOTE).records_nothing()
    given(ENROLMENT, *KEPT, APPROVED).when(NOTE).records_nothing()
    given(ENROLMENT, *KEPT, APPROVED).when(DROP).records(DROPPED)
    given(ENROLMENT, *GONE).when(NOTE).records_nothing()


def test_what_is_confirmed_or_erased_is_not_answered_again() -> None:
    given(ENROLMENT, *KEPT, APPROVED).when(APPROVE, erasing()).rejected(ErasureUnderWay)
    for command, known in ((APPROVE, erasing()), (CONFIRM, BY_SECOND), (DROP, BY_SECOND)):
        given(ENROLMENT, *KEPT, APPROVED, CONFIRMED).when(command, known).rejected(ErasureUnderWay)
        given(ENROLMENT, *GONE).when(command, known).rejected(FileWasErased, "8 December 2026")


def test_only_a_sealed_paper_is_there_to_be_erased() -> None:
    for history in ((ENROLLED,), KEPT[:2], KEPT[:3]):
        given(ENROLMENT, *history).when(APPROVE, erasing()).rejected(PaperUnknown)
        given(ENROLMENT, *history).when(DROP).rejected(PaperUnknown)


def test_who_has_a_part_or_an_interest_or_is_named_leaves_it_to_others() -> None:
    assigned = changed(erasing(), enrolment=ENROLMENT.fold((ENROLLED, part(FREE, "assessor"))))
    tied = changed(erasing(), other_enrolments=(ENROLMENT.fold((ENROLLED, part(FREE, "coach"))),))
    for known in (assigned, tied, erasing(TO_MOVE.person_id), erasing(APPRENTICE)):
        given(ENROLMENT, *KEPT).when(APPROVE, known).rejected(ErasureNeedsFreePerson)
        confirming = changed(known, history=(recorded(APPROVED, SECOND),))
        given(ENROLMENT, *KEPT, APPROVED).when(CONFIRM, confirming).rejected(ErasureNeedsFreePerson)


TO_APPEAL_ID = an_id("consent to appeal")
CONSENTED = ConsentGiven(consent_id=TO_APPEAL_ID, person_id=COACH, purpose=APPEAL_FOR_ME)


@pytest.mark.parametrize("says", [TO_APPEAL, NO_APPEAL, TakenBackOnPaper(consent_id=TO_APPEAL_ID)])
def test_a_paper_is_held_while_the_appeal_is_open_that_it_is_about(says: Said) -> None:
    mia = (ENROLLED, CONSENTED, announced(says), RECEIVED, SEALED)
    held = changed(erasing(), cases={APPEAL_ID: given(APPEAL, LODGED, ADMITTED).state})
    refused = given(ENROLMENT, *mia).when(APPROVE, held).rejected(RecordOnHold, "about an appeal that is open")
    assert refused.members["appeals"] == [str(APPEAL_ID)]
    given(ENROLMENT, *mia, APPROVED).when(CONFIRM, changed(held, by=SECOND)).rejected(RecordOnHold)
    over = changed(held, cases={APPEAL_ID: given(APPEAL, LODGED, ADMITTED, AppealWithdrawn()).state})
    given(ENROLMENT, *mia).when(APPROVE, over).records(APPROVED)


def test_a_paper_on_another_matter_is_not_held() -> None:
    elsewhere = changed(APPEAL_FOR_ME, decision_id=an_id("another decision"))
    cases = {APPEAL_ID: given(APPEAL, LODGED, ADMITTED).state}
    for says in (TO_MOVE, ConsentOnPaper(person_id=COACH, purpose=elsewhere)):
        kept = given(ENROLMENT, ENROLLED, announced(says), RECEIVED, SEALED)
        kept.when(APPROVE, erasing(cases=cases)).records(APPROVED)


def test_what_the_paper_says_stays_in_force_and_its_bytes_are_not_taken_again() -> None:
    state = given(ENROLMENT, *GONE).state
    (paper,) = state.papers
    assert paper.erasure == Erasure(reason=WHY, stage="erased", erased_on=TODAY)
    assert paper.sealed
    assert state.consents == given(ENROLMENT, *KEPT).state.consents
    given(ENROLMENT, *GONE).when(announce(TO_MOVE), PAPERS).rejected(PaperKeptBefore)
