"""Evidence: what may be done with an item and its versions, claims and annotations."""

import hashlib
from typing import assert_never
from uuid import UUID

from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    DiscardDraft,
    DropClaim,
    EvidenceCommand,
    OfferEvidence,
    OfferVersion,
    ReturnEvidence,
    SealFile,
    ServeEvidence,
    SubmitEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.declaration import DeclarationNotOwn, check_declaration
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceAnnotated,
    EvidenceFact,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceServed,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileSealed,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.item import Evidence, Version, evolve
from portfolio.domain.evidence.record import (
    Discussion,
    DiscussionRecordIncomplete,
    Observation,
    ObservationRecordIncomplete,
    check_record,
    record_text,
)
from portfolio.domain.evidence.selector import Bounds, check_selector
from portfolio.domain.form import OutcomeNotInRoute, code_order
from portfolio.domain.kernel import NotVisible, RuleBroken, Undivided

LARGEST_FILE = 500 * 1000 * 1000
"""Bytes of the largest file that is taken."""


class EvidenceUnknown(NotVisible):
    """There is no such evidence, or no such version of it."""


class EvidenceExists(RuleBroken):
    """This evidence is recorded already."""


class EvidenceVersionFixed(RuleBroken, rule="EVIDENCE-2"):
    """The bytes of a version never change; a correction is a new version."""


class EvidenceLimitReached(RuleBroken, rule="EVIDENCE-4"):
    """The file is empty or larger than the 500 MB that are taken."""


class ProductionDateInvalid(RuleBroken, rule="EVIDENCE-3"):
    """The day the work was produced, seen or said cannot lie in the future."""


class EvidenceNotSealed(RuleBroken, rule="EVIDENCE-1"):
    """The file has not been received and checked yet."""


class EvidenceNotSubmitted(RuleBroken, rule="EVIDENCE-6"):
    """Only a version that is submitted and waits can be seen by others or answered."""


class EvidenceAlreadySubmitted(RuleBroken, rule="EVIDENCE-6"):
    """The version was submitted already: what was handed in is not discarded or handed in again."""


class RecordNotYours(RuleBroken, rule="EVIDENCE-7"):
    """What somebody else recorded about the work is not the apprentice's to take back."""


class EvidenceAlreadyCited(RuleBroken, rule="EVIDENCE-7"):
    """A decision rests on this version, so it stays."""


class EvidenceWithdrawnAlready(RuleBroken, rule="CLAIM-2"):
    """The version was withdrawn, replaced or discarded and takes no claims."""


class ClaimNeedsApprentice(RuleBroken, rule="CLAIM-1"):
    """Only the apprentice says which codes their work shows."""


class ClaimVersionMismatch(RuleBroken, rule="CLAIM-2"):
    """There is no such claim on this version; a new version inherits none."""


class ClaimAlreadyAnswered(RuleBroken, rule="CLAIM-2"):
    """An assessor has answered this claim, so it stays."""


class AnnotationHashMismatch(RuleBroken, rule="ANNOTATION-1"):
    """The remark was made on other bytes than this version's: read it again."""


class AnnotationUnknown(RuleBroken, rule="ANNOTATION-3"):
    """There is no such remark to revise."""


class WitnessIsApprentice(RuleBroken, rule="EVIDENCE-8"):
    """Nobody is a witness or observer of their own work."""


class InterestNotDeclared(RuleBroken, rule="INTEREST-1"):
    """Declare what you are to this apprentice before the first view of the work."""


