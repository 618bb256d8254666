"""What a person is shown of an evidence item: no drafts of others, no remarks for other people."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast, get_args
from uuid import UUID

from flask import Response, request, url_for
from marshmallow import fields

from api.content import require_asked, send_file
from api.fields import Id, Moment
from api.judging import refusal_of
from api.reads import Sight, see
from api.schemas import Schema
from api.services import caller, services, today
from api.shapes import OneOf, Several, extended, fields_of, word
from api.trail import name_of, reads_remark
from portfolio.application.copies import redaction_for
from portfolio.application.originals import file_of
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import (
    AnnotationKind,
    Audience,
    EvidenceAnnotated,
    EvidenceRecorded,
    EvidenceRedacted,
    Reader,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.refusals import EvidenceUnknown
from portfolio.domain.evidence.selector import Selector, WholeItem, fragment, place_in_words
from portfolio.domain.evidence.serving import served_before
from portfolio.domain.kernel import NotVisible, Recorded

PLACES = get_args(Selector)
WHOLE = WholeItem()


class ClaimOut(Schema):
    """A claimed code, perhaps at a place, with its W3C fragment and, in words, where that is."""

    code = fields.String(required=True)
    place = OneOf(PLACES, required=True, allow_none=True)
    fragment = fields.String(required=True)
    where = fields.String(required=True)


class AnnotationOut(Schema):
    """A remark pinned to a place in the bytes of ``sha256``, with its W3C fragment and, in words, where that is."""

    annotation_id = Id(required=True)
    by = Id(required=True)
    name = fields.String(required=True)
    at = Moment(required=True)
    kind = word(AnnotationKind, required=True)
    audience = word(Audience, required=True)
    text = fields.String(required=True)
    selector = OneOf(PLACES, required=True)
    fragment = fields.String(required=True)
    where = fields.String(required=True)
    sha256 = fields.String(required=True)
    redaction = fields.Integer(required=True, metadata={"description": "Which copy was remarked on, 0 the original."})
    revises = Id(required=True, allow_none=True)


class HiddenOut(Schema):
    """A place that is hidden, with its W3C fragment and, in words, where that is."""

    place = OneOf(PLACES, required=True)
    fragment = fields.String(required=True)
    where = fields.String(required=True)


class RedactionOut(Schema):
    """What is hidden of a version, from whom, and why. Where it ``applies`` you are shown a copy without it.

    ``opened_for`` are the cases whose panels are shown the original all the same, while they are open.
    """

    redaction = fields.Integer(required=True)
    places = fields.List(fields.Nested(HiddenOut), required=True)
    hidden_from = Several(word(Reader), required=True)
    reason = fields.String(required=True)
    by = Id(required=True)
    name = fields.String(required=True)
    at = Moment(required=True)
    applies = fields.Boolean(required=True)
    opened_for = Several(Id(), required=True)


VersionOut = extended(
    Version,
    name="VersionOut",
    but=("object_id", "storage_version", "blocks", "dropped", "redactions", "opened_for"),
    by=Id(required=True),
    name_of_author=fields.String(data_key="name", required=True),
    at=Moment(required=True),
    corrected_by=fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The next version of a record that puts it right after a decision cited it."},
    ),
    claims=fields.List(fields.Nested(ClaimOut), required=True),
    annotations=fields.List(fields.Nested(AnnotationOut), required=True),
    redactions=fields.Integer(
        required=True, metadata={"description": "How many redactions it has had: what the next one `follows`."}
    ),
    redaction=fields.Nested(
        RedactionOut,
        required=True,
        allow_none=True,
        metadata={"description": "The one that counts, null if nothing is hidden from anybody."},
    ),
)


class EvidenceOut(Schema):
    """An evidence item with the versions that may be seen, oldest first."""

    evidence_id = Id(required=True)
    enrolment_id = Id(required=True)
    apprentice = Id(required=True)
    name = fields.String(required=True)
    versions = fields.List(fields.Nested(VersionOut), required=True)


def open_item(evidence_id: UUID) -> Sight[Evidence]:
    """Return an item whose texts are to be shown; that somebody read one is recorded once, as the view of a file is."""
    sight = see(EVIDENCE, evidence_id)
    unread = [
        version.number
        for version in visible_versions(sight)
        if version.bounds is not None
        and version.bounds.text is not None
        and sight.state.apprentice != caller()
        and not served_before(version.number, caller(), sight.session.history(evidence_id))
    ]
    if not unread or request.method != "GET":
        return sight
    require_asked(page_of(evidence_id, unread[-1]))
    for number in unread:
        services().handler.execute(ServeEvidence(evidence_id=evidence_id, version=number), caller())
    return see(EVIDENCE, evidence_id)


def history_shown(sight: Sight[Evidence]) -> Sequence[Recorded]:
    """Return the item's facts that the caller may be told: no later ones than of their case, to a panel's member."""
    session = sight.session
    history, ended = (
        session.history(sight.stream),
        session.ended_cases(sight.stream, sight.state.enrolment_id, sight.held, caller()),
    )
    ends = [session.history(appeal)[-1].position for appeal in ended]
    return [entry for entry in history if entry.position <= max(ends)] if ends else history


def visible_versions(sight: Sight[Evidence]) -> list[Version]:
    """Return the versions the caller may see, oldest first; raise ``NotVisible`` if there is none."""
    visible = sight.session.versions_seen(sight.stream, sight.state, sight.held, caller(), today())
    if not visible:
        raise NotVisible
    return visible


def visible_version(sight: Sight[Evidence], number: int | None) -> Version:
    """Return a version the caller may see, the newest if none is named; raise ``NotVisible`` if there is none."""
    matching = [version for version in visible_versions(sight) if number in (None, version.number)]
    if not matching:
        raise EvidenceUnknown
    return matching[-1]


def item_shown(sight: Sight[Evidence]) -> dict[str, Any]:
    """Return an item as the caller may see it, in the shape ``EvidenceOut``."""
    history = history_shown(sight)
    return {
        "evidence_id": sight.stream,
        "enrolment_id": sight.state.enrolment_id,
        "apprentice": sight.state.apprentice,
        "name": name_of(sight.session, sight.state.apprentice),
        "versions": [version_shown(sight, version, history) for version in visible_versions(sight)],
    }


def version_shown(sight: Sight[Evidence], version: Version, history: Sequence[Recorded]) -> dict[str, Any]:
    """Return a version with who brought it, its claims with their places, and its remarks with their authors."""
    first = next(
        entry
        for entry in history
        if isinstance(entry.fact, UploadOffered | EvidenceRecorded) and entry.fact.version == version.number
    )
    return {
        **fields_of(version),
        "why": version.why or trouble(version),
        "by": first.by,
        "name_of_author": name_of(sight.session, first.by),
        "at": first.at,
        "corrected_by": correction_of(sight, version),
        "claims": claims_shown(version, history),
        "annotations": [*annotations_shown(sight, version, history)],
        "redactions": len(version.redactions),
        "redaction": redaction_shown(sight, version, history),
    }


def trouble(version: Version) -> str:
    """Return what keeps a file from being checked that waits for it, empty if nothing is known to."""
    waits = version.stage == "received" and version.object_id is not None
    return services().checking.trouble(cast(UUID, version.object_id)) if waits else ""


def correction_of(sight: Sight[Evidence], version: Version) -> int | None:
    """Return the number of the next version that corrects a record which a decision cites, None if there is none.

    The decision may cite the version before: whoever reads that one is told as well.
    """
    later = (other.number for other in visible_versions(sight) if other.corrects and other.number > version.number)
    return next(later, None)


def claims_shown(version: Version, history: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return the claims that stand on a version, in the order they were made."""
    place_of = {
        entry.fact.code: entry.fact.place
        for entry in history
        if isinstance(entry.fact, StatementClaimed) and entry.fact.version == version.number
    }
    return [
        {"code": code, "place": place, "fragment": fragment(place or WHOLE), "where": place_in_words(place or WHOLE)}
        for code, place in place_of.items()
        if code in version.claims
    ]


