"""Own work: the forms with which an apprentice goes on with an item of theirs."""

from functools import partial
from uuid import UUID

from marshmallow import fields
from werkzeug.wrappers import Response

from api.fields import Text
from api.pages.common import back_to, pages
from api.pages.evidence.page import item
from api.pages.evidence.upload import declaration, take_in
from api.pages.forms import form, once, run, shown_again
from api.reads import see
from api.schemas import Schema
from api.services import caller, services
from portfolio.domain import permissions
from portfolio.domain.evidence import EVIDENCE
from portfolio.domain.evidence_commands import (
    ClaimStatements,
    DiscardDraft,
    DropClaim,
    OfferVersion,
    SubmitEvidence,
    WithdrawEvidence,
)
from portfolio.domain.kernel import NotPermitted


class VersionForm(Schema):
    """A form about one version."""

    version = fields.Integer(required=True)


class SubmissionForm(VersionForm):
    """The form that hands in a draft."""

    declared = fields.String(required=True)
    ai_detail = Text(2000, lines=True, load_default="")


class ClaimForm(VersionForm):
    """The form that claims codes."""

    codes = fields.List(Text(10), required=True)


class DropForm(VersionForm):
    """The form that takes a claim back."""

    code = Text(10, required=True)


class ReasonForm(VersionForm):
    """A form that gives a reason."""

    reason = Text(2000, lines=True, required=True)


@pages.post("/evidence/<uuid:evidence_id>/submission")
@shown_again(item)
def submit(evidence_id: UUID) -> Response:
    """Hand in a draft."""
    said = form(SubmissionForm)
    signed = declaration(said["ai_detail"])
    done = run(SubmitEvidence(evidence_id=evidence_id, version=said["version"], declaration=signed))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/claims")
@shown_again(item)
def claim(evidence_id: UUID) -> Response:
    """Claim codes."""
    said = form(ClaimForm, "codes")
    codes = frozenset(said["codes"])
    done = run(ClaimStatements(evidence_id=evidence_id, version=said["version"], codes=codes))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/claims/dropped")
@shown_again(item)
def drop(evidence_id: UUID) -> Response:
    """Take a claim back."""
    done = run(DropClaim(evidence_id=evidence_id, **form(DropForm)))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/versions")
@shown_again(item)
def upload_next_version(evidence_id: UUID) -> Response:
    """Take a file as the next version; the old one stays."""
    if not permissions.may(permissions.MAY[OfferVersion], see(EVIDENCE, evidence_id).held):
        raise NotPermitted  # before any byte is read
    receipt = take_in(partial(OfferVersion, evidence_id=evidence_id))
    return back_to(f"/evidence/{evidence_id}", receipt.position)


@pages.post("/evidence/<uuid:evidence_id>/withdrawal")
@shown_again(item)
def withdraw(evidence_id: UUID) -> Response:
    """Take a version back that no decision cites."""
    done = run(WithdrawEvidence(evidence_id=evidence_id, **form(ReasonForm)))
    return back_to(f"/evidence/{evidence_id}", done.position)


@pages.post("/evidence/<uuid:evidence_id>/discard")
@shown_again(item)
def discard(evidence_id: UUID) -> Response:
    """Throw a draft away and go back to the board."""
    enrolment_id = see(EVIDENCE, evidence_id).state.enrolment_id
    command = DiscardDraft(evidence_id=evidence_id, **form(VersionForm))
    done = services().uploads.discard(command, caller(), idempotency=once("do"))
    return back_to(f"/enrolments/{enrolment_id}", done.position)