def decide(item: Evidence, command: EvidenceCommand) -> list[EvidenceFact]:
    """Turn a request into facts, or refuse it."""
    match command:
        case OfferEvidence():
            if item.versions:
                raise EvidenceExists
            return [_offered(command, command.enrolment_id, command.apprentice, 1)]
        case WriteRecord():
            return [_recorded(item, command)]
    if isinstance(command, OfferVersion):
        return [_next_version(item, command)]
    version = item.version(command.version)
    if version is None:
        raise EvidenceUnknown
    match command:
        case SealFile(bounds=bounds, storage_version=stored):
            return _sealed(version, bounds, stored)
        case SubmitEvidence():
            return _submitted(item, version, command)
        case ReturnEvidence(reason=reason):
            _check_waits(version)
            return [EvidenceReturned(version=version.number, reason=reason)]
        case AcceptEvidence():
            _check_waits(version)
            return [EvidenceAccepted(version=version.number)]
        case ClaimStatements():
            return _claimed(item, version, command)
        case DropClaim():
            return [_dropped(item, version, command)]
        case AnnotateEvidence():
            return [_annotated(item, version, command)]
        case ServeEvidence():
            return _served(item, version, command)
        case WithdrawEvidence(reason=reason, cited=cited):
            if version.kind != "work product":
                raise RecordNotYours
            if cited:
                raise EvidenceAlreadyCited
            _check_live(version)
            return [EvidenceWithdrawn(version=version.number, reason=reason)]
        case DiscardDraft():
            return [_discarded(version)]
    assert_never(command)


def _offered(command: OfferEvidence | OfferVersion, enrolment_id: UUID, apprentice: UUID, number: int) -> UploadOffered:
    if not 0 < command.size <= LARGEST_FILE:
        raise EvidenceLimitReached
    if command.produced_on > command.today:
        raise ProductionDateInvalid
    return UploadOffered(
        enrolment_id=enrolment_id,
        apprentice=apprentice,
        version=number,
        title=command.title,
        filename=command.filename,
        media_type=command.media_type,
        size=command.size,
        sha256=command.sha256,
        object_id=command.object_id,
        produced_on=command.produced_on,
    )


def _next_version(item: Evidence, command: OfferVersion) -> UploadOffered:
    if not item.versions:
        raise EvidenceUnknown
    last = item.versions[-1]
    if last.stage in ("offered", "sealed") or last.kind != "work product":
        raise EvidenceVersionFixed("Finish or discard the draft first; a written record has one version.")
    return _offered(command, item.enrolment_id, item.apprentice, last.number + 1)


def _recorded(item: Evidence, command: WriteRecord) -> EvidenceRecorded:
    record = command.record
    if item.versions:
        raise EvidenceExists
    if command.by == command.apprentice:
        raise WitnessIsApprentice
    check_record(record)
    if isinstance(record, Observation) and record.assessment_id not in command.attempts:
        raise ObservationRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if isinstance(record, Discussion) and record.assessment_id not in command.attempts:
        raise DiscussionRecordIncomplete("It names no attempt of this enrolment.", missing=["assessment_id"])
    if record.occurred_on > command.today:
        raise ProductionDateInvalid
    said = getattr(record, "seen", ()) or getattr(record, "topics", ())
    _check_codes(frozenset(line.code for line in said), command.route_codes)
    text = record_text(record).encode()
    return EvidenceRecorded(
        enrolment_id=command.enrolment_id,
        apprentice=command.apprentice,
        version=1,
        title=command.title,
        record=record,
        sha256=hashlib.sha256(text).hexdigest(),
        size=len(text),
    )


def _check_codes(codes: frozenset[str], route_codes: frozenset[str]) -> None:
    if outside := sorted(codes - route_codes, key=code_order):
        raise OutcomeNotInRoute(f"Not in the apprentice's route: {', '.join(outside)}.", codes=outside)


def _sealed(version: Version, bounds: Bounds | None, storage_version: str) -> list[EvidenceFact]:
    if version.stage == "sealed":
        return []
    if version.stage != "offered" or version.object_id is None:
        raise EvidenceVersionFixed
    if bounds is None:
        raise EvidenceNotSealed
    sealed = FileSealed(
        version=version.number,
        object_id=version.object_id,
        sha256=version.sha256,
        size=version.size,
        bounds=bounds,
        screening="none configured",
        storage_version=storage_version,
    )
    return [sealed]


