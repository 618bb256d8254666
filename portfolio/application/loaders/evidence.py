"""What the rules of evidence must know."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from portfolio.application.copies import copies_seen, copy_for
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT, ENROLMENTS_OF_PERSON, EVIDENCE_OF_ENROLMENT
from portfolio.application.loaders.appeal import cases_of
from portfolio.application.loaders.assessment import for_assessor
from portfolio.application.loaders.enrolment import attempts_of, other_enrolments
from portfolio.application.originals import file_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasing import ApprovePaperErasure, ConfirmPaperErasure
from portfolio.domain.erasing import ForErasure
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.annotations import ForAnnotation
from portfolio.domain.evidence.claims import ForClaim, ForDrop
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    CorrectRecord,
    DiscardDraft,
    DropClaim,
    OfferEvidence,
    OfferVersion,
    OpenOriginal,
    ReturnEvidence,
    ServeEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.erasing import ApproveErasure, ConfirmErasure
from portfolio.domain.evidence.handing_in import ForAnswer, WithAttempts
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.redacting import WHOLE, ForOriginal
from portfolio.domain.evidence.serving import ForView
from portfolio.domain.evidence.upload import ForDiscard, ForOffer
from portfolio.domain.evidence.written import ForRecord, ForRecordCorrection
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN

LONGEST_TEXT = 5_000_000
"""Bytes of a text file that are read to find a quote."""


def for_offer(session: ReadSession, command: OfferEvidence, by: UUID, at: datetime) -> ForOffer:
    """Return the enrolment named, with its attempts, and the items that take room."""
    return _offered_in(session, command.enrolment_id, by, at)


def for_next_version(session: ReadSession, command: OfferVersion, by: UUID, at: datetime) -> ForOffer:
    """Return the enrolment that the item belongs to, with its attempts, and the items that take room."""
    return _offered_in(session, session.state(EVIDENCE, command.evidence_id).enrolment_id, by, at)


def _offered_in(session: ReadSession, enrolment_id: UUID, by: UUID, at: datetime) -> ForOffer:
    enrolment = session.state(ENROLMENT, enrolment_id)
    enrolments = session.links(ENROLMENTS_OF_PERSON, enrolment.apprentice)
    return ForOffer(
        by=by,
        at=at,
        today=london_day(at),
        enrolment=enrolment,
        attempts=attempts_of(session, enrolment_id),
        here=_items_of(session, enrolment_id),
        everywhere=tuple(item for each in enrolments for item in _items_of(session, each)),
        quota=session.quota,
    )


def _items_of(session: ReadSession, enrolment_id: UUID) -> tuple[Evidence, ...]:
    """Return the items whose files are counted: one that lacks a fact by what can be read of it."""
    return tuple(session.countable(EVIDENCE, item) for item in session.links(EVIDENCE_OF_ENROLMENT, enrolment_id))


def for_record(session: ReadSession, command: WriteRecord, by: UUID, at: datetime) -> ForRecord:
    """Return the enrolment named with its plan edition and its attempts, and who assesses the one named."""
    return _for_record(session, command.enrolment_id, command.attempt_id, by, at)


def for_record_correction(session: ReadSession, command: CorrectRecord, by: UUID, at: datetime) -> ForRecordCorrection:
    """Return the item's history, its enrolment with the plan edition and attempts, and who assesses the record's."""
    item = session.state(EVIDENCE, command.evidence_id)
    known = _for_record(session, item.enrolment_id, item.attempt_id(), by, at)
    return ForRecordCorrection(
        **structs.asdict(known),  # type: ignore[arg-type]  # a Known is a Struct by its metaclass
        history=session.history(command.evidence_id),
    )


def _for_record(session: ReadSession, enrolment_id: UUID, attempt_id: UUID, by: UUID, at: datetime) -> ForRecord:
    enrolment = session.state(ENROLMENT, enrolment_id)
    return ForRecord(
        by=by,
        at=at,
        today=london_day(at),
        enrolment=enrolment,
        edition=session.state(PLAN, enrolment.plan_id),
        attempts={
            attempt: session.state(ASSESSMENT, attempt)
            for attempt in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
        },
        attempt=session.state(ASSESSMENT, attempt_id),
        assessing=for_assessor(session, attempt_id, by, at),
    )


def for_claim(session: ReadSession, command: ClaimStatements, by: UUID, at: datetime) -> ForClaim:
    """Return the item's enrolment with its plan edition, and the text of the file quoted from."""
    item = session.state(EVIDENCE, command.evidence_id)
    enrolment = session.state(ENROLMENT, item.enrolment_id)
    quoted = item.quoted_file(command.version, command.place, by)
    return ForClaim(
        by=by,
        at=at,
        today=london_day(at),
        enrolment=enrolment,
        edition=session.state(PLAN, enrolment.plan_id),
        texts=tuple(_text(session, version) for version in quoted),
    )


