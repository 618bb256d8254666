"""Written records: an observation, a testimony or a discussion is evidence as somebody else wrote it (EVIDENCE-8).

Its author puts it right by a new version, as a file is (EVIDENCE-11).
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, check_assessor, check_not_declined, is_assigned
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.findings import CodeNotInComponent, FindingFixedByDecision
from portfolio.domain.enrolment.ending import check_takes_work
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.evidence.claims import check_codes
from portfolio.domain.evidence.commands import CorrectRecord, WriteRecord
from portfolio.domain.evidence.facts import EvidenceRecorded, EvidenceReplaced
from portfolio.domain.evidence.item import KIND_OF, Evidence
from portfolio.domain.evidence.record import (
    Discussion,
    DiscussionRecordIncomplete,
    Observation,
    ObservationRecordIncomplete,
    Record,
    Testimony,
    attempt_of,
    check_record,
    check_time,
    codes_of,
    record_text,
)
from portfolio.domain.evidence.refusals import (
    EvidenceExists,
    EvidenceUnknown,
    EvidenceVersionFixed,
    ProductionDateInvalid,
)
from portfolio.domain.form import code_order
from portfolio.domain.kernel import A_DAY_THAT_HAS_COME, Known, Recorded, RuleBroken, changed
from portfolio.domain.plan import PlanEdition


class ForRecord(Known):
    """The enrolment with its plan edition, and its attempts by id.

    And the attempt that the record is of, with what says who assesses it.
    """

    enrolment: Enrolment
    edition: PlanEdition
    attempts: dict[UUID, Assessment]
    attempt: Assessment
    assessing: ForAssessor


class ForRecordCorrection(ForRecord):
    """And everything recorded of the item, oldest first."""

    history: Sequence[Recorded]


class WitnessIsApprentice(RuleBroken, rule="EVIDENCE-8"):
    """Nobody is a witness or observer of their own work."""


class RecordNeedsAssessor(RuleBroken, rule="EVIDENCE-8"):
    """Only who assesses the component records an observation or discussion of its attempt: write a testimony."""


class RecordOfAnother(RuleBroken, rule="EVIDENCE-11"):
    """Only its author corrects a record: say what you know in a remark on it, or in a record of your own."""


class RecordMadeAnother(RuleBroken, rule="EVIDENCE-11"):
    """A corrected record stays of its kind and attempt: say in it that it was of another, and write a new one."""


def write_record(item: Evidence, command: WriteRecord, known: ForRecord) -> list[EvidenceRecorded]:
    """Keep a whole record about the apprentice, of an attempt and of codes of their route (EVIDENCE-3, EVIDENCE-8)."""
    record = command.record
    if item.versions:
        raise EvidenceExists
    if known.by == known.enrolment.apprentice:
        raise WitnessIsApprentice
    check_takes_work(known.enrolment, tuple(known.attempts.values()))
    _check_whole(record, known)
    if isinstance(record, Observation) and record.assessment_id not in known.attempts:
        raise ObservationRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if isinstance(record, Discussion) and record.assessment_id not in known.attempts:
        raise DiscussionRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if not isinstance(record, Testimony):
        _check_assesses(known)
        known.attempt.check_open()
        if known.attempt.decided():
            raise FindingFixedByDecision("The attempt is decided: nothing is recorded of it any more.")
    check_codes(codes_of(record), route_codes(known.enrolment, known.edition, known.today))
    _check_observed(record, known)
    return [_written(command.title, record, known, version=1, enrolment_id=command.enrolment_id)]


def correct_record(
    item: Evidence, command: CorrectRecord, known: ForRecordCorrection
) -> list[EvidenceRecorded | EvidenceReplaced]:
    """Put a record right as its author: by a new version, labelled once a decision cites the record (EVIDENCE-11).

    Before that, while an attempt can be decided, only who may write of it writes anew: findings may rest on it.
    """
    record = command.record
    if not item.versions:
        raise EvidenceUnknown
    last = item.versions[-1]
    if last.kind == "work product":
        raise EvidenceVersionFixed("A file is put right by uploading the next version.")
    if known.by not in {entry.by for entry in known.history if isinstance(entry.fact, EvidenceRecorded)}:
        raise RecordOfAnother
    if (KIND_OF[type(record)], attempt_of(record)) != (last.kind, item.attempt_id()):
        raise RecordMadeAnother
    _check_whole(record, known)
    corrects = last.number if _cited(command.evidence_id, known) else None
    if corrects is None and known.attempt.opened and not (known.attempt.closed or known.attempt.decided()):
        _check_assesses(known)
    check_codes(codes_of(record), route_codes(known.enrolment, known.edition, known.today) | last.written_of)
    _check_observed(record, known)
    anew = _written(command.title, record, known, version=last.number + 1, enrolment_id=item.enrolment_id)
    if (anew.sha256, anew.title) == (last.sha256, last.title):
        return []
    return [
        changed(anew, reason=command.reason, corrects=corrects),
        EvidenceReplaced(version=last.number, replaced_by=anew.version),
    ]


def _written(title: str, record: Record, known: ForRecord, *, version: int, enrolment_id: UUID) -> EvidenceRecorded:
    observer = known.assessing.person.name if isinstance(record, Observation) else ""
    text = record_text(record, observer).encode()
    return EvidenceRecorded(
        enrolment_id=enrolment_id,
        apprentice=known.enrolment.apprentice,
        version=version,
        title=title,
        record=record,
        sha256=hashlib.sha256(text).hexdigest(),
        size=len(text),
        observer=observer,
    )


def _check_whole(record: Record, known: ForRecord) -> None:
    """Refuse a record that leaves something out, or is of a day or time that cannot be (EVIDENCE-3, EVIDENCE-8)."""
    check_record(record)
    if record.occurred_on > known.today:
        raise ProductionDateInvalid(f"record.occurred_on: {A_DAY_THAT_HAS_COME}", days=["record.occurred_on"])
    if isinstance(record, Observation):
        check_time(record, known.at)


def _check_observed(record: Record, known: ForRecord) -> None:
    """Refuse an observation of codes that the component of its attempt does not cover (EVIDENCE-8)."""
    outside = codes_of(record) - known.attempt.opening().codes if isinstance(record, Observation) else frozenset()
    if outside:
        codes = sorted(outside, key=code_order)
        raise CodeNotInComponent(f"Not in the component of this attempt: {', '.join(codes)}.", codes=codes)


def _check_assesses(known: ForRecord) -> None:
    """Refuse who is not assigned to the component of the attempt, has a tie, or is barred or declined (EVIDENCE-8)."""
    opened = known.attempt.opening()
    if not is_assigned(opened, known.assessing):
        raise RecordNeedsAssessor
    check_assessor(opened, known.assessing)
    check_not_declined(known.attempt, known.assessing)


def _cited(evidence_id: UUID, known: ForRecord) -> bool:
    """Return whether a decision, whatever became of it, rests on a version of the record."""
    return any(
        ref.evidence_id == evidence_id
        for attempt in known.attempts.values()
        for decision in attempt.decisions
        for _, refs in decision.context.cited
        for ref in refs
    )
