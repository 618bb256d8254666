"""Item: one evidence version with its content, claims and remarks, and what the person at the page may do with it."""

from collections.abc import Callable, Sequence
from typing import Any, get_args
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.content import from_elsewhere
from api.errors import FieldsNotValid
from api.evidence import AnnotationIn, ReasonIn, SubmissionIn, VersionIn
from api.evidence_shown import (
    correction_of,
    history_shown,
    page_of,
    show_content,
    trouble,
    visible_versions,
)
from api.ids import new_id
from api.pages.assessor_queue import in_queue
from api.pages.common import asked, fresh, named, pages, render
from api.pages.evidence.actions import allowed, available_actions, cases_to_open, refusals, why_it_stays
from api.pages.evidence.correcting import corrected, why_not_corrected
from api.pages.evidence.findings import findings_on
from api.pages.evidence.look import shown_by_browsers
from api.pages.evidence.marks import HEAVY, marks_on_pages, page_of_place
from api.pages.evidence.view import (
    View,
    is_written,
    page_named,
    requested_version,
    require_page,
    serve,
    version_beside,
    view_of,
)
from api.pages.plain import Plain
from api.previews import MOST_PAGES, show_preview
from api.reads import Sight, see
from api.redactions import RedactionIn
from api.services import caller, services, today
from api.shapes import word
from api.trail import entries, name_of
from portfolio.application.recipes import Part
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import route_codes
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import DropClaim
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
    other = version_beside(sight, shown)
    page, heavy = page_named(shown, "selector.page"), HEAVY // (2 if other else 1)
    claimed = claims(sight, shown)
    view = view_of(sight, shown, page, claimed, heavy)
    beside = view_of(sight, other, page, [], heavy) if other else None
    views = [view, beside] if beside else [view]
    for each in views:
        if each.in_page and sight.state.apprentice != caller():
            if from_elsewhere():
                return render("elsewhere.html", shown=shown, page=page_of(evidence_id, shown.number))
            serve(sight, each.shown)
    earlier = corrected(sight, shown) if view.withheld is None else None
    if earlier and sight.state.apprentice != caller():
        serve(sight, earlier.before)
    queued = in_queue(evidence_id, shown.number)
    place: dict[str, Any] = {
        "version": shown.number,
        "beside": other and other.number,
        "queue": queued and queued.query,
    }
    return render(
        "evidence.html",
        evidence_id=evidence_id,
        item=sight.state,
        **view._asdict(),
        beside=beside,
        corrected=earlier,
        corrects=is_written(shown) and shown == sight.state.versions[-1] and why_not_corrected(sight) is None,
        page=page,
        pages=require_page(*(each.look for each in views)),
        claims=claimed,
        on_pages=marks_on_pages(view.remarks),
        queued=queued,
        at=addresses(evidence_id, **place),
        **about(sight, shown, other),
        **offered(sight, shown),
        schemas=FORMS,
        scripts=scripts_for(views),
    )


def addresses(evidence_id: UUID, **place: Any) -> Callable[..., str]:
    """Return what gives the addresses of this page: at another ``page`` of the file, or with more that is named."""

    def with_named(**named: Any) -> str:
        return url_for(".item", evidence_id=evidence_id, **{**place, **named})

    there = with_named()

    def at(page: int | None = None, _anchor: str | None = None, **named: Any) -> str:
        if named or "?" not in there:
            return with_named(page=page, _anchor=_anchor, **named)
        return f"{there}{f'&page={page}' if page else ''}{f'#{_anchor}' if _anchor else ''}"

    return at


def scripts_for(views: Sequence[View]) -> list[str]:
    """Return the scripts that make this page better: those of what it shows, and the keys."""
    kinds = {view.look.kind if view.look else "text" if is_written(view.shown) else "none" for view in views}
    scripts = {
        "draw.js": kinds & {"pages", "document", "picture"},
        "words.js": kinds & {"pages", "document", "picture", "text"},
        "player.js": kinds & {"recording"},
    }
    return ["viewer.js", *(name for name, wanted in scripts.items() if wanted), "keys.js"]


def about(sight: Sight[Evidence], shown: Version, other: Version | None) -> dict[str, Any]:
    """Return what the page says of a version and of the one beside it apart from their content."""
    history = history_shown(sight)
    return {
        "versions": visible_versions(sight),
        "names": named([sight.state.apprentice]),
        "trouble": trouble(shown),
        "corrected_by": correction_of(sight, shown),
        "returned": returns(sight, shown, other),
        "handed_in": next((entry.at for entry in history if submits(entry, shown)), None),
        "history": version_history(sight, shown),
        "wordings": AUTHENTICITY_WORDINGS,
        "findings": findings_on(sight, shown.number),
    }


def offered(sight: Sight[Evidence], shown: Version) -> dict[str, Any]:
    """Return which forms the page offers, and what they are filled with."""
    enrolment = sight.session.state(ENROLMENT, sight.state.enrolment_id)
    edition = sight.session.state(PLAN, enrolment.plan_id)
    refused = refusals(sight, shown)
    return {
        "can": available_actions(refused),
        "cited": why_it_stays(refused["give_back"]),
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


def version_history(sight: Sight[Evidence], shown: Version) -> list[dict[str, Any]]:
    """Return what happened to a version, in sentences; its claims and remarks are shown apart."""
    apart = StatementClaimed | EvidenceAnnotated | EvidenceServed
    facts = [entry for entry in history_shown(sight) if not isinstance(entry.fact, apart)]
    of_version = [
        entry for entry in facts if isinstance(entry.fact, EvidenceFact) and entry.fact.version == shown.number
    ]
    told = Plain.of(sight.session, sight.state.enrolment_id).told(entries(sight, of_version))
    return [{**row, "about": ""} for row in told]  # the page is about nothing else


def submits(entry: Recorded, shown: Version) -> bool:
    """Tell whether a version was handed in by this."""
    return isinstance(entry.fact, EvidenceSubmitted) and entry.fact.version == shown.number


def returns(sight: Sight[Evidence], shown: Version, other: Version | None) -> list[dict[str, Any]]:
    """Return when, by whom and why this version or the last one before it was returned, and so of the one beside it."""
    of_version = {
        entry.fact.version: {
            "version": entry.fact.version,
            "reason": entry.fact.reason,
            "name": name_of(sight.session, entry.by),
            "at": entry.at,
        }
        for entry in history_shown(sight)
        if isinstance(entry.fact, EvidenceReturned)
    }
    last = max((number for number in of_version if number <= shown.number), default=0)
    told = {last, other.number} if other else {last}
    return [row for number, row in sorted(of_version.items()) if number in told]


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
