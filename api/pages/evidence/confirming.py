"""Confirming: what is not taken back by itself is asked once more, and a remark typed meanwhile goes with it."""

from typing import Any
from uuid import UUID

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from api.evidence import AnnotationIn
from api.evidence_shown import history_shown
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import render
from api.pages.evidence.places import place_named
from api.pages.evidence.view import requested_version
from api.pages.forms import form, run
from api.reads import see
from api.trail import entries
from portfolio.application.ports import Receipt
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import AnnotateEvidence
from portfolio.domain.evidence.facts import (
    EvidenceAccepted,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
)
from portfolio.domain.kernel import Command, StaleVersion

ANSWERS = EvidenceAccepted | EvidenceReturned | EvidenceReplaced | EvidenceSubmitted | EvidenceWithdrawn
"""What moves a version from where it stood."""

CARRIED = ("keep", "drop")
"""What becomes of a remark that was typed and not kept."""


def question_before(evidence_id: UUID, command: Command, asks: str, says: str, button: str) -> Response | None:
    """Return the page that asks once more before a command, None once that is answered; nothing is done by asking.

    Raises why the command would be refused, or that the version no longer stands where its page said. What was posted
    is posted again from there, with the answer.
    """
    if refusal := refusal_of(command):
        raise refusal
    check_as_seen(evidence_id)
    remark = request.form.get("text", "").strip()
    if request.form.get("sure") and (not remark or request.form.get("remark") in CARRIED):
        return None
    posted_again = [
        (name, value) for name, value in request.form.items(multi=True) if name not in ("sure", "remark") and value
    ]
    place: dict[str, Any] = {name: request.form.get(name) or None for name in ("version", "queue", "beside")}
    return make_response(
        render(
            "item/confirm.html",
            asks=asks,
            says=says,
            button=button,
            again=posted_again,
            remark=remark,
            sure=request.form.get("sure") or "yes",
            back=url_for(".item", evidence_id=evidence_id, **place),
        )
    )


def check_as_seen(evidence_id: UUID) -> None:
    """Refuse to answer a version that somebody else has answered since its page was shown, and say what they did."""
    sight, seen = see(EVIDENCE, evidence_id), request.form.get("stage")
    shown = requested_version(sight)
    if seen in (None, shown.stage):
        return
    facts = (
        entry
        for entry in reversed(history_shown(sight))
        if isinstance(entry.fact, ANSWERS) and entry.fact.version == shown.number
    )
    what = next((f"{row['name']} {row['sentence']}" for row in entries(sight, facts)), "it was changed.")
    raise StaleVersion(f"Since this page was shown, {what} Look at it, and answer again if you still want to.")


def keep_remark(evidence_id: UUID) -> None:
    """Keep the remark that was typed before an answer, if the answer says so."""
    if request.form.get("remark") == "keep":
        annotate(evidence_id, "remark")


def annotate(evidence_id: UUID, step: str = "do") -> tuple[Receipt, AnnotateEvidence]:
    """Keep the remark of this form at its place."""
    remark = form(AnnotationIn, also=place_named("selector"))
    command = AnnotateEvidence(evidence_id=evidence_id, annotation_id=new_id(), **remark)
    return run(command, step), command
