"""Erasures: two people approve that the file of a version goes for good; what was recorded of it stays."""

from typing import Any
from uuid import UUID

from api.blueprint import Blueprint
from api.evidence import ReasonIn
from api.schemas import ReceiptOut
from api.writes import execute
from portfolio.domain.evidence.erasing import ApproveErasure, ConfirmErasure, DropErasure

erasures = Blueprint("erasures", "How the file of a version is erased for good, by two people.", below="evidence")


@erasures.post("/<uuid:evidence_id>/erasure")
@erasures.arguments(ReasonIn)
@erasures.response(201, ReceiptOut)
@erasures.alt_response(410, "GONE")
def approve_erasure(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Approve that the file of a version is erased; whoever sees the version reads why, so name nothing that must go.

    Nothing is erased before a second person confirms it.
    """
    return execute(ApproveErasure(evidence_id=evidence_id, **body))


@erasures.post("/<uuid:evidence_id>/erasure/confirmation")
@erasures.arguments(ReasonIn)
@erasures.response(201, ReceiptOut)
@erasures.alt_response(410, "GONE")
def confirm_erasure(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Confirm what another person approved: the file and its previews are erased in a moment, and nothing undoes it."""
    return execute(ConfirmErasure(evidence_id=evidence_id, **body))


@erasures.post("/<uuid:evidence_id>/erasure/dropped")
@erasures.arguments(ReasonIn)
@erasures.response(201, ReceiptOut)
@erasures.alt_response(410, "GONE")
def drop_erasure(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Drop what was approved and nobody has confirmed: the file stays."""
    return execute(DropErasure(evidence_id=evidence_id, **body))
