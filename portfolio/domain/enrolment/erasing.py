"""Erasing: the scan of a signed paper goes for good, and what the paper said stays in force (ERASURE-3)."""

from uuid import UUID

from portfolio.domain.appeal.hold import Cases, RecordOnHold
from portfolio.domain.enrolment.erasure import (
    PaperErased,
    PaperErasureApproved,
    PaperErasureConfirmed,
    PaperErasureDropped,
)
from portfolio.domain.enrolment.paper import Paper
from portfolio.domain.enrolment.papers import known_paper
from portfolio.domain.enrolment.refusals import PaperUnknown
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.erasing import ForErasure, check_free, check_second
from portfolio.domain.erasure import ErasureNeedsFreePerson, check_to_answer, check_to_approve
from portfolio.domain.kernel import Command, Known
from portfolio.domain.words import Reason


class ApprovePaperErasure(Command):
    """Approve that the scan of a signed paper is erased for good; whoever reads the trail reads the reason."""

    enrolment_id: UUID
    paper_id: UUID
    reason: Reason


class ConfirmPaperErasure(Command):
    """Confirm, as a second person, what somebody approved: the scan is erased then, and nothing brings it back."""

    enrolment_id: UUID
    paper_id: UUID
    reason: Reason


class DropPaperErasure(Command):
    """Drop what somebody approved and nobody confirmed: the scan stays."""

    enrolment_id: UUID
    paper_id: UUID
    reason: Reason


class NotePaperErased(Command):
    """Keep that nothing of the scan is left."""

    enrolment_id: UUID
    paper_id: UUID


def approve_paper_erasure(
    enrolment: Enrolment, command: ApprovePaperErasure, known: ForErasure
) -> list[PaperErasureApproved]:
    """Approve that the scan of a sealed paper is erased, as a free officer, while no appeal needs it (RETENTION-2)."""
    paper = paper_to_erase(enrolment, command.paper_id, known)
    check_to_approve(paper.erasure)
    return [PaperErasureApproved(paper_id=paper.paper_id, sha256=paper.sha256, reason=command.reason)]


def confirm_paper_erasure(
    enrolment: Enrolment, command: ConfirmPaperErasure, known: ForErasure
) -> list[PaperErasureConfirmed]:
    """Confirm what another person approved, under the same conditions."""
    paper = paper_to_erase(enrolment, command.paper_id, known)
    check_to_answer(paper.erasure)
    check_second(paper.paper_id, known)
    return [PaperErasureConfirmed(paper_id=paper.paper_id, reason=command.reason)]


def drop_paper_erasure(enrolment: Enrolment, command: DropPaperErasure, known: Known) -> list[PaperErasureDropped]:
    """Drop what was approved and not confirmed; nobody has to be free to let a scan stay."""
    paper = sealed_paper(enrolment, command.paper_id)
    check_to_answer(paper.erasure)
    return [PaperErasureDropped(paper_id=paper.paper_id, reason=command.reason)]


def note_paper_erased(enrolment: Enrolment, command: NotePaperErased, known: Known) -> list[PaperErased]:
    """Record, once, that nothing is left of a scan whose erasure was confirmed."""
    paper = known_paper(enrolment, command.paper_id)
    if paper.erasure is None or paper.erasure.stage != "confirmed":
        return []
    return [PaperErased(paper_id=paper.paper_id, erased_on=known.today)]


def paper_to_erase(enrolment: Enrolment, paper_id: UUID, known: ForErasure) -> Paper:
    """Return the paper, or refuse who is not free or is named on it, and a paper that is held."""
    paper = sealed_paper(enrolment, paper_id)
    check_free(known)
    if known.by == enrolment.named_on(paper.says):
        raise ErasureNeedsFreePerson
    check_paper_not_held(enrolment, paper, known.cases)
    return paper


def sealed_paper(enrolment: Enrolment, paper_id: UUID) -> Paper:
    """Return the sealed paper of this id, or refuse: the bytes of any other are removed without being asked for."""
    paper = known_paper(enrolment, paper_id)
    if not paper.sealed:
        raise PaperUnknown
    return paper


def check_paper_not_held(enrolment: Enrolment, paper: Paper, cases: Cases) -> None:
    """Refuse while an appeal is open that the paper withdraws, or against whose decision it says who may appeal."""
    for case_id, case in cases.items():
        if case.is_open() and enrolment.about_case(paper.says, case_id, case.decision_id):
            raise RecordOnHold(
                "The paper is about an appeal that is open: wait for the end of the appeal.", appeals=[str(case_id)]
            )
