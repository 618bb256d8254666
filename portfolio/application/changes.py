"""Changes: which events somebody may be told of, by the same words and rows as for reading the record (ACCESS-1)."""

from datetime import date
from uuid import UUID

from portfolio.application.drafts import drafts_among
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import ConsentAsked, ConsentDeclined, ConsentGiven, ConsentQuestionWithdrawn
from portfolio.domain.event_types import EvidenceWithdrawn, FileErased, OfConsent, OfEnrolment, OfVersion
from portfolio.domain.events import event_of, record_of
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.kernel import NOBODY, Recorded
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Word

GONE = (EvidenceWithdrawn, FileErased)
"""What is told to whoever sees the enrolment, and saw what is gone: the item itself may not be there for them now."""


def may_be_told(session: ReadSession, by: UUID, today: date, entry: Recorded, owner: UUID | None) -> bool:
    """Return whether somebody who asks now is told of a fact; ``owner`` is the enrolment that its stream lies in."""
    event = event_of(entry, owner)
    if event is None:
        return False
    kind = type(event)
    name = record_of(OfEnrolment if isinstance(event, GONE) else kind).removesuffix("_id")
    stream = owner if isinstance(event, GONE) and owner else entry.originator_id
    aggregate = AGGREGATES[name]
    state = session.state(aggregate, stream)
    enrolment_id = owner or NOBODY
    held = session.held(by, stream, state, enrolment_id, today)
    if state == aggregate.initial or not permissions.may(permissions.SEES[name], held):
        return False
    if permissions.must_declare(name, held) and not _declared(session, by, enrolment_id):
        return False
    if isinstance(event, OfConsent):
        return permissions.may(permissions.READS["consents"], held) or by in _concerned(session, entry)
    if isinstance(event, OfVersion):
        return _version_is_told(session, by, today, entry, held, event)
    return True


def _declared(session: ReadSession, by: UUID, enrolment_id: UUID) -> bool:
    apprentice = session.state(ENROLMENT, enrolment_id).apprentice
    return bool(session.state(PERSON, by).declared(apprentice))


def _concerned(session: ReadSession, entry: Recorded) -> set[UUID]:
    """Return who else is told of a consent: to whom it was given, and who asked for it."""
    match entry.fact:
        case ConsentGiven(person_id=person_id) | ConsentAsked(person_id=person_id):
            return {person_id}
        case ConsentDeclined(question_id=question_id) | ConsentQuestionWithdrawn(question_id=question_id):
            questions = session.state(ENROLMENT, entry.originator_id).questions
            return {each.person_id for each in questions if each.question_id == question_id}
    return set()


def _version_is_told(
    session: ReadSession, by: UUID, today: date, entry: Recorded, held: frozenset[Word], event: OfVersion
) -> bool:
    """Return whether the version is there for somebody, and what happened to it no draft's alone (EVIDENCE-6)."""
    drafts = permissions.may(permissions.READS["drafts"], held)
    if not drafts and drafts_among(session, [entry]):
        return False
    if isinstance(entry.fact, EvidenceAnnotated) and not _reads_remark(entry.fact, by, entry.by, held):
        return False
    if isinstance(event, GONE):
        return True
    seen = session.versions_seen(event.evidence_id, session.state(EVIDENCE, event.evidence_id), held, by, today)
    return any(version.number == event.version for version in seen)


def _reads_remark(remark: EvidenceAnnotated, by: UUID, author: UUID, held: frozenset[Word]) -> bool:
    rows = (permissions.READS["remarks for assessors"], permissions.READS["remarks to decide on"])
    return remark.audience != "assessors" or by == author or any(permissions.may(row, held) for row in rows)