def for_drop(session: ReadSession, command: DropClaim, by: UUID, at: datetime) -> ForDrop:
    """Return all attempts of the item's enrolment."""
    return ForDrop(by=by, at=at, today=london_day(at), attempts=_attempts(session, command.evidence_id))


def for_withdrawal(session: ReadSession, command: WithdrawEvidence, by: UUID, at: datetime) -> WithAttempts:
    """Return all attempts of the item's enrolment."""
    return WithAttempts(by=by, at=at, today=london_day(at), attempts=_attempts(session, command.evidence_id))


def for_discard(session: ReadSession, command: DiscardDraft, by: UUID, at: datetime) -> ForDiscard:
    """Return the appeals and the attempts of the item's enrolment."""
    enrolment_id = session.state(EVIDENCE, command.evidence_id).enrolment_id
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
    return ForDiscard(
        by=by,
        at=at,
        today=london_day(at),
        cases=cases_of(session, enrolment_id),
        attempts={attempt: session.state(ASSESSMENT, attempt) for attempt in attempts},
    )


def for_erasure(session: ReadSession, command: ApproveErasure | ConfirmErasure, by: UUID, at: datetime) -> ForErasure:
    """Return who asks, the apprentice's enrolments, appeals and attempts of the item's, and what is recorded of it."""
    return _erasure(session, session.state(EVIDENCE, command.evidence_id).enrolment_id, command.evidence_id, by, at)


def for_paper_erasure(
    session: ReadSession, command: ApprovePaperErasure | ConfirmPaperErasure, by: UUID, at: datetime
) -> ForErasure:
    """Return the same of the enrolment that the paper is kept with."""
    return _erasure(session, command.enrolment_id, command.enrolment_id, by, at)


def _erasure(session: ReadSession, enrolment_id: UUID, stream: UUID, by: UUID, at: datetime) -> ForErasure:
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
    return ForErasure(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, by),
        enrolment=session.state(ENROLMENT, enrolment_id),
        other_enrolments=other_enrolments(session, enrolment_id),
        cases=cases_of(session, enrolment_id),
        attempts={attempt: session.state(ASSESSMENT, attempt) for attempt in attempts},
        history=tuple(session.history(stream)),
    )


def for_answer(session: ReadSession, command: ReturnEvidence | AcceptEvidence, by: UUID, at: datetime) -> ForAnswer:
    """Return who answers, the enrolments of the item's apprentice, and the attempts of its own."""
    enrolment_id = session.state(EVIDENCE, command.evidence_id).enrolment_id
    return ForAnswer(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, by),
        enrolment=session.state(ENROLMENT, enrolment_id),
        other_enrolments=other_enrolments(session, enrolment_id),
        attempts=_attempts(session, command.evidence_id),
    )


def for_annotation(session: ReadSession, command: AnnotateEvidence, by: UUID, at: datetime) -> ForAnnotation:
    """Return who remarks, the enrolment, the history of a remark revised, and the text of the file quoted from."""
    item = session.state(EVIDENCE, command.evidence_id)
    quoted = item.quoted_file(command.version, command.selector, by)
    return ForAnnotation(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, by),
        enrolment=session.state(ENROLMENT, item.enrolment_id),
        other_enrolments=other_enrolments(session, item.enrolment_id),
        history=tuple(entry for stream in command.looked_up for entry in session.history(stream)),
        texts=tuple(_text(session, version) for version in quoted),
        copies=copies_seen(session, command.evidence_id, by).get(command.version, WHOLE),
    )


def for_view(session: ReadSession, command: ServeEvidence, by: UUID, at: datetime) -> ForView:
    """Return all attempts of the item's enrolment, the item's history, and which copy of the version is for them."""
    return ForView(
        by=by,
        at=at,
        today=london_day(at),
        attempts=_attempts(session, command.evidence_id),
        history=session.history(command.evidence_id),
        redaction=copy_for(session, command.evidence_id, command.version, by, london_day(at)),
    )


def for_original(session: ReadSession, command: OpenOriginal, by: UUID, at: datetime) -> ForOriginal:
    """Return the case whose panel is to look at an original."""
    return ForOriginal(by=by, at=at, today=london_day(at), appeal=session.state(APPEAL, command.appeal_id))


def _attempts(session: ReadSession, evidence_id: UUID) -> tuple[Assessment, ...]:
    enrolment_id = session.state(EVIDENCE, evidence_id).enrolment_id
    return tuple(session.state(ASSESSMENT, attempt) for attempt in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id))


def _text(session: ReadSession, version: Version) -> str:
    chunks = session.originals.read(session.vault, file_of(version), 0, min(version.size, LONGEST_TEXT))
    return b"".join(chunks).decode(version.encoding(), "replace")
