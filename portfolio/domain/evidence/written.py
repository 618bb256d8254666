"""Written records: an observation, a testimony or a discussion is evidence as somebody else wrote it (EVIDENCE-8)."""

import hashlib
from uuid import UUID

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
    check_record,
    codes_of,
    record_text,
)
from portfolio.domain.evidence.refusals import EvidenceExists, ProductionDateInvalid
from portfolio.domain.kernel import Known, RuleBroken
from portfolio.domain.plan import PlanEdition


class ForRecord(Known):
    """The enrolment with its plan edition, and the ids of its attempts."""

    enrolment: Enrolment
    edition: PlanEdition
    attempts: frozenset[UUID]


class WitnessIsApprentice(RuleBroken, rule="EVIDENCE-8"):
    """Nobody is a witness or observer of their own work."""


def write_record(item: Evidence, command: WriteRecord, known: ForRecord) -> list[EvidenceRecorded]:
    """Keep a whole record about the apprentice, of an attempt and of codes of their route (EVIDENCE-3, EVIDENCE-8)."""
    record = command.record
    if item.versions:
        raise EvidenceExists
    if known.by == known.enrolment.apprentice:
        raise WitnessIsApprentice
    check_record(record)
    if isinstance(record, Observation) and record.assessment_id not in known.attempts:
        raise ObservationRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if isinstance(record, Discussion) and record.assessment_id not in known.attempts:
        raise DiscussionRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
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
