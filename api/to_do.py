"""To do: what an apprentice has still to hand in, what came back with which reason, and what is new on their record."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import request

from api.auth import cookie_name
from api.evidence_shown import annotations_shown
from api.reads import Sight, named_if_unread, see_each
from api.services import caller, services, today
from api.trail import done_by, read_only, reads_remark, sentence_for, title_for
from portfolio.application.indexes import ENROLMENTS_OF_PERSON
from portfolio.application.ports import Busy
from portfolio.domain.appeal.facts import (
    AppealFact,
    DissentRecorded,
    OutcomeConfirmed,
    OutcomeProposed,
)
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import (
    AttemptOpened,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import (
    EvidenceAccepted,
    EvidenceAnnotated,
    EvidenceFact,
    EvidenceRecorded,
    EvidenceReturned,
    UploadOffered,
)
from portfolio.domain.evidence.item import DRAFTS, Evidence, Version
from portfolio.domain.form import FORM
from portfolio.domain.kernel import Recorded
from projections.audit_trail import last_position, latest
from projections.evidence_items import how_many_unfinished, unfinished

MOST_NEWS = 12
LOOKED_THROUGH = 200
"""So many of the newest facts are looked through for what is told as new."""


class Returned(NamedTuple):
    """Why a version came back, who gave it back and when, and how many remarks are on it, of those at a place in it."""

    version: int
    by: str
    part: str
    at: datetime
    reason: str
    remarks: int
    at_their_place: int


class Draft(NamedTuple):
    """A version that was not handed in, since when it is there, and what it lacks."""

    version: int
    since: datetime
    lacks: tuple[str, ...]


class ToDo(NamedTuple):
    """An item of which a version has still to be handed in: one that came back, a draft, or both."""

    enrolment_id: UUID
    evidence_id: UUID
    title: str
    returned: Returned | None
    draft: Draft | None


class News(NamedTuple):
    """Something that others did since the person was here last; ``record`` is what of the enrolment it is about."""

    at: datetime
    sentence: str
    about: str
    kind: str
    record: UUID


def waiting_for(person: UUID) -> int:
    """Return how much waits for an apprentice: what came back or is not handed in yet, and what they are asked."""
    session = services().session()
    own = session.links(ENROLMENTS_OF_PERSON, person)
    questions = sum(len(session.state(ENROLMENT, enrolment_id).unanswered()) for enrolment_id in own)
    return questions + sum(how_many_unfinished(services().reads, enrolment_id) for enrolment_id in own)


def to_do(sight: Sight[Enrolment]) -> list[ToDo]:
    """Return what waits for the apprentice of an enrolment, who asks: what came back first, the oldest on top."""
    waits = [_to_do(item, sight) for item in see_each(EVIDENCE, unfinished(services().reads, sight.stream))]
    came_back = [each for each in waits if each.returned]
    drafts = [each for each in waits if not each.returned]
    return [*sorted(came_back, key=lambda each: each.returned.at if each.returned else each.title), *drafts]


def _to_do(item: Sight[Evidence], enrolment: Sight[Enrolment]) -> ToDo:
    live = [version for version in item.state.versions if version.stage not in ("withdrawn", "discarded")]
    newest = live[-1]
    returned = next((version for version in live if version.stage == "returned"), None)
    return ToDo(
        enrolment_id=enrolment.stream,
        evidence_id=item.stream,
        title=newest.title,
        returned=_returned(item, returned, enrolment) if returned else None,
        draft=_draft(item, newest) if newest != returned else None,
    )


def _returned(item: Sight[Evidence], version: Version, enrolment: Sight[Enrolment]) -> Returned:
    history = item.session.history(item.stream)
    entry, reason = next(
        (entry, entry.fact.reason)
        for entry in reversed(history)
        if isinstance(entry.fact, EvidenceReturned) and entry.fact.version == version.number
    )
    remarks = [*annotations_shown(item, version, history)]
    revised = {remark["revises"] for remark in remarks}
    newest = [remark for remark in remarks if remark["annotation_id"] not in revised]
    return Returned(
        version=version.number,
        by=done_by(item.session, entry),
        part=part_of(enrolment.state, entry.by),
        at=entry.at,
        reason=reason,
        remarks=len(newest),
        at_their_place=sum(remark["where"] != "" for remark in newest),
    )


def part_of(enrolment: Enrolment, person: UUID) -> str:
    """Return what somebody is or was to the apprentice, as they would say it: "your coach"; empty for nothing."""
    parts = {part.assignment for part in enrolment.assigned if part.person_id == person and part.ran(today())}
    return f"your {' and '.join(sorted(parts))}" if parts else ""


def _draft(item: Sight[Evidence], version: Version) -> Draft:
    since = next(
        entry.at
        for entry in item.session.history(item.stream)
        if isinstance(entry.fact, UploadOffered) and entry.fact.version == version.number
    )
    return Draft(version=version.number, since=since, lacks=tuple(_lacks(version)))


def _lacks(version: Version) -> Iterator[str]:
    """Yield what a draft lacks until it can be handed in, and that it claims nothing yet."""
    match version.stage:
        case "offered":
            yield "Its file has not arrived yet."
        case "received":
            yield "Its file has arrived and is being checked."
        case "refused":
            yield f"Its file was not taken: {version.why}"
    if version.stage in DRAFTS and version.produced_on is None:
        yield "You have not said on which day the work was produced."
    if version.stage in DRAFTS and not version.claims:
        yield "You have not said which codes it shows."
    if version.stage in DRAFTS:
        yield "It still needs your declaration."


def shown_before(sight: Sight[Enrolment]) -> int | None:
    """Return up to which position this person's earlier sessions had been shown their record, None if never.

    The answer to this request shows all of it, which is kept for the next session.
    """
    with suppress(Busy):  # the next request asks again
        last = last_position(services().reads, sight.stream)
        return services().sessions.shown_before(request.cookies.get(cookie_name(), ""), last)
    return None


def news(sight: Sight[Enrolment], after: int) -> list[News]:
    """Return what others did after a position that the apprentice is told of as new, newest first, without grades."""
    facts = latest(
        services().reads,
        services().journal,
        enrolment_id=sight.stream,
        after=after,
        but=caller(),
        limit=LOOKED_THROUGH,
    )
    with named_if_unread():
        told = [each for entry in read_only(facts) if (each := _told(sight, entry)) is not None]
        return _together(told)
    return []


def _together(told: list[News]) -> list[News]:
    """Return the same with what repeats itself said once, at its newest."""
    first: dict[tuple[str, UUID], News] = {}
    for each in told:
        first.setdefault((each.sentence, each.record), each)
    return [*first.values()]


def _told(sight: Sight[Enrolment], entry: Recorded) -> News | None:
    fact, who = entry.fact, done_by(sight.session, entry)
    about = title_for(sight, entry, hidden=False)
    match fact:
        case EvidenceAnnotated():
            if not reads_remark(sight, fact, entry.by):
                return None
            said = f"{who} left a remark on version {fact.version}."
        case EvidenceRecorded(title=title):
            said, about = f"{who} wrote a record of your work.", title
        case EvidenceAccepted() | EvidenceReturned():
            done = "accepted" if isinstance(fact, EvidenceAccepted) else "returned"
            said = f"{who} {done} version {fact.version}."
        case AttemptOpened():
            said = f"{who} opened an attempt at the {component_of(sight, entry)}."
        case GradeDecided() if fact.needs_confirmation():
            said = f"Your {component_of(sight, entry)} was decided; it counts once a second person has confirmed it."
        case GradeDecided() | DecisionConfirmed():
            said = f"There is a decision on your {component_of(sight, entry)}."
        case DecisionDeclined():
            said = f"A decision on your {component_of(sight, entry)} was not confirmed: another assessor decides."
        case DecisionVoided():
            said = f"A decision on your {component_of(sight, entry)} was set aside."
        case OutcomeProposed() | OutcomeConfirmed() | DissentRecorded() | StatementFound() | GradeDecisionSuperseded():
            return None
        case _ if isinstance(fact, AppealFact):
            said = "There is something new in an appeal."
        case _ if isinstance(fact, EvidenceFact):
            return None
        case _:
            said = f"{who} {sentence_for(sight, entry, hidden=False)}"
    kind = entry.tag.partition(".")[0]
    return News(at=entry.at, sentence=said, about=about, kind=kind, record=entry.originator_id)


def component_of(sight: Sight[Enrolment], entry: Recorded) -> str:
    """Return what the component of an attempt is called, which a fact of its stream speaks of."""
    opened = sight.session.state(ASSESSMENT, entry.originator_id).opening()
    component = sight.session.state(FORM, opened.form_id).component(opened.component)
    return component.name if component else opened.component
