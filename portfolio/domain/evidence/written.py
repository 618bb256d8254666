"""Written records: an observation, a testimony or a discussion is evidence as somebody else wrote it (EVIDENCE-8)."""

import hashlib
from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, check_assessor, check_not_declined, is_assigned
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.findings import FindingFixedByDecision
from portfolio.domain.enrolment.ending import check_takes_work
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.evidence.claims import check_codes
from portfolio.domain.evidence.commands import WriteRecord
from portfolio.domain.evidence.facts import EvidenceRecorded
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.record import (
    Discussion,
    DiscussionRecordIncomplete,
    Observation,
    ObservationRecordIncomplete,
    Testimony,
    check_record,
    codes_of,
    record_text,
)
from portfolio.domain.evidence.refusals import EvidenceExists, ProductionDateInvalid
from portfolio.domain.kernel import Known, RuleBroken
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


class WitnessIsApprentice(RuleBroken, rule="EVIDENCE-8"):
    """Nobody is a witness or observer of their own work."""


class RecordNeedsAssessor(RuleBroken, rule="EVIDENCE-8"):
    """Only who assesses the component records an observation or discussion of its attempt: write a testimony."""


def write_record(item: Evidence, command: WriteRecord, known: ForRecord) -> list[EvidenceRecorded]:
    """Keep a whole record about the apprentice, of an attempt and of codes of their route (EVIDENCE-3, EVIDENCE-8)."""
    record = command.record
    if item.versions:
        raise EvidenceExists
    if known.by == known.enrolment.apprentice:
        raise WitnessIsApprentice
    check_takes_work(known.enrolment, tuple(known.attempts.values()))
    check_record(record)
    if isinstance(record, Observation) and record.assessment_id not in known.attempts:
        raise ObservationRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if isinstance(record, Discussion) and record.assessment_id not in known.attempts:
        raise DiscussionRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if not isinstance(record, Testimony):
        _check_assesses(known)
    if record.occurred_on > known.today:
        raise ProductionDateInvalid
    check_codes(codes_of(record), route_codes(known.enrolment, known.edition, known.today))
    text = record_text(record).encode()
    return [
        EvidenceRecorded(
            enrolment_id=command.enrolment_id,
            apprentice=known.enrolment.apprentice,
            version=1,
            title=command.title,
            record=record,
            sha256=hashlib.sha256(text).hexdigest(),
            size=len(text),
        )
    ]


def _check_assesses(known: ForRecord) -> None:
    """Refuse a record of an attempt that has ended, or by who may not judge it (EVIDENCE-8)."""
    opened = known.attempt.opening()
    if not is_assigned(opened, known.assessing):
        raise RecordNeedsAssessor
    check_assessor(opened, known.assessing)
    known.attempt.check_open()
    if known.attempt.decided():
        raise FindingFixedByDecision("The attempt is decided: nothing is recorded of it any more.")
    check_not_declined(known.attempt, known.assessing)