def _submitted(item: Evidence, version: Version, command: SubmitEvidence) -> list[EvidenceFact]:
    if command.by != item.apprentice:
        raise DeclarationNotOwn
    if version.stage == "offered":
        raise EvidenceNotSealed
    if version.stage != "sealed":
        raise EvidenceAlreadySubmitted
    check_declaration(command.declaration)
    older = [other for other in item.versions[: version.number - 1] if other.handed_in() and other.stage != "replaced"]
    return [
        EvidenceSubmitted(version=version.number, declaration=command.declaration),
        *(EvidenceReplaced(version=other.number, replaced_by=version.number) for other in older),
    ]


def _check_waits(version: Version) -> None:
    if version.stage != "submitted":
        raise EvidenceNotSubmitted


def _check_live(version: Version) -> None:
    if version.stage in ("replaced", "withdrawn", "discarded"):
        raise EvidenceWithdrawnAlready


def _claimed(item: Evidence, version: Version, command: ClaimStatements) -> list[EvidenceFact]:
    if command.by != item.apprentice:
        raise ClaimNeedsApprentice
    _check_live(version)
    _check_codes(command.codes, command.route_codes)
    if command.place is not None:
        if version.bounds is None:
            raise EvidenceNotSealed
        check_selector(command.place, version.bounds)
    return [
        StatementClaimed(version=version.number, code=code, place=command.place)
        for code in sorted(command.codes - version.claims, key=code_order)
    ]


def _dropped(item: Evidence, version: Version, command: DropClaim) -> ClaimDropped:
    if command.by != item.apprentice:
        raise ClaimNeedsApprentice
    if command.code not in version.claims:
        raise ClaimVersionMismatch
    if command.answered:
        raise ClaimAlreadyAnswered
    return ClaimDropped(version=version.number, code=command.code)


def _annotated(item: Evidence, version: Version, command: AnnotateEvidence) -> EvidenceAnnotated:
    if not version.handed_in() or version.bounds is None:
        raise EvidenceNotSubmitted
    if command.sha256 != version.sha256:
        raise AnnotationHashMismatch
    bounds = version.bounds
    if bounds.text is None and command.file_text is not None:
        bounds = Bounds(media_type=bounds.media_type, text=command.file_text)
    check_selector(command.selector, bounds)
    if command.revises is not None and item.annotation(command.revises) is None:
        raise AnnotationUnknown
    return EvidenceAnnotated(
        annotation_id=command.annotation_id,
        version=version.number,
        sha256=command.sha256,
        selector=command.selector,
        kind=command.kind,
        audience=command.audience,
        text=command.text,
        revises=command.revises,
    )


def _served(item: Evidence, version: Version, command: ServeEvidence) -> list[EvidenceFact]:
    if version.bounds is None:
        raise EvidenceNotSealed
    if command.by == item.apprentice:
        return []
    if not version.handed_in():
        raise EvidenceNotSubmitted
    if command.must_declare and not command.interest_declared:
        raise InterestNotDeclared
    return [] if command.served_already else [EvidenceServed(version=version.number)]


def _discarded(version: Version) -> DraftDiscarded:
    if version.stage not in ("offered", "sealed") or version.object_id is None:
        raise EvidenceAlreadySubmitted
    return DraftDiscarded(version=version.number, object_id=version.object_id)


EVIDENCE = Undivided(
    "evidence_id",
    Evidence(),
    (),
    evolve,
    (
        OfferEvidence,
        OfferVersion,
        SealFile,
        WriteRecord,
        SubmitEvidence,
        ReturnEvidence,
        AcceptEvidence,
        ClaimStatements,
        DropClaim,
        AnnotateEvidence,
        ServeEvidence,
        WithdrawEvidence,
        DiscardDraft,
    ),
    decide,
)
