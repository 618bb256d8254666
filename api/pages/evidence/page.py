"""Item: one evidence version with its content, claims and remarks, and what the person at the page may do with it."""

from typing import Any, get_args
from uuid import UUID

from flask import request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.content import from_elsewhere, require_asked
from api.errors import FieldsNotValid
from api.evidence import AnnotationIn, ReasonIn, SubmissionIn, VersionIn
from api.evidence_shown import (
    annotations_shown,
    correction_of,
    hidden_from_caller,
    history_shown,
    page_of,
    redaction_shown,
    show_content,
    trouble,
    visible_version,
    visible_versions,
)
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import asked, fresh, named, pages, posted, render
from api.pages.evidence.look import has_look, look_at, shown_by_browsers
from api.previews import MOST_PAGES, serving, show_preview
from api.reads import Sight, see
from api.redactions import RedactionIn
from api.services import caller, services, today
from api.shapes import word
from api.trail import contested_by, entries, name_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.application.recipes import Part
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import route_codes
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    DiscardDraft,
    DropClaim,
    OfferVersion,
    OpenOriginal,
    RedactEvidence,
    ReturnEvidence,
    ServeEvidence,
    SubmitEvidence,
    WithdrawEvidence,
)
from portfolio.domain.evidence.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY, AuthenticityDeclaration
from portfolio.domain.evidence.facts import EvidenceAnnotated, EvidenceFact, EvidenceServed, Reader, StatementClaimed
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.redacting import ALWAYS_HIDDEN_FROM, CopyNotSeen
from portfolio.domain.evidence.selector import (
    Hideable,
    ImageRegion,
    PdfRectangle,
    TimeRange,
    WholeItem,
    fragment,
    place_in_words,
)
from portfolio.domain.form import code_order
from portfolio.domain.kernel import NOBODY, Command, changed
from portfolio.domain.plan import PLAN

FORMS = {
    "remark": AnnotationIn,
    "redaction": RedactionIn,
    "reason": ReasonIn,
    "file": VersionIn,
    "submission": SubmissionIn,
}
"""The schemas of the page's forms, by what they are called in it."""


@pages.get("/evidence/<uuid:evidence_id>")
def item(evidence_id: UUID) -> str:
    """Show one version, the newest unless ``version`` names another."""
    fresh()
    sight = see(EVIDENCE, evidence_id)
    shown = requested_version(sight)
    redaction = hidden_from_caller(sight, shown)
    withheld = refusal_of(serving(evidence_id, shown, redaction))
    if withheld is None and in_page(shown) and sight.state.apprentice != caller():
        if from_elsewhere():
            return render("elsewhere.html", shown=shown, page=page_of(evidence_id, shown.number))
        serve(sight, shown)
    enrolment = sight.session.state(ENROLMENT, sight.state.enrolment_id)
    edition = sight.session.state(PLAN, enrolment.plan_id)
    return render(
        "evidence.html",
        evidence_id=evidence_id,
        item=sight.state,
        shown=shown,
        versions=visible_versions(sight),
        withheld=withheld,
        look=look_at(shown, redaction) if withheld is None else None,
        redaction=redaction_shown(sight, shown, history_shown(sight)),
        readers=[reader for reader in get_args(Reader) if reader not in ALWAYS_HIDDEN_FROM],
        always=sorted(ALWAYS_HIDDEN_FROM),
        cases=cases_to_open(sight, shown),
        trouble=trouble(shown),
        corrected_by=correction_of(sight, shown),
        history=version_history(sight, shown),
        claims=claims(sight, shown),
        remarks=[*annotations_shown(sight, shown, history_shown(sight))],
        names=named([sight.state.apprentice]),
        can=available_actions(sight, shown),
        codes=sorted(route_codes(enrolment, edition, today()), key=code_order),
        wordings=AUTHENTICITY_WORDINGS,
        wording=AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        wording_version=CURRENT_AUTHENTICITY,
        today=today(),
        key=new_id(),
        schemas=FORMS,
    )


