"""News of others: what happened to the apprentices whom a person coaches, assures or employs since they were here."""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import request

from api.auth import cookie_name
from api.enrolment_list import rows_seen
from api.reads import Sight, named_if_unread, see_each
from api.services import caller, services, today
from api.to_do import component_of
from api.trail import done_by, is_told, name_of, read_only, sentence_for, title_for
from portfolio.application.ports import Busy
from portfolio.domain.appeal.facts import AppealDecided, AppealLodged, AppealWithdrawn
from portfolio.domain.assessment.facts import DecisionConfirmed, DecisionDeclined, DecisionVoided, GradeDecided
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import ConsentDeclined, ConsentGiven
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceRecorded, EvidenceReturned, EvidenceSubmitted
from portfolio.domain.kernel import Fact, Recorded, tag_of
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import ASSIGNED_COACH, ASSIGNED_EMPLOYER, ASSIGNED_QUALITY_ASSURER, Relation
from projections.audit_trail import last_position_among, latest_among
from projections.enrolment_list import ENROLMENT_LIST, filed

FOLLOWS: tuple[Relation, ...] = (ASSIGNED_COACH, ASSIGNED_QUALITY_ASSURER, ASSIGNED_EMPLOYER)
"""To whom what happens is told as news; who assesses has a queue."""
TOLD: tuple[type[Fact], ...] = (
    EvidenceSubmitted,
    EvidenceReturned,
    EvidenceAccepted,
    EvidenceRecorded,
    GradeDecided,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    AppealLodged,
    AppealWithdrawn,
    AppealDecided,
    ConsentGiven,
    ConsentDeclined,
)
MOST_FOLLOWED = 500
"""Of so many apprentices news are told, those whose enrolment was recorded first."""
MOST_TOLD = 20
LOOKED_THROUGH = 100
"""So many of the newest facts are looked through for what is told."""


class NewsOfOthers(NamedTuple):
    """Something that happened to an apprentice; ``record`` is what it is about, and ``kind`` what that is."""

    at: datetime
    apprentice: str
    enrolment_id: UUID
    sentence: str
    about: str
    kind: str
    record: UUID


def news_of_others() -> list[NewsOfOthers] | None:
    """Return what others did since the caller was here last, newest first, one more than is shown if there is more.

    None where nothing can be new: nobody is looked after, or no earlier session was shown anything.
    """
    of = followed()
    before = None
    if of:
        with suppress(Busy):  # the next request asks again
            last = last_position_among(services().reads, of)
            before = services().sessions.shown_before(request.cookies.get(cookie_name(), ""), last)
    if before is None:
        return None
    found = latest_among(
        services().reads,
        services().journal,
        enrolments=of,
        kinds=[tag_of(each) for each in TOLD],
        after=before,
        but=caller(),
        limit=LOOKED_THROUGH,
    )
    told, sights = list[NewsOfOthers](), dict[UUID, Sight[Enrolment] | None]()
    for enrolment_id, entry in found:
        if enrolment_id not in sights:
            sights[enrolment_id] = next(see_each(ENROLMENT, [enrolment_id]), None)
        sight = sights[enrolment_id]
        with named_if_unread():
            told += [_told(sight, each) for each in read_only([entry]) if sight and _shown(sight, each)]
        if len(told) > MOST_TOLD:
            break
    return told


def followed() -> list[UUID]:
    """Return the enrolments of the apprentices whom the caller looks after, if they said what they are to them."""
    person = services().session().state(PERSON, caller())
    ways = [(filed(relation, caller()),) for relation in sorted(person.keeps(FOLLOWS))]
    found = ENROLMENT_LIST.find(services().reads, today(), ways=ways, order="recorded", limit=MOST_FOLLOWED)
    return [row["enrolment_id"] for _, row in rows_seen(person, found, hides=True)]


def _shown(sight: Sight[Enrolment], entry: Recorded) -> bool:
    """Return whether the caller is told of a fact at all, and sees the item that it is about."""
    if entry.tag.startswith("evidence."):
        return next(see_each(EVIDENCE, [entry.originator_id]), None) is not None
    return is_told(sight, entry)


def _told(sight: Sight[Enrolment], entry: Recorded) -> NewsOfOthers:
    fact, who = entry.fact, done_by(sight.session, entry)
    about = title_for(sight, entry, hidden=False)
    match fact:
        case EvidenceSubmitted(version=version):
            said = f"{who} handed in version {version}"
        case EvidenceAccepted(version=version):
            said = f"{who} accepted version {version}"
        case EvidenceReturned(version=version):
            said = f"{who} returned version {version}"
        case EvidenceRecorded(title=title):
            said, about = f"{who} wrote a record", title
        case GradeDecided():
            waits = "; it counts once a second person has confirmed it" if fact.needs_confirmation() else ""
            said = f"The {component_of(sight, entry)} was decided by {who}{waits}"
        case DecisionConfirmed():
            said = f"The decision on the {component_of(sight, entry)} was confirmed by {who}"
        case DecisionDeclined():
            said = f"The decision on the {component_of(sight, entry)} was not confirmed by {who}"
        case DecisionVoided():
            said = f"A decision on the {component_of(sight, entry)} was set aside by {who}"
        case AppealLodged():
            said = f"{who} lodged an appeal"
        case AppealWithdrawn():
            said = f"{who} withdrew an appeal"
        case AppealDecided():
            said = "The panel decided an appeal"
        case _:
            said = f"{who} {sentence_for(sight, entry, hidden=False).removesuffix('.')}"
    return NewsOfOthers(
        at=entry.at,
        apprentice=name_of(sight.session, sight.state.apprentice),
        enrolment_id=sight.stream,
        sentence=f"{said}.",
        about=about,
        kind=entry.tag.partition(".")[0],
        record=entry.originator_id,
    )
