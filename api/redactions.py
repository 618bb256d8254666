"""Redactions: what of a version is hidden from whom, and to which panels its original is open all the same."""

from typing import Any, get_args
from uuid import UUID

from api.blueprint import Blueprint
from api.evidence import NumberIn
from api.fields import Id, Text, Whole
from api.schemas import ReceiptOut
from api.shapes import OneOf, Several, word
from api.writes import execute
from portfolio.domain.evidence.commands import OpenOriginal, RedactEvidence
from portfolio.domain.evidence.facts import Reader
from portfolio.domain.evidence.redacting import ALWAYS_HIDDEN_FROM
from portfolio.domain.evidence.selector import Hideable

redactions = Blueprint(
    "redactions", "What of a version is hidden from whom, and to which panels its original is open.", below="evidence"
)

MOST_PLACES = 500


class RedactionIn(NumberIn):
    """What of a version is hidden from now on, in the place of what was hidden before; no places hide nothing.

    Name in `follows` the newest redaction that you have seen, 0 if there was none: another one meanwhile is not undone.
    Areas of a page, regions of a picture and times of a recording are hidden. The reason is shown to whoever may see
    the version.
    """

    places = Several(OneOf(get_args(Hideable)), most=MOST_PLACES, required=True)
    hidden_from = Several(word(Reader), frozenset, load_default=ALWAYS_HIDDEN_FROM)
    reason = Text(2000, lines=True, required=True)
    follows = Whole(0, required=True)


class OpeningIn(NumberIn):
    """The case whose panel may look at the original, and why it has to."""

    appeal_id = Id(required=True)
    reason = Text(2000, lines=True, required=True)


@redactions.post("/<uuid:evidence_id>/redactions")
@redactions.arguments(RedactionIn)
@redactions.response(201, ReceiptOut)
def redact_evidence(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Hide places of a version from readers, who are shown previews without them and get no way to the original."""
    return execute(RedactEvidence(evidence_id=evidence_id, **body))


@redactions.post("/<uuid:evidence_id>/originals")
@redactions.arguments(OpeningIn)
@redactions.response(201, ReceiptOut)
def open_original(body: dict[str, Any], evidence_id: UUID) -> dict[str, Any]:
    """Let the panel of an open case look at the original of a version of which parts are hidden from it."""
    return execute(OpenOriginal(evidence_id=evidence_id, **body))
