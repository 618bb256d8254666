"""Drafts: what an apprentice says of a version that is not handed in yet, and throwing it away."""

from typing import Any
from uuid import UUID

from api.blueprint import Blueprint
from api.evidence import NumberIn
from api.fields import Day, Text
from api.schemas import ReceiptOut
from api.services import services
from api.writes import execute
from portfolio.domain.evidence.commands import DescribeDraft, DiscardDraft

drafts = Blueprint("drafts", "What an apprentice says of a version that is not handed in yet.", below="evidence")


class DescriptionIn(NumberIn):
    """What a draft is called and on which day the work was produced."""

    title = Text(required=True)
    produced_on = Day(
        load_default=None, allow_none=True, metadata={"description": "Null if you say it later, before you hand it in."}
    )


@drafts.post("/<uuid:evidence_id>/description")
@drafts.arguments(DescriptionIn)
@drafts.response(201, ReceiptOut)
def describe_draft(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Say what a draft is called and on which day the work was produced; it stays as it is if that was said before."""
    return execute(DescribeDraft(evidence_id=evidence_id, **body))


@drafts.post("/<uuid:evidence_id>/discard")
@drafts.arguments(NumberIn)
@drafts.response(201, ReceiptOut)
def discard_draft(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Throw away a version that was never submitted, bytes and all."""
    return execute(DiscardDraft(evidence_id=evidence_id, **body), run=services().uploads.discard)