@pages.get("/evidence/<uuid:evidence_id>/content")
def content(evidence_id: UUID) -> Response:
    """Send the bytes of a version; that a member of staff was sent them is recorded."""
    shown = requested_version(see(EVIDENCE, evidence_id))
    return show_content(evidence_id, shown, inline=is_written(shown) or shown_by_browsers(shown))


@pages.get("/evidence/<uuid:evidence_id>/preview")
def preview(evidence_id: UUID) -> Response:
    """Send a preview of a version; whoever is sent one was shown the version, which is recorded."""
    sight = see(EVIDENCE, evidence_id)
    shown = requested_version(sight)
    part: Part | None = asked("part", word(Part))
    page: int = asked("page", fields.Integer(validate=validate.Range(1, MOST_PAGES))) or 1
    if part is None:
        raise FieldsNotValid("part: Name the part.")
    return show_preview(sight, shown, part, page)


def requested_version(sight: Sight[Evidence]) -> Version:
    """Return the version that the address or the form before it names, else the newest."""
    number: int | None = asked("version", fields.Integer())
    if number is None:
        number_posted = posted().get("version")
        number = next((each.number for each in visible_versions(sight) if str(each.number) == number_posted), None)
    return visible_version(sight, number)


def in_page(shown: Version) -> bool:
    """Tell whether the page itself shows the content, and not only a link to it."""
    return is_written(shown) or has_look(shown)


def is_written(shown: Version) -> bool:
    """Tell whether the content is a record's text, which stands in the page itself."""
    return shown.bounds is not None and shown.bounds.text is not None


def serve(sight: Sight[Evidence], shown: Version) -> None:
    """Record that a text in the page was shown; a picture or a recording is recorded when its bytes are sent."""
    if is_written(shown) and request.method == "GET":
        require_asked(page_of(sight.stream, shown.number))
        services().handler.execute(ServeEvidence(evidence_id=sight.stream, version=shown.number), caller())


def version_history(sight: Sight[Evidence], shown: Version) -> list[dict[str, Any]]:
    """Return what happened to a version, in sentences; its claims and remarks are shown apart."""
    apart = StatementClaimed | EvidenceAnnotated | EvidenceServed
    facts = [entry for entry in history_shown(sight) if not isinstance(entry.fact, apart)]
    of_version = [
        entry for entry in facts if isinstance(entry.fact, EvidenceFact) and entry.fact.version == shown.number
    ]
    return [{**row, "about": ""} for row in entries(sight, of_version)]  # the page is about nothing else


def claims(sight: Sight[Evidence], shown: Version) -> list[dict[str, Any]]:
    """Return who claimed which code with a version, where and when, and whether it may be taken back."""
    claimed = {
        entry.fact.code: (entry, entry.fact)
        for entry in history_shown(sight)
        if isinstance(entry.fact, StatementClaimed) and entry.fact.version == shown.number
    }
    session = services().deciding()
    return [
        {
            "code": code,
            "place": place_in_words(fact.place) if fact.place else "",
            "fragment": fragment(fact.place) if fact.place else "",
            "name": name_of(sight.session, entry.by),
            "at": entry.at,
            "droppable": allowed(session, DropClaim(evidence_id=sight.stream, version=shown.number, code=code)),
        }
        for code, (entry, fact) in sorted(claimed.items(), key=lambda each: code_order(each[0]))
        if code in shown.claims
    ]


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


def available_actions(sight: Sight[Evidence], shown: Version) -> dict[str, bool]:
    """Return which forms the page offers: those whose command, with nothing filled in yet, would not be refused."""
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
    may = {name: allowed(session, command) for name, command in forms.items()}
    looks_first = isinstance(refusal_of(remark, session), CopyNotSeen)  # as they do on this page
    return {**may, "annotate": may["annotate"] or looks_first}


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
