"""Actions: what the person at the page of a version may do with it, asked of the rules."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api.evidence_shown import hidden_from_caller
from api.judging import TYPED, refusal_of
from api.reads import Sight
from api.services import services, today
from api.trail import contested_by
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    DiscardDraft,
    OfferVersion,
    OpenOriginal,
    RedactEvidence,
    ReturnEvidence,
    SubmitEvidence,
    WithdrawEvidence,
)
from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.handing_in import EvidenceCitedByFinding
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.redacting import ALWAYS_HIDDEN_FROM, CopyNotSeen
from portfolio.domain.evidence.selector import Hideable, ImageRegion, PdfRectangle, TimeRange, WholeItem
from portfolio.domain.kernel import NOBODY, Command, Rejected, changed


def cases_to_open(sight: Sight[Evidence], shown: Version) -> list[tuple[UUID, str]]:
    """Return the cases to whose panels the person at the page may open the original, with what each is about."""
    session = services().deciding()
    appeals = session.links(APPEALS_OF_ENROLMENT, sight.state.enrolment_id) if shown.redaction() else ()
    asked = {
        each: OpenOriginal(evidence_id=sight.stream, version=shown.number, appeal_id=each, reason=TYPED)
        for each in appeals
    }
    return [
        (each, f"the appeal against {contested_by(sight.session, session.state(APPEAL, each))}")
        for each, command in asked.items()
        if allowed(session, command)
    ]


def allowed(session: ReadSession, command: Command) -> bool:
    """Tell whether the person at the page may give a command now."""
    return refusal_of(command, session) is None


def refusals(sight: Sight[Evidence], shown: Version) -> dict[str, Rejected | None]:
    """Return why each form's command would be refused with nothing filled in yet, None if it would not."""
    this: dict[str, Any] = {"evidence_id": sight.stream, "version": shown.number}
    redaction = hidden_from_caller(sight, shown)
    remark = AnnotateEvidence(
        **this,
        redaction=redaction.redaction if redaction else 0,
        annotation_id=NOBODY,
        sha256=shown.sha256,
        selector=WholeItem(),
        kind="formative",
        audience="assessors",
        text=TYPED,
    )
    next_version = OfferVersion(
        evidence_id=sight.stream,
        object_id=NOBODY,
        title=TYPED,
        filename=TYPED,
        media_type="text/plain",
        size=1,
        sha256="",
        produced_on=today(),
    )
    forms: dict[str, Command] = {
        "annotate": remark,
        "say_basis": changed(remark, kind="basis of finding"),
        "accept": AcceptEvidence(**this),
        "give_back": ReturnEvidence(**this, reason=TYPED),
        "submit": SubmitEvidence(
            **this, declaration=AuthenticityDeclaration(wording=CURRENT_AUTHENTICITY, ai_use="none")
        ),
        "discard": DiscardDraft(**this),
        "claim": ClaimStatements(**this, codes=frozenset()),
        "redact": RedactEvidence(
            **this,
            places=(*hidden_now(shown), whole_of(shown)),
            hidden_from=ALWAYS_HIDDEN_FROM,
            reason=TYPED,
            follows=len(shown.redactions),
        ),
        "withdraw": WithdrawEvidence(**this, reason=TYPED),
        "upload_next_version": next_version,
    }
    session = services().deciding()
    return {name: refusal_of(command, session) for name, command in forms.items()}


def available_actions(refused: Mapping[str, Rejected | None]) -> dict[str, bool]:
    """Return which forms the page offers: those whose command would not be refused."""
    may = {name: refusal is None for name, refusal in refused.items()}
    looks_first = isinstance(refused["annotate"], CopyNotSeen)  # as they do on this page
    return {**may, "annotate": may["annotate"] or looks_first}


def why_it_stays(refusal: Rejected | None) -> str:
    """Return why a version cannot be returned on which findings rest, with their codes; empty if that is not why."""
    return (
        f"It cannot be returned now. {refusal.title()} {refusal}" if isinstance(refusal, EvidenceCitedByFinding) else ""
    )


def hidden_now(shown: Version) -> tuple[Hideable, ...]:
    """Return the places of a version that are hidden from somebody."""
    redaction = shown.redaction()
    return redaction.places if redaction else ()


def whole_of(shown: Version) -> Hideable:
    """Return all of a file, or its first page, as a place that could be hidden; a time where it has no such place."""
    bounds = shown.bounds
    if bounds and bounds.pages:
        return PdfRectangle(page=1, x=0, y=0, width=bounds.pages[0][0], height=bounds.pages[0][1])
    if bounds and bounds.width and bounds.height and bounds.seconds is None:
        return ImageRegion(x=0, y=0, width=bounds.width, height=bounds.height)
    return TimeRange(start=0, end=(bounds and bounds.seconds) or 0)
