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
from api.judging import refusal_of
from api.pages.assessor_queue import in_queue
from api.pages.common import asked, fresh, named, pages, posted, render
from api.pages.evidence.actions import allowed, available_actions, cases_to_open, why_it_stays
from api.pages.evidence.correcting import corrected, why_not_corrected
from api.pages.evidence.findings import findings_on
from api.pages.evidence.look import Look, has_look, look_at, shown_by_browsers
from api.pages.evidence.marks import (
    drawn,
    marks_on_pages,
    numbered,
    page_of_place,
    part_of,
    sheet_of,
    text_with_marks,
)
from api.previews import MOST_PAGES, serving, show_preview
from api.reads import Sight, see
from api.redactions import RedactionIn
from api.services import caller, services, today
from api.shapes import word
from api.trail import entries, name_of
from portfolio.application.recipes import Part
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import route_codes
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import DropClaim, ServeEvidence
from portfolio.domain.evidence.declaration import AUTHENTICITY_WORDINGS, CURRENT_AUTHENTICITY
from portfolio.domain.evidence.facts import (
    EvidenceAnnotated,
    EvidenceFact,
    EvidenceReturned,
    EvidenceServed,
    EvidenceSubmitted,
    Reader,
    StatementClaimed,
)
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.redacting import ALWAYS_HIDDEN_FROM
from portfolio.domain.evidence.selector import clock, fragment, place_in_words
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Recorded
from portfolio.domain.plan import PLAN

pages.add_app_template_filter(clock, "playing_time")

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
    earlier = corrected(sight, shown) if withheld is None else None
    if earlier and sight.state.apprentice != caller():
        serve(sight, earlier.before)
    look = look_at(shown, redaction) if withheld is None else None
    return render(
        "evidence.html",
        evidence_id=evidence_id,
        item=sight.state,
        shown=shown,
        withheld=withheld,
        look=look,
        corrected=earlier,
        corrects=is_written(shown) and shown == sight.state.versions[-1] and why_not_corrected(sight) is None,
        queued=in_queue(evidence_id, shown.number),
        **about(sight, shown),
        **pinned(sight, shown, look),
        **offered(sight, shown),
        schemas=FORMS,
        scripts=scripts_for(shown, look),
    )


def scripts_for(shown: Version, look: Look | None) -> list[str]:
    """Return the scripts that make this page better: those of what it shows, and the keys."""
    if look is None:
        return ["viewer.js", "words.js", "keys.js"] if is_written(shown) else ["viewer.js", "keys.js"]
    if look.kind == "recording":
        return ["viewer.js", "player.js", "keys.js"]
    return ["viewer.js", "draw.js", "words.js", "keys.js"]


def about(sight: Sight[Evidence], shown: Version) -> dict[str, Any]:
    """Return what the page says of a version beside its content."""
    history = history_shown(sight)
    return {
        "versions": visible_versions(sight),
        "names": named([sight.state.apprentice]),
        "redaction": redaction_shown(sight, shown, history),
        "trouble": trouble(shown),
        "corrected_by": correction_of(sight, shown),
        "returned": last_return(sight, shown),
        "handed_in": next((entry.at for entry in history if submits(entry, shown)), None),
        "history": version_history(sight, shown),
        "wordings": AUTHENTICITY_WORDINGS,
        "findings": findings_on(sight, shown.number),
    }


def pinned(sight: Sight[Evidence], shown: Version, look: Look | None) -> dict[str, Any]:
    """Return the claims and the remarks of a version, and the marks on what is shown of it."""
    page = look.page if look else 1
    remarks = numbered(annotations_shown(sight, shown, history_shown(sight)))
    part = part_of(remarks, page, asked("remarks", fields.Integer(validate=validate.Range(1))))
    claimed = claims(sight, shown)
    text = shown.bounds.text if shown.bounds else None
    return {
        "claims": claimed,
        "remarks": remarks,
        "part": part,
        "on_pages": marks_on_pages(remarks),
        "sheet": sheet_of(shown, page),
        "marks": drawn(shown, page, part.remarks, claimed),
        "text": text_with_marks(text, part.remarks) if text else [],
    }


def offered(sight: Sight[Evidence], shown: Version) -> dict[str, Any]:
    """Return which forms the page offers, and what they are filled with."""
    enrolment = sight.session.state(ENROLMENT, sight.state.enrolment_id)
    edition = sight.session.state(PLAN, enrolment.plan_id)
    return {
        "can": available_actions(sight, shown),
        "cited": why_it_stays(sight, shown),
        "also_from": [(reader, reader) for reader in get_args(Reader) if reader not in ALWAYS_HIDDEN_FROM],
        "cases": cases_to_open(sight, shown),
        "codes": sorted(route_codes(enrolment, edition, today()), key=code_order),
        "wording": AUTHENTICITY_WORDINGS[CURRENT_AUTHENTICITY],
        "wording_version": CURRENT_AUTHENTICITY,
        "today": today(),
        "key": new_id(),
    }


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


def submits(entry: Recorded, shown: Version) -> bool:
    """Tell whether a version was handed in by this."""
    return isinstance(entry.fact, EvidenceSubmitted) and entry.fact.version == shown.number


def last_return(sight: Sight[Evidence], shown: Version) -> dict[str, Any] | None:
    """Return when, by whom and why this version or the last one before it was returned, None if none was."""
    for entry in reversed(history_shown(sight)):
        if isinstance(entry.fact, EvidenceReturned) and entry.fact.version <= shown.number:
            name = name_of(sight.session, entry.by)
            return {"version": entry.fact.version, "reason": entry.fact.reason, "name": name, "at": entry.at}
    return None


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
            "selector": fact.place,
            "page": page_of_place(fact.place),
            "place": place_in_words(fact.place) if fact.place else "",
            "fragment": fragment(fact.place) if fact.place else "",
            "name": name_of(sight.session, entry.by),
            "at": entry.at,
            "droppable": allowed(session, DropClaim(evidence_id=sight.stream, version=shown.number, code=code)),
        }
        for code, (entry, fact) in sorted(claimed.items(), key=lambda each: code_order(each[0]))
        if code in shown.claims
    ]
