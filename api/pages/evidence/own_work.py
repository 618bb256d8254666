"""Own work: the forms with which an apprentice goes on with an item of theirs."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.evidence import ClaimsIn, DropIn, NumberIn, ReasonIn, SubmissionIn
from api.pages.common import back_to, pages
from api.pages.evidence.confirming import question_before
from api.pages.evidence.page import item
from api.pages.evidence.upload import ai_use
from api.pages.forms import form, once, run, shown_again
from api.reads import see
from api.services import caller, services
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    ClaimStatements,
    DiscardDraft,
    DropClaim,
    SubmitEvidence,
    WithdrawEvidence,
)


@pages.post("/evidence/<uuid:evidence_id>/submission")
@shown_again(item)
def submit(evidence_id: UUID) -> Response:
    """Hand in a draft."""
    done = run(SubmitEvidence(evidence_id=evidence_id, **form(SubmissionIn, also=ai_use())))
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/claims")
@shown_again(item)
def claim(evidence_id: UUID) -> Response:
    """Claim codes."""
    done = run(ClaimStatements(evidence_id=evidence_id, **form(ClaimsIn)))
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/claims/dropped")
@shown_again(item)
def drop(evidence_id: UUID) -> Response:
    """Take a claim back, once that is confirmed."""
    command = DropClaim(evidence_id=evidence_id, **form(DropIn))
    says = "It is no longer said that this version shows it. You can claim it again."
    if page := question_before(
        evidence_id, command, f"Take back the claim of {command.code}?", says, f"Take back {command.code}"
    ):
        return page
    done = run(command)
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/withdrawal")
@shown_again(item)
def withdraw(evidence_id: UUID) -> Response:
    """Take a version back that no decision cites, once that is confirmed."""
    command = WithdrawEvidence(evidence_id=evidence_id, **form(ReasonIn))
    says = "It is not judged any more, and its claims fall away. That it was handed in stays on record."
    if page := question_before(evidence_id, command, f"Withdraw version {command.version}?", says, "Withdraw it"):
        return page
    done = run(command)
    return back_to(".item", done.position, evidence_id=evidence_id)


@pages.post("/evidence/<uuid:evidence_id>/discard")
@shown_again(item)
def discard(evidence_id: UUID) -> Response:
    """Throw a draft away, once that is confirmed, and go back to the others."""
    enrolment_id = see(EVIDENCE, evidence_id).state.enrolment_id
    command = DiscardDraft(evidence_id=evidence_id, **form(NumberIn))
    says = "Nobody but you has seen it. Its file is thrown away, and cannot be brought back."
    if page := question_before(
        evidence_id, command, f"Discard version {command.version}, which was not handed in?", says, "Discard it"
    ):
        return page
    done = services().uploads.discard(command, caller(), idempotency=once("do"))
    return back_to(".hand_in", done.position, enrolment_id=enrolment_id)