def annotations_shown(
    sight: Sight[Evidence], version: Version, history: Sequence[Recorded]
) -> Iterator[dict[str, Any]]:
    """Yield the remarks on a version that are for the caller."""
    for entry in history:
        remark = entry.fact
        if not isinstance(remark, EvidenceAnnotated) or remark.version != version.number:
            continue
        if reads_remark(sight, remark, entry.by):
            yield {
                **fields_of(remark),
                "by": entry.by,
                "name": name_of(sight.session, entry.by),
                "at": entry.at,
                "fragment": fragment(remark.selector),
                "where": place_in_words(remark.selector),
            }


def redaction_shown(sight: Sight[Evidence], version: Version, history: Sequence[Recorded]) -> dict[str, Any] | None:
    """Return what is hidden of a version, and whether from the caller, None if nothing is from anybody."""
    redaction = version.redaction()
    recorded = next((entry for entry in history if entry.fact == redaction), None)
    if redaction is None or recorded is None:
        return None
    return {
        **fields_of(redaction),
        "places": [
            {"place": place, "fragment": fragment(place), "where": place_in_words(place)} for place in redaction.places
        ],
        "by": recorded.by,
        "name": name_of(sight.session, recorded.by),
        "at": recorded.at,
        "applies": hidden_from_caller(sight, version) is not None,
        "opened_for": version.opened_for,
    }


def hidden_from_caller(sight: Sight[Evidence], version: Version) -> EvidenceRedacted | None:
    """Return the redaction without whose places the caller is shown a version, None if they see the original."""
    return redaction_for(sight.session, version, sight.held, caller())


def show_content(evidence_id: UUID, version: Version, *, inline: bool = False) -> Response:
    """Answer the bytes of a version to this request; who is sent any is recorded once, unless it is their own.

    Nobody gets any from whom parts of it are hidden.
    """
    require_asked(page_of(evidence_id, version.number))
    serving = ServeEvidence(evidence_id=evidence_id, version=version.number)
    if refusal := refusal_of(serving):
        raise refusal
    return send_file(
        reader(version),
        str(version.object_id or evidence_id),
        size=version.size,
        media_type=version.media_type,
        filename=version.filename,
        encoding=version.encoding(),
        inline=inline,
        sent=lambda: services().handler.execute(serving, caller()),
    )


def page_of(evidence_id: UUID, number: int) -> str:
    """Return the address of the page that shows a version."""
    return url_for("pages.item", evidence_id=evidence_id, version=number)


def reader(version: Version) -> Callable[[int, int], Iterator[bytes]]:
    """Return how the bytes of a version are read: the text of a record lies in its fact."""
    if version.object_id is None:
        text = ((version.bounds.text if version.bounds else None) or "").encode()
        return lambda start, end: iter([text[start:end]])
    return services().original(file_of(version))
